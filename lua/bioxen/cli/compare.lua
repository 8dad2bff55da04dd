--- How the results of two runs differ.

local compare = {}

local LIMIT = 1 << 30 -- bytes of a file that is looked into

local function lines_of(folder, name)
  local text = folder:read(name, LIMIT)
  local lines = {}
  for line in ((text or "") .. "\n"):gmatch "(.-)\r?\n" do lines[#lines + 1] = line end
  return lines
end

local function cut(line)
  return #line > 60 and line:sub(1, 60) .. "..." or line
end

local NUMBER = "[%+%-]?%d+%.?%d*[eE]?[%+%-]?%d*"

-- The first number of two lines that is not the same; nil where they differ in other words, or in none.
local function numbers_apart(old, new)
  if old:gsub(NUMBER, "#") ~= new:gsub(NUMBER, "#") then return nil end
  local next_new = new:gmatch(NUMBER)
  for before in old:gmatch(NUMBER) do
    local after = next_new()
    local x, y = tonumber(before), tonumber(after)
    if x and y and x ~= y then
      return ("%s was, %s is (by %.1g of it)"):format(before, after, math.abs(y - x)/math.max(math.abs(x), math.abs(y)))
    end
  end
end

--- The first line that differs, of a file in both folders: by which number, if by that; nil where none does.
function compare.file(before, after, name)
  local old, new = lines_of(before, name), lines_of(after, name)
  for i = 1, math.max(#old, #new) do
    if old[i] ~= new[i] then
      local apart = old[i] and new[i] and numbers_apart(old[i], new[i])
      return ("line %d was '%s', is '%s'%s"):format(i, cut(old[i] or ""), cut(new[i] or ""),
        apart and ": " .. apart or "")
    end
  end
end

local function is_text(name)
  return not (name:find "%.png$" or name:find "%.gz$")
end

--- What differs between two runs, each of an open folder and its manifest: a text each.
function compare.results(folder, manifest, other, again)
  local found, after = {}, {}
  for _, result in ipairs(again.results) do after[result.file] = result end
  for _, result in ipairs(manifest.results) do
    local now = after[result.file]
    after[result.file] = nil
    if not now then
      found[#found + 1] = result.file .. " is missing"
    elseif now.sha256 ~= result.sha256 then
      local where = is_text(result.file) and compare.file(folder, other, result.file)
      found[#found + 1] = result.file .. " differs" .. (where and ": " .. where or "")
    end
  end
  for name in pairs(after) do found[#found + 1] = name .. " is new" end
  if again.status ~= manifest.status then
    found[#found + 1] = ("the exit status was %d, is %d"):format(manifest.status, again.status)
  end
  table.sort(found)
  return found
end

return compare
