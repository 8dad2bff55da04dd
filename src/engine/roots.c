#include "engine/roots.h"

#include "engine/interval.h"
#include "model/solve.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A search for the next known time looks at so many intervals at most. Where it ends without an
 * answer, who asked goes on by at least this part of what is left, and asks again. */
#define LOOKS 5000
#define LEAST_ADVANCE 1e-2

/* Looks between the ends of steps: as many as this at once, and so many for each step. */
#define LOOKS_SAVED 2000
#define LOOKS_A_STEP 200

/* What a slot depends on. Of what drifts, known times are not all that changes it. What is hidden
 * is delayed, or an unknown to be solved for: it has no bounds between the ends of a step. */
enum { BY_TIME = 1, BY_STATE = 2, DRIFTS = 4, HIDDEN = 8 };

/* What there is to an instruction: a change or a kink at a known time; a function that a solver
 * looks for the roots of; a change with the state, in a formula or as a leaf of a condition. */
enum { KNOWN = 1, ROOT = 2, CHANGE = 4, LEAF = 8 };

typedef struct listing {
    bx_instruction *items;
    unsigned char *marks; /* by instruction: those above */
    size_t count;
} listing;

struct bx_roots {
    size_t frame_size;
    unsigned char *depends; /* by slot */
    listing state;          /* what the functions of roots need */
    size_t root_count;
    bx_watch *timed, *between; /* what changes by time alone; with the state, between two steps */
    size_t looks;              /* left for that */
    double near, last;         /* what is found so soon after the last costs looks, too */
    double step_end;           /* of the last that was looked into */
};

/* ---- what to watch ---- */

static bool equates(bx_op op)
{
    return op == BX_OP_EQUAL || op == BX_OP_NOT_EQUAL;
}

static void append(listing *to, const bx_instruction *instruction, unsigned char marks)
{
    to->items[to->count] = *instruction;
    to->marks[to->count++] = marks;
}

static unsigned char dependence(const bx_roots *roots, const bx_instruction *i)
{
    unsigned arity = bx_op_arity((bx_op)i->op);
    unsigned char depends = roots->depends[i->a];
    if (i->op == BX_OP_DELAY)
        return BY_TIME | BY_STATE | DRIFTS | HIDDEN;
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
    if (depends & BY_TIME)
        depends |= DRIFTS;
    for (uint32_t k = 0; k < head->a; k++)
        roots->depends[head->target + k] = depends ? depends | BY_STATE | HIDDEN : 0;
}

/* Of equal values nothing is to be found between two roots. */
static unsigned char marks_of(bx_op op, unsigned char depends)
{
    if (depends & BY_STATE)
        return !bx_interval_breaks(op) ? 0 : equates(op) || depends & HIDDEN ? ROOT : ROOT | CHANGE;
    return depends & BY_TIME && (bx_interval_breaks(op) || bx_interval_bends(op)) ? KNOWN : 0;
}

static void collect_code(bx_roots *roots, const bx_instruction *begin, const bx_instruction *end)
{
    for (const bx_instruction *i = begin; i < end; i++) {
        if (bx_solve_is(i)) { /* what its body does is looked at next */
            depend_on_block(roots, i);
            continue;
        }
        bx_op op = (bx_op)i->op;
        unsigned char depends = dependence(roots, i), marks = marks_of(op, depends);
        append(&roots->state, i, marks);
        if (marks & KNOWN && bx_interval_breaks(op) && op != BX_OP_REMAINDER)
            depends &= (unsigned char)~DRIFTS;
        roots->depends[i->target] = depends;
    }
}

static void collect(bx_roots *roots, const bx_network *network, bx_range range)
{
    const bx_instruction *code = network->program.code;
    collect_code(roots, code + range.begin, code + range.end);
}

/* What changes at once in what is delayed does so again later: the history is to know when. */
static void collect_delayed(bx_roots *roots, const bx_network *network)
{
    for (size_t i = 0; i < network->program.delayed_count; i++) {
        const bx_delayed *delayed = &network->program.delayed[i];
        collect_code(roots, delayed->code, delayed->code + delayed->count);
    }
}

static void collect_rates(bx_roots *roots, const bx_network *network)
{
    for (size_t r = 0; r < network->reactions; r++)
        collect(roots, network, network->reaction[r].code);
}

static bool is_leaf(const bx_logic *part)
{
    return part->limit == BX_SLOT_NONE && (part->uses_species || part->uses_time) &&
           bx_op_compares(part->op);
}

/* Leaves that compare the time with a constant are met by bx_events_next; to others that change
 * with the state solvers look for roots of their own. */
static void collect_leaves(bx_roots *roots, const bx_network *network)
{
    uint32_t zero = (uint32_t)roots->frame_size;
    for (size_t i = 0; i < network->logic_count; i++)
        if (network->logic[i].limit == BX_SLOT_NONE)
            collect(roots, network, network->logic[i].code);
    for (size_t i = 0; i < network->logic_count; i++) {
        const bx_logic *part = &network->logic[i];
        bx_instruction compare = {.op = part->op, .target = zero + 1, .a = part->slot, .b = zero};
        if (is_leaf(part) && bx_roots_knows(roots, part))
            append(&roots->state, &compare, KNOWN);
        else if (is_leaf(part) && !equates(part->op) && !(roots->depends[part->slot] & HIDDEN))
            append(&roots->state, &compare, LEAF);
    }
}

