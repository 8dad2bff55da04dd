#include "flux/model.h"
#include "flux/reduction.h"
#include "model/csr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A flux of this size or less is rounding. */
#define NO_FLUX 1e-10

typedef struct screen {
    bx_fba *fba;
    bool genes;
    const size_t *items;
    size_t count;
    const size_t *ends; /* of sets, in items */
    size_t set_count;
    bx_fba_mutant *mutants;
    bx_reduction *reduction; /* of the unchanged model's program, and what is left of it; */
    bx_lp *lp;               /* NULL: the whole is solved each time */
    double *fluxes;          /* of the last mutant that it solved */
    bx_csr uses;             /* gene -> the reactions whose rule names it */
    bool *missing;           /* by gene */
    bool *stopped;           /* by reaction, of the present mutant */
    uint32_t *list;          /* the reactions that are stopped */
    size_t list_count;
    bx_csr lists;         /* the same of each mutant of one, sorted */
    bx_fba_mutant parent; /* the unchanged model */
    unsigned char *idle; /* of each mutant of one, by reaction: carries no flux; the model's last */
} screen;

static int list_uses(screen *s, bx_error *err)
{
    const bx_fba *fba = s->fba;
    bx_csr genes;
    if (bx_csr_init(&genes, fba->reaction_count) < 0)
        return bx_fail_memory(err);
    int result = 0;
    for (size_t r = 0; r < fba->reaction_count && result == 0; r++) {
        const bx_rule *rule = &fba->reactions[r].rule;
        for (size_t i = 0; i < rule->count && result == 0; i++)
            if (rule->code[i] < BX_RULE_OR)
                result = bx_csr_push(&genes, rule->code[i]);
        if (result == 0)
            result = bx_csr_end_row(&genes);
    }
    if (result == 0)
        result = bx_csr_transpose(&genes, fba->gene_count, &s->uses);
    bx_csr_free(&genes);
    return result < 0 ? bx_fail_memory(err) : 0;
}

static void stop(screen *s, size_t reaction)
{
    if (!s->stopped[reaction])
        s->list[s->list_count++] = (uint32_t)reaction;
    s->stopped[reaction] = true;
}

static void stop_users(screen *s, size_t gene)
{
    const uint32_t *users = bx_csr_row(&s->uses, gene);
    for (uint32_t i = 0; i < bx_csr_count(&s->uses, gene); i++)
        if (!bx_rule_holds(&s->fba->reactions[users[i]].rule, s->missing))
            stop(s, users[i]);
}

/* List what stops without these genes or reactions. */
static void list_stopped_by(screen *s, const size_t *gone, size_t count)
{
    for (size_t i = 0; i < s->list_count; i++)
        s->stopped[s->list[i]] = false;
    s->list_count = 0;
    for (size_t i = 0; i < count; i++)
        if (s->genes)
            s->missing[gone[i]] = true;
        else
            stop(s, gone[i]);
    for (size_t i = 0; i < count && s->genes; i++)
        stop_users(s, gone[i]);
    for (size_t i = 0; i < count && s->genes; i++)
        s->missing[gone[i]] = s->fba->missing[gone[i]];
}

/* Without items one and other, which may be the same. */
static void list_stopped(screen *s, size_t one, size_t other)
{
    list_stopped_by(s, (size_t[]){s->items[one], s->items[other]}, 2);
}

/* Whether the present mutant's answer is `before`'s, who lacks less: its best fluxes still stand
 * if none of them is stopped; and where nothing is feasible, forbidding more changes nothing.
 * A reaction that was forced to run is no such case: stopping it lifts a demand. */
static bool is_same(const screen *s, const bx_fba_mutant *before, size_t idle_row)
{
    const bx_fba *fba = s->fba;
    const unsigned char *idle = s->idle + idle_row * fba->reaction_count;
    for (size_t i = 0; i < s->list_count; i++) {
        const bx_fba_column *r = &fba->reactions[s->list[i]];
        bool may_rest = r->stopped || (r->lower <= 0 && r->upper >= 0);
        if (before->status == BX_FBA_INFEASIBLE ? !may_rest : !idle[s->list[i]])
            return false;
    }
    return before->status != BX_FBA_UNBOUNDED;
}

