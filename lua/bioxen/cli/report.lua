-- `bioxen report`: a recorded run, or two side by side, as a page to look at and to send.

local compare = require "bioxen.cli.compare"
local core = require "bioxen.core"
local html = require "bioxen.report.html"
local record = require "bioxen.cli.record"
local report = require "bioxen.report"
local say = require "bioxen.cli.say"

local LOG = 64 << 20 -- bytes of a log that is read
local PAGE, COMPARED = "report.html", "compare.html"

-- The way from one folder to another, both absolute without links: "" or what ends with "/".
local function way(from, to)
  local steps, names = {}, {}
  for name in from:gmatch "[^/]+" do steps[#steps + 1] = name end
  for name in to:gmatch "[^/]+" do names[#names + 1] = name end
  local common = 0
  while names[common + 1] and names[common + 1] == steps[common + 1] do common = common + 1 end
  local out = {}
  for _ = common + 1, #steps do out[#out + 1] = "../" end
  for i = common + 1, #names do out[#out + 1] = names[i] .. "/" end
  return table.concat(out)
end

-- A run as bioxen.report takes it, with its open folder, for a page in the folder `beside`; nil and an error.
local function open_run(path, beside)
  local folder, err = core.open_folder(path, true)
  if not folder then return nil, err end
  local manifest, err = record.read(folder)
  if not manifest then return nil, err end
  local lead = "./" .. way(beside, path)
  return { name = path, folder = folder, manifest = manifest, log = folder:read(record.LOG, LOG),
    read = function(file, limit) return folder:read(file, limit) end,
    link = function(file) return html.link(lead .. file) end }
end

local function is_result(manifest, name)
  for _, result in ipairs(manifest.results) do
    if result.file == name then return true end
  end
  return false
end

-- Write a page: the exit status.
local function write(path, page, err)
  if not page then return say.failed(err) end
  local saved, unsaved = core.save_file(path, page)
  if not saved then return say.failed(unsaved) end
  say.line(path)
  return say.DONE
end

-- The folder that a page will lie in, without links; nil and an error.
local function folder_of(page)
  local folder = page:match "^(.*)/[^/]*$" or "."
  return core.real_path(folder ~= "" and folder or "/")
end

-- The page must not take the place of what it tells of.
local function check_place(run, at, page)
  local name = page:match "[^/]*$"
  if at ~= run.name then return true end
  if name == record.MANIFEST or name == record.LOG or name == record.SCRIPT or is_result(run.manifest, name) then
    return nil, ("%s is part of the run: name another file with --out"):format(page)
  end
  return true
end

local function one(options)
  local path, missing = core.real_path(options.dir)
  if not path then return say.failed(missing) end
  local page = options.out or options.dir:gsub("/*$", "") .. "/" .. PAGE
  local at, nowhere = folder_of(page)
  if not at then return say.failed(nowhere) end
  local run, err = open_run(path, at)
  if not run then return say.failed(err) end
  local free, taken = check_place(run, at, page)
  if not free then return say.failed(taken) end
  return write(page, report.page(run))
end

local function two(options)
  local page = options.out or COMPARED
  local at, nowhere = folder_of(page)
  if not at then return say.failed(nowhere) end
  local runs = {}
  for i, dir in ipairs { options.dir, options.other } do
    local path, missing = core.real_path(dir)
    if not path then return say.failed(missing) end
    local run, err = open_run(path, at)
    if not run then return say.failed(err) end
    local free, taken = check_place(run, at, page)
    if not free then return say.failed(taken) end
    runs[i] = run
  end
  local a, b = runs[1], runs[2]
  local differences = compare.results(a.folder, a.manifest, b.folder, b.manifest)
  local log = compare.file(a.folder, b.folder, record.LOG)
  if log then differences[#differences + 1] = "what it printed differs: " .. log end
  return write(page, report.compare(a, b, differences))
end

local function run(options)
  if options.compare and not options.other then return nil, "--compare takes two folders" end
  if options.other and not options.compare then return nil, "two folders go with --compare" end
  return (options.compare and two or one)(options)
end

return {
  name = "report",
  summary = "a page of what bioxen run --out recorded, to look at and to send",
  description = "Write a page of HTML of a run: what was run and with what, its tables, its plots, which can be looked "
    .. "into, its pictures and its log. The page is one file that needs no network, and is in the run's folder as "
    .. PAGE .. "; of long tables it has what the eye sees, and links to the files. With --compare, two runs side by "
    .. "side, what differs first; it is " .. COMPARED .. " in the working folder.",
  arguments = {
    { "DIR", "The folder that bioxen run --out made." },
    { "OTHER", "Another, to compare.", args = "?" },
  },
  options = {
    { "--compare", "Show two runs side by side." },
    { "--out", "Write the page to this file.", value = "FILE" },
  },
  examples = {
    { "bioxen report results", "results/" .. PAGE },
    { "bioxen report --compare before after --out compared.html", "what differs?" },
  },
  run = run,
}
