#include "flux/sampling.h"

#include "core/number.h"
#include "core/random.h"
#include "flux/basis.h"
#include "flux/face.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FLAT 1e-8  /* a flux whose range is this part of its size or less is settled */
#define STEP 1e-12 /* a direction's part of this or less is none, beside the largest */
#define SHORT 1e-2 /* two points that are closer than this part of all ranges give no direction */
#define WALK 10    /* steps towards a bound that is attained elsewhere */
#define STARTS 0.5 /* a chain begins so far from the middle towards a known point */
#define BURN_IN 50 /* steps for each known point, */
#define BETWEEN 10 /* of which one in so many takes its place, once a part of them is done: */
#define SETTLED 0.1
#define EXTREME 0.5 /* so many directions lie between extreme points, so that all are there */

/* What is left of the model, with a column for each row that has bounds of its own. */
typedef struct sampler {
    bx_fba *fba;
    const bx_fba_sampling *asked;
    bx_face face;
    size_t columns, rows;
    int *start, *index;
    double *value, *lower, *upper, *right;
    double *least, *greatest; /* of each column at the known points at first */
    double *width;            /* of the range between these */
    bool *flat;               /* it has none */
    double *points;           /* known ones, one behind the other */
    size_t point_count;
    double *middle;
    bx_basis *basis; /* of the balances, to come back to them from rounding: */
    size_t *basic;   /* its columns, by position; those from `columns` on are of no balance */
    /* Of the chain at hand: */
    bx_random random;
    double *known, *x, *direction, *residual;
} sampler;

/* ---- setting up ---- */

static size_t count_slacks(const bx_lp_problem *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->rows; i++)
        count += p->row_lower[i] != p->row_upper[i];
    return count;
}

static bool allocate(sampler *s, size_t elements)
{
    size_t n = s->columns + 1;
    s->start = calloc(n + 1, sizeof *s->start);
    s->index = calloc(elements + 1, sizeof *s->index);
    s->value = calloc(elements + 1, sizeof *s->value);
    s->lower = calloc(n, sizeof *s->lower);
    s->upper = calloc(n, sizeof *s->upper);
    s->right = calloc(s->rows + 1, sizeof *s->right);
    s->least = calloc(n, sizeof *s->least);
    s->greatest = calloc(n, sizeof *s->greatest);
    s->width = calloc(n, sizeof *s->width);
    s->flat = calloc(n, sizeof *s->flat);
    s->middle = calloc(n, sizeof *s->middle);
    s->x = calloc(n, sizeof *s->x);
    s->direction = calloc(n, sizeof *s->direction);
    s->residual = calloc(s->rows + 1, sizeof *s->residual);
    s->basic = calloc(s->rows + 1, sizeof *s->basic);
    s->basis = bx_basis_new(s->rows);
    return s->start && s->index && s->value && s->lower && s->upper && s->right && s->least &&
           s->greatest && s->width && s->flat && s->middle && s->x && s->direction && s->residual &&
           s->basic && s->basis;
}

static void close_sampler(sampler *s)
{
    bx_face_close(&s->face);
    bx_basis_free(s->basis);
    free(s->start);
    free(s->index);
    free(s->value);
    free(s->lower);
    free(s->upper);
    free(s->right);
    free(s->least);
    free(s->greatest);
    free(s->width);
    free(s->flat);
    free(s->points);
    free(s->middle);
    free(s->basic);
    free(s->known);
    free(s->x);
    free(s->direction);
    free(s->residual);
}

/* A row with bounds of its own: A x - s = 0, s within them. */
static void fill(sampler *s, const bx_lp_problem *p)
{
    size_t n = p->columns;
    memcpy(s->start, p->start, (n + 1) * sizeof *s->start);
    memcpy(s->index, p->index, (size_t)p->start[n] * sizeof *s->index);
    memcpy(s->value, p->value, (size_t)p->start[n] * sizeof *s->value);
    memcpy(s->lower, p->lower, n * sizeof *s->lower);
    memcpy(s->upper, p->upper, n * sizeof *s->upper);
    for (size_t i = 0; i < p->rows; i++) {
        if (p->row_lower[i] == p->row_upper[i]) {
            s->right[i] = p->row_lower[i];
            continue;
        }
        s->lower[n] = p->row_lower[i];
        s->upper[n] = p->row_upper[i];
        s->index[s->start[n]] = (int)i;
        s->value[s->start[n]] = -1;
        s->start[n + 1] = s->start[n] + 1;
        n++;
    }
}

