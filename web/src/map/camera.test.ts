import { expect, test } from "vitest";
import { fitSheet, toCamera, toTransform } from "./camera.ts";
import { pacificProjection } from "./projection.ts";

const projection = pacificProjection();

test.each([
  [1200, 640],
  [390, 300],
])("a camera comes back from the transform that it makes, in a frame of %d by %d", (width, height) => {
  const fit = fitSheet(width, height);
  const camera = { longitude: -122.5, latitude: 45.5, zoom: 6 };
  const back = toCamera(projection, fit, toTransform(projection, fit, camera, width, height), width, height);
  expect(back?.longitude).toBeCloseTo(camera.longitude, 3);
  expect(back?.latitude).toBeCloseTo(camera.latitude, 3);
  expect(back?.zoom).toBeCloseTo(camera.zoom, 6);
});

test("the whole sheet is no camera, so that the address stays short", () => {
  const fit = fitSheet(800, 500);
  expect(toCamera(projection, fit, toTransform(projection, fit, null, 800, 500), 800, 500)).toBeNull();
});
