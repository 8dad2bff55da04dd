--- bioxen.genome: genomes from files and texts.

local core = require "bioxen.core"

return { load = core.genome_load, parse = core.genome_parse, translate = core.genome_translate, new = core.genome_new }
