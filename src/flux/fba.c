#include "flux/model.h"

#include "core/clock.h"
#include "flux/integer.h"
#include "flux/reduction.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_DEFAULT ((size_t)1 << 30)
#define PROGRESS_INTERVAL 250000000 /* nanoseconds */

const char *bx_fba_status_name(bx_fba_status status)
{
    static const char *const names[] = {"optimal", "infeasible", "unbounded"};
    return names[status];
}

bx_fba_status bx_fba_status_of(bx_lp_status status)
{
    return status == BX_LP_OPTIMAL      ? BX_FBA_OPTIMAL
           : status == BX_LP_INFEASIBLE ? BX_FBA_INFEASIBLE
                                        : BX_FBA_UNBOUNDED;
}

size_t bx_fba_byte_limit(const bx_fba *fba)
{
    return fba->watch.maximum_bytes ? fba->watch.maximum_bytes : BYTES_DEFAULT;
}

/* ---- watching ---- */

void bx_fba_begin(bx_fba *fba)
{
    fba->progress_due = bx_clock_now() + PROGRESS_INTERVAL;
}

int bx_fba_poll(bx_fba *fba, double fraction, bx_error *err)
{
    const bx_fba_watch *watch = &fba->watch;
    if (watch->interrupt && *watch->interrupt)
        return bx_fail(err, BX_ECANCELLED, "the computation was interrupted");
    int64_t now = watch->progress ? bx_clock_now() : 0;
    if (watch->progress && now >= fba->progress_due) {
        fba->progress_due = now + PROGRESS_INTERVAL;
        watch->progress(watch->progress_data, fraction);
    }
    return 0;
}

/* ---- the linear program ---- */

/* The parts of constraints by their column: a list of each, linked. */
typedef struct linked_part {
    size_t row;
    double coefficient;
    size_t next; /* BX_FBA_NONE: the last */
} linked_part;

typedef struct constraint_parts {
    size_t *first; /* of each column; NULL where there are no constraints */
    linked_part *parts;
} constraint_parts;

static size_t count_columns(const bx_fba *fba)
{
    return fba->reaction_count + fba->variable_count;
}

static size_t count_parts(const bx_fba *fba)
{
    size_t count = 0;
    for (size_t i = 0; i < fba->constraints.count; i++)
        count += fba->constraints.items[i].part_count;
    return count;
}

static int link_parts(const bx_fba *fba, constraint_parts *to, bx_error *err)
{
    size_t count = 0;
    *to = (constraint_parts){0};
    if (fba->constraints.count == 0)
        return 0;
    size_t columns = count_columns(fba);
    to->first = malloc((columns + 1) * sizeof *to->first);
    to->parts = calloc(count_parts(fba) + 1, sizeof *to->parts);
    if (!to->first || !to->parts)
        return bx_fail_memory(err);
    memset(to->first, 0xFF, (columns + 1) * sizeof *to->first); /* BX_FBA_NONE */
    for (size_t i = 0; i < fba->constraints.count; i++) {
        const bx_fba_sum *sum = &fba->constraints.items[i];
        for (size_t k = 0; k < sum->part_count; k++) {
            size_t *first = &to->first[bx_fba_column_of(fba, sum->parts[k])];
            to->parts[count] = (linked_part){fba->rows + i, sum->parts[k].coefficient, *first};
            *first = count++;
        }
    }
    return 0;
}

static void add_parts(bx_lp_problem *p, const constraint_parts *constraints, size_t column)
{
    size_t part = constraints->first ? constraints->first[column] : BX_FBA_NONE;
    for (; part != BX_FBA_NONE; part = constraints->parts[part].next)
        bx_lp_problem_add(p, constraints->parts[part].row, constraints->parts[part].coefficient);
}

static void add_column(bx_lp_problem *p, const bx_fba *fba, size_t r,
                       const constraint_parts *constraints)
{
    const bx_fba_column *reaction = &fba->reactions[r];
    for (size_t i = 0; i < reaction->entry_count; i++) {
        const bx_fba_metabolite *metabolite = &fba->metabolites[reaction->entries[i].metabolite];
        if (!metabolite->boundary)
            bx_lp_problem_add(p, (size_t)metabolite->row, reaction->entries[i].coefficient);
    }
    add_parts(p, constraints, r);
    bx_lp_problem_end_column(p, reaction->lower, reaction->upper,
                             fba->minimise ? reaction->objective : -reaction->objective);
}

static void fill_program(bx_lp_problem *p, const bx_fba *fba, const constraint_parts *constraints)
{
    p->interrupt = fba->watch.interrupt;
    for (size_t i = 0; i < fba->constraints.count; i++) {
        p->row_lower[fba->rows + i] = fba->constraints.items[i].lower;
        p->row_upper[fba->rows + i] = fba->constraints.items[i].upper;
    }
    for (size_t r = 0; r < fba->reaction_count; r++)
        add_column(p, fba, r, constraints);
    for (size_t i = 0; i < fba->variable_count; i++) {
        const bx_fba_own_variable *v = &fba->variables[i];
        add_parts(p, constraints, fba->reaction_count + i);
        bx_lp_problem_end_column(p, v->lower, v->upper,
                                 fba->minimise ? v->objective : -v->objective);
    }
}

