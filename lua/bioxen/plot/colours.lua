--- The palette of Okabe and Ito (2008), which the colour-blind can tell apart, without its yellow, which is
-- pale on white; each as a picture and a terminal of 256 colours have it.

local colours = {
  { rgb = "#0072B2", terminal = 32 },
  { rgb = "#D55E00", terminal = 166 },
  { rgb = "#009E73", terminal = 36 },
  { rgb = "#CC79A7", terminal = 175 },
  { rgb = "#E69F00", terminal = 214 },
  { rgb = "#56B4E9", terminal = 74 },
  { rgb = "#000000", terminal = 244 },
}

local function of(index)
  return colours[(index - 1) % #colours + 1]
end

-- Of a heat map, from the least to the greatest: viridis (S. van der Walt, N. Smith 2015, in the public domain).
local heat = {
  { rgb = "#440154", terminal = 53 },
  { rgb = "#472D7B", terminal = 54 },
  { rgb = "#3B528B", terminal = 60 },
  { rgb = "#2C728E", terminal = 24 },
  { rgb = "#21918C", terminal = 30 },
  { rgb = "#28AE80", terminal = 36 },
  { rgb = "#5EC962", terminal = 77 },
  { rgb = "#ADDC30", terminal = 148 },
  { rgb = "#FDE725", terminal = 220 },
}

return { of = of, count = #colours, heat = heat }
