/* BioXen's ".genome": rows of start, length, end, strand, type, id and description, between tabs or
 * other white space. Comments may describe the sequence that the rows after them are on:
 * "# sequence: id length: 580076 topology: circular code: 4". */
#include "genome/read.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DESCRIPTION = 6, COLUMNS = 7 };

/* What a row has in its first three columns. */
typedef struct numbers {
    uint64_t start, length, end;
    uint64_t line;
    size_t sequence;
} numbers;

typedef struct table {
    bx_draft *draft;
    bx_lines *lines;
    numbers *rows;
    size_t count, room;
    bool described; /* by "# sequence:" */
    uint64_t size;  /* by "# Genome size:", 0: not stated */
} table;

#define FAIL(table, err, ...)                                                                      \
    bx_lines_fail((table)->lines, (table)->lines->number, (err), __VA_ARGS__)

static const char expected[] = "start length end strand type id description";

/* ---- comments ---- */

/* The word after `key`; NULL: it is not there. */
static const char *word_after(const char *text, const char *key, size_t *length)
{
    const char *at = strstr(text, key);
    if (!at)
        return NULL;
    at += strlen(key);
    at += strspn(at, " \t");
    *length = strcspn(at, " \t");
    return *length ? at : NULL;
}

static int read_sequence(table *t, const char *id, size_t id_length, bx_error *err)
{
    bx_sequence sequence = {0};
    uint64_t code = 0;
    size_t length;
    const char *rest = id + id_length;
    const char *word = word_after(rest, " length:", &length);
    if (word && !bx_lines_number(word, length, &sequence.length))
        return FAIL(t, err, "length: a number was expected, not \"%.20s\"", word);
    word = word_after(rest, " code:", &length);
    if (word && (!bx_lines_number(word, length, &code) || code > 255))
        return FAIL(t, err, "code: the number of a genetic code was expected, not \"%.20s\"", word);
    sequence.code = (uint8_t)code;
    word = word_after(rest, " topology:", &length);
    sequence.circular =
        word && length == strlen("circular") && strncmp(word, "circular", length) == 0;
    if (bx_found_text(&sequence.id, id, id_length, err) < 0)
        return -1;
    int result = bx_genome_add_sequence(t->draft->genome, &sequence, NULL, err);
    free(sequence.id);
    if (result < 0)
        return bx_lines_blame(t->lines, t->lines->number, err);
    if (!t->described && t->count > 0)
        return FAIL(t, err, "\"# sequence:\" was expected before the rows that are on it");
    t->described = true;
    return 0;
}

static int read_comment(table *t, bx_error *err)
{
    const char *text = t->lines->text + 1;
    size_t length;
    text += strspn(text, " \t");
    if (strncmp(text, "sequence:", strlen("sequence:")) == 0) {
        const char *id = word_after(text, "sequence:", &length);
        return id ? read_sequence(t, id, length, err) : FAIL(t, err, "an id was expected");
    }
    const char *size = word_after(text, "Genome size:", &length);
    t->size = size && text + strlen("Genome size: ") == size ? 0 : t->size;
    for (size_t i = 0; size && i < length && t->size < BX_GENOME_BASES; i++)
        if (size[i] >= '0' && size[i] <= '9') /* "543,379" */
            t->size = t->size * 10 + (uint64_t)(size[i] - '0');
    return 0;
}

/* ---- rows ---- */

/* Tabs, where there are enough, may have spaces between them. */
static int split(char *text, char **columns)
{
    int tabs = 0, count = 0;
    for (const char *at = text; *at; at++)
        tabs += *at == '\t';
    const char *between = tabs >= DESCRIPTION - 1 ? "\t" : " \t";
    for (char *at = text + strspn(text, " \t"); at && *at && count < COLUMNS;) {
        at += strspn(at, " ");
        columns[count++] = at;
        if (count == COLUMNS)
            break;
        at += strcspn(at, between);
        if (*at)
            *at++ = '\0';
        if (between[0] == ' ')
            at += strspn(at, between);
    }
    for (int i = 0; i < count; i++)
        for (size_t end = strlen(columns[i]); end > 0 && strchr(" \t", columns[i][end - 1]); end--)
            columns[i][end - 1] = '\0';
    return count;
}

