/* Reading genomes: what each format may say, and what is said of files with mistakes. */
#include "core/text.h"
#include "genome/genome.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char described[16384];

/* A genome as text: "s 30 circular 4 ACGT...|id name type strand phase spans product attributes|"
 */
static const char *describe(const bx_genome *genome)
{
    FILE *out = fmemopen(described, sizeof described, "w");
    for (size_t i = 0; i < bx_genome_sequences(genome); i++) {
        const bx_sequence *s = bx_genome_sequence(genome, i);
        fprintf(out, "%s %d%s", s->id, (int)s->length, s->circular ? " circular" : "");
        if (s->code)
            fprintf(out, " code %d", s->code);
        fprintf(out, "%s|", s->bases ? "" : " unknown");
    }
    for (size_t i = 0; i < bx_genome_features(genome); i++) {
        const bx_feature *f = bx_genome_feature(genome, i);
        fprintf(out, "%s", f->id);
        if (f->name)
            fprintf(out, " (%s)", f->name);
        fprintf(out, " %s ", f->type);
        for (size_t s = 0; s < f->span_count; s++)
            fprintf(out, "%s%s%d-%d", s ? "," : "", f->spans[s].turned ? "~" : "",
                    (int)f->spans[s].start, (int)f->spans[s].end);
        fprintf(out, "%s", f->strand < 0 ? " -" : f->strand > 0 ? " +" : "");
        if (f->phase)
            fprintf(out, " phase %d", f->phase);
        if (f->code)
            fprintf(out, " code %d", f->code);
        if (f->sequence)
            fprintf(out, " on %d", (int)f->sequence);
        fprintf(out, "%s%s", f->missing & BX_MISSING_5 ? " 5'" : "",
                f->missing & BX_MISSING_3 ? " 3'" : "");
        if (f->product)
            fprintf(out, " \"%s\"", f->product);
        for (size_t a = 0; a < f->attribute_count; a++)
            fprintf(out, " %s=%s", f->attributes[a].key, f->attributes[a].value);
        fprintf(out, "|");
    }
    fclose(out);
    return described;
}

static const char *read_bytes(const void *bytes, size_t length, const bx_genome_options *options)
{
    bx_error err = {0};
    bx_genome *genome = bx_genome_read_text(bytes, length, "f", options, &err);
    if (!genome) {
        CHECK(err.code == BX_EGENOME);
        snprintf(described, sizeof described, "%s", err.message);
        return described;
    }
    describe(genome);
    bx_genome_free(genome);
    return described;
}

static const char *read_text(const char *text)
{
    return read_bytes(text, strlen(text), NULL);
}

typedef struct example {
    const char *text, *wanted;
} example;

static void check_examples(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK_TEXT(read_text(examples[i].text), examples[i].wanted);
}

/* Without any patience, the message begins with this. */
static void check_mistakes(const example *examples, size_t count)
{
    static const bx_genome_options strict = {.circular = -1, .strict = true};
    for (size_t i = 0; i < count; i++) {
        const char *got = read_bytes(examples[i].text, strlen(examples[i].text), &strict);
        if (strncmp(got, examples[i].wanted, strlen(examples[i].wanted)) != 0)
            test_fail(__FILE__, __LINE__, "example %zu: \"%s\", not \"%s\"", i, got,
                      examples[i].wanted);
    }
}

#define EXAMPLES(list) list, sizeof(list) / sizeof *(list)

/* ---- FASTA ---- */

static void fasta_is_read(void)
{
    static const example examples[] = {
        {">a one\nACGT\nacgun\n\n>b\r\nRYKM\r\n", "a 9|b 4|"},
        {";comment\n> a\nAC GT\tA\n;more\nC", "a 6|"},
        {"\n\n>a [topology=circular] x [gcode=4]\nA\n", "a 1 circular code 4|"},
        {"\357\273\277>a\nA", "a 1|"},
    };
    check_examples(EXAMPLES(examples));
}

static void mistakes_of_fasta_are_told(void)
{
    static const example examples[] = {
        {">a\nAC\nA-C\n", "f:3: \"-\" in column 2 is no base: gaps"},
        {">a\nMKV*\n", "f:2: \"*\" in column 4 is no base"},
        {">a\nACL\n", "f:2: \"L\" in column 3 is no base"},
        {">a\nAC1\n", "f:2: \"1\" in column 3 is no base: letters"},
        {">a\nAC\1\n", "f:2: byte 0x01 in column 3"},
        {">a\n>b\nA\n", "f:1: \"a\" has no bases"},
        {">a\nA\n>b\n", "f:3: \"b\" has no bases"},
        {">a\nA\n\n>a\nA\n", "f:4: a second sequence \"a\""},
        {">\nA\n", "f:1: an id was expected"},
        {";a\nACGT\n", "f:2: \">\" and an id were expected"},
        {">a [gcode=7]\nA\n", "f:1: there is no genetic code \"7\""},
        {"", "f:1: there are no genes"},
        {"{}\n", "f:1: FASTA, GenBank, EMBL, GFF3, GTF or a .genome table was expected"},
        {"PK\3\4xxxx", "f: this is a ZIP archive"},
        {"BZh91AY", "f: this is compressed with bzip2"},
    };
    check_mistakes(EXAMPLES(examples));
    CHECK(strstr(read_bytes("ab\0cd", 5, NULL), "f: this is binary"));
}

/* ---- GenBank ---- */

#define LOCUS(topology) "LOCUS       X 30 bp DNA " topology " BCT 01-JAN-2000\n"
#define HEAD LOCUS("circular") "DEFINITION  a\n            b.\nACCESSION   X1\nVERSION     X1.2\n"
#define TABLE "FEATURES             Location/Qualifiers\n     source          1..30\n"
#define ORIGIN "ORIGIN\n        1 atgaaaccct aaatggggcc ctttttaacc\n//\n"
#define FEATURE(key, location) "     " key "            " location "\n"
#define QUALIFIER(text) "                     /" text "\n"
#define MORE(text) "                     " text "\n"
#define TAGGED(key, location, tag) FEATURE(key, location) QUALIFIER("locus_tag=\"" tag "\"")
#define RECORD(features) HEAD TABLE features ORIGIN
#define GENE(location) RECORD(FEATURE("CDS ", location) QUALIFIER("locus_tag=\"t\""))
#define SEQUENCE "X1.2 30 circular|"

