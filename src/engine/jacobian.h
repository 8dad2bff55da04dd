/* The Jacobian of the ODE right-hand side, exact and sparse: each rate is differentiated by
 * reverse accumulation over its code (Griewank and Walther, "Evaluating Derivatives", SIAM 2008,
 * section 3.2), rules by the chain rule. At a kink one of the sides' derivatives is taken; a
 * derivative that is not finite counts as 0, which costs the solver iterations, never accuracy. */
#ifndef BX_ENGINE_JACOBIAN_H
#define BX_ENGINE_JACOBIAN_H

#include "model/network.h"

typedef struct bx_jacobian bx_jacobian;

/* position[s] is the place of species s in the state of `size`, if a reaction changes it.
 * *jacobian is NULL, without an error, if there would be too many entries. */
int bx_jacobian_new(const bx_network *network, const uint32_t *position, size_t size,
                    bx_jacobian **jacobian, bx_error *err);
void bx_jacobian_free(bx_jacobian *jacobian); /* NULL is fine */

/* The pattern by columns, rows ascending, the diagonal always included: column j is
 * rows[start[j]] .. rows[start[j + 1]]. */
const bx_csr *bx_jacobian_pattern(const bx_jacobian *jacobian);

/* Add d(state')/d(state) at the state in `frame`. values[i] belongs to entry i of the pattern. */
void bx_jacobian_evaluate(bx_jacobian *jacobian, double *frame, double *values);

/* The derivatives of a reaction's rate in the last evaluation: values[i] is that by the species at
 * (*places)[i] of the state; returns how many there are. */
size_t bx_jacobian_rate(const bx_jacobian *jacobian, size_t reaction, const uint32_t **places,
                        const double **values);

#endif
