--- The name that somebody may have meant, as the end of a message.

-- Edits from one word to another: letters that are put in, left out, replaced, or stand the wrong way round.
local function distance(a, b)
  local before, row = nil, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local above = row
    row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same and 0 or 1))
      if before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before = above
  end
  return row[#b]
end

--- "; did you mean 'NAME'?" with the one of `names` nearest to `word`; where none is near, `otherwise` or nothing.
-- Upper and lower case count as alike.
local function nearest(word, names, otherwise)
  local best, least = nil, math.max(1, #word // 3) + 1
  for _, name in ipairs(names) do
    if math.abs(#name - #word) < least then
      local edits = distance(word:lower(), name:lower())
      if edits < least then best, least = name, edits end
    end
  end
  return best and ("; did you mean '%s'?"):format(best) or otherwise or ""
end

return nearest
