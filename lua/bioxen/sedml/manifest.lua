--- The manifest of a COMBINE archive: what its files are (Bergmann et al., BMC Bioinformatics 15, 369, 2014).

local manifest = {}

local COMBINE = "http://identifiers.org/combine.specifications/"
local MEDIA = "http://purl.org/NET/mediatypes/"

local media = { csv = "text/csv", tsv = "text/tab-separated-values", txt = "text/plain", lua = "text/x-lua",
  json = "application/json", xml = "application/xml", png = "image/png", svg = "image/svg+xml", pdf = "application/pdf",
  h5 = "application/x-hdf5", html = "text/html", rdf = COMBINE .. "omex-metadata" }

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- What a file is, by its root element or its name.
local function format_of(name, bytes)
  local root = bytes:sub(1, 4096):match "<([%a][%w]*)[%s>]"
  if root == "sbml" then return COMBINE .. "sbml" end
  if root == "sedML" then
    local level, version = bytes:match('level="(%d)"'), bytes:match('version="(%d)"')
    return COMBINE .. "sed-ml" .. (level and version and (".level-%s.version-%s"):format(level, version) or "")
  end
  local kind = media[name:match "%.(%w+)$" or ""] or "application/octet-stream"
  return kind:find "^http" and kind or MEDIA .. kind
end

--- That of { { name, bytes }, … }, as text. `master` is the name of the experiment, if there is one.
function manifest.text(files, master)
  local lines = { '<?xml version="1.0" encoding="UTF-8"?>', ('<omexManifest xmlns="%somex-manifest">'):format(COMBINE),
    ('  <content location="." format="%somex"/>'):format(COMBINE),
    ('  <content location="./manifest.xml" format="%somex-manifest"/>'):format(COMBINE) }
  for _, file in ipairs(files) do
    local name = file[1]:gsub('[&<>"]', escapes)
    lines[#lines + 1] = ('  <content location="./%s" format="%s"%s/>'):format(name, format_of(file[1], file[2]),
      file[1] == master and ' master="true"' or "")
  end
  return table.concat(lines, "\n") .. "\n</omexManifest>\n"
end

return manifest
