import { expect, test } from "vitest";

import type { PanelClaimFragment } from "../graphql/generated.ts";
import { claimsBySource } from "./claims.ts";

const claim = (
  slug: string,
  kind: PanelClaimFragment["kind"],
  more: Partial<PanelClaimFragment> = {},
): PanelClaimFragment => ({
  kind,
  year: null,
  date: null,
  isReckoned: false,
  side: "US",
  note: null,
  source: { slug, title: slug, publisher: null, url: null, asOf: null },
  ...more,
});

test("claims are grouped by source, and contradictions are marked", () => {
  const claims = [
    claim("a", "ESTABLISHED", { date: "1968-12-18" }),
    claim("a", "RECORDED"),
    claim("b", "ESTABLISHED", { date: "1969", isReckoned: true, note: "at a jubilee" }),
    claim("b", "DORMANT"),
    claim("c", "RECORDED", { side: "PARTNER" }),
  ];
  const disagreements = [
    { kind: "ESTABLISHED" as const, source: { slug: "a" } },
    { kind: "ESTABLISHED" as const, source: { slug: "b" } },
  ];
  const sources = claimsBySource({ claims, disagreements, statusSources: [] });
  expect(sources.map(({ source, side, statements }) => [source.slug, side, statements])).toEqual([
    ["a", "US", [{ text: "founded 1968-12-18", isContradicted: true }]],
    [
      "b",
      "US",
      [
        { text: "founded 1969 (worked back from an anniversary; at a jubilee)", isContradicted: true },
        { text: "dormant", isContradicted: false },
      ],
    ],
    ["c", "PARTNER", []],
  ]);
});
