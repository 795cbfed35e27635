import { formatCount, formatDate } from "../wording/format.ts";

/** The part of the dataset that a citation names. */
export interface CitedDataset {
  revision: string;
  loadedAt: string;
  partnerships: number;
}

const title = "Sistergraph: sister partnerships between the United States and Asia and the Pacific";
const yearOf = ({ loadedAt }: CitedDataset) => new Date(loadedAt).getUTCFullYear();
const describe = ({ partnerships, revision }: CitedDataset) =>
  `Dataset of ${formatCount(partnerships, "partnership")}, revision ${revision}`;

/** Returns a citation as plain text. */
export function textCitation(dataset: CitedDataset, address: string): string {
  return `${title} (${yearOf(dataset)}). ${describe(dataset)}, loaded ${formatDate(dataset.loadedAt)}. ${address}`;
}

/** Returns a citation as a BibTeX entry. */
export function bibtexCitation(dataset: CitedDataset, address: string): string {
  return `@misc{sistergraph,
  title        = {${title}},
  year         = {${yearOf(dataset)}},
  howpublished = {\\url{${address}}},
  note         = {${describe(dataset)}. Partnerships: CC BY-SA 4.0, Wikipedia contributors; coordinates and populations: CC BY 4.0, GeoNames}
}`;
}
