#include "engine/stochastic/leap.h"

#include "core/interrupt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* n_c of CGP06, section III: so many firings from the end a reaction is critical. */
#define CRITICAL_FIRINGS 10

/* delta of CGP07, eq. 15: how close a reaction and its reverse are in equilibrium. */
#define BALANCE 0.05

/* A formula counts as a reaction of third order, two of them the same molecule: the largest g_i of
 * CGP06, eq. 27, that is safe for most laws without knowing them. */
#define FORMULA_ORDER 3
#define FORMULA_OWN 2

/* ---- set-up ---- */

static void raise_order(bx_leap *leap, uint32_t species, double order, double own)
{
    leap->input[species] = true;
    if (order > leap->order[species]) {
        leap->order[species] = order;
        leap->own[species] = own;
    } else if (order == leap->order[species] && own > leap->own[species]) {
        leap->own[species] = own;
    }
}

/* What a search for species has met. */
typedef struct search {
    uint32_t *seen;  /* by slot: the stamp of the last search that met it */
    uint32_t *rules; /* met, and still to be followed */
    size_t count;
} search;

static void meet(bx_leap *leap, search *s, uint32_t slot, uint32_t stamp)
{
    const bx_network *network = leap->network;
    if (s->seen[slot] == stamp || !bx_network_varies(network, slot))
        return;
    s->seen[slot] = stamp;
    if (slot < network->species)
        raise_order(leap, slot, FORMULA_ORDER, FORMULA_OWN);
    else
        s->rules[s->count++] = slot - (uint32_t)(network->species + network->parameters);
}

/* Follow the slots that a formula names down to species. */
static void add_inputs(bx_leap *leap, const bx_csr *uses, size_t row, uint32_t stamp, search *s)
{
    const bx_csr *of_rules = &leap->network->rule_uses;
    for (uint32_t i = uses->start[row]; i < uses->start[row + 1]; i++)
        meet(leap, s, uses->items[i], stamp);
    while (s->count > 0) {
        uint32_t rule = s->rules[--s->count];
        for (uint32_t i = of_rules->start[rule]; i < of_rules->start[rule + 1]; i++)
            meet(leap, s, of_rules->items[i], stamp);
    }
}

static void add_reactants(bx_leap *leap, size_t r)
{
    const bx_network *network = leap->network;
    uint32_t begin = network->reactants.start[r], end = network->reactants.start[r + 1];
    double order = 0;
    for (uint32_t i = begin; i < end; i++)
        order += network->orders[i];
    for (uint32_t i = begin; i < end; i++)
        if (network->changing[network->reactants.items[i]])
            raise_order(leap, network->reactants.items[i], order, network->orders[i]);
}

static double change_of(const bx_network *network, size_t reaction, uint32_t species)
{
    for (uint32_t i = network->changes.start[reaction]; i < network->changes.start[reaction + 1];
         i++)
        if (network->changes.items[i] == species)
            return network->amounts[i];
    return 0;
}

static bool undoes(const bx_network *network, size_t r, size_t other)
{
    uint32_t count = bx_csr_count(&network->changes, r);
    if (count == 0 || count != bx_csr_count(&network->changes, other))
        return false;
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
        if (change_of(network, other, network->changes.items[i]) != -network->amounts[i])
            return false;
    return true;
}

/* Reverses are looked for among the reactions that change the same first species. */
static int find_reverses(bx_leap *leap)
{
    const bx_network *network = leap->network;
    bx_csr users = {0};
    if (bx_csr_transpose(&network->changes, network->species, &users) < 0)
        return -1;
    for (uint32_t r = 0; r < network->reactions; r++) {
        if (leap->reverse[r] != BX_SLOT_NONE || bx_csr_count(&network->changes, r) == 0)
            continue;
        uint32_t species = bx_csr_row(&network->changes, r)[0];
        const uint32_t *others = bx_csr_row(&users, species);
        uint32_t count = bx_csr_count(&users, species);
        for (uint32_t i = 0; i < count && i < 1000; i++) /* of a hub, the first will do */
            if (others[i] > r && leap->reverse[others[i]] == BX_SLOT_NONE &&
                undoes(network, r, others[i])) {
                leap->reverse[r] = others[i];
                leap->reverse[others[i]] = r;
                break;
            }
    }
    bx_csr_free(&users);
    return 0;
}

