import { describe, expect, test } from "vitest";
import { fileAddress, programs } from "./code.ts";

const endpoint = "http://127.0.0.1:8000/graphql";
const query = {
  document:
    'query A($code: String!) { state(code: $code) { name } }\nquery B { search(text: "o\'fallon \\\\ \\"\\"\\"") { totalCount } }',
  variables: { code: "OR", all: true, none: null, list: [1, "a"] },
  operationName: "A",
};

test("the address of a file names the operation, and the list", () => {
  const { searchParams } = new URL(fileAddress(query, "csv", endpoint, "country.partnerships"));
  expect(searchParams.get("operationName")).toBe("A");
  expect(searchParams.get("path")).toBe("country.partnerships");
});

describe.each(["rows", "answer"] as const)("programs for %s", (result) => {
  const { cURL = "", JavaScript = "", Python = "", R = "" } = programs(query, endpoint, result);

  test("send the operation", () => {
    for (const program of [cURL, JavaScript, Python, R]) expect(program).toMatch(/operationName|query=query/);
  });

  test("JavaScript reads the query and its variables unchanged", () => {
    const beginning = JavaScript.split("const response")[0] ?? "";
    expect(new Function(`${beginning}return { document: query, variables, operationName };`)()).toEqual(query);
  });
});

test("Python and R write the request in their own literals", () => {
  const { Python = "", R = "" } = programs(query, endpoint, "answer");
  expect(Python).toContain('"variables": {"code": "OR", "all": True, "none": None, "list": [1, "a"]}');
  expect(R).toContain(`jsonlite::parse_json(r"---(${JSON.stringify(query.variables)})---")`);
});

test("events have programs in languages with a client for them", () => {
  const document = "subscription { datasetChanged { revision } }";
  const { cURL = "", JavaScript = "", ...others } = programs({ document, variables: {} }, endpoint, "events");
  expect(cURL).toContain("accept: text/event-stream");
  expect(JavaScript).toContain("client.iterate({ query, variables })");
  expect(others).toEqual({});
});
