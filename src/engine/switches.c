#include "engine/switches.h"

#include "model/solve.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* By so much of itself a computed time may be wrong; and by so much if it is 0. */
#define ROUNDING (8 * DBL_EPSILON)
#define TINY 1e-100

/* How a value moves between known times. */
typedef enum motion { STEADY, LINEAR, CURVED } motion;

typedef struct nature {
    unsigned char motion;
    bool varies; /* with species that reactions change */
} nature;

struct bx_switches {
    const bx_network *network;
    bool any;      /* some formula has a known time */
    bool *smooth;  /* by reaction */
    nature *of;    /* by slot, as the analysis goes on */
    double *frame; /* a copy; temporaries change as the code runs */
    double *slope; /* by slot, per second */
};

static bool rounds(uint32_t op)
{
    return op == BX_OP_FLOOR || op == BX_OP_CEIL || op == BX_OP_TRUNCATE || op == BX_OP_REMAINDER;
}

/* A change at once whose times are known. */
static bool switches(const nature *of, const bx_instruction *i)
{
    nature a = of[i->a], b = bx_op_arity(i->op) > 1 ? of[i->b] : (nature){0};
    if (a.varies || b.varies || (i->op == BX_OP_REMAINDER && b.motion != STEADY))
        return false;
    unsigned char most = a.motion > b.motion ? a.motion : b.motion;
    return most == LINEAR && (bx_op_compares(i->op) || rounds(i->op));
}

static motion motion_of(const nature *of, const bx_instruction *i, motion most)
{
    if (most == STEADY)
        return STEADY;
    if (switches(of, i))
        return i->op == BX_OP_REMAINDER ? LINEAR : STEADY;
    switch (i->op) {
    case BX_OP_MOVE:
    case BX_OP_NEGATE:
    case BX_OP_ADD:
    case BX_OP_SUBTRACT: return most;
    case BX_OP_MULTIPLY:
        return of[i->a].motion == STEADY || of[i->b].motion == STEADY ? most : CURVED;
    case BX_OP_DIVIDE: return of[i->b].motion == STEADY ? most : CURVED;
    case BX_OP_IF: return of[i->a].motion == STEADY ? most : CURVED;
    default: return CURVED;
    }
}

/* The unknowns of a block move in any way with what it reads. */
static void analyse_block(bx_switches *s, const bx_instruction *head)
{
    nature result = {STEADY, false};
    for (const bx_instruction *i = head + 1; i != head + 1 + head->b; i++) {
        const uint32_t operands[] = {i->a, i->b, i->c};
        for (unsigned k = 0; k < bx_op_arity(i->op) && k < 3; k++) {
            nature n = s->of[operands[k]];
            result.motion = n.motion > STEADY ? CURVED : result.motion;
            result.varies = result.varies || n.varies;
        }
    }
    for (uint32_t k = 0; k < head->a; k++)
        s->of[head->target + k] = result;
}

static void analyse(bx_switches *s, bx_range code)
{
    for (uint32_t j = code.begin; j < code.end; j++) {
        const bx_instruction *i = &s->network->program.code[j];
        if (bx_solve_is(i)) { /* then the body, as any code */
            analyse_block(s, i);
            continue;
        }
        const uint32_t operands[] = {i->a, i->b, i->c};
        nature result = {STEADY, false};
        for (unsigned k = 0; k < bx_op_arity(i->op) && k < 3; k++) {
            nature n = s->of[operands[k]];
            result.motion = n.motion > result.motion ? n.motion : result.motion;
            result.varies = result.varies || n.varies;
        }
        s->any = s->any || switches(s->of, i);
        result.motion = (unsigned char)motion_of(s->of, i, (motion)result.motion);
        s->of[i->target] = result;
    }
}

