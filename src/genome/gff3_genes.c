/* From the features of GFF3 to genes: gene, transcript and coding sequence, tied by Parent, get the
 * id of the gene, so that the draft makes one of them. */
#include "genome/gff3.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 16 };

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

const char *bx_gff3_type(const char *type, bool *pseudo)
{
    *pseudo = strncmp(type, "pseudogen", strlen("pseudogen")) == 0;
    if (strcmp(type, "gene") == 0 || strcmp(type, "pseudogene") == 0 || ends_with(type, "_gene"))
        return "gene";
    if (*pseudo || strcmp(type, "transcript") == 0 || strcmp(type, "primary_transcript") == 0)
        return "transcript";
    return strcmp(type, "CDS") == 0 || ends_with(type, "RNA") ? type : NULL;
}

/* ---- the id ---- */

static const char *without_prefix(const char *id)
{
    if (strncmp(id, "gene-", 5) == 0 || strncmp(id, "gene:", 5) == 0)
        return id[5] ? id + 5 : id;
    return id;
}

/* The locus tag of the node or the nearest above it that has one, else the uppermost's ID. */
static int find_id(const bx_gff3 *gff3, bx_gff3_node *node, bx_error *err)
{
    bool pseudo;
    const bx_gff3_node *top = node;
    for (int depth = 0; top->parent && !top->found->tagged; depth++) {
        const bx_gff3_node *parent = bx_gff3_find(gff3, top->parent);
        if (!parent || !bx_gff3_type(parent->found->feature.type, &pseudo))
            break;
        if (depth == DEEPEST)
            return bx_lines_fail(gff3->draft->lines, node->found->line, err,
                                 "its parents are in a circle, or more than %d", DEEPEST);
        top = parent;
    }
    bx_found *found = node->found;
    const char *id = top->found->tagged                  ? top->found->feature.id
                     : top->id && !strchr(top->id, '\t') ? without_prefix(top->id)
                     : top->parent                       ? without_prefix(top->parent)
                                                         : found->feature.name;
    if (!id || (top == node && found->tagged))
        return 0;
    if (top != node && strcmp(found->feature.type, "gene") == 0 && /* "pseudogene" of a gene */
        bx_found_text(&found->feature.type, "transcript", strlen("transcript"), err) < 0)
        return -1;
    found->tagged = true;
    return bx_found_text(&found->feature.id, id, strlen(id), err);
}

/* NCBI names a gene that has no symbol by its locus tag, and a coding sequence by its protein. */
static void drop_name(bx_gff3_node *node)
{
    bx_feature *feature = &node->found->feature;
    const char *protein = bx_feature_attribute(feature, "protein_id");
    if (!feature->name)
        return;
    bool is_tag = feature->id && strcmp(feature->name, feature->id) == 0 && node->id &&
                  strcmp(feature->name, node->id) != 0;
    if (is_tag || (protein && strcmp(feature->name, protein) == 0)) {
        free(feature->name);
        feature->name = NULL;
    }
}

/* ---- the spans, in the direction of transcription ---- */

static int by_start(const void *a, const void *b)
{
    const bx_gff3_part *x = a, *y = b;
    return x->span.start < y->span.start ? -1 : x->span.start > y->span.start;
}

static void reverse(bx_gff3_part *parts, size_t count)
{
    for (size_t i = 0; i + 1 < count - i; i++) {
        bx_gff3_part swap = parts[i];
        parts[i] = parts[count - 1 - i];
        parts[count - 1 - i] = swap;
    }
}

/* 1: each starts after the one before; -1: before it; 0: neither. */
static int order_of(const bx_gff3_part *parts, size_t count)
{
    bool up = true, down = true;
    for (size_t i = 1; i < count; i++) {
        up &= parts[i].span.start > parts[i - 1].span.start;
        down &= parts[i].span.start < parts[i - 1].span.start;
    }
    return up ? 1 : down ? -1 : 0;
}

/* Parts, ascending, that touch both ends of a circular sequence go across its origin: what comes
 * first there is what follows the widest gap. */
static void turn(bx_gff3_part *parts, size_t count)
{
    size_t first = 1;
    uint64_t widest = 0;
    for (size_t i = 1; i < count; i++) {
        uint64_t gap = parts[i].span.start - parts[i - 1].span.start;
        if (gap > widest) {
            widest = gap;
            first = i;
        }
    }
    reverse(parts, first);
    reverse(parts + first, count - first);
    reverse(parts, count);
}

/* Files list parts upwards, or in the direction of transcription; where it is neither, as in genes
 * that are put together from afar, it can only be the latter. */
static void sort_parts(bx_gff3_node *node, const bx_strip *strip)
{
    bx_gff3_part *parts = node->parts;
    size_t count = node->part_count;
    uint64_t length = strip->sequence.length ? strip->sequence.length : strip->known;
    bool circular = strip->sequence.circular;
    bool minus = node->found->feature.strand < 0;
    int order = order_of(parts, count);
    if (count < 2 || order == 0 || (order < 0 && circular && !minus))
        return;
    qsort(parts, count, sizeof *parts, by_start);
    if (circular && parts[0].span.start == 1 && parts[count - 1].span.end == length)
        turn(parts, count);
    if (minus)
        reverse(parts, count);
}

static int set_spans(bx_gff3_node *node, const bx_strip *strip, bx_error *err)
{
    sort_parts(node, strip);
    node->found->feature.phase = node->parts[0].phase;
    for (size_t i = 0; i < node->part_count; i++)
        if (bx_found_add_span(node->found, node->parts[i].span, err) < 0)
            return -1;
    return 0;
}

int bx_gff3_genes(bx_gff3 *gff3, bx_error *err)
{
    bx_draft *draft = gff3->draft;
    for (size_t i = 0; i < gff3->node_count; i++) {
        bx_gff3_node *node = gff3->nodes[i];
        const bx_strip *strip = &draft->genome->strips[node->found->feature.sequence];
        if (find_id(gff3, node, err) < 0)
            return -1;
        drop_name(node);
        if (set_spans(node, strip, err) < 0)
            return bx_lines_blame(draft->lines, node->found->line, err);
    }
    /* All have their ids before the first is given away. */
    for (size_t i = 0; i < gff3->node_count; i++) {
        bx_gff3_node *node = gff3->nodes[i];
        bx_found *found = node->found;
        if (node->id && !strchr(node->id, '\t')) {
            found->other_id = strdup(node->id);
            if (!found->other_id)
                return bx_fail_memory(err);
        }
        node->found = NULL;
        if (bx_draft_add(draft, found, err) < 0)
            return -1;
    }
    return 0;
}
