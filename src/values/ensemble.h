/* The Lua class "bioxen.Ensemble". Shared by the host's bindings and the worker. */
#ifndef BX_VALUES_ENSEMBLE_H
#define BX_VALUES_ENSEMBLE_H

#include "record/ensemble.h"

#include <lua.h>

/* Create the metatable; call once a state. Pushes the table of methods. */
void bx_lua_open_ensemble(lua_State *L);

/* Push an empty box, so that a memory error can't leak what is put into it next. */
bx_ensemble **bx_lua_new_ensemble(lua_State *L);

/* The ensemble at `index`, or NULL if it is something else. */
bx_ensemble *bx_lua_test_ensemble(lua_State *L, int index);

#endif
