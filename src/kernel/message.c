#include "kernel/message.h"

#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char delimiter[] = "<IDS|MSG>";

enum { SIGNATURE, HEADER, PARENT, METADATA, CONTENT, PARTS }; /* after the delimiter */

/* ---- signatures ---- */

int bx_kernel_sign(const bx_kernel_connection *connection, const bx_kernel_frame parts[4],
                   char signature[BX_KERNEL_SIGNATURE + 1])
{
    unsigned char digest[BX_KERNEL_SIGNATURE / 2];
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                               OSSL_PARAM_construct_end()};
    size_t length = 0;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    int good = context && EVP_MAC_init(context, (const unsigned char *)connection->key,
                                       connection->key_length, parameters);
    for (int i = 0; i < 4 && good; i++)
        good = EVP_MAC_update(context, parts[i].bytes, parts[i].length);
    good =
        good && EVP_MAC_final(context, digest, &length, sizeof digest) && length == sizeof digest;
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    for (size_t i = 0; i < sizeof digest && good; i++)
        snprintf(signature + 2 * i, 3, "%02x", digest[i]);
    return good ? 0 : -1;
}

static bool is_signed(const bx_kernel_connection *connection, const bx_kernel_frame *parts)
{
    char expected[BX_KERNEL_SIGNATURE + 1];
    return parts[SIGNATURE].length == BX_KERNEL_SIGNATURE &&
           bx_kernel_sign(connection, parts + HEADER, expected) == 0 &&
           CRYPTO_memcmp(parts[SIGNATURE].bytes, expected, BX_KERNEL_SIGNATURE) == 0;
}

/* ---- reading ---- */

static json_t *load(const bx_kernel_frame *part)
{
    json_t *value = json_loadb(part->bytes, part->length, JSON_ALLOW_NUL, NULL);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

/* The header's type of message; -1: it is no header. */
static int read_header(const bx_kernel_frame *part, bx_kernel_request *request)
{
    json_t *header = load(part);
    const char *type = json_string_value(json_object_get(header, "msg_type"));
    bool good = type && json_is_string(json_object_get(header, "msg_id")) &&
                strlen(type) < sizeof request->type;
    if (good)
        snprintf(request->type, sizeof request->type, "%s", type);
    json_decref(header);
    return good ? 0 : -1;
}

static int keep(bx_buffer *buffer, const bx_kernel_frame *frame)
{
    return frame->length ? bx_buffer_append(buffer, frame->bytes, frame->length) : 0;
}

static int fill(bx_kernel_request *request, const bx_kernel_frame *frames, size_t identities,
                bx_error *err)
{
    const bx_kernel_frame *parts = frames + identities + 1;
    if (read_header(&parts[HEADER], request) < 0)
        return bx_fail(err, BX_EPROTOCOL, "its header is none");
    static const int objects[] = {PARENT, METADATA, CONTENT};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        json_t *value = load(&parts[objects[i]]);
        if (!value)
            return bx_fail(err, BX_EPROTOCOL, "a part of it is no object in JSON");
        json_decref(value);
    }
    for (size_t i = 0; i < identities; i++)
        if (keep(&request->identity[request->identities++], &frames[i]) < 0)
            return bx_fail_memory(err);
    if (keep(&request->header, &parts[HEADER]) < 0 ||
        keep(&request->content, &parts[CONTENT]) < 0 ||
        keep(&request->metadata, &parts[METADATA]) < 0)
        return bx_fail_memory(err);
    return 0;
}

bx_kernel_request *bx_kernel_request_read(const bx_kernel_frame *frames, size_t count,
                                          const bx_kernel_connection *connection,
                                          bx_kernel_channel channel, bx_error *err)
{
    size_t identities = 0;
    while (identities < count && identities <= BX_KERNEL_IDENTITIES &&
           !(frames[identities].length == sizeof delimiter - 1 &&
             memcmp(frames[identities].bytes, delimiter, sizeof delimiter - 1) == 0))
        identities++;
    if (identities > BX_KERNEL_IDENTITIES || identities + 1 + PARTS > count) {
        bx_fail(err, BX_EPROTOCOL, "its frames are not those of a message");
        return NULL;
    }
    if (!is_signed(connection, frames + identities + 1)) {
        bx_fail(err, BX_EPROTOCOL, "it is not signed with this kernel's key");
        return NULL;
    }
    bx_kernel_request *request = calloc(1, sizeof *request);
    if (!request) {
        bx_fail_memory(err);
        return NULL;
    }
    atomic_init(&request->references, 1);
    request->channel = channel;
    if (fill(request, frames, identities, err) == 0)
        return request;
    bx_kernel_request_release(request);
    return NULL;
}

bx_kernel_request *bx_kernel_request_hold(bx_kernel_request *request)
{
    if (request)
        atomic_fetch_add(&request->references, 1);
    return request;
}

void bx_kernel_request_release(bx_kernel_request *request)
{
    if (!request || atomic_fetch_sub(&request->references, 1) > 1)
        return;
    for (size_t i = 0; i < request->identities; i++)
        bx_buffer_free(&request->identity[i]);
    bx_buffer_free(&request->header);
    bx_buffer_free(&request->content);
    bx_buffer_free(&request->metadata);
    free(request);
}

bool bx_kernel_request_flag(const bx_kernel_request *request, const char *name)
{
    bx_kernel_frame part = {request->content.data, request->content.length};
    json_t *content = load(&part);
    bool value = json_is_true(json_object_get(content, name));
    json_decref(content);
    return value;
}

/* ---- text ---- */

size_t bx_kernel_unfinished(const uint8_t *bytes, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        uint8_t byte = bytes[length - back];
        if ((byte & 0xC0) == 0x80)
            continue;
        size_t size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return size > back ? back : 0;
    }
    return 0;
}
