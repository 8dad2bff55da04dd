#include "engine/tangent.h"

#include "engine/interval.h"
#include "model/derivative.h"
#include "model/solve.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bx_tangent {
    const bx_network *network;
    size_t count;  /* of variables */
    size_t stride; /* of rows: one more, for the time */
    size_t width;  /* what of rows is computed */
    size_t named;  /* slots that have rows; the next is the time's, which has one too */
    double *rows;
    bool *any;          /* slot -> not all of its row is 0 */
    double *adjoints;   /* by slot: zero in between */
    bx_operation *tape; /* as long as the longest code */
    double *scratch;    /* a row */
    uint32_t *place;    /* rule -> its place in rule_order */
    bx_breaker *breakers;
    size_t breaker_count;
    bool sizes;               /* in place of terms, their sizes are added up */
    double *value_sizes;      /* by slot: of how large terms values are sums */
    bx_operation *tape_sizes; /* the same of the tape */
    bool singular;   /* the equations of the last formula do not tell how their unknowns move */
    bool not_finite; /* some derivative was */
    size_t bad_function, bad_variable;
};

/* As bx_op_derivatives, but NaN where those stand in for what is not there. */
static void derivatives_of(bx_op op, const bx_operation *o, double d[3])
{
    bx_op_derivatives(op, o, d);
    if (op == BX_OP_FACTORIAL)
        d[0] = NAN;
    else if (op == BX_OP_POWER && o->a < 0)
        d[1] = NAN;
    else if (op == BX_OP_POWER && o->b == 0)
        d[0] = 0;
    else if (op == BX_OP_HILL && o->a == 0)
        d[0] = o->c > 1 ? 0 : o->c == 1 ? 1 / o->b : INFINITY;
}

/* ---- rounding ---- */

/* Rounding moves a value by its size in units of DBL_EPSILON, at most about: its own value, and the
 * sizes of what it is computed from times the derivatives by these. */
static void note_size(bx_tangent *t, const bx_instruction *i, const bx_operation *o,
                      bx_operation *sizes)
{
    double d[3], *size = t->value_sizes, sum = fabs(o->result);
    derivatives_of((bx_op)i->op, o, d);
    *sizes = (bx_operation){size[i->a], size[i->b], size[i->c], 0};
    sum += d[0] != 0 ? fabs(d[0]) * sizes->a : 0;
    sum += d[1] != 0 ? fabs(d[1]) * sizes->b : 0;
    sum += d[2] != 0 ? fabs(d[2]) * sizes->c : 0;
    size[i->target] = isfinite(sum) ? sum : fabs(o->result);
}

static double ratio(double size, double value)
{
    return size > fabs(value) ? fmin(size / fabs(value), 1 / DBL_EPSILON) : 1;
}

/* The sizes of an operator's derivatives, which rounding of its operands moves, too. */
static void sizes_of(bx_op op, const bx_operation *o, const bx_operation *sizes, double d[3])
{
    double worst = ratio(sizes->a, o->a);
    if (op == BX_OP_MULTIPLY) {
        d[0] = sizes->b;
        d[1] = sizes->a;
        return;
    }
    if (bx_op_arity(op) > 1)
        worst = fmax(worst, ratio(sizes->b, o->b));
    if (op == BX_OP_ADD || op == BX_OP_SUBTRACT || op == BX_OP_MOVE || op == BX_OP_NEGATE)
        worst = 1;
    for (int operand = 0; operand < 3; operand++)
        d[operand] = d[operand] != 0 ? fabs(d[operand]) * worst : 0;
}

/* ---- one formula ---- */

/* Run an instruction; those of most formulas are in line. */
static inline double run_one(const bx_instruction *i, double a, double b, double *frame)
{
    switch ((bx_op)i->op) {
    case BX_OP_ADD: return frame[i->target] = a + b;
    case BX_OP_SUBTRACT: return frame[i->target] = a - b;
    case BX_OP_MULTIPLY: return frame[i->target] = a * b;
    case BX_OP_DIVIDE: return frame[i->target] = a / b;
    case BX_OP_MOVE: return frame[i->target] = a;
    default: bx_program_run(i, i + 1, frame); return frame[i->target];
    }
}

