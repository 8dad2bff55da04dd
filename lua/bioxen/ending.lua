--- What the ending of a file's name says that it is to be.

local ending = {}

--- Of tables as text, and of names that say nothing.
ending.tables = { "", "csv", "tsv", "txt", "dat" }

ending.pictures = { "png", "svg", "pdf", "html" }

--- Several lists, or endings, as one.
function ending.any(...)
  local all = {}
  for _, part in ipairs { ... } do
    local list = type(part) == "table" and part or { part }
    table.move(list, 1, #list, #all + 1, all)
  end
  return all
end

--- "csv" of "a/b.CSV", "" of "b".
function ending.of(path)
  local found = path:match "[^/]%.([^./]*)$"
  return found and found:lower() or ""
end

local function has(list, word)
  for _, each in ipairs(list) do
    if each == word then return true end
  end
  return false
end

--- The path, if it ends as one of a list; else nil and what is wrong with the option of that name.
function ending.check(option, list, path)
  if has(list, ending.of(path)) then return path end
  local words = {}
  for _, each in ipairs(list) do
    if each ~= "" then words[#words + 1] = "." .. each end
  end
  local last = table.remove(words)
  return nil, ("%s: a name that ends in %s expected, got '%s'"):format(option,
    #words > 0 and table.concat(words, ", ") .. " or " .. last or last, path)
end

--- Whether JSON is asked for, by --json or by the name of --out.
function ending.wants_json(options)
  return options.json or options.out and ending.of(options.out) == "json" or false
end

--- What is wrong with --json or --plot, where the name of --out, which has these endings, says another thing; or nil.
function ending.clash(options, list)
  local said = options.out and ending.of(options.out)
  local other = said and (options.plot == true and not has(ending.pictures, said) and "--plot"
    or options.json and has(list, "json") and not has({ "", "json", "txt" }, said) and "--json")
  return other and ("%s and --out %s can not be used together"):format(other, options.out) or nil
end

-- With commas in place of tabs, or tabs in place of commas that are not in quotes.
local function to_commas(text)
  return (text:gsub("[^\t\n]+", function(field)
    return field:find '[",]' and '"' .. field:gsub('"', '""') .. '"' or nil
  end):gsub("\t", ","))
end

local function to_tabs(text)
  return ((text .. '""'):gsub('([^"]*)("[^"]*")', function(plain, quoted) return plain:gsub(",", "\t") .. quoted end)
    :sub(1, -3))
end

--- A table as text, whose fields that mark separates, as the file's name says: with commas in .csv, tabs in .tsv.
function ending.separated(text, mark, path)
  local said = path and ending.of(path)
  if said == "csv" and mark == "\t" then return to_commas(text) end
  if said == "tsv" and mark == "," then return to_tabs(text) end
  return text
end

return ending
