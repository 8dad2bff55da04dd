/* Parts of a model changed and taken away. */
#include "flux/model.h"

#include "core/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Constraints, and objectives: they are found by looking at all. */
#define SUMS 10000

/* ---- what is said ---- */

size_t bx_fba_count(const bx_fba *fba, bx_fba_kind kind)
{
    return kind == BX_FBA_METABOLITE ? fba->metabolite_count
           : kind == BX_FBA_REACTION ? fba->reaction_count
                                     : fba->gene_count;
}

const bx_about *bx_fba_about(const bx_fba *fba, bx_fba_kind kind, size_t item)
{
    switch (kind) {
    case BX_FBA_METABOLITE: return &fba->metabolites[item].about;
    case BX_FBA_REACTION: return &fba->reactions[item].about;
    case BX_FBA_GENE: return &fba->gene_abouts[item];
    case BX_FBA_GROUP: return &fba->groups[item];
    case BX_FBA_MODEL: break;
    }
    return &fba->about;
}

bx_about *bx_fba_change_about(bx_fba *fba, bx_fba_kind kind, size_t item, bx_error *err)
{
    return bx_fba_own(fba, err) < 0 ? NULL : (bx_about *)bx_fba_about(fba, kind, item);
}

size_t bx_fba_groups(const bx_fba *fba)
{
    return fba->group_count;
}

int bx_fba_add_group(bx_fba *fba, bx_error *err)
{
    if (bx_fba_own(fba, err) < 0)
        return -1;
    bx_about *groups =
        bx_array_grow(fba->groups, fba->group_count, &fba->group_capacity, sizeof *groups);
    if (!groups)
        return bx_fail_memory(err);
    fba->groups = groups;
    groups[fba->group_count++] = (bx_about){0};
    return 0;
}

bool bx_fba_has_sbml_ids(const bx_fba *fba)
{
    return fba->has_sbml_ids;
}

void bx_fba_set_sbml_ids(bx_fba *fba)
{
    fba->has_sbml_ids = true;
}

/* ---- changing ---- */

/* The rows and elements of the program. */
static void count_program(bx_fba *fba)
{
    fba->rows = fba->elements = 0;
    for (size_t i = 0; i < fba->metabolite_count; i++) {
        fba->metabolites[i].row = (int)fba->rows;
        fba->rows += !fba->metabolites[i].boundary;
    }
    for (size_t r = 0; r < fba->reaction_count; r++)
        fba->elements += bx_fba_count_elements(fba, &fba->reactions[r]);
    bx_fba_forget_program(fba);
}

bool bx_fba_is_boundary(const bx_fba *fba, size_t metabolite)
{
    return fba->metabolites[metabolite].boundary;
}

int bx_fba_set_boundary(bx_fba *fba, size_t metabolite, bool boundary, bx_error *err)
{
    if (bx_fba_own(fba, err) < 0)
        return -1;
    fba->metabolites[metabolite].boundary = boundary;
    count_program(fba);
    return 0;
}

int bx_fba_change_reaction(bx_fba *fba, size_t r, const bx_fba_reaction *to, bx_error *err)
{
    bx_fba_column column = {0};
    if (bx_fba_own(fba, err) < 0)
        return -1;
    if (bx_fba_make_column(fba, &column, to, err) < 0) {
        bx_fba_free_column(&column);
        return -1;
    }
    bx_fba_column *reaction = &fba->reactions[r];
    char *id = reaction->id; /* the index has it */
    free(column.id);
    column.id = id;
    column.disabled = reaction->disabled;
    column.about = reaction->about;
    reaction->id = NULL;
    reaction->about = (bx_about){0};
    bx_fba_free_column(reaction);
    *reaction = column;
    bx_fba_settle(fba);
    count_program(fba);
    return 0;
}

/* ---- taking away ---- */

/* A rule while genes leave it: the text of what is left, or that it can hold no more. */
typedef struct partial {
    char *text; /* NULL: it cannot hold */
    bool is_or;
} partial;

static char *join(const partial *a, const partial *b, bool is_or)
{
    size_t size = strlen(a->text) + strlen(b->text) + 16;
    char *text = malloc(size);
    bool open_a = a->is_or && !is_or, open_b = b->is_or && !is_or;
    if (text)
        snprintf(text, size, "%s%s%s %s %s%s%s", open_a ? "(" : "", a->text, open_a ? ")" : "",
                 is_or ? "or" : "and", open_b ? "(" : "", b->text, open_b ? ")" : "");
    return text;
}

