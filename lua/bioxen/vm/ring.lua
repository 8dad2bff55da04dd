--- A stream of pieces of text that keeps its last bytes, for any number of readers, each at a place of its own. A
-- place is how many bytes of the stream lie before it.

local ring = {}

local Ring = {}
Ring.__index = Ring

local SHORT = 4096 -- bytes: pieces of a kind grow together up to here,
local LONG = 65536 -- and longer ones are cut, for they go whole

--- Keeps at most `limit` bytes.
function ring.new(limit)
  return setmetatable({ limit = limit, pieces = {}, first = 1, last = 0, length = 0 }, Ring)
end

-- The place of the first byte that is kept.
function Ring:begin()
  local piece = self.pieces[self.first]
  return piece and piece.at or self.length
end

-- Whole pieces go, then a part of the only one that is left.
function Ring:shorten()
  while self.length - self:begin() > self.limit and self.first < self.last do
    self.pieces[self.first] = nil
    self.first = self.first + 1
  end
  local only = self.pieces[self.first]
  local over = only and self.length - only.at - self.limit or 0
  if over > 0 then
    self.pieces[self.first] = { kind = only.kind, from = only.from, at = only.at + over,
      text = only.text:sub(over + 1) }
  end
end

function Ring:append(kind, text, from)
  local before = self.pieces[self.last]
  if before and before.kind == kind and before.from == from and #before.text + #text <= SHORT then
    before.text = before.text .. text
  else
    self.last = self.last + 1
    self.pieces[self.last] = { kind = kind, from = from, text = text, at = self.length }
  end
  self.length = self.length + #text
  self:shorten()
end

--- Add to the end: what kind of text, and who it is from, or nil.
function Ring:add(kind, text, from)
  for i = 1, #text, LONG do self:append(kind, text:sub(i, i + LONG - 1), from) end
end

--- What lies behind a place, as a list of { kind, text, from }; and how many bytes of it are no longer kept.
function Ring:since(place)
  local lost = math.max(0, self:begin() - place)
  place = place + lost
  local i, found = self.last + 1, {}
  while i > self.first and self.pieces[i - 1].at + #self.pieces[i - 1].text > place do i = i - 1 end
  for j = i, self.last do
    local piece = self.pieces[j]
    found[#found + 1] = { kind = piece.kind, from = piece.from,
      text = piece.text:sub(math.max(0, place - piece.at) + 1) }
  end
  return found, lost
end

return ring