static void genbank_is_read(void)
{
    static const example examples[] = {
        {RECORD(FEATURE("gene", "1..12") QUALIFIER("locus_tag=\"t1\"") QUALIFIER("gene=\"abcA\"")
                    FEATURE("CDS ", "1..12") QUALIFIER("locus_tag=\"t1\"")
                        QUALIFIER("codon_start=2") QUALIFIER("transl_table=4")
                            QUALIFIER("product=\"a long \"\"name\"\"") MORE("of a /protein\"")
                                QUALIFIER("translation=\"MK") MORE("P\"")),
         "X1.2 30 circular code 4|t1 (abcA) CDS 1-12 + phase 1 \"a long \"name\" of a /protein\" "
         "translation=MKP|"},
        {GENE("<1..>12"), SEQUENCE "t CDS 1-12 + 5' 3'|"},
        {GENE("7"), SEQUENCE "t CDS 7-7 +|"},
        {GENE("join(1..3,7..9)"), SEQUENCE "t CDS 1-3,7-9 +|"},
        {GENE("complement(join(1..3,7..9))"), SEQUENCE "t CDS 7-9,1-3 -|"},
        {GENE("join(complement(7..9),complement(1..3))"), SEQUENCE "t CDS 7-9,1-3 -|"},
        {GENE("order(1..3,\n                     join(7..9,11..12))"),
         SEQUENCE "t CDS 1-3,7-9,11-12 +|"},
        {GENE("join(28..30,1..6)"), SEQUENCE "t CDS 28-30,1-6 +|"},
        {GENE("28..6"), SEQUENCE "t CDS 28-30,1-6 +|"},
        {GENE("complement(28..6)"), SEQUENCE "t CDS 1-6,28-30 -|"},
        {GENE("complement(join(28..30,1..6))"), SEQUENCE "t CDS 1-6,28-30 -|"},
        {GENE("join(1..6,6..12)"), SEQUENCE "t CDS 1-6,6-12 +|"}, /* the ribosome slips */
        /* genes that are spliced from both strands */
        {GENE("join(<1..3,complement(5..7))"), SEQUENCE "t CDS 1-3,~5-7 + 5'|"},
        {GENE("join(complement(28..2),4..>7,9..10)"), SEQUENCE "t CDS 1-2,28-30,~4-7,~9-10 - 3'|"},
        {GENE("complement(join(1..3,complement(5..7)))"), SEQUENCE "t CDS 5-7,~1-3 +|"},
        {GENE("<1..9>"), SEQUENCE "t CDS 1-9 + 5' 3'|"}, /* IMGT */
        /* other programs' lengths, tabs, bases without numbers, empty flags, a gene's second name
         */
        {"LOCUS       X  12bp DNA\nORIGIN\nacgtacgtac gt\n//\n", "X 12|"},
        {"LOCUS       X  12 ds-DNA circular\nORIGIN\nacgtac\ngtacgt\n//\n", "X 12 circular|"},
        {"LOCUS       my 2 DNA  12 bp DNA\nORIGIN\nacgtacgtacgt\n//\n", "my 12|"},
        {RECORD("\tCDS\t1..9\n\t\t/locus_tag=\"t\"\n\t\t/product=\"a\n\t\tb\"\n"),
         SEQUENCE "t CDS 1-9 + \"a b\"|"},
        {RECORD(TAGGED("CDS ", "1..9", "t") QUALIFIER("pseudo=\"\"") QUALIFIER("note=\"\"")
                    QUALIFIER("gene=\"a\"") QUALIFIER("gene=\"b\"") QUALIFIER("Name=c")),
         SEQUENCE "t (a) pseudogene 1-9 + gene_synonym=b label=c|"},
        {RECORD(FEATURE("CDS ", "1..6") QUALIFIER("gene=\"g\"") FEATURE("tRNA", "8..9")
                    FEATURE("CDS ", "11..13") QUALIFIER("protein_id=\"P1\"")
                        FEATURE("CDS ", "20..22") QUALIFIER("gene=\"g\"")),
         SEQUENCE "g (g) CDS 1-6 +|tRNA_8_9 tRNA 8-9 +|P1 CDS 11-13 + protein_id=P1|"
                  "CDS_20_22 (g) CDS 20-22 +|"},
        {RECORD(FEATURE("gene", "1..9") QUALIFIER("locus_tag=\"t\"") QUALIFIER("pseudo")
                    FEATURE("CDS ", "1..9") QUALIFIER("locus_tag=\"t\"") QUALIFIER("pseudo")
                        QUALIFIER("note=\"a\"") QUALIFIER("note=\"b\"")),
         SEQUENCE "t pseudogene 1-9 + note=a,b|"},
        /* two products of one gene, as dnaX of E. coli has them */
        {RECORD(FEATURE("gene", "1..9") QUALIFIER("locus_tag=\"t\"") FEATURE("CDS ", "1..9")
                    QUALIFIER("locus_tag=\"t\"") QUALIFIER("protein_id=\"P1\"")
                        FEATURE("CDS ", "1..6") QUALIFIER("locus_tag=\"t\"")
                            QUALIFIER("protein_id=\"P2\"")),
         SEQUENCE "P2 CDS 1-6 + protein_id=P2|t CDS 1-9 + protein_id=P1|"},
        {HEAD TABLE "CONTIG      join(U1:1..30)\n//\n", "X1.2 30 circular unknown|"},
        {LOCUS("linear") "ACCESSION   .\n" ORIGIN
                         "LOCUS       Y 3 bp DNA\nACCESSION   Y1\nORIGIN\n        1 acg\n//\n",
         "X 30|Y1 3|"},
    };
    check_examples(EXAMPLES(examples));
}

static void mistakes_of_genbank_are_told(void)
{
    static const example examples[] = {
        {GENE("1..31"), "f:8: 1 to 31: that is outside"},
        {GENE("0..3"), "f:8: the location has base 0"},
        {GENE("1..99999999999999999999"), "f:8: the location has \"99999999999999999999\" where a "
                                          "smaller number"},
        {GENE("join(1..3"), "f:8: the location ends where \")\""},
        {GENE("1..3)"), "f:8: the location has \")\" where its end"},
        {GENE("joint(1..3)"), "f:8: the location has \"joint(1..3)\" where a base"},
        {GENE("3^4"), "f:8: the location is between two bases"},
        {GENE("J00194.1:1..3"), "f:8: a part of the location is on another record, \"J00194.1\""},
        {GENE("join(1..9,5..12)"), "f:8: 1 to 9 and 5 to 12: parts of one gene that overlap"},
        {GENE("((((((((((1))))))))))"), "f:8: the location has \"((((((((((1)))))))))"},
        {GENE("join(join(join(join(join(join(join(join(join(1)))))))))"),
         "f:8: the location is nested deeper than 8"},
        {GENE(""), "f:8: the location ends where"},
        {LOCUS("linear") TABLE FEATURE("CDS ", "28..6") ORIGIN,
         "f:4: 28 to 6: it starts after its end, and \"X\" is not circular"},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("codon_start=4")), "f:9: /codon_start is \"4\""},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("transl_table=7")),
         "f:9: there is no genetic code \"7\""},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("product=\"a") MORE("b")),
         "f:9: /product: the quote that opens here is not closed"},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("product=\"a\" b")),
         "f:9: \" b\" follows the quote"},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("product=\"a\"") MORE("b")),
         "f:10: \"b\" is no qualifier"},
        {HEAD TABLE FEATURE("CDS ", "1..3") QUALIFIER("product=\"a"), "f:9: /product: the quote"},
        {RECORD(FEATURE("gene", "1..3") QUALIFIER("locus_tag=\"t\"") FEATURE("gene", "5..9")
                    QUALIFIER("locus_tag=\"t\"")),
         "f:10: a second gene \"t\": line 8 has the first"},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("locus_tag=\"t\"") FEATURE("tRNA", "5..9")
                    QUALIFIER("locus_tag=\"t\"")),
         "f:10: a second tRNA \"t\": line 8 has the first"},
        {HEAD TABLE, "f:7: the file ends within the record of line 1: \"//\" was expected"},
        {HEAD "ORIGIN\n        1 acgt\n", "f:7: the file ends within the record of line 1"},
        {HEAD "ORIGIN\n        1 acgt\n//\n", "f:1: the record says 30 bp, but has 4 bases"},
        {HEAD "ORIGIN\n        1 acgt\n        9 acgt\n//\n",
         "f:8: the line says that it starts with base 9, but base 5 is next"},
        {HEAD "ORIGIN\n        1 acgt\nCOMMENT\n//\n", "f:8: \"O\" in column 2 is no base"},
        {HEAD "ORIGIN\n        1 acgt\n.5 acgt\n//\n", "f:8: a number and bases, or \"//\""},
        {HEAD "ORIGIN\n        1 acqt\n//\n", "f:7: \"q\" in column 13 is no base"},
        {HEAD LOCUS("linear"), "f:6: \"//\" was expected before the next LOCUS"},
        {HEAD ORIGIN HEAD ORIGIN, "f:9: there are two sequences \"X1.2\""},
        {HEAD ORIGIN "hello\n", "f:9: LOCUS was expected"},
        {"LOCUS       X 30 aa\n//\n", "f:1: this record is a protein"},
        {"LOCUS       X\n//\n", "f:1: LOCUS: a name and a length"},
        {"LOCUS       X 12 rc DNA\n//\n", "f:1: this is a project's master record, without bases"},
        {"LOCUS       X 0 bp\n//\n", "f:1: LOCUS: 1 to "},
        {"LOCUS       X -3 bp\n//\n", "f:1: LOCUS: a name and a length"},
    };
    check_mistakes(EXAMPLES(examples));
}

