// The only place that formats numbers and dates and picks plurals, so that all pages agree.

const LOCALE = "en-US";
const integers = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const rates = new Intl.NumberFormat(LOCALE, { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
const plurals = new Intl.PluralRules(LOCALE);
const lists = new Intl.ListFormat(LOCALE, { type: "conjunction" });
const dates = new Intl.DateTimeFormat(LOCALE, { dateStyle: "long", timeZone: "UTC" });

/** Formats a whole number: 1234 as "1,234". */
export function formatNumber(value: number): string {
  return integers.format(value);
}

const SMALL_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** Formats a whole number for a sentence: 6 as "six", 12 as "12". */
export function inWords(value: number): string {
  return SMALL_NUMBERS[value] ?? formatNumber(value);
}

/** Formats a number with at most `digits` decimals: 0.8333 as "0.8". */
export function formatDecimal(value: number, digits = 1): string {
  return value.toLocaleString(LOCALE, { maximumFractionDigits: digits });
}

/** Formats a fraction as a percentage with `digits` decimals: 0.25 as "25%". */
export function formatPercent(fraction: number, digits = 0): string {
  return fraction.toLocaleString(LOCALE, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Formats a rate with two significant digits, so that a small one does not become 0: 0.0007 as "0.00070". */
export function formatRate(value: number): string {
  return value === 0 ? "0" : rates.format(value);
}

/** Formats a difference with its sign: 3 as "+3", -3 as "−3", 0 as "0". It has `digits` decimals, or else two at most. */
export function formatDifference(value: number, digits?: number): string {
  return value
    .toLocaleString(LOCALE, {
      signDisplay: "exceptZero",
      minimumFractionDigits: digits ?? 0,
      maximumFractionDigits: digits ?? 2,
    })
    .replace("-", "−");
}

const KM_PER_MILE = 1.609344;

/** Formats a distance: "25 miles (40 km)". */
export function formatDistance(km: number): string {
  return `${formatCount(Math.round(km / KM_PER_MILE), "mile")} (${formatNumber(km)} km)`;
}

/** Returns the text with a capital first letter. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Picks the form of a noun that goes with a number; `plural` is needed only for nouns that do not just add an s. */
export function pluralize(value: number, singular: string, plural = `${singular}s`): string {
  return plurals.select(value) === "one" ? singular : plural;
}

/** Formats a number of things: "1 partnership", "1,234 partnerships". */
export function formatCount(value: number, singular: string, plural?: string): string {
  return `${formatNumber(value)} ${pluralize(value, singular, plural)}`;
}

/** Joins items for a sentence: "A, B, and C". */
export function formatList(items: string[]): string {
  return lists.format(items);
}

/** Formats the date of an ISO 8601 date or timestamp, in UTC: "August 2, 2026". A year stays a year. */
export function formatDate(timestamp: string): string {
  return /^\d{4}$/.test(timestamp) ? timestamp : dates.format(new Date(timestamp));
}
