/* Lines of GFF3 and GTF to features, by their IDs. */
#include "genome/gff3.h"
#include "genome/insdc.h"

#include "core/array.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail_here(const bx_gff3 *gff3, bx_error *err)
{
    return bx_lines_blame(gff3->draft->lines, gff3->draft->lines->number, err);
}

#define FAIL(gff3, err, ...)                                                                       \
    bx_lines_fail((gff3)->draft->lines, (gff3)->draft->lines->number, (err), __VA_ARGS__)

static int compare_nodes(const void *a, const void *b)
{
    return strcmp(((const bx_gff3_node *)a)->id, ((const bx_gff3_node *)b)->id);
}

bx_gff3_node *bx_gff3_find(const bx_gff3 *gff3, const char *id)
{
    const bx_gff3_node wanted = {.id = (char *)id};
    void *node = tfind(&wanted, &gff3->nodes_by_id, compare_nodes);
    return node ? *(bx_gff3_node **)node : NULL;
}

void bx_gff3_free_node(bx_gff3_node *node)
{
    if (!node)
        return;
    bx_found_free(node->found);
    free(node->id);
    free(node->parent);
    free(node->gene_id);
    free(node->transcript);
    free(node->attributes);
    free(node->parts);
    free(node->exons);
    free(node);
}

static bool is_true(const char *value)
{
    return strcmp(value, "true") == 0;
}

/* Most differ in their first letter. */
static bool is(const char *key, const char *word)
{
    return *key == *word && strcmp(key, word) == 0;
}

/* Prodigal's "partial=10": the first digit is of the lowest base, the second of the highest; 1: a
 * gene goes on beyond it. */
static bool is_edges(const char *value)
{
    return strlen(value) == 2 && strspn(value, "01") == 2;
}

/* NCBI's words for ends that are not there; 0: it is none of them. */
static bool take_ends(bx_found *found, const char *key, const char *value)
{
    if (is(key, "start_range"))
        return found->below = true;
    if (is(key, "end_range"))
        return found->above = true;
    if (!is(key, "partial"))
        return false;
    found->below |= is_edges(value) && value[0] == '1';
    found->above |= is_edges(value) && value[1] == '1';
    found->partial |= is_true(value);
    return is_true(value);
}

/* What the format writes with a small letter, as capitals are its own. */
static const char *own_key(const char *key)
{
    return is(key, "ec_number") || is(key, "eC_number") ? "EC_number" : key;
}

static int take_attribute(bx_gff3_node *node, const char *key, const char *value, bx_error *err)
{
    bx_found *found = node->found;
    bx_feature *feature = &found->feature;
    size_t length = strlen(value);
    if (!*value || take_ends(found, key, value) || is(key, "gbkey"))
        return 0;
    if (is(key, "ID"))
        return bx_found_text(&node->id, value, length, err);
    if (is(key, "Parent"))
        return bx_found_text(&node->parent, value, strcspn(value, ","), err);
    if (is(key, "gene_id") && bx_found_is_of_gene(found))
        return bx_found_text(&node->gene_id, value, length, err);
    if (is(key, "locus_tag") && bx_found_is_of_gene(found)) {
        found->tagged = true;
        return bx_found_text(&feature->id, value, length, err);
    }
    if (is(key, "gene") && bx_found_is_of_gene(found)) {
        found->symbol = true;
        return bx_found_text(&feature->name, value, length, err);
    }
    if (is(key, "Name"))
        return feature->name ? 0 : bx_found_text(&feature->name, value, length, err);
    if (is(key, "product"))
        return bx_found_text(&feature->product, value, length, err);
    if (is(key, "transl_table"))
        return bx_found_code(found, value, err);
    if (is(key, "pseudo") && is_true(value)) {
        found->pseudo = true;
        return 0;
    }
    return bx_found_set(found, own_key(key), value, err);
}

/* What is nothing without a value. */
static bool is_name(const char *key)
{
    return strcmp(key, "ID") == 0 || strcmp(key, "Parent") == 0 || strcmp(key, "Name") == 0 ||
           strcmp(key, "locus_tag") == 0 || strcmp(key, "gene_id") == 0;
}

