/* GFF3, as https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md has it. */
#include "genome/gff3.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 9 };

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
    while ((unsigned char)*text >= ' ' && *text != '%' && *text != 0x7f) /* as most do to the end */
        text++;
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

static int read_place(const bx_gff3 *gff3, char *const *columns, bx_gff3_row *row, bx_error *err)
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

static int split(const bx_gff3 *gff3, char *text, bx_gff3_row *row, bx_error *err)
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
    if (read_place(gff3, columns, row, err) == 0)
        return 0;
    row->bad = true; /* and so is the feature that it is of */
    return bx_draft_leave_out(gff3->draft, NULL, err);
}

bool bx_gff3_attribute(const bx_gff3 *gff3, char **at, char **key, char **value)
{
    char *pair;
    if (gff3->gtf)
        return bx_gtf_attribute(at, key, value);
    do {
        pair = strsep(at, ";");
        if (pair)
            pair += strspn(pair, " ");
    } while (pair && (!*pair || (strcmp(pair, ".") == 0 && !*at)));
    if (!pair)
        return false;
    *key = pair;
    *value = strchr(pair, '=');
    if (*value) {
        char *end = *value;
        *(*value)++ = '\0';
        *value += strspn(*value, " ");
        while (end > pair && end[-1] == ' ')
            *--end = '\0';
        for (size_t last = strlen(*value); last > 0 && (*value)[last - 1] == ' '; last--)
            (*value)[last - 1] = '\0';
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
        !bx_lines_number(words[2], strlen(words[2]), &end) || start < 1 || end < start ||
        end > BX_GENOME_BASES)
        return FAIL(gff3, err, "##sequence-region: an id, a start and an end were expected");
    unescape(words[0]);
    bx_gff3_region *region = region_of(gff3, words[0], err);
    if (!region)
        return -1;
    if (start > 1) {
        region->start = start;
        region->end = end > region->end ? end : region->end;
        return 0;
    }
    if (region->sequence.length != 0 && region->sequence.length != end)
        return FAIL(gff3, err,
                    "##sequence-region: \"%.80s\" has %" PRIu64 " bases by line %" PRIu64, words[0],
                    region->sequence.length, region->line);
    region->sequence.length = end;
    return 0;
}

/* Lines that tell of a sequence itself. */
static bool is_landmark(const bx_gff3_row *row, const bx_gff3_region *region)
{
    static const char *const types[] = {"region", "chromosome", "plasmid",     "contig",
                                        "source", "scaffold",   "supercontig", "replicon"};
    uint64_t length = region->end ? region->end : region->sequence.length;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (*row->type == *types[i] && strcmp(row->type, types[i]) == 0)
            return !row->bad && row->span.end >= length &&
                   (row->span.start == 1 || row->span.start == region->start);
    return false;
}

static int read_landmark(bx_gff3 *gff3, const bx_gff3_row *row, bx_gff3_region *region,
                         bx_error *err)
{
    bx_sequence *sequence = &region->sequence;
    char *at = row->attributes;
    if (sequence->length == 0 && row->span.start == 1)
        sequence->length = row->span.end;
    for (char *key, *value; bx_gff3_attribute(gff3, &at, &key, &value);) {
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

static int read_row(bx_gff3 *gff3, bx_error *err)
{
    bx_gff3_row row = {0};
    if (split(gff3, gff3->draft->lines->text, &row, err) < 0)
        return bx_draft_leave_out(gff3->draft, NULL, err);
    bx_gff3_region *region = region_of(gff3, row.seqid, err);
    if (!region)
        return -1;
    if (is_landmark(&row, region))
        return read_landmark(gff3, &row, region, err);
    return bx_gff3_add_row(gff3, &row, region->index, err);
}

/* ---- the file ---- */

static bool is_directive(const char *text, const char *name)
{
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 &&
           (text[length] == '\0' || text[length] == ' ' || text[length] == '\t');
}

static int read_version(bx_gff3 *gff3, const char *text, bx_error *err)
{
    const char *version = text + strlen("##gff-version");
    gff3->versioned = true;
    if (version[strspn(version, " \t")] == '3' || gff3->gtf)
        return 0;
    return FAIL(gff3, err, "\"##gff-version 3\" was expected, not \"%.40s\"", text);
}

static int need_version(bx_gff3 *gff3, bx_error *err)
{
    if (gff3->versioned || gff3->gtf)
        return 0;
    gff3->versioned = true;
    return bx_draft_warn(gff3->draft, gff3->draft->lines->number, "version", NULL, err,
                         "\"##gff-version 3\" is missing: taken for that");
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
        else if (is_directive(text, "##gff-version"))
            result = read_version(gff3, text, err);
        else if (*text != '#' && text[strspn(text, " \t")])
            result = need_version(gff3, err) < 0 ? -1 : read_row(gff3, err);
        if (result < 0)
            return -1;
    }
}

/* Of some sequences the bases may be missing; where those of all are, the ids are others. */
static int check_known(const bx_gff3 *gff3, const bx_gff3_region *region, bool any, bx_error *err)
{
    static const char text[] = "the bases of \"%.80s\" are not in the file's FASTA section";
    bx_draft *draft = gff3->draft;
    const char *id = region->sequence.id;
    return any ? bx_draft_warn(draft, region->line, "no_bases", id, err, text, id)
               : bx_lines_fail(draft->lines, region->line, err, text, id);
}

static int check_bases(const bx_gff3 *gff3, bool bases, bx_error *err)
{
    const bx_draft *draft = gff3->draft;
    bool any = false;
    for (size_t i = 0; i < gff3->region_count; i++)
        any |= draft->genome->strips[i].known > 0;
    for (size_t i = 0; i < gff3->region_count; i++) {
        const bx_gff3_region *region = gff3->regions[i];
        size_t known = draft->genome->strips[i].known;
        if (known == 0 && bases && check_known(gff3, region, any, err) < 0)
            return -1;
        if (known > 0 && known < region->end)
            return bx_lines_fail(draft->lines, region->line, err,
                                 "\"%.80s\" goes to base %" PRIu64 ", but there are %zu",
                                 region->sequence.id, region->end, known);
    }
    return 0;
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
        draft->genome->strips[i].reach = gff3->regions[i]->end;
    }
    if (bases && bx_fasta_read(draft, err) < 0)
        return -1;
    if (bx_draft_fasta(draft, err) < 0)
        return -1;
    return check_bases(gff3, bases, err);
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
        bx_gff3_free_node(gff3->nodes[i]);
    for (size_t i = 0; i < gff3->region_count; i++) {
        free(gff3->regions[i]->sequence.id);
        free(gff3->regions[i]->sequence.description);
        free(gff3->regions[i]);
    }
    for (size_t i = 0; i < gff3->exon_count; i++)
        free(gff3->exons[i].parent);
    free(gff3->exons);
    free(gff3->nodes);
    free(gff3->regions);
}

static int read_all(bx_draft *draft, bool gtf, bx_error *err)
{
    bx_gff3 gff3 = {.draft = draft, .gtf = gtf};
    int bases = read_rows(&gff3, err);
    int result =
        bases < 0 || read_sequences(&gff3, bases > 0, err) < 0 ? -1 : bx_gff3_genes(&gff3, err);
    free_all(&gff3);
    return result;
}

int bx_gff3_read(bx_draft *draft, bx_error *err)
{
    return read_all(draft, false, err);
}

int bx_gtf_read(bx_draft *draft, bx_error *err)
{
    return read_all(draft, true, err);
}
