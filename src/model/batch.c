#include "model/batch.h"

#include "core/array.h"
#include "model/csr.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define OPERANDS 3 /* at most */

/* Operands come before what is computed from them. A slot of the frame has the op NAME and its
 * number as `a`, a number the op NUMBER and its bits. */
typedef struct node {
    uint32_t op, a, b, c;
    bool varies;
} node;

/* `count` instructions of one op, whose results lie side by side. */
typedef struct group {
    uint32_t op, arity, first, count;
} group;

struct bx_batch {
    node *nodes;
    size_t count, capacity;
    uint32_t *table; /* nodes by hash, at least one place free */
    size_t table_size;
    uint32_t *current; /* slot -> the node that it holds, or NONE */
    const bool *varies;

    /* Finished. Values: slots that do not vary, numbers, what is computed from both, then slots
     * that vary, what is computed from all. */
    double *values;
    uint32_t *slots; /* of the frame, that do not vary, then others */
    size_t fixed_slots, slot_count, first_varying;
    group *groups;
    size_t fixed_groups, group_count, group_capacity;
    uint32_t *operands; /* places among the values, by group */
    size_t operand_count, fixed_operands;
};

/* ---- the graph ---- */

bx_batch *bx_batch_new(size_t size, const bool *varies)
{
    bx_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return NULL;
    batch->varies = varies;
    batch->current = malloc((size + 1) * sizeof *batch->current);
    if (!batch->current) {
        free(batch);
        return NULL;
    }
    memset(batch->current, 0xff, (size + 1) * sizeof *batch->current);
    return batch;
}

static void free_graph(bx_batch *batch)
{
    free(batch->nodes);
    free(batch->table);
    free(batch->current);
    batch->nodes = NULL;
    batch->table = batch->current = NULL;
}

void bx_batch_free(bx_batch *batch)
{
    if (!batch)
        return;
    free_graph(batch);
    free(batch->values);
    free(batch->slots);
    free(batch->groups);
    free(batch->operands);
    free(batch);
}

/* Where the table has such a node, or has room for it. */
static uint32_t *find(const bx_batch *batch, const node *n)
{
    uint64_t hash = n->op;
    for (unsigned i = 0; i < 3; i++)
        hash = (hash ^ (i == 0 ? n->a : i == 1 ? n->b : n->c)) * 0x9e3779b97f4a7c15;
    for (size_t i = hash >> 32;; i++) {
        uint32_t *place = &batch->table[i & (batch->table_size - 1)];
        if (*place == NONE)
            return place;
        const node *other = &batch->nodes[*place];
        if (other->op == n->op && other->a == n->a && other->b == n->b && other->c == n->c)
            return place;
    }
}

static int grow_table(bx_batch *batch)
{
    size_t size = batch->table_size ? 2 * batch->table_size : 64;
    uint32_t *table = malloc(size * sizeof *table);
    if (!table)
        return -1;
    memset(table, 0xff, size * sizeof *table);
    free(batch->table);
    batch->table = table;
    batch->table_size = size;
    for (size_t i = 0; i < batch->count; i++)
        *find(batch, &batch->nodes[i]) = (uint32_t)i;
    return 0;
}

/* The node that is the same, a new one if there is none. */
static int64_t add_node(bx_batch *batch, node n)
{
    if (2 * batch->count >= batch->table_size && grow_table(batch) < 0)
        return -1;
    uint32_t *place = find(batch, &n);
    if (*place != NONE)
        return *place;
    node *nodes = bx_array_grow(batch->nodes, batch->count, &batch->capacity, sizeof *nodes);
    if (!nodes)
        return -1;
    batch->nodes = nodes;
    nodes[batch->count] = n;
    return *place = (uint32_t)batch->count++;
}

int64_t bx_batch_slot(bx_batch *batch, uint32_t slot)
{
    if (batch->current[slot] == NONE) {
        node n = {.op = BX_OP_NAME, .a = slot, .varies = batch->varies[slot]};
        int64_t leaf = add_node(batch, n);
        if (leaf < 0)
            return -1;
        batch->current[slot] = (uint32_t)leaf;
    }
    return batch->current[slot];
}

int64_t bx_batch_number(bx_batch *batch, double number)
{
    node n = {.op = BX_OP_NUMBER};
    uint32_t bits[2];
    memcpy(bits, &number, sizeof number);
    n.a = bits[0];
    n.b = bits[1];
    return add_node(batch, n);
}

static int64_t apply(bx_batch *batch, bx_op op, const uint32_t operands[OPERANDS])
{
    unsigned arity = bx_op_arity(op);
    node n = {.op = op, .a = operands[0]};
    n.b = arity > 1 ? operands[1] : 0;
    n.c = arity > 2 ? operands[2] : 0;
    for (unsigned i = 0; i < OPERANDS && i < arity; i++)
        n.varies = n.varies || batch->nodes[operands[i]].varies;
    if ((op == BX_OP_ADD || op == BX_OP_MULTIPLY) && n.a > n.b) { /* the same either way round */
        n.a = operands[1];
        n.b = operands[0];
    }
    return add_node(batch, n);
}

