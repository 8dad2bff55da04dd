/* Genomes: building, what must hold of them, the origin, genetic codes, and bytes that can't be
 * trusted. */
#include "genome/genome.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

/* ---- help ---- */

static bx_genome *begin(const char *id, const char *bases, bool circular, int code)
{
    bx_genome *g = bx_genome_new(NULL);
    bx_sequence sequence = {.id = (char *)id, .circular = circular, .code = (uint8_t)code};
    CHECK(bx_genome_add_sequence(g, &sequence, NULL, NULL) == 0);
    CHECK(bx_genome_add_bases(g, 0, bases, strlen(bases), NULL) == 0);
    return g;
}

static int add(bx_genome *g, const char *id, const char *type, int strand, bx_span *spans,
               size_t count)
{
    bx_feature feature = {.id = (char *)id,
                          .type = (char *)type,
                          .strand = (int8_t)strand,
                          .spans = spans,
                          .span_count = count};
    return bx_genome_add_feature(g, &feature, NULL);
}

static int add_run(bx_genome *g, const char *id, const char *type, int strand, uint64_t start,
                   uint64_t end)
{
    return add(g, id, type, strand, &(bx_span){start, end}, 1);
}

static const char *text_of(bx_buffer *buffer)
{
    CHECK(bx_buffer_append(buffer, "", 1) == 0);
    return (const char *)buffer->data;
}

static void check_region(const bx_genome *g, uint64_t start, uint64_t end, int strand,
                         const char *wanted)
{
    bx_buffer out = {0};
    CHECK(bx_genome_region(g, 0, start, end, strand, &out, NULL) == 0);
    CHECK_TEXT(text_of(&out), wanted);
    bx_buffer_free(&out);
}

static void check_dna(const bx_genome *g, const char *id, const char *wanted)
{
    bx_buffer out = {0};
    const bx_feature *feature = bx_genome_find(g, id);
    CHECK(feature && bx_genome_feature_bases(g, feature, &out, NULL) == 0);
    CHECK_TEXT(text_of(&out), wanted);
    bx_buffer_free(&out);
}

/* Codon by codon; `whole`, as the protein of a gene that is all of it. */
static int translate(const char *dna, int code, bool whole, bx_buffer *out, bx_error *err)
{
    if (!whole)
        return bx_genome_translate(dna, strlen(dna), code, out, err);
    bx_genome *g = begin("chr", dna, false, (uint8_t)code);
    CHECK(add_run(g, "p", "CDS", 1, 1, strlen(dna)) == 0 && bx_genome_finish(g, err) == 0);
    int status = bx_genome_protein(g, bx_genome_find(g, "p"), out, err);
    bx_genome_free(g);
    return status;
}

static void check_translation(const char *dna, int code, bool whole, const char *wanted)
{
    bx_buffer out = {0};
    bx_error err = {0};
    CHECK(translate(dna, code, whole, &out, &err) == 0);
    CHECK_TEXT(err.message, "");
    CHECK_TEXT(text_of(&out), wanted);
    bx_buffer_free(&out);
}

static void refuse_translation(const char *dna, int code, bool whole, const char *part)
{
    bx_buffer out = {0};
    bx_error err = {0};
    CHECK(translate(dna, code, whole, &out, &err) < 0);
    CHECK(err.code == BX_EGENOME && out.length == 0);
    if (!strstr(err.message, part))
        CHECK_TEXT(err.message, part);
    bx_buffer_free(&out);
}

/* Finishing fails with `part` in the message. */
static void refuse_finish(bx_genome *g, const char *part)
{
    bx_error err = {0};
    CHECK(bx_genome_finish(g, &err) < 0 && err.code == BX_EGENOME);
    if (!strstr(err.message, part))
        CHECK_TEXT(err.message, part);
    bx_genome_free(g);
}

/* ---- building ---- */

