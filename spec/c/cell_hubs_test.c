/* Hubs: networks in which many reactions share a reactant, against propensities computed plainly,
 * against the same networks as formulas, which have no hubs, and against known distributions. */
#include "core/random.h"
#include "engine/stochastic/hubs.h"
#include "cell_model.h"
#include "model/compiler.h"
#include "test.h"

#define Z 4.5

static double draw(bx_random *random, double below)
{
    return floor(below * bx_random_uniform(random));
}

/* ---- what is a hub ---- */

typedef struct layout {
    bx_network *network;
    bx_hubs hubs;
} layout;

static layout layout_of(const bx_cell *cell)
{
    bx_error err = {0};
    size_t count;
    layout l;
    bx_process *const *processes = bx_cell_processes(cell, &count);
    l.network = bx_network_new(processes, count, &err);
    CHECK(l.network && bx_hubs_init(&l.hubs, l.network) == 0);
    return l;
}

static void free_layout(layout *l)
{
    bx_hubs_free(&l->hubs);
    bx_network_free(l->network);
}

/* `n` reactions of `left` with x1, x2, ... and back; unless NULL, `product` is what a rate formula
 * has for it, in place of mass action. */
static bx_cell *star(int n, const char *left, const char *product, double hub)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("star", &err);
    bx_process_add_species(p, "H", hub, &err);
    bx_process_add_species(p, "G", 8, &err);
    bx_process_add_species(p, "made", 0, &err);
    bx_process_add_parameter(p, "k", 0.7, &err);
    for (int i = 0; i < n; i++) {
        char x[8], y[8], equation[64], rate[64];
        snprintf(x, sizeof x, "x%d", i);
        snprintf(y, sizeof y, "y%d", i);
        bx_process_add_species(p, x, 1 + i % 2, &err);
        bx_process_add_species(p, y, 0, &err);
        snprintf(equation, sizeof equation, "%s + %s -> %s", left, x, y);
        snprintf(rate, sizeof rate, "k * %d * %s * %s", 1 + i % 4, product ? product : "1",
                 product ? x : "1");
        bx_process_add_reaction(p, NULL, equation, product ? BX_RATE_FORMULA : BX_RATE_MASS_ACTION,
                                rate, &err);
        snprintf(equation, sizeof equation, "%s -> %s + %s + made", y, left, x);
        bx_process_add_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, "2", &err);
    }
    bx_cell *cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    return cell;
}

static size_t count_hubs(bx_cell *cell, size_t *spokes, size_t *levels)
{
    layout l = layout_of(cell);
    size_t count = l.hubs.count;
    *spokes = count > 0 ? l.hubs.hubs[0].count : 0;
    *levels = l.hubs.levels;
    free_layout(&l);
    bx_cell_free(cell);
    return count;
}

static void only_what_many_share_is_a_hub(void)
{
    size_t spokes, levels;
    CHECK(count_hubs(star(16, "H", NULL, 5), &spokes, &levels) == 0);
    CHECK(count_hubs(star(17, "H", NULL, 5), &spokes, &levels) == 1 && spokes == 17 && levels == 2);
    CHECK(count_hubs(star(65, "H", NULL, 5), &spokes, &levels) == 1 && spokes == 65 && levels == 3);
    CHECK(count_hubs(star(40, "H + G", NULL, 5), &spokes, &levels) == 1 && spokes == 40);
    CHECK(count_hubs(star(40, "2 H", NULL, 5), &spokes, &levels) == 0);
    CHECK(count_hubs(star(40, "H", "H", 5), &spokes, &levels) == 0);
}

/* A catalyst that two reactions change stays plain, and so does what no reaction changes. */
static void a_hub_changes_often(void)
{
    bx_error err = {0};
    for (int changes = 0; changes < 2; changes++) {
        bx_process *p = bx_process_new("p", &err);
        bx_process_add_species(p, "H", 5, &err);
        for (int i = 0; i < 30; i++) {
            char name[8], equation[32];
            snprintf(name, sizeof name, "x%d", i);
            snprintf(equation, sizeof equation, "H + x%d -> H", i);
            bx_process_add_species(p, name, 3, &err);
            bx_process_add_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, "1", &err);
        }
        if (changes)
            bx_process_add_reaction(p, NULL, "H ->", BX_RATE_MASS_ACTION, "1", &err);
        bx_cell *cell = bx_cell_new(&err);
        size_t spokes, levels;
        CHECK(bx_cell_define(cell, p, &err) == 0);
        CHECK(count_hubs(cell, &spokes, &levels) == 0);
    }
}

/* ---- random networks ---- */

/* s0 and s1 are hubs; each reaction has a counter of its own, behind the pool. */
enum { POOL = 40, REACTIONS = 150, ROWS = 1500, CONSTANTS = 5 };

