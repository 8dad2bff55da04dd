#include "engine/deterministic/tolerance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define RELATIVE 3e-10

/* The absolute part: of the variable's largest value, or the largest in its group, */
#define OF_LARGEST 1e-20
#define OF_OTHERS 1e-20

/* or as little as is nothing to who writes the number, or that part of the largest of all; but of
 * what begins at 0 no more than this part of what it would come to at its highest rate, and of what
 * does not, of its largest value. */
#define LEAST 1e-20
#define FROM_0 1e-8
#define NOT_FROM_0 1e-14
#define TINY 1e-100
#define OF_HAZARD 1e-10 /* of the integral of a hazard, which ends at the order of 1 */

/* Errors of many steps: by how much they may pass the tolerance of one. */
#define ADDED_UP 10
#define OF_NEGATIVE 1e-4

/* Rounding errors in a rate, beside one of each value that it is computed from. */
#define ROUNDINGS 4

/* A change that is not worth a step, beside the largest value. */
#define SMALL 1e-6

typedef struct variable {
    double unit;     /* what it is divided by where it is written: the size of its compartment */
    double absolute; /* the user's; below 0: by scale */
    double largest, fastest; /* value and rate so far in the run */
    double allowed;          /* its error now */
    double noise;            /* of its rate, by rounding, when last looked at; */
    double decay;            /* and by how much its rate falls as it rises, or the other way */
    bool from_0;             /* its value at the start of the run: it says nothing of its scale */
    bool may_be_negative;
    uint32_t group;       /* the first place of its group */
    double group_largest; /* of the group, if it is the first */
} variable;

struct bx_tolerance {
    const bx_network *network;
    const uint32_t *species, *position;
    size_t size;
    variable *variables;
    double relative, duration;
    double largest; /* of all, as they are written; of what began at 0 its highest rate says more */
};

/* ---- groups: species that reactions turn into each other ---- */

/* While groups are joined, `group` leads from place to place to the first. */
static uint32_t first_of(variable *v, uint32_t place)
{
    while (v[place].group != place)
        place = v[place].group = v[v[place].group].group;
    return place;
}

static void find_groups(bx_tolerance *t)
{
    const bx_csr *changes = &t->network->changes;
    variable *v = t->variables;
    for (uint32_t i = 0; i < t->size; i++)
        v[i].group = i;
    for (size_t r = 0; r < changes->rows; r++) {
        const uint32_t *species = bx_csr_row(changes, r);
        for (uint32_t i = 1; i < bx_csr_count(changes, r); i++) {
            uint32_t a = first_of(v, t->position[species[0]]);
            uint32_t b = first_of(v, t->position[species[i]]);
            v[a > b ? a : b].group = a < b ? a : b;
        }
    }
    for (uint32_t i = 0; i < t->size; i++)
        v[i].group = first_of(v, i);
}

bx_tolerance *bx_tolerance_new(const bx_network *network, const uint32_t *species,
                               const uint32_t *position, size_t size, bx_error *err)
{
    bx_tolerance *t = calloc(1, sizeof *t);
    variable *variables = calloc(size, sizeof *variables);
    if (!t || !variables) {
        free(t);
        free(variables);
        bx_fail_memory(err);
        return NULL;
    }
    t->network = network;
    t->species = species;
    t->position = position;
    t->size = size;
    t->variables = variables;
    t->relative = RELATIVE;
    find_groups(t);
    return t;
}

void bx_tolerance_free(bx_tolerance *t)
{
    if (!t)
        return;
    free(t->variables);
    free(t);
}

/* ---- what the user says ---- */

/* The variable that is written as `slot`, itself or by its concentration, or NULL if that never
 * changes. -1 for what is no variable. */
static int find_variable(bx_tolerance *t, size_t slot, variable **found)
{
    const bx_network *network = t->network;
    size_t rules = network->species + network->parameters;
    if (slot >= rules && slot - rules < network->rules)
        slot = network->rule_amount[slot - rules];
    if (slot >= network->species)
        return -1;
    *found = network->changing[slot] ? &t->variables[t->position[slot]] : NULL;
    return 0;
}

static void find_units(bx_tolerance *t, const double *frame)
{
    const bx_network *network = t->network;
    size_t rules = network->species + network->parameters;
    variable *v;
    for (size_t i = 0; i < network->rules; i++) {
        if (find_variable(t, rules + i, &v) < 0 || !v || network->rule_size[i] == network->one)
            continue;
        double size = fabs(frame[network->rule_size[i]]);
        if (size > 0 && isfinite(size))
            v->unit = size;
    }
}

static int take_absolutes(bx_tolerance *t, const bx_run *run, bx_error *err)
{
    size_t rules = t->network->species + t->network->parameters;
    variable *v;
    for (size_t i = 0; i < t->size; i++) {
        v = &t->variables[i];
        if (run->absolute_tolerance > 0)
            v->absolute = run->absolute_tolerance * v->unit;
    }
    for (size_t i = 0; i < run->absolute_count; i++) {
        const bx_named_tolerance *named = &run->absolute_tolerances[i];
        size_t slot = bx_names_find(&t->network->index, named->name);
        if (slot == BX_NAME_NONE || find_variable(t, slot, &v) < 0)
            return bx_fail(err, BX_ESIMULATION,
                           "tolerance.absolute: expected the amount or concentration of a species, "
                           "got \"%.64s\"",
                           named->name);
        if (v)
            v->absolute = named->value * (slot >= rules ? v->unit : 1);
    }
    return 0;
}

