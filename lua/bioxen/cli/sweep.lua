-- `bioxen sweep`: a function of parameters at many points, in one go, in pieces, or from where it was left.

local core = require "bioxen.core"
local modules = require "bioxen.modules"
local progress = require "bioxen.cli.progress"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local sweep = require "bioxen.sweep"

-- "run" may be left out before a file.
local function prepare(words)
  local first = words[2]
  if not first or first == "run" or first == "merge" or first:find "^%-%-?h" then return words end
  return { words[1], "run", table.unpack(words, 2) }
end

-- The table that a file gives; nil and an error.
local function read(path)
  local text, err = source.read(path)
  if not text then return nil, err end
  local chunk, mistake = load(text:gsub("^#[^\n]*", ""), path == "-" and "=stdin" or "@" .. path)
  if not chunk then return core.fail("ESCRIPT", mistake) end
  modules.beside(path)
  local options = chunk()
  if type(options) ~= "table" then
    return core.fail("ESCRIPT", path .. ": a file that returns a table, the options of bioxen.sweep, expected")
  end
  return options
end

-- Show how far the sweep is, as the other commands do.
local function follow(options)
  if options.quiet then return nil end
  progress.begin(options)
  local before
  return function(done, total)
    if not before then progress.share("sweep", total, "points") end
    progress.advance(done - (before or 0))
    before = done
  end
end

local function finish(result, options)
  local written, err = source.write(result:csv(), options.out)
  if not written then return say.failed(err) end
  if result.missing > 0 then
    say.note(("bioxen: %d of %d points are done"):format(#result.rows, #result.rows + result.missing))
  end
  if result.failed == 0 then return say.DONE end
  return say.failed(("%d of %d points failed: their errors are in the table%s"):format(result.failed, #result.rows,
    options.record and ", and --retry tries them again" or ""))
end

local function run(options)
  local given, err = read(options.file)
  if not given then return say.failed(err) end
  for _, name in ipairs { "record", "shard", "vms", "seed" } do
    if options[name] then given[name] = options[name] end
  end
  given.retry = options.retry or given.retry
  given.progress = given.progress or follow(options)
  local good, result, err = pcall(sweep.sweep, given)
  if not good and type(result) == "string" then return nil, (result:gsub("^[^\n]-:%d+: ", "", 1)) end
  if not good then error(result, 0) end
  if not result then return say.failed(err) end
  return finish(result, { out = options.out, record = given.record })
end

local function merge(options)
  local result, err = sweep.merge(options.record, options.shards)
  if not result then return say.failed(err) end
  return finish(result, { out = options.out })
end

local out = { "--out", "The table as CSV goes to this file (default: standard output).", value = "FILE" }

return {
  name = "sweep",
  summary = "run code at many points of its parameters, in one go or in pieces",
  description = "Run code at many points of its parameters: bioxen sweep FILE.lua.",
  prepare = prepare,
  commands = {
    {
      name = "run",
      summary = "run a sweep, or go on with one",
      description = "Run the sweep that a Lua file describes: it returns the options of bioxen.sweep. With --record, "
        .. "results are written to that file as they come; run again with the same file, only what is missing is done. "
        .. "Shards need files of their own, which bioxen sweep merge makes one. The exit status is 1 where points "
        .. "failed.",
      arguments = { { "FILE", "The Lua file; - reads it from standard input." } },
      options = {
        out,
        { "--record", "Keep results in this file, and go on from what is in it.", value = "FILE" },
        { "--shard", "Do the I-th of N parts.", value = "I/N" },
        { "--retry", "Try points that failed again." },
        { "--vms", "How many VMs (default: as many as cores).", value = "N", number = { integer = true, minimum = 1 } },
        { "--seed", "Seed of the points' random numbers.", value = "N", number = { integer = true } },
        { "--quiet -q", "No progress." },
      },
      examples = {
        { "bioxen sweep scan.lua --record scan.jsonl --out scan.csv", "all points; once more after a crash: the rest" },
        { "parallel bioxen sweep scan.lua --shard {}/4 --record {}.jsonl --out {}.csv ::: 1 2 3 4",
          "in pieces, by GNU parallel" },
      },
      run = run,
    },
    {
      name = "merge",
      summary = "make the records of shards one",
      description = "Make the records of shards one, the same to the byte as that of the whole sweep.",
      arguments = {
        { "RECORD", "The record to write." },
        { "SHARDS", "Records of shards.", args = "+" },
      },
      options = { out },
      examples = { { "bioxen sweep merge all.jsonl 1.jsonl 2.jsonl --out all.csv", "two shards as one" } },
      run = merge,
    },
  },
}
