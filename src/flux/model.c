#include "flux/model.h"

#include "flux/reduction.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BOUND_LIMIT 1e15
#define COEFFICIENT_LEAST 1e-12
#define COEFFICIENT_LIMIT 1e9

bx_fba *bx_fba_new(const bx_fba_watch *watch, bx_error *err)
{
    bx_fba *fba = calloc(1, sizeof *fba);
    if (!fba)
        bx_fail_memory(err);
    else if (watch)
        fba->watch = *watch;
    return fba;
}

static void free_reaction(bx_fba_column *reaction)
{
    free(reaction->id);
    free(reaction->rule_text);
    free(reaction->entries);
    bx_rule_free(&reaction->rule);
}

/* What is computed from the parts is made anew when they change. */
static void forget_program(bx_fba *fba)
{
    bx_lp_free(fba->lp);
    bx_lp_free(fba->left);
    bx_reduction_free(fba->reduction);
    free(fba->widest_lower);
    free(fba->widest_upper);
    free(fba->fluxes);
    free(fba->row_prices);
    free(fba->prices);
    free(fba->reduced);
    fba->lp = fba->left = NULL;
    fba->reduction = NULL;
    fba->widest_lower = fba->widest_upper = fba->fluxes = fba->row_prices = NULL;
    fba->prices = fba->reduced = NULL;
}

void bx_fba_free(bx_fba *fba)
{
    if (!fba)
        return;
    for (size_t i = 0; i < fba->metabolite_count; i++) {
        free(fba->metabolites[i].id);
        free(fba->metabolites[i].compartment);
    }
    for (size_t i = 0; i < fba->reaction_count; i++)
        free_reaction(&fba->reactions[i]);
    for (size_t i = 0; i < fba->gene_count; i++)
        free(fba->genes[i]);
    free(fba->metabolites);
    free(fba->reactions);
    free(fba->genes);
    free(fba->missing);
    bx_names_free(&fba->metabolite_index);
    bx_names_free(&fba->reaction_index);
    bx_names_free(&fba->gene_index);
    forget_program(fba);
    free(fba->entry_at);
    free(fba);
}

static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity ? 2 * *capacity : 16;
    void *grown = realloc(items, wanted * size);
    if (grown)
        *capacity = wanted;
    return grown;
}

/* A copy of an id that is not taken yet. */
static char *take_id(const bx_names *index, const char *id, const char *kind, bx_error *err)
{
    size_t length = strlen(id);
    char *copied = NULL;
    if (length == 0 || length > BX_NAME_LENGTH)
        bx_fail(err, BX_EMODEL, "a %s's id has 1 to %d bytes, got %zu: \"%.40s\"", kind,
                BX_NAME_LENGTH, length, id);
    else if (bx_names_find(index, id) != BX_NAME_NONE)
        bx_fail(err, BX_EMODEL, "there are two %ss \"%.64s\"", kind, id);
    else if (!(copied = strdup(id)))
        bx_fail_memory(err);
    return copied;
}

int bx_fba_add_metabolite(bx_fba *fba, const char *id, bool boundary, bx_error *err)
{
    size_t count = fba->metabolite_count;
    char *copied = take_id(&fba->metabolite_index, id, "metabolite", err);
    if (!copied)
        return -1;
    bx_fba_metabolite *grown =
        grow(fba->metabolites, count, &fba->metabolite_capacity, sizeof *grown);
    if (grown)
        fba->metabolites = grown;
    uint32_t *entry_at = realloc(fba->entry_at, fba->metabolite_capacity * sizeof *entry_at);
    if (entry_at)
        fba->entry_at = entry_at;
    if (!grown || !entry_at || count >= INT_MAX ||
        bx_names_add(&fba->metabolite_index, copied, count) < 0) {
        free(copied);
        return bx_fail_memory(err);
    }
    fba->entry_at[count] = 0;
    fba->metabolites[count] =
        (bx_fba_metabolite){.id = copied, .boundary = boundary, .row = (int)fba->rows};
    fba->metabolite_count++;
    fba->rows += !boundary;
    forget_program(fba);
    return 0;
}

int bx_fba_set_compartment(bx_fba *fba, size_t metabolite, const char *compartment, bx_error *err)
{
    char *copied = strdup(compartment);
    if (!copied)
        return bx_fail_memory(err);
    free(fba->metabolites[metabolite].compartment);
    fba->metabolites[metabolite].compartment = copied;
    return 0;
}