/* Run code and note what its operators had. A block of equations is one operator. */
static void run_noting(bx_tangent *t, bx_range range, double *frame)
{
    const bx_instruction *code = t->network->program.code;
    for (uint32_t k = range.begin; k < range.end; k++) {
        const bx_instruction *i = &code[k];
        if (bx_solve_is(i)) {
            k = (uint32_t)(bx_solve(i, frame) - code);
            continue;
        }
        bx_operation *o = &t->tape[k - range.begin];
        *o = (bx_operation){frame[i->a], frame[i->b], frame[i->c], 0};
        o->result = run_one(i, o->a, o->b, frame);
        if (t->sizes)
            note_size(t, i, o, &t->tape_sizes[k - range.begin]);
    }
}

/* The head of the block that ends before instruction `k`, or NULL. */
static const bx_instruction *block_before(const bx_network *network, bx_range range, uint32_t k)
{
    const bx_instruction *head = network->program.code + range.begin;
    bool ends = range.begin < k && bx_solve_is(head) && range.begin + head->b + 1 == k;
    return ends ? head : NULL;
}

static inline void add_adjoint(double *adjoints, uint32_t slot, double weight, double derivative)
{
    if (derivative != 0)
        adjoints[slot] += weight * derivative;
}

/* The operators of most formulas: false for others. */
static inline bool back_in_line(double *adjoints, const bx_instruction *i, const bx_operation *o,
                                double weight)
{
    switch ((bx_op)i->op) {
    case BX_OP_ADD:
        adjoints[i->a] += weight;
        adjoints[i->b] += weight;
        return true;
    case BX_OP_SUBTRACT:
        adjoints[i->a] += weight;
        adjoints[i->b] -= weight;
        return true;
    case BX_OP_MULTIPLY:
        add_adjoint(adjoints, i->a, weight, o->b);
        add_adjoint(adjoints, i->b, weight, o->a);
        return true;
    case BX_OP_DIVIDE:
        add_adjoint(adjoints, i->a, weight, 1 / o->b);
        add_adjoint(adjoints, i->b, weight, -o->result / o->b);
        return true;
    case BX_OP_MOVE: adjoints[i->a] += weight; return true;
    default: return false;
    }
}

/* Back along code that ran: from adjoints of what it computed to those of what it read. A block can
 * only be its beginning. */
static void run_back(bx_tangent *t, bx_range range, double *frame)
{
    const bx_network *network = t->network;
    for (uint32_t k = range.end; k > range.begin; k--) {
        const bx_instruction *head = block_before(network, range, k);
        if (head) {
            t->singular = !bx_solve_differentiate(head, frame, t->adjoints);
            return;
        }
        const bx_instruction *i = &network->program.code[k - 1];
        double weight = t->adjoints[i->target], d[3];
        t->adjoints[i->target] = 0;
        const bx_operation *o = &t->tape[k - 1 - range.begin];
        if (weight == 0 || (!t->sizes && back_in_line(t->adjoints, i, o, weight)))
            continue;
        derivatives_of((bx_op)i->op, o, d);
        if (t->sizes)
            sizes_of((bx_op)i->op, o, &t->tape_sizes[k - 1 - range.begin], d);
        add_adjoint(t->adjoints, i->a, weight, d[0]);
        add_adjoint(t->adjoints, i->b, weight, d[1]);
        add_adjoint(t->adjoints, i->c, weight, d[2]);
    }
}

static void add_row(const bx_tangent *t, uint32_t slot, double weight, double *out)
{
    if (weight == 0 || slot > t->named || !t->any[slot])
        return;
    const double *from = t->rows + slot * t->stride;
    for (size_t j = 0; t->sizes && j < t->width; j++)
        out[j] += fabs(weight * from[j]);
    for (size_t j = 0; !t->sizes && j < t->width; j++)
        out[j] += weight * from[j];
}

static void take_adjoint(bx_tangent *t, uint32_t slot, double *out)
{
    double adjoint = t->adjoints[slot];
    t->adjoints[slot] = 0;
    add_row(t, slot, adjoint, out);
}

/* Add what adjoints of the slots that code reads come to, and clear them. */
static void collect(bx_tangent *t, bx_range range, double *out)
{
    for (uint32_t k = range.begin; k < range.end; k++) {
        const bx_instruction *i = &t->network->program.code[k];
        if (bx_solve_is(i))
            continue;
        take_adjoint(t, i->a, out);
        take_adjoint(t, i->b, out);
        take_adjoint(t, i->c, out);
    }
}

