/* Geometric flux balance: of all optima the one in the middle (Smallbone & Simeonidis, J. Theor.
 * Biol. 258:311, 2009). */
#include "flux/tools.h"
#include "flux/variability.h"

#include <math.h>
#include <stdlib.h>

#define MOST_ROUNDS 200
#define NARROW 1e-6 /* a range of less is one flux, beside its size */

typedef struct geometric {
    double *fluxes;
    size_t *all; /* reactions */
    double *least, *greatest;
    double *centre; /* of each column that is left */
} geometric;

/* The middle of what each column can be; whether it can be much else. */
static bool find_centre(const bx_face *face, geometric *g)
{
    bool wide = false;
    for (size_t r = 0; r < face->reduction->whole; r++) {
        uint32_t j = face->reduction->column[r];
        double middle = 0.5 * (g->least[r] + g->greatest[r]);
        if (j == BX_REDUCTION_FIXED)
            continue;
        wide = wide || g->greatest[r] - g->least[r] > NARROW * (1 + fabs(middle));
        g->centre[j] = middle / face->reduction->factor[r];
    }
    return wide;
}

static int use_geometric(bx_face *face, void *data, bx_error *err)
{
    geometric *g = data;
    bool wide = true;
    g->centre = calloc(face->reduction->problem.columns + 1, sizeof *g->centre);
    int result = g->centre ? 0 : bx_fail_memory(err);
    for (int round = 0; result == 0 && wide; round++) {
        if (round == MOST_ROUNDS)
            result = bx_fail(err, BX_ESIMULATION,
                             "geometric flux balance: ranges are not narrow after %d rounds",
                             MOST_ROUNDS);
        if (result == 0)
            result = bx_face_nearest(face, g->centre, g->fluxes, err);
        if (result == 0)
            result =
                bx_face_survey(face, g->all, face->reduction->whole, g->least, g->greatest, err);
        wide = result == 0 && find_centre(face, g);
    }
    free(g->centre);
    return result;
}

int bx_fba_geometric(bx_fba *fba, bx_fba_solution *solution, double *fluxes, bx_error *err)
{
    size_t count = fba->reaction_count;
    if (bx_fba_optimise(fba, solution, err) < 0)
        return -1;
    if (solution->status != BX_FBA_OPTIMAL)
        return 0;
    geometric g = {.fluxes = fluxes,
                   .all = calloc(count + 1, sizeof *g.all),
                   .least = calloc(2 * count + 1, sizeof *g.least)};
    int result = g.all && g.least ? 0 : bx_fail_memory(err);
    if (result == 0) {
        for (size_t r = 0; r < count; r++)
            g.all[r] = r;
        g.greatest = g.least + count;
        result = bx_face_run(fba, 1, use_geometric, &g, err);
    }
    free(g.all);
    free(g.least);
    return result;
}
