#include "analysis/steady.h"

#include "analysis/course.h"
#include "core/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAME 1e-6   /* states that differ by less, beside each value, are one */
#define ORDERS 2    /* of magnitude by which other starts differ from the present state */
#define STIRS 10    /* times that a reaction goes this way or that, for another start */
#define CORNERS 0.3 /* the part of these that go as far as they can */
#define STARTS_MAXIMUM 10000

/* What a search has in hand. */
typedef struct search {
    bx_cell *cell;
    const bx_state *pristine; /* the cell's own state; in its place it has one to spare */
    const bx_steady_ask *ask;
    double tolerance;
    bx_system system;
    bx_newton newton;
    bx_steady *found;
    double *begin, *state; /* by place: of the cell, and of a start */
    double *last;          /* by place: where a course was left that did not come to rest */
} search;

static void free_state(bx_steady_state *state)
{
    free(state->frame);
    free(state->rates);
    free(state->eigenvalues);
    bx_matrix_free(state->jacobian);
    *state = (bx_steady_state){0};
}

void bx_steady_close(bx_steady *steady)
{
    for (size_t i = 0; i < steady->count; i++)
        free_state(&steady->states[i]);
    free(steady->states);
    free(steady->species);
    *steady = (bx_steady){0};
}

/* The one that the system's frame is, or NULL. */
static bx_steady_state *find_same(const search *s)
{
    const bx_system *system = &s->system;
    for (size_t k = 0; k < s->found->count; k++) {
        bool same = true;
        for (size_t i = 0; same && i < system->size; i++) {
            double a = system->frame[system->species[i]];
            double b = s->found->states[k].frame[system->species[i]];
            same = fabs(a - b) <= SAME * fmax(fabs(a), fabs(b)) + 1e-12 * s->newton.scale[i];
        }
        if (same)
            return &s->found->states[k];
    }
    return NULL;
}

static double *copy_of(const double *values, size_t count)
{
    double *copy = malloc((count + 1) * sizeof *copy);
    if (copy)
        memcpy(copy, values, count * sizeof *copy);
    return copy;
}

/* Whether some species that reactions alone change, and that was not below 0, is. */
static bool is_negative(const search *s)
{
    const bx_system *system = &s->system;
    for (size_t i = 0; i < system->size; i++)
        if (s->begin[i] >= 0 && system->frame[system->species[i]] < -1e-9 * s->newton.scale[i])
            return true;
    return false;
}

/* The system's frame is a steady state: keep it, if it is a new one. *kept is it, or NULL where it
 * does not hold. */
static int keep(search *s, bx_steady_state **kept, bx_error *err)
{
    *kept = NULL;
    double residual = bx_newton_residual(&s->newton);
    if (!(residual <= s->tolerance))
        return 0;
    *kept = find_same(s);
    if (*kept)
        return 0;
    bx_steady *found = s->found;
    bx_steady_state *more = realloc(found->states, (found->count + 1) * sizeof *more);
    if (!more)
        return bx_fail_memory(err);
    found->states = more;
    bx_steady_state *state = &more[found->count];
    const bx_network *network = s->system.network;
    *state = (bx_steady_state){.residual = residual, .time = NAN};
    found->count++;
    state->frame = copy_of(s->system.frame, network->program.frame_size);
    state->rates = copy_of(s->system.rates, network->reactions);
    state->jacobian = bx_matrix_new(s->system.size, s->system.size);
    if (!state->frame || !state->rates || !state->jacobian ||
        bx_course_stability(&s->newton, &state->eigenvalues, &state->eigenvalue_count,
                            &state->stability) < 0)
        return bx_fail_memory(err);
    bx_system_jacobian(&s->system, state->jacobian);
    *kept = state;
    return 0;
}

/* A rule that follows the time, though nothing that reactions change does; or NULL. */
static const char *timely_rule(const bx_network *network)
{
    for (size_t i = 0; i < network->rules; i++)
        if (network->rule_uses_time[i])
            return network->names[network->species + network->parameters + i];
    return NULL;
}

/* ---- ways ---- */

/* What values and flows are measured by is that of the cell's state and of the start: a course that
 * grew has no say. */
static void size_up(search *s)
{
    bx_newton *n = &s->newton;
    memset(n->scale, 0, s->system.size * sizeof *n->scale);
    memset(n->turnover, 0, s->system.size * sizeof *n->turnover);
    bx_system_place(&s->system, s->begin);
    bx_newton_note(n);
    bx_system_place(&s->system, s->state);
    bx_newton_note(n);
}

