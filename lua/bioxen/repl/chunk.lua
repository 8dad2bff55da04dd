--- What was typed, as Lua: an expression first, else statements, else the beginning of either.

local chunk = {}

--- The chunk's name in messages, where it has no other.
chunk.name = "stdin"

local function compile(code, name)
  return load(code, "=" .. (name or chunk.name), "t")
end

-- A string in quotes ends in its line, unless that ends with a backslash.
local function is_cut_off(err, text)
  if not err:find "near <eof>$" then return false end
  return not err:find "unfinished string near" or text:find "\\z?%s*$" ~= nil
end

-- A statement that begins with what no statement begins with was meant as an expression.
local function meant_expression(text, err)
  local token = err:match "unexpected symbol near '(.*)'$"
  return token ~= nil and text:match "^%s*(.*)$":sub(1, #token) == token
end

--- { code, expression } of a whole chunk, with expression = true where it gives values; nil and the message; or nil,
-- nil when more lines must follow.
function chunk.read(text, name)
  local forced = text:match "^%s*=(.*)$"
  local body = forced or text
  local f, as_expression = compile("return " .. body, name)
  if f then
    return { code = "return " .. body, expression = true }
  elseif forced then
    return nil, not is_cut_off(as_expression, text) and as_expression or nil
  end
  local g, err = compile(text, name)
  if g then return { code = text } end
  if is_cut_off(err, text) then return nil, nil end
  if meant_expression(text, err) then
    return nil, not is_cut_off(as_expression, text) and as_expression or nil
  end
  return nil, err
end

-- Whether it may follow a `return`, which is not whole without something.
local function is_expression(text)
  return compile("local _ = " .. text) ~= nil and compile("return " .. text) ~= nil
end

-- Lua reads a statement as far as it goes: what begins with a bracket or an operator may belong to the line before.
-- What may stand alone as a statement, and begins with a name, does not.
local function stands_alone(text)
  return text:find "^%s*[%a_]" ~= nil and compile(text) ~= nil
end

-- What is open until the end makes a call no tail call, which would be missing in tracebacks.
local RETURN = "local _end <close> = nil return "

local PARTS = 300 -- at the end of a cell, lines and statements, that its last expression may have

-- A text whose end is an expression, behind other lines or a semicolon, as a chunk that returns its values; or nil.
local function with_result(text, name)
  local starts = {}
  for place in text:gmatch "[\n;]()" do starts[#starts + 1] = place end
  local statements = compile(text) ~= nil
  for i = #starts, math.max(1, #starts - PARTS), -1 do
    local tail = text:sub(starts[i])
    if is_expression(tail) and (not statements or stands_alone(tail)) then
      local before = text:sub(1, starts[i] - 1)
      local code = before .. RETURN .. tail
      if compile(before) and compile(code, name) then return { code = code, expression = true } end
    end
  end
end

--- The same of a cell of a notebook: its last lines may be an expression, whose values are those of the cell.
function chunk.read_cell(text, name)
  local piece, err = chunk.read(text, name)
  if piece and piece.expression then return { code = piece.code:gsub("^return ", RETURN, 1), expression = true } end
  local longer = with_result(text, name)
  if longer then return longer end
  return piece, err
end

--- Whether a line is for the session itself.
function chunk.is_command(line)
  return line:find "^%s*%.%a" ~= nil or line:find "^%s*%.%s*$" ~= nil
end

--- The lines of a text in pieces that are whole each; nil where they are not.
function chunk.split(text, name)
  local pieces, open = {}, nil
  for line in (text .. "\n"):gmatch "(.-)\n" do
    if not open and chunk.is_command(line) then
      pieces[#pieces + 1] = line
    else
      open = open and open .. "\n" .. line or line
      local whole, err = chunk.read(open, name)
      if err then return nil end
      if whole then
        pieces[#pieces + 1] = open
        open = nil
      end
    end
  end
  return not open and pieces or nil
end

return chunk
