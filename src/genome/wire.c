/* Layout: "BXG1"; numbers as LEB128 in the shortest form, texts with a zero byte at their end, ""
 * for none. The sequences: their number, and of each id, description, length, circular, code, the
 * number of known bases and these. The features: their number, and of each id, name, type, product,
 * sequence, strand + 1, code, phase, missing; the number of spans, with start, end and turned of
 * each; the number of attributes, with key and value of each. */
#include "genome/genome.h"
#include "wire/packing.h"

#include <stdlib.h>
#include <string.h>

static const char magic[4] = {'B', 'X', 'G', '1'};

/* ---- encoding ---- */

static void put_text(bx_buffer *out, const char *text)
{
    bx_buffer_append(out, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void put_sequence(bx_buffer *out, const bx_sequence *sequence)
{
    uint64_t known = sequence->bases ? sequence->length : 0;
    put_text(out, sequence->id);
    put_text(out, sequence->description);
    bx_pack_count(out, sequence->length);
    bx_pack_count(out, sequence->circular);
    bx_pack_count(out, sequence->code);
    bx_pack_count(out, known);
    bx_buffer_append(out, sequence->bases, known);
}

static void put_feature(bx_buffer *out, const bx_feature *feature)
{
    put_text(out, feature->id);
    put_text(out, feature->name);
    put_text(out, feature->type);
    put_text(out, feature->product);
    bx_pack_count(out, feature->sequence);
    bx_pack_count(out, (uint64_t)(feature->strand + 1));
    bx_pack_count(out, feature->code);
    bx_pack_count(out, feature->phase);
    bx_pack_count(out, feature->missing);
    bx_pack_count(out, feature->span_count);
    for (size_t i = 0; i < feature->span_count; i++) {
        bx_pack_count(out, feature->spans[i].start);
        bx_pack_count(out, feature->spans[i].end);
        bx_pack_count(out, feature->spans[i].turned);
    }
    bx_pack_count(out, feature->attribute_count);
    for (size_t i = 0; i < feature->attribute_count; i++) {
        put_text(out, feature->attributes[i].key);
        put_text(out, feature->attributes[i].value);
    }
}

static void put_genome(bx_buffer *out, const bx_genome *genome)
{
    bx_buffer_append(out, magic, sizeof magic);
    bx_pack_count(out, bx_genome_sequences(genome));
    for (size_t i = 0; i < bx_genome_sequences(genome); i++)
        put_sequence(out, bx_genome_sequence(genome, i));
    bx_pack_count(out, bx_genome_features(genome));
    for (size_t i = 0; i < bx_genome_features(genome); i++)
        put_feature(out, bx_genome_feature(genome, i));
}

uint64_t bx_genome_cost(const bx_genome *genome)
{
    uint64_t parts = 0, features = bx_genome_features(genome);
    for (size_t i = 0; i < features; i++) {
        const bx_feature *feature = bx_genome_feature(genome, i);
        parts += feature->span_count + feature->attribute_count;
    }
    return bx_genome_sequences(genome) * (uint64_t)BX_COST_SEQUENCE + features * BX_COST_GENE +
           parts * BX_COST_PART;
}

int bx_genome_encode(const bx_genome *genome, bx_buffer *out, bx_error *err)
{
    size_t length = out->length;
    put_genome(out, genome);
    if (!out->failed && bx_genome_cost(genome) > bx_budget_of(out->length - length).memory) {
        bx_buffer_cut(out, length);
        return bx_fail(err, BX_ERESULT, "the genome has too many sequences or genes to travel");
    }
    if (bx_buffer_finish(out, length) == 0)
        return 0;
    return out->limit
               ? bx_fail(err, BX_ERESULT, "the genome is too large to travel, or memory short")
               : bx_fail_memory(err);
}

/* ---- decoding ---- */

typedef struct input {
    const uint8_t *next;
    size_t left;
    bx_budget *budget;
    bx_error *err;
    bx_span *spans;
    bx_attribute *attributes;
} input;

static int refuse(const input *in, const char *why)
{
    return bx_fail(in->err, BX_EPROTOCOL, "genome: %s", why);
}

static int get_number(input *in, uint64_t most, uint64_t *value)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 9 && i < in->left; i++) {
        uint8_t byte = in->next[i];
        sum |= (uint64_t)(byte & 127) << (7 * i);
        if (byte & 128)
            continue;
        if (sum > most || (i > 0 && byte == 0))
            break;
        *value = sum;
        in->next += i + 1;
        in->left -= i + 1;
        return 0;
    }
    return refuse(in, "a number that is cut short, too large, or in a wrong form");
}

static int get_count(input *in, uint64_t most, size_t *count)
{
    uint64_t value;
    if (get_number(in, most, &value) < 0)
        return -1;
    *count = (size_t)value;
    return 0;
}

static int get_byte(input *in, uint64_t most, uint8_t *byte)
{
    uint64_t value;
    if (get_number(in, most, &value) < 0)
        return -1;
    *byte = (uint8_t)value;
    return 0;
}

/* The text stays where it is, to be copied by what it is added to. */
static int get_text(input *in, size_t most, char **text)
{
    const uint8_t *end = memchr(in->next, 0, in->left <= most ? in->left : most + 1);
    if (!end)
        return refuse(in, "a text that is cut short or too long");
    *text = (char *)in->next;
    in->left -= (size_t)(end + 1 - in->next);
    in->next = end + 1;
    return 0;
}

