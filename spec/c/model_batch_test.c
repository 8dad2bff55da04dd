/* Formulas evaluated together give what they give one after another, to the last bit. */
#include "model/batch.h"

#include "core/random.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 24
#define FIXED 8 /* the first slots do not vary */

static bool same_bits(double x, double y)
{
    return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y));
}

static uint32_t below(bx_random *random, uint32_t bound)
{
    return (uint32_t)(bx_random_uniform(random) * bound);
}

static bx_instruction any_instruction(bx_random *random)
{
    bx_instruction i = {0};
    do
        i.op = BX_OP_MOVE + below(random, BX_OP_COUNT - BX_OP_MOVE);
    while (!bx_program_applies((bx_op)i.op));
    i.target = FIXED + below(random, SLOTS - FIXED);
    i.a = below(random, SLOTS);
    i.b = below(random, SLOTS);
    i.c = below(random, SLOTS);
    return i;
}

static void fill(bx_random *random, double *frame, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++)
        frame[i] = i % 3 == 0 ? below(random, 5) : 4 * bx_random_uniform(random) - 1;
}

/* One batch, run at several frames, the fixed slots of which change once. */
static void check_program(const bx_program *program, bx_random *random)
{
    bool varies[SLOTS];
    for (uint32_t i = 0; i < SLOTS; i++)
        varies[i] = i >= FIXED;
    bx_range all = {0, (uint32_t)program->count};
    bx_batch *batch = bx_batch_new(SLOTS, varies);
    CHECK(batch && bx_batch_takes(program, all) && bx_batch_append(batch, program, all) == 0);
    uint32_t places[SLOTS];
    for (uint32_t i = 0; i < SLOTS; i++)
        places[i] = (uint32_t)bx_batch_slot(batch, i);
    CHECK(bx_batch_finish(batch, places, SLOTS) == 0);
    double frame[SLOTS];
    for (int run = 0; run < 4; run++) {
        if (run % 2 == 0) {
            fill(random, frame, 0, FIXED);
            bx_batch_prepare(batch, frame);
        }
        fill(random, frame, FIXED, SLOTS);
        const double *values = bx_batch_run(batch, frame);
        bx_program_run_range(program, all, frame);
        for (uint32_t i = 0; i < SLOTS; i++)
            CHECK(same_bits(values[places[i]], frame[i]));
    }
    bx_batch_free(batch);
}

static void any_code_gives_the_same_bits(void)
{
    bx_random random;
    bx_random_init(&random, 7, 0);
    for (int i = 0; i < 300; i++) {
        bx_program program = {0};
        for (uint32_t length = below(&random, 60); length > 0; length--)
            CHECK(bx_program_emit(&program, any_instruction(&random)) == 0);
        check_program(&program, &random);
        bx_program_free(&program);
    }
}

static void what_is_the_same_is_computed_once(void)
{
    bool varies[4] = {true, true, true, true};
    bx_batch *batch = bx_batch_new(4, varies);
    int64_t a = bx_batch_slot(batch, 0), b = bx_batch_slot(batch, 1);
    int64_t sum = bx_batch_apply(batch, BX_OP_ADD, (uint32_t)a, (uint32_t)b);
    CHECK(bx_batch_apply(batch, BX_OP_ADD, (uint32_t)b, (uint32_t)a) == sum);
    CHECK(bx_batch_apply(batch, BX_OP_DIVIDE, (uint32_t)a, (uint32_t)b) !=
          bx_batch_apply(batch, BX_OP_DIVIDE, (uint32_t)b, (uint32_t)a));
    CHECK(bx_batch_number(batch, 2) == bx_batch_number(batch, 2));
    CHECK(bx_batch_number(batch, 0.0) != bx_batch_number(batch, -0.0));
    bx_batch_free(batch);
}

/* What draws a number needs more than its operands. */
static void what_draws_is_not_taken(void)
{
    bx_program program = {0};
    CHECK(bx_program_emit(&program, (bx_instruction){.op = BX_OP_ADD}) == 0);
    CHECK(bx_program_emit(&program, (bx_instruction){.op = BX_OP_NORMAL}) == 0);
    CHECK(bx_batch_takes(&program, (bx_range){0, 1}));
    CHECK(!bx_batch_takes(&program, (bx_range){0, 2}));
    bx_program_free(&program);
}

int main(void)
{
    RUN(any_code_gives_the_same_bits);
    RUN(what_is_the_same_is_computed_once);
    RUN(what_draws_is_not_taken);
    return test_end();
}