static void bases_are_upper_case_dna(void)
{
    bx_error err = {0};
    bx_genome *g = begin("chr", "acgu", false, 0);
    CHECK(bx_genome_add_bases(g, 0, "RYSWKMBDHVN", 11, &err) == 0);
    CHECK(bx_genome_add_bases(g, 0, "AC GT", 5, &err) < 0);
    CHECK_TEXT(err.message, "\"chr\": base 18 is byte 32, which is no letter of IUPAC's");
    CHECK(bx_genome_add_bases(g, 0, "X", 1, &err) < 0);
    CHECK(bx_genome_add_bases(g, 1, "A", 1, &err) < 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    CHECK_TEXT(bx_genome_sequence(g, 0)->bases, "ACGTRYSWKMBDHVN");
    CHECK(bx_genome_length(g) == 15);
    CHECK_NEAR(bx_genome_gc("ACGTRYSWKMBDHVN", 15), 0.5, 0);
    CHECK(isnan(bx_genome_gc("NN", 2)));
    check_region(g, 1, 15, -1, "NBDHVKMWSRYACGT");
    CHECK(bx_genome_add_bases(g, 0, "A", 1, &err) < 0 && bx_genome_finish(g, &err) < 0);
    bx_genome_free(g);
}

static void what_is_wrong_is_refused(void)
{
    bx_error err = {0};
    bx_genome *g = begin("chr", "ACGTACGTAC", false, 0);
    bx_sequence again = {.id = "chr"}, spaced = {.id = "a b"}, odd = {.id = "x", .code = 7};
    CHECK(bx_genome_add_sequence(g, &again, NULL, &err) < 0);
    CHECK_TEXT(err.message, "there are two sequences \"chr\"");
    CHECK(bx_genome_add_sequence(g, &spaced, NULL, &err) < 0);
    CHECK(bx_genome_add_sequence(g, &odd, NULL, &err) < 0);
    CHECK_TEXT(err.message, "\"x\": there is no genetic code 7");
    CHECK(add_run(g, "", "CDS", 1, 1, 3) < 0 && add_run(g, NULL, "CDS", 1, 1, 3) < 0);
    CHECK(add_run(g, "a\tb", "CDS", 1, 1, 3) < 0 && add_run(g, "a", "", 1, 1, 3) < 0);
    CHECK(add_run(g, "a", "CDS", 2, 1, 3) < 0 && add_run(g, "a", "CDS", 1, 0, 3) < 0);
    CHECK(add_run(g, "a", "CDS", 1, 4, 3) < 0 && add_run(g, "a", "CDS", 1, 1, UINT64_MAX) < 0);
    CHECK(add(g, "a", "CDS", 1, NULL, 0) < 0);
    char *name = malloc(300);
    memset(name, 'n', 299);
    name[299] = '\0';
    CHECK(add_run(g, name, "CDS", 1, 1, 3) < 0);
    name[BX_GENOME_ID_LENGTH] = '\0';
    CHECK(add_run(g, name, "CDS", 1, 1, 3) == 0);
    free(name);
    bx_feature elsewhere = {.id = "b", .type = "CDS", .sequence = 1, .spans = &(bx_span){1, 2}};
    elsewhere.span_count = 1;
    CHECK(bx_genome_add_feature(g, &elsewhere, &err) < 0);
    CHECK(add_run(g, "c", "CDS", 1, 8, 11) == 0);
    refuse_finish(g, "\"c\": base 11 is outside \"chr\", which has 10 bases");
}

static void lengths_agree_with_the_bases(void)
{
    bx_error err = {0};
    refuse_finish(bx_genome_new(NULL), "no sequences");
    bx_sequence stated = {.id = "s", .length = 12};
    bx_genome *g = bx_genome_new(NULL);
    CHECK(bx_genome_add_sequence(g, &stated, NULL, &err) == 0);
    CHECK(bx_genome_add_bases(g, 0, "ACG", 3, &err) == 0);
    refuse_finish(g, "\"s\" has 3 bases, not 12 as stated");
    g = bx_genome_new(NULL);
    CHECK(bx_genome_add_sequence(g, &stated, NULL, &err) == 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_length(g) == 12 && !bx_genome_sequence(g, 0)->bases);
    bx_buffer out = {0};
    CHECK(bx_genome_region(g, 0, 1, 2, 1, &out, &err) < 0);
    CHECK_TEXT(err.message, "the bases of \"s\" are not known");
    bx_genome_free(g);
    g = bx_genome_new(NULL);
    stated.length = 0;
    CHECK(bx_genome_add_sequence(g, &stated, NULL, &err) == 0);
    CHECK(add_run(g, "a", "CDS", 1, 3, 17) == 0 && bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_length(g) == 17);
    bx_genome_free(g);
    g = bx_genome_new(NULL);
    CHECK(bx_genome_add_sequence(g, &stated, NULL, &err) == 0);
    refuse_finish(g, "\"s\" has no bases");
}

static void a_gene_and_what_it_codes_for_are_one(void)
{
    bx_error err = {0};
    bx_genome *g = begin("chr", "ACGTACGTACGT", false, 0);
    bx_attribute of_gene[] = {{"z", "1"}, {"b", "gene's"}}, of_cds[] = {{"c", "3"}, {"b", "2"}};
    bx_feature gene = {.id = "x",
                       .name = "xyzA",
                       .type = "gene",
                       .strand = 1,
                       .spans = &(bx_span){1, 9},
                       .span_count = 1,
                       .attributes = of_gene,
                       .attribute_count = 2};
    bx_feature cds = {.id = "x",
                      .type = "CDS",
                      .product = "thing",
                      .strand = 1,
                      .spans = &(bx_span){2, 7},
                      .span_count = 1,
                      .attributes = of_cds,
                      .attribute_count = 2};
    CHECK(bx_genome_add_feature(g, &gene, &err) == 0 && bx_genome_add_feature(g, &cds, &err) == 0);
    CHECK(add_run(g, "a", "gene", 1, 1, 4) == 0 && bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_features(g) == 2);
    const bx_feature *both = bx_genome_find(g, "xyzA");
    CHECK(both && both == bx_genome_find(g, "x") && both == bx_genome_feature(g, 1));
    CHECK_TEXT(both->type, "CDS");
    CHECK_TEXT(both->product, "thing");
    CHECK(both->start == 2 && both->end == 7 && both->attribute_count == 3);
    CHECK_TEXT(bx_feature_attribute(both, "b"), "2");
    CHECK_TEXT(bx_feature_attribute(both, "z"), "1");
    CHECK(!bx_feature_attribute(both, "y"));
    bx_genome_free(g);
    g = begin("chr", "ACGTACGTACGT", false, 0);
    CHECK(add_run(g, "x", "CDS", 1, 1, 3) == 0 && add_run(g, "x", "tRNA", 1, 4, 6) == 0);
    refuse_finish(g, "two genes are called \"x\"");
}

static void features_are_found_and_in_order(void)
{
    bx_error err = {0};
    bx_genome *g = begin("chr", "ACGTACGTACGT", false, 0);
    bx_feature feature = {
        .name = "same", .type = "CDS", .spans = &(bx_span){1, 3}, .span_count = 1};
    char id[16];
    for (int i = 0; i < 2000; i++) {
        snprintf(id, sizeof id, "g%04d", i * 7 % 2000);
        feature.id = id;
        feature.name = i == 5 ? "only" : i == 6 ? "g0001" : "same";
        feature.spans = &(bx_span){(uint64_t)(i * 7 % 10) + 1, 12};
        CHECK(bx_genome_add_feature(g, &feature, &err) == 0);
    }
    CHECK(bx_genome_finish(g, &err) == 0);
    for (size_t i = 1; i < bx_genome_features(g); i++) {
        const bx_feature *a = bx_genome_feature(g, i - 1), *b = bx_genome_feature(g, i);
        CHECK(a->start < b->start || (a->start == b->start && strcmp(a->id, b->id) < 0));
    }
    for (int i = 0; i < 2000; i++) {
        snprintf(id, sizeof id, "g%04d", i);
        CHECK(bx_genome_find(g, id) && strcmp(bx_genome_find(g, id)->id, id) == 0);
    }
    CHECK_TEXT(bx_genome_find(g, "only")->id, "g0035");
    CHECK(!bx_genome_find(g, "same") && !bx_genome_find(g, "nothing") && !bx_genome_find(g, ""));
    CHECK(bx_genome_find_sequence(g, "chr") == 0 && bx_genome_find_sequence(g, "c") == -1);
    bx_genome_free(g);
}

/* ---- the origin ---- */

static void the_origin_is_crossed(void)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = begin("ring", "AACCGGTTGC", true, 0);
    CHECK(add(g, "plus", "CDS", 1, (bx_span[]){{8, 10}, {1, 3}}, 2) == 0);
    CHECK(add(g, "minus", "CDS", -1, (bx_span[]){{1, 3}, {8, 10}}, 2) == 0);
    CHECK(add(g, "intron", "CDS", 1, (bx_span[]){{7, 8}, {2, 3}, {5, 5}}, 3) == 0);
    CHECK(add(g, "afar", "CDS", 1, (bx_span[]){{5, 6}, {8, 9}, {1, 2}, {4, 4}, {3, 3}}, 5) == 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    check_region(g, 8, 3, 1, "TGCAAC");
    check_region(g, 8, 3, -1, "GTTGCA");
    check_region(g, 1, 10, -1, "GCAACCGGTT");
    check_region(g, 10, 1, 1, "CA");
    check_dna(g, "plus", "TGCAAC");
    check_dna(g, "minus", "GTTGCA");
    check_dna(g, "intron", "TTACG");
    const bx_feature *plus = bx_genome_find(g, "plus"), *minus = bx_genome_find(g, "minus"),
                     *intron = bx_genome_find(g, "intron"), *afar = bx_genome_find(g, "afar");
    CHECK(plus->start == 8 && plus->end == 3 && minus->start == 8 && minus->end == 3);
    CHECK(bx_feature_length(plus) == 6 && intron->start == 7 && intron->end == 5);
    CHECK(afar->start == 1 && afar->end == 9);
    CHECK(bx_genome_region(g, 0, 0, 3, 1, &out, &err) < 0);
    CHECK_TEXT(err.message, "bases 0 to 3: \"ring\" has bases 1 to 10");
    CHECK(bx_genome_region(g, 0, 1, 11, 1, &out, &err) < 0);
    CHECK(bx_genome_region(g, 1, 1, 1, 1, &out, &err) < 0);
    bx_genome_free(g);
    g = begin("line", "AACCGGTTGC", false, 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_region(g, 0, 8, 3, 1, &out, &err) < 0);
    CHECK_TEXT(err.message, "bases 8 to 3: \"line\" is not circular");
    bx_genome_free(g);
}

/* ---- translation ---- */

static void codes_are_those_of_ncbi(void)
{
    char codons[193] = "";
    for (int i = 0; i < 64; i++) {
        codons[3 * i] = "TCAG"[i >> 4];
        codons[3 * i + 1] = "TCAG"[i >> 2 & 3];
        codons[3 * i + 2] = "TCAG"[i & 3];
    }
    check_translation(codons, 1, false,
                      "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG");
    check_translation(codons, 0, false,
                      "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG");
    check_translation(codons, 2, false,
                      "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG");
    check_translation(codons, 4, false,
                      "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG");
    check_translation(codons, 25, false,
                      "FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG");
    int known = 0;
    for (int code = -5; code < 300; code++) {
        bx_buffer out = {0};
        if (!bx_genome_has_code(code))
            continue;
        known++;
        CHECK(bx_genome_translate(codons, 192, code, &out, NULL) == 0 && out.length == 64);
        CHECK(!memchr(out.data, 'X', 64));
        bx_buffer_free(&out);
    }
    CHECK(known == 27 && !bx_genome_has_code(0) && !bx_genome_has_code(7));
}

static void proteins_are_made_as_cells_do(void)
{
    check_translation("TTGTGAAAATAA", 4, true, "MWK");
    refuse_translation("TTGTGAAAATAA", 11, true, "codon 2 of 3, TGA, is a stop");
    check_translation("GTGAAA", 11, true, "MK");
    check_translation("GTGAAA", 1, true, "VK");
    check_translation("GTGAAATAG", 11, false, "VK*");
    check_translation("auggcuUAA", 11, true, "MA");
    check_translation("ATG", 11, true, "M");
    check_translation("TAA", 11, true, "");
    check_translation("", 11, false, "");
    check_translation("ATGT", 11, false, "M");
    refuse_translation("ATGT", 11, true, "4 bases are no whole number of codons");
    refuse_translation("ATG", 8, false, "there is no genetic code 8");
    refuse_translation("ATJ", 11, false, "base 3");
    /* what letters stand for: all leucine, all stops, start codons alone, else X */
    check_translation("CTNYTAGCNRAYNNN", 11, false, "LLAXX");
    check_translation("ATGTAR", 11, true, "M");
    check_translation("RTGAAA", 11, true, "MK");
    check_translation("WTGAAA", 11, true, "MK");
    check_translation("NTGAAA", 11, true, "MK");
    check_translation("NTTAAA", 11, true, "XK");
    /* a stop at the end, an amino acid elsewhere */
    check_translation("ATGTGATGA", 27, true, "MW");
}

static void proteins_of_features(void)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = begin("chr", "CATGGCTTGAAAATAGTTTAGCCATAC", false, 4);
    bx_feature part = {.id = "part",
                       .type = "CDS",
                       .strand = 1,
                       .phase = 2,
                       .missing = BX_MISSING_5 | BX_MISSING_3,
                       .spans = &(bx_span){3, 15},
                       .span_count = 1};
    CHECK(add_run(g, "whole", "CDS", 1, 2, 16) == 0 && add_run(g, "rna", "tRNA", 1, 2, 16) == 0);
    CHECK(add(g, "back", "CDS", -1, (bx_span[]){{23, 25}, {17, 19}}, 2) == 0);
    CHECK(bx_genome_add_feature(g, &part, &err) == 0 && bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_protein(g, bx_genome_find(g, "whole"), &out, &err) == 0);
    CHECK_TEXT(text_of(&out), "MAWK");
    out.length = 0;
    CHECK(bx_genome_protein(g, bx_genome_find(g, "back"), &out, &err) == 0);
    CHECK_TEXT(text_of(&out), "MK");
    out.length = 0;
    CHECK(bx_genome_protein(g, bx_genome_find(g, "part"), &out, &err) == 0);
    CHECK_TEXT(text_of(&out), "AWK");
    out.length = 0;
    CHECK(bx_genome_protein(g, bx_genome_find(g, "rna"), &out, &err) < 0 && out.length == 0);
    CHECK_TEXT(err.message, "\"rna\" is a tRNA, which codes for no protein");
    bx_buffer_free(&out);
    bx_genome_free(g);
}

