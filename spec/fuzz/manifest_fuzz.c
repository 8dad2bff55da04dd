/* The manifest of an organism. */
#include "in_lua.h"

FUZZ_IN_LUA("manifest_fuzz")
