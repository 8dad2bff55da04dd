--- The mean of a list of numbers, and its standard error.
return function(values)
  local sum, squares = 0, 0
  for _, value in ipairs(values) do sum = sum + value end
  local mean = sum/#values
  for _, value in ipairs(values) do squares = squares + (value - mean)^2 end
  return mean, math.sqrt(squares/(#values - 1)/#values)
end
