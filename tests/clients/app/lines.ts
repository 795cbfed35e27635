// A line of text for each thing that the operations find. Every enum and every union is taken apart
// with a case for each of its members: what is forgotten, or is no member, does not compile.

import { unmask, type FragmentType } from "../generated/codegen/index.ts";
import type {
  CityKind,
  Direction,
  FoundQuery,
  PartnershipLevel,
  PartnershipStatus,
  ProvinceKind,
  Qualifier,
  StateKind,
  Subregion,
} from "../generated/codegen/graphql.ts";
import { CommunityName, FigureLine, PartnershipRow } from "./operations.ts";

/** A name with what kind of place it is and where, as in `Nagoya, a city of Aichi Prefecture, Japan`. */
export function community(masked: FragmentType<typeof CommunityName>): string {
  const place = unmask(CommunityName, masked);
  switch (place.__typename) {
    case "City":
      return `${place.name}, a ${kind(place.kind)}${place.province ? ` of ${place.province.name}` : ""}, ${place.country.name}`;
    case "State":
      return `${place.name} (${place.code}), a ${kind(place.stateKind)}, ${place.country.name}`;
    case "Province":
      return `${place.name}, a ${kind(place.provinceKind)}, ${place.country.name}`;
    default:
      return unforeseen(place);
  }
}

/** Who is paired with whom, since when, and how far apart. */
export function partnership(masked: FragmentType<typeof PartnershipRow>): string {
  const row = unmask(PartnershipRow, masked);
  const since = row.establishedYear === null ? "" : ` since ${row.establishedYear}`;
  const apart = row.distanceKm === null ? "" : `, ${Math.round(row.distanceKm)} km`;
  return `${community(row.us)} and ${community(row.partner)}: ${between(row.level)}, ${status(row.status)}${since}${apart}`;
}

/** A result of a search. */
export function found({ node }: FoundQuery["search"]["edges"][number]): string {
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
      return unforeseen(node);
  }
}

/** A published number, as far as its rounding and wording go. */
export function figure(masked: FragmentType<typeof FigureLine>): string {
  const { quantity, ...of } = unmask(FigureLine, masked);
  const about = `${qualifier(quantity.qualifier)}${quantity.value ?? "?"} ${quantity.unit} (${of.source.title})`;
  switch (of.__typename) {
    case "RespondentAggregate":
      return `${about}, ${direction(of.direction)}, of ${of.base.n ?? "an unknown number"}`;
    case "PublishedStatistic":
      return `${about}, ${of.subject}`;
    default:
      return unforeseen(of);
  }
}

function kind(kind: CityKind | StateKind | ProvinceKind): string {
  return kind.toLowerCase();
}

function between(level: PartnershipLevel): string {
  const between: Record<PartnershipLevel, string> = { CITY: "cities", COUNTY: "counties", STATE: "states" };
  return between[level];
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
      return unforeseen(status);
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

function unforeseen(what: never): never {
  throw new Error(`unforeseen: ${JSON.stringify(what)}`);
}
