/* Fast reactions: they come to rest before slow ones change anything. What slow reactions leave of
 * a species A, and where it began, is a species of its own, A.slow; with the extents of the fast
 * reactions, which start at 0 and come to rest, A = A.slow + the sum of its coefficients times the
 * extents. So totals that fast reactions conserve are kept to the last digit, and slow reactions
 * remain ordinary (Gear, Comm. ACM 14, 176, 1971; Lee and Othmer, J. Math. Biol. 60, 387, 2010).
 *
 * Of fast reactions that depend on each other, such as one and its reverse, the extents of an
 * independent part say all: the others add to their rates. */
#include "model/builder.h"
#include "model/declaration.h"
#include "model/parser.h"

#include "core/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A coefficient is 0 where it is this part of what it was made from. */
#define ROUNDING 1e-12

typedef struct settling {
    bx_process *process;
    bx_error *err;
    bx_names index;       /* the species of fast reactions */
    const char **species; /* their names */
    size_t count, capacity;
    double *columns; /* of each reaction with numbers alone: reduced */
    double *shares;  /* [reaction][reaction]: how much of the second's extent the first's is */
    bool *independent, *symbolic;
    char **extents; /* names, by independent reaction */
} settling;

void bx_declared_fast_free(bx_declared_fast *fast)
{
    for (size_t i = 0; i < fast->count; i++) {
        free(fast->terms[i].target);
        bx_formula_free(fast->terms[i].formula);
    }
    free(fast->terms);
    free(fast->name);
    bx_formula_free(fast->rate);
}

static bx_label label_of(const bx_process *process, const bx_declared_fast *fast)
{
    bx_label label;
    snprintf(label.text, sizeof label.text, "process \"%.48s\", fast reaction \"%.64s\"",
             process->name, fast->name);
    return label;
}

int bx_process_take_fast(bx_process *process, bx_declared_fast *fast, bx_error *err)
{
    bx_declared_fast *all =
        bx_array_grow(process->fast, process->fast_count, &process->fast_capacity, sizeof *all);
    if (!all) {
        bx_declared_fast_free(fast);
        return bx_fail_memory(err);
    }
    process->fast = all;
    all[process->fast_count++] = *fast;
    return 0;
}

/* ---- from text ---- */

/* The whole rate: with mass action, k times the reactants. */
static bx_formula *whole_rate(const bx_formula *rate, bx_rate_kind kind, const bx_equation *sides,
                              bx_error *err)
{
    bx_builder b = {.err = err};
    bx_builder_copy(&b, rate);
    for (size_t i = 0; kind == BX_RATE_MASS_ACTION && i < sides->reactants; i++) {
        bx_builder_name(&b, sides->terms[i].species, 0, 0);
        if (sides->terms[i].coefficient != 1) {
            bx_builder_number(&b, sides->terms[i].coefficient);
            bx_builder_apply(&b, BX_OP_POWER);
        }
        bx_builder_apply(&b, BX_OP_MULTIPLY);
    }
    return bx_builder_end(&b);
}

static int make_terms(bx_declared_fast *fast, const bx_equation *sides, bx_error *err)
{
    size_t count = sides->reactants + sides->products;
    fast->terms = calloc(count + 1, sizeof *fast->terms);
    if (!fast->terms)
        return bx_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        double amount = sides->terms[i].coefficient;
        bx_declared_assignment *term = &fast->terms[fast->count++];
        term->target = strdup(sides->terms[i].species);
        term->formula = bx_formula_number(i < sides->reactants ? -amount : amount, err);
        if (!term->target || !term->formula)
            return bx_fail_memory(err);
    }
    return 0;
}

int bx_process_add_fast_reaction(bx_process *process, const char *name, const char *equation,
                                 bx_rate_kind kind, const char *rate, bx_error *err)
{
    bx_equation sides = {0};
    bx_declared_fast fast = {.name = strdup(name ? name : equation)};
    bx_formula *text = NULL;
    int result = fast.name ? bx_equation_parse(equation, &sides, err) : bx_fail_memory(err);
    if (result == 0 && !(text = bx_formula_parse(rate, err)))
        result = bx_fail_in(err, kind == BX_RATE_MASS_ACTION ? "k" : "rate");
    if (result == 0 && !(fast.rate = whole_rate(text, kind, &sides, err)))
        result = -1;
    if (result == 0)
        result = make_terms(&fast, &sides, err);
    bx_formula_free(text);
    bx_equation_free(&sides);
    if (result == 0)
        return bx_process_take_fast(process, &fast, err);
    bx_fail_in(err, label_of(process, &fast).text);
    bx_declared_fast_free(&fast);
    return -1;
}

