/* Classes of userdata with inheritance. A class's metatable is in the registry under its name;
 * its methods are a table whose own metatable leads to the parent's. */
#ifndef BX_LUA_CLASS_H
#define BX_LUA_CLASS_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

typedef struct bx_lua_class {
    const char *name;                  /* "bioxen.BasicBiologicalVM" */
    const struct bx_lua_class *parent; /* or NULL */
    const luaL_Reg *methods;
    const luaL_Reg *metamethods; /* or NULL */
} bx_lua_class;

/* Create the metatable, parent first; leave the methods table on the stack. */
void bx_lua_open_class(lua_State *L, const bx_lua_class *class_);

/* Give the userdata at the top its class. */
void bx_lua_set_class(lua_State *L, const bx_lua_class *class_);

/* The userdata at `argument` if it is of the class or inherits from it; raises otherwise. */
void *bx_lua_check_class(lua_State *L, int argument, const bx_lua_class *class_);

/* The same, NULL otherwise. */
void *bx_lua_test_class(lua_State *L, int argument, const bx_lua_class *class_);

/* The class of the userdata at `index`, or NULL. */
const bx_lua_class *bx_lua_class_of(lua_State *L, int index);

/* Whether a class, or NULL, is the one of that name or inherits from it. */
bool bx_lua_is_a(const bx_lua_class *class_, const char *name);

/* ---- arguments that are tables of options; they are read raw (values/options.h) ---- */

/* Raise unless every key of the table (or nil) at `argument` is one of `allowed` (NULL-ended);
 * the message names what is allowed. */
void bx_lua_check_options(lua_State *L, int argument, const char *const allowed[]);

/* The number `key` of the options at `argument`, `otherwise` if absent. Raises, naming the key, if
 * it is no number or not greater than 0. */
double bx_lua_positive_option(lua_State *L, int argument, const char *key, double otherwise);

/* A boolean option. */
int bx_lua_boolean_option(lua_State *L, int argument, const char *key, int otherwise);

#endif
