import { expect, test } from "vitest";
import { cameraFor, fitMap, placement, toCamera, toTransform } from "./camera.ts";
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

test("the camera shows points beside the overlays", () => {
  const frame = { width: 880, height: 700 };
  const fit = fitMap(frame.width, frame.height);
  const points = [
    [-122.7, 45.5],
    [-117, 44],
    [141.3, 43],
    [85.3, 27.7],
    [174.3, -35.7],
  ].map(([longitude = 0, latitude = 0]) => projection([longitude, latitude]) as [number, number]);
  const overlays = [
    { left: 830, right: 866, top: 14, bottom: 122 },
    { left: 554, right: 866, top: 450, bottom: 686 },
  ];
  const camera = cameraFor(projection, fit, points, frame, overlays);
  const { scale, x, y } = placement(fit, toTransform(projection, fit, camera, frame.width, frame.height));
  expect(camera?.zoom).toBeGreaterThan(1);
  for (const [px, py] of points.map((point) => [point[0] * scale + x, point[1] * scale + y] as const)) {
    expect(px).toBeGreaterThan(0);
    expect(py).toBeGreaterThan(0);
    expect(py).toBeLessThan(frame.height);
    expect(px).toBeLessThan(830);
    expect(px < 554 || py < 450, `${px}, ${py} is not under the key`).toBe(true);
  }
  expect(cameraFor(projection, fit, [], frame, overlays)).toBeNull();
});
