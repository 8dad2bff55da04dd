#include "engine/deterministic/derivatives.h"

#include <stdlib.h>
#include <string.h>

/* The rate is x[k] x[a] x[b], where x[one] = 1; in general it is computed by the network. */
typedef struct factors {
    uint32_t k, a, b;
    bool general;
} factors;

/* One reaction's part in a species' derivative. */
typedef struct part {
    double amount;
    uint32_t reaction;
} part;

struct bx_derivatives {
    const bx_network *network;
    size_t size;
    bx_instruction *code; /* rules and rates that change with the state or the time */
    size_t count;
    factors *factors; /* by reaction */
    double *rates;    /* by reaction */
    uint32_t *start;  /* by place in the state, into parts */
    part *parts;
};

static void append_code(bx_derivatives *flux, bx_range range)
{
    size_t count = range.end - range.begin;
    memcpy(flux->code + flux->count, flux->network->program.code + range.begin,
           count * sizeof *flux->code);
    flux->count += count;
}

static void collect_code(bx_derivatives *flux)
{
    const bx_network *network = flux->network;
    const bx_instruction *code = network->program.code;
    for (size_t i = 0; i < network->rules; i++) {
        uint32_t rule = network->rule_order[i];
        if (network->rule_varies[rule] || network->rule_uses_time[rule])
            append_code(flux, network->rule_codes[i]);
    }
    for (size_t r = 0; r < network->reactions; r++) {
        const bx_reaction *reaction = &network->reaction[r];
        const bx_instruction *first = code + reaction->code.begin;
        flux->factors[r].k = network->rate + (uint32_t)r;
        if (reaction->constant)
            continue;
        bool alias = reaction->code.end - reaction->code.begin == 1 && first->op == BX_OP_MOVE;
        if (alias)
            flux->factors[r].k = first->a;
        else
            append_code(flux, reaction->code);
    }
}

static void choose_factors(bx_derivatives *flux, size_t r)
{
    const bx_network *network = flux->network;
    factors *f = &flux->factors[r];
    f->a = f->b = network->one;
    if (!network->reaction[r].mass_action)
        return;
    uint32_t count = bx_csr_count(&network->reactants, r);
    const uint32_t *species = bx_csr_row(&network->reactants, r);
    const double *order = network->orders + network->reactants.start[r];
    if (count == 1 && order[0] == 2) {
        f->a = f->b = species[0];
        return;
    }
    f->general = count > 2;
    for (uint32_t i = 0; i < count; i++)
        f->general = f->general || order[i] != 1;
    if (f->general)
        return;
    if (count > 0)
        f->a = species[0];
    if (count > 1)
        f->b = species[1];
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

bx_derivatives *bx_derivatives_new(const bx_network *network, const uint32_t *position, size_t size,
                                   bx_error *err)
{
    bx_derivatives *flux = calloc(1, sizeof *flux);
    if (!flux) {
        bx_fail_memory(err);
        return NULL;
    }
    flux->network = network;
    flux->size = size;
    flux->code = malloc((network->program.count + 1) * sizeof *flux->code);
    flux->factors = calloc(network->reactions + 1, sizeof *flux->factors);
    flux->rates = calloc(network->reactions + 1, sizeof *flux->rates);
    flux->start = calloc(size + 2, sizeof *flux->start);
    flux->parts = calloc(network->changes.start[network->changes.rows] + 1, sizeof *flux->parts);
    if (!flux->code || !flux->factors || !flux->rates || !flux->start || !flux->parts) {
        bx_derivatives_free(flux);
        bx_fail_memory(err);
        return NULL;
    }
    collect_code(flux);
    for (size_t r = 0; r < network->reactions; r++)
        choose_factors(flux, r);
    collect_parts(flux, position);
    return flux;
}

void bx_derivatives_free(bx_derivatives *flux)
{
    if (!flux)
        return;
    free(flux->code);
    free(flux->factors);
    free(flux->rates);
    free(flux->start);
    free(flux->parts);
    free(flux);
}

void bx_derivatives_evaluate(const bx_derivatives *flux, double *frame, double *derivatives)
{
    const bx_network *network = flux->network;
    bx_program_run(flux->code, flux->code + flux->count, frame);
    double *rates = flux->rates;
    for (size_t r = 0; r < network->reactions; r++) {
        const factors *f = &flux->factors[r];
        rates[r] = f->general ? bx_mass_action_rate(network, r, frame[f->k], frame)
                              : frame[f->k] * frame[f->a] * frame[f->b];
    }
    const part *p = flux->parts;
    for (size_t i = 0; i < flux->size; i++) {
        double sum = 0;
        for (const part *end = flux->parts + flux->start[i + 1]; p != end; p++)
            sum += p->amount * rates[p->reaction];
        derivatives[i] = sum;
    }
}
