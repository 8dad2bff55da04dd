--- The replication clock of Cooper & Helmstetter (1968): a round of replication takes C, and the
-- division that it allows follows D after its end, so it starts C + D before that division. Fast
-- cells start rounds before earlier ones have ended: forks nest.
--
-- The cell's age is its place between two divisions, 0 to 1, by the protein that it has made: a
-- generation is M ln 2 amino acids at balanced growth. The counts are those of a cell that has
-- always grown at its present rate, and no more than that: after a shift of the medium they are
-- off until C + D have passed.

local function define(process, replication_period, division_period)
  process("dna_replication", {
    parameters = { C = 60*replication_period, D = 60*division_period },
    rules = {
      generations = "polymerised/(M*log(2))", -- since the start
      divisions = "floor(generations)",
      phase = "generations - divisions",

      per_second = "lambda/log(2)", -- generations
      ended = "floor(D*per_second + phase)", -- generations of rounds that have ended
      begun = "floor((C + D)*per_second + phase)", -- and that have begun
      origins = "2^begun",
      termini = "2^ended",
      forks = "2*(origins - termini)",
      -- The round for the division that follows the next k copies 2^k chromosomes and has come
      -- ((C + D)*per_second + phase - 1 - k)/(C*per_second) of the way. This adds up those under
      -- way.
      genome_equivalents = "termini + if(origins > termini, (((C + D)*per_second + phase - 1)"
        .. "*(origins - termini) - (begun - 2)*origins + (ended - 2)*termini)"
        .. "/(C*per_second), 0)",

      -- Means over a population that grows exponentially.
      mean_origins = "2^((C + D)*per_second)",
      mean_genome_equivalents = "if(C*lambda > 1e-9, (mean_origins - 2^(D*per_second))"
        .. "/(C*lambda), 1)",
    },
  })
end

return { define = define }
