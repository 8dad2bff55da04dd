#include "engine/deterministic/ode_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

/* Above this size the Jacobian is kept dense if it has more than one entry in DENSE_PART. Below, it
 * is not for speed: sparse systems are solved block by block, so that what is 0 and stays 0 does so
 * to the last digit, where a dense solver's pivots would mix in rounding errors of others. */
#define DENSE_SIZE 40
#define DENSE_PART 5

/* Above this size a dense Jacobian takes too much memory. */
#define DENSE_MAXIMUM 5000

static void evaluate_jacobian(bx_ode *ode, double time, N_Vector y)
{
    const bx_csr *pattern = bx_jacobian_pattern(ode->jacobian);
    memset(ode->entries, 0, pattern->start[ode->size] * sizeof *ode->entries);
    bx_ode_load(ode, N_VGetArrayPointer(y), time);
    bx_jacobian_evaluate(ode->jacobian, ode->simulation->frame, ode->entries);
    bx_tolerance_note_jacobian(ode->tolerance, pattern, ode->entries, N_VGetArrayPointer(y));
}

static int dense_jacobian(sunrealtype time, N_Vector y, N_Vector ydot, SUNMatrix matrix, void *data,
                          N_Vector t1, N_Vector t2, N_Vector t3)
{
    (void)ydot, (void)t1, (void)t2, (void)t3;
    bx_ode *ode = data;
    const bx_csr *pattern = bx_jacobian_pattern(ode->jacobian);
    evaluate_jacobian(ode, time, y);
    for (size_t j = 0; j < ode->size; j++) {
        sunrealtype *column = SUNDenseMatrix_Column(matrix, (sunindextype)j);
        for (uint32_t i = pattern->start[j]; i < pattern->start[j + 1]; i++)
            column[pattern->items[i]] = ode->entries[i];
    }
    return 0;
}

/* 1 less gamma times the Jacobian, anew or, if `old` is fine, as it was, is factored. */
static int sparse_system(sunrealtype time, N_Vector y, N_Vector ydot, SUNMatrix matrix,
                         sunbooleantype old, sunbooleantype *renewed, sunrealtype gamma, void *data,
                         N_Vector t1, N_Vector t2, N_Vector t3)
{
    (void)ydot, (void)matrix, (void)t1, (void)t2, (void)t3;
    bx_ode *ode = data;
    size_t count = bx_jacobian_pattern(ode->jacobian)->start[ode->size];
    if (!old)
        evaluate_jacobian(ode, time, y);
    *renewed = !old;
    for (size_t i = 0; i < count; i++)
        ode->system[i] = -gamma * ode->entries[i];
    for (size_t j = 0; j < ode->size; j++)
        ode->system[ode->diagonal[j]] += 1;
    return bx_factors_compute(ode->factors, ode->system); /* 1: try another step */
}

static SUNLinearSolver_Type solver_type(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_DIRECT;
}

static int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector b,
                 sunrealtype tolerance)
{
    (void)matrix, (void)tolerance;
    const bx_ode *ode = solver->content;
    const double *from = N_VGetArrayPointer(b);
    double *to = N_VGetArrayPointer(x);
    for (size_t i = 0; i < ode->blocks; i++)
        bx_factors_solve(ode->factors, from + i * ode->size, to + i * ode->size);
    return 0;
}

static int free_solver(SUNLinearSolver solver)
{
    solver->content = NULL; /* the engine */
    SUNLinSolFreeEmpty(solver);
    return 0;
}

/* One matrix for each block of the vectors: SUNDIALS' own solver takes them one after the other. */

static int set_up_dense(SUNLinearSolver solver, SUNMatrix matrix)
{
    const bx_ode *ode = solver->content;
    return SUNLinSolSetup(ode->dense, matrix);
}

static int solve_dense(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector b,
                       sunrealtype tolerance)
{
    const bx_ode *ode = solver->content;
    int result = 0;
    for (size_t i = 0; result == 0 && i < ode->blocks; i++) {
        N_VSetArrayPointer(N_VGetArrayPointer(x) + i * ode->size, ode->block_x);
        N_VSetArrayPointer(N_VGetArrayPointer(b) + i * ode->size, ode->block_b);
        result = SUNLinSolSolve(ode->dense, matrix, ode->block_x, ode->block_b, tolerance);
    }
    return result;
}

