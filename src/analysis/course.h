/* A cell's course by the ODE solver until it comes to rest, and why it does not. */
#ifndef BX_ANALYSIS_COURSE_H
#define BX_ANALYSIS_COURSE_H

#include "analysis/newton.h"
#include "analysis/steady.h"

typedef struct bx_course {
    bx_cell *cell;   /* it moves: give it a state to spare */
    bx_state *start; /* a copy of that state */
    bx_newton *newton;
    const bx_steady_ask *ask;
    double tolerance;
    double begun;                     /* the time */
    double *state, *before, *earlier; /* by place: at a row, at the last, at that before */
    double *root;                     /* by place: of Newton's method */
    double *unstable;                 /* by place: a root that was refused as such; NaN: none */
    size_t rows;
    unsigned rests; /* rows in a row that moved nothing */
    bool settled, by_newton;
    double time, time_before; /* of the last two rows */
    char why[512];            /* it did not settle */
    bool cycles;              /* and `root` is the mean of a cycle then */
} bx_course;

int bx_course_open(bx_course *course, bx_cell *cell, bx_newton *newton, const bx_steady_ask *ask,
                   bx_error *err);
void bx_course_close(bx_course *course);

/* Follow it. 0: `settled` says whether it came to rest, at `root`, with what events set in the
 * newton's system; else `why` does. */
int bx_course_follow(bx_course *course, bx_error *err);

/* How the state in the system's frame answers to small changes; eigenvalues, size of the reduced
 * system, are the caller's, or NULL where they were not found. -1 without memory. */
int bx_course_stability(bx_newton *newton, bx_complex **eigenvalues, size_t *count,
                        bx_stability *stability);

#endif
