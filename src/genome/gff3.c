/* GFF3, as https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md has it. */
#include "genome/gff3.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 9 };

typedef struct gff3_row {
    char *seqid, *type, *attributes;
    bx_span span;
    int8_t strand;
    uint8_t phase;
    bool phased;
} gff3_row;

static int fail_here(const bx_gff3 *gff3, bx_error *err)
{
    return bx_lines_blame(gff3->draft->lines, gff3->draft->lines->number, err);
}

#define FAIL(gff3, err, ...)                                                                       \
    bx_lines_fail((gff3)->draft->lines, (gff3)->draft->lines->number, (err), __VA_ARGS__)

/* ---- columns ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* "%2C" is a comma. What is not of that form stays: many programs write plain percents. Control
 * characters become spaces. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        char c = *at;
        if (c == '%' && hex(at[1]) >= 0 && hex(at[2]) >= 0) {
            c = (char)(hex(at[1]) << 4 | hex(at[2]));
            at += 2;
        }
        *to++ = (unsigned char)c < ' ' || c == 0x7f ? ' ' : c;
    }
    *to = '\0';
}

static int read_place(const bx_gff3 *gff3, char *const *columns, gff3_row *row, bx_error *err)
{
    bx_span *span = &row->span;
    if (!bx_lines_number(columns[3], strlen(columns[3]), &span->start) ||
        !bx_lines_number(columns[4], strlen(columns[4]), &span->end))
        return FAIL(gff3, err, "start \"%.20s\" and end \"%.20s\": numbers were expected",
                    columns[3], columns[4]);
    if (span->start == 0 || span->start > span->end)
        return FAIL(gff3, err,
                    "start %" PRIu64 " and end %" PRIu64 ": 1 <= start <= end was expected",
                    span->start, span->end);
    if (strlen(columns[6]) != 1 || !strchr("+-.?", *columns[6]))
        return FAIL(gff3, err, "strand \"%.20s\": +, -, . or ? was expected", columns[6]);
    row->strand = *columns[6] == '+' ? 1 : *columns[6] == '-' ? -1 : 0;
    if (strlen(columns[7]) != 1 || !strchr(".012", *columns[7]))
        return FAIL(gff3, err, "phase \"%.20s\": 0, 1, 2 or . was expected", columns[7]);
    row->phased = *columns[7] != '.';
    row->phase = row->phased ? (uint8_t)(*columns[7] - '0') : 0;
    return 0;
}

static int split(const bx_gff3 *gff3, char *text, gff3_row *row, bx_error *err)
{
    char *columns[COLUMNS] = {0}, *at = text;
    int count = 0;
    for (char *column; (column = strsep(&at, "\t")); count++)
        if (count < COLUMNS)
            columns[count] = column;
    if (count != COLUMNS || !columns[0] || !columns[2])
        return FAIL(gff3, err, "%d columns: 9 were expected, with tabs between them", count);
    for (int i = 0; i < COLUMNS - 1; i++)
        unescape(columns[i]);
    row->seqid = columns[0];
    row->type = columns[2];
    row->attributes = columns[8];
    if (!*row->seqid || !*row->type)
        return FAIL(gff3, err, "the sequence or the type is missing");
    return read_place(gff3, columns, row, err);
}

/* The next "key=value"; false: there is none. A key without "=" has no value. */
static bool next_attribute(char **at, char **key, char **value)
{
    char *pair;
    do {
        pair = strsep(at, ";");
        if (pair)
            pair += strspn(pair, " ");
    } while (pair && !*pair);
    if (!pair)
        return false;
    *key = pair;
    *value = strchr(pair, '=');
    if (*value) {
        *(*value)++ = '\0';
        unescape(*value);
    }
    unescape(*key);
    return true;
}

/* ---- sequences ---- */

static int compare_regions(const void *a, const void *b)
{
    return strcmp(((const bx_gff3_region *)a)->sequence.id,
                  ((const bx_gff3_region *)b)->sequence.id);
}

