#include "engine/deterministic/derivatives.h"

#include "model/batch.h"

#include <stdlib.h>
#include <string.h>

/* One reaction's part in a species' derivative. */
typedef struct part {
    double amount;
    uint32_t rate; /* its place in what the batch gives; till then the reaction */
} part;

struct bx_derivatives {
    const bx_network *network;
    size_t size;
    bool apart; /* rules and formulas of rates run by themselves before the batch */
    bx_batch *batch;
    uint32_t *start; /* by place in the state, into parts */
    part *parts;
};

/* s^n, in the way of bx_mass_action_rate. */
static int64_t add_power(bx_batch *batch, uint32_t s, double n)
{
    if (n == 1 || n == 2 || n == 3)
        return n == 1 ? s : bx_batch_apply(batch, n == 2 ? BX_OP_SQUARE : BX_OP_CUBE, s, 0);
    int64_t exponent = bx_batch_number(batch, n);
    return exponent < 0 ? -1 : bx_batch_apply(batch, BX_OP_POWER, s, (uint32_t)exponent);
}

/* The value that is the rate of a reaction. */
static int64_t add_rate(bx_batch *batch, const bx_network *network, size_t r)
{
    const bx_reaction *reaction = &network->reaction[r];
    int64_t rate = bx_batch_slot(batch, network->rate + (uint32_t)r);
    if (!reaction->mass_action)
        return rate;
    for (uint32_t i = network->reactants.start[r]; i < network->reactants.start[r + 1]; i++) {
        int64_t s = bx_batch_slot(batch, network->reactants.items[i]);
        if (rate < 0 || s < 0 || (s = add_power(batch, (uint32_t)s, network->orders[i])) < 0)
            return -1;
        rate = bx_batch_apply(batch, BX_OP_MULTIPLY, (uint32_t)rate, (uint32_t)s);
    }
    return rate;
}

static int add_rates(bx_derivatives *flux)
{
    const bx_network *network = flux->network;
    uint32_t *rates = calloc(network->reactions + 1, sizeof *rates);
    int result = rates ? 0 : -1;
    for (size_t r = 0; result == 0 && r < network->reactions; r++) {
        int64_t rate = add_rate(flux->batch, network, r);
        rates[r] = (uint32_t)rate;
        result = rate < 0 ? -1 : 0;
    }
    if (result == 0)
        result = bx_batch_finish(flux->batch, rates, network->reactions);
    for (size_t i = 0; result == 0 && i < flux->start[flux->size]; i++)
        flux->parts[i].rate = rates[flux->parts[i].rate];
    free(rates);
    return result;
}

static void collect_parts(bx_derivatives *flux, const uint32_t *position)
{
    const bx_network *network = flux->network;
    const bx_csr *changes = &network->changes;
    size_t total = changes->start[changes->rows];
    for (size_t i = 0; i < total; i++)
        flux->start[position[changes->items[i]] + 1]++;
    for (size_t i = 0; i < flux->size; i++)
        flux->start[i + 1] += flux->start[i];
    for (size_t r = 0; r < network->reactions; r++)
        for (uint32_t i = changes->start[r]; i < changes->start[r + 1]; i++)
            flux->parts[flux->start[position[changes->items[i]]]++] =
                (part){network->amounts[i], (uint32_t)r};
    /* filling moved each start to its end */
    memmove(flux->start + 1, flux->start, flux->size * sizeof *flux->start);
    flux->start[0] = 0;
}

/* Formulas that the batch can't take run apart, and whatever they set may vary. */
static int build_batch(bx_derivatives *flux)
{
    const bx_network *network = flux->network;
    const bx_program *program = &network->program;
    bool *varies = calloc(program->frame_size + 1, sizeof *varies);
    if (!varies)
        return -1;
    flux->apart = !bx_batch_takes(program, network->rule_code) ||
                  !bx_batch_takes(program, network->rate_code);
    for (size_t i = 0; i < program->frame_size; i++)
        varies[i] =
            flux->apart || i == network->time || (i < network->species && network->changing[i]);
    int result = -1;
    flux->batch = bx_batch_new(program->frame_size, varies);
    if (flux->batch &&
        (flux->apart || (bx_batch_append(flux->batch, program, network->rule_code) == 0 &&
                         bx_batch_append(flux->batch, program, network->rate_code) == 0)))
        result = add_rates(flux);
    free(varies);
    return result;
}

static int build(bx_derivatives *flux, const uint32_t *position)
{
    const bx_csr *changes = &flux->network->changes;
    flux->start = calloc(flux->size + 2, sizeof *flux->start);
    flux->parts = calloc(changes->start[changes->rows] + 1, sizeof *flux->parts);
    if (!flux->start || !flux->parts)
        return -1;
    collect_parts(flux, position);
    return build_batch(flux);
}

bx_derivatives *bx_derivatives_new(const bx_network *network, const uint32_t *position, size_t size,
                                   bx_error *err)
{
    bx_derivatives *flux = calloc(1, sizeof *flux);
    if (flux) {
        flux->network = network;
        flux->size = size;
        if (build(flux, position) == 0)
            return flux;
    }
    bx_derivatives_free(flux);
    bx_fail_memory(err);
    return NULL;
}

void bx_derivatives_free(bx_derivatives *flux)
{
    if (!flux)
        return;
    bx_batch_free(flux->batch);
    free(flux->start);
    free(flux->parts);
    free(flux);
}

void bx_derivatives_prepare(bx_derivatives *flux, const double *frame)
{
    bx_batch_prepare(flux->batch, frame);
}

void bx_derivatives_evaluate(bx_derivatives *flux, double *frame, double *derivatives)
{
    if (flux->apart)
        bx_network_rates(flux->network, frame);
    const double *rates = bx_batch_run(flux->batch, frame);
    const part *p = flux->parts;
    for (size_t i = 0; i < flux->size; i++) {
        double sum = 0;
        for (const part *end = flux->parts + flux->start[i + 1]; p != end; p++)
            sum += p->amount * rates[p->rate];
        derivatives[i] = sum;
    }
}
