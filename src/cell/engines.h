/* The table of methods of simulation: who adds one adds it to bx_method and here. */
#ifndef BX_CELL_ENGINES_H
#define BX_CELL_ENGINES_H

#include "engine/simulation.h"

extern const bx_engine bx_engines[BX_METHOD_COUNT]; /* by bx_method */

/* The method called `name`, or BX_METHOD_COUNT if there is none. */
bx_method bx_method_named(const char *name);

#endif
