#include "analysis/continuation.h"

#include "analysis/course.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS 2000
#define STEP 0.02       /* the largest; the first is a tenth of it */
#define SMALLEST 1e-7   /* step, beside the largest */
#define ITERATIONS 10   /* of Newton's method in a step */
#define FEW 3           /* so many let the next step be longer */
#define CONVERGED 1e-11 /* a correction beside the scale */
#define LOCATED 60      /* steps to a special point, at most */
#define ROUNDING 1e-9   /* of an eigenvalue, beside the largest: it is 0 */

/* A place on the branch, scaled: the state and behind it the parameter. */
typedef struct place {
    double *y, *tangent;
    double pair;      /* the real part of the complex pair that is nearest to the imaginary axis, */
    double frequency; /* and its imaginary part; 0: there is none */
    size_t unstable;
    int sign; /* of the bordered matrix's determinant */
} place;

typedef struct follower {
    const bx_continuation_ask *ask;
    bx_system system;
    bx_newton newton;
    bx_continuation *found;
    bx_branch *branch;
    size_t size;   /* of y */
    double *scale; /* of y's parts */
    double *slopes, *net, *step;
    bx_matrix *bordered;
    bx_lu *lu;
    place here, next, trial;
} follower;

static int make_place(place *p, size_t size)
{
    *p = (place){.y = calloc(size, sizeof(double)), .tangent = calloc(size, sizeof(double))};
    return p->y && p->tangent ? 0 : -1;
}

static void free_place(place *p)
{
    free(p->y);
    free(p->tangent);
}

static void copy_place(place *to, const place *from, size_t size)
{
    double *y = to->y, *tangent = to->tangent;
    memcpy(y, from->y, size * sizeof *y);
    memcpy(tangent, from->tangent, size * sizeof *tangent);
    *to = *from;
    to->y = y;
    to->tangent = tangent;
}

static void close_follower(follower *f)
{
    bx_newton_close(&f->newton);
    bx_system_close(&f->system);
    free(f->scale);
    free(f->slopes);
    free(f->net);
    free(f->step);
    bx_matrix_free(f->bordered);
    bx_lu_free(f->lu);
    free_place(&f->here);
    free_place(&f->next);
    free_place(&f->trial);
}

static int open_follower(follower *f, const bx_network *network, bx_error *err)
{
    if (bx_system_open(&f->system, network, err) < 0 ||
        bx_newton_open(&f->newton, &f->system, err) < 0)
        return -1;
    size_t size = f->size = f->system.size + 1;
    f->scale = calloc(size, sizeof *f->scale);
    f->slopes = calloc(network->reactions + 1, sizeof *f->slopes);
    f->net = calloc(size, sizeof *f->net);
    f->step = calloc(size, sizeof *f->step);
    f->bordered = bx_matrix_new(size, size);
    f->lu = bx_lu_new(size);
    return f->scale && f->slopes && f->net && f->step && f->bordered && f->lu &&
                   make_place(&f->here, size) == 0 && make_place(&f->next, size) == 0 &&
                   make_place(&f->trial, size) == 0
               ? 0
               : bx_fail_memory(err);
}

/* ---- equations ---- */

static void put(follower *f, const double *y)
{
    bx_system *s = &f->system;
    for (size_t i = 0; i < s->size; i++)
        s->frame[s->species[i]] = y[i] * f->scale[i];
    s->frame[f->ask->slot] = y[s->size] * f->scale[s->size];
}

/* The derivatives and totals at y into f->step, and their matrix by y, bordered by the tangent; a
 * row has the size of its largest entry. -1: not finite. -2: no memory. */
static int linearise(follower *f, const double *y, const double *tangent)
{
    bx_system *s = &f->system;
    const bx_conservation *laws = f->newton.laws;
    const bx_network *network = s->network;
    put(f, y);
    if (bx_system_derivatives(s, f->step, NULL) < 0)
        return -1;
    bx_newton_equations(&f->newton, f->step);
    bx_system_jacobian(s, f->newton.jacobian);
    bx_newton_put_laws(&f->newton, f->newton.jacobian);
    if (bx_system_slopes(s, f->ask->slot, f->slopes) < 0)
        return -2;
    memset(f->net, 0, f->size * sizeof *f->net);
    for (size_t r = 0; r < network->reactions; r++)
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
            f->net[s->position[network->changes.items[i]]] += network->amounts[i] * f->slopes[r];
    for (size_t i = 0; i < s->size; i++) {
        for (size_t j = 0; j < s->size; j++)
            f->bordered->column[j][i] = f->newton.jacobian->column[j][i] * f->scale[j];
        f->bordered->column[s->size][i] = laws->is_dependent[i] ? 0 : f->net[i] * f->scale[s->size];
    }
    for (size_t j = 0; j < f->size; j++)
        f->bordered->column[j][s->size] = tangent[j];
    return 0;
}

