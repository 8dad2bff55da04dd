#include "inside/output.h"

#include "core/clock.h"
#include "inside/interrupt.h"
#include "wire/server.h"
#include "wire/zygote.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_LIMIT = 1024 };
static const int64_t progress_interval = 20000000; /* nanoseconds */

static uint64_t call_id;
static size_t room; /* bytes the call may still print */
static volatile size_t held_length;
static int64_t last_progress;
static bx_buffer frame;    /* scratch */
static uint8_t held[4096]; /* printed, not yet sent; last, so that the others share a page */

void bx_output_send(const uint8_t *bytes, size_t length)
{
    if (bx_answer_write(BX_WORKER_DESCRIPTOR, bytes, length) < 0)
        _exit(BX_EXIT_HOST_GONE);
}

/* Send the scratch frame; one that could not be built is dropped. */
static void send_frame(int status)
{
    if (status == 0)
        bx_output_send(frame.data, frame.length);
    frame.length = 0;
}

void bx_output_send_hello(void)
{
    if (bx_answer_hello(&frame, NULL) < 0)
        _exit(EXIT_FAILURE);
    send_frame(0);
}

void bx_output_send_error(uint64_t call, double time, bx_code code, const char *message,
                          const bx_buffer *details)
{
    bx_failure failure = {
        .code = bx_code_describe(code)->name, .message = message, .details = details};
    if (bx_answer_error(&frame, call, time, &failure, NULL) < 0)
        _exit(EXIT_FAILURE); /* the host, which waits, sees that */
    send_frame(0);
}

void bx_output_begin(uint64_t call, size_t limit)
{
    call_id = call;
    room = limit;
    held_length = 0;
    last_progress = 0;
    bx_buffer_reserve(&frame, sizeof held + 64); /* before the VM's code has used up its memory */
}

void bx_output_flush(void)
{
    if (held_length == 0)
        return;
    int status = bx_answer_output(&frame, call_id, held, held_length, NULL);
    held_length = 0;
    send_frame(status);
}

static void hold(const char *bytes, size_t length)
{
    if (held_length == 0 && length)
        bx_interrupt_flush_soon();
    while (length) {
        size_t part = sizeof held - held_length;
        if (part > length)
            part = length;
        memcpy(held + held_length, bytes, part);
        held_length += part;
        bytes += part;
        length -= part;
        if (held_length == sizeof held)
            bx_output_flush();
    }
}

static void print_bytes(lua_State *L, const char *bytes, size_t length)
{
    if (length > room) {
        hold(bytes, room);
        room = 0;
        bx_interrupt_raise(L, BX_CAUSE_OUTPUT);
    }
    room -= length;
    hold(bytes, length);
}

int bx_output_lua_print(lua_State *L)
{
    int count = lua_gettop(L);
    if (call_id == 0)
        return luaL_error(L, "an organism that is being loaded cannot print: nobody would see it");
    for (int i = 1; i <= count; i++) {
        size_t length;
        const char *text = luaL_tolstring(L, i, &length);
        if (i > 1)
            print_bytes(L, "\t", 1);
        print_bytes(L, text, length);
        lua_pop(L, 1);
    }
    print_bytes(L, "\n", 1);
    return 0;
}

void bx_output_progress(double fraction, double sim_time, const char *text, size_t length)
{
    if (call_id == 0) /* an organism that is being loaded */
        return;
    int64_t now = bx_clock_now();
    bx_output_flush();
    if (last_progress && now - last_progress < progress_interval)
        return;
    last_progress = now;
    if (length > TEXT_LIMIT)
        length = TEXT_LIMIT;
    if (!(fraction >= 0))
        fraction = 0;
    send_frame(bx_answer_progress(&frame, call_id, fraction > 1 ? 1 : fraction, sim_time, text,
                                  length, NULL));
}

int bx_output_lua_progress(lua_State *L)
{
    size_t length = 0;
    double fraction = luaL_checknumber(L, 1);
    const char *text = luaL_optlstring(L, 2, NULL, &length);
    bx_output_progress(fraction, NAN, text, length);
    return 0;
}
