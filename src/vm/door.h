/* The door of a daemon: a local socket that listens, and who has come in. All that happens goes into
 * one queue, which whoever serves takes from: someone knocks, a client has sent something, a job has
 * got on, the process is told to end. A client is not believed: what it sends and what it leaves
 * unread is bounded. */
#ifndef BX_VM_DOOR_H
#define BX_VM_DOOR_H

#include "vm/host.h"
#include "vm/job.h"
#include "wire/local.h"
#include "wire/server.h"

typedef struct bx_door {
    bx_host *host;
    bx_ready_queue queue;
    bx_source source;      /* the socket */
    bx_source told_to_end; /* an event descriptor that signals write to */
    bx_ready knock, stop;
    int lock;        /* -1: the socket was inherited */
    int spare;       /* a descriptor to give up where there are no more */
    char path[4096]; /* of the socket, to be removed; or empty */
} bx_door;

typedef struct bx_client {
    bx_ready ready;
    bx_door *door; /* NULL: it has gone, or was sent away */
    bx_source source;
    uint32_t watched; /* events of the source */
    bx_local_peer peer;
    bx_buffer in, out;
    size_t taken;    /* bytes of `in` that are done with */
    int64_t heard;   /* when the last bytes came */
    bx_error reason; /* why it has gone, once `broken` */
    bool broken;
} bx_client;

/* A frame of a client. */
typedef struct bx_client_frame {
    bool interrupt; /* of the call with that id; else a call */
    bx_call call;
} bx_client_frame;

/* Listen at `path`, see bx_local_listen; or, with NULL, at `descriptor`, which is taken. From then
 * on SIGTERM, SIGINT and SIGHUP are taken from the queue: one door a process. */
int bx_door_open(bx_door *door, bx_host *host, const char *path, int descriptor, bx_error *err);

/* Close it; who has come in is sent away. The socket's path is free before the lock is. */
void bx_door_close(bx_door *door);

/* Let the one who knocks in. 1: *client, zeroed before, is in; 0: nobody knocks any more; -1: not
 * let in, for `err`: of another user, or BX_EDAEMON where `full`. */
int bx_door_admit(bx_door *door, bool full, bx_client *client, bx_error *err);

/* The next frame that has come whole. 1: *frame points into the client's bytes until the next call;
 * 0: none, or none is taken because too much waits to be read by the client; -1: BX_EDIED, it has
 * gone; else why it was sent away. */
int bx_client_take(bx_client *client, bx_client_frame *frame, bx_error *err);

/* Where answers are appended (wire/server.h); then send what the socket takes. */
void bx_client_send(bx_client *client);

/* Whether it is slow to read what it was sent: what need not be sent now had better wait. */
bool bx_client_is_slow(const bx_client *client);

/* Seconds since the last bytes of a frame that has not come whole; 0: there is none such. */
double bx_client_stalled(const bx_client *client);

/* Send it away. Twice is fine. */
void bx_client_close(bx_client *client);

#endif
