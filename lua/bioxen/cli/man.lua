-- `bioxen man`: the manual page, from what the parser knows.

local say = require "bioxen.cli.say"

local function escape(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("\n%.", "\n\\&."):gsub("^([.'])", "\\&%1"))
end

local function heading(out, text)
  out[#out + 1] = ".SH " .. text
end

local function item(out, label, text)
  out[#out + 1] = ".TP"
  out[#out + 1] = label
  out[#out + 1] = escape(text)
end

local function option_label(option)
  local names = {}
  for name in option[1]:gmatch "%S+" do names[#names + 1] = "\\fB" .. escape(name) .. "\\fR" end
  local value = option.choices and table.concat(option.choices, "|") or option.value
  return table.concat(names, ", ") .. (value and " \\fI" .. escape(value) .. "\\fR" or "")
end

local function synopsis(out, command, name)
  local words = { "\\fB" .. escape(name) .. "\\fR" }
  if command.options then words[#words + 1] = "[\\fIoptions\\fR]" end
  for _, argument in ipairs(command.arguments or {}) do
    local optional = argument.args == "?" or argument.args == "*"
    words[#words + 1] = (optional and "[\\fI%s\\fR]" or "\\fI%s\\fR"):format(escape(argument[1]))
      .. (argument.args == "*" and " ..." or "")
  end
  out[#out + 1] = table.concat(words, " ")
end

local function write_command(out, command, name)
  if command.commands then
    for _, inner in ipairs(command.commands) do write_command(out, inner, name .. " " .. inner.name) end
    return
  end
  out[#out + 1] = ".SS " .. escape(name:gsub("^bioxen ", ""))
  synopsis(out, command, name)
  out[#out + 1] = ".PP"
  local text = command.description or (command.summary:gsub("^%l", string.upper) .. ".")
  out[#out + 1] = escape(text)
  for _, argument in ipairs(command.arguments or {}) do
    item(out, "\\fI" .. escape(argument[1]) .. "\\fR", argument[2])
  end
  for _, option in ipairs(command.options or {}) do item(out, option_label(option), option[2]) end
end

local function write_examples(out, command)
  for _, inner in ipairs(command.commands or {}) do write_examples(out, inner) end
  for _, example in ipairs(command.examples or {}) do
    item(out, "\\fB" .. escape(example[1]) .. "\\fR", example[2])
  end
end

local forms = {
  { "\\fBbioxen\\fR \\fIscript.lua\\fR [\\fIarguments\\fR]", "Run a script; \\- reads it from standard input." },
  { "\\fBbioxen\\fR", "A session: lines run as they are typed, or piped in." },
  { "\\fBbioxen \\-i\\fR \\fIscript.lua\\fR", "The same after the script, with its globals." },
  { "\\fBbioxen \\-e\\fR \\fIcode\\fR", "Run the code; a script may follow." },
  { "\\fBbioxen\\fR \\fIcommand\\fR [\\fIarguments\\fR]", "As below." },
}

local environment = {
  { "BIOXEN_WORKER", "The worker program, where it is not beside bioxen." },
  { "BIOXEN_COURIER", "The courier program, the same." },
  { "LUA_PATH, LUA_CPATH", "Where modules, and organisms under bioxen/biology, are found besides; the working folder "
    .. "only if ./?.lua is named. A script's own modules may stand beside it." },
}

local function page(spec)
  local out = { (".TH BIOXEN 1 \"\" \"bioxen %s\" \"User Commands\""):format(require "bioxen.core".version) }
  heading(out, "NAME")
  out[#out + 1] = "bioxen \\- " .. escape(spec.summary)
  heading(out, "SYNOPSIS")
  for i, form in ipairs(forms) do
    if i > 1 then out[#out + 1] = ".br" end
    out[#out + 1] = form[1]
  end
  heading(out, "DESCRIPTION")
  out[#out + 1] = escape(spec.description)
  for _, form in ipairs(forms) do
    out[#out + 1] = (".TP\n%s\n%s"):format(form[1], form[2])
  end
  heading(out, "COMMANDS")
  for _, command in ipairs(spec.commands) do write_command(out, command, "bioxen " .. command.name) end
  heading(out, "EXAMPLES")
  write_examples(out, spec)
  heading(out, "ENVIRONMENT")
  for _, row in ipairs(environment) do item(out, "\\fB" .. escape(row[1]) .. "\\fR", row[2]) end
  heading(out, "EXIT STATUS")
  out[#out + 1] = "0 for success, 1 for what failed, 2 for a mistake in the words of the command."
  return table.concat(out, "\n") .. "\n"
end

return {
  name = "man",
  summary = "write the manual page",
  description = "Write the manual page in troff's language to standard output.",
  examples = { { "bioxen man | man -l -", "read it" } },
  run = function()
    io.write(page(require "bioxen.cli".spec()))
    return say.DONE
  end,
}
