/* The Lua class "bioxen.Trajectory". Shared by the host's bindings and the worker. */
#ifndef BX_VALUES_TRAJECTORY_H
#define BX_VALUES_TRAJECTORY_H

#include "record/trajectory.h"

#include <lua.h>

/* Create the metatable; call once a state. Pushes the table of methods. */
void bx_lua_open_trajectory(lua_State *L);

/* Push an empty box, so that a memory error can't leak what is put into it next. */
bx_trajectory **bx_lua_new_trajectory(lua_State *L);

/* The trajectory at `index`, or NULL if it is something else. */
bx_trajectory *bx_lua_test_trajectory(lua_State *L, int index);

#endif
