/* Which numbers of a model differ most in size, for errors about that. */
#include "flux/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct extremes {
    double least, greatest, bound; /* in size, but 0 and infinite ones */
    size_t least_row, least_column, greatest_row, greatest_column, bounded;
} extremes;

static void look_at_bound(extremes *e, double bound, size_t r)
{
    if (isinf(bound) || fabs(bound) <= e->bound)
        return;
    e->bound = fabs(bound);
    e->bounded = r;
}

static void look_at(extremes *e, const bx_fba *fba, size_t r)
{
    const bx_fba_column *reaction = &fba->reactions[r];
    for (size_t i = 0; i < reaction->entry_count; i++) {
        double size = fabs(reaction->entries[i].coefficient);
        size_t metabolite = reaction->entries[i].metabolite;
        if (size > 0 && size < e->least) {
            e->least = size;
            e->least_row = metabolite;
            e->least_column = r;
        }
        if (size > e->greatest) {
            e->greatest = size;
            e->greatest_row = metabolite;
            e->greatest_column = r;
        }
    }
    look_at_bound(e, reaction->lower, r);
    look_at_bound(e, reaction->upper, r);
}

int bx_fba_name_extremes(const bx_fba *fba, bx_error *err)
{
    extremes e = {.least = INFINITY};
    if (!err || err->code != BX_ESIMULATION || !strstr(err->message, "in size"))
        return -1;
    for (size_t r = 0; r < fba->reaction_count; r++)
        look_at(&e, fba, r);
    size_t used = strlen(err->message);
    if (e.greatest > 0)
        snprintf(err->message + used, sizeof err->message - used,
                 "; coefficients are from %g (metabolite \"%.64s\" in reaction \"%.64s\") to %g "
                 "(\"%.64s\" in \"%.64s\"), bounds up to %g (\"%.64s\")",
                 e.least, fba->metabolites[e.least_row].id, fba->reactions[e.least_column].id,
                 e.greatest, fba->metabolites[e.greatest_row].id,
                 fba->reactions[e.greatest_column].id, e.bound, fba->reactions[e.bounded].id);
    return -1;
}
