/* The configuration of a pool, as its commands read, check and show it. */
#include "in_lua.h"

FUZZ_IN_LUA("configuration_fuzz")
