--- A page of HTML that stands alone: it asks no network, and runs no script but its own.

local core = require "bioxen.core"
local html = require "bioxen.report.html"

local frame = {}

local OWN = 1 << 20 -- bytes of a file of ours

-- A file that is installed beside this one.
local function own_file(name)
  local here = assert(package.searchpath("bioxen.report", package.path)):match "^(.*)/bioxen/report/init%.lua$"
  return core.read_file(here .. "/" .. name, OWN)
end

-- The page's own styles and scripts; nil and an error where they are not installed.
local function parts()
  local read = {}
  for _, name in ipairs { "bioxen-uplot/uPlot.min.css", "bioxen/report/page.css", "bioxen-uplot/uPlot.iife.min.js",
    "bioxen/report/page.js" } do
    local bytes, err = own_file(name)
    if not bytes then return nil, err end
    read[#read + 1] = bytes
  end
  return { style = read[1] .. read[2], library = read[3], script = read[4] }
end

local FRAME = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src %m; script-src %m %m; img-src data:;]]
  .. [[ base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>%m</style>
</head>
<body>
<header><h1>%s</h1>%m</header>
<main>
%m
</main>
<footer>Made by BioXen %s. The plots are drawn by uPlot (MIT).</footer>
<script>%m</script>
<script>%m</script>
</body>
</html>
]]

--- The page of sections under a title, with markup below it; nil and an error.
function frame.page(title, below, sections)
  local own, err = parts()
  if not own then return nil, err end
  local hash = html.policy_hash
  return html.fill(FRAME, hash(own.style), hash(own.library), hash(own.script), title, own.style, title, below,
    table.concat(sections, "\n"), core.version, own.library, own.script)
end

--- A section of it.
function frame.section(title, content)
  return html.fill("<section><h2>%s</h2>%m</section>", title, content)
end

return frame
