/* Lua's allocator: counts bytes and refuses beyond a limit. */
#ifndef BX_INSIDE_MEMORY_H
#define BX_INSIDE_MEMORY_H

#include <stddef.h>

typedef struct bx_memory {
    size_t used;
    size_t limit; /* 0: none */
} bx_memory;

/* A lua_Alloc; `data` is a bx_memory. */
void *bx_memory_allocate(void *data, void *block, size_t old_size, size_t size);

#endif
