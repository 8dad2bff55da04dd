#include "analysis/conservation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Stoichiometries are taken for fractions with denominators up to this. */
#define DENOMINATOR 10000

/* Whole numbers up to this are exact, and so are their products' differences when checked. */
#define WHOLE 0x1p53

/* A part of what was added up that is rounding. */
#define ROUNDING 1e-10

/* A row of [stoichiometry | species], sparse: first over reactions, then over places. */
typedef struct line {
    uint32_t *items;
    double *values;
    size_t count;
    uint32_t pivot; /* reaction */
    double at_pivot;
} line;

typedef struct elimination {
    const bx_network *network;
    const uint32_t *order;
    size_t reactions, places;
    double *unit;   /* by reaction: what makes its column whole */
    double *row;    /* dense, of the line in hand: over reactions, then places */
    double *weight; /* beside: the largest that was added up there, where it is not exact */
    line *lines;    /* of independent species */
    size_t line_count;
    bx_csr by_species; /* place -> entries in network->changes, as (reaction, index) pairs */
    bool exact;
} elimination;

/* The denominator of the simplest fraction within rounding of x; 0: none up to DENOMINATOR. */
static double denominator_of(double x)
{
    for (int d = 1; d <= DENOMINATOR; d++)
        if (fabs(x * d - nearbyint(x * d)) <= 1e-12 * fabs(x * d))
            return d;
    return 0;
}

static double common_divisor(double a, double b)
{
    a = fabs(a);
    b = fabs(b);
    while (b > 0) {
        double rest = fmod(a, b);
        a = b;
        b = rest;
    }
    return a;
}

static void choose_units(elimination *e)
{
    const bx_csr *changes = &e->network->changes;
    for (size_t r = 0; r < e->reactions; r++) {
        double unit = 1;
        for (uint32_t i = changes->start[r]; i < changes->start[r + 1]; i++) {
            double d = denominator_of(e->network->amounts[i] * unit);
            unit *= d > 0 ? d : 1;
            e->exact = e->exact && d > 0 && unit < WHOLE / DENOMINATOR &&
                       fabs(e->network->amounts[i]) * unit < 0x1p40;
        }
        e->unit[r] = unit;
    }
    if (e->exact)
        return;
    for (size_t r = 0; r < e->reactions; r++) {
        double largest = 0;
        for (uint32_t i = changes->start[r]; i < changes->start[r + 1]; i++)
            largest = fmax(largest, fabs(e->network->amounts[i]));
        e->unit[r] = largest > 0 ? 1 / largest : 1;
    }
}

/* The line of a place into `row`. */
static void begin_row(elimination *e, uint32_t place)
{
    size_t width = e->reactions + e->places;
    memset(e->row, 0, width * sizeof *e->row);
    memset(e->weight, 0, width * sizeof *e->weight);
    for (uint32_t i = e->by_species.start[place]; i < e->by_species.start[place + 1]; i += 2) {
        uint32_t r = e->by_species.items[i];
        double amount = e->network->amounts[e->by_species.items[i + 1]] * e->unit[r];
        e->row[r] += e->exact ? nearbyint(amount) : amount;
        e->weight[r] = fmax(e->weight[r], fabs(amount));
    }
    e->row[e->reactions + place] = e->weight[e->reactions + place] = 1;
}

/* Divide the row by what all its entries have in common. */
static void shorten(elimination *e)
{
    size_t width = e->reactions + e->places;
    double divisor = 0;
    for (size_t i = 0; i < width && divisor != 1; i++)
        if (e->row[i] != 0)
            divisor = common_divisor(divisor, e->row[i]);
    for (size_t i = 0; divisor > 1 && i < width; i++)
        e->row[i] /= divisor;
}

/* Take from the row what makes its entry at the line's pivot 0. 1: numbers became too large. */
static int subtract(elimination *e, const line *l)
{
    double entry = e->row[l->pivot];
    if (entry == 0)
        return 0;
    double by = 1, factor = entry / l->at_pivot;
    if (e->exact) {
        double divisor = common_divisor(entry, l->at_pivot);
        by = fabs(l->at_pivot) / divisor;
        factor = entry / divisor * (l->at_pivot < 0 ? -1 : 1);
        for (size_t i = 0; by != 1 && i < e->reactions + e->places; i++) {
            e->row[i] *= by;
            if (fabs(e->row[i]) > WHOLE)
                return 1;
        }
    }
    for (size_t i = 0; i < l->count; i++) {
        double term = factor * l->values[i], *x = &e->row[l->items[i]];
        *x -= term;
        if (e->exact) {
            if (fabs(term) > WHOLE || fabs(*x) > WHOLE)
                return 1;
            continue;
        }
        double *weight = &e->weight[l->items[i]];
        *weight = fmax(*weight, fabs(term));
        if (fabs(*x) <= ROUNDING * *weight)
            *x = 0;
    }
    e->row[l->pivot] = 0;
    if (by != 1)
        shorten(e);
    return 0;
}