const char *bx_fba_compartment(const bx_fba *fba, size_t metabolite)
{
    const char *compartment = fba->metabolites[metabolite].compartment;
    return compartment ? compartment : "";
}

/* ---- reactions ---- */

static int check_bounds(const char *id, double lower, double upper, bx_error *err)
{
    if (isnan(lower) || isnan(upper))
        return bx_fail(err, BX_EMODEL, "reaction \"%.64s\": a bound is not a number", id);
    if (lower > upper)
        return bx_fail(err, BX_EMODEL,
                       "reaction \"%.64s\": the lower bound %g is above the upper bound %g", id,
                       lower, upper);
    if (lower == INFINITY || upper == -INFINITY)
        return bx_fail(err, BX_EMODEL, "reaction \"%.64s\": no flux is within %g and %g", id, lower,
                       upper);
    if ((isfinite(lower) && fabs(lower) > BOUND_LIMIT) ||
        (isfinite(upper) && fabs(upper) > BOUND_LIMIT))
        return bx_fail(err, BX_EMODEL,
                       "reaction \"%.64s\": bounds %g and %g: at most %g in size expected, or "
                       "infinite for none",
                       id, lower, upper, BOUND_LIMIT);
    return 0;
}

static int check_coefficient(double value, const char *what, const char *id, bx_error *err)
{
    if (isnan(value) || fabs(value) > COEFFICIENT_LIMIT ||
        (value != 0 && fabs(value) < COEFFICIENT_LEAST))
        return bx_fail(err, BX_EMODEL,
                       "%s \"%.64s\": the coefficient %g is not 0 and not between %g and %g in "
                       "size",
                       what, id, value, COEFFICIENT_LEAST, COEFFICIENT_LIMIT);
    return 0;
}

static int add_entry(bx_fba *fba, bx_fba_column *into, const bx_fba_term *term, bx_error *err)
{
    size_t metabolite = bx_names_find(&fba->metabolite_index, term->metabolite);
    if (metabolite == BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "there is no metabolite \"%.64s\"", term->metabolite);
    if (check_coefficient(term->coefficient, "metabolite", term->metabolite, err) < 0)
        return -1;
    uint32_t *at = &fba->entry_at[metabolite];
    if (*at == 0) {
        into->entries[into->entry_count++] = (bx_fba_entry){(uint32_t)metabolite, 0};
        *at = (uint32_t)into->entry_count;
    }
    double *sum = &into->entries[*at - 1].coefficient;
    *sum += term->coefficient;
    return check_coefficient(*sum, "metabolite", term->metabolite, err);
}

/* Terms that cancel are left out. */
static int add_entries(bx_fba *fba, bx_fba_column *into, const bx_fba_reaction *from, bx_error *err)
{
    into->entries = calloc(from->term_count + 1, sizeof *into->entries);
    if (!into->entries)
        return bx_fail_memory(err);
    int result = 0;
    for (size_t i = 0; i < from->term_count && result == 0; i++)
        result = add_entry(fba, into, &from->terms[i], err);
    size_t kept = 0;
    for (size_t i = 0; i < into->entry_count; i++) {
        fba->entry_at[into->entries[i].metabolite] = 0;
        if (into->entries[i].coefficient != 0)
            into->entries[kept++] = into->entries[i];
    }
    into->entry_count = kept;
    return result;
}

static uint32_t take_gene(void *data, const char *name, size_t length, bx_error *err)
{
    bx_fba *fba = data;
    char id[BX_NAME_LENGTH + 1];
    memcpy(id, name, length);
    id[length] = '\0';
    size_t known = bx_names_find(&fba->gene_index, id);
    if (known != BX_NAME_NONE)
        return (uint32_t)known;
    char **genes = grow(fba->genes, fba->gene_count, &fba->gene_capacity, sizeof *genes);
    if (genes)
        fba->genes = genes;
    bool *missing = realloc(fba->missing, fba->gene_capacity * sizeof *missing);
    if (missing)
        fba->missing = missing;
    char *copied = genes && missing ? strdup(id) : NULL;
    if (!copied || bx_names_add(&fba->gene_index, copied, fba->gene_count) < 0) {
        free(copied);
        bx_fail_memory(err);
        return BX_RULE_OR;
    }
    fba->missing[fba->gene_count] = false;
    fba->genes[fba->gene_count] = copied;
    return (uint32_t)fba->gene_count++;
}

