-- `bioxen config`: the file that tells how VMs of type xcpng reach their pool. Nothing is contacted, and secrets
-- are never shown.

local check = require "bioxen.check"
local json = require "bioxen.cli.json"
local say = require "bioxen.cli.say"
local source = require "bioxen.cli.source"
local xcpng = require "bioxen.xcpng.config"

local HIDDEN = "(hidden)"

local function defaults()
  local all = {}
  for key, rule in pairs(xcpng.schema.fields) do all[key] = rule.default end
  return all
end

local function write_template(options)
  local config = options.all and defaults() or {}
  for key, value in pairs(xcpng.template()) do config[key] = value end
  local written, err = source.write(json.encode(config) .. "\n", options.out)
  return written and say.DONE or say.failed(err)
end

-- The configuration, and what is wrong with it; or nil and an error of the file.
local function examine(path)
  local config, err = xcpng.read_file(path)
  if not config then return nil, err end
  local problems = json.list()
  local checked = check.table(config, xcpng.schema.fields, "config", problems)
  xcpng.problems(config, "config", problems)
  table.sort(problems)
  return checked, problems
end

local function validate(options)
  local config, problems = examine(options.file)
  if not config then return say.failed(problems) end
  if options.json then
    json.print { valid = #problems == 0, problems = problems }
  elseif #problems == 0 then
    say.line(options.file .. " is valid.")
  else
    say.failed(("%s is not valid:\n  %s"):format(options.file, table.concat(problems, "\n  ")))
  end
  return #problems == 0 and say.DONE or say.FAILED
end

local function shown(config)
  local copy = {}
  for key, value in pairs(config) do
    local rule = xcpng.schema.fields[key]
    copy[key] = rule.secret and HIDDEN or rule.public and rule.public(value) or value
    if key == "xenstore_data" and type(value) == "table" then
      copy[key] = {}
      for name in pairs(value) do copy[key][name] = HIDDEN end
    end
  end
  return copy
end

local function show(options)
  local config, problems = examine(options.file)
  if not config then return say.failed(problems) end
  local printed = json.print(shown(config))
  if printed ~= say.DONE then return printed end
  if #problems == 0 then return say.DONE end
  return say.failed(("%s is not valid: bioxen config validate says why"):format(options.file))
end

local file = { "FILE", "A JSON file; its keys may stand in an object xcpng_config." }

return {
  name = "config",
  summary = "the configuration file of VMs in an XCP-ng pool",
  description = "Write, check and show the file that tells how VMs of type xcpng reach their pool. The reference, "
    .. "lua/bioxen/types.lua, lists all keys under bioxen.XcpngConfig.",
  commands = {
    {
      name = "template",
      summary = "a configuration to fill in",
      options = {
        { "--all", "With every key that has a default." },
        { "--out", "Write to this file (default: standard output).", value = "FILE", endings = { "", "json" } },
      },
      examples = { { "bioxen config template --out pool.json", "then edit it" } },
      run = write_template,
    },
    {
      name = "validate",
      summary = "list every mistake of a configuration; nothing is contacted",
      arguments = { file },
      options = { { "--json", "The same as JSON." } },
      run = validate,
    },
    {
      name = "show",
      summary = "what a configuration comes to: defaults filled in, secrets hidden",
      arguments = { file },
      run = show,
    },
  },
}
