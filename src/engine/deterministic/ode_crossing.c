/* Where something happens at a time t* that depends on p, columns jump. With g(t*, y, p) = 0,
 *   dt*
 *   --- = - (g_y s + g_p) / (g_t + g_y f-),
 *   dp
 * and a state that becomes h(t*, y, p), with rates f- before and f+ after it, has
 *   s+ = h_y s- + h_p + (h_y f- + h_t - f+) dt* / dp
 * (Rozenvasser, Automation and Remote Control 28, 400, 1967). That is done in three steps: along
 * the course before to where t* moves, through the assignments, and back along the course after. */
#include "engine/deterministic/ode_tangent.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Beside a time at which something changes at once one side of it is looked at so far away: at
 * first this part of the solver's step, and more until the change shows. */
#define BESIDE 1e-9
#define FARTHER 1e3
#define FARTHEST 1e-2
#define BESIDE_TIME 1e-13 /* and no less than this part of the time */
#define CLOSEST 1e-6      /* a shorter step counts as this part of the run */

/* Two numbers are the same within this part of them. */
#define ALIKE 1e-6

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

void bx_ode_put_state(bx_ode *ode, const double *y, double time)
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
    if (step > 0 || *scale == 0)
        *scale = fmax(step, CLOSEST * ode->simulation->run->duration);
    return fmax(BESIDE * *scale, BESIDE_TIME * fabs(bx_ode_now(ode)));
}

/* The rates of the present state in t->f, just after anything that changes at once. */
int bx_ode_present_rates(bx_ode *ode, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    double time = bx_ode_now(ode), far = may_change(ode) ? distance(ode) : 0;
    copy_state(ode, t->y);
    int result = rates_at(ode, time, t->y, t->f, err);
    if (result == 0 && far > 0) {
        for (size_t i = 0; i < t->size; i++)
            t->after_y[i] = t->y[i] + far * t->f[i];
        result = rates_at(ode, time + far, t->after_y, t->f, err);
    }
    bx_ode_put_state(ode, t->y, time);
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
    double time = bx_ode_now(ode),
           at = stepped ? fmax(time - far, ode->simulation->start) : ode->started;
    copy_state(ode, t->y);
    memcpy(t->arrived_y, t->y, t->size * sizeof *t->y);
    int result = stepped ? state_before(ode, at, t->arrived_y, err) : 0;
    if (result == 0)
        result = rates_at(ode, at, t->arrived_y, t->arrived_f, err);
    bx_ode_put_state(ode, t->y, time);
    for (size_t i = 0; i < ode->moving_species; i++) {
        double *row = t->arrived_rows + i * t->stride;
        memcpy(row, bx_tangent_row(t->tangent, ode->species[i]), t->count * sizeof *row);
        row[t->count] = t->arrived_f[i];
    }
    t->arrived = t->looked_to = time;
    t->arrived_at = at;
    return result;
}

int bx_ode_arrive(bx_ode *ode, bx_error *err)
{
    if (ode->tangent->arrived == bx_ode_now(ode))
        return 0;
    return note_arrival(ode, may_change(ode) ? distance(ode) : 0, err);
}

void bx_ode_put_rows(bx_ode *ode, const double *rows)
{
    bx_ode_tangent *t = ode->tangent;
    for (size_t i = 0; i < ode->moving_species; i++)
        memcpy(bx_tangent_edit(t->tangent, ode->species[i]), rows + i * t->stride,
               t->stride * sizeof *rows);
}

void bx_ode_save_rows(bx_ode *ode, double *rows)
{
    bx_ode_tangent *t = ode->tangent;
    for (size_t i = 0; i < ode->moving_species; i++)
        memcpy(rows + i * t->stride, bx_tangent_row(t->tangent, ode->species[i]),
               t->stride * sizeof *rows);
}

/* Into the frame and rows of the arrival, with derivatives by the time, and back. */
void bx_ode_go_back(bx_ode *ode)
{
    bx_ode_tangent *t = ode->tangent;
    copy_state(ode, t->y);
    bx_ode_save_rows(ode, t->now_rows);
    bx_ode_put_state(ode, t->arrived_y, t->arrived_at);
    bx_ode_put_rows(ode, t->arrived_rows);
    bx_tangent_move_time(t->tangent, NULL);
    bx_tangent_with_time(t->tangent, true);
    bx_tangent_rules(t->tangent, ode->simulation->frame, true);
}

void bx_ode_return(bx_ode *ode)
{
    bx_ode_tangent *t = ode->tangent;
    bx_ode_put_state(ode, t->y, t->arrived);
    bx_ode_put_rows(ode, t->now_rows);
    bx_tangent_with_time(t->tangent, false);
    bx_tangent_rules(t->tangent, ode->simulation->frame, true);
}

/* ---- when something happens ---- */

/* From the derivatives of what is 0 then to those of the time. False where there are none. */
bool bx_ode_time_of_root(const bx_ode_tangent *t, const double *row, double *times)
{
    double sum = 0;
    for (size_t j = 0; j < t->count; j++) {
        times[j] = row[j] == 0 ? 0 : -row[j] / row[t->count];
        sum += times[j] * 0;
    }
    return sum == 0;
}

bool bx_ode_any_time(const bx_ode_tangent *t, const double *times)
{
    for (size_t j = 0; times && j < t->count; j++)
        if (times[j] != 0)
            return true;
    return false;
}

