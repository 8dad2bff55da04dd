/* From the features of GFF3 to genes: gene, transcript and coding sequence, tied by Parent, get the
 * id of the gene, so that the draft makes one of them. */
#include "genome/gff3.h"
#include "genome/insdc.h"

#include "core/array.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
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
    if (!bx_found_is_of_gene(found)) /* its ID, which is its own */
        return found->feature.id || !node->id
                   ? 0
                   : bx_found_text(&found->feature.id, node->id, strlen(node->id), err);
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

/* Transcripts and coding sequences have names of their own, of which those of their gene say more.
 */
static int name_by_gene(const bx_gff3 *gff3, bx_gff3_node *node, bx_error *err)
{
    const bx_gff3_node *top = node;
    if (!node->parent || node->found->symbol || !bx_found_is_of_gene(node->found))
        return 0;
    for (int depth = 0; strcmp(top->found->feature.type, "gene") != 0; depth++) {
        top = top->parent && depth < DEEPEST ? bx_gff3_find(gff3, top->parent) : NULL;
        if (!top)
            return 0;
    }
    const char *name = top->found->feature.name;
    if (!name || top == node)
        return 0;
    return bx_found_text(&node->found->feature.name, name, strlen(name), err);
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

static bool is_mixed(const bx_gff3_node *node)
{
    for (size_t i = 0; i < node->part_count; i++)
        if (node->parts[i].span.turned != node->parts[0].span.turned)
            return true;
    return false;
}

/* Files list parts upwards, or in the direction of transcription; where it is neither, as in genes
 * that are put together from afar, or from both strands, it can only be the latter. */
static void sort_parts(bx_gff3_node *node, const bx_strip *strip)
{
    bx_gff3_part *parts = node->parts;
    size_t count = node->part_count;
    uint64_t length = strip->sequence.length ? strip->sequence.length : strip->known;
    bool circular = strip->sequence.circular;
    bool minus = node->found->feature.strand < 0;
    int order = order_of(parts, count);
    if (count < 2 || order == 0 || (order < 0 && circular && !minus) || is_mixed(node))
        return;
    qsort(parts, count, sizeof *parts, by_start);
    if (circular && parts[0].span.start == 1 && parts[count - 1].span.end == length)
        turn(parts, count);
    if (minus)
        reverse(parts, count);
}

/* GTF's codons of stop go into the coding sequence, whether they are in it or follow it. */
static void join_stops(bx_gff3_node *node)
{
    bx_gff3_part *parts = node->parts;
    size_t count = node->part_count, kept = 0;
    qsort(parts, count, sizeof *parts, by_start);
    for (size_t i = 0; i < count; i++) {
        bx_gff3_part *last = kept > 0 ? &parts[kept - 1] : NULL;
        if (!last || (!parts[i].stop && !last->stop) || parts[i].span.start > last->span.end + 1) {
            parts[kept++] = parts[i];
            continue;
        }
        if (node->found->feature.strand < 0)
            last->phase = parts[i].phase;
        last->stop &= parts[i].stop;
        if (parts[i].span.end > last->span.end)
            last->span.end = parts[i].span.end;
    }
    node->part_count = kept;
}

/* Exons that lie within the line of their transcript take its place. */
static void take_exons(bx_gff3_node *node)
{
    bool within = node->exon_count > 0 && node->part_count == 1;
    for (size_t i = 0; i < node->exon_count && within && !node->implied; i++)
        within = node->exons[i].span.start >= node->parts[0].span.start &&
                 node->exons[i].span.end <= node->parts[0].span.end;
    if (!within)
        return;
    free(node->parts);
    node->parts = node->exons;
    node->part_count = node->exon_count;
    node->exons = NULL;
    node->exon_count = 0;
}

/* What says of itself that it is put together from both strands. */
static bool is_trans_spliced(const bx_gff3_node *node)
{
    const char *exception = bx_found_attribute(node->found, "exception");
    return bx_found_attribute(node->found, "trans_splicing") ||
           (exception && strcmp(exception, "trans-splicing") == 0);
}

/* Nothing but the phases tells whether parts on both strands are in their order. */
static int check_mixed(bx_draft *draft, const bx_gff3_node *node, bx_error *err)
{
    uint64_t done = 3 - node->parts[0].phase;
    const char *id = node->id ? node->id : "";
    if (!is_mixed(node))
        return 0;
    if (!is_trans_spliced(node) &&
        bx_draft_warn(draft, node->found->line, "both_strands", id, err,
                      "\"%.80s\" has parts on both strands: put together in the order of its lines",
                      id) < 0)
        return -1;
    for (size_t i = 0; i < node->part_count && strcmp(node->found->feature.type, "CDS") == 0; i++) {
        const bx_gff3_part *part = &node->parts[i];
        if (part->phase != (3 - done % 3) % 3)
            return bx_lines_fail(draft->lines, node->found->line, err,
                                 "\"%.80s\" has parts on both strands, whose phases do not fit "
                                 "their order",
                                 id);
        done += part->span.end - part->span.start + 1;
    }
    return 0;
}

static int set_spans(bx_draft *draft, bx_gff3_node *node, bool gtf, bx_error *err)
{
    const bx_strip *strip = &draft->genome->strips[node->found->feature.sequence];
    take_exons(node);
    if (gtf)
        join_stops(node);
    sort_parts(node, strip);
    if (check_mixed(draft, node, err) < 0)
        return -1;
    if (node->part_count > 1)
        bx_found_unset(node->found, "part"); /* NCBI numbers them, and the first had its number */
    node->found->feature.phase = node->parts[0].phase;
    for (size_t i = 0; i < node->part_count; i++)
        if (bx_found_add_span(node->found, node->parts[i].span, err) < 0)
            return bx_lines_blame(draft->lines, node->found->line, err);
    return 0;
}

/* ---- coding sequences whose lines have IDs of their own ---- */

static int compare_parents(const void *a, const void *b)
{
    return strcmp(((const bx_gff3_node *)a)->parent, ((const bx_gff3_node *)b)->parent);
}

/* What is another product says so. */
static bool says_other(const bx_gff3_node *a, const bx_gff3_node *b)
{
    static const char *const keys[] = {"protein_id", "locus_tag"};
    const bx_feature *x = &a->found->feature, *y = &b->found->feature;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *p = bx_feature_attribute(x, keys[i]), *q = bx_feature_attribute(y, keys[i]);
        if (p && q && strcmp(p, q) != 0)
            return true;
    }
    return (x->product && y->product && strcmp(x->product, y->product) != 0) ||
           (a->found->tagged && b->found->tagged && strcmp(x->id, y->id) != 0);
}

