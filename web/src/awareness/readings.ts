import { toShare } from "../charts/shares.ts";
import { type RecordedCount, recordedIn } from "../figures/recorded.ts";
import type {
  AwarenessDimension,
  AwarenessGapsQuery,
  AwarenessReading,
  MissingGapReason,
} from "../graphql/generated.ts";
import { formatDecimal, formatList } from "../wording/format.ts";

type Group = AwarenessGapsQuery["awareness"][number];
export type Gap = Group["gaps"][number];

/** A group of respondents. */
export interface Row extends Omit<Group, "recorded" | "recordedPerMillion"> {
  /** Null if the group is not geographic. */
  recorded: RecordedCount | null;
  /** Null if the population of the group is unknown, too. */
  recordedPerMillion: number | null;
}

/** Returns the groups of an answer with their partnerships of every status. */
export function rowsOf(by: AwarenessDimension, answer: AwarenessGapsQuery): Row[] {
  return answer.awareness.map((group) => {
    if (by === "EMPLOYER" || !group.recorded) return { ...group, recorded: null, recordedPerMillion: null };
    const recorded = recordedIn(answer, by, group.key.value);
    const perPartnership = (group.recordedPerMillion ?? 0) / group.recorded;
    return { ...group, recorded, recordedPerMillion: perPartnership * recorded.count || null };
  });
}

/** What counts as missing a partnership, in the order of the API. */
export const READING: Record<AwarenessReading, { name: string; meaning: string }> = {
  ANY_RECORDED_IN_STATE: {
    name: "Aware of none, though we record one",
    meaning:
      "Everyone who did not say that they know of a partnership, although this atlas records one in every state of the group: 100% minus the share who are aware.",
  },
  ANY_PUBLISHED_IN_STATE: {
    name: "Aware of none, though one was published",
    meaning:
      "The same, but only in states for which the published counts show a partnership. They show one in every state except Mississippi.",
  },
  SAYS_NONE: {
    name: "Say there is none, though we record one",
    meaning: "Those who answered that there is no partnership, although this atlas records one in their state.",
  },
  NOT_SURE: {
    name: "Not sure, though we record one",
    meaning: "Those who answered that they are not sure, although this atlas records a partnership in their state.",
  },
  OWN_GOVERNMENT: {
    name: "Unaware of their own government’s partnership",
    meaning: "Those who do not know of a partnership of their own city, county, or state government.",
  },
};

/** Why a gap is unknown, as a sentence. */
export const REASON: Record<MissingGapReason, string> = {
  ANSWERS_NOT_PUBLISHED: "The answers “no” and “not sure” were not published for these groups.",
  RESPONDENTS_IN_UNPAIRED_STATES_NOT_PUBLISHED:
    "It was not published how many respondents were in states without a partnership.",
  RESPONDENT_PLACES_NOT_PUBLISHED: "The places that the respondents had in mind were not published.",
};

/** Describes the gaps of a reading: the known ones, and for each reason the groups whose gap is unknown. */
export function describeReading(rows: Row[], reading: AwarenessReading): string[] {
  const gaps = rows.flatMap(({ aware, gaps }) =>
    gaps.flatMap((gap) =>
      gap.reading === reading ? [{ gap, inGroup: toShare(aware, "All respondents").inGroup }] : [],
    ),
  );
  const known = gaps.flatMap(({ gap, inGroup }) =>
    gap.gap?.value == null
      ? []
      : [`${percent(gap.gap.value)} ${inGroup} (${percent(gap.low)} to ${percent(gap.high)})`],
  );
  const unknown = gaps.filter(({ gap }) => gap.gap?.value == null);
  const reasons = [...new Set(unknown.map(({ gap }) => gap.reason))];
  return [
    ...(known.length > 0 ? [`${formatList(known)}.`] : []),
    ...reasons.map((reason) => {
      const bounds = unknown
        .filter(({ gap }) => gap.reason === reason)
        .map(({ gap, inGroup }) => `between ${percent(gap.low)} and ${percent(gap.high)} ${inGroup}`);
      return `Unknown: ${formatList(bounds)}.${reason ? ` ${REASON[reason]}` : ""}`;
    }),
  ];
}

/** The assumptions behind a reading. */
export function assumptionsOf(rows: Pick<Row, "gaps">[], reading: AwarenessReading): string[] {
  const gaps = rows.flatMap(({ gaps }) => gaps.filter((gap) => gap.reading === reading));
  return [...new Set(gaps.flatMap(({ assumption }) => assumption ?? []))];
}

const percent = (value: number) => `${formatDecimal(value)}%`;
