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
    if (fba)
        fba->holders = malloc(sizeof *fba->holders);
    if (!fba || !fba->holders) {
        free(fba);
        bx_fail_memory(err);
        return NULL;
    }
    *fba->holders = 1;
    if (watch)
        fba->watch = *watch;
    return fba;
}

void bx_fba_free_column(bx_fba_column *reaction)
{
    free(reaction->id);
    free(reaction->rule_text);
    free(reaction->entries);
    bx_rule_free(&reaction->rule);
    bx_about_free(&reaction->about);
}

/* What is computed from the parts is made anew when they change. */
void bx_fba_forget_program(bx_fba *fba)
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

static void free_sums(bx_fba_sums *sums)
{
    for (size_t i = 0; i < sums->count; i++) {
        free(sums->items[i].id);
        free(sums->items[i].parts);
    }
    free(sums->items);
}

void bx_fba_free_parts(bx_fba *fba)
{
    for (size_t i = 0; i < fba->metabolite_count; i++) {
        free(fba->metabolites[i].id);
        bx_about_free(&fba->metabolites[i].about);
    }
    for (size_t i = 0; i < fba->reaction_count; i++)
        bx_fba_free_column(&fba->reactions[i]);
    for (size_t i = 0; i < fba->gene_count; i++) {
        free(fba->genes[i]);
        bx_about_free(&fba->gene_abouts[i]);
    }
    for (size_t i = 0; i < fba->group_count; i++)
        bx_about_free(&fba->groups[i]);
    bx_about_free(&fba->about);
    free_sums(&fba->constraints);
    free_sums(&fba->objectives);
    for (size_t i = 0; i < fba->variable_count; i++)
        free(fba->variables[i].id);
    free(fba->variables);
    free(fba->metabolites);
    free(fba->reactions);
    free(fba->genes);
    free(fba->gene_abouts);
    free(fba->groups);
    free(fba->missing);
    bx_names_free(&fba->metabolite_index);
    bx_names_free(&fba->reaction_index);
    bx_names_free(&fba->gene_index);
    free(fba->entry_at);
}

void bx_fba_free(bx_fba *fba)
{
    if (!fba)
        return;
    bx_fba_forget_program(fba);
    if (--*fba->holders == 0) {
        free(fba->holders);
        bx_fba_free_parts(fba);
    }
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
    if (bx_fba_own(fba, err) < 0)
        return -1;
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
    bx_fba_forget_program(fba);
    return 0;
}

/* ---- reactions ---- */

int bx_fba_check_bounds(const char *what, const char *id, double lower, double upper, bx_error *err)
{
    if (isnan(lower) || isnan(upper))
        return bx_fail(err, BX_EMODEL, "%s \"%.64s\": a bound is not a number", what, id);
    if (lower > upper)
        return bx_fail(err, BX_EMODEL,
                       "%s \"%.64s\": the lower bound %g is above the upper bound %g", what, id,
                       lower, upper);
    if (lower == INFINITY || upper == -INFINITY)
        return bx_fail(err, BX_EMODEL, "%s \"%.64s\": no flux is within %g and %g", what, id, lower,
                       upper);
    if ((isfinite(lower) && fabs(lower) > BOUND_LIMIT) ||
        (isfinite(upper) && fabs(upper) > BOUND_LIMIT))
        return bx_fail(err, BX_EMODEL,
                       "%s \"%.64s\": bounds %g and %g: at most %g in size expected, or "
                       "infinite for none",
                       what, id, lower, upper, BOUND_LIMIT);
    return 0;
}

int bx_fba_check_coefficient(double value, const char *what, const char *id, bx_error *err)
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
    if (bx_fba_check_coefficient(term->coefficient, "metabolite", term->metabolite, err) < 0)
        return -1;
    uint32_t *at = &fba->entry_at[metabolite];
    if (*at == 0) {
        into->entries[into->entry_count++] = (bx_fba_entry){(uint32_t)metabolite, 0};
        *at = (uint32_t)into->entry_count;
    }
    double *sum = &into->entries[*at - 1].coefficient;
    *sum += term->coefficient;
    return bx_fba_check_coefficient(*sum, "metabolite", term->metabolite, err);
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