/* Add the derivatives of `target` after the code has run. */
static void differentiate(bx_tangent *t, bx_range range, uint32_t target, double *frame,
                          double *out)
{
    run_noting(t, range, frame);
    t->adjoints[target] = 1;
    run_back(t, range, frame);
    collect(t, range, out);
    if (range.begin == range.end) /* what was there before */
        take_adjoint(t, target, out);
    t->adjoints[target] = 0;
    for (size_t j = 0; t->singular && j < t->width; j++)
        out[j] = NAN;
    t->singular = false;
}

void bx_tangent_code(bx_tangent *t, bx_range code, uint32_t target, double *frame, double *out)
{
    memset(out, 0, t->width * sizeof *out);
    differentiate(t, code, target, frame, out);
}

/* ---- rules and rates ---- */

/* Code that gives a rule its value; of a block that of its leader. */
static bx_range rule_code(const bx_tangent *t, uint32_t rule)
{
    const bx_network *network = t->network;
    bool solved = network->rule_kind[rule] != BX_RULE_EQUALS;
    return network->rule_codes[t->place[solved ? network->rule_leader[rule] : rule]];
}

static void note_not_finite(bx_tangent *t, size_t function, const double *row)
{
    double sum = 0;
    for (size_t j = 0; j < t->width; j++)
        sum += row[j] * 0;
    if (sum == 0 || t->not_finite)
        return;
    t->not_finite = true;
    t->bad_function = function;
    t->bad_variable = 0;
    while (t->bad_variable + 1 < t->count && isfinite(row[t->bad_variable]))
        t->bad_variable++;
}

static void set_any(bx_tangent *t, size_t row)
{
    const double *values = t->rows + row * t->stride;
    t->any[row] = false;
    for (size_t j = 0; j < t->stride && !t->any[row]; j++)
        t->any[row] = values[j] != 0;
}

static void differentiate_rule(bx_tangent *t, uint32_t rule, double *frame)
{
    const bx_network *network = t->network;
    uint32_t slot = (uint32_t)(network->species + network->parameters) + rule;
    double *row = t->rows + slot * t->stride;
    memset(row, 0, t->stride * sizeof *row);
    differentiate(t, rule_code(t, rule), slot, frame, row);
    note_not_finite(t, t->place[rule], row);
    set_any(t, slot);
}

void bx_tangent_rules(bx_tangent *t, double *frame, bool all)
{
    const bx_network *network = t->network;
    t->not_finite = false;
    for (size_t i = 0; i < network->rules; i++) {
        uint32_t rule = network->rule_order[i];
        if (all || network->rule_varies[rule] || network->rule_uses_time[rule])
            differentiate_rule(t, rule, frame);
    }
}

/* Add the derivatives of k * prod(S^n), where those of k are in the row. */
static void differentiate_mass_action(bx_tangent *t, size_t r, double k, const double *frame,
                                      double *row)
{
    const bx_network *network = t->network;
    uint32_t begin = network->reactants.start[r], end = network->reactants.start[r + 1];
    double product = bx_mass_action_rate(network, r, 1, frame);
    for (size_t j = 0; j < t->width; j++)
        row[j] *= t->sizes ? fabs(product) : product;
    for (uint32_t i = begin; i < end; i++)
        add_row(t, network->reactants.items[i], bx_mass_action_slope(network, r, i, k, frame), row);
}

void bx_tangent_rates(bx_tangent *t, double *frame, const uint32_t *position, size_t stride,
                      double *out)
{
    const bx_network *network = t->network;
    double *row = t->scratch;
    bx_tangent_rules(t, frame, false);
    for (size_t r = 0; r < network->reactions; r++) {
        uint32_t slot = network->rate + (uint32_t)r;
        memset(row, 0, t->stride * sizeof *row);
        differentiate(t, network->reaction[r].code, slot, frame, row);
        if (network->reaction[r].mass_action)
            differentiate_mass_action(t, r, frame[slot], frame, row);
        note_not_finite(t, network->rules + r, row);
        for (uint32_t c = network->changes.start[r]; c < network->changes.start[r + 1]; c++) {
            double amount = t->sizes ? fabs(network->amounts[c]) : network->amounts[c];
            double *to = out + position[network->changes.items[c]] * stride;
            for (size_t j = 0; j < t->width; j++)
                to[j] += amount * row[j];
        }
    }
}

void bx_tangent_sizes(bx_tangent *t, double *frame, const uint32_t *position, size_t stride,
                      double *out)
{
    for (size_t i = 0; i < t->network->program.frame_size; i++)
        t->value_sizes[i] = fabs(frame[i]);
    t->sizes = true;
    bx_tangent_rates(t, frame, position, stride, out);
    t->sizes = false;
}

