--- Where an organism's species are, by its `compartments` (docs/organisms.md).

local compartments = {}

local PER_MOLE = 6.02214076e23

--- The compartment of a species: that which lists it, or else the one without a list. nil: there is none.
function compartments.of(organism, species)
  local rest
  for _, compartment in ipairs(organism.compartments or {}) do
    for _, name in ipairs(compartment.species or {}) do
      if name == species then return compartment end
    end
    if not compartment.species then rest = compartment end
  end
  return rest
end

--- A compartment's volume now.
function compartments.litres(cell, compartment)
  local litres = compartment.litres
  return type(litres) == "string" and cell:get(litres) or litres
end

--- Of a species, in mM, from its molecules.
function compartments.concentration(cell, organism, species)
  local compartment = compartments.of(organism, species)
  if not compartment then
    error(("concentration: %s is in none of the organism's compartments"):format(tostring(species)), 2)
  end
  return 1000*cell:get(species)/PER_MOLE/compartments.litres(cell, compartment)
end

return compartments
