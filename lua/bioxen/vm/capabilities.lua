--- What a VM's organism can be asked and told: methods of BiologicalVM that its module answers.

local check = require "bioxen.check"
local core = require "bioxen.core"

local methods = core.vm_methods

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

function methods:get_biological_metrics()
  return core.ask(self, "metrics")
end

function methods:start_transcription(gene_ids)
  return ask(self, "start_transcription", check_ids(gene_ids, "gene_ids"))
end

function methods:get_essential_genes()
  return ask(self, "get_essential_genes")
end

function methods:manage_operons(operon_ids, action)
  if type(action) ~= "string" then
    error(("bad argument 'action': a string expected, got %s"):format(check.shown(action)), 2)
  end
  return ask(self, "manage_operons", check_ids(operon_ids, "operon_ids"), action)
end

function methods:get_plasmid_count()
  return ask(self, "get_plasmid_count")
end