int64_t bx_batch_apply(bx_batch *batch, bx_op op, uint32_t a, uint32_t b)
{
    return apply(batch, op, (uint32_t[OPERANDS]){a, b});
}

bool bx_batch_takes(const bx_program *program, bx_range range)
{
    for (uint32_t i = range.begin; i < range.end; i++)
        if (!bx_program_applies((bx_op)program->code[i].op))
            return false;
    return true;
}

int bx_batch_append(bx_batch *batch, const bx_program *program, bx_range range)
{
    for (uint32_t i = range.begin; i < range.end; i++) {
        const bx_instruction *code = &program->code[i];
        bx_op op = (bx_op)code->op;
        uint32_t operands[OPERANDS] = {code->a, code->b, code->c};
        for (unsigned j = 0; j < OPERANDS && j < bx_op_arity(op); j++) {
            int64_t operand = bx_batch_slot(batch, operands[j]);
            if (operand < 0)
                return -1;
            operands[j] = (uint32_t)operand;
        }
        int64_t result = op == BX_OP_MOVE ? operands[0] : apply(batch, op, operands);
        if (result < 0)
            return -1;
        batch->current[code->target] = (uint32_t)result;
    }
    return 0;
}

/* ---- its order ---- */

/* While the order is made. By op: what is ready, a list through `next`. */
typedef struct schedule {
    bx_batch *batch;
    bx_csr operands, users; /* of nodes that are wanted */
    bool *wanted;
    uint32_t *place;   /* node -> its place among the values */
    uint32_t *waiting; /* node -> how many of its operands have none yet */
    uint32_t *next, ready[BX_OP_COUNT], ready_count[BX_OP_COUNT];
    size_t placed;
} schedule;

static bool is_leaf(const node *n)
{
    return n->op == BX_OP_NAME || n->op == BX_OP_NUMBER;
}

static unsigned arity_of(const node *n)
{
    return is_leaf(n) ? 0 : bx_op_arity((bx_op)n->op);
}

static int link_nodes(schedule *s)
{
    const bx_batch *batch = s->batch;
    for (size_t i = batch->count; i-- > 0;) {
        const node *n = &batch->nodes[i];
        const uint32_t operands[OPERANDS] = {n->a, n->b, n->c};
        s->waiting[i] = arity_of(n);
        for (unsigned j = 0; s->wanted[i] && j < OPERANDS && j < s->waiting[i]; j++)
            s->wanted[operands[j]] = true;
    }
    if (bx_csr_init(&s->operands, batch->count) < 0)
        return -1;
    for (size_t i = 0; i < batch->count; i++) {
        const node *n = &batch->nodes[i];
        const uint32_t operands[OPERANDS] = {n->a, n->b, n->c};
        for (unsigned j = 0; s->wanted[i] && j < OPERANDS && j < s->waiting[i]; j++)
            if (bx_csr_push(&s->operands, operands[j]) < 0)
                return -1;
        if (bx_csr_end_row(&s->operands) < 0)
            return -1;
    }
    return bx_csr_transpose(&s->operands, batch->count, &s->users);
}

/* What needed this node needs one operand less. */
static void place(schedule *s, uint32_t index)
{
    s->place[index] = (uint32_t)s->placed++;
    for (uint32_t i = s->users.start[index]; i < s->users.start[index + 1]; i++) {
        uint32_t user = s->users.items[i], op = s->batch->nodes[user].op;
        if (--s->waiting[user] > 0)
            continue;
        s->next[user] = s->ready[op];
        s->ready[op] = user;
        s->ready_count[op]++;
    }
}

static void place_leaves(schedule *s, bx_op op, bool varies)
{
    bx_batch *batch = s->batch;
    for (uint32_t i = 0; i < batch->count; i++) {
        const node *n = &batch->nodes[i];
        if (!s->wanted[i] || n->op != op || n->varies != varies)
            continue;
        if (op == BX_OP_NAME)
            batch->slots[batch->slot_count++] = n->a;
        else
            memcpy(&batch->values[s->placed], (uint32_t[]){n->a, n->b}, sizeof(double));
        place(s, i);
    }
}

/* Each time the most instructions of one op that are ready, till none is. */
static int place_groups(schedule *s)
{
    bx_batch *batch = s->batch;
    for (;;) {
        uint32_t op = 0;
        for (uint32_t i = 1; i < BX_OP_COUNT; i++)
            if (s->ready_count[i] > s->ready_count[op])
                op = i;
        if (s->ready_count[op] == 0)
            return 0;
        group *groups = bx_array_grow(batch->groups, batch->group_count, &batch->group_capacity,
                                      sizeof *groups);
        if (!groups)
            return -1;
        batch->groups = groups;
        groups[batch->group_count++] =
            (group){op, bx_op_arity((bx_op)op), (uint32_t)s->placed, s->ready_count[op]};
        uint32_t index = s->ready[op];
        s->ready[op] = NONE;
        for (s->ready_count[op] = 0; index != NONE; index = s->next[index]) {
            for (uint32_t i = s->operands.start[index]; i < s->operands.start[index + 1]; i++)
                batch->operands[batch->operand_count++] = s->place[s->operands.items[i]];
            place(s, index);
        }
    }
}