/* Newton's method along the hyperplane through y that the tangent is normal to: how many steps it
 * took, 0 if it does not converge, -2 without memory. */
static int correct(follower *f, double *y, const double *tangent)
{
    for (int k = 1; k <= ITERATIONS; k++) {
        double largest = 0;
        int result = linearise(f, y, tangent);
        if (result == -2)
            return -2;
        if (result < 0 || bx_lu_factor(f->lu, f->bordered) != 0)
            return 0;
        f->step[f->size - 1] = 0;
        bx_lu_solve(f->lu, f->step);
        for (size_t i = 0; i < f->size; i++) {
            if (!isfinite(f->step[i]))
                return 0;
            largest = fmax(largest, fabs(f->step[i]));
            y[i] -= f->step[i];
        }
        if (largest <= CONVERGED)
            return k;
    }
    return 0;
}

static double norm_of(const double *v, size_t size)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += v[i] * v[i];
    return sqrt(sum);
}

/* The tangent at p->y that goes on in the direction of `before`, and the sign there. */
static int find_tangent(follower *f, place *p, const double *before)
{
    int result = linearise(f, p->y, before);
    if (result < 0)
        return result;
    if (bx_lu_factor(f->lu, f->bordered) != 0)
        return -1;
    memset(p->tangent, 0, f->size * sizeof *p->tangent);
    p->tangent[f->size - 1] = 1;
    bx_lu_solve(f->lu, p->tangent);
    double norm = norm_of(p->tangent, f->size);
    for (size_t i = 0; i < f->size; i++)
        p->tangent[i] /= norm;
    p->sign = bx_lu_sign(f->lu);
    return isfinite(norm) && norm > 0 ? 0 : -1;
}

/* Eigenvalues at the frame's state. */
static int find_stability(follower *f, place *p)
{
    bx_complex *values;
    size_t count;
    bx_stability stability;
    double nearest = INFINITY, largest = 0;
    if (bx_course_stability(&f->newton, &values, &count, &stability) < 0)
        return -2;
    p->unstable = 0;
    p->pair = p->frequency = 0;
    for (size_t i = 0; values && i < count; i++)
        largest = fmax(largest, hypot(values[i].real, values[i].imaginary));
    for (size_t i = 0; values && i < count; i++) {
        p->unstable += values[i].real > ROUNDING * 1e-4 * largest;
        if (values[i].imaginary > ROUNDING * largest && fabs(values[i].real) < nearest) {
            nearest = fabs(values[i].real);
            p->pair = values[i].real;
            p->frequency = values[i].imaginary;
        }
    }
    bool known = values != NULL;
    free(values);
    return known ? 0 : -1;
}

/* From `from` a step along its tangent: 0 if there is no next place, else how many steps of
 * Newton's method. -2 without memory. */
static int advance(follower *f, const place *from, double step, place *to)
{
    for (size_t i = 0; i < f->size; i++)
        to->y[i] = from->y[i] + step * from->tangent[i];
    int steps = correct(f, to->y, from->tangent);
    if (steps <= 0)
        return steps;
    double went = 0;
    for (size_t i = 0; i < f->size; i++)
        went += (to->y[i] - from->y[i]) * (to->y[i] - from->y[i]);
    if (sqrt(went) > 2 * fabs(step)) /* to another branch */
        return 0;
    int result = find_tangent(f, to, from->tangent);
    if (result == 0)
        result = find_stability(f, to);
    return result == 0 ? steps : result == -2 ? -2 : 0;
}

/* ---- what is kept ---- */

