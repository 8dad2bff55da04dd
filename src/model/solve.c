#include "model/solve.h"

#include "model/derivative.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define NEWTON_STEPS 100
#define HALVINGS 40
#define FLOW_STEPS 5000

/* A residual is 0 if it is below so many roundings of the terms it is made of. */
#define ROUNDINGS 4

/* A step this small beside the unknown, that makes no residual smaller, ends the search. */
#define STALLED 1e-9

/* Where Newton's method finds no way from its start, as from an extreme, it begins so far off. */
#define NUDGE 1e-3

/* A step of the flow follows it if the residuals behind it are nearer to those of the linear
 * equations than this part of what they were. */
#define FOLLOWS 0.25

/* One that follows closely does so for each residual that is not this near to its rounding. */
#define NOISY 1000

/* A rest does not depend on the way if two ways come to it within this part of their length, or of
 * what there is. It can't where the residuals determine all unknowns: where no pivot is as small as
 * this. */
#define SAME_REST 1e-6
#define ROUNDED 1e-12
#define PIVOT 1e-8

/* A flow that has grown so much was not stopped by a jump. */
#define GROWTH 1e15

/* An amount is below 0 if it is so by this part of the largest. */
#define OVERDRAWN 1e-13

/* A block, laid out in the frame. */
typedef struct block {
    const bx_instruction *begin, *end; /* of the body, behind the moves of where to start */
    double *frame;
    uint32_t base, slots; /* an own slot's adjoint stands `slots` behind it */
    size_t n;
    double *unknown, *start, *amount, *residual;
    size_t amounts;
    double *jacobian, *matrix; /* by rows; the second is scratch */
    double *step, *before, *noise, *other;
} block;

static block lay_out(const bx_instruction *head, double *frame)
{
    size_t n = head->a, slots = n + head->b;
    double *own = frame + head->target, *room = own + 2 * slots;
    return (block){.begin = head + 1 + n,
                   .end = head + 1 + head->b,
                   .frame = frame,
                   .base = head->target,
                   .slots = (uint32_t)slots,
                   .n = n,
                   .unknown = own,
                   .start = own + n,
                   .amount = own + slots - n - head->c,
                   .residual = own + slots - n,
                   .amounts = head->c,
                   .jacobian = room,
                   .matrix = room + n * n,
                   .step = room + 2 * n * n,
                   .before = room + 2 * n * n + n,
                   .noise = room + 2 * n * n + 2 * n,
                   .other = room + 2 * n * n + 3 * n};
}

static bool is_own(const block *b, uint32_t slot)
{
    return slot >= b->base && slot < b->base + b->slots;
}

/* ---- residuals ---- */

/* Back along the body from residual k: a row of the Jacobian, and how much rounding there is in
 * the residual. */
static void differentiate(block *b, size_t k)
{
    double *adjoints = b->frame + b->slots, noise = 0;
    memset(adjoints + b->base, 0, b->slots * sizeof *adjoints);
    adjoints[b->base + b->slots - b->n + k] = 1;
    for (const bx_instruction *i = b->end; i-- > b->begin;) {
        double weight = adjoints[i->target], d[3];
        const uint32_t operands[] = {i->a, i->b, i->c};
        if (weight == 0)
            continue;
        bx_operation o = {b->frame[i->a], b->frame[i->b], b->frame[i->c], b->frame[i->target]};
        bx_op_derivatives((bx_op)i->op, &o, d);
        noise += fabs(weight * o.result);
        for (unsigned j = 0; j < 3; j++) {
            if (d[j] == 0)
                continue;
            if (is_own(b, operands[j]))
                adjoints[operands[j]] += weight * d[j];
            else
                noise += fabs(weight * d[j] * b->frame[operands[j]]);
        }
    }
    for (size_t j = 0; j < b->n; j++) {
        double slope = adjoints[b->base + j];
        b->jacobian[k * b->n + j] = slope;
        noise += fabs(slope * b->unknown[j]);
    }
    b->noise[k] = ROUNDINGS * DBL_EPSILON * noise;
}

