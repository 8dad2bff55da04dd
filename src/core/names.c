#include "core/names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* Room of a map with its first name. */
#define CAPACITY_LEAST 8

/* 16 bytes that the kernel gave the process; the map keeps them, for they are searched for. */
static void take_key(bx_names *names)
{
    const void *bytes = (const void *)getauxval(AT_RANDOM);
    if (bytes)
        memcpy(names->key, bytes, sizeof names->key);
    names->key[1] |= 1;
}

/* Eight bytes at a time: both halves of the product with the key. */
static uint64_t hash(const bx_names *names, const char *name)
{
    uint64_t h = names->key[0];
    for (size_t left = strlen(name) + 1; left > 0;) { /* the end counts too */
        size_t part = left < sizeof h ? left : sizeof h;
        uint64_t word = 0;
        memcpy(&word, name, part);
        unsigned __int128 product = (unsigned __int128)(h ^ word) * names->key[1];
        h = (uint64_t)product ^ (uint64_t)(product >> 64);
        name += part;
        left -= part;
    }
    return h;
}

void bx_names_free(bx_names *names)
{
    free(names->entries);
    *names = (bx_names){0};
}

/* Where the name stands, or the free place for it. */
static bx_names_entry *find(const bx_names *names, const char *name, uint64_t h)
{
    size_t mask = names->capacity - 1, slot = (size_t)h & mask;
    bx_names_entry *entries = names->entries;
    while (entries[slot].name && (entries[slot].hash != h || strcmp(entries[slot].name, name) != 0))
        slot = (slot + 1) & mask;
    return &entries[slot];
}

size_t bx_names_find(const bx_names *names, const char *name)
{
    if (names->capacity == 0)
        return BX_NAME_NONE;
    const bx_names_entry *entry = find(names, name, hash(names, name));
    return entry->name ? entry->index : BX_NAME_NONE;
}

static int grow(bx_names *names)
{
    bx_names bigger = *names;
    if (names->capacity == 0)
        take_key(&bigger);
    bigger.capacity = names->capacity ? names->capacity * 2 : CAPACITY_LEAST;
    bigger.entries = calloc(bigger.capacity, sizeof *bigger.entries);
    if (!bigger.entries)
        return -1;
    for (size_t i = 0; i < names->capacity; i++) {
        const bx_names_entry *entry = &names->entries[i];
        if (entry->name)
            *find(&bigger, entry->name, entry->hash) = *entry;
    }
    free(names->entries);
    *names = bigger;
    return 0;
}

int bx_names_add(bx_names *names, const char *name, size_t index)
{
    if (names->count + 1 > names->capacity / 2 && grow(names) < 0)
        return -1;
    uint64_t h = hash(names, name);
    *find(names, name, h) = (bx_names_entry){name, h, index};
    names->count++;
    return 0;
}
