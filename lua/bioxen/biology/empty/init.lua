--- A cell with nothing in it, for a model of one's own: by `process`, or from SBML.

return {
  build = function() end,
  allocate = function() end,
  metrics = function() return {} end,
  processes = {},
}
