/* Rows of items, one behind the other: row r is items[start[r]] .. items[start[r + 1]]. */
#ifndef BX_MODEL_CSR_H
#define BX_MODEL_CSR_H

#include <stddef.h>
#include <stdint.h>

typedef struct bx_csr {
    size_t rows;
    uint32_t *start; /* rows + 1 of them */
    uint32_t *items;
    size_t row_capacity, capacity;
} bx_csr;

/* No rows yet, to be filled in order with bx_csr_push and bx_csr_end_row; about `rows` will come.
 * -1 without memory, here and below. */
int bx_csr_init(bx_csr *csr, size_t rows);
void bx_csr_free(bx_csr *csr);

/* Add an item to the row being filled. */
int bx_csr_push(bx_csr *csr, uint32_t item);
int bx_csr_end_row(bx_csr *csr);

/* For each item below `columns`, the rows that hold it, ascending. */
int bx_csr_transpose(const bx_csr *csr, size_t columns, bx_csr *transposed);

static inline uint32_t bx_csr_count(const bx_csr *csr, size_t row)
{
    return csr->start[row + 1] - csr->start[row];
}

static inline const uint32_t *bx_csr_row(const bx_csr *csr, size_t row)
{
    return csr->items + csr->start[row];
}

#endif