/* The protein of a gene that is all of `dna`, read on this strand. */
static const char *protein_of(const char *dna, int strand, unsigned missing, unsigned phase,
                              const char *exceptions, const char *stated)
{
    static char told[sizeof((bx_error *)0)->message];
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = begin("chr", dna, false, 11);
    bx_attribute attributes[] = {{"transl_except", (char *)exceptions},
                                 {"translation", (char *)stated}};
    bx_feature gene = {.id = "p",
                       .type = "CDS",
                       .strand = (int8_t)strand,
                       .phase = (uint8_t)phase,
                       .missing = (uint8_t)missing,
                       .spans = &(bx_span){1, strlen(dna)},
                       .span_count = 1,
                       .attributes = attributes,
                       .attribute_count = 2};
    CHECK(bx_genome_add_feature(g, &gene, &err) == 0 && bx_genome_finish(g, &err) == 0);
    int status = bx_genome_protein(g, bx_genome_find(g, "p"), &out, &err);
    snprintf(told, sizeof told, "%s", status == 0 ? text_of(&out) : err.message);
    bx_buffer_free(&out);
    bx_genome_free(g);
    return told;
}

static void proteins_at_missing_ends(void)
{
    CHECK_TEXT(protein_of("TTGAAATAA", 1, 0, 0, "", ""), "MK");
    CHECK_TEXT(protein_of("TTGAAATAA", 1, BX_MISSING_5, 0, "", ""), "LK");
    CHECK_TEXT(protein_of("TTGAAA", 1, BX_MISSING_3, 0, "", ""), "MK");
    CHECK_TEXT(protein_of("TTGAAACC", 1, BX_MISSING_3, 0, "", ""), "MKP"); /* CCN are all P */
    CHECK_TEXT(protein_of("TTGAAAGA", 1, BX_MISSING_3, 0, "", ""), "MK");  /* GAN are D and E */
    CHECK_TEXT(protein_of("TTGAAAC", 1, BX_MISSING_3, 0, "", ""), "MK");
    CHECK_TEXT(protein_of("CCTTGAAATAA", 1, BX_MISSING_5, 2, "", ""), "LK");
    CHECK_TEXT(protein_of("TTGAAACC", 1, 0, 0, "", ""),
               "\"p\": 8 bases are no whole number of codons");
    CHECK_TEXT(protein_of("TTGAAA", 1, 0, 0, "", "LK"), "LK"); /* a tag, by what its file says */
    CHECK_TEXT(protein_of("TTGAAA", 1, 0, 0, "", "MK"), "MK");
}

