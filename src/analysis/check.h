/* What can be said of a network without running it: species that nothing makes, reactions that do
 * not happen, names that nothing reads, how far apart its times are. */
#ifndef BX_ANALYSIS_CHECK_H
#define BX_ANALYSIS_CHECK_H

#include "analysis/matrix.h"
#include "cell/cell.h"

typedef struct bx_check {
    const bx_network *network;
    bool evaluated; /* what follows of rates, times and laws: not with delays or fast reactions */
    double *rates;  /* by reaction: at present, per second */
    bool *never;    /* reaction -> something on its left is 0 and nothing makes it */
    bool *zero;     /* reaction -> its rate is 0 whatever the species that change */
    uint32_t *zero_for; /* reaction -> of those, a fixed slot of 0 that makes it so; BX_SLOT_NONE */
    bool *unreachable;  /* species -> it is 0 and nothing makes it */
    bool *read;         /* species, parameter or rule -> some formula or rate reads it */
    double fastest, slowest; /* times of the linearised equations at present, seconds; 0: none */
    size_t laws;             /* of conservation */
} bx_check;

/* At the cell's present values. A zeroed bx_check is empty; the caller closes it, also on failure.
 */
int bx_check_cell(const bx_cell *cell, bx_check *check, bx_error *err);
void bx_check_close(bx_check *check);

#endif
