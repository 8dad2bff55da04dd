/* The Lua module bioxen.hdf5, a shared object of its own that is loaded when it is first used, for
 * the library below it is large. */
#ifndef BX_LUA_HDF5_HDF5_H
#define BX_LUA_HDF5_HDF5_H

#include <lua.h>

/* A table with version, of the library, and create(path): a file, which is written when it is
 * closed; nil and an error where it could not be. Its methods return true, or nil and an error:
 *   write(name, values[, shape[, attributes]]): a dataset, in groups that are made on the way.
 *     values: a list of numbers, the last axis fastest, or of texts; shape: a list of whole
 *     numbers, {} for one value, the list's length if nil. Or, in place of the list, numbers
 *     packed by string.pack("d…"); or a trajectory: its times, then its columns, a row each.
 *   attributes(name, table): of a dataset or a group. Texts, numbers, lists of either: an empty
 *     one is of texts.
 *   close(): put it under its name, where what was there stays until then. A file that is not
 *     closed leaves nothing. */
__attribute__((visibility("default"))) int luaopen_bioxen_hdf5(lua_State *L);

#endif
