import { expect, test } from "vitest";
import { fitMap, toCamera, toTransform } from "./camera.ts";
import { pacificProjection } from "./projection.ts";

const projection = pacificProjection();

test.each([
  [1200, 640],
  [390, 300],
])("a camera survives the round trip through a transform in a frame of %d by %d", (width, height) => {
  const fit = fitMap(width, height);
  const camera = { longitude: -122.5, latitude: 45.5, zoom: 6 };
  const back = toCamera(projection, fit, toTransform(projection, fit, camera, width, height), width, height);
  expect(back?.longitude).toBeCloseTo(camera.longitude, 3);
  expect(back?.latitude).toBeCloseTo(camera.latitude, 3);
  expect(back?.zoom).toBeCloseTo(camera.zoom, 6);
});

test("the whole map has no camera, so that the address stays short", () => {
  const fit = fitMap(800, 500);
  expect(toCamera(projection, fit, toTransform(projection, fit, null, 800, 500), 800, 500)).toBeNull();
});
