// Simulates the caches in front of the servers, and prints the processors that a number of requests takes: node
// bench/cache-hits.mjs. It measures nothing; docs/scale.md says where its constants come from.
//
// Popularity follows Zipf's law: the n-th of the requests is sent in proportion to 1 / n^s.

const SECOND = 1000;
const REQUESTS_PER_SECOND = 10_000;
/** Requests with different queries or variables. */
const DISTINCT = 100_000;
/** Each response stays in the CDN for this long (`--max-age`). */
const MAX_AGE = 60 * SECOND;
/** The memory of a server for responses (`--cache-bytes`). */
const CACHE_BYTES = 32 * 1024 * 1024;
/** The memory of a server for totals, groups, and search results (`--counts-bytes`). */
const COUNTS_BYTES = 8 * 1024 * 1024;
const NODES = 4;
/** The CDN has this many locations with a cache each. */
const LOCATIONS = 10;
/** Rates are counted from here until the load. */
const COUNTED_FROM = 60 * SECOND;
/** A load replaces the data at this time, which empties the caches of the servers. */
const LOAD_AT = 120 * SECOND;
const END = 130 * SECOND;

/**
 * What is requested: the share of the requests, bytes of the response, and milliseconds of a processor for a response
 * from memory (`hit`), or otherwise in the server (`node`) and in its database. `scan` is the size in bytes of a result for
 * which the database reads many rows, unless the server has the result in memory.
 */
const KINDS = [
  { share: 0.5, bytes: 750, hit: 0.01, node: 0.09, database: 0.1 },
  { share: 0.3, bytes: 7_900, hit: 0.01, node: 0.15, database: 0.15 },
  { share: 0.1, bytes: 45_200, hit: 0.02, node: 0.6, database: 0.6 },
  { share: 0.07, bytes: 5_200, hit: 0.01, node: 0.2, database: 0.1 },
  { share: 0.02, bytes: 96_500, hit: 0.03, node: 1.8, database: 1.3 },
  { share: 0.01, bytes: 3_000, hit: 0.01, node: 0.3, database: 0.1, scan: { bytes: 50_000, database: 100 } },
];

/** A generator of numbers from 0 to 1 that always returns the same ones (mulberry32). */
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A function that returns a number of a request, 0 being the most popular. */
function zipf(exponent, random) {
  const cumulative = new Float64Array(DISTINCT);
  let sum = 0;
  for (let n = 0; n < DISTINCT; n++) cumulative[n] = sum += 1 / (n + 1) ** exponent;
  return () => {
    const target = random() * sum;
    let [low, high] = [0, DISTINCT - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** A cache that drops what was not used for longest. Those of the server keep what is used often, which is better. */
class Cache {
  #entries = new Map();
  #left;

  constructor(bytes) {
    this.#left = bytes;
  }

  has(key, bytes) {
    const isCached = this.#entries.delete(key);
    this.#entries.set(key, bytes);
    if (!isCached) this.#left -= bytes;
    for (const [oldest, size] of this.#entries) {
      if (this.#left >= 0) break;
      this.#entries.delete(oldest);
      this.#left += size;
    }
    return isCached;
  }
}

class Node {
  #responses = new Cache(CACHE_BYTES);
  #counts = new Cache(COUNTS_BYTES);

  /** Answers a request, and returns whether it was executed, and milliseconds of the server and the database. */
  answer(key, { bytes, hit, node, database, scan }) {
    if (this.#responses.has(key, bytes)) return [false, hit, 0];
    const isCounted = scan && this.#counts.has(key, scan.bytes);
    return [true, node, database + (scan && !isCounted ? scan.database : 0)];
  }
}

function kindOf(random) {
  let rest = random();
  return KINDS.findIndex(({ share }) => (rest -= share) < 0);
}

function simulate({ exponent, hasCdn }) {
  const random = generator(1);
  const next = zipf(exponent, random);
  const kinds = Array.from({ length: DISTINCT }, () => Math.max(0, kindOf(random)));
  const newNodes = () => Array.from({ length: NODES }, () => new Node());
  let nodes = newNodes();
  /** Until when each location has a response. */
  const fresh = Array.from({ length: LOCATIONS }, () => new Float64Array(DISTINCT));
  const counts = { all: 0, cdn: 0, executed: 0, nodeMs: 0, databaseMs: 0 };
  /** Milliseconds of the databases in each second after the load. */
  const afterLoad = new Float64Array((END - LOAD_AT) / SECOND);
  const n = (REQUESTS_PER_SECOND * END) / SECOND;
  for (let request = 0; request < n; request++) {
    const now = (request * SECOND) / REQUESTS_PER_SECOND;
    if (now === LOAD_AT) nodes = newNodes();
    const isCounted = now >= COUNTED_FROM && now < LOAD_AT;
    if (isCounted) counts.all++;
    const key = next();
    const location = fresh[Math.floor(random() * LOCATIONS)];
    if (hasCdn && location[key] > now) {
      if (isCounted) counts.cdn++;
      continue;
    }
    location[key] = now + MAX_AGE;
    const node = nodes[Math.floor(random() * NODES)];
    const [isExecuted, nodeMs, databaseMs] = node.answer(key, KINDS[kinds[key]]);
    if (isCounted) {
      counts.nodeMs += nodeMs;
      counts.databaseMs += databaseMs;
      if (isExecuted) counts.executed++;
    } else if (now >= LOAD_AT) {
      afterLoad[Math.floor((now - LOAD_AT) / SECOND)] += databaseMs;
    }
  }
  const duration = LOAD_AT - COUNTED_FROM;
  const received = counts.all - counts.cdn;
  return {
    cdn: counts.cdn / counts.all,
    memory: (received - counts.executed) / received,
    executed: (counts.executed * SECOND) / duration,
    nodeCores: counts.nodeMs / duration,
    databaseCores: counts.databaseMs / duration,
    worst: Math.max(...afterLoad) / SECOND,
  };
}

const percent = (share) => `${(share * 100).toFixed(1)}%`;

console.log(
  "| CDN | exponent | from the CDN | of the rest, from memory | executed per second | cores of nodes | cores of databases | in the worst second after a load |",
);
console.log("|---|--:|--:|--:|--:|--:|--:|--:|");
for (const hasCdn of [false, true]) {
  for (const exponent of [0.8, 1, 1.2]) {
    const result = simulate({ exponent, hasCdn });
    const cells = [
      hasCdn ? "yes" : "no",
      exponent.toFixed(1),
      percent(result.cdn),
      percent(result.memory),
      Math.round(result.executed).toLocaleString("en-US"),
      result.nodeCores.toFixed(2),
      result.databaseCores.toFixed(2),
      result.worst.toFixed(1),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
