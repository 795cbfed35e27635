import type { PanelClaimFragment, PartnershipClaimsQuery } from "../graphql/generated.ts";
import { CLAIM_KIND } from "../wording/terms.ts";

/** What one source says about a partnership. */
export interface SourceClaims {
  source: PanelClaimFragment["source"];
  side: PanelClaimFragment["side"];
  /** What it states besides listing the partnership. */
  statements: { text: string; isContradicted: boolean }[];
}

/** Groups the claims about a partnership by their source, in the order of the API. */
export function claimsBySource({
  claims,
  disagreements,
}: NonNullable<PartnershipClaimsQuery["partnership"]>): SourceClaims[] {
  const bySource = new Map<string, SourceClaims>();
  for (const claim of claims) {
    const { source, side, kind } = claim;
    const entry = bySource.get(source.slug) ?? { source, side, statements: [] };
    bySource.set(source.slug, entry);
    if (kind === "RECORDED" && claim.note === null) continue;
    const isContradicted = disagreements.some((one) => one.kind === kind && one.source.slug === source.slug);
    entry.statements.push({ text: claimText(claim), isContradicted });
  }
  return [...bySource.values()];
}

/** What a claim states, such as "founded 1968-12-18" or "ended 2004 (worked back from an anniversary)". */
function claimText({ kind, date, isReckoned, note }: PanelClaimFragment): string {
  const statement = date === null ? CLAIM_KIND[kind] : `${CLAIM_KIND[kind]} ${date}`;
  const details = [...(isReckoned ? ["worked back from an anniversary"] : []), ...(note ? [note] : [])];
  return details.length > 0 ? `${statement} (${details.join("; ")})` : statement;
}
