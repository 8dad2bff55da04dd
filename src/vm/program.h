/* The programs that a host starts: zygotes and couriers. Each gets one socket and nothing else of
 * ours. */
#ifndef BX_VM_PROGRAM_H
#define BX_VM_PROGRAM_H

#include "core/error.h"

#include <stdbool.h>
#include <sys/types.h>

enum { BX_PROGRAM_DESCRIPTOR = 3 };

/* Start a program with `socket` as its descriptor 3, in a process group of its own, so that ^C on a
 * terminal reaches the host alone. `what` names it in the message of a failure, BX_ESTART. */
int bx_program_spawn(const char *what, const char *path, char *const argv[],
                     char *const environment[], int socket, pid_t *pid, bx_error *err);

/* Reap a program that has been told to go, within `seconds`; then it is killed, if `kill` says so.
 * False: it is still there. Other children of the host are not touched, and a host that ignores
 * SIGCHLD is fine. */
bool bx_program_reap(pid_t pid, double seconds, bool kill);

#endif
