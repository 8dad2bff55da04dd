#include "engine/watch.h"

#include "engine/interval.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define FNV_START 0xcbf29ce484222325u

/* Operands and results are places among the values; an operand that the operator lacks is the first
 * one again. */
typedef struct step {
    bx_op op;
    uint32_t target, a, b, c;
    unsigned char mark;
    bool sudden; /* the operator changes or bends at once */
} step;

/* A value that does not move, and its slot. */
typedef struct input {
    uint32_t slot, place;
} input;

/* Values: what moves, the time, then all others as the code comes to them. */
struct bx_watch {
    uint32_t *moving;
    input *inputs;
    step *fixed, *steps; /* on what does not move alone; the rest */
    size_t moving_count, input_count, fixed_count, step_count, marked;
    bool *varies;       /* by value */
    double *low, *high; /* by value: bounds in an interval */
};

/* ---- set-up ---- */

/* What moves gets the first places. */
static void place_moving(bx_watch *w, const bx_instruction *code, size_t count, const bool *moves,
                         uint32_t *place)
{
    for (size_t k = 0; k < count; k++) {
        const uint32_t operands[] = {code[k].a, code[k].b, code[k].c};
        for (unsigned j = 0; j < 3 && j < bx_op_arity((bx_op)code[k].op); j++) {
            if (!moves[operands[j]] || place[operands[j]] != NONE)
                continue;
            place[operands[j]] = (uint32_t)w->moving_count;
            w->moving[w->moving_count++] = operands[j];
        }
    }
}

static void build(bx_watch *w, const bx_instruction *code, const unsigned char *marks, size_t count,
                  size_t size, uint32_t *place)
{
    uint32_t values = (uint32_t)w->moving_count + 1;
    for (uint32_t i = 0; i < values; i++)
        w->varies[i] = true;
    for (size_t k = 0; k < count; k++) {
        const bx_instruction *i = &code[k];
        const uint32_t slots[] = {i->a, i->b, i->c};
        unsigned arity = bx_op_arity((bx_op)i->op);
        uint32_t at[3];
        bool varies = i->op == BX_OP_DELAY;
        for (unsigned j = 0; j < 3; j++) {
            uint32_t *operand = &place[slots[j < arity ? j : 0]];
            if (*operand == NONE) {
                if (slots[j] < size)
                    w->inputs[w->input_count++] = (input){slots[j], values};
                *operand = values++;
            }
            at[j] = *operand;
            varies = varies || w->varies[at[j]];
        }
        step *to = varies ? &w->steps[w->step_count++] : &w->fixed[w->fixed_count++];
        *to = (step){(bx_op)i->op,
                     values,
                     at[0],
                     at[1],
                     at[2],
                     marks[k],
                     bx_interval_breaks((bx_op)i->op) || bx_interval_bends((bx_op)i->op)};
        w->marked += marks[k] != 0;
        w->varies[values] = varies;
        place[i->target] = values++;
    }
}

bx_watch *bx_watch_new(const bx_instruction *code, const unsigned char *marks, size_t count,
                       const bool *moves, size_t size, uint32_t time)
{
    bx_watch *w = calloc(1, sizeof *w);
    uint32_t *place = malloc((size + BX_WATCH_OWN_SLOTS) * sizeof *place);
    size_t values = 4 * count + 2; /* at most three operands and a result */
    if (w) {
        w->moving = calloc(3 * count + 1, sizeof *w->moving);
        w->inputs = calloc(3 * count + 1, sizeof *w->inputs);
        w->fixed = calloc(count + 1, sizeof *w->fixed);
        w->steps = calloc(count + 1, sizeof *w->steps);
        w->varies = calloc(values, sizeof *w->varies);
        w->low = calloc(values, sizeof *w->low);
        w->high = calloc(values, sizeof *w->high);
    }
    if (!w || !place || !w->moving || !w->inputs || !w->fixed || !w->steps || !w->varies ||
        !w->low || !w->high) {
        free(place);
        bx_watch_free(w);
        return NULL;
    }
    memset(place, 0xff, (size + BX_WATCH_OWN_SLOTS) * sizeof *place);
    place_moving(w, code, count, moves, place);
    place[time] = (uint32_t)w->moving_count;
    build(w, code, marks, count, size, place);
    free(place);
    return w;
}

