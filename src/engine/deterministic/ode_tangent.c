/* Derivatives of the solution by parameters and initial values. With y' = f(t, y, p) each column
 * s = dy/dp obeys s' = f_y s + f_p, which is solved for together with y: CVODE's state is y and the
 * columns behind it, with the same Newton matrix for each (the simultaneous corrector of Maly and
 * Petzold, Appl. Numer. Math. 20, 57, 1996).
 *
 * Where something happens at a time t* that depends on p, columns jump. With g(t*, y, p) = 0,
 *   dt*
 *   --- = - (g_y s + g_p) / (g_t + g_y f-),
 *   dp
 * and a state that becomes h(t*, y, p), with rates f- before and f+ after it, has
 *   s+ = h_y s- + h_p + (h_y f- + h_t - f+) dt* / dp
 * (Rozenvasser, Automation and Remote Control 28, 400, 1967). That is done in three steps: along
 * the course before to where t* moves, through the assignments, and back along the course after. */
#include "engine/deterministic/ode_parts.h"
#include "engine/tangent.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beside a time at which something changes at once one side of it is looked at so far away: at
 * first this part of the solver's step, and more until the change shows. */
#define BESIDE 1e-9
#define FARTHER 1e3
#define FARTHEST 1e-2
#define BESIDE_TIME 1e-13 /* and no less than this part of the time */
#define CLOSEST 1e-6      /* a shorter step counts as this part of the run */

/* So often the solver starts anew at one time where no step is short enough. */
#define MOST_AGAIN 5

/* Two numbers are the same within this part of them. */
#define ALIKE 1e-6

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

struct bx_ode_tangent {
    bx_tangent *tangent;
    size_t count, stride;              /* of columns, and with the time */
    size_t size;                       /* of the state */
    double *block;                     /* all numbers below, but what is recorded */
    double *rates;                     /* by place, a row each */
    double *noise, *largest, *fastest; /* by column and place, as in the solver's state */
    double *column_largest;
    double *out; /* what is recorded in a row */

    /* As the solver came to the present time, before anything happens there: just before it where
     * a formula may change at once there. */
    double looked_to;                /* the time just after */
    double arrived, arrived_at;      /* the present time; that before */
    double *arrived_y, *arrived_f;   /* by place */
    double *arrived_rows, *now_rows; /* by place, a row each */

    double *y, *f, *after_y, *after_f;    /* by place */
    double *before, *after;               /* outcomes of what changes at once */
    double *before_levels, *after_levels; /* what they compare or round */
    double scale;                         /* of time at present */
    size_t weighed;                       /* steps */
    double stuck_at;                      /* the last time at which no step was short enough, */
    unsigned again;                       /* and how often it was */
    double crossed; /* when it last did so, and the derivatives of that time */
    double *crossing;
    bool cascade; /* an event fired; what follows is triggered at its time: */
    double *cascade_times;
    double *times, *row, *moved;
    unsigned char *truth; /* of leaves, when events were last settled */
    bx_follower follower;
};

static double now(const bx_ode *ode)
{
    return ode->simulation->frame[ode->network->time];
}

/* ---- between the solver's state and rows ---- */

void bx_ode_tangent_take(bx_ode *ode, const double *y)
{
    bx_ode_tangent *t = ode->tangent;
    for (size_t i = 0; i < ode->moving_species; i++) {
        double *row = bx_tangent_edit(t->tangent, ode->species[i]);
        for (size_t j = 0; j < t->count; j++)
            row[j] = y[(j + 1) * t->size + i];
    }
}

void bx_ode_tangent_give(const bx_ode *ode, double *y)
{
    const bx_ode_tangent *t = ode->tangent;
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
    bx_ode_load(ode, y, now(ode));
    bx_ode_tangent_take(ode, y);
    memset(t->rates, 0, t->size * t->stride * sizeof *t->rates);
    bx_tangent_sizes(t->tangent, ode->simulation->frame, ode->position, t->stride, t->rates);
    for (size_t j = 0; j < t->count; j++)
        for (size_t i = 0; i < t->size; i++) {
            double size = t->rates[i * t->stride + j];
            t->noise[j * t->size + i] = isfinite(size) ? ROUNDINGS * DBL_EPSILON * size : 0;
        }
}

