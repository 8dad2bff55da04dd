/* Reduced linear programs: the same solutions as the whole's, and the way back. */
#include "flux/reduction.h"

#include "core/random.h"

#include "test.h"

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

static void check_way_back(bx_lp *whole, const bx_reduction *reduction, bx_lp *left)
{
    bx_error err = {0};
    bx_lp_status status;
    unsigned char before[ROWS + COLUMNS], after[ROWS + COLUMNS];
    double best = bx_lp_objective(whole);
    int basic = 0;
    CHECK(bx_reduction_restore_basis(reduction, left, before) == 0);
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
        check_way_back(whole, reduction, left);
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

int main(void)
{
    RUN(what_is_left_has_the_same_optimum_and_a_way_back);
    RUN(a_plain_one_takes_nothing_away);
    return test_end();
}