static int keep_point(follower *f, const place *p, bx_point_kind kind, bx_error *err)
{
    bx_branch *b = f->branch;
    const bx_network *network = f->system.network;
    if (b->count == b->capacity) {
        size_t capacity = b->capacity ? 2 * b->capacity : 64;
        bx_branch_point *more = realloc(b->points, capacity * sizeof *more);
        if (!more)
            return bx_fail_memory(err);
        b->points = more;
        b->capacity = capacity;
    }
    put(f, p->y);
    bx_network_rules(network, f->system.frame);
    size_t variables = network->species + network->parameters + network->rules;
    double *frame = malloc((variables + 1) * sizeof *frame);
    if (!frame)
        return bx_fail_memory(err);
    memcpy(frame, f->system.frame, variables * sizeof *frame);
    b->points[b->count++] = (bx_branch_point){.kind = kind,
                                              .parameter = frame[f->ask->slot],
                                              .frame = frame,
                                              .unstable = p->unstable,
                                              .frequency = p->frequency};
    return 0;
}

/* What changes sign at a special point. */
static double test_of(const place *p, bx_point_kind kind, size_t size)
{
    return kind == BX_POINT_FOLD ? p->tangent[size - 1] : kind == BX_POINT_HOPF ? p->pair : p->sign;
}

/* Find where the test changes sign between here and a step ahead, and keep that place: by the false
 * position with halved ends (Illinois), or by halves where it has signs alone. */
static int locate(follower *f, double step, bx_point_kind kind, bx_error *err)
{
    double low = 0, high = step, at_low = test_of(&f->here, kind, f->size);
    double at_high = test_of(&f->next, kind, f->size);
    copy_place(&f->trial, &f->next, f->size);
    for (int k = 0; k < LOCATED && fabs(high - low) > 1e-13 * fabs(step); k++) {
        double middle = kind == BX_POINT_BRANCH
                            ? (low + high) / 2
                            : high - at_high * (high - low) / (at_high - at_low);
        int steps = advance(f, &f->here, middle, &f->trial);
        if (steps == -2)
            return bx_fail_memory(err);
        if (steps == 0)
            break; /* too close: the last is the place */
        double at = test_of(&f->trial, kind, f->size);
        if (at == 0)
            break;
        if ((at < 0) == (at_high < 0)) {
            high = middle;
            at_high = at;
            at_low /= 2;
        } else {
            low = high;
            at_low = at_high;
            high = middle;
            at_high = at;
        }
    }
    return keep_point(f, &f->trial, kind, err);
}

/* Special points between here and the next place. */
static int find_special(follower *f, double step, bx_error *err)
{
    const place *a = &f->here, *b = &f->next;
    size_t p = f->size - 1;
    bool turns = (a->tangent[p] < 0) != (b->tangent[p] < 0);
    if (turns && locate(f, step, BX_POINT_FOLD, err) < 0)
        return -1;
    if (a->frequency > 0 && b->frequency > 0 && (a->pair < 0) != (b->pair < 0) &&
        a->unstable != b->unstable && locate(f, step, BX_POINT_HOPF, err) < 0)
        return -1;
    return a->sign != b->sign ? locate(f, step, BX_POINT_BRANCH, err) : 0;
}

/* ---- a branch ---- */

/* Values become of the size that they have now. */
static void rescale(follower *f, place *p)
{
    double *scales = f->scale;
    for (size_t i = 0; i + 1 < f->size; i++) {
        double value = fabs(p->y[i] * scales[i]), least = 1e-3 * f->newton.scale[i];
        double scale = fmax(value, least > 0 ? least : 1);
        double by = scales[i] > 0 ? scales[i] / scale : 1;
        p->y[i] *= by;
        p->tangent[i] *= by;
        scales[i] = scale;
        f->newton.scale[i] = fmax(f->newton.scale[i], value);
    }
    double norm = norm_of(p->tangent, f->size);
    for (size_t i = 0; norm > 0 && i < f->size; i++)
        p->tangent[i] /= norm;
}

static bool is_negative(const follower *f, const place *p)
{
    for (size_t i = 0; i + 1 < f->size; i++)
        if (p->y[i] < -1e-6 && f->here.y[i] >= 0)
            return true;
    return false;
}

