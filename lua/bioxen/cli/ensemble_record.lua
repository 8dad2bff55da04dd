--- What has come of the parts of an ensemble, in a file: a line of JSON for what they are, then each part as it comes.
-- One that a crash cut short counts for nothing.

local core = require "bioxen.core"
local json = require "bioxen.json"

local ensemble_record = {}

local Record = {}
Record.__index = Record

local FORMAT = 1
local PART = "<I4s4s4" -- its number, the SHA-256 of its bytes, and these

local function fail(path, words)
  return core.fail("EFILE", ("%s: %s"):format(path, words))
end

-- The parts behind the head's line, by their numbers, and how many bytes of the text are good; nil and an error.
local function read_parts(text, path)
  local results, at = {}, #text:match "^[^\n]*\n" + 1
  while true do
    local whole, number, digest, bytes, stop = pcall(string.unpack, PART, text, at)
    if not whole then return results, at - 1 end
    local result = core.digest(bytes) == digest and core.unpack_value(bytes)
    if core.class_name(result) ~= "Ensemble" then return fail(path, ("part %d is damaged"):format(number)) end
    results[number], at = result, stop
  end
end

--- A record of the runs that a digest tells of, with this seed, or with nil one of its own: { results, seed }, by the
-- numbers of parts. It goes on with the file `path` where that is there. nil and an error for a file of other runs, or
-- one that cannot be written.
function ensemble_record.open(path, digest, seed)
  local self = setmetatable({ path = path, results = {}, seed = seed or math.random(0) }, Record)
  local text = ""
  if core.is_file(path) then
    local file <close>, err = io.open(path, "rb")
    if not file then return fail(path, err) end
    text = file:read "a"
  end
  local first = text:match "^([^\n]*)\n"
  if first then
    local head = json.decode(first)
    local known = type(head) == "table" and head.ensemble == FORMAT and math.tointeger(tonumber(head.seed))
    if not known then return fail(path, "this is no record of many runs") end
    if head.digest ~= digest or seed and seed ~= known then
      return fail(path, "this is the record of other runs: of another model, method, seed or options")
    end
    local results, good = read_parts(text, path)
    if not results then return nil, good end
    self.seed, self.results, text = known, results, text:sub(1, good)
  else
    text = json.line { ensemble = FORMAT, digest = digest, seed = ("%d"):format(self.seed) } .. "\n"
  end
  local saved, err = core.save_file(path, text)
  if not saved then return nil, err end
  self.file, err = io.open(path, "ab")
  if not self.file then return fail(path, err) end
  return self
end

--- Keep what a part came to. True, or nil and an error.
function Record:add(number, result)
  local bytes, err = core.pack_value(result)
  if not bytes then return nil, err end
  local written, why = self.file:write(PART:pack(number, core.digest(bytes), bytes))
  if written then written, why = self.file:flush() end
  if not written then return fail(self.path, why) end
  return true
end

return ensemble_record
