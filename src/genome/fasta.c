/* FASTA: ">id description" and lines of bases. A record of an id that the genome has already, of
 * GFF3 say, brings the bases of that. */
#include "genome/read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bases ---- */

static int refuse_base(const bx_lines *lines, const char *at, bx_error *err)
{
    unsigned char c = (unsigned char)*at;
    uint64_t column = lines->offset + (uint64_t)(at - lines->text) + 1;
    const char *why = "letters of IUPAC were expected";
    if (c == '-' || c == '.')
        why = "gaps are of alignments, and bases were expected";
    else if (c == '*' || (c < 0x80 && strchr("EFILOPQXZJefilopqxzj", c)))
        why = "bases were expected, and not the residues of a protein";
    if (c > ' ' && c < 0x7f)
        return bx_lines_fail(lines, lines->number, err,
                             "\"%c\" in column %" PRIu64 " is no base: %s", c, column, why);
    return bx_lines_fail(lines, lines->number, err,
                         "byte 0x%02x in column %" PRIu64 " is no base: %s", c, column, why);
}

int bx_draft_bases(bx_draft *draft, size_t sequence, char *bases, size_t length, bx_error *err)
{
    size_t kept = length;
    if (memchr(bases, ' ', length) || memchr(bases, '\t', length)) {
        kept = 0;
        for (size_t i = 0; i < length; i++) {
            if (bases[i] == ' ' || bases[i] == '\t')
                continue;
            if (!bx_base_letter[(unsigned char)bases[i]])
                return refuse_base(draft->lines, bases + i, err);
            bases[kept++] = bases[i];
        }
    }
    if (bx_genome_add_bases(draft->genome, sequence, bases, kept, err) == 0)
        return 0;
    for (size_t i = 0; i < kept && err->code == BX_EGENOME; i++)
        if (!bx_base_letter[(unsigned char)bases[i]])
            return refuse_base(draft->lines, bases + i, err);
    return bx_lines_blame(draft->lines, draft->lines->number, err);
}

/* ---- records ---- */

/* The record at hand. */
typedef struct entry {
    bool begun;
    size_t sequence;
    uint64_t line;
} entry;

static int end_record(const bx_draft *draft, const entry *record, bx_error *err)
{
    if (!record->begun)
        return 0;
    const bx_strip *strip = &draft->genome->strips[record->sequence];
    if (strip->known == 0)
        return bx_lines_fail(draft->lines, record->line, err, "\"%.80s\" has no bases",
                             strip->sequence.id);
    if (strip->sequence.length > 0 && strip->sequence.length != strip->known)
        return bx_lines_fail(draft->lines, record->line, err,
                             "\"%.80s\" has %zu bases here, but its stated length is %" PRIu64,
                             strip->sequence.id, strip->known, strip->sequence.length);
    return 0;
}

/* Take "[key=value]" out of a description: NCBI's way to say more. NULL: it is not there. */
static char *take_modifier(char *description, const char *key)
{
    char *start = strstr(description, key);
    char *end = start ? strchr(start, ']') : NULL;
    if (!end)
        return NULL;
    char *value = strndup(start + strlen(key), (size_t)(end - start) - strlen(key));
    while (start > description && start[-1] == ' ')
        start--;
    memmove(start, end + 1, strlen(end + 1) + 1);
    return value;
}

static int describe(const bx_draft *draft, bx_sequence *sequence, char *description, bx_error *err)
{
    int result = 0;
    char *topology = take_modifier(description, "[topology=");
    if (topology)
        sequence->circular = strcmp(topology, "circular") == 0;
    char *text = take_modifier(description, "[gcode=");
    uint64_t code;
    if (text && (!bx_lines_number(text, strlen(text), &code) || code > 255 || code == 0 ||
                 !bx_genome_has_code((int)code)))
        result = bx_lines_fail(draft->lines, draft->lines->number, err,
                               "there is no genetic code \"%.20s\"", text);
    else if (text)
        sequence->code = (uint8_t)code;
    free(topology);
    free(text);
    return result;
}

/* A sequence of this record's own. */
static int add_sequence(bx_draft *draft, char *id, char *description, entry *record, bx_error *err)
{
    bx_sequence sequence = {.id = id, .description = description};
    if (describe(draft, &sequence, description, err) < 0)
        return -1;
    if (bx_genome_add_sequence(draft->genome, &sequence, &record->sequence, err) < 0)
        return bx_lines_blame(draft->lines, record->line, err);
    return 0;
}

static int begin_record(bx_draft *draft, entry *record, bx_error *err)
{
    bx_lines *lines = draft->lines;
    char *id = lines->text + 1 + strspn(lines->text + 1, " \t");
    size_t length = strcspn(id, " \t");
    char *description = id + length + strspn(id + length, " \t");
    if (length == 0)
        return bx_lines_fail(lines, lines->number, err, "an id was expected after \">\"");
    id[length] = '\0';
    for (size_t end = strlen(description); end > 0 && description[end - 1] == ' '; end--)
        description[end - 1] = '\0';
    *record = (entry){.begun = true, .line = lines->number};
    ptrdiff_t known = bx_genome_find_sequence(draft->genome, id);
    if (known < 0)
        return add_sequence(draft, id, description, record, err);
    if (draft->genome->strips[known].known > 0)
        return bx_lines_fail(lines, lines->number, err, "a second sequence \"%.80s\"", id);
    record->sequence = (size_t)known;
    return 0;
}

static int read_bases(bx_draft *draft, const entry *record, bx_error *err)
{
    bx_lines *lines = draft->lines;
    int more;
    while ((more = bx_lines_piece(lines, err)) > 0) {
        if (!record->begun && lines->length > 0)
            return bx_lines_fail(lines, lines->number, err, "\">\" and an id were expected");
        if (bx_draft_bases(draft, record->sequence, lines->text, lines->length, err) < 0)
            return -1;
        if (lines->whole)
            break;
    }
    return more;
}

int bx_fasta_read(bx_draft *draft, bx_error *err)
{
    entry record = {0};
    int more = 1;
    while (more > 0) {
        int header = bx_lines_start_with(draft->lines, ">", err);
        int comment = header == 0 ? bx_lines_start_with(draft->lines, ";", err) : 0;
        if (header < 0 || comment < 0)
            return -1;
        if (header == 0 && comment == 0) {
            more = read_bases(draft, &record, err);
            continue;
        }
        more = bx_lines_next(draft->lines, err);
        if (more > 0 && header > 0 &&
            (end_record(draft, &record, err) < 0 || begin_record(draft, &record, err) < 0))
            return -1;
    }
    if (more < 0 || end_record(draft, &record, err) < 0)
        return -1;
    if (!record.begun)
        return bx_lines_fail(draft->lines, draft->lines->number, err, "there is no sequence");
    return 0;
}

int bx_draft_fasta(bx_draft *draft, bx_error *err)
{
    if (!draft->options->fasta)
        return 0;
    bx_lines fasta, *own = draft->lines;
    if (bx_lines_open(&fasta, draft->options->fasta, err) < 0)
        return -1;
    draft->lines = &fasta;
    int result = bx_fasta_read(draft, err);
    for (size_t i = 0; i < draft->genome->strip_count && result == 0; i++)
        if (draft->genome->strips[i].known == 0)
            result =
                bx_lines_fail(&fasta, fasta.number, err, "there is no sequence \"%.80s\" in it",
                              draft->genome->strips[i].sequence.id);
    draft->lines = own;
    bx_lines_close(&fasta);
    return result;
}
