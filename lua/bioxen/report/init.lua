--- A run, or two side by side, as one page of HTML that stands alone: it asks no network, runs no script but its own,
-- and whatever texts the run holds are shown and do nothing.
--
-- A run here is { name, manifest, log, read, link }: its folder's name, what record.read gave, the text of its log or
-- nil, read(file, limit) that gives a file's bytes or nil and an error, and link(file), the way there from the page.

local core = require "bioxen.core"
local decimal = require "bioxen.decimal"
local frame = require "bioxen.report.frame"
local html = require "bioxen.report.html"
local json = require "bioxen.json"
local results = require "bioxen.report.results"
local text = require "bioxen.repl.text"

local report = {}

local LINES = 100     -- of a table of VMs, inputs or results
local LOG = 60000     -- bytes of a log's beginning, and of its end, that are shown
local FACT = 2000     -- bytes of a fact

-- ---- facts ----

local function number_word(number)
  local whole = math.tointeger(number)
  return whole and ("%d"):format(whole) or decimal("%.6g", number)
end

-- Whatever a manifest may have, in a line.
local function word(value)
  if type(value) == "number" then return number_word(value) end
  if type(value) ~= "table" then return (text.cut(tostring(value), FACT)) end
  local good, line = pcall(json.line, value)
  return good and text.cut(line, FACT) or "?"
end

local function status_word(status)
  if status == 0 then return "success" end
  if status == -1 then return "it has not ended, or was killed" end
  return ("failed, with the exit status %s"):format(word(status))
end

