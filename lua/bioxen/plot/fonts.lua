--- Characters that no font of this machine has. gnuplot spoils a picture in PNG that asks for one: it becomes
-- a question mark. (An SVG is shown with the reader's fonts.)

local core = require "bioxen.core"
local words = require "bioxen.plot.words"

-- What the font that comes with gnuplot has; characters beyond are asked for, so many at most.
local COMMON = { { 0x20, 0x52F }, { 0x1E00, 0x22FF }, { 0x2500, 0x25FF } }
local MOST = 40

local known, asked = {}, 0

local function has_glyph(code)
  for _, range in ipairs(COMMON) do
    if code >= range[1] and code <= range[2] then return true end
  end
  if known[code] == nil and asked < MOST then
    asked = asked + 1
    local fonts = core.run_program({ "fc-list", (":charset=%x"):format(code), "family" }, "", 10)
    known[code] = fonts ~= nil and fonts ~= ""
  end
  return known[code] or false
end

local function spell(text)
  if not text then return nil end
  return (words.clean(text):gsub(utf8.charpattern, function(character)
    if not has_glyph(utf8.codepoint(character)) then return "?" end
  end))
end

--- Change the words of a figure, and of its layouts, to what can be drawn.
return function(made, layouts)
  made.title, made.remark = spell(made.title), spell(made.remark)
  for _, layout in ipairs(layouts) do
    local panel, names = layout.panel, layout.x.names
    panel.title, panel.x_label, panel.y_label = spell(panel.title), spell(panel.x_label), spell(panel.y_label)
    panel.z_label = spell(panel.z_label)
    for i = 1, names and #names or 0 do names[i] = spell(names[i]) end
    for _, s in ipairs(layout.series) do s.name = spell(s.name) end
  end
end
