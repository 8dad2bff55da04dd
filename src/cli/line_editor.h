/* A line of text from a terminal, edited by libedit, with history and completion. For Lua: an
 * object with read, remember and close. */
#ifndef BX_CLI_LINE_EDITOR_H
#define BX_CLI_LINE_EDITOR_H

#include <lua.h>

/* line_editor(complete, paint): the terminal's editor. complete(before, after) gets the text around
 * the cursor; it gives the text to insert and a list to show, or nil for either. paint(before,
 * after), or nil for no colours, gives that text with codes for colours in it. */
int line_editor_new(lua_State *L);

#endif
