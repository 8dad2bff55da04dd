#include "core/array.h"

#include <stdint.h>
#include <stdlib.h>

void *bx_array_double(void *items, size_t *capacity, size_t size)
{
    size_t more = *capacity ? *capacity * 2 : 8;
    if (more > UINT32_MAX)
        return NULL;
    void *grown = realloc(items, more * size);
    if (grown)
        *capacity = more;
    return grown;
}