static bx_gff3_region *new_region(bx_gff3 *gff3, const char *id, bx_error *err)
{
    if (gff3->region_count == gff3->region_room) {
        size_t room = gff3->region_room ? gff3->region_room * 2 : 16;
        bx_gff3_region **regions = realloc(gff3->regions, room * sizeof *regions);
        if (!regions)
            return bx_fail_memory(err), NULL;
        gff3->regions = regions;
        gff3->region_room = room;
    }
    bx_gff3_region *region = calloc(1, sizeof *region);
    char *copy = strdup(id);
    if (region && copy) {
        *region = (bx_gff3_region){
            .sequence.id = copy, .line = gff3->draft->lines->number, .index = gff3->region_count};
        if (tsearch(region, &gff3->regions_by_id, compare_regions))
            return gff3->regions[gff3->region_count++] = region;
    }
    free(region);
    free(copy);
    return bx_fail_memory(err), NULL;
}

static bx_gff3_region *region_of(bx_gff3 *gff3, const char *id, bx_error *err)
{
    const bx_gff3_region wanted = {.sequence.id = (char *)id};
    void *node = tfind(&wanted, &gff3->regions_by_id, compare_regions);
    return node ? *(bx_gff3_region **)node : new_region(gff3, id, err);
}

/* "##sequence-region seqid start end" */
static int read_region(bx_gff3 *gff3, char *text, bx_error *err)
{
    char *words[4] = {"", "", "", ""}, *at = text;
    int count = 0;
    for (char *word; count < 4 && (word = strsep(&at, " \t"));)
        if (*word)
            words[count++] = word;
    uint64_t start = 0, end = 0;
    if (count != 3 || !bx_lines_number(words[1], strlen(words[1]), &start) ||
        !bx_lines_number(words[2], strlen(words[2]), &end) || start != 1 || end < 1)
        return FAIL(gff3, err, "##sequence-region: an id, 1 and a length were expected");
    unescape(words[0]);
    bx_gff3_region *region = region_of(gff3, words[0], err);
    if (!region)
        return -1;
    if (region->sequence.length != 0 && region->sequence.length != end)
        return FAIL(gff3, err,
                    "##sequence-region: \"%.80s\" has %" PRIu64 " bases by line %" PRIu64, words[0],
                    region->sequence.length, region->line);
    region->sequence.length = end;
    return 0;
}

/* Lines that tell of a sequence itself. */
static bool is_landmark(const gff3_row *row)
{
    static const char *const types[] = {"region", "chromosome", "plasmid",     "contig",
                                        "source", "scaffold",   "supercontig", "replicon"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(row->type, types[i]) == 0)
            return row->span.start == 1;
    return false;
}

static int read_landmark(bx_gff3 *gff3, const gff3_row *row, bx_gff3_region *region, bx_error *err)
{
    bx_sequence *sequence = &region->sequence;
    char *at = row->attributes;
    if (sequence->length == 0)
        sequence->length = row->span.end;
    for (char *key, *value; next_attribute(&at, &key, &value);) {
        uint64_t code;
        if (!value)
            continue;
        if (strcmp(key, "Is_circular") == 0)
            sequence->circular |= strcmp(value, "true") == 0;
        else if (strcmp(key, "Note") == 0 && !sequence->description &&
                 bx_found_text(&sequence->description, value, strlen(value), err) < 0)
            return -1;
        else if (strcmp(key, "transl_table") == 0) {
            if (!bx_lines_number(value, strlen(value), &code) || code > 255 ||
                !bx_genome_has_code((int)code))
                return FAIL(gff3, err, "there is no genetic code \"%.20s\"", value);
            sequence->code = (uint8_t)code;
        }
    }
    return 0;
}

/* ---- features ---- */

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

static void free_node(bx_gff3_node *node)
{
    if (!node)
        return;
    bx_found_free(node->found);
    free(node->id);
    free(node->parent);
    free(node->parts);
    free(node);
}

static bool is_true(const char *value)
{
    return strcmp(value, "true") == 0;
}

