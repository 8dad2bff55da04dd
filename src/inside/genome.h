/* The global table `genome` of scripts in a VM: genomes from tables and from text. */
#ifndef BX_INSIDE_GENOME_H
#define BX_INSIDE_GENOME_H

#include <lua.h>

/* new(table), parse(text [, options]), translate(dna [, code]). After the class was opened. */
void bx_genome_open_global(lua_State *L);

#endif
