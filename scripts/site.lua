-- Makes the site of the documentation: static files that need no network, of README.md, docs/*.md, CONTRIBUTING.md and
-- CHANGELOG.md, with the pictures that the code blocks above them make. Run from the project's folder:
-- build/bin/bioxen scripts/site.lua FOLDER (or: cmake --build build --target docs)

package.path = "./?.lua;" .. package.path
local core = require "bioxen.core"
local html = require "bioxen.report.html"
local json = require "bioxen.json"
local pages = require "spec.support.pages"
local sorted_keys = require "bioxen.sorted_keys"

local folder = assert(arg[1], "usage: bioxen scripts/site.lua FOLDER")

local function write(name, bytes)
  local path = folder .. "/" .. name
  assert(core.make_folder(path:match "^(.*)/"))
  assert(core.save_file(path, bytes))
end

-- ---- which pages there are ----

local list, by_source = {}, {} -- each { source, file, title, body }

local function add(source, file)
  local page = { source = source, file = file, text = pages.read(source) }
  page.title = page.text:match "^# ([^\n]+)" or source
  list[#list + 1], by_source[source] = page, page
end

-- In the order in which the first page names them, then all others.
add("README.md", "index.html")
for name in list[1].text:match "\n## Documentation\n(.-)\n## ":gmatch "%]%(docs/([%w_]+)%.md%)" do
  if not by_source["docs/" .. name .. ".md"] then add("docs/" .. name .. ".md", name .. ".html") end
end
for _, name in ipairs(core.list_folder "docs") do
  local source = "docs/" .. name
  if name:find "%.md$" and not by_source[source] then add(source, name:gsub("%.md$", ".html")) end
end
add("CONTRIBUTING.md", "contributing.html")
add("CHANGELOG.md", "changelog.html")

-- ---- pictures ----

local pictures = {} -- their bytes, by name

local function keep_picture(run, name)
  local pipe <close> = assert(io.popen(("find '%s' -type f -name '%s'"):format(run.folder, name)))
  local made = pipe:read "l"
  if made then pictures[name] = assert(core.read_file(made, 1 << 24)) end
end

-- Those of a page, by the blocks above them. The first page has those of others.
local function draw_pictures(page)
  local wanted = pages.pictures(page.source)
  if page.source == "README.md" or not wanted[1] then return end
  local run = pages.open()
  local good, err = pcall(function()
    local blocks, next_block = pages.blocks(page.source), 1
    for _, each in ipairs(wanted) do
      while blocks[next_block] and blocks[next_block].line < each.line do
        local status, out, errors = run:run(blocks[next_block])
        if status ~= 0 then error(("%s:%d: %s%s"):format(page.source, blocks[next_block].line, out, errors), 0) end
        next_block = next_block + 1
      end
      keep_picture(run, each.name)
    end
  end)
  run:close()
  if not good then error(err, 0) end
end

-- ---- from Markdown ----

local CMARK = { "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough" }

local function to_html(text)
  local out, err, status = core.run_program(CMARK, text, 60)
  if not out or status ~= 0 then
    error("cmark-gfm makes HTML of Markdown (on Debian: apt-get install cmark-gfm): " .. tostring(err), 0)
  end
  return out
end

local entities = { amp = "&", lt = "<", gt = ">", quot = '"' }

local function plain(markup)
  return (markup:gsub("<[^>]*>", " "):gsub("&(%w+);", entities):gsub("%s+", " "))
end

-- As GitHub makes anchors, of which links in the pages are written.
local function anchor_of(heading, seen)
  local base = plain(heading:gsub("<[^>]*>", "")):lower():gsub("[%p]", function(mark)
    return (mark == "-" or mark == "_") and mark or ""
  end):gsub("…", ""):gsub("^ +", ""):gsub(" $", ""):gsub(" ", "-")
  local anchor, number = base, 0
  while seen[anchor] do
    number = number + 1
    anchor = base .. "-" .. number
  end
  seen[anchor] = true
  return anchor
end

-- "docs/a.md" and "../b" as the path from the project's folder; nil where it leads out of it.
local function resolve(source, target)
  local steps = {}
  for step in ((source:match "^(.*/)" or "") .. target):gmatch "[^/]+" do
    if step == ".." then
      if not table.remove(steps) then return nil end
    elseif step ~= "." then steps[#steps + 1] = step end
  end
  return table.concat(steps, "/")
end

-- A link as the site has it: to another page, or to a copy of a file; nil where there is nothing to show.
local function link_to(page, target)
  if target:find "^%a+:" or target:find "^#" then return target end
  local path, anchor = target:match "^([^#]*)(.*)$"
  local at = resolve(page.source, path)
  if at and by_source[at] then return by_source[at].file .. anchor end
  local bytes = at and core.read_file(at, 1 << 22)
  if not bytes then return nil end
  write("files/" .. at, bytes)
  return "files/" .. at
end

local function convert(page)
  local seen, tables = {}, 0
  page.contents = {}
  local body = to_html(page.text)
  body = body:gsub('<a href="([^"]*)">(.-)</a>', function(target, words)
    local link = link_to(page, target:gsub("&amp;", "&"))
    return link and html.fill('<a href="%s">%m</a>', link, words) or words
  end)
  body = body:gsub('<img src="([^"]*)"', function(source)
    return html.fill('<img src="%s"', source:find "^%a+:" and source or "pictures/" .. source:match "[^/]*$")
  end)
  body = body:gsub("<h(%d)>(.-)</h%d>", function(level, words)
    local anchor = anchor_of(words, seen)
    if level == "2" then page.contents[#page.contents + 1] = { anchor = anchor, words = words } end
    return html.fill('<h%s id="%s">%m</h%s>', level, anchor, words, level)
  end)
  body = body:gsub("<table>(.-)</table>", function(rest)
    tables = tables + 1
    return html.fill('<div class="scroll" role="region" tabindex="0" aria-label="Table %s"><table>%m</table></div>',
      tables, rest)
  end)
  page.body = body:gsub("<th[^%w>]*[^>]*></th>", "<td></td>"):gsub("<th%f[%s>]", '<th scope="col"')
end

-- ---- the index ----

-- Each heading's part: the page's number, the anchor, the heading and the text.
local function index()
  local out = {}
  for number, page in ipairs(list) do
    local starts = {}
    for at, anchor, heading, stop in page.body:gmatch '()<h%d id="([^"]*)">(.-)</h%d>()' do
      starts[#starts + 1] = { at = at, anchor = anchor, heading = heading, stop = stop }
    end
    for i, start in ipairs(starts) do
      local rest = page.body:sub(start.stop, starts[i + 1] and starts[i + 1].at - 1 or -1)
      out[#out + 1] = { number, start.anchor, plain(start.heading), plain(rest) }
    end
  end
  return out
end

-- ---- the site ----

local FRAME = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'self';]]
  .. [[ img-src 'self'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<link rel="stylesheet" href="style.css">
</head>
<body class="site">
<header><a class="brand" href="index.html">BioXen</a><div id="search"></div></header>
<div class="columns">
<nav aria-label="Pages"><details open><summary>Pages</summary><ul>%m</ul></details></nav>
<main>%m%m</main>
</div>
<footer>BioXen %s, MIT.</footer>
<script src="search.js"></script>
</body>
</html>
]]

local function navigation(current)
  local out = {}
  for i, page in ipairs(list) do
    out[i] = html.fill('<li><a href="%s"%m>%s</a></li>', page.file, page == current and ' aria-current="page"' or "",
      page == list[1] and "Start" or page.source:find "docs/organism_" and "Organism " .. page.title or page.title)
  end
  return table.concat(out)
end

-- What is on a long page, behind its title.
local function contents_of(page)
  if #page.contents < 4 then return "" end
  local out = {}
  for i, each in ipairs(page.contents) do
    out[i] = html.fill('<li><a href="#%s">%m</a></li>', each.anchor, (each.words:gsub("</?a[^>]*>", "")))
  end
  return '<details class="contents"><summary>On this page</summary><ul>' .. table.concat(out) .. "</ul></details>"
end

for _, page in ipairs(list) do
  draw_pictures(page)
  convert(page)
end
for _, page in ipairs(list) do
  for _, each in ipairs(pages.pictures(page.source)) do
    assert(pictures[each.name], ("%s:%d: no block makes %s"):format(page.source, each.line, each.name))
  end
end
for _, page in ipairs(list) do
  local title, rest = page.body:match "^%s*(<h1.-</h1>)(.*)$"
  write(page.file, html.fill(FRAME, page == list[1] and "BioXen" or page.title .. ": BioXen", navigation(page),
    (title or "") .. contents_of(page), rest or page.body, core.version))
end
local titles = json.list()
for i, page in ipairs(list) do titles[i] = { page.file, page.title } end
write("index.js", "window.site_index = " .. html.json { pages = titles, parts = json.list(index()) } .. ";\n")
write("style.css", pages.read "lua/bioxen/report/page.css" .. pages.read "scripts/site/site.css")
write("search.js", pages.read "scripts/site/search.js")
io.write(("%s: %d pages\n"):format(folder, #list))
for _, name in ipairs(sorted_keys(pictures)) do write("pictures/" .. name, pictures[name]) end
