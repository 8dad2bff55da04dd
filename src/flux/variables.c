/* Variables of one's own beside the fluxes. */
#include "flux/model.h"

#include "core/array.h"

#include <stdlib.h>
#include <string.h>

#define VARIABLES 10000 /* they are found by looking at all */

size_t bx_fba_variables(const bx_fba *fba)
{
    return fba->variable_count;
}

bx_fba_variable bx_fba_variable_of(const bx_fba *fba, size_t variable)
{
    const bx_fba_own_variable *v = &fba->variables[variable];
    return (bx_fba_variable){v->id, v->domain, v->lower, v->upper, v->objective};
}

size_t bx_fba_find_variable(const bx_fba *fba, const char *id)
{
    for (size_t i = 0; i < fba->variable_count; i++)
        if (strcmp(fba->variables[i].id, id) == 0)
            return i;
    return BX_FBA_NONE;
}

bool bx_fba_has_whole(const bx_fba *fba)
{
    for (size_t i = 0; i < fba->variable_count; i++)
        if (fba->variables[i].domain != BX_FBA_CONTINUOUS)
            return true;
    return false;
}

size_t bx_fba_column_of(const bx_fba *fba, bx_fba_part part)
{
    return part.variable ? fba->reaction_count + part.reaction : part.reaction;
}

static int check_numbers(const bx_fba_variable *v, bx_error *err)
{
    if (bx_fba_check_bounds("variable", v->id, v->lower, v->upper, err) < 0 ||
        bx_fba_check_coefficient(v->objective, "objective of variable", v->id, err) < 0)
        return -1;
    return v->domain != BX_FBA_BINARY || (v->lower >= 0 && v->upper <= 1)
               ? 0
               : bx_fail(err, BX_EMODEL,
                         "variable \"%.64s\": a binary one is within 0 and 1, not %g and %g", v->id,
                         v->lower, v->upper);
}

int bx_fba_add_variable(bx_fba *fba, const bx_fba_variable *from, bx_error *err)
{
    size_t length = strlen(from->id);
    if (fba->variable_count >= VARIABLES)
        return bx_fail(err, BX_EMODEL, "there are %d variables: no more fit", VARIABLES);
    if (length == 0 || length > BX_NAME_LENGTH)
        return bx_fail(err, BX_EMODEL, "a variable's id has 1 to %d bytes, got %zu: \"%.40s\"",
                       BX_NAME_LENGTH, length, from->id);
    if (bx_fba_find_variable(fba, from->id) != BX_FBA_NONE)
        return bx_fail(err, BX_EMODEL, "there are two variables \"%.64s\"", from->id);
    if (bx_fba_find_reaction(fba, from->id) != BX_FBA_NONE)
        return bx_fail(err, BX_EMODEL, "variable \"%.64s\": a reaction is called so", from->id);
    if (check_numbers(from, err) < 0 || bx_fba_own(fba, err) < 0)
        return -1;
    bx_fba_own_variable *grown =
        bx_array_grow(fba->variables, fba->variable_count, &fba->variable_capacity, sizeof *grown);
    if (grown)
        fba->variables = grown;
    char *id = grown ? strdup(from->id) : NULL;
    if (!id)
        return bx_fail_memory(err);
    grown[fba->variable_count++] =
        (bx_fba_own_variable){id, from->domain, from->lower, from->upper, from->objective};
    bx_fba_forget_program(fba);
    return 0;
}

int bx_fba_set_variable(bx_fba *fba, size_t variable, double lower, double upper, double objective,
                        bx_error *err)
{
    bx_fba_own_variable *v = &fba->variables[variable];
    if (check_numbers(&(bx_fba_variable){v->id, v->domain, lower, upper, objective}, err) < 0)
        return -1;
    v->lower = lower;
    v->upper = upper;
    v->objective = objective;
    return 0;
}

static void drop_from(bx_fba_sums *sums, size_t variable)
{
    for (size_t i = 0; i < sums->count; i++) {
        bx_fba_sum *sum = &sums->items[i];
        size_t left = 0;
        for (size_t k = 0; k < sum->part_count; k++) {
            bx_fba_part part = sum->parts[k];
            if (part.variable && part.reaction == variable)
                continue;
            part.reaction -= part.variable && part.reaction > variable;
            sum->parts[left++] = part;
        }
        sum->part_count = left;
    }
}

int bx_fba_remove_variable(bx_fba *fba, size_t variable, bx_error *err)
{
    if (bx_fba_own(fba, err) < 0)
        return -1;
    bx_fba_own_variable *gone = &fba->variables[variable];
    free(gone->id);
    memmove(gone, gone + 1, (--fba->variable_count - variable) * sizeof *gone);
    drop_from(&fba->constraints, variable);
    drop_from(&fba->objectives, variable);
    bx_fba_forget_program(fba);
    return 0;
}
