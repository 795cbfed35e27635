// Random changes to documents. Most results are almost valid, which is where implementations differ.

const TOKEN = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z]\w*|-?\d[\w.]*|[^\s]/g;

/** A random number generator (mulberry32), which returns the same numbers for the same seed. */
export function random(seed) {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const VALUES = [
  null,
  0,
  1,
  -1,
  5.5,
  2147483648,
  1e300,
  true,
  "",
  "5",
  "WEST",
  "CITY",
  [],
  ["CITY"],
  [null],
  [[1]],
  {},
  { isCapital: true },
  { name: { eq: "x" } },
];

/** A document of the corpus with random changes. */
export function mutate(corpus, roll) {
  const pick = (list) => list[roll(list.length)];
  const base = pick(corpus);
  const tokens = base.document.replace(/#.*$/gm, "").match(TOKEN) ?? [];
  const variables = structuredClone(base.variables);
  for (let i = 1 + Math.max(0, roll(4) - 2); i > 0 && tokens.length; i -= 1) {
    const at = roll(tokens.length);
    const other = pick(corpus).document.match(TOKEN) ?? ["x"];
    switch (roll(9)) {
      case 0:
        tokens.splice(at, 1);
        break;
      case 1:
        tokens.splice(at, 0, tokens[at]);
        break;
      case 2:
        tokens[at] = pick(tokens);
        break;
      case 3:
        tokens[at] = pick(other);
        break;
      case 4:
        tokens.splice(at, 0, pick(other));
        break;
      case 5: {
        // Several tokens of another document, such as an argument or a field.
        const from = roll(other.length);
        tokens.splice(at, roll(3), ...other.slice(from, from + 1 + roll(8)));
        break;
      }
      case 6: {
        const values = ["null", "1", "1.5", '"x"', "true", "CITY", "WEST", "[]", "[CITY]", "{}", "$n", "$s"];
        tokens[at] = pick(values);
        break;
      }
      case 7:
        tokens[at] = pick([
          "Int",
          "Int!",
          "String",
          "[CityKind!]",
          "CityFilter",
          "Boolean!",
          "ID",
          "!",
          "@skip(if: true)",
          "__typename",
        ]);
        break;
      default: {
        const names = Object.keys(variables);
        if (names.length && roll(2)) variables[pick(names)] = pick(VALUES);
        else variables[pick(["n", "s", "slug", "kind", "filter"])] = pick(VALUES);
      }
    }
  }
  return { document: tokens.join(" "), variables, operation: base.operation };
}
