/* What the files of the SSH connection share with each other, and with the relays on it. */
#ifndef BX_COURIER_SSH_PARTS_H
#define BX_COURIER_SSH_PARTS_H

#include "courier/ssh.h"

#include <libssh/callbacks.h>

struct bx_ssh {
    bx_pump pump; /* in the loop once logged in: takes in what arrives, for all channels */
    bx_loop *loop;
    ssh_session session;
    ssh_event event;
    struct ssh_counter_struct bytes; /* through the socket */
    uint64_t seen_in, seen_out;
    bool seen_connected;
    uint64_t news; /* counts changes */
    int alarm;     /* an eventfd that wakes a step out of bx_ssh_wait */
    bool waiting;
    int agent;       /* a descriptor of the connection to the agent, or -1 */
    char where[320]; /* "user@address port 22", for messages */
};

/* A step looks at its channel, finds nothing to do, and waits for news. In between, its own or a
 * relay's call of libssh may have taken packets in, so that the descriptor is no longer readable:
 * take bx_ssh_news before looking, and give it to bx_ssh_wait, which returns at once if there have
 * been any since. 1: there are; 0: `until` has passed; -1: as bx_loop_wait. */
uint64_t bx_ssh_news(bx_ssh *ssh);
int bx_ssh_wait(bx_ssh *ssh, uint64_t news, int64_t until, bx_error *err);

/* Something changed that a waiting step may want to know. */
void bx_ssh_stir(bx_ssh *ssh);

/* libssh holds bytes that the socket has not taken; write no more until it has. */
bool bx_ssh_congested(const bx_ssh *ssh);

/* What libssh says went wrong, printable. */
const char *bx_ssh_reason(const bx_ssh *ssh, char *out, size_t size);

/* Close and free a channel that has been open, without ever waiting. NULL is fine. */
void bx_ssh_drop(bx_ssh *ssh, ssh_channel channel);

/* What the command of a channel that is closed ended with; -1: nothing, as after a signal. */
int bx_ssh_exit_status(ssh_channel channel);

/* Before the pump runs: wait for the socket of a handshake in progress. `what` completes "… while
 * waiting for". */
int bx_ssh_wait_socket(bx_ssh *ssh, const char *what, bx_error *err);

/* Until a command runs, sshd holds each small packet back until the one before is acknowledged, for
 * which a kernel may take 40 ms. Before a wait this makes ours do it at once. */
void bx_ssh_acknowledge(const bx_ssh *ssh);

/* A connected TCP socket, non-blocking, or -1. */
int bx_ssh_dial(bx_loop *loop, const char *address, int port, bx_error *err);

/* BX_ETRUST unless the host key is the one expected. */
int bx_ssh_check_host_key(const bx_ssh *ssh, const bx_ssh_options *options, bx_error *err);

/* The private key of `options`, to be freed with ssh_key_free; NULL with BX_EAUTH. */
ssh_key bx_ssh_load_key(const bx_ssh_options *options, bx_error *err);

/* `key` may be NULL. */
int bx_ssh_login(bx_ssh *ssh, const bx_ssh_options *options, ssh_key key, bx_error *err);

#endif