/* The two topmost become one. */
static int combine(partial *stack, size_t *top, bool is_or, bx_error *err)
{
    partial b = stack[--*top], a = stack[*top - 1], *to = &stack[*top - 1];
    if (a.text && b.text) {
        *to = (partial){join(&a, &b, is_or), is_or};
        free(a.text);
        free(b.text);
        return to->text ? 0 : bx_fail_memory(err);
    }
    if (is_or) {
        *to = a.text ? a : b;
        return 0;
    }
    free(a.text);
    free(b.text);
    *to = (partial){0};
    return 0;
}

/* What is left of the rule, which has genes, without those that are gone; "" for none. */
static char *shorten_rule(const bx_fba *fba, const bx_rule *rule, const bool *gone, bx_error *err)
{
    partial stack[2 * BX_RULE_DEPTH + 4] = {{0}};
    size_t top = 0;
    int status = 0;
    for (size_t i = 0; i < rule->count && status == 0; i++) {
        uint32_t code = rule->code[i];
        if (code >= BX_RULE_OR) {
            status = combine(stack, &top, code == BX_RULE_OR, err);
            continue;
        }
        stack[top] = (partial){gone[code] ? NULL : strdup(fba->genes[code]), false};
        if (!gone[code] && !stack[top].text)
            status = bx_fail_memory(err);
        top++;
    }
    char *text = status == 0 && stack[0].text ? stack[0].text : NULL;
    for (size_t i = text ? 1 : 0; i < top; i++)
        free(stack[i].text);
    if (status == 0 && !text && !(text = strdup("")))
        bx_fail_memory(err);
    return text;
}

static bool names_one(const bx_rule *rule, const bool *gone)
{
    for (size_t i = 0; i < rule->count; i++)
        if (rule->code[i] < BX_RULE_OR && gone[rule->code[i]])
            return true;
    return false;
}

static uint32_t known_gene(void *data, const char *name, size_t length, bx_error *err)
{
    char id[BX_NAME_LENGTH + 1];
    (void)err;
    memcpy(id, name, length);
    id[length] = '\0';
    return (uint32_t)bx_fba_find_gene(data, id);
}

static int shorten_rules(bx_fba *fba, const bool *genes, const bool *reactions, bx_error *err)
{
    for (size_t r = 0; r < fba->reaction_count; r++) {
        bx_fba_column *reaction = &fba->reactions[r];
        bx_rule rule;
        if (reactions[r] || !names_one(&reaction->rule, genes))
            continue;
        char *text = shorten_rule(fba, &reaction->rule, genes, err);
        if (!text || bx_rule_parse(text, known_gene, fba, &rule, err) < 0) {
            free(text);
            return -1;
        }
        free(reaction->rule_text);
        bx_rule_free(&reaction->rule);
        reaction->rule_text = text;
        reaction->rule = rule;
    }
    return 0;
}

/* Where each of the items that stay will be. */
static size_t *make_places(const bool *gone, size_t count, bx_error *err)
{
    size_t *places = calloc(count + 1, sizeof *places), kept = 0;
    if (!places)
        bx_fail_memory(err);
    for (size_t i = 0; i < count && places; i++)
        places[i] = gone[i] ? BX_FBA_NONE : kept++;
    return places;
}

static int index_again(bx_names *index, bx_error *err, const bx_fba *fba, size_t count,
                       const char *(*id)(const bx_fba *, size_t))
{
    bx_names_free(index);
    *index = (bx_names){0};
    for (size_t i = 0; i < count; i++)
        if (bx_names_add(index, id(fba, i), i) < 0)
            return bx_fail_memory(err);
    return 0;
}

static void drop_metabolites(bx_fba *fba, const size_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < fba->metabolite_count; i++) {
        if (places[i] != BX_FBA_NONE) {
            fba->metabolites[kept++] = fba->metabolites[i];
            continue;
        }
        free(fba->metabolites[i].id);
        bx_about_free(&fba->metabolites[i].about);
    }
    fba->metabolite_count = kept;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        bx_fba_column *reaction = &fba->reactions[r];
        size_t left = 0;
        for (size_t k = 0; k < reaction->entry_count; k++) {
            bx_fba_entry entry = reaction->entries[k];
            size_t place = places[entry.metabolite];
            if (place != BX_FBA_NONE)
                reaction->entries[left++] = (bx_fba_entry){(uint32_t)place, entry.coefficient};
        }
        reaction->entry_count = left;
    }
}

