import { expect, test } from "vitest";
import { placeBeside } from "./draw-labels.ts";

const frame = { left: 0, right: 300, top: 0, bottom: 200 };
const [width, size] = [60, 12];
const place = (at: { x: number; y: number }, circles: { x: number; y: number; radius: number }[] = []) =>
  placeBeside(at, 7, width, size, { taken: [], circles: [{ ...at, radius: 5 }, ...circles], frame });

test("a label goes below its circle, or where the edge of the frame does not cut it off", () => {
  expect(place({ x: 150, y: 100 })).toMatchObject({ left: 120, right: 180, top: 107 });
  expect(place({ x: 10, y: 100 })).toMatchObject({ left: 19 });
  expect(place({ x: 290, y: 195 })?.right).toBeLessThanOrEqual(300);
  expect(place({ x: -20, y: 100 })?.right, "a point outside is named outside").toBeLessThanOrEqual(0);
});

test("a label keeps away from other circles, and covers only much smaller ones", () => {
  const at = { x: 150, y: 100 };
  const below = { x: 150, y: 126, radius: 3 };
  expect(place(at, [below])?.top, "it would be as close to the other").toBeLessThan(107);
  expect(place(at, [{ ...below, y: 140 }])?.top).toBe(107);
  expect(place(at, [{ ...below, y: 114, radius: 1.5 }])?.top).toBe(107);
  const around = [0, 45, 90, 135, 180, 225, 270, 315].map((angle) => ({
    x: 150 + 22 * Math.cos((angle * Math.PI) / 180),
    y: 100 + 22 * Math.sin((angle * Math.PI) / 180),
    radius: 6,
  }));
  expect(place(at, around), "no position is free").toBeUndefined();
  const both = [
    { x: 150, y: 128, radius: 3 },
    { x: 150, y: 73, radius: 3 },
    { x: 90, y: 100, radius: 25 },
    { x: 210, y: 100, radius: 25 },
  ];
  expect(place(at, both)?.top, "below, where the other is farther").toBe(107);
});
