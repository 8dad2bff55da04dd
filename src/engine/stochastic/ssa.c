#include "engine/stochastic/ssa.h"

#include "core/random.h"
#include "engine/molecules.h"
#include "engine/roots.h"
#include "engine/stochastic/dependency.h"
#include "engine/stochastic/groups.h"
#include "engine/stochastic/hubs.h"
#include "engine/stochastic/sum_tree.h"

#include <math.h>
#include <stdlib.h>

/* From so many reactions on, composition and rejection: as fast as the tree there, where both wait
 * for memory, without its lists of what to add up anew, some 100 bytes a reaction. */
#define REJECTION_LEAST 50000

/* Reactions between two looks at the interrupt. */
#define POLL_INTERVAL 1000

typedef enum channel_kind {
    CHANNEL_QUADRATIC, /* k x[a] (x[b] - shift): mass action up to order 2, with x[one] = 1 */
    CHANNEL_CUBIC,     /* k x[a] (x[b] - shift) (x[c] - 2 shift): A + B + C, and 3 A */
    CHANNEL_GENERAL,   /* other mass action, or k depends on species */
    CHANNEL_FORMULA
} channel_kind;

/* How to compute a propensity. */
typedef struct channel {
    double k, shift;
    uint32_t a, b, c;
    uint32_t kind;
} channel;

typedef struct change {
    double amount;
    uint32_t species;
} change;

/* Where the lists of a reaction begin, those of the next end them: all in one place, for of many
 * reactions each list apart would wait for memory on its own. */
typedef struct firing {
    uint32_t changes, rules, items, sums, spokes, spoke_sums;
    bool guarded;    /* its propensity alone does not keep counts from below 0 */
    bool conditions; /* the truth of one may change */
} firing;

/* What is chosen among, an item: a reaction, or behind those a hub, whose k is the sum of its
 * spokes' parts. Spokes are 0 there. */
struct bx_ssa {
    const bx_network *network;
    channel *channels; /* by item; of a spoke for its part */
    bool two_steps;    /* a choice is made in: there are groups, or hubs */
    bool plain;        /* every channel is quadratic, and a firing makes nothing else stale */
    bool special;      /* there are rules to be solved, or a firing makes everything stale */
    bool rejection;    /* either groups or, if false, tree and sums */
    bx_groups groups;
    bx_sum_tree tree;
    bx_hubs hubs;
    bx_dependency dependency;
    bx_csr sums;       /* reaction -> pairs of indexes into tree.values: a sum and its first part */
    bx_csr spoke_sums; /* the same for hubs.tree */
    change *changes;   /* rows as in network->changes */
    bx_roots *roots;   /* NULL: no rate depends on time */
    double known;      /* when rates change next by time alone; -infinity: look anew */
    firing *firings;   /* by reaction, and behind them the ends of the last */
    bx_random random;
    bx_simulation *simulation; /* while it runs */
};

/* A function whose copies for `plain` and for others leave out what does not come in them. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* ---- set-up ---- */

/* *roots is NULL if no rate depends on time. */
static int find_roots(const bx_network *network, bx_roots **roots, bx_error *err)
{
    bool timely = false;
    for (size_t r = 0; r < network->reactions; r++)
        timely = timely || network->reaction[r].uses_time;
    *roots = timely ? bx_roots_new(network, NULL, err) : NULL;
    return timely && !*roots ? -1 : 0;
}

static bool drifts(const bx_network *network, const bx_roots *roots, size_t r)
{
    return roots && bx_roots_drifts(roots, network->rate + (uint32_t)r);
}

bool bx_ssa_needs_hazard(const bx_network *network)
{
    bx_error err;
    bx_roots *roots = NULL;
    bool needs = network->program.delayed_count > 0 || find_roots(network, &roots, &err) < 0;
    for (size_t r = 0; r < network->reactions && !needs; r++)
        needs = drifts(network, roots, r);
    bx_roots_free(roots);
    for (size_t i = 0; i < network->logic_count; i++)
        needs = needs || (network->logic[i].uses_time && network->logic[i].limit == BX_SLOT_NONE);
    return needs;
}