/* ---- GFF3 ---- */

#define VERSION "##gff-version 3\n"
#define REGION VERSION "##sequence-region c 1 30\n"
#define ROW(type, start, end, strand, phase, attributes)                                           \
    "c\tx\t" type "\t" start "\t" end "\t.\t" strand "\t" phase "\t" attributes "\n"
#define CIRCLE REGION ROW("region", "1", "30", "+", ".", "ID=c:1..30;Is_circular=true")

static void gff3_is_read(void)
{
    static const example examples[] = {
        {REGION ROW("gene", "1", "9", "+", ".", "ID=gene-t1;Name=abcA;locus_tag=t1;gbkey=Gene")
             ROW("CDS", "1", "9", "+", "0",
                 "ID=cds-P1;Parent=gene-t1;Name=P1;protein_id=P1;product=a%2C b%3B 5%;"
                 "transl_table=4"),
         "c 30 code 4 unknown|t1 (abcA) CDS 1-9 + \"a, b; 5%\" protein_id=P1|"},
        {REGION ROW("CDS", "1", "3", "+", "0", "ID=x;Parent=m")
             ROW("CDS", "7", "9", "+", "0", "ID=x;Parent=m")
                 ROW("mRNA", "1", "9", "+", ".", "ID=m;Parent=gene:g")
                     ROW("gene", "1", "9", "+", ".", "ID=gene:g;Note=n")
                         ROW("exon", "1", "3", "+", ".", "Parent=m"),
         "c 30 unknown|g CDS 1-3,7-9 + Note=n|"},
        {REGION ROW("CDS", "1", "4", "-", "1", "ID=x") ROW("CDS", "7", "9", "-", "2", "ID=x"),
         "c 30 unknown|x CDS 7-9,1-4 - phase 2|"},
        {REGION ROW("CDS", "7", "9", "-", "2", "ID=x") ROW("CDS", "1", "4", "-", "1", "ID=x"),
         "c 30 unknown|x CDS 7-9,1-4 - phase 2|"},
        {REGION ROW("CDS", "1", "3", "+", "0", "Parent=g")
             ROW("CDS", "5", "9", "+", "0", "Parent=g"),
         "c 30 unknown|g CDS 1-3,5-9 +|"},
        {CIRCLE ROW("CDS", "28", "36", "+", "0", "ID=x"),
         "c 30 circular unknown|x CDS 28-30,1-6 +|"},
        {CIRCLE ROW("CDS", "28", "36", "-", "0", "ID=x"),
         "c 30 circular unknown|x CDS 1-6,28-30 -|"},
        {CIRCLE ROW("CDS", "28", "30", "+", "1", "ID=x") ROW("CDS", "1", "6", "+", "2", "ID=x"),
         "c 30 circular unknown|x CDS 28-30,1-6 + phase 1|"},
        {CIRCLE ROW("CDS", "1", "6", "-", "1", "ID=x") ROW("CDS", "28", "30", "-", "2", "ID=x"),
         "c 30 circular unknown|x CDS 1-6,28-30 - phase 1|"},
        /* the gene's name, not the transcript's, unless a line says that its is the gene's */
        {REGION ROW("gene", "1", "9", "+", ".", "ID=gene:g;Name=abcA")
             ROW("mRNA", "1", "9", "+", ".", "ID=m;Parent=gene:g;Name=abcA-1")
                 ROW("CDS", "1", "9", "+", "0", "ID=p;Parent=m"),
         "c 30 unknown|g (abcA) CDS 1-9 +|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g;Name=x")
             ROW("CDS", "1", "9", "+", "0", "ID=p;Parent=g;Name=NP_1;gene=abcA"),
         "c 30 unknown|g (abcA) CDS 1-9 +|"},
        {"# of a program\n" REGION ROW("gene", "1", "9", "+", ".", "ID=g"),
         "c 30 unknown|g gene 1-9 +|"},
        /* NCBI has the class of what is regulatory beside the type, Bakta in its place */
        {REGION ROW("riboswitch", "1", "9", "+", ".", "ID=a;regulatory_class=riboswitch")
             ROW("regulatory_region", "2", "9", "+", ".", "ID=b;regulatory_class=terminator")
                 ROW("enhancer", "3", "9", "+", ".", "ID=c;regulatory_class=other"),
         "c 30 unknown|a riboswitch 1-9 +|b terminator 2-9 +|"
         "c enhancer 3-9 + regulatory_class=other|"},
        /* GeneMark's numbers are no locus tags */
        {REGION ROW("gene", "1", "9", "+", ".", "ID=gene_1")
             ROW("CDS", "1", "9", "+", "0", "ID=cds_1;gene_id=1;Parent=gene_1"),
         "c 30 unknown|gene_1 CDS 1-9 +|"},
        {REGION ROW("CDS", "1", "9", "+", "0", "ID=cds_1;gene_id=g"), "c 30 unknown|g CDS 1-9 +|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g;Note=a transcript_id is none"),
         "c 30 unknown|g gene 1-9 + Note=a transcript_id is none|"},
        {REGION ROW("gene", "7", "9", "-", ".", "ID=g;exception=trans-splicing;part=1")
             ROW("gene", "1", "5", "+", ".", "ID=g;exception=trans-splicing;part=2")
                 ROW("CDS", "7", "9", "-", "0", "ID=x;Parent=g;exception=trans-splicing")
                     ROW("CDS", "1", "2", "+", "0", "ID=x;Parent=g;exception=trans-splicing")
                         ROW("CDS", "4", "5", "+", "1", "ID=x;Parent=g;exception=trans-splicing"),
         "c 30 unknown|g CDS 7-9,~1-2,~4-5 - exception=trans-splicing|"},
        {REGION ROW("pseudogene", "1", "9", "?", ".", "ID=p;partial=true"),
         "c 30 unknown|p pseudogene 1-9 5' 3'|"},
        {REGION ROW("tRNA", "1", "9", ".", ".", "ID=p;essential=yes")
             ROW("promoter", "1", "3", "+", ".", "ID=q"),
         "c 30 unknown|q promoter 1-3 +|p tRNA 1-9 essential=yes|"},
        {VERSION ROW("CDS", "1", "3", "+", "0", "ID=x") "###\n##FASTA\n>c\nATG\n>d\nAC\n",
         "c 3|d 2|x CDS 1-3 +|"},
        {VERSION ROW("CDS", "1", "3", "+", "0", "ID=x") ">c\nATG\n", "c 3|x CDS 1-3 +|"},
        {"##gff-version   3.1.26\n#!x\n\nd%20e\tx\tgene\t2\t3\t.\t+\t.\t.\n",
         "f:4: the id of a sequence holds a space or a control character"},
    };
    check_examples(EXAMPLES(examples));
}

