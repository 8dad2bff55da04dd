#include "engine/jacobian.h"

#include "model/derivative.h"
#include "model/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAXIMUM ((size_t)1 << 26)

/* A function is a rule, by its place in rule_order, or behind these a reaction. */
struct bx_jacobian {
    const bx_network *network;
    const uint32_t *position;
    size_t size;
    bx_csr depends;    /* function -> places in the state it depends on, ascending */
    double *gradients; /* the derivatives, as in `depends` */
    bx_csr pattern;
    uint32_t *targets;  /* for each reaction, dependence and change: the entry it adds to */
    bx_operation *tape; /* as long as the longest code */
    bool *moves;        /* by slot: with the state; of intermediate values it may be any */
    double *adjoints;   /* by slot: zero in between */
    double *row;        /* by place in the state: zero in between */
    uint32_t *place;    /* rule -> its place in rule_order */
};

/* Run a code, and note what its operators had. Those of most formulas are in line. */
static void run_noting(const bx_jacobian *j, const bx_instruction *code, size_t count,
                       double *frame)
{
    bx_operation *o = j->tape;
    for (const bx_instruction *i = code; i != code + count; i++, o++) {
        double a = frame[i->a], b = frame[i->b], result;
        switch ((bx_op)i->op) {
        case BX_OP_ADD: result = a + b; break;
        case BX_OP_SUBTRACT: result = a - b; break;
        case BX_OP_MULTIPLY: result = a * b; break;
        case BX_OP_DIVIDE: result = a / b; break;
        default:
            o->c = frame[i->c];
            bx_program_run(i, i + 1, frame);
            result = frame[i->target];
        }
        o->a = a;
        o->b = b;
        frame[i->target] = o->result = result;
    }
}

/* Add to the adjoint of an operand, if the state moves it. */
static inline void add_adjoint(const bx_jacobian *j, uint32_t slot, double weight,
                               double derivative)
{
    if (derivative != 0 && j->moves[slot])
        j->adjoints[slot] += weight * derivative;
}

/* Run a code, then back along it: adjoints[slot] becomes the derivative of `target` by each slot
 * that the code reads and the state moves. */
static void differentiate(const bx_jacobian *j, bx_range range, uint32_t target, double *frame)
{
    const bx_instruction *code = j->network->program.code + range.begin;
    size_t count = range.end - range.begin;
    run_noting(j, code, count, frame);
    j->adjoints[target] = 1;
    for (size_t k = count; k-- > 0;) {
        const bx_instruction *i = &code[k];
        const bx_operation *o = &j->tape[k];
        double weight = j->adjoints[i->target], d[3];
        j->adjoints[i->target] = 0;
        if (weight == 0)
            continue;
        if (i->op == BX_OP_MULTIPLY) {
            add_adjoint(j, i->a, weight, o->b);
            add_adjoint(j, i->b, weight, o->a);
            continue;
        }
        if (i->op == BX_OP_DIVIDE && !j->moves[i->b]) {
            add_adjoint(j, i->a, weight, 1 / o->b);
            continue;
        }
        bx_op_derivatives((bx_op)i->op, o, d);
        add_adjoint(j, i->a, weight, d[0]);
        add_adjoint(j, i->b, weight, d[1]);
        add_adjoint(j, i->c, weight, d[2]);
    }
}

/* The same for a rule of a block, which ran; behind it is a move for each unknown. */
static void differentiate_block(const bx_jacobian *j, size_t leader, uint32_t target, double *frame)
{
    const bx_program *program = &j->network->program;
    bx_range range = j->network->rule_codes[leader];
    const bx_instruction *head = program->code + range.begin;
    for (const bx_instruction *i = head + 1 + head->b; i != program->code + range.end; i++)
        if (i->target == target)
            j->adjoints[i->a] = 1;
    bx_solve_differentiate(head, frame, j->adjoints);
}

/* ---- gradients ---- */

/* Add weight times the gradient of a slot to the row. */
static void add_slot(const bx_jacobian *j, uint32_t slot, double weight)
{
    const bx_network *network = j->network;
    size_t first = network->species + network->parameters;
    if (slot < network->species) {
        if (network->changing[slot])
            j->row[j->position[slot]] += weight;
    } else if (slot >= first && slot < first + network->rules) {
        uint32_t rule = j->place[slot - first];
        for (uint32_t i = j->depends.start[rule]; i < j->depends.start[rule + 1]; i++)
            j->row[j->depends.items[i]] += weight * j->gradients[i];
    }
}

