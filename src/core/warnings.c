#include "core/warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bx_warnings_free(bx_warnings *warnings)
{
    for (size_t i = 0; i < warnings->count; i++) {
        free(warnings->items[i].element);
        free(warnings->items[i].message);
    }
    free(warnings->items);
    *warnings = (bx_warnings){.strict = warnings->strict};
}

static bx_warning *extend(bx_warnings *warnings)
{
    if (warnings->count == warnings->capacity) {
        size_t capacity = 2 * warnings->capacity + 8;
        bx_warning *items = realloc(warnings->items, capacity * sizeof *items);
        if (!items)
            return NULL;
        warnings->items = items;
        warnings->capacity = capacity;
    }
    bx_warning *added = &warnings->items[warnings->count++];
    *added = (bx_warning){0};
    return added;
}

int bx_warn(bx_warnings *warnings, bx_error *err, const char *code, const char *element,
            const char *format, ...)
{
    bx_error text;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text.message, sizeof text.message, format, arguments);
    va_end(arguments);
    if (!warnings)
        return 0;
    if (warnings->strict)
        return bx_fail(err, BX_EMODEL, "%s (a warning, and warnings are errors here)",
                       text.message);
    bx_warning *added = extend(warnings);
    if (!added)
        return bx_fail_memory(err);
    added->code = code;
    added->element = element ? strdup(element) : NULL;
    added->message = strdup(text.message);
    return added->message && (added->element || !element) ? 0 : bx_fail_memory(err);
}
