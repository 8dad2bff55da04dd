/* Derivatives that are carried along with an objective's experiments. What the solver does not see,
 * setting values at the beginning and between periods, is differentiated here. */
#include "analysis/objective_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t settable(const bx_network *network)
{
    return network->species + network->parameters;
}

/* ---- set-up ---- */

bool bx_experiment_names(const bx_experiment *e, size_t parameter)
{
    for (size_t i = 0; i < e->period_count; i++) {
        for (size_t j = 0; j < e->periods[i].change_count; j++) {
            const bx_sourced *value = &e->periods[i].changes[j].value;
            size_t names = value->expression ? bx_expression_names(value->expression) : 0;
            for (size_t k = 0; k < names; k++)
                if (value->sources[k].kind == BX_FROM_PARAMETER &&
                    value->sources[k].index == parameter)
                    return true;
        }
    }
    return false;
}

static bx_following *make(size_t most, bx_error *err)
{
    bx_following *f = calloc(1, sizeof *f);
    if (f) {
        f->directions = calloc(most + 1, sizeof *f->directions);
        f->names = calloc(most + 1, sizeof *f->names);
    }
    if (f && f->directions && f->names)
        return f;
    bx_following_free(f);
    bx_fail_memory(err);
    return NULL;
}

/* By as many as it has now. */
static bx_following *finish(bx_following *f, const bx_objective *o, bx_error *err)
{
    size_t slots = settable(o->begin->network);
    f->tangent = bx_tangent_new(o->begin->network, f->count, err);
    f->rows = calloc(slots * f->count + 1, sizeof *f->rows);
    f->base = calloc(slots * f->count + 1, sizeof *f->base);
    f->value = calloc(f->count + 1, sizeof *f->value);
    if (f->tangent && f->rows && f->base && f->value)
        return f;
    if (f->tangent)
        bx_fail_memory(err);
    bx_following_free(f);
    return NULL;
}

bx_following *bx_following_new(const bx_objective *o, const bx_experiment *e, bx_error *err)
{
    bx_following *f = make(o->parameter_count, err);
    for (size_t i = 0; f && i < o->parameter_count; i++) {
        const bx_parameter *p = &o->parameters[i];
        if (!p->estimated || (o->parameter_slots[i] == BX_NAME_NONE && !bx_experiment_names(e, i)))
            continue;
        f->names[f->count] = p->id;
        f->directions[f->count++] = i;
    }
    return f ? finish(f, o, err) : NULL;
}

bx_following *bx_following_wide(const bx_objective *o, size_t columns, bx_error *err)
{
    bx_following *f = make(columns + o->parameter_count, err);
    for (size_t j = 0; f && j < columns + o->parameter_count; j++)
        f->directions[f->count++] = j < columns ? BX_NAME_NONE : j - columns;
    return f ? finish(f, o, err) : NULL;
}

void bx_following_free(bx_following *f)
{
    if (!f)
        return;
    free(f->directions);
    free(f->names);
    bx_tangent_free(f->tangent);
    free(f->rows);
    free(f->base);
    free(f->value);
    free(f);
}

/* ---- rows ---- */

static double *row_of(const bx_following *f, size_t slot)
{
    return f->rows + slot * f->count;
}

/* Have the tangent hold the present rows. */
static void load(bx_following *f, size_t slots)
{
    bx_tangent_begin(f->tangent, NULL, NULL, NULL, NULL);
    for (size_t slot = 0; slot < slots; slot++)
        for (size_t j = 0; j < f->count; j++)
            if (row_of(f, slot)[j] != 0) {
                memcpy(bx_tangent_edit(f->tangent, (uint32_t)slot), row_of(f, slot),
                       f->count * sizeof *f->rows);
                break;
            }
}

/* Initial formulas follow the rows, and their rows are ours. */
static int follow(bx_objective *o, bx_following *f, bx_error *err)
{
    const bx_state *state = bx_cell_state(o->cell);
    size_t slots = settable(state->network);
    for (size_t i = 0; i < state->network->initial_count; i++) {
        uint32_t slot = state->network->initials[i].target;
        if (slot < slots && !state->held[slot]) /* what they made of other values */
            memset(row_of(f, slot), 0, f->count * sizeof *f->rows);
    }
    load(f, slots);
    if (bx_tangent_follow(f->tangent, state->held, state->frame, err) < 0)
        return -1;
    for (size_t slot = 0; slot < slots; slot++)
        memcpy(row_of(f, slot), bx_tangent_row(f->tangent, (uint32_t)slot),
               f->count * sizeof *f->rows);
    return 0;
}

/* The rows of rules at the cell's present state are the tangent's then. */
static void refresh(bx_objective *o, bx_following *f)
{
    const bx_state *state = bx_cell_state(o->cell);
    load(f, settable(state->network));
    bx_cell_values(o->cell);
    bx_tangent_rules(f->tangent, state->frame, true);
}

void bx_following_columns(bx_objective *o, bx_following *f, double *out)
{
    refresh(o, f);
    for (size_t c = 0; c < o->column_count; c++)
        memcpy(out + c * f->count, bx_tangent_row(f->tangent, (uint32_t)o->columns[c]),
               f->count * sizeof *out);
}

