#include "analysis/course.h"

#include "engine/event.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROWTH 4 /* of the time between two rows */
#define ROWS 37  /* at most: 4^36 times the fastest time, 5e21, is beyond any other */
#define ROWS_AT_ONCE 5
#define STEPS 90000            /* of the solver; by 100,000 it would take a cycle for a stop */
#define STILL 1e-9             /* what moves less between two rows, beside its scale, is at rest */
#define CLOSE 0.01             /* to a root: beside a value */
#define CLOSE_SCALE 1e-6       /* and beside its scale */
#define SAME_ROOT 1e-6         /* roots that differ by less are one */
#define WATCHED_STEPS 20000    /* when it does not settle, */
#define WATCHED_TOLERANCE 1e-6 /* which is enough to see */
#define WATCHED_NUMBERS 4000000
#define AMPLITUDE 1e-4 /* beside the scale, of what counts as a cycle */

int bx_course_open(bx_course *c, bx_cell *cell, bx_newton *newton, const bx_steady_ask *ask,
                   bx_error *err)
{
    size_t size = newton->system->size + 1;
    *c = (bx_course){.cell = cell,
                     .newton = newton,
                     .ask = ask,
                     .tolerance = ask->tolerance > 0 ? ask->tolerance : 1e-9,
                     .begun = bx_cell_time(cell),
                     .state = calloc(size, sizeof(double)),
                     .before = calloc(size, sizeof(double)),
                     .earlier = calloc(size, sizeof(double)),
                     .root = calloc(size, sizeof(double)),
                     .unstable = malloc(size * sizeof(double))};
    c->start = bx_state_new(newton->system->network, err);
    if (c->state && c->before && c->earlier && c->root && c->unstable && c->start &&
        bx_state_copy(c->start, bx_cell_state(cell), err) == 0) {
        c->unstable[0] = NAN;
        return 0;
    }
    bx_course_close(c);
    return bx_fail_memory(err);
}

void bx_course_close(bx_course *c)
{
    free(c->state);
    free(c->before);
    free(c->earlier);
    free(c->root);
    free(c->unstable);
    bx_state_free(c->start);
    *c = (bx_course){0};
}

int bx_course_stability(bx_newton *n, bx_complex **eigenvalues, size_t *count,
                        bx_stability *stability)
{
    *stability = BX_STABILITY_UNKNOWN;
    *eigenvalues = NULL;
    bx_matrix *reduced = bx_newton_reduced(n);
    if (!reduced)
        return -1;
    *count = reduced->rows;
    double norm = bx_matrix_norm(reduced);
    *eigenvalues = calloc(*count + 1, sizeof **eigenvalues);
    if (!*eigenvalues) {
        bx_matrix_free(reduced);
        return -1;
    }
    if (bx_matrix_eigenvalues(reduced, *eigenvalues) < 0) {
        free(*eigenvalues);
        *eigenvalues = NULL;
        *count = 0;
    } else if (*count == 0) {
        *stability = BX_STABLE;
    } else {
        double largest = (*eigenvalues)[0].real, rounding = 64 * DBL_EPSILON * norm;
        *stability = largest < -rounding  ? BX_STABLE
                     : largest > rounding ? BX_UNSTABLE
                                          : BX_NEUTRAL;
    }
    bx_matrix_free(reduced);
    return 0;
}

/* ---- rest ---- */

/* The largest distance of two states, a value's beside its scale. */
static double distance(const bx_course *c, const double *a, const double *b)
{
    double largest = 0;
    for (size_t i = 0; i < c->newton->system->size; i++)
        if (a[i] != b[i])
            largest = fmax(largest, fabs(a[i] - b[i]) / c->newton->scale[i]);
    return largest;
}

static bool close_to(const bx_course *c, const double *root)
{
    for (size_t i = 0; i < c->newton->system->size; i++) {
        double value = fmax(fabs(root[i]), fabs(c->state[i]));
        if (!(fabs(root[i] - c->state[i]) <= CLOSE * value + CLOSE_SCALE * c->newton->scale[i]))
            return false;
    }
    return true;
}

/* Whether the system's frame, which is `root` and at rest now, stays so at all later times, so far
 * as that can be seen; of rates that follow the time the root is that of the last. */
