/* Genomes as the host's scripts make them. Where a file has a mistake: nil and an error. */
#ifndef BX_LUA_GENOME_READER_H
#define BX_LUA_GENOME_READER_H

#include <lua.h>

int bx_lua_genome_load(lua_State *L);  /* load(path [, options]) */
int bx_lua_genome_parse(lua_State *L); /* parse(text [, options]) */
int bx_lua_genome_new(lua_State *L);   /* new(table); raises where that has a mistake */

#endif
