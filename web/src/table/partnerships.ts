import { partnershipFilters, toPartnershipFilter } from "../filters/partnerships.ts";
import type { PartnershipFilter } from "../graphql/generated.ts";
import { CORROBORATION_SHORT, LEVEL, REGION, STATUS } from "../wording/terms.ts";
import { valueAt } from "./cell.ts";
import type { TableConfig } from "./config.ts";

export const partnerships: TableConfig = {
  title: "Partnerships",
  lede: "All recorded partnerships, including those that have ended.",
  noun: ["partnership", "partnerships"],
  operation: "Partnerships",
  field: "partnerships",
  filterType: "PartnershipFilter",
  orderType: "PartnershipOrder",
  searched: "Names that contain",
  key: ["slug"],
  columns: [
    {
      name: "us",
      label: "US side",
      fields: ["us.name", "us.slug"],
      order: "US_NAME",
      kind: "name",
      link: { folder: "place", field: "us.slug" },
    },
    {
      name: "state",
      label: "State",
      fields: ["state.name", "state.code"],
      order: "STATE_CODE",
      kind: "name",
      link: { folder: "state", field: "state.code" },
    },
    { name: "region", label: "Region", fields: ["state.region.name"], order: "REGION", words: REGION, ifNull: "none" },
    {
      name: "partner",
      label: "Partner",
      fields: ["partner.name", "partner.slug"],
      order: "PARTNER_NAME",
      kind: "name",
      link: { folder: "place", field: "partner.slug" },
    },
    {
      name: "country",
      label: "Country",
      fields: ["country.name", "country.code"],
      order: "COUNTRY_NAME",
      kind: "name",
      link: { folder: "country", field: "country.code" },
    },
    { name: "level", label: "Level", fields: ["level"], order: "LEVEL", words: LEVEL },
    {
      name: "founded",
      label: "Founded",
      fields: ["establishedYear"],
      order: "ESTABLISHED_YEAR",
      kind: "year",
      ifNull: "unknown",
    },
    { name: "date", label: "Full date", fields: ["established"], order: "ESTABLISHED_YEAR", ifNull: "unknown" },
    { name: "status", label: "Status", fields: ["status"], order: "STATUS", words: STATUS },
    { name: "ended", label: "Ended", fields: ["endedYear"], order: "ENDED_YEAR", kind: "year" },
    {
      name: "corroboration",
      label: "Sources from",
      fields: ["corroboration"],
      order: "CORROBORATION",
      words: CORROBORATION_SHORT,
    },
    {
      name: "distance",
      label: "Distance",
      fields: ["distanceKm"],
      order: "DISTANCE",
      kind: "distance",
      ifNull: "unknown",
    },
    {
      name: "us-population",
      label: "Population, US side",
      fields: ["us.population"],
      order: "US_POPULATION",
      kind: "number",
      ifNull: "unknown",
    },
    {
      name: "partner-population",
      label: "Population, partner",
      fields: ["partner.population"],
      order: "PARTNER_POPULATION",
      kind: "number",
      ifNull: "unknown",
    },
    {
      name: "slug",
      label: "Slug",
      fields: ["slug"],
      order: "SLUG",
      kind: "name",
      link: { folder: "partnership", field: "slug" },
    },
    {
      name: "details",
      label: "Details",
      fields: ["slug", "us.name", "partner.name"],
      text: "Sources",
      link: { folder: "partnership", field: "slug" },
      linkLabel: (row) => `Sources for ${String(valueAt(row, "us.name"))} and ${String(valueAt(row, "partner.name"))}`,
    },
  ],
  shown: ["us", "state", "partner", "country", "level", "founded", "status", "corroboration", "details"],
  locations: [
    "us.location.latitude",
    "us.location.longitude",
    "partner.location.latitude",
    "partner.location.longitude",
  ],
  filters: partnershipFilters,
  counted: ["level", "region", "state", "country", "decade", "status", "corroboration"].map((parameter) => ({
    parameter,
    by: { groups: parameter.toUpperCase() },
  })),
  toFilter(selected, words) {
    const filter: PartnershipFilter = toPartnershipFilter(selected) ?? {};
    const conditions = words
      .split(/\s+/)
      .filter(Boolean)
      .map((word): PartnershipFilter => {
        const name = { name: { contains: word } };
        return { or: [{ us: name }, { partner: name }, { state: name }, { country: name }] };
      });
    if (conditions.length > 0) filter.and = conditions;
    return Object.keys(filter).length > 0 ? filter : undefined;
  },
};