static void codons_are_read_as_stated(void)
{
    CHECK_TEXT(protein_of("ATGTGAAAATAA", 1, 0, 0, "(pos:4..6,aa:Sec)", ""), "MUK");
    CHECK_TEXT(protein_of("TTATTTTCACAT", -1, 0, 0, "(pos:complement(7..9),aa:Sec)", ""), "MUK");
    CHECK_TEXT(protein_of("ATGTAGAAATGA", 1, 0, 0, "(pos:4..6,aa:Pyl),(pos:10..12,aa:Sec)", ""),
               "MOKU");
    CHECK_TEXT(protein_of("ATGTGATA", 1, 0, 0, "(pos:4..6,aa:OTHER),(pos:7..8,aa:TERM)", ""), "MX");
    CHECK_TEXT(protein_of("ATGAAAT", 1, 0, 0, "(pos:7,aa:TERM)", ""), "MK");
    CHECK_TEXT(protein_of("CTGAAATAA", 1, 0, 0, "(pos:join(1,2..3),aa:Leu)", ""), "LK");
    CHECK_TEXT(protein_of("ATGTGAAAATAA", 1, 0, 0, "(pos:40..42,aa:Sec)", ""),
               "\"p\": codon 2 of 3, TGA, is a stop");
    CHECK_TEXT(protein_of("ATGTGAAAATAA", 1, 0, 0, "pos:,aa:(", ""),
               "\"p\": codon 2 of 3, TGA, is a stop");
}

