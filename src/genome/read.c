/* Reading a genome, of whichever format. */
#include "genome/read.h"

#include <stdlib.h>
#include <string.h>

typedef int read_function(bx_draft *draft, bx_error *err);

static read_function *const readers[] = {
    [BX_GENOME_FASTA] = bx_fasta_read, [BX_GENOME_GENBANK] = bx_genbank_read,
    [BX_GENOME_GFF3] = bx_gff3_read,   [BX_GENOME_EMBL] = bx_embl_read,
    [BX_GENOME_GTF] = bx_gtf_read,     [BX_GENOME_TABLE] = bx_table_read,
};

static const struct {
    const char *text;
    bx_genome_format format;
} beginnings[] = {
    {">", BX_GENOME_FASTA},
    {";", BX_GENOME_FASTA},
    {"LOCUS ", BX_GENOME_GENBANK},
    {"##gff-version", BX_GENOME_GFF3},
    {"ID   ", BX_GENOME_EMBL},
    {"FT   ", BX_GENOME_EMBL},
    {"#gtf-version", BX_GENOME_GTF},
    {"<", BX_GENOME_ANY},
    {"{", BX_GENOME_ANY},
    {"@", BX_GENOME_ANY}, /* FASTQ, SAM */
};

static int skip_empty_lines(bx_lines *lines, bx_error *err)
{
    for (;;) {
        int empty = bx_lines_start_with(lines, "\n", err);
        if (empty == 0)
            empty = bx_lines_start_with(lines, "\r", err);
        if (empty <= 0)
            return empty;
        if (bx_lines_next(lines, err) < 0)
            return -1;
    }
}

/* Of rows that nothing announces: what their ninth column is like. */
static int detect_rows(bx_lines *lines, bx_genome_format *format, bx_error *err)
{
    const char *text, *at;
    size_t length;
    if (bx_lines_peek(lines, &text, &length, err) < 0)
        return -1;
    while (length > 0 && *text && strchr("#\r\n", *text)) {
        size_t line = strcspn(text, "\r\n");
        line += text[line] != '\0';
        text += line;
        length -= line;
    }
    size_t row = strcspn(text, "\r\n");
    int tabs = 0;
    for (at = text; tabs < 8 && at < text + row; at++)
        tabs += *at == '\t';
    if (tabs < 8)
        return 0;
    char *last = strndup(at, (size_t)(text + row - at));
    if (!last)
        return bx_fail_memory(err);
    const char *key = last + strspn(last, " ");
    bool one_word = *key && strcspn(key, " =;\"") == strlen(key); /* AUGUSTUS: "g1.t1" */
    bool spaced = key[strcspn(key, " =")] == ' ';                 /* key "value", not key=value */
    if ((spaced && (strstr(key, "gene_id ") || strstr(key, "transcript_id "))) ||
        (one_word && strcmp(key, ".") != 0))
        *format = BX_GENOME_GTF;
    else if (*format == BX_GENOME_TABLE && (strchr(key, '=') || one_word))
        *format = BX_GENOME_GFF3;
    free(last);
    return 0;
}

static int detect(bx_lines *lines, bx_genome_format *format, bx_error *err)
{
    if (skip_empty_lines(lines, err) < 0)
        return -1;
    *format = BX_GENOME_TABLE;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        int begins = bx_lines_start_with(lines, beginnings[i].text, err);
        if (begins < 0)
            return -1;
        if (begins > 0)
            *format = beginnings[i].format;
    }
    if ((*format == BX_GENOME_TABLE || *format == BX_GENOME_GFF3) &&
        detect_rows(lines, format, err) < 0)
        return -1;
    if (*format == BX_GENOME_ANY)
        return bx_lines_fail(lines, lines->number + 1, err,
                             "FASTA, GenBank, EMBL, GFF3, GTF or a .genome table was expected");
    return 0;
}

static int check_options(const bx_genome_options *options, bx_error *err)
{
    if ((unsigned)options->format > BX_GENOME_GTF)
        return bx_fail(err, BX_EGENOME, "there is no format %d", (int)options->format);
    if (options->code != 0 &&
        (options->code < 0 || options->code > 255 || !bx_genome_has_code(options->code)))
        return bx_fail(err, BX_EGENOME, "there is no genetic code %d", options->code);
    return 0;
}

static int read_lines(bx_draft *draft, bx_error *err)
{
    bx_genome_format format = draft->options->format;
    if (check_options(draft->options, err) < 0 ||
        (format == BX_GENOME_ANY && detect(draft->lines, &format, err) < 0))
        return -1;
    if (format == BX_GENOME_FASTA && draft->options->fasta)
        return bx_lines_fail(draft->lines, 1, err,
                             "this is FASTA itself: it needs no other file for its bases");
    return readers[format](draft, err);
}

static bx_genome *read_genome(bx_lines *lines, const bx_genome_options *options, bx_error *err)
{
    static const bx_genome_options plain = {.circular = -1};
    bx_draft draft = {.lines = lines, .options = options ? options : &plain};
    draft.genome = bx_genome_new(err);
    if (draft.genome && (read_lines(&draft, err) < 0 || bx_draft_finish(&draft, err) < 0)) {
        bx_genome_free(draft.genome);
        draft.genome = NULL;
    }
    bx_draft_free(&draft);
    bx_lines_close(lines);
    return draft.genome;
}

bx_genome *bx_genome_read_file(const char *path, const bx_genome_options *options, bx_error *err)
{
    bx_error unread = {0};
    bx_lines lines;
    err = err ? err : &unread;
    return bx_lines_open(&lines, path, err) < 0 ? NULL : read_genome(&lines, options, err);
}

bx_genome *bx_genome_read_text(const void *text, size_t length, const char *name,
                               const bx_genome_options *options, bx_error *err)
{
    bx_error unread = {0};
    bx_lines lines;
    err = err ? err : &unread;
    if (bx_lines_open_memory(&lines, name ? name : "text", text, length, err) < 0)
        return NULL;
    return read_genome(&lines, options, err);
}
