--- The lac operon as a switch: inducer lets the operon be transcribed, its permease brings in more.
--
-- Stamatakis & Mantzaris, Biophys J 96:887-906 (2009), doi 10.1016/j.bpj.2008.10.028: 25 reactions
-- with all parameters as published (their table 1), an inducer that is not metabolised, and one
-- operator in a cell of 0.8 fL. Published are concentrations, in nM and minutes; here are
-- molecules and seconds. The model dilutes and degrades its proteins at 0.2/min, whatever the growth
-- of the cell: it is a circuit beside the growth core, takes no ribosomes of it and has no CRP.
--
-- Without inducer, one transcript of the leaking operon makes up to 65 permeases: a cell has none of
-- them most of the time, and for some minutes many.
--
-- Inducer is most of an exact run's work: 10^4 to 10^6 molecules come and go. A hybrid run whose
-- stochastic reactions change all but lac_I, lac_Y and lac_YI, with exchange = 1, is 20 times as fast
-- and its cells switch as often.
--
-- Species: MR mRNA of the repressor, R its monomers, R2 dimers, O free operator, R2O repressed, I
-- inducer in the cell, I2R2 induced repressor, MY mRNA of the permease, Y permease, YI permease with
-- outer inducer; all with the prefix lac_.

local check = require "library.check"

local lac_operon = {}

lac_operon.volume = 8e-16 -- L

local per_nM = 1e-9*6.02214076e23*lac_operon.volume -- molecules

-- { published value, unit, meaning }; the order of a reaction tells what its unit becomes.
local published = {
  s_MR = { 0.23, "nM/min", "transcription of lacI" },
  s_R = { 15, "1/min", "translation of it" },
  k_2R = { 50, "1/(nM min)", "dimerisation of repressor" },
  k_2R_back = { 1e-3, "1/min", "dissociation of the dimer" },
  k_r = { 960, "1/(nM min)", "repression: the dimer binds the operator" },
  k_r_back = { 2.4, "1/min", "and leaves it" },
  k_dr1 = { 3e-7, "1/(nM2 min)", "inducer binds free repressor" },
  k_dr1_back = { 12, "1/min", "and leaves it" },
  k_dr2 = { 3e-7, "1/(nM2 min)", "inducer takes repressor off the operator" },
  k_dr2_back = { 4.8e3, "1/(nM min)", "induced repressor binds the operator without inducer" },
  s1_MY = { 0.5, "1/min", "transcription of lacY" },
  s0_MY = { 0.01, "1/min", "transcription of lacY while it is repressed" },
  s_Y = { 30, "1/min", "translation of lacY" },
  k_p = { 0.12, "1/(nM min)", "permease binds outer inducer" },
  k_p_back = { 0.1, "1/min", "and loses it" },
  k_ft = { 6e4, "1/min", "permease brings inducer in" },
  k_t = { 0.92, "1/min", "diffusion of inducer through the membrane" },
  l_MR = { 0.462, "1/min", "decay of lacI mRNA" },
  l_MY = { 0.462, "1/min", "decay of lacY mRNA" },
  l_R = { 0.2, "1/min", "loss of repressor" },
  l_R2 = { 0.2, "1/min", "loss of its dimers" },
  l_Y = { 0.2, "1/min", "loss of permease" },
  l_YI = { 0.2, "1/min", "loss of permease with inducer" },
  l_I2R2 = { 0.2, "1/min", "loss of induced repressor" },
}

local factors = { ["nM/min"] = per_nM, ["1/min"] = 1, ["1/(nM min)"] = 1/per_nM,
  ["1/(nM2 min)"] = 1/per_nM^2 }

local function parameters()
  local list = {}
  for name, row in pairs(published) do
    list["lac_" .. name] = row[1]*factors[row[2]]/60
  end
  return list
end