static void what_differs_from_the_file_is_told(void)
{
    bx_error err = {0};
    bx_buffer protein = {0};
    size_t position = 0;
    uint64_t codons[64] = {0};
    bx_genome *g = begin("chr", "ATGAAATAAATGNNNTAA", false, 11);
    bx_attribute stated[] = {{"translation", "MR"}}, stopped[] = {{"translation", "MK*"}};
    bx_feature gene = {.id = "a",
                       .type = "CDS",
                       .strand = 1,
                       .spans = &(bx_span){1, 9},
                       .span_count = 1,
                       .attributes = stated,
                       .attribute_count = 1};
    CHECK(bx_genome_add_feature(g, &gene, &err) == 0 && add_run(g, "b", "CDS", 1, 10, 18) == 0);
    gene.id = "c";
    gene.attributes = stopped; /* some files have the stop, too */
    CHECK(bx_genome_add_feature(g, &gene, &err) == 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_check(g, bx_genome_find(g, "c"), &protein, &position, &err) == 0);
    const bx_feature *a = bx_genome_find(g, "a"), *b = bx_genome_find(g, "b");
    CHECK(bx_genome_check(g, a, &protein, &position, &err) == 1 && position == 2);
    CHECK(bx_genome_check(g, b, &protein, &position, &err) == -1);
    CHECK(bx_genome_count_codons(g, b, codons, &err) == 0);
    CHECK(codons[2 << 4 | 0 << 2 | 3] == 1 && codons[0 << 4 | 2 << 2 | 2] == 1); /* ATG, TAA */
    uint64_t sum = 0;
    for (int i = 0; i < 64; i++)
        sum += codons[i];
    CHECK(sum == 2); /* NNN is none */
    bx_buffer_free(&protein);
    bx_genome_free(g);
}