static void drop_genes(bx_fba *fba, const size_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < fba->gene_count; i++) {
        if (places[i] == BX_FBA_NONE) {
            free(fba->genes[i]);
            bx_about_free(&fba->gene_abouts[i]);
            continue;
        }
        fba->genes[kept] = fba->genes[i];
        fba->gene_abouts[kept] = fba->gene_abouts[i];
        fba->missing[kept++] = fba->missing[i];
    }
    fba->gene_count = kept;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        bx_rule *rule = &fba->reactions[r].rule;
        for (size_t i = 0; i < rule->count; i++)
            if (rule->code[i] < BX_RULE_OR)
                rule->code[i] = (uint32_t)places[rule->code[i]];
    }
}

static void drop_from_sums(bx_fba_sums *sums, const size_t *places)
{
    for (size_t i = 0; i < sums->count; i++) {
        bx_fba_sum *sum = &sums->items[i];
        size_t left = 0;
        for (size_t k = 0; k < sum->part_count; k++) {
            bx_fba_part part = sum->parts[k];
            if (!part.variable)
                part.reaction = places[part.reaction];
            if (part.reaction != BX_FBA_NONE)
                sum->parts[left++] = part;
        }
        sum->part_count = left;
    }
}

static void drop_reactions(bx_fba *fba, const size_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < fba->reaction_count; i++) {
        if (places[i] != BX_FBA_NONE)
            fba->reactions[kept++] = fba->reactions[i];
        else
            bx_fba_free_column(&fba->reactions[i]);
    }
    fba->reaction_count = kept;
    drop_from_sums(&fba->constraints, places);
    drop_from_sums(&fba->objectives, places);
}

int bx_fba_remove(bx_fba *fba, const bool *metabolites, const bool *reactions, const bool *genes,
                  bx_error *err)
{
    if (bx_fba_own(fba, err) < 0)
        return -1;
    size_t *metabolite_places = make_places(metabolites, fba->metabolite_count, err);
    size_t *reaction_places = make_places(reactions, fba->reaction_count, err);
    size_t *gene_places = make_places(genes, fba->gene_count, err);
    int status = metabolite_places && reaction_places && gene_places ? 0 : -1;
    if (status == 0)
        status = shorten_rules(fba, genes, reactions, err);
    if (status == 0) {
        drop_reactions(fba, reaction_places);
        drop_metabolites(fba, metabolite_places);
        drop_genes(fba, gene_places);
        count_program(fba);
        bx_fba_settle(fba);
        status = index_again(&fba->metabolite_index, err, fba, fba->metabolite_count,
                             bx_fba_metabolite_id);
    }
    if (status == 0)
        status =
            index_again(&fba->reaction_index, err, fba, fba->reaction_count, bx_fba_reaction_id);
    if (status == 0)
        status = index_again(&fba->gene_index, err, fba, fba->gene_count, bx_fba_gene_id);
    free(metabolite_places);
    free(reaction_places);
    free(gene_places);
    return status;
}

void bx_fba_mark_orphans(const bx_fba *fba, const bool *gone, bool *metabolites, bool *genes)
{
    memset(metabolites, true, fba->metabolite_count);
    memset(genes, true, fba->gene_count);
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *reaction = &fba->reactions[r];
        for (size_t k = 0; k < reaction->entry_count && !gone[r]; k++)
            metabolites[reaction->entries[k].metabolite] = false;
        for (size_t i = 0; i < reaction->rule.count && !gone[r]; i++)
            if (reaction->rule.code[i] < BX_RULE_OR)
                genes[reaction->rule.code[i]] = false;
    }
}

/* ---- other ids ---- */

static char **id_of(bx_fba *fba, bx_fba_kind kind, size_t item)
{
    return kind == BX_FBA_METABOLITE ? &fba->metabolites[item].id
           : kind == BX_FBA_REACTION ? &fba->reactions[item].id
                                     : &fba->genes[item];
}