/* Move the adjoints of the slots that a formula names into the row, weighted. */
static void collect(const bx_jacobian *j, const bx_csr *uses, size_t formula, double weight)
{
    for (uint32_t i = uses->start[formula]; i < uses->start[formula + 1]; i++) {
        double adjoint = j->adjoints[uses->items[i]];
        j->adjoints[uses->items[i]] = 0;
        if (adjoint != 0)
            add_slot(j, uses->items[i], adjoint * weight);
    }
}

static void finish_row(const bx_jacobian *j, size_t function)
{
    for (uint32_t i = j->depends.start[function]; i < j->depends.start[function + 1]; i++) {
        double value = j->row[j->depends.items[i]];
        j->row[j->depends.items[i]] = 0;
        j->gradients[i] = isfinite(value) ? value : 0;
    }
}

/* The derivatives of k * prod(S^n) by each S; returns that by k. */
static double differentiate_mass_action(const bx_jacobian *j, size_t r, double k,
                                        const double *frame)
{
    const bx_network *network = j->network;
    uint32_t begin = network->reactants.start[r], end = network->reactants.start[r + 1];
    for (uint32_t i = begin; i < end; i++)
        add_slot(j, network->reactants.items[i], bx_mass_action_slope(network, r, i, k, frame));
    return bx_mass_action_rate(network, r, 1, frame);
}

static void differentiate_reaction(const bx_jacobian *j, size_t r, double *frame)
{
    const bx_network *network = j->network;
    const bx_reaction *reaction = &network->reaction[r];
    uint32_t slot = network->rate + (uint32_t)r;
    double weight = 1;
    if (!reaction->constant)
        differentiate(j, reaction->code, slot, frame);
    if (reaction->mass_action)
        weight = differentiate_mass_action(j, r, frame[slot], frame);
    if (!reaction->constant)
        collect(j, &network->rate_uses, r, weight);
    finish_row(j, network->rules + r);
}

void bx_jacobian_evaluate(bx_jacobian *j, double *frame, double *values)
{
    const bx_network *network = j->network;
    uint32_t first = (uint32_t)(network->species + network->parameters);
    for (size_t i = 0; i < network->rules; i++) {
        uint32_t rule = network->rule_order[i];
        if (!network->rule_varies[rule]) {
            bx_program_run_range(&network->program, network->rule_codes[i], frame);
            continue;
        }
        uint32_t leader = network->rule_leader[rule];
        bool solved = network->rule_kind[rule] != BX_RULE_EQUALS;
        if (solved) {
            bx_program_run_range(&network->program, network->rule_codes[i], frame);
            differentiate_block(j, j->place[leader], first + rule, frame);
        } else {
            differentiate(j, network->rule_codes[i], first + rule, frame);
        }
        collect(j, &network->rule_uses, solved ? leader : rule, 1);
        finish_row(j, i);
    }
    const uint32_t *target = j->targets;
    for (size_t r = 0; r < network->reactions; r++) {
        differentiate_reaction(j, r, frame);
        size_t function = network->rules + r;
        uint32_t begin = network->changes.start[r], end = network->changes.start[r + 1];
        for (uint32_t d = j->depends.start[function]; d < j->depends.start[function + 1]; d++)
            for (uint32_t c = begin; c < end; c++)
                values[*target++] += network->amounts[c] * j->gradients[d];
    }
}

/* ---- set-up ---- */

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

typedef struct finder {
    uint32_t stamp, *stamps; /* by place in the state */
    uint32_t *found;
    size_t count;
} finder;

static void find(finder *f, uint32_t place)
{
    if (f->stamps[place] == f->stamp)
        return;
    f->stamps[place] = f->stamp;
    f->found[f->count++] = place;
}

