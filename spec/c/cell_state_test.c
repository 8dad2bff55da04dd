/* The state of a cell as bytes: a cell that goes on from them goes on to the same digits, and bytes
 * that are none do no harm. */
#include "cell_model.h"
#include "core/random.h"
#include "test.h"

/* ---- models ---- */

static void must(int result, const bx_error *err)
{
    if (result == 0)
        return;
    printf("Bail out! %s\n", err->message);
    exit(1);
}

/* Events of all kinds; of those with a delay some wait at any time. */
static void add_events(bx_process *p)
{
    bx_error err = {0};
    static const bx_event_assignment more[] = {{"A", "A + 20"}, {"tries", "tries + 1"}};
    static const bx_event_assignment chance = {"mark", "mark + uniform(0, 1)"};
    static const bx_event_declaration events[] = {
        {.at = "2.5",
         .assignments = more,
         .assignment_count = 2,
         .delay = "4",
         .from_trigger = true},
        {.at = "11", .assignments = more, .assignment_count = 2},
        {.when = "A < 25", .assignments = more, .assignment_count = 2, .delay = "0.7 + tries / 10"},
        {.when = "B > 12",
         .assignments = &chance,
         .assignment_count = 1,
         .delay = "1.5",
         .from_trigger = true,
         .transient = true},
        {.when = "B > 9", .assignments = &chance, .assignment_count = 1, .priority = "1"},
        {.when = "B > 9", .assignments = &chance, .assignment_count = 1, .priority = "1"},
    };
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        must(bx_process_add_event(p, &events[i], &err), &err);
}

static bx_cell *eventful(const char *rate)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("eventful", &err);
    must(bx_process_add_species(p, "A", 40, &err), &err);
    must(bx_process_add_species(p, "B", 0, &err), &err);
    must(bx_process_add_parameter(p, "tries", 0, &err), &err);
    must(bx_process_add_parameter(p, "mark", 0, &err), &err);
    must(bx_process_add_rule(p, "half", "A / 2", &err), &err);
    must(bx_process_add_reaction(p, "go", "A -> B", BX_RATE_FORMULA, rate, &err), &err);
    must(bx_process_add_reaction(p, "back", "B -> A", BX_RATE_MASS_ACTION, "0.3", &err), &err);
    must(bx_process_add_reaction(p, "out", "A ->", BX_RATE_MASS_ACTION, "0.1", &err), &err);
    add_events(p);
    bx_cell *cell = bx_cell_new(&err);
    must(bx_cell_define(cell, p, &err), &err);
    return cell;
}

static bx_cell *plain(void)
{
    return eventful("half");
}

static bx_cell *by_the_hour(void) /* needs the hazard for exact simulation */
{
    return eventful("half * (1 + sin(time))");
}

static bx_cell *ring(int n, int every)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("ring", &err);
    for (int i = 0; i < n; i++) {
        char name[16], equation[48];
        snprintf(name, sizeof name, "S%d", i);
        must(bx_process_add_species(p, name, i % every ? 0 : 3, &err), &err);
        snprintf(equation, sizeof equation, "S%d -> S%d", i, (i + 1) % n);
        must(bx_process_add_constant_reaction(p, NULL, equation, BX_RATE_MASS_ACTION,
                                              0.01 * (1 + i % 90), &err),
             &err);
    }
    bx_cell *cell = bx_cell_new(&err);
    must(bx_cell_define(cell, p, &err), &err);
    return cell;
}

static bx_cell *wide(void) /* composition and rejection */
{
    return ring(50000, 400);
}

static bx_cell *sparse(void) /* for KLU */
{
    return ring(60, 2);
}

/* What is fast and in balance: implicit leaps. */
static bx_cell *stiff(void)
{
    static const item items[] = {SPECIES("A", 20000),
                                 SPECIES("B", 0),
                                 SPECIES("C", 0),
                                 MASS("there", "A -> B", "1e4"),
                                 MASS("back", "B -> A", "1e4"),
                                 MASS("on", "B -> C", "0.3"),
                                 MASS("home", "C -> A", "0.05"),
                                 END};
    return model_cell(items);
}

/* One that owes: genes take more P than there is. */
static bx_cell *owing(void)
{
    static const item items[] = {SPECIES("P", 3),
                                 SPECIES("E", 9),
                                 SPECIES("Q", 0),
                                 RATE("make", "-> P", "2 + P / 100"),
                                 MASS("gene", "-> E", "1"),
                                 MASS("end", "E ->", "0.1"),
                                 MASS("take", "P + E -> Q + E", "1"),
                                 END};
    return model_cell(items);
}