/* Reactions like "A -> ..." of mass action, where nothing else takes A. */
static int find_sole(bx_leap *leap)
{
    const bx_network *network = leap->network;
    uint32_t *consumers = calloc(network->species + 1, sizeof *consumers);
    if (!consumers)
        return -1;
    uint32_t terms = network->changes.start[network->changes.rows];
    for (uint32_t i = 0; i < terms; i++)
        consumers[network->changes.items[i]] += network->amounts[i] < 0;
    for (size_t r = 0; r < network->reactions; r++) {
        uint32_t first = network->reactants.start[r];
        leap->sole[r] = BX_SLOT_NONE;
        if (!network->reaction[r].mass_action || bx_csr_count(&network->reactants, r) != 1 ||
            network->orders[first] != 1)
            continue;
        uint32_t species = network->reactants.items[first];
        if (change_of(network, r, species) == -1 && consumers[species] == 1)
            leap->sole[r] = species;
    }
    free(consumers);
    return 0;
}

static int add_all_inputs(bx_leap *leap, search *s)
{
    const bx_network *network = leap->network;
    for (uint32_t r = 0; r < network->reactions; r++) {
        leap->reverse[r] = BX_SLOT_NONE;
        if (bx_interrupted)
            return -1;
        add_inputs(leap, &network->rate_uses, r, r + 1, s);
        if (network->reaction[r].mass_action)
            add_reactants(leap, r);
    }
    /* conditions are looked at after each leap */
    for (uint32_t i = 0; i < network->logic_count; i++)
        add_inputs(leap, &network->logic_uses, i, (uint32_t)network->reactions + i + 1, s);
    return 0;
}

static int describe(bx_leap *leap)
{
    const bx_network *network = leap->network;
    search s = {.seen = calloc(network->program.frame_size + 1, sizeof *s.seen),
                .rules = calloc(network->rules + 1, sizeof *s.rules)};
    int result = s.seen && s.rules ? add_all_inputs(leap, &s) : -1;
    free(s.seen);
    free(s.rules);
    return result < 0 || find_reverses(leap) < 0 ? -1 : find_sole(leap);
}

int bx_leap_init(bx_leap *leap, const bx_network *network, bx_error *err)
{
    size_t species = network->species + 1, reactions = network->reactions + 1;
    *leap = (bx_leap){.network = network,
                      .order = calloc(species, sizeof(double)),
                      .own = calloc(species, sizeof(double)),
                      .input = calloc(species, sizeof(bool)),
                      .reverse = calloc(reactions, sizeof(uint32_t)),
                      .sole = calloc(reactions, sizeof(uint32_t)),
                      .propensity = calloc(reactions, sizeof(double)),
                      .critical = calloc(reactions, sizeof(bool)),
                      .balanced = calloc(reactions, sizeof(bool)),
                      .drift = calloc(species, sizeof(double)),
                      .noise = calloc(species, sizeof(double))};
    if (leap->order && leap->own && leap->input && leap->reverse && leap->sole &&
        leap->propensity && leap->critical && leap->balanced && leap->drift && leap->noise &&
        describe(leap) == 0)
        return 0;
    bx_leap_free(leap);
    return bx_check_interrupted(err) < 0 ? -1 : bx_fail_memory(err);
}

void bx_leap_free(bx_leap *leap)
{
    free(leap->order);
    free(leap->own);
    free(leap->input);
    free(leap->reverse);
    free(leap->sole);
    free(leap->propensity);
    free(leap->critical);
    free(leap->balanced);
    free(leap->drift);
    free(leap->noise);
    *leap = (bx_leap){0};
}

