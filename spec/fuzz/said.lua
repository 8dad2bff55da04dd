--- What commands print meanwhile; it must be harmless to a terminal.

local text = {}

local function hear(...)
  for i = 1, select("#", ...) do text[#text + 1] = tostring((select(i, ...))) end
end

print = hear -- luacheck: ignore
io.stderr = { write = function(_, ...) hear(...) end } -- luacheck: ignore

--- Call f: what it gave. Raises what it raised, and a character that steers a terminal in what it printed.
return function(f, ...)
  text = {}
  local results = table.pack(f(...))
  local all = table.concat(text)
  if all:find "[^%g \t\n\x80-\xff]" then error(("a control character was printed: %q"):format(all)) end
  if not utf8.len(all) then error(("bytes that are no text were printed: %q"):format(all)) end
  for _, code in utf8.codes(all) do
    if (code >= 0x80 and code < 0xa0) or (code >= 0x202a and code <= 0x202e) then
      error(("U+%04x was printed: %q"):format(code, all))
    end
  end
  return table.unpack(results, 1, results.n)
end
