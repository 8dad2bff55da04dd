-- `bioxen report`: a recorded run, or two side by side, as a page to look at and to send.

local compare = require "bioxen.cli.compare"
local core = require "bioxen.core"
local html = require "bioxen.report.html"
local inputs = require "bioxen.cli.inputs"
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

-- The folder that a page will lie in, without links; nil and an error.
local function folder_of(page)
  local folder = page:match "^(.*)/[^/]*$" or "."
  return core.real_path(folder ~= "" and folder or "/")
end

-- The page's name below the folder of a run, both without links; nil where it is not below it.
local function name_below(folder, at, name)
  if at == folder then return name end
  return (at .. "/"):sub(1, #folder + 1) == folder .. "/" and at:sub(#folder + 2) .. "/" .. name or nil
end

-- Whether the page would take the place of what it tells of.
local function is_part(run, name)
  return name == record.MANIFEST or name == record.LOG or name == record.SCRIPT or is_result(run.manifest, name)
    or name:sub(1, #inputs.FOLDER + 1) == inputs.FOLDER .. "/"
end

-- The runs in these folders, for a page, and a function that writes it and gives the exit status; or nil and an error.
local function open_runs(folders, page)
  local at, nowhere = folder_of(page)
  if not at then return nil, nowhere end
  local runs, home, place = {}, nil, nil
  for i, folder in ipairs(folders) do
    local path, missing = core.real_path(folder)
    if not path then return nil, missing end
    local run, err = open_run(path, at)
    if not run then return nil, err end
    local name = name_below(path, at, page:match "[^/]*$")
    if name and is_part(run, name) then
      return nil, ("%s is part of the run: name another file with --out"):format(page)
    end
    runs[i] = run
    if name then home, place = run.folder, name end
  end
  return runs, function(made, err)
    if not made then return say.failed(err) end
    local saved, unsaved
    if home then saved, unsaved = home:save(place, made) -- which may be another's: no link there is followed
    else saved, unsaved = core.save_file(page, made) end
    if not saved then return say.failed(unsaved) end
    say.line(page)
    return say.DONE
  end
end

local function one(options)
  local page = options.out or options.dir:gsub("/*$", "") .. "/" .. PAGE
  local runs, write = open_runs({ options.dir }, page)
  if not runs then return say.failed(write) end
  return write(report.page(runs[1]))
end

-- The page of a table or a picture by itself.
local function file(options)
  local folder, name = options.dir:match "^(.*/)([^/]*)$"
  folder, name = folder or "", name or options.dir
  local page = options.out or folder .. name:gsub("%.%w+$", "") .. ".html"
  local at, nowhere = folder_of(page)
  local home, missing = core.real_path(folder ~= "" and folder or ".")
  if not at or not home then return say.failed(nowhere or missing) end
  local lead = "./" .. way(at, home)
  local made, err = report.file { name = name, path = options.dir,
    link = function(each) return html.link(lead .. each) end,
    read = function(_, limit) return core.read_file(options.dir, limit) end }
  if not made then return say.failed(err) end
  local saved, unsaved = core.save_file(page, made)
  if not saved then return say.failed(unsaved) end
  say.line(page)
  return say.DONE
end

local function two(options)
  local runs, write = open_runs({ options.dir, options.other }, options.out or COMPARED)
  if not runs then return say.failed(write) end
  local a, b = runs[1], runs[2]
  local differences = compare.results(a.folder, a.manifest, b.folder, b.manifest)
  local log = compare.file(a.folder, b.folder, record.LOG)
  if log then differences[#differences + 1] = "what it printed differs: " .. log end
  return write(report.compare(a, b, differences))
end

local function run(options)
  if options.compare and not options.other then return nil, "--compare takes two folders" end
  if options.other and not options.compare then return nil, "two folders go with --compare" end
  if not options.compare and report.shows(options.dir) then return file(options) end
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
    { "DIR", "The folder that bioxen run --out made; or a table (.csv, .tsv) or a picture, for a page of it alone." },
    { "OTHER", "Another, to compare.", args = "?" },
  },
  options = {
    { "--compare", "Show two runs side by side." },
    { "--out", "Write the page to this file.", value = "FILE", endings = { "", "html", "htm" } },
  },
  examples = {
    { "bioxen report results", "results/" .. PAGE },
    { "bioxen report scan.csv", "scan.html: what bioxen scan --out scan.csv gave" },
    { "bioxen report --compare before after --out compared.html", "what differs?" },
  },
  run = run,
}