/* The last place: at an end of the range, with the parameter held there. */
static int end_at(follower *f, double parameter, bx_error *err)
{
    double *hold = f->trial.tangent;
    double part = (parameter / f->scale[f->size - 1] - f->here.y[f->size - 1]) /
                  (f->next.y[f->size - 1] - f->here.y[f->size - 1]);
    for (size_t i = 0; i < f->size; i++)
        f->trial.y[i] = f->here.y[i] + part * (f->next.y[i] - f->here.y[i]);
    f->trial.y[f->size - 1] = parameter / f->scale[f->size - 1];
    memset(hold, 0, f->size * sizeof *hold);
    hold[f->size - 1] = 1;
    if (correct(f, f->trial.y, hold) <= 0 || find_stability(f, &f->trial) < 0)
        return 0;
    return keep_point(f, &f->trial, BX_POINT_ORDINARY, err);
}

/* Follow the branch from `here` until it ends; *why it does. */
static int follow(follower *f, const char **why, bx_error *err)
{
    double longest = f->ask->step > 0 ? f->ask->step : STEP, step = longest / 10;
    size_t points = f->ask->maximum_points > 0 ? f->ask->maximum_points : POINTS;
    const volatile sig_atomic_t *interrupt = f->ask->steady.interrupt;
    for (size_t k = 0; k < points; k++) {
        int steps;
        if (interrupt && *interrupt)
            return bx_fail(err, BX_ECANCELLED, "the continuation was interrupted");
        while ((steps = advance(f, &f->here, step, &f->next)) == 0 && step > SMALLEST * longest)
            step /= 2;
        if (steps == -2)
            return bx_fail_memory(err);
        *why = "no next state was found";
        if (steps == 0)
            return 0;
        *why = "a species would be below 0";
        if (is_negative(f, &f->next))
            return 0;
        if (find_special(f, step, err) < 0)
            return -1;
        double parameter = f->next.y[f->size - 1] * f->scale[f->size - 1];
        *why = "the end of the range";
        if (parameter > f->ask->to || parameter < f->ask->from)
            return end_at(f, parameter > f->ask->to ? f->ask->to : f->ask->from, err);
        if (keep_point(f, &f->next, BX_POINT_ORDINARY, err) < 0)
            return -1;
        copy_place(&f->here, &f->next, f->size);
        rescale(f, &f->here);
        if (steps <= FEW)
            step = fmin(step * 1.5, longest);
    }
    *why = "as many points as it may have";
    return 0;
}

/* `here` is a state that was found, looking up the parameter (1) or down (-1). -1: there is none.
 */
static int stand_at(follower *f, const bx_steady_state *state, double direction, bx_error *err)
{
    bx_system *s = &f->system;
    bx_system_load(s, state->frame);
    memset(f->newton.scale, 0, s->size * sizeof *f->newton.scale);
    bx_newton_note(&f->newton);
    bx_system_state(s, f->newton.step);
    if (bx_newton_fix(&f->newton, f->newton.step, err) < 0)
        return -1;
    for (size_t i = 0; i < s->size; i++) {
        f->scale[i] = 1;
        f->here.y[i] = s->frame[s->species[i]];
        f->here.tangent[i] = 0;
    }
    f->scale[s->size] = f->ask->to - f->ask->from;
    f->here.y[s->size] = s->frame[f->ask->slot] / f->scale[s->size];
    f->here.tangent[s->size] = direction;
    rescale(f, &f->here);
    memcpy(f->trial.tangent, f->here.tangent, f->size * sizeof *f->trial.tangent);
    int result = find_tangent(f, &f->here, f->trial.tangent);
    if (result == 0)
        result = find_stability(f, &f->here);
    return result == 0 ? 0
           : result == -2
               ? bx_fail_memory(err)
               : bx_fail(err, BX_ESIMULATION,
                         "the steady state at the start is not isolated: no branch leads "
                         "through it");
}

static void reverse(bx_branch *b)
{
    for (size_t i = 0; i < b->count / 2; i++) {
        bx_branch_point point = b->points[i];
        b->points[i] = b->points[b->count - 1 - i];
        b->points[b->count - 1 - i] = point;
    }
}

/* Both ways from a state. */
static int follow_both(follower *f, const bx_steady_state *state, bx_error *err)
{
    if (stand_at(f, state, -1, err) < 0 || follow(f, &f->branch->ends[0], err) < 0)
        return -1;
    reverse(f->branch);
    if (stand_at(f, state, 1, err) < 0 || keep_point(f, &f->here, BX_POINT_ORDINARY, err) < 0 ||
        follow(f, &f->branch->ends[1], err) < 0)
        return -1;
    return 0;
}

