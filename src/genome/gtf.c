/* GTF (https://mblab.wustl.edu/GTF22.html): GFF3's columns, but for the last, and no parents: the
 * ids of gene and transcript tie the rows. The codon of stop is not in the coding sequence. */
#include "genome/gff3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 'gene_id "b0001"; db_xref "EcoGene:EG11277"; level 2;' */
bool bx_gtf_attribute(char **at, char **key, char **value)
{
    char *word = *at + strspn(*at, "; ");
    if (!*word)
        return false;
    char *end = word + strcspn(word, " ;"), *from = end + strspn(end, " ");
    bool quoted = *from == '"';
    from += quoted;
    char *stop = from + strcspn(from, quoted ? "\"" : ";");
    *at = stop + (*stop != '\0');
    while (!quoted && stop > from && stop[-1] == ' ')
        stop--;
    *key = word;
    *value = quoted || stop > from ? from : NULL;
    *end = *stop = '\0';
    return true;
}

static int keep(char **text, const char *value, bx_error *err)
{
    return bx_found_text(text, value, strlen(value), err) < 0 ? -1 : 1;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

int bx_gtf_take(bx_gff3_node *node, const char *key, const char *value, bx_error *err)
{
    bx_found *found = node->found;
    bool biotype = ends_with(key, "_biotype") || strcmp(key, "gene_type") == 0 ||
                   strcmp(key, "transcript_type") == 0;
    if (!*value)
        return 1;
    if (strcmp(key, "gene_id") == 0)
        return keep(&node->gene_id, value, err);
    if (strcmp(key, "transcript_id") == 0)
        return keep(&node->transcript, value, err);
    if (strcmp(key, "gene_name") == 0 && !found->feature.name) {
        found->symbol = true;
        return keep(&found->feature.name, value, err);
    }
    if (biotype && ends_with(value, "pseudogene"))
        found->pseudo = true;
    if (biotype && strcmp(found->feature.type, "transcript") == 0 && ends_with(value, "RNA") &&
        bx_found_text(&found->feature.type, value, strlen(value), err) < 0)
        return -1;
    return 0;
}

bool bx_gtf_row(bx_gff3_row *row)
{
    static char coding[] = "CDS";
    bool pseudo;
    if (strcmp(row->type, "stop_codon") == 0) {
        row->stop = true;
        row->type = coding;
        row->phased = true;
    }
    bool words = strcspn(row->attributes, " =;\"") == strlen(row->attributes);
    if (words && strcmp(row->type, "transcript") == 0) /* AUGUSTUS has its exons' rows say more */
        return false;
    return bx_gff3_type(row->type, &pseudo) != NULL;
}

/* "gene:b0001" or "transcript:x", which may be the same words. */
static int make_id(char **id, const char *kind, const char *name, bx_error *err)
{
    size_t size = strlen(kind) + strlen(name) + 1;
    char *text = malloc(size);
    if (!text)
        return bx_fail_memory(err);
    snprintf(text, size, "%s%s", kind, name);
    free(*id);
    *id = text;
    return 0;
}

int bx_gtf_tie(bx_gff3_node *node, bx_error *err)
{
    bx_found *found = node->found;
    bool gene = strcmp(found->feature.type, "gene") == 0;
    bool product = strcmp(found->feature.type, "CDS") == 0;
    const char *transcript = gene ? NULL : node->transcript;
    if (!node->gene_id && gene && found->feature.attribute_count == 1 && /* AUGUSTUS: "g1" */
        strcmp(found->feature.attributes[0].value, "true") == 0) {
        if (keep(&node->gene_id, found->feature.attributes[0].key, err) < 0)
            return -1;
        bx_found_unset(found, node->gene_id);
    }
    if (!node->gene_id && node->transcript && /* gffread leaves it out */
        keep(&node->gene_id, node->transcript, err) < 0)
        return -1;
    if (!node->gene_id)
        return bx_fail(err, BX_EGENOME, "there is no gene_id");
    if (gene && make_id(&node->id, "gene:", node->gene_id, err) < 0)
        return -1;
    if (!gene && (product && transcript ? make_id(&node->parent, "transcript:", transcript, err)
                                        : make_id(&node->parent, "gene:", node->gene_id, err)) < 0)
        return -1;
    if (!gene && !product && transcript && make_id(&node->id, "transcript:", transcript, err) < 0)
        return -1;
    if (transcript && bx_found_set(found, "transcript_id", transcript, err) < 0)
        return -1;
    if (found->tagged)
        return 0;
    found->tagged = true;
    return bx_found_text(&found->feature.id, node->gene_id, strlen(node->gene_id), err);
}
