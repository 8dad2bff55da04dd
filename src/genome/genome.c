/* The model and how it is built. The tree of sequence ids is a red-black tree and all else is
 * sorted by merging, so that no choice of ids makes building slow. */
#include "genome/genome.h"

#include "core/array.h"
#include "genome/model.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* What the tree holds: the head of the block of a sequence's texts. */
typedef struct label {
    const char *id;
    size_t index;
    char texts[];
} label;

static int compare_labels(const void *a, const void *b)
{
    return strcmp(((const label *)a)->id, ((const label *)b)->id);
}

bx_genome *bx_genome_new(bx_error *err)
{
    bx_genome *genome = calloc(1, sizeof *genome);
    if (!genome)
        bx_fail_memory(err);
    return genome;
}

void bx_genome_free(bx_genome *genome)
{
    if (!genome)
        return;
    tdestroy(genome->strips_by_id, free);
    for (size_t i = 0; i < genome->strip_count; i++)
        free(genome->strips[i].sequence.bases);
    free(genome->strips);
    for (size_t i = 0; i < genome->feature_count; i++)
        free(genome->features[i]);
    free(genome->features);
    bx_warnings_free(&genome->warnings);
    free(genome->by_id);
    free(genome->by_name);
    free(genome);
}

/* ---- checks ---- */

static bool is_plain(const char *text, bool spaces)
{
    for (; *text; text++)
        if ((unsigned char)*text < (spaces ? 0x20 : 0x21) || *text == 0x7f)
            return false;
    return true;
}

/* `what` is "a feature's id" and the like. */
static int check_name(const char *name, bool spaces, const char *what, bx_error *err)
{
    if (!name || !*name)
        return bx_fail(err, BX_EGENOME, "%s is missing", what);
    if (strnlen(name, BX_GENOME_ID_LENGTH + 1) > BX_GENOME_ID_LENGTH)
        return bx_fail(err, BX_EGENOME, "%s, \"%.40s...\", is longer than %d bytes", what, name,
                       BX_GENOME_ID_LENGTH);
    if (!is_plain(name, spaces))
        return bx_fail(err, BX_EGENOME, "%s holds a %scontrol character", what,
                       spaces ? "" : "space or a ");
    return 0;
}

static int check_text(const char *text, const char *what, const char *id, bx_error *err)
{
    if (text && strnlen(text, BX_GENOME_TEXT_LENGTH + 1) > BX_GENOME_TEXT_LENGTH)
        return bx_fail(err, BX_EGENOME, "\"%s\": the %s is longer than %d bytes", id, what,
                       BX_GENOME_TEXT_LENGTH);
    return 0;
}

static int check_code(int code, const char *id, bx_error *err)
{
    if (code != 0 && !bx_genome_has_code(code))
        return bx_fail(err, BX_EGENOME, "\"%s\": there is no genetic code %d", id, code);
    return 0;
}

static int check_open(const bx_genome *genome, bx_error *err)
{
    return genome->finished ? bx_fail(err, BX_EGENOME, "the genome is finished") : 0;
}

/* ---- texts ---- */

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Copy to *at and move that on. Nothing for NULL. */
static char *keep(char **at, const char *text)
{
    size_t size = size_of(text);
    char *to = *at;
    if (size == 0)
        return NULL;
    memcpy(to, text, size);
    *at += size;
    return to;
}

static const char *unless_empty(const char *text)
{
    return text && *text ? text : NULL;
}

/* ---- sequences ---- */

static int check_sequence(const bx_genome *genome, const bx_sequence *sequence, bx_error *err)
{
    if (check_open(genome, err) < 0 ||
        check_name(sequence->id, false, "the id of a sequence", err) < 0 ||
        check_text(sequence->description, "description", sequence->id, err) < 0 ||
        check_code(sequence->code, sequence->id, err) < 0)
        return -1;
    if (sequence->length > BX_GENOME_BASES)
        return bx_fail(err, BX_EGENOME, "\"%s\" is longer than %llu bases", sequence->id,
                       (unsigned long long)BX_GENOME_BASES);
    if (bx_genome_find_sequence(genome, sequence->id) >= 0)
        return bx_fail(err, BX_EGENOME, "there are two sequences \"%s\"", sequence->id);
    if (genome->strip_count == BX_GENOME_SEQUENCES)
        return bx_fail(err, BX_EGENOME, "there are more than %d sequences", BX_GENOME_SEQUENCES);
    return 0;
}

int bx_genome_add_sequence(bx_genome *genome, const bx_sequence *sequence, size_t *index,
                           bx_error *err)
{
    if (check_sequence(genome, sequence, err) < 0)
        return -1;
    bx_strip *strips =
        bx_array_grow(genome->strips, genome->strip_count, &genome->strip_capacity, sizeof *strips);
    if (!strips)
        return bx_fail_memory(err);
    genome->strips = strips;
    const char *description = unless_empty(sequence->description);
    label *block = malloc(sizeof *block + size_of(sequence->id) + size_of(description));
    if (!block)
        return bx_fail_memory(err);
    char *at = block->texts;
    bx_strip strip = {.sequence = *sequence};
    strip.sequence.bases = NULL;
    strip.sequence.id = keep(&at, sequence->id);
    strip.sequence.description = keep(&at, description);
    block->id = strip.sequence.id;
    block->index = genome->strip_count;
    if (!tsearch(block, &genome->strips_by_id, compare_labels)) {
        free(block);
        return bx_fail_memory(err);
    }
    genome->strips[genome->strip_count] = strip;
    if (index)
        *index = genome->strip_count;
    genome->strip_count++;
    return 0;
}

