--- The pages of README.md and docs/*.md: their blocks, and a folder in which these run, in their order, which has the
-- project's folders and is the home, too.
--   ```lua   says at its head what it is: "-- name.lua" a file; "-- in a VM of NAME" code for a VM; "-- a script" the
--            rest, which has bioxen and vm, a VM of minimal_cell that runs, if it does not require bioxen.
--   ```sh    commands; what they export stays for those that follow. "sh in the background": until the page ends
--   ```text  what the block before it printed; "…" is anything. "text session": what is typed behind "> " at the
--            prompt of bioxen, and what comes of it
-- "not run: why" behind the language keeps a block from it; the reader of the page does not see these words.

local core = require "bioxen.core"

local pages = {}

local build = assert(core.real_path(os.getenv "BIOXEN_BUILD" or "./build"))
local slow = tonumber(os.getenv "BIOXEN_SLOW") or 1

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function write(path, text)
  assert(core.make_folder(path:match "^(.*)/"))
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text, "\n"))
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- ---- pages ----

local function classify(block, path)
  block.text = table.concat(block, "\n")
  if block.language ~= "lua" then return end
  local head = block[1] or ""
  block.file = head:match "^%-%- ([%w_/]+%.lua)$"
  block.organism = head:match "^%-%- in a VM of (%S+)$"
  if not (block.file or block.organism or head == "-- a script") then
    error(path .. ":" .. block.line .. ": a block begins with '-- a script', '-- in a VM of NAME' or '-- NAME.lua'", 0)
  end
end

local runs = { lua = true, sh = true, text = true }

--- The blocks that run, in order; what the next one says it prints is its `output`.
function pages.blocks(path)
  local blocks, block, number, before = {}, nil, 0, nil
  for line in io.lines(path) do
    number = number + 1
    if block and line == "```" then
      classify(block, path)
      if block.language == "text" and not block.info:find "session" then
        if before then before.output = block.text end
      elseif runs[block.language] then
        before = not block.info:find "^not run: %S" and block or nil
        blocks[#blocks + 1] = before
      end
      block = nil
    elseif block then
      block[#block + 1] = line
    elseif line:find "^```%S" then
      local language, info = line:match "^```(%S+)%s*(.*)$"
      block = { line = number, language = language, info = info }
    end
  end
  assert(not block, path .. ": a block does not end")
  return blocks
end

--- The pictures of a page: { line, name } each, without their folders.
function pages.pictures(path)
  local found, number = {}, 0
  for line in io.lines(path) do
    number = number + 1
    for name, ending in line:gmatch "%]%([%w_/]-([%w_]+%.(%w+))%)" do
      if ending == "png" or ending == "svg" then found[#found + 1] = { line = number, name = name } end
    end
  end
  return found
end

--- Whether a text is what a page shows, in which "…" stands for anything.
function pages.is_shown(shown, text)
  local pattern = shown:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"):gsub("…", ".-")
  return text:gsub("\r\n", "\n"):gsub("%s+$", ""):find("^" .. pattern .. "$") ~= nil
end

-- ---- running ----

local Page = {}
Page.__index = Page

--- A new page's folder, which close removes.
function pages.open()
  local pipe <close> = assert(io.popen "mktemp -d")
  local page = setmetatable({ folder = pipe:read "l" }, Page)
  for _, name in ipairs { "docs", "lua", "scripts", "spec", "src", "CMakeLists.txt" } do
    assert(os.execute(("ln -s %s %s/%s"):format(quote(core.real_path(name)), page.folder, name)))
  end
  assert(os.execute(("ln -s %s %s/build"):format(quote(build), page.folder)))
  write(page.folder .. "/.env", ("export HOME=%s PATH=%s:\"$PATH\" LC_ALL=C.UTF-8; unset LUA_PATH BIOXEN_BUILD")
    :format(page.folder, quote(build .. "/bin")))
  return page
end

-- A command in the page's folder, with what was exported before: its status, output and errors.
function Page:shell(command)
  local out, err = self.folder .. "/.out", self.folder .. "/.err"
  write(self.folder .. "/.command", (". ./.env\ntrap 'export -p >.env' EXIT\nset -e\n%s"):format(command))
  -- A preloaded sanitizer would report bash's own leaks.
  local _, _, status = os.execute(("cd %s && env -u LD_PRELOAD timeout %d bash .command >%s 2>%s </dev/null"):format(
    self.folder, 300*slow, out, err))
  return status, read(out), read(err)
end

-- Begin a command, which ends with the page, and wait until it has made its configuration or its socket.
function Page:start(command)
  assert(os.execute(("cd %s && { env -u LD_PRELOAD setsid bash -c %s >.background 2>&1 </dev/null & echo $! >.pid; }")
    :format(self.folder, quote((". ./.env; exec timeout %d "):format(600*slow) .. command))))
  self.background = read(self.folder .. "/.pid"):match "%d+"
  local made = command:match "%-%-config (%S+)" or command:match "%-%-socket (%S+)"
  local config, deadline = self.folder .. "/" .. made, core.clock() + 30*slow
  while not core.real_path(config) do
    if core.clock() > deadline then error(read(self.folder .. "/.background")) end
    os.execute "sleep 0.05"
  end
end

function Page:close()
  if self.background then
    os.execute(("kill %s; while kill -0 %s 2>/dev/null; do sleep 0.05; done 2>/dev/null"):format(self.background,
      self.background))
  end
  os.execute("rm -rf -- " .. self.folder)
end

local in_vm = [[
local vm <close> = assert(require "bioxen".create_bio_vm("docs", arg[1]))
assert(vm:start())
io.write(assert(vm:execute_file(".block.lua")).stdout)
]]

local prelude = [[
bioxen = require "bioxen"
vm = assert(bioxen.create_bio_vm("docs", "minimal_cell"))
assert(vm:start())
]]

-- What is typed, with what the page shows of it, apart: the prompt is not printed where a pipe is.
local function split_session(block)
  local typed, shown = {}, {}
  for _, line in ipairs(block) do
    local input = line:match "^[%w_%. ]*> (.*)$" or line:match "^%.%. (.*)$"
    table.insert(input and typed or shown, input or line)
  end
  return table.concat(typed, "\n"), table.concat(shown, "\n")
end

local function command_of(block)
  if block.language == "sh" then return block.text end
  if block.language == "text" then
    local typed
    typed, block.output = split_session(block)
    return ("bioxen <<'END-OF-SESSION'\n%s\nEND-OF-SESSION"):format(typed)
  end
  if block.organism then return ("bioxen .in_vm.lua %s"):format(block.organism) end
  if block.text:find('require "bioxen"', 1, true) then return "bioxen .block.lua" end
  return ("bioxen -e %s .block.lua"):format(quote(prelude))
end

-- What would install, build, or never end.
local function refuse(block)
  for _, name in ipairs { "quickstart", "test", "release", "xcpng_sandbox" } do
    assert(block.language ~= "sh" or not block.text:find("scripts/" .. name .. ".sh", 1, true),
      "say behind ```sh why it is 'not run: …', or that it is 'in the background'")
  end
end

--- Run a block, or write the file that it is: its status, output and errors.
function Page:run(block)
  refuse(block)
  if block.file then
    write(self.folder .. "/" .. block.file, block.text)
    return 0, "", ""
  end
  write(self.folder .. "/.block.lua", block.text)
  write(self.folder .. "/.in_vm.lua", in_vm)
  return self:shell(command_of(block))
end

pages.read = read

return pages

