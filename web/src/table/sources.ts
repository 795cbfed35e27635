import type { TableConfig } from "./config.ts";

export const sources: TableConfig = {
  title: "Sources",
  lede: "The sources of the partnerships and figures, and of the facts about places.",
  noun: ["source", "sources"],
  operation: "Sources",
  field: "sources",
  filterType: "SourceFilter",
  orderType: "SourceOrder",
  searched: "Titles, publishers, or kinds that contain",
  key: ["slug"],
  columns: [
    { name: "title", label: "Title", fields: ["title", "url"], order: "TITLE", link: { folder: "", field: "url" } },
    { name: "publisher", label: "Publisher", fields: ["publisher"], order: "PUBLISHER" },
    { name: "kind", label: "Kind", fields: ["kind"], order: "KIND" },
    { name: "date", label: "As of", fields: ["asOf"], order: "AS_OF", ifNull: "unknown" },
    {
      name: "independent",
      label: "Derived from Wikipedia or Wikidata",
      fields: ["independent"],
      order: "INDEPENDENT",
      words: { true: "No", false: "Yes" },
    },
    { name: "license", label: "License", fields: ["licence"], order: "LICENCE" },
    { name: "note", label: "Note", fields: ["note"] },
    { name: "slug", label: "Slug", fields: ["slug"], order: "SLUG", kind: "name" },
  ],
  shown: ["title", "publisher", "kind", "date", "independent", "license"],
  locations: [],
  filters: () => [
    {
      parameter: "independent",
      label: "Derived from Wikipedia or Wikidata",
      choices: [
        { value: "yes", label: "No" },
        { value: "no", label: "Yes" },
      ],
    },
  ],
  counted: [{ parameter: "independent", by: { each: ["yes", "no"] } }],
  toFilter({ independent }, words) {
    const filter: Record<string, unknown> = {};
    if (independent?.length === 1) filter.independent = independent[0] === "yes";
    const conditions = words
      .split(/\s+/)
      .filter(Boolean)
      .map((contains) => ({
        or: [{ title: { contains } }, { publisher: { contains } }, { kind: { contains } }],
      }));
    if (conditions.length > 0) filter.and = conditions;
    return Object.keys(filter).length > 0 ? filter : undefined;
  },
};
