#include "engine/roots.h"

#include "model/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

/* A search for the next time looks at so many intervals at most. Where it ends without an answer,
 * the solver goes on by at least this part of what is left, and asks again. */
#define LOOKS 5000
#define LEAST_ADVANCE 1e-2

/* By how much functions of the mathematical library may miss, relative to their values. */
#define LIBRARY_ERROR 1e-15

/* What a slot depends on. */
enum { BY_TIME = 1, BY_STATE = 2 };

typedef struct listing {
    bx_instruction *items;
    bool *watched; /* by instruction: something changes at once here */
    size_t count;
} listing;

struct bx_roots {
    size_t frame_size;
    unsigned char *depends; /* by slot */
    double *low, *high;     /* by slot: its values in an interval of time */
    uint32_t time;
    listing timed, state; /* what depends on the time alone; on the state */
    size_t timed_count, state_count;
};

/* ---- what to watch ---- */

static bool rounds(bx_op op)
{
    return op == BX_OP_FLOOR || op == BX_OP_CEIL || op == BX_OP_TRUNCATE || op == BX_OP_REMAINDER;
}

static bool bends(bx_op op)
{
    return op == BX_OP_ABS || op == BX_OP_MIN || op == BX_OP_MAX;
}

/* Of a trigger: where this changes its sign, a pair of roots of the trigger can be close by. */
static bool doubles(bx_op op, unsigned char a, unsigned char b)
{
    return bends(op) || op == BX_OP_SQUARE || (op == BX_OP_POWER && a & BY_STATE) ||
           (op == BX_OP_MULTIPLY && a & b & BY_STATE);
}

static void append(listing *to, const bx_instruction *instruction, bool watched)
{
    to->items[to->count] = *instruction;
    to->watched[to->count++] = watched;
}

static unsigned char dependence(const bx_roots *roots, const bx_instruction *i)
{
    unsigned arity = bx_op_arity((bx_op)i->op);
    unsigned char depends = roots->depends[i->a];
    if (i->op == BX_OP_DELAY)
        return BY_TIME | BY_STATE;
    if (arity > 1)
        depends |= roots->depends[i->b];
    if (arity > 2)
        depends |= roots->depends[i->c];
    return depends;
}

/* The unknowns of a block depend on all that it reads. When they change is not known ahead. */
static void depend_on_block(bx_roots *roots, const bx_instruction *head)
{
    unsigned char depends = 0;
    for (const bx_instruction *i = head + 1; i != head + 1 + head->b; i++)
        depends |= dependence(roots, i);
    for (uint32_t k = 0; k < head->a; k++)
        roots->depends[head->target + k] = depends ? BY_STATE : 0;
}

/* Take the code if it has something to watch, or if later code needs its value. */
static void collect_code(bx_roots *roots, const bx_instruction *begin, const bx_instruction *end,
                         bool needed, bool trigger)
{
    size_t timed = roots->timed.count, state = roots->state.count;
    size_t timed_before = roots->timed_count, state_before = roots->state_count;
    unsigned char depends = 0;
    for (const bx_instruction *i = begin; i < end; i++) {
        if (bx_solve_is(i)) { /* what its body does is looked at next */
            depend_on_block(roots, i);
            continue;
        }
        bx_op op = (bx_op)i->op;
        depends = dependence(roots, i);
        bool breaks = bx_op_compares(op) || rounds(op);
        bool on_time = depends == BY_TIME && (breaks || bends(op));
        bool on_state =
            depends & BY_STATE &&
            (breaks || (trigger && doubles(op, roots->depends[i->a], roots->depends[i->b])));
        if (!(depends & BY_STATE))
            append(&roots->timed, i, on_time);
        append(&roots->state, i, on_state);
        roots->timed_count += on_time;
        roots->state_count += on_state ? op == BX_OP_MULTIPLY ? 2 : 1 : 0;
        roots->depends[i->target] = depends;
    }
    if (!(needed && depends == BY_TIME) && roots->timed_count == timed_before)
        roots->timed.count = timed;
    if (roots->state_count == state_before)
        roots->state.count = state;
}

static void collect(bx_roots *roots, const bx_network *network, bx_range range, bool needed,
                    bool trigger)
{
    const bx_instruction *code = network->program.code;
    collect_code(roots, code + range.begin, code + range.end, needed, trigger);
}

/* What changes at once in what is delayed does so again later: the history is to know when. */
static void collect_delayed(bx_roots *roots, const bx_network *network)
{
    for (size_t i = 0; i < network->program.delayed_count; i++) {
        const bx_delayed *delayed = &network->program.delayed[i];
        collect_code(roots, delayed->code, delayed->code + delayed->count, false, false);
    }
}

