#include "analysis/noise.h"

#include "analysis/linearization.h"
#include "engine/deterministic/silence.h"

#include <float.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#define ITERATIONS 100 /* of the sign function */
#define ROUNDING 1e-9  /* of a rate, beside the largest */
#define RELATIVE 1e-8  /* tolerance of the solver */
#define STEPS 1000000  /* of the solver between two rows */

/* The diffusion matrix at the rates that were evaluated last: column[j][i], by place. The reaction
 * whose rate is below 0, by more than rounding, or BX_SLOT_NONE. */
static uint32_t diffusion(const bx_system *s, bx_matrix *d)
{
    const bx_network *network = s->network;
    uint32_t negative = BX_SLOT_NONE;
    double largest = 0;
    bx_matrix_clear(d);
    for (size_t r = 0; r < network->reactions; r++)
        largest = fmax(largest, fabs(s->rates[r]));
    for (uint32_t r = 0; r < network->reactions; r++) {
        if (network->reaction[r].continuous)
            continue;
        uint32_t begin = network->changes.start[r], end = network->changes.start[r + 1];
        if (s->rates[r] < -ROUNDING * largest && end > begin)
            negative = r;
        double rate = fmax(s->rates[r], 0);
        for (uint32_t a = begin; a < end; a++)
            for (uint32_t b = begin; b < end; b++)
                d->column[s->position[network->changes.items[b]]]
                         [s->position[network->changes.items[a]]] +=
                    network->amounts[a] * network->amounts[b] * rate;
    }
    return negative;
}

static int refuse_negative(const bx_network *network, uint32_t r, double rate, bx_error *err)
{
    return bx_fail(
        err, BX_ESIMULATION,
        "the rate of %s is %g: by chance a reaction happens one way; write the other way "
        "as a reaction of its own",
        bx_network_reaction_label(network, r).text, rate);
}

/* ---- at a steady state ---- */

static double frobenius(const bx_matrix *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->rows * m->columns; i++)
        sum += m->data[i] * m->data[i];
    return sqrt(sum);
}

static int invert(bx_lu *lu, const bx_matrix *m, bx_matrix *inverse)
{
    if (bx_lu_factor(lu, m) != 0)
        return -1;
    bx_matrix_clear(inverse);
    for (size_t j = 0; j < m->columns; j++) {
        inverse->column[j][j] = 1;
        bx_lu_solve(lu, inverse->column[j]);
    }
    return 0;
}

/* sum becomes old * sum + by * a b a'. -1 without memory. */
static int add_product(bx_matrix *sum, double old, const bx_matrix *a, const bx_matrix *b,
                       double by)
{
    size_t n = a->rows;
    bx_matrix *half = bx_matrix_multiply(a, b);
    if (!half)
        return -1;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            sum->column[j][i] *= old;
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < n; j++) {
            double factor = by * a->column[k][j];
            for (size_t i = 0; factor != 0 && i < n; i++)
                sum->column[j][i] += factor * half->column[k][i];
        }
    bx_matrix_free(half);
    return 0;
}

/* What a, which is destroyed, and q make of q: a x + x a' + q = 0. 1: it does not converge. */
static int solve_lyapunov(bx_matrix *a, bx_matrix *q)
{
    size_t n = a->rows;
    bx_matrix *inverse = bx_matrix_new(n, n);
    bx_lu *lu = bx_lu_new(n);
    int result = inverse && lu ? 1 : -1;
    for (int k = 0; result == 1 && k < ITERATIONS; k++) {
        if (invert(lu, a, inverse) < 0)
            break;
        double off = 0, c = k < 20 ? sqrt(frobenius(inverse) / frobenius(a)) : 1;
        if (add_product(q, c / 2, inverse, q, 0.5 / c) < 0) {
            result = -1;
            break;
        }
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < n; i++) {
                double *x = &a->column[j][i];
                *x = (c * *x + inverse->column[j][i] / c) / 2;
                off = fmax(off, fabs(*x + (i == j)));
            }
        if (off <= 1e-13 * (double)n)
            result = 0;
    }
    for (size_t i = 0; i < n * n; i++)
        q->data[i] /= 2;
    bx_matrix_free(inverse);
    bx_lu_free(lu);
    return result;
}

typedef struct analysis {
    bx_linearization at;
    bx_matrix *full, *noise;
    double *scale; /* of independent species */
} analysis;

static void end(analysis *a)
{
    bx_linearization_close(&a->at);
    bx_matrix_free(a->full);
    bx_matrix_free(a->noise);
    free(a->scale);
}

static int begin(analysis *a, const bx_steady *steady, const bx_steady_state *state, bx_error *err)
{
    if (bx_linearization_open(&a->at, steady, state, err) < 0)
        return -1;
    bx_system *system = &a->at.system;
    size_t independent = a->at.reduced->rows;
    a->scale = calloc(independent + 1, sizeof *a->scale);
    a->full = bx_matrix_new(system->size, system->size);
    a->noise = bx_matrix_new(independent, independent);
    if (!a->scale || !a->full || !a->noise)
        return bx_fail_memory(err);
    bx_system_derivatives(system, a->at.newton.residual, NULL);
    uint32_t negative = diffusion(system, a->full);
    return negative == BX_SLOT_NONE
               ? 0
               : refuse_negative(steady->network, negative, system->rates[negative], err);
}

