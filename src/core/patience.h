/* Waiting awake. Where host and worker sit on two cores, to wake the other takes longer than a
 * short call: whoever waits then asks again for some microseconds before it sleeps. That only pays
 * while answers come at once, so a wait in vain is followed by some that sleep straight away. */
#ifndef BX_CORE_PATIENCE_H
#define BX_CORE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct bx_patience {
    int pause;   /* waits that are not to be awake */
    bool trying; /* the present one is */
} bx_patience;

/* A wait begins: until when to stay awake, by bx_clock_now; 0: sleep at once. */
int64_t bx_patience_begin(bx_patience *patience);

/* Whether `until` is still to come; lets others run on this core meanwhile. */
bool bx_patience_lasts(int64_t until);

/* It ended; `paid` if what was waited for came while awake. */
void bx_patience_end(bx_patience *patience, bool paid);

#endif
