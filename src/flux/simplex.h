/* The simplex methods for programs that are solved again and again with other costs or other
 * bounds: all that they need stays at hand, where CLP sets up anew each time. What they answer is
 * to be checked, and where they give up CLP goes on. Notation as in Maros, Computational Techniques
 * of the Simplex Method, 2003. */
#ifndef BX_FLUX_SIMPLEX_H
#define BX_FLUX_SIMPLEX_H

#include "flux/lp.h"

typedef struct bx_simplex bx_simplex;

typedef enum bx_simplex_answer {
    BX_SIMPLEX_OPTIMAL,
    BX_SIMPLEX_INFEASIBLE,
    BX_SIMPLEX_UNBOUNDED,
    BX_SIMPLEX_UNFINISHED, /* of the primal method: so many steps did not do, from which it can go
                              on */
    BX_SIMPLEX_UNKNOWN
} bx_simplex_answer;

/* Of a problem that stays where it is, whose costs and bounds are what they are when it solves,
 * to be loaded with a basis as bx_lp_get_basis gives it. NULL without memory. After an answer that
 * is not known it takes another, or one that was kept. */
bx_simplex *bx_simplex_new(const bx_lp_problem *problem);
void bx_simplex_free(bx_simplex *simplex); /* NULL is fine */

/* The same from another basis; what is kept stays. False if that is of no use. */
bool bx_simplex_load(bx_simplex *simplex, const unsigned char *basis);

/* From the present basis, whose values are within their bounds, for other costs; or whose reduced
 * costs are those of an optimum, for other bounds. */
bx_simplex_answer bx_simplex_primal(bx_simplex *simplex, size_t steps); /* at most */
bx_simplex_answer bx_simplex_dual(bx_simplex *simplex, size_t steps);

/* Of the last answer: values of the columns; prices of the rows, or when infeasible the weights of
 * the rows that prove it; the basis. */
const double *bx_simplex_solution(const bx_simplex *simplex);
const double *bx_simplex_prices(const bx_simplex *simplex);
void bx_simplex_basis(const bx_simplex *simplex, unsigned char *basis);

/* Keep the present basis in slot 0 or 1, and come back to it. False without memory, or where it
 * cannot be factorised. */
bool bx_simplex_keep(bx_simplex *simplex, int slot);
bool bx_simplex_back(bx_simplex *simplex, int slot);

#endif
