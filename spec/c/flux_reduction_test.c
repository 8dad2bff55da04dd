/* Reduced linear programs: the same solutions as the whole's, and the way back; what is said where
 * rounding leaves none. */
#include "flux/model.h"
#include "flux/reduction.h"

#include "core/random.h"

#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 30, COLUMNS = 60, TERMS = 3, ELEMENTS = COLUMNS * TERMS };

typedef struct network {
    int start[COLUMNS + 1], index[ELEMENTS];
    double value[ELEMENTS], lower[COLUMNS], upper[COLUMNS], cost[COLUMNS], zero[ROWS];
} network;

static uint32_t below(bx_random *random, uint32_t limit)
{
    return (uint32_t)(bx_random_bits(random) >> 33) % limit;
}

static void add(network *n, int *count, uint32_t row, double value)
{
    n->index[*count] = (int)row;
    n->value[(*count)++] = value;
}

/* Matter comes in by the first columns, is turned into less, and goes out by the last. One column
 * is worth something, and one has to run. */
static bx_lp_problem make(network *n, uint64_t seed)
{
    bx_random random;
    int count = 0;
    bx_random_init(&random, seed, 0);
    memset(n, 0, sizeof *n);
    for (uint32_t j = 0; j < COLUMNS; j++) {
        uint32_t a = below(&random, ROWS), b = (a + 1 + below(&random, ROWS - 2)) % ROWS;
        n->upper[j] = below(&random, 4) ? 1000 : 1 + below(&random, 5);
        if (j < 4) {
            add(n, &count, a, 1);
        } else if (j >= COLUMNS - 6) {
            add(n, &count, a, -1);
        } else {
            add(n, &count, a, -1.0 - below(&random, 3));
            add(n, &count, b, below(&random, 2) ? 1 : 0.25);
            n->lower[j] = below(&random, 4) ? 0 : -n->upper[j];
        }
        n->start[j + 1] = count;
    }
    n->cost[COLUMNS - 1 - below(&random, 6)] = -1;
    uint32_t forced = COLUMNS - 1 - below(&random, 6);
    n->lower[forced] = seed % 3 == 0 ? 0.01 : 0;
    return (bx_lp_problem){ROWS,     COLUMNS, n->start, n->index, n->value, n->lower,
                           n->upper, n->cost, n->zero,  n->zero,  NULL};
}

static void check_way_back(bx_lp *whole, const bx_reduction *reduction, bx_lp *left,
                           const double *x)
{
    bx_error err = {0};
    bx_lp_status status;
    unsigned char before[ROWS + COLUMNS], after[ROWS + COLUMNS];
    double best = bx_lp_objective(whole);
    int basic = 0;
    double prices[ROWS];
    CHECK(bx_reduction_restore(reduction, left, before, prices) == 0);
    CHECK(bx_lp_accept(whole, x, prices));
    CHECK_NEAR(bx_lp_objective(whole), best, 1e-9 * (1 + fabs(best)));
    CHECK(bx_lp_start_from(whole, before) == 0);
    CHECK(bx_lp_solve(whole, &status, &err) == 0 && status == BX_LP_OPTIMAL);
    CHECK_NEAR(bx_lp_objective(whole), best, 1e-9 * (1 + fabs(best)));
    bx_lp_get_basis(whole, after);
    for (int i = 0; i < ROWS + COLUMNS; i++) {
        basic += before[i] == BX_LP_BASIC;
        CHECK((before[i] == BX_LP_BASIC) == ((after[i] & BX_LP_STATUS) == BX_LP_BASIC));
    }
    CHECK(basic == ROWS);
}

