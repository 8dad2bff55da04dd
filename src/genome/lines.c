#include "genome/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    CHUNK = 64 << 10,
    BUFFER = BX_LINE_LENGTH + 2 * CHUNK,
    NAME_LENGTH = 200,
    /* Genomes compress to a third or a quarter; runs of N to more, but hardly for so long. */
    BOMB_RATIO = 100,
    BOMB_FREE = 64 << 20
};
#define TOTAL_LENGTH (UINT64_C(1) << 33) /* of the text */

struct bx_lines_source {
    int fd; /* -1: memory */
    const uint8_t *memory;
    size_t memory_left;
    bool packed, in_member;
    z_stream z;
    uint64_t total_in, total_out;
    size_t start, end; /* of what is in the buffer and not yet read */
    char newline;      /* what ends its lines */
    bool ended;
    bool within; /* a line of which a piece was read */
    char name[NAME_LENGTH + 8];
    uint8_t packed_bytes[CHUNK + 16];
    char buffer[BUFFER + 1];
};

void bx_lines_prefix(const bx_lines *lines, uint64_t number, bx_error *err)
{
    if (err->code != BX_EGENOME)
        return;
    bx_error plain = *err;
    snprintf(err->message, sizeof err->message, "%s:%" PRIu64 ": %.700s", lines->name,
             number ? number : 1, plain.message);
}

void bx_lines_error(const bx_lines *lines, uint64_t number, bx_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err->code = BX_EGENOME;
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    bx_lines_prefix(lines, number, err);
}

bool bx_lines_number(const char *text, size_t length, uint64_t *number)
{
    uint64_t sum = 0;
    if (length == 0 || length > 18) /* 18 digits do not overflow */
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        sum = sum * 10 + (uint64_t)(text[i] - '0');
    }
    *number = sum;
    return true;
}

/* Bytes as they are in the file or memory: how many, 0 at the end, -1. */
static ssize_t read_raw(bx_lines *lines, void *to, size_t size, bx_error *err)
{
    bx_lines_source *source = lines->source;
    ssize_t count;
    if (source->fd < 0) {
        count = (ssize_t)(source->memory_left < size ? source->memory_left : size);
        if (count > 0)
            memcpy(to, source->memory, (size_t)count);
        source->memory += count;
        source->memory_left -= (size_t)count;
    } else {
        do
            count = read(source->fd, to, size);
        while (count < 0 && errno == EINTR);
        if (count < 0)
            return bx_fail_errno(err, BX_EFILE, errno, "%s", lines->name);
    }
    source->total_in += (uint64_t)count;
    return count;
}

/* 1: there are packed bytes at hand; 0: the end. */
static int need_packed(bx_lines *lines, bx_error *err)
{
    bx_lines_source *source = lines->source;
    if (source->z.avail_in > 0)
        return 1;
    ssize_t count = read_raw(lines, source->packed_bytes, CHUNK, err);
    if (count < 0)
        return -1;
    if (count == 0 && source->in_member)
        return bx_lines_fail(lines, lines->number, err, "the gzip stream is cut short");
    source->z.next_in = source->packed_bytes;
    source->z.avail_in = (uInt)count;
    return count > 0;
}

/* As read_raw, of what was compressed: one member of a gzip file after the other. */
static ssize_t read_unpacked(bx_lines *lines, void *to, size_t size, bx_error *err)
{
    z_stream *z = &lines->source->z;
    z->next_out = to;
    z->avail_out = (uInt)size;
    while (z->avail_out == size) {
        int more = need_packed(lines, err);
        if (more <= 0)
            return more;
        if (!lines->source->in_member) {
            if (*z->next_in == 0) { /* padding between members or at the end */
                z->next_in++;
                z->avail_in--;
                continue;
            }
            inflateReset(z);
            lines->source->in_member = true;
        }
        int result = inflate(z, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR)
            return bx_fail_memory(err);
        if (result == Z_STREAM_END)
            lines->source->in_member = false;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            return bx_lines_fail(lines, lines->number, err, "the gzip stream is corrupt: %s",
                                 z->msg ? z->msg : "it makes no sense");
    }
    return (ssize_t)(size - z->avail_out);
}

