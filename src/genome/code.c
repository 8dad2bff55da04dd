/* Genetic codes and translation. The codes are NCBI's, by the numbers of its file gc.prt
 * (https://ftp.ncbi.nih.gov/entrez/misc/data/gc.prt): codons in the order TTT, TTC, TTA, TTG,
 * TCT... GGG; below the amino acids M marks what starts translation and * what ends it. In codes
 * 27, 28 and 31 some codons stop translation at the end alone and are amino acids elsewhere. */
#include "genome/model.h"

#include <string.h>

typedef struct genetic_code {
    int number;
    const char *amino_acids, *ends;
} genetic_code;

static const genetic_code codes[] = {
    {1, "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "---M------**--*----M---------------M----------------------------"},
    {2, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
     "----------**--------------------MMMM----------**---M------------"},
    {3, "FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------**----------------------MM---------------M------------"},
    {4, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "--MM------**-------M------------MMMM---------------M------------"},
    {5, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG",
     "---M------**--------------------MMMM---------------M------------"},
    {6, "FFLLSSSSYYQQCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "--------------*--------------------M----------------------------"},
    {9, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
     "----------**-----------------------M---------------M------------"},
    {10, "FFLLSSSSYY**CCCWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------**-----------------------M----------------------------"},
    {11, "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "---M------**--*----M------------MMMM---------------M------------"},
    {12, "FFLLSSSSYY**CC*WLLLSPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------**--*----M---------------M----------------------------"},
    {13, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSGGVVVVAAAADDEEGGGG",
     "---M------**----------------------MM---------------M------------"},
    {14, "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
     "-----------*-----------------------M----------------------------"},
    {15, "FFLLSSSSYY*QCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------*---*--------------------M----------------------------"},
    {16, "FFLLSSSSYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------*---*--------------------M----------------------------"},
    {21, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
     "----------**-----------------------M---------------M------------"},
    {22, "FFLLSS*SYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "------*---*---*--------------------M----------------------------"},
    {23, "FF*LSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "--*-------**--*-----------------M--M---------------M------------"},
    {24, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
     "---M------**-------M---------------M---------------M------------"},
    {25, "FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "---M------**-----------------------M---------------M------------"},
    {26, "FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------**--*----M---------------M----------------------------"},
    {27, "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "--------------*--------------------M----------------------------"},
    {28, "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------**--*--------------------M----------------------------"},
    {29, "FFLLSSSSYYYYCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "--------------*--------------------M----------------------------"},
    {30, "FFLLSSSSYYEECC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "--------------*--------------------M----------------------------"},
    {31, "FFLLSSSSYYEECCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "----------**-----------------------M----------------------------"},
    {32, "FFLLSSSSYY*WCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
     "---M------*---*----M------------MMMM---------------M------------"},
    {33, "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
     "---M-------*-------M---------------M---------------M------------"},
};

/* The bases that a letter stands for: T 1, C 2, A 4, G 8. */
static const unsigned char base_set[128] = {
    ['T'] = 1,  ['C'] = 2,  ['A'] = 4, ['G'] = 8,  ['Y'] = 3,  ['W'] = 5,  ['M'] = 6,  ['K'] = 9,
    ['S'] = 10, ['R'] = 12, ['H'] = 7, ['B'] = 11, ['D'] = 13, ['V'] = 14, ['N'] = 15,
};

static const genetic_code *find_code(int number)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].number == number)
            return &codes[i];
    return NULL;
}

bool bx_genome_has_code(int code)
{
    return find_code(code) != NULL;
}

static unsigned set_of(char base)
{
    return base_set[bx_base_letter[(unsigned char)base] & 127];
}

static bool is_one(unsigned set)
{
    return set != 0 && (set & (set - 1)) == 0;
}

/* What `table` has for all that the codon stands for, `mixed` where that differs. */
static char look_up(const char *table, const char *codon, char mixed)
{
    unsigned first = set_of(codon[0]), second = set_of(codon[1]), third = set_of(codon[2]);
    char found = '\0';
    if (is_one(first) && is_one(second) && is_one(third))
        return table[__builtin_ctz(first) << 4 | __builtin_ctz(second) << 2 | __builtin_ctz(third)];
    for (unsigned i = 0; i < 64; i++) {
        if (!(first >> (i >> 4) & 1) || !(second >> (i >> 2 & 3) & 1) || !(third >> (i & 3) & 1))
            continue;
        if (found && found != table[i])
            return mixed;
        found = table[i];
    }
    return found;
}

static int check_bases(const char *bases, size_t count, bx_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!bx_base_letter[(unsigned char)bases[i]])
            return bx_fail(err, BX_EGENOME, "base %zu is byte %d, which is no letter of IUPAC's",
                           i + 1, (unsigned char)bases[i]);
    return 0;
}

int bx_genome_translate(const char *bases, size_t count, int number, bx_buffer *out, bx_error *err)
{
    const genetic_code *code = find_code(number ? number : 11);
    if (!code)
        return bx_fail(err, BX_EGENOME, "there is no genetic code %d: see NCBI's list", number);
    if (check_bases(bases, count, err) < 0)
        return -1;
    if (bx_buffer_reserve(out, count / 3) < 0)
        return bx_fail_memory(err);
    for (size_t i = 0; i + 3 <= count; i += 3)
        out->data[out->length++] = (uint8_t)look_up(code->amino_acids, bases + i, 'X');
    return 0;
}

bool bx_genome_starts(int number, const char *codon)
{
    return look_up(find_code(number ? number : 11)->ends, codon, '-') == 'M';
}

bool bx_genome_stops(int number, const char *codon)
{
    return look_up(find_code(number ? number : 11)->ends, codon, '-') == '*';
}