local function versions(libraries)
  local list = {}
  for name, version in pairs(type(libraries) == "table" and libraries or {}) do
    list[#list + 1] = word(name) .. " " .. word(version)
  end
  table.sort(list)
  return table.concat(list, ", ")
end

local function machine_word(machine)
  local list = {}
  for _, key in ipairs { "processor", "system", "kernel", "host" } do
    if type(machine) == "table" and machine[key] then list[#list + 1] = word(machine[key]) end
  end
  return table.concat(list, "; ")
end

local function arguments_word(arguments)
  local list = {}
  for i, argument in ipairs(arguments) do
    list[i] = argument:find "^[%w_./=:,+-]+$" and argument or text.quote(argument)
  end
  return (text.cut(table.concat(list, " "), FACT))
end

-- What was run and with what: { name, value } each.
local function facts_of(manifest)
  return {
    { "Script", word(manifest.script.path) }, { "SHA-256 of it", manifest.script.sha256 },
    { "Arguments", #manifest.arguments > 0 and arguments_word(manifest.arguments) or "none" },
    { "Seed", manifest.seed }, { "Outcome", status_word(manifest.status), manifest.status ~= 0 },
    { "Started", word(manifest.started or "?") },
    { "Took", type(manifest.seconds) == "number" and word(manifest.seconds) .. " s" or "?" },
    { "BioXen", word(manifest.bioxen) .. ", " .. word(manifest.lua or "?") },
    { "Libraries", versions(manifest.libraries) }, { "Machine", machine_word(manifest.machine) },
    { "Working folder", manifest.working_folder },
  }
end

local function facts_part(manifest)
  local out = {}
  for i, fact in ipairs(facts_of(manifest)) do
    out[i] = html.fill('<tr><th scope="row">%s</th><td%m>%s</td></tr>', fact[1],
      fact[3] and ' class="bad"' or fact[1]:find "SHA" and ' class="digest"' or "", fact[2])
  end
  return '<table class="facts">' .. table.concat(out) .. "</table>"
end

-- ---- lists ----

-- A table of items, a column for each { title, value = function(item), class: an attribute, markup: whether the value
-- is such }; of many items the first.
local function list_part(items, what, columns)
  if #items == 0 then return html.fill('<p class="faint">There are none.</p>') end
  local out = {}
  for _, column in ipairs(columns) do
    out[#out + 1] = html.fill('<th scope="col"%m>%s</th>', column.class or "", column[1])
  end
  out[#out + 1] = "</tr></thead><tbody>"
  for i = 1, math.min(#items, LINES) do
    out[#out + 1] = "<tr>"
    for _, column in ipairs(columns) do
      local value = type(items[i]) == "table" and column.value(items[i]) or ""
      out[#out + 1] = html.fill('<td%m>%m</td>', column.class or "",
        column.markup and value or html.escape(word(value)))
    end
    out[#out + 1] = "</tr>"
  end
  return html.fill('<div class="scroll" role="region" tabindex="0" aria-label="%s"><table><thead><tr>%m</tbody></table>'
    .. "</div>%m", what, table.concat(out), #items > LINES and html.fill('<p class="faint">The first %s of %s; '
    .. "manifest.json has all.</p>", LINES, text.count(#items)) or "")
end

local function of(key)
  return function(item) return item[key] == nil and "" or item[key] end
end

local function as_list(value) return type(value) == "table" and value or {} end

local function vms_part(manifest)
  return list_part(as_list(manifest.vms), "VMs", { { "VM", value = of "vm_id" },
    { "Organism", value = function(vm)
      return word(vm.biological_type or "?") .. " " .. word(vm.organism_version or "")
    end },
    { "Type", value = of "vm_type" }, { "Seed", value = of "seed" }, { "Configuration", value = of "config" } })
end

local bytes_column = { "Bytes", class = ' class="number"', value = function(file)
  return math.type(file.bytes) and text.count(math.tointeger(file.bytes) or 0) or ""
end }
local digest_column = { "SHA-256", class = ' class="digest"', value = of "sha256" }

local function inputs_part(manifest)
  return list_part(manifest.files, "Inputs", { { "File", value = of "path" }, bytes_column, digest_column })
end

local function files_part(run)
  local name_column = { "File", markup = true, value = function(file)
    return html.fill('<a href="%s">%s</a>', run.link(file.file), file.file)
  end }
  return list_part(run.manifest.results, run.letter and "Files of " .. run.letter or "Files",
    { name_column, bytes_column, digest_column })
end

-- ---- log and results ----

local function log_part(log, what)
  if not log then return '<p class="faint">There is no log that can be read.</p>' end
  if log == "" then return '<p class="faint">It printed nothing.</p>' end
  local shown = log
  if #log > 2*LOG then
    shown = text.cut(log, LOG) .. ("\n[… %s bytes, which log.txt has …]\n"):format(text.count(#log - 2*LOG))
      .. log:sub(-LOG)
  end
  return html.fill('<pre role="region" tabindex="0" aria-label="%s">%s</pre>', what, shown)
end

local FULL = '<p class="faint">The page has no room for more; all files are linked below.</p>'

local function results_part(run)
  local room, out = results.room(), {}
  for _, result in ipairs(run.manifest.results) do
    out[#out + 1] = results.show(run, result, room)
  end
  if room.full then out[#out + 1] = FULL end
  return #out > 0 and table.concat(out, "\n") or '<p class="faint">There is no table or picture among them.</p>'
end

local function title_of(run) return "Run of " .. word(run.manifest.script.name) end

--- The page of a run; nil and an error where the page's own parts are not installed.
function report.page(run)
  local manifest = run.manifest
  local section = frame.section
  return frame.page(title_of(run), html.fill('<p class="faint">%s, in <code>%s</code></p>',
    status_word(manifest.status), run.name), {
    section("What was run", facts_part(manifest)), section("Results", results_part(run)),
    section("Files", files_part(run)), section("VMs", vms_part(manifest)), section("Inputs", inputs_part(manifest)),
    section("Log", log_part(run.log, "Log")),
  })
end

--- Whether there is something to see of a file of this name.
report.shows = results.shows

--- The page of one file, { name, path, read, link }; nil and an error.
function report.file(given)
  local bytes, err = given.read(given.name, results.LARGEST)
  if not bytes then return nil, err end
  local digest = core.digest(bytes)
  local shown = results.show(given, { file = given.name, bytes = #bytes, sha256 = digest }, results.room())
  return frame.page(given.name, html.fill('<p class="faint"><code>%s</code>, SHA-256 <code>%s</code></p>', given.path,
    digest), { frame.section("What is in it", shown or FULL) })
end

-- ---- two runs ----

local function sides(a, b)
  local list, other = {}, facts_of(b)
  for i, fact in ipairs(facts_of(a)) do
    list[i] = { fact[1], fact[2], other[i][2], apart = fact[2] ~= other[i][2], place = i }
  end
  table.sort(list, function(x, y)
    if x.apart ~= y.apart then return x.apart end
    return x.place < y.place
  end)
  local out = {}
  for i, row in ipairs(list) do
    out[i] = html.fill('<tr%m><th scope="row">%s</th><td>%s</td><td>%s</td></tr>', row.apart and ' class="apart"' or "",
      row[1], row[2], row[3])
  end
  return '<div class="scroll" role="region" tabindex="0" aria-label="What was run"><table class="facts"><thead><tr>'
    .. '<th scope="col">What</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>'
    .. table.concat(out) .. "</tbody></table></div>"
end

local function differences_part(differences)
  if #differences == 0 then return "<p>The results are the same, to the byte.</p>" end
  local out = {}
  for i = 1, math.min(#differences, LINES) do out[i] = html.fill("<li>%s</li>", differences[i]) end
  local more = #differences > LINES and html.fill('<p class="faint">And %s more.</p>', #differences - LINES) or ""
  return '<p class="faint">What is said to have been was in A, and what is now, in B.</p><ul>' .. table.concat(out)
    .. "</ul>" .. more
end

-- The results by their names, and their names in order.
local function by_name(...)
  local found, names = {}, {}
  for i, run in ipairs { ... } do
    for _, result in ipairs(run.manifest.results) do
      if not found[result.file] then
        found[result.file] = {}
        names[#names + 1] = result.file
      end
      found[result.file][i] = result
    end
  end
  table.sort(names)
  return found, names
end

-- Of both the same ranges, so that what looks alike is alike.
local function common_ranges(a, b, pair)
  if not (pair[1] and pair[2]) then return nil end
  local ranges = results.ranges(a, pair[1])
  for name, range in pairs(results.ranges(b, pair[2])) do
    local other = ranges[name] or range
    ranges[name] = { math.min(range[1], other[1]), math.max(range[2], other[2]) }
  end
  return ranges
end

local ABSENT = '<p class="faint">%s has no such table or picture.</p>'

local function pairs_part(a, b)
  local found, names = by_name(a, b)
  local room, out = results.room(), {}
  for _, name in ipairs(names) do
    local pair = found[name]
    if not (pair[1] and pair[2] and pair[1].sha256 == pair[2].sha256) then
      local ranges = common_ranges(a, b, pair)
      local left = pair[1] and results.show(a, pair[1], room, ranges)
      local right = pair[2] and results.show(b, pair[2], room, ranges)
      if left or right then
        out[#out + 1] = html.fill('<div class="pair"><div>%m</div><div>%m</div></div>', left or html.fill(ABSENT, "A"),
          right or html.fill(ABSENT, "B"))
      end
    end
  end
  if room.full then out[#out + 1] = FULL end
  return #out > 0 and table.concat(out, "\n") or '<p class="faint">No table or picture differs.</p>'
end

local function logs_part(a, b)
  if a.log == b.log then return log_part(a.log, "Log of both") end
  return html.fill('<div class="pair"><div><h3>A</h3>%m</div><div><h3>B</h3>%m</div></div>',
    log_part(a.log, "Log of A"), log_part(b.log, "Log of B"))
end

--- The page of two runs side by side; `differences` between them, a text each, come first.
function report.compare(a, b, differences)
  a.letter, b.letter = "A", "B"
  local section = frame.section
  return frame.page("Two runs compared", html.fill('<p class="faint">A: %s, in <code>%s</code><br>'
    .. "B: %s, in <code>%s</code></p>", title_of(a), a.name, title_of(b), b.name), {
    section("Differences", differences_part(differences)),
    section("What was run", sides(a.manifest, b.manifest)),
    section("Results that differ", pairs_part(a, b)), section("Log", logs_part(a, b)),
    section("Files of A", files_part(a)), section("Files of B", files_part(b)),
  })
end

return report