static bool read_strand(const char *text, int8_t *strand)
{
    static const struct {
        const char *text;
        int8_t strand;
    } strands[] = {{"+", 1},   {"1", 1}, {"+1", 1}, {"-", -1},
                   {"-1", -1}, {"0", 0}, {".", 0},  {"?", 0}};
    for (size_t i = 0; i < sizeof strands / sizeof *strands; i++)
        if (strcmp(text, strands[i].text) == 0) {
            *strand = strands[i].strand;
            return true;
        }
    return false;
}

/* A word, or a number as the first such files have it. */
static const char *type_of(const char *text)
{
    static const char *const types[] = {"ncRNA", "CDS", "tRNA", "rRNA", "ncRNA", "pseudogene"};
    if (*text < '0' || *text > '9')
        return text;
    return text[1] == '\0' && *text <= '5' ? types[*text - '0'] : NULL;
}

static int read_numbers(const table *t, char *const *columns, numbers *row, bx_error *err)
{
    uint64_t values[3] = {0};
    for (int i = 0; i < 3; i++)
        if (!bx_lines_number(columns[i], strlen(columns[i]), &values[i]))
            return FAIL(t, err, "\"%.40s\" is no number, or too large: columns of %s were expected",
                        columns[i], expected);
    size_t sequences = t->draft->genome->strip_count;
    *row = (numbers){values[0], values[1], values[2], t->lines->number,
                     sequences > 0 ? sequences - 1 : 0};
    return 0;
}

static int keep_numbers(table *t, const numbers *row, bx_error *err)
{
    if (t->count == t->room) {
        size_t room = t->room ? t->room * 2 : 64;
        numbers *rows = realloc(t->rows, room * sizeof *rows);
        if (!rows)
            return bx_fail_memory(err);
        t->rows = rows;
        t->room = room;
    }
    t->rows[t->count++] = *row;
    return 0;
}

static int add_row(table *t, const numbers *row, char *const *columns, bx_error *err)
{
    const char *type = type_of(columns[4]);
    int8_t strand = 0;
    if (!read_strand(columns[3], &strand))
        return FAIL(t, err, "strand \"%.20s\": +, -, 1, -1 or 0 was expected", columns[3]);
    if (!type || !*type)
        return FAIL(t, err, "type \"%.20s\": a word, or 0 to 5, was expected", columns[4]);
    bx_found *found = bx_found_new(row->line, type, strlen(type), err);
    if (!found)
        return -1;
    found->tagged = true;
    found->feature.strand = strand;
    found->feature.sequence = row->sequence;
    if (bx_found_add_span(found, (bx_span){row->start, row->end}, err) < 0 ||
        bx_found_text(&found->feature.id, columns[5], strlen(columns[5]), err) < 0 ||
        (columns[DESCRIPTION] && *columns[DESCRIPTION] &&
         bx_found_text(&found->feature.product, columns[DESCRIPTION], strlen(columns[DESCRIPTION]),
                       err) < 0)) {
        bx_found_free(found);
        return -1;
    }
    return bx_draft_add(t->draft, found, err);
}

static int refuse_columns(const table *t, char *const *columns, int count, bx_error *err)
{
    if (t->count == 0 && count >= COLUMNS && !isdigit((unsigned char)*columns[0]) &&
        isdigit((unsigned char)*columns[3]) && isdigit((unsigned char)*columns[4]))
        return FAIL(
            t, err,
            "this looks like GFF3, which has to begin with \"##gff-version 3\", or an older "
            "GFF or GTF, which are not supported");
    return FAIL(t, err, "columns of %s were expected, and \"%.40s\" is not of these", expected,
                count ? columns[0] : "");
}

static int read_row(table *t, bx_error *err)
{
    char *columns[COLUMNS] = {0};
    int count = split(t->lines->text, columns);
    if (t->count == 0 && strcasecmp(columns[0], "start") == 0) {
        if (count < DESCRIPTION || strcasecmp(columns[1], "length") != 0 ||
            strcasecmp(columns[2], "end") != 0 || strcasecmp(columns[3], "strand") != 0)
            return FAIL(t, err, "the columns were expected to be %s", expected);
        return 0;
    }
    if (!isdigit((unsigned char)*columns[0]))
        return refuse_columns(t, columns, count, err);
    if (count < DESCRIPTION || !*columns[5])
        return FAIL(t, err, "%d columns: at least 6 were expected: %s", count, expected);
    numbers row;
    if (read_numbers(t, columns, &row, err) < 0 || keep_numbers(t, &row, err) < 0)
        return -1;
    return add_row(t, &row, columns, err);
}

/* ---- what the numbers say ---- */