static void find_slots(const bx_jacobian *j, finder *f, const uint32_t *slots, uint32_t count)
{
    const bx_network *network = j->network;
    size_t first = network->species + network->parameters;
    for (uint32_t i = 0; i < count; i++) {
        if (slots[i] < network->species) {
            if (network->changing[slots[i]])
                find(f, j->position[slots[i]]);
        } else if (slots[i] >= first && slots[i] < first + network->rules) {
            uint32_t rule = j->place[slots[i] - first];
            for (uint32_t k = 0; k < bx_csr_count(&j->depends, rule); k++)
                find(f, bx_csr_row(&j->depends, rule)[k]);
        }
    }
}

static int finish_depends(bx_jacobian *j, finder *f)
{
    qsort(f->found, f->count, sizeof *f->found, ascending);
    for (size_t i = 0; i < f->count; i++)
        if (bx_csr_push(&j->depends, f->found[i]) < 0)
            return -1;
    f->count = 0;
    f->stamp++;
    return bx_csr_end_row(&j->depends);
}

/* 1: too many entries. */
static int find_depends(bx_jacobian *j, finder *f)
{
    const bx_network *network = j->network;
    size_t entries = 0;
    f->stamp = 1;
    for (size_t i = 0; i < network->rules; i++) {
        uint32_t rule = network->rule_order[i];
        j->place[rule] = (uint32_t)i;
        find_slots(j, f, bx_csr_row(&network->rule_uses, rule),
                   bx_csr_count(&network->rule_uses, rule));
        if (finish_depends(j, f) < 0)
            return -1;
        if (j->depends.start[i + 1] > ENTRIES_MAXIMUM)
            return 1;
    }
    for (size_t r = 0; r < network->reactions; r++) {
        find_slots(j, f, bx_csr_row(&network->rate_uses, r), bx_csr_count(&network->rate_uses, r));
        if (network->reaction[r].mass_action)
            find_slots(j, f, bx_csr_row(&network->reactants, r),
                       bx_csr_count(&network->reactants, r));
        entries += f->count * (bx_csr_count(&network->changes, r) + 1);
        if (entries > ENTRIES_MAXIMUM)
            return 1;
        if (finish_depends(j, f) < 0)
            return -1;
    }
    return 0;
}

/* Column by column: the rows that reactions which depend on it change. */
static int build_pattern(bx_jacobian *j, finder *f)
{
    const bx_network *network = j->network;
    bx_csr by_reaction = {0};
    /* place in the state -> functions that depend on it */
    int result = bx_csr_transpose(&j->depends, j->size, &by_reaction);
    if (result == 0)
        result = bx_csr_init(&j->pattern, j->size);
    for (size_t column = 0; result == 0 && column < j->size; column++) {
        find(f, (uint32_t)column);
        for (uint32_t i = 0; i < bx_csr_count(&by_reaction, column); i++) {
            uint32_t function = bx_csr_row(&by_reaction, column)[i];
            if (function < network->rules)
                continue;
            size_t r = function - network->rules;
            for (uint32_t c = 0; c < bx_csr_count(&network->changes, r); c++)
                find(f, j->position[bx_csr_row(&network->changes, r)[c]]);
        }
        qsort(f->found, f->count, sizeof *f->found, ascending);
        for (size_t i = 0; result == 0 && i < f->count; i++)
            result = bx_csr_push(&j->pattern, f->found[i]);
        if (result == 0)
            result = bx_csr_end_row(&j->pattern);
        f->count = 0;
        f->stamp++;
    }
    bx_csr_free(&by_reaction);
    return result;
}

static uint32_t entry_of(const bx_csr *pattern, uint32_t column, uint32_t row)
{
    const uint32_t *found = bsearch(&row, bx_csr_row(pattern, column),
                                    bx_csr_count(pattern, column), sizeof row, ascending);
    return (uint32_t)(found - pattern->items);
}

static int list_targets(bx_jacobian *j)
{
    const bx_network *network = j->network;
    size_t count = 0;
    for (size_t r = 0; r < network->reactions; r++)
        count += (size_t)bx_csr_count(&j->depends, network->rules + r) *
                 bx_csr_count(&network->changes, r);
    uint32_t *target = j->targets = malloc((count + 1) * sizeof *j->targets);
    if (!target)
        return -1;
    for (size_t r = 0; r < network->reactions; r++) {
        size_t function = network->rules + r;
        for (uint32_t d = 0; d < bx_csr_count(&j->depends, function); d++)
            for (uint32_t c = 0; c < bx_csr_count(&network->changes, r); c++)
                *target++ = entry_of(&j->pattern, bx_csr_row(&j->depends, function)[d],
                                     j->position[bx_csr_row(&network->changes, r)[c]]);
    }
    return 0;
}

