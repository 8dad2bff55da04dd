--- Values in HTML: a fragment for pages of others and for notebooks, with a static picture and a bounded table, or a
-- page that stands alone. What a kind of value is shown as, its parts:
--   { title, facts = { { name, value }… }, figure = what bioxen.plot takes, tables = { { names, rows, how… }… } }

local check = require "bioxen.check"
local core = require "bioxen.core"
local figures = require "bioxen.report.figures"
local frame = require "bioxen.report.frame"
local html = require "bioxen.report.html"
local options = require "bioxen.plot.options"
local tables = require "bioxen.report.tables"

local fragment = {}

local ROWS, PAGE_ROWS, MOST_ROWS = 20, 1000, 10000 -- of a table

local own = {
  file = { type = "string", valid = function(path)
    return (path:find "%z" or options.format(path) ~= "html") and "a name that ends in .html" or nil
  end },
  rows = { type = "number", integer = true, minimum = 0, maximum = MOST_ROWS },
}

--- The options of html: those of its own, checked, and the others. Raises, `level` frames above.
function fragment.options(given, level)
  local mine, rest, problems = {}, {}, {}
  if given ~= nil and type(given) ~= "table" then
    error(("html: a table expected, got %s"):format(check.shown(given)), level + 1)
  end
  for key, value in pairs(given or {}) do
    if key == "text" or key == "ascii" then problems[1] = ("html: unknown key %s"):format(check.shown(key)) end
    if own[key] then mine[key] = value else rest[key] = value end
  end
  mine = check.table(mine, own, "html", problems)
  check.raise(problems, level + 1)
  mine.rows = mine.rows or mine.file and PAGE_ROWS or ROWS
  return mine, rest
end

local function facts_part(facts)
  local out = {}
  for i, fact in ipairs(facts) do
    out[i] = html.fill('<tr><th scope="row">%s</th><td>%s</td></tr>', fact[1], (tables.word(fact[2])))
  end
  return '<table class="facts"><tbody>' .. table.concat(out) .. "</tbody></table>"
end

-- Behind a picture, a table waits until it is asked for.
local function table_part(made, mine, folded)
  local drawn = tables.draw(made, { label = made.label, most = mine.rows, ends = made.ends, bars = made.bars,
    marked = made.marked })
  if not folded then return drawn end
  return html.fill("<details><summary>%s</summary>%m</details>", made.label, drawn)
end

--- The markup of parts. `mine`: fragment.options' first. `live`: in a page that has the script for it.
function fragment.render(parts, mine, live, level)
  local out = { parts.facts and facts_part(parts.facts) }
  if parts.figure then
    out[#out + 1] = figures.draw(parts.figure, { live = live,
      style = not live and "max-width:100%;height:auto" or nil }, level + 1)
  end
  for _, made in ipairs(mine.rows > 0 and parts.tables or {}) do
    out[#out + 1] = table_part(made, mine, parts.figure and not made.open)
  end
  return table.concat(out, "\n")
end

--- What html gives: a fragment; or, where a file is named, true once its page is written, or nil and an error.
function fragment.give(parts, mine, level)
  if not mine.file then
    return html.fill('<div class="bioxen">%m</div>', fragment.render(parts, mine, false, level + 1))
  end
  if parts.figure then parts.figure.title = nil end -- it is the page's
  local page, err = frame.page(parts.title, "", { fragment.render(parts, mine, true, level + 1) })
  if not page then return nil, err end
  return core.save_file(mine.file, page)
end

return fragment
