/* Steps of Fisher's scoring: a function's second derivatives are taken to be those that the
 * information of measurements says, which for least squares is the method of Gauss and Newton. A
 * step is the least of that quadratic in a box within the bounds, found by an active set; the box
 * grows where the function does what was foretold and shrinks where it does not (Conn, Gould and
 * Toint, "Trust-Region Methods", SIAM 2000, chapters 6 and 7). */
#ifndef BX_ANALYSIS_SCORING_H
#define BX_ANALYSIS_SCORING_H

#include <stdbool.h>
#include <stddef.h>

/* All arrays are by variable; curvature by rows. */
typedef struct bx_scoring {
    size_t n;
    double *x, *low, *high; /* the point, its bounds */
    double *unit;           /* how far a variable may go in a box of size 1 */
    double *slope, *curvature;
    double *step; /* the last */
    double *trial, *least, *most, *factor, *side;
    bool *fixed;
    double box;
} bx_scoring;

/* NULL without memory. */
bx_scoring *bx_scoring_new(size_t n);
void bx_scoring_free(bx_scoring *scoring); /* NULL is fine */

/* Find a step from the point in the present box: what it is to take off the function. */
double bx_scoring_step(bx_scoring *scoring);

/* It took off so much of what was hoped: the next box. */
void bx_scoring_judge(bx_scoring *scoring, double hoped, double gained);

#endif
