/* Letters of bases (IUPAC), and runs of them. */
#include "genome/model.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define BOTH(upper, lower, letter) [upper] = (letter), [lower] = (letter)

const char bx_base_letter[256] = {
    BOTH('A', 'a', 'A'), BOTH('C', 'c', 'C'), BOTH('G', 'g', 'G'), BOTH('T', 't', 'T'),
    BOTH('U', 'u', 'T'), BOTH('R', 'r', 'R'), BOTH('Y', 'y', 'Y'), BOTH('S', 's', 'S'),
    BOTH('W', 'w', 'W'), BOTH('K', 'k', 'K'), BOTH('M', 'm', 'M'), BOTH('B', 'b', 'B'),
    BOTH('D', 'd', 'D'), BOTH('H', 'h', 'H'), BOTH('V', 'v', 'V'), BOTH('N', 'n', 'N'),
};

static const char complement[256] = {
    ['A'] = 'T', ['C'] = 'G', ['G'] = 'C', ['T'] = 'A', ['R'] = 'Y',
    ['Y'] = 'R', ['S'] = 'S', ['W'] = 'W', ['K'] = 'M', ['M'] = 'K',
    ['B'] = 'V', ['V'] = 'B', ['D'] = 'H', ['H'] = 'D', ['N'] = 'N',
};

/* start <= end, both within. */
static int append_run(const bx_sequence *sequence, uint64_t start, uint64_t end, int strand,
                      bx_buffer *out, bx_error *err)
{
    size_t count = (size_t)(end - start + 1);
    const char *bases = sequence->bases + start - 1;
    if (bx_buffer_reserve(out, count) < 0)
        return bx_fail_memory(err);
    uint8_t *to = out->data + out->length;
    if (strand >= 0)
        memcpy(to, bases, count);
    for (size_t i = 0; strand < 0 && i < count; i++)
        to[i] = (uint8_t)complement[(unsigned char)bases[count - 1 - i]];
    out->length += count;
    return 0;
}

static int need_bases(const bx_sequence *sequence, bx_error *err)
{
    if (!sequence->bases)
        return bx_fail(err, BX_EGENOME, "the bases of \"%s\" are not known", sequence->id);
    return 0;
}

int bx_genome_region(const bx_genome *genome, size_t index, uint64_t start, uint64_t end,
                     int strand, bx_buffer *out, bx_error *err)
{
    if (index >= genome->strip_count)
        return bx_fail(err, BX_EGENOME, "there is no sequence %zu", index);
    const bx_sequence *sequence = &genome->strips[index].sequence;
    uint64_t length = sequence->length;
    if (start < 1 || start > length || end < 1 || end > length)
        return bx_fail(err, BX_EGENOME, "bases %lld to %lld: \"%s\" has bases 1 to %llu",
                       (long long)start, (long long)end, sequence->id, (unsigned long long)length);
    if (start > end && !sequence->circular)
        return bx_fail(err, BX_EGENOME, "bases %llu to %llu: \"%s\" is not circular",
                       (unsigned long long)start, (unsigned long long)end, sequence->id);
    if (need_bases(sequence, err) < 0)
        return -1;
    if (start <= end)
        return append_run(sequence, start, end, strand, out, err);
    size_t before = out->length;
    bx_span first = {start, length}, second = {1, end};
    bx_span a = strand < 0 ? second : first, b = strand < 0 ? first : second;
    if (append_run(sequence, a.start, a.end, strand, out, err) == 0 &&
        append_run(sequence, b.start, b.end, strand, out, err) == 0)
        return 0;
    out->length = before;
    return -1;
}

int bx_genome_feature_bases(const bx_genome *genome, const bx_feature *feature, bx_buffer *out,
                            bx_error *err)
{
    const bx_sequence *sequence = &genome->strips[feature->sequence].sequence;
    size_t before = out->length;
    if (need_bases(sequence, err) < 0)
        return -1;
    for (size_t i = 0; i < feature->span_count; i++)
        if (append_run(sequence, feature->spans[i].start, feature->spans[i].end,
                       bx_feature_strand(feature, i), out, err) < 0) {
            out->length = before;
            return -1;
        }
    return 0;
}

double bx_genome_gc(const char *bases, size_t count)
{
    size_t counts[256] = {0};
    for (size_t i = 0; i < count; i++)
        counts[(unsigned char)bases[i]]++;
    double gc = (double)(counts['G'] + counts['C']), at = (double)(counts['A'] + counts['T']);
    return gc + at > 0 ? gc / (gc + at) : NAN;
}
