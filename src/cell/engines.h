/* The table of methods of simulation: a new one is a line here, its bx_method and its bx_engine. */
#ifndef BX_CELL_ENGINES_H
#define BX_CELL_ENGINES_H

#include "engine/simulation.h"

extern const bx_engine *const bx_engines[BX_METHOD_COUNT]; /* by bx_method */

/* The method called `name`, or BX_METHOD_COUNT if there is none. */
bx_method bx_method_named(const char *name);

/* The method whose engine does what is asked: exact simulation of rates that depend on time is the
 * hybrid method's, which takes all reactions as stochastic then. */
bx_method bx_method_for(bx_method asked, const bx_network *network);

#endif