static void evaluate(block *b)
{
    bx_program_run(b->begin, b->end, b->frame);
}

static void linearise(block *b)
{
    for (size_t k = 0; k < b->n; k++)
        differentiate(b, k);
}

static bool is_solved(const block *b)
{
    bool solved = true;
    for (size_t k = 0; k < b->n; k++)
        solved = solved && (b->residual[k] == 0 ||
                            (fabs(b->residual[k]) <= b->noise[k] && b->noise[k] < INFINITY));
    return solved;
}

/* ---- linear equations ---- */

/* Exchange two rows, and the two right-hand sides. */
static void exchange(double *matrix, double *right, size_t n, size_t p, size_t q)
{
    for (size_t j = 0; j < n; j++) {
        double value = matrix[p * n + j];
        matrix[p * n + j] = matrix[q * n + j];
        matrix[q * n + j] = value;
    }
    double value = right[p];
    right[p] = right[q];
    right[q] = value;
}

static void scale_rows(double *matrix, double *right, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double largest = 0;
        for (size_t j = 0; j < n; j++)
            largest = fmax(largest, fabs(matrix[i * n + j]));
        for (size_t j = 0; largest > 0 && j < n; j++)
            matrix[i * n + j] /= largest;
        right[i] = largest > 0 ? right[i] / largest : right[i];
    }
}

/* matrix x = right, which becomes x; the matrix is lost. The sign of the determinant: 0 if there is
 * no solution. */