-- { equation, k by mass action }, or a rate as third; names are without their prefix.
local reactions = {
  { "-> MR", nil, "s_MR" },
  { "MR -> MR + R", "s_R" },
  { "2 R -> R2", "k_2R" },
  { "R2 -> 2 R", "k_2R_back" },
  { "R2 + O -> R2O", "k_r" },
  { "R2O -> R2 + O", "k_r_back" },
  { "2 I + R2 -> I2R2", "k_dr1" },
  { "I2R2 -> 2 I + R2", "k_dr1_back" },
  { "2 I + R2O -> I2R2 + O", "k_dr2" },
  { "I2R2 + O -> 2 I + R2O", "k_dr2_back" },
  { "O -> O + MY", "s1_MY" },
  { "R2O -> R2O + MY", "s0_MY" },
  { "MY -> MY + Y", "s_Y" },
  { "Y -> YI", "k_p*lac_outside" },
  { "YI -> Y", "k_p_back" },
  { "YI -> Y + I", "k_ft" },
  { "-> I", nil, "k_t*lac_outside" },
  { "I ->", "k_t" },
  { "MR ->", "l_MR" },
  { "MY ->", "l_MY" },
  { "R ->", "l_R" },
  { "R2 ->", "l_R2" },
  { "Y ->", "l_Y" },
  { "YI -> I", "l_YI" },
  { "I2R2 -> 2 I", "l_I2R2" },
}

local function with_prefix(text)
  return (text:gsub("%a[%w_]*", function(name)
    return name:sub(1, 4) == "lac_" and name or "lac_" .. name
  end))
end

local function compiled()
  local list = {}
  for i, row in ipairs(reactions) do
    list[i] = { with_prefix(row[1]), name = "lac_reaction_" .. i,
      k = row[2] and with_prefix(row[2]), rate = row[3] and with_prefix(row[3]) }
  end
  return list
end

local function check_options(options, level)
  options = check.keys(options or {}, { "inducer", "induced" }, "lac_operon", level)
  check.number(options.inducer or 0, "lac_operon: inducer", level)
  if options.induced ~= nil and type(options.induced) ~= "boolean" then
    error("lac_operon: induced: true or false expected, got " .. tostring(options.induced), level)
  end
  return options
end

-- What the cell begins with, repressed or fully induced, in whole molecules. Both hold 9 dimers of
-- repressor; the induced one has the permease that a free operator gives at balance.
local function start(options)
  local outside = 1e6*(options.inducer or 0)*per_nM
  local free = { lac_MR = 0, lac_R = 0, lac_R2 = 9, lac_O = 0, lac_R2O = 1, lac_I = math.floor(outside + 0.5),
    lac_I2R2 = 0, lac_MY = 0, lac_Y = 0, lac_YI = 0 }
  if not options.induced then return free end
  free.lac_R2, free.lac_I2R2, free.lac_R2O, free.lac_O, free.lac_MY, free.lac_Y = 0, 9, 0, 1, 1, 162
  local carried = published.k_p[1]/per_nM*outside*free.lac_Y/published.k_t[1]
  free.lac_I = math.floor(outside + carried + 0.5)
  return free
end

--- Define the operon in the cell, or set it anew. options.inducer: outside, in mM (default 0), also
-- the parameter lac_inducer; options.induced: begin as a cell that has been induced before. Errors of
-- the options are at `level` (default 2: the caller).
function lac_operon.define(cell, process, options, level)
  options = check_options(options, (level or 2) + 1)
  local definition = { species = start(options), parameters = parameters(), reactions = compiled(),
    rules = { lac_outside = ("1e6*lac_inducer*%.17g"):format(per_nM), -- molecules in a cell's volume
      lac_permease = "lac_Y + lac_YI" } }
  definition.parameters.lac_inducer = options.inducer or 0
  process("lac_operon", definition)
  cell:set("lac_inducer", options.inducer or 0)
  for name, value in pairs(definition.species) do cell:set(name, value) end
end

return lac_operon