static void collect_all(bx_roots *roots, const bx_network *network, const bx_network *jumps)
{
    for (size_t i = 0; i < network->species; i++)
        if (network->changing[i] || (jumps && jumps->changing[i]))
            roots->depends[i] = BY_STATE;
    roots->depends[network->time] = BY_TIME | DRIFTS;
    for (size_t i = 0; i < network->rules; i++)
        collect(roots, network, network->rule_codes[i]);
    collect_delayed(roots, network);
    collect_rates(roots, network);
    if (jumps)
        collect_rates(roots, jumps);
    collect_leaves(roots, network);
}

/* Whether its value is all that shows of its operands, and it changes at known times. */
static bool hides(const bx_instruction *i, unsigned char marks)
{
    return marks & KNOWN && bx_interval_breaks((bx_op)i->op) && i->op != BX_OP_REMAINDER;
}

/* What only such an operator reads, as the inner of floor(floor(t)/24), need not be watched. All
 * but intermediate values may be read elsewhere. `shows` is by slot. */
static void unmark_inner(listing *all, const bx_program *program, bool *shows)
{
    for (size_t slot = 0; slot < program->frame_size + BX_WATCH_OWN_SLOTS; slot++)
        shows[slot] = slot - program->temporaries >= program->temporary_count;
    for (size_t k = all->count; k-- > 0;) {
        const bx_instruction *i = &all->items[k];
        unsigned arity = bx_op_arity((bx_op)i->op);
        if (!shows[i->target])
            all->marks[k] &= (unsigned char)~KNOWN;
        bool through = shows[i->target] && !hides(i, all->marks[k]);
        if (i->target - program->temporaries < program->temporary_count)
            shows[i->target] = false;
        shows[i->a] = shows[i->a] || through;
        if (arity > 1)
            shows[i->b] = shows[i->b] || through;
        if (arity > 2)
            shows[i->c] = shows[i->c] || through;
    }
}

/* From all code to what has one of the marks, and what that needs; `needed` is by slot. */
static void prune(listing *to, const listing *all, unsigned char marks, bool *needed)
{
    size_t kept = all->count;
    for (size_t k = all->count; k-- > 0;) {
        const bx_instruction *i = &all->items[k];
        unsigned char mark = all->marks[k] & marks;
        if (!mark && !needed[i->target])
            continue;
        unsigned arity = bx_op_arity((bx_op)i->op);
        needed[i->target] = false;
        needed[i->a] = true;
        if (arity > 1)
            needed[i->b] = true;
        if (arity > 2)
            needed[i->c] = true;
        to->items[--kept] = *i;
        to->marks[kept] = mark;
    }
    to->count = all->count - kept;
    memmove(to->items, to->items + kept, to->count * sizeof *to->items);
    memmove(to->marks, to->marks + kept, to->count);
}

static int allocate(listing *code, size_t count)
{
    code->items = calloc(count + 1, sizeof *code->items);
    code->marks = calloc(count + 1, sizeof *code->marks);
    return code->items && code->marks ? 0 : -1;
}

static size_t count_marks(const listing *code, unsigned char marks)
{
    size_t count = 0;
    for (size_t k = 0; k < code->count; k++)
        count += (code->marks[k] & marks) != 0;
    return count;
}

/* What of all code has one of the marks, to be watched; `part` has room for it. */
static bx_watch *watch(const bx_network *network, const listing *all, listing *part,
                       unsigned char marks, const bool *moves, bool *needed)
{
    size_t size = network->program.frame_size;
    memset(needed, 0, (size + BX_WATCH_OWN_SLOTS) * sizeof *needed);
    prune(part, all, marks, needed);
    for (size_t k = 0; k < part->count; k++)
        part->marks[k] = !part->marks[k]         ? 0
                         : part->marks[k] & LEAF ? BX_WATCH_LEAF
                                                 : BX_WATCH_FORMULA;
    return bx_watch_new(part->items, part->marks, part->count, moves, size, network->time);
}

static int build_watches(bx_roots *roots, const bx_network *network, listing *all, listing *part)
{
    size_t size = roots->frame_size + BX_WATCH_OWN_SLOTS;
    bool *needed = calloc(size, sizeof *needed), *moves = calloc(size, sizeof *moves);
    if (needed && moves) {
        unmark_inner(all, &network->program, needed);
        roots->timed = watch(network, all, part, KNOWN, moves, needed);
        for (size_t i = 0; i < network->species; i++)
            moves[i] = network->changing[i];
        roots->between = watch(network, all, part, CHANGE | LEAF, moves, needed);
        memset(needed, 0, size * sizeof *needed);
        prune(all, all, ROOT, needed);
        roots->root_count = count_marks(all, ROOT);
    }
    free(needed);
    free(moves);
    return roots->timed && roots->between ? 0 : -1;
}

