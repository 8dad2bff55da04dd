/* Adjoints of what an objective's experiments give, carried back along their paths. The solver's
 * part is the engine's; values that are set at the beginning, and between periods, are here. */
#include "analysis/objective_parts.h"

#include <stdlib.h>
#include <string.h>

static size_t settable(const bx_objective *o)
{
    return o->begin->network->species + o->begin->network->parameters;
}

/* ---- set-up ---- */

/* What parameters and experiments may move, and so initial formulas. */
static void mark_live(const bx_objective *o, bool *live)
{
    const bx_network *network = o->begin->network;
    size_t slots = settable(o);
    for (size_t slot = 0; slot < slots; slot++)
        live[slot] = slot < network->species || network->computed[slot];
    for (size_t i = 0; i < network->unknown_count; i++) /* from where a solution is sought */
        live[network->rule_amount[network->unknowns[i]]] = true;
    for (size_t i = 0; i < o->parameter_count; i++)
        if (o->parameters[i].estimated && o->parameter_slots[i] < slots)
            live[o->parameter_slots[i]] = true;
    for (size_t i = 0; i < o->experiment_count; i++)
        for (size_t j = 0; j < o->experiments[i].period_count; j++)
            for (size_t k = 0; k < o->experiments[i].periods[j].change_count; k++)
                if (o->experiments[i].periods[j].changes[k].slot < slots)
                    live[o->experiments[i].periods[j].changes[k].slot] = true;
}

static int make(bx_returning *r, const bx_objective *o, bx_error *err)
{
    bool *live = calloc(settable(o) + 1, sizeof *live);
    r->slots = calloc(o->column_count + 1, sizeof *r->slots);
    if (live && r->slots) {
        mark_live(o, live);
        r->path = bx_path_new(o->begin->network, live, o->parameter_count, err);
    } else
        bx_fail_memory(err);
    free(live);
    if (!r->path)
        return -1;
    for (size_t i = 0; i < o->column_count; i++)
        r->slots[i] = (uint32_t)o->columns[i];
    r->columns = bx_path_columns(r->path);
    r->adjoint = calloc(bx_path_width(r->path) + 1, sizeof *r->adjoint);
    r->row = calloc(bx_path_width(r->path) + 1, sizeof *r->row);
    return r->adjoint && r->row ? 0 : bx_fail_memory(err);
}

bx_returning *bx_returning_new(const bx_objective *o, bx_error *err)
{
    bx_returning *r = calloc(1, sizeof *r);
    if (!r)
        bx_fail_memory(err);
    else if (make(r, o, err) == 0)
        return r;
    bx_returning_free(r);
    return NULL;
}

void bx_returning_free(bx_returning *r)
{
    if (!r)
        return;
    bx_path_free(r->path);
    bx_following_free(r->along);
    free(r->slots);
    free(r->adjoint);
    free(r->row);
    free(r->seeds);
    free(r);
}

/* ---- the way ---- */

/* A slot that is no column does not move. */
static int check_slot(const bx_objective *o, const bx_returning *r, size_t slot, const double *row,
                      size_t count, bx_error *err)
{
    for (size_t j = 0; bx_path_column(r->path, slot) == BX_NAME_NONE && j < count; j++)
        if (row[j] != 0)
            return bx_fail(err, BX_EMODEL, "adjoints: \"%.64s\" is not followed",
                           o->begin->network->names[slot]);
    return 0;
}

int bx_returning_begin(const bx_objective *o, bx_returning *r, const bx_following *f, bx_error *err)
{
    bx_path_clear(r->path);
    if (r->seeds)
        memset(r->seeds, 0, r->seed_capacity * sizeof *r->seeds);
    for (size_t slot = 0; slot < settable(o); slot++)
        if (check_slot(o, r, slot, f->rows + slot * f->count, f->count, err) < 0)
            return -1;
    return 0;
}

/* Rows by all columns and parameters: of what is set at the beginning, and of the present, where
 * each column is by itself. */
static int load(bx_objective *o, bx_returning *r, const bx_following *f, bx_error *err)
{
    size_t slots = settable(o), columns = r->columns;
    if (!r->along && !(r->along = bx_following_wide(o, columns, err)))
        return -1;
    bx_following *along = r->along;
    memset(along->base, 0, slots * along->count * sizeof *along->base);
    memset(along->rows, 0, slots * along->count * sizeof *along->rows);
    for (size_t slot = 0; slot < slots; slot++)
        for (size_t j = 0; j < f->count; j++)
            along->base[slot * along->count + columns + f->directions[j]] =
                f->base[slot * f->count + j];
    for (size_t c = 0; c < columns; c++)
        along->rows[bx_path_slot(r->path, c) * along->count + c] = 1;
    return 0;
}

/* Note what a slot is now, if it is not what it was. */
static int note(const bx_objective *o, bx_returning *r, size_t slot, bx_error *err)
{
    const double *row = r->along->rows + slot * r->along->count;
    size_t column = bx_path_column(r->path, slot), j = 0;
    if (column == BX_NAME_NONE)
        return check_slot(o, r, slot, row, r->along->count, err);
    while (j < r->along->count && row[j] == (j == column ? 1 : 0))
        j++;
    if (j == r->along->count)
        return 0;
    memcpy(r->row, row, r->columns * sizeof *row);
    for (size_t i = 0; i < o->parameter_count; i++)
        r->row[bx_path_other(r->path, i)] = row[r->columns + i];
    return bx_path_jump_row(r->path, column, r->row, err);
}

int bx_returning_set(bx_objective *o, bx_returning *r, const bx_following *f,
                     const bx_period *period, const double *before, bx_error *err)
{
    if (load(o, r, f, err) < 0 || bx_following_set(o, r->along, period, false, before, err) < 0 ||
        bx_path_jump(r->path, err) < 0)
        return -1;
    for (size_t slot = 0; slot < settable(o); slot++)
        if (note(o, r, slot, err) < 0)
            return -1;
    return 0;
}

double *bx_returning_seeds(const bx_objective *o, bx_returning *r, size_t row)
{
    size_t needed = (row + 1) * (o->column_count + 1);
    if (needed > r->seed_capacity) {
        double *seeds = realloc(r->seeds, 2 * needed * sizeof *seeds);
        if (!seeds)
            return NULL;
        memset(seeds + r->seed_capacity, 0, (2 * needed - r->seed_capacity) * sizeof *seeds);
        r->seeds = seeds;
        r->seed_capacity = 2 * needed;
    }
    return r->seeds + row * o->column_count;
}

/* ---- back ---- */

int bx_returning_end(const bx_objective *o, bx_returning *r, const bx_following *f,
                     const bx_effort *effort, double *gradient, bx_error *err)
{
    size_t rows = bx_path_rows(r->path);
    if (rows == 0)
        return 0;
    if (!bx_returning_seeds(o, r, rows - 1))
        return bx_fail_memory(err);
    bx_path_ask ask = {.slots = r->slots,
                       .count = o->column_count,
                       .seeds = r->seeds,
                       .relative_tolerance = effort->relative_tolerance,
                       .maximum_steps = effort->maximum_steps,
                       .interrupt = effort->interrupt};
    int result = bx_path_back(r->path, &ask, r->adjoint, err);
    for (size_t j = 0; result == 0 && j < f->count; j++) {
        double sum = r->adjoint[bx_path_other(r->path, f->directions[j])];
        for (size_t c = 0; c < r->columns; c++)
            sum += r->adjoint[c] * f->rows[bx_path_slot(r->path, c) * f->count + j];
        gradient[f->directions[j]] += sum;
    }
    return result;
}
