/* A yardstick for scripts/bench/engine.lua: the direct method over a plain binary tree of sums, as
 * one writes it by hand for one mass-action network. Prints reactions per second.
 * Usage: plain-ssa network.tsv counts.tsv steps runs */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAXIMUM = 8192, TERMS = 40 };

typedef struct reaction {
    int reactants, changes, dependents;
    int reactant[4], order[4], changed[TERMS], *dependent;
    double amount[TERMS], k;
} reaction;

static char *names[MAXIMUM];
static double initial[MAXIMUM], counts[MAXIMUM];
static reaction network[MAXIMUM];
static double tree[4 * MAXIMUM];
static int species, reactions, leaves = 1;

static uint64_t state[4] = {1, 2, 3, 4};

static double uniform(void)
{
    uint64_t r = state[0] + state[3], t = state[1] << 17;
    r = ((r << 23) | (r >> 41)) + state[0];
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = (state[3] << 45) | (state[3] >> 19);
    return ((double)(r >> 12) + 0.5) * 0x1p-52;
}

static int find(const char *name)
{
    for (int i = 0; i < species; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    if (species == MAXIMUM)
        exit(2);
    names[species] = strdup(name);
    return species++;
}

static void change(reaction *r, int which, double amount)
{
    for (int i = 0; i < r->changes; i++)
        if (r->changed[i] == which) {
            r->amount[i] += amount;
            return;
        }
    if (r->changes == TERMS)
        exit(2);
    r->changed[r->changes] = which;
    r->amount[r->changes++] = amount;
}

static void read_side(reaction *r, char *side, int sign)
{
    for (char *rest = side, *term; (term = strtok_r(rest, "+", &rest));) {
        char name[256];
        int n = 1;
        if (sscanf(term, "%d %255s", &n, name) != 2 && sscanf(term, "%255s", name) != 1)
            continue;
        int which = find(name);
        change(r, which, sign * n);
        if (sign < 0) {
            r->reactant[r->reactants] = which;
            r->order[r->reactants++] = n;
        }
    }
}

static void read_files(const char *net, const char *ini)
{
    char line[4096];
    FILE *file = fopen(net, "r");
    while (file && fgets(line, sizeof line, file)) {
        char *rest = line, *left = strsep(&rest, "\t"), *right = strsep(&rest, "\t");
        if (!rest || (*rest != '.' && (*rest < '0' || *rest > '9')))
            continue; /* the line of names */
        if (reactions == MAXIMUM)
            exit(2);
        reaction *r = &network[reactions++];
        r->k = atof(rest);
        read_side(r, left, -1);
        read_side(r, right, 1);
    }
    if (!file || !freopen(ini, "r", file))
        exit(2);
    while (fgets(line, sizeof line, file)) {
        char name[256];
        double n;
        if (sscanf(line, "%255s %lf", name, &n) == 2)
            initial[find(name)] = n;
    }
    fclose(file);
}

static int depends(const reaction *a, const reaction *b)
{
    for (int i = 0; i < a->changes; i++)
        for (int j = 0; j < b->reactants; j++)
            if (a->amount[i] != 0 && a->changed[i] == b->reactant[j])
                return 1;
    return 0;
}

static void link_reactions(void)
{
    static int list[MAXIMUM];
    while (leaves < reactions)
        leaves *= 2;
    for (int i = 0; i < reactions; i++) {
        reaction *r = &network[i];
        for (int j = 0; j < reactions; j++)
            if (depends(r, &network[j]))
                list[r->dependents++] = j;
        r->dependent = malloc(sizeof *list * (size_t)(r->dependents + 1));
        if (!r->dependent)
            exit(2);
        memcpy(r->dependent, list, sizeof *list * (size_t)r->dependents);
    }
}

static double propensity(const reaction *r)
{
    double value = r->k;
    for (int i = 0; i < r->reactants; i++)
        for (int n = 0; n < r->order[i]; n++)
            value *= counts[r->reactant[i]] - n;
    return value;
}

static double run(long steps)
{
    double time = 0;
    memcpy(counts, initial, sizeof counts);
    for (int i = 0; i < reactions; i++)
        tree[leaves + i] = propensity(&network[i]);
    for (int i = leaves - 1; i > 0; i--)
        tree[i] = tree[2 * i] + tree[2 * i + 1];
    while (steps-- > 0 && tree[1] > 0) {
        time -= log(uniform()) / tree[1];
        double target = uniform() * tree[1];
        int at = 1;
        while (at < leaves) {
            at *= 2;
            if (target >= tree[at] && tree[at + 1] > 0)
                target -= tree[at++];
        }
        const reaction *r = &network[at - leaves];
        for (int i = 0; i < r->changes; i++)
            counts[r->changed[i]] += r->amount[i];
        for (int i = 0; i < r->dependents; i++) {
            int leaf = leaves + r->dependent[i];
            tree[leaf] = propensity(&network[r->dependent[i]]);
            for (leaf /= 2; leaf > 0; leaf /= 2)
                tree[leaf] = tree[2 * leaf] + tree[2 * leaf + 1];
        }
    }
    return time;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    read_files(argv[1], argv[2]);
    link_reactions();
    long steps = atol(argv[3]), runs = atol(argv[4]);
    double reached = 0, start = now();
    for (long i = 0; i < runs; i++)
        reached += run(steps);
    double seconds = now() - start;
    printf("%.6g %.6g\n", (double)steps * (double)runs / seconds, reached / (double)runs);
    return 0;
}
