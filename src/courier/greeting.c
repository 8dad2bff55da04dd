#include "courier/greeting.h"

#include "courier/printable.h"
#include "wire/value.h"

#include <string.h>

static int check_version(const uint8_t *payload, size_t length, const char *where, bx_error *err)
{
    bx_reader reader = {payload, payload + length};
    bx_token version;
    bx_error error;
    char shown[128];
    if (bx_value_check(payload, length, 1, &error) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &version, &error) < 0)
        return bx_fail(err, BX_EPROTOCOL, "the greeting of the worker in the guest %s: %s", where,
                       error.message);
    if (version.length != strlen(BX_PROTOCOL_VERSION) ||
        memcmp(version.bytes, BX_PROTOCOL_VERSION, version.length) != 0)
        return bx_fail(
            err, BX_EVERSION,
            "the worker in the guest %s speaks \"%s\", this host \"%s\": install the two "
            "together",
            where, bx_printable(shown, sizeof shown, version.bytes, version.length),
            BX_PROTOCOL_VERSION);
    return 0;
}

bx_heard bx_greeting_hear(bx_greeting *greeting, const char *where, bx_error *err)
{
    bx_frame_head head;
    if (bx_frame_read_head(greeting->bytes, &head, NULL) < 0 || head.type != BX_FRAME_HELLO ||
        head.length > BX_GREETING_LIMIT || head.call != 0)
        return BX_HEARD_NOISE;
    greeting->wanted = BX_FRAME_HEAD + head.length;
    if (greeting->have < greeting->wanted)
        return BX_HEARD_PART;
    return check_version(greeting->bytes + BX_FRAME_HEAD, head.length, where, err) < 0
               ? BX_HEARD_OTHER
               : BX_HEARD_WHOLE;
}
