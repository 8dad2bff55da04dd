/* What a reader found that is not as it should be, and whose meaning is certain all the same: it
 * goes on, and says so. Where the user wants none of that, the first warning is an error. */
#ifndef BX_CORE_WARNINGS_H
#define BX_CORE_WARNINGS_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bx_warning {
    const char *code; /* of its kind, a word; static */
    char *element;    /* the id of what it is about, or NULL */
    char *message;
} bx_warning;

/* A zeroed one is an empty list. */
typedef struct bx_warnings {
    bx_warning *items;
    size_t count, capacity;
    bool strict; /* a warning is an error */
} bx_warnings;

void bx_warnings_free(bx_warnings *warnings);

/* Add one; to NULL it is lost. -1 with BX_EMODEL where they are strict, or BX_EMEMORY. */
int bx_warn(bx_warnings *warnings, bx_error *err, const char *code, const char *element,
            const char *format, ...) __attribute__((format(printf, 5, 6)));

#ifdef __cplusplus
}
#endif

#endif
