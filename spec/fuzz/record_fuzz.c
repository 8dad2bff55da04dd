/* The manifest of a run. */
#include "in_lua.h"

FUZZ_IN_LUA("record_fuzz")