/* ---- back ---- */

/* The same for k * prod(S^n), from the adjoint of the rate to those of each S; gives that of k. */
static double mass_action_back(const bx_network *network, size_t r, double k, double weight,
                               const double *frame, double *adjoints)
{
    uint32_t begin = network->reactants.start[r], end = network->reactants.start[r + 1];
    for (uint32_t i = begin; i < end; i++)
        adjoints[network->reactants.items[i]] +=
            weight * bx_mass_action_slope(network, r, i, k, frame);
    return weight * bx_mass_action_rate(network, r, 1, frame);
}

void bx_tangent_back_rates(bx_tangent *t, double *frame, const uint32_t *position,
                           const double *weights, double *adjoints)
{
    const bx_network *network = t->network;
    double *own = t->adjoints;
    t->adjoints = adjoints;
    for (size_t r = 0; r < network->reactions; r++) {
        uint32_t slot = network->rate + (uint32_t)r;
        double weight = 0;
        for (uint32_t c = network->changes.start[r]; c < network->changes.start[r + 1]; c++)
            weight += network->amounts[c] * weights[position[network->changes.items[c]]];
        if (weight == 0)
            continue;
        run_noting(t, network->reaction[r].code, frame);
        if (network->reaction[r].mass_action)
            weight = mass_action_back(network, r, frame[slot], weight, frame, adjoints);
        adjoints[slot] = weight;
        run_back(t, network->reaction[r].code, frame);
    }
    t->adjoints = own;
}

void bx_tangent_back_rules(bx_tangent *t, double *frame, double *adjoints)
{
    const bx_network *network = t->network;
    size_t first = network->species + network->parameters;
    double *own = t->adjoints;
    t->adjoints = adjoints;
    for (size_t i = network->rules; i-- > 0;) {
        uint32_t rule = network->rule_order[i];
        if (adjoints[first + rule] == 0)
            continue;
        run_noting(t, network->rule_codes[i], frame);
        run_back(t, network->rule_codes[i], frame);
    }
    t->adjoints = own;
}

bool bx_tangent_not_finite(const bx_tangent *t, size_t *function, size_t *variable)
{
    *function = t->bad_function;
    *variable = t->bad_variable;
    return t->not_finite;
}

bx_label bx_tangent_label(const bx_tangent *t, size_t function)
{
    const bx_network *network = t->network;
    if (function >= network->rules)
        return bx_network_reaction_label(network, function - network->rules);
    bx_label label;
    size_t slot = network->species + network->parameters + network->rule_order[function];
    snprintf(label.text, sizeof label.text, "\"%.140s\"", network->names[slot]);
    return label;
}

/* ---- rows ---- */

void bx_tangent_with_time(bx_tangent *t, bool with)
{
    t->width = with ? t->stride : t->count;
}

const double *bx_tangent_row(const bx_tangent *t, uint32_t slot)
{
    return t->rows + slot * t->stride;
}

double *bx_tangent_edit(bx_tangent *t, uint32_t slot)
{
    t->any[slot] = true;
    return t->rows + slot * t->stride;
}

void bx_tangent_move_time(bx_tangent *t, const double *by)
{
    double *row = t->rows + t->named * t->stride;
    for (size_t j = 0; j < t->count; j++)
        row[j] = by ? by[j] : 0;
    row[t->count] = 1;
}

/* The slot that is set where a name is, and its value for each unit of what is set. */
static int find_variable(const bx_tangent *t, const char *name, const double *frame, size_t *slot,
                         double *unit, bx_error *err)
{
    const bx_network *network = t->network;
    size_t rules = network->species + network->parameters;
    *slot = bx_names_find(&network->index, name);
    *unit = 1;
    if (*slot == BX_NAME_NONE)
        return bx_fail(err, BX_ESIMULATION,
                       "parameters: expected a parameter, a species or a concentration, got "
                       "\"%.64s\"",
                       name);
    if (*slot < rules)
        return 0;
    size_t rule = *slot - rules;
    if (network->rule_amount[rule] == BX_SLOT_NONE || network->rule_kind[rule] != BX_RULE_EQUALS)
        return bx_fail(err, BX_ESIMULATION,
                       "parameters: \"%.64s\" is a rule: its formula alone sets it", name);
    *unit = frame[network->rule_size[rule]];
    *slot = network->rule_amount[rule];
    return 0;
}