void bx_ode_tangent_weigh(bx_ode *ode, const double *y, double step, double *weights)
{
    bx_ode_tangent *t = ode->tangent;
    const bx_run *run = ode->simulation->run;
    const double *memory = bx_tolerance_memory(ode->tolerance);
    if (t->weighed++ % NOISE_STEPS == 0 || t->weighed < NOISE_STEPS)
        note_noise(ode, y);
    double relative = bx_tolerance_relative(ode->tolerance);
    double time = OF_TIME * fabs(now(ode));
    double apart = sqrt((double)(t->count + 1)); /* the norm is that of one column */
    for (size_t i = 0; i < t->size; i++)
        weights[i] *= apart;
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
        for (size_t i = 0; i < t->size; i++) {
            double scale = fmax(OF_LARGEST * largest[i], OF_COLUMN * t->column_largest[j]);
            scale = fmax(scale, reach * fastest[i]);
            double rounding = t->noise[j * t->size + i] * fmin(step, memory[i]);
            double allowed = relative * (fabs(column[i]) + scale) + time * fastest[i];
            allowed = fmax(allowed, rounding) + TINY;
            weights[(j + 1) * t->size + i] = apart / allowed;
            fastest[i] *= OF_LATE;
        }
    }
}

/* ---- rates on either side ---- */

/* The rates at a state, whose rules the frame then does not have. */
static int rates_at(bx_ode *ode, double time, const double *y, double *f, bx_error *err)
{
    return bx_ode_differentiate(ode, time, y, f)
               ? 0
               : bx_fail(err, BX_ESIMULATION,
                         "sensitivities: a rate is not finite beside time %g s, where something "
                         "changes at once",
                         time);
}

static void copy_state(const bx_ode *ode, double *y)
{
    memset(y, 0, ode->size * sizeof *y);
    for (size_t i = 0; i < ode->moving_species; i++)
        y[i] = ode->simulation->frame[ode->species[i]];
}

static void put_state(bx_ode *ode, const double *y, double time)
{
    bx_ode_load(ode, y, time);
    bx_network_rules(ode->network, ode->simulation->frame);
}

static bool may_change(const bx_ode *ode)
{
    size_t count;
    bx_tangent_breakers(ode->tangent->tangent, &count);
    return count > 0;
}

/* Of the solver, or 0 where it has just started anew. */
static double last_step(const bx_ode *ode)
{
    double step = 0;
    CVodeGetLastStep(ode->cvode, &step);
    return step;
}

static double distance(bx_ode *ode)
{
    double step = last_step(ode), *scale = &ode->tangent->scale;
    if (step > 0)
        *scale = fmax(step, CLOSEST * ode->simulation->run->duration);
    return fmax(BESIDE * *scale, BESIDE_TIME * fabs(now(ode)));
}

/* The rates of the present state in t->f, just after anything that changes at once. */
static int present_rates(bx_ode *ode, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    double time = now(ode), far = may_change(ode) ? distance(ode) : 0;
    copy_state(ode, t->y);
    int result = rates_at(ode, time, t->y, t->f, err);
    if (result == 0 && far > 0) {
        for (size_t i = 0; i < t->size; i++)
            t->after_y[i] = t->y[i] + far * t->f[i];
        result = rates_at(ode, time + far, t->after_y, t->f, err);
    }
    put_state(ode, t->y, time);
    return result;
}

/* The state at a time in the solver's last step, or before that along its course there. */
static int state_before(bx_ode *ode, double time, double *y, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    double reached = time;
    CVodeGetCurrentTime(ode->cvode, &reached);
    double begin = reached - last_step(ode), at = fmax(time, begin);
    if (CVodeGetDky(ode->cvode, at, 0, ode->between) != CV_SUCCESS)
        return bx_fail(err, BX_ESIMULATION, "the ODE solver has no state at time %g s", at);
    memcpy(y, N_VGetArrayPointer(ode->between), t->size * sizeof *y);
    if (at == time)
        return 0;
    int result = rates_at(ode, at, y, t->f, err);
    for (size_t i = 0; i < t->size; i++)
        y[i] += (time - at) * t->f[i];
    return result;
}

