-- What is seen of runs that take long.

local core = require "bioxen.core"
local shell = require "spec.support.shell"

local slow = shell.slow
local sh
setup(function() sh = shell.open() end)
teardown(function() sh:close() end)

-- A script whose VM is busy, and tells its progress, for so many seconds.
local function busy(seconds, more)
  return sh:file("busy.lua", ([[
    local bioxen = require "bioxen"
    local vm <close> = assert(bioxen.create_bio_vm("busy", "minimal_cell"))
    assert(vm:start())
    io.write "begun\n"
    local job = assert(vm:submit([=[
      local began, seconds = os.clock(), args
      while os.clock() - began < seconds do
        local part = (os.clock() - began)/seconds
        progress(part, ("%%.3f of 60 s"):format(60*part))
      end
      print "from the VM"]=], { args = %g }))
    %s
    print(assert(job:wait()).stdout)
    io.write "done\n"]]):format(seconds, more or ""))
end

describe("progress", function()
  it("is a bar on a terminal, with what is simulated, the rate and the time left, and then gone", function()
    local status, out = sh:in_terminal(busy(1.9))
    assert.are.equal(0, status, out)
    assert.matches("begun\r\n\r*busy  %[", out)
    assert.matches("\rbusy  %[#+%.+%]  +%d+ %%  [%d.]+ of 60 s  [%d.]+ s/s  %d s left\27%[K", out)
    assert.matches("\r\27%[Kfrom the VM\r\n\r\ndone\r\n", out)
  end)

  it("warns once of a deadline that it says will pass, where warnings are on", function()
    local script = sh:file("late.lua", [[
      local bioxen = require "bioxen"
      local vm <close> = assert(bioxen.create_bio_vm("late", "empty"))
      assert(vm:start())
      local code = "local began = os.clock() while os.clock() - began < 0.6 do progress(args) end return 'done'"
      print(assert(vm:run(code, { timeout = 60, args = 0.9 })).result) -- in time by far
      vm:run(code, { timeout = 2, args = 1e-4 })]])
    local warning = "^%S+ warning: the call to VM late takes some %S+ s at its pace so far, and its deadline is 2 s " ..
      "%(option `timeout`%)\n$"
    local status, out, err = sh("bioxen " .. script)
    assert.are.same({ 0, "done\n" }, { status, out })
    assert.matches(warning, err)
    local stock = ("LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH='%s/lib/lua/5.4/?.so;;' lua5.4 %%s %s"):format(
      os.getenv "BIOXEN_BUILD" or "./build", script)
    assert.are.equal("", (select(3, sh(stock:format ""))))
    assert.matches("^Lua warning: ", (select(3, sh(stock:format "-W"))))
  end)

  it("is not there for what takes less than a second", function()
    if slow > 1 then return pending "a slow build" end
    local _, out = sh:in_terminal(busy(0.002)) -- of processor time: others may have most of it
    assert.are.equal("begun\r\nfrom the VM\r\n\r\ndone\r\n", out)
  end)

  it("does not get between lines that come as they are printed", function()
    local _, out = sh:in_terminal(sh:file("lines.lua", [[
      local bioxen = require "bioxen"
      local vm <close> = assert(bioxen.create_bio_vm("lines", "minimal_cell"))
      assert(vm:start())
      local job = assert(vm:submit [=[
        local began = os.clock()
        for i = 1, 10 do
          print("line " .. i)
          while os.clock() - began < i*0.18 do end
          progress(i/10)
        end]=])
      for text in job:output() do io.write(text) end]]))
    assert.matches("%[#", out)
    local left = out:gsub("\r[^\r\n]*\27%[K", "")
    for i = 1, 10 do assert.truthy(left:find("line " .. i .. "\r\n", 1, true), out) end
    for line in left:gmatch "[^\r\n]+" do assert.matches("^line %d+$", line) end
  end)

  it("leaves a clean line to an error, and to ^C", function()
    local _, out = sh:in_terminal(busy(1.9, "assert(job:wait(1.4))"))
    assert.matches("\27%[K\r\27%[Kbioxen: ", out)
    out = select(2, sh:in_terminal(busy(60), { { "expect", "busy  [" }, { "send", "\3" } }))
    assert.matches("left\27%[K[^\n]*\r\27%[Kbioxen: interrupted", out)
  end)

  it("is on the terminal and not in the log of a run that is kept", function()
    local folder = sh.scratch .. "/kept"
    local _, out = sh:in_terminal(("run %s --out %s"):format(busy(1.9), folder))
    assert.matches("\rbusy  %[#+%.+%]  +%d+ %%", out)
    assert.are.equal("begun\nfrom the VM\n\ndone\n", shell.read(folder .. "/log.txt"))
  end)

  it("is lines on a pipe for commands, not for plain scripts, and nothing with --quiet", function()
    local script = busy(1.3)
    local _, out, err = sh("bioxen run " .. script)
    assert.are.equal("begun\nfrom the VM\n\ndone\n", out)
    assert.matches("^busy: %d+ %%, [%d.]+ of 60 s", err)
    assert.are.equal("", (select(3, sh("bioxen run --quiet " .. script))))
    assert.are.equal("", (select(3, sh("bioxen " .. script))))
    _, out = sh:in_terminal("run --quiet " .. script)
    assert.are.equal("begun\r\nfrom the VM\r\n\r\ndone\r\n", out)
  end)

  it("goes without control sequences where the terminal has none", function()
    local _, out = sh(("TERM=dumb script -qec %s /dev/null"):format(
      shell.quote(sh.program .. " " .. busy(1.3))))
    if out:find "not found" or out == "" then return pending "no script program" end
    assert.is_nil(out:find "\27")
    assert.matches("busy: %d+ %%", out)
  end)
end)