/* The times are the same but for what is nothing beside their scale. */
bool bx_ode_same_times(const bx_ode_tangent *t, const double *a, const double *b)
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

static bool are_sides(const bx_ode_tangent *t, const double *outcomes)
{
    size_t count, k = 0;
    bx_tangent_breakers(t->tangent, &count);
    while (k < count && !(outcomes[k] != t->sides[k])) /* 0 is -0 */
        k++;
    return k == count;
}

/* Whether all operators are on the sides where they have been, at a state, into which it goes. */
static bool is_on_sides(bx_ode *ode, const double *y, double time, double *outcomes, double *levels)
{
    bx_ode_tangent *t = ode->tangent;
    bx_ode_put_state(ode, y, time);
    bx_tangent_outcomes(t->tangent, ode->simulation->frame, outcomes, levels);
    return are_sides(t, outcomes);
}

int bx_ode_note_sides(bx_ode *ode, bool beside, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    double time = bx_ode_now(ode), far = beside ? distance(ode) : 0;
    if (!may_change(ode))
        return 0;
    copy_state(ode, t->y);
    int result = beside ? rates_at(ode, time, t->y, t->f, err) : 0;
    for (size_t i = 0; i < t->size; i++)
        t->after_y[i] = t->y[i] + (beside ? far * t->f[i] : 0);
    is_on_sides(ode, t->after_y, time + far, t->sides, t->after_levels);
    bx_ode_put_state(ode, t->y, time);
    return result;
}

double bx_ode_tangent_missed(bx_ode *ode, double from, double to)
{
    bx_ode_tangent *t = ode->tangent;
    double *between = N_VGetArrayPointer(ode->between), low = from, high = to;
    if (!may_change(ode) ||
        is_on_sides(ode, N_VGetArrayPointer(ode->y), to, t->after, t->after_levels))
        return INFINITY;
    for (double middle; middle = low + (high - low) / 2, middle > low && middle < high;) {
        if (CVodeGetDky(ode->cvode, middle, 0, ode->between) != CV_SUCCESS)
            break;
        *(is_on_sides(ode, between, middle, t->after, t->after_levels) ? &low : &high) = middle;
    }
    return high;
}

/* Look at both sides of the present, `far` from it: whether operators change from the sides where
 * they have been. */
static int look_at_sides(bx_ode *ode, double far, bool *changed, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    double time = bx_ode_now(ode);
    if (note_arrival(ode, far, err) < 0)
        return -1;
    bool before = is_on_sides(ode, t->arrived_y, t->arrived_at, t->after, t->before_levels);
    for (size_t i = 0; i < t->size; i++)
        t->after_y[i] = t->y[i] + far * t->arrived_f[i];
    t->looked_to = time + far;
    *changed = !is_on_sides(ode, t->after_y, time + far, t->after, t->after_levels) && before;
    int result = rates_at(ode, time + far, t->after_y, t->after_f, err);
    bx_ode_put_state(ode, t->y, time);
    return result;
}

/* Whether what changes with `rate` has changed by more than that. */
bool bx_ode_jumps(const bx_ode_tangent *t, double before, double after, double rate)
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
    bx_ode_go_back(ode);
    for (size_t k = 0; k < count; k++) {
        if (t->sides[k] == t->after[k])
            continue;
        bx_tangent_breaker(t->tangent, k, ode->simulation->frame, t->row);
        if (bx_ode_jumps(t, t->before_levels[k], t->after_levels[k], t->row[t->count]))
            continue;
        if (!bx_ode_time_of_root(t, t->row, found ? t->times : t->crossing))
            result = TOUCHES;
        else if (found && !bx_ode_same_times(t, t->times, t->crossing))
            result = APART;
        found++;
    }
    bx_ode_return(ode);
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
    while (k + 1 < count && t->sides[k] == t->after[k])
        k++;
    return bx_fail(err, BX_ESIMULATION,
                   "sensitivities: at time %g s the formula of %s changes at once%s: there the "
                   "solution has no derivatives",
                   bx_ode_now(ode), bx_tangent_label(t->tangent, breakers[k].function).text,
                   reasons[why]);
}

int bx_ode_tangent_cross(bx_ode *ode, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bool changed = false;
    double time = bx_ode_now(ode);
    if (!may_change(ode) || !(ode->started < time))
        return 0;
    for (double far = distance(ode); !changed && far <= FARTHEST * t->scale; far *= FARTHER)
        if (look_at_sides(ode, far, &changed, err) < 0)
            return -1;
    size_t count;
    bx_tangent_breakers(t->tangent, &count);
    if (!changed)
        return are_sides(t, t->after) ? 0 : fail_crossing(ode, TOUCHES, err);
    int why = find_crossing(ode);
    if (!why && !(ode->simulation->start < t->arrived_at) && bx_ode_any_time(t, t->crossing))
        why = AT_BEGINNING;
    t->crossed = why ? -INFINITY : time;
    if (why && !same_rates(t))
        return fail_crossing(ode, why, err);
    memcpy(t->sides, t->after, count * sizeof *t->sides);
    for (size_t i = 0; !same_rates(t) && i < ode->moving_species; i++) {
        double *row = bx_tangent_edit(t->tangent, ode->species[i]);
        for (size_t j = 0; j < t->count; j++)
            row[j] += (t->arrived_f[i] - t->after_f[i]) * t->crossing[j];
    }
    return 0;
}