static int take_attribute(bx_gff3_node *node, const char *key, const char *value, bx_error *err)
{
    bx_found *found = node->found;
    bx_feature *feature = &found->feature;
    size_t length = strlen(value);
    if (strcmp(key, "ID") == 0)
        return bx_found_text(&node->id, value, length, err);
    if (strcmp(key, "Parent") == 0)
        return bx_found_text(&node->parent, value, strcspn(value, ","), err);
    if (strcmp(key, "locus_tag") == 0 || (strcmp(key, "gene_id") == 0 && !found->tagged)) {
        found->tagged = true;
        return bx_found_text(&feature->id, value, length, err);
    }
    if (strcmp(key, "gene") == 0)
        return bx_found_text(&feature->name, value, length, err);
    if (strcmp(key, "Name") == 0)
        return feature->name ? 0 : bx_found_text(&feature->name, value, length, err);
    if (strcmp(key, "product") == 0)
        return bx_found_text(&feature->product, value, length, err);
    if (strcmp(key, "transl_table") == 0)
        return bx_found_code(found, value, err);
    if (strcmp(key, "pseudo") == 0 && is_true(value)) {
        found->pseudo = true;
        return 0;
    }
    if (strcmp(key, "partial") == 0 && is_true(value)) {
        feature->incomplete = true;
        return 0;
    }
    return strcmp(key, "gbkey") == 0 ? 0 : bx_found_set(found, key, value, err);
}

static int read_attributes(const bx_gff3 *gff3, bx_gff3_node *node, char *attributes, bx_error *err)
{
    if (strcmp(attributes, ".") == 0)
        return 0;
    for (char *key, *value; next_attribute(&attributes, &key, &value);) {
        if (!value)
            return FAIL(gff3, err, "column 9 has \"%.40s\": key=value was expected", key);
        if (take_attribute(node, key, value, err) < 0)
            return fail_here(gff3, err);
    }
    return 0;
}

static bx_gff3_node *new_node(const bx_gff3 *gff3, const gff3_row *row, size_t sequence,
                              bx_error *err)
{
    bool pseudo = false;
    const char *type = bx_gff3_type(row->type, &pseudo);
    if (!type)
        type = row->type;
    bx_gff3_node *node = calloc(1, sizeof *node);
    if (!node)
        return bx_fail_memory(err), NULL;
    node->found = bx_found_new(gff3->draft->lines->number, type, strlen(type), err);
    if (node->found) {
        node->found->pseudo = pseudo;
        node->found->feature.sequence = sequence;
        node->found->feature.strand = row->strand;
        if (read_attributes(gff3, node, row->attributes, err) == 0)
            return node;
    }
    free_node(node);
    return NULL;
}

static int add_part(const bx_gff3 *gff3, bx_gff3_node *node, const gff3_row *row, bx_error *err)
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
    node->parts[node->part_count++] = (bx_gff3_part){row->span, row->phase};
    return 0;
}