static int keep_line(elimination *e)
{
    size_t width = e->reactions + e->places, count = 0;
    line *l = &e->lines[e->line_count];
    for (size_t i = 0; i < width; i++)
        count += e->row[i] != 0;
    *l = (line){.items = malloc((count + 1) * sizeof *l->items),
                .values = malloc((count + 1) * sizeof *l->values)};
    e->line_count++;
    if (!l->items || !l->values)
        return -1;
    for (size_t i = 0; i < width; i++) {
        if (e->row[i] == 0)
            continue;
        l->items[l->count] = (uint32_t)i;
        l->values[l->count++] = e->row[i];
        if (i < e->reactions) {
            bool better = e->exact ? fabs(e->row[i]) < fabs(l->at_pivot)
                                   : fabs(e->row[i]) > fabs(l->at_pivot);
            if (l->at_pivot == 0 || better) {
                l->pivot = (uint32_t)i;
                l->at_pivot = e->row[i];
            }
        }
    }
    return 0;
}

/* The row has nothing left over reactions: a law. */
static int keep_law(elimination *e, bx_conservation *laws, uint32_t place)
{
    const double *row = e->row + e->reactions;
    double largest = 0, sum = 0;
    if (e->exact)
        shorten(e);
    for (size_t i = 0; i < e->places; i++)
        largest = fmax(largest, fabs(row[i]));
    for (size_t i = 0; i < e->places; i++)
        sum += row[i];
    double sign = sum < 0 || (sum == 0 && row[place] < 0) ? -1 : 1;
    size_t filled = laws->laws.start[laws->count];
    double *coefficients =
        realloc(laws->coefficients, (filled + e->places + 1) * sizeof *coefficients);
    if (!coefficients)
        return -1;
    laws->coefficients = coefficients;
    for (uint32_t i = 0; i < e->places; i++) {
        if (fabs(row[i]) <= (e->exact ? 0 : ROUNDING * largest))
            continue;
        coefficients[filled++] = e->exact ? row[i] * sign : row[i] * sign / largest;
        if (bx_csr_push(&laws->laws, i) < 0)
            return -1;
    }
    laws->dependent[laws->count++] = place;
    laws->is_dependent[place] = true;
    return bx_csr_end_row(&laws->laws);
}

static void drop_lines(elimination *e)
{
    for (size_t i = 0; i < e->line_count; i++) {
        free(e->lines[i].items);
        free(e->lines[i].values);
    }
    e->line_count = 0;
}

/* 1: numbers became too large to be exact. */
static int eliminate(elimination *e, bx_conservation *laws)
{
    laws->exact = e->exact;
    for (size_t k = 0; k < e->places; k++) {
        uint32_t place = e->order ? e->order[k] : (uint32_t)k;
        bool left = false;
        begin_row(e, place);
        for (size_t i = 0; i < e->line_count; i++)
            if (subtract(e, &e->lines[i]) != 0)
                return 1;
        for (size_t r = 0; r < e->reactions && !left; r++)
            left = e->row[r] != 0;
        if ((left ? keep_line(e) : keep_law(e, laws, place)) < 0)
            return -1;
    }
    return 0;
}

static int list_changes(elimination *e, const uint32_t *position)
{
    const bx_csr *changes = &e->network->changes;
    size_t total = changes->start[changes->rows];
    size_t *next = calloc(e->places + 2, sizeof *next);
    e->by_species.start = calloc(e->places + 2, sizeof *e->by_species.start);
    e->by_species.items = calloc(2 * total + 1, sizeof *e->by_species.items);
    if (!next || !e->by_species.start || !e->by_species.items) {
        free(next);
        return -1;
    }
    for (size_t i = 0; i < total; i++)
        next[position[changes->items[i]] + 1] += 2;
    for (size_t i = 0; i < e->places; i++) {
        next[i + 1] += next[i];
        e->by_species.start[i + 1] = (uint32_t)next[i + 1];
    }
    for (size_t r = 0; r < e->reactions; r++)
        for (uint32_t i = changes->start[r]; i < changes->start[r + 1]; i++) {
            size_t *at = &next[position[changes->items[i]]];
            e->by_species.items[(*at)++] = (uint32_t)r;
            e->by_species.items[(*at)++] = i;
        }
    free(next);
    return 0;
}

static int find_laws(elimination *e, bx_conservation *laws)
{
    choose_units(e);
    int result = eliminate(e, laws);
    if (result <= 0)
        return result;
    drop_lines(e);
    bx_csr_free(&laws->laws);
    memset(laws->is_dependent, 0, e->places * sizeof *laws->is_dependent);
    laws->count = 0;
    e->exact = false;
    choose_units(e);
    return bx_csr_init(&laws->laws, e->places) < 0 ? -1 : eliminate(e, laws);
}

