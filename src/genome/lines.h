/* A stream of lines: of a file or of memory, either of them plain or compressed with gzip. Only a
 * window of it is in memory. Lines are text: other bytes are refused. */
#ifndef BX_GENOME_LINES_H
#define BX_GENOME_LINES_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BX_LINE_LENGTH = 1 << 20 }; /* of lines that are read whole */

typedef struct bx_lines_source bx_lines_source;

typedef struct bx_lines {
    const char *name; /* for messages; the tail of a long path */
    uint64_t number;  /* of the line at hand, from 1; 0: none yet */
    char *text;       /* of the line or piece at hand; may be written to, until the next is read */
    size_t length;    /* without the line's end; a 0 follows where a line was read whole */
    uint64_t offset;  /* of the piece in its line */
    bool whole;       /* after bx_lines_piece: the line ends with this piece */
    bx_lines_source *source;
} bx_lines;

/* -1 with BX_EFILE where there is no such file, or it is a folder, a pipe...; with BX_EGENOME where
 * what it holds is no text. `name` and `bytes` must outlive the stream. */
int bx_lines_open(bx_lines *lines, const char *path, bx_error *err);
int bx_lines_open_memory(bx_lines *lines, const char *name, const void *bytes, size_t length,
                         bx_error *err);
void bx_lines_close(bx_lines *lines);

/* 1: a line; 0: the end. */
int bx_lines_next(bx_lines *lines, bx_error *err);

/* For lines of any length: 1: the next piece of a line; 0: the end. Lines of less than 64 KiB come
 * whole. */
int bx_lines_piece(bx_lines *lines, bx_error *err);

/* What comes next, unread: 64 KiB or more of it, if there are so many; a 0 follows. */
int bx_lines_peek(bx_lines *lines, const char **text, size_t *length, bx_error *err);

/* Whether what comes next begins with `text`; -1: failed. */
int bx_lines_start_with(bx_lines *lines, const char *text, bx_error *err);

/* "name:number: what is wrong", BX_EGENOME. */
void bx_lines_error(const bx_lines *lines, uint64_t number, bx_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Put "name:number: " before the message of an error of the genome. */
void bx_lines_prefix(const bx_lines *lines, uint64_t number, bx_error *err);

/* The same with the value -1; macros, so that linters see it. */
#define bx_lines_fail(lines, number, err, ...)                                                     \
    (bx_lines_error((lines), (number), (err), __VA_ARGS__), bx_failed())
#define bx_lines_blame(lines, number, err) (bx_lines_prefix((lines), (number), (err)), bx_failed())

/* A decimal number without sign, the whole of `text`; false: it is none, or too large. */
bool bx_lines_number(const char *text, size_t length, uint64_t *number);

#endif
