/* What the classes of recorded columns share: their names, and lists of their numbers. */
#ifndef BX_VALUES_COLUMNS_H
#define BX_VALUES_COLUMNS_H

#include <lua.h>
#include <stddef.h>

/* Push "A, B, C, ...", the first dozen. */
void bx_lua_push_name_text(lua_State *L, const char *const *names, size_t count);

/* Push a list. Returns 1. */
int bx_lua_push_names(lua_State *L, const char *const *names, size_t count);
int bx_lua_push_numbers(lua_State *L, const double *values, size_t count);

/* Argument 2 names no column of `what`, "the trajectory": raise, with the names that there are. */
void bx_lua_no_column(lua_State *L, const char *what, const char *const *names, size_t count);

/* plot() in a VM: an error, for drawing takes files, programs and a terminal. On the host
 * lua/bioxen/plot/ takes its place. */
int bx_lua_plot_on_host(lua_State *L);

#endif