/* Another line of a feature that is there. */
static int add_line(const bx_gff3 *gff3, bx_gff3_node *old, const bx_gff3_node *new,
                    const gff3_row *row, bx_error *err)
{
    const bx_feature *a = &old->found->feature, *b = &new->found->feature;
    if (strcmp(a->type, b->type) != 0 || a->sequence != b->sequence || a->strand != b->strand)
        return FAIL(gff3, err,
                    "ID \"%.80s\" is that of line %" PRIu64
                    ", which is of another type, sequence or strand",
                    new->id, old->found->line);
    if (strcmp(a->type, "gene") == 0 && !bx_feature_attribute(a, "part"))
        return FAIL(gff3, err, "a second gene of ID \"%.80s\": line %" PRIu64 " has the first",
                    new->id, old->found->line);
    return add_part(gff3, old, row, err);
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

static int read_feature(bx_gff3 *gff3, const gff3_row *row, size_t sequence, bx_error *err)
{
    bool pseudo;
    bool of_gene = bx_gff3_type(row->type, &pseudo) != NULL;
    if (strcmp(row->type, "CDS") == 0 && !row->phased)
        return FAIL(gff3, err, "a CDS without phase: 0, 1 or 2 was expected in column 8");
    bx_gff3_node *node = new_node(gff3, row, sequence, err);
    if (!node)
        return -1;
    if (!of_gene && (node->parent || (!node->id && !node->found->feature.id))) {
        free_node(node); /* a part of something else, or nothing that could be referred to */
        return 0;
    }
    int result = name_node(node, err);
    bx_gff3_node *old = node->id && result == 0 ? bx_gff3_find(gff3, node->id) : NULL;
    if (old) {
        result = add_line(gff3, old, node, row, err);
        free_node(node);
        return result;
    }
    if (result == 0 && add_part(gff3, node, row, err) == 0 && insert(gff3, node, err) == 0)
        return 0;
    free_node(node);
    return -1;
}

static int read_row(bx_gff3 *gff3, bx_error *err)
{
    gff3_row row = {0};
    if (split(gff3, gff3->draft->lines->text, &row, err) < 0)
        return -1;
    bx_gff3_region *region = region_of(gff3, row.seqid, err);
    if (!region)
        return -1;
    if (is_landmark(&row))
        return read_landmark(gff3, &row, region, err);
    return read_feature(gff3, &row, region->index, err);
}

/* ---- the file ---- */

static bool is_directive(const char *text, const char *name)
{
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 &&
           (text[length] == '\0' || text[length] == ' ' || text[length] == '\t');
}

static int read_version(const bx_gff3 *gff3, bx_error *err)
{
    const bx_lines *lines = gff3->draft->lines;
    int more = bx_lines_next(gff3->draft->lines, err);
    if (more < 0)
        return -1;
    const char *version = more && is_directive(lines->text, "##gff-version")
                              ? lines->text + strlen("##gff-version")
                              : NULL;
    if (!version || version[strspn(version, " \t")] != '3')
        return FAIL(gff3, err, "\"##gff-version 3\" was expected, not \"%.40s\"",
                    more ? lines->text : "");
    return 0;
}

/* 1: "##FASTA", or a line that can only be of that; 0: the end. */
static int read_rows(bx_gff3 *gff3, bx_error *err)
{
    bx_lines *lines = gff3->draft->lines;
    for (;;) {
        int bases = bx_lines_start_with(lines, ">", err);
        if (bases != 0)
            return bases;
        int more = bx_lines_next(lines, err);
        if (more <= 0)
            return more;
        char *text = lines->text;
        if (is_directive(text, "##FASTA"))
            return 1;
        int result = 0;
        if (is_directive(text, "##sequence-region"))
            result = read_region(gff3, text + strlen("##sequence-region"), err);
        else if (*text != '#' && text[strspn(text, " \t")])
            result = read_row(gff3, err);
        if (result < 0)
            return -1;
    }
}

static int read_sequences(bx_gff3 *gff3, bool bases, bx_error *err)
{
    bx_draft *draft = gff3->draft;
    for (size_t i = 0; i < gff3->region_count; i++) {
        bx_sequence *sequence = &gff3->regions[i]->sequence;
        if (draft->options->circular >= 0)
            sequence->circular = draft->options->circular > 0;
        if (bx_genome_add_sequence(draft->genome, sequence, NULL, err) < 0)
            return bx_lines_blame(draft->lines, gff3->regions[i]->line, err);
    }
    if (bases && bx_fasta_read(draft, err) < 0)
        return -1;
    if (bx_draft_fasta(draft, err) < 0)
        return -1;
    for (size_t i = 0; i < gff3->region_count && bases; i++)
        if (draft->genome->strips[i].known == 0)
            return bx_lines_fail(draft->lines, gff3->regions[i]->line, err,
                                 "the bases of \"%.80s\" are not in the file's FASTA section",
                                 gff3->regions[i]->sequence.id);
    return 0;
}

static void keep(void *item)
{
    (void)item;
}

static void free_all(bx_gff3 *gff3)
{
    tdestroy(gff3->nodes_by_id, keep);
    tdestroy(gff3->regions_by_id, keep);
    for (size_t i = 0; i < gff3->node_count; i++)
        free_node(gff3->nodes[i]);
    for (size_t i = 0; i < gff3->region_count; i++) {
        free(gff3->regions[i]->sequence.id);
        free(gff3->regions[i]->sequence.description);
        free(gff3->regions[i]);
    }
    free(gff3->nodes);
    free(gff3->regions);
}

int bx_gff3_read(bx_draft *draft, bx_error *err)
{
    bx_gff3 gff3 = {.draft = draft};
    int bases = read_version(&gff3, err) < 0 ? -1 : read_rows(&gff3, err);
    int result =
        bases < 0 || read_sequences(&gff3, bases > 0, err) < 0 ? -1 : bx_gff3_genes(&gff3, err);
    free_all(&gff3);
    return result;
}
