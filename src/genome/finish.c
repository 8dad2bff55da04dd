/* The last step of building: what only holds of the whole, and the indexes. */
#include "genome/model.h"

#include <stdlib.h>
#include <string.h>

/* ---- sequences ---- */

/* A length that nobody stated is how far the bases or, without these, the features reach. */
static void set_lengths(bx_genome *genome)
{
    for (size_t i = 0; i < genome->feature_count; i++) {
        const bx_feature *feature = genome->features[i];
        bx_strip *strip = &genome->strips[feature->sequence];
        for (size_t s = 0; s < feature->span_count; s++)
            if (feature->spans[s].end > strip->reach)
                strip->reach = feature->spans[s].end;
    }
    for (size_t i = 0; i < genome->strip_count; i++) {
        bx_strip *strip = &genome->strips[i];
        if (strip->sequence.length == 0)
            strip->sequence.length = strip->known ? strip->known : strip->reach;
    }
}

static int check_sequences(bx_genome *genome, bx_error *err)
{
    uint64_t total = 0;
    for (size_t i = 0; i < genome->strip_count; i++) {
        bx_strip *strip = &genome->strips[i];
        bx_sequence *sequence = &strip->sequence;
        if (sequence->length == 0)
            return bx_fail(err, BX_EGENOME, "\"%s\" has no bases", sequence->id);
        if (strip->known > 0 && sequence->length != strip->known)
            return bx_fail(err, BX_EGENOME, "\"%s\" has %zu bases, not %llu as stated",
                           sequence->id, strip->known, (unsigned long long)sequence->length);
        total += sequence->length;
        if (total > BX_GENOME_BASES)
            return bx_fail(err, BX_EGENOME, "the genome is longer than %llu bases",
                           (unsigned long long)BX_GENOME_BASES);
        char *bases = sequence->bases ? realloc(sequence->bases, strip->known + 1) : NULL;
        if (bases)
            sequence->bases = bases;
    }
    return 0;
}

/* ---- features ---- */

/* Where a feature begins and ends along the sequence, whatever its strand: spans that descend once
 * go across the origin of what is circular. Those on both strands have no direction. */
static void set_extent(bx_feature *feature, bool circular)
{
    size_t count = feature->span_count, descents = 0;
    uint64_t low = UINT64_MAX, high = 0, before = 0;
    for (size_t i = 0; i < count; i++) {
        bx_span span = feature->spans[feature->strand < 0 ? count - 1 - i : i];
        if (i == 0)
            feature->start = span.start;
        feature->end = span.end;
        descents += span.start < before;
        before = span.start;
        low = span.start < low ? span.start : low;
        high = span.end > high ? span.end : high;
    }
    if (descents == 0 || !circular || descents > 1 || feature->end >= feature->start ||
        bx_feature_is_mixed(feature)) {
        feature->start = low;
        feature->end = high;
    }
}

static int place_features(bx_genome *genome, bx_error *err)
{
    for (size_t i = 0; i < genome->feature_count; i++) {
        bx_feature *feature = genome->features[i];
        const bx_sequence *sequence = &genome->strips[feature->sequence].sequence;
        for (size_t s = 0; s < feature->span_count; s++)
            if (feature->spans[s].end > sequence->length)
                return bx_fail(err, BX_EGENOME,
                               "\"%s\": base %llu is outside \"%s\", which has %llu bases",
                               feature->id, (unsigned long long)feature->spans[s].end, sequence->id,
                               (unsigned long long)sequence->length);
        set_extent(feature, sequence->circular);
    }
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp((*(bx_feature *const *)a)->id, (*(bx_feature *const *)b)->id);
}

