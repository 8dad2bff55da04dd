---@meta
-- Made by scripts/organism_pages.lua of the manifests of organisms: the functions of their cells, for editors.

---A cell of ecoli.
---@class bioxen.Cell.ecoli: bioxen.Cell
local ecoli = {}

---Give the cell a plasmid: pUC, pBR322, pACYC184, pSC101, or any other by copies and kilobases; gene = {
---length_aa, transcription } in mRNA per minute and copy. Or a genome, as of a plasmid's file, and perhaps {
---name, copies, start, promoters }.
---@param options { name: string, copies?: number, length_kb?: number, start?: number, gene?: table }
function ecoli:add_plasmid(options) end

---The replication clock: age from 0 to 1, divisions, origins, termini, forks, genome equivalents, and their means
---in a population.
function ecoli:dna_replication() end

---Import and catabolism in molecules of nutrient per second, supply and use of energy in molecules per second,
---energy held.
function ecoli:energy_production() end

---Transcribe a gene that is of no use to the cell at up to this rate, in mRNA per minute.
---@param rate number
function ecoli:express_heterologous(rate) end

---A culture in a closed volume, or with dilution a chemostat, in hours, mM and gDW/L: a trajectory, and of a
---culture that died { time, reason }.
---@param options? { medium?: table, duration?: number, biomass?: number, oxygen?: number, dilution?: number, step?: number, every?: number, death_rate?: number }
function ecoli:grow_culture(options) end

---Delete genes, by ids or names, until they are restored; the reactions that do not run now.
---@param genes string|string[]
function ecoli:knock_out(genes) end

---Each gene of the flux model knocked out alone: rows { id, name, growth_rate (1/h), relative, lethal (below
---fraction, 0.01), essentiality }.
---@param options? { genes?: string[], fraction?: number }
function ecoli:knock_out_screen(options) end

---Ids of the genes that are knocked out.
function ecoli:knocked_out() end

---Give the cell the lac operon, or set it anew: inducer outside in mM (0), induced = true for a cell that has
---been induced before.
---@param options? { inducer?: number, induced?: boolean }
function ecoli:lac_operon(options) end

---The flux model of the cell, in its medium, with its shares, and without what was knocked out.
function ecoli:metabolism() end

---Plasmids by name: copies now, copies that their control is made for, kilobases, and the protein of those with
---genes in molecules and as part of all.
function ecoli:plasmids() end

---Protein made, in amino acids per second: total, per translating ribosome, by class.
function ecoli:protein_synthesis() end

---Take a plasmid out of the cell.
---@param name string
function ecoli:remove_plasmid(name) end

---Put genes back, or all of them; the reactions that do not run now.
---@param genes? string|string[]
function ecoli:restore(genes) end

---Chloramphenicol, in µM.
---@param concentration number
function ecoli:set_antibiotic(concentration) end

---The medium of the flux model: by its name, or { metabolite = greatest uptake in mmol/gDW/h }; without one, the
---model's own.
---@param medium? string|table
function ecoli:set_medium(medium) end

---The medium of the growth core: molecules of nutrient, and of energy per molecule of it.
---@param options? { nutrient?: number, quality?: number }
function ecoli:set_nutrient(options) end

---Take up a metabolite like this from now on: mmol/gDW/h and mM.
---@param metabolite string
---@param options { maximum: number, half?: number }
function ecoli:set_uptake(metabolite, options) end

---Grow by differential equations until no species changes by more than tolerance (1e-6) of itself in ten doubling
---times, for at most limit seconds (1e9); the metrics.
---@param options? { tolerance?: number, limit?: number }
function ecoli:steady_state(options) end

---Transcribe these genes no longer; what there is of mRNA and protein goes as it does.
---@param genes string|string[]
function ecoli:stop_transcription(genes) end

---Take genes and operons from the genome that the VM has loaded; ids by how it differs: { new, missing, moved }.
function ecoli:use_genome() end

---A cell of empty.
---@class bioxen.Cell.empty: bioxen.Cell
local empty = {}