static size_t longest_code(const bx_network *network)
{
    size_t longest = 0;
    for (size_t i = 0; i < network->rules; i++)
        if (network->rule_codes[i].end - network->rule_codes[i].begin > longest)
            longest = network->rule_codes[i].end - network->rule_codes[i].begin;
    for (size_t i = 0; i < network->reactions; i++)
        if (network->reaction[i].code.end - network->reaction[i].code.begin > longest)
            longest = network->reaction[i].code.end - network->reaction[i].code.begin;
    return longest;
}

static void mark_targets(bx_jacobian *j, bx_range range)
{
    const bx_instruction *code = j->network->program.code;
    for (uint32_t i = range.begin; i < range.end; i++) {
        uint32_t count = bx_solve_is(&code[i]) ? code[i].a : 1;
        for (uint32_t k = 0; k < count; k++)
            j->moves[code[i].target + k] = true;
    }
}

/* Species, and what is computed from them. */
static void mark_moves(bx_jacobian *j)
{
    const bx_network *network = j->network;
    for (size_t i = 0; i < network->species; i++)
        j->moves[i] = network->changing[i];
    for (size_t i = 0; i < network->rules; i++)
        if (network->rule_varies[network->rule_order[i]])
            mark_targets(j, network->rule_codes[i]);
    for (size_t r = 0; r < network->reactions; r++)
        mark_targets(j, network->reaction[r].code);
}

static int build(bx_jacobian *j, finder *f)
{
    const bx_network *network = j->network;
    j->place = calloc(network->rules + 1, sizeof *j->place);
    j->adjoints = calloc(network->program.frame_size, sizeof *j->adjoints);
    j->moves = calloc(network->program.frame_size, sizeof *j->moves);
    j->row = calloc(j->size, sizeof *j->row);
    j->tape = malloc((longest_code(network) + 1) * sizeof *j->tape);
    f->stamps = calloc(j->size, sizeof *f->stamps);
    f->found = calloc(j->size, sizeof *f->found);
    if (!j->place || !j->adjoints || !j->moves || !j->row || !j->tape || !f->stamps || !f->found ||
        bx_csr_init(&j->depends, network->rules + network->reactions) < 0)
        return -1;
    mark_moves(j);
    int result = find_depends(j, f);
    if (result != 0)
        return result;
    j->gradients = calloc(j->depends.start[j->depends.rows] + 1, sizeof *j->gradients);
    if (!j->gradients || build_pattern(j, f) < 0)
        return -1;
    return list_targets(j);
}

int bx_jacobian_new(const bx_network *network, const uint32_t *position, size_t size,
                    bx_jacobian **jacobian, bx_error *err)
{
    finder f = {0};
    bx_jacobian *j = *jacobian = calloc(1, sizeof *j);
    if (!j)
        return bx_fail_memory(err);
    j->network = network;
    j->position = position;
    j->size = size;
    int result = build(j, &f);
    free(f.stamps);
    free(f.found);
    if (result == 0)
        return 0;
    bx_jacobian_free(j);
    *jacobian = NULL;
    return result < 0 ? bx_fail_memory(err) : 0;
}

void bx_jacobian_free(bx_jacobian *j)
{
    if (!j)
        return;
    bx_csr_free(&j->depends);
    bx_csr_free(&j->pattern);
    free(j->gradients);
    free(j->targets);
    free(j->tape);
    free(j->adjoints);
    free(j->moves);
    free(j->row);
    free(j->place);
    free(j);
}

const bx_csr *bx_jacobian_pattern(const bx_jacobian *j)
{
    return &j->pattern;
}

size_t bx_jacobian_rate(const bx_jacobian *j, size_t reaction, const uint32_t **places,
                        const double **values)
{
    size_t function = j->network->rules + reaction;
    *places = bx_csr_row(&j->depends, function);
    *values = j->gradients + j->depends.start[function];
    return bx_csr_count(&j->depends, function);
}
