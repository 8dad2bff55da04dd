/* Arrays that grow. */
#ifndef BX_CORE_ARRAY_H
#define BX_CORE_ARRAY_H

#include <stddef.h>

/* Room for one more item of `size` bytes behind the `count` that are there. Gives the array, which
 * may have moved, and sets *capacity; NULL without memory or beyond 2^32 items, and the array is as
 * it was:
 *
 *   item *items = bx_array_grow(list->items, list->count, &list->capacity, sizeof *items);
 *   if (!items) return bx_fail_memory(err);
 *   list->items = items; */
void *bx_array_grow(void *items, size_t count, size_t *capacity, size_t size);

#endif
