--- Coroutines that ^C can stop wherever they are: the program is told which one runs.

local terminal = require "bioxen.terminal"

local enter, leave = terminal.enter, terminal.leave
local error, type = error, type -- scripts call these functions, and may have changed the globals by then

local coroutines = {}

--- Put them in the place of the stock ones; and of xpcall, whose handler no hook would stop.
function coroutines.install()
  local create, status = coroutine.create, coroutine.status
  local stock_resume, stock_close, stock_xpcall = coroutine.resume, coroutine.close, xpcall

  local function check(co, name)
    if type(co) ~= "thread" then
      error(("bad argument #1 to '%s' (coroutine expected, got %s)"):format(name, type(co)), 3)
    end
  end

  local function resume(co, ...)
    check(co, "resume")
    return leave(enter(co), stock_resume(co, ...))
  end

  local function close(co)
    check(co, "close")
    return leave(enter(co), stock_close(co))
  end

  -- The results of a wrapped one, or its error with the place of the call, as stock Lua has it.
  local function hand_out(co, good, ...)
    if good then return ... end
    local problem = ...
    if status(co) == "dead" then
      local closed, other = close(co)
      if not closed then problem = other end
    end
    error(problem, type(problem) == "string" and 2 or 0)
  end

  local function wrap(f)
    local co = create(f)
    return function(...)
      return hand_out(co, resume(co, ...))
    end
  end

  for name, f in pairs { resume = resume, close = close, wrap = wrap } do rawset(coroutine, name, f) end

  function xpcall(f, handler, ...) -- luacheck: globals xpcall
    if type(handler) ~= "function" then return stock_xpcall(f, handler, ...) end
    return stock_xpcall(f, function(err)
      if terminal.interrupted() then return err end
      return handler(err)
    end, ...)
  end
end

return coroutines
