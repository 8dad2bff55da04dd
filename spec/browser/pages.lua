-- Makes pages of each kind in the folder arg[1], for spec/browser/pages.mjs to open. Names that may be anyone's would
-- set window.hit if they were anything but text.

local bioxen = require "bioxen"
local core = require "bioxen.core"
local json = require "bioxen.json"

local folder = assert(arg[1])
local EVIL = "</script><img src=x onerror=window.hit=1>'\"&"

local function at(name) return folder .. "/" .. name end

local function write(name, text)
  assert(core.make_folder(at(name):match "^(.*)/"))
  assert(core.save_file(at(name), text))
end

local function started(id, organism)
  local vm = assert(bioxen.create_bio_vm(id, organism, "basic", { seed = 1 }))
  assert(vm:start())
  return vm
end

-- ---- a run, as a folder that is not to be trusted has it ----

local function quoted(text) return '"' .. text:gsub('"', '""') .. '"' end

local function run(name, seed)
  local files = {}
  local function result(file, text)
    write(name .. "/" .. file, text)
    files[#files + 1] = { file = file, sha256 = core.digest(text), bytes = #text }
  end
  local lines = { "time," .. quoted(EVIL) .. ",B,small" }
  for i = 0, 30000 do lines[i + 2] = ("%.2f,%g,%g,%g"):format(i/100, (i*seed) % 97, 50 - i % 13, (i % 7)/1000) end
  result("a.csv", table.concat(lines, "\n") .. "\n")
  result("ensemble.csv", ("time,A mean,A sd\n0,5,1\n1,%d,2\n2,8,1\n"):format(seed))
  local genes = { "gene,name,growth,lethal" }
  for i = 1, 137 do
    local growth = (i*37 % 101)/100
    genes[i + 1] = ("b%04d,%s,%.3f,%s"):format(i, quoted(EVIL .. i), growth, growth < 0.05)
  end
  result("screen.csv", table.concat(genes, "\n") .. "\n")
  result("lineage.csv", "cell,mother,born_s,ended_s,fate\n1,,0,60,divided\n2,1,60,,lives\n3,1,60,90,washed out\n")
  write(name .. "/log.txt", "it says " .. EVIL .. "\n")
  write(name .. "/manifest.json", json.encode { format = 1, bioxen = core.version, lua = "Lua 5.4", libraries = {},
    machine = {}, script = { name = EVIL, path = EVIL, sha256 = core.digest "" }, arguments = json.list { EVIL },
    working_folder = "/", seed = tostring(seed), status = 1, started = "2026-01-01T00:00:00Z", seconds = 1.5,
    vms = json.list { { vm_id = EVIL, biological_type = EVIL, config = { error = EVIL } } },
    module_path = json.list {}, files = json.list {}, results = json.list(files) })
end
run("first", 3)
run("second", 5)

-- ---- values ----

local vm <close> = started("pages", "minimal_cell")
local given = assert(vm:execute_biological_process [[
  cell:clear()
  process "x" { species = { "A", "B" }, reactions = { { "-> A", k = 9 }, { "A -> B", k = 1 }, { "B ->", k = 1 } } }
  return { run = cell:run { duration = 30, every = 0.01, method = "ssa", seed = 1 },
    ensemble = cell:ensemble { duration = 30, every = 0.5, runs = 100, seed = 1, quantiles = { 0.05, 0.95 } } }
]]).result
assert(given.run:plot { file = at "trajectory.html", title = "A trajectory " .. EVIL })
assert(given.ensemble:plot { file = at "ensemble.html" })
assert(given.ensemble:html { file = at "distribution.html", histogram = "A" })
local function swept(parameters)
  return assert(bioxen.sweep { run = "return args.a^2 + (args.b or 0)", parameters = parameters })
end
assert(swept { a = { from = 0, to = 3, count = 12 } }:html { file = at "scan.html", title = "A scan" })
assert(swept { a = { from = 0, to = 3, count = 12 }, b = { from = 0, to = 9, count = 10 } }
  :html { file = at "sweep.html" })

local coli <close> = started("coli", "ecoli")
local flux = assert(coli:execute_biological_process "return cell:metabolism():parsimonious()").result
assert(bioxen.html(flux, { file = at "fluxes.html" }))
local screen = assert(coli:execute_biological_process "return cell:knock_out_screen()").result
assert(bioxen.html(screen, { file = at "screen.html", title = "Knock-outs", by = "relative" }))

local chassis <close> = bioxen.BioXenHypervisor()
local cell = assert(chassis:create_vm("cell", "minimal_cell", "basic", { seed = 1 }))
assert(cell:start())
local doubling = assert(cell:execute_biological_process "return cell:steady_state()").result.doubling_time*60
local medium = chassis:medium { volume = 1, nutrient = 1e4/602214.076, inflow = 0.1, outflow = 0.1 }
assert(medium:add(cell, { cells = 1, divides = true }))
local world = assert(chassis:run { duration = 5*doubling, quantum = doubling/5, population = { most = 8, seed = 3 } })
assert(bioxen.html(world, { file = at "chemostat.html", title = "A chemostat" }))
assert(bioxen.html(world.lineage, { file = at "lineage.html" }))

write("decay.xml", [[<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="decay">
<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies><species id="A" compartment="c" initialConcentration="3" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="k" value="1" constant="true"/></listOfParameters>
<listOfReactions><reaction id="r" reversible="false"><listOfReactants><speciesReference species="A" constant="true"
stoichiometry="1"/></listOfReactants><kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/>
<ci>k</ci><ci>A</ci></apply></math></kineticLaw></reaction></listOfReactions></model></sbml>]])
write("seen.csv", "time,A,A.sd\n0.5,2.1,0.2\n1,1.5,0.2\n2,0.7,0.2\n3,0.4,0.2\n")
assert(assert(bioxen.fit { model = at "decay.xml", data = at "seen.csv", estimate = { k = "0.01:10" }, starts = 3 })
  :plot { file = at "fit.html" })
