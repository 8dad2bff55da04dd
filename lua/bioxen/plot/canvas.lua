--- A sheet of characters to draw on: lines in Braille dots, two by four a character, or, in ASCII, with a
-- character of one's own. Coordinates are parts of the sheet, 0 to 1 from its lower left corner.

local canvas = {}
canvas.__index = canvas

-- The bit of each dot of a Braille character, by row from above and column.
local DOTS = { [0] = { [0] = 0x01, 0x08 }, { [0] = 0x02, 0x10 }, { [0] = 0x04, 0x20 }, { [0] = 0x40, 0x80 } }

--- columns × rows characters.
function canvas.new(columns, rows, plain)
  return setmetatable({ columns = columns, rows = rows, plain = plain, bits = {}, signs = {}, owners = {},
    wide = plain and 1 or 2, tall = plain and 1 or 4 }, canvas)
end

function canvas:cell(column, row)
  return row*self.columns + column
end

-- A dot, in dots from the upper left corner.
local function dot(self, x, y, ink)
  if x < 0 or y < 0 or x >= self.columns*self.wide or y >= self.rows*self.tall then return end
  local cell = self:cell(x//self.wide, y//self.tall)
  self.owners[cell] = ink.index
  if self.plain then
    self.signs[cell] = ink.sign
  else
    self.bits[cell] = (self.bits[cell] or 0) | DOTS[y % 4][x % 2]
  end
end

-- From parts of the sheet to dots.
local function to_dots(self, x, y)
  return x*(self.columns*self.wide - 1), (1 - y)*(self.rows*self.tall - 1)
end

local function round(value)
  return math.floor(value + 0.5)
end

-- The part of a line that is on the sheet, as what it has of the way at its ends (Liang and Barsky).
local function clip(x0, y0, x1, y1)
  local from, to = 0, 1
  local function cut(p, q)
    if p == 0 then return q >= 0 end
    local r = q/p
    if p < 0 then from = math.max(from, r) else to = math.min(to, r) end
    return from <= to
  end
  local dx, dy = x1 - x0, y1 - y0
  local seen = cut(-dx, x0) and cut(dx, 1 - x0) and cut(-dy, y0) and cut(dy, 1 - y0)
  return seen, from, to
end

--- A line; `ink`: { index, sign }.
function canvas:line(x0, y0, x1, y1, ink)
  local seen, from, to = clip(x0, y0, x1, y1)
  if not seen then return end
  local ax, ay = to_dots(self, x0 + from*(x1 - x0), y0 + from*(y1 - y0))
  local bx, by = to_dots(self, x0 + to*(x1 - x0), y0 + to*(y1 - y0))
  local steps = math.max(1, math.ceil(math.max(math.abs(bx - ax), math.abs(by - ay))))
  for i = 0, steps do
    dot(self, round(ax + i/steps*(bx - ax)), round(ay + i/steps*(by - ay)), ink)
  end
end

-- The character at parts of the sheet, or nil.
local function cell_at(self, x, y)
  if not (x >= 0 and x <= 1 and y >= 0 and y <= 1) then return nil end
  local dx, dy = to_dots(self, x, y)
  return self:cell(round(dx)//self.wide, round(dy)//self.tall)
end

--- A character of one's own.
function canvas:put(x, y, sign, ink)
  local cell = cell_at(self, x, y)
  if cell then self.signs[cell], self.owners[cell] = sign, ink.index end
end

--- Shade a column of characters, by its number, between two heights where nothing else is.
function canvas:shade(column, low, high, sign, ink)
  for row = 0, self.rows - 1 do
    local bottom, top = 1 - (row + 1)/self.rows, 1 - row/self.rows
    local cell = self:cell(column, row)
    if top > low and bottom < high and not self.signs[cell] and not self.bits[cell] then
      self.signs[cell], self.owners[cell] = sign, ink.index
    end
  end
end

--- Rows from above, each a list of { character, owner }.
function canvas:read()
  local rows = {}
  for row = 0, self.rows - 1 do
    rows[row + 1] = {}
    for column = 0, self.columns - 1 do
      local cell = self:cell(column, row)
      local bits = self.bits[cell]
      local sign = self.signs[cell] or (bits and utf8.char(0x2800 + bits)) or " "
      rows[row + 1][column + 1] = { sign, self.owners[cell] }
    end
  end
  return rows
end

return canvas