typedef struct reaction {
    int count, species[4], order[4]; /* reactants */
    int constant;                    /* number of a parameter that is its k */
    bool formula;
} reaction;

typedef struct net {
    reaction reactions[REACTIONS];
    double constants[CONSTANTS];
    const uint32_t *hub_of;
    bx_random random; /* draws what the engine draws */
    double state[POOL + REACTIONS], time, sum;
    int rows, fired, chosen_by_hub, events;
} net;

static void add_reactant(reaction *r, int species, int order)
{
    for (int i = 0; i < r->count; i++)
        if (r->species[i] == species)
            return;
    r->species[r->count] = species;
    r->order[r->count++] = order;
}

/* One or both hubs, or none, and up to two others; a hub now and then twice. */
static void make_reaction(reaction *r, bx_random *random)
{
    double which = bx_random_uniform(random);
    *r = (reaction){.constant = (int)draw(random, CONSTANTS)};
    if (which < 0.45 || which > 0.85)
        add_reactant(r, 0, which < 0.05 ? 2 : 1);
    if (which > 0.45 && which < 0.95)
        add_reactant(r, 1, 1);
    for (double others = draw(random, 3); others > 0 || r->count == 0; others--)
        add_reactant(r, 2 + (int)draw(random, POOL - 2), 1);
    r->formula = which > 0.08 && bx_random_uniform(random) < 0.1;
}

/* As many molecules as it takes, and its counter; a rate formula is k times the reactants. */
static void write_reaction(const reaction *r, int number, bx_random *random, char *equation,
                           char *rate)
{
    int at = 0, rated = sprintf(rate, "k%d", r->constant), molecules = 0;
    for (int i = 0; i < r->count; i++) {
        at += sprintf(equation + at, "%s%d s%d", i ? " + " : "", r->order[i], r->species[i]);
        if (r->formula)
            rated += sprintf(rate + rated, " * s%d", r->species[i]);
        molecules += r->order[i];
    }
    at += sprintf(equation + at, " -> n%d", number);
    for (; molecules > 0; molecules--) {
        double hub = bx_random_uniform(random);
        int made = hub < 0.3 ? 0 : hub < 0.6 ? 1 : 2 + (int)draw(random, POOL - 2);
        at += sprintf(equation + at, " + s%d", made);
    }
}

static bx_cell *random_cell(net *n, bx_random *random)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("random", &err);
    char name[16], equation[128], rate[64];
    for (int i = 0; i < POOL + REACTIONS; i++) {
        snprintf(name, sizeof name, i < POOL ? "s%d" : "n%d", i < POOL ? i : i - POOL);
        double most = i >= POOL ? 1 : i < 2 ? 40 : 6;
        bx_process_add_species(p, name, draw(random, most), &err);
    }
    for (int i = 0; i < CONSTANTS; i++) {
        snprintf(name, sizeof name, "k%d", i);
        n->constants[i] = 0.01 + bx_random_uniform(random);
        bx_process_add_parameter(p, name, n->constants[i], &err);
    }
    for (int i = 0; i < REACTIONS; i++) {
        make_reaction(&n->reactions[i], random);
        write_reaction(&n->reactions[i], i, random, equation, rate);
        bx_process_add_reaction(p, NULL, equation,
                                n->reactions[i].formula ? BX_RATE_FORMULA : BX_RATE_MASS_ACTION,
                                rate, &err);
    }
    bx_event_assignment set[] = {{"s0", "s0 + 7"}, {"s5", "2"}};
    bx_event_declaration event = {.at = "0.01", .assignments = set, .assignment_count = 2};
    bx_process_add_event(p, &event, &err);
    bx_cell *cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    return cell;
}

static double plain_propensity(const net *n, int number)
{
    const reaction *r = &n->reactions[number];
    double value = n->constants[r->constant];
    for (int i = 0; i < r->count; i++)
        for (int j = 0; j < r->order[i]; j++)
            value *= n->state[r->species[i]] - j;
    return value;
}

static int fired_reaction(const net *n, const double *values)
{
    for (int i = 0; i < REACTIONS; i++)
        if (values[POOL + i] != n->state[POOL + i])
            return i;
    return -1;
}

/* What the engine waited for is an exponential number over the sum of its propensities. */
static void check_step(net *n, double time, const double *values)
{
    int fired = fired_reaction(n, values);
    double wait = bx_random_exponential(&n->random);
    if (fired < 0) { /* the event: it came before the reaction did */
        n->events++;
        return;
    }
    double total = 0, sum = 0;
    for (int i = 0; i < REACTIONS; i++)
        total += plain_propensity(n, i);
    double rounding = 1e-12 + 4e-16 * time / (wait / total);
    CHECK_NEAR((time - n->time) * total / wait, 1, rounding);
    CHECK(plain_propensity(n, fired) > 0);
    bx_random_uniform(&n->random);
    if (n->hub_of[fired] != BX_HUB_NONE) {
        bx_random_uniform(&n->random);
        n->chosen_by_hub++;
    }
    for (int i = 0; i < POOL; i++) {
        CHECK(values[i] >= 0);
        sum += values[i];
    }
    CHECK(sum == n->sum);
    n->fired++;
}

