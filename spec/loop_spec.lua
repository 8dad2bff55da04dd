-- The host's loop from outside: bioxen.fd and bioxen.step, by hand and driven by the loops of others.

package.path = "./spec/support/organisms/?.lua;" .. package.path
local bioxen = require "bioxen"

local function start(id)
  local vm = assert(bioxen.create_bio_vm(id, "plain_cell"))
  assert(vm:start())
  return vm
end

local function missing(name)
  local found = pcall(require, name)
  return not found and ("needs the Lua module %s (Debian: lua-%s)"):format(name, name)
end

-- A job that ends by itself, and one that a deadline must end.
local function two_jobs(vm, other)
  return assert(vm:submit "return 2 + 2"), assert(other:submit("while true do end", { timeout = 0.1 }))
end

local function check(good, late)
  assert.equal(4, assert(good:result()).result)
  assert.equal("EDEADLINE", select(2, late:result()).code)
end

describe("the host's loop", function()
  local vm, other

  setup(function() vm, other = start "looped", start "looped_late" end)
  teardown(function()
    vm:destroy()
    other:destroy()
  end)

  it("is turned step by step", function()
    while bioxen.step() do end
    assert.is_false(bioxen.step(0.001))
    local good, late = two_jobs(vm, other)
    assert.is_true(bioxen.step(60))
    while not (good:done() and late:done()) do assert.is_true(bioxen.step(60)) end
    check(good, late)
    assert.error_matches(function() bioxen.step(-1) end, "a timeout in seconds")
    assert.error_matches(function() bioxen.step "x" end, "number expected")
  end)

  it("does not sleep over what a look at another job has handled", function()
    local job = assert(vm:submit "local t = os.clock() while os.clock() - t < 0.01 do end")
    local second = assert(other:submit "return 1")
    assert.is_false(job:done())
    while not (second:done() and job:done()) do end -- looks alone, either of which handles what comes of both
    local began = bioxen.clock()
    assert.is_true(bioxen.step(30))
    assert.is_true(bioxen.clock() - began < 20)
    assert.is_false(bioxen.step())
  end)

  it("tells who listens of changes", function()
    local seen = {}
    local forget = bioxen.hypervisor():on("state", function(change) seen[#seen + 1] = change.to end)
    local fresh <close> = assert(bioxen.create_bio_vm("stepped", "plain_cell"))
    assert(fresh:start { wait = false })
    while seen[#seen] ~= "running" do assert.is_true(bioxen.step(60)) end
    forget()
    assert.same({ "starting", "running" }, seen)
  end)

  it("has a descriptor that stays the same", function()
    local fd = assert(bioxen.fd())
    assert.equal("integer", math.type(fd))
    assert.equal(fd, bioxen.fd())
  end)

  it("is driven by libuv", function()
    local lacking = missing "luv"
    if lacking then return pending(lacking) end
    local uv = require "luv"
    local good, late = two_jobs(vm, other)
    local poll, turns = uv.new_poll(assert(bioxen.fd())), 0
    local guard = uv.new_timer()
    guard:start(30000, 0, function() uv.stop() end) -- a loop that misses something must not hang
    poll:start("r", function()
      turns = turns + 1
      repeat
        if good:done() and late:done() then uv.stop() end
      until not bioxen.step()
    end)
    uv.run()
    poll:close()
    guard:close()
    uv.run() -- closes them
    check(good, late)
    assert.is_true(turns < 1000, turns .. " turns") -- it sleeps in between
  end)

  it("is driven by cqueues", function()
    local lacking = missing "cqueues"
    if lacking then return pending(lacking) end
    local cqueues = require "cqueues"
    local good, late = two_jobs(vm, other)
    local turns = 0
    local queue = cqueues.new()
    queue:wrap(function()
      local ready = { pollfd = assert(bioxen.fd()), events = "r" }
      while not (good:done() and late:done()) do
        if not bioxen.step() then cqueues.poll(ready, 30) end
        turns = turns + 1
      end
    end)
    assert(queue:loop(60))
    check(good, late)
    assert.is_true(turns < 1000, turns .. " turns")
  end)
end)