static int build(bx_roots *roots, const bx_network *network, const bx_network *jumps)
{
    size_t count = 2 * network->program.count + network->logic_count;
    count += jumps ? jumps->program.count : 0;
    for (size_t i = 0; i < network->program.delayed_count; i++)
        count += network->program.delayed[i].count;
    listing part = {0};
    int result = -1;
    if (allocate(&roots->state, count) == 0 && allocate(&part, count) == 0) {
        collect_all(roots, network, jumps);
        result = build_watches(roots, network, &roots->state, &part);
    }
    free(part.items);
    free(part.marks);
    return result;
}

bx_roots *bx_roots_new(const bx_network *network, const bx_network *jumps, bx_error *err)
{
    bx_roots *roots = calloc(1, sizeof *roots);
    if (!roots) {
        bx_fail_memory(err);
        return NULL;
    }
    roots->frame_size = network->program.frame_size;
    roots->depends = calloc(roots->frame_size + BX_WATCH_OWN_SLOTS, 1);
    if (!roots->depends || build(roots, network, jumps) < 0) {
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
    free(roots->state.items);
    free(roots->state.marks);
    bx_watch_free(roots->timed);
    bx_watch_free(roots->between);
    free(roots);
}

bool bx_roots_knows(const bx_roots *roots, const bx_logic *leaf)
{
    unsigned char depends = roots->depends[leaf->slot];
    return bx_op_compares(leaf->op) && depends & BY_TIME && !(depends & BY_STATE);
}

bool bx_roots_drifts(const bx_roots *roots, uint32_t slot)
{
    return roots->depends[slot] & DRIFTS;
}

/* ---- for a solver ---- */

/* How far it is to where `a` is rounded to another number, below 0 if it is rounded to an odd one.
 */
static double parity(bx_op op, double a)
{
    if (op == BX_OP_CEIL || (op != BX_OP_FLOOR && a < 0))
        a = -a;
    double whole = floor(a), far = fmax(0.5 - fabs(a - whole - 0.5), DBL_MIN);
    return fmod(whole, 2) == 0 ? far : -far;
}

size_t bx_roots_count(const bx_roots *roots)
{
    return roots->root_count;
}

void bx_roots_reads(const bx_roots *roots, bool *reads)
{
    for (size_t k = roots->state.count; k-- > 0;) {
        const bx_instruction *i = &roots->state.items[k];
        reads[i->target] = false;
        reads[i->a] = reads[i->b] = reads[i->c] = true;
    }
}

void bx_roots_evaluate(const bx_roots *roots, double *frame, double *out)
{
    const listing *code = &roots->state;
    const bx_instruction *done = code->items;
    for (size_t k = 0, found = 0; found < roots->root_count; k++) {
        if (!(code->marks[k] & ROOT))
            continue;
        const bx_instruction *i = &code->items[k];
        bx_program_run(done, i, frame); /* `i` may overwrite its operands */
        done = i;
        double a = frame[i->a], b = frame[i->b];
        bx_op op = (bx_op)i->op;
        double value =
            bx_interval_rounds(op) ? parity(op, op == BX_OP_REMAINDER ? a / b : a) : a - b;
        out[found++] = isfinite(value) ? value : 1;
    }
}

/* ---- searches ---- */

void bx_roots_prepare(bx_roots *roots, const double *frame)
{
    bx_watch_prepare(roots->between, frame);
}

const uint32_t *bx_roots_moving(const bx_roots *roots, size_t *count)
{
    return bx_watch_moving(roots->between, count);
}

double bx_roots_next(bx_roots *roots, const double *frame, double now, double end)
{
    if (bx_watch_count(roots->timed) == 0)
        return INFINITY;
    bx_watch_prepare(roots->timed, frame);
    size_t looks = LOOKS;
    bool formula;
    double next = bx_watch_search(roots->timed, NULL, now, end, 0, &looks, &formula);
    if (looks > 0 || next == INFINITY)
        return next;
    return fmin(fmax(next, now + fmax((end - now) * LEAST_ADVANCE, end * 1e-6)), end);
}

void bx_roots_begin(bx_roots *roots, double near)
{
    roots->looks = LOOKS_SAVED;
    roots->near = near;
    roots->last = roots->step_end = -INFINITY;
}

double bx_roots_between(bx_roots *roots, const bx_course *course, double low, double high,
                        bool *formula)
{
    *formula = false;
    if (bx_watch_count(roots->between) == 0)
        return INFINITY;
    if (high != roots->step_end && roots->looks < LOOKS_SAVED)
        roots->looks += LOOKS_A_STEP;
    roots->step_end = high;
    size_t saved = roots->looks;
    double found = bx_watch_search(roots->between, course, low, high,
                                   BX_ROOTS_RESOLUTION * fabs(high), &roots->looks, formula);
    if (roots->looks == 0)
        return INFINITY;
    if (found <= high && found - roots->last > roots->near)
        roots->looks = saved;
    if (found <= high)
        roots->last = found;
    return found;
}