/* Any other key without one is true. */
static int read_attributes(const bx_gff3 *gff3, bx_gff3_node *node, char *attributes, bx_error *err)
{
    static char none[] = "true";
    for (char *key, *value; bx_gff3_attribute(gff3, &attributes, &key, &value);) {
        if (!value && is_name(key))
            return FAIL(gff3, err, "column 9 has \"%.40s\": key=value was expected", key);
        value = value ? value : none;
        int taken = gff3->gtf ? bx_gtf_take(node, key, value, err) : 0;
        if (taken < 0 || (taken == 0 && take_attribute(node, key, value, err) < 0))
            return fail_here(gff3, err);
    }
    if (gff3->gtf)
        return bx_gtf_tie(node, err) < 0 ? fail_here(gff3, err) : 0;
    if (!node->gene_id || node->parent || node->found->tagged)
        return 0;
    node->found->tagged = true; /* what has a parent is that one's, whatever number it gives */
    return bx_found_text(&node->found->feature.id, node->gene_id, strlen(node->gene_id), err);
}

static bx_gff3_node *new_node(const bx_gff3 *gff3, const bx_gff3_row *row, size_t sequence,
                              bx_error *err)
{
    bool pseudo = false;
    const char *type = bx_gff3_type(row->type, &pseudo);
    if (!type)
        type = row->type;
    bx_gff3_node *node = calloc(1, sizeof *node);
    if (!node)
        return bx_fail_memory(err), NULL;
    node->bad = row->bad;
    node->found = bx_found_new(gff3->draft->lines->number, type, strlen(type), err);
    node->attributes = strcmp(type, "gene") == 0 ? strdup(row->attributes) : NULL;
    if (!node->found) {
        bx_gff3_free_node(node);
        return NULL;
    }
    node->found->pseudo = pseudo;
    node->found->feature.sequence = sequence;
    node->found->feature.strand = row->strand;
    if (read_attributes(gff3, node, row->attributes, err) == 0)
        return node;
    node->bad = true;
    if (bx_draft_leave_out(gff3->draft, node->id, err) == 0)
        return node;
    bx_gff3_free_node(node);
    return NULL;
}

static int add_part(const bx_gff3 *gff3, bx_gff3_node *node, const bx_gff3_row *row, bx_error *err)
{
    if (node->part_count == BX_GENOME_SPANS)
        return FAIL(gff3, err, "\"%.80s\" has more than %d parts", node->id ? node->id : "",
                    BX_GENOME_SPANS);
    if (node->part_count == node->room) {
        size_t room = node->room ? node->room * 2 : 1;
        bx_gff3_part *parts = realloc(node->parts, room * sizeof *parts);
        if (!parts)
            return bx_fail_memory(err);
        node->parts = parts;
        node->room = room;
    }
    bx_span span = row->span;
    span.turned = row->strand != node->found->feature.strand;
    node->parts[node->part_count++] = (bx_gff3_part){span, row->phase, row->stop};
    return 0;
}

static int insert(bx_gff3 *gff3, bx_gff3_node *node, bx_error *err)
{
    if (gff3->node_count == gff3->node_room) {
        size_t room = gff3->node_room ? gff3->node_room * 2 : 64;
        bx_gff3_node **nodes = realloc(gff3->nodes, room * sizeof *nodes);
        if (!nodes)
            return bx_fail_memory(err);
        gff3->nodes = nodes;
        gff3->node_room = room;
    }
    if (node->id && !tsearch(node, &gff3->nodes_by_id, compare_nodes))
        return bx_fail_memory(err);
    gff3->nodes[gff3->node_count++] = node;
    return 0;
}

/* Lines of a coding sequence should have an ID in common; where they have none, their parent is. */
static int name_node(bx_gff3_node *node, bx_error *err)
{
    if (node->id || !node->parent || strcmp(node->found->feature.type, "CDS") != 0)
        return 0;
    size_t size = strlen(node->parent) + sizeof "\tCDS";
    node->id = malloc(size);
    if (!node->id)
        return bx_fail_memory(err);
    memcpy(node->id, node->parent, size - sizeof "\tCDS");
    memcpy(node->id + size - sizeof "\tCDS", "\tCDS", sizeof "\tCDS");
    return 0;
}

