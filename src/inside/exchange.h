/* What the interpreter of SED-ML in lua/bioxen/sedml needs beside Lua: files in archives, XML with
 * XPath, and cells beside the VM's own. Inside a VM it is `require "exchange"`. */
#ifndef BX_INSIDE_EXCHANGE_H
#define BX_INSIDE_EXCHANGE_H

#include <lua.h>

void bx_exchange_open(lua_State *L);

#endif
