/* EMBL's flat files: lines with a code of two letters, the records ended by "//". */
#include "genome/insdc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT = 5 }; /* the column behind the code, from 0 */

/* A word of a text, and what separates it from the next. */
static bool next_word(const char **at, size_t *length)
{
    *at += strspn(*at, " \t;");
    *length = strcspn(*at, " \t;");
    return *length > 0;
}

/* "ID   X56734; SV 1; linear; mRNA; STD; PLN; 1859 BP.", or as before 2006
 * "ID   TRBG361 standard; circular DNA; PLN; 1859 BP." */
static int read_id(bx_insdc *r, bx_error *err)
{
    const char *at = r->lines->text + 2, *before = "";
    size_t length, before_length = 0;
    bool counted = false, unknown = false;
    for (; next_word(&at, &length); at += length) {
        bool follows = bx_lines_number(before, before_length, &r->length);
        if (follows && strncasecmp(at, "AA.", length) == 0)
            return bx_lines_fail(r->lines, r->line, err,
                                 "this record is a protein: bases were expected");
        counted |= follows && length >= 2 && strncasecmp(at, "BP", 2) == 0;
        unknown |= length >= 3 && strncmp(at, "XXX", 3) == 0;
        r->circular |= length == strlen("circular") && strncasecmp(at, "circular", length) == 0;
        if (!r->locus && bx_found_text(&r->locus, at, length, err) < 0)
            return -1;
        if (before_length == 2 && strncmp(before, "SV", 2) == 0 &&
            bx_found_text(&r->version, at, length, err) < 0)
            return -1;
        before = at;
        before_length = length;
    }
    if (!counted && unknown) { /* as files that go to ENA have it: the bases tell */
        r->length = 0;
        return 0;
    }
    if (!counted || r->length == 0 || r->length > BX_GENOME_BASES)
        return bx_lines_fail(r->lines, r->line, err,
                             "ID: a name and a length of 1 to %" PRIu64 " BP were expected",
                             (uint64_t)BX_GENOME_BASES);
    return 0;
}

/* The accession and the number of its version make the id that GenBank has for it. */
static int set_version(bx_insdc *r, bx_error *err)
{
    char id[BX_GENOME_ID_LENGTH + 1];
    const char *accession = r->accession ? r->accession : r->locus;
    if (!r->version || !accession || r->added || strchr(r->version, '.'))
        return 0;
    if (strcmp(accession, "XXX") == 0 || strspn(r->version, "0123456789") != strlen(r->version)) {
        free(r->version);
        r->version = NULL;
        return 0;
    }
    int length = snprintf(id, sizeof id, "%s.%s", accession, r->version);
    return length < (int)sizeof id ? bx_found_text(&r->version, id, strlen(id), err) : 0;
}

/* Groups of bases and, at the line's end, how many there are by then. */
static int read_bases(bx_insdc *r, bx_error *err)
{
    char *text = r->lines->text;
    size_t length = r->lines->length, digits = 0;
    uint64_t said = 0;
    while (length > 0 && strchr(" \t", text[length - 1]))
        length--;
    while (digits < length && text[length - 1 - digits] >= '0' && text[length - 1 - digits] <= '9')
        digits++;
    bool numbered = bx_lines_number(text + length - digits, digits, &said);
    if (bx_draft_bases(r->draft, r->sequence, text, length - digits, err) < 0)
        return -1;
    size_t known = r->draft->genome->strips[r->sequence].known;
    if (numbered && said != known)
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "the line says that it ends with base %" PRIu64 ", but there are %zu",
                             said, known);
    return 0;
}

static int read_header(bx_insdc *r, const char *code, const char *text, bx_error *err)
{
    const char *at = text;
    size_t length;
    if (strcmp(code, "DE") == 0)
        return bx_insdc_describe(r, text, err);
    if (strncmp(r->lines->text, "AC * _", 6) == 0) { /* its name on the way to ENA */
        text++;
        return bx_found_text(&r->accession, text, strcspn(text, " \t;"), err);
    }
    if (strcmp(code, "AC") == 0 && !r->accession && next_word(&at, &length))
        return bx_found_text(&r->accession, at, length, err);
    if (strcmp(code, "SV") == 0 && next_word(&at, &length))
        return bx_found_text(&r->version, at, length, err);
    if (strcmp(code, "ID") == 0)
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"//\" was expected before the next ID");
    return 0;
}

static int begin_sequence(bx_insdc *r, bx_error *err)
{
    return set_version(r, err) < 0 ? -1 : bx_insdc_add_sequence(r, err);
}

static int read_line(bx_insdc *r, bool *bases, bx_error *err)
{
    const char *line = r->lines->text;
    if (!*line)
        return 0;
    const char code[3] = {line[0], line[1], '\0'};
    if (*bases)
        return read_bases(r, err);
    if (strcmp(code, "FT") == 0)
        return begin_sequence(r, err) < 0 ? -1 : bx_insdc_feature_line(r, r->lines->text + 2, err);
    if (bx_insdc_end_feature(r, err) < 0)
        return -1;
    *bases = strcmp(code, "SQ") == 0;
    if (*bases)
        return begin_sequence(r, err);
    return read_header(r, code, strlen(line) > TEXT ? line + TEXT : "", err);
}

static int read_record(bx_insdc *r, bx_error *err)
{
    bool bases = false;
    int more;
    if (read_id(r, err) < 0)
        return -1;
    while ((more = bx_lines_next(r->lines, err)) > 0 && strncmp(r->lines->text, "//", 2) != 0)
        if (read_line(r, &bases, err) < 0)
            return -1;
    if (more < 0 || bx_insdc_end_feature(r, err) < 0)
        return -1;
    if (more == 0 && bx_insdc_check_end(r, err) < 0)
        return -1;
    return begin_sequence(r, err) < 0 ? -1 : bx_insdc_check_length(r, err);
}

int bx_embl_read(bx_draft *draft, bx_error *err)
{
    int more;
    while ((more = bx_lines_next(draft->lines, err)) > 0) {
        if (draft->lines->text[strspn(draft->lines->text, " \t")] == '\0')
            continue;
        if (strncmp(draft->lines->text, "ID ", 3) != 0)
            return bx_lines_fail(draft->lines, draft->lines->number, err, "ID was expected");
        bx_insdc r = {.draft = draft, .lines = draft->lines, .line = draft->lines->number};
        int result = read_record(&r, err);
        bx_insdc_free(&r);
        if (result < 0)
            return -1;
    }
    return more < 0 ? -1 : bx_draft_fasta(draft, err);
}
