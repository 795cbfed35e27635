import { expect, test } from "vitest";
import { tableOf } from "./chart.ts";
import { toCsv } from "./csv.ts";

const columns = [
  { label: "Country", of: (row: { name: string; count: number | null }) => row.name },
  { label: "Recorded", of: (row: { name: string; count: number | null }) => row.count },
];

test("a table is a line of labels and a line per row", () => {
  expect(toCsv(tableOf([{ name: "Japan", count: 472 }], columns))).toBe("Country,Recorded\r\nJapan,472\r\n");
});

test("commas, quotes and line ends do not break a field, and quotes are doubled", () => {
  expect(toCsv({ labels: ["a", "b", "c"], cells: [["x, y", 'say "no"', "two\nlines"]] })).toBe(
    'a,b,c\r\n"x, y","say ""no""","two\nlines"\r\n',
  );
});

test("what is not known is empty, and zero is not", () => {
  expect(
    toCsv(
      tableOf(
        [
          { name: "Nauru", count: null },
          { name: "Niue", count: 0 },
        ],
        columns,
      ),
    ),
  ).toBe("Country,Recorded\r\nNauru,\r\nNiue,0\r\n");
});