static int get_sequence(input *in, bx_genome *genome)
{
    bx_sequence sequence = {0};
    size_t known, index;
    uint8_t circular;
    if (get_text(in, BX_GENOME_ID_LENGTH, &sequence.id) < 0 ||
        get_text(in, BX_GENOME_TEXT_LENGTH, &sequence.description) < 0 ||
        get_number(in, BX_GENOME_BASES, &sequence.length) < 0 || get_byte(in, 1, &circular) < 0 ||
        get_byte(in, UINT8_MAX, &sequence.code) < 0 || get_count(in, BX_GENOME_BASES, &known) < 0)
        return -1;
    if (known > in->left)
        return refuse(in, "fewer bases than stated");
    sequence.circular = circular;
    if (bx_genome_add_sequence(genome, &sequence, &index, in->err) < 0 ||
        bx_genome_add_bases(genome, index, (const char *)in->next, known, in->err) < 0)
        return -1;
    in->next += known;
    in->left -= known;
    return 0;
}

static int get_spans(input *in, bx_feature *feature)
{
    feature->spans = in->spans;
    if (get_count(in, BX_GENOME_SPANS, &feature->span_count) < 0)
        return -1;
    for (size_t i = 0; i < feature->span_count; i++) {
        uint8_t turned;
        if (get_number(in, BX_GENOME_BASES, &in->spans[i].start) < 0 ||
            get_number(in, BX_GENOME_BASES, &in->spans[i].end) < 0 || get_byte(in, 1, &turned) < 0)
            return -1;
        in->spans[i].turned = turned == 1;
    }
    return 0;
}

static int get_attributes(input *in, bx_feature *feature)
{
    feature->attributes = in->attributes;
    if (get_count(in, BX_GENOME_ATTRIBUTES, &feature->attribute_count) < 0)
        return -1;
    for (size_t i = 0; i < feature->attribute_count; i++)
        if (get_text(in, BX_GENOME_ID_LENGTH, &in->attributes[i].key) < 0 ||
            get_text(in, BX_GENOME_TEXT_LENGTH, &in->attributes[i].value) < 0)
            return -1;
    return 0;
}

static int get_feature(input *in, bx_genome *genome)
{
    bx_feature feature = {0};
    uint8_t strand;
    if (get_text(in, BX_GENOME_ID_LENGTH, &feature.id) < 0 ||
        get_text(in, BX_GENOME_ID_LENGTH, &feature.name) < 0 ||
        get_text(in, BX_GENOME_ID_LENGTH, &feature.type) < 0 ||
        get_text(in, BX_GENOME_TEXT_LENGTH, &feature.product) < 0 ||
        get_count(in, BX_GENOME_SEQUENCES, &feature.sequence) < 0 || get_byte(in, 2, &strand) < 0 ||
        get_byte(in, UINT8_MAX, &feature.code) < 0 || get_byte(in, 2, &feature.phase) < 0 ||
        get_byte(in, 3, &feature.missing) < 0 || get_spans(in, &feature) < 0 ||
        get_attributes(in, &feature) < 0)
        return -1;
    if (bx_budget_spend(in->budget, feature.span_count + feature.attribute_count, BX_COST_PART,
                        "genome", in->err) < 0)
        return -1;
    feature.strand = (int8_t)(strand - 1);
    return bx_genome_add_feature(genome, &feature, in->err);
}

static int get_genome(input *in, bx_genome *genome)
{
    size_t count;
    if (get_count(in, BX_GENOME_SEQUENCES, &count) < 0 ||
        bx_budget_spend(in->budget, count, BX_COST_SEQUENCE, "genome", in->err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (get_sequence(in, genome) < 0)
            return -1;
    if (get_count(in, BX_GENOME_FEATURES, &count) < 0 ||
        bx_budget_spend(in->budget, count, BX_COST_GENE, "genome", in->err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (get_feature(in, genome) < 0)
            return -1;
    if (in->left > 0)
        return refuse(in, "bytes behind its end");
    return bx_genome_finish(genome, in->err);
}

bx_genome *bx_genome_decode(const uint8_t *bytes, size_t length, bx_budget *budget, bx_error *err)
{
    bx_error why = {0};
    input in = {.budget = budget, .err = &why};
    if (length < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0) {
        bx_fail(err, BX_EPROTOCOL, "genome: not one, or cut short");
        return NULL;
    }
    in.next = bytes + sizeof magic;
    in.left = length - sizeof magic;
    in.spans = malloc(BX_GENOME_SPANS * sizeof *in.spans);
    in.attributes = malloc(BX_GENOME_ATTRIBUTES * sizeof *in.attributes);
    bx_genome *genome = in.spans && in.attributes ? bx_genome_new(&why) : NULL;
    if (!genome)
        bx_fail_memory(&why);
    if (genome && get_genome(&in, genome) < 0) {
        bx_genome_free(genome);
        genome = NULL;
    }
    free(in.spans);
    free(in.attributes);
    if (!genome && why.code == BX_EGENOME)
        bx_fail(err, BX_EPROTOCOL, "genome: %s", why.message);
    else if (!genome && err)
        *err = why;
    return genome;
}
