/** A point of a Lorenz curve: the cumulative share of groups, smallest first, and the share of partnerships they hold. */
export interface LorenzPoint {
  groups: number;
  partnerships: number;
}

/**
 * Computes the Lorenz curve of `counts` over `groups` groups, including those without a partnership (Lorenz 1905). It runs
 * from (0, 0) to (1, 1), and is empty if all counts are zero.
 */
export function lorenz(counts: number[], groups: number): LorenzPoint[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const empty = Math.max(0, groups - counts.length);
  const all = empty + counts.length;
  let cumulative = 0;
  return [
    { groups: 0, partnerships: 0 },
    ...(empty > 0 ? [{ groups: empty / all, partnerships: 0 }] : []),
    ...counts
      .toSorted((a, b) => a - b)
      .map((count, index) => {
        cumulative += count;
        return { groups: (empty + index + 1) / all, partnerships: cumulative / total };
      }),
  ];
}
