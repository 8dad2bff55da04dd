/* The wire form of a genome: what decodes encodes to bytes that stay the same from then on
 * (features are put in order, and a gene joins what it codes for), and all of it can be read. */
#include "genome/genome.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void use(const bx_genome *genome)
{
    bx_buffer out = {0};
    for (size_t i = 0; i < bx_genome_features(genome); i++) {
        const bx_feature *feature = bx_genome_feature(genome, i);
        if (bx_genome_find(genome, feature->id) != feature)
            abort();
        bx_genome_protein(genome, feature, &out, NULL);
    }
    bx_genome_write_gff3(genome, &out, NULL);
    bx_genome_write_table(genome, &out, NULL);
    bx_genome_write_fasta(genome, BX_FASTA_PROTEINS, &out, NULL);
    bx_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_buffer once = {0}, twice = {0};
    bx_budget budget = bx_budget_of(length);
    bx_genome *genome = bx_genome_decode(bytes, length, &budget, NULL);
    if (!genome)
        return 0;
    use(genome);
    if (bx_genome_encode(genome, &once, NULL) < 0)
        abort();
    bx_budget other = bx_budget_of(once.length);
    bx_genome *again = bx_genome_decode(once.data, once.length, &other, NULL);
    if (!again || bx_genome_encode(again, &twice, NULL) < 0 || once.length != twice.length ||
        memcmp(once.data, twice.data, once.length) != 0)
        abort();
    bx_genome_free(again);
    bx_genome_free(genome);
    bx_buffer_free(&once);
    bx_buffer_free(&twice);
    return 0;
}
