--- What commands take, as tables, made into an argparse parser. From the same tables come help, man page and
-- completions. A command is
--
--   { name, summary, description, arguments = { ITEM… }, options = { ITEM… }, either = { { "--a", "--b" }… },
--     examples = { { "bioxen …", "what it does" }… }, commands = { COMMAND… }, run = function(options) }
--
-- and an item { "--name" or "NAME", description, value = "NAME" (of an option that takes one), required, args,
-- many, choices, number = { above, minimum, maximum, integer }, list, endings = { "csv", … } of a file's name, of
-- which "" is none }. run gives the exit status; or nil and what is wrong with the words.

local ending = require "bioxen.ending"
local modules = require "bioxen.modules"
local say = require "bioxen.cli.say"

local parser = {}

local WIDTH = 79

-- ---- what a word must be ----

local function expected(rule)
  local words = { rule.integer and "a whole number" or "a number" }
  if rule.above then words[#words + 1] = ("above %.15g"):format(rule.above) end
  if rule.minimum then words[#words + 1] = ("of %.15g or more"):format(rule.minimum) end
  if rule.maximum then words[#words + 1] = ("up to %.15g"):format(rule.maximum) end
  return table.concat(words, " ")
end

local function to_number(name, rule)
  return function(text)
    local value = tonumber(text)
    if value and rule.integer then value = math.tointeger(value) end
    local fits = value and value == value and not (rule.above and value <= rule.above)
      and not (rule.minimum and value < rule.minimum) and not (rule.maximum and value > rule.maximum)
    if fits then return value end
    return nil, ("%s: %s expected, got '%s'"):format(name, expected(rule), text)
  end
end

local function to_list(name, rule)
  local convert = rule and to_number(name, rule)
  return function(text)
    local items = {}
    for item in text:gmatch "[^,]+" do
      local value, err = item:match "^%s*(.-)%s*$", nil
      if convert then value, err = convert(value) end
      if value == nil then return nil, err end
      items[#items + 1] = value
    end
    if items[1] == nil then return nil, ("%s: names or numbers with commas between them expected"):format(name) end
    return items
  end
end

local function converter(item)
  if item.endings then return function(path) return ending.check(item[1], item.endings, path) end end
  if item.list then return to_list(item[1], item.number) end
  return item.number and to_number(item[1]:match "%S+", item.number)
end

-- ---- argparse ----

local function add_argument(command, item)
  local argument = command:argument(item[1]):description(item[2]):target(item.target or item[1]:lower())
  if item.args then argument:args(item.args) end
  if item.choices then argument:choices(item.choices) else argument:argname(item[1]) end
  return argument
end

local function add_option(command, item)
  local option = item.value and command:option(item[1]) or command:flag(item[1])
  if item.value and not item.choices then option:argname(item.value) end
  option:description(item[2])
  if item.choices then option:choices(item.choices) end
  if item.required then option:count "1" end
  if item.many then option:count "*" end
  local convert = converter(item)
  if convert then option:convert(convert) end
  return option
end

-- A command as a shell takes it, in lines that fit and begin with an option.
local function folded(command)
  local lines, line = {}, ""
  for word in command:gsub(" %-", "\n-"):gmatch "[^\n]+" do
    if #line + #word > WIDTH - 8 then
      lines[#lines + 1], line = line, " "
    end
    line = (line == "" and "" or line .. " ") .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, " \\\n   ")
end

local function examples_text(examples)
  local lines = { "Examples:" }
  for _, example in ipairs(examples) do
    lines[#lines + 1] = "   " .. folded(example[1])
    lines[#lines + 1] = "      " .. example[2]
  end
  return table.concat(lines, "\n")
end

local function uncapitalised(text)
  return (text:gsub("^Usage", "usage"))
end

local fill

local function add_help(command, asked)
  command:add_help(false)
  command:flag "-h --help" :description "Show this help." :action(function()
    asked.help = uncapitalised(command:get_help())
    error "help"
  end)
end

function fill(command, spec, asked)
  asked.parsers[spec] = command
  command:description(spec.description or spec.summary:gsub("^%l", string.upper) .. ".")
  if spec.usage then command:usage(spec.usage) end
  local epilog = spec.examples and examples_text(spec.examples) or spec.epilog
  if epilog then command:epilog(epilog) end
  local by_name = {}
  for _, item in ipairs(spec.arguments or {}) do add_argument(command, item) end
  for _, item in ipairs(spec.options or {}) do by_name[item[1]] = add_option(command, item) end
  for _, names in ipairs(spec.either or {}) do
    local options = {}
    for i, name in ipairs(names) do options[i] = by_name[name] end
    command:mutex(table.unpack(options))
  end
  for _, inner in ipairs(spec.commands or {}) do
    fill(command:command(inner.name):summary(inner.summary), inner, asked)
  end
  if spec.commands then command:command_target(spec.target or "action") end
  add_help(command, asked)
end

--- The parser of a tree of commands, and a table: `help` is what was asked for, `parsers` has each command's. nil
-- and a message where argparse is not installed.
function parser.build(spec)
  local argparse = modules.installed "argparse"
  if not argparse then
    return nil, "commands need the Lua module argparse, which is not installed: install lua-argparse"
  end
  local asked = { parsers = {} }
  local root = argparse(spec.name)
  root:help_max_width(WIDTH):usage_max_width(WIDTH):help_description_margin(26):help_usage_margin(2)
  fill(root, spec, asked)
  return root, asked
end

-- ---- parsing ----

-- The command that the words lead to: what a mistake is explained by.
local function innermost(spec, words)
  local at, names = spec, { spec.name }
  for _, word in ipairs(words) do
    for _, inner in ipairs(at.commands or {}) do
      if inner.name == word then
        at = inner
        names[#names + 1] = word
        break
      end
    end
  end
  return at, table.concat(names, " ")
end

--- Options by the words, the command that they are for, and a function that tells how it is used and what the
-- mistake was, and gives the exit status. Or nil and the exit status, after saying why.
function parser.parse(spec, words)
  local root, asked = parser.build(spec)
  if not root then return nil, say.failed(asked) end
  local good, valid, options = pcall(root.pparse, root, words)
  if asked.help then
    print(asked.help)
    return nil, say.DONE
  end
  if not good then error(valid, 0) end
  local command, name = innermost(spec, words)
  local function misused(mistake)
    io.stderr:write(uncapitalised(asked.parsers[command]:get_usage()), "\n")
    return say.misused(("%s (%s --help tells more)"):format(mistake, name))
  end
  if not valid then return nil, misused((options:gsub("%.?\nDid you mean", "; did you mean"))) end
  for _, item in ipairs(command.options or {}) do
    local clash = item[1] == "--out" and item.endings and ending.clash(options, item.endings)
    if clash then return nil, misused(clash) end
  end
  return options, command, misused
end

return parser
