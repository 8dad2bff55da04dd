#include "analysis/linearization.h"

#include <stdlib.h>

int bx_linearization_open(bx_linearization *l, const bx_steady *steady,
                          const bx_steady_state *state, bx_error *err)
{
    if (bx_system_open(&l->system, steady->network, err) < 0 ||
        bx_newton_open(&l->newton, &l->system, err) < 0)
        return -1;
    l->state = calloc(l->system.size + 1, sizeof *l->state);
    if (!l->state)
        return bx_fail_memory(err);
    bx_system_load(&l->system, state->frame);
    bx_system_state(&l->system, l->state);
    if (bx_newton_fix(&l->newton, l->state, err) < 0)
        return -1;
    l->link = bx_conservation_link(l->newton.laws);
    l->reduced = bx_newton_reduced(&l->newton);
    return l->link && l->reduced ? 0 : bx_fail_memory(err);
}

void bx_linearization_close(bx_linearization *l)
{
    bx_newton_close(&l->newton);
    bx_system_close(&l->system);
    free(l->state);
    bx_matrix_free(l->link);
    bx_matrix_free(l->reduced);
}
