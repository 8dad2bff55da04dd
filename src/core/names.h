/* A map from names to indexes: open addressing, the names belong to the caller. Hashes are keyed by
 * random bytes of the process: who chooses the names can't make them collide. */
#ifndef BX_CORE_NAMES_H
#define BX_CORE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define BX_NAME_NONE SIZE_MAX

/* Longest name of a species, parameter, rule, reaction, event or process, in bytes. */
#define BX_NAME_LENGTH 255

typedef struct bx_names_entry {
    const char *name;
    uint64_t hash;
    size_t index;
} bx_names_entry;

/* A zeroed bx_names is an empty map. */
typedef struct bx_names {
    bx_names_entry *entries;
    size_t capacity, count;
    uint64_t key[2]; /* of the hashes */
} bx_names;

void bx_names_free(bx_names *names);

/* The index stored for `name`, or BX_NAME_NONE. */
size_t bx_names_find(const bx_names *names, const char *name);

/* Add a name that is not there yet; it must outlive the map. -1 without memory. */
int bx_names_add(bx_names *names, const char *name, size_t index);

#endif