/* ---- known points: where each column is least and greatest ---- */

static int fail_unbounded(const sampler *s, size_t column, bx_error *err)
{
    const bx_reduction *reduction = s->face.reduction;
    size_t r = 0;
    while (r < reduction->whole && reduction->column[r] != column)
        r++;
    return bx_fail(err, BX_ESIMULATION,
                   "nothing bounds the flux of reaction \"%.64s\", so that no even draw of it "
                   "exists: bound it",
                   r < s->fba->reaction_count ? s->fba->reactions[r].id : "?");
}

/* The values of slacks follow from those of the columns. */
static void fill_slacks(const sampler *s, const bx_lp_problem *p, double *x)
{
    for (size_t j = p->columns; j < s->columns; j++) {
        int row = s->index[s->start[j]];
        x[j] = 0;
        for (size_t k = 0; k < p->columns; k++)
            for (int e = s->start[k]; e < s->start[k + 1]; e++)
                if (s->index[e] == row)
                    x[j] += s->value[e] * x[k];
    }
}

/* The program's last vertex. */
static void add_point(sampler *s, const bx_lp *lp)
{
    double *point = s->points + s->point_count++ * s->columns;
    memcpy(point, bx_lp_solution(lp), bx_lp_problem_of(lp)->columns * sizeof *point);
    fill_slacks(s, bx_lp_problem_of(lp), point);
    for (size_t j = 0; j < s->columns; j++) {
        s->least[j] = fmin(s->least[j], point[j]);
        s->greatest[j] = fmax(s->greatest[j], point[j]);
    }
}

static bool is_attained(const sampler *s, const bx_lp_problem *p, size_t j, int sign)
{
    return sign > 0 ? s->least[j] <= p->lower[j] : s->greatest[j] >= p->upper[j];
}

/* Where the column is least or greatest; `walk`: a few steps towards that. */
static int find_point(sampler *s, bx_lp *lp, size_t j, int sign, bool walk, bx_error *err)
{
    bx_lp_status status = BX_LP_OPTIMAL;
    if (bx_fba_poll(s->fba, 0.1 * (double)s->point_count / (double)s->columns, err) < 0)
        return -1;
    bx_lp_set_cost(lp, j, sign);
    if (!(walk && bx_lp_walk(lp, WALK)) && bx_lp_solve(lp, &status, err) < 0)
        return -1;
    bx_lp_set_cost(lp, j, 0);
    if (status == BX_LP_UNBOUNDED)
        return fail_unbounded(s, j, err);
    if (status != BX_LP_OPTIMAL)
        return bx_fail(err, BX_ESIMULATION, "no fluxes found to draw from");
    add_point(s, lp);
    return 0;
}

/* A bound that some point attains is not looked for again: a point on the way there will do. */
static int find_points(sampler *s, bx_lp *lp, bx_error *err)
{
    const bx_lp_problem *p = bx_lp_problem_of(lp);
    int result = 0;
    bool *attained = calloc(2 * p->columns + 1, sizeof *attained);
    if (!attained)
        return bx_fail_memory(err);
    for (size_t j = 0; j < p->columns; j++)
        bx_lp_set_cost(lp, j, 0);
    for (size_t j = 0; j < s->columns; j++) {
        s->least[j] = INFINITY;
        s->greatest[j] = -INFINITY;
    }
    for (size_t i = 0; i < 2 * p->columns && result == 0; i++) {
        attained[i] = is_attained(s, p, i / 2, i % 2 ? 1 : -1);
        if (!attained[i])
            result = find_point(s, lp, i / 2, i % 2 ? 1 : -1, false, err);
    }
    for (size_t i = 0; i < 2 * p->columns && result == 0; i++)
        if (attained[i])
            result = find_point(s, lp, i / 2, i % 2 ? 1 : -1, true, err);
    free(attained);
    return result;
}

/* Within all bounds that leave any room, as each column is off them at some point. */
static void find_middle(sampler *s)
{
    for (size_t j = 0; j < s->columns; j++) {
        double least = s->least[j], greatest = s->greatest[j], sum = 0;
        for (size_t i = 0; i < s->point_count; i++)
            sum += s->points[i * s->columns + j];
        s->middle[j] = sum / (double)s->point_count;
        s->width[j] = greatest - least;
        s->flat[j] = greatest - least <= FLAT * (1 + fabs(greatest) + fabs(least));
        if (s->flat[j])
            for (size_t i = 0; i < s->point_count; i++)
                s->points[i * s->columns + j] = s->middle[j];
    }
}