/* ---- the present state ---- */

int bx_leap_propensities(bx_leap *leap, double *frame, bx_error *err)
{
    const bx_network *network = leap->network;
    bx_network_rates(network, frame);
    leap->total = 0;
    for (size_t r = 0; r < network->reactions; r++) {
        double value = frame[network->rate + r];
        if (network->reaction[r].mass_action && value >= 0)
            value = bx_mass_action_propensity(network, r, value, frame);
        if (!(value >= 0) || isinf(value))
            return bx_fail(err, BX_ESIMULATION, "%s: its propensity is %g at time %g s%s",
                           bx_network_reaction_label(network, r).text, value, frame[network->time],
                           bx_network_cause(network, r, frame).text);
        leap->propensity[r] = value;
        leap->total += value;
    }
    return 0;
}

/* CGP06, eq. 10: L_j, the most firings that the counts allow. */
static double firings_left(const bx_network *network, size_t r, const double *frame)
{
    double left = INFINITY;
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
        double amount = network->amounts[i];
        if (amount < 0)
            left = fmin(left, floor(frame[network->changes.items[i]] / -amount));
    }
    return left;
}

static void find_critical(bx_leap *leap, const double *frame)
{
    leap->total_critical = 0;
    for (size_t r = 0; r < leap->network->reactions; r++) {
        leap->critical[r] =
            leap->propensity[r] > 0 && firings_left(leap->network, r, frame) < CRITICAL_FIRINGS;
        if (leap->critical[r])
            leap->total_critical += leap->propensity[r];
    }
}

/* CGP06, eq. 27, for orders 1 to 3 and its pattern beyond: how much faster than the species a
 * propensity may change, relative to each. */
static double sensitivity(double order, double own, double count)
{
    double g = own;
    for (double i = 1; i < own && i < count; i++)
        g += i / (count - i);
    return order * g / own;
}

/* CGP06, eqs. 32 and 33; `slow`: without reactions in equilibrium (CGP07, eq. 14). */
static double longest_leap(bx_leap *leap, const double *frame, double epsilon, bool slow)
{
    const bx_network *network = leap->network;
    memset(leap->drift, 0, network->species * sizeof *leap->drift);
    memset(leap->noise, 0, network->species * sizeof *leap->noise);
    for (size_t r = 0; r < network->reactions; r++) {
        double a = leap->propensity[r];
        if (a == 0 || leap->critical[r] || (slow && leap->balanced[r]))
            continue;
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
            double amount = network->amounts[i];
            leap->drift[network->changes.items[i]] += amount * a;
            leap->noise[network->changes.items[i]] += amount * amount * a;
        }
    }
    double longest = INFINITY;
    for (size_t i = 0; i < network->species; i++) {
        if (!leap->input[i] || leap->noise[i] == 0)
            continue;
        double bound = epsilon * frame[i] / sensitivity(leap->order[i], leap->own[i], frame[i]);
        if (!(bound > 1))
            bound = 1;
        longest = fmin(longest, fmin(bound / fabs(leap->drift[i]), bound * bound / leap->noise[i]));
    }
    return longest;
}

void bx_leap_select(bx_leap *leap, const double *frame, double epsilon, bool stiff)
{
    find_critical(leap, frame);
    leap->explicit_ = leap->implicit = longest_leap(leap, frame, epsilon, false);
    bool any = false;
    for (size_t r = 0; stiff && r < leap->network->reactions; r++) {
        uint32_t reverse = leap->reverse[r];
        if (reverse == BX_SLOT_NONE)
            continue;
        double a = leap->propensity[r], b = leap->propensity[reverse];
        leap->balanced[r] = a > 0 && fabs(a - b) <= BALANCE * fmin(a, b);
        any = any || leap->balanced[r];
    }
    if (any)
        leap->implicit = longest_leap(leap, frame, epsilon, true);
}
