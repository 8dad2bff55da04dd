/* Conservation laws of a network: the sums of species, with coefficients, that no reaction changes.
 * They are the left null space of the stoichiometry matrix (Reder, J. Theor. Biol. 135, 175, 1988).
 * Rates of change beside reactions count as reactions of one species; species that no reaction
 * changes have no part in it. */
#ifndef BX_ANALYSIS_CONSERVATION_H
#define BX_ANALYSIS_CONSERVATION_H

#include "analysis/matrix.h"
#include "core/error.h"
#include "model/network.h"

typedef struct bx_conservation {
    size_t species, count; /* places, and laws */
    bx_csr laws;           /* law -> places */
    double *coefficients;  /* beside; whole and without a common divisor if `exact` */
    uint32_t *dependent;   /* law -> the place that follows from the others of the law */
    bool *is_dependent;    /* place -> some law's */
    bool exact; /* by whole numbers; else stoichiometries had no such, and rounding decided */
} bx_conservation;

/* position[species] is the place, of `count`, of a species that reactions change. `order`, places,
 * says who is asked first: dependent are the later ones. NULL: as they stand. */
bx_conservation *bx_conservation_new(const bx_network *network, const uint32_t *position,
                                     size_t count, const uint32_t *order, bx_error *err);
void bx_conservation_free(bx_conservation *laws); /* NULL is fine */

/* What a law adds up to at the values by place. */
double bx_conservation_total(const bx_conservation *laws, size_t law, const double *values);

/* The same laws, for people: rows of coefficients by place that are added up with each other while
 * that leaves fewer below 0, or fewer at all, so that they come to be what is passed on as a whole.
 * The caller's; NULL without memory. */
double *bx_conservation_moieties(const bx_conservation *laws);

/* How all species move with the independent ones, in their order: species x independent (Reder's
 * link matrix). The caller's; NULL without memory. */
bx_matrix *bx_conservation_link(const bx_conservation *laws);

#endif