static void mistakes_of_gff3_are_told(void)
{
    static const example examples[] = {
        {"##gff-version 2\n", "f:1: \"##gff-version 3\" was expected"},
        {VERSION "c\tx\tgene\t1\t9\t.\t+\t.\n", "f:2: 8 columns: 9 were expected"},
        {VERSION "c x gene 1 9 . + . ID=x\n", "f:2: 1 columns: 9 were expected"},
        {REGION ROW("gene", "0", "9", "+", ".", "ID=x"), "f:3: start 0 and end 9"},
        {REGION ROW("gene", "9", "1", "+", ".", "ID=x"), "f:3: start 9 and end 1"},
        {REGION ROW("gene", "+1", "9", "+", ".", "ID=x"), "f:3: start \"+1\" and end \"9\""},
        {REGION ROW("gene", "1", "18446744073709551617", "+", ".", "ID=x"), "f:3: start \"1\" and"},
        {REGION ROW("gene", "1", "31", "+", ".", "ID=x"), "f:3: 1 to 31: that is outside \"c\""},
        {CIRCLE ROW("gene", "5", "35", "+", ".", "ID=x"), "f:4: 5 to 35: that is outside \"c\""},
        {REGION ROW("gene", "1", "9", "plus", ".", "ID=x"), "f:3: strand \"plus\""},
        {REGION ROW("CDS", "1", "9", "+", "3", "ID=x"), "f:3: phase \"3\""},
        {REGION ROW("CDS", "1", "9", "+", ".", "ID=x"), "f:3: a CDS without phase"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID"), "f:3: column 9 has \"ID\""},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=x;transl_table=7"), "f:3: there is no genetic"},
        {REGION ROW("CDS", "1", "9", "+", "0", "ID=x") ROW("CDS", "11", "12", "-", "0", "ID=x"),
         "f:3: \"x\" has parts on both strands: put together in the order of its lines"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=x") ROW("gene", "11", "12", ".", ".", "ID=x"),
         "f:4: \"x\" has parts with a strand and parts without"},
        {REGION ROW("CDS", "1", "9", "+", "0", "ID=x") ROW("CDS", "4", "12", "+", "0", "ID=x"),
         "f:3: 1 to 9 and 4 to 12: parts of one gene that overlap"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=x;locus_tag=t")
             ROW("gene", "11", "12", "+", ".", "ID=y;locus_tag=t"),
         "f:4: a second gene \"t\": line 3 has the first"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=x;Parent=y")
             ROW("gene", "1", "9", "+", ".", "ID=y;Parent=x"),
         "f:3: its parents are in a circle"},
        {VERSION "##sequence-region c 1\n", "f:2: ##sequence-region: an id, a start and an end"},
        {REGION "##sequence-region c 1 31\n",
         "f:3: ##sequence-region: \"c\" has 30 bases by line 2"},
        {REGION "##FASTA\n>c\nACGT\n", "f:4: \"c\" has 4 bases here, but its stated length is 30"},
        {VERSION "##sequence-region c 11 30\n##FASTA\n>c\nACGT\n",
         "f:2: \"c\" goes to base 30, but there are 4"},
        {REGION "##FASTA\n>d\nACGT\n",
         "f:2: the bases of \"c\" are not in the file's FASTA section"},
        {REGION "##FASTA\n", "f:3: there is no sequence"},
        {VERSION, "f:1: the genome has no sequences"},
        {VERSION "c\tx\tgene\t1\t9\t.\t+\t.\tID=\1\n", "f:2: byte 0x01 in column 23"},
    };
    check_mistakes(EXAMPLES(examples));
}

/* ---- what is not as it should be, and read ---- */

#define NAMED(key, location, name) FEATURE(key, location) QUALIFIER("gene=\"" name "\"")
#define MRNA(location, id) NAMED("mRNA", location, "g") QUALIFIER("transcript_id=\"" id "\"")

static void genbank_of_all_sorts_is_read(void)
{
    static const example examples[] = {
        /* plasmid editors: names as labels alone, empty values, spaces after "=" */
        {RECORD(FEATURE("promoter", "1..6") QUALIFIER("label=\"p\"") FEATURE("CDS ", "7..12")
                    QUALIFIER("label=a b") QUALIFIER("gene=\"\"") QUALIFIER("protein_id=\"\"")
                        QUALIFIER("product= \"x y ") MORE("z\"")),
         SEQUENCE "promoter_1_6 (p) promoter 1-6 +|"
                  "a b (a b) CDS 7-12 + \"x y z\"|"},
        /* what regulates is no gene: the locus tag stays the gene's */
        {RECORD(FEATURE("regulatory", "1..2") QUALIFIER("regulatory_class=\"terminator\"")
                    QUALIFIER("locus_tag=\"t\"") TAGGED("gene", "1..12", "t") FEATURE(
                        "RBS ", "3..4") FEATURE("rep_origin", "5") QUALIFIER("locus_tag=\"t\"")),
         SEQUENCE "terminator_1_2 terminator 1-2 + locus_tag=t|t gene 1-12 +|"
                  "ribosome_entry_site_3_4 ribosome_entry_site 3-4 +|"
                  "origin_of_replication_5_5 origin_of_replication 5-5 + locus_tag=t|"},
        /* ends that are missing, by strand */
        {GENE("<1..12"), SEQUENCE "t CDS 1-12 + 5'|"},
        {GENE("1..>12"), SEQUENCE "t CDS 1-12 + 3'|"},
        {GENE("complement(<1..12)"), SEQUENCE "t CDS 1-12 - 3'|"},
        {GENE("complement(join(1..3,7..>9))"), SEQUENCE "t CDS 7-9,1-3 - 5'|"},
        /* transcripts: each, unless the gene's product tells */
        {RECORD(NAMED("gene", "1..12", "g") MRNA("join(1..3,7..12)", "X1") MRNA("1..12", "X2")
                    MRNA("join(21..23,27..30)", "X3")),
         SEQUENCE "X2 (g) mRNA 1-12 + transcript_id=X2|"
                  "g (g) mRNA 1-3,7-12 + transcript_id=X1|"
                  "X3 (g) mRNA 21-23,27-30 + transcript_id=X3|"},
        {RECORD(NAMED("gene", "1..12", "g") MRNA("join(1..3,7..12)", "X1") MRNA("1..12", "X2")
                    NAMED("CDS ", "join(1..3,7..9)", "g")),
         SEQUENCE "g (g) CDS 1-3,7-9 + transcript_id=X1|"},
        /* genes that are there twice, as in the inverted repeat of a chloroplast */
        {RECORD(NAMED("gene", "1..6", "g") NAMED("CDS ", "1..6", "g") NAMED(
             "gene", "complement(21..26)", "g") NAMED("CDS ", "complement(21..26)", "g")),
         SEQUENCE "g (g) CDS 1-6 +|gene_21_26 (g) CDS 21-26 -|"},
        {RECORD(NAMED("gene", "1..12", "g") NAMED("gene", "15..28", "g") MRNA("15..28", "X1")
                    MRNA("16..28", "X2") NAMED("CDS ", "16..21", "g") MRNA("1..9", "X3")),
         SEQUENCE "g (g) mRNA 1-9 + transcript_id=X3|gene_15_28 (g) CDS 16-21 + transcript_id=X1|"},
        /* no bases: hidden, or elsewhere */
        {HEAD TABLE "ORIGIN\n//\n", "X1.2 30 circular unknown|"},
        {GENE("order(1..5,9..12,)"), SEQUENCE "t CDS 1-5,9-12 +|"},
        /* capitals, and returns alone */
        {"LOCUS       X 12 BP DS-DNA CIRCULAR\nORIGIN\n        1 acgtacgtacgt\n//\n",
         "X 12 circular|"},
        {"LOCUS       X 4 bp\rORIGIN\r        1 acgt\r//\r", "X 4|"},
        {RECORD(FEATURE("CDS ", "1..3") QUALIFIER("locus_tag=\"t\"") QUALIFIER("ribosomal_slippage")
                    QUALIFIER("pseudo=\"4\"")),
         SEQUENCE "t CDS 1-3 + pseudo=4 ribosomal_slippage=true|"},
    };
    check_examples(EXAMPLES(examples));
}