static int fill_reaction(bx_fba *fba, bx_fba_column *into, const bx_fba_reaction *from,
                         bx_error *err)
{
    if (check_bounds(from->id, from->lower, from->upper, err) < 0 ||
        check_coefficient(from->objective, "objective of reaction", from->id, err) < 0)
        return -1;
    bx_error inner;
    if (add_entries(fba, into, from, &inner) < 0)
        return bx_fail(err, inner.code, "reaction \"%.64s\": %.400s", from->id, inner.message);
    const char *rule = from->rule ? from->rule : "";
    if (bx_rule_parse(rule, take_gene, fba, &into->rule, &inner) < 0)
        return bx_fail(err, inner.code, "reaction \"%.64s\", genes: %.400s", from->id,
                       inner.message);
    into->lower = from->lower;
    into->upper = from->upper;
    into->objective = from->objective;
    into->rule_text = strdup(rule);
    return into->rule_text ? 0 : bx_fail_memory(err);
}

static size_t count_elements(const bx_fba *fba, const bx_fba_column *reaction)
{
    size_t count = 0;
    for (size_t i = 0; i < reaction->entry_count; i++)
        count += !fba->metabolites[reaction->entries[i].metabolite].boundary;
    return count;
}

int bx_fba_add_reaction(bx_fba *fba, const bx_fba_reaction *from, bx_error *err)
{
    bx_fba_column added = {0};
    added.id = take_id(&fba->reaction_index, from->id, "reaction", err);
    if (!added.id || fill_reaction(fba, &added, from, err) < 0) {
        free_reaction(&added);
        return -1;
    }
    bx_fba_column *grown =
        grow(fba->reactions, fba->reaction_count, &fba->reaction_capacity, sizeof *grown);
    if (grown)
        fba->reactions = grown;
    size_t elements = fba->elements + count_elements(fba, &added);
    if (!grown || elements > INT_MAX / 2 || fba->reaction_count >= INT_MAX / 2 ||
        bx_names_add(&fba->reaction_index, added.id, fba->reaction_count) < 0) {
        free_reaction(&added);
        return bx_fail_memory(err);
    }
    fba->reactions[fba->reaction_count++] = added;
    fba->elements = elements;
    forget_program(fba);
    return 0;
}

/* ---- looking ---- */

size_t bx_fba_metabolites(const bx_fba *fba)
{
    return fba->metabolite_count;
}

size_t bx_fba_reactions(const bx_fba *fba)
{
    return fba->reaction_count;
}

size_t bx_fba_genes(const bx_fba *fba)
{
    return fba->gene_count;
}

const char *bx_fba_metabolite_id(const bx_fba *fba, size_t metabolite)
{
    return fba->metabolites[metabolite].id;
}

const char *bx_fba_reaction_id(const bx_fba *fba, size_t reaction)
{
    return fba->reactions[reaction].id;
}

const char *bx_fba_reaction_rule(const bx_fba *fba, size_t reaction)
{
    return fba->reactions[reaction].rule_text;
}

const char *bx_fba_gene_id(const bx_fba *fba, size_t gene)
{
    return fba->genes[gene];
}

size_t bx_fba_find_metabolite(const bx_fba *fba, const char *id)
{
    return bx_names_find(&fba->metabolite_index, id);
}

size_t bx_fba_find_reaction(const bx_fba *fba, const char *id)
{
    return bx_names_find(&fba->reaction_index, id);
}

size_t bx_fba_find_gene(const bx_fba *fba, const char *id)
{
    return bx_names_find(&fba->gene_index, id);
}

size_t bx_fba_terms(const bx_fba *fba, size_t reaction)
{
    return fba->reactions[reaction].entry_count;
}

size_t bx_fba_term_of(const bx_fba *fba, size_t reaction, size_t n, double *coefficient)
{
    const bx_fba_entry *entry = &fba->reactions[reaction].entries[n];
    *coefficient = entry->coefficient;
    return entry->metabolite;
}

/* ---- changing ---- */

int bx_fba_set_bounds(bx_fba *fba, size_t reaction, double lower, double upper, bx_error *err)
{
    bx_fba_column *r = &fba->reactions[reaction];
    if (check_bounds(r->id, lower, upper, err) < 0)
        return -1;
    r->lower = lower;
    r->upper = upper;
    return 0;
}

