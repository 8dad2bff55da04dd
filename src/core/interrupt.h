/* The word that what runs is to end. What may take long looks at it now and then. */
#ifndef BX_CORE_INTERRUPT_H
#define BX_CORE_INTERRUPT_H

#include "core/error.h"

#include <signal.h>

/* Non-zero once the call that runs is to end; set in signal handlers (interrupt/hook.h). Whoever
 * ends calls clears it. The process's, as signals are. */
extern volatile sig_atomic_t bx_interrupted;

/* 0, or -1 with BX_ECANCELLED once the call is to end. */
static inline int bx_check_interrupted(bx_error *err)
{
    return bx_interrupted ? bx_fail(err, BX_ECANCELLED, "the call was interrupted") : 0;
}

#endif