/* What is left moves to the front, and more follows it: 1, or 0 at the end. */
static int fill(bx_lines *lines, bx_error *err)
{
    bx_lines_source *source = lines->source;
    if (source->ended)
        return 0;
    if (source->start > 0) {
        memmove(source->buffer, source->buffer + source->start, source->end - source->start);
        source->end -= source->start;
        source->start = 0;
    }
    char *to = source->buffer + source->end;
    ssize_t count =
        source->packed ? read_unpacked(lines, to, CHUNK, err) : read_raw(lines, to, CHUNK, err);
    if (count < 0)
        return -1;
    source->ended = count == 0;
    source->end += (size_t)count;
    source->total_out += (uint64_t)count;
    if (source->packed && source->total_out > BOMB_FREE &&
        source->total_out / BOMB_RATIO > source->total_in)
        return bx_lines_fail(lines, lines->number, err,
                             "the gzip stream grows more than %d times: no genome does",
                             BOMB_RATIO);
    if (source->total_out > TOTAL_LENGTH)
        return bx_lines_fail(lines, lines->number, err, "the text is longer than %" PRIu64 " GiB",
                             (uint64_t)(TOTAL_LENGTH >> 30));
    return count > 0;
}

/* Give out the first `length` bytes of the buffer, and skip the line's end after them. */
static void take(bx_lines *lines, size_t length, bool newline)
{
    bx_lines_source *source = lines->source;
    lines->text = source->buffer + source->start;
    lines->length = length;
    source->start += length + newline;
    if (length > 0 && lines->text[length - 1] == '\r' && lines->whole)
        lines->length--;
}

