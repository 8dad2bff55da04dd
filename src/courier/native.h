/* What the courier's steps, which are in Lua, see of it: the module "bioxen.native". Functions that
 * wait give nil and an error { code, message, … } when they fail, or when the request is over. */
#ifndef BX_COURIER_NATIVE_H
#define BX_COURIER_NATIVE_H

#include "core/error.h"
#include "courier/control.h"

#include <lua.h>

struct bx_native_relay;

typedef struct bx_native {
    bx_loop loop;
    bx_control control;
    bx_pump relay_watch; /* tells the host of relays that have ended */
    struct bx_native_relay *relays;
} bx_native;

/* Push the module; `native` outlives the state. */
void bx_native_open(lua_State *L, bx_native *native);

bx_native *bx_native_of(lua_State *L);

/* Push nil and the error as a table. */
int bx_native_fail(lua_State *L, const bx_error *error);

/* The string field `key` of the table at `index`, which stays alive as long as the table does, or
 * NULL. */
const char *bx_native_text(lua_State *L, int index, const char *key);
double bx_native_number(lua_State *L, int index, const char *key, double otherwise);
bool bx_native_flag(lua_State *L, int index, const char *key);

/* Each adds its functions to the table at the top. */
void bx_native_open_http(lua_State *L);
void bx_native_open_ssh(lua_State *L);
void bx_native_open_files(lua_State *L);

#endif
