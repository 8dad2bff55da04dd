/* Buffers: a failure lasts to the end of a run of appends, and no longer. */
#include "core/buffer.h"

#include "test.h"

static void a_failure_lasts_until_it_is_asked_for(void)
{
    bx_buffer b = {.limit = 4};
    CHECK(bx_buffer_append(&b, "abc", 3) == 0);
    CHECK(bx_buffer_append(&b, "de", 2) < 0 && bx_buffer_append(&b, "d", 1) < 0);
    CHECK(bx_buffer_finish(&b, 3) < 0 && b.length == 3);
    CHECK(bx_buffer_append(&b, "d", 1) == 0 && bx_buffer_finish(&b, 3) == 0);
    bx_buffer_free(&b);
}

static void an_emptied_buffer_has_not_failed(void)
{
    bx_buffer b = {.limit = 4};
    CHECK(bx_buffer_append(&b, "abc", 3) == 0 && bx_buffer_append(&b, "de", 2) < 0);
    bx_buffer_consume(&b, 1);
    CHECK(b.failed && b.length == 2);
    bx_buffer_consume(&b, 2);
    CHECK(bx_buffer_append(&b, "fghi", 4) == 0);
    bx_buffer_free(&b);
}

int main(void)
{
    RUN(a_failure_lasts_until_it_is_asked_for);
    RUN(an_emptied_buffer_has_not_failed);
    return test_end();
}