int bx_following_begin(bx_objective *o, bx_following *f, bx_error *err)
{
    size_t slots = settable(o->begin->network);
    memset(f->rows, 0, slots * f->count * sizeof *f->rows);
    for (size_t j = 0; j < f->count; j++) {
        size_t slot = o->parameter_slots[f->directions[j]];
        if (slot == BX_NAME_NONE)
            continue;
        size_t rule = slot - slots;
        const bx_network *network = o->begin->network;
        double unit = 1;
        if (slot >= slots) { /* a concentration */
            unit = bx_cell_values(o->cell)[network->rule_size[rule]];
            slot = network->rule_amount[rule];
        }
        row_of(f, slot)[j] = unit;
    }
    if (follow(o, f, err) < 0)
        return -1;
    memcpy(f->base, f->rows, slots * f->count * sizeof *f->rows);
    return 0;
}

/* The row of what a change sets, by the values before it; `f->tangent` has the rows then. */
static void differentiate(const bx_objective *o, const bx_following *f, const bx_change *change,
                          double *out)
{
    size_t slots = settable(o->begin->network);
    memset(out, 0, f->count * sizeof *out);
    if (!change->value.expression) {
        memcpy(out, change->slot < slots ? f->base + change->slot * f->count : out,
               f->count * sizeof *out);
        return;
    }
    const double *slopes = bx_expression_gradient(change->value.expression);
    for (size_t i = 0; i < bx_expression_names(change->value.expression); i++) {
        const bx_source *source = &change->value.sources[i];
        if (slopes[i] == 0)
            continue;
        for (size_t j = 0; j < f->count; j++) {
            if (source->kind == BX_FROM_CELL)
                out[j] += slopes[i] * bx_tangent_row(f->tangent, (uint32_t)source->index)[j];
            else if (f->directions[j] == source->index)
                out[j] += slopes[i];
        }
    }
}

/* amount = value size */
static void set_amount(const bx_objective *o, const bx_following *f, size_t rule, const double *row,
                       double value)
{
    const bx_network *network = o->begin->network;
    size_t size = network->rule_size[rule];
    double *amount = row_of(f, network->rule_amount[rule]);
    const double *frame = bx_cell_state(o->cell)->frame;
    for (size_t j = 0; j < f->count; j++)
        amount[j] =
            row[j] * frame[size] + (size < settable(network) ? value * row_of(f, size)[j] : 0);
}

/* Concentrations whose size was set keep their values: rows likewise. */
static void keep_quotients(const bx_objective *o, const bx_following *f, const double *before)
{
    const bx_network *network = o->begin->network;
    size_t slots = settable(network);
    const double *frame = bx_cell_state(o->cell)->frame;
    for (size_t i = 0; i < network->rules; i++) {
        if (!bx_network_resized(network, i, frame, before))
            continue;
        memcpy(f->value, bx_tangent_row(f->tangent, (uint32_t)(slots + i)),
               f->count * sizeof *f->value);
        set_amount(o, f, i, f->value, before[slots + i]);
    }
}

static bool is_skipped(const bx_objective *o, const bx_change *change, bool first)
{
    return !change->value.expression && (first || bx_cell_moves(o->cell, change->slot));
}

/* The cell stands as it was before; then as it is after the period has set values. */
static int set_rows(bx_objective *o, bx_following *f, const bx_period *period, bool first,
                    const double *before, const double *made, bx_error *err)
{
    size_t slots = settable(o->begin->network);
    for (size_t i = 0; i < period->change_count; i++)
        if (!is_skipped(o, &period->changes[i], first) && period->changes[i].slot < slots)
            memcpy(row_of(f, period->changes[i].slot), made + i * f->count,
                   f->count * sizeof *f->rows);
    if (first && follow(o, f, err) < 0)
        return -1;
    if (!first)
        keep_quotients(o, f, before);
    const double *now = bx_cell_values(o->cell);
    for (size_t i = 0; i < period->change_count; i++)
        if (!is_skipped(o, &period->changes[i], first) && period->changes[i].slot >= slots)
            set_amount(o, f, period->changes[i].slot - slots, made + i * f->count,
                       now[period->changes[i].slot]);
    return first ? follow(o, f, err) : 0;
}

int bx_following_set(bx_objective *o, bx_following *f, const bx_period *period, bool first,
                     const double *before, bx_error *err)
{
    double *made = calloc(period->change_count * f->count + 1, sizeof *made);
    double *present = calloc(bx_cell_variables(o->cell) + 1, sizeof *present);
    int result = made && present ? 0 : bx_fail_memory(err);
    if (result == 0) {
        /* rules' rows by the values before: those of now are put back */
        double *frame = bx_cell_state(o->cell)->frame;
        size_t slots = settable(o->begin->network);
        memcpy(present, frame, slots * sizeof *present);
        memcpy(frame, before, slots * sizeof *present);
        load(f, slots);
        bx_tangent_rules(f->tangent, frame, true);
        memcpy(frame, present, slots * sizeof *present);
        bx_network_rules(o->begin->network, frame);
        for (size_t i = 0; i < period->change_count; i++)
            if (!is_skipped(o, &period->changes[i], first))
                differentiate(o, f, &period->changes[i], made + i * f->count);
        result = set_rows(o, f, period, first, before, made, err);
    }
    free(made);
    free(present);
    return result;
}
