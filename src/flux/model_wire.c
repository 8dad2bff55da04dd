/* Layout: texts are a count of bytes and the bytes; lists a count and their items. Metabolites: id,
 * u8 boundary. Whether the objective is minimised. Reactions: id, rule, bounds and objective, terms
 * as metabolite and coefficient, and whether it is disabled. Then the ids of disabled genes. */
#include "flux/model_wire.h"

#include "flux/model.h"
#include "wire/packing.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void pack_text(bx_buffer *out, const char *text)
{
    size_t length = strlen(text);
    bx_pack_count(out, length);
    bx_buffer_append(out, text, length);
}

static void pack_reaction(const bx_fba *fba, size_t r, bx_buffer *out)
{
    double numbers[3], coefficient;
    size_t terms = bx_fba_terms(fba, r);
    pack_text(out, bx_fba_reaction_id(fba, r));
    pack_text(out, bx_fba_reaction_rule(fba, r));
    bx_fba_bounds(fba, r, &numbers[0], &numbers[1]);
    numbers[2] = bx_fba_objective(fba, r);
    bx_pack_doubles(out, numbers, 3);
    bx_pack_count(out, terms);
    for (size_t i = 0; i < terms; i++) {
        bx_pack_count(out, bx_fba_term_of(fba, r, i, &coefficient));
        bx_pack_doubles(out, &coefficient, 1);
    }
    bx_pack_count(out, fba->reactions[r].disabled);
}

int bx_fba_encode(const bx_fba *fba, bx_buffer *out, bx_error *err)
{
    size_t start = out->length, missing = 0;
    bx_pack_count(out, bx_fba_metabolites(fba));
    for (size_t i = 0; i < bx_fba_metabolites(fba); i++) {
        pack_text(out, bx_fba_metabolite_id(fba, i));
        bx_pack_count(out, fba->metabolites[i].boundary);
    }
    bx_pack_count(out, !bx_fba_maximises(fba));
    bx_pack_count(out, bx_fba_reactions(fba));
    for (size_t r = 0; r < bx_fba_reactions(fba); r++)
        pack_reaction(fba, r, out);
    for (size_t g = 0; g < bx_fba_genes(fba); g++)
        missing += bx_fba_gene_disabled(fba, g);
    bx_pack_count(out, missing);
    for (size_t g = 0; g < bx_fba_genes(fba); g++)
        if (bx_fba_gene_disabled(fba, g))
            pack_text(out, bx_fba_gene_id(fba, g));
    return bx_buffer_finish(out, start) < 0 ? bx_fail_memory(err) : 0;
}

/* ---- reading ---- */

/* The caller's; NULL on failure. */
static char *unpack_text(bx_unpacker *in, bx_error *err)
{
    uint32_t length;
    if (bx_unpack_count(in, &length, err) < 0)
        return NULL;
    if (length > in->left || memchr(in->next, '\0', length)) {
        bx_fail(err, BX_EPROTOCOL, "flux model: a text in a wrong form");
        return NULL;
    }
    char *text = strndup((const char *)in->next, length);
    if (!text)
        bx_fail_memory(err);
    in->next += length;
    in->left -= length;
    return text;
}

/* A list, of one byte or more an item. */
static int unpack_list(bx_unpacker *in, uint32_t *count, bx_error *err)
{
    if (bx_unpack_count(in, count, err) < 0)
        return -1;
    return *count <= in->left ? 0 : bx_fail(err, BX_EPROTOCOL, "flux model: a list cut short");
}

static int unpack_flag(bx_unpacker *in, uint32_t *flag, bx_error *err)
{
    if (bx_unpack_count(in, flag, err) < 0)
        return -1;
    return *flag < 2 ? 0 : bx_fail(err, BX_EPROTOCOL, "flux model: %u for yes or no", *flag);
}

static int unpack_metabolite(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    uint32_t boundary;
    char *id = unpack_text(in, err);
    int status = -1;
    if (id && unpack_flag(in, &boundary, err) == 0)
        status = bx_fba_add_metabolite(fba, id, boundary, err);
    free(id);
    return status;
}

