#include "analysis/check.h"

#include "analysis/course.h"
#include "core/random.h"
#include "model/declaration.h"
#include "model/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROBES 8 /* states at which a rate that is 0 throughout is taken for 0 */

static const bx_declared_reaction *declared(const bx_network *network, size_t r)
{
    const bx_reaction *reaction = &network->reaction[r];
    return &reaction->process->reactions[reaction->index];
}

/* ---- who is there ---- */

static bool all_there(const bx_network *network, const bool *there, const bx_term *terms,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t slot = bx_names_find(&network->index, terms[i].species);
        if (slot < network->species && !there[slot])
            return false;
    }
    return true;
}

/* Let the terms be there: whether that is new. */
static bool let_be(const bx_network *network, bool *there, const bx_term *terms, size_t count)
{
    bool fresh = false;
    for (size_t i = 0; i < count; i++) {
        size_t slot = bx_names_find(&network->index, terms[i].species);
        if (slot < network->species && !there[slot])
            fresh = there[slot] = true;
    }
    return fresh;
}

/* What a reaction makes of what is there; by a formula of its own it may run backwards. */
static bool let_run(const bx_network *network, size_t r, bool *there)
{
    const bx_declared_reaction *d = declared(network, r);
    const bx_term *left = d->equation.terms, *right = left + d->equation.reactants;
    size_t reactants = d->equation.reactants, products = d->equation.products;
    bool fresh =
        all_there(network, there, left, reactants) && let_be(network, there, right, products);
    return (d->kind == BX_RATE_FORMULA && products > 0 &&
            all_there(network, there, right, products) &&
            let_be(network, there, left, reactants)) ||
           fresh;
}

/* A species is there if it is not 0 now, if an event may set it, or if a reaction makes it. */
static int find_unreachable(bx_check *check, const double *frame, bx_error *err)
{
    const bx_network *network = check->network;
    bool *there = calloc(network->species + 1, sizeof *there);
    if (!there)
        return bx_fail_memory(err);
    for (size_t s = 0; s < network->species; s++)
        there[s] = frame[s] != 0;
    for (size_t i = 0; i < network->assignment_count; i++)
        if (network->assignments[i].target < network->species)
            there[network->assignments[i].target] = true;
    for (size_t i = 0; i < network->step_count; i++)
        if (network->steps[i].target < network->species)
            there[network->steps[i].target] = true;
    for (bool fresh = true; fresh;) {
        fresh = false;
        for (size_t r = 0; r < network->reactions; r++)
            fresh = let_run(network, r, there) || fresh;
    }
    for (size_t s = 0; s < network->species; s++)
        check->unreachable[s] = network->changing[s] && !there[s];
    for (size_t r = 0; r < network->reactions; r++) {
        const bx_declared_reaction *d = declared(network, r);
        check->never[r] = !all_there(network, there, d->equation.terms, d->equation.reactants);
    }
    free(there);
    return 0;
}

/* ---- rates that are 0 ---- */

/* The rate of a reaction in a frame. */
static double rate_of(const bx_network *network, size_t r, double *frame)
{
    bx_network_rates(network, frame);
    double rate = frame[network->rate + r];
    return network->reaction[r].mass_action ? bx_mass_action_rate(network, r, rate, frame) : rate;
}

/* The fixed value of 0, among what a formula reads, through rules too, without which the rate would
 * not be 0. */
static uint32_t find_cause(const bx_network *network, const bx_csr *uses, size_t row, size_t r,
                           double *frame)
{
    size_t first = network->species + network->parameters;
    for (uint32_t i = uses->start[row]; i < uses->start[row + 1]; i++) {
        uint32_t slot = uses->items[i], found = BX_SLOT_NONE;
        bool fixed = slot < first && (slot >= network->species || !network->changing[slot]);
        if (slot >= first && slot < first + network->rules) {
            found = find_cause(network, &network->rule_uses, slot - first, r, frame);
        } else if (fixed && frame[slot] == 0) {
            frame[slot] = 1;
            found = rate_of(network, r, frame) != 0 ? slot : BX_SLOT_NONE;
            frame[slot] = 0;
        }
        if (found != BX_SLOT_NONE)
            return found;
    }
    return BX_SLOT_NONE;
}

/* At the present state, and where all species that change are of random size. */
static void find_zero_rates(bx_check *check, bx_system *s, double *derivatives)
{
    const bx_network *network = check->network;
    bx_random random;
    bx_random_init(&random, 1, 0);
    for (size_t r = 0; r < network->reactions; r++)
        check->zero[r] = true;
    for (int probe = 0; probe <= PROBES; probe++) {
        for (size_t i = 0; probe > 0 && i < s->size; i++) {
            double *value = &s->frame[s->species[i]], scale = fmax(fabs(*value), 1);
            *value = scale * pow(10, 2 * bx_random_uniform(&random) - 1);
        }
        bx_system_derivatives(s, derivatives, NULL);
        for (size_t r = 0; r < network->reactions; r++) {
            if (probe == 0)
                check->rates[r] = s->rates[r];
            check->zero[r] = check->zero[r] && s->rates[r] == 0;
        }
    }
    for (size_t r = 0; r < network->reactions; r++) {
        check->zero_for[r] = BX_SLOT_NONE;
        if (check->zero[r])
            check->zero_for[r] = find_cause(network, &network->rate_uses, r, r, s->frame);
        if (check->zero[r] && check->zero_for[r] == BX_SLOT_NONE)
            check->zero_for[r] = find_cause(network, &network->reactants, r, r, s->frame);
    }
}

