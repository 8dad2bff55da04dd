/* What the law of a reaction is to stochastic simulation: a net of two rates, or mass action. */
#ifndef BX_SBML_LAW_H
#define BX_SBML_LAW_H

#include "core/error.h"
#include "core/names.h"
#include "model/formula.h"

#include <stdbool.h>
#include <stddef.h>

/* A species that a reaction takes. */
typedef struct bx_law_reactant {
    char *name;    /* in the law */
    char *divisor; /* a count divided by it is what the name means; NULL: the count itself */
    double order;  /* how many molecules are taken */
} bx_law_reactant;

typedef struct bx_law_side {
    bx_law_reactant *reactants;
    size_t count;
    bx_names places; /* of the reactants, by name */
} bx_law_side;

/* Whether a law is the difference of the rates of two directions: a sum with terms of both signs,
 * or a product with one such factor, in which each positive term names all that the left side
 * loses, and each negative one all that the right side loses. *sum is then for bx_law_direction. -1
 * without memory. */
int bx_law_is_net(const bx_formula *law, const bx_law_side *left, const bx_law_side *right,
                  size_t *sum, bx_error *err);

/* The rate of one direction. NULL with BX_EMEMORY. */
bx_formula *bx_law_direction(const bx_formula *law, size_t sum, bool backward, bx_error *err);

/* The rate constant of mass action, of counts of molecules, if the law is a product with each
 * reactant to the power of its order, and none besides; else *k is NULL. -1 without memory. */
int bx_law_mass_action(const bx_formula *law, const bx_law_side *left, bx_formula **k,
                       bx_error *err);

/* The law times a number. NULL with BX_EMEMORY. */
bx_formula *bx_law_times(const bx_formula *law, double factor, bx_error *err);

#endif