static void collect_rates(bx_roots *roots, const bx_network *network)
{
    for (size_t r = 0; r < network->reactions; r++)
        collect(roots, network, network->reaction[r].code, false, false);
}

/* Leaves that compare the time with a constant are met by bx_events_next, those that change with
 * the state by roots of their own. */
static void collect_leaves(bx_roots *roots, const bx_network *network)
{
    uint32_t zero = (uint32_t)roots->frame_size;
    for (size_t i = 0; i < network->logic_count; i++) {
        const bx_logic *part = &network->logic[i];
        if (part->limit != BX_SLOT_NONE || !(part->uses_species || part->uses_time))
            continue;
        collect(roots, network, part->code, true, true);
        if (!bx_roots_knows(roots, part))
            continue;
        bx_instruction compare = {.op = part->op, .target = zero + 1, .a = part->slot, .b = zero};
        append(&roots->timed, &compare, true);
        roots->timed_count++;
    }
}

/* Which rules triggers name. */
static void mark_triggers(const bx_network *network, bool *trigger)
{
    size_t first = network->species + network->parameters;
    for (size_t i = 0; i < network->logic_count; i++)
        for (uint32_t j = network->logic_uses.start[i]; j < network->logic_uses.start[i + 1]; j++) {
            uint32_t slot = network->logic_uses.items[j];
            if (slot >= first && slot < first + network->rules)
                trigger[slot - first] = true;
        }
}

static int collect_all(bx_roots *roots, const bx_network *network, const bx_network *jumps)
{
    bool *trigger = calloc(network->rules + 1, sizeof *trigger);
    if (!trigger)
        return -1;
    mark_triggers(network, trigger);
    for (size_t i = 0; i < network->species; i++)
        if (network->changing[i] || (jumps && jumps->changing[i]))
            roots->depends[i] = BY_STATE;
    roots->depends[network->time] = BY_TIME;
    for (size_t i = 0; i < network->rules; i++)
        collect(roots, network, network->rule_codes[i], true, trigger[network->rule_order[i]]);
    collect_delayed(roots, network);
    collect_rates(roots, network);
    if (jumps)
        collect_rates(roots, jumps);
    collect_leaves(roots, network);
    free(trigger);
    return 0;
}

static int allocate(listing *code, size_t count)
{
    code->items = calloc(count + 1, sizeof *code->items);
    code->watched = calloc(count + 1, sizeof *code->watched);
    return code->items && code->watched ? 0 : -1;
}

bx_roots *bx_roots_new(const bx_network *network, const bx_network *jumps, bx_error *err)
{
    size_t count = 2 * network->program.count + network->logic_count;
    count += jumps ? jumps->program.count : 0;
    for (size_t i = 0; i < network->program.delayed_count; i++)
        count += network->program.delayed[i].count;
    bx_roots *roots = calloc(1, sizeof *roots);
    if (!roots) {
        bx_fail_memory(err);
        return NULL;
    }
    roots->frame_size = network->program.frame_size;
    roots->time = network->time;
    roots->depends = calloc(roots->frame_size + 2, 1);
    roots->low = calloc(roots->frame_size + 2, sizeof *roots->low);
    roots->high = calloc(roots->frame_size + 2, sizeof *roots->high);
    if (!roots->depends || !roots->low || !roots->high || allocate(&roots->timed, count) < 0 ||
        allocate(&roots->state, count) < 0 || collect_all(roots, network, jumps) < 0) {
        bx_roots_free(roots);
        bx_fail_memory(err);
        return NULL;
    }
    return roots;
}

void bx_roots_free(bx_roots *roots)
{
    if (!roots)
        return;
    free(roots->depends);
    free(roots->low);
    free(roots->high);
    free(roots->timed.items);
    free(roots->timed.watched);
    free(roots->state.items);
    free(roots->state.watched);
    free(roots);
}

bool bx_roots_knows(const bx_roots *roots, const bx_logic *leaf)
{
    return bx_op_compares(leaf->op) && roots->depends[leaf->slot] == BY_TIME;
}

/* ---- of the state ---- */

size_t bx_roots_count(const bx_roots *roots)
{
    return roots->state_count;
}

