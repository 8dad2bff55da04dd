/* Reading a file whole. */
#ifndef BX_CORE_FILE_H
#define BX_CORE_FILE_H

#include "core/buffer.h"
#include "core/error.h"

#include <stdbool.h>

/* Append what is in the file; what gzip has compressed is decompressed. -1 with BX_EFILE: it cannot
 * be read, is no regular file, is cut or damaged, or does not fit into out->limit. */
int bx_file_read(const char *path, bx_buffer *out, bx_error *err);

/* The same of a name below an open folder; a link there is refused, and with `own` another user's
 * file. */
int bx_file_read_below(int folder, const char *name, bool own, bx_buffer *out, bx_error *err);

#endif
