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

/* All whole codons, as they are. */
static int append_codons(const genetic_code *code, const char *bases, size_t count, bx_buffer *out,
                         bx_error *err)
{
    if (bx_buffer_reserve(out, count / 3) < 0)
        return bx_fail_memory(err);
    for (size_t i = 0; i + 3 <= count; i += 3)
        out->data[out->length++] = (uint8_t)look_up(code->amino_acids, bases + i, 'X');
    return 0;
}

static bool ends_with_stop(const genetic_code *code, const char *bases, size_t count)
{
    return count >= 3 && look_up(code->ends, bases + count / 3 * 3 - 3, '-') == '*';
}

static int refuse_stop(const char *bases, const uint8_t *protein, size_t length, bx_error *err)
{
    const uint8_t *stop = length > 0 ? memchr(protein, '*', length) : NULL;
    if (!stop)
        return 0;
    size_t codon = (size_t)(stop - protein);
    return bx_fail(err, BX_EGENOME, "codon %zu of %zu, %.3s, is a stop", codon + 1, length,
                   bases + 3 * codon);
}

int bx_genome_translate(const char *bases, size_t count, int number, bool whole, bx_buffer *out,
                        bx_error *err)
{
    const genetic_code *code = find_code(number ? number : 11);
    size_t before = out->length;
    if (!code)
        return bx_fail(err, BX_EGENOME, "there is no genetic code %d: see NCBI's list", number);
    if (check_bases(bases, count, err) < 0)
        return -1;
    if (whole && count % 3 != 0)
        return bx_fail(err, BX_EGENOME, "%zu bases are no whole number of codons", count);
    if (whole && ends_with_stop(code, bases, count))
        count -= 3;
    if (append_codons(code, bases, count, out, err) < 0)
        return -1;
    if (!whole)
        return 0;
    if (count >= 3 && look_up(code->ends, bases, '-') == 'M')
        out->data[before] = 'M';
    if (refuse_stop(bases, out->data + before, out->length - before, err) == 0)
        return 0;
    out->length = before;
    return -1;
}

static int code_of(const bx_genome *genome, const bx_feature *feature)
{
    return feature->code ? feature->code : genome->strips[feature->sequence].sequence.code;
}

/* Types such as "tRNA"; messengers are translated. */
static bool is_translated(const bx_feature *feature)
{
    size_t length = strlen(feature->type);
    return length < 3 || strcmp(feature->type + length - 3, "RNA") != 0 ||
           strcmp(feature->type, "mRNA") == 0;
}

/* An end that is missing leaves no start to look for, and perhaps a part of a codon. */
static int translate_part(const bx_feature *feature, int code, const bx_buffer *dna, bx_buffer *out,
                          bx_error *err)
{
    size_t before = out->length;
    if (dna->length < feature->phase + 3u)
        return 0; /* no whole codon */
    const char *bases = (const char *)dna->data + feature->phase;
    size_t count = dna->length - feature->phase;
    if (bx_genome_translate(bases, count, code, false, out, err) < 0)
        return -1;
    if (out->length > before && ends_with_stop(find_code(code ? code : 11), bases, count))
        out->length--;
    if (refuse_stop(bases, out->data + before, out->length - before, err) == 0)
        return 0;
    out->length = before;
    return -1;
}

int bx_genome_protein(const bx_genome *genome, const bx_feature *feature, bx_buffer *out,
                      bx_error *err)
{
    bx_buffer dna = {0};
    bx_error why;
    if (!is_translated(feature))
        return bx_fail(err, BX_EGENOME, "\"%s\" is a %s, which codes for no protein", feature->id,
                       feature->type);
    int status = bx_genome_feature_bases(genome, feature, &dna, &why);
    if (status == 0) {
        int code = code_of(genome, feature);
        status =
            feature->incomplete || feature->phase > 0
                ? translate_part(feature, code, &dna, out, &why)
                : bx_genome_translate((const char *)dna.data, dna.length, code, true, out, &why);
    }
    bx_buffer_free(&dna);
    return status == 0 ? 0 : bx_fail(err, why.code, "\"%s\": %s", feature->id, why.message);
}
