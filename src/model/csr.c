#include "model/csr.h"

#include <stdlib.h>

/* `rows` counts the rows ended while a csr is being filled, so that start[rows] is where the
 * present one stands. */
int bx_csr_init(bx_csr *csr, size_t rows)
{
    *csr = (bx_csr){0};
    csr->row_capacity = rows + 2;
    csr->start = calloc(csr->row_capacity, sizeof *csr->start);
    csr->items = malloc(16 * sizeof *csr->items);
    csr->capacity = 16;
    if (csr->start && csr->items)
        return 0;
    bx_csr_free(csr);
    return -1;
}

void bx_csr_free(bx_csr *csr)
{
    free(csr->start);
    free(csr->items);
    *csr = (bx_csr){0};
}

int bx_csr_push(bx_csr *csr, uint32_t item)
{
    uint32_t *end = &csr->start[csr->rows + 1];
    if (*end == csr->capacity) {
        size_t capacity = csr->capacity * 2;
        uint32_t *items =
            capacity > UINT32_MAX ? NULL : realloc(csr->items, capacity * sizeof *items);
        if (!items)
            return -1;
        csr->items = items;
        csr->capacity = capacity;
    }
    csr->items[(*end)++] = item;
    return 0;
}

int bx_csr_end_row(bx_csr *csr)
{
    if (csr->rows + 2 == csr->row_capacity) {
        size_t capacity = csr->row_capacity * 2;
        uint32_t *start = realloc(csr->start, capacity * sizeof *start);
        if (!start)
            return -1;
        csr->start = start;
        csr->row_capacity = capacity;
    }
    csr->rows++;
    csr->start[csr->rows + 1] = csr->start[csr->rows];
    return 0;
}

int bx_csr_transpose(const bx_csr *csr, size_t columns, bx_csr *transposed)
{
    size_t total = csr->start[csr->rows];
    *transposed = (bx_csr){.rows = columns, .row_capacity = columns + 2, .capacity = total + 1};
    transposed->start = calloc(columns + 2, sizeof *transposed->start);
    transposed->items = malloc((total + 1) * sizeof *transposed->items);
    if (!transposed->start || !transposed->items) {
        bx_csr_free(transposed);
        return -1;
    }
    uint32_t *start = transposed->start;
    for (size_t i = 0; i < total; i++)
        start[csr->items[i] + 1]++;
    for (size_t c = 0; c < columns; c++)
        start[c + 1] += start[c];
    for (size_t r = 0; r < csr->rows; r++)
        for (uint32_t i = csr->start[r]; i < csr->start[r + 1]; i++)
            transposed->items[start[csr->items[i]]++] = (uint32_t)r;
    /* filling moved each start to its row's end */
    for (size_t c = columns; c > 0; c--)
        start[c] = start[c - 1];
    start[0] = 0;
    return 0;
}
