/* Secrets in files: read only where nobody else can read or change them. */
#ifndef BX_CORE_SECRET_H
#define BX_CORE_SECRET_H

#include "core/error.h"

enum { BX_SECRET_LIMIT = 4096 };

/* The file's text, in `text` of BX_SECRET_LIMIT bytes; wipe it after use. BX_EFILE: it cannot be
 * read, or others could. */
int bx_secret_read(const char *path, char *text, bx_error *err);

#endif