/* A line that the coding sequence of its parent can have: it lies beside all that this has. */
static bool goes_on(const bx_gff3_node *all, const bx_gff3_node *one)
{
    if (one->part_count != 1 || one->bad || all->part_count == BX_GENOME_SPANS ||
        all->found->feature.sequence != one->found->feature.sequence ||
        all->found->feature.strand != one->found->feature.strand || says_other(all, one))
        return false;
    bx_span span = one->parts[0].span;
    for (size_t i = 0; i < all->part_count; i++)
        if (all->parts[i].span.start <= span.end && span.start <= all->parts[i].span.end)
            return false;
    return true;
}

static int append_part(bx_gff3_node *all, const bx_gff3_node *one, bx_error *err)
{
    bx_gff3_part *parts = realloc(all->parts, (all->part_count + 1) * sizeof *parts);
    if (!parts)
        return bx_fail_memory(err);
    all->parts = parts;
    all->room = all->part_count + 1;
    parts[all->part_count++] = one->parts[0];
    return 0;
}

static void keep(void *node)
{
    (void)node;
}

/* Some programs number the lines of one coding sequence: those of one parent that lie side by side
 * are put together. */
static int join_lines(bx_gff3 *gff3, bx_error *err)
{
    void *by_parent = NULL;
    int result = 0;
    for (size_t i = 0; i < gff3->node_count && result == 0; i++) {
        bx_gff3_node *node = gff3->nodes[i];
        if (!node->parent || node->bad || strcmp(node->found->feature.type, "CDS") != 0)
            continue;
        bx_gff3_node **first = tsearch(node, &by_parent, compare_parents);
        if (!first)
            result = bx_fail_memory(err);
        else if (*first != node && goes_on(*first, node)) {
            result = append_part(*first, node, err);
            node->joined = true;
        }
    }
    tdestroy(by_parent, keep);
    return result;
}

