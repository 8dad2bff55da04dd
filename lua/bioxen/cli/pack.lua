-- `bioxen pack`: the folder of a recorded run as one file, which bioxen rerun takes.

local core = require "bioxen.core"
local record = require "bioxen.cli.record"
local say = require "bioxen.cli.say"
local zip = require "bioxen.sedml.zip"

local LIMIT = 16 << 20 -- bytes of a file, as bioxen rerun reads them
local TOTAL = 64 << 20

-- The files in and below a folder, sorted; what a link leads to is none of it. Nil and what is too large.
local function gather(folder, path, below, into)
  for _, name in ipairs(core.list_folder(path .. "/" .. below, true)) do
    local file = below .. name
    local digest, bytes = core.digest_file(path .. "/" .. file, true)
    if not digest then
      local gathered, err = gather(folder, path, file .. "/", into)
      if not gathered then return nil, err end
    elseif bytes > LIMIT or into.bytes + bytes > TOTAL then
      return nil, ("%s/%s: %d bytes: a file of more than %d, or of more than %d together, is not packed"):format(path,
        file, bytes, LIMIT, TOTAL)
    else
      local text, err = folder:read(file, LIMIT)
      if not text then return nil, err end
      into.bytes = into.bytes + bytes
      into[#into + 1] = { file, text }
    end
  end
  return into
end

local function pack(options)
  local path, missing = core.real_path(options.dir)
  if not path then return say.failed(missing) end
  local folder, err = core.open_folder(path, true)
  if not folder then return say.failed(err) end
  local manifest, err = record.read(folder)
  if not manifest then return say.failed(err) end
  local files, err = gather(folder, path, "", { bytes = 0 })
  if not files then return say.failed(err) end
  local out = options.out or path:match "[^/]+$" .. ".zip"
  local saved, err = core.save_file(out, zip.pack(files))
  if not saved then return say.failed(err) end
  say.line(out)
  return say.DONE
end

return {
  name = "pack",
  summary = "a recorded run as one file to send",
  description = "Put the folder that bioxen run --out made, with the copies of what the run read, into one file of "
    .. "type ZIP. bioxen rerun takes it as it takes the folder.",
  arguments = { { "DIR", "The folder that bioxen run --out made." } },
  options = { { "--out", "Write this file (default: DIR.zip, here).", value = "FILE" } },
  examples = {
    { "bioxen pack results", "results.zip" },
    { "bioxen rerun results.zip", "the same numbers, elsewhere?" },
  },
  run = pack,
}
