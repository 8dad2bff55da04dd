/* Derivatives of the solution by parameters and initial values. With y' = f(t, y, p) each column
 * s = dy/dp obeys s' = f_y s + f_p, which is solved for together with y: CVODE's state is y and the
 * columns behind it, with the same Newton matrix for each (the simultaneous corrector of Maly and
 * Petzold, Appl. Numer. Math. 20, 57, 1996). Where they jump is ode_crossing.c's. */
#include "engine/deterministic/ode_tangent.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So often the solver starts anew at one time where no step is short enough. */
#define MOST_AGAIN 5

/* The absolute part of what an error may be: of the number's largest value, of the largest of its
 * column, and of what it would come to in the run at its highest rate of late; and that rate times
 * what the time is known to. */
#define OF_LARGEST 1e-4
#define OF_COLUMN 1e-6
#define FROM_0 1e-8
#define OF_TIME 1e-13
#define OF_LATE 0.9 /* a rate counts for so much of itself a step later */
#define TINY 1e-100
#define ROUNDINGS 4   /* beside one of each term of a rate */
#define NOISE_STEPS 8 /* it is computed for as many steps, but for the first */

/* ---- between the solver's state and rows ---- */

void bx_ode_tangent_take(bx_ode *ode, const double *y)
{
    bx_ode_tangent *t = ode->tangent;
    if (t->jumps)
        return;
    for (size_t i = 0; i < ode->moving_species; i++) {
        double *row = bx_tangent_edit(t->tangent, ode->species[i]);
        for (size_t j = 0; j < t->count; j++)
            row[j] = y[(j + 1) * t->size + i];
    }
}

void bx_ode_tangent_give(const bx_ode *ode, double *y)
{
    const bx_ode_tangent *t = ode->tangent;
    if (t->jumps)
        return;
    memset(y + t->size, 0, t->count * t->size * sizeof *y);
    for (size_t i = 0; i < ode->moving_species; i++) {
        const double *row = bx_tangent_row(t->tangent, ode->species[i]);
        for (size_t j = 0; j < t->count; j++)
            y[(j + 1) * t->size + i] = row[j];
    }
}

bool bx_ode_tangent_differentiate(bx_ode *ode, const double *y, double *out)
{
    bx_ode_tangent *t = ode->tangent;
    double sum = 0;
    if (t->jumps)
        return true;
    bx_ode_tangent_take(ode, y);
    memset(t->rates, 0, t->size * t->stride * sizeof *t->rates);
    bx_tangent_rates(t->tangent, ode->simulation->frame, ode->position, t->stride, t->rates);
    for (size_t j = 0; j < t->count; j++)
        for (size_t i = 0; i < t->size; i++) {
            double rate = t->rates[i * t->stride + j], size = fabs(rate);
            out[(j + 1) * t->size + i] = rate;
            sum += rate * 0;
            if (size > t->fastest[j * t->size + i])
                t->fastest[j * t->size + i] = size;
        }
    return sum == 0;
}

/* How far rounding moves each number within a second. */
static void note_noise(bx_ode *ode, const double *y)
{
    bx_ode_tangent *t = ode->tangent;
    bx_ode_load(ode, y, bx_ode_now(ode));
    bx_ode_tangent_take(ode, y);
    memset(t->rates, 0, t->size * t->stride * sizeof *t->rates);
    bx_tangent_sizes(t->tangent, ode->simulation->frame, ode->position, t->stride, t->rates);
    for (size_t j = 0; j < t->count; j++)
        for (size_t i = 0; i < t->size; i++) {
            double size = t->rates[i * t->stride + j];
            t->noise[j * t->size + i] = isfinite(size) ? ROUNDINGS * DBL_EPSILON * size : 0;
        }
}

/* How far noise in the others of a column moves each number of it within a second. */
static void spread_noise(const bx_ode *ode, size_t column, double step)
{
    bx_ode_tangent *t = ode->tangent;
    const double *noise = t->noise + column * t->size;
    const double *memory = bx_tolerance_memory(ode->tolerance);
    memset(t->spread, 0, t->size * sizeof *t->spread);
    if (!ode->jacobian)
        return;
    const bx_csr *pattern = bx_jacobian_pattern(ode->jacobian);
    for (size_t k = 0; k < t->size; k++) {
        double moved = noise[k] * fmin(step, memory[k]);
        for (uint32_t e = pattern->start[k]; moved > 0 && e < pattern->start[k + 1]; e++)
            if (pattern->items[e] != k)
                t->spread[pattern->items[e]] += fabs(ode->entries[e]) * moved;
    }
}

