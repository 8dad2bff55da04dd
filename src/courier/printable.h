/* Text of others, made fit for an error message. */
#ifndef BX_COURIER_PRINTABLE_H
#define BX_COURIER_PRINTABLE_H

#include <stddef.h>

/* Write the bytes to `out`, always terminated and cut where they do not fit: printable ASCII as it
 * is, all else as an escape. Returns `out`. */
const char *bx_printable(char *out, size_t size, const void *bytes, size_t length);

#endif