static void gff3_of_all_sorts_is_read(void)
{
    static const example examples[] = {
        /* parts of a pseudogene that have its locus tag, as NCBI writes them */
        {REGION ROW("pseudogene", "1", "9", "+", ".", "ID=gene-b;locus_tag=b;pseudo=true")
             ROW("sequence_feature", "1", "4", "+", ".", "ID=id-b;locus_tag=b")
                 ROW("sequence_feature", "6", "9", "+", ".", "ID=id-b-2;locus_tag=b"),
         "c 30 unknown|id-b sequence_feature 1-4 + locus_tag=b|b pseudogene 1-9 +|"
         "id-b-2 sequence_feature 6-9 + locus_tag=b|"},
        /* lines of one coding sequence that are numbered, of a transcript and of a gene */
        {REGION ROW("gene", "1", "12", "+", ".", "ID=g")
             ROW("mRNA", "1", "12", "+", ".", "ID=m;Parent=g")
                 ROW("CDS", "1", "3", "+", "0", "ID=m:1;Parent=m")
                     ROW("CDS", "7", "12", "+", "0", "ID=m:2;Parent=m"),
         "c 30 unknown|g CDS 1-3,7-12 +|"},
        {REGION ROW("gene", "1", "12", "-", ".", "ID=g")
             ROW("CDS", "1", "3", "-", "0", "ID=x1;Parent=g")
                 ROW("CDS", "7", "12", "-", "0", "ID=x2;Parent=g"),
         "c 30 unknown|g CDS 7-12,1-3 -|"},
        /* but not of two products, or that overlap */
        {REGION ROW("gene", "1", "12", "+", ".", "ID=g")
             ROW("CDS", "1", "3", "+", "0", "ID=x;Parent=g;protein_id=P")
                 ROW("CDS", "7", "12", "+", "0", "ID=y;Parent=g;protein_id=Q"),
         "c 30 unknown|g CDS 1-3 + protein_id=P|Q CDS 7-12 + protein_id=Q|"},
        {REGION ROW("gene", "1", "12", "+", ".", "ID=g")
             ROW("CDS", "1", "12", "+", "0", "ID=x;Parent=g")
                 ROW("CDS", "7", "12", "+", "0", "ID=y;Parent=g"),
         "c 30 unknown|g CDS 1-12 +|y CDS 7-12 +|"},
        /* exons of what is spliced */
        {REGION ROW("gene", "1", "12", "-", ".", "ID=g") ROW("exon", "1", "3", "-", ".", "Parent=t")
             ROW("tRNA", "1", "12", "-", ".", "ID=t;Parent=g")
                 ROW("exon", "7", "12", "-", ".", "ID=e;Parent=u,t")
                     ROW("exon", "1", "2", "-", ".", "Parent=g"),
         "c 30 unknown|g tRNA 7-12,1-3 -|"},
        {REGION ROW("tRNA", "1", "12", "-", ".", "ID=t")
             ROW("exon", "1", "13", "-", ".", "Parent=t"),
         "c 30 unknown|t tRNA 1-12 -|"},
        /* lines of one gene */
        {REGION ROW("gene", "1", "3", "+", ".", "ID=g") ROW("gene", "7", "9", "+", ".", "ID=g"),
         "c 30 unknown|g gene 1-3,7-9 +|"},
        /* a region that does not begin at 1 */
        {VERSION "##sequence-region c 11 30\n" ROW("gene", "12", "15", "+", ".", "ID=g"),
         "c 30 unknown|g gene 12-15 +|"},
        {VERSION "##sequence-region c 2 3\n" ROW("region", "2", "3", "+", ".",
                                                 "ID=c:2..3") "##FASTA\n>c\nACGTA\n",
         "c 5|"},
        /* NCBI's and Prodigal's words for missing ends */
        {REGION ROW("CDS", "1", "9", "+", "0", "ID=x;partial=true;start_range=.,1"),
         "c 30 unknown|x CDS 1-9 + 5'|"},
        {REGION ROW("CDS", "1", "9", "-", "0", "ID=x;start_range=.,1;partial=true"),
         "c 30 unknown|x CDS 1-9 - 3'|"},
        {REGION ROW("CDS", "1", "9", "+", "0", "ID=x;partial=01;pseudo=4"),
         "c 30 unknown|x CDS 1-9 + 3' partial=01 pseudo=4|"},
        {REGION ROW("CDS", "1", "9", "+", "0", "ID=x; product = a b ;eC_number=1.1.1.1"),
         "c 30 unknown|x CDS 1-9 + \"a b\" EC_number=1.1.1.1|"},
        {"c\tx\tgene\t1\t9\t.\t+\t.\tID=x\n", "c 9 unknown|x gene 1-9 +|"},
    };
    check_examples(EXAMPLES(examples));
}

#define EMBL                                                                                       \
    "ID   X1; SV 2; circular; genomic DNA; STD; PRO; 12 BP.\nXX\nAC   X1;\nDE   a\nDE   b.\n"
#define SQ "SQ   Sequence 12 BP;\n     atgaaaccct aa                                     12\n//\n"

static void embl_is_read(void)
{
    static const example examples[] = {
        {EMBL "FH   Key\nFT   CDS             complement(1..>9)\n"
              "FT                   /locus_tag=\"t\"\nFT                   /product=\"a\n"
              "FT                   b\"\nFT   source          1..12\n" SQ,
         "X1.2 12 circular|t CDS 1-9 - 5' \"a b\"|"},
        {"ID   X standard; circular DNA; PRO; 12 BP.\nAC   X1;\nSV   X1.3\n" SQ,
         "X1.3 12 circular|"},
        {"ID   XXX; SV XXX; linear; DNA; 12 BP.\n" SQ, "XXX 12|"},
        {"ID   XXX; XXX; linear; XXX; XXX; XXX; XXX.\nAC   XXX;\nXX\nAC * _c1\n" SQ, "c1 12|"},
        {EMBL SQ "\n"
                 "ID   Y; SV 1; linear; 3 BP.\nSQ\n     acg 3\n//\n",
         "X1.2 12 circular|Y.1 3|"},
    };
    static const example mistakes[] = {
        {"ID   X; 12 AA.\n//\n", "f:1: this record is a protein"},
        {"ID   X; SV 1\n//\n", "f:1: ID: a name and a length"},
        {"ID   X; 9 BP.\n" SQ, "f:1: the record says 9 bp, but has 12 bases"},
        {"ID   X; 9 BP.\nSQ\n     acgt 5\n//\n", "f:3: the line says that it ends with base 5"},
        {EMBL, "f:5: the file ends within the record of line 1"},
        {EMBL EMBL, "f:6: \"//\" was expected before the next ID"},
    };
    check_examples(EXAMPLES(examples));
    check_mistakes(EXAMPLES(mistakes));
}

#define GTF(type, start, end, strand, phase, attributes)                                           \
    "c\tx\t" type "\t" start "\t" end "\t.\t" strand "\t" phase "\t" attributes "\n"

