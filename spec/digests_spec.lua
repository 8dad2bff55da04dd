-- The same seed, the same answer, from release to release: digests of what every method gives, to the last digit,
-- against spec/support/digests.txt. Where a change of digits is meant, BIOXEN_WRITE_DIGESTS=1 writes that file anew.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"
local core = require "bioxen.core"
local kind = require "spec.support.vm_kind"

-- A C library rounds exp and pow in a way of its own on each architecture, and has its own digests. scripts/aarch64.sh
-- names the one whose worker runs under an emulator, which has no seccomp and takes its time.
local emulated = os.getenv "BIOXEN_EMULATED"

local function machine_here()
  local pipe <close> = assert(io.popen "uname -m")
  return pipe:read "l"
end

local machine = emulated or machine_here()
local path = ("spec/support/digests%s.txt"):format(machine == "x86_64" and "" or "_" .. machine)
local writes = os.getenv "BIOXEN_WRITE_DIGESTS" ~= nil
local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

-- A line a case: the first 32 digits of its SHA-256, and its name. Digits of solvers are those of one SUNDIALS. nil
-- without such a file.
local function read()
  local known, sundials = {}, nil
  if not core.is_file(path) then return nil end
  for line in io.lines(path) do
    local digest, name = line:match "^(%x+)  (.+)$"
    if digest then known[name] = digest end
    sundials = sundials or line:match "SUNDIALS (.+)$"
  end
  return known, sundials
end

local function write(digests, names)
  local file <close> = assert(io.open(path, "w"))
  file:write("# Digests for spec/digests_spec.lua. SUNDIALS ", core.versions.SUNDIALS, "\n")
  for _, name in ipairs(names) do file:write(digests[name], "  ", name, "\n") end
end

-- A value as text that shows every bit of it.
local function text_of(value, out)
  local class = bioxen.type(value)
  if class == "Trajectory" then
    out[#out + 1] = ("%s %d\n"):format(value.method, value.seed or 0) .. assert(value:to_csv())
  elseif class == "Ensemble" then
    out[#out + 1] = ("%s %d %d\n"):format(value.method, value.seed, value.steps) .. assert(value:to_csv())
      .. assert(value:to_json())
  elseif type(value) == "table" then
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys, function(a, b)
      if type(a) == type(b) then return a < b end
      return type(a) == "number"
    end)
    for _, key in ipairs(keys) do
      out[#out + 1] = tostring(key) .. "="
      text_of(value[key], out)
    end
  else
    out[#out + 1] = (math.type(value) == "float" and ("%a"):format(value) or tostring(value)) .. "\n"
  end
  return out
end

local function digest_of(case)
  local config = { seed = 42, allow_unconfined = emulated ~= nil }
  for key, value in pairs(case.config or {}) do config[key] = value end
  local vm <close> = assert(kind.create("digests", case.organism or "plain_cell", config))
  assert(vm:start())
  local answer = assert(vm:execute_biological_process(case.code, { args = case.args, timeout = 60*slow }))
  return core.digest(table.concat(text_of(answer.result, {}))):sub(1, 32)
end

describe("the digits of", function()
  local known, sundials = {}, nil
  if not writes then known, sundials = read() end
  local digests, names = {}, {}

  for _, case in ipairs(require "spec.support.digest_cases") do
    names[#names + 1] = case.name
    it(case.name, function()
      if not known then return pending("there are no digests of " .. machine) end
      if case.solver and sundials and sundials ~= core.versions.SUNDIALS then
        return pending("the digests are of SUNDIALS " .. sundials)
      end
      digests[case.name] = digest_of(case)
      if not writes then assert.are.equal(known[case.name], digests[case.name]) end
    end)
  end

  if writes then teardown(function() write(digests, names) end) end
end)