static int take_row(void *data, double time, const double *values, size_t count)
{
    net *n = data;
    CHECK(count == POOL + REACTIONS);
    if (n->rows++ > 0)
        check_step(n, time, values);
    n->time = time;
    n->sum = 0;
    for (size_t i = 0; i < count; i++) {
        n->state[i] = values[i];
        n->sum += i < POOL ? values[i] : 0;
    }
    return n->rows == ROWS;
}

static void run_random(bx_cell *cell, net *n, uint64_t seed)
{
    bx_error err = {0};
    bx_trajectory *t;
    bx_run run = {BX_METHOD_SSA, .duration = 1e3, .every_step = true, .seed = seed};
    run.row = take_row;
    run.row_data = n;
    n->rows = 0;
    bx_random_init(&n->random, seed, 0);
    bx_cell_run(cell, &run, &t, &err);
    CHECK(err.code == BX_OK || err.code == BX_ECANCELLED);
}

static void propensities_add_up_at_each_step(void)
{
    bx_random random;
    bx_random_init(&random, 17, 0);
    int fired = 0, by_hub = 0, events = 0;
    for (uint64_t i = 0; i < 40; i++) {
        net n = {0};
        bx_cell *cell = random_cell(&n, &random);
        layout l = layout_of(cell);
        CHECK(l.hubs.count == 2);
        n.hub_of = l.hubs.of;
        run_random(cell, &n, i);
        bx_error err = {0};
        n.constants[1] = 3; /* parameters and counts that are set between runs count */
        CHECK(bx_cell_set(cell, "k1", 3, &err) == 0 && bx_cell_set(cell, "s1", 25, &err) == 0);
        run_random(cell, &n, 1000 + i);
        fired += n.fired;
        by_hub += n.chosen_by_hub;
        events += n.events;
        free_layout(&l);
        bx_cell_free(cell);
    }
    CHECK(fired > 40000 && by_hub > fired / 3 && by_hub < fired && events >= 40);
}

/* ---- distributions ---- */

/* The bound of chi-square that is exceeded with the chance of Z standard errors (Wilson and
 * Hilferty 1931). */
static double bound(double degrees)
{
    double a = 2 / (9 * degrees);
    return degrees * pow(1 - a + Z * sqrt(a), 3);
}

enum { RUNS = 20000, BINS = 40 };

/* How often `name` came out as each number. */
static void sample(bx_cell *cell, const char *name, double duration, double divisor,
                   double seen[BINS])
{
    memset(seen, 0, sizeof(double) * BINS);
    for (uint64_t i = 0; i < RUNS; i++) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = duration, .seed = i});
        double bin = model_get(cell, name) / divisor;
        seen[bin < BINS - 1 ? (int)bin : BINS - 1]++;
    }
}

/* Two samples of one distribution. */
static void check_same(const double *a, const double *b)
{
    double chi = 0, degrees = -1;
    for (int i = 0; i < BINS; i++)
        if (a[i] + b[i] >= 10) {
            chi += (a[i] - b[i]) * (a[i] - b[i]) / (a[i] + b[i]);
            degrees++;
        }
    CHECK(degrees >= 4);
    if (!(chi < bound(degrees)))
        test_fail(__FILE__, __LINE__, "chi-square is %g of %g degrees", chi, degrees);
}

static void hubs_and_formulas_give_the_same_law(void)
{
    static const struct {
        const char *left, *product;
        double soon; /* after some bindings */
    } cases[] = {{"H", "H", 0.003}, {"H + G", "H * G", 0.0004}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bx_cell *with = star(20, cases[i].left, NULL, 14);
        bx_cell *without = star(20, cases[i].left, cases[i].product, 14);
        double a[BINS], b[BINS];
        sample(with, "H", cases[i].soon, 1, a);
        sample(without, "H", cases[i].soon, 1, b);
        check_same(a, b);
        sample(with, "made", 1, 1, a);
        sample(without, "made", 1, 1, b);
        check_same(a, b);
        sample(with, "x19", 0.3, 0.2, a);
        sample(without, "x19", 0.3, 0.2, b);
        CHECK(fabs(a[0] - b[0]) < Z * sqrt(a[0] + b[0]));
        CHECK(fabs(a[5] - b[5]) < Z * sqrt(a[5] + b[5]));
        bx_cell_free(with);
        bx_cell_free(without);
    }
}

