#include "analysis/newton.h"

#include "engine/deterministic/silence.h"

#include <float.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#define STEPS 40            /* of plain Newton */
#define ITERATIONS 300      /* of KINSOL */
#define CONVERGED 1e-13     /* a step beside the value that needs no further one */
#define GOOD 1e-9           /* one that may be the last if the next is no smaller */
#define FAR_TOLERANCE 1e-10 /* of KINSOL, beside turnovers */

int bx_newton_open(bx_newton *n, bx_system *system, bx_error *err)
{
    size_t size = system->size + 1;
    *n = (bx_newton){.system = system,
                     .totals = calloc(size, sizeof(double)),
                     .scale = calloc(size, sizeof(double)),
                     .turnover = calloc(size, sizeof(double)),
                     .jacobian = bx_matrix_new(system->size, system->size),
                     .lu = bx_lu_new(system->size),
                     .residual = calloc(size, sizeof(double)),
                     .step = calloc(size, sizeof(double)),
                     .flow = calloc(size, sizeof(double)),
                     .rows = calloc(size, sizeof(double))};
    if (n->totals && n->scale && n->turnover && n->jacobian && n->lu && n->residual && n->step &&
        n->flow && n->rows)
        return 0;
    bx_newton_close(n);
    return bx_fail_memory(err);
}

void bx_newton_close(bx_newton *n)
{
    bx_conservation_free(n->laws);
    bx_matrix_free(n->jacobian);
    bx_lu_free(n->lu);
    free(n->totals);
    free(n->scale);
    free(n->turnover);
    free(n->residual);
    free(n->step);
    free(n->flow);
    free(n->rows);
    *n = (bx_newton){0};
}

typedef struct sized {
    double size;
    uint32_t place;
} sized;

