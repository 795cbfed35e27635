import { type Share, toGroups } from "../charts/shares.ts";
import { request } from "../graphql/client.ts";
import {
  RegionComparisonsDocument,
  SectorComparisonsDocument,
  UsefulnessComparisonsDocument,
} from "../graphql/generated.ts";
import { type Quality, type Ranking, rankGroups } from "./ranking.ts";

// The rankings that the pages state. Every sentence that puts groups of respondents in order comes from here.

const AWARENESS: Quality = { subject: "Awareness", predicate: "know of a partnership" };
const USEFULNESS: Quality = {
  subject: "The share who find a partnership extremely beneficial",
  predicate: "find it extremely beneficial",
};
/** The figure of all respondents. */
const EVERYONE = "aware-yes";

/** What rankings assume, as a sentence of a caveat. */
export const RANKING_CAVEAT =
  "Groups are ranked only if their difference is significant for every sample size that the published percentages allow, in an unweighted simple random sample. “Stands apart” means different from the rest of the sample; the page “Who is unaware of existing partnerships?” has the details.";

/** How aware the regions are, as far as they can be ranked. */
export async function rankRegions(shares: Share[]): Promise<Ranking> {
  const comparisons = await request(RegionComparisonsDocument);
  return rankGroups(toGroups(shares), Object.values(comparisons), AWARENESS, EVERYONE);
}

/** How aware the sectors are, as far as they can be ranked. */
export async function rankSectors(shares: Share[]): Promise<Ranking> {
  const comparisons = await request(SectorComparisonsDocument);
  return rankGroups(toGroups(shares), Object.values(comparisons), AWARENESS, EVERYONE);
}

/** In which sectors more respondents find a partnership extremely beneficial, as far as they can be ranked. */
export async function rankUsefulness(shares: Share[]): Promise<Ranking> {
  const comparisons = await request(UsefulnessComparisonsDocument);
  return rankGroups(toGroups(shares), Object.values(comparisons), USEFULNESS);
}
