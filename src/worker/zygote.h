/* The process that has the organism loaded and forks a worker for each VM. */
#ifndef BX_WORKER_ZYGOTE_H
#define BX_WORKER_ZYGOTE_H

#include <sys/types.h>

/* Serve the host on the control socket until it is gone. */
_Noreturn void bx_zygote_run(const char *organism_folder, const char *library_folder, pid_t host);

#endif
