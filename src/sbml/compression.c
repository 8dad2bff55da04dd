#include "sbml/compression.h"

#include <bzlib.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { PIECE = 32 << 10 };

/* A stream that turns input into output, piece by piece. */
typedef struct stream {
    z_stream z;
    bz_stream b;
    bool bzip2;
} stream;

typedef enum outcome { MORE, ENDED, DAMAGED } outcome;

static bool begins_as_gzip(const uint8_t *bytes, size_t length)
{
    return length > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

static bool begins_as_bzip2(const uint8_t *bytes, size_t length)
{
    return length > 9 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9' &&
           memcmp(bytes + 4, "1AY&SY", 6) == 0;
}

static bool open_stream(stream *s, bool bzip2, int window)
{
    *s = (stream){.bzip2 = bzip2};
    return bzip2 ? BZ2_bzDecompressInit(&s->b, 0, 0) == BZ_OK : inflateInit2(&s->z, window) == Z_OK;
}

static void close_stream(stream *s)
{
    if (s->bzip2)
        BZ2_bzDecompressEnd(&s->b);
    else
        inflateEnd(&s->z);
}

/* Take from *input, of which *left bytes are there, and fill `piece`. */
static outcome step(stream *s, const uint8_t **input, size_t *left, uint8_t *piece, size_t *made)
{
    unsigned given = (unsigned)(*left < (1U << 30) ? *left : 1U << 30), rest;
    int result;
    if (s->bzip2) {
        s->b.next_in = (char *)*input;
        s->b.avail_in = given;
        s->b.next_out = (char *)piece;
        s->b.avail_out = PIECE;
        result = BZ2_bzDecompress(&s->b);
        rest = s->b.avail_in;
        *made = PIECE - s->b.avail_out;
    } else {
        s->z.next_in = (uint8_t *)*input;
        s->z.avail_in = given;
        s->z.next_out = piece;
        s->z.avail_out = PIECE;
        result = inflate(&s->z, Z_NO_FLUSH);
        rest = s->z.avail_in;
        *made = PIECE - s->z.avail_out;
    }
    *input += given - rest;
    *left -= given - rest;
    if (result == (s->bzip2 ? BZ_STREAM_END : Z_STREAM_END))
        return ENDED;
    bool fine = result == 0; /* BZ_OK, Z_OK */
    return fine && (given > rest || *made > 0) ? MORE : DAMAGED;
}

/* One part of what is compressed; *input and *left move behind it. */
static int expand(bool bzip2, int window, const uint8_t **input, size_t *left, bx_buffer *out,
                  bx_error *err)
{
    stream s;
    uint8_t piece[PIECE];
    outcome now = MORE;
    if (!open_stream(&s, bzip2, window))
        return bx_fail_memory(err);
    int result = 0;
    while (now == MORE && result == 0) {
        size_t made;
        now = step(&s, input, left, piece, &made);
        if (out->limit && made > out->limit - out->length)
            result = bx_fail(err, BX_EMODEL, "at most %zu bytes of a model expected", out->limit);
        else if (bx_buffer_append(out, piece, made) < 0)
            result = bx_fail_memory(err);
    }
    close_stream(&s);
    if (result == 0 && now == DAMAGED)
        return bx_fail(err, BX_EMODEL, "what is compressed is damaged or cut");
    return result;
}

bool bx_is_compressed(const uint8_t *bytes, size_t length)
{
    return begins_as_gzip(bytes, length) || begins_as_bzip2(bytes, length);
}

int bx_decompress(const uint8_t *bytes, size_t length, bx_buffer *out, bx_error *err)
{
    int result = 0;
    while (result == 0 && bx_is_compressed(bytes, length))
        result = expand(begins_as_bzip2(bytes, length), 16 + MAX_WBITS, &bytes, &length, out, err);
    return result;
}

int bx_compress(const uint8_t *bytes, size_t length, bx_buffer *out)
{
    z_stream z = {0};
    if (length > UINT_MAX ||
        deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    z.next_in = (uint8_t *)bytes;
    z.avail_in = (unsigned)length;
    int result, done = 0;
    do {
        uint8_t piece[PIECE];
        z.next_out = piece;
        z.avail_out = PIECE;
        result = deflate(&z, Z_FINISH);
        done = bx_buffer_append(out, piece, PIECE - z.avail_out);
    } while (result == Z_OK && done == 0);
    deflateEnd(&z);
    return result == Z_STREAM_END && done == 0 ? 0 : -1;
}

/* ---- zip (APPNOTE.TXT of PKWARE, 6.3) ---- */

enum { END = 22, ENTRY = 46, LOCAL = 30, COMMENT_MAXIMUM = 65535 };

static uint32_t two(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

static uint32_t four(const uint8_t *at)
{
    return two(at) | two(at + 2) << 16;
}

static int damaged(bx_error *err)
{
    return bx_fail(err, BX_EMODEL, "the archive is damaged or cut");
}

bool bx_zip_is(const uint8_t *bytes, size_t length)
{
    return length > 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

/* The end of the directory, behind which only a comment stands; NULL if there is none. */
static const uint8_t *find_end(const uint8_t *bytes, size_t length)
{
    for (size_t back = END; back <= length && back <= END + COMMENT_MAXIMUM; back++)
        if (memcmp(bytes + length - back, "PK\5\6", 4) == 0)
            return bytes + length - back;
    return NULL;
}

int bx_zip_each(const uint8_t *bytes, size_t length,
                int (*visit)(void *data, const bx_zip_file *file, bx_error *err), void *data,
                bx_error *err)
{
    const uint8_t *end = find_end(bytes, length);
    if (!end || four(end + 16) > length)
        return damaged(err);
    const uint8_t *at = bytes + four(end + 16);
    for (uint32_t i = 0; i < two(end + 10); i++) {
        size_t left = (size_t)(bytes + length - at);
        if (left < ENTRY || memcmp(at, "PK\1\2", 4) != 0 ||
            left < ENTRY + (size_t)two(at + 28) + two(at + 30) + two(at + 32))
            return damaged(err);
        bx_zip_file file = {.offset = four(at + 42),
                            .compressed = four(at + 20),
                            .size = four(at + 24),
                            .link = (four(at + 38) >> 16 & S_IFMT) == S_IFLNK,
                            .check = four(at + 16),
                            .method = two(at + 8) & 1 ? UINT32_MAX : two(at + 10)};
        size_t name = two(at + 28);
        bool fits = name > 0 && name < sizeof file.name && !memchr(at + ENTRY, 0, name);
        memcpy(file.name, at + ENTRY, fits ? name : 0);
        int result = fits && file.name[name - 1] != '/' ? visit(data, &file, err) : 0;
        if (result != 0)
            return result;
        at += ENTRY + name + two(at + 30) + two(at + 32);
    }
    return 0;
}

int bx_zip_read(const uint8_t *bytes, size_t length, const bx_zip_file *file, bx_buffer *out,
                bx_error *err)
{
    if (file->offset > length || length - file->offset < LOCAL)
        return damaged(err);
    const uint8_t *local = bytes + file->offset;
    size_t head = LOCAL + (size_t)two(local + 26) + two(local + 28);
    size_t left = length - file->offset, start = out->length;
    if (memcmp(local, "PK\3\4", 4) != 0 || left < head || left - head < file->compressed)
        return damaged(err);
    const uint8_t *input = local + head;
    left = file->compressed;
    if (file->method != 0 && file->method != Z_DEFLATED)
        return bx_fail(err, BX_EMODEL,
                       "%s: it is encrypted, or compressed in a way that is not read", file->name);
    if (file->method == Z_DEFLATED) {
        if (expand(false, -MAX_WBITS, &input, &left, out, err) < 0)
            return -1;
    } else if (bx_buffer_append(out, input, left) < 0) {
        return bx_fail(err, BX_EMODEL, "at most %zu bytes of a model expected", out->limit);
    }
    size_t made = out->length - start;
    uint32_t check = made > 0 ? (uint32_t)crc32_z(0, out->data + start, made) : 0;
    return check == file->check ? 0 : damaged(err);
}