/* The columns of the last optimum's basis are independent. */
static bool find_basis(sampler *s, bx_lp *lp)
{
    size_t elements = 0, count = 0, n = bx_lp_problem_of(lp)->columns;
    unsigned char *status = malloc(bx_lp_basis_size(lp) + 1);
    int *start = calloc(s->rows + 2, sizeof *start);
    int *index = calloc((size_t)s->start[s->columns] + s->rows + 1, sizeof *index);
    double *value = calloc((size_t)s->start[s->columns] + s->rows + 1, sizeof *value);
    bool made = status && start && index && value;
    if (made)
        bx_lp_get_basis(lp, status);
    for (size_t j = 0; made && j < n + s->rows && count < s->rows; j++) {
        if ((status[j] & BX_LP_STATUS) != BX_LP_BASIC)
            continue;
        if (j < n) {
            for (int e = s->start[j]; e < s->start[j + 1]; e++, elements++) {
                index[elements] = s->index[e];
                value[elements] = s->value[e];
            }
        } else {
            index[elements] = (int)(j - n);
            value[elements++] = 1;
        }
        s->basic[count] = j < n ? j : s->columns + j - n;
        start[++count] = (int)elements;
    }
    made = made && count == s->rows && bx_basis_factor(s->basis, start, index, value);
    free(status);
    free(start);
    free(index);
    free(value);
    return made;
}

static int open_points(sampler *s, bx_error *err)
{
    const bx_lp_problem *left = &s->face.reduction->problem;
    size_t slacks = count_slacks(left);
    s->columns = left->columns + slacks;
    s->rows = left->rows;
    double bytes = 2 * 16.0 * (double)left->columns * (double)s->columns;
    if (bytes > (double)bx_fba_byte_limit(s->fba))
        return bx_fail(err, BX_EMEMORY,
                       "to draw from %zu fluxes would take %.3g bytes, more than %zu",
                       left->columns, bytes, bx_fba_byte_limit(s->fba));
    s->points = calloc(2 * left->columns * s->columns + 1, sizeof *s->points);
    s->known = calloc(2 * left->columns * s->columns + 1, sizeof *s->known);
    if (!s->points || !s->known || !allocate(s, (size_t)left->start[left->columns] + slacks))
        return bx_fail_memory(err);
    fill(s, left);
    bx_lp *lp = bx_lp_new(left, err);
    int result = lp ? find_points(s, lp, err) : -1;
    if (result == 0 && left->columns > 0 && !find_basis(s, lp))
        result = bx_fail(err, BX_ESIMULATION, "the balances of the model cannot be told apart");
    bx_lp_free(lp);
    find_middle(s);
    return result;
}

/* ---- a chain ---- */

static size_t draw_below(sampler *s, size_t count)
{
    return (size_t)(bx_random_uniform(&s->random) * (double)count);
}

/* Between two known points; false where they are so close that rounding has part in it. */
static bool draw_direction(sampler *s)
{
    const double *pool = bx_random_uniform(&s->random) < EXTREME ? s->points : s->known;
    const double *one = pool + draw_below(s, s->point_count) * s->columns;
    const double *other = pool + draw_below(s, s->point_count) * s->columns;
    double longest = 0;
    for (size_t j = 0; j < s->columns; j++) {
        s->direction[j] = one[j] - other[j];
        if (!s->flat[j])
            longest = bx_larger(longest, fabs(s->direction[j]) / s->width[j]);
    }
    return longest > SHORT;
}

/* The line from x along the direction, as far as the bounds let it; how much of it is behind x. */
static void find_line(const sampler *s, double *behind, double *ahead)
{
    *behind = -INFINITY;
    *ahead = INFINITY;
    for (size_t j = 0; j < s->columns; j++) {
        double d = s->direction[j];
        if (s->flat[j] || fabs(d) <= STEP * s->width[j])
            continue;
        double lower = (s->lower[j] - s->x[j]) / d, upper = (s->upper[j] - s->x[j]) / d;
        *behind = bx_larger(*behind, d > 0 ? lower : upper);
        *ahead = bx_smaller(*ahead, d > 0 ? upper : lower);
    }
}

static void take_step(sampler *s)
{
    double behind, ahead;
    bool drawn = draw_direction(s);
    double part = bx_random_uniform(&s->random);
    if (!drawn)
        return;
    find_line(s, &behind, &ahead);
    if (!(behind < ahead) || isinf(behind) || isinf(ahead))
        return;
    double step = behind + part * (ahead - behind);
    for (size_t j = 0; j < s->columns; j++) {
        s->x[j] += step * s->direction[j];
        if (!s->flat[j])
            s->x[j] = bx_smaller(bx_larger(s->x[j], s->lower[j]), s->upper[j]);
    }
}