static int check_text(bx_lines *lines, bx_error *err)
{
    for (size_t i = 0; i < lines->length; i++) {
        unsigned char c = (unsigned char)lines->text[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return bx_lines_fail(lines, lines->number, err,
                                 "byte 0x%02x in column %zu: text was expected", c, i + 1);
    }
    return 1;
}

/* The length of the line in the buffer; SIZE_MAX: its end is not there, nor `enough` bytes. */
static size_t find_end(bx_lines_source *source, size_t scanned, bool *newline)
{
    const char *from = source->buffer + source->start;
    const char *end =
        memchr(from + scanned, source->newline, source->end - source->start - scanned);
    *newline = end != NULL;
    return end ? (size_t)(end - from) : SIZE_MAX;
}

int bx_lines_next(bx_lines *lines, bx_error *err)
{
    bx_lines_source *source = lines->source;
    bool newline;
    size_t length, scanned = 0;
    lines->number++;
    while ((length = find_end(source, scanned, &newline)) == SIZE_MAX) {
        scanned = source->end - source->start;
        int more = scanned <= BX_LINE_LENGTH ? fill(lines, err) : 1;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        if (scanned > BX_LINE_LENGTH)
            return bx_lines_fail(lines, lines->number, err, "the line is longer than 1 MiB");
    }
    if (length == SIZE_MAX && scanned == 0) {
        lines->number--;
        return 0;
    }
    lines->whole = true;
    lines->offset = 0;
    take(lines, newline ? length : scanned, newline);
    lines->text[lines->length] = '\0';
    return check_text(lines, err);
}

int bx_lines_piece(bx_lines *lines, bx_error *err)
{
    bx_lines_source *source = lines->source;
    bool newline;
    size_t length, scanned = 0;
    lines->number += !source->within;
    while ((length = find_end(source, scanned, &newline)) == SIZE_MAX) {
        scanned = source->end - source->start;
        int more = scanned < CHUNK ? fill(lines, err) : 0;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
    }
    if (length == SIZE_MAX && scanned == 0 && source->ended) {
        lines->number -= !source->within;
        source->within = false;
        return 0;
    }
    lines->whole = newline || source->ended;
    if (!lines->whole && source->buffer[source->end - 1] == '\r')
        scanned--; /* may be half a line's end */
    lines->offset = source->within ? lines->offset + lines->length : 0;
    source->within = !lines->whole;
    take(lines, newline ? length : scanned, newline);
    return 1;
}

int bx_lines_peek(bx_lines *lines, const char **text, size_t *length, bx_error *err)
{
    bx_lines_source *source = lines->source;
    int more = 1;
    while (more > 0 && source->end - source->start < CHUNK)
        more = fill(lines, err);
    *text = source->buffer + source->start;
    *length = source->end - source->start;
    source->buffer[source->end] = '\0';
    return more < 0 ? -1 : 0;
}

int bx_lines_start_with(bx_lines *lines, const char *text, bx_error *err)
{
    bx_lines_source *source = lines->source;
    size_t length = strlen(text);
    while (source->end - source->start < length) {
        int more = fill(lines, err);
        if (more <= 0)
            return more;
    }
    return memcmp(source->buffer + source->start, text, length) == 0;
}

static const struct {
    const char *magic, *what;
} other_files[] = {
    {"PK\3\4", "a ZIP archive"},
    {"BZh", "compressed with bzip2"},
    {"\375"
     "7zXZ",
     "compressed with xz"},
    {"\050\265\057\375", "compressed with zstd"},
    {"\377\376", "UTF-16 text"},
    {"\376\377", "UTF-16 text"},
    {"\037\213", "compressed twice"},
    {"\177ELF", "a program"},
    {"%PDF", "a PDF"},
};

/* The first line ends as those of a Macintosh of the last century. */
static bool ends_with_returns(const char *text, size_t length)
{
    const char *end = memchr(text, '\r', length);
    return end && !memchr(text, '\n', (size_t)(end - text)) && end[1] != '\n' &&
           end + 1 < text + length;
}

/* Of what kind the stream is, by what it begins with. */
static int begin(bx_lines *lines, bx_error *err)
{
    bx_lines_source *source = lines->source;
    int packed = bx_lines_start_with(lines, "\037\213", err);
    if (packed > 0) {
        source->packed = true;
        memcpy(source->packed_bytes, source->buffer, source->end);
        source->z.next_in = source->packed_bytes;
        source->z.avail_in = (uInt)source->end;
        source->end = 0;
        source->total_out = 0;
        source->ended = false;
        if (inflateInit2(&source->z, 16 + MAX_WBITS) != Z_OK)
            return bx_fail_memory(err);
        source->in_member = true;
    }
    int marked = packed < 0 ? -1 : bx_lines_start_with(lines, "\357\273\277", err);
    if (marked < 0)
        return -1;
    source->start += marked ? 3 : 0; /* UTF-8's mark */
    for (size_t i = 0; i < sizeof other_files / sizeof *other_files; i++)
        if (bx_lines_start_with(lines, other_files[i].magic, err) > 0)
            return bx_fail(err, BX_EGENOME, "%s: this is %s, and not the text of a genome",
                           lines->name, other_files[i].what);
    const char *text;
    size_t length;
    if (bx_lines_peek(lines, &text, &length, err) < 0)
        return -1;
    source->newline = ends_with_returns(text, length) ? '\r' : '\n';
    if (memchr(source->buffer + source->start, 0, length < 512 ? length : 512))
        return bx_fail(err, BX_EGENOME, "%s: this is binary, and not the text of a genome",
                       lines->name);
    return 0;
}

static int start(bx_lines *lines, const char *name, int fd, bx_error *err)
{
    bx_lines_source *source = calloc(1, sizeof *source);
    if (!source) {
        if (fd >= 0)
            close(fd);
        return bx_fail_memory(err);
    }
    source->fd = fd;
    source->newline = '\n';
    size_t length = strlen(name);
    snprintf(source->name, sizeof source->name, "%s%s", length > NAME_LENGTH ? "..." : "",
             length > NAME_LENGTH ? name + length - NAME_LENGTH : name);
    *lines = (bx_lines){.name = source->name, .source = source};
    return 0;
}

int bx_lines_open(bx_lines *lines, const char *path, bx_error *err)
{
    *lines = (bx_lines){0};
    struct stat about;
    /* a pipe without a writer must not hold it up */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "%.500s", path);
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode)) {
        bx_error_set(err, BX_EFILE, "%.500s: %s, and not a file", path,
                     S_ISDIR(about.st_mode) ? "this is a folder" : "this is a pipe or a device");
        close(fd);
        return -1;
    }
    if (start(lines, path, fd, err) < 0)
        return -1;
    if (begin(lines, err) == 0)
        return 0;
    bx_lines_close(lines);
    return -1;
}

int bx_lines_open_memory(bx_lines *lines, const char *name, const void *bytes, size_t length,
                         bx_error *err)
{
    *lines = (bx_lines){0};
    if (start(lines, name, -1, err) < 0)
        return -1;
    lines->source->memory = bytes;
    lines->source->memory_left = length;
    if (begin(lines, err) == 0)
        return 0;
    bx_lines_close(lines);
    return -1;
}

void bx_lines_close(bx_lines *lines)
{
    bx_lines_source *source = lines->source;
    if (!source)
        return;
    if (source->fd >= 0)
        close(source->fd);
    if (source->packed)
        inflateEnd(&source->z);
    free(source);
    *lines = (bx_lines){0};
}