/* Newton's method from s->state. */
static int by_newton(search *s, bx_steady_state **kept, bx_error *err)
{
    *kept = NULL;
    size_up(s);
    if (bx_newton_fix(&s->newton, s->state, err) < 0)
        return -1;
    int result = bx_newton_search(&s->newton, s->state, err);
    if (s->ask->interrupt && *s->ask->interrupt)
        return bx_fail(err, BX_ECANCELLED, "the search was interrupted");
    if (result != 0)
        return result < 0 ? -1 : 0;
    bx_system_place(&s->system, s->state);
    if (is_negative(s))
        return 0;
    if (keep(s, kept, err) < 0)
        return -1;
    if (*kept && isnan((*kept)->time))
        (*kept)->by_newton = true;
    return 0;
}

/* Along the course from the state that the cell has. `why` is what it did if it leads nowhere. */
static int by_course(search *s, bx_steady_state **kept, char *why, size_t size, bx_error *err)
{
    bx_course course;
    size_t before = s->found->count;
    *kept = NULL;
    if (bx_course_open(&course, s->cell, &s->newton, s->ask, err) < 0)
        return -1;
    int result = bx_course_follow(&course, err);
    snprintf(why, size, "%s", course.why);
    if (result == 0 && course.settled) {
        bx_system_place(&s->system, course.root);
        result = keep(s, kept, err);
        bool fresh = s->found->count > before;
        if (!*kept)
            snprintf(why, size, "where it comes to rest net changes are still %.2g of turnovers",
                     bx_newton_residual(&s->newton));
        if (*kept && fresh) {
            (*kept)->by_course = true;
            (*kept)->by_newton = course.by_newton;
            (*kept)->time = course.time - course.begun;
        }
    } else if (result == 0) {
        memcpy(s->last, course.before, s->system.size * sizeof *s->last);
        if (course.cycles)
            memcpy(s->state, course.root, s->system.size * sizeof *s->state);
    }
    bx_course_close(&course);
    return result;
}

/* Whether the course was left at a state that Newton's method found, though it found it only from
 * elsewhere, as where rates have no value a little below 0. */
static bool was_there(const search *s, const bx_steady_state *state)
{
    for (size_t i = 0; i < s->system.size; i++) {
        double a = state->frame[s->system.species[i]], b = s->last[i];
        if (!(fabs(a - b) <= 1e-6 * (fmax(fabs(a), fabs(b)) + 1e-3 * s->newton.scale[i])))
            return false;
    }
    return state->stability == BX_STABLE;
}

/* From the present state. */
static int from_present(search *s, char *why, size_t size, bx_error *err)
{
    bx_steady_state *kept = NULL;
    if (s->ask->way != BX_STEADY_NEWTON) {
        if (by_course(s, &kept, why, size, err) < 0)
            return -1;
        if (kept)
            kept->reached = true;
    }
    if (kept || s->ask->way == BX_STEADY_INTEGRATION)
        return 0;
    if (s->system.network->events > 0 || s->system.timely) {
        if (s->ask->way == BX_STEADY_NEWTON)
            snprintf(why, size, "Newton's method alone is not for models %s",
                     s->system.timely ? "whose rates follow the time" : "with events");
        return 0;
    }
    bx_system_load(&s->system, bx_cell_state(s->cell)->frame);
    if (by_newton(s, &kept, err) < 0)
        return -1;
    if (!kept && s->ask->way == BX_STEADY_NEWTON)
        snprintf(why, size, "Newton's method does not come to one from the present state");
    else if (kept && s->ask->way == BX_STEADY_USUAL && was_there(s, kept))
        kept->reached = true;
    else if (kept && s->ask->way == BX_STEADY_USUAL)
        snprintf(kept->note, sizeof kept->note,
                 "the course from the present state does not lead here: %s", why);
    return 0;
}

/* ---- other starts ---- */

/* The furthest that a reaction may go, forwards or backwards, until a species of some law is 0;
 * infinite where none bounds it. */
static double furthest(const search *s, const bool *bound, size_t r, int sign)
{
    const bx_network *network = s->system.network;
    double extent = INFINITY;
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
        uint32_t place = s->system.position[network->changes.items[i]];
        double amount = sign * network->amounts[i];
        if (bound[place] && amount < 0)
            extent = fmin(extent, fmax(s->state[place], 0) / -amount);
    }
    return extent;
}

