import { expect, test } from "vitest";
import { nearest } from "./distances.ts";

test("the nearest places come first, across the date line too, and places without a location are left out", () => {
  const place = (name: string, latitude: number, longitude: number) => ({ name, location: { latitude, longitude } });
  const places = [
    place("Apia", -13.8, -171.8),
    place("Suva", -18.1, 178.4),
    { name: "Nowhere", location: null },
    place("Lautoka", -17.6, 177.5),
  ];
  const found = nearest({ latitude: -17, longitude: -179.9 }, places, 2);
  expect(found.map(({ place }) => place.name)).toEqual(["Suva", "Lautoka"]);
  expect(found[0]?.km).toBeCloseTo(218, -1);
});