void bx_fba_bounds(const bx_fba *fba, size_t reaction, double *lower, double *upper)
{
    *lower = fba->reactions[reaction].lower;
    *upper = fba->reactions[reaction].upper;
}

int bx_fba_set_objective(bx_fba *fba, size_t reaction, double coefficient, bx_error *err)
{
    bx_fba_column *r = &fba->reactions[reaction];
    if (check_coefficient(coefficient, "objective of reaction", r->id, err) < 0)
        return -1;
    r->objective = coefficient;
    return 0;
}

double bx_fba_objective(const bx_fba *fba, size_t reaction)
{
    return fba->reactions[reaction].objective;
}

void bx_fba_clear_objective(bx_fba *fba)
{
    for (size_t i = 0; i < fba->reaction_count; i++)
        fba->reactions[i].objective = 0;
}

void bx_fba_set_sense(bx_fba *fba, bool maximise)
{
    fba->minimise = !maximise;
}

bool bx_fba_maximises(const bx_fba *fba)
{
    return !fba->minimise;
}

/* ---- knock-outs ---- */

void bx_fba_stop_reactions(const bx_fba *fba, bool *missing, bool *stopped)
{
    for (size_t g = 0; g < fba->gene_count; g++)
        missing[g] = missing[g] || fba->missing[g];
    for (size_t r = 0; r < fba->reaction_count; r++)
        if (!bx_rule_holds(&fba->reactions[r].rule, missing))
            stopped[r] = true;
}

static void settle(bx_fba *fba)
{
    for (size_t r = 0; r < fba->reaction_count; r++) {
        bx_fba_column *reaction = &fba->reactions[r];
        reaction->stopped = reaction->disabled || !bx_rule_holds(&reaction->rule, fba->missing);
    }
}

void bx_fba_disable(bx_fba *fba, const bool *genes, const bool *reactions, bool disabled)
{
    for (size_t g = 0; g < fba->gene_count; g++)
        if (genes[g])
            fba->missing[g] = disabled;
    for (size_t r = 0; r < fba->reaction_count; r++)
        if (reactions[r])
            fba->reactions[r].disabled = disabled;
    settle(fba);
}

bool bx_fba_gene_disabled(const bx_fba *fba, size_t gene)
{
    return fba->missing[gene];
}

bool bx_fba_stopped(const bx_fba *fba, size_t reaction)
{
    return fba->reactions[reaction].stopped;
}

/* ---- coming back ---- */

typedef struct saved_reaction {
    double lower, upper, objective;
    bool disabled;
} saved_reaction;

struct bx_fba_state {
    bool minimise;
    bool *missing;
    saved_reaction *reactions;
    size_t genes, count;
};

bx_fba_state *bx_fba_save(const bx_fba *fba, bx_error *err)
{
    bx_fba_state *state = calloc(1, sizeof *state);
    if (state) {
        *state = (bx_fba_state){fba->minimise, calloc(fba->gene_count + 1, sizeof *state->missing),
                                calloc(fba->reaction_count + 1, sizeof *state->reactions),
                                fba->gene_count, fba->reaction_count};
    }
    if (!state || !state->missing || !state->reactions) {
        bx_fba_state_free(state);
        bx_fail_memory(err);
        return NULL;
    }
    for (size_t g = 0; g < fba->gene_count; g++)
        state->missing[g] = fba->missing[g];
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *reaction = &fba->reactions[r];
        state->reactions[r] = (saved_reaction){reaction->lower, reaction->upper,
                                               reaction->objective, reaction->disabled};
    }
    return state;
}

void bx_fba_restore(bx_fba *fba, const bx_fba_state *state)
{
    fba->minimise = state->minimise;
    for (size_t g = 0; g < state->genes; g++)
        fba->missing[g] = state->missing[g];
    for (size_t r = 0; r < state->count; r++) {
        const saved_reaction *saved = &state->reactions[r];
        bx_fba_column *reaction = &fba->reactions[r];
        reaction->lower = saved->lower;
        reaction->upper = saved->upper;
        reaction->objective = saved->objective;
        reaction->disabled = saved->disabled;
    }
    settle(fba);
}

void bx_fba_state_free(bx_fba_state *state)
{
    if (!state)
        return;
    free(state->missing);
    free(state->reactions);
    free(state);
}