/* Whether a branch that was followed goes through a state. */
static bool is_on_branch(const follower *f, const bx_steady_state *state)
{
    double at = state->frame[f->ask->slot];
    for (size_t b = 0; b + 1 < f->found->count; b++) {
        const bx_branch *branch = &f->found->branches[b];
        for (size_t k = 1; k < branch->count; k++) {
            const bx_branch_point *u = &branch->points[k - 1], *v = &branch->points[k];
            if ((u->parameter - at) * (v->parameter - at) > 0)
                continue;
            double part = u->parameter == v->parameter
                              ? 0
                              : (at - u->parameter) / (v->parameter - u->parameter);
            bool same = true;
            for (size_t i = 0; same && i < f->system.size; i++) {
                uint32_t s = f->system.species[i];
                double x = u->frame[s] + part * (v->frame[s] - u->frame[s]);
                double room = fabs(u->frame[s] - v->frame[s]) + 1e-4 * f->newton.scale[i];
                same = fabs(x - state->frame[s]) <= room;
            }
            if (same)
                return true;
        }
    }
    return false;
}

static int follow_all(follower *f, const bx_steady *steady, bx_error *err)
{
    bx_continuation *found = f->found;
    found->branches = calloc(steady->count + 1, sizeof *found->branches);
    if (!found->branches)
        return bx_fail_memory(err);
    for (size_t k = 0; k < steady->count; k++) {
        found->count++; /* the last is in the making */
        if (is_on_branch(f, &steady->states[k])) {
            found->count--;
            continue;
        }
        f->branch = &found->branches[found->count - 1];
        if (follow_both(f, &steady->states[k], err) < 0)
            return -1;
    }
    return 0;
}

/* Where the first states are looked for: the cell's, with the parameter at its first value. */
static int find_first(bx_cell *cell, const bx_continuation_ask *ask, bx_steady *steady,
                      bx_error *err)
{
    const bx_network *network = bx_cell_network(cell);
    bx_state *spare = bx_state_new(network, err);
    if (!spare || bx_state_copy(spare, bx_cell_state(cell), err) < 0) {
        bx_state_free(spare);
        return -1;
    }
    double *value = &spare->frame[ask->slot];
    if (!(*value >= ask->from && *value <= ask->to))
        *value = ask->from;
    bx_state *before = bx_cell_exchange(cell, spare);
    int result = bx_steady_find(cell, &ask->steady, steady, err);
    bx_state_free(bx_cell_exchange(cell, before));
    return result;
}

int bx_continuation_follow(bx_cell *cell, const bx_continuation_ask *ask, bx_continuation *found,
                           bx_error *err)
{
    const bx_network *network = bx_cell_network(cell);
    bx_steady steady = {.states = NULL};
    follower f = {.ask = ask, .found = found};
    *found = (bx_continuation){.network = network};
    if (!(ask->from < ask->to))
        return bx_fail(err, BX_EMODEL, "a range expected, got %g to %g", ask->from, ask->to);
    int result = open_follower(&f, network, err);
    if (result == 0 && (network->events > 0 || f.system.timely))
        result = bx_fail(err, BX_EMODEL, "a branch of steady states is not offered for models %s",
                         f.system.timely ? "whose rates follow the time" : "with events");
    if (result == 0)
        result = find_first(cell, ask, &steady, err);
    if (result == 0) {
        found->size = f.system.size;
        found->species = calloc(f.system.size + 1, sizeof *found->species);
        result = found->species ? 0 : bx_fail_memory(err);
    }
    if (result == 0) {
        memcpy(found->species, f.system.species, f.system.size * sizeof *found->species);
        result = follow_all(&f, &steady, err);
    }
    bx_steady_close(&steady);
    close_follower(&f);
    return result;
}

void bx_continuation_close(bx_continuation *found)
{
    for (size_t b = 0; b < found->count; b++) {
        for (size_t k = 0; k < found->branches[b].count; k++)
            free(found->branches[b].points[k].frame);
        free(found->branches[b].points);
    }
    free(found->branches);
    free(found->species);
    *found = (bx_continuation){0};
}
