/* The Jacobian against central differences of the right-hand side. */
#include "engine/jacobian.h"

#include "cell_model.h"
#include "engine/deterministic/derivatives.h"
#include "model/compiler.h"
#include "test.h"

/* Of the state: A, B, C, D, and what slow reactions leave of E and F. */
enum { SIZE = 6 };

static const item everything[] = {
    SPECIES("A", 2.5),
    SPECIES("B", 1.25),
    SPECIES("fixed", 3),
    SPECIES("C", 0.75),
    SPECIES("D", 4),
    PARAMETER("k", 1.5),
    PARAMETER("n", 2.5),
    RULE("constant", "k * fixed"),
    RULE("sum", "A + 2 * B + C * C"),
    RULE("share", "A / sum * constant"),
    RULE("wave", "sin(time) * 0.1"),
    CONSTRAINT("u", "u ^ 3 + u - A * share", 1),
    CONSTRAINT("v", "v + w - u - B", 1),
    CONSTRAINT("w", "w * (1 + C) - inner", 1),
    RULE("inner", "v * v / D + 2"),
    SPECIES("E", 5),
    SPECIES("F", 1),
    FAST("pair", "2 E -> F", "E ^ 2 - F * (1 + A)"),
    MASS("fed", "A + F -> B", "0.2"),
    RATE("solved", "-> C", "u * w + inner"),
    MASS("by_solved", "B -> E", "v / 10"),
    MASS("zero", "-> A", "k"),
    MASS("one", "A -> B", "share"),
    MASS("two", "2 A + B -> C", "0.1 * sum + wave"),
    MASS("three", "A + B + C -> 3 D", "0.3"),
    MASS("four", "3 D -> A", "0.01"),
    MASS("part", "1.5 B -> D", "k"),
    MASS("with", "fixed + D -> fixed + C", "0.2"),
    RATE("hill", "A ->", "hill(A, sum, n)"),
    RATE("hill2", "A -> B", "k * hill(2, A, B)"),
    RATE("power", "B -> C", "A ^ B + B ^ 2 + C ^ 3"),
    RATE("quotient", "C ->", "A * B / (k + C) - D"),
    RATE("root", "-> C", "sqrt(A) + A ^ 0.5 + A ^ -1"),
    RATE("logs", "-> A", "log(A) + log10(B) + exp(-C)"),
    RATE("waves", "-> B", "sin(A) + cos(B) + tan(C / 4) + asin(A / 9) + acos(B / 9) + atan(C)"),
    RATE("hyper", "-> D", "sinh(A / 3) + cosh(B) + tanh(C)"),
    RATE("kinks", "-> A", "min(A, B, D) + max(A, C) + abs(A - B) + floor(A) + ceil(B)"),
    RATE("chosen", "-> B",
         "if(A > B and not (C > D), A * share, B) + (A < B) + (C == D or C != A)"),
    END};

/* What a network, its frame and the state's places are, as ode.c makes them. */
typedef struct setting {
    bx_process *process;
    bx_network *network;
    uint32_t position[16], species[16];
    size_t size;
    double frame[4096];
} setting;

static void set_up(setting *s)
{
    bx_error err = {0};
    s->process = bx_process_new("p", &err);
    for (const item *i = everything; i->kind != END_; i++)
        CHECK(model_add(s->process, i, &err) == 0);
    CHECK(bx_process_settle(s->process, &err) == 0);
    s->network = bx_network_new(&s->process, 1, &err);
    if (!s->network || s->network->program.frame_size > 4096) {
        printf("Bail out! %s\n", err.message);
        exit(1);
    }
    memcpy(s->frame, s->network->program.frame, s->network->program.frame_size * sizeof(double));
    s->frame[s->network->time] = 1.75;
    s->size = 0;
    for (uint32_t i = 0; i < s->network->species; i++)
        if (s->network->changing[i]) {
            s->position[i] = (uint32_t)s->size;
            s->species[s->size++] = i;
        }
    bx_network_rates(s->network, s->frame);
}

static void it_agrees_with_differences(void)
{
    static setting s;
    bx_error err = {0};
    bx_jacobian *jacobian;
    set_up(&s);
    CHECK(s.size == SIZE);
    bx_derivatives *flux = bx_derivatives_new(s.network, s.position, s.size, &err);
    bx_derivatives_prepare(flux, s.frame);
    CHECK(bx_jacobian_new(s.network, s.position, s.size, &jacobian, &err) == 0 && jacobian);
    const bx_csr *pattern = bx_jacobian_pattern(jacobian);
    for (int round = 0; round < 2; round++) { /* again: nothing may be left over */
        double values[SIZE * SIZE] = {0}, dense[SIZE][SIZE] = {{0}};
        bx_jacobian_evaluate(jacobian, s.frame, values);
        for (size_t column = 0; column < SIZE; column++)
            for (uint32_t i = pattern->start[column]; i < pattern->start[column + 1]; i++)
                dense[column][pattern->items[i]] = values[i];
        for (size_t column = 0; column < SIZE; column++) {
            double *x = &s.frame[s.species[column]], before = *x, up[SIZE], down[SIZE], h = 1e-6;
            *x = before + h;
            bx_derivatives_evaluate(flux, s.frame, up);
            *x = before - h;
            bx_derivatives_evaluate(flux, s.frame, down);
            *x = before;
            for (size_t row = 0; row < SIZE; row++)
                CHECK_NEAR(dense[column][row], (up[row] - down[row]) / (2 * h), 1e-7);
        }
    }
    bx_jacobian_free(jacobian);
    bx_derivatives_free(flux);
    bx_network_free(s.network);
    bx_process_free(s.process);
}

/* The fast right-hand side against the plain one. */
static void the_right_hand_side_adds_up(void)
{
    static setting s;
    bx_error err = {0};
    set_up(&s);
    bx_derivatives *flux = bx_derivatives_new(s.network, s.position, s.size, &err);
    bx_derivatives_prepare(flux, s.frame);
    double got[SIZE], wanted[SIZE] = {0};
    bx_derivatives_evaluate(flux, s.frame, got);
    const bx_network *n = s.network;
    for (size_t r = 0; r < n->reactions; r++) {
        double rate = s.frame[n->rate + r];
        if (n->reaction[r].mass_action)
            rate = bx_mass_action_rate(n, r, rate, s.frame);
        for (uint32_t i = n->changes.start[r]; i < n->changes.start[r + 1]; i++)
            wanted[s.position[n->changes.items[i]]] += n->amounts[i] * rate;
    }
    for (int i = 0; i < SIZE; i++)
        CHECK_NEAR(got[i], wanted[i], 1e-12);
    bx_derivatives_free(flux);
    bx_network_free(s.network);
    bx_process_free(s.process);
}

int main(void)
{
    RUN(it_agrees_with_differences);
    RUN(the_right_hand_side_adds_up);
    return test_end();
}
