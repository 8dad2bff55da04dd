#include "kernel/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 65536 };

static int wrong(bx_error *err, const char *what)
{
    return bx_fail(err, BX_EFILE, "the connection file: %s", what);
}

/* The address's letters are those of numbers, of names, and * for all. */
static bool is_address(const char *ip)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:*-_%";
    size_t length = strlen(ip);
    return length > 0 && length < 128 && ip[strspn(ip, letters)] == '\0';
}

static bool is_path(const char *ip)
{
    size_t length = strlen(ip);
    return length > 0 && length < 90; /* a Unix socket's has 107 bytes */
}

/* The integer of that name, from 1 to 65535; 0: it is none. */
static int port_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    json_int_t port = json_is_integer(value) ? json_integer_value(value) : 0;
    return port >= 1 && port <= 65535 ? (int)port : 0;
}

static int read_endpoints(const json_t *object, bx_kernel_connection *connection, bx_error *err)
{
    static const char *const names[] = {
        [BX_KERNEL_SHELL] = "shell_port",  [BX_KERNEL_CONTROL] = "control_port",
        [BX_KERNEL_STDIN] = "stdin_port",  [BX_KERNEL_IOPUB] = "iopub_port",
        [BX_KERNEL_HEARTBEAT] = "hb_port",
    };
    const char *transport = json_string_value(json_object_get(object, "transport"));
    const char *ip = json_string_value(json_object_get(object, "ip"));
    bool tcp = transport && strcmp(transport, "tcp") == 0;
    if (!tcp && !(transport && strcmp(transport, "ipc") == 0))
        return wrong(err, "transport must be tcp or ipc");
    if (!ip || !(tcp ? is_address(ip) : is_path(ip)))
        return wrong(err, "ip is no address to listen at");
    int ports[BX_KERNEL_CHANNELS];
    for (int i = 0; i < BX_KERNEL_CHANNELS; i++) {
        ports[i] = port_of(object, names[i]);
        if (!ports[i])
            return bx_fail(err, BX_EFILE, "the connection file: %s must be from 1 to 65535",
                           names[i]);
        for (int j = 0; j < i; j++)
            if (ports[j] == ports[i])
                return bx_fail(err, BX_EFILE, "the connection file: %s and %s are the same",
                               names[j], names[i]);
        const char *format = !tcp              ? "ipc://%s-%d"
                             : strchr(ip, ':') ? "tcp://[%s]:%d"
                                               : "tcp://%s:%d";
        snprintf(connection->endpoint[i], sizeof connection->endpoint[i], format, ip, ports[i]);
    }
    return 0;
}

static int read_key(const json_t *object, bx_kernel_connection *connection, bx_error *err)
{
    const json_t *key = json_object_get(object, "key");
    const char *scheme = json_string_value(json_object_get(object, "signature_scheme"));
    if (!scheme || strcmp(scheme, "hmac-sha256") != 0)
        return wrong(err, "signature_scheme must be hmac-sha256");
    size_t length = json_string_length(key);
    if (!json_is_string(key) || length == 0)
        return wrong(err, "it has no key, and whoever may connect could run code");
    if (length > sizeof connection->key)
        return wrong(err, "the key is too long");
    memcpy(connection->key, json_string_value(key), length);
    connection->key_length = length;
    return 0;
}

int bx_kernel_connection_parse(const char *text, size_t length, bx_kernel_connection *connection,
                               bx_error *err)
{
    json_error_t ignored; /* its text may quote the file's, and so the key */
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &ignored);
    *connection = (bx_kernel_connection){.key_length = 0};
    int result = json_is_object(object) ? 0 : wrong(err, "it is no object in JSON");
    if (result == 0)
        result = read_endpoints(object, connection, err);
    if (result == 0)
        result = read_key(object, connection, err);
    json_decref(object);
    return result;
}

int bx_kernel_connection_read(const char *path, bx_kernel_connection *connection, bx_error *err)
{
    char text[FILE_LIMIT + 1];
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot read the connection file %s", path);
    ssize_t length = 0, got = 0;
    bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    while (regular && length < (ssize_t)sizeof text &&
           (got = read(file, text + length, sizeof text - (size_t)length)) > 0)
        length += got;
    close(file);
    if (!regular || got < 0)
        return wrong(err, "it is no regular file that can be read");
    if (length > FILE_LIMIT)
        return wrong(err, "it has more than 65536 bytes");
    int result = bx_kernel_connection_parse(text, (size_t)length, connection, err);
    explicit_bzero(text, sizeof text);
    connection->exposed = (status.st_mode & 077) != 0;
    return result;
}
