#include "flux/dynamic.h"

#include "flux/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BIOMASS, GROWTH_RATE, FEASIBLE, FIRST_POOL };

/* Steps that end early are bounded too: so many for each that does not. */
#define EARLY_LIMIT 1000

/* A demand that is above what can be taken up by less than this part of it is met. */
#define ROUNDING 1e-9

typedef struct pool {
    size_t exchange;
    double coefficient;  /* of the metabolite in the exchange reaction */
    double lower, upper; /* the model's own bounds, to be put back */
    bool limits;         /* as much as could be was taken up in the last step, if there was one */
} pool;

typedef struct culture {
    bx_fba *fba;
    const bx_fba_culture *given;
    pool *pools;
    bx_medium medium;  /* a litre of it, and so in mM */
    double *exchanged; /* given by the culture, of each pool, mmol/L */
    double *uptake;    /* greatest, of each pool */
    double *supply;    /* mM per hour and gDW/L of biomass, of each pool */
    double *row;       /* biomass, growth rate, feasible, and concentrations as in the medium */
    double time;
    size_t short_of; /* the pool that must be taken up faster than it can; else BX_FBA_NONE */
    bx_fba_death *death;
    bx_trajectory *trajectory;
} culture;

static int check_numbers(const bx_fba_culture *given, bx_error *err)
{
    static const char *const expected = "dynamic: expected %s, got %g";
    if (!(given->duration > 0) || !isfinite(given->duration))
        return bx_fail(err, BX_ESIMULATION, expected, "a duration above 0 h", given->duration);
    if (!(given->step > 0) || !(given->duration / given->step <= 1e8))
        return bx_fail(err, BX_ESIMULATION, expected, "a step above 0 h, at most 1e8 in the run",
                       given->step);
    if (!(given->every >= 0) || !isfinite(given->every))
        return bx_fail(err, BX_ESIMULATION, expected, "every to be 0 h or more", given->every);
    if (!(given->biomass > 0) || !isfinite(given->biomass))
        return bx_fail(err, BX_ESIMULATION, expected, "a biomass above 0 gDW/L", given->biomass);
    if (!(given->death_rate >= 0) || !isfinite(given->death_rate))
        return bx_fail(err, BX_ESIMULATION, expected, "a death rate of 0 1/h or more",
                       given->death_rate);
    if (!(given->dilution >= 0) || !isfinite(given->dilution))
        return bx_fail(err, BX_ESIMULATION, expected, "a dilution rate of 0 1/h or more",
                       given->dilution);
    return 0;
}

static int open_pool(culture *c, size_t i, const char **name, bx_error *err)
{
    const bx_fba_pool *given = &c->given->pools[i];
    const bx_fba_column *exchange = &c->fba->reactions[given->exchange];
    if (exchange->entry_count != 1)
        return bx_fail(err, BX_ESIMULATION,
                       "dynamic: reaction \"%.64s\" is no exchange of one metabolite: it has %zu",
                       exchange->id, exchange->entry_count);
    *name = c->fba->metabolites[exchange->entries[0].metabolite].id;
    for (size_t other = 0; other < i; other++)
        if (c->pools[other].exchange == given->exchange)
            return bx_fail(err, BX_ESIMULATION, "dynamic: \"%.64s\" is in the medium twice", *name);
    if (!(given->concentration >= 0) || !isfinite(given->concentration))
        return bx_fail(err, BX_ESIMULATION, "dynamic: %.64s: a concentration can't be %g mM", *name,
                       given->concentration);
    if (given->maximum < 0 || isinf(given->maximum) || !(given->half >= 0) || isinf(given->half))
        return bx_fail(err, BX_ESIMULATION,
                       "dynamic: %.64s: the uptake's maximum %g and half-saturation %g can't be "
                       "negative or infinite",
                       *name, given->maximum, given->half);
    if (!(given->crowding > 0) || isinf(given->crowding))
        return bx_fail(err, BX_ESIMULATION, "dynamic: %.64s: the crowding can't be %g", *name,
                       given->crowding);
    if (!(given->feed >= 0) || isinf(given->feed) || !(given->decay >= 0) || isinf(given->decay))
        return bx_fail(err, BX_ESIMULATION,
                       "dynamic: %.64s: the feed %g and the decay %g can't be negative or infinite",
                       *name, given->feed, given->decay);
    c->pools[i] = (pool){given->exchange, exchange->entries[0].coefficient, exchange->lower,
                         exchange->upper, true};
    c->medium.pools[i] =
        (bx_pool){.amount = given->concentration, .feed = given->feed, .decay = given->decay};
    c->row[FIRST_POOL + i] = given->concentration;
    return 0;
}

