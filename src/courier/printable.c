#include "courier/printable.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *bx_printable(char *out, size_t size, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        char piece[8];
        if (at[i] == '\n')
            memcpy(piece, "\\n", sizeof "\\n");
        else if (at[i] >= ' ' && at[i] < 0x7f)
            snprintf(piece, sizeof piece, "%c", at[i]);
        else
            snprintf(piece, sizeof piece, "\\x%02x", at[i]);
        size_t more = strlen(piece);
        if (used + more >= size)
            break;
        memcpy(out + used, piece, more + 1);
        used += more;
    }
    return out;
}
