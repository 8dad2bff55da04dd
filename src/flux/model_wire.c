/* Layout: texts are a count of bytes and the bytes; lists a count and their items. The ids of
 * genes. Metabolites: id, boundary or not. Whether the objective is minimised. Reactions: id, rule,
 * bounds and objective, terms as metabolite and coefficient, and whether it is disabled; then that
 * of each gene. Constraints, and objectives: id, bounds, whether it is maximised, parts as reaction
 * and coefficient. How many groups, and what is said of metabolites, reactions, genes, groups and
 * the model, as about.h keeps it; whether ids are SBML's. Where there are variables, these: id,
 * domain, bounds and objective, and parts of it: constraint or objective, its index, coefficient.
 */
#include "flux/model_wire.h"

#include "flux/model.h"
#include "wire/packing.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void pack_text(bx_buffer *out, const char *text)
{
    bx_pack_bytes(out, text, strlen(text));
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

static size_t count_variables(const bx_fba_sum_view *sum)
{
    size_t count = 0;
    for (size_t k = 0; k < sum->part_count; k++)
        count += sum->parts[k].variable;
    return count;
}

static void pack_sums(const bx_fba *fba, bx_fba_list list, bx_buffer *out)
{
    bx_pack_count(out, bx_fba_sums_of(fba, list));
    for (size_t i = 0; i < bx_fba_sums_of(fba, list); i++) {
        bx_fba_sum_view sum = bx_fba_sum_of(fba, list, i);
        double bounds[2] = {sum.lower, sum.upper};
        pack_text(out, sum.id);
        bx_pack_doubles(out, bounds, 2);
        bx_pack_count(out, sum.maximise);
        bx_pack_count(out, sum.part_count - count_variables(&sum));
        for (size_t k = 0; k < sum.part_count; k++) {
            if (sum.parts[k].variable)
                continue;
            bx_pack_count(out, sum.parts[k].reaction);
            bx_pack_doubles(out, &sum.parts[k].coefficient, 1);
        }
    }
}

static size_t count_of(const bx_fba *fba, bx_fba_kind kind)
{
    switch (kind) {
    case BX_FBA_METABOLITE: return bx_fba_metabolites(fba);
    case BX_FBA_REACTION: return bx_fba_reactions(fba);
    case BX_FBA_GENE: return bx_fba_genes(fba);
    case BX_FBA_GROUP: return bx_fba_groups(fba);
    default: return 1;
    }
}

static void pack_abouts(const bx_fba *fba, bx_buffer *out)
{
    bx_pack_count(out, bx_fba_groups(fba));
    for (int kind = 0; kind <= BX_FBA_MODEL; kind++)
        for (size_t i = 0; i < count_of(fba, (bx_fba_kind)kind); i++) {
            const bx_about *about = bx_fba_about(fba, (bx_fba_kind)kind, i);
            bx_pack_bytes(out, about->records, about->length);
        }
    bx_pack_count(out, bx_fba_has_sbml_ids(fba));
}

/* The parts of sums that the variable is. */
static size_t pack_memberships(const bx_fba *fba, size_t variable, bx_buffer *out)
{
    size_t count = 0;
    for (int list = 0; list <= BX_FBA_OBJECTIVES; list++)
        for (size_t i = 0; i < bx_fba_sums_of(fba, (bx_fba_list)list); i++) {
            bx_fba_sum_view sum = bx_fba_sum_of(fba, (bx_fba_list)list, i);
            for (size_t k = 0; k < sum.part_count; k++) {
                if (!sum.parts[k].variable || sum.parts[k].reaction != variable)
                    continue;
                count++;
                if (!out)
                    continue;
                bx_pack_count(out, (size_t)list);
                bx_pack_count(out, i);
                bx_pack_doubles(out, &sum.parts[k].coefficient, 1);
            }
        }
    return count;
}

static void pack_variables(const bx_fba *fba, bx_buffer *out)
{
    if (bx_fba_variables(fba) == 0)
        return;
    bx_pack_count(out, bx_fba_variables(fba));
    for (size_t i = 0; i < bx_fba_variables(fba); i++) {
        bx_fba_variable v = bx_fba_variable_of(fba, i);
        double numbers[3] = {v.lower, v.upper, v.objective};
        pack_text(out, v.id);
        bx_pack_count(out, v.domain);
        bx_pack_doubles(out, numbers, 3);
        bx_pack_count(out, pack_memberships(fba, i, NULL));
        pack_memberships(fba, i, out);
    }
}

int bx_fba_encode(const bx_fba *fba, bx_buffer *out, bx_error *err)
{
    size_t start = out->length;
    bx_pack_count(out, bx_fba_genes(fba));
    for (size_t g = 0; g < bx_fba_genes(fba); g++)
        pack_text(out, bx_fba_gene_id(fba, g));
    bx_pack_count(out, bx_fba_metabolites(fba));
    for (size_t i = 0; i < bx_fba_metabolites(fba); i++) {
        pack_text(out, bx_fba_metabolite_id(fba, i));
        bx_pack_count(out, bx_fba_is_boundary(fba, i));
    }
    bx_pack_count(out, !bx_fba_maximises(fba));
    bx_pack_count(out, bx_fba_reactions(fba));
    for (size_t r = 0; r < bx_fba_reactions(fba); r++)
        pack_reaction(fba, r, out);
    for (size_t g = 0; g < bx_fba_genes(fba); g++)
        bx_pack_count(out, bx_fba_gene_disabled(fba, g));
    pack_sums(fba, BX_FBA_CONSTRAINTS, out);
    pack_sums(fba, BX_FBA_OBJECTIVES, out);
    pack_abouts(fba, out);
    pack_variables(fba, out);
    return bx_buffer_finish(out, start) < 0 ? bx_fail_memory(err) : 0;
}

/* ---- reading ---- */

/* The caller's; NULL on failure. */
static char *unpack_text(bx_unpacker *in, bx_error *err)
{
    uint32_t length;
    const uint8_t *bytes;
    if (bx_unpack_bytes(in, &bytes, &length, err) < 0)
        return NULL;
    if (memchr(bytes, '\0', length)) {
        bx_fail(err, BX_EPROTOCOL, "flux model: a text in a wrong form");
        return NULL;
    }
    char *text = strndup((const char *)bytes, length);
    if (!text)
        bx_fail_memory(err);
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

static int unpack_gene(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    char *id = unpack_text(in, err);
    int status = id && bx_fba_add_gene(fba, id, err) != BX_FBA_NONE ? 0 : -1;
    free(id);
    return status;
}

/* Stop what the disabled genes and reactions stop. */
static int unpack_disabled(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    bool *genes = calloc(bx_fba_genes(fba) + 1, 1);
    bool *reactions = calloc(bx_fba_reactions(fba) + 1, 1);
    int status = genes && reactions ? 0 : bx_fail_memory(err);
    for (size_t g = 0; g < bx_fba_genes(fba) && status == 0; g++) {
        uint32_t disabled = 0;
        status = unpack_flag(in, &disabled, err);
        genes[g] = disabled;
    }
    for (size_t r = 0; r < bx_fba_reactions(fba) && status == 0; r++)
        reactions[r] = fba->reactions[r].disabled;
    if (status == 0)
        bx_fba_disable(fba, genes, reactions, true);
    free(genes);
    free(reactions);
    return status;
}

static int unpack_parts(bx_unpacker *in, const bx_fba *fba, bx_fba_part *parts, uint32_t count,
                        bx_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t reaction;
        if (bx_unpack_count(in, &reaction, err) < 0 ||
            bx_unpack_doubles(in, &parts[i].coefficient, 1, err) < 0)
            return -1;
        if (reaction >= bx_fba_reactions(fba))
            return bx_fail(err, BX_EPROTOCOL, "flux model: there is no reaction %u", reaction);
        parts[i].reaction = reaction;
    }
    return 0;
}

static int unpack_sum(bx_unpacker *in, bx_fba *fba, bx_fba_list list, bx_error *err)
{
    double bounds[2];
    uint32_t maximise, count;
    bx_fba_part *parts = NULL;
    char *id = unpack_text(in, err);
    int status = -1;
    if (id && bx_unpack_doubles(in, bounds, 2, err) == 0 && unpack_flag(in, &maximise, err) == 0 &&
        unpack_list(in, &count, err) == 0) {
        parts = calloc((size_t)count + 1, sizeof *parts);
        status = parts ? unpack_parts(in, fba, parts, count, err) : bx_fail_memory(err);
    }
    if (status == 0) {
        bx_fba_sum_view sum = {id, parts, count, bounds[0], bounds[1], maximise};
        status = bx_fba_add_sum(fba, list, &sum, err);
    }
    free(id);
    free(parts);
    return status;
}

static int unpack_constraint(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    return unpack_sum(in, fba, BX_FBA_CONSTRAINTS, err);
}

static int unpack_objective(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    return unpack_sum(in, fba, BX_FBA_OBJECTIVES, err);
}

static int unpack_each(bx_unpacker *in, bx_fba *fba,
                       int (*unpack)(bx_unpacker *, bx_fba *, bx_error *), bx_error *err)
{
    uint32_t count;
    int status = unpack_list(in, &count, err);
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = unpack(in, fba, err);
    return status;
}

static int unpack_membership(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    uint32_t list, sum;
    bx_fba_part part = {.reaction = bx_fba_variables(fba) - 1, .variable = true};
    if (unpack_flag(in, &list, err) < 0 || bx_unpack_count(in, &sum, err) < 0 ||
        bx_unpack_doubles(in, &part.coefficient, 1, err) < 0)
        return -1;
    if (sum >= bx_fba_sums_of(fba, (bx_fba_list)list))
        return bx_fail(err, BX_EPROTOCOL, "flux model: there is no sum %u", sum);
    return bx_fba_add_part(fba, (bx_fba_list)list, sum, part, err);
}

static int unpack_variable(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    uint32_t domain;
    double numbers[3];
    char *id = unpack_text(in, err);
    int status = -1;
    if (id && bx_unpack_count(in, &domain, err) == 0 && bx_unpack_doubles(in, numbers, 3, err) == 0)
        status = domain <= BX_FBA_BINARY
                     ? bx_fba_add_variable(fba,
                                           &(bx_fba_variable){id, (bx_fba_domain)domain, numbers[0],
                                                              numbers[1], numbers[2]},
                                           err)
                     : bx_fail(err, BX_EPROTOCOL, "flux model: a variable of kind %u", domain);
    free(id);
    return status == 0 ? unpack_each(in, fba, unpack_membership, err) : -1;
}

static int unpack_group(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    (void)in;
    return bx_fba_add_group(fba, err);
}

/* Records: a key, a text and its zero byte. */
static int unpack_about(bx_unpacker *in, bx_about *about, bx_error *err)
{
    uint32_t length;
    const uint8_t *records;
    if (bx_unpack_bytes(in, &records, &length, err) < 0)
        return -1;
    const char *at = (const char *)records, *end = at + length;
    while (at < end) {
        int key = *at++;
        const char *zero = memchr(at, '\0', (size_t)(end - at));
        if (!zero || key < BX_ABOUT_ID || key > BX_ABOUT_OBJECTIVE)
            return bx_fail(err, BX_EPROTOCOL, "flux model: what is said of it in a wrong form");
        if (bx_about_add(about, (bx_about_key)key, at, err) < 0)
            return -1;
        at = zero + 1;
    }
    return 0;
}

static int unpack_abouts(bx_unpacker *in, bx_fba *fba, bx_error *err)
{
    for (int kind = 0; kind <= BX_FBA_MODEL; kind++)
        for (size_t i = 0; i < count_of(fba, (bx_fba_kind)kind); i++) {
            bx_about *about = bx_fba_change_about(fba, (bx_fba_kind)kind, i, err);
            if (!about || unpack_about(in, about, err) < 0)
                return -1;
        }
    return 0;
}

int bx_fba_decode(bx_fba *fba, const uint8_t *bytes, size_t length, bx_error *err)
{
    bx_unpacker in = {bytes, length, "flux model"};
    uint32_t minimise, sbml_ids;
    if (unpack_each(&in, fba, unpack_gene, err) < 0 ||
        unpack_each(&in, fba, unpack_metabolite, err) < 0 || unpack_flag(&in, &minimise, err) < 0 ||
        unpack_each(&in, fba, unpack_reaction, err) < 0 || unpack_disabled(&in, fba, err) < 0 ||
        unpack_each(&in, fba, unpack_constraint, err) < 0 ||
        unpack_each(&in, fba, unpack_objective, err) < 0 ||
        unpack_each(&in, fba, unpack_group, err) < 0 || unpack_abouts(&in, fba, err) < 0 ||
        unpack_flag(&in, &sbml_ids, err) < 0)
        return -1;
    bx_fba_set_sense(fba, !minimise);
    if (sbml_ids)
        bx_fba_set_sbml_ids(fba);
    if (in.left > 0 && unpack_each(&in, fba, unpack_variable, err) < 0)
        return -1;
    return in.left == 0 ? 0 : bx_fail(err, BX_EPROTOCOL, "flux model: more bytes than a model");
}