/* ---- bytes ---- */

static bx_buffer bytes_of(const bx_cell *cell)
{
    bx_buffer bytes = {0};
    bx_error err = {0};
    must(bx_cell_encode(cell, &bytes, &err), &err);
    return bytes;
}

static bool same_bytes(bx_buffer a, bx_buffer b)
{
    bool same = a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
    bx_buffer_free(&a);
    bx_buffer_free(&b);
    return same;
}

static bx_buffer run_to_bytes(bx_cell *cell, bx_run run)
{
    bx_buffer bytes = {0};
    bx_error err = {0};
    bx_trajectory *t = model_run(cell, run);
    must(bx_trajectory_encode(t, &bytes, &err), &err);
    bx_trajectory_free(t);
    return bytes;
}

/* ---- a life that was interrupted is the same life ---- */

static const char *const gene_names[] = {"gene", "end", "take"};
static const char *const a_name[] = {"A"};

static const struct {
    bx_cell *(*make)(void);
    bx_run run;
} lives[] = {
    {plain, {BX_METHOD_ODE}},
    {plain, {BX_METHOD_ODE, .adams = true}},
    {sparse, {BX_METHOD_ODE}},
    {plain, {BX_METHOD_SSA}},
    {plain, {BX_METHOD_TAU}},
    {by_the_hour, {BX_METHOD_SSA}},
    {wide, {BX_METHOD_SSA}},
    {wide, {BX_METHOD_TAU}},
    {stiff, {BX_METHOD_TAU}},
    {owing, {BX_METHOD_HYBRID, .stochastic = gene_names, .stochastic_count = 3}},
    {owing, {BX_METHOD_HYBRID, .stochastic = gene_names, .stochastic_count = 3, .exchange = 0.5}},
    {owing, {BX_METHOD_HYBRID, .threshold = 5, .exchange = 0.5}},
    {owing, {BX_METHOD_HYBRID, .threshold = 5}},
    {plain, {BX_METHOD_HYBRID, .stochastic = a_name, .stochastic_count = 1, .exchange = 0.4}},
    {plain, {BX_METHOD_HYBRID, .stochastic = a_name, .stochastic_count = 1}},
};

static void a_life_goes_on_from_bytes_to_the_same_digits(void)
{
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        bx_error err = {0};
        bx_cell *cell = lives[i].make(), *heir = lives[i].make();
        bx_run run = lives[i].run;
        run.duration = 3.1;
        run.every = 0.5;
        run.seed = 7;
        bx_buffer born = run_to_bytes(cell, run);
        bx_buffer bytes = bytes_of(cell);
        CHECK(bx_cell_decode(heir, bytes.data, bytes.length, &err) == 0);
        CHECK(same_bytes(bytes, bytes_of(heir)));
        run.seed = 8;
        run.duration = 10;
        if (!same_bytes(run_to_bytes(cell, run), run_to_bytes(heir, run)) ||
            !same_bytes(bytes_of(cell), bytes_of(heir)))
            test_fail(__FILE__, __LINE__, "life %zu went another way", i);
        bx_cell_reset(cell); /* and its beginning is as it was */
        run.seed = 7;
        run.duration = 3.1;
        CHECK(same_bytes(born, run_to_bytes(cell, run)));
        bx_cell_free(cell);
        bx_cell_free(heir);
    }
}

static void what_waits_and_what_is_owed_is_kept(void)
{
    bx_error err = {0};
    bx_cell *cell = plain(), *heir = plain();
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 3, .seed = 1});
    CHECK(bx_cell_waiting(cell) >= 1);
    bx_buffer bytes = bytes_of(cell);
    CHECK(bx_cell_decode(heir, bytes.data, bytes.length, &err) == 0);
    CHECK(bx_cell_waiting(heir) == bx_cell_waiting(cell));
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(heir);

    double owed = 0, kept = 0;
    cell = owing();
    heir = owing();
    bx_run run = lives[10].run;
    run.duration = 1;
    for (; owed <= 0 && run.seed < 50; run.seed++) {
        model_advance(cell, run);
        CHECK(bx_cell_owed(cell, "P", &owed) == 0);
    }
    bytes = bytes_of(cell);
    CHECK(bx_cell_decode(heir, bytes.data, bytes.length, &err) == 0);
    CHECK(bx_cell_owed(heir, "P", &kept) == 0);
    CHECK(owed > 0 && kept == owed);
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(heir);
}