/* ---- which are independent ---- */

static bool is_number(const bx_formula *formula)
{
    return formula->count == 1 && formula->nodes[0].op == BX_OP_NUMBER;
}

static int list_species(settling *s)
{
    for (size_t r = 0; r < s->process->fast_count; r++)
        for (size_t i = 0; i < s->process->fast[r].count; i++) {
            const char *name = s->process->fast[r].terms[i].target;
            if (bx_names_find(&s->index, name) != BX_NAME_NONE)
                continue;
            const char **species =
                bx_array_grow(s->species, s->count, &s->capacity, sizeof *species);
            if (!species)
                return -1;
            s->species = species;
            species[s->count] = name;
            if (bx_names_add(&s->index, name, s->count++) < 0)
                return -1;
        }
    return 0;
}

/* The reaction's net changes; it is symbolic if one of them is no number. */
static void fill_column(settling *s, size_t r)
{
    const bx_declared_fast *fast = &s->process->fast[r];
    double *column = s->columns + r * s->count;
    for (size_t i = 0; i < fast->count; i++) {
        const bx_formula *formula = fast->terms[i].formula;
        s->symbolic[r] = s->symbolic[r] || !is_number(formula);
        if (is_number(formula))
            column[bx_names_find(&s->index, fast->terms[i].target)] += formula->nodes[0].number;
    }
}

static size_t largest_of(const double *column, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (fabs(column[i]) > fabs(column[best]))
            best = i;
    return best;
}

/* Take from the column of r what the independent ones before it explain; what is left is new. */
static void reduce(settling *s, size_t r)
{
    size_t all = s->process->fast_count;
    double *column = s->columns + r * s->count, *share = s->shares + r * all;
    double size = fabs(column[largest_of(column, s->count)]);
    share[r] = 1;
    for (size_t q = 0; q < r; q++) {
        const double *other = s->columns + q * s->count, *others = s->shares + q * all;
        if (!s->independent[q] || s->symbolic[q])
            continue;
        size_t pivot = largest_of(other, s->count);
        double factor = column[pivot] / other[pivot];
        for (size_t i = 0; i < s->count; i++)
            column[i] = i == pivot ? 0 : column[i] - factor * other[i];
        for (size_t k = 0; k < all; k++)
            share[k] -= factor * others[k];
    }
    s->independent[r] = fabs(column[largest_of(column, s->count)]) > ROUNDING * size;
}

static int find_independent(settling *s)
{
    size_t all = s->process->fast_count;
    s->columns = calloc(all * s->count + 1, sizeof *s->columns);
    s->shares = calloc(all * all + 1, sizeof *s->shares);
    s->independent = calloc(all + 1, sizeof *s->independent);
    s->symbolic = calloc(all + 1, sizeof *s->symbolic);
    s->extents = calloc(all + 1, sizeof *s->extents);
    if (!s->columns || !s->shares || !s->independent || !s->symbolic || !s->extents)
        return -1;
    for (size_t r = 0; r < all; r++) {
        fill_column(s, r);
        if (s->symbolic[r])
            s->independent[r] = true;
        else
            reduce(s, r);
    }
    return 0;
}

/* ---- declarations ---- */

/* What reaction r adds to the rate of the extent of k: a dependent one is minus its share there. */
static double share_of(const settling *s, size_t r, size_t k)
{
    if (r == k || s->independent[r])
        return r == k;
    return -s->shares[r * s->process->fast_count + k];
}

static bx_formula *rate_of_extent(const settling *s, size_t k)
{
    bx_builder b = {.err = s->err};
    bx_builder_copy(&b, s->process->fast[k].rate);
    for (size_t r = 0; r < s->process->fast_count; r++) {
        double share = share_of(s, r, k);
        if (r == k || fabs(share) < ROUNDING)
            continue;
        bx_builder_number(&b, share);
        bx_builder_copy(&b, s->process->fast[r].rate);
        bx_builder_apply(&b, BX_OP_MULTIPLY);
        bx_builder_apply(&b, BX_OP_ADD);
    }
    return bx_builder_end(&b);
}

