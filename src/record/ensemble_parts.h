/* What an ensemble holds, for ensemble.c and ensemble_wire.c. */
#ifndef BX_RECORD_ENSEMBLE_PARTS_H
#define BX_RECORD_ENSEMBLE_PARTS_H

#include "core/names.h"
#include "record/ensemble.h"
#include "record/moments.h"

#define BX_ENSEMBLE_METHOD_LENGTH 31

struct bx_ensemble {
    bx_ensemble_plan plan; /* its pointers are those below */
    char **names;
    bx_names index;
    double *times, *quantiles;
    char method[BX_ENSEMBLE_METHOD_LENGTH + 1];
    uint64_t runs, steps;
    bx_moments *moments; /* row after row, a column each */
    bx_bins *bins;       /* likewise; NULL if none are kept */
    double *present; /* likewise, the rows of the run that is not complete; NULL before the first */
    size_t present_rows;
};

#endif
