--- The keys of a table, or of nil, sorted.
return function(of)
  local keys = {}
  for key in pairs(of or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end
