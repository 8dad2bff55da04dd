/* GenBank's flat files: records of a header, a table of features and bases, each ended by "//". */
#include "genome/insdc.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

typedef enum part { HEADER, DEFINITION, FEATURES, ELSEWHERE } part;

/* ---- the header ---- */

static bool is_word(const char *word, size_t length, const char *wanted)
{
    return strlen(wanted) == length && strncasecmp(word, wanted, length) == 0;
}

/* Where "bp" follows what is no number, the name and the length have run together. */
static int check_locus(bx_insdc *r, bool counted, bool measured, bx_error *err)
{
    if (!counted && measured)
        return bx_draft_warn(r->draft, r->line, "locus", r->locus, err,
                             "LOCUS: name and length have run together, so the length is that of "
                             "the bases");
    if (!counted)
        return bx_lines_fail(r->lines, r->line, err,
                             "LOCUS: a name and a length in bp were expected");
    if (r->length == 0 || r->length > BX_GENOME_BASES)
        return bx_lines_fail(r->lines, r->line, err, "LOCUS: 1 to %" PRIu64 " bp were expected",
                             (uint64_t)BX_GENOME_BASES);
    return 0;
}

static int refuse_unit(const bx_insdc *r, bool protein, bx_error *err)
{
    return bx_lines_fail(r->lines, r->line, err,
                         protein ? "this record is a protein: bases were expected"
                                 : "this is a project's master record, without bases: they are in "
                                   "records of their own");
}

/* What is before a length in "1234bp", or -1. */
static ptrdiff_t digits_before_bp(const char *word, size_t length)
{
    return length > 2 && is_word(word + length - 2, 2, "bp") ? (ptrdiff_t)length - 2 : -1;
}

static bool is_molecule(const char *word, size_t length)
{
    return length >= 3 &&
           (is_word(word + length - 3, 3, "DNA") || is_word(word + length - 3, 3, "RNA"));
}

typedef struct locus {
    bool bare;     /* no "bp" is there: the length is before "DNA" */
    bool counted;  /* the length is known */
    bool measured; /* "bp" follows what is no number, but ends with one */
    uint64_t number;
} locus;

/* A word of LOCUS, and that before it, which may be the name. */
static int read_locus_word(bx_insdc *r, locus *l, const char *word, size_t length,
                           const char *before, size_t before_length, bx_error *err)
{
    bool follows = before && bx_lines_number(before, before_length, &l->number);
    bool named = before && before == r->lines->text + strlen("LOCUS") +
                                         strspn(r->lines->text + strlen("LOCUS"), " \t");
    ptrdiff_t digits = r->locus ? digits_before_bp(word, length) : -1;
    if (l->counted)
        return 0;
    if (follows && (is_word(word, length, "aa") || is_word(word, length, "rc")))
        return refuse_unit(r, is_word(word, length, "aa"), err);
    if (digits > 0 && bx_lines_number(word, (size_t)digits, &l->number)) {
        l->counted = true;
    } else if (before && (is_word(word, length, "bp") ||
                          (l->bare && follows && !named && is_molecule(word, length)))) {
        l->counted = follows;
        l->measured = named && before[before_length - 1] >= '0' && before[before_length - 1] <= '9';
    }
    r->length = l->counted ? l->number : 0;
    return 0;
}

/* "LOCUS name 1234 bp ds-DNA circular BCT 01-JAN-2000": the number before "bp" is found wherever
 * it stands, since programs differ in their columns and in how they write names. */
static int scan_locus(bx_insdc *r, locus *l, bx_error *err)
{
    const char *at = r->lines->text + strlen("LOCUS"), *before = NULL;
    size_t before_length = 0;
    for (size_t length; *(at += strspn(at, " \t")); at += length) {
        length = strcspn(at, " \t");
        if (read_locus_word(r, l, at, length, before, before_length, err) < 0)
            return -1;
        if ((l->counted || l->measured) && is_word(at, length, "circular"))
            r->circular = true;
        if (!r->locus && bx_found_text(&r->locus, at, length, err) < 0)
            return -1;
        before = at;
        before_length = length;
    }
    return 0;
}

static int read_locus(bx_insdc *r, bx_error *err)
{
    locus l = {0};
    if (scan_locus(r, &l, err) < 0)
        return -1;
    l.bare = !l.counted && !l.measured;
    if (l.bare && scan_locus(r, &l, err) < 0)
        return -1;
    return check_locus(r, l.counted, l.measured, err);
}

static int read_word(const bx_insdc *r, char **word, bx_error *err)
{
    const char *at = r->lines->text + strcspn(r->lines->text, " ");
    at += strspn(at, " ");
    return *word ? 0 : bx_found_text(word, at, strcspn(at, " \t"), err);
}

/* ---- bases ---- */