/* Note the state just before the present, `far` from it, where the solver has made a step. */
static int note_arrival(bx_ode *ode, double far, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bool stepped = last_step(ode) > 0; /* else it has just started from here */
    double time = now(ode), at = stepped ? time - far : ode->started;
    copy_state(ode, t->y);
    memcpy(t->arrived_y, t->y, t->size * sizeof *t->y);
    int result = stepped ? state_before(ode, at, t->arrived_y, err) : 0;
    if (result == 0)
        result = rates_at(ode, at, t->arrived_y, t->arrived_f, err);
    put_state(ode, t->y, time);
    for (size_t i = 0; i < ode->moving_species; i++) {
        double *row = t->arrived_rows + i * t->stride;
        memcpy(row, bx_tangent_row(t->tangent, ode->species[i]), t->count * sizeof *row);
        row[t->count] = t->arrived_f[i];
    }
    t->arrived = t->looked_to = time;
    t->arrived_at = at;
    return result;
}

static int arrive(bx_ode *ode, bx_error *err)
{
    if (ode->tangent->arrived == now(ode))
        return 0;
    return note_arrival(ode, may_change(ode) ? distance(ode) : 0, err);
}

static void put_rows(bx_ode *ode, const double *rows)
{
    bx_ode_tangent *t = ode->tangent;
    for (size_t i = 0; i < ode->moving_species; i++)
        memcpy(bx_tangent_edit(t->tangent, ode->species[i]), rows + i * t->stride,
               t->stride * sizeof *rows);
}

static void save_rows(bx_ode *ode, double *rows)
{
    bx_ode_tangent *t = ode->tangent;
    for (size_t i = 0; i < ode->moving_species; i++)
        memcpy(rows + i * t->stride, bx_tangent_row(t->tangent, ode->species[i]),
               t->stride * sizeof *rows);
}

/* Into the frame and rows of the arrival, with derivatives by the time, and back. */
static void go_back(bx_ode *ode)
{
    bx_ode_tangent *t = ode->tangent;
    copy_state(ode, t->y);
    save_rows(ode, t->now_rows);
    put_state(ode, t->arrived_y, t->arrived_at);
    put_rows(ode, t->arrived_rows);
    bx_tangent_move_time(t->tangent, NULL);
    bx_tangent_with_time(t->tangent, true);
    bx_tangent_rules(t->tangent, ode->simulation->frame, true);
}

static void return_from_there(bx_ode *ode)
{
    bx_ode_tangent *t = ode->tangent;
    put_state(ode, t->y, t->arrived);
    put_rows(ode, t->now_rows);
    bx_tangent_with_time(t->tangent, false);
    bx_tangent_rules(t->tangent, ode->simulation->frame, true);
}

/* ---- when something happens ---- */

/* From the derivatives of what is 0 then to those of the time. False where there are none. */
static bool time_of_root(const bx_ode_tangent *t, const double *row, double *times)
{
    double sum = 0;
    for (size_t j = 0; j < t->count; j++) {
        times[j] = row[j] == 0 ? 0 : -row[j] / row[t->count];
        sum += times[j] * 0;
    }
    return sum == 0;
}

static bool any(const double *times, size_t count)
{
    for (size_t j = 0; times && j < count; j++)
        if (times[j] != 0)
            return true;
    return false;
}

/* The times are the same but for what is nothing beside their scale. */
static bool same_times(const bx_ode_tangent *t, const double *a, const double *b)
{
    for (size_t j = 0; j < t->count; j++)
        if (!(fabs(a[j] - b[j]) <= ALIKE * (fabs(a[j]) + fabs(b[j])) + DBL_MIN))
            return false;
    return true;
}

/* Whether the rates do not change at once. */
static bool same_rates(const bx_ode_tangent *t)
{
    for (size_t i = 0; i < t->size; i++) {
        double a = t->arrived_f[i], b = t->after_f[i];
        if (!(fabs(a - b) <= ALIKE * (fabs(a) + fabs(b))))
            return false;
    }
    return true;
}

/* Look at both sides of the present, `far` from it: whether an operator is on another side. */
static int look_at_sides(bx_ode *ode, double far, bool *changed, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    double time = now(ode);
    if (note_arrival(ode, far, err) < 0)
        return -1;
    size_t count;
    bx_tangent_breakers(t->tangent, &count);
    put_state(ode, t->arrived_y, t->arrived_at);
    bx_tangent_outcomes(t->tangent, ode->simulation->frame, t->before, t->before_levels);
    for (size_t i = 0; i < t->size; i++)
        t->after_y[i] = t->y[i] + far * t->arrived_f[i];
    put_state(ode, t->after_y, t->looked_to = time + far);
    bx_tangent_outcomes(t->tangent, ode->simulation->frame, t->after, t->after_levels);
    int result = rates_at(ode, time + far, t->after_y, t->after_f, err);
    put_state(ode, t->y, time);
    *changed = false;
    for (size_t k = 0; k < count; k++)
        *changed = *changed || t->before[k] != t->after[k];
    return result;
}