int bx_tolerance_begin(bx_tolerance *t, const bx_run *run, const double *frame, bx_error *err)
{
    t->relative = run->relative_tolerance > 0 ? run->relative_tolerance : RELATIVE;
    t->duration = run->duration;
    t->largest = 0;
    for (size_t i = 0; i < t->size; i++) {
        uint32_t species = t->species[i];
        t->variables[i] = (variable){.unit = 1,
                                     .absolute = species == BX_SLOT_NONE ? OF_HAZARD : -1,
                                     .from_0 = species != BX_SLOT_NONE && frame[species] == 0,
                                     .group = t->variables[i].group};
    }
    find_units(t, frame);
    return take_absolutes(t, run, err);
}

/* ---- while it runs ---- */

void bx_tolerance_note(bx_tolerance *t, const double *derivatives)
{
    for (size_t i = 0; i < t->size; i++) {
        variable *v = &t->variables[i];
        if (!(fabs(derivatives[i]) > v->fastest))
            continue;
        v->fastest = fabs(derivatives[i]);
        if (v->from_0)
            t->largest = fmax(t->largest, FROM_0 * v->fastest * t->duration / v->unit);
    }
}

static void note_state(bx_tolerance *t, const double *y)
{
    for (size_t i = 0; i < t->size; i++) {
        variable *v = &t->variables[i], *first = &t->variables[v->group];
        double value = fabs(y[i]);
        if (!(value > v->largest))
            continue;
        v->largest = value;
        if (value > first->group_largest)
            first->group_largest = value;
        if (value > t->largest * v->unit)
            t->largest = value / v->unit;
    }
}

static double by_scale(const bx_tolerance *t, const variable *v)
{
    double in_group = OF_OTHERS * t->variables[v->group].group_largest;
    double least = v->unit * (t->largest > 0 ? fmin(LEAST, OF_OTHERS * t->largest) : LEAST);
    double reach =
        v->from_0 ? FROM_0 * fmax(v->largest, v->fastest * t->duration) : NOT_FROM_0 * v->largest;
    if (reach > 0 && reach < least)
        least = reach;
    return TINY + fmax(OF_LARGEST * v->largest, fmax(in_group, least));
}

void bx_tolerance_note_jacobian(bx_tolerance *t, const bx_csr *pattern, const double *entries,
                                const double *y)
{
    for (size_t i = 0; i < t->size; i++)
        t->variables[i].noise = t->variables[i].decay = 0;
    for (size_t j = 0; j < t->size; j++)
        for (uint32_t k = pattern->start[j]; k < pattern->start[j + 1]; k++) {
            variable *v = &t->variables[pattern->items[k]];
            v->noise += ROUNDINGS * DBL_EPSILON * fabs(entries[k] * y[j]);
            if (pattern->items[k] == j)
                v->decay = fabs(entries[k]);
        }
}

/* No solver can tell what rounding does to a value: within a step, or within the time in which it
 * forgets. */
static double rounding(const variable *v, double step)
{
    double error = v->noise * (step * v->decay > 1 ? 1 / v->decay : step);
    return isfinite(error) ? error : 0;
}

void bx_tolerance_weigh(bx_tolerance *t, const double *y, double step, double *weights)
{
    note_state(t, y);
    for (size_t i = 0; i < t->size; i++) {
        variable *v = &t->variables[i];
        v->allowed = t->relative * fabs(y[i]) + (v->absolute < 0 ? by_scale(t, v) : v->absolute);
        v->allowed = fmax(v->allowed, rounding(v, step));
        weights[i] = 1 / v->allowed;
    }
}

/* How far below 0 a variable may come by errors, which add up over many steps. */
static double below_0(const bx_tolerance *t, const variable *v)
{
    double largest = fmax(v->largest, OF_NEGATIVE * t->variables[v->group].group_largest);
    return ADDED_UP * (t->relative * largest + v->allowed) + LEAST * v->unit;
}

void bx_tolerance_clip(const bx_tolerance *t, double *y)
{
    for (size_t i = 0; i < t->size; i++)
        if (y[i] < 0 && y[i] >= -below_0(t, &t->variables[i]))
            y[i] = 0;
}

void bx_tolerance_free_sign(bx_tolerance *t, size_t place)
{
    t->variables[place].may_be_negative = true;
}

void bx_tolerance_free_signs(bx_tolerance *t, const double *y)
{
    for (size_t i = 0; i < t->size; i++)
        if (y[i] < -t->variables[i].allowed)
            bx_tolerance_free_sign(t, i);
}

size_t bx_tolerance_negative(const bx_tolerance *t, const double *y)
{
    for (size_t i = 0; i < t->size; i++) {
        const variable *v = &t->variables[i];
        if (y[i] < 0 && !v->may_be_negative && y[i] < -below_0(t, v))
            return i;
    }
    return t->size;
}

bool bx_tolerance_small(const bx_tolerance *t, const double *changes)
{
    double largest = t->largest > 0 ? t->largest : 1;
    for (size_t i = 0; i < t->size; i++)
        if (!(fabs(changes[i]) <= SMALL * largest * t->variables[i].unit))
            return false;
    return true;
}
