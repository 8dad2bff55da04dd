/* SSH to one guest, by libssh: strict host keys, no configuration file of the user's, nothing that
 * prompts. All calls wait in the courier's loop. */
#ifndef BX_COURIER_SSH_H
#define BX_COURIER_SSH_H

#include "core/buffer.h"
#include "courier/loop.h"

#include <libssh/libssh.h>

typedef struct bx_ssh_options {
    const char *address; /* of the guest; letters, digits, ".:_-", not beginning with '-' */
    int port;
    const char *user;        /* the same letters */
    const char *known_hosts; /* a file, or NULL */
    const char *host_name;   /* what known_hosts calls the guest; NULL: its address */
    const char *fingerprint; /* "SHA256:<base64>" of the host key, or NULL. One of the two is
                                needed; with both, both must agree */
    const char *key_path;    /* a private key file, or NULL */
    const char *passphrase;  /* of the key, or NULL */
    bool agent;              /* ask the agent of SSH_AUTH_SOCK */
} bx_ssh_options;

typedef struct bx_ssh bx_ssh;

/* Connect, check the host key before anything is authenticated, log in. Within the loop's deadline.
 * BX_ECONNECT: no connection, or no SSH server; BX_ETRUST: host key unknown, changed or of another
 * type, each with a message of its own that shows the SHA256 fingerprint found; BX_EAUTH: the key
 * cannot be read, needs a passphrase, or the guest refused it; BX_ECONFIG: an option makes no
 * sense. */
bx_ssh *bx_ssh_open(bx_loop *loop, const bx_ssh_options *options, bx_error *err);

/* The public half of a private key, "ssh-ed25519 AAAA…". 0; or BX_EAUTH as above. */
enum { BX_SSH_PUBLIC_KEY = 4096 };
int bx_ssh_public_key(const char *path, const char *passphrase, char text[BX_SSH_PUBLIC_KEY],
                      bx_error *err);

/* Close every channel and the connection. NULL is fine. Relays on it must be closed before. */
void bx_ssh_close(bx_ssh *ssh);

/* Whether the connection still stands, as far as is known. */
bool bx_ssh_connected(const bx_ssh *ssh);
bx_loop *bx_ssh_loop(const bx_ssh *ssh);

/* Run a constant command to its end, feeding it the file (NULL: nothing). *status is its exit
 * status, -1 if it has none (a signal). `out` and `errors` are bounded by their limits; what is
 * beyond is dropped. */
int bx_ssh_run(bx_ssh *ssh, const char *command, const char *input_file, int *status,
               bx_buffer *out, bx_buffer *errors, bx_error *err);

/* Start a constant command and return its channel. BX_EBUSY: the server takes no further session on
 * this connection. */
ssh_channel bx_ssh_start(bx_ssh *ssh, const char *command, bx_error *err);

#endif