void bx_watch_free(bx_watch *w)
{
    if (!w)
        return;
    free(w->moving);
    free(w->inputs);
    free(w->fixed);
    free(w->steps);
    free(w->varies);
    free(w->low);
    free(w->high);
    free(w);
}

size_t bx_watch_count(const bx_watch *w)
{
    return w->marked;
}

const uint32_t *bx_watch_moving(const bx_watch *w, size_t *count)
{
    *count = w->moving_count;
    return w->moving;
}

/* ---- searches ---- */

void bx_watch_prepare(bx_watch *w, const double *frame)
{
    for (size_t i = 0; i < w->input_count; i++)
        w->low[w->inputs[i].place] = frame[w->inputs[i].slot];
    for (size_t k = 0; k < w->fixed_count; k++) {
        const step *s = &w->fixed[k];
        w->low[s->target] = bx_program_apply(s->op, w->low[s->a], w->low[s->b], w->low[s->c]);
        w->high[s->target] = w->low[s->target];
    }
    for (size_t i = 0; i < w->input_count; i++)
        w->high[w->inputs[i].place] = w->low[w->inputs[i].place];
}

/* Whether no instruction that is watched changes at once in an interval of time. */
static bool steady(bx_watch *w, const bx_course *course, double from, double to)
{
    double *low = w->low, *high = w->high;
    low[w->moving_count] = from;
    high[w->moving_count] = to;
    if (w->moving_count > 0)
        course->within(course->data, from, to, low, high);
    for (const step *s = w->steps, *end = s + w->step_count; s != end; s++) {
        bx_interval a = {low[s->a], high[s->a]}, b = {low[s->b], high[s->b]};
        bx_interval c = {low[s->c], high[s->c]}, r;
        if (!bx_interval_quick(s->op, a, b, &r)) {
            bool point =
                bx_interval_is_point(a) && bx_interval_is_point(b) && bx_interval_is_point(c);
            if (s->op == BX_OP_DELAY)
                r = bx_interval_unbounded;
            else if (point)
                r.low = r.high = bx_program_apply(s->op, a.low, b.low, c.low);
            else if (!(s->sudden && bx_interval_settles(s->op, a, b, &r))) {
                if (s->mark)
                    return false;
                r = bx_interval_apply(s->op, a, b, c);
            }
        }
        low[s->target] = r.low;
        high[s->target] = r.high;
    }
    return true;
}

/* Of what changes in formulas; of leaves. */
typedef struct digest {
    uint64_t of[2];
} digest;

/* What the operators that change at once come to at `time`. */
static digest digest_at(bx_watch *w, const bx_course *course, double time)
{
    digest result = {{FNV_START, FNV_START}};
    double *values = w->low;
    values[w->moving_count] = time;
    if (w->moving_count > 0)
        course->at(course->data, time, values);
    for (const step *s = w->steps, *end = s + w->step_count; s != end; s++) {
        double a = values[s->a], b = values[s->b];
        if (s->op == BX_OP_DELAY) /* it counts for nothing that does */
            continue;
        double value = values[s->target] = bx_program_apply(s->op, a, b, values[s->c]);
        if (!s->mark)
            continue;
        if (s->op == BX_OP_ABS)
            value = a < 0;
        else if (s->op == BX_OP_MIN || s->op == BX_OP_MAX)
            value = a < b;
        else if (s->op == BX_OP_REMAINDER)
            value = rint((a - value) / b);
        uint64_t bits, *hash = &result.of[s->mark == BX_WATCH_LEAF];
        memcpy(&bits, &value, sizeof bits);
        *hash = (*hash ^ bits) * 0x100000001b3u;
        *hash ^= *hash >> 29;
    }
    return result;
}

double bx_watch_search(bx_watch *w, const bx_course *course, double low, double end,
                       double resolution, size_t *looks, bool *formula)
{
    double width = end - low;
    *formula = false;
    while (low<end && * looks> 0) {
        double least = fmax(nextafter(low, INFINITY), low + resolution);
        double high = fmin(fmax(low + width, least), end);
        --*looks;
        if (steady(w, course, low, high)) {
            low = high;
            width *= 2;
            continue;
        }
        if (high > least) {
            width = (high - low) / 2;
            continue;
        }
        digest before = digest_at(w, course, low);
        digest after = digest_at(w, course, high);
        *formula = before.of[0] != after.of[0];
        if (*formula || before.of[1] != after.of[1])
            return high;
        low = high;
    }
    return low < end ? low : INFINITY;
}