/* ---- text and back ---- */

static bx_genome *sample(void)
{
    bx_genome *g = begin("ring", "ATGGCTTGAAAATAGTTTAGCCATAC", true, 4);
    bx_sequence other = {.id = "plasmid|2", .length = 100, .description = "a \"b\"; 100% = c,\td"};
    bx_attribute attributes[] = {{"Note", "a=b;c,d%&\ne"}, {"empty", ""}, {"a key", "\xc3\xa9"}};
    bx_feature full = {.id = "g 1",
                       .name = "abcA",
                       .type = "CDS",
                       .product = "thing; other",
                       .sequence = 1,
                       .strand = -1,
                       .code = 11,
                       .phase = 1,
                       .missing = BX_MISSING_5 | BX_MISSING_3,
                       .spans = (bx_span[]){{40, 60}, {10, 20}},
                       .span_count = 2,
                       .attributes = attributes,
                       .attribute_count = 3};
    CHECK(bx_genome_add_sequence(g, &other, NULL, NULL) == 0);
    CHECK(bx_genome_add_feature(g, &full, NULL) == 0);
    CHECK(add_run(g, "g2", "tRNA", 0, 3, 9) == 0 && add_run(g, "g3", "CDS", 1, 1, 12) == 0);
    CHECK(add(g, "g4", "CDS", -1, (bx_span[]){{1, 3}, {24, 26}}, 2) == 0);
    CHECK(bx_genome_finish(g, NULL) == 0);
    return g;
}

/* The same genome, as its wire form tells. */
static void check_same(const bx_genome *a, const bx_genome *b)
{
    bx_buffer one = {0}, two = {0};
    CHECK(bx_genome_encode(a, &one, NULL) == 0 && bx_genome_encode(b, &two, NULL) == 0);
    CHECK(one.length == two.length && memcmp(one.data, two.data, one.length) == 0);
    bx_buffer_free(&one);
    bx_buffer_free(&two);
}

static void gff3_is_written(void)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = sample();
    CHECK(bx_genome_write_gff3(g, &out, &err) == 0);
    CHECK_TEXT(
        text_of(&out),
        "##gff-version 3\n##sequence-region ring 1 26\n##sequence-region plasmid|2 1 100\n"
        "ring\tBioXen\tregion\t1\t26\t.\t+\t.\tID=ring:1..26;Is_circular=true;transl_table=4\n"
        "plasmid|2\tBioXen\tregion\t1\t100\t.\t+\t.\tID=plasmid|2:1..100;"
        "Note=a \"b\"%3B 100%25 %3D c%2C%09d\n"
        "ring\tBioXen\tCDS\t1\t12\t.\t+\t0\tID=g3;locus_tag=g3;transl_table=4\n"
        "ring\tBioXen\ttRNA\t3\t9\t.\t.\t.\tID=g2;locus_tag=g2\n"
        "ring\tBioXen\tCDS\t24\t29\t.\t-\t0\tID=g4;locus_tag=g4;transl_table=4\n"
        "plasmid|2\tBioXen\tCDS\t40\t60\t.\t-\t1\tID=g 1;locus_tag=g 1;Name=abcA;"
        "product=thing%3B "
        "other;transl_table=11;partial=true;start_range=.,10;end_range=60,.;Note=a%3Db%3Bc%2Cd%25%"
        "26%0Ae;"
        "a key=\xc3\xa9\n"
        "plasmid|2\tBioXen\tCDS\t10\t20\t.\t-\t1\tID=g 1;locus_tag=g 1;Name=abcA;"
        "product=thing%3B "
        "other;transl_table=11;partial=true;start_range=.,10;end_range=60,.;Note=a%3Db%3Bc%2Cd%25%"
        "26%0Ae;"
        "a key=\xc3\xa9\n");
    bx_buffer_free(&out);
    bx_genome_free(g);
}