static int make_order(schedule *s, uint32_t *wanted, size_t count)
{
    bx_batch *batch = s->batch;
    for (size_t i = 0; i < count; i++)
        s->wanted[wanted[i]] = true;
    memset(s->ready, 0xff, sizeof s->ready);
    if (link_nodes(s) < 0 ||
        !(batch->operands = malloc((s->operands.start[batch->count] + 1) * sizeof(uint32_t))))
        return -1;
    place_leaves(s, BX_OP_NAME, false);
    batch->fixed_slots = batch->slot_count;
    place_leaves(s, BX_OP_NUMBER, false);
    if (place_groups(s) < 0)
        return -1;
    batch->fixed_groups = batch->group_count;
    batch->fixed_operands = batch->operand_count;
    batch->first_varying = s->placed;
    place_leaves(s, BX_OP_NAME, true);
    if (place_groups(s) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        wanted[i] = s->place[wanted[i]];
    return 0;
}

int bx_batch_finish(bx_batch *batch, uint32_t *wanted, size_t count)
{
    size_t nodes = batch->count + 1;
    schedule s = {.batch = batch};
    s.wanted = calloc(nodes, sizeof *s.wanted);
    s.place = calloc(nodes, sizeof *s.place);
    s.waiting = calloc(nodes, sizeof *s.waiting);
    s.next = calloc(nodes, sizeof *s.next);
    batch->values = calloc(nodes, sizeof *batch->values);
    batch->slots = calloc(nodes, sizeof *batch->slots);
    int result = -1;
    if (s.wanted && s.place && s.waiting && s.next && batch->values && batch->slots)
        result = make_order(&s, wanted, count);
    bx_csr_free(&s.operands);
    bx_csr_free(&s.users);
    free(s.wanted);
    free(s.place);
    free(s.waiting);
    free(s.next);
    free_graph(batch);
    return result;
}

/* ---- evaluation ---- */

typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

/* Two divisions at once take the time of one. */
static void divide(const uint32_t *restrict p, uint32_t count, const double *values,
                   double *restrict out)
{
    uint32_t i = 0;
    for (; i + 2 <= count; i += 2, p += 4) {
        pair a = {values[p[0]], values[p[2]]}, b = {values[p[1]], values[p[3]]};
        *(pair *)(out + i) = a / b;
    }
    if (i < count)
        out[i] = values[p[0]] / values[p[1]];
}

#define EACH_OF_2(expression)                                                                      \
    for (size_t i = 0; i < count; i++) {                                                           \
        double a = values[p[2 * i]], b = values[p[2 * i + 1]];                                     \
        out[i] = expression;                                                                       \
    }                                                                                              \
    break

/* The results of a group are none of its operands. */
static void run_group(const group *g, const uint32_t *restrict p, const double *values,
                      double *restrict out)
{
    uint32_t count = g->count;
    switch (g->op) {
    case BX_OP_ADD: EACH_OF_2(a + b);
    case BX_OP_SUBTRACT: EACH_OF_2(a - b);
    case BX_OP_MULTIPLY: EACH_OF_2(a * b);
    case BX_OP_DIVIDE: divide(p, count, values, out); break;
    case BX_OP_POWER: EACH_OF_2(bx_power(a, b));
    default:
        for (size_t i = 0; i < count; i++, p += g->arity)
            out[i] = bx_program_apply((bx_op)g->op, values[p[0]], values[p[g->arity > 1]],
                                      values[p[g->arity > 2 ? 2 : 0]]);
    }
}

static void run_groups(bx_batch *batch, size_t begin, size_t end, const uint32_t *operands)
{
    for (size_t i = begin; i < end; i++) {
        const group *g = &batch->groups[i];
        run_group(g, operands, batch->values, batch->values + g->first);
        operands += (size_t)g->arity * g->count;
    }
}

void bx_batch_prepare(bx_batch *batch, const double *frame)
{
    for (size_t i = 0; i < batch->fixed_slots; i++)
        batch->values[i] = frame[batch->slots[i]];
    run_groups(batch, 0, batch->fixed_groups, batch->operands);
}

const double *bx_batch_run(bx_batch *batch, const double *frame)
{
    double *value = batch->values + batch->first_varying;
    for (size_t i = batch->fixed_slots; i < batch->slot_count; i++)
        *value++ = frame[batch->slots[i]];
    run_groups(batch, batch->fixed_groups, batch->group_count,
               batch->operands + batch->fixed_operands);
    return batch->values;
}