/* Whether there was a solution, and something to reduce. */
static bool check_network(uint64_t seed)
{
    network n;
    bx_error err = {0};
    bx_lp_problem problem = make(&n, seed);
    bx_lp_status status, again;
    double x[COLUMNS];
    bx_lp *whole = bx_lp_new(&problem, &err);
    CHECK(bx_lp_solve(whole, &status, &err) == 0);
    bx_reduction *reduction = bx_reduction_new(&problem, false, &err);
    CHECK(reduction || status == BX_LP_INFEASIBLE);
    bx_lp *left = reduction ? bx_lp_new(&reduction->problem, &err) : NULL;
    bool smaller = false;
    if (left) {
        CHECK(bx_lp_solve(left, &again, &err) == 0 && again == status);
        smaller = status == BX_LP_OPTIMAL && reduction->problem.columns < COLUMNS * 3 / 4;
    }
    if (left && status == BX_LP_OPTIMAL) {
        double best = bx_lp_objective(whole);
        CHECK_NEAR(bx_lp_objective(left) + reduction->settled, best, 1e-9 * (1 + fabs(best)));
        bx_reduction_expand(reduction, bx_lp_solution(left), x);
        CHECK(bx_lp_is_feasible(whole, x));
        check_way_back(whole, reduction, left, x);
    }
    bx_lp_free(left);
    bx_lp_free(whole);
    bx_reduction_free(reduction);
    return smaller;
}

static void what_is_left_has_the_same_optimum_and_a_way_back(void)
{
    int smaller = 0;
    for (uint64_t seed = 1; seed <= 500; seed++)
        smaller += check_network(seed);
    CHECK(smaller > 200);
}

/* Change something: bounds of some columns, which stay within those of the beginning, or a cost. */
static void change(bx_random *random, bx_lp *lp, bool bounds)
{
    const bx_lp_problem *now = bx_lp_problem_of(lp);
    for (int k = 0; k < 3; k++) {
        size_t j = below(random, COLUMNS);
        if (!bounds)
            bx_lp_set_cost(lp, j, (double)below(random, 5) - 2);
        else if (now->upper[j] > 0)
            bx_lp_set_bounds(lp, j, now->lower[j],
                             below(random, 2) ? now->upper[j] / 2 : now->lower[j]);
    }
}

static void check_again(bx_lp *lp, bx_reduction *reduction)
{
    const bx_lp_problem *now = bx_lp_problem_of(lp);
    bx_error err = {0};
    bx_lp_status status, anew, again;
    bx_lp *fresh = bx_lp_new(now, &err);
    CHECK(bx_lp_solve(lp, &status, &err) == 0 && bx_lp_solve(fresh, &anew, &err) == 0);
    CHECK(status == anew);
    double best = status == BX_LP_OPTIMAL ? bx_lp_objective(fresh) : 0;
    if (status == BX_LP_OPTIMAL)
        CHECK_NEAR(bx_lp_objective(lp), best, 1e-8 * (1 + fabs(best)));
    bool follows = reduction && bx_reduction_follow(reduction, now);
    CHECK(!reduction || follows || status == BX_LP_INFEASIBLE);
    bx_lp *left = follows ? bx_lp_new(&reduction->problem, &err) : NULL;
    if (left) {
        double x[COLUMNS], prices[ROWS];
        unsigned char basis[ROWS + COLUMNS];
        CHECK(bx_lp_solve(left, &again, &err) == 0 && again == status);
        if (status == BX_LP_OPTIMAL) {
            bx_reduction_expand(reduction, bx_lp_solution(left), x);
            CHECK(bx_reduction_restore(reduction, left, basis, prices) == 0);
            CHECK(bx_lp_accept(fresh, x, prices));
            CHECK_NEAR(bx_lp_objective(fresh), best, 1e-8 * (1 + fabs(best)));
        }
    }
    bx_lp_free(left);
    bx_lp_free(fresh);
}