/* The time at which the operands, as they move now, give another value. */
static double time_of(const bx_switches *s, const bx_instruction *i)
{
    const double *frame = s->frame, *slope = s->slope;
    double now = frame[s->network->time], a = frame[i->a], by = slope[i->a];
    if (bx_op_compares(i->op)) {
        by -= slope[i->b];
        return by != 0 ? now - (a - frame[i->b]) / by : INFINITY;
    }
    if (i->op == BX_OP_REMAINDER) {
        a /= frame[i->b];
        by /= frame[i->b];
    }
    return by > 0   ? now + (floor(a) + 1 - a) / by
           : by < 0 ? now + (ceil(a) - 1 - a) / by
                    : INFINITY;
}

static double slope_of(const bx_switches *s, const bx_instruction *i)
{
    const double *frame = s->frame, *slope = s->slope;
    switch (i->op) {
    case BX_OP_MOVE:
    case BX_OP_REMAINDER: return slope[i->a];
    case BX_OP_NEGATE: return -slope[i->a];
    case BX_OP_ADD: return slope[i->a] + slope[i->b];
    case BX_OP_SUBTRACT: return slope[i->a] - slope[i->b];
    case BX_OP_MULTIPLY: return slope[i->a] * frame[i->b] + frame[i->a] * slope[i->b];
    case BX_OP_DIVIDE: return slope[i->a] / frame[i->b];
    case BX_OP_IF: return frame[i->a] != 0 ? slope[i->b] : slope[i->c];
    default: return 0;
    }
}

/* The natures go along, for slots of temporaries are used again and again. */
static double next_in(bx_switches *s, bx_range code)
{
    double now = s->frame[s->network->time], next = INFINITY;
    for (uint32_t j = code.begin; j < code.end; j++) {
        const bx_instruction *i = &s->network->program.code[j];
        if (bx_solve_is(i)) {
            bx_solve(i, s->frame);
            analyse_block(s, i);
            continue;
        }
        if (switches(s->of, i)) {
            double at = time_of(s, i);
            at += ROUNDING * fabs(at) + TINY;
            next = at > now && at < next ? at : next;
        }
        double slope = slope_of(s, i);
        bx_program_run(i, i + 1, s->frame);
        s->slope[i->target] = slope;
        analyse(s, (bx_range){j, j + 1});
    }
    return next;
}

double bx_switches_next(bx_switches *s, const double *frame)
{
    const bx_network *network = s->network;
    if (!s->any)
        return INFINITY;
    memcpy(s->frame, frame, network->program.frame_size * sizeof *frame);
    double rules = next_in(s, network->rule_code), rates = next_in(s, network->rate_code);
    return rules < rates ? rules : rates;
}

double bx_switches_before(double known)
{
    return known < INFINITY ? known - 3 * (ROUNDING * fabs(known) + TINY) : known;
}

bool bx_switches_smooth(const bx_switches *s, size_t reaction)
{
    return s->smooth[reaction];
}

bx_switches *bx_switches_new(const bx_network *network, bx_error *err)
{
    bx_switches *s = calloc(1, sizeof *s);
    size_t slots = network->program.frame_size + network->reactions + 1;
    if (s) {
        s->network = network;
        s->smooth = calloc(network->reactions + 1, sizeof *s->smooth);
        s->of = calloc(slots, sizeof *s->of);
        s->frame = calloc(slots, sizeof *s->frame);
        s->slope = calloc(slots, sizeof *s->slope);
    }
    if (!s || !s->smooth || !s->of || !s->frame || !s->slope) {
        bx_switches_free(s);
        bx_fail_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < network->species; i++)
        s->of[i].varies = network->changing[i];
    s->of[network->time].motion = LINEAR;
    s->slope[network->time] = 1;
    analyse(s, network->rule_code);
    for (size_t r = 0; r < network->reactions; r++) {
        analyse(s, network->reaction[r].code);
        s->smooth[r] = s->of[network->rate + r].motion != STEADY;
    }
    return s;
}

void bx_switches_free(bx_switches *s)
{
    if (!s)
        return;
    free(s->smooth);
    free(s->of);
    free(s->frame);
    free(s->slope);
    free(s);
}
