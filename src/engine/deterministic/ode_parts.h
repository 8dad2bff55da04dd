/* The parts of the ODE engine: what they share, and what each gives the others. */
#ifndef BX_ENGINE_DETERMINISTIC_ODE_PARTS_H
#define BX_ENGINE_DETERMINISTIC_ODE_PARTS_H

#include "engine/deterministic/course.h"
#include "engine/deterministic/derivatives.h"
#include "engine/deterministic/factors.h"
#include "engine/deterministic/ode.h"
#include "engine/deterministic/path.h"
#include "engine/deterministic/tolerance.h"
#include "engine/jacobian.h"
#include "engine/roots.h"
#include "model/history.h"
#include "model/rules.h"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>
#include <sundials/sundials_nonlinearsolver.h>

typedef struct bx_ode_tangent bx_ode_tangent;

struct bx_ode {
    const bx_network *network;
    size_t size;           /* of the state, at least 1: CVODE wants something to solve */
    size_t moving_species; /* of it, in its first places */
    uint32_t *species;     /* of the state */
    uint32_t *position;    /* species -> its place in the state */
    uint32_t *leaves;      /* of triggers, whose sign changes are looked for */
    int leaf_count;
    bx_roots *roots;      /* of formulas; their functions stand behind those of leaves */
    int moving;           /* of jumps that come again after delays that vary, behind these */
    int root_count;       /* of all three */
    bx_rules *root_rules; /* that they read */
    int *root_signs;
    size_t steps; /* in this run, and when it had made CREEPING_STEPS for the last time */
    double mark;
    double started;     /* the time from which the solver's history goes back */
    double reached;     /* by the solver; between the present and this time its course is known */
    bool at_root;       /* there */
    double last_root;   /* the time of the last at which the solver started anew */
    size_t root_step;   /* how many steps there were by then */
    size_t close_roots; /* how many have been close together */
    double next_switch; /* when a formula of the time changes at once; -infinity: look anew */
    size_t stuck;       /* steps in a row that did not advance the time */
    size_t nudges;      /* in this run */
    bool not_finite;    /* some rate was, since the last step that advanced the time */

    bx_tolerance *tolerance;
    double *clipped; /* a state without what is below 0 by rounding, and its derivatives */
    bx_derivatives *flux;
    bx_jumps *jumps; /* or NULL; else the state's last place is the integral of their hazard */

    bx_ode_tangent *tangent; /* of a run with derivatives, or whose path may jump; else NULL */
    bool path_due;           /* the solver starts anew: the path is to be told before it steps */

    /* the solver, made when a run first needs it: until then NULL */
    bool adams;
    size_t blocks; /* of its vectors, each of `size`: the state, and its derivatives by something */
    SUNContext context;
    void *cvode;
    N_Vector y, between;            /* the state, and one at an earlier time for a row */
    bx_polynomials *course;         /* of what conditions read */
    SUNNonlinearSolver fixed_point; /* of Adams */
    /* Newton's method, of BDF */
    SUNMatrix matrix;
    SUNLinearSolver solver;
    SUNLinearSolver dense; /* with which it solves for blocks of */
    N_Vector block_x, block_b;
    bx_jacobian *jacobian; /* NULL: CVODE takes differences */
    bx_factors *factors;   /* NULL: it is dense */
    double *entries;       /* of the Jacobian, by its pattern */
    double *system;        /* of the matrix that is factored, likewise */
    uint32_t *diagonal;    /* column -> its place there */

    bx_history *history; /* while it runs; NULL if nothing is delayed */
    double *numbers;     /* of a step, for the history */

    bx_simulation *simulation; /* while it runs */
};

/* ---- ode_solver.c: CVODE, and what it calls ---- */

/* The solver that a run wants. */
int bx_ode_provide_solver(bx_ode *ode, bool adams, size_t blocks, bx_error *err);
void bx_ode_drop_solver(bx_ode *ode);

/* Put a state and its time into the frame. */
void bx_ode_load(const bx_ode *ode, const double *y, double time);

/* Load a state, and give its derivatives: whether all are finite; and as CVODE wants them. */
bool bx_ode_differentiate(bx_ode *ode, double time, const double *y, double *out);
int bx_ode_right_hand_side(sunrealtype time, N_Vector y, N_Vector ydot, void *ode);

/* The rates of the state in the frame, hazards included. */
void bx_ode_rates(bx_ode *ode);

/* ---- ode_newton.c: the systems of Newton's method ---- */

int bx_ode_create_newton(bx_ode *ode, bx_error *err);
void bx_ode_drop_newton(bx_ode *ode);

/* ---- ode_tangent.c: derivatives by parameters and initial values ---- */

bx_ode_tangent *bx_ode_tangent_new(bx_ode *ode, size_t count, bool jumps, bx_error *err);
void bx_ode_tangent_free(bx_ode_tangent *tangent); /* NULL is fine */

/* A run begins, its rules computed. It needs settling next. */
int bx_ode_tangent_begin(bx_ode *ode, bx_error *err);

/* Take the derivatives in the solver's vector for those of the frame; give them to it. */
void bx_ode_tangent_take(bx_ode *ode, const double *y);
void bx_ode_tangent_give(const bx_ode *ode, double *y);

/* How they change, behind how the state does: whether all are finite. The state is in the frame. */
bool bx_ode_tangent_differentiate(bx_ode *ode, const double *y, double *out);

/* The weights of their errors, behind those of the state. */
void bx_ode_tangent_weigh(bx_ode *ode, const double *y, double step, double *weights);

/* Something may change at once at the time of the frame, and the solver has not started anew. */
int bx_ode_tangent_cross(bx_ode *ode, bx_error *err);

/* No step is short enough: whether the solver is to start anew, for the scales of derivatives are
 * known better than when it started. */
bool bx_ode_tangent_again(bx_ode *ode, double time);

/* The solver starts anew from the frame. */
void bx_ode_tangent_restart(bx_ode *ode);

/* Events are settled, and some fired, or none. */
int bx_ode_tangent_settled(bx_ode *ode, bool fired, bx_error *err);

/* When something changed at once in the solver's last step, from a time on, that no root told of;
 * or infinity. */
double bx_ode_tangent_missed(bx_ode *ode, double from, double to);

/* The run is over. */
void bx_ode_tangent_end(const bx_ode *ode);

/* The frame was recorded. */
int bx_ode_tangent_record(bx_ode *ode, double time, bx_error *err);

/* Name what is not finite at the solver's state. */
int bx_ode_tangent_check(bx_ode *ode, double time, bx_error *err);

/* ---- ode_path.c: a run's path ---- */

/* The columns that derivatives are by where the path may jump, else 0. */
size_t bx_ode_path_columns(const bx_path *path);

/* What the run has come to since the last step. */
int bx_ode_path_start(bx_ode *ode, bx_error *err);

/* The solver's last step, to the time that it reached. */
int bx_ode_path_step(bx_ode *ode, double from, bx_error *err);

/* Rows of the columns are as they begin: by themselves. */
void bx_ode_path_begin(bx_ode *ode);

/* The run is over. */
int bx_ode_path_end(bx_ode *ode, bx_error *err);

/* ---- ode_failure.c: what a run says that can't go on ---- */

/* The delays of the state in the frame. */
int bx_ode_check_delays(bx_ode *ode, bx_error *err);

/* The frame has the state at `time`, which the solver can't leave. -1. */
int bx_ode_fail(bx_ode *ode, int flag, double time, bx_error *err);

#endif