/* Let a reaction go by a random part of what it may, which keeps all totals; now and then as far as
 * it goes. */
static void stir(search *s, const bool *bound, bx_random *random)
{
    const bx_network *network = s->system.network;
    size_t r = (size_t)(bx_random_uniform(random) * (double)network->reactions);
    double low = furthest(s, bound, r, -1), high = furthest(s, bound, r, 1);
    double at = bx_random_uniform(random), extent = at * (low + high) - low;
    if (!isfinite(extent))
        return;
    if (bx_random_uniform(random) < CORNERS)
        extent = at < 0.5 ? -low : high;
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
        uint32_t place = s->system.position[network->changes.items[i]];
        if (bound[place])
            s->state[place] = s->state[place] + extent * network->amounts[i];
    }
}

/* s->state becomes one of random size that the laws allow: species of no law by factors of that of
 * the cell, or of the first state that was found; others by reactions that go this way or that. */
static int draw_start(search *s, bx_random *random)
{
    const bx_conservation *laws = s->newton.laws;
    const bx_steady_state *first = s->found->count > 0 ? &s->found->states[0] : NULL;
    size_t size = s->system.size, reactions = s->system.network->reactions;
    bool *bound = calloc(size + 1, sizeof *bound);
    if (!bound)
        return -1;
    memcpy(s->state, s->begin, size * sizeof *s->state);
    for (size_t k = 0; k < laws->laws.start[laws->count]; k++)
        bound[laws->laws.items[k]] = true;
    for (size_t i = 0; i < size; i++)
        if (!bound[i] && s->begin[i] >= 0) {
            double scale = s->begin[i];
            if (first)
                scale = fmax(scale, fabs(first->frame[s->system.species[i]]));
            s->state[i] =
                (scale > 0 ? scale : 1) * pow(10, ORDERS * (2 * bx_random_uniform(random) - 1));
        }
    for (size_t k = 0; laws->count > 0 && k < STIRS * reactions; k++)
        stir(s, bound, random);
    for (size_t i = 0; i < size; i++)
        if (bound[i] && s->begin[i] >= 0)
            s->state[i] = fmax(s->state[i], 0);
    free(bound);
    return 0;
}

/* Along the course from s->state. */
static int course_from_start(search *s, bx_steady_state **kept, bx_error *err)
{
    char why[512];
    bx_state *state = bx_cell_exchange(s->cell, NULL);
    int result = bx_state_copy(state, s->pristine, err);
    for (size_t i = 0; i < s->system.size; i++)
        state->frame[s->system.species[i]] = s->state[i];
    bx_cell_exchange(s->cell, state);
    return result < 0 ? -1 : by_course(s, kept, why, sizeof why, err);
}

/* From each both ways, by the course only where the first came to rest: others may take long. */
static int from_each(search *s, bx_error *err)
{
    bx_random random;
    bx_random_init(&random, s->ask->seed, 1);
    bool comes_to_rest = s->found->count > 0 && s->found->states[0].by_course;
    double *start = calloc(s->system.size + 1, sizeof *start);
    int result = start ? 0 : bx_fail_memory(err);
    for (size_t k = 1; result == 0 && k < s->ask->starts; k++) {
        bx_steady_state *kept;
        bx_system_load(&s->system, s->pristine->frame);
        result = bx_newton_fix(&s->newton, s->begin, err);
        if (result == 0 && draw_start(s, &random) < 0)
            result = bx_fail_memory(err);
        if (result == 0)
            memcpy(start, s->state, s->system.size * sizeof *start);
        if (result == 0 && s->ask->way != BX_STEADY_INTEGRATION)
            result = by_newton(s, &kept, err);
        if (result == 0 && comes_to_rest && s->ask->way != BX_STEADY_NEWTON) {
            memcpy(s->state, start, s->system.size * sizeof *start);
            result = course_from_start(s, &kept, err);
        }
    }
    free(start);
    return result;
}

/* ---- the whole ---- */