/* Lines of one ID are parts of one feature. Of genes some programs give out an ID twice: then they
 * differ in what else they say. */
static bool is_part(const bx_gff3_node *old, const bx_gff3_node *new)
{
    const bx_feature *a = &old->found->feature, *b = &new->found->feature;
    if (strcmp(a->type, b->type) != 0 || a->sequence != b->sequence)
        return false;
    return strcmp(a->type, "gene") != 0 || bx_feature_attribute(a, "part") || !old->attributes ||
           !new->attributes || strcmp(old->attributes, new->attributes) == 0;
}

/* Another line of a feature that is there: it may be on the other strand, but not on none. */
static int add_line(const bx_gff3 *gff3, bx_gff3_node *old, const bx_gff3_node *new,
                    const bx_gff3_row *row, bx_error *err)
{
    int8_t strand = old->found->feature.strand;
    if (!old->bad && !new->bad && strand != row->strand &&strand * row->strand == 0) {
        bx_lines_error(gff3->draft->lines, gff3->draft->lines->number, err,
                       "\"%.80s\" has parts with a strand and parts without", new->id);
        old->bad = true;
        if (bx_draft_leave_out(gff3->draft, new->id, err) < 0)
            return -1;
    }
    old->bad |= new->bad;
    if (old->bad || add_part(gff3, old, row, err) == 0)
        return 0;
    old->bad = true;
    return bx_draft_leave_out(gff3->draft, new->id, err);
}

/* The ID is that of another feature: a coding sequence that has its gene's is a part of that. */
static int part_from(const bx_gff3 *gff3, bx_gff3_node *node, const bx_gff3_node *old,
                     bx_error *err)
{
    if (bx_draft_warn(gff3->draft, gff3->draft->lines->number, "second_id", node->id, err,
                      "ID \"%.80s\" is that of the %.40s of line %" PRIu64, node->id,
                      old->found->feature.type, old->found->line) < 0)
        return -1;
    char *id = node->id;
    node->id = NULL;
    if (!bx_found_is_of_gene(node->found) ||
        strcmp(node->found->feature.type, old->found->feature.type) == 0) {
        free(id);
        return 0;
    }
    free(node->parent);
    node->parent = id;
    return name_node(node, err);
}

/* The line of a transcript that its exons have stood for. */
static void replace_implied(bx_gff3_node *old, bx_gff3_node *node, const bx_gff3_row *row)
{
    bx_found *found = old->found;
    old->found = node->found;
    node->found = found;
    old->parts[0] = (bx_gff3_part){.span = row->span};
    old->part_count = 1;
    old->implied = false;
    old->bad |= node->bad;
}

/* A feature of its own, or of the one that has its ID. */
static int place_node(bx_gff3 *gff3, bx_gff3_node *node, const bx_gff3_row *row, bx_error *err)
{
    bx_gff3_node *old = node->id ? bx_gff3_find(gff3, node->id) : NULL;
    if (old && old->implied && !node->implied) {
        replace_implied(old, node, row);
        return 0;
    }
    if (old && !is_part(old, node)) {
        if (part_from(gff3, node, old, err) < 0)
            return -1;
        old = node->id ? bx_gff3_find(gff3, node->id) : NULL;
        old = old && is_part(old, node) ? old : NULL;
    }
    if (!old)
        return add_part(gff3, node, row, err) < 0 || insert(gff3, node, err) < 0 ? -1 : 1;
    return add_line(gff3, old, node, row, err);
}

