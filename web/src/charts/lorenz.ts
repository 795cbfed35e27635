/** A point of a Lorenz curve: the share of groups, smallest first, and the share of ties that they hold. */
export interface LorenzPoint {
  groups: number;
  ties: number;
}

/**
 * The Lorenz curve of counts over `groups` groups, those that hold none included (Lorenz 1905). It begins at 0,0 and ends
 * at 1,1; empty where there is nothing to spread.
 */
export function lorenz(counts: number[], groups: number): LorenzPoint[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const none = Math.max(0, groups - counts.length);
  const all = none + counts.length;
  let held = 0;
  return [
    { groups: 0, ties: 0 },
    ...(none > 0 ? [{ groups: none / all, ties: 0 }] : []),
    ...counts
      .toSorted((a, b) => a - b)
      .map((count, index) => {
        held += count;
        return { groups: (none + index + 1) / all, ties: held / total };
      }),
  ];
}
