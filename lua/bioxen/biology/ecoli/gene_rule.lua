--- Rules of which genes a reaction needs: "b1 and (b2 or b3)".

local gene_rule = {}

local words = { ["and"] = "and", ["&"] = "and", ["&&"] = "and", ["or"] = "or", ["|"] = "or", ["||"] = "or" }

local function tokens_of(rule)
  local tokens = {}
  for token in rule:gsub("[()]", " %0 "):gsub("[&|]+", " %0 "):gmatch("%S+") do
    tokens[#tokens + 1] = words[token:lower()] or token
  end
  return tokens
end

-- Whether what begins at tokens[i] holds, and where the rest begins. "and" binds closer than "or".
local any

local function one(tokens, i, missing)
  if tokens[i] ~= "(" then return not missing[tokens[i]], i + 1 end
  local holds, rest = any(tokens, i + 1, missing)
  return holds, rest + 1
end

local function all(tokens, i, missing)
  local holds, rest = one(tokens, i, missing)
  while tokens[rest] == "and" do
    local other
    other, rest = one(tokens, rest + 1, missing)
    holds = holds and other
  end
  return holds, rest
end

function any(tokens, i, missing)
  local holds, rest = all(tokens, i, missing)
  while tokens[rest] == "or" do
    local other
    other, rest = all(tokens, rest + 1, missing)
    holds = holds or other
  end
  return holds, rest
end

--- The genes that a rule names, in order; none for no rule.
function gene_rule.genes(rule)
  local genes = {}
  for _, token in ipairs(tokens_of(rule)) do
    if token ~= "and" and token ~= "or" and token ~= "(" and token ~= ")" then genes[#genes + 1] = token end
  end
  return genes
end

--- Whether the rule, which a flux model has checked, holds without the genes of the set `missing`.
function gene_rule.holds(rule, missing)
  local tokens = tokens_of(rule)
  return #tokens == 0 or (any(tokens, 1, missing))
end

return gene_rule
