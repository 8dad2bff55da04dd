#include "courier/greeting.h"
#include "courier/printable.h"
#include "courier/relay_parts.h"

#include <string.h>

enum { NOISE = 60 };

static int refuse_noise(bx_relay *relay, const uint8_t *bytes, size_t length, bx_error *err)
{
    uint8_t noise[NOISE];
    char shown[4 * NOISE + 1];
    if (length > NOISE)
        length = NOISE;
    memcpy(noise, bytes, length);
    int more =
        ssh_channel_read_nonblocking(relay->channel, noise + length, (uint32_t)(NOISE - length), 0);
    if (more > 0)
        length += (size_t)more;
    return bx_fail(
        err, BX_EPROTOCOL,
        "the guest %s printed something before its worker greeted, as a shell's start-up "
        "file may: \"%s\"",
        relay->ssh->where, bx_printable(shown, sizeof shown, noise, length));
}

/* 1: heard and good; 0: more is needed; -1 */
static int read_greeting(bx_relay *relay, bx_greeting *hello, bx_error *err)
{
    for (;;) {
        int got = ssh_channel_read_nonblocking(relay->channel, hello->bytes + hello->have,
                                               (uint32_t)(hello->wanted - hello->have), 0);
        if (got <= 0)
            return 0;
        hello->have += (size_t)got;
        if (hello->have < hello->wanted)
            continue;
        switch (bx_greeting_hear(hello, relay->ssh->where, err)) {
        case BX_HEARD_PART: break;
        case BX_HEARD_WHOLE: return 1;
        case BX_HEARD_NOISE: return refuse_noise(relay, hello->bytes, hello->have, err);
        case BX_HEARD_OTHER: return -1;
        }
    }
}

static int refuse_silence(bx_relay *relay, const bx_greeting *hello, bool *absent, bx_error *err)
{
    if (hello->have)
        return refuse_noise(relay, hello->bytes, hello->have, err);
    bx_error how;
    int status = bx_relay_describe_end(relay, BX_EGUEST, &how);
    *absent = status == 126 || status == 127;
    if (*absent)
        return bx_fail(err, BX_EVERSION, "there is no worker in the guest: %s", how.message);
    return bx_fail(err, how.code, "%s before it greeted", how.message);
}

int bx_relay_hear_greeting(bx_relay *relay, bool *absent, bx_error *err)
{
    bx_greeting hello = {.wanted = BX_FRAME_HEAD};
    int64_t status_by = BX_NEVER;
    uint8_t early[BX_RELAY_TAIL];
    int got;
    for (;;) {
        uint64_t news = bx_ssh_news(relay->ssh);
        while ((got = ssh_channel_read_nonblocking(relay->channel, early, sizeof early, 1)) > 0)
            bx_relay_keep_tail(relay, early, (size_t)got);
        int status = read_greeting(relay, &hello, err);
        if (status != 0)
            return status < 0 ? -1 : 0;
        if (bx_relay_guest_ended(relay) && status_by == BX_NEVER)
            status_by = bx_clock_now() + BX_RELAY_STATUS_PATIENCE;
        if (bx_relay_guest_closed(relay) || bx_clock_now() >= status_by)
            return refuse_silence(relay, &hello, absent, err);
        if (bx_ssh_wait(relay->ssh, news, status_by, err) < 0) {
            if (err && err->code == BX_EDEADLINE)
                bx_fail(err, BX_EDEADLINE,
                        "the deadline passed before the worker in the guest %s "
                        "greeted",
                        relay->ssh->where);
            return -1;
        }
    }
}
