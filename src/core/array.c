#include "core/array.h"

#include <stdint.h>
#include <stdlib.h>

void *bx_array_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t more = *capacity ? *capacity * 2 : 8;
    if (more > UINT32_MAX)
        return NULL;
    void *grown = realloc(items, more * size);
    if (grown)
        *capacity = more;
    return grown;
}
