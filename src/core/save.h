/* Writing a file whole, or not at all. */
#ifndef BX_CORE_SAVE_H
#define BX_CORE_SAVE_H

#include "core/error.h"

#include <stddef.h>

/* Put `length` bytes into the file at `path`: under another name beside it first, so that what was
 * there stays until all is written and on the disk. A link is followed, unless it is another
 * user's; what is no regular file (a pipe, a device) is written to as it is, if somebody reads from
 * it. -1 with BX_EFILE, and nothing is left; only where all but the folder is on the disk, the new
 * file is there. */
int bx_save(const char *path, const void *bytes, size_t length, bx_error *err);

/* The same for a name below an open folder, where no link is followed: one at the name itself is
 * replaced by the file. */
int bx_save_below(int folder, const char *name, const void *bytes, size_t length, bx_error *err);

#endif
