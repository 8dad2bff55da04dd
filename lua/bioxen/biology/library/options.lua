--- The options of an organism's manifest.

local options = {}

--- All options of the manifest: as given where they are given, else the defaults.
function options.complete(manifest, given)
  local all = {}
  for name, option in pairs(manifest.options or {}) do
    all[name] = option.default
    if given and given[name] ~= nil then all[name] = given[name] end
  end
  return all
end

return options
