/* A link to a daemon: the calling end of a local socket. Many calls may be open at once, each of
 * them a job, as those of VMs are. */
#ifndef BX_VM_LINK_H
#define BX_VM_LINK_H

#include "vm/host.h"
#include "vm/job.h"

#include <stdint.h>

typedef struct bx_link bx_link;

/* Connect to the socket at `path`, whose daemon must be of this user or root. What it speaks shows
 * with the first call. References count; the caller has one, and each job that runs. NULL with
 * BX_EDAEMON. */
bx_link *bx_link_open(bx_host *host, const char *path, bx_error *err);

/* The last one to let go closes it. NULL is fine. */
void bx_link_release(bx_link *link);

/* Close it: jobs that run end with BX_EDAEMON. */
void bx_link_close(bx_link *link);
bool bx_link_is_open(const bx_link *link);

/* Whether the daemon has said that a call has begun, which it does where that is asked. */
bool bx_link_has_begun(const bx_job *job);

/* Begin a call: `values` are the operation's, one encoded value. What the job comes to is in the
 * form of its kind. The caller's reference. NULL: it could not be sent. */
bx_job *bx_link_call(bx_link *link, bx_job_kind kind, const char *operation,
                     const bx_buffer *values, bx_error *err);

#endif
