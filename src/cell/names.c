#include "cell/names.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3u;
    return h ^ (h >> 32);
}

void bx_names_free(bx_names *names)
{
    free(names->entries);
    *names = (bx_names){0};
}

static size_t slot_of(const bx_names *names, const char *name)
{
    size_t mask = names->capacity - 1;
    size_t slot = (size_t)hash(name) & mask;
    while (names->entries[slot].name && strcmp(names->entries[slot].name, name) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

size_t bx_names_find(const bx_names *names, const char *name)
{
    if (names->capacity == 0)
        return BX_NAME_NONE;
    const bx_names_entry *entry = &names->entries[slot_of(names, name)];
    return entry->name ? entry->index : BX_NAME_NONE;
}

static int grow(bx_names *names)
{
    bx_names bigger = {.capacity = names->capacity ? names->capacity * 2 : 16};
    bigger.entries = calloc(bigger.capacity, sizeof *bigger.entries);
    if (!bigger.entries)
        return -1;
    for (size_t i = 0; i < names->capacity; i++)
        if (names->entries[i].name)
            bigger.entries[slot_of(&bigger, names->entries[i].name)] = names->entries[i];
    bigger.count = names->count;
    free(names->entries);
    *names = bigger;
    return 0;
}

int bx_names_add(bx_names *names, const char *name, size_t index)
{
    if (names->count + 1 > names->capacity / 2 && grow(names) < 0)
        return -1;
    names->entries[slot_of(names, name)] = (bx_names_entry){name, index};
    names->count++;
    return 0;
}
