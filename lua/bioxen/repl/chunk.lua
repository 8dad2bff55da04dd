--- What was typed, as Lua: an expression first, else statements, else the beginning of either.

local chunk = {}

--- The chunk's name in messages.
chunk.name = "=stdin"

local function compile(code)
  return load(code, chunk.name, "t")
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

--- { code, expression = body or nil } of a whole chunk; nil and the message; or nil, nil when more
-- lines must follow.
function chunk.read(text)
  local forced = text:match "^%s*=(.*)$"
  local body = forced or text
  local f, as_expression = compile("return " .. body)
  if f then
    return { code = "return " .. body, expression = body }
  elseif forced then
    return nil, not is_cut_off(as_expression, text) and as_expression or nil
  end
  local g, err = compile(text)
  if g then return { code = text } end
  if is_cut_off(err, text) then return nil, nil end
  if meant_expression(text, err) then
    return nil, not is_cut_off(as_expression, text) and as_expression or nil
  end
  return nil, err
end

--- Whether a line is for the session itself.
function chunk.is_command(line)
  return line:find "^%s*%.%a" ~= nil or line:find "^%s*%.%s*$" ~= nil
end

--- The lines of a text in pieces that are whole each; nil where they are not.
function chunk.split(text)
  local pieces, open = {}, nil
  for line in (text .. "\n"):gmatch "(.-)\n" do
    if not open and chunk.is_command(line) then
      pieces[#pieces + 1] = line
    else
      open = open and open .. "\n" .. line or line
      local whole, err = chunk.read(open)
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