/* Both matrices of the independent species, in units of their own. */
static void scale_both(analysis *a)
{
    const bx_conservation *laws = a->at.newton.laws;
    size_t size = a->at.system.size, n = a->at.reduced->rows;
    for (size_t i = 0, at = 0; i < size; i++)
        if (!laws->is_dependent[i])
            a->scale[at++] = a->at.state[i] > 0 ? sqrt(a->at.state[i]) : 1;
    for (size_t j = 0, to = 0; j < size; j++) {
        if (laws->is_dependent[j])
            continue;
        for (size_t i = 0, at = 0; i < size; i++)
            if (!laws->is_dependent[i]) {
                a->noise->column[to][at] = a->full->column[j][i] / (a->scale[at] * a->scale[to]);
                at++;
            }
        to++;
    }
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            a->at.reduced->column[j][i] *= a->scale[j] / a->scale[i];
}

/* The covariances of all species from those of independent ones. */
static bx_matrix *expand(analysis *a)
{
    size_t size = a->at.system.size, n = a->at.reduced->rows;
    bx_matrix *result = bx_matrix_new(size, size);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            a->noise->column[j][i] *= a->scale[i] * a->scale[j];
    bx_matrix *half = bx_matrix_multiply(a->at.link, a->noise);
    if (!result || !half) {
        bx_matrix_free(result);
        bx_matrix_free(half);
        return NULL;
    }
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < size; j++)
            for (size_t i = 0; i < size; i++)
                result->column[j][i] += half->column[k][i] * a->at.link->column[k][j];
    for (size_t j = 0; j < size; j++) /* the same both ways, to the last digit */
        for (size_t i = 0; i < j; i++)
            result->column[i][j] = result->column[j][i];
    bx_matrix_free(half);
    return result;
}

bx_matrix *bx_noise_at(const bx_steady *steady, const bx_steady_state *state, bx_error *err)
{
    if (state->stability != BX_STABLE) {
        bx_fail(err, BX_ESIMULATION,
                "the steady state is not stable: what chance adds does not fade there");
        return NULL;
    }
    analysis a = {.full = NULL};
    bx_matrix *result = NULL;
    if (begin(&a, steady, state, err) == 0) {
        scale_both(&a);
        int solved = a.at.reduced->rows > 0 ? solve_lyapunov(a.at.reduced, a.noise) : 0;
        if (solved == 0)
            result = expand(&a);
        if (solved == 1)
            bx_fail(err, BX_ESIMULATION,
                    "the covariances were not found: the state is too close to where it loses its "
                    "stability");
        else if (!result)
            bx_fail_memory(err);
    }
    end(&a);
    return result;
}

/* ---- in time ---- */

typedef struct follower {
    bx_system system;
    bx_matrix *jacobian, *diffusion;
    double *net; /* by place */
    size_t size;
    const volatile sig_atomic_t *interrupt;
    SUNContext context;
    void *cvode;
    N_Vector y, absolute;
    SUNMatrix matrix;
    SUNLinearSolver solver;
} follower;

/* Where the covariance of i and j <= i stands in y. */
static size_t at(size_t size, size_t i, size_t j)
{
    return size + i * (i + 1) / 2 + j;
}

/* y is the state, and behind it the lower triangle of the covariances. */
static int right_hand_side(sunrealtype time, N_Vector y, N_Vector derivatives, void *data)
{
    follower *f = data;
    const double *in = N_VGetArrayPointer(y);
    double *out = N_VGetArrayPointer(derivatives);
    size_t n = f->size;
    if (f->interrupt && *f->interrupt)
        return -1;
    f->system.frame[f->system.network->time] = time;
    bx_system_place(&f->system, in);
    if (bx_system_derivatives(&f->system, out, NULL) < 0)
        return 1;
    diffusion(&f->system, f->diffusion);
    bx_system_jacobian(&f->system, f->jacobian);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = f->diffusion->column[j][i];
            for (size_t k = 0; k < n; k++) {
                double kj = in[k > j ? at(n, k, j) : at(n, j, k)];
                double ki = in[k > i ? at(n, k, i) : at(n, i, k)];
                sum += f->jacobian->column[k][i] * kj + f->jacobian->column[k][j] * ki;
            }
            out[at(n, i, j)] = sum;
        }
    return 0;
}