/* Whether what changes with `rate` has changed by more than that. */
static bool jumps(const bx_ode_tangent *t, double before, double after, double rate)
{
    double far = 100 * fabs(rate) * (t->looked_to - t->arrived_at);
    return fabs(after - before) > far + ALIKE * fabs(before);
}

/* Why there are none. */
enum { FOUND, TOUCHES, APART, AT_BEGINNING };

/* The derivatives of the time at which operators change, in t->crossing. Those that others turn as
 * they change do not count. */
static int find_crossing(bx_ode *ode)
{
    bx_ode_tangent *t = ode->tangent;
    size_t count, found = 0;
    int result = FOUND;
    bx_tangent_breakers(t->tangent, &count);
    go_back(ode);
    for (size_t k = 0; k < count; k++) {
        if (t->before[k] == t->after[k])
            continue;
        bx_tangent_breaker(t->tangent, k, ode->simulation->frame, t->row);
        if (jumps(t, t->before_levels[k], t->after_levels[k], t->row[t->count]))
            continue;
        if (!time_of_root(t, t->row, found ? t->times : t->crossing))
            result = TOUCHES;
        else if (found && !same_times(t, t->times, t->crossing))
            result = APART;
        found++;
    }
    return_from_there(ode);
    return found ? result : TOUCHES;
}

static int fail_crossing(const bx_ode *ode, int why, bx_error *err)
{
    static const char *const reasons[] = {[TOUCHES] = ", as its condition just touches its limit",
                                          [APART] =
                                              ", with others at times that do not move together",
                                          [AT_BEGINNING] = " just as it begins"};
    const bx_ode_tangent *t = ode->tangent;
    size_t count, k = 0;
    const bx_breaker *breakers = bx_tangent_breakers(t->tangent, &count);
    while (k + 1 < count && t->before[k] == t->after[k])
        k++;
    return bx_fail(err, BX_ESIMULATION,
                   "sensitivities: at time %g s the formula of %s changes at once%s: there the "
                   "solution has no derivatives",
                   now(ode), bx_tangent_label(t->tangent, breakers[k].function).text, reasons[why]);
}

int bx_ode_tangent_cross(bx_ode *ode, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bool changed = false;
    double time = now(ode);
    if (!may_change(ode) || !(ode->started < time))
        return 0;
    for (double far = distance(ode); !changed && far <= FARTHEST * t->scale; far *= FARTHER)
        if (look_at_sides(ode, far, &changed, err) < 0)
            return -1;
    if (!changed)
        return 0;
    int why = find_crossing(ode);
    if (!why && !(ode->simulation->start < t->arrived_at) && any(t->crossing, t->count))
        why = AT_BEGINNING;
    t->crossed = why ? -INFINITY : time;
    if (same_rates(t))
        return 0;
    if (why)
        return fail_crossing(ode, why, err);
    for (size_t i = 0; i < ode->moving_species; i++) {
        double *row = bx_tangent_edit(t->tangent, ode->species[i]);
        for (size_t j = 0; j < t->count; j++)
            row[j] += (t->arrived_f[i] - t->after_f[i]) * t->crossing[j];
    }
    return 0;
}

/* ---- events ---- */

static int fail_trigger(const bx_ode *ode, size_t event, const char *why, bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION,
                   "sensitivities: %s at time %g s: %s, so that its time has "
                   "no derivatives",
                   bx_network_event_label(ode->network, event).text, now(ode), why);
}

/* Whether what a leaf compares jumped with what changed at once at the present time. */
static bool leaf_jumps(bx_ode *ode, const bx_logic *leaf, double rate)
{
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    double before = frame[leaf->slot]; /* of the arrival */
    if (t->crossed != t->arrived)
        return false;
    put_state(ode, t->y, t->arrived);
    bx_program_run_range(&ode->network->program, leaf->code, frame);
    double after = frame[leaf->slot];
    put_state(ode, t->arrived_y, t->arrived_at);
    return jumps(t, before, after, rate);
}

