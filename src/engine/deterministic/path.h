/* The course of runs by the ODE solver, kept so that derivatives can be carried back along it.
 *
 * Columns are the values at one time that others may depend on: species that move, other species
 * and parameters, what waits for the end of its delay, and what the owner of the path has besides.
 * Of a number that is computed from values at some times, the adjoint at a time t is its derivative
 * by each column at t. With y' = f(t, y, p) it obeys lambda' = -(df/d(y, p))^T lambda_y; where
 * columns jump from z to h(z), it becomes (dh/dz)^T lambda as one goes back; and at a time whose
 * values the number is computed from, its derivatives by these are added (Cao, Li, Petzold and
 * Serban, SIAM J. Sci. Comput. 24, 1076, 2003). One way back costs about as much as the way there,
 * whatever the number of columns that stay where they are. */
#ifndef BX_ENGINE_DETERMINISTIC_PATH_H
#define BX_ENGINE_DETERMINISTIC_PATH_H

#include "model/network.h"

#include <signal.h>

typedef struct bx_path bx_path;

/* Of a network that outlives it. `live`: species and parameters, by slot, that are columns besides
 * those that move or that events set. BX_EMODEL where the network has what can't be followed. */
bx_path *bx_path_new(const bx_network *network, const bool *live, size_t others, bx_error *err);
void bx_path_free(bx_path *path); /* NULL is fine */

/* Nothing has run yet. */
void bx_path_clear(bx_path *path);

size_t bx_path_columns(const bx_path *path);             /* of slots, which come first */
size_t bx_path_width(const bx_path *path);               /* all */
size_t bx_path_column(const bx_path *path, size_t slot); /* or BX_NAME_NONE */
size_t bx_path_slot(const bx_path *path, size_t column); /* of a column of slots */
size_t bx_path_other(const bx_path *path, size_t i);     /* the column of what the owner has */

/* Whether columns may jump within a run. */
bool bx_path_may_jump(const bx_path *path);

/* How many columns wait, behind those of slots. */
size_t bx_path_waiting(const bx_path *path);

/* Which of them an owner has: `count` in a row, new ones if it has none. Fails where none is left.
 * Then: those of owners that are not among these are free. */
int bx_path_wait(bx_path *path, const void *owner, size_t count, size_t *column, bx_error *err);
void bx_path_keep(bx_path *path, const void *const *owners, size_t count);

/* ---- what is noted on the way; BX_ESIMULATION where that takes too much memory ---- */

/* Columns jump: those of which no row follows stay. A row has the derivatives by what they were. */
int bx_path_jump(bx_path *path, bx_error *err);
int bx_path_jump_row(bx_path *path, size_t column, const double *row, bx_error *err);

/* A smooth part of the course begins from the frame. */
int bx_path_start(bx_path *path, const double *frame, bx_error *err);

/* Room for a step of the solver in it: terms of order 0 to `order`, the Taylor polynomial about
 * `to`, of each species that moves. NULL on failure. */
double *bx_path_step(bx_path *path, double from, double to, size_t order, bx_error *err);

/* The values at a time, in the frame, are read: rows are numbered from 0. */
int bx_path_row(bx_path *path, const double *frame, bx_error *err);
size_t bx_path_rows(const bx_path *path);

/* A run is over. */
int bx_path_end(bx_path *path, double time, bx_error *err);

/* ---- back ---- */

typedef struct bx_path_ask {
    const uint32_t *slots; /* that are read: species, parameters and rules, */
    size_t count;
    const double *seeds;       /* and by row the derivatives by each */
    double relative_tolerance; /* of the solver; 0: the usual */
    size_t maximum_steps;      /* of it, from one row or jump to the next; 0: no bound */
    const volatile sig_atomic_t *interrupt;
} bx_path_ask;

/* From the end of the last run, where `adjoint`, by column, is 0, to the beginning of the first.
 * BX_ESIMULATION where the solver fails or a derivative is not finite; BX_ECANCELLED. */
int bx_path_back(bx_path *path, const bx_path_ask *ask, double *adjoint, bx_error *err);

#endif
