--- Parameters of Weiße et al. 2015 (doi 10.1073/pnas.1416533112) as published, with time in
-- minutes, and the same per second, as the model uses them. "Molecules" are per cell.

local published = {
  { symbol = "s0", value = 1e4, unit = "molecules",
    meaning = "nutrient outside the cell" },
  { symbol = "ns", value = 0.5, unit = "1",
    meaning = "energy molecules gained from one molecule of nutrient" },
  { symbol = "vt", value = 726, unit = "1/min",
    meaning = "highest rate of import by one transporter" },
  { symbol = "Kt", value = 1000, unit = "molecules",
    meaning = "external nutrient at which import is half as fast" },
  { symbol = "vm", value = 5800, unit = "1/min",
    meaning = "highest rate of catabolism by one enzyme" },
  { symbol = "Km", value = 1000, unit = "molecules",
    meaning = "internal nutrient at which catabolism is half as fast" },

  { symbol = "wr", value = 929.9678874564831, unit = "1/min",
    meaning = "highest transcription rate: ribosomes" },
  { symbol = "we", value = 4.139172187824451, unit = "1/min",
    meaning = "highest transcription rate: transporters, and enzymes" },
  { symbol = "wq", value = 948.9349882947897, unit = "1/min",
    meaning = "highest transcription rate: housekeeping proteins" },
  { symbol = "wp", value = 0, unit = "1/min",
    meaning = "highest transcription rate: heterologous protein" },
  { symbol = "thetar", value = 426.8693338968694, unit = "molecules",
    meaning = "energy at which ribosomal genes are transcribed half as fast" },
  { symbol = "thetax", value = 4.379733394834643, unit = "molecules",
    meaning = "energy at which all other genes are transcribed half as fast" },
  { symbol = "Kq", value = 152219.040373749, unit = "molecules",
    meaning = "housekeeping proteins that halve their own transcription" },
  { symbol = "nq", value = 4, unit = "1",
    meaning = "Hill coefficient of that repression" },

  { symbol = "gmax", value = 1260, unit = "aa/min",
    meaning = "highest elongation rate of one ribosome" },
  { symbol = "Kp", value = 180.1378030928276, unit = "aa/(min molecule)",
    meaning = "elongation rate per energy molecule where energy is scarce" },
  { symbol = "nr", value = 7549, unit = "aa",
    meaning = "length of a ribosome" },
  { symbol = "nx", value = 300, unit = "aa",
    meaning = "length of any other protein" },
  { symbol = "kb", value = 1, unit = "1/(min molecule)",
    meaning = "binding of a free ribosome to an mRNA" },
  { symbol = "ku", value = 1, unit = "1/min",
    meaning = "unbinding before a protein is finished" },
  { symbol = "dm", value = 0.1, unit = "1/min",
    meaning = "decay of mRNA" },
  { symbol = "M", value = 1e8, unit = "aa",
    meaning = "protein mass of a cell" },

  { symbol = "cl", value = 0, unit = "µM",
    meaning = "chloramphenicol" },
  { symbol = "k_cm", value = 0.005990373118888, unit = "1/(min µM)",
    meaning = "binding of chloramphenicol to a translating ribosome" },
  { symbol = "b", value = 0, unit = "1/min",
    meaning = "its release" },
}

local per_second = {}
for _, parameter in ipairs(published) do
  local minutes = parameter.unit:find("min", 1, true) and 60 or 1
  per_second[parameter.symbol] = parameter.value / minutes
end

return { published = published, per_second = per_second }