/* The ids as they will be are each 1 to 255 bytes, and no two are the same. */
static int check_ids(bx_fba *fba, bx_fba_kind kind, const char *const *ids, bx_error *err)
{
    static const char *const words[] = {"metabolite", "reaction", "gene"};
    bx_names taken = {0};
    int status = 0;
    for (size_t i = 0; i < bx_fba_count(fba, kind) && status == 0; i++) {
        const char *id = ids[i] ? ids[i] : *id_of(fba, kind, i);
        size_t length = strlen(id);
        if (length == 0 || length > BX_NAME_LENGTH)
            status = bx_fail(err, BX_EMODEL, "a %s's id has 1 to %d bytes, got %zu: \"%.40s\"",
                             words[kind], BX_NAME_LENGTH, length, id);
        else if (kind == BX_FBA_GENE && !bx_rule_can_name(id))
            status = bx_fail(err, BX_EMODEL, "no rule can have a gene \"%.64s\"", id);
        else if (kind == BX_FBA_REACTION && bx_fba_find_variable(fba, id) != BX_FBA_NONE)
            status = bx_fail(err, BX_EMODEL, "reaction \"%.64s\": a variable is called so", id);
        else if (bx_names_find(&taken, id) != BX_NAME_NONE)
            status = bx_fail(err, BX_EMODEL, "there would be two %ss \"%.64s\"", words[kind], id);
        else if (bx_names_add(&taken, id, i) < 0)
            status = bx_fail_memory(err);
    }
    bx_names_free(&taken);
    return status;
}

/* Members are named by their ids, but for genes that have another one in SBML. */
static int rename_members(bx_fba *fba, bx_fba_kind kind, const bx_names *index,
                          const char *const *ids, bx_about *group, bx_error *err)
{
    bx_about renamed = {0};
    for (const char *at = group->records, *end = at + group->length; at < end;) {
        bx_about_key key = (bx_about_key)*at++;
        size_t item = key == BX_ABOUT_MEMBER ? bx_names_find(index, at) : BX_NAME_NONE;
        bool named = item != BX_NAME_NONE && ids[item] &&
                     !(kind == BX_FBA_GENE && bx_about_get(&fba->gene_abouts[item], BX_ABOUT_ID));
        if (bx_about_add(&renamed, key, named ? ids[item] : at, err) < 0) {
            bx_about_free(&renamed);
            return -1;
        }
        at += strlen(at) + 1;
    }
    bx_about_free(group);
    *group = renamed;
    return 0;
}

/* The texts of rules that name one of them. */
static int write_rules_again(bx_fba *fba, const char *const *ids, bx_error *err)
{
    bool *none = calloc(2 * fba->gene_count + 1, 1),
         *renamed = none ? none + fba->gene_count : none;
    int status = none ? 0 : bx_fail_memory(err);
    for (size_t g = 0; g < fba->gene_count && none; g++)
        renamed[g] = ids[g];
    for (size_t r = 0; r < fba->reaction_count && status == 0; r++) {
        bx_fba_column *reaction = &fba->reactions[r];
        if (!names_one(&reaction->rule, renamed))
            continue;
        char *text = shorten_rule(fba, &reaction->rule, none, err);
        status = text ? 0 : -1;
        if (text) {
            free(reaction->rule_text);
            reaction->rule_text = text;
        }
    }
    free(none);
    return status;
}

int bx_fba_rename(bx_fba *fba, bx_fba_kind kind, const char *const *ids, bx_error *err)
{
    bx_names *indexes[] = {&fba->metabolite_index, &fba->reaction_index, &fba->gene_index};
    static const char *(*const names[])(const bx_fba *, size_t) = {
        bx_fba_metabolite_id, bx_fba_reaction_id, bx_fba_gene_id};
    if (check_ids(fba, kind, ids, err) < 0 || bx_fba_own(fba, err) < 0)
        return -1;
    for (size_t i = 0; i < fba->group_count; i++)
        if (rename_members(fba, kind, indexes[kind], ids, &fba->groups[i], err) < 0)
            return -1;
    for (size_t i = 0; i < bx_fba_count(fba, kind); i++) {
        char *id = ids[i] ? strdup(ids[i]) : NULL;
        if (ids[i] && !id)
            return bx_fail_memory(err);
        if (!id)
            continue;
        free(*id_of(fba, kind, i));
        *id_of(fba, kind, i) = id;
    }
    if (index_again(indexes[kind], err, fba, bx_fba_count(fba, kind), names[kind]) < 0)
        return -1;
    return kind == BX_FBA_GENE ? write_rules_again(fba, ids, err) : 0;
}

/* ---- sums of fluxes ---- */

static const bx_fba_sums *list_of(const bx_fba *fba, bx_fba_list list)
{
    return list == BX_FBA_CONSTRAINTS ? &fba->constraints : &fba->objectives;
}

