const whole = new Intl.NumberFormat("en-US");

/** A whole number with separators: 1,252. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number of things: "1 partnership", "26 partnerships". */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** A number with at most so many digits after the point. */
export function decimal(value: number, digits = 1): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** A rate, with as many digits as tell it apart from none. */
export function rate(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 2 });
}

/** "A, B and C". */
export function listed(parts: string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