/* The size of the trajectory is bounded before the run. */
static int open_trajectory(culture *c, const char *const *names, bx_error *err)
{
    const bx_fba_culture *given = c->given;
    size_t columns = FIRST_POOL + given->pool_count;
    double rows = given->every > 0 ? ceil(given->duration / given->every) + 2 : 2;
    if (rows * (double)(columns + 1) * sizeof(double) > (double)bx_fba_byte_limit(c->fba))
        return bx_fail(err, BX_ESIMULATION,
                       "dynamic: %.0f rows of %zu columns take more than %zu bytes: record less "
                       "often",
                       rows, columns + 1, bx_fba_byte_limit(c->fba));
    c->trajectory = bx_trajectory_new(names, columns, "dfba", 0, err);
    return c->trajectory ? bx_trajectory_reserve(c->trajectory, (size_t)rows, err) : -1;
}

static int open_culture(culture *c, bx_error *err)
{
    size_t count = c->given->pool_count;
    if (check_numbers(c->given, err) < 0)
        return -1;
    const char **names = calloc(FIRST_POOL + count, sizeof *names);
    c->pools = calloc(count + 1, sizeof *c->pools);
    c->medium = (bx_medium){1, c->given->dilution, c->given->dilution,
                            calloc(count + 1, sizeof *c->medium.pools), count};
    c->uptake = calloc(count + 1, sizeof *c->uptake);
    c->supply = calloc(count + 1, sizeof *c->supply);
    c->row = calloc(FIRST_POOL + count, sizeof *c->row);
    int result = names && c->pools && c->medium.pools && c->uptake && c->supply && c->row
                     ? 0
                     : bx_fail_memory(err);
    for (size_t i = 0; i < count && result == 0; i++)
        result = open_pool(c, i, &names[FIRST_POOL + i], err);
    if (result == 0) {
        names[BIOMASS] = "biomass";
        names[GROWTH_RATE] = "growth_rate";
        names[FEASIBLE] = "feasible";
        c->row[BIOMASS] = c->given->biomass;
        result = open_trajectory(c, names, err);
    }
    free(names);
    return result;
}

static void close_culture(culture *c)
{
    free(c->pools);
    free(c->medium.pools);
    free(c->uptake);
    free(c->supply);
    free(c->row);
}

/* Uptake is a negative flux of "A ->" and a positive one of "-> A": the least and the greatest that
 * the model's own bounds allow. */
static double least_uptake(const pool *p)
{
    return p->coefficient < 0 ? -p->upper : p->lower;
}

static double greatest_uptake(const pool *p)
{
    return p->coefficient < 0 ? -p->lower : p->upper;
}

/* The biomass per litre that pool i is shared by. */
static double crowd(const culture *c, size_t i)
{
    return c->row[BIOMASS] * c->given->pools[i].crowding;
}

/* The mean over a step of an uptake of `now` that changes by `slope` with its concentration, where
 * the culture takes all that it may: by the linear law, which is stable however long the step is
 * (a Rosenbrock method: Hairer & Wanner, Solving Ordinary Differential Equations II, 1996, IV.7).
 */
static double mean_uptake(const culture *c, size_t i, double now, double slope)
{
    const bx_pool *p = &c->medium.pools[i];
    double biomass = crowd(c, i), loss = bx_medium_loss(&c->medium, i);
    double change = c->medium.inflow * p->feed - loss * p->amount - biomass * now;
    double x = (loss + biomass * slope) * c->given->step;
    double part = x < 1e-3 ? 0.5 - x / 6 : (1 + expm1(-x) / x) / x;
    double mean = fmax(p->amount + change * c->given->step * part, 0);
    return fmax(now + slope * (mean - p->amount), 0);
}

/* Whether there is any to take up within a step. */
static bool is_there(const culture *c, size_t i)
{
    return c->row[FIRST_POOL + i] > 0 || (c->given->dilution > 0 && c->given->pools[i].half > 0);
}

static double kinetic_uptake(const culture *c, size_t i)
{
    const bx_fba_pool *given = &c->given->pools[i];
    double present = c->row[FIRST_POOL + i];
    if (!is_there(c, i))
        return 0;
    if (isnan(given->maximum))
        return fmax(greatest_uptake(&c->pools[i]), 0);
    double sum = given->half + present, now = given->maximum * present / sum;
    if (c->given->dilution == 0 || given->half == 0 || !c->pools[i].limits)
        return now;
    return mean_uptake(c, i, now, given->maximum * given->half / (sum * sum));
}

