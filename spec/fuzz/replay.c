/* A fuzz target without libFuzzer: replay SEED... runs it on each seed, and on what comes of them by a few
 * changed bytes, the same ones at each run; where there are none, on bytes at random. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { CHANGED = 200, LONGEST = 1 << 16 };

static uint32_t number; /* Marsaglia's xorshift */

static uint32_t below(uint32_t limit)
{
    number ^= number << 13;
    number ^= number >> 17;
    number ^= number << 5;
    return number % limit;
}

/* In memory of its length alone, so that a byte read beyond is seen. */
static void run(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, length);
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

static void change(uint8_t *bytes, size_t *length)
{
    if (*length == 0)
        return;
    size_t at = below((uint32_t)*length), count = below(16) + 1;
    switch (below(4)) {
    case 0: /* cut */
        *length = at;
        break;
    case 1: /* taken out */
        count = count < *length - at ? count : *length - at;
        memmove(bytes + at, bytes + at + count, *length - at - count);
        *length -= count;
        break;
    case 2:
        bytes[at] = (uint8_t)below(256);
        break;
    default:
        bytes[at] ^= (uint8_t)(1 << below(8));
    }
}

static void replay(const char *path)
{
    static uint8_t seed[LONGEST], bytes[LONGEST];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    size_t whole = fread(seed, 1, sizeof seed, file);
    fclose(file);
    printf("%s\n", path);
    run(seed, whole);
    number = 1;
    for (int i = 0; i < CHANGED; i++) {
        size_t length = whole;
        memcpy(bytes, seed, whole);
        for (uint32_t changes = below(4) + 1; changes > 0; changes--)
            change(bytes, &length);
        run(bytes, length);
    }
}

static void run_at_random(void)
{
    uint8_t bytes[256];
    number = 1;
    for (int i = 0; i < 10 * CHANGED; i++) {
        size_t length = below(sizeof bytes);
        for (size_t at = 0; at < length; at++)
            bytes[at] = (uint8_t)below(below(2) ? 256 : 8);
        run(bytes, length);
    }
}

int main(int count, char **paths)
{
    run((const uint8_t *)"", 0);
    if (count == 1)
        run_at_random();
    for (int i = 1; i < count; i++)
        replay(paths[i]);
    return 0;
}
