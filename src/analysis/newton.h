/* Roots of the rates of a system under its conservation laws: by KINSOL's damped Newton method from
 * afar, by plain Newton steps from near. In place of the balance of a law's dependent species the
 * law is solved for, so that the equations are as many as the species. */
#ifndef BX_ANALYSIS_NEWTON_H
#define BX_ANALYSIS_NEWTON_H

#include "analysis/system.h"

#include <signal.h>

typedef struct bx_newton {
    bx_system *system;
    bx_conservation *laws;
    double *totals;   /* by law */
    double *scale;    /* by place: the size that a value has had */
    double *turnover; /* by place: the largest flow through it so far */
    bx_matrix *jacobian;
    bx_lu *lu;
    const volatile sig_atomic_t *interrupt; /* the search ends soon after this is not 0; or NULL */
    double *residual, *step, *flow, *rows;  /* by place */
} bx_newton;

int bx_newton_open(bx_newton *newton, bx_system *system, bx_error *err);
void bx_newton_close(bx_newton *newton);

/* Laws anew at a state, dependent the largest of each, so that none is a difference of large ones;
 * their totals are the state's. */
int bx_newton_fix(bx_newton *newton, const double *state, bx_error *err);

/* Note how large values and flows are at the frame's state. */
void bx_newton_note(bx_newton *newton);

/* The Jacobian of the independent species, for its eigenvalues: size `independent`. The caller's;
 * NULL without memory. */
bx_matrix *bx_newton_reduced(bx_newton *newton);

/* Newton's steps from a state that is near: it becomes the root. 1: they do not converge, or the
 * matrix is singular. */
int bx_newton_polish(bx_newton *newton, double *state);

/* From afar. 1: no root was found. */
int bx_newton_search(bx_newton *newton, double *state, bx_error *err);

/* Put the laws in place of the rows of their dependent species: in derivatives at the frame's
 * state, and in a Jacobian. */
void bx_newton_equations(const bx_newton *newton, double *derivatives);
void bx_newton_put_laws(const bx_newton *newton, bx_matrix *jacobian);

/* How far the frame's state is from rest: the largest net change of a species beside its turnover,
 * present or noted. Infinite where a rate is not finite. */
double bx_newton_residual(bx_newton *newton);

#endif