static int eliminate(double *matrix, double *right, size_t n)
{
    int sign = 1;
    scale_rows(matrix, right, n);
    for (size_t i = 0; i < n; i++) {
        size_t best = i;
        for (size_t k = i + 1; k < n; k++)
            if (fabs(matrix[k * n + i]) > fabs(matrix[best * n + i]))
                best = k;
        double pivot = matrix[best * n + i];
        if (!isfinite(pivot) || pivot == 0)
            return 0;
        if (best != i)
            exchange(matrix, right, n, i, best);
        sign *= (best == i) == (pivot > 0) ? 1 : -1;
        for (size_t k = i + 1; k < n; k++) {
            double factor = matrix[k * n + i] / pivot;
            for (size_t j = i; factor != 0 && j < n; j++)
                matrix[k * n + j] -= factor * matrix[i * n + j];
            right[k] -= factor * right[i];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            right[i] -= matrix[i * n + j] * right[j];
        right[i] /= matrix[i * n + i];
    }
    return sign;
}

/* ---- steps ---- */

/* Go a part of the step from where the unknowns were; whether any of them moves. */
static bool move(block *b, double part)
{
    bool moved = false;
    for (size_t j = 0; j < b->n; j++) {
        b->unknown[j] = b->before[j] + part * b->step[j];
        moved = moved || b->unknown[j] != b->before[j];
    }
    evaluate(b);
    return moved;
}

/* The sum of squares of the residuals in units of their rounding. */
static double merit(const block *b)
{
    double sum = 0;
    for (size_t k = 0; k < b->n; k++) {
        double g = b->noise[k] > 0 ? b->residual[k] / b->noise[k] : b->residual[k];
        sum += g * g;
    }
    return sum;
}

static bool is_small_step(const block *b)
{
    bool small = true;
    for (size_t j = 0; j < b->n; j++)
        small = small && fabs(b->step[j]) <= STALLED * fabs(b->before[j]);
    return small;
}

/* Newton's method from the present unknowns. */
static bool search(block *b)
{
    evaluate(b);
    for (int i = 0; i < NEWTON_STEPS; i++) {
        linearise(b);
        if (is_solved(b))
            return true;
        memcpy(b->matrix, b->jacobian, b->n * b->n * sizeof *b->matrix);
        memcpy(b->before, b->unknown, b->n * sizeof *b->before);
        for (size_t k = 0; k < b->n; k++)
            b->step[k] = -b->residual[k];
        if (eliminate(b->matrix, b->step, b->n) == 0)
            return false;
        double least = merit(b), part = 1;
        int halvings = 0;
        while (move(b, part) && !(merit(b) < least) && halvings++ < HALVINGS)
            part /= 2;
        if (merit(b) < least)
            continue;
        move(b, 0);
        return is_small_step(b);
    }
    return false;
}

/* How fast the flow may change: the largest sum of a row of the Jacobian. */
static double speed(const block *b)
{
    double most = 0;
    for (size_t k = 0; k < b->n; k++) {
        double sum = 0;
        for (size_t j = 0; j < b->n; j++)
            sum += fabs(b->jacobian[k * b->n + j]);
        most = fmax(most, sum);
    }
    return most;
}

/* Whether an amount is below 0 by more than rounding. */
static bool is_overdrawn(const block *b)
{
    double largest = 0;
    for (size_t i = 0; i < b->amounts; i++)
        largest = fmax(largest, fabs(b->amount[i]));
    bool overdrawn = false;
    for (size_t i = 0; i < b->amounts; i++)
        overdrawn = overdrawn || b->amount[i] < -OVERDRAWN * largest;
    return overdrawn;
}

/* One implicit step of the length h: 1 if it follows the flow, 0 if it does not, -1 if it is too
 * short to move anything. *far is how far it was from linear, for all residuals together or for
 * each of them. With `bounded` amounts stay above 0.
 */
static int flow_step(block *b, double h, bool closely, bool bounded, double *far)
{
    double largest = 0, off = 0;
    memcpy(b->before, b->unknown, b->n * sizeof *b->before);
    for (size_t k = 0; k < b->n; k++) {
        for (size_t j = 0; j < b->n; j++)
            b->matrix[k * b->n + j] = (k == j ? 1 / h : 0) - b->jacobian[k * b->n + j];
        b->step[k] = b->residual[k];
        largest = fmax(largest, fabs(b->residual[k]));
    }
    int sign = eliminate(b->matrix, b->step, b->n); /* below 0: past where the flow leaves */
    if (sign > 0 && !move(b, 1))
        return -1;
    for (size_t k = 0; k < b->n; k++) {
        double distance = fabs(b->residual[k] - b->step[k] / h), scale = largest;
        if (closely)
            scale = fmax(fmax(fabs(b->residual[k]), fabs(b->step[k] / h)), NOISY * b->noise[k]);
        distance = distance > 0 ? distance / scale : distance;
        off = distance <= off ? off : distance;
    }
    *far = off;
    if (sign > 0 && *far <= (closely ? FOLLOWS / 5 : FOLLOWS) && !(bounded && is_overdrawn(b)))
        return 1;
    move(b, 0);
    return 0;
}

/* The largest of what the body computes. */
static double size(const block *b)
{
    double largest = 0;
    for (size_t i = 0; i < b->slots; i++)
        largest = fmax(largest, fabs(b->unknown[i]));
    return largest;
}

/* Follow the flow from the present unknowns until it rests: at a residual of 0, or where one jumps
 * back, which no step can pass. It may also grow without bound. */
static bool follow(block *b, bool closely)
{
    evaluate(b);
    linearise(b);
    bool bounded = !is_overdrawn(b);
    double bound = GROWTH * size(b);
    double h = 1 / (speed(b) + DBL_MIN), far;
    for (int i = 0; i < FLOW_STEPS && isfinite(h) && h > 0; i++) {
        if (is_solved(b))
            return true;
        int followed = flow_step(b, h, closely, bounded, &far);
        if (followed < 0)
            return size(b) <= bound;
        if (followed > 0)
            linearise(b);
        h *= followed == 0 ? 0.25 : far < FOLLOWS / 5 && !closely ? 10 : 2;
    }
    return false;
}

/* ---- blocks ---- */

/* Nudges differ, to leave symmetries too. */
static void begin(block *b, double nudge)
{
    for (size_t j = 0; j < b->n; j++) {
        double start = isnan(b->start[j]) ? 1 : b->start[j];
        b->unknown[j] = start + nudge * (1 + fabs(start)) * (1 + (double)j / (double)b->n);
    }
}

static bool find_root(block *b)
{
    static const double nudges[] = {0, NUDGE, -NUDGE};
    bool found = false;
    for (size_t i = 0; i < 3 && !found; i++) {
        begin(b, nudges[i]);
        found = search(b);
    }
    return found;
}

/* Whether the residuals determine all unknowns there. */
static bool is_isolated(block *b)
{
    memcpy(b->matrix, b->jacobian, b->n * b->n * sizeof *b->matrix);
    memset(b->step, 0, b->n * sizeof *b->step);
    bool isolated = eliminate(b->matrix, b->step, b->n) != 0;
    for (size_t i = 0; isolated && i < b->n; i++)
        isolated = fabs(b->matrix[i * b->n + i]) > PIVOT;
    return isolated;
}

/* Whether two ways came to the same. */
static bool is_same_rest(const block *b, bool based)
{
    double way = 0, apart = 0, largest = 0;
    for (size_t j = 0; j < b->n; j++) {
        way = fmax(way, fabs(b->unknown[j] - (based ? 0 : b->start[j])));
        apart = fmax(apart, fabs(b->unknown[j] - b->other[j]));
        largest = fmax(largest, fabs(b->unknown[j]));
    }
    for (size_t i = 0; i < b->amounts; i++)
        largest = fmax(largest, fabs(b->amount[i]));
    return apart <= SAME_REST * way + ROUNDED * largest;
}

/* From where the rates are no numbers, as beyond the end of a species, follow the flow from the
 * base on. */
static bool find_rest(block *b)
{
    begin(b, 0);
    bool based = !follow(b, false);
    if (based)
        memset(b->unknown, 0, b->n * sizeof *b->unknown);
    if (based && !follow(b, false))
        return false;
    if (is_isolated(b))
        return true;
    memcpy(b->other, b->unknown, b->n * sizeof *b->other);
    begin(b, 0);
    if (based)
        memset(b->unknown, 0, b->n * sizeof *b->unknown);
    return follow(b, true) && is_same_rest(b, based);
}

const bx_instruction *bx_solve(const bx_instruction *head, double *frame)
{
    block b = lay_out(head, frame);
    bx_program_run(head + 1, b.begin, frame);
    bool found = head->op == BX_OP_SETTLE ? find_rest(&b) : find_root(&b);
    for (size_t j = 0; !found && j < b.n; j++)
        b.unknown[j] = NAN;
    if (!found)
        evaluate(&b);
    return b.end - 1;
}

/* By the implicit function theorem: with the adjoints w of the unknowns those of the residuals are
 * the solution of transposed(dg/du) x = -w. */
bool bx_solve_differentiate(const bx_instruction *head, double *frame, double *adjoints)
{
    block b = lay_out(head, frame);
    for (size_t k = 0; k < b.n; k++) {
        for (size_t j = 0; j < b.n; j++)
            b.matrix[k * b.n + j] = b.jacobian[j * b.n + k];
        b.step[k] = -adjoints[b.base + k];
        adjoints[b.base + k] = 0;
    }
    if (eliminate(b.matrix, b.step, b.n) == 0)
        return false;
    for (size_t k = 0; k < b.n; k++)
        adjoints[b.base + b.slots - b.n + k] = b.step[k];
    for (const bx_instruction *i = b.end; i-- > b.begin;) {
        double weight = adjoints[i->target], d[3];
        adjoints[i->target] = 0;
        if (weight == 0)
            continue;
        bx_operation o = {frame[i->a], frame[i->b], frame[i->c], frame[i->target]};
        bx_op_derivatives((bx_op)i->op, &o, d);
        if (d[0] != 0)
            adjoints[i->a] += weight * d[0];
        if (d[1] != 0)
            adjoints[i->b] += weight * d[1];
        if (d[2] != 0)
            adjoints[i->c] += weight * d[2];
    }
    memset(adjoints + b.base, 0, b.slots * sizeof *adjoints);
    return true;
}
