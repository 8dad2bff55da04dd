#include "core/patience.h"

#include "core/clock.h"

enum { AWAKE = 40000 /* nanoseconds */, PAUSE = 100 /* waits */ };

int64_t bx_patience_begin(bx_patience *patience)
{
    patience->trying = patience->pause == 0;
    if (patience->trying)
        return bx_clock_now() + AWAKE;
    patience->pause--;
    return 0;
}

void bx_patience_end(bx_patience *patience, bool paid)
{
    if (patience->trying && !paid)
        patience->pause = PAUSE;
}