/* It minimises, so that costs are -objective where the model maximises. The rows of constraints
 * stand behind those of metabolites. */
static bx_lp *build(const bx_fba *fba, bx_error *err)
{
    size_t rows = fba->rows + fba->constraints.count, elements = fba->elements + count_parts(fba);
    double bytes = bx_lp_bytes((double)rows, (double)count_columns(fba), (double)elements);
    if (bytes > (double)bx_fba_byte_limit(fba) || elements > INT_MAX) {
        bx_fail(err, BX_EMEMORY,
                "the linear program of %zu metabolites and %zu reactions would take %.3g bytes, "
                "more than %zu",
                rows, fba->reaction_count, bytes, bx_fba_byte_limit(fba));
        return NULL;
    }
    bx_lp *lp = NULL;
    bx_lp_problem p;
    constraint_parts constraints;
    if (link_parts(fba, &constraints, err) == 0) {
        if (bx_lp_problem_init(&p, rows, count_columns(fba), elements, err) == 0) {
            fill_program(&p, fba, &constraints);
            lp = bx_lp_new(&p, err);
        }
        bx_lp_problem_free(&p);
    }
    free(constraints.first);
    free(constraints.parts);
    return lp;
}

/* ---- solutions ---- */

static int prepare(bx_fba *fba, bx_error *err)
{
    if (fba->lp)
        return 0;
    if (!fba->prices)
        fba->prices = calloc(fba->metabolite_count + 1, sizeof *fba->prices);
    if (!fba->reduced)
        fba->reduced = calloc(fba->reaction_count + 1, sizeof *fba->reduced);
    if (!fba->prices || !fba->reduced)
        return bx_fail_memory(err);
    fba->lp = build(fba, err);
    return fba->lp ? 0 : -1;
}

/* Prices of the program that minimises are those of the model's objective, but for the sign where
 * that is maximised. */
static void fill_solution(bx_fba *fba, bx_fba_solution *solution)
{
    double sign = fba->minimise ? 1 : -1;
    const double *prices = bx_lp_prices(fba->lp), *reduced = bx_lp_reduced_costs(fba->lp);
    for (size_t i = 0; i < fba->metabolite_count; i++)
        fba->prices[i] = fba->metabolites[i].boundary ? 0 : sign * prices[fba->metabolites[i].row];
    for (size_t r = 0; r < fba->reaction_count; r++)
        fba->reduced[r] = sign * reduced[r];
    solution->objective = sign * bx_lp_objective(fba->lp);
    solution->fluxes = bx_lp_solution(fba->lp);
    solution->variables = solution->fluxes + fba->reaction_count;
    if (bx_fba_has_whole(fba))
        return;
    solution->reduced_costs = fba->reduced;
    solution->shadow_prices = fba->prices;
}

static void bound_columns(bx_fba *fba, const bool *stopped)
{
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *reaction = &fba->reactions[r];
        bool runs = !reaction->stopped && !(stopped && stopped[r]);
        bx_lp_set_bounds(fba->lp, r, runs ? reaction->lower : 0, runs ? reaction->upper : 0);
    }
    for (size_t i = 0; i < fba->variable_count; i++)
        bx_lp_set_bounds(fba->lp, fba->reaction_count + i, fba->variables[i].lower,
                         fba->variables[i].upper);
}

static void set_costs(bx_fba *fba)
{
    double sign = fba->minimise ? 1 : -1;
    for (size_t r = 0; r < fba->reaction_count; r++)
        bx_lp_set_cost(fba->lp, r, sign * fba->reactions[r].objective);
    for (size_t i = 0; i < fba->variable_count; i++)
        bx_lp_set_cost(fba->lp, fba->reaction_count + i, sign * fba->variables[i].objective);
}

/* ---- the reduced program ---- */

/* Whether its bounds hold all of those that are now; those that do not are given up. */
static bool are_within(bx_fba *fba)
{
    const bx_lp_problem *whole = bx_lp_problem_of(fba->lp);
    bool within = true;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        if (whole->lower[r] < fba->widest_lower[r]) {
            fba->widest_lower[r] = -INFINITY;
            within = false;
        }
        if (whole->upper[r] > fba->widest_upper[r]) {
            fba->widest_upper[r] = INFINITY;
            within = false;
        }
    }
    return within;
}

static void forget_reduced(bx_fba *fba)
{
    bx_lp_free(fba->left);
    bx_reduction_free(fba->reduction);
    fba->left = NULL;
    fba->reduction = NULL;
}