static bool stays(bx_course *c, double *root)
{
    bx_system *s = c->newton->system;
    static const double later[] = {0.37, 1.9, 7.3, 23.1, 131.7, 1e4, 1e7};
    double now = s->frame[s->network->time], span = fmax(now - c->begun, 1);
    bool at_rest = true;
    for (size_t i = 0; s->timely && at_rest && i < sizeof later / sizeof *later; i++) {
        s->frame[s->network->time] = now + later[i] * span;
        at_rest = bx_newton_residual(c->newton) <= c->tolerance;
    }
    if (s->timely && at_rest) /* where it comes to in the end */
        at_rest = bx_newton_polish(c->newton, root) == 0 && close_to(c, root);
    return at_rest && bx_newton_residual(c->newton) <= c->tolerance;
}

/* Whether no event waits, is still to come, or would be triggered in the system's frame. */
static bool no_event(bx_course *c)
{
    bx_system *s = c->newton->system;
    const bx_events *live = bx_cell_state(c->cell)->events;
    bx_error unused;
    if (s->network->events == 0)
        return true;
    bx_events *events = bx_events_new(s->network, &unused);
    bool none = false;
    if (events && live->firing_count == 0 && bx_events_copy(s->network, events, live) == 0) {
        bx_network_rules(s->network, s->frame);
        none = !bx_events_look(s->network, events, s->frame) &&
               !(bx_events_next(s->network, events, s->frame) < INFINITY);
    }
    bx_events_free(events);
    return none;
}

/* Whether the root is one that was found unstable: eigenvalues take long. */
static bool is_known_unstable(const bx_course *c)
{
    for (size_t i = 0; i < c->newton->system->size; i++) {
        double a = c->root[i], b = c->unstable[i];
        if (!(fabs(a - b) <= SAME_ROOT * (fmax(fabs(a), fabs(b)) + 1e-3 * c->newton->scale[i])))
            return false;
    }
    return true;
}

/* Of the root, which the system's frame is. */
static bool is_stable(bx_course *c)
{
    bx_complex *eigenvalues;
    size_t count;
    bx_stability stability;
    if (is_known_unstable(c))
        return false;
    bx_newton_residual(c->newton);
    if (bx_course_stability(c->newton, &eigenvalues, &count, &stability) < 0)
        return false;
    free(eigenvalues);
    if (stability == BX_UNSTABLE)
        memcpy(c->unstable, c->root, c->newton->system->size * sizeof *c->root);
    return stability == BX_STABLE;
}

/* Newton's method from the row: a root that is near and draws the course to it. */
static bool try_newton(bx_course *c)
{
    bx_newton *n = c->newton;
    size_t bytes = n->system->size * sizeof *c->root;
    bx_error unused;
    memcpy(c->root, c->state, bytes);
    return bx_newton_fix(n, c->state, &unused) == 0 && bx_newton_polish(n, c->root) == 0 &&
           close_to(c, c->root) && is_stable(c) && stays(c, c->root) && no_event(c);
}

/* The row itself, which has not moved any more; polished if that is possible. */
static bool try_rest(bx_course *c)
{
    bx_newton *n = c->newton;
    bx_error unused;
    size_t bytes = n->system->size * sizeof *c->root;
    bx_system_place(n->system, c->state);
    memcpy(c->root, c->state, bytes);
    if (bx_newton_fix(n, c->state, &unused) < 0 || !stays(c, c->root) || !no_event(c))
        return false;
    memcpy(c->root, c->state, bytes);
    if (bx_newton_polish(n, c->root) != 0 || distance(c, c->root, c->state) > 100 * STILL ||
        !no_event(c))
        memcpy(c->root, c->state, bytes);
    bx_system_place(n->system, c->root);
    return true;
}

/* A bx_run's row: 1 ends the run. */
static int look(void *data, double time, const double *values, size_t count)
{
    bx_course *c = data;
    bx_newton *n = c->newton;
    (void)values, (void)count;
    bx_system_load(n->system, bx_cell_state(c->cell)->frame);
    bx_newton_note(n);
    bx_system_state(n->system, c->state);
    c->time_before = c->time;
    c->time = time;
    double moved = c->rows++ > 0 ? distance(c, c->state, c->before) : INFINITY;
    bool steady = bx_newton_residual(n) <= c->tolerance;
    c->rests = moved <= STILL && steady ? c->rests + 1 : 0;
    if (c->ask->way != BX_STEADY_INTEGRATION && moved < 0.3 && try_newton(c))
        c->settled = c->by_newton = true;
    else if (c->rests >= 2 && try_rest(c))
        c->settled = true;
    memcpy(c->earlier, c->before, n->system->size * sizeof *c->before);
    memcpy(c->before, c->state, n->system->size * sizeof *c->before);
    return c->settled;
}

