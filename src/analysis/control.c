#include "analysis/control.h"

#include "analysis/linearization.h"

#include <stdlib.h>

typedef struct analysis {
    bx_linearization at;
    bx_lu *lu;
    double *column; /* by place */
} analysis;

static void end(analysis *a)
{
    bx_linearization_close(&a->at);
    bx_lu_free(a->lu);
    free(a->column);
}

static int begin(analysis *a, const bx_steady *steady, const bx_steady_state *state, bx_error *err)
{
    if (bx_linearization_open(&a->at, steady, state, err) < 0)
        return -1;
    a->column = calloc(a->at.system.size + 1, sizeof *a->column);
    a->lu = bx_lu_new(a->at.reduced->rows);
    if (!a->column || !a->lu)
        return bx_fail_memory(err);
    if (bx_lu_factor(a->lu, a->at.reduced) != 0)
        return bx_fail(
            err, BX_ESIMULATION,
            "the steady state is one of a continuum: what it answers to a change depends "
            "on the way there");
    return 0;
}

/* The change of all species that makes up for a change `net` of the derivatives of independent
 * species, by place: into `out`. */
static void answer(const analysis *a, double *net, double *out)
{
    const bx_conservation *laws = a->at.newton.laws;
    size_t at = 0;
    for (size_t i = 0; i < a->at.system.size; i++)
        if (!laws->is_dependent[i])
            net[at++] = -net[i];
    bx_lu_solve(a->lu, net);
    for (size_t i = 0; i < a->at.system.size; i++)
        out[i] = 0;
    for (size_t j = 0; j < a->at.link->columns; j++)
        for (size_t i = 0; i < a->at.system.size; i++)
            out[i] += a->at.link->column[j][i] * net[j];
}

static void add_change(const analysis *a, size_t reaction, double by, double *net)
{
    const bx_network *network = a->at.system.network;
    for (uint32_t i = network->changes.start[reaction]; i < network->changes.start[reaction + 1];
         i++)
        net[a->at.system.position[network->changes.items[i]]] += by * network->amounts[i];
}

/* What the rates become when the state changes so. */
static void follow(const bx_matrix *elasticities, const double *state, double *rates)
{
    for (size_t j = 0; j < elasticities->columns; j++)
        for (size_t r = 0; state[j] != 0 && r < elasticities->rows; r++)
            rates[r] += elasticities->column[j][r] * state[j];
}

static void control_of_rates(analysis *a, bx_control *c)
{
    for (size_t r = 0; r < a->at.system.network->reactions; r++) {
        for (size_t i = 0; i < a->at.system.size; i++)
            a->column[i] = 0;
        add_change(a, r, 1, a->column);
        answer(a, a->column, c->concentrations->column[r]);
        c->fluxes->column[r][r] = 1;
        follow(c->elasticities, c->concentrations->column[r], c->fluxes->column[r]);
    }
}

static int response_to(analysis *a, uint32_t slot, size_t column, bx_control *c, bx_error *err)
{
    double *slopes = c->slopes->column[column], *fluxes = c->flux_response->column[column];
    if (bx_system_slopes(&a->at.system, slot, slopes) < 0)
        return bx_fail_memory(err);
    for (size_t i = 0; i < a->at.system.size; i++)
        a->column[i] = 0;
    for (size_t r = 0; r < a->at.system.network->reactions; r++)
        if (slopes[r] != 0)
            add_change(a, r, slopes[r], a->column);
    answer(a, a->column, c->state_response->column[column]);
    for (size_t r = 0; r < a->at.system.network->reactions; r++)
        fluxes[r] = slopes[r];
    follow(c->elasticities, c->state_response->column[column], fluxes);
    return 0;
}

int bx_control_analyse(const bx_steady *steady, const bx_steady_state *state, const uint32_t *slots,
                       size_t count, bx_control *c, bx_error *err)
{
    analysis a = {.column = NULL};
    size_t size = steady->size, reactions = steady->network->reactions;
    *c = (bx_control){.elasticities = bx_matrix_new(reactions, size),
                      .concentrations = bx_matrix_new(size, reactions),
                      .fluxes = bx_matrix_new(reactions, reactions),
                      .slopes = bx_matrix_new(reactions, count),
                      .state_response = bx_matrix_new(size, count),
                      .flux_response = bx_matrix_new(reactions, count)};
    int result = -1;
    if (!c->elasticities || !c->concentrations || !c->fluxes || !c->slopes || !c->state_response ||
        !c->flux_response)
        bx_fail_memory(err);
    else
        result = begin(&a, steady, state, err);
    if (result == 0) {
        bx_system_elasticities(&a.at.system, c->elasticities);
        control_of_rates(&a, c);
        for (size_t i = 0; result == 0 && i < count; i++)
            result = response_to(&a, slots[i], i, c, err);
    }
    end(&a);
    return result;
}

void bx_control_close(bx_control *c)
{
    bx_matrix_free(c->elasticities);
    bx_matrix_free(c->concentrations);
    bx_matrix_free(c->fluxes);
    bx_matrix_free(c->slopes);
    bx_matrix_free(c->state_response);
    bx_matrix_free(c->flux_response);
    *c = (bx_control){0};
}
