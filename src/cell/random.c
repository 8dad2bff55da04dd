#include "cell/random.h"

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void bx_random_init(bx_random *random, uint64_t seed, uint64_t stream)
{
    /* the seed's words and the stream's are mixed apart, so that (1, 2) is not (2, 1) */
    uint64_t a = seed, b = ~stream;
    split_mix(&b);
    for (int i = 0; i < 4; i++)
        random->state[i] = split_mix(&a) ^ bx_random_rotate(split_mix(&b), 29);
    if ((random->state[0] | random->state[1] | random->state[2] | random->state[3]) == 0)
        random->state[0] = 1; /* the one state that xoshiro cannot leave */
}

/* exp(-x) for 0 <= x < 700 from basic arithmetic, within a few units of the last place. */
static double exp_minus(double x)
{
    int halvings = (int)(x * 1.4426950408889634 + 0.5);
    /* ln 2 in two parts, the first short enough that its multiples are exact */
    double r = (halvings * 0x1.62e42fee00000p-1 - x) + halvings * 0x1.a39ef35793c76p-33;
    double sum = 1;
    for (int i = 18; i > 0; i--)
        sum = 1 + sum * r / i;
    for (; halvings > 0; halvings--)
        sum *= 0.5;
    return sum;
}

double bx_random_exponential_slow(bx_random *random, unsigned layer, double x)
{
    if (layer == 0) /* the tail of an exponential is an exponential again */
        return bx_ziggurat_x[1] + bx_random_exponential(random);
    double y = bx_ziggurat_y[layer] +
               bx_random_uniform(random) * (bx_ziggurat_y[layer + 1] - bx_ziggurat_y[layer]);
    return y < exp_minus(x) ? x : bx_random_exponential(random);
}
