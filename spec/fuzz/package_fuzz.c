/* A package: the word that it is asked for by, to the end of the line, and its text. */
#include "in_lua.h"

FUZZ_IN_LUA("package_fuzz")