/* ---- why it does not come to rest ---- */

typedef struct watched {
    bx_course *course;
    double *times, *states; /* by step, and place */
    size_t count, capacity;
} watched;

static int note_step(void *data, double time, const double *values, size_t count)
{
    watched *w = data;
    const bx_system *s = w->course->newton->system;
    const double *frame = bx_cell_state(w->course->cell)->frame;
    (void)values, (void)count;
    if (w->count == w->capacity)
        return 1;
    for (size_t i = 0; i < s->size; i++)
        w->states[w->count * s->size + i] = frame[s->species[i]];
    w->times[w->count++] = time;
    return 0;
}

typedef struct swing {
    double low, high;               /* in the second half */
    double low_before, high_before; /* in the first */
    size_t crossings;               /* of the middle, upwards, in the second half */
    double first, last;             /* the times of these */
} swing;

static swing swing_of(const watched *w, size_t size, size_t place)
{
    swing s = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0, 0, 0};
    size_t half = w->count / 2;
    for (size_t k = 0; k < w->count; k++) {
        double x = w->states[k * size + place];
        double *low = k < half ? &s.low_before : &s.low;
        double *high = k < half ? &s.high_before : &s.high;
        *low = fmin(*low, x);
        *high = fmax(*high, x);
    }
    double middle = (s.low + s.high) / 2;
    for (size_t k = half + 1; k < w->count; k++)
        if (w->states[(k - 1) * size + place] < middle && w->states[k * size + place] >= middle) {
            if (s.crossings++ == 0)
                s.first = w->times[k];
            s.last = w->times[k];
        }
    return s;
}

/* The species that swings most beside its scale, if its swings come again and do not fade. */
static bool find_cycle(bx_course *c, const watched *w)
{
    const bx_system *s = c->newton->system;
    double best = AMPLITUDE;
    for (size_t i = 0; i < s->size; i++) {
        swing x = swing_of(w, s->size, i);
        double amplitude = x.high - x.low;
        if (x.crossings < 3 || amplitude < 0.9 * (x.high_before - x.low_before) ||
            !(amplitude / c->newton->scale[i] > best))
            continue;
        best = amplitude / c->newton->scale[i];
        c->cycles = true;
        snprintf(c->why, sizeof c->why,
                 "it keeps cycling, with a period of about %.4g s: \"%.64s\" between %.6g and %.6g",
                 (x.last - x.first) / (double)(x.crossings - 1), s->network->names[s->species[i]],
                 x.low, x.high);
    }
    return c->cycles;
}

/* The mean in time of each species over the second half, from where Newton's method may begin. */
static void take_mean(bx_course *c, const watched *w)
{
    size_t size = c->newton->system->size, half = w->count / 2;
    memset(c->root, 0, size * sizeof *c->root);
    for (size_t k = half + 1; k < w->count; k++)
        for (size_t i = 0; i < size; i++)
            c->root[i] += (w->times[k] - w->times[k - 1]) / 2 *
                          (w->states[(k - 1) * size + i] + w->states[k * size + i]);
    for (size_t i = 0; i < size; i++)
        c->root[i] /= w->times[w->count - 1] - w->times[half];
}

/* The species that moved most between the last two rows. */
static void find_growth(bx_course *c)
{
    const bx_system *s = c->newton->system;
    size_t most = 0;
    double farthest = -1;
    for (size_t i = 0; i < s->size; i++) {
        double moved = fabs(c->before[i] - c->earlier[i]) / c->newton->scale[i];
        if (isfinite(moved) && moved > farthest) {
            farthest = moved;
            most = i;
        }
    }
    if (c->rows < 2) {
        snprintf(c->why, sizeof c->why, "the course from the present state can't be followed");
        return;
    }
    double from = c->earlier[most], to = c->before[most];
    const char *how = fabs(to) > 1.5 * fabs(from) && fabs(to) >= 0.99 * c->newton->scale[most]
                          ? "it grows without end"
                      : farthest > STILL ? "it is still moving"
                                         : "rates are not yet 0, or events are to come";
    snprintf(c->why, sizeof c->why,
             "%s: \"%.64s\" goes from %.6g to %.6g between %.4g s and %.4g s from the present", how,
             s->network->names[s->species[most]], from, to, c->time_before - c->begun,
             c->time - c->begun);
}

