-- docs/security.md names each system call that the jail of a worker allows, with its reason, and no other.

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- Without what is compiled into the sanitized build alone.
local function plain(source)
  source = source:gsub("#ifdef BIOXEN_SANITIZE\n(.-)#endif", function(part)
    return part:match "#else\n(.*)" or ""
  end)
  return source
end

describe("the page on security", function()
  it("has the calls that the filter allows, each with a reason", function()
    local source = plain(read "src/worker/jail.c"):gsub("refused_calls%[%] = {.-};", "")
    source = source:gsub("parent_calls%[%] = {.-};", "")
    local allowed, named = {}, {}
    for name in source:gmatch "SCMP_SYS%(([%w_]+)%)" do allowed[name] = true end
    local rows = read "docs/security.md":match "\n| call | why |\n|%-%-%-|%-%-%-|\n(.-)\n\n"
    for calls, why in (rows .. "\n"):gmatch "| ([^|]+) | ([^|]+) |\n" do
      assert.is_true(#why > 5, calls)
      for name in calls:gmatch "`([%w_]+)`" do named[name] = true end
    end
    assert.are.same(allowed, named)
  end)
end)
