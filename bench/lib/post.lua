-- Script for wrk: sends the lines of the file given by BENCH_BODY in turn in POST requests, and prints the results as one line
-- of JSON. Each string "=FORMULA" in a line is replaced by a number that depends on the number `n` of the request, and __N__
-- by that number.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Accept-Encoding"] = "identity"

-- For each line, the texts between the formulas, and the formulas as functions.
local bodies = {}
for line in io.lines(assert(os.getenv("BENCH_BODY"))) do
  local body = { texts = {}, formulas = {} }
  local rest = 1
  local marked = line:gsub("__N__", '"=n"')
  for from, formula, to in marked:gmatch('()"=([^"]*)"()') do
    table.insert(body.texts, marked:sub(rest, from - 1))
    table.insert(body.formulas, assert(loadstring("local n = ...; return " .. formula)))
    rest = to
  end
  body.last_text = marked:sub(rest)
  table.insert(bodies, body)
end

if #bodies == 1 and #bodies[1].formulas == 0 then
  wrk.body = bodies[1].last_text
else
  -- Runs begin at different numbers, so that no variables are repeated from the previous run.
  math.randomseed(os.time())
  local n = math.random(1, 1000000000)
  function request()
    n = n + 1
    local body = bodies[n % #bodies + 1]
    local parts = {}
    for i, formula in ipairs(body.formulas) do
      table.insert(parts, body.texts[i])
      table.insert(parts, string.format("%d", formula(n)))
    end
    table.insert(parts, body.last_text)
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
