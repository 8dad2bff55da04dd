/* Proteins of genes: where translation starts and ends, and codons that are read as something else.
 */
#include "genome/model.h"

#include <stdlib.h>
#include <string.h>

/* ---- /transl_except ---- */

/* How many bases of the gene lie before this base of its sequence; SIZE_MAX: it is not in it. */
static size_t offset_of(const bx_feature *feature, uint64_t base)
{
    size_t before = 0;
    for (size_t i = 0; i < feature->span_count; i++) {
        bx_span span = feature->spans[i];
        if (base >= span.start && base <= span.end)
            return before + (size_t)(bx_feature_strand(feature, i) < 0 ? span.end - base
                                                                       : base - span.start);
        before += (size_t)(span.end - span.start + 1);
    }
    return SIZE_MAX;
}

/* "Sec" to 'U', 'X' for what has no letter, '*' for "TERM". */
static char letter_of(const char *name)
{
    static const char names[] = "Ala A Arg R Asn N Asp D Cys C Gln Q Glu E Gly G His H Ile I Leu L "
                                "Lys K Met M Phe F Pro P Pyl O Sec U Ser S Thr T Trp W Tyr Y Val V "
                                "Asx B Glx Z Xle J TERM * ";
    size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    for (const char *at = names; *at; at += strcspn(at, " ") + 3)
        if (strcspn(at, " ") == length && memcmp(at, name, length) == 0)
            return at[length + 1];
    return 'X';
}

/* The next "(pos:complement(213..215),aa:Sec)": its first base in the gene, from 0. NULL: there is
 * none. */
static const char *next_exception(const bx_feature *feature, const char *text, size_t *offset,
                                  char *letter)
{
    const char *at = strstr(text, "pos:"), *name = at ? strstr(at, "aa:") : NULL;
    if (!name)
        return NULL;
    *offset = SIZE_MAX;
    for (at += strlen("pos:"); at < name;) {
        size_t digits = strspn(at, "0123456789");
        if (digits > 0 && digits < 18) {
            size_t found = offset_of(feature, strtoull(at, NULL, 10));
            *offset = found < *offset ? found : *offset;
        }
        at += digits + 1;
    }
    *letter = letter_of(name + strlen("aa:"));
    return name + strlen("aa:");
}

/* ---- translation ---- */

typedef struct reading {
    const bx_feature *feature;
    int code;
    const char *bases; /* from the first whole codon on */
    size_t count;
    const char *exceptions; /* the attribute, or "" */
} reading;

/* A TERM may be the last base or two: the rest of the codon follows when the message is made. */
static bool ends_by_exception(const reading *r)
{
    size_t offset, last = (r->count - 1) / 3 * 3 + r->feature->phase;
    char letter;
    for (const char *at = r->exceptions; (at = next_exception(r->feature, at, &offset, &letter));)
        if (letter == '*' && offset == last)
            return true;
    return false;
}

/* Of an incomplete codon at a missing 3' end two bases may be enough, as any third is the same. */
static int append_rest(const reading *r, bx_buffer *out, bx_error *err)
{
    size_t rest = r->count % 3, before = out->length;
    if (rest != 2 || !(r->feature->missing & BX_MISSING_3))
        return 0;
    const char codon[3] = {r->bases[r->count - 2], r->bases[r->count - 1], 'N'};
    if (bx_genome_translate(codon, 3, r->code, out, err) < 0)
        return -1;
    if (out->data[before] == 'X' || out->data[before] == '*')
        out->length = before;
    return 0;
}

/* The stop codon at the end is read as an amino acid, as selenocysteine. */
static bool is_read_on(const reading *r, size_t codon)
{
    size_t offset;
    char letter;
    for (const char *at = r->exceptions; (at = next_exception(r->feature, at, &offset, &letter));)
        if (letter != '*' && offset == 3 * codon + r->feature->phase)
            return true;
    return false;
}

static void take_exceptions(const reading *r, uint8_t *protein, size_t length)
{
    size_t offset;
    char letter;
    for (const char *at = r->exceptions; (at = next_exception(r->feature, at, &offset, &letter));)
        if (offset != SIZE_MAX && offset >= r->feature->phase &&
            (offset - r->feature->phase) / 3 < length)
            protein[(offset - r->feature->phase) / 3] = (uint8_t)letter;
}

static int refuse_stop(const reading *r, const uint8_t *protein, size_t length, bx_error *err)
{
    const uint8_t *stop = length > 0 ? memchr(protein, '*', length) : NULL;
    if (!stop)
        return 0;
    size_t codon = (size_t)(stop - protein);
    return bx_fail(err, BX_EGENOME, "codon %zu of %zu, %.3s, is a stop", codon + 1, length,
                   r->bases + 3 * codon);
}