/* Bound the exchange of pool i by what can be taken up, and by what the model demands: an uptake,
 * for which there may be too little, or a secretion. */
static int bound_pool(culture *c, size_t i, double most, bx_error *err)
{
    const pool *p = &c->pools[i];
    double least = least_uptake(p), greatest = greatest_uptake(p);
    if (!(most >= 0))
        return bx_fail(err, BX_ESIMULATION, "dynamic: the uptake by \"%.64s\" can't be %g",
                       bx_fba_reaction_id(c->fba, p->exchange), most);
    if (greatest < 0)
        most = greatest;
    if (least > most && least * (1 - ROUNDING) <= most)
        most = least;
    if (least > most) {
        c->short_of = i;
        return 0;
    }
    double lower = p->coefficient < 0 ? -most : p->lower;
    double upper = p->coefficient < 0 ? p->upper : most;
    return bx_fba_set_bounds(c->fba, p->exchange, lower, upper, err);
}

static int bound_pools(culture *c, bx_error *err)
{
    const bx_fba_culture *given = c->given;
    for (size_t i = 0; i < given->pool_count; i++)
        c->uptake[i] = kinetic_uptake(c, i);
    if (given->uptake && given->uptake(given->uptake_data, c->time, c->row[BIOMASS],
                                       c->row + FIRST_POOL, c->uptake, err) < 0)
        return -1;
    c->short_of = BX_FBA_NONE;
    for (size_t i = 0; i < given->pool_count; i++)
        if (bound_pool(c, i, is_there(c, i) ? c->uptake[i] : 0, err) < 0)
            return -1;
    return 0;
}

/* The fluxes of this moment: growth rate and supplies. */
static int find_fluxes(culture *c, bx_error *err)
{
    bx_fba_solution solution = {.status = BX_FBA_INFEASIBLE};
    if (bound_pools(c, err) < 0)
        return -1;
    if (c->short_of == BX_FBA_NONE && bx_fba_optimise(c->fba, &solution, err) < 0)
        return -1;
    if (solution.status == BX_FBA_UNBOUNDED)
        return bx_fail(err, BX_ESIMULATION,
                       "dynamic: at %g h the objective has no bound: limit an uptake", c->time);
    bool feasible = solution.status == BX_FBA_OPTIMAL;
    if (!feasible && isnan(c->death->time))
        *c->death = (bx_fba_death){c->time, c->short_of};
    c->row[FEASIBLE] = feasible;
    c->row[GROWTH_RATE] = feasible ? solution.fluxes[c->given->growth] : 0;
    for (size_t i = 0; i < c->given->pool_count; i++) {
        pool *p = &c->pools[i];
        double flux = feasible ? solution.fluxes[p->exchange] : 0;
        c->supply[i] = flux == 0 ? 0 : -p->coefficient * flux;
        p->limits = -c->supply[i] >= c->uptake[i] * (1 - ROUNDING);
    }
    return 0;
}

/* The rate at which biomass changes, 1/h. */
static double change_rate(const culture *c)
{
    return c->row[FEASIBLE] > 0 ? c->row[GROWTH_RATE] : -c->given->death_rate;
}

/* What there is of pool i after h, by the present fluxes. */
static double present_after(const culture *c, size_t i, double h)
{
    double growth = change_rate(c) - c->given->dilution;
    double taking = crowd(c, i) * bx_medium_response(&c->medium, i, growth, h);
    return bx_medium_kept(&c->medium, i, h) + c->supply[i] * taking;
}

/* The same within h, infinite if not, of a pool that is fed or lost: it falls and rises at most
 * once, or the other way round, so that a sign of it settles where the first end is. */
static double exhaustion_within(const culture *c, size_t i, double h)
{
    const bx_pool *p = &c->medium.pools[i];
    double growth = change_rate(c) - c->given->dilution;
    double fed = c->medium.inflow * p->feed, taken = -c->supply[i] * crowd(c, i);
    double lowest = fed > 0 && growth < 0 ? log(fed / taken) / growth : h;
    double low = 0, high = lowest > 0 && lowest < h ? lowest : h;
    if (present_after(c, i, high) >= 0)
        return INFINITY;
    for (double middle = high / 2; middle > low && middle < high; middle = low + (high - low) / 2)
        *(present_after(c, i, middle) >= 0 ? &low : &high) = middle;
    return high;
}