static int reserve_bases(bx_strip *strip, size_t more)
{
    size_t needed = strip->known + more + 1;
    if (needed <= strip->capacity)
        return 0;
    size_t capacity = strip->capacity * 2 > needed ? strip->capacity * 2 : needed;
    char *bases = realloc(strip->sequence.bases, capacity);
    if (!bases)
        return -1;
    strip->sequence.bases = bases;
    strip->capacity = capacity;
    return 0;
}

static int refuse_base(const bx_strip *strip, const char *bases, size_t at, bx_error *err)
{
    unsigned char byte = (unsigned char)bases[at];
    unsigned long long number = strip->known + at + 1;
    if (byte > 0x20 && byte < 0x7f)
        return bx_fail(err, BX_EGENOME,
                       "\"%s\": base %llu is \"%c\", which is no letter of IUPAC's",
                       strip->sequence.id, number, byte);
    return bx_fail(err, BX_EGENOME, "\"%s\": base %llu is byte %d, which is no letter of IUPAC's",
                   strip->sequence.id, number, byte);
}

int bx_genome_add_bases(bx_genome *genome, size_t sequence, const char *bases, size_t count,
                        bx_error *err)
{
    if (check_open(genome, err) < 0)
        return -1;
    if (sequence >= genome->strip_count)
        return bx_fail(err, BX_EGENOME, "there is no sequence %zu", sequence);
    if (count > BX_GENOME_BASES - genome->known)
        return bx_fail(err, BX_EGENOME, "the genome is longer than %llu bases",
                       (unsigned long long)BX_GENOME_BASES);
    bx_strip *strip = &genome->strips[sequence];
    if (count == 0)
        return 0;
    if (reserve_bases(strip, count) < 0)
        return bx_fail_memory(err);
    char *to = strip->sequence.bases + strip->known;
    for (size_t i = 0; i < count; i++) {
        to[i] = bx_base_letter[(unsigned char)bases[i]];
        if (!to[i])
            return refuse_base(strip, bases, i, err);
    }
    to[count] = '\0';
    strip->known += count;
    genome->known += count;
    return 0;
}

/* ---- features ---- */

static int compare_attributes(const void *a, const void *b)
{
    return strcmp(((const bx_attribute *)a)->key, ((const bx_attribute *)b)->key);
}

bx_feature *bx_feature_copy(const bx_feature *feature)
{
    const char *name = unless_empty(feature->name), *product = unless_empty(feature->product);
    size_t spans = feature->span_count * sizeof *feature->spans,
           attributes = feature->attribute_count * sizeof *feature->attributes,
           texts = size_of(feature->id) + size_of(name) + size_of(feature->type) + size_of(product);
    for (size_t i = 0; i < feature->attribute_count; i++)
        texts += size_of(feature->attributes[i].key) + size_of(feature->attributes[i].value);
    bx_feature *copy = malloc(sizeof *copy + spans + attributes + texts);
    if (!copy)
        return NULL;
    *copy = *feature;
    copy->spans = (bx_span *)(copy + 1);
    copy->attributes = (bx_attribute *)((char *)copy->spans + spans);
    char *at = (char *)copy->attributes + attributes;
    memcpy(copy->spans, feature->spans, spans);
    copy->id = keep(&at, feature->id);
    copy->name = keep(&at, name);
    copy->type = keep(&at, feature->type);
    copy->product = keep(&at, product);
    copy->attribute_count = 0;
    for (size_t i = 0; i < feature->attribute_count; i++) {
        const bx_attribute *attribute = &feature->attributes[i];
        if (*attribute->value) /* without text it is none, and GFF3 has no way to say it */
            copy->attributes[copy->attribute_count++] =
                (bx_attribute){keep(&at, attribute->key), keep(&at, attribute->value)};
    }
    qsort(copy->attributes, copy->attribute_count, sizeof *copy->attributes, compare_attributes);
    return copy;
}

static int check_spans(const bx_feature *feature, bx_error *err)
{
    if (feature->span_count == 0 || feature->span_count > BX_GENOME_SPANS)
        return bx_fail(err, BX_EGENOME, "\"%s\" has %zu spans, not 1 to %d", feature->id,
                       feature->span_count, BX_GENOME_SPANS);
    for (size_t i = 0; i < feature->span_count; i++) {
        bx_span span = feature->spans[i];
        if (span.start < 1 || span.start > span.end || span.end > BX_GENOME_BASES)
            return bx_fail(err, BX_EGENOME, "\"%s\": no bases lie from %llu to %llu", feature->id,
                           (unsigned long long)span.start, (unsigned long long)span.end);
    }
    return 0;
}

