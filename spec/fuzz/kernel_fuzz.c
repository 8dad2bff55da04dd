/* What may come to a notebook's kernel: frames that are to be a message, signed or not, and the
 * connection file. The first byte tells which; each frame has its length before it. */
#include "kernel/message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { UNSIGNED, SIGNED, CONNECTION };

static size_t split(const uint8_t *bytes, size_t length, bx_kernel_frame *frames)
{
    size_t count = 0;
    while (length >= 2 && count < BX_KERNEL_FRAMES) {
        size_t size = (size_t)bytes[0] << 8 | bytes[1];
        bytes += 2;
        length -= 2;
        size = size < length ? size : length;
        frames[count++] = (bx_kernel_frame){bytes, size};
        bytes += size;
        length -= size;
    }
    return count;
}

/* Sign what stands behind the delimiter, if anything does. */
static void sign(const bx_kernel_connection *connection, bx_kernel_frame *frames, size_t count,
                 char *signature)
{
    for (size_t i = 0; i + 5 < count; i++)
        if (frames[i].length == 9 && memcmp(frames[i].bytes, "<IDS|MSG>", 9) == 0) {
            if (bx_kernel_sign(connection, frames + i + 2, signature) == 0)
                frames[i + 1] = (bx_kernel_frame){signature, BX_KERNEL_SIGNATURE};
            return;
        }
}

static void read_connection(const uint8_t *bytes, size_t length)
{
    bx_kernel_connection connection;
    bx_error error;
    if (bx_kernel_connection_parse((const char *)bytes, length, &connection, &error) < 0)
        return;
    if (connection.key_length == 0 || connection.key_length > sizeof connection.key)
        abort();
    for (int i = 0; i < BX_KERNEL_CHANNELS; i++)
        if (strncmp(connection.endpoint[i], "tcp://", 6) != 0 &&
            strncmp(connection.endpoint[i], "ipc://", 6) != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const bx_kernel_connection connection = {.key = "key", .key_length = 3};
    bx_kernel_frame frames[BX_KERNEL_FRAMES];
    char signature[BX_KERNEL_SIGNATURE + 1];
    bx_error error;
    if (length == 0)
        return 0;
    if (bytes[0] == CONNECTION) {
        read_connection(bytes + 1, length - 1);
        return 0;
    }
    size_t count = split(bytes + 1, length - 1, frames);
    if (bytes[0] == SIGNED)
        sign(&connection, frames, count, signature);
    bx_kernel_request *request =
        bx_kernel_request_read(frames, count, &connection, BX_KERNEL_SHELL, &error);
    if (request && (strlen(request->type) >= sizeof request->type || !request->header.length))
        abort();
    bx_kernel_request_flag(request ? request : &(bx_kernel_request){0}, "restart");
    bx_kernel_request_release(request);
    bx_kernel_unfinished(bytes, length);
    return 0;
}
