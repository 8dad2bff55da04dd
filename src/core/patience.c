#include "core/patience.h"

#include "core/clock.h"

#include <sched.h>

enum { AWAKE = 50000 /* nanoseconds */, PAUSE = 30 /* waits */ };

int64_t bx_patience_begin(bx_patience *patience)
{
    patience->trying = patience->pause == 0;
    if (patience->trying)
        return bx_clock_now() + AWAKE;
    patience->pause--;
    return 0;
}

bool bx_patience_lasts(int64_t until)
{
    sched_yield();
    return bx_clock_now() < until;
}

void bx_patience_end(bx_patience *patience, bool paid)
{
    if (patience->trying && !paid)
        patience->pause = PAUSE;
}
