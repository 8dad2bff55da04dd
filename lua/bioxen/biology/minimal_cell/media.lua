--- Media by name: what the model knows of one is how much nutrient there is outside, in molecules,
-- and what it is worth, in energy molecules per molecule of nutrient. Only "standard" is a published
-- setting (Weiße et al. 2015, table S1); the others are places on the same axis, named for what the
-- cell makes of them: its doubling time, which the model gives, beside each.

return {
  scarce = { nutrient = 100, quality = 0.5 }, -- 185 min
  poor = { nutrient = 1e4, quality = 0.1 }, -- 101 min
  modest = { nutrient = 1e4, quality = 0.2 }, -- 57 min
  standard = { nutrient = 1e4, quality = 0.5 }, -- 29 min
  good = { nutrient = 1e4, quality = 1 }, -- 19 min
  rich = { nutrient = 1e4, quality = 2 }, -- 13 min
}