static void the_sequence_of_seeds_goes_on(void)
{
    bx_error err = {0};
    bx_cell *cell = plain(), *heir = plain();
    bx_cell_seed(cell, 42);
    bx_cell_draw_seed(cell);
    bx_cell_reset(cell);
    bx_buffer bytes = bytes_of(cell);
    CHECK(bx_cell_decode(heir, bytes.data, bytes.length, &err) == 0);
    uint64_t seed = bx_cell_draw_seed(cell);
    CHECK(bx_cell_draw_seed(heir) == seed && seed >> 63 == 0);
    CHECK(bx_cell_draw_seed(heir) != seed);
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(heir);
}

static bx_cell *anything(void)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("any", &err);
    bx_process_free_values(p);
    must(bx_process_add_species(p, "A", NAN, &err), &err);
    must(bx_process_add_species(p, "B", INFINITY, &err), &err);
    must(bx_process_add_parameter(p, "k", -0.0, &err), &err);
    bx_cell *cell = bx_cell_new(&err);
    must(bx_cell_define(cell, p, &err), &err);
    return cell;
}

static void values_that_are_no_numbers_are_kept(void)
{
    bx_error err = {0};
    bx_cell *cell = anything(), *heir = anything();
    bx_cell_set(heir, "A", 1, &err);
    bx_cell_set(heir, "B", -INFINITY, &err);
    bx_cell_set(heir, "k", 1, &err);
    bx_buffer bytes = bytes_of(cell);
    CHECK(bx_cell_decode(heir, bytes.data, bytes.length, &err) == 0);
    CHECK(isnan(model_get(heir, "A")) && model_get(heir, "B") == INFINITY);
    CHECK(model_get(heir, "k") == 0 && signbit(model_get(heir, "k")));
    CHECK(same_bytes(bytes, bytes_of(heir)));
    bx_cell_free(cell);
    bx_cell_free(heir);
}

/* dose feeds S; both can be set. */
static bx_cell *dosed(void)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("dosed", &err);
    must(bx_process_add_species(p, "S", 0, &err), &err);
    must(bx_process_add_parameter(p, "k", 1, &err), &err);
    must(bx_process_add_parameter(p, "dose", 3, &err), &err);
    must(bx_process_add_initial(p, "S", "2 * dose", &err), &err);
    bx_cell *cell = bx_cell_new(&err);
    must(bx_cell_define(cell, p, &err), &err);
    return cell;
}

static void what_initial_values_follow_is_kept(void)
{
    bx_error err = {0};
    bx_cell *cell = dosed(), *heir = dosed();
    bx_buffer plain_bytes = bytes_of(cell), bytes = {0};
    bx_cell_set(cell, "k", 5, &err);
    CHECK(bx_cell_encode(cell, &bytes, &err) == 0 && bytes.length == plain_bytes.length);
    bx_buffer_free(&bytes);
    bx_cell_set(cell, "dose", 10, &err);
    bx_cell_set(cell, "S", 1, &err);
    bytes = bytes_of(cell);
    CHECK(bx_cell_decode(heir, bytes.data, bytes.length, &err) == 0);
    CHECK(same_bytes(bytes, bytes_of(heir)));
    bx_cell_set(heir, "dose", 11, &err);
    CHECK(model_get(heir, "S") == 1);
    bx_cell_reset(heir);
    CHECK(model_get(heir, "S") == 22 && model_get(heir, "dose") == 11 && model_get(heir, "k") == 1);
    bx_cell_restart(heir, "dosed");
    CHECK(same_bytes(plain_bytes, bytes_of(heir)));
    bx_cell_free(cell);
    bx_cell_free(heir);
}

/* ---- bytes that are none ---- */

static void check_refused(bx_cell *cell, const bx_buffer *bytes, size_t length, bx_code code)
{
    bx_error err = {0};
    bx_buffer before = bytes_of(cell);
    CHECK(bx_cell_decode(cell, bytes->data, length, &err) < 0 && err.code == code);
    CHECK(same_bytes(before, bytes_of(cell)));
}