static void solving_again_is_as_solving_anew(void)
{
    for (uint64_t seed = 1; seed <= 150; seed++) {
        network n;
        bx_error err = {0};
        bx_lp_problem problem = make(&n, seed);
        bx_random random;
        bx_random_init(&random, seed, 1);
        bx_lp *lp = bx_lp_new(&problem, &err);
        bx_reduction *reduction = bx_reduction_new(&problem, false, NULL);
        check_again(lp, reduction);
        for (int k = 0; k < 8; k++) {
            change(&random, lp, below(&random, 2));
            check_again(lp, reduction);
        }
        bx_reduction_free(reduction);
        bx_lp_free(lp);
    }
}

/* From a basis that was remembered, again and again. */
static void what_is_remembered_is_come_back_to(void)
{
    int solved = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        network n;
        bx_error err = {0};
        bx_lp_status status, anew;
        bx_lp_problem problem = make(&n, seed);
        bx_lp *lp = bx_lp_new(&problem, &err);
        bool optimal = bx_lp_solve(lp, &status, &err) == 0 && status == BX_LP_OPTIMAL;
        if (optimal)
            bx_lp_remember(lp, 0);
        for (size_t j = 0; j < COLUMNS && optimal; j++) {
            bx_lp_set_bounds(lp, j, 0, 0);
            bx_lp *fresh = bx_lp_new(bx_lp_problem_of(lp), &err);
            CHECK(bx_lp_solve(fresh, &anew, &err) == 0);
            if (bx_lp_try_again(lp, 0, &status)) {
                solved++;
                CHECK(status == anew);
                if (status == BX_LP_OPTIMAL)
                    CHECK_NEAR(bx_lp_objective(lp), bx_lp_objective(fresh), 1e-8);
            }
            bx_lp_set_bounds(lp, j, n.lower[j], n.upper[j]);
            bx_lp_free(fresh);
        }
        bx_lp_free(lp);
    }
    CHECK(solved > 3000);
}

static void a_plain_one_takes_nothing_away(void)
{
    network n;
    bx_error err = {0};
    bx_lp_problem problem = make(&n, 1);
    bx_reduction *reduction = bx_reduction_new(&problem, true, &err);
    CHECK(reduction->problem.rows == ROWS && reduction->problem.columns == COLUMNS);
    CHECK(reduction->problem.start[COLUMNS] == n.start[COLUMNS]);
    for (uint32_t j = 0; j < COLUMNS; j++)
        CHECK(reduction->column[j] == j && reduction->factor[j] == 1);
    bx_reduction_free(reduction);
}

static void errors_about_sizes_name_the_numbers(void)
{
    bx_error err = {0};
    bx_fba *fba = bx_fba_new(NULL, &err);
    const bx_fba_term terms[] = {{"A", -1e-9}, {"B", 2e6}};
    const bx_fba_reaction reaction = {
        .id = "R", .terms = terms, .term_count = 2, .lower = -INFINITY, .upper = 999999};
    CHECK(bx_fba_add_metabolite(fba, "A", false, &err) == 0);
    CHECK(bx_fba_add_metabolite(fba, "B", false, &err) == 0);
    CHECK(bx_fba_add_reaction(fba, &reaction, &err) == 0);
    bx_fail(&err, BX_ESIMULATION, "its numbers differ too much in size");
    CHECK(bx_fba_name_extremes(fba, &err) == -1);
    CHECK(strstr(err.message,
                 "1e-09 (metabolite \"A\" in reaction \"R\") to 2e+06 (\"B\" in \"R\")"));
    CHECK(strstr(err.message, "bounds up to 999999 (\"R\")"));
    bx_fail(&err, BX_ESIMULATION, "another");
    CHECK(bx_fba_name_extremes(fba, &err) == -1 && strcmp(err.message, "another") == 0);
    bx_fba_free(fba);
}

int main(void)
{
    RUN(errors_about_sizes_name_the_numbers);
    RUN(what_is_left_has_the_same_optimum_and_a_way_back);
    RUN(a_plain_one_takes_nothing_away);
    RUN(solving_again_is_as_solving_anew);
    RUN(what_is_remembered_is_come_back_to);
    return test_end();
}
