-- A run as a COMBINE archive: the model, the run in SED-ML, what came of it, and when.

local core = require "bioxen.core"
local interpreter = require "bioxen.sedml.interpreter"
local manifest = require "bioxen.sedml.manifest"
local zip = require "bioxen.sedml.zip"

local METADATA = [[<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:dcterms="http://purl.org/dc/terms/">
  <rdf:Description rdf:about="http://omex-library.org/%s">
    <dc:title>%s</dc:title>
    <dcterms:created rdf:parseType="Resource"><dcterms:W3CDTF>%s</dcterms:W3CDTF></dcterms:created>
    <dc:description>written by BioXen %s</dc:description>
  </rdf:Description>
</rdf:RDF>
]]

local function word(text)
  return (text:gsub("[^%w_.-]", "_"))
end

--- Write the archive `path` of a run in `vm`: text (of the model), record, set, run as inside/write.lua has them, and
-- the results as CSV. True, or nil and an error.
local function pack(vm, path, text, record, set, run, results)
  local loaded, err = interpreter.load(vm)
  if not loaded then return nil, err end
  local answer, err = vm:execute_biological_process("return project.write(args)",
    { args = { text = text, record = record, set = set, run = run }, name = "write" })
  if not answer then return nil, err end
  if answer.result.fault then return core.fail("EMODEL", answer.result.fault) end
  local name = word(path:match "[^/]+$")
  local files = { { "simulation.sedml", answer.result.sedml }, { "model.xml", text }, { "results.csv", results },
    { "metadata.rdf", METADATA:format(name, name, os.date "!%Y-%m-%dT%H:%M:%SZ", core.version) } }
  table.insert(files, 1, { "manifest.xml", manifest.text(files, "simulation.sedml") })
  return core.save_file(path, zip.pack(files))
end

return pack
