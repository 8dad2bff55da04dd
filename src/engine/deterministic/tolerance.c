#include "engine/deterministic/tolerance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

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

/* By place, as loops over all want it. */
typedef struct scales {
    double *unit;     /* what it is divided by where it is written: the size of its compartment */
    double *absolute; /* the user's; below 0: by scale */
    double *floor;    /* the absolute part of what its error may be, by now */
    double *largest, *fastest; /* value and rate so far in the run; of what is not from 0 no rate */
    double *allowed;           /* its error now */
    double *noise;             /* of its rate, by rounding, when last looked at; */
    double *memory;            /* and the time in which it forgets */
    double *group_largest;     /* of its group, at the place of the first */
} scales;

struct bx_tolerance {
    const bx_network *network;
    const uint32_t *species, *position;
    size_t size;
    scales of;
    uint32_t *group; /* the first place of each place's group */
    bool *from_0;    /* its value at the start of the run: it says nothing of its scale */
    bool *may_be_negative;
    double relative, duration;
    double apart;   /* the solver's norm is that of so many vectors, of which one may have it all */
    double largest; /* of all, as they are written; of what began at 0 its highest rate says more */
    bool news;      /* about scales, since floors were computed */
};

/* ---- groups: species that reactions turn into each other ---- */

/* While groups are joined, `group` leads from place to place to the first. */
static uint32_t first_of(uint32_t *group, uint32_t place)
{
    while (group[place] != place)
        place = group[place] = group[group[place]];
    return place;
}

static void find_groups(bx_tolerance *t)
{
    const bx_csr *changes = &t->network->changes;
    uint32_t *group = t->group;
    for (uint32_t i = 0; i < t->size; i++)
        group[i] = i;
    for (size_t r = 0; r < changes->rows; r++) {
        const uint32_t *species = bx_csr_row(changes, r);
        for (uint32_t i = 1; i < bx_csr_count(changes, r); i++) {
            uint32_t a = first_of(group, t->position[species[0]]);
            uint32_t b = first_of(group, t->position[species[i]]);
            group[a > b ? a : b] = a < b ? a : b;
        }
    }
    for (uint32_t i = 0; i < t->size; i++)
        group[i] = first_of(group, i);
}

/* All of one block. */
static int allocate(bx_tolerance *t)
{
    double **columns[] = {&t->of.unit,    &t->of.absolute, &t->of.floor,
                          &t->of.largest, &t->of.fastest,  &t->of.allowed,
                          &t->of.noise,   &t->of.memory,   &t->of.group_largest};
    size_t count = sizeof columns / sizeof *columns;
    double *block = calloc(count * t->size, sizeof *block);
    for (size_t i = 0; block && i < count; i++)
        *columns[i] = block + i * t->size;
    t->group = calloc(t->size, sizeof *t->group);
    t->from_0 = calloc(t->size, sizeof *t->from_0);
    t->may_be_negative = calloc(t->size, sizeof *t->may_be_negative);
    return block && t->group && t->from_0 && t->may_be_negative ? 0 : -1;
}

bx_tolerance *bx_tolerance_new(const bx_network *network, const uint32_t *species,
                               const uint32_t *position, size_t size, bx_error *err)
{
    bx_tolerance *t = calloc(1, sizeof *t);
    if (t) {
        t->network = network;
        t->species = species;
        t->position = position;
        t->size = size;
        t->relative = BX_TOLERANCE_RELATIVE;
    }
    if (!t || allocate(t) < 0) {
        bx_tolerance_free(t);
        bx_fail_memory(err);
        return NULL;
    }
    find_groups(t);
    return t;
}

void bx_tolerance_free(bx_tolerance *t)
{
    if (!t)
        return;
    free(t->of.unit);
    free(t->group);
    free(t->from_0);
    free(t->may_be_negative);
    free(t);
}

/* ---- what the user says ---- */

/* The place of what is written as `slot`, itself or by its concentration, or the size if that never
 * changes. -1 for what is no variable. */
