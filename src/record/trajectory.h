/* What a run recorded: a column of times and a column of doubles for each variable. */
#ifndef BX_RECORD_TRAJECTORY_H
#define BX_RECORD_TRAJECTORY_H

#include "core/buffer.h"
#include "core/error.h"
#include "wire/budget.h"

#include <stddef.h>
#include <stdint.h>

typedef struct bx_trajectory bx_trajectory;

/* `names` are copied. NULL with err on failure. `seed` is what a stochastic run used; `method` is
 * a short name such as "ode" or "ssa". */
bx_trajectory *bx_trajectory_new(const char *const *names, size_t columns, const char *method,
                                 uint64_t seed, bx_error *err);
void bx_trajectory_free(bx_trajectory *trajectory); /* NULL is fine */

/* `values` holds one double a column. Times never decrease. */
int bx_trajectory_append(bx_trajectory *trajectory, double time, const double *values,
                         bx_error *err);

/* Make room for `rows` rows in all, so that appending them can't fail. */
int bx_trajectory_reserve(bx_trajectory *trajectory, size_t rows, bx_error *err);

size_t bx_trajectory_rows(const bx_trajectory *trajectory);
size_t bx_trajectory_columns(const bx_trajectory *trajectory);
const char *bx_trajectory_name(const bx_trajectory *trajectory, size_t column);
const char *const *bx_trajectory_names(const bx_trajectory *trajectory); /* of all columns */
const char *bx_trajectory_method(const bx_trajectory *trajectory);
uint64_t bx_trajectory_seed(const bx_trajectory *trajectory);
const double *bx_trajectory_times(const bx_trajectory *trajectory);
const double *bx_trajectory_column(const bx_trajectory *trajectory, size_t column);

/* The column called `name`, or -1. */
ptrdiff_t bx_trajectory_find(const bx_trajectory *trajectory, const char *name);

/* The arithmetic mean of the recorded values; NaN without rows. */
double bx_trajectory_mean(const bx_trajectory *trajectory, size_t column);

/* The value at `time`: linear between rows for a continuous method, the last row at or before it
 * for others. Outside the recorded times: BX_ESIMULATION. */
int bx_trajectory_at(const bx_trajectory *trajectory, size_t column, double time, double *value,
                     bx_error *err);

/* RFC 4180 with a header line "time,A,B"; shortest decimals that read back to the same double. */
int bx_trajectory_csv(const bx_trajectory *trajectory, bx_buffer *out, bx_error *err);

/* {"method":"ssa","seed":"42","time":[…],"columns":{"A":[…]}}: RFC 8259, the same decimals, null
 * for what is not finite. */
int bx_trajectory_json(const bx_trajectory *trajectory, bx_buffer *out, bx_error *err);

/* A flat, little-endian form for the wire; its layout is in trajectory_wire.c. Decoding treats its
 * bytes as hostile: every size is checked against the length, times must not decrease, names must
 * be distinct, non-empty text of at most 255 bytes without control characters, and their number is
 * within the budget. BX_EPROTOCOL on failure. */
int bx_trajectory_encode(const bx_trajectory *trajectory, bx_buffer *out, bx_error *err);
bx_trajectory *bx_trajectory_decode(const uint8_t *bytes, size_t length, bx_budget *budget,
                                    bx_error *err);

#endif
