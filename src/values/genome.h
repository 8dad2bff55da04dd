/* The Lua class "bioxen.Genome". Shared by the host's bindings and the worker. */
#ifndef BX_VALUES_GENOME_H
#define BX_VALUES_GENOME_H

#include "genome/genome.h"

#include <lua.h>

/* Create the metatable; call once a state. */
void bx_lua_open_genome(lua_State *L);

/* Push an empty box, so that a memory error can't leak what is put into it next. */
bx_genome **bx_lua_new_genome(lua_State *L);

/* The box at the top was filled: tell the collector, which sees the box alone, what is in it. */
void bx_lua_weigh_genome(lua_State *L);

/* The genome at `index`, or NULL if it is something else. */
bx_genome *bx_lua_test_genome(lua_State *L, int index);

/* translate(dna [, code]): all codons, stops as "*"; by code 11 unless another is given. */
int bx_lua_genome_translate(lua_State *L);

/* Tables that scripts give (genome_table.c). Raw access: no metamethod runs. */

/* Push the genome that a table at `index` describes: { sequences = { { id =, length =, circular =,
 * code =, description =, bases = }… }, genes = { { id =, name =, type =, start =, stop =, strand =
 * "+", … }… } }; raises where it has a mistake. Lists as g:sequences() gives them, and genes as
 * g:gene(id) does, are read too. */
int bx_lua_genome_from_table(lua_State *L, int index);

/* Options of reading, from a table or nil: format, code, circular, strict and, with `files`, fasta.
 * What they point to stays on the stack. Raises where they have a mistake. */
void bx_lua_genome_options(lua_State *L, int index, bool files, bx_genome_options *options);

/* Raise unless all keys of the table at `index` are among `allowed` (NULL-ended). `what` it is. */
void bx_lua_check_keys(lua_State *L, int index, const char *const *allowed, const char *what);

#endif