/* Look at the solver's steps for a while. */
static int diagnose(bx_course *c, const bx_error *failure, bx_error *err)
{
    const bx_system *s = c->newton->system;
    size_t room = WATCHED_NUMBERS / (s->size + 1);
    watched w = {.course = c, .capacity = room < WATCHED_STEPS ? room : WATCHED_STEPS};
    double lived = bx_cell_time(c->cell) - c->begun;
    w.times = malloc(w.capacity * sizeof *w.times);
    w.states = malloc(w.capacity * s->size * sizeof *w.states);
    bx_run run = {.method = BX_METHOD_ODE,
                  .duration = lived > 0 ? lived : 1,
                  .every_step = true,
                  .relative_tolerance = WATCHED_TOLERANCE,
                  .interrupt = c->ask->interrupt,
                  .row = note_step,
                  .row_data = &w};
    int result = w.times && w.states ? 0 : bx_fail_memory(err);
    bx_trajectory *none;
    bx_error unused;
    find_growth(c);
    if (result == 0) {
        bx_cell_run(c->cell, &run, &none, &unused);
        if (w.count < w.capacity / 2) { /* it can't go on from there */
            c->start = bx_cell_exchange(c->cell, c->start);
            w.count = 0;
            bx_cell_run(c->cell, &run, &none, &unused);
        }
        if (c->ask->interrupt && *c->ask->interrupt)
            result = bx_fail(err, BX_ECANCELLED, "the search was interrupted");
        else if (w.count > 40 && find_cycle(c, &w))
            take_mean(c, &w);
    }
    if (result == 0 && !c->cycles && s->timely)
        snprintf(c->why, sizeof c->why, "its rates follow the time and do not come to rest");
    else if (result == 0 && !c->cycles && failure)
        snprintf(c->why + strlen(c->why), sizeof c->why - strlen(c->why), " (%.300s)",
                 failure->message);
    free(w.times);
    free(w.states);
    return result;
}

/* ---- the course ---- */

/* About the fastest time of the system: by how fast each species answers to itself. */
static double fastest_time(bx_newton *n)
{
    double fastest = 0;
    bx_system_jacobian(n->system, n->jacobian);
    for (size_t i = 0; i < n->system->size; i++) {
        double flow = n->turnover[i], scale = n->scale[i];
        double rate = fabs(n->jacobian->column[i][i]);
        if (scale > 0)
            rate = fmax(rate, flow / scale);
        if (isfinite(rate))
            fastest = fmax(fastest, rate);
    }
    return fastest > 1e-100 && fastest < 1e100 ? 1 / fastest : 1;
}

static size_t plan_rows(bx_course *c, double *times)
{
    double span = fastest_time(c->newton), end = c->ask->horizon > 0 ? c->ask->horizon : INFINITY;
    size_t count = 0;
    for (double at = span; count < ROWS && at < end; at *= GROWTH)
        if (c->begun + at > c->begun && (count == 0 || c->begun + at > times[count - 1]) &&
            at < 1e200)
            times[count++] = c->begun + at;
    if (end < INFINITY)
        times[count++] = c->begun + end;
    return count;
}

/* From row to row; a run is to one of these, for a solver that has an end far away sees no time
 * that is small beside it. */
static int run_rows(bx_course *c, const double *times, size_t count, bx_error *err)
{
    bx_run run = {.method = BX_METHOD_ODE,
                  .seed = c->ask->seed,
                  .maximum_steps = c->ask->maximum_steps > 0 ? c->ask->maximum_steps : STEPS,
                  .interrupt = c->ask->interrupt,
                  .row = look,
                  .row_data = c};
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i += ROWS_AT_ONCE) {
        bx_trajectory *none;
        run.times = times + i;
        run.time_count = count - i < ROWS_AT_ONCE ? count - i : ROWS_AT_ONCE;
        run.duration = run.times[run.time_count - 1] - bx_cell_time(c->cell);
        result = bx_cell_run(c->cell, &run, &none, err);
    }
    return result;
}

int bx_course_follow(bx_course *c, bx_error *err)
{
    double times[ROWS + 1];
    bx_system_load(c->newton->system, bx_cell_state(c->cell)->frame);
    bx_newton_note(c->newton);
    size_t count = plan_rows(c, times);
    int result = run_rows(c, times, count, err);
    if (c->settled)
        return 0;
    if (result < 0 && err->code != BX_ESIMULATION)
        return -1;
    bx_error failure = *err;
    return diagnose(c, result < 0 ? &failure : NULL, err);
}
