import type {
  CityKind,
  ClaimKind,
  ClaimSide,
  Corroboration,
  Direction,
  FigureFlag,
  MatchFeature,
  Measure,
  PartnershipLevel,
  PartnershipNoteKind,
  PartnershipStatus,
  ProvinceKind,
  Qualifier,
  RegionName,
  RestrictionCertainty,
  RestrictionEffect,
  Subregion,
} from "../graphql/generated.ts";

// Labels for the enum values of the API. A record per enum, so that a new value of the schema fails to compile until it has one.

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

export const LEVEL_PLURAL: Record<PartnershipLevel, string> = { CITY: "Cities", COUNTY: "Counties", STATE: "States" };

export const STATUS: Record<PartnershipStatus, string> = {
  LISTED: "Listed",
  DORMANT: "Dormant",
  SUSPENDED: "Suspended",
  ENDED: "Ended",
};

/** How well a partnership is attested, as a sentence. */
export const CORROBORATION: Record<Corroboration, string> = {
  BOTH_SIDES: "Sources from both sides record it.",
  US_SIDE: "A source from the US side records it. We found none from its partner.",
  PARTNER_SIDE: "A source from the partner records it. We found none from the US side.",
  THIRD_PARTY: "Independent sources record it. We found none from either side.",
  DERIVED_ONLY: "It is recorded only in lists derived from Wikipedia or Wikidata.",
};

/** Whose sources record a partnership, after "sources from": in the words of the API. */
export const CORROBORATION_SHORT: Record<Corroboration, string> = {
  BOTH_SIDES: "Both sides",
  US_SIDE: "The US side but not the partner",
  PARTNER_SIDE: "The partner but not the US side",
  THIRD_PARTY: "Third parties but neither side",
  DERIVED_ONLY: "Only lists derived from Wikipedia",
};

/** What a claim states, before its date. */
export const CLAIM_KIND: Record<ClaimKind, string> = {
  RECORDED: "lists it",
  ESTABLISHED: "founded",
  ENDED: "ended",
  DORMANT: "dormant",
  RENEWED: "renewed",
  FRIENDSHIP: "a friendship agreement",
  DOUBTED: "doubts it",
};

/** For whom a source speaks. */
export const CLAIM_SIDE: Record<ClaimSide, string> = {
  US: "US side",
  PARTNER: "partner side",
  THIRD: "third party",
  DERIVED: "derived from Wikipedia or Wikidata",
};

export const NOTE_KIND: Record<PartnershipNoteKind, string> = {
  SOURCE_NOTE: "Source note",
  STATUS_NOTE: "Status",
  DOUBT: "Doubt",
  YEAR_CONFLICT: "Sources disagree on the year",
};

/** The warning that a flag stands for, as a sentence. */
export const FLAG: Record<FigureFlag, string> = {
  BASE_NOT_PUBLISHED: "The number of respondents is not published.",
  BASE_NOT_STATED: "The source does not define what is counted.",
  WORDING_NOT_PUBLISHED: "The wording of the question is not published.",
  DIRECTION_REVERSED_IN_PROSE:
    "The text of the article that published this percentage reverses it: it describes it as a share of those who said yes.",
  SCOPE_DRIFT: "The source changes its scope between sentences, for example from Asia to the Indo-Pacific.",
  SOURCE_IMPLIED: "The figure is implied by the source, not printed in full.",
  DISPUTED: "Another source contradicts this figure.",
  SECOND_HAND: "Known from a report about the publication, not from the publication itself.",
};

export const DIRECTION: Record<Direction, string> = {
  CLEAR: "",
  INFERRED: "The base of the percentage is inferred, because no other base is consistent with the other figures.",
  AMBIGUOUS: "The base of the percentage is ambiguous: more than one is consistent with the other figures.",
};

/** The words that go before a number: "about 50". A majority has no number. */
export const QUALIFIER: Record<Qualifier, string> = {
  EXACT: "",
  ROUNDED: "",
  APPROXIMATE: "about",
  AT_LEAST: "at least",
  MORE_THAN: "more than",
  LESS_THAN: "less than",
  MAJORITY: "more than half",
};

/** What a published number measures. */
export const MEASURE: Record<Measure, string> = {
  PARTNERSHIP_COUNT: "Partnerships",
  SHARE: "Share",
  RANK: "Rank",
  RESPONDENT_COUNT: "Respondents",
  MONEY: "Money",
  RATIO: "Ratio",
  PLACE_COUNT: "Places",
  STUDENT_COUNT: "Students",
  VISITOR_COUNT: "Visitors",
  JOB_COUNT: "Jobs",
};

export const MATCH_FEATURE: Record<MatchFeature, string> = {
  SIZE: "Population",
  ROLE: "Rank of the population within the country",
  COAST: "Distance from the sea",
  BOTH_CAPITALS: "Capitals",
  STATE_COUNTRY: "Partnerships of the state with the country",
  STATE_PROVINCE: "Partnerships of the state with the province",
  SISTER_STATE: "Partnership between the state and the province",
  SAME_COUNTRY: "Partner in the same country",
};

export const RESTRICTION_EFFECT: Record<RestrictionEffect, string> = {
  BARRED: "Ruled out by law",
  UNCLEAR: "May be ruled out by law",
};

export const RESTRICTION_CERTAINTY: Record<RestrictionCertainty, string> = {
  PRIMARY_SOURCE: "We checked the text of the law.",
  SECONDARY_SOURCE: "We checked a report about the law, not its text.",
  UNVERIFIED: "We have not verified this for the country.",
};

/** The kinds of cities and counties. */
export const CITY_KIND: Record<CityKind, string> = {
  CITY: "City",
  TOWN: "Town",
  TOWNSHIP: "Township",
  VILLAGE: "Village",
  BOROUGH: "Borough",
  MUNICIPALITY: "Municipality",
  DISTRICT: "District",
  COUNTY: "County",
};

/** The kinds of provinces. Some municipalities have the rank of one, such as Beijing. */
export const PROVINCE_KIND: Record<ProvinceKind, string> = {
  PROVINCE: "Province",
  PREFECTURE: "Prefecture",
  STATE: "State",
  REGION: "Region",
  MUNICIPALITY: "Province-level municipality",
  TERRITORY: "Territory",
};
