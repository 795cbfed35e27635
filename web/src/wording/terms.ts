import type {
  Direction,
  FigureFlag,
  PartnershipLevel,
  PartnershipNoteKind,
  PartnershipStatus,
  Qualifier,
  RegionName,
  Subregion,
} from "../graphql/generated.ts";

// The words of the API as readers say them. A record per enum: a value that the schema gains does not compile without.

export const REGION: Record<RegionName, string> = {
  WEST: "West",
  MIDWEST: "Midwest",
  SOUTH: "South",
  NORTHEAST: "Northeast",
};

export const SUBREGION: Record<Subregion, string> = {
  EAST_ASIA: "East Asia",
  SOUTHEAST_ASIA: "Southeast Asia",
  SOUTH_ASIA: "South Asia",
  CENTRAL_ASIA: "Central Asia",
  OCEANIA: "Oceania",
  NORTH_AMERICA: "North America",
};

export const LEVEL: Record<PartnershipLevel, string> = { CITY: "City", COUNTY: "County", STATE: "State" };

export const STATUS: Record<PartnershipStatus, string> = {
  LISTED: "Listed",
  DORMANT: "Dormant",
  SUSPENDED: "Suspended",
  ENDED: "Ended",
};

export const NOTE_KIND: Record<PartnershipNoteKind, string> = {
  SOURCE_NOTE: "A source adds",
  STATUS_NOTE: "On its end or pause",
  DOUBT: "In doubt",
  YEAR_CONFLICT: "Sources name different years",
};

/** What a flag of a figure warns of, as a sentence. */
export const FLAG: Record<FigureFlag, string> = {
  BASE_NOT_PUBLISHED: "How many respondents stand behind it is not published.",
  BASE_NOT_STATED: "The source does not say what it is a share or a count of.",
  WORDING_NOT_PUBLISHED: "The wording of the question is not published.",
  DIRECTION_REVERSED_IN_PROSE: "The article words it the other way round, as a share of those who said yes.",
  SCOPE_DRIFT: "The source changes its scope between sentences, such as from Asia to the Indo-Pacific.",
  SOURCE_IMPLIED: "It follows from what the source says without being printed in full.",
  DISPUTED: "Another source says otherwise.",
};

export const DIRECTION: Record<Direction, string> = {
  CLEAR: "",
  INFERRED: "Which way round the percentage runs is inferred; the other figures allow this reading only.",
  AMBIGUOUS: "The figures allow more than one reading of which way round the percentage runs.",
};

/** How the source words a number, before the number: "about 50". */
export const QUALIFIER: Record<Qualifier, string> = {
  EXACT: "",
  ROUNDED: "",
  APPROXIMATE: "about",
  AT_LEAST: "at least",
  MORE_THAN: "more than",
  LESS_THAN: "less than",
  MAJORITY: "more than half",
};
