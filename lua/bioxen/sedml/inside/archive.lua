-- A COMBINE archive: its files, its manifest, and which of its documents are run.

local exchange = require "exchange"
local say = require "sedml.say"
local text = require "sedml.text"

local archive = {}

local FILES = 10000         -- at most so many
local FILE = 64 << 20       -- bytes of one
local TOTAL = 256 << 20     -- bytes of all
local LARGE = 4 << 20       -- bytes that are not left to the collector
local MANIFEST = "manifest.xml"
local NAMESPACE = "http://identifiers.org/combine.specifications/omex-manifest"

local files, bytes -- by name

-- "./a//b/../c" as "a/c"; nil where it leads out.
local function plain(path)
  local parts = {}
  if path:find "^/" then return nil end
  for part in path:gmatch "[^/]+" do
    if part == ".." then
      if #parts == 0 then return nil end
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

local function too_large()
  say.fail("the archive is too large unpacked: at most %d MB a file and %d MB in all expected", FILE >> 20,
    TOTAL >> 20)
end

local function check_name(name)
  if name:find "^/" or name:find "^%a:" or name:find "\\" or name:find "%c" or not utf8.len(name)
    or ("/" .. name .. "/"):find("/../", 1, true) then
    say.fail("the archive has an entry of the name %q, which leads out of it or is no name: none of it is read", name)
  end
end

-- Every file once, to see that none is damaged, nor larger than the archive says.
local function check_contents(list)
  local total = 0
  for _, file in ipairs(list) do
    local good, contents = pcall(exchange.unpack, bytes, file, FILE)
    if not good then say.fail("the archive's file %q: %s", file.name, say.words(contents)) end
    if #contents ~= file.size then say.fail("the archive's file %q is not as long as it says", file.name) end
    total = total + #contents
    if total > TOTAL then too_large() end
    if #contents > LARGE then collectgarbage() end
  end
end

--- Look over an archive: its names, sizes, links and checksums.
function archive.open(given)
  bytes, files = given, {}
  if #bytes == 0 then say.fail "the file is empty, no COMBINE archive" end
  local list, total = exchange.files(bytes), 0
  if #list > FILES then say.fail("the archive has %d files, at most %d expected", #list, FILES) end
  for _, file in ipairs(list) do
    check_name(file.name)
    local name = plain(file.name)
    if file.link then say.fail("the archive has a link, %q: links may lead out of it", file.name) end
    if files[name] then say.fail("the archive has two files of the name %q", name) end
    total = total + file.size
    if file.size > FILE or total > TOTAL then too_large() end
    files[name] = file
  end
  check_contents(list)
end

local function is_sedml(format)
  return format:find "combine%.specifications[/:]sed%-ml" ~= nil or format:find "sed%-?ml%+xml" ~= nil
    or format:find "application/x%-sed%-?ml" ~= nil
end

local function unescaped(name)
  return (name:gsub("%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end))
end

-- The name of a file that is there, as a location of the manifest or of a document tells it.
local function there(location)
  for _, name in ipairs { location, unescaped(location) } do
    local path = plain(name)
    if path and files[path] then return path end
  end
  return nil
end

-- Add what is not there yet.
local function note(list, path)
  for _, other in ipairs(list) do
    if other == path then return end
  end
  list[#list + 1] = path
end

local function read_manifest()
  local good, document = pcall(exchange.parse, archive.read(MANIFEST))
  if not good then say.fail("manifest.xml: %s", say.words(document)) end
  local root = document:root()
  if root:name() ~= "omexManifest" then say.fail("manifest.xml: <omexManifest> expected, got <%s>", root:name()) end
  if root:uri() ~= NAMESPACE then
    say.warn("manifest.xml is of the namespace \"%s\", not \"%s\"", root:uri() or "", NAMESPACE)
  end
  local masters, all = {}, {}
  for _, content in ipairs(text.children(root, "content")) do
    local location, format = text.of(content, "location"), content:attribute "format" or ""
    local master = text.truth_of(content, "master")
    local path = there(location)
    if is_sedml(format) then
      if not path then say.fail("the manifest names %q, which is not in the archive", location) end
      note(all, path)
      if master then note(masters, path) end
    elseif not path and plain(location) ~= "" then
      say.warn("the manifest names %q, which is not in the archive", location)
    end
  end
  return #masters > 0 and masters or all
end

--- The places of the documents to run: masters, or else all. `old` is for archives from before COMBINE, which have no
-- manifest.
function archive.documents(old)
  local list = {}
  if files[MANIFEST] then
    list = read_manifest()
  elseif old then
    for name in pairs(files) do
      if name:find "%.sedml$" then list[#list + 1] = name end
    end
    table.sort(list)
  else
    say.fail "the archive has no manifest.xml, which tells what is to be run"
  end
  if #list == 0 then say.fail "the archive has no document in SED-ML" end
  return list
end

--- What is in a file that is there.
function archive.read(path)
  return exchange.unpack(bytes, files[path], FILE)
end

--- The file that a document's `source` means: its path. Nothing outside of the archive is read.
function archive.resolve(document, source, what)
  local folder = document:match "^(.*/)" or ""
  if source:find "^urn:" then
    say.fail("%s is of the source %s: no network is used here; put the file into the archive and name it as source",
      what, source)
  end
  if source:find "^%a[%w+.-]*:" or source:find "^//" then
    say.fail("%s is of the source %s: nothing outside of the archive is read, nor fetched; put the file into it", what,
      source)
  end
  if source:find "^/" or not plain(folder .. unescaped(source)) then
    say.fail("%s is of the source %q, which leads out of the archive", what, source)
  end
  local path = there(folder .. source)
  if not path then
    local names = {}
    for name in pairs(files) do names[#names + 1] = name end
    table.sort(names)
    say.fail("%s is of the source %q, which is not in the archive%s", what, source,
      require "bioxen.nearest"(folder .. source, names))
  end
  return path
end

--- Files beside another, by their names without a folder.
function archive.beside(path, names)
  local folder, found = path:match "^(.*/)" or "", {}
  for _, name in ipairs(names) do
    if files[folder .. name] then found[name] = archive.read(folder .. name) end
  end
  return found
end

return archive