/* The derivatives of the time at which a leaf turned. The state is that of the arrival. */
static bool time_of_leaf(bx_ode *ode, const bx_logic *leaf, double *times)
{
    bx_ode_tangent *t = ode->tangent;
    bx_tangent_code(t->tangent, leaf->code, leaf->slot, ode->simulation->frame, t->row);
    if (leaf_jumps(ode, leaf, t->row[t->count])) {
        memcpy(times, t->crossing, t->count * sizeof *times);
        return true;
    }
    return time_of_root(t, t->row, times);
}

/* NULL, or why not. The state is that of the arrival; `truth` says which leaves turned. */
static const char *time_of_condition(bx_ode *ode, const bx_event *event, double *times)
{
    bx_ode_tangent *t = ode->tangent;
    const unsigned char *truth = ode->simulation->events->truth;
    size_t found = 0;
    for (uint32_t k = event->logic.begin; k < event->logic.end; k++) {
        const bx_logic *part = &ode->network->logic[k];
        if (!bx_op_compares(part->op) || truth[k] == t->truth[k])
            continue;
        if (!time_of_leaf(ode, part, found ? t->cascade_times : times))
            return "its condition just touches its limit";
        if (found++ && !same_times(t, t->cascade_times, times))
            return "its conditions turn at times that do not move together";
    }
    return found || t->arrived == ode->simulation->start ? NULL : "it is not known what turned";
}

static const char *time_of_timed(bx_ode *ode, const bx_event *event, double *times)
{
    bx_ode_tangent *t = ode->tangent;
    bx_tangent_code(t->tangent, event->code, event->at, ode->simulation->frame, t->row);
    t->row[t->count] -= 1;
    return time_of_root(t, t->row, times) ? NULL : "its time moves with time";
}

/* The derivatives of the time at which an event is triggered. */
static int time_of_trigger(bx_ode *ode, size_t index, double *times, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    const bx_event *event = &ode->network->event[index];
    memset(times, 0, t->count * sizeof *times);
    if (t->cascade) {
        memcpy(times, t->cascade_times, t->count * sizeof *times);
        return 0;
    }
    if (arrive(ode, err) < 0)
        return -1;
    go_back(ode);
    const char *why =
        event->timed ? time_of_timed(ode, event, times) : time_of_condition(ode, event, times);
    return_from_there(ode);
    return why ? fail_trigger(ode, index, why, err) : 0;
}

/* Move the rows by the present rates, `sign` times along with the time; it moves, or not. */
static int move_along(bx_ode *ode, const double *times, double sign, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    if (any(times, t->count)) {
        if (present_rates(ode, err) < 0)
            return -1;
        for (size_t i = 0; i < ode->moving_species; i++) {
            double *row = bx_tangent_edit(t->tangent, ode->species[i]);
            for (size_t j = 0; j < t->count; j++)
                row[j] += sign * t->f[i] * times[j];
        }
    }
    bx_tangent_move_time(t->tangent, sign > 0 ? times : NULL);
    bx_tangent_rules(t->tangent, ode->simulation->frame, true);
    return 0;
}

static int triggered(void *data, bx_firing *firing, bx_error *err)
{
    bx_ode *ode = data;
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    const bx_event *event = &ode->network->event[firing->event];
    size_t values = firing->values ? event->assignments.end - event->assignments.begin : 0;
    double *times = firing->tangents = calloc((values + 1) * t->count + 1, sizeof *times);
    if (!times)
        return bx_fail_memory(err);
    if (time_of_trigger(ode, firing->event, times, err) < 0)
        return -1;
    save_rows(ode, t->now_rows);
    if (move_along(ode, times, 1, err) < 0)
        return -1;
    for (size_t k = 0; k < values; k++) {
        const bx_assignment *a = &ode->network->assignments[event->assignments.begin + k];
        bx_tangent_code(t->tangent, a->code, a->value, frame, times + (k + 1) * t->count);
    }
    if (event->delay != BX_SLOT_NONE) {
        bx_tangent_code(t->tangent, event->delay_code, event->delay, frame, t->row);
        for (size_t j = 0; j < t->count; j++)
            times[j] += t->row[j];
    }
    put_rows(ode, t->now_rows);
    bx_tangent_move_time(t->tangent, NULL);
    bx_tangent_rules(t->tangent, frame, true);
    return 0;
}

