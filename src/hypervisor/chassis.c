#include "hypervisor/chassis.h"

#include <string.h>

/* For E. coli at 2.5 doublings an hour, Bremer & Dennis give 72,000 ribosomes, 11,400 RNA
 * polymerases and 3.8 genome equivalents, here of 4,641.652 kb. Their revision of 2008 (EcoSal Plus
 * 3(1), doi:10.1128/ecosal.5.2.3) has fewer of each. */
static const bx_chassis all[] = {
    {"ecoli",
     "Escherichia coli K-12, growing fast",
     "Bremer & Dennis, in Escherichia coli and Salmonella, 2nd ed., ASM Press 1996, 1553-1569; "
     "genome NC_000913.3",
     {72000, 11400, 100, 3.8 * 4641.652}},
    {"yeast",
     "Saccharomyces cerevisiae S288C, haploid",
     "ribosomes: Warner, Trends Biochem Sci 1999; RNA polymerase II: Borggrefe et al., J Biol Chem "
     "2001; genome: R64",
     {200000, 30000, 100, 12157.105}},
    {"orthogonal", "a synthetic chassis: its capacity is what its maker states", "the user", {0}},
};

const char *bx_resource_name(bx_resource resource)
{
    static const char *const names[BX_RESOURCES] = {"ribosomes", "rna_polymerase", "atp_percentage",
                                                    "memory_kb"};
    return names[resource];
}

const bx_chassis *bx_chassis_at(size_t index)
{
    return index < sizeof all / sizeof *all ? &all[index] : NULL;
}

const bx_chassis *bx_chassis_find(const char *name)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}
