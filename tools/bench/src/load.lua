-- For wrk: sends one request again and again, and prints what came of it as JSON.
-- Arguments after "--": the method, the file with the body or "-", then headers as "name: value".
-- Every "@FRESH@" in the body becomes something else each time, also in the next run: for requests that must not repeat.

local FRESH = "@FRESH@"
local pieces, count, started = {}, 0, ""

local function split(body)
  local from = 1
  for start, finish in function() return body:find(FRESH, from, true) end do
    pieces[#pieces + 1] = body:sub(from, start - 1)
    from = finish + 1
  end
  pieces[#pieces + 1] = body:sub(from)
end

local function fresh_body()
  local parts = {}
  for at = 1, #pieces - 1 do
    count = count + 1
    parts[#parts + 1] = pieces[at]
    parts[#parts + 1] = started .. count
  end
  parts[#parts + 1] = pieces[#pieces]
  return table.concat(parts)
end

init = function(args)
  wrk.method = args[1]
  if args[2] ~= "-" then
    local file = assert(io.open(args[2], "rb"))
    wrk.body = file:read("*a")
    file:close()
    split(wrk.body)
  end
  if #pieces > 1 then
    started = string.format("%x-", os.time())
    request = function() return wrk.format(nil, nil, nil, fresh_body()) end
  end
  for at = 3, #args do
    local name, value = args[at]:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
end

done = function(summary, latency)
  io.write(string.format(
    '\nRESULT {"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"refused":%d,"broken":%d}\n',
    summary.requests,
    summary.duration,
    latency:percentile(50),
    latency:percentile(99),
    summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  ))
end
