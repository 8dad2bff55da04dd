/* What ends a call in a VM softly: the host's signal, its processor time, its output. What ignores
 * even that is killed: by the host, or by the second expiry of the processor-time limit. */
#ifndef BX_INSIDE_INTERRUPT_H
#define BX_INSIDE_INTERRUPT_H

#include "interrupt/hook.h"

typedef enum bx_cause {
    BX_CAUSE_NONE,
    BX_CAUSE_CANCEL,   /* SIGUSR1 from the host: a cancelled job, or its deadline */
    BX_CAUSE_DEADLINE, /* the call's processor time is used up */
    BX_CAUSE_OUTPUT    /* the code printed too much */
} bx_cause;

/* Set up the signal handlers; once, before the jail. -1 with errno. */
int bx_interrupt_install(void);

/* A call begins on L. `timeout` is seconds of processor time, 0 for none. A SIGUSR1 from now on
 * is for this call; an earlier one was for another, or comes again. */
void bx_interrupt_begin(lua_State *L, double timeout);

/* The call is over: no hook, no timer. */
void bx_interrupt_end(lua_State *L);

/* Why the running call is to end. */
bx_cause bx_interrupt_cause(void);

/* End the running call from inside it. Does not return. */
int bx_interrupt_raise(lua_State *L, bx_cause cause);

/* Have the output flushed in a moment, at a point where Lua code runs. */
void bx_interrupt_flush_soon(void);

#endif