/* ---- exons ---- */

static int give_exon(const bx_gff3 *gff3, bx_gff3_node *node, const bx_gff3_exon *exon,
                     bx_error *err)
{
    if (node->bad)
        return 0;
    if (exon->span.start == 0) {
        node->bad = true;
        return 0;
    }
    if (node->exon_count == BX_GENOME_SPANS) {
        node->bad = true;
        bx_lines_error(gff3->draft->lines, node->found->line, err,
                       "\"%.80s\" has more than %d exons", node->id, BX_GENOME_SPANS);
        return bx_draft_leave_out(gff3->draft, node->id, err);
    }
    bx_gff3_part *exons =
        bx_array_grow(node->exons, node->exon_count, &node->exon_room, sizeof *exons);
    if (!exons)
        return bx_fail_memory(err);
    node->exons = exons;
    bx_span span = exon->span;
    span.turned = exon->strand * node->found->feature.strand < 0;
    exons[node->exon_count++] = (bx_gff3_part){.span = span};
    return 0;
}

static int give_codon(bx_gff3_node *node, const bx_gff3_exon *codon, bx_error *err)
{
    char text[80];
    node->bad |= codon->span.start == 0; /* its line had a mistake */
    snprintf(text, sizeof text, "(pos:%" PRIu64 "..%" PRIu64 ",aa:Sec)", codon->span.start,
             codon->span.end);
    return bx_found_set(node->found, "transl_except", text, err);
}

/* Transcripts get theirs; what is an exon of a gene or of what isn't there tells nothing. */
static int give_exons(bx_gff3 *gff3, bx_error *err)
{
    bool pseudo;
    for (size_t i = 0; i < gff3->exon_count; i++) {
        bx_gff3_node *node = bx_gff3_find(gff3, gff3->exons[i].parent);
        const char *type = node ? bx_gff3_type(node->found->feature.type, &pseudo) : NULL;
        if (node && gff3->exons[i].selenocysteine && give_codon(node, &gff3->exons[i], err) < 0)
            return -1;
        if (type && strcmp(type, "gene") != 0 && strcmp(type, "CDS") != 0 &&
            give_exon(gff3, node, &gff3->exons[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- all of them ---- */

static int settle_node(const bx_gff3 *gff3, bx_gff3_node *node, bx_error *err)
{
    if (find_id(gff3, node, err) < 0 || bx_insdc_settle_type(node->found, err) < 0)
        return -1;
    if (name_by_gene(gff3, node, err) < 0)
        return -1;
    drop_name(node);
    return set_spans(gff3->draft, node, gff3->gtf, err);
}

int bx_gff3_genes(bx_gff3 *gff3, bx_error *err)
{
    bx_draft *draft = gff3->draft;
    if (join_lines(gff3, err) < 0 || give_exons(gff3, err) < 0)
        return -1;
    for (size_t i = 0; i < gff3->node_count; i++) {
        bx_gff3_node *node = gff3->nodes[i];
        if (node->bad || node->joined || settle_node(gff3, node, err) == 0)
            continue;
        node->bad = true;
        if (bx_draft_leave_out(draft, node->id, err) < 0)
            return -1;
    }
    /* All have their ids before the first is given away. */
    for (size_t i = 0; i < gff3->node_count; i++) {
        bx_gff3_node *node = gff3->nodes[i];
        bx_found *found = node->found;
        if (node->bad || node->joined)
            continue;
        if (node->id && !strchr(node->id, '\t')) {
            found->other_id = strdup(node->id);
            if (!found->other_id)
                return bx_fail_memory(err);
        }
        node->found = NULL;
        if (bx_draft_add(draft, found, err) < 0 && bx_draft_leave_out(draft, node->id, err) < 0)
            return -1;
    }
    return 0;
}
