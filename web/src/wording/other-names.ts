/**
 * Returns the names to show besides the name of a place: those in common use, and those in the script of its country.
 * Latin names of gazetteers are mostly transliterations that nobody uses, such as "Gorad Kobeh". Search still finds them.
 */
export function otherNames({
  commonNames,
  alternateNames = [],
}: {
  commonNames: string[];
  alternateNames?: { name: string; script: string }[];
}): string[] {
  return [...commonNames, ...alternateNames.filter(({ script }) => script !== "LATIN").map(({ name }) => name)];
}
