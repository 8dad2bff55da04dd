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

return { of = of, count = #colours }
