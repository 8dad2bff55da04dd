/* Derivatives of a network's values by some of its variables, carried along with a frame: a row for
 * each species, parameter and rule, and the time, of a number for each variable they are by, and
 * behind these one by the time. Each formula is differentiated exactly, by reverse accumulation
 * over its code (Griewank and Walther, "Evaluating Derivatives", SIAM 2008, section 3.2), and
 * formulas are put together by the chain rule. */
#ifndef BX_ENGINE_TANGENT_H
#define BX_ENGINE_TANGENT_H

#include "model/network.h"

typedef struct bx_tangent bx_tangent;

/* An operator in a formula of a rule or a rate at which it changes at once. */
typedef struct bx_breaker {
    size_t function; /* a rule, by its place in rule_order, or behind these a reaction */
    uint32_t at;     /* its instruction */
} bx_breaker;

/* BX_EMODEL where the network has what can't be followed: delays, fast reactions, random numbers.
 */
bx_tangent *bx_tangent_new(const bx_network *network, size_t count, bx_error *err);
void bx_tangent_free(bx_tangent *tangent); /* NULL is fine */

/* How many numbers rows have: with the time, or without, which saves computing them. */
void bx_tangent_with_time(bx_tangent *tangent, bool with);

/* Begin with derivatives by values that are set just before, as by bx_cell_set: names[i] is a
 * species, a parameter or a quotient. NULL: all are 0. `held` are the variables that were set;
 * rules in `frame` are up to date. */
int bx_tangent_begin(bx_tangent *tangent, const char *const *names, const bool *held,
                     const double *frame, bx_error *err);

/* What initial formulas make, at time 0, of rows that were edited: those of variables that are not
 * held. */
int bx_tangent_follow(bx_tangent *tangent, const bool *held, const double *frame, bx_error *err);

/* The row of a slot. Of rules they are those of the last bx_tangent_rules. */
const double *bx_tangent_row(const bx_tangent *tangent, uint32_t slot);

/* To write into a row of all its numbers. */
double *bx_tangent_edit(bx_tangent *tangent, uint32_t slot);

/* The time's row is such a number for each variable, NULL for 0, and 1 by the time. */
void bx_tangent_move_time(bx_tangent *tangent, const double *by);

/* Compute the rows of rules, and the rules in `frame`: all, or without `all` those that the state
 * or the time moves. */
void bx_tangent_rules(bx_tangent *tangent, double *frame, bool all);

/* The derivatives of the rates at which species change, rules included: out has a row of `stride`
 * for each place in the state, as position[species] says, which starts as 0. */
void bx_tangent_rates(bx_tangent *tangent, double *frame, const uint32_t *position, size_t stride,
                      double *out);

/* The same of the sizes of all terms that they are sums of, for how far rounding moves them. Rows
 * of rules are not right afterwards. */
void bx_tangent_sizes(bx_tangent *tangent, double *frame, const uint32_t *position, size_t stride,
                      double *out);

/* The derivatives of what code puts into `target`; rows of rules are up to date. */
void bx_tangent_code(bx_tangent *tangent, bx_range code, uint32_t target, double *frame,
                     double *out);

/* Back, by the chain rule: from `weights` of the rates of change, by place in the state, to the
 * derivatives of their weighted sum by each slot, which are added to `adjoints`, of as many numbers
 * as the frame has. Rules in `frame` are up to date. Those of rules still have to go back. */
void bx_tangent_back_rates(bx_tangent *tangent, double *frame, const uint32_t *position,
                           const double *weights, double *adjoints);

/* From adjoints of all slots to those of species and parameters, where no rule is solved for. What
 * other slots are left with means nothing. */
void bx_tangent_back_rules(bx_tangent *tangent, double *frame, double *adjoints);

/* Operators that change at once. Rules are up to date, here and below. */
const bx_breaker *bx_tangent_breakers(const bx_tangent *tangent, size_t *count);

/* On which side each of them is, and what it compares, as a difference, or rounds. */
void bx_tangent_outcomes(bx_tangent *tangent, double *frame, double *outcomes, double *levels);

/* The derivatives of what changes sign, or comes to a whole number, where one of them changes. */
void bx_tangent_breaker(bx_tangent *tangent, size_t breaker, double *frame, double *out);

/* The label of a rule or reaction, by its number as above. */
bx_label bx_tangent_label(const bx_tangent *tangent, size_t function);

/* The first function with a derivative that is not finite in the last bx_tangent_rates, and by
 * which of the variables. */
bool bx_tangent_not_finite(const bx_tangent *tangent, size_t *function, size_t *variable);

#endif