static void what_initial_values_follow_must_be_of_the_cell(void)
{
    bx_error err = {0};
    bx_cell *cell = dosed(), *other = dosed();
    bx_cell_set(cell, "dose", 10, &err);
    bx_buffer bytes = bytes_of(cell);
    uint8_t *slot = bytes.data + bytes.length - 16, *begin = slot + 8;
    check_refused(other, &bytes, bytes.length - 1, BX_EPROTOCOL);
    slot[0] += 3;
    check_refused(other, &bytes, bytes.length, BX_EPROTOCOL);
    slot[0] -= 3;
    memcpy(begin, (uint8_t[]){0, 0, 0, 0, 0, 0, 0xf8, 0x7f}, 8);
    check_refused(other, &bytes, bytes.length, BX_EPROTOCOL);
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(other);
}

static void what_is_cut_short_or_too_long_is_refused(void)
{
    bx_cell *cell = plain(), *other = plain();
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 3, .seed = 1});
    bx_buffer bytes = bytes_of(cell);
    for (size_t length = 0; length < bytes.length; length++) {
        bx_buffer part = {0}; /* of its own, so that a sanitizer sees a read beyond it */
        bx_buffer_append(&part, bytes.data, length);
        check_refused(other, &part, length, BX_EPROTOCOL);
        bx_buffer_free(&part);
    }
    bx_buffer_append(&bytes, "", 1);
    check_refused(other, &bytes, bytes.length, BX_EPROTOCOL);
    bytes.data[44] ^= 0xff, bytes.data[51] ^= 0xff; /* the time: negative, and vast */
    check_refused(other, &bytes, bytes.length - 1, BX_EPROTOCOL);
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(other);
}

/* Behind the magic, the digest, the seeds and the time stand the species. */
static void values_that_no_cell_takes_are_refused(void)
{
    static const double none[] = {NAN, INFINITY, -INFINITY};
    bx_cell *cell = plain(), *other = plain();
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        bx_buffer bytes = bytes_of(cell);
        memcpy(bytes.data + 52, &none[i], sizeof none[i]);
        check_refused(other, &bytes, bytes.length, BX_EPROTOCOL);
        bx_buffer_free(&bytes);
    }
    bx_cell_free(cell);
    bx_cell_free(other);
}

/* What decodes despite changed bytes can be run, however that ends. */
static void hostile_bytes_do_no_harm(void)
{
    bx_error err;
    bx_cell *cell = plain(), *heir = plain();
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 3, .seed = 1});
    bx_buffer bytes = bytes_of(cell);
    bx_random random;
    bx_random_init(&random, 1, 2);
    size_t decoded = 0;
    for (int i = 0; i < 4000; i++) {
        bx_buffer hostile = {0};
        bx_buffer_append(&hostile, bytes.data, bytes.length);
        for (int n = 1 + i % 3; n > 0; n--)
            hostile.data[36 + bx_random_bits(&random) % (bytes.length - 36)] =
                (uint8_t)bx_random_bits(&random);
        if (bx_cell_decode(heir, hostile.data, hostile.length, &err) == 0) {
            bx_trajectory *t;
            bx_run run = {(bx_method)(i % BX_METHOD_COUNT), .duration = 2, .maximum_steps = 50};
            if (bx_cell_run(heir, &run, &t, &err) == 0)
                bx_trajectory_free(t);
            decoded++;
        } else {
            CHECK(err.code == BX_EPROTOCOL);
        }
        bx_buffer_free(&hostile);
    }
    CHECK(decoded > 1000);
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(heir);
}

static void the_state_of_another_network_is_refused(void)
{
    static const item base[] = {SPECIES("A", 1), PARAMETER("k", 2), MASS("r", "A ->", "k"), END};
    static const item others[][5] = {
        {SPECIES("B", 1), PARAMETER("k", 2), MASS("r", "B ->", "k"), END},
        {SPECIES("A", 1), SPECIES("k", 2), MASS("r", "A ->", "k"), END},
        {SPECIES("A", 1), PARAMETER("k", 2), MASS("r", "2 A ->", "k"), END},
        {SPECIES("A", 1), PARAMETER("k", 2), MASS("r", "A ->", "k"), MASS("s", "-> A", "k"), END},
        {SPECIES("A", 1), PARAMETER("k", 2), MASS("r", "A ->", "k"), AT("1", "A", "5"), END},
    };
    static const item formula[] = {SPECIES("A", 7), PARAMETER("k", 3), RATE("r", "A ->", "k*A/9"),
                                   END};
    bx_error err = {0};
    bx_cell *cell = model_cell(base);
    bx_buffer bytes = bytes_of(cell);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bx_cell *other = model_cell(others[i]);
        check_refused(other, &bytes, bytes.length, BX_EMODEL);
        bx_cell_free(other);
    }
    bx_cell *other = model_cell(formula); /* how fast it goes is no part of a state */
    CHECK(bx_cell_decode(other, bytes.data, bytes.length, &err) == 0);
    CHECK(model_get(other, "A") == 1 && model_get(other, "k") == 2);
    bx_buffer_free(&bytes);
    bx_cell_free(cell);
    bx_cell_free(other);
}