static int prepare(search *s, bx_error *err)
{
    const bx_network *network = bx_cell_network(s->cell);
    if (network->program.draw_count > 0)
        return bx_fail(err, BX_EMODEL,
                       "chance has a part in the model: a steady state is not offered for it");
    if (s->ask->starts > STARTS_MAXIMUM)
        return bx_fail(err, BX_EMODEL, "starts: at most %d expected", STARTS_MAXIMUM);
    if (bx_system_open(&s->system, network, err) < 0 ||
        bx_newton_open(&s->newton, &s->system, err) < 0)
        return -1;
    s->newton.interrupt = s->ask->interrupt;
    s->found->network = network;
    s->found->size = s->system.size;
    s->found->species = calloc(s->system.size + 1, sizeof *s->found->species);
    s->begin = calloc(s->system.size + 1, sizeof *s->begin);
    s->state = calloc(s->system.size + 1, sizeof *s->state);
    s->last = calloc(s->system.size + 1, sizeof *s->last);
    if (!s->found->species || !s->begin || !s->state || !s->last)
        return bx_fail_memory(err);
    memcpy(s->found->species, s->system.species, s->system.size * sizeof *s->system.species);
    bx_system_load(&s->system, bx_cell_state(s->cell)->frame);
    bx_newton_note(&s->newton);
    bx_system_state(&s->system, s->begin);
    memcpy(s->state, s->begin, s->system.size * sizeof *s->state);
    return 0;
}

/* No species changes by reactions: the cell is at rest, unless something else moves. */
static int find_idle(search *s, bx_error *err)
{
    const bx_network *network = s->system.network;
    bx_steady_state *kept;
    if (timely_rule(network))
        return bx_fail(err, BX_ESIMULATION,
                       "no steady state was found: no species changes by reactions, and \"%.64s\" "
                       "follows the time",
                       timely_rule(network));
    if (network->events > 0)
        return bx_fail(err, BX_ESIMULATION,
                       "no steady state was found: no species changes by reactions, but events may "
                       "come");
    if (bx_newton_fix(&s->newton, s->begin, err) < 0 || keep(s, &kept, err) < 0)
        return -1;
    if (kept)
        kept->reached = true;
    return 0;
}

static int find(search *s, bx_error *err)
{
    char why[512] = "";
    const bx_network *network = s->system.network;
    if (s->system.size == 0)
        return find_idle(s, err);
    if (from_present(s, why, sizeof why, err) < 0)
        return -1;
    if (s->ask->starts > 1 && network->events == 0 && !s->system.timely && from_each(s, err) < 0)
        return -1;
    if (s->found->count == 0)
        return bx_fail(err, BX_ESIMULATION, "no steady state was found: %s", why);
    for (size_t i = 0; i < s->found->count && timely_rule(network); i++)
        if (!s->found->states[i].note[0])
            snprintf(s->found->states[i].note, sizeof s->found->states[i].note,
                     "no rate does, but \"%.64s\" follows the time", timely_rule(network));
    return 0;
}

int bx_steady_find(bx_cell *cell, const bx_steady_ask *ask, bx_steady *steady, bx_error *err)
{
    search s = {.cell = cell,
                .ask = ask,
                .tolerance = ask->tolerance > 0 ? ask->tolerance : 1e-9,
                .found = steady};
    *steady = (bx_steady){0};
    s.pristine = bx_cell_state(cell);
    bx_state *spare = bx_state_new(bx_cell_network(cell), err);
    int result = spare ? bx_state_copy(spare, s.pristine, err) : -1;
    if (result == 0) {
        bx_state *before = bx_cell_exchange(cell, spare);
        result = prepare(&s, err);
        if (result == 0)
            result = find(&s, err);
        spare = bx_cell_exchange(cell, before);
    }
    bx_state_free(spare);
    bx_newton_close(&s.newton);
    bx_system_close(&s.system);
    free(s.begin);
    free(s.state);
    free(s.last);
    return result;
}

int bx_steady_enter(bx_cell *cell, const bx_steady_state *found, bx_error *err)
{
    const bx_state *own = bx_cell_state(cell);
    const bx_network *network = bx_cell_network(cell);
    bx_state *state = bx_state_new(network, err);
    if (!state || bx_state_copy(state, own, err) < 0) {
        bx_state_free(state);
        return -1;
    }
    size_t settable = network->species + network->parameters;
    memcpy(state->begin, own->begin, settable * sizeof *state->begin);
    memcpy(state->held, own->held, settable * sizeof *state->held);
    for (size_t i = 0; i < settable; i++) {
        if (state->frame[i] != found->frame[i])
            state->held[i] = true;
        state->frame[i] = found->frame[i];
        if (i < network->species)
            state->owed[i] = 0;
    }
    bx_events_reset(network, state->events);
    bx_state_free(bx_cell_exchange(cell, state));
    return 0;
}
