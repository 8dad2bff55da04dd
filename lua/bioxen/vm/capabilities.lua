--- What a VM's organism can be asked and told, and its module answers.

local check = require "bioxen.check"
local core = require "bioxen.core"

local capabilities = {}

local function ask(vm, name, ...)
  return core.ask(vm, "capability", nil, name, { ... })
end

-- One id, or a list of them; a mistake is the caller's caller's.
local function check_ids(ids, name)
  if type(ids) == "string" then return { ids } end
  if type(ids) ~= "table" then
    error(("bad argument '%s': a list of ids expected, got %s"):format(name, check.shown(ids)), 3)
  end
  if #ids == 0 then error(("bad argument '%s': no id in it"):format(name), 3) end
  for i, id in ipairs(ids) do
    if type(id) ~= "string" then
      error(("bad argument '%s': [%d]: an id expected, got %s"):format(name, i, check.shown(id)), 3)
    end
  end
  return ids
end

function capabilities.get_biological_metrics(vm)
  return core.ask(vm, "metrics")
end

function capabilities.get_resource_usage(vm)
  return core.ask(vm, "usage")
end

function capabilities.start_transcription(vm, gene_ids)
  return ask(vm, "start_transcription", check_ids(gene_ids, "gene_ids"))
end

function capabilities.get_essential_genes(vm)
  return ask(vm, "get_essential_genes")
end

function capabilities.manage_operons(vm, operon_ids, action)
  if type(action) ~= "string" then
    error(("bad argument 'action': a string expected, got %s"):format(check.shown(action)), 2)
  end
  return ask(vm, "manage_operons", check_ids(operon_ids, "operon_ids"), action)
end

function capabilities.get_plasmid_count(vm)
  return ask(vm, "get_plasmid_count")
end

return capabilities