static void run_until(bx_cell *cell, double time)
{
    model_advance(cell, (bx_run){.duration = time - bx_cell_time(cell)});
}

static void the_clock_can_be_set(void)
{
    static const item items[] = {SPECIES("A", 1),
                                 PARAMETER("n", 0),
                                 PARAMETER("m", 0),
                                 RATE("r", "-> A", "time"),
                                 AT("5", "n", "n + 1"),
                                 WHEN("time > 6", "m", "m + 1"),
                                 END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    must(bx_cell_set_time(cell, 4, &err), &err);
    CHECK(bx_cell_time(cell) == 4 && model_get(cell, "A") == 1);
    run_until(cell, 7);
    CHECK_NEAR(model_get(cell, "A"), 1 + (49 - 16) / 2.0, 1e-6);
    CHECK(model_get(cell, "n") == 1 && model_get(cell, "m") == 1);
    must(bx_cell_set_time(cell, 4, &err), &err); /* both come again */
    run_until(cell, 7);
    CHECK(model_get(cell, "n") == 2 && model_get(cell, "m") == 2);
    must(bx_cell_set_time(cell, 5.5, &err), &err); /* what has passed does not */
    run_until(cell, 5.8);
    CHECK(model_get(cell, "n") == 2 && model_get(cell, "m") == 2);
    CHECK(bx_cell_set_time(cell, INFINITY, &err) < 0 && err.code == BX_EMODEL);
    bx_cell_free(cell);
}

static void what_waits_waits_on_when_the_clock_is_set(void)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("waiting", &err);
    static const bx_event_assignment set = {"n", "n + 1"};
    static const bx_event_declaration event = {
        .at = "2", .assignments = &set, .assignment_count = 1, .delay = "3"};
    must(bx_process_add_parameter(p, "n", 0, &err), &err);
    must(bx_process_add_event(p, &event, &err), &err);
    bx_cell *cell = bx_cell_new(&err);
    must(bx_cell_define(cell, p, &err), &err);
    run_until(cell, 4);
    must(bx_cell_set_time(cell, 100, &err), &err);
    run_until(cell, 100.9);
    CHECK(model_get(cell, "n") == 0);
    run_until(cell, 101.1);
    CHECK(model_get(cell, "n") == 1);
    bx_cell_free(cell);
}

static void the_clock_of_a_cell_with_delays_is_not_set_on_its_way(void)
{
    static const item items[] = {SPECIES("A", 1), RATE("r", "-> A", "delay(A, 1)"), END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    must(bx_cell_set_time(cell, 3, &err), &err);
    run_until(cell, 4);
    CHECK_NEAR(model_get(cell, "A"), 2, 1e-6);
    CHECK(bx_cell_set_time(cell, 0, &err) < 0 && err.code == BX_EMODEL);
    bx_cell_free(cell);
}

int main(void)
{
    RUN(the_clock_can_be_set);
    RUN(what_waits_waits_on_when_the_clock_is_set);
    RUN(the_clock_of_a_cell_with_delays_is_not_set_on_its_way);
    RUN(a_life_goes_on_from_bytes_to_the_same_digits);
    RUN(what_waits_and_what_is_owed_is_kept);
    RUN(the_sequence_of_seeds_goes_on);
    RUN(values_that_are_no_numbers_are_kept);
    RUN(what_initial_values_follow_is_kept);
    RUN(what_initial_values_follow_must_be_of_the_cell);
    RUN(what_is_cut_short_or_too_long_is_refused);
    RUN(values_that_no_cell_takes_are_refused);
    RUN(hostile_bytes_do_no_harm);
    RUN(the_state_of_another_network_is_refused);
    return test_end();
}
