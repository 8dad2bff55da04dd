--- Where the parts of a picture stand, in pixels from its upper left corner.

local words = require "bioxen.plot.words"

local page = {}

-- Of the font that pictures have: a character's width, a line's height.
page.CHARACTER, page.LINE = 8.6, 24
local TITLE_CHARACTER, TITLE_LINE = 10.6, 28
local LONGEST_NAME, LONGEST_CATEGORY = 32, 32
local LEGEND_SAMPLE, LEGEND_LINE = 80, 23
page.SCALE, page.SCALE_GAP = 20, 16 -- the width of a heat map's scale, and its distance from the frame

local function widest(texts)
  local width = 0
  for _, text in ipairs(texts) do width = math.max(width, words.width(text)) end
  return width
end

local function legend_texts(layout)
  local texts = {}
  for _, s in ipairs(layout.series) do
    if s.name then texts[#texts + 1] = words.fit(words.clean(s.name), LONGEST_NAME) end
  end
  return texts
end

local function size_of(made)
  if made.size then return math.floor(made.size[1]), math.floor(made.size[2]) end
  local rows = math.ceil(#made.panels/made.across)
  if rows == 1 then return made.across == 1 and 1000 or 1100, made.across == 1 and 600 or 420 end
  return made.across == 1 and 1000 or 1100, math.min(60 + 320*rows, 4000)
end

-- Names under the axis: side by side where they fit, else upright.
local function prepare_names(layout, width)
  local names = layout.x.names
  if not names then return end
  local texts = {}
  for i, name in ipairs(names) do texts[i] = words.fit(words.clean(name), LONGEST_CATEGORY) end
  layout.x_texts = texts
  layout.upright = (widest(texts) + 2)*page.CHARACTER*#names > width
end

--- From the frame of a heat map to the middle of its scale's words.
function page.scale_room(layout)
  return 30 + page.SCALE_GAP + page.SCALE + widest(layout.z_texts)*page.CHARACTER
end

-- What a panel needs around its frame. Names stand beside it; where panels do so, above it.
local function margins_of(layout, across)
  local panel = layout.panel
  local left = 20 + widest(layout.y_texts)*page.CHARACTER + (panel.y_label and page.LINE + 4 or 0)
  local right = 26
  if layout.z then right = page.scale_room(layout) + (panel.z_label and page.LINE/2 + 6 or 0) end
  if layout.legend and across == 1 then right = 74 + widest(legend_texts(layout))*page.CHARACTER end
  local bottom = 36
  if layout.upright then bottom = 32 + widest(layout.x_texts)*page.CHARACTER end
  if panel.x_label then bottom = bottom + page.LINE + 8 end
  if layout.shared then bottom = 16 end
  return { left = left, right = right, top = panel.title and page.LINE + 18 or 20, bottom = bottom }
end

local function frame(layout, cell, margins)
  layout.left, layout.right = cell.left + margins.left, cell.right - margins.right
  layout.top, layout.bottom = cell.top + margins.top, cell.bottom - margins.bottom
  layout.right = math.max(layout.right, layout.left + 40)
  layout.bottom = math.max(layout.bottom, layout.top + 30)
end

-- Panels above each other and beside each other have their frames in line.
local function align(all_margins, across)
  for i, margins in ipairs(all_margins) do
    for j = (i - 1) % across + 1, #all_margins, across do
      margins.left = math.max(margins.left, all_margins[j].left)
      margins.right = math.max(margins.right, all_margins[j].right)
    end
    local first = i - (i - 1) % across
    for j = first, math.min(first + across - 1, #all_margins) do
      margins.top = math.max(margins.top, all_margins[j].top)
      margins.bottom = math.max(margins.bottom, all_margins[j].bottom)
    end
  end
end

-- Where columns begin, the last of them at the page's end: frames of the same width, whatever stands around them.
local function column_edges(all_margins, across, width)
  local edges, total = { 8 }, 0
  local function needs(column)
    local margins = all_margins[column] or all_margins[1]
    return margins.left + margins.right
  end
  for column = 1, across do total = total + needs(column) end
  local each = (width - 8 - total)/across
  for column = 1, across do edges[column + 1] = edges[column] + needs(column) + each end
  return edges, each
end

-- Names above frames of that width: how many fit a line, and room for all of them in each panel of a row.
local function place_legends(layouts, all_margins, across, width)
  local heights = {}
  for i, layout in ipairs(layouts) do
    local texts, row = layout.legend and legend_texts(layout) or {}, (i - 1)//across
    local fit = math.floor(width/(widest(texts)*page.CHARACTER + LEGEND_SAMPLE))
    layout.legend_columns = math.max(1, math.min(#texts, fit))
    heights[row] = math.max(heights[row] or 0, math.ceil(#texts/layout.legend_columns)*LEGEND_LINE)
  end
  for i, layout in ipairs(layouts) do
    layout.legend_height = heights[(i - 1)//across]
    all_margins[i].top = all_margins[i].top + layout.legend_height
  end
end

-- Heights of rows: frames of the same height, whatever stands around them.
local function row_bottoms(all_margins, made, top, height)
  local rows, needs, total = math.ceil(#all_margins/made.across), {}, 0
  for i, margins in ipairs(all_margins) do
    local row = (i - 1)//made.across + 1
    needs[row] = math.max(needs[row] or 0, margins.top + margins.bottom)
  end
  for _, need in ipairs(needs) do total = total + need end
  local each, bottoms = (height - top - total)/rows, {}
  for row = 1, rows do
    top = top + needs[row] + each
    bottoms[row] = top
  end
  return bottoms
end

--- How many ticks an axis has, about, along x and along y.
function page.ticks(made)
  local width, height = size_of(made)
  local rows = math.ceil(#made.panels/made.across)
  local function count(pixels, each, most) return math.max(2, math.min(most, pixels//each)) end
  return count(width/made.across, 65, 8), count(height/rows, 60, 6)
end

--- Give each layout its frame (left, right, top, bottom) and its words; returns the page: width, height and
-- the lines of its title.
function page.arrange(made, layouts)
  local width, height = size_of(made)
  local title = made.title and words.wrap(words.clean(made.title), (width - 40)//TITLE_CHARACTER, 3) or {}
  local remark = made.remark and words.wrap(words.clean(made.remark), (width - 40)//page.CHARACTER, 2) or {}
  local top = TITLE_LINE*#title + page.LINE*#remark
  if top > 0 then top = top + 10 end
  local all = {}
  for i, layout in ipairs(layouts) do
    layout.y_texts = layout.y.labels()
    layout.x_texts = layout.x.labels()
    layout.z_texts = layout.z and layout.z.labels()
    prepare_names(layout, 0.8*width/made.across)
    all[i] = margins_of(layout, made.across)
  end
  align(all, made.across)
  local edges, frame_width = column_edges(all, made.across, width)
  if made.across > 1 then place_legends(layouts, all, made.across, frame_width) end
  local bottoms = row_bottoms(all, made, top, height - 4)
  for i, layout in ipairs(layouts) do
    local row, column = (i - 1)//made.across + 1, (i - 1) % made.across
    frame(layout, { left = edges[column + 1], right = edges[column + 2],
      top = bottoms[row - 1] or top, bottom = bottoms[row] }, all[i])
  end
  return { width = width, height = height, title = title, remark = remark, title_line = TITLE_LINE }
end

page.LONGEST_NAME = LONGEST_NAME

return page