static void gtf_is_read(void)
{
    static const example examples[] = {
        {"#!x\n" GTF("gene", "1", "12", "+", ".", "gene_id \"g\"; gene_name \"abcA\";")
             GTF("transcript", "1", "12", "+", ".", "gene_id \"g\"; transcript_id \"t\";")
                 GTF("exon", "1", "3", "+", ".", "gene_id \"g\"; transcript_id \"t\";")
                     GTF("CDS", "1", "3", "+", "0", "gene_id \"g\"; transcript_id \"t\";")
                         GTF("CDS", "6", "8", "+", "0", "gene_id \"g\"; transcript_id \"t\";")
                             GTF("stop_codon", "9", "11", "+", "0",
                                 "gene_id \"g\"; transcript_id \"t\";"),
         "c 11 unknown|g (abcA) CDS 1-3,6-11 + transcript_id=t|"},
        {GTF("CDS", "4", "9", "-", "0", "gene_id \"g\"; transcript_id \"\"; product \"a; b\";")
             GTF("stop_codon", "1", "3", "-", "0", "gene_id \"g\"; transcript_id \"\";")
                 GTF("CDS", "1", "9", "-", "0", "gene_id \"h\"; level 2; flag;")
                     GTF("stop_codon", "1", "3", "-", "0", "gene_id \"h\""),
         "c 9 unknown|g CDS 1-9 - \"a; b\"|h CDS 1-9 - flag=true level=2|"},
        {GTF("transcript", "1", "9", "+", ".", "gene_id \"g\"; transcript_id \"t\"")
             GTF("exon", "1", "2", "+", ".", "gene_id \"g\"; transcript_id \"t\"")
                 GTF("exon", "4", "9", "+", ".", "gene_id \"g\"; transcript_id \"t\""),
         "c 9 unknown|g transcript 1-2,4-9 + transcript_id=t|"},
        {GTF("gene", "1", "9", "+", ".", "gene_id \"g\"; gene_biotype \"tRNA\"")
             GTF("transcript", "1", "9", "+", ".",
                 "gene_id \"g\"; transcript_id \"t\"; transcript_biotype \"tRNA\""),
         "c 9 unknown|g tRNA 1-9 + gene_biotype=tRNA transcript_biotype=tRNA transcript_id=t|"},
        /* GENCODE's word for a biotype */
        {GTF("gene", "1", "9", "+", ".", "gene_id \"g\"; gene_type \"processed_pseudogene\";"),
         "c 9 unknown|g pseudogene 1-9 + gene_type=processed_pseudogene|"},
        /* exons without a line of their transcript, or before it */
        {GTF("exon", "1", "2", "+", ".", "transcript_id \"t\"; gene_id \"g\"; gene_name \"n\"")
             GTF("exon", "4", "9", "+", ".", "transcript_id \"t\"; gene_id \"g\"; gene_name \"n\""),
         "c 9 unknown|g (n) transcript 1-2,4-9 + transcript_id=t|"},
        {GTF("exon", "1", "2", "+", ".", "gene_id \"g\"; transcript_id \"t\"")
             GTF("exon", "4", "9", "+", ".", "gene_id \"g\"; transcript_id \"t\"") GTF(
                 "transcript", "1", "9", "+", ".", "gene_id \"g\"; transcript_id \"t\"; cov \"2\""),
         "c 9 unknown|g transcript 1-2,4-9 + cov=2 transcript_id=t|"},
        /* AUGUSTUS */
        {GTF("gene", "1", "9", "+", ".", "g1") GTF("transcript", "1", "9", "+", ".", "g1.t1")
             GTF("CDS", "1", "9", "+", "0", "transcript_id \"g1.t1\"; gene_id \"g1\";"),
         "c 9 unknown|g1 CDS 1-9 + transcript_id=g1.t1|"},
        /* gffread leaves gene_id out, others the quotes, and some have a version of GFF */
        {GTF("CDS", "1", "9", "+", "0", "transcript_id \"t\";"),
         "c 9 unknown|t CDS 1-9 + transcript_id=t|"},
        {GTF("CDS", "1", "9", "+", "0", "gene_id g; transcript_id t; level 2"),
         "c 9 unknown|g CDS 1-9 + level=2 transcript_id=t|"},
        {"##gff-version 2\n" GTF("CDS", "1", "9", "+", "0", "gene_id \"g\"; transcript_id \"t\""),
         "c 9 unknown|g CDS 1-9 + transcript_id=t|"},
        /* Ensembl's selenocysteines */
        {GTF("Selenocysteine", "4", "6", "+", ".", "gene_id \"g\"; transcript_id \"t\"")
             GTF("CDS", "1", "9", "+", "0", "gene_id \"g\"; transcript_id \"t\""),
         "c 9 unknown|g CDS 1-9 + transcript_id=t transl_except=(pos:4..6,aa:Sec)|"},
    };
    check_examples(EXAMPLES(examples));
    CHECK(strstr(read_text("#gtf-version 2.2\n" GTF("CDS", "1", "9", "+", "0", "level 2;")),
                 "f:2: there is no gene_id"));
}

/* What is warned of, "|" after each; and where that is an error, the first is it. */
static void check_warnings(const example *examples, size_t count)
{
    static const bx_genome_options strict = {.circular = -1, .strict = true};
    for (size_t i = 0; i < count; i++) {
        bx_error err = {0};
        const char *text = examples[i].text;
        char all[4096] = "", first[1024];
        bx_genome *g = bx_genome_read_text(text, strlen(text), "f", NULL, &err);
        CHECK_TEXT(err.message, "");
        if (!g)
            continue;
        for (size_t w = 0; w < bx_genome_warnings(g)->count; w++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s|",
                     bx_genome_warnings(g)->items[w].message);
        CHECK_TEXT(all, examples[i].wanted);
        bx_genome_free(g);
        snprintf(first, sizeof first, "%.*s", (int)strcspn(all, "|"), all);
        char *tail = strstr(first, ": left out");
        if (tail)
            *tail = '\0';
        CHECK_TEXT(read_bytes(text, strlen(text), &strict), first);
    }
}

#define OTHER TAGGED("CDS ", "1..3", "o")

static void one_bad_feature_does_not_lose_a_file(void)
{
    static const example examples[] = {
        {RECORD(OTHER TAGGED("CDS ", "join(1..9,complement(1^2))", "t")),
         "f:10: the location is between two bases, where no gene can be: left out|"},
        {RECORD(TAGGED("CDS ", "join(1..9,Z9.1:5..24)", "t") OTHER),
         "f:8: a part of the location is on another record, \"Z9.1\", whose bases are not in this "
         "file: left out|"},
        {RECORD(TAGGED("CDS ", "1..3", "t") QUALIFIER("transl_table=7") QUALIFIER("note=\"x")
                    MORE("y\"") OTHER),
         "f:10: there is no genetic code \"7\": left out|"},
        {RECORD(TAGGED("CDS ", "1..3", "t") QUALIFIER("product=\"a") OTHER),
         "f:10: /product: the quote that opens here is not closed: left out|"},
        {RECORD(TAGGED("CDS ", "40..50", "t") OTHER),
         "f:8: 40 to 50: that is outside \"X1.2\", which has 30 bases: left out|"},
        {RECORD(TAGGED("gene", "1..9", "t") TAGGED("CDS ", "1..9", "t") TAGGED("gene", "1..9", "t")
                    TAGGED("CDS ", "1..9", "t")),
         "f:12: the CDS \"t\" of line 10 once more|f:14: the CDS \"t\" of line 10 once more|"},
        {RECORD(TAGGED("gene", "1..3", "t") TAGGED("gene", "5..9", "t")),
         "f:10: a second gene \"t\": line 8 has the first, so this one is called \"gene_5_9\"|"},
        {HEAD TABLE OTHER "ORIGIN\n        1 atgaaaccct aaatggggcc ctttttaacc\n",
         "f:11: the file ends without \"//\", but with its last base|"},
        {"LOCUS       NODE_1_cov_13.66312 bp DNA\nORIGIN\n        1 acgtacgtacgt\n//\n",
         "f:1: LOCUS: name and length have run together, so the length is that of the bases|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g") ROW("CDS", "1", "3", "+", "0", "ID=x")
             ROW("CDS", "7", "x", "+", "0", "ID=x"),
         "f:5: start \"7\" and end \"x\": numbers were expected: left out|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g") "c\tx\tgene\t1\n",
         "f:4: 4 columns: 9 were expected, with tabs between them: left out|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g") ROW("gene", "3", "40", "+", ".", "ID=h"),
         "f:4: 3 to 40: that is outside \"c\", which has 30 bases: left out|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g") ROW("CDS", "1", "3", "+", "0", "ID=x")
             ROW("CDS", "7", "9", "-", "1", "ID=x;exception=trans-splicing"),
         "f:4: \"x\" has parts on both strands: put together in the order of its lines|f:4: \"x\" "
         "has parts on both strands, whose phases do not fit their order: left out|"},
        {REGION ROW("CDS", "1", "9", "+", ".", "ID=g"),
         "f:3: a CDS without phase, taken for 0: 0, 1 or 2 was expected in column 8|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g") ROW("CDS", "1", "9", "+", "0", "ID=g"),
         "f:4: ID \"g\" is that of the gene of line 3|"},
        {REGION ROW("gene", "1", "9", "+", ".", "ID=g;Note=a")
             ROW("gene", "11", "12", "+", ".", "ID=g;Note=b"),
         "f:4: ID \"g\" is that of the gene of line 3|"},
        {ROW("gene", "1", "9", "+", ".", "ID=g"),
         "f:1: \"##gff-version 3\" is missing: taken for that|"},
        {VERSION ROW("gene", "1", "3", "+", ".", "ID=g") "d\tx\tgene\t1\t3\t.\t+\t.\tID=h\n"
                                                         "##FASTA\n>c\nATG\n",
         "f:3: the bases of \"d\" are not in the file's FASTA section|"},
    };
    check_warnings(EXAMPLES(examples));
    CHECK_TEXT(read_text(GENE("3^4")), SEQUENCE);
    CHECK_TEXT(read_text(REGION ROW("gene", "3", "40", "+", ".", "ID=h")),
               "f:3: 3 to 40: that is outside \"c\", which has 30 bases");
    /* a line that is left out takes with it what it is a part of, and no more */
    CHECK_TEXT(read_text(examples[9].text), "c 30 unknown|g gene 1-9 +|");
    CHECK_TEXT(read_text(examples[12].text), "c 30 unknown|g gene 1-9 +|");
    CHECK_TEXT(read_text(examples[14].text), "c 30 unknown|g CDS 1-9 +|");
    CHECK_TEXT(read_text(examples[15].text),
               "c 30 unknown|g gene 1-9 + Note=a|gene_11_12 gene 11-12 + Note=b|");
}