/* Of one name genes come first. */
static int compare_names(const void *a, const void *b)
{
    const bx_feature *x = *(bx_feature *const *)a, *y = *(bx_feature *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : bx_feature_is_gene(y) - bx_feature_is_gene(x);
}

static int compare_places(const void *a, const void *b)
{
    const bx_feature *x = *(bx_feature *const *)a, *y = *(bx_feature *const *)b;
    if (x->sequence != y->sequence)
        return x->sequence < y->sequence ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* ---- a gene and what it codes for ---- */

/* Both lists are in order; of a key that both have, the first's stays. */
static size_t join_attributes(bx_attribute *out, const bx_feature *a, const bx_feature *b)
{
    size_t i = 0, j = 0, count = 0;
    while (i < a->attribute_count || j < b->attribute_count) {
        int order = i == a->attribute_count   ? 1
                    : j == b->attribute_count ? -1
                                              : strcmp(a->attributes[i].key, b->attributes[j].key);
        if (order <= 0) {
            out[count++] = a->attributes[i++];
        } else {
            if (count == 0 || strcmp(out[count - 1].key, b->attributes[j].key) != 0)
                out[count++] = b->attributes[j];
            j++;
        }
        while (order == 0 && j < b->attribute_count &&
               strcmp(out[count - 1].key, b->attributes[j].key) == 0)
            j++;
    }
    return count;
}

/* What is coded for, with what the gene alone says. */
static bx_feature *join(const bx_feature *coded, const bx_feature *gene)
{
    bx_feature both = *coded;
    size_t most = coded->attribute_count + gene->attribute_count;
    both.attributes = malloc((most + 1) * sizeof *both.attributes);
    if (!both.attributes)
        return NULL;
    both.attribute_count = join_attributes(both.attributes, coded, gene);
    if (!both.name)
        both.name = gene->name;
    if (!both.product)
        both.product = gene->product;
    bx_feature *copy = bx_feature_copy(&both);
    free(both.attributes);
    return copy;
}

static int refuse_pair(const bx_genome *genome, const bx_feature *a, const bx_feature *b,
                       bx_error *err)
{
    return bx_fail(err, BX_EGENOME,
                   "two genes are called \"%s\": a %s at %llu of \"%s\" and a %s at "
                   "%llu of \"%s\"",
                   a->id, a->type, (unsigned long long)a->start,
                   genome->strips[a->sequence].sequence.id, b->type, (unsigned long long)b->start,
                   genome->strips[b->sequence].sequence.id);
}

/* genome->features are in the order of ids. */
static int join_genes(bx_genome *genome, bx_error *err)
{
    size_t kept = 0, count = genome->feature_count;
    bx_feature **features = genome->features;
    for (size_t i = 0; i < count; i++) {
        bx_feature *feature = features[i], *last = kept > 0 ? features[kept - 1] : NULL;
        if (!last || strcmp(last->id, feature->id) != 0) {
            features[i] = NULL;
            features[kept++] = feature;
            continue;
        }
        bool gene_first = strcmp(last->type, "gene") == 0;
        bool gene_last = strcmp(feature->type, "gene") == 0;
        if (gene_first == gene_last || last->sequence != feature->sequence)
            return refuse_pair(genome, last, feature, err);
        bx_feature *both = gene_first ? join(feature, last) : join(last, feature);
        if (!both)
            return bx_fail_memory(err);
        free(last);
        free(feature);
        features[i] = NULL;
        features[kept - 1] = both;
    }
    genome->feature_count = kept;
    return 0;
}

/* ---- indexes ---- */

static int make_indexes(bx_genome *genome, bx_error *err)
{
    size_t count = genome->feature_count, size = (count + 1) * sizeof *genome->by_id;
    genome->by_id = malloc(size);
    genome->by_name = malloc(size);
    if (!genome->by_id || !genome->by_name)
        return bx_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        genome->by_id[i] = genome->features[i];
        if (genome->features[i]->name)
            genome->by_name[genome->name_count++] = genome->features[i];
    }
    qsort(genome->by_name, genome->name_count, sizeof *genome->by_name, compare_names);
    return 0;
}

int bx_genome_finish(bx_genome *genome, bx_error *err)
{
    if (genome->finished)
        return bx_fail(err, BX_EGENOME, "the genome is finished");
    if (genome->strip_count == 0)
        return bx_fail(err, BX_EGENOME, "the genome has no sequences");
    set_lengths(genome);
    if (check_sequences(genome, err) < 0 || place_features(genome, err) < 0)
        return -1;
    if (genome->feature_count > 0)
        qsort(genome->features, genome->feature_count, sizeof *genome->features, compare_ids);
    if (join_genes(genome, err) < 0 || make_indexes(genome, err) < 0)
        return -1;
    if (genome->feature_count > 0)
        qsort(genome->features, genome->feature_count, sizeof *genome->features, compare_places);
    genome->finished = true;
    return 0;
}

/* ---- finding ---- */

/* The first of the list that is not before `key` by its id or its name. */
static size_t lower_bound(bx_feature *const *list, size_t count, bool names, const char *key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names ? list[middle]->name : list[middle]->id, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const bx_feature *bx_genome_find(const bx_genome *genome, const char *id)
{
    if (!genome->finished)
        return NULL;
    size_t at = lower_bound(genome->by_id, genome->feature_count, false, id);
    if (at < genome->feature_count && strcmp(genome->by_id[at]->id, id) == 0)
        return genome->by_id[at];
    at = lower_bound(genome->by_name, genome->name_count, true, id);
    bx_feature *const *named = genome->by_name + at;
    size_t left = genome->name_count - at;
    if (left == 0 || strcmp(named[0]->name, id) != 0)
        return NULL;
    bool again = left > 1 && strcmp(named[1]->name, id) == 0 &&
                 bx_feature_is_gene(named[0]) == bx_feature_is_gene(named[1]);
    return again ? NULL : named[0];
}