/* What initial formulas make of the rows; a variable's own is what is set, not what they say. */
static void follow_initials(bx_tangent *t, const bool *held, double *frame)
{
    const bx_network *network = t->network;
    size_t settable = network->species + network->parameters;
    for (size_t i = 0; i < network->initial_count; i++) {
        const bx_initial *initial = &network->initials[i];
        if (initial->target >= settable) {
            differentiate_rule(t, (uint32_t)(initial->target - settable), frame);
            continue;
        }
        if (held && held[initial->target])
            continue;
        double *row = t->rows + initial->target * t->stride;
        memset(t->scratch, 0, t->stride * sizeof *row);
        differentiate(t, initial->code, initial->target, frame, t->scratch);
        for (size_t j = 0; j < t->count; j++)
            row[j] = row[j] != 0 ? row[j] : t->scratch[j];
        set_any(t, initial->target);
    }
}

int bx_tangent_begin(bx_tangent *t, const char *const *names, const bool *held, const double *frame,
                     bx_error *err)
{
    memset(t->rows, 0, (t->named + 1) * t->stride * sizeof *t->rows);
    memset(t->any, 0, (t->named + 1) * sizeof *t->any);
    for (size_t j = 0; names && j < t->count; j++) {
        size_t slot;
        double unit;
        if (find_variable(t, names[j], frame, &slot, &unit, err) < 0)
            return -1;
        t->rows[slot * t->stride + j] = unit;
        t->any[slot] = true;
        for (size_t k = 0; k < j; k++)
            if (strcmp(names[k], names[j]) == 0)
                return bx_fail(err, BX_ESIMULATION, "parameters: \"%.64s\" is named twice",
                               names[j]);
    }
    t->any[t->named] = true;
    bx_tangent_move_time(t, NULL);
    bx_tangent_with_time(t, false);
    return names ? bx_tangent_follow(t, held, frame, err) : 0;
}

int bx_tangent_follow(bx_tangent *t, const bool *held, const double *frame, bx_error *err)
{
    const bx_network *network = t->network;
    if (frame[network->time] != 0 || network->initial_count == 0)
        return 0;
    double *copy = malloc(network->program.frame_size * sizeof *copy);
    if (!copy)
        return bx_fail_memory(err);
    memcpy(copy, frame, network->program.frame_size * sizeof *copy);
    follow_initials(t, held, copy);
    free(copy);
    return 0;
}

/* ---- what changes at once ---- */

static bx_range function_code(const bx_network *network, size_t function)
{
    return function < network->rules ? network->rule_codes[function]
                                     : network->reaction[function - network->rules].code;
}

const bx_breaker *bx_tangent_breakers(const bx_tangent *t, size_t *count)
{
    *count = t->breaker_count;
    return t->breakers;
}

void bx_tangent_outcomes(bx_tangent *t, double *frame, double *outcomes, double *levels)
{
    const bx_instruction *code = t->network->program.code;
    size_t done = SIZE_MAX;
    for (size_t k = 0; k < t->breaker_count; k++) {
        const bx_breaker *breaker = &t->breakers[k];
        bx_range range = function_code(t->network, breaker->function);
        if (breaker->function != done)
            run_noting(t, range, frame);
        done = breaker->function;
        const bx_operation *o = &t->tape[breaker->at - range.begin];
        bx_op op = (bx_op)code[breaker->at].op;
        outcomes[k] = op == BX_OP_REMAINDER ? trunc(o->a / o->b) : o->result;
        levels[k] = op == BX_OP_REMAINDER ? o->a / o->b : bx_op_arity(op) == 2 ? o->a - o->b : o->a;
    }
}

void bx_tangent_breaker(bx_tangent *t, size_t breaker, double *frame, double *out)
{
    const bx_network *network = t->network;
    uint32_t at = t->breakers[breaker].at;
    bx_range range = {function_code(network, t->breakers[breaker].function).begin, at};
    const bx_instruction *i = &network->program.code[at];
    memset(out, 0, t->width * sizeof *out);
    run_noting(t, range, frame);
    double a = frame[i->a], b = frame[i->b];
    bool quotient = i->op == BX_OP_REMAINDER;
    t->adjoints[i->a] += quotient ? 1 / b : 1;
    if (bx_op_arity((bx_op)i->op) == 2)
        t->adjoints[i->b] += quotient ? -a / (b * b) : -1;
    run_back(t, range, frame);
    collect(t, range, out);
    take_adjoint(t, i->a, out); /* what no instruction before computed */
    take_adjoint(t, i->b, out);
}