static void warnings_are_bounded(void)
{
    bx_buffer text = {0};
    bx_error err = {0};
    bx_text_append(&text, REGION ROW("gene", "1", "9", "+", ".", "ID=g"));
    for (int i = 0; i < 3000; i++)
        bx_text_append(&text, "c\n");
    bx_genome *g = bx_genome_read_text(text.data, text.length, "f", NULL, &err);
    CHECK(g && bx_genome_warnings(g)->count == 1001);
    CHECK_TEXT(g ? bx_genome_warnings(g)->items[1000].code : "", "more");
    bx_genome_free(g);
    bx_buffer_free(&text);
}

static void too_many_parts_lose_a_feature_alone(void)
{
    bx_buffer text = {0};
    bx_error err = {0};
    bx_text_append(&text, VERSION ROW("gene", "1", "9", "+", ".", "ID=g"));
    for (int i = 0; i < BX_GENOME_SPANS + 9; i++)
        bx_text_append(&text, ROW("CDS", "1", "3", "+", "0", "ID=x"));
    bx_genome *g = bx_genome_read_text(text.data, text.length, "f", NULL, &err);
    CHECK(g && bx_genome_features(g) == 1 && bx_genome_warnings(g)->count == 1);
    bx_genome_free(g);
    bx_buffer_free(&text);
}

/* ---- .genome ---- */

static void tables_are_read(void)
{
    static const example examples[] = {
        {"# x\nstart length end strand type id description\n1 9 9 +1 1 g1 a  protein\n"
         "       11      3       13 -1  2  g2  tRNA-Leu\n15 1 15 0 promoter g3\n",
         "f 15 unknown|g1 CDS 1-9 + \"a  protein\"|g2 tRNA 11-13 - \"tRNA-Leu\"|"
         "g3 promoter 15-15|"},
        {"# Genome size: 1,030 bp\n1\t9\t9\t+\tCDS\ta b\t\n11\t2\t12\t-\t0\tg\tc\td\n",
         "f 1030 unknown|a b CDS 1-9 +|g ncRNA 11-12 - \"c\td\"|"},
        {"# sequence: s length: 30 topology: circular code: 4\n28\t9\t6\t-\tCDS\tx\t\n"
         "# sequence: t length: 5 topology: linear\n1\t5\t5\t+\tCDS\ty\tz\n",
         "s 30 circular code 4 unknown|t 5 unknown|x CDS 1-6,28-30 -|y CDS 1-5 + on 1 \"z\"|"},
    };
    check_examples(EXAMPLES(examples));
}

#define SHIFTED                                                                                    \
    "500 450 12 + 1 a x\n1400 430 900 + 1 b x\n2500 600 1100 - 1 c x\n3300 100 800 + 0 d x\n"      \
    "4300 800 1000 + 1 e x\n"

static void mistakes_of_tables_are_told(void)
{
    static const example examples[] = {
        {"1 9 9 + 1 a x\n1 9 8 + 1 b x\n",
         "f:2: start 1 and end 8 are 8 bases, but the length is 9"},
        {"1 9 9 + 1 a x\n9 9 1 + 1 b x\n", "f:2: start 9 is after end 1, and length 9"},
        {"0 9 8 + 1 a x\n", "f:1: start 0 and end 8: they count from 1"},
        {"1 9 9 + 1 a x\n1 9 9 + 1 a x\n", "f:2: a second CDS \"a\": line 1 has the first"},
        {"1 9 9 * 1 a x\n", "f:1: strand \"*\""},
        {"1 9 9 + 6 a x\n", "f:1: type \"6\""},
        {"1 9 9 + 1\n", "f:1: 5 columns: at least 6"},
        {"1 9x 9 + 1 a\n", "f:1: \"9x\" is no number"},
        {"1 99999999999999999999 9 + 1 a\n", "f:1: \"99999999999999999999\" is no number"},
        {"1 2000000000 2000000000 + 1 a\n", "f:1: \"a\": no bases lie from"},
        {"# Genome size: 8\n1 9 9 + 1 a x\n", "f:2: 1 to 9: that is outside \"f\""},
        {"start end length strand type id\n", "f:1: the columns were expected to be start length"},
        {"# x\norganism: E. coli\ngene_1 1 9 + 1 a\n", "f:2: columns of start length"},
        {"# nothing\n", "f:1: there are no genes"},
        {"# sequence: s length: x\n", "f:1: length: a number"},
        {"1 9 9 + 1 a x\n# sequence: s\n", "f:2: \"# sequence:\" was expected before"},
        {SHIFTED, "f:1: this file is of another kind: its columns are not start, length and end of "
                  "a gene, but its middle, half its length"},
    };
    check_mistakes(EXAMPLES(examples));
}

/* ---- compressed, large, cut ---- */

static size_t compress_text(const void *text, size_t length, uint8_t *out, size_t room)
{
    z_stream z = {.next_in = (uint8_t *)text,
                  .avail_in = (uInt)length,
                  .next_out = out,
                  .avail_out = (uInt)room};
    deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static void gzip_is_read(void)
{
    uint8_t packed[1024];
    size_t length = compress_text(">a\nACGT\n", 8, packed, sizeof packed);
    CHECK_TEXT(read_bytes(packed, length, NULL), "a 4|");
    memset(packed + length, 0, 8); /* padding */
    CHECK_TEXT(read_bytes(packed, length + 8, NULL), "a 4|");
    size_t more = compress_text("AC\n>b\nA", 7, packed + length, sizeof packed - length);
    CHECK_TEXT(read_bytes(packed, length + more, NULL), "a 6|b 1|");
    for (size_t cut = 2; cut < length; cut++)
        CHECK(strstr(read_bytes(packed, cut, NULL), "gzip stream is cut short"));
    packed[length - 6] ^= 1; /* of the checksum */
    CHECK(strstr(read_bytes(packed, length, NULL), "gzip stream is corrupt"));
    packed[length - 6] ^= 1;
    packed[length] = 'x';
    CHECK(strstr(read_bytes(packed, length + 1, NULL), "gzip stream is"));
}

static void bombs_are_refused(void)
{
    static const size_t size = 128 << 20, room = 1 << 20;
    char *text = malloc(size);
    uint8_t *packed = malloc(room);
    CHECK(text && packed);
    memset(text, '\n', size);
    size_t length = compress_text(text, size, packed, room);
    CHECK(strstr(read_bytes(packed, length, NULL), "the gzip stream grows more than 100 times"));
    free(text);
    free(packed);
}

static void long_lines_are_bounded(void)
{
    enum { SIZE = 3 << 20 };
    char *text = malloc(SIZE + 1);
    memset(text, 'A', SIZE);
    memcpy(text, ">a\n", 3);
    text[SIZE] = '\0';
    CHECK_TEXT(read_text(text), "a 3145725|"); /* bases may be */
    memcpy(text + SIZE - 9, "\r\nAC\r\n\r\nG", 9);
    CHECK_TEXT(read_text(text), "a 3145719|");
    text[1 << 20] = '-';
    CHECK_TEXT(read_text(text), "f:2: \"-\" in column 1048574 is no base: gaps are of "
                                "alignments, and bases were expected");
    memset(text, 'A', SIZE);
    text[0] = '>';
    CHECK_TEXT(read_text(text), "f:1: the line is longer than 1 MiB");
    memcpy(text, HEAD TABLE, strlen(HEAD TABLE));
    CHECK_TEXT(read_text(text), "f:8: the line is longer than 1 MiB");
    free(text);
}

/* Cut anywhere, a file is either refused or what remains of it makes sense. */
static void cut_files_do_no_harm(void)
{
    static const char *const texts[] = {
        GENE("join(complement(7..9),complement(1..3))"),
        CIRCLE ROW("CDS", "28", "36", "+", "0", "ID=x;product=a%2Cb") "##FASTA\n>c x\nACGT\n",
        "# sequence: s length: 30 topology: circular code: 4\n28\t9\t6\t-\tCDS\tx\ty\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t length = 0; length < strlen(texts[i]); length++) {
            char *copy = malloc(length + 1); /* so that reading beyond it is seen */
            memcpy(copy, texts[i], length);
            CHECK(*read_bytes(copy, length, NULL));
            free(copy);
        }
}

/* ---- files ---- */

static char folder[] = "/tmp/genome_read_test.XXXXXX";

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    CHECK(file && fputs(text, file) >= 0);
    fclose(file);
    return path_of(name);
}