size_t bx_fba_add_gene(bx_fba *fba, const char *id, bx_error *err)
{
    size_t count = fba->gene_count, known = bx_names_find(&fba->gene_index, id);
    if (known != BX_NAME_NONE)
        return known;
    if (bx_fba_own(fba, err) < 0)
        return BX_FBA_NONE;
    char **genes = grow(fba->genes, count, &fba->gene_capacity, sizeof *genes);
    if (genes)
        fba->genes = genes;
    bool *missing = realloc(fba->missing, fba->gene_capacity * sizeof *missing);
    if (missing)
        fba->missing = missing;
    bx_about *abouts = realloc(fba->gene_abouts, fba->gene_capacity * sizeof *abouts);
    if (abouts)
        fba->gene_abouts = abouts;
    char *copied = genes && missing && abouts && count < BX_RULE_OR ? strdup(id) : NULL;
    if (!copied || bx_names_add(&fba->gene_index, copied, count) < 0) {
        free(copied);
        bx_fail_memory(err);
        return BX_FBA_NONE;
    }
    fba->missing[count] = false;
    fba->gene_abouts[count] = (bx_about){0};
    fba->genes[count] = copied;
    return fba->gene_count++;
}

static uint32_t take_gene(void *data, const char *name, size_t length, bx_error *err)
{
    char id[BX_NAME_LENGTH + 1];
    memcpy(id, name, length);
    id[length] = '\0';
    size_t gene = bx_fba_add_gene(data, id, err);
    return gene == BX_FBA_NONE ? BX_RULE_OR : (uint32_t)gene;
}

static int fill_column(bx_fba *fba, bx_fba_column *into, const bx_fba_reaction *from, bx_error *err)
{
    if (bx_fba_check_bounds("reaction", from->id, from->lower, from->upper, err) < 0 ||
        bx_fba_check_coefficient(from->objective, "objective of reaction", from->id, err) < 0)
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

int bx_fba_make_column(bx_fba *fba, bx_fba_column *column, const bx_fba_reaction *from,
                       bx_error *err)
{
    *column = (bx_fba_column){.id = strdup(from->id)};
    return column->id ? fill_column(fba, column, from, err) : bx_fail_memory(err);
}

size_t bx_fba_count_elements(const bx_fba *fba, const bx_fba_column *reaction)
{
    size_t count = 0;
    for (size_t i = 0; i < reaction->entry_count; i++)
        count += !fba->metabolites[reaction->entries[i].metabolite].boundary;
    return count;
}

int bx_fba_add_reaction(bx_fba *fba, const bx_fba_reaction *from, bx_error *err)
{
    bx_fba_column added = {0};
    if (bx_fba_own(fba, err) < 0)
        return -1;
    added.id = take_id(&fba->reaction_index, from->id, "reaction", err);
    if (added.id && bx_fba_find_variable(fba, added.id) != BX_FBA_NONE) {
        bx_fail(err, BX_EMODEL, "reaction \"%.64s\": a variable is called so", added.id);
        bx_fba_free_column(&added);
        return -1;
    }
    if (!added.id || fill_column(fba, &added, from, err) < 0) {
        bx_fba_free_column(&added);
        return -1;
    }
    added.stopped = !bx_rule_holds(&added.rule, fba->missing);
    bx_fba_column *grown =
        grow(fba->reactions, fba->reaction_count, &fba->reaction_capacity, sizeof *grown);
    if (grown)
        fba->reactions = grown;
    size_t elements = fba->elements + bx_fba_count_elements(fba, &added);
    if (!grown || elements > INT_MAX / 2 || fba->reaction_count >= INT_MAX / 2 ||
        bx_names_add(&fba->reaction_index, added.id, fba->reaction_count) < 0) {
        bx_fba_free_column(&added);
        return bx_fail_memory(err);
    }
    fba->reactions[fba->reaction_count++] = added;
    fba->elements = elements;
    bx_fba_forget_program(fba);
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

const bx_rule *bx_fba_rule(const bx_fba *fba, size_t reaction)
{
    return &fba->reactions[reaction].rule;
}

bool bx_fba_rule_names(const bx_fba *fba, size_t reaction, size_t gene)
{
    const bx_rule *rule = &fba->reactions[reaction].rule;
    for (size_t i = 0; i < rule->count; i++)
        if (rule->code[i] == gene)
            return true;
    return false;
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
    if (bx_fba_check_bounds("reaction", r->id, lower, upper, err) < 0)
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
    if (bx_fba_check_coefficient(coefficient, "objective of reaction", r->id, err) < 0)
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
    for (size_t i = 0; i < fba->variable_count; i++)
        fba->variables[i].objective = 0;
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

bool bx_fba_rule_holds(const bx_fba *fba, size_t reaction, const bool *missing)
{
    return bx_rule_holds(&fba->reactions[reaction].rule, missing);
}

void bx_fba_settle(bx_fba *fba)
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
    bx_fba_settle(fba);
}

bool bx_fba_gene_disabled(const bx_fba *fba, size_t gene)
{
    return fba->missing[gene];
}

bool bx_fba_stopped(const bx_fba *fba, size_t reaction)
{
    return fba->reactions[reaction].stopped;
}
