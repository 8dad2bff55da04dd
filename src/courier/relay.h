/* One worker in a guest: frames between the host's socket and an SSH channel. Frames pass as they
 * are; the relay reads their heads only, so that its own pings fit in between. */
#ifndef BX_COURIER_RELAY_H
#define BX_COURIER_RELAY_H

#include "courier/ssh.h"

typedef struct bx_relay bx_relay;

typedef struct bx_relay_options {
    const char *command;    /* starts the worker, constant */
    const bx_buffer *spawn; /* a whole SPAWN frame */
    double ping_interval;   /* seconds; a guest that does not answer for three of them is lost */
} bx_relay_options;

/* Start the command, hear its greeting, send the SPAWN frame, then relay between the channel and
 * `socket` (taken, closed in any case). BX_EVERSION: the worker is of another version, or (message
 * says so, and *absent is set) there is none: exit status 126 or 127 before a greeting. */
bx_relay *bx_relay_open(bx_ssh *ssh, int socket, const bx_relay_options *options, bool *absent,
                        bx_error *err);

/* Close the channel and the socket; the worker in the guest ends by that. NULL is fine. */
void bx_relay_close(bx_relay *relay);

/* False once either side has ended, and *why (may be NULL) says how: the relay has closed both, and
 * waits for bx_relay_close. */
bool bx_relay_alive(const bx_relay *relay, bx_error *why);

/* Send a ping behind all that the host has sent so far, wait for its answer. */
int bx_relay_sync(bx_relay *relay, bx_error *err);

/* While the guest is paused it answers no ping. */
void bx_relay_hold(bx_relay *relay, bool hold);

#endif
