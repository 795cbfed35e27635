/** What a citation says of the data. */
export interface Cited {
  revision: string;
  loadedAt: string;
  partnerships: number;
}

const title = "Sistergraph: sister partnerships between the United States and Asia and the Pacific";
const year = ({ loadedAt }: Cited) => new Date(loadedAt).getUTCFullYear();

/** A citation for a text. */
export function citation(data: Cited, origin: string): string {
  const day = new Date(data.loadedAt).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const count = data.partnerships.toLocaleString("en-US");
  return `${title} (${year(data)}). Data set of ${count} partnerships, revision ${data.revision}, loaded ${day}. ${origin}/`;
}

/** The same as an entry for a bibliography. */
export function bibtex(data: Cited, origin: string): string {
  return `@misc{sistergraph,
  title        = {${title}},
  year         = {${year(data)}},
  howpublished = {\\url{${origin}/}},
  note         = {Data set of ${data.partnerships} partnerships, revision ${data.revision}. Partnerships: CC BY-SA 4.0, Wikipedia contributors; points and populations: CC BY 4.0, GeoNames}
}`;
}
