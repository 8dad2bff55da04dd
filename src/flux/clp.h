/* CLP behind a C interface of our own: its own one can't be silent and interruptible at once,
 * throws exceptions through C, and sets up anew at every solve (0.1 ms where 0.02 do). */
#ifndef BX_FLUX_CLP_H
#define BX_FLUX_CLP_H

#include <signal.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bx_clp bx_clp;

typedef enum bx_clp_status {
    BX_CLP_OPTIMAL,
    BX_CLP_INFEASIBLE,
    BX_CLP_UNBOUNDED,
    BX_CLP_STOPPED, /* given up, or interrupted */
    BX_CLP_NO_MEMORY
} bx_clp_status;

/* Minimises; infinite bounds are INFINITY. NULL without memory. */
bx_clp *bx_clp_new(int rows, int columns, const int *start, const int *index, const double *value,
                   const double *lower, const double *upper, const double *cost,
                   const double *row_lower, const double *row_upper,
                   const volatile sig_atomic_t *interrupt);
void bx_clp_free(bx_clp *clp); /* NULL is fine */

void bx_clp_set_bounds(bx_clp *clp, int column, double lower, double upper);
void bx_clp_set_cost(bx_clp *clp, int column, double cost);
void bx_clp_set_row(bx_clp *clp, int row, double lower, double upper);

/* From the present basis by the primal or the dual simplex method. */
bx_clp_status bx_clp_solve(bx_clp *clp, bool primal);

/* Have the next solve set up anew, from the same basis. */
void bx_clp_refresh(bx_clp *clp);

/* Forget the basis too, and solve the next without scaling. -1 without memory. */
int bx_clp_restart(bx_clp *clp);

const double *bx_clp_solution(const bx_clp *clp);
const double *bx_clp_prices(const bx_clp *clp);

/* Weights of the rows whose sum can't be met, after BX_CLP_INFEASIBLE; or NULL. */
double *bx_clp_ray(const bx_clp *clp);
void bx_clp_free_ray(double *ray); /* NULL is fine */

/* rows + columns bytes: columns first. */
const unsigned char *bx_clp_basis(const bx_clp *clp);
int bx_clp_set_basis(bx_clp *clp, const unsigned char *basis);

#ifdef __cplusplus
}
#endif

#endif
