/* What the writers of the formats share (write.c). Failures show at the end. */
#ifndef BX_GENOME_WRITE_H
#define BX_GENOME_WRITE_H

#include "core/text.h"
#include "genome/genome.h"

/* Short texts alone: numbers and the like. */
void bx_put_format(bx_buffer *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What cannot be part of a line becomes a space. */
void bx_put_plain(bx_buffer *to, const char *text);
/* All sequences as FASTA; where they are described elsewhere, their ids are enough. */
int bx_put_sequences(bx_buffer *to, const bx_genome *genome, bool described, bx_error *err);
/* -1: memory ran out since the buffer had `before` bytes. */
int bx_put_end(bx_buffer *to, size_t before, bx_error *err);

#endif