static int find_place(const bx_tolerance *t, size_t slot, size_t *place)
{
    const bx_network *network = t->network;
    size_t rules = network->species + network->parameters;
    if (slot >= rules && slot - rules < network->rules)
        slot = network->rule_amount[slot - rules];
    if (slot >= network->species)
        return -1;
    *place = network->changing[slot] ? t->position[slot] : t->size;
    return 0;
}

static void find_units(bx_tolerance *t, const double *frame)
{
    const bx_network *network = t->network;
    size_t rules = network->species + network->parameters, place;
    for (size_t i = 0; i < network->rules; i++) {
        if (find_place(t, rules + i, &place) < 0 || place == t->size ||
            network->rule_size[i] == network->one)
            continue;
        double size = fabs(frame[network->rule_size[i]]);
        if (size > 0 && isfinite(size))
            t->of.unit[place] = size;
    }
}

static int take_absolutes(bx_tolerance *t, const bx_run *run, bx_error *err)
{
    size_t rules = t->network->species + t->network->parameters, place;
    for (size_t i = 0; i < t->size; i++)
        if (run->absolute_tolerance > 0)
            t->of.absolute[i] = run->absolute_tolerance * t->of.unit[i];
    for (size_t i = 0; i < run->absolute_count; i++) {
        const bx_named_tolerance *named = &run->absolute_tolerances[i];
        size_t slot = bx_names_find(&t->network->index, named->name);
        if (slot == BX_NAME_NONE || find_place(t, slot, &place) < 0)
            return bx_fail(err, BX_ESIMULATION,
                           "tolerance.absolute: expected the amount or concentration of a species, "
                           "got \"%.64s\"",
                           named->name);
        if (place < t->size)
            t->of.absolute[place] = named->value * (slot >= rules ? t->of.unit[place] : 1);
    }
    return 0;
}

int bx_tolerance_begin(bx_tolerance *t, const bx_run *run, const double *frame, bx_error *err)
{
    t->relative = run->relative_tolerance > 0 ? run->relative_tolerance : BX_TOLERANCE_RELATIVE;
    t->duration = run->duration;
    t->apart = sqrt(1 + (double)run->by_count);
    t->largest = 0;
    t->news = true;
    for (size_t i = 0; i < t->size; i++) {
        uint32_t species = t->species[i];
        t->from_0[i] = species != BX_SLOT_NONE && frame[species] == 0;
        t->may_be_negative[i] = false;
        t->of.unit[i] = 1;
        t->of.absolute[i] = species == BX_SLOT_NONE ? OF_HAZARD : -1;
        t->of.fastest[i] = t->from_0[i] ? 0 : INFINITY;
        t->of.largest[i] = t->of.group_largest[i] = 0;
        t->of.allowed[i] = t->of.noise[i] = 0;
        t->of.memory[i] = INFINITY;
    }
    find_units(t, frame);
    return take_absolutes(t, run, err);
}

double bx_tolerance_relative(const bx_tolerance *t)
{
    return t->relative;
}

const double *bx_tolerance_memory(const bx_tolerance *t)
{
    return t->of.memory;
}

/* ---- while it runs ---- */

void bx_tolerance_note(bx_tolerance *t, const double *derivatives)
{
    double *fastest = t->of.fastest;
    for (size_t i = 0; i < t->size; i++) {
        if (!(fabs(derivatives[i]) > fastest[i]))
            continue;
        fastest[i] = fabs(derivatives[i]);
        t->news = true;
        double reach = FROM_0 * fastest[i] * t->duration / t->of.unit[i];
        t->largest = reach > t->largest ? reach : t->largest;
    }
}

static void note_state(bx_tolerance *t, const double *y)
{
    for (size_t i = 0; i < t->size; i++) {
        double value = fabs(y[i]);
        if (!(value > t->of.largest[i]))
            continue;
        t->news = true;
        t->of.largest[i] = value;
        if (value > t->of.group_largest[t->group[i]])
            t->of.group_largest[t->group[i]] = value;
        if (value > t->largest * t->of.unit[i])
            t->largest = value / t->of.unit[i];
    }
}

