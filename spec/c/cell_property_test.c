/* What holds by every method. Seeds are fixed. */
#include "cell_model.h"
#include "test.h"

/* Every method, hybrid in its three ways. */
static const char *const some[] = {"bind"};
static const bx_run runs[] = {
    {BX_METHOD_ODE},
    {BX_METHOD_ODE, .adams = true},
    {BX_METHOD_SSA},
    {BX_METHOD_TAU},
    {BX_METHOD_HYBRID, .stochastic = some, .stochastic_count = 1},
    {BX_METHOD_HYBRID, .stochastic = some, .stochastic_count = 1, .exchange = 0.05},
    {BX_METHOD_HYBRID}};
enum { METHODS = sizeof runs / sizeof *runs };

/* Enzyme kinetics in `volume`: counts grow with it, the rate of binding falls. With `permuted`,
 * everything is declared the other way round. */
static bx_cell *enzyme(double volume, bool permuted)
{
    char bind[32];
    snprintf(bind, sizeof bind, "%.17g", 0.02 / volume);
    item items[] = {SPECIES("E", 10 * volume),
                    SPECIES("S", 100 * volume),
                    SPECIES("ES", 0),
                    SPECIES("P", 0),
                    MASS("bind", "E + S -> ES", bind),
                    MASS("part", "ES -> E + S", "0.5"),
                    MASS("turn", "ES -> E + P", "1"),
                    MASS("back", "P -> S", "0.1"),
                    END};
    for (int i = 0; permuted && i < 4; i++) {
        int from = i % 2 + (i < 2 ? 0 : 4), to = 3 - i % 2 + (i < 2 ? 0 : 4);
        item swap = items[from];
        items[from] = items[to];
        items[to] = swap;
    }
    return model_cell(items);
}

static bx_run method(int i, double duration, uint64_t seed)
{
    bx_run run = runs[i];
    run.duration = duration;
    run.seed = seed;
    return run;
}

static double whole(bx_cell *cell, const char *name)
{
    double owed = NAN;
    bx_cell_owed(cell, name, &owed);
    return model_get(cell, name) - owed;
}

static void moieties_are_conserved(void)
{
    for (int i = 0; i < METHODS; i++) {
        bx_cell *cell = enzyme(3, false);
        for (uint64_t k = 0; k < 5; k++) {
            model_advance(cell, method(i, 2, k));
            CHECK_NEAR(whole(cell, "E") + whole(cell, "ES"), 30, 1e-7);
            CHECK_NEAR(whole(cell, "S") + whole(cell, "ES") + whole(cell, "P"), 300, 1e-6);
        }
        bx_cell_free(cell);
    }
}

/* In a large volume one run is close to the ODE, by 6 times the square root of the count. */
static void large_volumes_follow_the_ode(void)
{
    static const char *const names[] = {"E", "S", "P"};
    for (int permuted = 0; permuted < 2; permuted++) {
        bx_cell *ode = enzyme(2000, false), *cell = enzyme(2000, permuted);
        model_advance(ode, method(0, 3, 0));
        for (int i = 0; i < METHODS; i++) {
            if (runs[i].stochastic && runs[i].exchange == 0)
                continue; /* 1e5 jumps: a minute */
            bx_cell_reset(cell);
            model_advance(cell, method(i, 3, 5));
            for (int j = 0; j < 3; j++) {
                double wanted = model_get(ode, names[j]);
                double noise = i < 2 ? 1e-3 : 6 * sqrt(wanted);
                /* leaps and exchanges have an error of their own */
                double own = runs[i].method == BX_METHOD_TAU || runs[i].exchange > 0 ? 0.02 : 0;
                CHECK_NEAR(model_get(cell, names[j]), wanted, noise + own * wanted);
            }
        }
        bx_cell_free(ode);
        bx_cell_free(cell);
    }
}

static void simultaneous_events_run_in_order(void)
{
    static const item items[] = {SPECIES("A", 100),
                                 SPECIES("B", 0),
                                 PARAMETER("n", 1),
                                 MASS("bind", "A -> B", "0.1"),
                                 AT("1", "n", "10 * n + 2"),
                                 WHEN("time >= 1", "n", "10 * n + 3"),
                                 AT("1", "n", "10 * n + 4"),
                                 WHEN("n > 1", "n", "10 * n + 5"),
                                 END};
    for (int i = 0; i < METHODS; i++) {
        bx_cell *cell = model_cell(items);
        model_advance(cell, method(i, 2, 1));
        CHECK_NEAR(model_get(cell, "n"), 12345, 0);
        bx_cell_free(cell);
    }
}