size_t bx_fba_sums_of(const bx_fba *fba, bx_fba_list list)
{
    return list_of(fba, list)->count;
}

bx_fba_sum_view bx_fba_sum_of(const bx_fba *fba, bx_fba_list list, size_t i)
{
    const bx_fba_sum *sum = &list_of(fba, list)->items[i];
    return (bx_fba_sum_view){sum->id,    sum->parts, sum->part_count,
                             sum->lower, sum->upper, sum->maximise};
}

size_t bx_fba_find_sum(const bx_fba *fba, bx_fba_list list, const char *id)
{
    const bx_fba_sums *sums = list_of(fba, list);
    for (size_t i = 0; i < sums->count; i++)
        if (strcmp(sums->items[i].id, id) == 0)
            return i;
    return BX_FBA_NONE;
}

static int check_sum(const bx_fba *fba, bx_fba_list list, const bx_fba_sum_view *sum, bx_error *err)
{
    const char *what = list == BX_FBA_CONSTRAINTS ? "constraint" : "objective";
    size_t length = strlen(sum->id);
    if (bx_fba_sums_of(fba, list) >= SUMS)
        return bx_fail(err, BX_EMODEL, "there are %d %ss: no more fit", SUMS, what);
    if (length == 0 || length > BX_NAME_LENGTH)
        return bx_fail(err, BX_EMODEL, "a %s's id has 1 to %d bytes, got %zu: \"%.40s\"", what,
                       BX_NAME_LENGTH, length, sum->id);
    if (bx_fba_find_sum(fba, list, sum->id) != BX_FBA_NONE)
        return bx_fail(err, BX_EMODEL, "there are two %ss \"%.64s\"", what, sum->id);
    for (size_t k = 0; k < sum->part_count; k++)
        if (bx_fba_check_coefficient(sum->parts[k].coefficient, what, sum->id, err) < 0)
            return -1;
    return list == BX_FBA_CONSTRAINTS
               ? bx_fba_check_bounds(what, sum->id, sum->lower, sum->upper, err)
               : 0;
}

int bx_fba_add_sum(bx_fba *fba, bx_fba_list list, const bx_fba_sum_view *from, bx_error *err)
{
    bx_fba_sums *sums = (bx_fba_sums *)list_of(fba, list);
    if (check_sum(fba, list, from, err) < 0 || bx_fba_own(fba, err) < 0)
        return -1;
    bx_fba_sum *items = bx_array_grow(sums->items, sums->count, &sums->capacity, sizeof *items);
    if (!items)
        return bx_fail_memory(err);
    sums->items = items;
    bx_fba_sum sum = {strdup(from->id),
                      malloc((from->part_count + 1) * sizeof *from->parts),
                      0,
                      from->lower,
                      from->upper,
                      from->maximise};
    if (!sum.id || !sum.parts) {
        free(sum.id);
        free(sum.parts);
        return bx_fail_memory(err);
    }
    for (size_t k = 0; k < from->part_count; k++)
        if (from->parts[k].coefficient != 0)
            sum.parts[sum.part_count++] = from->parts[k];
    items[sums->count++] = sum;
    if (list == BX_FBA_CONSTRAINTS)
        bx_fba_forget_program(fba);
    return 0;
}

int bx_fba_remove_sum(bx_fba *fba, bx_fba_list list, size_t i, bx_error *err)
{
    bx_fba_sums *sums = (bx_fba_sums *)list_of(fba, list);
    if (bx_fba_own(fba, err) < 0)
        return -1;
    free(sums->items[i].id);
    free(sums->items[i].parts);
    memmove(&sums->items[i], &sums->items[i + 1], (--sums->count - i) * sizeof *sums->items);
    if (list == BX_FBA_CONSTRAINTS)
        bx_fba_forget_program(fba);
    return 0;
}

int bx_fba_add_part(bx_fba *fba, bx_fba_list list, size_t i, bx_fba_part part, bx_error *err)
{
    if (bx_fba_check_coefficient(part.coefficient, "variable of a sum", "", err) < 0 ||
        bx_fba_own(fba, err) < 0)
        return -1;
    bx_fba_sum *sum = &((bx_fba_sums *)list_of(fba, list))->items[i];
    bx_fba_part *grown = realloc(sum->parts, (sum->part_count + 1) * sizeof *grown);
    if (!grown)
        return bx_fail_memory(err);
    sum->parts = grown;
    grown[sum->part_count++] = part;
    bx_fba_forget_program(fba);
    return 0;
}
