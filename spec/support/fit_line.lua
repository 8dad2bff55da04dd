--- Least squares of { x, y } points: slope, value at 0, correlation.
return function(points)
  local n, sx, sy, sxx, sxy, syy = #points, 0, 0, 0, 0, 0
  for _, point in ipairs(points) do
    local x, y = point[1], point[2]
    sx, sy, sxx, sxy, syy = sx + x, sy + y, sxx + x*x, sxy + x*y, syy + y*y
  end
  local slope = (n*sxy - sx*sy)/(n*sxx - sx*sx)
  return slope, (sy - slope*sx)/n, (n*sxy - sx*sy)/math.sqrt((n*sxx - sx*sx)*(n*syy - sy*sy))
end