static int compare_indices(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* Keep the list of mutant i. */
static int keep_list(screen *s, bx_error *err)
{
    qsort(s->list, s->list_count, sizeof *s->list, compare_indices);
    int result = 0;
    for (size_t i = 0; i < s->list_count && result == 0; i++)
        result = bx_csr_push(&s->lists, s->list[i]);
    if (result == 0)
        result = bx_csr_end_row(&s->lists);
    return result < 0 ? bx_fail_memory(err) : 0;
}

/* The first mutant that lacks the same reactions as i, such as another part of one complex. */
static size_t find_twin(const screen *s, size_t i)
{
    size_t twin = 0;
    while (twin < i &&
           (bx_csr_count(&s->lists, twin) != s->list_count ||
            memcmp(bx_csr_row(&s->lists, twin), s->list, s->list_count * sizeof *s->list) != 0))
        twin++;
    return twin;
}

/* The reduced program of the present mutant. What is taken away stays settled where more is bound,
 * but not where a reaction that must run is stopped: false. */
static bool stop_in_reduced(screen *s)
{
    const bx_lp_problem *left = &s->reduction->problem;
    for (size_t j = 0; j < left->columns; j++)
        bx_lp_set_bounds(s->lp, j, left->lower[j], left->upper[j]);
    for (size_t i = 0; i < s->list_count; i++) {
        uint32_t j = s->reduction->column[s->list[i]];
        if (j == BX_REDUCTION_FIXED ? s->reduction->factor[s->list[i]] != 0
                                    : left->lower[j] > 0 || left->upper[j] < 0)
            return false;
        if (j != BX_REDUCTION_FIXED)
            bx_lp_set_bounds(s->lp, j, 0, 0);
    }
    return true;
}

/* Which basis to start from: the unchanged model's, or that of the mutant that pairs build on. */
enum { NOWHERE = -1, PARENT, SINGLE };

/* From the basis that was remembered in `slot`. 1: solved; 0: it takes the
 * whole program. */
static int solve_reduced(screen *s, int slot, bx_fba_solution *solution, bx_error *err)
{
    bx_lp_status status;
    bx_error error;
    if (!s->lp || !stop_in_reduced(s))
        return 0;
    if (!(slot >= 0 && bx_lp_try_again(s->lp, slot, &status)) &&
        bx_lp_solve(s->lp, &status, &error) < 0) {
        if (error.code == BX_ESIMULATION)
            return 0;
        if (err)
            *err = error;
        return -1;
    }
    *solution = (bx_fba_solution){.status = bx_fba_status_of(status)};
    if (status != BX_LP_OPTIMAL)
        return 1;
    bx_reduction_expand(s->reduction, bx_lp_solution(s->lp), s->fluxes);
    solution->fluxes = s->fluxes;
    solution->objective =
        (s->fba->minimise ? 1 : -1) * (bx_lp_objective(s->lp) + s->reduction->settled);
    return 1;
}

/* Solve the present mutant from a basis. */
static int solve(screen *s, int slot, bx_fba_mutant *mutant, bx_fba_solution *solution,
                 bx_error *err)
{
    int solved = solve_reduced(s, slot, solution, err);
    if (solved < 0 || (!solved && bx_fba_optimise_without(s->fba, s->stopped, solution, err) < 0))
        return -1;
    *mutant = (bx_fba_mutant){solution->status, solution->objective};
    return 0;
}

static void note_idle(screen *s, size_t row, const bx_fba_solution *solution)
{
    unsigned char *idle = s->idle + row * s->fba->reaction_count;
    for (size_t r = 0; r < s->fba->reaction_count; r++)
        idle[r] = solution->fluxes && fabs(solution->fluxes[r]) <= NO_FLUX;
}

static void copy_mutant(screen *s, size_t from, size_t to)
{
    size_t reactions = s->fba->reaction_count;
    s->mutants[to] = from == s->count ? s->parent : s->mutants[from];
    memcpy(s->idle + to * reactions, s->idle + from * reactions, reactions);
}

static int screen_singles(screen *s, double work, bx_error *err)
{
    bx_fba_solution solution;
    for (size_t i = 0; i < s->count; i++) {
        if (bx_fba_poll(s->fba, (double)i / work, err) < 0)
            return -1;
        list_stopped(s, i, i);
        if (keep_list(s, err) < 0)
            return -1;
        size_t twin = find_twin(s, i);
        if (is_same(s, &s->parent, s->count)) {
            copy_mutant(s, s->count, i);
        } else if (twin < i) {
            copy_mutant(s, twin, i);
        } else {
            if (solve(s, PARENT, &s->mutants[i], &solution, err) < 0)
                return -1;
            note_idle(s, i, &solution);
        }
    }
    return 0;
}

/* Pairs of `one` with those behind it; *next is where their mutants go. */
static int screen_pairs(screen *s, size_t one, bx_fba_mutant **next, bx_error *err)
{
    bx_fba_solution solution;
    bx_fba_mutant again;
    bool ready = false;
    for (size_t other = one + 1; other < s->count; other++, ++*next) {
        list_stopped(s, one, other);
        if (is_same(s, &s->mutants[one], one)) {
            **next = s->mutants[one];
            continue;
        }
        if (is_same(s, &s->mutants[other], other)) {
            **next = s->mutants[other];
            continue;
        }
        if (!ready) { /* the single mutant's basis is close to all of its pairs' */
            list_stopped(s, one, one);
            if (solve(s, PARENT, &again, &solution, err) < 0)
                return -1;
            if (s->lp)
                bx_lp_remember(s->lp, SINGLE);
            list_stopped(s, one, other);
            ready = true;
        }
        if (solve(s, SINGLE, *next, &solution, err) < 0)
            return -1;
    }
    return 0;
}

/* Reduce the unchanged model's program, once it has an optimum. */
static int prepare_reduced(screen *s, bx_error *err)
{
    bx_error error;
    if (s->fba->variable_count > 0)
        return 0;
    s->reduction = bx_reduction_new(bx_lp_problem_of(s->fba->lp), false, &error);
    if (!s->reduction && error.code == BX_ESIMULATION)
        return 0;
    s->fluxes = calloc(s->fba->reaction_count + 1, sizeof *s->fluxes);
    s->lp = s->reduction ? bx_lp_new(&s->reduction->problem, &error) : NULL;
    if (!s->fluxes || !s->lp)
        return bx_fail_memory(err);
    return 0;
}

static int solve_parent(screen *s, bx_error *err)
{
    bx_fba_solution solution;
    if (bx_fba_optimise(s->fba, &solution, err) < 0)
        return -1;
    s->parent = (bx_fba_mutant){solution.status, solution.objective};
    if (solution.status == BX_FBA_OPTIMAL && prepare_reduced(s, err) < 0)
        return -1;
    int solved = solve_reduced(s, NOWHERE, &solution, err);
    if (solved < 0)
        return -1;
    note_idle(s, s->count, &solution);
    if (solved) {
        bx_lp_remember(s->lp, PARENT);
    } else {
        bx_lp_free(s->lp);
        s->lp = NULL;
    }
    return 0;
}

static int run(screen *s, bool pairs, bx_error *err)
{
    double all = (double)s->count, work = pairs ? all + all * all / 2 : all;
    bx_fba_begin(s->fba);
    if (solve_parent(s, err) < 0)
        return -1;
    if (screen_singles(s, work, err) < 0)
        return -1;
    bx_fba_mutant *next = s->mutants + s->count;
    for (size_t i = 0; pairs && i < s->count; i++) {
        double left = all - (double)i;
        if (bx_fba_poll(s->fba, 1 - left * left / 2 / work, err) < 0 ||
            screen_pairs(s, i, &next, err) < 0)
            return -1;
    }
    return 0;
}

static int run_singles(screen *s, bx_error *err)
{
    return run(s, false, err);
}

static int run_pairs(screen *s, bx_error *err)
{
    return run(s, true, err);
}

/* Run what is to be, with all that it needs. */
static int run_screen(screen *s, int (*what)(screen *s, bx_error *err), bx_error *err)
{
    const bx_fba *fba = s->fba;
    double bytes = ((double)s->count + 1) * (double)fba->reaction_count;
    if (bytes > (double)bx_fba_byte_limit(fba))
        return bx_fail(err, BX_EMEMORY,
                       "%zu knock-outs of a model of %zu reactions would take %.3g bytes, more "
                       "than %zu: take them in parts",
                       s->count, fba->reaction_count, bytes, bx_fba_byte_limit(fba));
    s->missing = calloc(fba->gene_count + 1, sizeof *s->missing);
    s->stopped = calloc(fba->reaction_count + 1, sizeof *s->stopped);
    s->list = calloc(fba->reaction_count + 1, sizeof *s->list);
    s->idle = calloc((s->count + 1) * fba->reaction_count + 1, 1);
    int result =
        s->missing && s->stopped && s->list && s->idle && bx_csr_init(&s->lists, s->count) == 0
            ? 0
            : bx_fail_memory(err);
    for (size_t g = 0; result == 0 && g < fba->gene_count; g++)
        s->missing[g] = fba->missing[g];
    if (result == 0 && s->genes)
        result = list_uses(s, err);
    if (result == 0)
        result = what(s, err);
    bx_lp_free(s->lp);
    bx_reduction_free(s->reduction);
    free(s->fluxes);
    bx_csr_free(&s->uses);
    bx_csr_free(&s->lists);
    free(s->missing);
    free(s->stopped);
    free(s->list);
    free(s->idle);
    return result;
}

int bx_fba_knock_outs(bx_fba *fba, bool genes, const size_t *items, size_t count, bool pairs,
                      bx_fba_mutant *mutants, bx_error *err)
{
    screen s = {.fba = fba, .genes = genes, .items = items, .count = count, .mutants = mutants};
    return run_screen(&s, pairs ? run_pairs : run_singles, err);
}

/* ---- any number at once ---- */

static int run_sets(screen *s, bx_error *err)
{
    bx_fba_solution solution;
    bx_fba_begin(s->fba);
    if (solve_parent(s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->set_count; i++) {
        size_t begin = i ? s->ends[i - 1] : 0;
        list_stopped_by(s, s->items + begin, s->ends[i] - begin);
        if (bx_fba_poll(s->fba, (double)i / (double)s->set_count, err) < 0)
            return -1;
        if (is_same(s, &s->parent, 0))
            s->mutants[i] = s->parent;
        else if (solve(s, PARENT, &s->mutants[i], &solution, err) < 0)
            return -1;
    }
    return 0;
}

int bx_fba_knock_out_sets(bx_fba *fba, bool genes, const size_t *items, const size_t *ends,
                          size_t sets, bx_fba_mutant *mutants, bx_error *err)
{
    screen s = {.fba = fba,
                .genes = genes,
                .items = items,
                .ends = ends,
                .set_count = sets,
                .mutants = mutants};
    return run_screen(&s, run_sets, err);
}