/* Back onto the balances: the basic columns follow from the others. */
static void balance(sampler *s)
{
    memcpy(s->residual, s->right, s->rows * sizeof *s->residual);
    for (size_t j = 0; j < s->columns; j++)
        for (int e = s->start[j]; e < s->start[j + 1]; e++)
            s->residual[s->index[e]] -= s->value[e] * s->x[j];
    bx_basis_solve(s->basis, s->residual);
    for (size_t k = 0; k < s->rows; k++)
        if (s->basic[k] < s->columns)
            s->x[s->basic[k]] += s->residual[k];
}

static void begin_chain(sampler *s, uint64_t number)
{
    bx_random_init(&s->random, s->asked->seed, number);
    memcpy(s->known, s->points, s->point_count * s->columns * sizeof *s->known);
    const double *towards = s->points + draw_below(s, s->point_count) * s->columns;
    for (size_t j = 0; j < s->columns; j++)
        s->x[j] = s->middle[j] + STARTS * (towards[j] - s->middle[j]);
}

/* Every few steps the chain's point takes the place of a known one, until all are such. */
static int burn_in(sampler *s, double done, bx_error *err)
{
    size_t next = 0;
    size_t steps = s->asked->burn_in ? s->asked->burn_in : BURN_IN * s->point_count;
    for (size_t i = 0; i < steps; i++) {
        if (i % 256 == 0 && bx_fba_poll(s->fba, done, err) < 0)
            return -1;
        take_step(s);
        if (i % BETWEEN != 0 || (double)i < SETTLED * (double)steps)
            continue;
        balance(s);
        memcpy(s->known + next * s->columns, s->x, s->columns * sizeof *s->known);
        next = (next + 1) % s->point_count;
    }
    return 0;
}

static int check_point(sampler *s, bx_error *err)
{
    for (size_t j = 0; j < s->columns; j++)
        if (!isfinite(s->x[j]))
            return bx_fail(err, BX_ESIMULATION, "a point that was drawn is not a number");
    return bx_face_check(&s->face, s->x, err);
}

static int draw_chain(sampler *s, size_t chain, const size_t *reactions, size_t count,
                      double *samples, bx_error *err)
{
    const bx_fba_sampling *asked = s->asked;
    double done = 0.2 + 0.8 * (double)chain / (double)asked->chains;
    begin_chain(s, asked->first + chain);
    if (s->point_count > 0 && burn_in(s, done, err) < 0)
        return -1;
    for (size_t i = 0; i < asked->count; i++) {
        for (size_t k = 0; k < asked->thinning && s->point_count > 0; k++) {
            if (k % 256 == 0 && bx_fba_poll(s->fba, done, err) < 0)
                return -1;
            take_step(s);
        }
        if (s->point_count > 0)
            balance(s);
        if (check_point(s, err) < 0)
            return -1;
        for (size_t k = 0; k < count; k++)
            samples[(k * asked->chains + chain) * asked->count + i] = s->face.flux[reactions[k]];
    }
    return 0;
}

/* ---- all of them ---- */

static int draw_all(sampler *s, const size_t *reactions, size_t count, double *samples,
                    bx_error *err)
{
    if (open_points(s, err) < 0)
        return -1;
    bx_fba_begin(s->fba);
    for (size_t chain = 0; chain < s->asked->chains; chain++)
        if (draw_chain(s, chain, reactions, count, samples, err) < 0)
            return -1;
    return 0;
}

int bx_fba_sample(bx_fba *fba, const bx_fba_sampling *asked, const size_t *reactions, size_t count,
                  bx_fba_status *status, double *samples, bx_error *err)
{
    bx_fba_solution solution;
    sampler s = {.fba = fba, .asked = asked};
    bx_fba_state *before = bx_fba_save(fba, err);
    if (!before)
        return -1;
    if (asked->fraction < 0)
        bx_fba_clear_objective(fba);
    int result = bx_fba_optimise(fba, &solution, err);
    *status = solution.status;
    if (result == 0 && solution.status == BX_FBA_OPTIMAL) {
        result = bx_face_open(&s.face, fba, fmax(asked->fraction, 0), false, err);
        if (result == 0)
            result = draw_all(&s, reactions, count, samples, err);
        close_sampler(&s);
    }
    bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    return result;
}
