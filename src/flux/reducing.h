/* The columns and rows of a program while it is reduced, and after: what restores a basis of the
 * whole from one of what is left goes back over the same steps. */
#ifndef BX_FLUX_REDUCING_H
#define BX_FLUX_REDUCING_H

#include "flux/reduction.h"

#include <stdbool.h>

typedef struct bx_reducing_entry {
    uint32_t row;
    double value;
} bx_reducing_entry;

/* Once it is gone it stays as it was when it went. */
typedef struct bx_reducing_column {
    bx_reducing_entry *entries;
    uint32_t count, capacity;
    double lower, upper, cost;
    uint32_t into; /* what stands for it; itself while it is there */
    double factor; /* times that one; of a fixed one its value */
} bx_reducing_column;

typedef enum bx_reducing_kind {
    BX_ROW_LEFT,
    BX_ROW_EMPTY,
    BX_ROW_ONE,   /* gave its column its value */
    BX_ROW_PAIR,  /* made `gone` a multiple of `kept`, which had these bounds */
    BX_ROW_FORCED /* put each of its columns at a bound */
} bx_reducing_kind;

typedef struct bx_reducing_row {
    uint32_t *columns; /* that have had an entry; some no longer do */
    uint32_t count, capacity;
    uint32_t alive; /* those that still have */
    double lower, upper;
    double size; /* of what was taken from these: its rounding is no demand */
    bool queued;
    bx_reducing_kind kind;
    bool at_most; /* FORCED: its columns make the sum as great as it can be; else as small */
    uint32_t gone, kept;
    double kept_lower, kept_upper;
} bx_reducing_row;

/* A step of its own: a row went, or a column whose bounds left one value. */
typedef struct bx_reducing_step {
    bool is_row;
    uint32_t index;
} bx_reducing_step;

struct bx_reducing {
    size_t whole_rows, whole_columns;
    bx_reducing_column *columns;
    bx_reducing_row *rows;
    bx_reducing_step *steps;
    size_t step_count;
    uint32_t *queue; /* of rows to look at again, each once: a ring */
    size_t first, queued;
    bool failed; /* without memory */
    bool infeasible;
};

bx_reducing_entry *bx_reducing_find(const bx_reducing_column *column, uint32_t row);

#endif
