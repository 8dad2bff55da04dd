/* A channel for tests of connections. */
#ifndef BX_CHANNEL_MOCK_H
#define BX_CHANNEL_MOCK_H

#include "wire/channel.h"

/* Reads give `incoming` (copied) in pieces of at most `piece` bytes, then the end of the stream;
 * what is written is kept. */
bx_channel *bx_channel_mock(const void *incoming, size_t length, size_t piece, bx_error *err);
const uint8_t *bx_channel_mock_written(const bx_channel *channel, size_t *length);

#endif