static int fires(void *data, const bx_firing *firing, bx_error *err)
{
    bx_ode *ode = data;
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    const bx_event *event = &ode->network->event[firing->event];
    const double *times = firing->tangents;
    if (move_along(ode, times, 1, err) < 0)
        return -1;
    for (uint32_t k = event->assignments.begin; k < event->assignments.end; k++) {
        const bx_assignment *a = &ode->network->assignments[k];
        size_t place = k - event->assignments.begin;
        double *row = t->moved + place * t->count, value;
        if (!firing->values)
            bx_tangent_code(t->tangent, a->code, a->value, frame, row);
        else if (times)
            memcpy(row, times + (place + 1) * t->count, t->count * sizeof *row);
        else
            memset(row, 0, t->count * sizeof *row);
        if (a->size == BX_SLOT_NONE || a->size == ode->network->one)
            continue;
        value = firing->values ? firing->values[place] : frame[a->value];
        const double *size = bx_tangent_row(t->tangent, a->size);
        for (size_t j = 0; j < t->count; j++)
            row[j] = row[j] * frame[a->size] + value * size[j];
    }
    return 0;
}

static int fired(void *data, const bx_firing *firing, bx_error *err)
{
    bx_ode *ode = data;
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    const bx_event *event = &ode->network->event[firing->event];
    for (uint32_t k = event->assignments.begin; k < event->assignments.end; k++) {
        double *row = bx_tangent_edit(t->tangent, ode->network->assignments[k].target);
        memcpy(row, t->moved + (k - event->assignments.begin) * t->count, t->count * sizeof *row);
    }
    bx_network_rates(ode->network, frame); /* parameters may have changed */
    bx_derivatives_prepare(ode->flux, frame);
    if (move_along(ode, firing->tangents, -1, err) < 0)
        return -1;
    t->cascade = true;
    if (firing->tangents)
        memcpy(t->cascade_times, firing->tangents, t->count * sizeof *t->cascade_times);
    else
        memset(t->cascade_times, 0, t->count * sizeof *t->cascade_times);
    return 0;
}

void bx_ode_tangent_settled(bx_ode *ode)
{
    bx_ode_tangent *t = ode->tangent;
    t->cascade = false;
    memcpy(t->truth, ode->simulation->events->truth, ode->network->logic_count);
}

/* ---- a run ---- */

bool bx_ode_tangent_again(bx_ode *ode, double time)
{
    bx_ode_tangent *t = ode->tangent;
    t->again = time > t->stuck_at ? 0 : t->again + 1;
    t->stuck_at = time;
    return t->again < MOST_AGAIN;
}

void bx_ode_tangent_restart(bx_ode *ode)
{
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
    t->arrived = t->crossed = t->stuck_at = -INFINITY;
    t->scale = CLOSEST * s->run->duration;
    for (size_t i = 0; i < s->events->firing_count; i++) { /* of a run before: they are given */
        free(s->events->firings[i].tangents);
        s->events->firings[i].tangents = NULL;
    }
    s->events->follower = &t->follower;
    bx_ode_tangent_settled(ode);
    free(t->out);
    t->out = calloc(s->column_count * t->count + 1, sizeof *t->out);
    return t->out ? 0 : bx_fail_memory(err);
}

void bx_ode_tangent_end(const bx_ode *ode)
{
    const bx_ode_tangent *t = ode->tangent;
    double *rows = ode->simulation->run->by_rows;
    for (uint32_t slot = 0; rows && slot < settable(ode); slot++)
        memcpy(rows + slot * t->count, bx_tangent_row(t->tangent, slot), t->count * sizeof *rows);
}

int bx_ode_tangent_record(bx_ode *ode, double time, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    const bx_simulation *s = ode->simulation;
    if (!s->run->derivatives)
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
                 {&t->arrived_y, n},
                 {&t->arrived_f, n},
                 {&t->arrived_rows, n * t->stride},
                 {&t->now_rows, n * t->stride},
                 {&t->y, n},
                 {&t->f, n},
                 {&t->after_y, n},
                 {&t->after_f, n},
                 {&t->before, outcomes},
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

bx_ode_tangent *bx_ode_tangent_new(bx_ode *ode, size_t count, bx_error *err)
{
    bx_ode_tangent *t = calloc(1, sizeof *t);
    if (!t) {
        bx_fail_memory(err);
        return NULL;
    }
    t->count = count;
    t->stride = count + 1;
    t->size = ode->size;
    t->follower = (bx_follower){triggered, fires, fired, ode};
    t->tangent = bx_tangent_new(ode->network, count, err);
    if (t->tangent && allocate(t, ode->network) == 0)
        return t;
    if (t->tangent)
        bx_fail_memory(err);
    bx_ode_tangent_free(t);
    return NULL;
}