/* "        1 acgtacgtac acgtacgtac": past the number, which must follow what is there so far. */
static int skip_number(bx_insdc *r, char **bases, size_t *length, bx_error *err)
{
    const bx_lines *lines = r->lines;
    size_t at = 0, digits = 0;
    uint64_t number, next = r->draft->genome->strips[r->sequence].known + 1;
    while (at < lines->length && (lines->text[at] == ' ' || lines->text[at] == '\t'))
        at++;
    while (at + digits < lines->length && lines->text[at + digits] >= '0' &&
           lines->text[at + digits] <= '9')
        digits++;
    *bases = lines->text + at + digits;
    *length = lines->length - at - digits;
    if (digits == 0 &&
        (*length == 0 || isalpha((unsigned char)**bases))) /* some write no numbers */
        return 0;
    if (!bx_lines_number(lines->text + at, digits, &number))
        return bx_lines_fail(lines, lines->number, err,
                             "a number and bases, or \"//\", were expected");
    if (number != next)
        return bx_lines_fail(lines, lines->number, err,
                             "the line says that it starts with base %" PRIu64 ", but base %" PRIu64
                             " is next",
                             number, next);
    return 0;
}

static int read_origin(bx_insdc *r, bx_error *err)
{
    bool begins = true;
    for (;;) {
        int more = begins ? bx_lines_start_with(r->lines, "//", err) : 0;
        if (more != 0)
            return more < 0 ? -1 : 0;
        more = bx_lines_piece(r->lines, err);
        if (more <= 0)
            return more;
        char *bases = r->lines->text;
        size_t length = r->lines->length;
        if ((begins && skip_number(r, &bases, &length, err) < 0) ||
            bx_draft_bases(r->draft, r->sequence, bases, length, err) < 0)
            return -1;
        begins = r->lines->whole;
    }
}

/* ---- records ---- */

static int begin_section(bx_insdc *r, part *section, bx_error *err)
{
    const char *text = r->lines->text;
    size_t length = strcspn(text, " \t");
    *section = ELSEWHERE;
    if (bx_insdc_end_feature(r, err) < 0)
        return -1;
    if (is_word(text, length, "DEFINITION")) {
        *section = DEFINITION;
        text += length + strspn(text + length, " ");
        return r->definition.length == 0 ? bx_insdc_describe(r, text, err) : 0;
    }
    if (is_word(text, length, "ACCESSION"))
        return read_word(r, &r->accession, err);
    if (is_word(text, length, "VERSION"))
        return read_word(r, &r->version, err);
    if (is_word(text, length, "LOCUS"))
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"//\" was expected before the next LOCUS");
    if (is_word(text, length, "FEATURES")) {
        *section = FEATURES;
        return bx_insdc_add_sequence(r, err);
    }
    if (!is_word(text, length, "ORIGIN"))
        return 0;
    return bx_insdc_add_sequence(r, err) < 0 ? -1 : read_origin(r, err);
}

/* From the line after LOCUS to "//". */
static int read_lines(bx_insdc *r, bx_error *err)
{
    part section = HEADER;
    int more, result = 0;
    while ((more = bx_lines_next(r->lines, err)) > 0) {
        char *text = r->lines->text;
        if (strncmp(text, "//", 2) == 0)
            break;
        if (*text && *text != ' ' && *text != '\t')
            result = begin_section(r, &section, err);
        else if (section == FEATURES)
            result = bx_insdc_feature_line(r, text, err);
        else if (section == DEFINITION)
            result = bx_insdc_describe(r, text + strspn(text, " "), err);
        if (result < 0)
            return -1;
    }
    if (more < 0 || bx_insdc_end_feature(r, err) < 0)
        return -1;
    if (more == 0 && bx_insdc_check_end(r, err) < 0)
        return -1;
    return bx_insdc_add_sequence(r, err) < 0 ? -1 : bx_insdc_check_length(r, err);
}

static int read_record(bx_draft *draft, bx_error *err)
{
    bx_insdc r = {.draft = draft, .lines = draft->lines, .line = draft->lines->number};
    int result = read_locus(&r, err) < 0 || read_lines(&r, err) < 0 ? -1 : 0;
    bx_insdc_free(&r);
    return result;
}

int bx_genbank_read(bx_draft *draft, bx_error *err)
{
    int more;
    while ((more = bx_lines_next(draft->lines, err)) > 0) {
        if (draft->lines->text[strspn(draft->lines->text, " \t")] == '\0')
            continue;
        if (strncmp(draft->lines->text, "LOCUS ", 6) != 0)
            return bx_lines_fail(draft->lines, draft->lines->number, err, "LOCUS was expected");
        if (read_record(draft, err) < 0)
            return -1;
    }
    return more < 0 ? -1 : bx_draft_fasta(draft, err);
}