/* Named for the reaction, or for its first species if its name is none for a variable. */
static char *name_extent(const settling *s, size_t k)
{
    const bx_declared_fast *fast = &s->process->fast[k];
    const char *stem = bx_formula_is_name(fast->name) ? fast->name : fast->terms[0].target;
    char *name = NULL;
    for (int i = 1; !name || bx_names_find(&s->process->variables, name) != BX_NAME_NONE; i++) {
        free(name);
        if (asprintf(&name, i == 1 ? "%s.extent" : "%s.extent_%d", stem, i) < 0)
            return NULL;
    }
    return name;
}

static int declare_extents(settling *s)
{
    for (size_t k = 0; k < s->process->fast_count; k++) {
        if (!s->independent[k])
            continue;
        bx_formula *rate = rate_of_extent(s, k);
        s->extents[k] = name_extent(s, k);
        if (!rate || !s->extents[k]) {
            bx_formula_free(rate);
            return bx_fail_memory(s->err);
        }
        if (bx_process_take_constraint(s->process, s->extents[k], rate, 0, s->err) < 0)
            return bx_fail_in(s->err, label_of(s->process, &s->process->fast[k]).text);
        s->process->rules[s->process->rule_count - 1].kind = BX_RULE_SETTLES;
    }
    return 0;
}

/* A = A.slow + the sum of coefficients times extents. */
static bx_formula *sum_of(const settling *s, const char *species, const char *slow)
{
    bx_builder b = {.err = s->err};
    bx_builder_name(&b, slow, 0, 0);
    for (size_t k = 0; k < s->process->fast_count; k++) {
        const bx_declared_fast *fast = &s->process->fast[k];
        for (size_t i = 0; s->independent[k] && i < fast->count; i++) {
            if (strcmp(fast->terms[i].target, species) != 0)
                continue;
            bx_builder_copy(&b, fast->terms[i].formula);
            bx_builder_name(&b, s->extents[k], 0, 0);
            bx_builder_apply(&b, BX_OP_MULTIPLY);
            bx_builder_apply(&b, BX_OP_ADD);
        }
    }
    return bx_builder_end(&b);
}

/* The species takes the name A.slow, and a rule that of A. */
static int declare_species(settling *s, const char *name)
{
    bx_process *p = s->process;
    size_t i = 0;
    while (i < p->species_count && strcmp(p->species[i].name, name) != 0)
        i++;
    if (i == p->species_count)
        return bx_fail(s->err, BX_EMODEL,
                       "process \"%.48s\": \"%.64s\" is in a fast reaction: expected it among the "
                       "species of the same process",
                       p->name, name);
    bx_declared_rule *rules =
        bx_array_grow(p->rules, p->rule_count, &p->rule_capacity, sizeof *rules);
    if (!rules)
        return bx_fail_memory(s->err);
    p->rules = rules;
    char *slow = NULL;
    if (asprintf(&slow, "%s.slow", name) < 0)
        return bx_fail_memory(s->err);
    bx_declared_rule rule = {.name = p->species[i].name, .amount = strdup(slow)};
    rule.formula = sum_of(s, name, slow);
    if (!rule.amount || !rule.formula || bx_names_add(&p->variables, slow, i) < 0) {
        free(slow);
        free(rule.amount);
        bx_formula_free(rule.formula);
        return bx_fail_memory(s->err);
    }
    rules[p->rule_count++] = rule;
    p->species[i].name = slow;
    return 0;
}

static int settle(settling *s)
{
    if (list_species(s) < 0 || find_independent(s) < 0)
        return bx_fail_memory(s->err);
    if (declare_extents(s) < 0)
        return -1;
    for (size_t i = 0; i < s->count; i++)
        if (declare_species(s, s->species[i]) < 0)
            return -1;
    return 0;
}

int bx_process_settle(bx_process *process, bx_error *err)
{
    settling s = {.process = process, .err = err};
    int result = process->fast_count > 0 ? settle(&s) : 0;
    for (size_t k = 0; s.extents && k < process->fast_count; k++)
        free(s.extents[k]);
    free(s.extents);
    free(s.species);
    free(s.columns);
    free(s.shares);
    free(s.independent);
    free(s.symbolic);
    bx_names_free(&s.index);
    return result;
}