static int check_network(const bx_ssa *ssa, bx_error *err)
{
    const bx_network *network = ssa->network;
    for (size_t r = 0; r < network->reactions; r++) {
        if (drifts(network, ssa->roots, r))
            return bx_fail(err, BX_EMODEL,
                           "%s: its rate changes with time all along, which stochastic reactions "
                           "with an exchange interval do not allow; leave out the option exchange",
                           bx_network_reaction_label(network, r).text);
        if (bx_molecules_check_coefficients(network, r, network->changing, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < network->events; i++)
        for (uint32_t j = network->event[i].logic.begin; j < network->event[i].logic.end; j++)
            if (network->logic[j].uses_time && network->logic[j].limit == BX_SLOT_NONE)
                return bx_fail(err, BX_EMODEL,
                               "%s: when: in stochastic simulation the time can only be compared "
                               "with a constant, as in time > 100",
                               bx_network_event_label(network, i).text);
    return 0;
}

static channel make_channel(const bx_network *network, size_t r)
{
    uint32_t one = network->one;
    channel c = {.a = one, .b = one, .c = one, .kind = CHANNEL_GENERAL};
    const bx_reaction *reaction = &network->reaction[r];
    if (!reaction->mass_action) {
        c.kind = CHANNEL_FORMULA;
        return c;
    }
    uint32_t count = bx_csr_count(&network->reactants, r);
    const uint32_t *species = bx_csr_row(&network->reactants, r);
    const double *order = network->orders + network->reactants.start[r];
    if (!reaction->constant || count > 3)
        return c;
    bool single = true; /* each reactant comes once */
    for (uint32_t i = 0; i < count; i++)
        single = single && order[i] == 1;
    if (single) {
        c.a = count > 0 ? species[0] : one;
        c.b = count > 1 ? species[1] : one;
        c.c = count > 2 ? species[2] : one;
        c.kind = count > 2 ? CHANNEL_CUBIC : CHANNEL_QUADRATIC;
    } else if (count == 1 && (order[0] == 2 || order[0] == 3)) {
        c.a = c.b = c.c = species[0];
        c.shift = 1;
        c.kind = order[0] == 2 ? CHANNEL_QUADRATIC : CHANNEL_CUBIC;
    }
    return c;
}

/* The part of a spoke: without the count of its hub. */
static void factor_out(channel *c, uint32_t species, uint32_t one)
{
    uint32_t *factor = c->a == species ? &c->a : c->b == species ? &c->b : &c->c;
    *factor = c->c;
    c->c = one;
    c->kind = CHANNEL_QUADRATIC;
}

static void make_channels(bx_ssa *ssa)
{
    const bx_network *network = ssa->network;
    const bx_hubs *hubs = &ssa->hubs;
    for (size_t r = 0; r < network->reactions; r++) {
        ssa->channels[r] = make_channel(network, r);
        uint32_t hub = bx_hubs_of(hubs, r);
        if (hub != BX_HUB_NONE)
            factor_out(&ssa->channels[r], hubs->hubs[hub].species, network->one);
    }
    for (size_t i = 0; i < hubs->count; i++)
        ssa->channels[network->reactions + i] =
            (channel){.a = hubs->hubs[i].species, .b = network->one, .kind = CHANNEL_QUADRATIC};
}

/* A reaction can't take more than there is if its propensity is 0 then. */
static bool needs_guard(const bx_network *network, size_t r)
{
    if (network->reaction[r].mass_action)
        return false;
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
        if (network->amounts[i] < 0)
            return true;
    return false;
}

/* For each reaction the sums below `levels` over its dependents in `tree`, level by level. The
 * leaves of dependents are theirs or, if NULL, the same numbers. */
static int list_sums(const bx_sum_tree *tree, size_t levels, const bx_csr *dependents,
                     const uint32_t *leaves, bx_csr *sums)
{
    if (bx_csr_init(sums, dependents->rows) < 0)
        return -1;
    for (size_t r = 0; r < dependents->rows; r++) {
        for (size_t level = 1; level < levels; level++) {
            uint32_t last = UINT32_MAX;
            for (uint32_t i = 0; i < bx_csr_count(dependents, r); i++) {
                uint32_t item = bx_csr_row(dependents, r)[i];
                uint32_t sum = (leaves ? leaves[item] : item) >> (3 * level);
                if (sum == last)
                    continue;
                last = sum;
                uint32_t part = (uint32_t)tree->offset[level - 1] + sum * BX_SUM_WIDTH;
                if (bx_csr_push(sums, (uint32_t)tree->offset[level] + sum) < 0 ||
                    bx_csr_push(sums, part) < 0)
                    return -1;
            }
        }
        if (bx_csr_end_row(sums) < 0)
            return -1;
    }
    return 0;
}

static int list_all_sums(bx_ssa *ssa)
{
    const bx_dependency *dependency = &ssa->dependency;
    const bx_hubs *hubs = &ssa->hubs;
    if (ssa->rejection || dependency->dense)
        return 0;
    return list_sums(&ssa->tree, ssa->tree.levels, &dependency->reactions, NULL, &ssa->sums) < 0
               ? -1
               : list_sums(&hubs->tree, hubs->levels, &dependency->spokes, hubs->leaf,
                           &ssa->spoke_sums);
}

static void make_firings(bx_ssa *ssa)
{
    const bx_network *network = ssa->network;
    const bx_dependency *dependency = &ssa->dependency;
    for (size_t r = 0; r <= network->reactions; r++)
        ssa->firings[r] =
            (firing){.changes = network->changes.start[r],
                     .rules = dependency->rules.start[r],
                     .items = dependency->reactions.start[r],
                     .sums = ssa->sums.start ? ssa->sums.start[r] : 0,
                     .spokes = dependency->spokes.start[r],
                     .spoke_sums = ssa->spoke_sums.start ? ssa->spoke_sums.start[r] : 0,
                     .guarded = r < network->reactions && needs_guard(network, r),
                     .conditions = r < network->reactions && dependency->conditions[r]};
}

static bool is_plain(const bx_ssa *ssa)
{
    bool plain = !ssa->rejection && !ssa->special &&
                 ssa->dependency.rules.start[ssa->network->reactions] == 0;
    for (size_t r = 0; plain && r < ssa->network->reactions; r++)
        plain = ssa->channels[r].kind == CHANNEL_QUADRATIC && !ssa->firings[r].conditions;
    return plain;
}

static int allocate(bx_ssa *ssa)
{
    const bx_network *network = ssa->network;
    size_t terms = network->changes.start[network->changes.rows];
    ssa->rejection = network->reactions >= REJECTION_LEAST;
    if (!ssa->rejection && bx_hubs_init(&ssa->hubs, network) < 0)
        return -1;
    size_t items = network->reactions + ssa->hubs.count;
    ssa->channels = calloc(items + 1, sizeof *ssa->channels);
    ssa->firings = calloc(network->reactions + 1, sizeof *ssa->firings);
    ssa->changes = calloc(terms + 1, sizeof *ssa->changes);
    if (!ssa->channels || !ssa->firings || !ssa->changes)
        return -1;
    return ssa->rejection ? bx_groups_init(&ssa->groups, items)
                          : bx_sum_tree_init(&ssa->tree, items);
}

static int build(bx_ssa *ssa, bx_error *err)
{
    const bx_network *network = ssa->network;
    if (find_roots(network, &ssa->roots, err) < 0 || check_network(ssa, err) < 0)
        return -1;
    if (allocate(ssa) < 0)
        return bx_fail_memory(err);
    make_channels(ssa);
    for (size_t i = 0; i < network->changes.start[network->changes.rows]; i++)
        ssa->changes[i] = (change){network->amounts[i], network->changes.items[i]};
    if (bx_dependency_init(&ssa->dependency, network, &ssa->hubs, err) < 0)
        return -1;
    ssa->two_steps = ssa->rejection || ssa->hubs.count > 0;
    ssa->special = ssa->dependency.dense || ssa->network->unknown_count > 0;
    if (list_all_sums(ssa) < 0)
        return bx_fail_memory(err);
    make_firings(ssa);
    ssa->plain = is_plain(ssa);
    return 0;
}

bx_ssa *bx_ssa_new(const bx_network *network, bx_error *err)
{
    bx_ssa *ssa = calloc(1, sizeof *ssa);
    if (!ssa) {
        bx_fail_memory(err);
        return NULL;
    }
    ssa->network = network;
    if (build(ssa, err) < 0) {
        bx_ssa_free(ssa);
        return NULL;
    }
    return ssa;
}

void bx_ssa_free(bx_ssa *ssa)
{
    if (!ssa)
        return;
    free(ssa->channels);
    bx_roots_free(ssa->roots);
    free(ssa->firings);
    free(ssa->changes);
    bx_sum_tree_free(&ssa->tree);
    bx_groups_free(&ssa->groups);
    bx_dependency_free(&ssa->dependency);
    bx_hubs_free(&ssa->hubs);
    bx_csr_free(&ssa->sums);
    bx_csr_free(&ssa->spoke_sums);
    free(ssa);
}

/* ---- propensities ---- */

static int fail_propensity(const bx_ssa *ssa, size_t item, double value, bx_error *err)
{
    const bx_network *network = ssa->network;
    const double *frame = ssa->simulation->frame;
    double time = frame[network->time];
    if (item < network->reactions)
        return bx_fail(err, BX_ESIMULATION, "%s: its propensity is %g at time %g s%s",
                       bx_network_reaction_label(network, item).text, value, time,
                       bx_network_cause(network, item, frame).text);
    uint32_t species = ssa->hubs.hubs[item - network->reactions].species;
    return bx_fail(err, BX_ESIMULATION,
                   "the propensities of the reactions of \"%s\" add up to %g at time %g s",
                   network->names[species], value, time);
}

static double slow_propensity(const bx_ssa *ssa, size_t r, double *frame)
{
    const bx_network *network = ssa->network;
    const bx_reaction *reaction = &network->reaction[r];
    bx_program_run_range(&network->program, reaction->code, frame);
    double value = frame[network->rate + r];
    /* a negative or undefined k must show even if there is nothing to react */
    if (reaction->mass_action && value >= 0)
        value = bx_mass_action_propensity(network, r, value, frame);
    return value;
}

/* `quadratic` tells that the channel is. */
static inline double propensity(const bx_ssa *ssa, size_t r, bool quadratic, double *frame)
{
    const channel *c = &ssa->channels[r];
    double value = c->k * frame[c->a] * (frame[c->b] - c->shift);
    if (quadratic || __builtin_expect(c->kind == CHANNEL_QUADRATIC, 1))
        return value;
    if (c->kind == CHANNEL_CUBIC)
        return value * (frame[c->c] - 2 * c->shift);
    return slow_propensity(ssa, r, frame);
}

/* The value of an item, or of a spoke its part. */
static int set_value(bx_ssa *ssa, size_t item, double value)
{
    uint32_t hub = item < ssa->network->reactions ? bx_hubs_of(&ssa->hubs, item) : BX_HUB_NONE;
    if (ssa->rejection)
        return bx_groups_set(&ssa->groups, (uint32_t)item, value);
    if (hub != BX_HUB_NONE)
        ssa->hubs.tree.values[ssa->hubs.leaf[item]] = value;
    else
        ssa->tree.values[item] = value;
    return 0;
}

/* Rules, rate constants, propensities and sums from the frame alone. */
static int refresh(bx_ssa *ssa, bx_error *err)
{
    const bx_network *network = ssa->network;
    bx_hubs *hubs = &ssa->hubs;
    double *frame = ssa->simulation->frame;
    bx_network_rates(network, frame);
    for (size_t r = 0; r < network->reactions; r++) {
        double k = ssa->channels[r].k = frame[network->rate + r],
               part = propensity(ssa, r, false, frame);
        uint32_t hub = bx_hubs_of(hubs, r);
        double value = hub == BX_HUB_NONE ? part : part * frame[hubs->hubs[hub].species];
        if (!(value >= 0 && value < INFINITY && k >= 0))
            return fail_propensity(ssa, r, value >= 0 && value < INFINITY ? k : value, err);
        if (set_value(ssa, r, part) < 0)
            return bx_fail_memory(err);
    }
    if (ssa->rejection)
        return 0;
    if (hubs->count > 0)
        bx_sum_tree_rebuild(&hubs->tree);
    for (size_t i = 0; i < hubs->count; i++) {
        size_t item = network->reactions + i;
        ssa->channels[item].k = bx_hubs_sum(hubs, i);
        ssa->tree.values[item] = propensity(ssa, item, true, frame);
    }
    bx_sum_tree_rebuild(&ssa->tree);
    return 0;
}

/* ---- a reaction fires ---- */

static int fail_negative(const bx_ssa *ssa, size_t r, uint32_t species, bx_error *err)
{
    const bx_network *network = ssa->network;
    const double *frame = ssa->simulation->frame;
    return bx_fail(err, BX_ESIMULATION,
                   "%s would make \"%s\" negative (it is %g) at time %g s: its rate must be 0 when "
                   "there is not enough",
                   bx_network_reaction_label(network, r).text, network->names[species],
                   frame[species], frame[network->time]);
}

static int guard(const bx_ssa *ssa, size_t r, const double *frame, bx_error *err)
{
    const firing *f = &ssa->firings[r];
    for (uint32_t i = f->changes; i < f[1].changes; i++)
        if (frame[ssa->changes[i].species] + ssa->changes[i].amount < 0)
            return fail_negative(ssa, r, ssa->changes[i].species, err);
    return 0;
}

static inline void apply_changes(const bx_ssa *ssa, size_t r, double *frame)
{
    const firing *f = &ssa->firings[r];
    for (uint32_t i = f->changes; i < f[1].changes; i++)
        frame[ssa->changes[i].species] += ssa->changes[i].amount;
}

/* One that is infinite or not a number has no group. */
static int update_groups(bx_ssa *ssa, size_t r, double *frame, bx_error *err)
{
    const firing *f = &ssa->firings[r];
    for (uint32_t i = f->items; i < f[1].items; i++) {
        uint32_t dependent = ssa->dependency.reactions.items[i];
        double value = propensity(ssa, dependent, false, frame);
        if (!(value >= 0 && value < INFINITY))
            return fail_propensity(ssa, dependent, value, err);
        if (bx_groups_set(&ssa->groups, dependent, value) < 0)
            return bx_fail_memory(err);
    }
    return 0;
}

/* The stale parts of spokes, their sums, and those of their hubs. */
static ALWAYS_INLINE int update_spokes(bx_ssa *ssa, size_t r, double *frame, bx_error *err)
{
    const firing *f = &ssa->firings[r];
    const uint32_t *spokes = ssa->dependency.spokes.items, *sums = ssa->spoke_sums.items;
    double *values = ssa->hubs.tree.values;
    for (uint32_t i = f->spokes; i < f[1].spokes; i++) {
        uint32_t spoke = spokes[i];
        double value = propensity(ssa, spoke, true, frame);
        if (__builtin_expect(!(value >= 0), 0))
            return fail_propensity(ssa, spoke, value, err);
        values[ssa->hubs.leaf[spoke]] = value;
    }
    for (uint32_t i = f->spoke_sums; i < f[1].spoke_sums; i += 2)
        values[sums[i]] = bx_sum_eight(values + sums[i + 1]);
    for (uint32_t i = f[1].items; i-- > f->items;) {
        size_t item = ssa->dependency.reactions.items[i];
        if (item < ssa->network->reactions)
            break;
        ssa->channels[item].k = bx_hubs_sum(&ssa->hubs, item - ssa->network->reactions);
    }
    return 0;
}

/* Recompute what the firing of `r` made stale. */
static ALWAYS_INLINE int update(bx_ssa *ssa, size_t r, double *frame, bool plain, bx_error *err)
{
    const bx_network *network = ssa->network;
    const bx_dependency *dependency = &ssa->dependency;
    if (!plain && ssa->special) {
        if (bx_network_keep(network, frame, err) < 0)
            return -1;
        if (dependency->dense)
            return refresh(ssa, err);
    }
    if (ssa->hubs.count > 0 && update_spokes(ssa, r, frame, err) < 0)
        return -1;
    const firing *f = &ssa->firings[r];
    for (uint32_t i = f->rules; !plain && i < f[1].rules; i++)
        bx_program_run_range(&network->program, network->rule_codes[dependency->rules.items[i]],
                             frame);
    if (!plain && ssa->rejection)
        return update_groups(ssa, r, frame, err);
    double *values = ssa->tree.values;
    for (uint32_t i = f->items; i < f[1].items; i++) {
        uint32_t dependent = dependency->reactions.items[i];
        double value = propensity(ssa, dependent, plain, frame);
        if (__builtin_expect(!(value >= 0), 0))
            return fail_propensity(ssa, dependent, value, err);
        values[dependent] = value;
    }
    const uint32_t *sums = ssa->sums.items;
    for (uint32_t i = f->sums; i < f[1].sums; i += 2)
        values[sums[i]] = bx_sum_eight(values + sums[i + 1]);
    return 0;
}

static inline double total_of(const bx_ssa *ssa, bool plain)
{
    return !plain && ssa->rejection ? bx_groups_total(&ssa->groups) : bx_sum_tree_total(&ssa->tree);
}

static inline size_t choose_item(const bx_ssa *ssa, bx_random *random, double total)
{
    for (;;) {
        size_t item = bx_sum_tree_find(&ssa->tree, bx_random_uniform(random) * total);
        if (__builtin_expect(ssa->tree.values[item] > 0, 1))
            return item;
    }
}

/* A group or a hub first, then one of its reactions. */
static inline size_t choose_in_two_steps(const bx_ssa *ssa, bx_random *random, double total)
{
    if (ssa->rejection)
        return bx_groups_choose(&ssa->groups, random, total);
    size_t item = choose_item(ssa, random, total), first = ssa->network->reactions;
    if (item < first)
        return item;
    return bx_hubs_choose(&ssa->hubs, item - first, random, ssa->channels[item].k);
}

static inline size_t choose(const bx_ssa *ssa, bx_random *random, double total)
{
    if (!ssa->two_steps)
        return choose_item(ssa, random, total);
    bx_random copy = *random;
    size_t chosen = choose_in_two_steps(ssa, &copy, total);
    *random = copy;
    return chosen;
}

/* ---- the run ---- */

static int check_counts(const bx_ssa *ssa, bx_error *err)
{
    return bx_molecules_check_counts(ssa->network, ssa->network->changing, BX_MOLECULES_MAXIMUM,
                                     ssa->simulation->frame, err);
}

/* Fire due events; *fired tells whether any did. */
static int settle(bx_ssa *ssa, bool *fired, bx_error *err)
{
    bx_simulation *s = ssa->simulation;
    size_t count;
    if (bx_events_settle(ssa->network, s->events, s->frame, &count, err) < 0)
        return -1;
    *fired = count > 0;
    if (*fired)
        ssa->known = -INFINITY; /* parameters may have changed */
    return *fired && (check_counts(ssa, err) < 0 || refresh(ssa, err) < 0) ? -1 : 0;
}

/* Look at all conditions after a reaction that touches one. */
static int look(bx_ssa *ssa, bool *fired, bx_error *err)
{
    bx_simulation *s = ssa->simulation;
    if (!bx_events_look(ssa->network, s->events, s->frame))
        return 0;
    if (s->pauses) {
        s->end = s->frame[ssa->network->time];
        *fired = true;
        return 0;
    }
    bx_network_rules(ssa->network, s->frame);
    return settle(ssa, fired, err);
}

static int record_before(bx_simulation *s, double time, bx_error *err)
{
    while (s->next_row < time) {
        s->frame[s->network->time] = s->next_row;
        if (bx_simulation_record(s, err) < 0)
            return -1;
    }
    return 0;
}

static int fail_total(const bx_ssa *ssa, double time, bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION, "the propensities add up to %g at time %g s",
                   total_of(ssa, ssa->plain), time);
}

/* Up to `most` reactions before `stop`, which rows and time reach if no more fit; ends early when
 * an event fires, for that may move the stop. `random` is the caller's copy: in registers.
 * `plain`: the network is, and rows do not follow steps. */
static ALWAYS_INLINE int react_with(bx_ssa *ssa, bx_random *random, double stop, size_t most,
                                    bool plain, bx_error *err)
{
    bx_simulation *s = ssa->simulation;
    double *frame = s->frame, *time = &frame[ssa->network->time], now = *time;
    bool fired = false, by_step = s->run->every_step;
    for (size_t left = most; left > 0 && !fired; left--) {
        double total = total_of(ssa, plain);
        if (!(total < INFINITY))
            return fail_total(ssa, now, err);
        double next = total > 0 ? now + bx_random_exponential(random) / total : INFINITY;
        if (next >= stop || next > s->next_row) {
            if (record_before(s, next < stop ? next : stop, err) < 0)
                return -1;
            if (next >= stop) {
                *time = stop;
                s->steps += most - left;
                return 0;
            }
        }
        size_t r = choose(ssa, random, total);
        *time = now = next;
        if (!plain && ssa->firings[r].guarded && guard(ssa, r, frame, err) < 0)
            return -1;
        apply_changes(ssa, r, frame);
        if (update(ssa, r, frame, plain, err) < 0)
            return -1;
        if (plain)
            continue;
        if (ssa->firings[r].conditions && look(ssa, &fired, err) < 0)
            return -1;
        if (__builtin_expect(by_step, 0)) {
            s->next_row = now;
            if (bx_simulation_record(s, err) < 0)
                return -1;
        }
        s->steps += fired ? most - left + 1 : 0;
    }
    s->steps += fired ? 0 : most;
    return 0;
}

static int react(bx_ssa *ssa, double stop, size_t most, bx_error *err)
{
    bx_random random = ssa->random;
    bool plain = ssa->plain && !ssa->simulation->run->every_step;
    int result = plain ? react_with(ssa, &random, stop, most, true, err)
                       : react_with(ssa, &random, stop, most, false, err);
    ssa->random = random;
    return result;
}

/* How many reactions may come before the next poll. */
static size_t portion(const bx_simulation *s)
{
    size_t most = s->run->maximum_steps;
    return most > 0 && most - s->steps < POLL_INTERVAL ? most - s->steps : POLL_INTERVAL;
}

static int advance(bx_ssa *ssa, bx_error *err)
{
    bx_simulation *s = ssa->simulation;
    const bx_network *network = ssa->network;
    double *frame = s->frame, *time = &frame[network->time];
    bool fired;
    if (check_counts(ssa, err) < 0 || refresh(ssa, err) < 0 || settle(ssa, &fired, err) < 0)
        return -1;
    while (s->next_row <= *time)
        if (bx_simulation_record(s, err) < 0)
            return -1;
    while (*time < s->end) {
        if (bx_simulation_poll(s, *time, err) < 0)
            return -1;
        double stop = bx_events_next(network, s->events, frame);
        stop = stop < s->end ? stop : s->end;
        if (ssa->known <= *time)
            ssa->known = ssa->roots ? bx_roots_next(ssa->roots, frame, *time, s->end) : INFINITY;
        double known = ssa->known;
        stop = stop < known ? stop : known;
        if (react(ssa, stop, portion(s), err) < 0)
            return -1;
        if (*time == stop) {
            bx_network_rules(network, frame);
            bx_events_look(network, s->events, frame);
            if (settle(ssa, &fired, err) < 0)
                return -1;
            if (stop == known && !fired && refresh(ssa, err) < 0)
                return -1;
            if (fired)
                bx_simulation_stepped(s, *time);
        }
        if (s->next_row == *time && bx_simulation_record(s, err) < 0)
            return -1;
    }
    return 0;
}

void bx_ssa_forget(bx_ssa *ssa)
{
    if (ssa->rejection)
        bx_groups_clear(&ssa->groups);
}

int bx_ssa_run(bx_ssa *ssa, bx_simulation *simulation, bx_error *err)
{
    ssa->simulation = simulation;
    ssa->known = -INFINITY;
    bx_random_init(&ssa->random, simulation->run->seed, simulation->run->stream);
    int result = advance(ssa, err);
    ssa->simulation = NULL;
    return result;
}

static void *new_engine(const bx_network *network, bx_error *err)
{
    return bx_ssa_new(network, err);
}

static int run_engine(void *engine, bx_simulation *simulation, bx_error *err)
{
    bx_ssa_forget(engine);
    return bx_ssa_run(engine, simulation, err);
}

static void free_engine(void *engine)
{
    bx_ssa_free(engine);
}

const bx_engine bx_ssa_engine = {"ssa", true, new_engine, run_engine, free_engine};