/* Of the present program, or where that has gone beyond what there was, of one with room. */
static bool reduce(bx_fba *fba)
{
    bx_lp_problem wide = *bx_lp_problem_of(fba->lp);
    if (!fba->fluxes) {
        fba->widest_lower = malloc((fba->reaction_count + 1) * sizeof(double));
        fba->widest_upper = malloc((fba->reaction_count + 1) * sizeof(double));
        fba->row_prices = calloc(wide.rows + 1, sizeof(double));
        fba->fluxes = calloc(fba->reaction_count + 1, sizeof(double));
        if (!fba->widest_lower || !fba->widest_upper || !fba->row_prices || !fba->fluxes)
            return false;
        memcpy(fba->widest_lower, wide.lower, fba->reaction_count * sizeof(double));
        memcpy(fba->widest_upper, wide.upper, fba->reaction_count * sizeof(double));
    } else if (are_within(fba) && fba->left) {
        return true;
    }
    forget_reduced(fba);
    wide.lower = fba->widest_lower;
    wide.upper = fba->widest_upper;
    fba->reduction = bx_reduction_new(&wide, false, NULL);
    if (!fba->reduction || !bx_reduction_follow(fba->reduction, bx_lp_problem_of(fba->lp)))
        return false;
    fba->left = bx_lp_new(&fba->reduction->problem, NULL);
    return fba->left;
}

/* A flux that misses a bound by rounding stands there: none has the wrong sign. */
static void keep_bounds(bx_fba *fba)
{
    const bx_lp_problem *whole = bx_lp_problem_of(fba->lp);
    for (size_t r = 0; r < fba->reaction_count; r++)
        fba->fluxes[r] = fmin(fmax(fba->fluxes[r], whole->lower[r]), whole->upper[r]);
}

/* The optimum by way of the reduced program, if there is one that passes the whole's check. */
static bool solve_reduced(bx_fba *fba)
{
    bx_lp_status status;
    if (!reduce(fba) || !bx_reduction_follow(fba->reduction, bx_lp_problem_of(fba->lp)))
        return false;
    const bx_lp_problem *to = &fba->reduction->problem;
    for (size_t j = 0; j < to->columns; j++) {
        bx_lp_set_bounds(fba->left, j, to->lower[j], to->upper[j]);
        bx_lp_set_cost(fba->left, j, to->cost[j]);
    }
    unsigned char *basis = malloc(bx_lp_basis_size(fba->lp) + 1);
    bool solved = basis && bx_lp_solve(fba->left, &status, NULL) == 0 && status == BX_LP_OPTIMAL &&
                  bx_reduction_restore(fba->reduction, fba->left, basis, fba->row_prices) == 0;
    if (solved) {
        bx_reduction_expand(fba->reduction, bx_lp_solution(fba->left), fba->fluxes);
        keep_bounds(fba);
        solved = bx_lp_accept(fba->lp, fba->fluxes, fba->row_prices);
        if (!solved)
            bx_lp_start_from(fba->lp, basis);
    }
    free(basis);
    return solved;
}

/* ---- whole numbers ---- */

/* What is infeasible without whole numbers is so with them. */
static int solve_whole(bx_fba *fba, bx_lp_status *status, bx_error *err)
{
    if (*status == BX_LP_INFEASIBLE)
        return 0;
    if (*status == BX_LP_UNBOUNDED)
        return bx_fail(err, BX_ESIMULATION,
                       "the objective has no bound where variables need not be whole numbers: with "
                       "them it cannot be told; bound the variables and fluxes");
    bool *whole = calloc(count_columns(fba) + 1, sizeof *whole);
    if (!whole)
        return bx_fail_memory(err);
    for (size_t i = 0; i < fba->variable_count; i++)
        whole[fba->reaction_count + i] = fba->variables[i].domain != BX_FBA_CONTINUOUS;
    int result = bx_lp_solve_whole(fba->lp, whole, status, err);
    free(whole);
    return result;
}

/* ---- optimising ---- */

int bx_fba_optimise_without(bx_fba *fba, const bool *stopped, bx_fba_solution *solution,
                            bx_error *err)
{
    bx_lp_status status = BX_LP_OPTIMAL;
    *solution = (bx_fba_solution){0};
    if (prepare(fba, err) < 0)
        return -1;
    bound_columns(fba, stopped);
    set_costs(fba);
    bool solved = fba->variable_count == 0 && solve_reduced(fba);
    if (!solved && bx_lp_solve(fba->lp, &status, err) < 0)
        return bx_fba_name_extremes(fba, err);
    if (bx_fba_has_whole(fba) && solve_whole(fba, &status, err) < 0)
        return bx_fba_name_extremes(fba, err);
    solution->status = bx_fba_status_of(status);
    if (solution->status == BX_FBA_OPTIMAL)
        fill_solution(fba, solution);
    return 0;
}

int bx_fba_optimise(bx_fba *fba, bx_fba_solution *solution, bx_error *err)
{
    return bx_fba_optimise_without(fba, NULL, solution, err);
}
