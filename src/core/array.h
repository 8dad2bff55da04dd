/* Arrays that grow. */
#ifndef BX_CORE_ARRAY_H
#define BX_CORE_ARRAY_H

#include <stddef.h>

/* Twice the room, at first that of 8 items: for bx_array_grow. */
void *bx_array_double(void *items, size_t *capacity, size_t size);

/* Room for one more item of `size` bytes behind the `count` that are there. Gives the array, which
 * may have moved, and sets *capacity; NULL without memory or beyond 2^32 items, and the array is as
 * it was:
 *
 *   item *items = bx_array_grow(list->items, list->count, &list->capacity, sizeof *items);
 *   if (!items) return bx_fail_memory(err);
 *   list->items = items; */
static inline void *bx_array_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    return count < *capacity ? items : bx_array_double(items, capacity, size);
}

#endif