static int keep_exon(bx_gff3 *gff3, const char *parent, size_t length, const bx_gff3_row *row,
                     bx_error *err)
{
    bx_gff3_exon *exons =
        bx_array_grow(gff3->exons, gff3->exon_count, &gff3->exon_room, sizeof *exons);
    size_t size = length + sizeof "transcript:\tCDS";
    char *id = malloc(size);
    gff3->exons = exons ? exons : gff3->exons;
    if (!exons || !id) {
        free(id);
        return bx_fail_memory(err);
    }
    snprintf(id, size, "%s%.*s%s", gff3->gtf ? "transcript:" : "", (int)length, parent,
             row->selenocysteine ? "\tCDS" : "");
    bx_gff3_exon *exon = &exons[gff3->exon_count++];
    *exon = (bx_gff3_exon){.span = row->span, .strand = row->strand};
    exon->selenocysteine = row->selenocysteine;
    exon->parent = id;
    if (row->bad)
        exon->span.start = 0;
    return 0;
}

/* Of GTF: a transcript whose line is not there, or not yet, is its exons. */
static int imply_transcript(bx_gff3 *gff3, const bx_gff3_row *row, size_t sequence, bx_error *err)
{
    static char transcript[] = "transcript";
    bx_gff3_row implied = *row;
    implied.type = transcript;
    bx_gff3_node *node = new_node(gff3, &implied, sequence, err);
    if (!node)
        return -1;
    node->implied = true;
    int placed = node->id ? place_node(gff3, node, &implied, err) : 0;
    if (placed <= 0)
        bx_gff3_free_node(node);
    return placed < 0 ? -1 : 0;
}

/* An exon is of each of its parents. */
static int read_exon(bx_gff3 *gff3, const bx_gff3_row *row, char *attributes, bx_error *err)
{
    const char *wanted = gff3->gtf ? "transcript_id" : "Parent";
    for (char *key, *value; bx_gff3_attribute(gff3, &attributes, &key, &value);) {
        if (!value || strcmp(key, wanted) != 0)
            continue;
        while (*value) {
            size_t length = gff3->gtf ? strlen(value) : strcspn(value, ",");
            if (length <= BX_LINE_LENGTH && keep_exon(gff3, value, length, row, err) < 0)
                return -1;
            value += length + (value[length] != '\0');
        }
    }
    return 0;
}

static int add_exon(bx_gff3 *gff3, const bx_gff3_row *row, size_t sequence, bx_error *err)
{
    size_t before = gff3->exon_count;
    if (!gff3->gtf)
        return read_exon(gff3, row, row->attributes, err);
    char *copy = strdup(row->attributes);
    int result = copy ? read_exon(gff3, row, copy, err) : bx_fail_memory(err);
    free(copy);
    if (result < 0 || row->selenocysteine || gff3->exon_count == before ||
        bx_gff3_find(gff3, gff3->exons[before].parent))
        return result;
    return imply_transcript(gff3, row, sequence, err);
}

/* Of what is no gene: what regulates one, or stands by itself and has a name. */
static bool is_kept(const bx_gff3_node *node)
{
    for (const bx_insdc_kind *kind = bx_insdc_kinds; kind->key; kind++)
        if (strcmp(kind->type, node->found->feature.type) == 0)
            return true;
    return !node->parent && (node->id || node->found->feature.name);
}

int bx_gff3_add_row(bx_gff3 *gff3, bx_gff3_row *row, size_t sequence, bx_error *err)
{
    bool pseudo;
    row->selenocysteine = gff3->gtf && strcmp(row->type, "Selenocysteine") == 0;
    if (strcmp(row->type, "exon") == 0 || row->selenocysteine)
        return add_exon(gff3, row, sequence, err);
    if (gff3->gtf && !bx_gtf_row(row))
        return 0;
    bool of_gene = bx_gff3_type(row->type, &pseudo) != NULL;
    if (strcmp(row->type, "CDS") == 0 && !row->phased && !row->bad &&
        bx_draft_warn(gff3->draft, gff3->draft->lines->number, "phase", NULL, err,
                      "a CDS without phase, taken for 0: 0, 1 or 2 was expected in column 8") < 0)
        return -1;
    bx_gff3_node *node = new_node(gff3, row, sequence, err);
    if (!node)
        return -1;
    int placed = 0;
    if (of_gene || is_kept(node))
        placed = name_node(node, err) < 0 ? -1 : place_node(gff3, node, row, err);
    if (placed <= 0)
        bx_gff3_free_node(node);
    return placed < 0 ? -1 : 0;
}