/* The same seed with other rows: the same reactions, bit for bit. */
static void rows_change_no_reaction(void)
{
    static const item items[] = {SPECIES("S", 400),
                                 SPECIES("E", 30),
                                 SPECIES("ES", 0),
                                 SPECIES("P", 0),
                                 PARAMETER("fed", 0),
                                 MASS("bind", "E + S -> ES", "0.02"),
                                 MASS("turn", "ES -> E + P", "5"),
                                 MASS("fade", "P ->", "0.3"),
                                 WHEN("S < 120", "fed", "fed + time"),
                                 AT("9", "S", "S + 300"),
                                 END};
    static const double every[] = {0, 0.5, 0.13, 0.02};
    for (int i = 2; i < METHODS; i++) {
        bx_cell *cell = model_cell(items);
        double first[3] = {0};
        for (int j = 0; j < 4; j++) {
            bx_cell_reset(cell);
            bx_run run = method(i, 15, 7);
            run.every = every[j];
            model_advance(cell, run);
            double last[] = {model_get(cell, "S"), model_get(cell, "P"), model_get(cell, "fed")};
            for (int k = 0; k < 3; k++) {
                first[k] = j == 0 ? last[k] : first[k];
                CHECK_NEAR(last[k], first[k], 0);
            }
        }
        CHECK(first[2] > 0);
        bx_cell_free(cell);
    }
}

/* Four pulses of 20 molecules, in a model where nothing else reacts and beside another reaction;
 * the condition is written in five ways. A Poisson number, whatever the rows. */
static void pulses_are_not_missed(void)
{
    static const char *const pulse[] = {
        "if(phase >= 3.1 and phase < 3.2, 200, 0)",
        "200 * (ceil((time - 3.1) / 10) - ceil((time - 3.2) / 10))",
        "if(abs(floor((time - 3.1) / 10) - floor((time - 3.2) / 10)) > 0, 200, 0)",
        "if(rem(time, 10) >= 3.1 and rem(time, 10) < 3.2, 200, 0)",
        "if(sin(0.62831853071795865 * (time - 0.65)) > 0.99950656036573156, 200, 0)"};
    for (int i = 2; i < METHODS; i++)
        for (int k = 0; k < 10; k++) {
            item items[] = {SPECIES("P", 0),
                            SPECIES("Q", 0),
                            RULE("phase", "time - 10 * floor(time / 10)"),
                            RATE("bind", "-> P", pulse[k / 2]),
                            MASS("steady", "-> Q", k % 2 ? "1" : "0"),
                            END};
            bx_cell *cell = model_cell(items);
            double sum = 0;
            for (uint64_t seed = 0; seed < 20; seed++) {
                double first = 0;
                for (int j = 0; j < 2; j++) {
                    bx_cell_reset(cell);
                    bx_run run = method(i, 40, seed);
                    run.every = j ? 0.7 : 0;
                    model_advance(cell, run);
                    CHECK(j == 0 || model_get(cell, "P") == first);
                    first = model_get(cell, "P");
                }
                sum += first;
            }
            CHECK_NEAR(sum, 1600, 4.5 * 40);
            bx_cell_free(cell);
        }
}

/* A time that an event moves, and one that a rule gives. */
static void known_times_may_move(void)
{
    static const item items[] = {
        SPECIES("P", 0),          PARAMETER("from", 100),
        RULE("to", "from + 0.5"), RATE("bind", "-> P", "if(time > from, 1000, 0) * (time < to)"),
        AT("5", "from", "7.25"),  END};
    bx_cell *cell = model_cell(items);
    for (int i = 2; i < METHODS; i++) {
        bx_cell_reset(cell);
        bx_run run = method(i, 20, 3);
        run.every = 5;
        model_advance(cell, run);
        CHECK_NEAR(model_get(cell, "P"), 500, 4.5 * 22.4);
    }
    bx_cell_free(cell);
}

int main(void)
{
    RUN(moieties_are_conserved);
    RUN(large_volumes_follow_the_ode);
    RUN(simultaneous_events_run_in_order);
    RUN(rows_change_no_reaction);
    RUN(pulses_are_not_missed);
    RUN(known_times_may_move);
    return test_end();
}
