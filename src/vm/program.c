#include "vm/program.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* stdin, stdout and stderr lead nowhere; a sanitizer keeps stderr for its report. */
#ifdef BIOXEN_SANITIZE
enum { QUIET_DESCRIPTORS = 2 };
#else
enum { QUIET_DESCRIPTORS = 3 };
#endif

static int plan_descriptors(posix_spawn_file_actions_t *actions, int socket)
{
    int failed = posix_spawn_file_actions_adddup2(actions, socket, BX_PROGRAM_DESCRIPTOR);
    for (int descriptor = 0; descriptor < QUIET_DESCRIPTORS && !failed; descriptor++)
        failed = posix_spawn_file_actions_addopen(actions, descriptor, "/dev/null", O_RDWR, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(actions, BX_PROGRAM_DESCRIPTOR + 1);
    return failed;
}

int bx_program_spawn(const char *what, const char *path, char *const argv[],
                     char *const environment[], int socket, pid_t *pid, bx_error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    /* dup2 onto itself would keep close-on-exec, so the socket must not be the target already. */
    int child = fcntl(socket, F_DUPFD_CLOEXEC, BX_PROGRAM_DESCRIPTOR + 1);
    if (child < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot duplicate a descriptor");
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int failed = plan_descriptors(&actions, child);
    if (!failed)
        failed = posix_spawn(pid, path, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(child);
    if (failed)
        return bx_fail_errno(err, BX_ESTART, failed, "cannot start the %s program %s", what, path);
    return 0;
}

bool bx_program_reap(pid_t pid, double seconds, bool kill_it)
{
    for (int64_t until = bx_clock_after(seconds); bx_clock_now() < until; usleep(500))
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return true;
    if (!kill_it)
        return waitpid(pid, NULL, WNOHANG) != 0;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return true;
}
