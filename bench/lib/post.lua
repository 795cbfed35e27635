-- Script for wrk: sends the file given by BENCH_BODY in POST requests, and prints the results as one line of JSON. Each
-- string "=FORMULA" in the file is replaced by a number that depends on the number `n` of the request.

local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
local body = file:read("*a")
file:close()
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Accept-Encoding"] = "identity"

-- The texts between the formulas, and the formulas as functions.
local texts, formulas = {}, {}
local rest = 1
for from, formula, to in body:gmatch('()"=([^"]*)"()') do
  table.insert(texts, body:sub(rest, from - 1))
  table.insert(formulas, assert(loadstring("local n = ...; return " .. formula)))
  rest = to
end
local last_text = body:sub(rest)

if #formulas == 0 then
  wrk.body = body
else
  -- Runs begin at different numbers, so that no variables are repeated from the previous run.
  math.randomseed(os.time())
  local n = math.random(1, 1000000000)
  function request()
    n = n + 1
    local parts = {}
    for i, formula in ipairs(formulas) do
      table.insert(parts, texts[i])
      table.insert(parts, string.format("%d", formula(n)))
    end
    table.insert(parts, last_text)
    return wrk.format(nil, nil, nil, table.concat(parts))
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"errors":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    -- A status of 400 or more counts as an error too.
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