void bx_ode_tangent_weigh(bx_ode *ode, const double *y, double step, double *weights)
{
    bx_ode_tangent *t = ode->tangent;
    const bx_run *run = ode->simulation->run;
    if (t->jumps)
        return;
    const double *memory = bx_tolerance_memory(ode->tolerance);
    if (t->weighed++ % NOISE_STEPS == 0 || t->weighed < NOISE_STEPS)
        note_noise(ode, y);
    double relative = bx_tolerance_relative(ode->tolerance);
    double time = OF_TIME * fabs(bx_ode_now(ode));
    double apart = sqrt((double)(t->count + 1)); /* the norm is that of one column */
    for (size_t j = 0; j < t->count; j++) {
        const double *column = y + (j + 1) * t->size;
        double *largest = t->largest + j * t->size, *fastest = t->fastest + j * t->size;
        double reach = FROM_0 * run->duration;
        for (size_t i = 0; i < t->size; i++) {
            double size = fabs(column[i]);
            if (size > largest[i])
                largest[i] = size;
            t->column_largest[j] = fmax(t->column_largest[j], fmax(size, reach * fastest[i]));
        }
        spread_noise(ode, j, step);
        for (size_t i = 0; i < t->size; i++) {
            double scale = fmax(OF_LARGEST * largest[i], OF_COLUMN * t->column_largest[j]);
            scale = fmax(scale, reach * fastest[i]);
            double rounding = (t->noise[j * t->size + i] + t->spread[i]) * fmin(step, memory[i]);
            double allowed = relative * (fabs(column[i]) + scale) + time * fastest[i];
            weights[(j + 1) * t->size + i] = 1 / (fmax(allowed / apart, rounding) + TINY);
            fastest[i] *= OF_LATE;
        }
    }
}

/* ---- a run ---- */

bool bx_ode_tangent_again(bx_ode *ode, double time)
{
    bx_ode_tangent *t = ode->tangent;
    if (t->jumps)
        return false;
    t->again = time > t->stuck_at ? 0 : t->again + 1;
    t->stuck_at = time;
    return t->again < MOST_AGAIN;
}

void bx_ode_tangent_restart(bx_ode *ode)
{
    if (!ode->tangent->jumps)
        bx_tangent_rules(ode->tangent->tangent, ode->simulation->frame, true);
}

static size_t settable(const bx_ode *ode)
{
    return ode->network->species + ode->network->parameters;
}

int bx_ode_tangent_begin(bx_ode *ode, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bx_simulation *s = ode->simulation;
    if (bx_tangent_begin(t->tangent, s->run->by_given ? NULL : s->run->by, s->held, s->frame, err) <
        0)
        return -1;
    for (uint32_t slot = 0; s->run->by_given && slot < settable(ode); slot++)
        memcpy(bx_tangent_edit(t->tangent, slot), s->run->by_rows + slot * t->count,
               t->count * sizeof *t->out);
    memset(t->largest, 0, t->count * t->size * sizeof *t->largest);
    memset(t->fastest, 0, t->count * t->size * sizeof *t->fastest);
    t->weighed = 0;
    memset(t->column_largest, 0, t->count * sizeof *t->column_largest);
    if (t->jumps)
        bx_ode_path_begin(ode);
    t->arrived = t->crossed = t->stuck_at = -INFINITY;
    t->scale = 0;
    t->sides_known = false;
    for (size_t i = 0; !s->run->by_given && !t->jumps && i < s->events->firing_count; i++) {
        /* of a run before: they are given */
        free(s->events->firings[i].tangents);
        s->events->firings[i].tangents = NULL;
    }
    s->events->follower = &t->follower;
    memcpy(t->truth, s->events->truth, ode->network->logic_count);
    t->cascade = false;
    free(t->out);
    t->out = calloc(s->column_count * t->count + 1, sizeof *t->out);
    return t->out ? 0 : bx_fail_memory(err);
}

