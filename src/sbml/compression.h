/* What gzip, bzip2 and zip have compressed. The bytes are hostile: what comes out of them is at
 * most as long as the limit of the buffer that takes it. */
#ifndef BX_SBML_COMPRESSION_H
#define BX_SBML_COMPRESSION_H

#include "core/buffer.h"
#include "core/error.h"

/* Whether the bytes begin as what gzip or bzip2 makes. */
bool bx_is_compressed(const uint8_t *bytes, size_t length);

/* Append what is compressed by gzip or bzip2, one part after the other. -1 with BX_EMODEL: damaged,
 * cut, or too long for out->limit. */
int bx_decompress(const uint8_t *bytes, size_t length, bx_buffer *out, bx_error *err);

/* Append the bytes as gzip has them, in little time. -1 without memory, or beyond out->limit. */
int bx_compress(const uint8_t *bytes, size_t length, bx_buffer *out);

/* An archive of type zip: its files, by name. */
typedef struct bx_zip_file {
    char name[256];
    size_t offset; /* of its local header */
    size_t compressed;
    size_t size;    /* of what is in it, as the archive says */
    bool link;      /* a symbolic link, whose target is what is in it */
    uint32_t check; /* CRC-32 of what is in it */
    uint32_t method;
} bx_zip_file;

/* Whether the bytes begin as an archive does. */
bool bx_zip_is(const uint8_t *bytes, size_t length);

/* Call visit(data, file) for each file, folders left out, until it gives other than 0, which is
 * given back. -1 with BX_EMODEL: damaged, or of a kind that is not read. */
int bx_zip_each(const uint8_t *bytes, size_t length,
                int (*visit)(void *data, const bx_zip_file *file, bx_error *err), void *data,
                bx_error *err);

/* Append what is in the file. -1 with BX_EMODEL. */
int bx_zip_read(const uint8_t *bytes, size_t length, const bx_zip_file *file, bx_buffer *out,
                bx_error *err);

#endif
