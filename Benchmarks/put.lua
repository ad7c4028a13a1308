-- wrk script: every request is a durable PUT of a new record. Its body, with @ for the id, is the file in the first argument;
-- then come the path before the id and the token.
local serial = 0
function setup(thread) serial = serial + 1; thread:set("worker", serial) end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local body = file:read("*a")
  file:close()
  local at = body:find(("@"):rep(36), 1, true)
  before, after = body:sub(1, at - 1), body:sub(at + 36)
  head = "PUT " .. arguments[2]
  local length = #body
  tail = " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " .. length .. "\r\n"
  if arguments[3] then tail = tail .. "Authorization: Bearer " .. arguments[3] .. "\r\n" end
  tail = tail .. "\r\n"
  number, start = 0, os.time()
end

function request()
  number = number + 1
  local id = string.format("%08x-%04x-7%03x-8%03x-%012x", start % 4294967296, worker, math.floor(number / 65536) % 4096,
                           number % 4096, number)
  return head .. id .. tail .. before .. id .. after
end

function response(status) if status ~= 201 then bad = (bad or 0) + 1 end end

function done(summary, latency)
  print(string.format('RESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "max": %d, "errors": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