bx_conservation *bx_conservation_new(const bx_network *network, const uint32_t *position,
                                     size_t count, const uint32_t *order, bx_error *err)
{
    size_t width = network->reactions + count;
    elimination e = {.network = network,
                     .order = order,
                     .reactions = network->reactions,
                     .places = count,
                     .unit = calloc(network->reactions + 1, sizeof(double)),
                     .row = calloc(width + 1, sizeof(double)),
                     .weight = calloc(width + 1, sizeof(double)),
                     .lines = calloc(count + 1, sizeof(line)),
                     .exact = true};
    bx_conservation *laws = calloc(1, sizeof *laws);
    int result = -1;
    if (laws) {
        laws->species = count;
        laws->dependent = calloc(count + 1, sizeof *laws->dependent);
        laws->is_dependent = calloc(count + 1, sizeof *laws->is_dependent);
        if (laws->dependent && laws->is_dependent && e.unit && e.row && e.weight && e.lines &&
            bx_csr_init(&laws->laws, count) == 0 && list_changes(&e, position) == 0)
            result = find_laws(&e, laws);
    }
    drop_lines(&e);
    free(e.by_species.start);
    free(e.by_species.items);
    free(e.unit);
    free(e.row);
    free(e.weight);
    free(e.lines);
    if (result == 0)
        return laws;
    bx_conservation_free(laws);
    bx_fail_memory(err);
    return NULL;
}

void bx_conservation_free(bx_conservation *laws)
{
    if (!laws)
        return;
    bx_csr_free(&laws->laws);
    free(laws->coefficients);
    free(laws->dependent);
    free(laws->is_dependent);
    free(laws);
}

double bx_conservation_total(const bx_conservation *laws, size_t law, const double *values)
{
    double total = 0;
    for (uint32_t i = laws->laws.start[law]; i < laws->laws.start[law + 1]; i++)
        total += laws->coefficients[i] * values[laws->laws.items[i]];
    return total;
}

bx_matrix *bx_conservation_link(const bx_conservation *laws)
{
    bx_matrix *link = bx_matrix_new(laws->species, laws->species - laws->count);
    uint32_t *column = calloc(laws->species + 1, sizeof *column), independent = 0;
    if (!link || !column) {
        bx_matrix_free(link);
        free(column);
        return NULL;
    }
    for (size_t i = 0; i < laws->species; i++)
        if (!laws->is_dependent[i]) {
            column[i] = independent++;
            link->column[column[i]][i] = 1;
        }
    for (size_t k = 0; k < laws->count; k++) {
        double own = 0;
        for (uint32_t i = laws->laws.start[k]; i < laws->laws.start[k + 1]; i++)
            if (laws->laws.items[i] == laws->dependent[k])
                own = laws->coefficients[i];
        for (uint32_t i = laws->laws.start[k]; i < laws->laws.start[k + 1]; i++)
            if (laws->laws.items[i] != laws->dependent[k])
                link->column[column[laws->laws.items[i]]][laws->dependent[k]] =
                    -laws->coefficients[i] / own;
    }
    free(column);
    return link;
}

/* ---- for people ---- */

/* Beyond these it would take too long. */
#define MOIETIES_LAWS 100
#define MOIETIES_SPECIES 500

/* Whole numbers with nothing in common, the sum not below 0. */
static void normalise(double *row, size_t size)
{
    double divisor = 0, sum = 0;
    for (size_t i = 0; i < size; i++) {
        divisor = common_divisor(divisor, row[i]);
        sum += row[i];
    }
    for (size_t i = 0; i < size; i++)
        row[i] = row[i] == 0 ? 0 : row[i] / divisor * (sum < 0 ? -1 : 1);
}

/* Coefficients below 0 first, then how many there are. */
static size_t cost_of(const double *row, size_t size)
{
    size_t negative = 0, all = 0;
    for (size_t i = 0; i < size; i++) {
        negative += row[i] < 0;
        all += row[i] != 0;
    }
    return negative * (size + 1) + all;
}

/* Take from `row` what `other` has of it, so that a species is gone, if that makes it cheaper. */
static bool improve(double *row, const double *other, double *trial, size_t size)
{
    size_t cost = cost_of(row, size);
    for (size_t s = 0; s < size; s++) {
        if (row[s] == 0 || other[s] == 0)
            continue;
        bool fits = true;
        for (size_t i = 0; i < size; i++) {
            trial[i] = row[i] * other[s] - other[i] * row[s];
            fits = fits && fabs(trial[i]) < WHOLE;
        }
        normalise(trial, size);
        if (!fits || cost_of(trial, size) >= cost)
            continue;
        memcpy(row, trial, size * sizeof *row);
        return true;
    }
    return false;
}

double *bx_conservation_moieties(const bx_conservation *laws)
{
    size_t size = laws->species, count = laws->count;
    double *rows = calloc(size * count + 1, sizeof *rows), *trial = calloc(size + 1, sizeof *trial);
    if (!rows || !trial) {
        free(rows);
        free(trial);
        return NULL;
    }
    for (size_t k = 0; k < count; k++)
        for (uint32_t i = laws->laws.start[k]; i < laws->laws.start[k + 1]; i++)
            rows[k * size + laws->laws.items[i]] = laws->coefficients[i];
    bool again = laws->exact && count <= MOIETIES_LAWS && size <= MOIETIES_SPECIES;
    while (again) { /* each time one of them costs less */
        again = false;
        for (size_t a = 0; a < count; a++)
            for (size_t b = 0; b < count; b++)
                again = (a != b && improve(rows + a * size, rows + b * size, trial, size)) || again;
    }
    free(trial);
    return rows;
}
