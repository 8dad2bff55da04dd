#include "flux/model.h"

#include <stdlib.h>
#include <string.h>

/* A model and the states to come back to share its parts until it changes them: it then makes a
 * copy of its own. What changes often, bounds and the like, is in each state itself. */

typedef struct saved_reaction {
    double lower, upper, objective;
    bool disabled;
} saved_reaction;

struct bx_fba_state {
    bx_fba parts; /* without a program */
    bool *missing;
    saved_reaction *reactions;
    bx_fba_own_variable *variables; /* but their ids */
};

/* ---- a copy of the parts ---- */

static void *copy_items(const void *items, size_t count, size_t size)
{
    void *copy = malloc((count + 1) * size);
    if (copy && count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static int copy_column(bx_fba_column *to, const bx_fba_column *from, bx_error *err)
{
    *to = *from;
    to->about = (bx_about){0};
    to->id = strdup(from->id);
    to->rule_text = strdup(from->rule_text);
    to->entries = copy_items(from->entries, from->entry_count, sizeof *to->entries);
    to->rule.code = copy_items(from->rule.code, from->rule.count, sizeof *to->rule.code);
    if (!to->id || !to->rule_text || !to->entries || !to->rule.code)
        return bx_fail_memory(err);
    return bx_about_copy(&to->about, &from->about, err);
}

static int copy_columns(bx_fba *to, const bx_fba *from, bx_error *err)
{
    to->reactions = calloc(from->reaction_capacity + 1, sizeof *to->reactions);
    if (!to->reactions)
        return bx_fail_memory(err);
    for (size_t i = 0; i < from->reaction_count; i++) {
        to->reaction_count = i + 1;
        if (copy_column(&to->reactions[i], &from->reactions[i], err) < 0)
            return -1;
        if (bx_names_add(&to->reaction_index, to->reactions[i].id, i) < 0)
            return bx_fail_memory(err);
    }
    return 0;
}

static int copy_metabolites(bx_fba *to, const bx_fba *from, bx_error *err)
{
    to->metabolites = calloc(from->metabolite_capacity + 1, sizeof *to->metabolites);
    to->entry_at = calloc(from->metabolite_capacity + 1, sizeof *to->entry_at);
    if (!to->metabolites || !to->entry_at)
        return bx_fail_memory(err);
    for (size_t i = 0; i < from->metabolite_count; i++) {
        bx_fba_metabolite *metabolite = &to->metabolites[i];
        to->metabolite_count = i + 1;
        *metabolite = from->metabolites[i];
        metabolite->about = (bx_about){0};
        metabolite->id = strdup(from->metabolites[i].id);
        if (!metabolite->id || bx_names_add(&to->metabolite_index, metabolite->id, i) < 0)
            return bx_fail_memory(err);
        if (bx_about_copy(&metabolite->about, &from->metabolites[i].about, err) < 0)
            return -1;
    }
    return 0;
}

static int copy_genes(bx_fba *to, const bx_fba *from, bx_error *err)
{
    to->genes = calloc(from->gene_capacity + 1, sizeof *to->genes);
    to->gene_abouts = calloc(from->gene_capacity + 1, sizeof *to->gene_abouts);
    to->missing = calloc(from->gene_capacity + 1, sizeof *to->missing);
    if (!to->genes || !to->gene_abouts || !to->missing)
        return bx_fail_memory(err);
    for (size_t i = 0; i < from->gene_count; i++) {
        to->gene_count = i + 1;
        to->missing[i] = from->missing[i];
        to->genes[i] = strdup(from->genes[i]);
        if (!to->genes[i] || bx_names_add(&to->gene_index, to->genes[i], i) < 0)
            return bx_fail_memory(err);
        if (bx_about_copy(&to->gene_abouts[i], &from->gene_abouts[i], err) < 0)
            return -1;
    }
    return 0;
}

static int copy_groups(bx_fba *to, const bx_fba *from, bx_error *err)
{
    to->groups = calloc(from->group_capacity + 1, sizeof *to->groups);
    if (!to->groups)
        return bx_fail_memory(err);
    for (; to->group_count < from->group_count; to->group_count++)
        if (bx_about_copy(&to->groups[to->group_count], &from->groups[to->group_count], err) < 0)
            return -1;
    return bx_about_copy(&to->about, &from->about, err);
}

static int copy_variables(bx_fba *to, const bx_fba *from, bx_error *err)
{
    to->variables = calloc(from->variable_capacity + 1, sizeof *to->variables);
    if (!to->variables)
        return bx_fail_memory(err);
    to->variable_capacity = from->variable_capacity;
    for (size_t i = 0; i < from->variable_count; i++) {
        to->variables[to->variable_count++] = from->variables[i];
        to->variables[i].id = strdup(from->variables[i].id);
        if (!to->variables[i].id)
            return bx_fail_memory(err);
    }
    return 0;
}

static int copy_sums(bx_fba_sums *to, const bx_fba_sums *from, bx_error *err)
{
    to->items = calloc(from->capacity + 1, sizeof *to->items);
    if (!to->items)
        return bx_fail_memory(err);
    to->capacity = from->capacity;
    for (size_t i = 0; i < from->count; i++) {
        bx_fba_sum *sum = &to->items[to->count++];
        *sum = from->items[i];
        sum->id = strdup(sum->id);
        sum->parts = copy_items(from->items[i].parts, sum->part_count, sizeof *sum->parts);
        if (!sum->id || !sum->parts)
            return bx_fail_memory(err);
    }
    return 0;
}

int bx_fba_own(bx_fba *fba, bx_error *err)
{
    if (*fba->holders == 1)
        return 0;
    bx_fba copy = {.metabolite_capacity = fba->metabolite_capacity,
                   .reaction_capacity = fba->reaction_capacity,
                   .gene_capacity = fba->gene_capacity,
                   .group_capacity = fba->group_capacity,
                   .rows = fba->rows,
                   .elements = fba->elements,
                   .minimise = fba->minimise,
                   .has_sbml_ids = fba->has_sbml_ids,
                   .watch = fba->watch,
                   .progress_due = fba->progress_due,
                   .holders = malloc(sizeof *copy.holders)};
    int status = copy.holders ? 0 : bx_fail_memory(err);
    if (status == 0)
        status = copy_metabolites(&copy, fba, err);
    if (status == 0)
        status = copy_genes(&copy, fba, err);
    if (status == 0)
        status = copy_columns(&copy, fba, err);
    if (status == 0)
        status = copy_groups(&copy, fba, err);
    if (status == 0)
        status = copy_sums(&copy.constraints, &fba->constraints, err);
    if (status == 0)
        status = copy_sums(&copy.objectives, &fba->objectives, err);
    if (status == 0)
        status = copy_variables(&copy, fba, err);
    if (status < 0) {
        free(copy.holders);
        bx_fba_free_parts(&copy);
        return -1;
    }
    bx_fba_forget_program(fba);
    --*fba->holders;
    *copy.holders = 1;
    *fba = copy;
    return 0;
}

/* ---- coming back ---- */

bx_fba_state *bx_fba_save(const bx_fba *fba, bx_error *err)
{
    bx_fba_state *state = calloc(1, sizeof *state);
    if (state) {
        state->missing = copy_items(fba->missing, fba->gene_count, sizeof *state->missing);
        state->reactions = calloc(fba->reaction_count + 1, sizeof *state->reactions);
        state->variables =
            copy_items(fba->variables, fba->variable_count, sizeof *state->variables);
    }
    if (!state || !state->missing || !state->reactions || !state->variables) {
        if (state) {
            free(state->missing);
            free(state->reactions);
            free(state->variables);
        }
        free(state);
        bx_fail_memory(err);
        return NULL;
    }
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *reaction = &fba->reactions[r];
        state->reactions[r] = (saved_reaction){reaction->lower, reaction->upper,
                                               reaction->objective, reaction->disabled};
    }
    state->parts = *fba;
    ++*fba->holders;
    return state;
}

/* The model gives up its own parts for those of the state. */
static void take_parts(bx_fba *fba, const bx_fba_state *state)
{
    bx_fba own = *fba;
    bx_fba_forget_program(fba);
    *fba = state->parts;
    ++*fba->holders;
    fba->watch = own.watch;
    fba->progress_due = own.progress_due;
    fba->lp = fba->left = NULL;
    fba->reduction = NULL;
    fba->widest_lower = fba->widest_upper = fba->fluxes = fba->row_prices = NULL;
    fba->prices = fba->reduced = NULL;
    if (--*own.holders == 0) {
        free(own.holders);
        bx_fba_free_parts(&own);
    }
}

void bx_fba_restore(bx_fba *fba, const bx_fba_state *state)
{
    if (fba->holders != state->parts.holders)
        take_parts(fba, state);
    fba->minimise = state->parts.minimise;
    if (fba->gene_count > 0)
        memcpy(fba->missing, state->missing, fba->gene_count * sizeof *fba->missing);
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const saved_reaction *saved = &state->reactions[r];
        bx_fba_column *reaction = &fba->reactions[r];
        reaction->lower = saved->lower;
        reaction->upper = saved->upper;
        reaction->objective = saved->objective;
        reaction->disabled = saved->disabled;
    }
    for (size_t i = 0; i < fba->variable_count; i++) {
        char *id = fba->variables[i].id;
        fba->variables[i] = state->variables[i];
        fba->variables[i].id = id;
    }
    bx_fba_settle(fba);
}

void bx_fba_state_free(bx_fba_state *state)
{
    if (!state)
        return;
    if (--*state->parts.holders == 0) {
        free(state->parts.holders);
        bx_fba_free_parts(&state->parts);
    }
    free(state->missing);
    free(state->reactions);
    free(state->variables);
    free(state);
}