/* ---- who is read ---- */

static void note_read(bx_check *check, uint32_t slot)
{
    const bx_network *network = check->network;
    if (slot < network->species + network->parameters + network->rules)
        check->read[slot] = true;
}

static void note_code(bx_check *check, const bx_instruction *code, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (bx_solve_is(&code[k]))
            continue;
        const uint32_t operands[3] = {code[k].a, code[k].b, code[k].c};
        for (unsigned o = 0; o < bx_op_arity((bx_op)code[k].op) && o < 3; o++)
            note_read(check, operands[o]);
    }
}

static void note_csr(bx_check *check, const bx_csr *uses)
{
    for (uint32_t i = 0; uses->start && i < uses->start[uses->rows]; i++)
        note_read(check, uses->items[i]);
}

static void find_read(bx_check *check)
{
    const bx_network *network = check->network;
    note_code(check, network->program.code, network->program.count);
    for (size_t i = 0; i < network->program.delayed_count; i++)
        note_code(check, network->program.delayed[i].code, network->program.delayed[i].count);
    note_csr(check, &network->rate_uses);
    note_csr(check, &network->reactants);
    note_csr(check, &network->logic_uses);
    for (size_t i = 0; i < network->assignment_count; i++)
        note_read(check, network->assignments[i].size);
    for (size_t i = 0; i < network->events; i++) {
        note_read(check, network->event[i].delay);
        note_read(check, network->event[i].priority);
    }
}

/* ---- times ---- */

static int find_times(bx_check *check, bx_system *s, const double *frame, bx_error *err)
{
    bx_newton newton;
    bx_complex *values = NULL;
    size_t count = 0;
    bx_stability stability;
    if (bx_newton_open(&newton, s, err) < 0)
        return -1;
    bx_system_load(s, frame);
    bx_system_state(s, newton.step);
    int result = bx_newton_fix(&newton, newton.step, err);
    if (result == 0 && bx_course_stability(&newton, &values, &count, &stability) < 0)
        result = bx_fail_memory(err);
    if (result == 0)
        check->laws = newton.laws->count;
    double largest = 0, least = INFINITY;
    for (size_t i = 0; values && i < count; i++)
        largest = fmax(largest, hypot(values[i].real, values[i].imaginary));
    for (size_t i = 0; values && i < count; i++) {
        double size = hypot(values[i].real, values[i].imaginary);
        if (size > 1e-12 * largest)
            least = fmin(least, size);
    }
    if (largest > 0) {
        check->fastest = 1 / largest;
        check->slowest = 1 / least;
    }
    free(values);
    bx_newton_close(&newton);
    return result;
}

int bx_check_cell(const bx_cell *cell, bx_check *check, bx_error *err)
{
    const bx_network *network = bx_cell_network(cell);
    const double *frame = bx_cell_state(cell)->frame;
    size_t variables = network->species + network->parameters + network->rules;
    bx_system system = {.frame = NULL};
    *check = (bx_check){.network = network,
                        .rates = calloc(network->reactions + 1, sizeof(double)),
                        .never = calloc(network->reactions + 1, sizeof(bool)),
                        .zero = calloc(network->reactions + 1, sizeof(bool)),
                        .zero_for = calloc(network->reactions + 1, sizeof(uint32_t)),
                        .unreachable = calloc(network->species + 1, sizeof(bool)),
                        .read = calloc(variables + 1, sizeof(bool))};
    if (!check->rates || !check->never || !check->zero || !check->zero_for || !check->unreachable ||
        !check->read)
        return bx_fail_memory(err);
    find_read(check);
    if (find_unreachable(check, frame, err) < 0)
        return -1;
    if (bx_system_open(&system, network, err) < 0) /* delays, fast reactions: no more is known */
        return err->code == BX_EMODEL ? 0 : -1;
    double *derivatives = calloc(system.size + 1, sizeof *derivatives);
    int result = derivatives ? 0 : bx_fail_memory(err);
    if (result == 0) {
        check->evaluated = true;
        bx_system_load(&system, frame);
        find_zero_rates(check, &system, derivatives);
        result = find_times(check, &system, frame, err);
    }
    free(derivatives);
    bx_system_close(&system);
    return result;
}

void bx_check_close(bx_check *check)
{
    free(check->rates);
    free(check->never);
    free(check->zero);
    free(check->zero_for);
    free(check->unreachable);
    free(check->read);
    *check = (bx_check){.network = NULL};
}