static int make_solver(follower *f, double time)
{
    size_t n = f->size, all = n + n * (n + 1) / 2;
    if (bx_sundials_open(&f->context) < 0)
        return -1;
    f->y = N_VNew_Serial((sunindextype)all, f->context);
    f->absolute = N_VNew_Serial((sunindextype)all, f->context);
    f->matrix = SUNDenseMatrix((sunindextype)all, (sunindextype)all, f->context);
    f->cvode = CVodeCreate(CV_BDF, f->context);
    if (!f->y || !f->absolute || !f->matrix || !f->cvode)
        return -1;
    f->solver = SUNLinSol_Dense(f->y, f->matrix, f->context);
    N_VConst(0, f->y);
    N_VConst(RELATIVE * 1e-2, f->absolute);
    bx_system_state(&f->system, N_VGetArrayPointer(f->y));
    return f->solver && CVodeInit(f->cvode, right_hand_side, time, f->y) == CV_SUCCESS &&
                   CVodeSVtolerances(f->cvode, RELATIVE, f->absolute) == CV_SUCCESS &&
                   CVodeSetUserData(f->cvode, f) == CV_SUCCESS && bx_cvode_silence(f->cvode) == 0 &&
                   CVodeSetLinearSolver(f->cvode, f->solver, f->matrix) == CV_SUCCESS &&
                   CVodeSetMaxNumSteps(f->cvode, STEPS) == CV_SUCCESS
               ? 0
               : -1;
}

static void drop(follower *f)
{
    if (f->cvode)
        CVodeFree(&f->cvode);
    if (f->solver)
        SUNLinSolFree(f->solver);
    if (f->matrix)
        SUNMatDestroy(f->matrix);
    N_VDestroy(f->y);
    N_VDestroy(f->absolute);
    SUNContext_Free(&f->context);
    bx_matrix_free(f->jacobian);
    bx_matrix_free(f->diffusion);
    free(f->net);
    bx_system_close(&f->system);
}

static void record(const follower *f, bx_noise_course *c, size_t row)
{
    const double *y = N_VGetArrayPointer(f->y);
    size_t n = f->size;
    memcpy(c->means + row * n, y, n * sizeof *y);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            c->covariances[row * n * n + i * n + j] = y[i > j ? at(n, i, j) : at(n, j, i)];
}

/* Rates at a row: reactions happen one way. */
static int check_rates(follower *f, double time, bx_error *err)
{
    bx_system *s = &f->system;
    s->frame[s->network->time] = time;
    bx_system_place(s, N_VGetArrayPointer(f->y));
    bx_system_derivatives(s, f->net, NULL);
    uint32_t negative = diffusion(s, f->diffusion);
    return negative == BX_SLOT_NONE
               ? 0
               : refuse_negative(s->network, negative, s->rates[negative], err);
}

/* From row to row. */
static int run(follower *f, double begun, const double *times, size_t count, bx_noise_course *c,
               bx_error *err)
{
    double reached = begun;
    if (check_rates(f, begun, err) < 0)
        return -1;
    for (size_t k = 0; k < count; k++) {
        double time = begun + times[k];
        int flag = CV_SUCCESS;
        if (time > reached) {
            CVodeSetStopTime(f->cvode, time);
            flag = CVode(f->cvode, time, f->y, &reached, CV_NORMAL);
        }
        if (f->interrupt && *f->interrupt)
            return bx_fail(err, BX_ECANCELLED, "the noise was interrupted");
        if (flag < 0)
            return bx_fail(err, BX_ESIMULATION,
                           "the noise can't be followed beyond time %g s: a rate is not finite, or "
                           "steps became too small",
                           reached);
        if (check_rates(f, reached, err) < 0)
            return -1;
        record(f, c, c->rows++);
    }
    return 0;
}

int bx_noise_follow(const bx_cell *cell, const double *times, size_t count,
                    const volatile sig_atomic_t *interrupt, bx_noise_course *c, bx_error *err)
{
    const bx_network *network = bx_cell_network(cell);
    follower f = {.interrupt = interrupt};
    if (network->events > 0)
        return bx_fail(err, BX_EMODEL, "the model has events: noise in time is not offered for it");
    if (bx_system_open(&f.system, network, err) < 0)
        return -1;
    size_t n = f.size = c->size = f.system.size;
    int result = n == 0 || n > BX_NOISE_MAXIMUM
                     ? bx_fail(err, BX_EMODEL, "%zu species change: noise in time is for 1 to %d",
                               n, BX_NOISE_MAXIMUM)
                     : 0;
    if (result == 0) {
        f.jacobian = bx_matrix_new(n, n);
        f.diffusion = bx_matrix_new(n, n);
        f.net = calloc(n, sizeof *f.net);
        c->species = calloc(n, sizeof *c->species);
        c->means = calloc(count * n + 1, sizeof *c->means);
        c->covariances = calloc(count * n * n + 1, sizeof *c->covariances);
        bx_system_load(&f.system, bx_cell_state(cell)->frame);
        if (!f.jacobian || !f.diffusion || !f.net || !c->species || !c->means || !c->covariances ||
            make_solver(&f, bx_cell_time(cell)) < 0)
            result = bx_fail_memory(err);
    }
    if (result == 0) {
        memcpy(c->species, f.system.species, n * sizeof *c->species);
        result = run(&f, bx_cell_time(cell), times, count, c, err);
    }
    drop(&f);
    return result;
}

void bx_noise_close(bx_noise_course *c)
{
    free(c->species);
    free(c->means);
    free(c->covariances);
    *c = (bx_noise_course){0};
}
