#include "inside/memory.h"

#include <stdlib.h>

void *bx_memory_allocate(void *data, void *block, size_t old_size, size_t size)
{
    bx_memory *memory = data;
    if (!block)
        old_size = 0; /* Lua passes a type here */
    if (size == 0) {
        free(block);
        memory->used -= old_size;
        return NULL;
    }
    if (memory->limit && size > old_size &&
        (memory->used > memory->limit || size - old_size > memory->limit - memory->used))
        return NULL;
    void *moved = realloc(block, size);
    if (moved)
        memory->used += size - old_size;
    else if (size <= old_size)
        moved = block; /* Lua relies on shrinking */
    return moved;
}
