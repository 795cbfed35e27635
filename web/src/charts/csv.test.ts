import { expect, test } from "vitest";
import { toTable } from "./chart.ts";
import { toCsv } from "./csv.ts";

const columns = [
  { label: "Country", value: (row: { name: string; count: number | null }) => row.name },
  { label: "Recorded", value: (row: { name: string; count: number | null }) => row.count },
];

test("a table becomes a header line and one line per row", () => {
  expect(toCsv(toTable([{ name: "Japan", count: 472 }], columns))).toBe("Country,Recorded\r\nJapan,472\r\n");
});

test("fields with commas, quotes or line breaks are quoted, and quotes are doubled", () => {
  expect(toCsv({ labels: ["a", "b", "c"], cells: [["x, y", 'say "no"', "two\nlines"]] })).toBe(
    'a,b,c\r\n"x, y","say ""no""","two\nlines"\r\n',
  );
});

test("unknown values are empty, and zero is not", () => {
  expect(
    toCsv(
      toTable(
        [
          { name: "Nauru", count: null },
          { name: "Niue", count: 0 },
        ],
        columns,
      ),
    ),
  ).toBe("Country,Recorded\r\nNauru,\r\nNiue,0\r\n");
});
