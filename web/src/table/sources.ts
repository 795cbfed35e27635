import type { TableConfig } from "./config.ts";

export const sources: TableConfig = {
  title: "Sources",
  lede: "The sources of the partnerships and figures, and of the facts about places.",
  noun: ["source", "sources"],
  operation: "Sources",
  field: "sources",
  parent: "dataset",
  key: ["slug"],
  columns: [
    { name: "title", label: "Title", fields: ["title", "url"], link: { folder: "", field: "url" } },
    { name: "publisher", label: "Publisher", fields: ["publisher"] },
    { name: "kind", label: "Kind", fields: ["kind"] },
    { name: "date", label: "As of", fields: ["asOf"] },
    { name: "independent", label: "Independent", fields: ["independent"] },
    { name: "license", label: "License", fields: ["licence"] },
    { name: "note", label: "Note", fields: ["note"] },
    { name: "slug", label: "Slug", fields: ["slug"], kind: "name" },
  ],
  shown: ["title", "publisher", "kind", "date", "independent", "license"],
  locations: [],
  filters: () => [],
  counted: [],
  searchable: false,
  toFilter: () => undefined,
};
