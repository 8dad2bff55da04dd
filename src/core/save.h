/* Writing a file whole, or not at all. */
#ifndef BX_CORE_SAVE_H
#define BX_CORE_SAVE_H

#include "core/error.h"

#include <stddef.h>

/* Put `length` bytes into the file at `path`: under another name beside it first, so that what was
 * there stays until all is written. A link is followed; what is no regular file (a pipe, a device)
 * is written to as it is. -1 with BX_EFILE, and nothing is left. */
int bx_save(const char *path, const void *bytes, size_t length, bx_error *err);

#endif