static void text_reads_back(void)
{
    bx_error err = {0};
    bx_buffer gff3 = {0}, fasta = {0}, table = {0};
    const bx_genome_options options = {.circular = -1};
    bx_genome *g = begin("ring", "ATGGCTTGAAAATAGTTTAGCCATAC", true, 4);
    bx_feature named = {.id = "g1",
                        .name = "abcA",
                        .type = "CDS",
                        .product = "thing; 5%",
                        .strand = 1,
                        .spans = &(bx_span){1, 12},
                        .span_count = 1,
                        .attributes = &(bx_attribute){"key", "a,b"},
                        .attribute_count = 1};
    CHECK(bx_genome_add_feature(g, &named, &err) == 0);
    CHECK(add(g, "g4", "CDS", -1, (bx_span[]){{1, 3}, {24, 26}}, 2) == 0);
    CHECK(add(g, "g5", "ncRNA", 1, (bx_span[]){{20, 26}, {1, 2}}, 2) == 0);
    CHECK(add(g, "g6", "tRNA", -1, (bx_span[]){{20, 22}, {10, 15}}, 2) == 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_write_gff3(g, &gff3, &err) == 0);
    bx_genome *back = bx_genome_read_text(gff3.data, gff3.length, "g.gff3", &options, &err);
    CHECK_TEXT(back ? "" : err.message, "");
    if (back)
        check_same(g, back);
    bx_genome_free(back);
    CHECK(bx_genome_write_fasta(g, BX_FASTA_SEQUENCES, &fasta, &err) == 0);
    back = bx_genome_read_text(fasta.data, fasta.length, "g.fasta", &options, &err);
    CHECK_TEXT(text_of(&fasta),
               ">ring [topology=circular] [gcode=4]\nATGGCTTGAAAATAGTTTAGCCATAC\n");
    CHECK(back && bx_genome_sequence(back, 0)->circular && bx_genome_sequence(back, 0)->code == 4);
    bx_genome_free(back);
    CHECK(bx_genome_write_table(g, &table, &err) == 0);
    back = bx_genome_read_text(table.data, table.length, "g.genome", &options, &err);
    CHECK_TEXT(text_of(&table), "# start\tlength\tend\tstrand\ttype\tid\tdescription\n"
                                "# sequence: ring length: 26 topology: circular code: 4\n"
                                "1\t12\t12\t+\tCDS\tg1\tthing; 5%\n"
                                "10\t13\t22\t-\ttRNA\tg6\t\n"
                                "20\t9\t2\t+\tncRNA\tg5\t\n"
                                "24\t6\t3\t-\tCDS\tg4\t\n");
    CHECK_TEXT(back ? "" : err.message, "");
    CHECK(back && bx_genome_features(back) == 4 && bx_genome_find(back, "g4")->span_count == 2);
    CHECK(back && bx_genome_find(back, "g4")->spans[0].start == 1);
    bx_genome_free(back);
    bx_genome_free(g);
    bx_buffer_free(&gff3);
    bx_buffer_free(&fasta);
    bx_buffer_free(&table);
}

static void fasta_of_genes_and_proteins(void)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = begin("ring", "ATGGCTTGAAAATAGTTTAGCCATAC", true, 4);
    bx_feature odd = {.id = "g 1",
                      .name = "abcA",
                      .type = "CDS",
                      .product = "a\nb",
                      .strand = 1,
                      .code = 11,
                      .spans = &(bx_span){1, 15},
                      .span_count = 1};
    CHECK(bx_genome_add_feature(g, &odd, &err) == 0);
    CHECK(add_run(g, "g2", "CDS", 1, 1, 15) == 0 && add_run(g, "g3", "tRNA", -1, 1, 3) == 0);
    CHECK(bx_genome_finish(g, &err) == 0);
    CHECK(bx_genome_write_fasta(g, BX_FASTA_PROTEINS, &out, &err) == 0);
    CHECK_TEXT(text_of(&out), ">g_1 abcA a b\nMA*K*\n>g2\nMAWK\n");
    out.length = 0;
    CHECK(bx_genome_write_fasta(g, BX_FASTA_GENES, &out, &err) == 0);
    CHECK_TEXT(text_of(&out), ">g3\nCAT\n>g_1 abcA a b\nATGGCTTGAAAATAG\n>g2\nATGGCTTGAAAATAG\n");
    bx_buffer_free(&out);
    bx_genome_free(g);
    g = sample();
    CHECK(bx_genome_write_fasta(g, BX_FASTA_SEQUENCES, &out, &err) < 0 && out.length == 0);
    CHECK_TEXT(err.message, "the bases of \"plasmid|2\" are not known");
    bx_buffer_free(&out);
    bx_genome_free(g);
}

