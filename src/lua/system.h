/* What bioxen's own Lua asks of the machine: programs, files, the terminal. */
#ifndef BX_LUA_SYSTEM_H
#define BX_LUA_SYSTEM_H

#include <lua.h>

/* run_program({ name, argument... }, input, timeout): what it wrote, what it complained of, its
 * status; or nil, an error, and whether there is no such program. */
int bx_lua_run_program(lua_State *L);

/* save_file(path, bytes): true; or nil and an error, and nothing is left of it. */
int bx_lua_save_file(lua_State *L);

/* resident(pid): bytes of memory that a process holds, those that it shares with others too; nil
 * where the kernel does not say. */
int bx_lua_resident(lua_State *L);

/* cores(): how many this process may run on. */
int bx_lua_cores(lua_State *L);

/* terminal(): the columns of the terminal that standard output is, or nil. */
int bx_lua_terminal(lua_State *L);

/* process(): the number of this process, and of its user. */
int bx_lua_process(lua_State *L);

/* missing_calls(): the names of the system calls without which the host runs no VM and which this
 * kernel, or the container's filter, refuses; in an array. */
int bx_lua_missing_calls(lua_State *L);

#endif
