/* Random numbers: xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47, 2021), whose 256 bits of state are SplitMix64 of (seed, stream).
 * Integer and IEEE basic arithmetic alone: the same bits on every machine, whatever its libm. */
#ifndef BX_CORE_RANDOM_H
#define BX_CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct bx_random {
    uint64_t state[4];
} bx_random;

/* SplitMix64: the next of a sequence that `state` begins and keeps. */
uint64_t bx_random_split(uint64_t *state);

/* Streams of one seed are independent of each other. */
void bx_random_init(bx_random *random, uint64_t seed, uint64_t stream);

/* What follows from a number and a name: another name, another seed. */
uint64_t bx_random_name(uint64_t number, const void *name, size_t length);

static inline uint64_t bx_random_rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static inline uint64_t bx_random_bits(bx_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = bx_random_rotate(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = bx_random_rotate(s[3], 45);
    return result;
}

/* Uniform in (0, 1): 2^52 equidistant values, neither end among them. */
static inline double bx_random_uniform(bx_random *random)
{
    return ((double)(int64_t)(bx_random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

/* What is left to do in the 1 % of draws that do not fall into the core of layer `layer`. */
double bx_random_exponential_slow(bx_random *random, unsigned layer, double x);

/* The edges of its layers. */
extern const double bx_ziggurat_x[257], bx_ziggurat_y[257];

/* Exponential with mean 1: the ziggurat method (ziggurat.c). */
static inline double bx_random_exponential(bx_random *random)
{
    uint64_t bits = bx_random_bits(random);
    unsigned layer = bits & 255;
    double x = ((double)(int64_t)(bits >> 12) + 0.5) * 0x1p-52 * bx_ziggurat_x[layer];
    if (__builtin_expect(x < bx_ziggurat_x[layer + 1], 1))
        return x;
    bx_random copy = *random; /* so that a caller may keep its own in registers */
    x = bx_random_exponential_slow(&copy, layer, x);
    *random = copy;
    return x;
}

/* Poisson with 0 <= mean <= 2^53: a whole number. */
double bx_random_poisson(bx_random *random, double mean);

/* Binomial: successes among `count` trials (a whole number from 0 to 2^53), each with chance p. */
double bx_random_binomial(bx_random *random, double count, double p);

#endif
