/* What a guest says before its worker greets, in pieces. The first byte is their length. */
#include "courier/greeting.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_greeting greeting = {.wanted = BX_FRAME_HEAD};
    bx_error error;
    size_t in = 1, piece = length ? bytes[0] + 1u : 0;
    while (in < length) {
        size_t more = greeting.wanted - greeting.have;
        more = more < piece ? more : piece;
        more = more < length - in ? more : length - in;
        memcpy(greeting.bytes + greeting.have, bytes + in, more);
        greeting.have += more;
        in += more;
        if (greeting.have < greeting.wanted)
            continue;
        error.message[0] = '\0';
        bx_heard heard = bx_greeting_hear(&greeting, "guest", &error);
        if (greeting.wanted > sizeof greeting.bytes ||
            (heard == BX_HEARD_PART && greeting.wanted <= greeting.have) ||
            (heard == BX_HEARD_OTHER && !error.message[0]) ||
            (heard == BX_HEARD_WHOLE && !memmem(greeting.bytes, greeting.have, BX_PROTOCOL_VERSION,
                                                strlen(BX_PROTOCOL_VERSION))))
            abort();
        if (heard != BX_HEARD_PART)
            break;
    }
    return 0;
}
