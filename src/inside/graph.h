/* What the Lua state of a VM holds, as numbered objects: tables, functions, long strings, userdata,
 * and the variables that functions share. Those that are there when the organism has been loaded
 * are the same in every VM of it: they are known by their numbers, and of what they hold, only what
 * has changed since is written. */
#ifndef BX_INSIDE_GRAPH_H
#define BX_INSIDE_GRAPH_H

#include "core/buffer.h"
#include "core/error.h"
#include "core/sha256.h"
#include "wire/packing.h"

#include <lua.h>

#include <stdbool.h>

typedef enum bx_graph_kind {
    BX_GRAPH_STRING, /* longer than those that Lua keeps once */
    BX_GRAPH_TABLE,
    BX_GRAPH_FUNCTION, /* of Lua */
    BX_GRAPH_VARIABLE, /* of one function or more, outside them */
    BX_GRAPH_CELL,
    BX_GRAPH_FLUX,
    BX_GRAPH_OBJECT, /* of a type that travels */
    BX_GRAPH_NATIVE, /* a function of C */
    BX_GRAPH_OTHER,
    BX_GRAPH_KINDS
} bx_graph_kind;

/* How a value is written: this, then what it needs. */
typedef enum bx_graph_tag {
    BX_GRAPH_NIL,
    BX_GRAPH_FALSE,
    BX_GRAPH_TRUE,
    BX_GRAPH_INTEGER, /* u64 */
    BX_GRAPH_FLOAT,
    BX_GRAPH_TEXT,     /* count, bytes */
    BX_GRAPH_REFERENCE /* count: an object's number */
} bx_graph_tag;

typedef struct bx_graph_item {
    const void *pointer; /* to the object, or of a variable lua_upvalueid */
    uint32_t parent;     /* the object it was found in first; 0: none */
    uint32_t place;      /* of a variable: which one of the function that is held in its stead */
    uint8_t kind;
    bool hidden; /* only a function of C leads to it: VM code never has it */
} bx_graph_item;

/* Numbers of objects by their pointers: open addressing. */
typedef struct bx_graph_map {
    const void **pointers;
    uint32_t *numbers;
    size_t capacity, count;
} bx_graph_map;

/* Number all objects that are there, in an order that the organism's files alone decide; of
 * the state that VMs begin with. Raises. */
void bx_graph_begin(lua_State *L);

/* A digest of them, of what they hold, and of the organism's texts. */
const uint8_t *bx_graph_digest(void);

/* Append what has changed since, and the table at the top of the stack, which is popped. Raises;
 * BX_ERESULT names the path of what cannot be saved. The collector must not run. */
void bx_graph_write(lua_State *L, bx_buffer *out);

/* Make it so again, in a state that is as VMs begin, and push that table. What is read is hostile.
 * Raises, and the state is then good for nothing. */
void bx_graph_read(lua_State *L, bx_unpacker *in);

/* ---- for the parts ---- */

/* How many were there when VMs began; push that of a number from 1 on. */
uint32_t bx_graph_known(void);
void bx_graph_push_known(lua_State *L, uint32_t number, bx_graph_item *item);

/* Replace the source of a chunk, at the top, by its main function; by nil where its text is not
 * known or does not compile. */
void bx_graph_compile(lua_State *L);

#endif