int8_t bx_feature_strand(const bx_feature *feature, size_t span)
{
    return feature->spans[span].turned ? (int8_t)-feature->strand : feature->strand;
}

bool bx_feature_is_mixed(const bx_feature *feature)
{
    for (size_t i = 0; i < feature->span_count; i++)
        if (feature->spans[i].turned)
            return true;
    return false;
}

static int check_feature(const bx_genome *genome, const bx_feature *feature, bx_error *err)
{
    if (check_name(feature->id, true, "the id of a gene", err) < 0 ||
        (unless_empty(feature->name) &&
         check_name(feature->name, true, "a gene's name", err) < 0) ||
        check_name(feature->type, true, "the type of a gene", err) < 0 ||
        check_text(feature->product, "product", feature->id, err) < 0 ||
        check_code(feature->code, feature->id, err) < 0 || check_spans(feature, err) < 0)
        return -1;
    if (feature->sequence >= genome->strip_count)
        return bx_fail(err, BX_EGENOME, "\"%s\" is on a sequence that is not there", feature->id);
    if (feature->spans[0].turned || (feature->strand == 0 && bx_feature_is_mixed(feature)))
        return bx_fail(err, BX_EGENOME, "\"%s\": the strand of its first span was expected",
                       feature->id);
    if (feature->strand < -1 || feature->strand > 1 || feature->phase > 2 ||
        feature->missing > (BX_MISSING_5 | BX_MISSING_3))
        return bx_fail(err, BX_EGENOME, "\"%s\": strand %d and phase %d are out of range",
                       feature->id, feature->strand, feature->phase);
    if (feature->attribute_count > BX_GENOME_ATTRIBUTES)
        return bx_fail(err, BX_EGENOME, "\"%s\" has more than %d attributes", feature->id,
                       BX_GENOME_ATTRIBUTES);
    for (size_t i = 0; i < feature->attribute_count; i++) {
        const bx_attribute *attribute = &feature->attributes[i];
        if (check_name(attribute->key, true, "an attribute's key", err) < 0 ||
            check_text(attribute->value, attribute->key, feature->id, err) < 0)
            return -1;
        if (!attribute->value)
            return bx_fail(err, BX_EGENOME, "\"%s\": %s has no value", feature->id, attribute->key);
    }
    return 0;
}

int bx_genome_add_feature(bx_genome *genome, const bx_feature *feature, bx_error *err)
{
    if (check_open(genome, err) < 0 || check_feature(genome, feature, err) < 0)
        return -1;
    if (genome->feature_count == BX_GENOME_FEATURES)
        return bx_fail(err, BX_EGENOME, "there are more than %d genes", BX_GENOME_FEATURES);
    bx_feature **features = bx_array_grow(genome->features, genome->feature_count,
                                          &genome->feature_capacity, sizeof *features);
    if (!features)
        return bx_fail_memory(err);
    genome->features = features;
    bx_feature *copy = bx_feature_copy(feature);
    if (!copy)
        return bx_fail_memory(err);
    genome->features[genome->feature_count++] = copy;
    return 0;
}

/* ---- what is there ---- */

size_t bx_genome_sequences(const bx_genome *genome)
{
    return genome->strip_count;
}

const bx_sequence *bx_genome_sequence(const bx_genome *genome, size_t index)
{
    return &genome->strips[index].sequence;
}

size_t bx_genome_features(const bx_genome *genome)
{
    return genome->feature_count;
}

const bx_feature *bx_genome_feature(const bx_genome *genome, size_t index)
{
    return genome->features[index];
}

const bx_warnings *bx_genome_warnings(const bx_genome *genome)
{
    return &genome->warnings;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

bool bx_feature_is_gene(const bx_feature *feature)
{
    static const char *const ends[] = {"gene", "RNA", "transcript", "CDS", "gene_segment"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(feature->type, ends[i]))
            return true;
    return false;
}

size_t bx_genome_genes(const bx_genome *genome)
{
    size_t count = 0;
    for (size_t i = 0; i < genome->feature_count; i++)
        count += bx_feature_is_gene(genome->features[i]);
    return count;
}

const char *bx_feature_attribute(const bx_feature *feature, const char *key)
{
    for (size_t i = 0; i < feature->attribute_count; i++)
        if (strcmp(feature->attributes[i].key, key) == 0)
            return feature->attributes[i].value;
    return NULL;
}

ptrdiff_t bx_genome_find_sequence(const bx_genome *genome, const char *id)
{
    const label wanted = {.id = id};
    void *found = tfind(&wanted, &genome->strips_by_id, compare_labels);
    return found ? (ptrdiff_t)(*(label **)found)->index : -1;
}

uint64_t bx_genome_length(const bx_genome *genome)
{
    uint64_t length = 0;
    for (size_t i = 0; i < genome->strip_count; i++)
        length += genome->strips[i].sequence.length;
    return length;
}

uint64_t bx_feature_length(const bx_feature *feature)
{
    uint64_t length = 0;
    for (size_t i = 0; i < feature->span_count; i++)
        length += feature->spans[i].end - feature->spans[i].start + 1;
    return length;
}