describe("the line of progress", function()
  local line

  before_each(function()
    package.loaded["bioxen.cli.progress"] = nil
    line = require("bioxen.cli.progress").line
  end)

  local function job(fraction, text, elapsed)
    return { vm = "a", fraction = fraction, text = text or "", elapsed = elapsed or 2 }
  end

  it("fits the terminal, whatever its width", function()
    for columns = 8, 200 do
      local text = line({ job(0.5, "500 of 1000 s") }, columns)
      assert.is_true(not text or utf8.len(text) < columns, columns .. ": " .. tostring(text))
    end
    assert.matches("^a  %[#+%.+%]   50 %%  500 of 1000 s  250 s/s  2 s left$", line({ job(0.5, "500 of 1000 s") }, 100))
  end)

  it("sums up several", function()
    assert.matches("^2 VMs  .* 25 %%  50 of 200 runs  25 runs/s  6 s left$",
      line({ job(0.5, "50 of 100 runs"), job(0, "0 of 100 runs") }, 100))
  end)

  it("adds up work that jobs share one after another", function()
    local progress = require "bioxen.cli.progress"
    local clock, now = core.clock, 7
    finally(function() core.clock = clock end)
    core.clock = function() return now end
    progress.share("all", 400, "runs")
    progress.advance(100)
    now = now + 1.25
    assert.are.equal("all  [####################....................]   50 %  200 of 400 runs  160 runs/s  1 s left",
      line({ job(0.5, "50 of 100 runs"), job(0.5, "50 of 100 runs") }, 100))
  end)

  it("tells the time where nothing else is known", function()
    assert.are.equal("a  1 min 15 s", line({ job(nil, "", 75) }, 80))
  end)

  it("keeps what a VM says from steering the terminal", function()
    local text = line({ job(0.5, "\27[2J\xc2\x9b1m\r\n\xff") }, 80)
    assert.is_nil(text:find "[\27\r\n\xff]")
    assert.is_nil(line({ job(0.5, "é\u{9b}") }, 80):find "\u{9b}")
  end)

  it("says nothing before a second has passed", function()
    assert.is_nil(line({ job(0.5, "", 0.9) }, 80))
    assert.is_nil(line({}, 80))
  end)
end)
