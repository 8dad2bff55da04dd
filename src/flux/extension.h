/* A program over a model's fluxes that is put together piece by piece: columns, rows and whole
 * numbers beside what is left of the model, which is reduced first. A flux is a multiple of a
 * column, or settled; rows and costs are given by flux and follow that. */
#ifndef BX_FLUX_EXTENSION_H
#define BX_FLUX_EXTENSION_H

#include "flux/model.h"
#include "flux/reduction.h"

typedef struct bx_extension_entry {
    uint32_t row, column;
    double value;
} bx_extension_entry;

typedef struct bx_extension {
    bx_fba *fba;
    bx_reduction *reduction; /* of the model as it is now */
    size_t columns, rows, entry_count;
    size_t column_capacity, row_capacity, entry_capacity;
    double *lower, *upper, *cost, *row_lower, *row_upper;
    bool *whole;    /* by column: its value is a whole number */
    double settled; /* what fluxes that are settled cost */
    bx_extension_entry *entries;
    bool failed; /* without memory: said when it is solved */
    double *x;   /* of the last solution */
    double *flux;
} bx_extension;

/* After an optimum of the model, or a solve that said that there is none for want of bounds: its
 * fluxes without a cost. To be closed whatever comes. */
int bx_extension_open(bx_extension *program, bx_fba *fba, bool plain, bx_error *err);
void bx_extension_close(bx_extension *program);

uint32_t bx_extension_column(bx_extension *program, double lower, double upper, double cost);
uint32_t bx_extension_whole(bx_extension *program, double lower, double upper, double cost);
uint32_t bx_extension_row(bx_extension *program, double lower, double upper);
void bx_extension_put(bx_extension *program, uint32_t row, uint32_t column, double value);
void bx_extension_put_flux(bx_extension *program, uint32_t row, size_t reaction, double value);
void bx_extension_cost_flux(bx_extension *program, size_t reaction, double cost);

/* objective x <= limit or >= limit, as the model's sense has it. */
void bx_extension_demand(bx_extension *program, double objective);

/* The least and the greatest value that bounds alone leave a flux. */
void bx_extension_range(const bx_extension *program, size_t reaction, double *least,
                        double *greatest);

/* Its linear program: whole numbers are any. NULL with an error. */
bx_lp *bx_extension_lp(bx_extension *program, bx_error *err);

/* Solve it, by branch and bound where there are whole numbers; these are then fixed, and the rest
 * is solved again by the linear program that checks its answer: the value that is found must be the
 * same. Fills x and flux where *status is optimal; *value with the cost. */
int bx_extension_solve(bx_extension *program, bx_lp_status *status, double *value, bx_error *err);

/* What is said where there is no answer although all switches on would be one. */
int bx_extension_fail_switches(bx_error *err);

/* Fill flux from x; BX_ESIMULATION where it does not obey the whole model. */
int bx_extension_check(bx_extension *program, const double *x, bx_error *err);

/* Where rounding stands in the way of the reduced program the whole one is asked. */
typedef int bx_extension_use(bx_extension *program, void *data, bx_error *err);
int bx_extension_run(bx_fba *fba, bx_extension_use *use, void *data, bx_error *err);

#endif