static int by_size(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

int bx_newton_fix(bx_newton *n, const double *state, bx_error *err)
{
    size_t size = n->system->size;
    sized *list = malloc((size + 1) * sizeof *list);
    uint32_t *order = malloc((size + 1) * sizeof *order);
    bx_conservation *laws = NULL;
    if (list && order) {
        for (uint32_t i = 0; i < size; i++)
            list[i] = (sized){fabs(state[i]), i};
        qsort(list, size, sizeof *list, by_size);
        for (size_t i = 0; i < size; i++)
            order[i] = list[i].place;
        laws = bx_conservation_new(n->system->network, n->system->position, size, order, err);
    } else {
        bx_fail_memory(err);
    }
    free(list);
    free(order);
    if (!laws)
        return -1;
    bx_conservation_free(n->laws);
    n->laws = laws;
    for (size_t i = 0; i < laws->count; i++)
        n->totals[i] = bx_conservation_total(laws, i, state);
    return 0;
}

void bx_newton_note(bx_newton *n)
{
    const bx_system *s = n->system;
    bx_system_derivatives(n->system, n->residual, n->flow);
    for (size_t i = 0; i < s->size; i++) {
        double value = fabs(s->frame[s->species[i]]);
        if (isfinite(value))
            n->scale[i] = fmax(n->scale[i], value);
        if (isfinite(n->flow[i]))
            n->turnover[i] = fmax(n->turnover[i], n->flow[i]);
    }
}

/* A size for each value, of those that were 0 so far a small part of the largest. */
static double scale_of(const bx_newton *n, size_t place)
{
    if (n->scale[place] > 0)
        return n->scale[place];
    double largest = 0;
    for (size_t i = 0; i < n->system->size; i++)
        largest = fmax(largest, n->scale[i]);
    return largest > 0 ? 1e-3 * largest : 1;
}

void bx_newton_equations(const bx_newton *n, double *derivatives)
{
    const bx_system *s = n->system;
    for (size_t k = 0; k < n->laws->count; k++) {
        double total = -n->totals[k];
        for (uint32_t i = n->laws->laws.start[k]; i < n->laws->laws.start[k + 1]; i++)
            total += n->laws->coefficients[i] * s->frame[s->species[n->laws->laws.items[i]]];
        derivatives[n->laws->dependent[k]] = total;
    }
}

/* The equations at the frame's state. -1: not finite. */
static int equations(bx_newton *n, double *out)
{
    if (bx_system_derivatives(n->system, out, n->flow) < 0)
        return -1;
    bx_newton_equations(n, out);
    return 0;
}

void bx_newton_put_laws(const bx_newton *n, bx_matrix *jacobian)
{
    for (size_t k = 0; k < n->laws->count; k++) {
        uint32_t row = n->laws->dependent[k];
        for (size_t j = 0; j < n->system->size; j++)
            jacobian->column[j][row] = 0;
        for (uint32_t i = n->laws->laws.start[k]; i < n->laws->laws.start[k + 1]; i++)
            jacobian->column[n->laws->laws.items[i]][row] = n->laws->coefficients[i];
    }
}

bx_matrix *bx_newton_reduced(bx_newton *n)
{
    size_t size = n->system->size, count = size - n->laws->count;
    const bx_conservation *laws = n->laws;
    bx_matrix *reduced = bx_matrix_new(count, count);
    if (!reduced)
        return NULL;
    bx_system_jacobian(n->system, n->jacobian);
    double **full = n->jacobian->column;
    /* a dependent species moves with the others of its law */
    for (size_t k = 0; k < laws->count; k++) {
        double own = 0;
        const double *column = full[laws->dependent[k]];
        for (uint32_t i = laws->laws.start[k]; i < laws->laws.start[k + 1]; i++)
            if (laws->laws.items[i] == laws->dependent[k])
                own = laws->coefficients[i];
        for (uint32_t i = laws->laws.start[k]; i < laws->laws.start[k + 1]; i++)
            for (size_t row = 0; laws->laws.items[i] != laws->dependent[k] && row < size; row++)
                full[laws->laws.items[i]][row] -= laws->coefficients[i] / own * column[row];
    }
    size_t to = 0;
    for (size_t j = 0; j < size; j++) {
        if (laws->is_dependent[j])
            continue;
        for (size_t i = 0, at = 0; i < size; i++)
            if (!laws->is_dependent[i])
                reduced->column[to][at++] = full[j][i];
        to++;
    }
    return reduced;
}

/* One plain step from the frame's state into n->step. 1: there is none. */
static int plain_step(bx_newton *n)
{
    if (equations(n, n->step) < 0)
        return 1;
    bx_system_jacobian(n->system, n->jacobian);
    bx_newton_put_laws(n, n->jacobian);
    if (bx_lu_factor(n->lu, n->jacobian) != 0)
        return 1;
    bx_lu_solve(n->lu, n->step);
    return 0;
}

int bx_newton_polish(bx_newton *n, double *state)
{
    size_t size = n->system->size;
    double before = INFINITY;
    for (int i = 0; i < STEPS; i++) {
        double largest = 0;
        bx_system_place(n->system, state);
        if ((n->interrupt && *n->interrupt) || plain_step(n) != 0)
            return 1;
        for (size_t j = 0; j < size; j++) {
            double value = fmax(fabs(state[j]), 1e-12 * scale_of(n, j));
            if (!isfinite(n->step[j]))
                return 1;
            largest = fmax(largest, fabs(n->step[j]) / value);
        }
        if (before <= GOOD && largest >= before / 2)
            break;
        for (size_t j = 0; j < size; j++)
            state[j] -= n->step[j];
        before = largest;
        if (largest <= CONVERGED)
            break;
    }
    /* what is below 0 by rounding may have no rate */
    for (size_t j = 0; j < size; j++)
        if (state[j] < 0 && -state[j] <= 1e-12 * scale_of(n, j))
            state[j] = 0;
    bx_system_place(n->system, state);
    return before <= GOOD && bx_newton_residual(n) < INFINITY ? 0 : 1;
}

double bx_newton_residual(bx_newton *n)
{
    double largest = 0;
    if (bx_system_derivatives(n->system, n->residual, n->flow) < 0)
        return INFINITY;
    for (size_t i = 0; i < n->system->size; i++) {
        double turnover = fmax(n->flow[i], n->turnover[i]);
        if (n->residual[i] != 0)
            largest = fmax(largest, fabs(n->residual[i]) / turnover);
    }
    return largest;
}

/* ---- from afar ---- */

static int scaled_equations(N_Vector u, N_Vector f, void *data)
{
    bx_newton *n = data;
    bx_system *s = n->system;
    double *out = N_VGetArrayPointer(f);
    const double *in = N_VGetArrayPointer(u);
    for (size_t i = 0; i < s->size; i++)
        s->frame[s->species[i]] = in[i] * scale_of(n, i);
    if (n->interrupt && *n->interrupt)
        return -1;
    if (equations(n, out) < 0)
        return 1;
    for (size_t i = 0; i < s->size; i++)
        out[i] /= n->rows[i];
    return 0;
}

static int scaled_jacobian(N_Vector u, N_Vector f, SUNMatrix matrix, void *data, N_Vector t1,
                           N_Vector t2)
{
    (void)f, (void)t1, (void)t2;
    bx_newton *n = data;
    bx_system *s = n->system;
    const double *in = N_VGetArrayPointer(u);
    for (size_t i = 0; i < s->size; i++)
        s->frame[s->species[i]] = in[i] * scale_of(n, i);
    bx_network_rates(s->network, s->frame);
    bx_system_jacobian(s, n->jacobian);
    bx_newton_put_laws(n, n->jacobian);
    for (size_t j = 0; j < s->size; j++) {
        double *column = SUNDenseMatrix_Column(matrix, (sunindextype)j), by = scale_of(n, j);
        for (size_t i = 0; i < s->size; i++)
            column[i] = n->jacobian->column[j][i] * by / n->rows[i];
    }
    return 0;
}

/* By what equations are divided: turnovers, or how much the state moves them. */
static void size_rows(bx_newton *n, const double *state)
{
    bx_system *s = n->system;
    bx_system_place(s, state);
    bx_system_derivatives(s, n->residual, n->flow);
    bx_system_jacobian(s, n->jacobian);
    bx_newton_put_laws(n, n->jacobian);
    for (size_t i = 0; i < s->size; i++) {
        double row = n->laws->is_dependent[i] ? 0 : fmax(n->flow[i], n->turnover[i]);
        for (size_t j = 0; row == 0 && j < s->size; j++)
            row = fmax(row, fabs(n->jacobian->column[j][i]) * scale_of(n, j));
        n->rows[i] = row > 0 && isfinite(row) ? row : 1;
    }
}

typedef struct solver {
    SUNContext context;
    void *memory;
    N_Vector u, ones, constraints;
    SUNMatrix matrix;
    SUNLinearSolver linear;
} solver;

static int make_solver(solver *v, bx_newton *n)
{
    sunindextype size = (sunindextype)n->system->size;
    if (bx_sundials_open(&v->context) < 0)
        return -1;
    v->u = N_VNew_Serial(size, v->context);
    v->ones = N_VNew_Serial(size, v->context);
    v->constraints = N_VNew_Serial(size, v->context);
    v->matrix = SUNDenseMatrix(size, size, v->context);
    v->memory = KINCreate(v->context);
    if (!v->u || !v->ones || !v->constraints || !v->matrix || !v->memory)
        return -1;
    v->linear = SUNLinSol_Dense(v->u, v->matrix, v->context);
    N_VConst(1, v->ones);
    return v->linear && KINInit(v->memory, scaled_equations, v->u) == KIN_SUCCESS &&
                   bx_kinsol_silence(v->memory) == 0 &&
                   KINSetUserData(v->memory, n) == KIN_SUCCESS &&
                   KINSetLinearSolver(v->memory, v->linear, v->matrix) == KIN_SUCCESS &&
                   KINSetJacFn(v->memory, scaled_jacobian) == KIN_SUCCESS &&
                   KINSetFuncNormTol(v->memory, FAR_TOLERANCE) == KIN_SUCCESS &&
                   KINSetScaledStepTol(v->memory, 1e-14) == KIN_SUCCESS &&
                   KINSetMaxSetupCalls(v->memory, 1) == KIN_SUCCESS &&
                   KINSetNumMaxIters(v->memory, ITERATIONS) == KIN_SUCCESS
               ? 0
               : -1;
}

static void drop_solver(solver *v)
{
    if (v->memory)
        KINFree(&v->memory);
    if (v->linear)
        SUNLinSolFree(v->linear);
    if (v->matrix)
        SUNMatDestroy(v->matrix);
    N_VDestroy(v->u);
    N_VDestroy(v->ones);
    N_VDestroy(v->constraints);
    SUNContext_Free(&v->context);
}

int bx_newton_search(bx_newton *n, double *state, bx_error *err)
{
    size_t size = n->system->size;
    solver v = {0};
    if (make_solver(&v, n) < 0) {
        drop_solver(&v);
        return bx_fail_memory(err);
    }
    size_rows(n, state);
    double *u = N_VGetArrayPointer(v.u), *sign = N_VGetArrayPointer(v.constraints);
    for (size_t i = 0; i < size; i++) {
        u[i] = state[i] / scale_of(n, i);
        sign[i] = state[i] >= 0 ? 1 : 0;
    }
    int flag = KINSetConstraints(v.memory, v.constraints) == KIN_SUCCESS
                   ? KINSol(v.memory, v.u, KIN_LINESEARCH, v.ones, v.ones)
                   : KIN_MEM_FAIL;
    for (size_t i = 0; i < size; i++)
        state[i] = u[i] * scale_of(n, i);
    drop_solver(&v);
    if (flag == KIN_MEM_FAIL)
        return bx_fail_memory(err);
    for (size_t i = 0; i < size; i++)
        if (!isfinite(state[i]))
            return 1;
    return bx_newton_polish(n, state);
}
