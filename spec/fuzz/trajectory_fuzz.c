/* The wire form of a trajectory: what decodes encodes to the same bytes. */
#include "record/trajectory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_buffer again = {0};
    bx_budget budget = bx_budget_of(length);
    bx_trajectory *trajectory = bx_trajectory_decode(bytes, length, &budget, NULL);
    if (!trajectory)
        return 0;
    if (bx_trajectory_encode(trajectory, &again, NULL) < 0 || again.length != length ||
        memcmp(again.data, bytes, length) != 0)
        abort();
    bx_buffer_free(&again);
    bx_trajectory_free(trajectory);
    return 0;
}
