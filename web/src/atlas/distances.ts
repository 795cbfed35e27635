import { geoDistance } from "d3-geo";

interface Located {
  location: { latitude: number; longitude: number } | null;
}

const EARTH_RADIUS_KM = 6371;

/** Returns the `count` nearest places to a point, with their distances; places without a location are left out. */
export function nearest<P extends Located>(
  from: NonNullable<Located["location"]>,
  places: P[],
  count: number,
): { place: P; km: number }[] {
  return places
    .flatMap((place) => {
      if (!place.location) return [];
      const { latitude, longitude } = place.location;
      const km = EARTH_RADIUS_KM * geoDistance([from.longitude, from.latitude], [longitude, latitude]);
      return [{ place, km }];
    })
    .sort((a, b) => a.km - b.km)
    .slice(0, count);
}