static bool is_right(const table *t, const numbers *row)
{
    const bx_genome *genome = t->draft->genome;
    const bx_strip *strip =
        row->sequence < genome->strip_count ? &genome->strips[row->sequence] : NULL;
    uint64_t whole = !strip ? 0 : strip->sequence.length ? strip->sequence.length : strip->known;
    if (row->start == 0 || row->end == 0)
        return false;
    if (row->start <= row->end)
        return row->length == row->end - row->start + 1;
    return row->start <= whole && row->length == whole - row->start + 1 + row->end;
}

/* A file of the other kind: middle of a gene, half its length, distance from the middle before. */
static bool is_shifted(const table *t)
{
    size_t gaps = 0, wrong = 0;
    for (size_t i = 1; i < t->count; i++) {
        const numbers *row = &t->rows[i];
        uint64_t gap = row->start - t->rows[i - 1].start; /* wraps where it is less */
        gaps += row->end + 1 >= gap && row->end <= gap + 1;
        wrong += !is_right(t, row);
    }
    return t->count >= 3 && gaps * 10 >= (t->count - 1) * 8 && wrong * 2 > t->count - 1;
}

static int check_numbers(const table *t, bx_error *err)
{
    for (size_t i = 0; i < t->count; i++) {
        const numbers *row = &t->rows[i];
        if (is_right(t, row))
            continue;
        if (is_shifted(t))
            return bx_lines_fail(
                t->lines, row->line, err,
                "this file is of another kind: its columns are not start, length and end of a "
                "gene, but its middle, half its length, and how far its middle is from that of the "
                "gene before. Genes cannot be placed exactly by that: load the organism's GenBank "
                "or GFF3 file instead, or write start, length and end from one");
        if (row->start == 0 || row->end == 0)
            return bx_lines_fail(t->lines, row->line, err,
                                 "start %" PRIu64 " and end %" PRIu64 ": they count from 1",
                                 row->start, row->end);
        if (row->start > row->end)
            return bx_lines_fail(t->lines, row->line, err,
                                 "start %" PRIu64 " is after end %" PRIu64 ", and length %" PRIu64
                                 " does not fit a gene across the origin",
                                 row->start, row->end, row->length);
        return bx_lines_fail(t->lines, row->line, err,
                             "start %" PRIu64 " and end %" PRIu64 " are %" PRIu64
                             " bases, but the length is %" PRIu64,
                             row->start, row->end, row->end - row->start + 1, row->length);
    }
    return 0;
}

/* ---- the file ---- */

/* The file's name without folder and ending. */
static int add_nameless(const table *t, bx_error *err)
{
    const char *name = strrchr(t->lines->name, '/');
    name = name ? name + 1 : t->lines->name;
    bx_sequence sequence = {.length = t->size};
    if (bx_found_text(&sequence.id, name, strcspn(name, "."), err) < 0)
        return -1;
    for (char *at = sequence.id; *at; at++)
        if (*at == ' ')
            *at = '_';
    if (!*sequence.id && bx_found_text(&sequence.id, "genome", strlen("genome"), err) < 0)
        return -1;
    int result = bx_genome_add_sequence(t->draft->genome, &sequence, NULL, err);
    free(sequence.id);
    return result;
}

static int read_sequences(const table *t, bx_error *err)
{
    if (!t->described && !t->draft->options->fasta)
        return add_nameless(t, err);
    if (bx_draft_fasta(t->draft, err) < 0)
        return -1;
    if (!t->described && t->draft->genome->strip_count != 1)
        return bx_fail(err, BX_EGENOME,
                       "%s: %zu sequences, and the genes do not say which they are on: one was "
                       "expected",
                       t->draft->options->fasta, t->draft->genome->strip_count);
    return 0;
}

static int read_lines(table *t, bx_error *err)
{
    int more;
    while ((more = bx_lines_next(t->lines, err)) > 0) {
        const char *text = t->lines->text;
        if (text[strspn(text, " \t")] == '\0')
            continue;
        if ((*text == '#' ? read_comment(t, err) : read_row(t, err)) < 0)
            return -1;
    }
    if (more == 0 && t->count == 0)
        return FAIL(t, err, "there are no genes: rows of %s were expected", expected);
    return more;
}

int bx_table_read(bx_draft *draft, bx_error *err)
{
    table t = {.draft = draft, .lines = draft->lines};
    draft->one_line_each = true;
    int result =
        read_lines(&t, err) < 0 || read_sequences(&t, err) < 0 ? -1 : check_numbers(&t, err);
    free(t.rows);
    return result;
}
