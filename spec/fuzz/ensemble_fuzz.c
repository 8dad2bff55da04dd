/* The wire form of an ensemble: what decodes encodes to the same bytes, and can be merged. */
#include "record/ensemble.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_buffer again = {0};
    bx_budget budget = bx_budget_of(length);
    bx_ensemble *ensemble = bx_ensemble_decode(bytes, length, &budget, NULL);
    if (!ensemble)
        return 0;
    if (bx_ensemble_encode(ensemble, &again, NULL) < 0 || again.length != length ||
        memcmp(again.data, bytes, length) != 0)
        abort();
    /* the same runs as those that follow: "first" is at byte 12 */
    uint64_t next = bx_ensemble_plan_of(ensemble)->first + bx_ensemble_runs(ensemble);
    for (int i = 0; i < 8; i++)
        again.data[12 + i] = (uint8_t)(next >> (8 * i));
    bx_ensemble *other = bx_ensemble_decode(again.data, again.length, &budget, NULL);
    if (other)
        bx_ensemble_free(bx_ensemble_merge(ensemble, other, NULL));
    bx_ensemble_free(other);
    bx_buffer_free(&again);
    bx_ensemble_free(ensemble);
    return 0;
}
