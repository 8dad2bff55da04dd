/* SHA-256 (FIPS 180-4). */
#ifndef BX_CORE_SHA256_H
#define BX_CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { BX_SHA256_SIZE = 32 };

typedef struct bx_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[64];
} bx_sha256;

void bx_sha256_begin(bx_sha256 *hash);
void bx_sha256_add(bx_sha256 *hash, const void *bytes, size_t length);
void bx_sha256_end(bx_sha256 *hash, uint8_t digest[BX_SHA256_SIZE]);

#endif