/* 30 molecules decay in 20 ways: how many are left is binomial, and so is what one way took. */
static void a_hub_decays_as_it_must(void)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("p", &err);
    double all = 0;
    bx_process_add_species(p, "H", 30, &err);
    for (int i = 1; i <= 20; i++) {
        char name[8], equation[32];
        snprintf(name, sizeof name, "x%d", i);
        snprintf(equation, sizeof equation, "H -> x%d", i);
        bx_process_add_species(p, name, 0, &err);
        bx_process_add_constant_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, i * 0.01, &err);
        all += i * 0.01;
    }
    bx_cell *cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    const double gone = 1 - exp(-all * 0.4);
    const double chance[] = {1 - gone, gone * 0.2 / all};
    static const char *const names[] = {"H", "x20"};
    for (int which = 0; which < 2; which++) {
        double seen[BINS], p_i = pow(1 - chance[which], 30), chi = 0, degrees = -1;
        sample(cell, names[which], 0.4, 1, seen);
        for (int i = 0; i <= 30; i++) {
            if (p_i * RUNS > 5) {
                chi += pow(seen[i] - p_i * RUNS, 2) / (p_i * RUNS);
                degrees++;
            }
            p_i *= (30.0 - i) / (i + 1) * chance[which] / (1 - chance[which]);
        }
        CHECK(degrees >= 4);
        if (!(chi < bound(degrees)))
            test_fail(__FILE__, __LINE__, "%s: chi-square is %g of %g", names[which], chi, degrees);
    }
    bx_cell_free(cell);
}

/* ---- edges ---- */

static void a_hub_of_nothing_waits(void)
{
    bx_error err = {0};
    bx_cell *cell = star(30, "H", NULL, 0);
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 100, .seed = 1});
    CHECK(model_get(cell, "made") == 0 && bx_cell_time(cell) == 100);
    CHECK(bx_cell_set(cell, "H", 1, &err) == 0);
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 100, .seed = 1});
    CHECK(model_get(cell, "made") > 50 && model_get(cell, "H") <= 1);
    CHECK(bx_cell_set(cell, "k", 0, &err) == 0); /* what is bound comes off, and no more is made */
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 100, .seed = 2});
    double made = model_get(cell, "made");
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 100, .seed = 3});
    CHECK(model_get(cell, "H") == 1 && model_get(cell, "made") == made);
    bx_cell_free(cell);
}

static void a_wrong_constant_is_refused(void)
{
    bx_error err = {0};
    bx_cell *cell = star(30, "H", NULL, 0);
    CHECK(bx_cell_set(cell, "k", -2, &err) == 0);
    err = model_run_error(cell, (bx_run){BX_METHOD_SSA, .duration = 10});
    CHECK_TEXT(err.message,
               "process \"star\", reaction \"H + x0 -> y0\": its propensity is -2 at time 0 s");
    CHECK(bx_cell_set(cell, "k", 1e308, &err) == 0 && bx_cell_set(cell, "H", 9, &err) == 0);
    err = model_run_error(cell, (bx_run){BX_METHOD_SSA, .duration = 10});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "propensity is inf"));
    bx_cell_free(cell);
}

/* Runs of an ensemble and runs one by one, after one another: nothing of a run stays. */
static void runs_do_not_depend_on_those_before(void)
{
    bx_cell *cell = star(40, "H", NULL, 7);
    bx_error err = {0};
    const char *const record[] = {"H", "made"};
    bx_run run = {BX_METHOD_SSA, .duration = 2, .seed = 5, .record = record, .record_count = 2};
    bx_ensemble_run many = {.run = &run, .first = 1, .runs = 20};
    bx_ensemble *ensemble = NULL;
    CHECK(bx_cell_run_ensemble(cell, &many, &ensemble, &err) == 0);
    double sum = 0;
    for (uint64_t i = 1; i <= 20; i++) {
        bx_cell_reset(cell);
        run.stream = i;
        bx_trajectory *t = model_run(cell, run);
        sum += model_last(t, "made");
        bx_trajectory_free(t);
    }
    CHECK_NEAR(bx_ensemble_mean(ensemble, 1, 1), sum / 20, 1e-12 * sum);
    bx_ensemble_free(ensemble);
    bx_cell_free(cell);
}

int main(void)
{
    RUN(only_what_many_share_is_a_hub);
    RUN(a_hub_changes_often);
    RUN(propensities_add_up_at_each_step);
    RUN(hubs_and_formulas_give_the_same_law);
    RUN(a_hub_decays_as_it_must);
    RUN(a_hub_of_nothing_waits);
    RUN(a_wrong_constant_is_refused);
    RUN(runs_do_not_depend_on_those_before);
    return test_end();
}