/* Not where the file itself has the codon's own residue: plasmid editors tell so of tags, which are
 * parts of a protein. */
static bool begins_with_start(const reading *r, char residue)
{
    const char *stated = bx_feature_attribute(r->feature, "translation");
    return !(r->feature->missing & BX_MISSING_5) && r->feature->phase == 0 &&
           !(stated && *stated == residue) && bx_genome_starts(r->code, r->bases);
}

static int read_codons(const reading *r, bx_buffer *out, bx_error *err)
{
    size_t before = out->length;
    bool whole = r->feature->missing == 0 && r->feature->phase == 0;
    bool by_exception = r->count > 0 && ends_by_exception(r);
    size_t codons = by_exception ? (r->count - 1) / 3 : r->count / 3;
    if (whole && !by_exception && r->count % 3 != 0)
        return bx_fail(err, BX_EGENOME, "%zu bases are no whole number of codons", r->count);
    bool stops =
        !by_exception && codons > 0 && bx_genome_stops(r->code, r->bases + 3 * (codons - 1));
    if (bx_genome_translate(r->bases, 3 * codons, r->code, out, err) < 0 ||
        (!stops && !by_exception && append_rest(r, out, err) < 0))
        return -1;
    if (out->length == before)
        return 0;
    if (codons > 0 && begins_with_start(r, (char)out->data[before]))
        out->data[before] = 'M';
    take_exceptions(r, out->data + before, out->length - before);
    if (stops && !is_read_on(r, codons - 1))
        out->length = before + codons - 1;
    return refuse_stop(r, out->data + before, out->length - before, err);
}

/* Types such as "tRNA"; messengers are translated. */
static bool is_translated(const bx_feature *feature)
{
    size_t length = strlen(feature->type);
    return length < 3 || strcmp(feature->type + length - 3, "RNA") != 0 ||
           strcmp(feature->type, "mRNA") == 0;
}

static int read_feature(const bx_genome *genome, const bx_feature *feature, const bx_buffer *dna,
                        bx_buffer *out, bx_error *err)
{
    const char *exceptions = bx_feature_attribute(feature, "transl_except");
    const bx_sequence *sequence = bx_genome_sequence(genome, feature->sequence);
    size_t skipped = feature->phase < dna->length ? feature->phase : dna->length;
    const reading r = {feature, feature->code ? feature->code : sequence->code,
                       (const char *)dna->data + skipped, dna->length - skipped,
                       exceptions ? exceptions : ""};
    size_t before = out->length;
    if (read_codons(&r, out, err) == 0)
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
    if (status == 0)
        status = read_feature(genome, feature, &dna, out, &why);
    bx_buffer_free(&dna);
    return status == 0 ? 0 : bx_fail(err, why.code, "\"%s\": %s", feature->id, why.message);
}

/* ---- what can be told of it ---- */

int bx_genome_check(const bx_genome *genome, const bx_feature *feature, bx_buffer *protein,
                    size_t *position, bx_error *err)
{
    const char *stated = bx_feature_attribute(feature, "translation");
    if (!stated || !bx_genome_sequence(genome, feature->sequence)->bases)
        return -1;
    *position = 0;
    bx_buffer_cut(protein, 0);
    err->message[0] = '\0';
    if (bx_genome_protein(genome, feature, protein, err) < 0)
        return 1;
    size_t length = strlen(stated), same = 0;
    length -= length > 0 && stated[length - 1] == '*'; /* some have the stop, too */
    while (same < length && same < protein->length && (char)protein->data[same] == stated[same])
        same++;
    *position = same + 1;
    return same < length || same < protein->length;
}

int bx_genome_count_codons(const bx_genome *genome, const bx_feature *feature, uint64_t counts[64],
                           bx_error *err)
{
    static const char letters[] = "TCAG";
    bx_buffer dna = {0};
    int status = bx_genome_feature_bases(genome, feature, &dna, err);
    for (size_t i = feature->phase; status == 0 && i + 3 <= dna.length; i += 3) {
        unsigned codon = 0;
        bool plain = true;
        for (size_t j = 0; j < 3; j++) {
            const char *letter = strchr(letters, dna.data[i + j]);
            plain &= letter != NULL;
            codon = codon << 2 | (unsigned)(letter ? letter - letters : 0);
        }
        counts[codon] += plain;
    }
    bx_buffer_free(&dna);
    return status;
}
