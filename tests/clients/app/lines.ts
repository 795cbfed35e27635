// Formats the results of the operations as lines of text. Every enum and union is handled with a case for each
// member, so a missing or unknown member is a compile error.

import { unmask, type FragmentType } from "../generated/codegen/index.ts";
import type {
  CityKind,
  Direction,
  SearchQuery,
  PartnershipLevel,
  PartnershipStatus,
  ProvinceKind,
  Qualifier,
  StateKind,
  Subregion,
} from "../generated/codegen/graphql.ts";
import { CommunityName, FigureLine, PartnershipRow } from "./operations.ts";

/** A name with its kind and location, such as `Nagoya, a city of Aichi Prefecture, Japan`. */
export function community(masked: FragmentType<typeof CommunityName>): string {
  const community = unmask(CommunityName, masked);
  switch (community.__typename) {
    case "City":
      return `${community.name}, a ${kind(community.kind)}${community.province ? ` of ${community.province.name}` : ""}, ${community.country.name}`;
    case "State":
      return `${community.name} (${community.code}), a ${kind(community.stateKind)}, ${community.country.name}`;
    case "Province":
      return `${community.name}, a ${kind(community.provinceKind)}, ${community.country.name}`;
    default:
      return unreachable(community);
  }
}

/** Both communities with the level, status, year, and distance of the partnership. */
export function partnership(masked: FragmentType<typeof PartnershipRow>): string {
  const row = unmask(PartnershipRow, masked);
  const since = row.establishedYear === null ? "" : ` since ${row.establishedYear}`;
  const distance = row.distanceKm === null ? "" : `, ${Math.round(row.distanceKm)} km`;
  return `${community(row.us)} and ${community(row.partner)}: ${level(row.level)}, ${status(row.status)}${since}${distance}`;
}

/** A search result. */
export function searchResult({ node }: SearchQuery["search"]["edges"][number]): string {
  switch (node.__typename) {
    case "City":
    case "Province":
      return node.name;
    case "State":
      return `${node.name} (${node.code})`;
    case "Country":
      return `${node.name}, ${subregion(node.subregion)}`;
    case "Partnership":
      return partnership(node);
    default:
      return unreachable(node);
  }
}

/** A published figure with its qualifier, unit, and source. */
export function figure(masked: FragmentType<typeof FigureLine>): string {
  const { quantity, ...figure } = unmask(FigureLine, masked);
  const about = `${qualifier(quantity.qualifier)}${quantity.value ?? "?"} ${quantity.unit} (${figure.source.title})`;
  switch (figure.__typename) {
    case "RespondentAggregate":
      return `${about}, ${direction(figure.direction)}, of ${figure.base.n ?? "an unknown number"}`;
    case "PublishedStatistic":
      return `${about}, ${figure.subject}`;
    default:
      return unreachable(figure);
  }
}

function kind(kind: CityKind | StateKind | ProvinceKind): string {
  return kind.toLowerCase();
}

function level(level: PartnershipLevel): string {
  const plurals: Record<PartnershipLevel, string> = { CITY: "cities", COUNTY: "counties", STATE: "states" };
  return plurals[level];
}

function status(status: PartnershipStatus): string {
  switch (status) {
    case "LISTED":
      return "listed";
    case "DORMANT":
    case "SUSPENDED":
      return "not active";
    case "ENDED":
      return "ended";
    default:
      return unreachable(status);
  }
}

function qualifier(qualifier: Qualifier): string {
  const signs: Record<Qualifier, string> = {
    EXACT: "",
    ROUNDED: "",
    APPROXIMATE: "about ",
    AT_LEAST: "at least ",
    MORE_THAN: "more than ",
    LESS_THAN: "less than ",
    MAJORITY: "most: ",
  };
  return signs[qualifier];
}

function direction(direction: Direction): string {
  const directions: Record<Direction, string> = { CLEAR: "clear", INFERRED: "inferred", AMBIGUOUS: "ambiguous" };
  return directions[direction];
}

function subregion(subregion: Subregion): string {
  return subregion.toLowerCase().replaceAll("_", " ");
}

function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