void bx_roots_evaluate(const bx_roots *roots, double *frame, double *out)
{
    const listing *code = &roots->state;
    if (roots->state_count == 0)
        return;
    const bx_instruction *done = code->items;
    for (size_t k = 0; k < code->count; k++) {
        if (!code->watched[k])
            continue;
        const bx_instruction *i = &code->items[k];
        bx_program_run(done, i, frame); /* `i` may overwrite its operands */
        done = i;
        double a = frame[i->a], b = frame[i->b], value = a;
        bx_op op = (bx_op)i->op;
        if (bx_op_compares(op) || op == BX_OP_MIN || op == BX_OP_MAX)
            value = a - b;
        else if (rounds(op))
            value = sin(PI * (op == BX_OP_REMAINDER ? a / b : a));
        *out++ = isfinite(value) ? value : 1;
        if (op == BX_OP_MULTIPLY)
            *out++ = isfinite(b) ? b : 1;
    }
}

/* ---- of the time: arithmetic of intervals. What is monotone in exact arithmetic is so when
 * rounded, so that their bounds hold for the numbers that the program computes. ---- */

typedef struct interval {
    double low, high;
} interval;

static const interval unbounded = {-INFINITY, INFINITY};

static interval hull(const double *values, size_t count)
{
    interval r = {values[0], values[0]};
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            return unbounded;
        r.low = fmin(r.low, values[i]);
        r.high = fmax(r.high, values[i]);
    }
    return r;
}

static bool point(interval a)
{
    return a.low == a.high || (isnan(a.low) && isnan(a.high));
}

static double apply(bx_op op, double a, double b, double c)
{
    double frame[4] = {a, b, c, 0};
    bx_instruction instruction = {.op = op, .target = 3, .a = 0, .b = 1, .c = 2};
    bx_program_run(&instruction, &instruction + 1, frame);
    return frame[3];
}

static interval widened(interval r)
{
    double scale = fmax(fabs(r.low), fabs(r.high)) * LIBRARY_ERROR;
    return isfinite(scale) ? (interval){r.low - scale, r.high + scale} : r;
}

/* The values at both ends, and those at corners for two operands. */
static interval at_ends(bx_op op, interval a, interval b)
{
    double values[4] = {apply(op, a.low, b.low, 0), apply(op, a.high, b.high, 0),
                        apply(op, a.low, b.high, 0), apply(op, a.high, b.low, 0)};
    return hull(values, 4);
}

/* Of sine, whose extremes are at PI / 2 + k PI, and cosine, where they are at k PI. */
static interval wave(bx_op op, interval a)
{
    double shift = op == BX_OP_SIN ? PI / 2 : 0;
    double first = ceil((a.low - shift) / PI - 1e-9), last = floor((a.high - shift) / PI + 1e-9);
    if (!(last - first < 1))
        return last == first ? unbounded : (interval){-1, 1};
    interval r = widened(at_ends(op, a, a));
    if (last < first)
        return r;
    return fmod(first, 2) == 0 ? (interval){r.low, 1} : (interval){-1, r.high};
}

static bool holds(interval a, double value)
{
    return a.low <= value && value <= a.high;
}

/* Of one smooth operator; not of those that change at once. */
static interval smooth(bx_op op, interval a, interval b, interval c)
{
    double zero[3] = {0, 0, 0};
    interval r;
    switch (op) {
    case BX_OP_ADD:
    case BX_OP_SUBTRACT:
    case BX_OP_MULTIPLY: return at_ends(op, a, b);
    case BX_OP_DIVIDE: return holds(b, 0) ? unbounded : at_ends(op, a, b);
    case BX_OP_MOVE:
    case BX_OP_NEGATE:
    case BX_OP_CUBE:
    case BX_OP_SQRT: return at_ends(op, a, a);
    case BX_OP_SQUARE:
    case BX_OP_COSH:
        r = widened(at_ends(op, a, a));
        zero[0] = op == BX_OP_COSH;
        return holds(a, 0) ? (interval){zero[0], r.high} : r;
    case BX_OP_SIN:
    case BX_OP_COS: return wave(op, a);
    case BX_OP_TAN:
        return floor(a.low / PI - 0.5) == floor(a.high / PI - 0.5) ? widened(at_ends(op, a, a))
                                                                   : unbounded;
    case BX_OP_POWER: return a.low >= 0 ? widened(at_ends(op, a, b)) : unbounded;
    case BX_OP_NOT: return holds(a, 0) ? (interval){0, 1} : (interval){0, 0};
    case BX_OP_AND:
    case BX_OP_OR: return (interval){0, 1};
    case BX_OP_IF:
        if (!holds(a, 0))
            return b;
        return a.low == a.high ? c : hull((double[]){b.low, b.high, c.low, c.high}, 4);
    case BX_OP_EXP:
    case BX_OP_LOG:
    case BX_OP_LOG10:
    case BX_OP_ASIN:
    case BX_OP_ACOS:
    case BX_OP_ATAN:
    case BX_OP_SINH:
    case BX_OP_TANH:
    case BX_OP_ASINH:
    case BX_OP_ACOSH:
    case BX_OP_ATANH: return widened(at_ends(op, a, a));
    default: return unbounded;
    }
}

