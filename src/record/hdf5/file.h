/* Files in HDF5, for Python, R and Julia. A library of its own, for what it stands on is large. The
 * file is made in memory, with nothing in it that tells the time: the same content, the same
 * bytes. */
#ifndef BX_RECORD_HDF5_FILE_H
#define BX_RECORD_HDF5_FILE_H

#include "core/buffer.h"
#include "core/error.h"

typedef struct bx_hdf5 bx_hdf5;

enum { BX_HDF5_RANK = 32 }; /* at most so many axes */

/* Numbers are double, integers int64_t, texts const char *: of variable length, said to be UTF-8,
 * whatever bytes but NUL they have. */
typedef enum bx_hdf5_kind {
    BX_HDF5_NUMBERS,
    BX_HDF5_INTEGERS,
    BX_HDF5_TEXTS,
} bx_hdf5_kind;

/* An array, the last axis fastest; of rank 0 one value. An axis may be 0 long. */
typedef struct bx_hdf5_data {
    bx_hdf5_kind kind;
    const void *values;
    size_t shape[BX_HDF5_RANK];
    size_t rank;
} bx_hdf5_data;

/* The library's version, as "1.10.8". */
const char *bx_hdf5_version(void);

/* NULL with err: memory. */
bx_hdf5 *bx_hdf5_new(bx_error *err);
void bx_hdf5_free(bx_hdf5 *file); /* NULL is fine */

/* Make a dataset; what of numbers has axes is compressed (gzip, after shuffle). `name` is a path of
 * groups, which are made on the way. -1 with BX_EFILE: the name is there already, or leads through
 * what is no group; or BX_EMEMORY. */
int bx_hdf5_write(bx_hdf5 *file, const char *name, const bx_hdf5_data *data, bx_error *err);

/* Give the dataset or group `name` an attribute, in place of one of that key; of rank 0 or 1. A
 * group is made if there is nothing of that name; "/" is the whole file. -1 as above. */
int bx_hdf5_set(bx_hdf5 *file, const char *name, const char *key, const bx_hdf5_data *data,
                bx_error *err);

/* Close it: its bytes are then the caller's, in `out`, which was empty. Only to be freed after
 * this. -1 with BX_EMEMORY or BX_EFILE. */
int bx_hdf5_finish(bx_hdf5 *file, bx_buffer *out, bx_error *err);

#endif
