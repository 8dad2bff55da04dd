-- The parser of the command line, and what is made from it: help, man page, completions.

local ending = require "bioxen.ending"
local shell = require "spec.support.shell"

local sh
setup(function() sh = shell.open() end)
teardown(function() sh:close() end)

-- Every command and its options, as the parser has them.
local function each_command(visit)
  local function walk(command, name)
    visit(command, name)
    for _, inner in ipairs(command.commands or {}) do walk(inner, name .. " " .. inner.name) end
  end
  for _, command in ipairs(require("bioxen.cli").spec().commands) do walk(command, command.name) end
end

describe("the command line", function()
  it("is helpful about every command", function()
    each_command(function(command, name)
      local status, out, err = sh(("bioxen %s --help"):format(name))
      assert.are.same({ 0, "" }, { status, err })
      assert.equal(1, out:find("usage: bioxen " .. name, 1, true), out)
      for _, option in ipairs(command.options or {}) do
        assert.truthy(out:find(option[1]:match "%S+", 1, true), name .. " " .. option[1])
      end
      assert.matches("\n\n%u[^\n]", out)
      for line in out:gmatch "[^\n]+" do assert.is_true(#line <= (line:find "^ +%(" and 90 or 80), line) end
    end)
  end)

  it("as a whole, by help and --help, and of one by help", function()
    local _, out = sh "bioxen --help"
    for line in out:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
    each_command(function(command, name)
      if not name:find " " then assert.truthy(out:find("\n  " .. command.name .. " ", 1, true), name) end
    end)
    assert.are.same({ 0, out, "" }, { sh "bioxen help" })
    assert.are.same({ 0, out, "" }, { sh "bioxen -h" })
    assert.are.equal((select(2, sh "bioxen fba --help")), (select(2, sh "bioxen help fba")))
    assert.matches("no command 'fbaa'.*did you mean 'fba'%?", (select(3, sh "bioxen help fbaa")))
  end)

  it("suggests the nearest command", function()
    local status, out, err = sh "bioxen simulte model.xml"
    assert.are.same({ 2, "" }, { status, out })
    assert.matches("^bioxen: there is no command 'simulte'.*did you mean 'simulate'%?", err)
    assert.is_nil((select(3, sh "bioxen qqqqqqqq")):find "did you mean")
    assert.matches("did you mean '%-%-json'", (select(3, sh "bioxen doctor --jsn")))
  end)

  it("takes the name of a file that is no command for a script", function()
    local status, out = sh(("cd %s && echo 'print(arg[0], ...)' >script && bioxen script a"):format(sh.scratch))
    assert.are.same({ 0, "script\ta\n" }, { status, out })
  end)

  it("loads nothing of this for a script", function()
    local _, out = sh [[bioxen -e 'for name in pairs(package.loaded) do print(name) end']]
    assert.is_nil(out:find "bioxen" or out:find "argparse")
  end)

  it("writes no file that is not what its name says", function()
    each_command(function(command, name)
      for _, option in ipairs(command.options or {}) do
        if option.value == "FILE" and (option[1] == "--out" or option[1] == "--plot" or option[1] == "--events")
          and name ~= "genome convert" then -- there by --to
          assert.is_table(option.endings, name .. " " .. option[1])
        end
      end
    end)
    local status, out, err = sh "bioxen simulate none.xml --duration 1 --out a.b/x.foo"
    assert.are.same({ 2, "" }, { status, out })
    assert.matches("\nbioxen: %-%-out: a name that ends in %.csv, .-%.omex expected, got 'a%.b/x%.foo'", err)
    for words, mistake in pairs {
      ["simulate none.xml --duration 1 --json --out x.csv"] = "%-%-json and %-%-out x%.csv can not be used together",
      ["simulate none.xml --duration 1 --plot --out x"] = "%-%-plot and %-%-out x can not be used together",
      ["steady none.xml --out x.png"] = "a picture, as x%.png, is of '%-%-along'",
      ["genome convert none --to proteins --out x.gbk"] = "%-%-out: a name that ends in %.fasta",
      ["scan none.xml --vary k=1,2 --duration 1 --plot x"] = "%-%-plot: a name that ends in %.png, .- or %.html",
    } do
      local failed, _, why = sh("bioxen " .. words)
      assert.are.equal(2, failed, words)
      assert.matches(mistake, why)
    end
  end)

  it("has commas in .csv and tabs in .tsv", function()
    assert.are.equal('a,"b ""c"", d"\n1,2\n', ending.separated('a\tb "c", d\n1\t2\n', "\t", "x.CSV"))
    assert.are.equal('"a, b"\tc "" d\te\n1\t2\t3\n', ending.separated('"a, b",c "" d,e\n1,2,3\n', ",", "x.tsv"))
    for _, path in ipairs { "x", "x.txt", ".tsv", "x.tsv/y" } do
      assert.are.equal("a,b\n", ending.separated("a,b\n", ",", path))
    end
  end)

  it("has a man page with every command and option", function()
    local status, out, err = sh "bioxen man"
    assert.are.same({ 0, "" }, { status, err })
    local plain = out:gsub("\\f%u", ""):gsub("\\%-", "-")
    each_command(function(command, name)
      if not command.commands then assert.truthy(plain:find("\n.SS " .. name .. "\n", 1, true), name) end
      for _, option in ipairs(command.options or {}) do
        assert.truthy(plain:find("\n" .. option[1]:gsub(" ", ", "), 1, true), name .. " " .. option[1])
      end
    end)
    if sh "command -v groff >/dev/null" ~= 0 then return end
    assert.are.same({ 0, "", "" }, { sh "bioxen man | groff -man -Tutf8 -ww 2>&1 >/dev/null" })
  end)

  -- What bash offers for the words so far.
  local function completed(words)
    local list = {}
    for word in words:gmatch "%S+" do list[#list + 1] = shell.quote(word) end
    if words:find " $" then list[#list + 1] = "''" end
    local _, out, err = sh(([[eval "$(bioxen completion bash)"; COMP_WORDS=(%s); COMP_CWORD=%d; _bioxen;
      printf '%%s\n' "${COMPREPLY[@]}"]]):format(table.concat(list, " "), #list - 1))
    assert.are.equal("", err)
    return out
  end

  it("completes commands, options and choices in bash", function()
    assert.are.equal("simulate\n", completed "bioxen sim")
    assert.matches("\nhosts\n", "\n" .. completed "bioxen xcpng ")
    assert.are.equal("--duration\n", completed "bioxen simulate --du")
    assert.are.equal("ssa\n", completed "bioxen simulate --method s")
  end)

  for _, program in ipairs { "zsh", "fish" } do
    it("completes in " .. program, function()
      local status, out, err = sh("bioxen completion " .. program)
      assert.are.same({ 0, "" }, { status, err })
      each_command(function(command, name) assert.truthy(out:find(command.name, 1, true), name) end)
      if sh(("command -v %s >/dev/null"):format(program)) ~= 0 then return end
      assert.are.same({ 0, "", "" }, { sh(("bioxen completion %s >%s/c && %s -n %s/c"):format(program, sh.scratch,
        program, sh.scratch)) })
    end)
  end

  it("says what is missing where argparse is not installed", function()
    local status, out, err = sh [[LUA_PATH=/nowhere/?.lua bioxen doctor]]
    assert.are.same({ 1, "" }, { status, out })
    assert.matches("^bioxen: commands need the Lua module argparse.*install lua%-argparse", err)
  end)
end)

describe("bioxen doctor", function()
  it("speaks JSON", function()
    local status, out, err = sh "bioxen doctor --json"
    assert.are.same({ 0, "" }, { status, err })
    local facts = require("cjson").decode(out)
    assert.is_true(facts.good)
    assert.are.same({ "ok", "bioxen" }, { facts.checks[1].state, facts.checks[1].subject })
  end)
end)

describe("JSON of the command line", function()
  local json = require "bioxen.cli.json"

  it("is exact, and in order", function()
    assert.are.equal('{\n  "a": 9007199254740993,\n  "b": [0.1,null,true]\n}',
      json.encode { b = { 0.1, 0/0, true }, a = 9007199254740993 })
    assert.are.equal("[]", json.encode(json.list()))
    assert.are.equal("{}", json.encode {})
    assert.are.equal('"\\u0000\\n\\"é"', json.encode "\0\n\"é")
    assert.has_error(function() json.encode(print) end)
    assert.has_error(function() json.encode "\xff" end)
  end)
end)

describe("the nearest name", function()
  local nearest = require "bioxen.nearest"

  it("is a few letters off, or none", function()
    local names = { "simulate", "fba", "genome" }
    assert.are.equal("; did you mean 'simulate'?", nearest("simluate", names))
    assert.are.equal("; did you mean 'fba'?", nearest("fab", names, ", or not"))
    assert.are.equal("; did you mean 'genome'?", nearest("GENOMES", names))
    assert.are.equal("", nearest("doctor", names))
    assert.are.equal(", or not", nearest("doctor", names, ", or not"))
  end)
end)