static bool no_file(const char *path, const char *why)
{
    bx_error err = {0};
    return !bx_genome_read_file(path, NULL, &err) && err.code == BX_EFILE &&
           strstr(err.message, why);
}

static void what_is_no_file_is_told(void)
{
    CHECK(no_file(path_of("none"), "No such file"));
    CHECK(no_file(folder, "this is a folder"));
    CHECK(mkfifo(path_of("pipe"), 0600) == 0);
    CHECK(no_file(path_of("pipe"), "this is a pipe or a device"));
    CHECK(!bx_genome_read_file(path_of("none"), NULL, NULL));
    unlink(path_of("pipe"));
}

static const char *read_with(const char *text, const bx_genome_options *options)
{
    return read_bytes(text, strlen(text), options);
}

static void bases_come_from_another_file(void)
{
    char fasta[256];
    snprintf(fasta, sizeof fasta, "%s", write_file("a.fa", ">c\nACGTACGTACGTACGTACGTACGTACGTAC\n"));
    bx_genome_options options = {.fasta = fasta, .circular = -1};
    CHECK_TEXT(read_with(REGION, &options), "c 30|");
    CHECK_TEXT(read_with("1 9 9 + 1 a x\n", &options), "c 30|a CDS 1-9 + \"x\"|");
    CHECK(strstr(read_with(VERSION "##sequence-region d 1 9\n", &options),
                 "a.fa:2: there is no sequence \"d\" in it"));
    CHECK(strstr(read_with(VERSION "##sequence-region c 1 9\n", &options),
                 "a.fa:1: \"c\" has 30 bases here, but its stated length is 9"));
    CHECK(strstr(read_with(">c\nA\n", &options), "f:1: this is FASTA itself"));
    CHECK(strstr(read_with(HEAD TABLE "//\n", &options), "there is no sequence \"X1.2\" in it"));
    write_file("a.fa", ">c\nAC\n>d\nAC\n");
    CHECK(strstr(read_with("1 2 2 + 1 a x\n", &options), "2 sequences, and the genes do not say"));
    write_file("a.fa", ">c\nA-\n");
    CHECK(strstr(read_with(REGION, &options), "a.fa:2: \"-\""));
    unlink(fasta);
    CHECK(!bx_genome_read_text(REGION, strlen(REGION), "f", &options, NULL));
}

static void options_override(void)
{
    bx_genome_options options = {.code = 4, .circular = 1};
    CHECK_TEXT(read_with(REGION ROW("CDS", "28", "33", "+", "0", "ID=x;transl_table=11"), &options),
               "c 30 circular code 4 unknown|x CDS 28-30,1-3 +|");
    options = (bx_genome_options){.circular = 0};
    CHECK(strstr(read_with(CIRCLE ROW("CDS", "28", "33", "+", "0", "ID=x"), &options),
                 "f:4: 28 to 33: that is outside"));
    options = (bx_genome_options){.code = 7, .circular = -1};
    CHECK_TEXT(read_with(">a\nA\n", &options), "there is no genetic code 7");
    options = (bx_genome_options){.format = BX_GENOME_GENBANK, .circular = -1};
    CHECK_TEXT(read_with(">a\nA\n", &options), "f:1: LOCUS was expected");
}

/* ---- round trips ---- */

typedef int write_function(const bx_genome *genome, bx_buffer *out, bx_error *err);

static void check_round_trip(const char *text, write_function *write_genome)
{
    bx_error err = {0};
    bx_buffer out = {0};
    bx_genome *genome = bx_genome_read_text(text, strlen(text), "f", NULL, &err);
    CHECK(genome != NULL);
    if (!genome)
        return;
    char *before = strdup(describe(genome));
    CHECK(write_genome(genome, &out, &err) == 0);
    CHECK_TEXT(read_bytes(out.data, out.length, NULL), before);
    free(before);
    bx_buffer_free(&out);
    bx_genome_free(genome);
}

static void what_is_written_reads_back(void)
{
    static const char *const texts[] = {
        GENE("<1..12"),
        GENE("complement(join(28..30,1..6))"),
        GENE("join(28..30,1..6,9..12)"),
        GENE("complement(join(1..3,7..9))"),
        GENE("join(7..9,1..3,12)"),
        GENE("join(1..6,6..12)"),
        RECORD(FEATURE("gene", "1..9") QUALIFIER("gene=\"a;b=c,d%2C\"") FEATURE("CDS ", "1..9")
                   QUALIFIER("gene=\"a;b=c,d%2C\"") QUALIFIER("codon_start=3") QUALIFIER(
                       "transl_table=4") FEATURE("CDS ", "11..19") QUALIFIER("transl_table=11")
                       QUALIFIER("note=\"x;y\"") FEATURE("gene", "21..22") QUALIFIER("pseudo")
                           QUALIFIER("locus_tag=\"p q\"")),
        ">a\nACGT\n>b x\nNNN\n",
        "# sequence: s length: 30 topology: circular code: 4\n28\t9\t6\t-\tCDS\tx\ty\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_round_trip(texts[i], bx_genome_write_gff3);
        check_round_trip(texts[i], bx_genome_write_genbank);
    }
    check_round_trip(texts[8], bx_genome_write_table);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    RUN(fasta_is_read);
    RUN(mistakes_of_fasta_are_told);
    RUN(genbank_is_read);
    RUN(mistakes_of_genbank_are_told);
    RUN(gff3_is_read);
    RUN(mistakes_of_gff3_are_told);
    RUN(genbank_of_all_sorts_is_read);
    RUN(gff3_of_all_sorts_is_read);
    RUN(embl_is_read);
    RUN(gtf_is_read);
    RUN(one_bad_feature_does_not_lose_a_file);
    RUN(warnings_are_bounded);
    RUN(too_many_parts_lose_a_feature_alone);
    RUN(tables_are_read);
    RUN(mistakes_of_tables_are_told);
    RUN(gzip_is_read);
    RUN(bombs_are_refused);
    RUN(long_lines_are_bounded);
    RUN(cut_files_do_no_harm);
    RUN(what_is_no_file_is_told);
    RUN(bases_come_from_another_file);
    RUN(options_override);
    RUN(what_is_written_reads_back);
    rmdir(folder);
    return test_end();
}