static int add_breakers(bx_tangent *t, size_t function, bx_error *err)
{
    bx_range range = function_code(t->network, function);
    bool in_block = range.begin < range.end && bx_solve_is(&t->network->program.code[range.begin]);
    for (uint32_t k = range.begin; k < range.end; k++) {
        bx_op op = (bx_op)t->network->program.code[k].op;
        if (!bx_interval_breaks(op))
            continue;
        if (in_block)
            return bx_fail(err, BX_EMODEL,
                           "sensitivities: %s is solved for by equations that change at once: "
                           "its derivatives can't be followed there",
                           bx_tangent_label(t, function).text);
        t->breakers[t->breaker_count++] = (bx_breaker){function, k};
    }
    return 0;
}

static int find_breakers(bx_tangent *t, bx_error *err)
{
    const bx_network *network = t->network;
    t->breakers = malloc((network->program.count + 1) * sizeof *t->breakers);
    if (!t->breakers)
        return bx_fail_memory(err);
    for (size_t i = 0; i < network->rules + network->reactions; i++)
        if (add_breakers(t, i, err) < 0)
            return -1;
    return 0;
}

/* ---- set-up ---- */

static int refuse(const bx_network *network, bx_error *err)
{
    size_t first = network->species + network->parameters;
    if (network->program.delayed_count > 0)
        return bx_fail(err, BX_EMODEL,
                       "sensitivities: \"%.64s\" is delayed, and derivatives of what is delayed "
                       "can't be followed",
                       network->program.delayed[0].name);
    if (network->program.draw_count > 0)
        return bx_fail(err, BX_EMODEL,
                       "sensitivities: events draw random numbers: a run has no derivatives");
    for (size_t i = 0; i < network->unknown_count; i++)
        if (network->rule_kind[network->unknowns[i]] == BX_RULE_SETTLES)
            return bx_fail(err, BX_EMODEL,
                           "sensitivities: \"%.64s\" is of a fast reaction, whose derivatives "
                           "can't be followed: expected an ordinary reaction with a high rate",
                           network->names[first + network->unknowns[i]]);
    return 0;
}

static int allocate(bx_tangent *t, bx_error *err)
{
    const bx_network *network = t->network;
    t->rows = calloc((t->named + 1) * t->stride, sizeof *t->rows);
    t->any = calloc(t->named + 1, sizeof *t->any);
    t->adjoints = calloc(network->program.frame_size + 1, sizeof *t->adjoints);
    t->tape = malloc((network->program.count + 1) * sizeof *t->tape);
    t->tape_sizes = malloc((network->program.count + 1) * sizeof *t->tape_sizes);
    t->value_sizes = malloc((network->program.frame_size + 1) * sizeof *t->value_sizes);
    t->scratch = calloc(t->stride, sizeof *t->scratch);
    t->place = calloc(network->rules + 1, sizeof *t->place);
    return t->rows && t->any && t->adjoints && t->tape && t->tape_sizes && t->value_sizes &&
                   t->scratch && t->place
               ? 0
               : bx_fail_memory(err);
}

bx_tangent *bx_tangent_new(const bx_network *network, size_t count, bx_error *err)
{
    if (refuse(network, err) < 0)
        return NULL;
    bx_tangent *t = calloc(1, sizeof *t);
    if (!t) {
        bx_fail_memory(err);
        return NULL;
    }
    t->network = network;
    t->count = count;
    t->stride = count + 1;
    t->width = count;
    t->named = network->species + network->parameters + network->rules;
    if (allocate(t, err) < 0) {
        bx_tangent_free(t);
        return NULL;
    }
    for (size_t i = 0; i < network->rules; i++)
        t->place[network->rule_order[i]] = (uint32_t)i;
    if (find_breakers(t, err) < 0) {
        bx_tangent_free(t);
        return NULL;
    }
    return t;
}

void bx_tangent_free(bx_tangent *t)
{
    if (!t)
        return;
    free(t->rows);
    free(t->any);
    free(t->adjoints);
    free(t->tape);
    free(t->tape_sizes);
    free(t->value_sizes);
    free(t->scratch);
    free(t->place);
    free(t->breakers);
    free(t);
}