/* ---- the wire ---- */

static void the_wire_keeps_all(void)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = sample();
    CHECK(bx_genome_encode(g, &out, &err) == 0);
    bx_genome *back =
        bx_genome_decode(out.data, out.length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err);
    CHECK(back != NULL);
    if (back) {
        check_same(g, back);
        const bx_feature *full = bx_genome_find(back, "abcA");
        CHECK(full && full->span_count == 2 && full->phase == 1 && full->missing == 3);
        CHECK_TEXT(bx_feature_attribute(full, "a key"), "\xc3\xa9");
        CHECK_TEXT(bx_genome_sequence(back, 1)->description, "a \"b\"; 100% = c,\td");
        CHECK(bx_genome_find(back, "g4")->start == 24 && bx_genome_find(back, "g4")->end == 3);
    }
    bx_buffer small = {.limit = 100};
    CHECK(bx_genome_encode(g, &small, &err) < 0 && err.code == BX_ERESULT && small.length == 0);
    bx_buffer_free(&small);
    bx_buffer_free(&out);
    bx_genome_free(back);
    bx_genome_free(g);
}

/* A copy that ends where the bytes end, so that a sanitizer sees a read beyond. */
static bool decode_exactly(const uint8_t *bytes, size_t length)
{
    bx_error err = {0};
    bx_buffer out = {0};
    uint8_t *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    bx_genome *g = bx_genome_decode(copy, length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err);
    free(copy);
    if (!g)
        CHECK(err.code == BX_EPROTOCOL);
    for (size_t i = 0; g && i < bx_genome_features(g); i++) {
        const bx_feature *feature = bx_genome_feature(g, i);
        CHECK(bx_genome_find(g, feature->id) == feature);
        out.length = 0;
        if (bx_genome_sequence(g, feature->sequence)->bases)
            CHECK(bx_genome_feature_bases(g, feature, &out, &err) == 0);
        bx_genome_protein(g, feature, &out, &err);
    }
    bx_buffer_free(&out);
    bool decoded = g != NULL;
    bx_genome_free(g);
    return decoded;
}

static void hostile_bytes_do_no_harm(void)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *g = sample();
    CHECK(bx_genome_encode(g, &out, &err) == 0);
    bx_genome_free(g);
    CHECK(decode_exactly(out.data, out.length));
    for (size_t i = 0; i < out.length; i++)
        for (int byte = 0; byte < 256; byte++) {
            uint8_t saved = out.data[i];
            out.data[i] = (uint8_t)byte;
            decode_exactly(out.data, out.length);
            out.data[i] = saved;
        }
    for (size_t length = 0; length < out.length; length++)
        CHECK(!decode_exactly(out.data, length));
    for (size_t i = 4; i + 9 < out.length; i++) {
        uint8_t saved[9];
        memcpy(saved, out.data + i, 9);
        memset(out.data + i, 0xff, 8);
        out.data[i + 8] = 0x7f;
        decode_exactly(out.data, out.length);
        memcpy(out.data + i, saved, 9);
    }
    bx_buffer_free(&out);
}

int main(void)
{
    RUN(bases_are_upper_case_dna);
    RUN(what_is_wrong_is_refused);
    RUN(lengths_agree_with_the_bases);
    RUN(a_gene_and_what_it_codes_for_are_one);
    RUN(features_are_found_and_in_order);
    RUN(the_origin_is_crossed);
    RUN(codes_are_those_of_ncbi);
    RUN(proteins_are_made_as_cells_do);
    RUN(proteins_of_features);
    RUN(proteins_at_missing_ends);
    RUN(codons_are_read_as_stated);
    RUN(what_differs_from_the_file_is_told);
    RUN(gff3_is_written);
    RUN(text_reads_back);
    RUN(fasta_of_genes_and_proteins);
    RUN(the_wire_keeps_all);
    RUN(hostile_bytes_do_no_harm);
    return test_end();
}