---A cell of minimal_cell.
---@class bioxen.Cell.minimal_cell: bioxen.Cell
local minimal_cell = {}

---The replication clock: age from 0 to 1, divisions, origins, termini, forks, genome equivalents, and their means
---in a population.
function minimal_cell:dna_replication() end

---Import and catabolism in molecules of nutrient per second, supply and use of energy in molecules per second,
---energy held.
function minimal_cell:energy_production() end

---Transcribe a gene that is of no use to the cell at up to this rate, in mRNA per minute.
---@param rate number
function minimal_cell:express_heterologous(rate) end

---Protein made, in amino acids per second: total, per translating ribosome, by class.
function minimal_cell:protein_synthesis() end

---Chloramphenicol, in µM.
---@param concentration number
function minimal_cell:set_antibiotic(concentration) end

---A medium by its name, or { nutrient = molecules, quality = molecules of energy per molecule }.
---@param medium string|table
function minimal_cell:set_medium(medium) end

---Grow by differential equations until no species changes by more than tolerance (1e-6) of itself in ten doubling
---times, for at most limit seconds (1e9); the metrics.
---@param options? { tolerance?: number, limit?: number }
function minimal_cell:steady_state(options) end

---A cell of syn3a.
---@class bioxen.Cell.syn3a: bioxen.Cell
local syn3a = {}

---A gene more in a whole cell.
---@param options { id: string, dna: string, promoter?: number, beside?: string }
function syn3a:add_gene(options) end

---Begin with the mRNA and machines of the steady state.
function syn3a:begin_in_steady_state() end

---Put the whole cell, newborn, in place of what the cell was: docs/syn3a.md.
---@param options? { seed?: integer, exact?: boolean, second_rounds?: string, counted?: string[], repairs?: table }
function syn3a:begin_whole_cell(options) end

---A whole cell that is ready becomes one of its daughters; the other, as cell:set takes it.
---@param seed? integer
function syn3a:divide_whole_cell(seed) end

---Each gene of iMB155 knocked out, against transposon mutagenesis: rows { id, name, growth, fraction, predicted,
---observed } and a matrix; second the growth of all.
---@param options? { threshold?: number }
function syn3a:essential_gene_screen(options) end

---The noise of expression in the steady state, in closed form, by gene: means and squared coefficients of
---variation.
---@param seconds number
function syn3a:expression_noise(seconds) end

---What a gene does in the whole cell.
---@param gene string
function syn3a:gene_role(gene) end

---The fastest growth, in 1/h, that expression allows in its steady state.
function syn3a:growth_limit() end

---Null knock-outs in a whole cell: promoters, RNA and products are gone.
---@param genes string|string[]
function syn3a:knock_out(genes) end

---Let the whole cell live on, in seconds: columns by name, and ready, whether it can divide.
---@param options { duration: number, every?: integer, seed?: integer, record?: string[], processes?: string[], to_the_end?: boolean, tolerance?: table }
function syn3a:live(options) end

---The flux model iMB155 in the cell's medium and with its shares, fluxes in mmol/gDW/h: a copy.
function syn3a:metabolism() end

---Molecules of a gene's mRNA; second { free, translated, digested }.
---@param gene string
function syn3a:mrna(gene) end

---Name the total of each mRNA mRNA.JCVISYN3A_…, so that runs can record it.
function syn3a:name_totals() end

---The operons along the chromosome: { id, strand, genes }.
function syn3a:operons() end

---Molecules of a gene's protein, by id or name.
---@param gene string
function syn3a:protein(gene) end

---Rate constants of a gene's expression, per second.
---@param gene string
function syn3a:rate_constants(gene) end

---A medium by its name, or { exchange = greatest uptake in mmol/gDW/h }; of a whole cell { metabolite = mM }, or
---"default".
---@param medium string|table
function syn3a:set_medium(medium) end

---Promoters of a whole cell's genes so strong beside their own; 0 knocks out the gene alone.
---@param genes string|string[]
---@param factor number
function syn3a:set_promoters(genes, factor) end

---The steady state that expression tends to, in closed form.
function syn3a:steady_state_expression() end