static double by_scale(const bx_tolerance *t, size_t i)
{
    const scales *of = &t->of;
    double in_group = OF_OTHERS * of->group_largest[t->group[i]];
    double least = of->unit[i] * (t->largest > 0 ? fmin(LEAST, OF_OTHERS * t->largest) : LEAST);
    double reach = t->from_0[i] ? FROM_0 * fmax(of->largest[i], of->fastest[i] * t->duration)
                                : NOT_FROM_0 * of->largest[i];
    if (reach > 0 && reach < least)
        least = reach;
    return TINY + fmax(OF_LARGEST * of->largest[i], fmax(in_group, least));
}

void bx_tolerance_note_jacobian(bx_tolerance *t, const bx_csr *pattern, const double *entries,
                                const double *y)
{
    double *noise = t->of.noise;
    for (size_t i = 0; i < t->size; i++)
        noise[i] = 0;
    for (size_t j = 0; j < t->size; j++)
        for (uint32_t k = pattern->start[j]; k < pattern->start[j + 1]; k++) {
            noise[pattern->items[k]] += ROUNDINGS * DBL_EPSILON * fabs(entries[k] * y[j]);
            if (pattern->items[k] == j)
                t->of.memory[j] = 1 / fabs(entries[k]);
        }
    for (size_t i = 0; i < t->size; i++)
        if (!isfinite(noise[i]))
            noise[i] = 0;
}

/* No solver can tell what rounding does to a value: within a step, or within the time in which it
 * forgets. */
void bx_tolerance_weigh(bx_tolerance *t, const double *y, double step, double *weights)
{
    const double *floor = t->of.floor, *noise = t->of.noise, *memory = t->of.memory;
    double *allowed = t->of.allowed;
    note_state(t, y);
    for (size_t i = 0; t->news && i < t->size; i++)
        t->of.floor[i] = t->of.absolute[i] < 0 ? by_scale(t, i) : t->of.absolute[i];
    t->news = false;
    for (size_t i = 0; i < t->size; i++) {
        double error = (t->relative * fabs(y[i]) + floor[i]) / t->apart;
        double rounding = noise[i] * (memory[i] < step ? memory[i] : step);
        allowed[i] = rounding > error ? rounding : error;
        weights[i] = 1 / allowed[i];
    }
}

/* How far below 0 a variable may come by errors, which add up over many steps. */
static double below_0(const bx_tolerance *t, size_t i)
{
    double of_group = OF_NEGATIVE * t->of.group_largest[t->group[i]];
    double largest = t->of.largest[i] > of_group ? t->of.largest[i] : of_group;
    return ADDED_UP * (t->relative * largest + t->of.allowed[i]) + LEAST * t->of.unit[i];
}

void bx_tolerance_clip(const bx_tolerance *t, double *y)
{
    for (size_t i = 0; i < t->size; i++)
        if (y[i] < 0 && y[i] >= -below_0(t, i))
            y[i] = 0;
}

void bx_tolerance_free_sign(bx_tolerance *t, size_t place)
{
    t->may_be_negative[place] = true;
}

void bx_tolerance_free_signs(bx_tolerance *t, const double *y)
{
    for (size_t i = 0; i < t->size; i++)
        if (y[i] < -t->of.allowed[i])
            bx_tolerance_free_sign(t, i);
}

size_t bx_tolerance_negative(const bx_tolerance *t, const double *y)
{
    for (size_t i = 0; i < t->size; i++)
        if (y[i] < 0 && !t->may_be_negative[i] && y[i] < -below_0(t, i))
            return i;
    return t->size;
}

bool bx_tolerance_small(const bx_tolerance *t, const double *changes)
{
    double largest = t->largest > 0 ? t->largest : 1;
    for (size_t i = 0; i < t->size; i++)
        if (!(fabs(changes[i]) <= SMALL * largest * t->of.unit[i]))
            return false;
    return true;
}