static SUNLinearSolver dense_in_blocks(bx_ode *ode)
{
    sunindextype n = (sunindextype)ode->size;
    double *y = N_VGetArrayPointer(ode->y);
    ode->block_x = N_VMake_Serial(n, y, ode->context);
    ode->block_b = N_VMake_Serial(n, y, ode->context);
    ode->dense = ode->block_x ? SUNLinSol_Dense(ode->block_x, ode->matrix, ode->context) : NULL;
    SUNLinearSolver solver = SUNLinSolNewEmpty(ode->context);
    if (!solver || !ode->dense || !ode->block_b) {
        SUNLinSolFreeEmpty(solver);
        return NULL;
    }
    solver->content = ode;
    solver->ops->gettype = solver_type;
    solver->ops->setup = set_up_dense;
    solver->ops->solve = solve_dense;
    solver->ops->free = free_solver;
    return solver;
}

static int create_dense(bx_ode *ode, bx_error *err)
{
    if (!ode->jacobian && ode->tangent)
        return bx_fail(err, BX_ESIMULATION, "sensitivities: the network is too large");
    if (ode->size > DENSE_MAXIMUM)
        return bx_fail(err, BX_ESIMULATION,
                       "the ODE solver can't take %zu species of which each depends on most others",
                       ode->size);
    sunindextype n = (sunindextype)ode->size;
    ode->matrix = SUNDenseMatrix(n, n, ode->context);
    ode->solver = !ode->matrix   ? NULL
                  : ode->tangent ? dense_in_blocks(ode)
                                 : SUNLinSol_Dense(ode->y, ode->matrix, ode->context);
    return ode->solver &&
                   CVodeSetLinearSolver(ode->cvode, ode->solver, ode->matrix) == CV_SUCCESS &&
                   (!ode->jacobian || CVodeSetJacFn(ode->cvode, dense_jacobian) == CV_SUCCESS)
               ? 0
               : bx_fail_memory(err);
}

/* For CVODE the matrix is a word: its entries are here. */
static int create_sparse(bx_ode *ode, bx_error *err)
{
    const bx_csr *pattern = bx_jacobian_pattern(ode->jacobian);
    ode->system = malloc((pattern->start[ode->size] + 1) * sizeof *ode->system);
    ode->diagonal = malloc(ode->size * sizeof *ode->diagonal);
    ode->factors = bx_factors_new(pattern);
    ode->matrix = SUNMatNewEmpty(ode->context);
    ode->solver = SUNLinSolNewEmpty(ode->context);
    if (!ode->system || !ode->diagonal || !ode->factors || !ode->matrix || !ode->solver)
        return bx_fail_memory(err);
    for (uint32_t j = 0; j < ode->size; j++)
        for (uint32_t i = pattern->start[j]; i < pattern->start[j + 1]; i++)
            if (pattern->items[i] == j)
                ode->diagonal[j] = i;
    ode->solver->content = ode;
    ode->solver->ops->gettype = solver_type;
    ode->solver->ops->solve = solve;
    ode->solver->ops->free = free_solver;
    return CVodeSetLinearSolver(ode->cvode, ode->solver, ode->matrix) == CV_SUCCESS &&
                   CVodeSetLinSysFn(ode->cvode, sparse_system) == CV_SUCCESS
               ? 0
               : bx_fail_memory(err);
}

int bx_ode_create_newton(bx_ode *ode, bx_error *err)
{
    if (bx_jacobian_new(ode->network, ode->position, ode->size, &ode->jacobian, err) < 0)
        return -1;
    if (!ode->jacobian)
        return create_dense(ode, err);
    size_t size = ode->size, entries = bx_jacobian_pattern(ode->jacobian)->start[size];
    ode->entries = calloc(entries + 1, sizeof *ode->entries);
    if (!ode->entries)
        return bx_fail_memory(err);
    return size > DENSE_SIZE && entries > size * size / DENSE_PART ? create_dense(ode, err)
                                                                   : create_sparse(ode, err);
}

void bx_ode_drop_newton(bx_ode *ode)
{
    SUNLinSolFree(ode->solver);
    SUNLinSolFree(ode->dense);
    N_VDestroy(ode->block_x);
    N_VDestroy(ode->block_b);
    SUNMatDestroy(ode->matrix);
    bx_jacobian_free(ode->jacobian);
    bx_factors_free(ode->factors);
    free(ode->entries);
    free(ode->system);
    free(ode->diagonal);
    ode->solver = ode->dense = NULL;
    ode->block_x = ode->block_b = NULL;
    ode->matrix = NULL;
    ode->jacobian = NULL;
    ode->factors = NULL;
    ode->entries = ode->system = NULL;
    ode->diagonal = NULL;
}