/* The time after which pool i is used up, infinite if never, or not within h: in a closed medium
 * the integral of the biomass, X (exp(mu h) - 1) / mu, reaches what there is. */
static double exhaustion(const culture *c, size_t i, double h)
{
    double mu = change_rate(c), left = c->medium.pools[i].amount;
    if (c->supply[i] >= 0)
        return INFINITY;
    if (bx_medium_loss(&c->medium, i) > 0)
        return exhaustion_within(c, i, h);
    double wanted = left / (-c->supply[i] * crowd(c, i));
    if (mu == 0)
        return wanted;
    return mu * wanted > -1 ? log1p(mu * wanted) / mu : INFINITY;
}

/* Advance by at most h; returns the step made. What runs out first ends it, and is exactly 0. */
static double step(culture *c, double h)
{
    double growth = change_rate(c) - c->given->dilution;
    size_t used_up = SIZE_MAX;
    for (size_t i = 0; i < c->given->pool_count; i++) {
        double end = exhaustion(c, i, h);
        if (end < h) {
            h = end;
            used_up = i;
        }
    }
    double integral = c->row[BIOMASS] * bx_medium_integral(growth, h);
    for (size_t i = 0; i < c->given->pool_count; i++) {
        c->row[FIRST_POOL + i] = i == used_up ? 0 : fmax(present_after(c, i, h), 0);
        c->exchanged[i] += c->supply[i] * integral;
    }
    for (size_t i = 0; i < c->given->pool_count; i++)
        c->medium.pools[i].amount = c->row[FIRST_POOL + i];
    c->row[BIOMASS] *= exp(growth * h);
    return h;
}

static int record(culture *c, bx_error *err)
{
    return bx_trajectory_append(c->trajectory, c->time, c->row, err);
}

static int check_state(const culture *c, bx_error *err)
{
    for (size_t i = 0; i < FIRST_POOL + c->given->pool_count; i++)
        if (!isfinite(c->row[i]))
            return bx_fail(err, BX_ESIMULATION, "dynamic: at %g h %s is no longer finite", c->time,
                           bx_trajectory_name(c->trajectory, i));
    return 0;
}

/* The moments at which steps end and rows are due are whole multiples, without drift. */
static int advance(culture *c, bx_error *err)
{
    const bx_fba_culture *given = c->given;
    double steps = 0, rows = 0, early = 0, end = given->duration;
    double limit = EARLY_LIMIT + EARLY_LIMIT * ceil(end / given->step);
    if (find_fluxes(c, err) < 0 || record(c, err) < 0)
        return -1;
    while (c->time < end) {
        double next_step = (steps + 1) * given->step;
        double next_row = given->every > 0 ? (rows + 1) * given->every : INFINITY;
        if (next_row > end * (1 - 1e-12))
            next_row = INFINITY;
        double until = fmin(fmin(next_step, next_row), end);
        double h = until - c->time, made = step(c, h);
        c->time = made < h ? c->time + made : until;
        steps += c->time >= next_step;
        if (made < h && ++early > limit)
            return bx_fail(
                err, BX_ESIMULATION,
                "dynamic: at %g h metabolites run out again and again: give their uptake "
                "a half-saturation",
                c->time);
        if (bx_fba_poll(c->fba, c->time / end, err) < 0 || check_state(c, err) < 0 ||
            find_fluxes(c, err) < 0)
            return -1;
        if (c->time >= next_row || c->time >= end) {
            rows += c->time >= next_row;
            if (record(c, err) < 0)
                return -1;
        }
    }
    return 0;
}

int bx_fba_dynamic(bx_fba *fba, const bx_fba_culture *given, bx_trajectory **trajectory,
                   bx_fba_death *death, double *exchanged, bx_error *err)
{
    culture c = {.fba = fba, .given = given, .death = death, .exchanged = exchanged};
    *trajectory = NULL;
    *death = (bx_fba_death){NAN, BX_FBA_NONE};
    memset(exchanged, 0, given->pool_count * sizeof *exchanged);
    if (!given->warm)
        bx_fba_forget_program(fba);
    int result = open_culture(&c, err);
    if (result == 0) {
        bx_fba_begin(fba);
        result = advance(&c, err);
        for (size_t i = 0; i < given->pool_count; i++) {
            const pool *p = &c.pools[i];
            fba->reactions[p->exchange].lower = p->lower;
            fba->reactions[p->exchange].upper = p->upper;
        }
    }
    close_culture(&c);
    if (result == 0)
        *trajectory = c.trajectory;
    else
        bx_trajectory_free(c.trajectory);
    return result;
}