/* Of an operator that changes at once: false if it may do so in the interval. */
static bool settled(bx_op op, interval a, interval b, interval *r)
{
    *r = (interval){apply(op, a.low, b.low, 0), apply(op, a.high, b.high, 0)};
    switch (op) {
    case BX_OP_LESS:
    case BX_OP_GREATER_EQUAL: return a.high < b.low || a.low >= b.high;
    case BX_OP_GREATER:
    case BX_OP_LESS_EQUAL: return a.high <= b.low || a.low > b.high;
    case BX_OP_EQUAL:
    case BX_OP_NOT_EQUAL: return a.high < b.low || a.low > b.high;
    case BX_OP_ABS: *r = at_ends(op, a, a); return a.low >= 0 || a.high < 0;
    case BX_OP_MIN:
    case BX_OP_MAX: return a.high < b.low || a.low >= b.high;
    case BX_OP_REMAINDER:
        return b.low == b.high && a.high - a.low < fabs(b.low) && r->low <= r->high;
    default: return r->low == r->high;
    }
}

/* Whether nothing changes at once while the time is in the interval. */
static bool steady(bx_roots *roots, double low, double high)
{
    double *lows = roots->low, *highs = roots->high;
    lows[roots->time] = low;
    highs[roots->time] = high;
    for (size_t k = 0; k < roots->timed.count; k++) {
        const bx_instruction *i = &roots->timed.items[k];
        bx_op op = (bx_op)i->op;
        unsigned arity = bx_op_arity(op);
        interval a = {lows[i->a], highs[i->a]}, b = {0, 0}, c = {0, 0}, r;
        if (arity > 1)
            b = (interval){lows[i->b], highs[i->b]};
        if (arity > 2)
            c = (interval){lows[i->c], highs[i->c]};
        if (point(a) && point(b) && point(c))
            r.low = r.high = apply(op, a.low, b.low, c.low);
        else if (!roots->timed.watched[k])
            r = smooth(op, a, b, c);
        else if (!settled(op, a, b, &r))
            return false;
        lows[i->target] = r.low;
        highs[i->target] = r.high;
    }
    return true;
}

/* What the operators that change at once come to at `time`: a digest. */
static uint64_t digest(bx_roots *roots, double time)
{
    uint64_t hash = 0xcbf29ce484222325u;
    double *frame = roots->low;
    frame[roots->time] = time;
    for (size_t k = 0; k < roots->timed.count; k++) {
        const bx_instruction *i = &roots->timed.items[k];
        double a = frame[i->a], b = frame[i->b];
        bx_program_run(i, i + 1, frame);
        if (!roots->timed.watched[k])
            continue;
        double value = frame[i->target];
        if (i->op == BX_OP_ABS)
            value = a < 0;
        else if (i->op == BX_OP_MIN || i->op == BX_OP_MAX)
            value = a < b;
        else if (i->op == BX_OP_REMAINDER)
            value = rint((a - value) / b);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = (hash ^ bits) * 0x100000001b3u;
        hash ^= hash >> 29;
    }
    return hash;
}

double bx_roots_next(bx_roots *roots, const double *frame, double now, double end)
{
    if (roots->timed_count == 0)
        return INFINITY;
    memcpy(roots->low, frame, roots->frame_size * sizeof *frame);
    memcpy(roots->high, frame, roots->frame_size * sizeof *frame);
    double low = now, width = end - now;
    for (size_t looks = 0; low < end; looks++) {
        double least = nextafter(low, INFINITY), high = fmin(fmax(low + width, least), end);
        if (looks > LOOKS)
            return fmin(fmax(low, now + fmax((end - now) * LEAST_ADVANCE, end * 1e-6)), end);
        if (steady(roots, low, high)) {
            low = high;
            width *= 2;
        } else if (high > least) {
            width = (high - low) / 2;
        } else if (digest(roots, low) != digest(roots, high)) {
            return high;
        } else {
            low = high;
        }
    }
    return INFINITY;
}
