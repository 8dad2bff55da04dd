-- `bioxen pack`: the folder of a recorded run as one file, which bioxen rerun takes.

local core = require "bioxen.core"
local ending = require "bioxen.ending"
local record = require "bioxen.cli.record"
local say = require "bioxen.cli.say"
local omex = require "bioxen.sedml.manifest"
local zip = require "bioxen.sedml.zip"

local LIMIT = 16 << 20 -- bytes of a file, as bioxen rerun reads them
local TOTAL = 64 << 20

-- { { name, bytes }, … } of all files of a record; nil and what is too large.
local function read_files(folder, path)
  local files, total = {}, 0
  for i, found in ipairs(record.files(path)) do
    total = total + found.bytes
    if found.bytes > LIMIT or total > TOTAL then
      return nil, ("%s/%s: %d bytes: a file of more than %d, or of more than %d together, is not packed"):format(path,
        found.file, found.bytes, LIMIT, TOTAL)
    end
    local text, err = folder:read(found.file, LIMIT)
    if not text then return nil, err end
    files[i] = { found.file, text }
  end
  return files
end

local function pack(options)
  local path, missing = core.real_path(options.dir)
  if not path then return say.failed(missing) end
  local folder, err = core.open_folder(path, true)
  if not folder then return say.failed(err) end
  local manifest, err = record.read(folder)
  if not manifest then return say.failed(err) end
  local files, err = read_files(folder, path)
  if not files then return say.failed(err) end
  local out = options.out or path:match "[^/]+$" .. (options.omex and ".omex" or ".zip")
  if options.omex or ending.of(out) == "omex" then table.insert(files, 1, { "manifest.xml", omex.text(files) }) end
  local saved, err = core.save_file(out, zip.pack(files))
  if not saved then return say.failed(err) end
  say.line(out)
  return say.DONE
end

return {
  name = "pack",
  summary = "a recorded run as one file to send",
  description = "Put the folder that bioxen run --out made, with the copies of what the run read, into one file of "
    .. "type ZIP. bioxen rerun takes it as it takes the folder. As a COMBINE archive it tells other programs what its "
    .. "files are: models in SBML, experiments in SED-ML, tables.",
  arguments = { { "DIR", "The folder that bioxen run --out made." } },
  options = {
    { "--out", "Write this file (default: DIR.zip, here); .omex makes it a COMBINE archive.",
      value = "FILE", endings = { "", "zip", "omex" } },
    { "--omex", "A COMBINE archive, DIR.omex." } },
  examples = {
    { "bioxen pack results", "results.zip" },
    { "bioxen rerun results.zip", "the same numbers, elsewhere?" },
  },
  run = pack,
}