static int unpack_terms(bx_unpacker *in, const bx_fba *fba, bx_fba_term *terms, uint32_t count,
                        bx_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t metabolite;
        if (bx_unpack_count(in, &metabolite, err) < 0 ||
            bx_unpack_doubles(in, &terms[i].coefficient, 1, err) < 0)
            return -1;
        if (metabolite >= bx_fba_metabolites(fba))
            return bx_fail(err, BX_EPROTOCOL, "flux model: there is no metabolite %u", metabolite);
        terms[i].metabolite = bx_fba_metabolite_id(fba, metabolite);
    }
    return 0;
}

/* What follows the id and the rule; the terms are to be freed. */
static int unpack_numbers(bx_unpacker *in, const bx_fba *fba, bx_fba_reaction *reaction,
                          bx_fba_term **terms, bx_error *err)
{
    double numbers[3];
    uint32_t count;
    if (bx_unpack_doubles(in, numbers, 3, err) < 0 || unpack_list(in, &count, err) < 0)
        return -1;
    *terms = calloc((size_t)count + 1, sizeof **terms);
    if (!*terms)
        return bx_fail_memory(err);
    reaction->lower = numbers[0];
    reaction->upper = numbers[1];
    reaction->objective = numbers[2];
    reaction->terms = *terms;
    reaction->term_count = count;
    return unpack_terms(in, fba, *terms, count, err);
}

static int unpack_reaction(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    bx_fba_term *terms = NULL;
    uint32_t disabled = 0;
    char *id = unpack_text(in, err), *rule = id ? unpack_text(in, err) : NULL;
    bx_fba_reaction reaction = {.id = id, .rule = rule};
    int status = -1;
    if (rule && unpack_numbers(in, fba, &reaction, &terms, err) == 0 &&
        unpack_flag(in, &disabled, err) == 0)
        status = bx_fba_add_reaction(fba, &reaction, err);
    if (status == 0)
        fba->reactions[bx_fba_reactions(fba) - 1].disabled = disabled;
    free(id);
    free(rule);
    free(terms);
    return status;
}

static int unpack_missing(bx_unpacker *in, const bx_fba *fba, bool *genes, bx_error *err)
{
    uint32_t count;
    int status = unpack_list(in, &count, err);
    for (uint32_t i = 0; i < count && status == 0; i++) {
        char *id = unpack_text(in, err);
        size_t gene = id ? bx_fba_find_gene(fba, id) : BX_FBA_NONE;
        if (gene != BX_FBA_NONE)
            genes[gene] = true;
        else
            status = id ? bx_fail(err, BX_EPROTOCOL, "flux model: no gene \"%.64s\"", id) : -1;
        free(id);
    }
    return status;
}

/* Stop what the disabled genes and reactions stop. */
static int unpack_disabled(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    bool *genes = calloc(bx_fba_genes(fba) + 1, 1),
         *reactions = calloc(bx_fba_reactions(fba) + 1, 1);
    int status = genes && reactions ? unpack_missing(in, fba, genes, err) : bx_fail_memory(err);
    if (status == 0)
        bx_fba_disable(fba, genes, reactions, true);
    free(genes);
    free(reactions);
    return status;
}

int bx_fba_decode(bx_fba *fba, const uint8_t *bytes, size_t length, bx_error *err)
{
    bx_unpacker in = {bytes, length, "flux model"};
    uint32_t count, minimise = 0;
    int status = unpack_list(&in, &count, err);
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = unpack_metabolite(&in, fba, err);
    if (status == 0)
        status = unpack_flag(&in, &minimise, err);
    if (status == 0)
        status = unpack_list(&in, &count, err);
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = unpack_reaction(&in, fba, err);
    if (status < 0 || unpack_disabled(&in, fba, err) < 0)
        return -1;
    bx_fba_set_sense(fba, !minimise);
    return in.left == 0 ? 0 : bx_fail(err, BX_EPROTOCOL, "flux model: more bytes than a model");
}