void bx_ode_tangent_end(const bx_ode *ode)
{
    const bx_ode_tangent *t = ode->tangent;
    double *rows = t->jumps ? NULL : ode->simulation->run->by_rows;
    for (uint32_t slot = 0; rows && slot < settable(ode); slot++)
        memcpy(rows + slot * t->count, bx_tangent_row(t->tangent, slot), t->count * sizeof *rows);
}

int bx_ode_tangent_record(bx_ode *ode, double time, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    const bx_simulation *s = ode->simulation;
    if (t->jumps || !s->run->derivatives)
        return 0;
    if (s->records_rules)
        bx_tangent_rules(t->tangent, s->frame, true);
    for (size_t c = 0; c < s->column_count; c++)
        memcpy(t->out + c * t->count, bx_tangent_row(t->tangent, s->columns[c]),
               t->count * sizeof *t->out);
    return s->run->derivatives(s->run->derivatives_data, time, s->row, t->out)
               ? bx_fail(err, BX_ECANCELLED, "the rows were refused at time %g s", time)
               : 0;
}

int bx_ode_tangent_check(bx_ode *ode, double time, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    size_t function, variable;
    if (t->jumps)
        return 0;
    const double *y = N_VGetArrayPointer(ode->y);
    const char *const *by = ode->simulation->run->by;
    bx_ode_load(ode, y, time);
    bx_ode_tangent_differentiate(ode, y, N_VGetArrayPointer(ode->between));
    if (!bx_tangent_not_finite(t->tangent, &function, &variable))
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "sensitivities: at time %g s the derivative of %s by \"%.64s\" is not finite",
                   time, bx_tangent_label(t->tangent, function).text,
                   by ? by[variable] : "what is followed");
}

/* ---- set-up ---- */

void bx_ode_tangent_free(bx_ode_tangent *t)
{
    if (!t)
        return;
    bx_tangent_free(t->tangent);
    free(t->block);
    free(t->out);
    free(t->truth);
    free(t);
}

/* All of one block. */
static int allocate(bx_ode_tangent *t, const bx_network *network)
{
    size_t n = t->size, outcomes;
    bx_tangent_breakers(t->tangent, &outcomes);
    struct {
        double **at;
        size_t count;
    } parts[] = {{&t->rates, n * t->stride},
                 {&t->noise, n * t->count},
                 {&t->largest, n * t->count},
                 {&t->fastest, n * t->count},
                 {&t->column_largest, t->count},
                 {&t->spread, n},
                 {&t->arrived_y, n},
                 {&t->arrived_f, n},
                 {&t->arrived_rows, n * t->stride},
                 {&t->now_rows, n * t->stride},
                 {&t->y, n},
                 {&t->f, n},
                 {&t->after_y, n},
                 {&t->after_f, n},
                 {&t->sides, outcomes},
                 {&t->after, outcomes},
                 {&t->before_levels, outcomes},
                 {&t->after_levels, outcomes},
                 {&t->crossing, t->count},
                 {&t->cascade_times, t->count},
                 {&t->times, t->count},
                 {&t->row, t->stride},
                 {&t->moved, network->assignment_count * t->count}};
    size_t total = 0, count = sizeof parts / sizeof *parts;
    for (size_t i = 0; i < count; i++)
        total += parts[i].count;
    double *next = t->block = calloc(total + 1, sizeof *next);
    for (size_t i = 0; next && i < count; next += parts[i++].count)
        *parts[i].at = next;
    t->truth = calloc(network->logic_count + 1, 1);
    return t->block && t->truth ? 0 : -1;
}

bx_ode_tangent *bx_ode_tangent_new(bx_ode *ode, size_t count, bool jumps, bx_error *err)
{
    bx_ode_tangent *t = calloc(1, sizeof *t);
    if (!t) {
        bx_fail_memory(err);
        return NULL;
    }
    t->count = count;
    t->stride = count + 1;
    t->size = ode->size;
    t->jumps = jumps;
    t->follower =
        (bx_follower){bx_ode_tangent_triggered, bx_ode_tangent_fires, bx_ode_tangent_fired, ode};
    t->tangent = bx_tangent_new(ode->network, count, err);
    if (t->tangent && allocate(t, ode->network) == 0)
        return t;
    if (t->tangent)
        bx_fail_memory(err);
    bx_ode_tangent_free(t);
    return NULL;
}
