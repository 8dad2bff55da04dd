/* Genomes of all formats: the first byte picks one. What is read is written and read again. */
#include "genome/genome.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

typedef int write_function(const bx_genome *genome, bx_buffer *out, bx_error *err);

static void check_written(const bx_genome *genome, write_function *write_genome)
{
    bx_error err;
    bx_buffer out = {0};
    if (write_genome(genome, &out, &err) == 0) {
        bx_genome *again = bx_genome_read_text(out.data, out.length, "again", NULL, &err);
        if (!again || bx_genome_features(again) != bx_genome_features(genome) ||
            bx_genome_genes(again) != bx_genome_genes(genome) ||
            bx_genome_length(again) != bx_genome_length(genome))
            abort();
        bx_genome_free(again);
    }
    bx_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    bx_genome_options options = {.format = bytes[0] % 7, .circular = -1};
    if (bytes[0] >= 128)
        options.circular = bytes[0] % 2;
    bx_genome *genome = bx_genome_read_text(bytes + 1, length - 1, "f", &options, NULL);
    if (genome)
    {
        check_written(genome, bx_genome_write_gff3);
        check_written(genome, bx_genome_write_genbank);
    }
    bx_genome_free(genome);
    return 0;
}
