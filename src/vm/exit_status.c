#include "vm/exit_status.h"

#include "wire/zygote.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static bx_code code_of_signal(int number)
{
    switch (number) {
    case SIGKILL: return BX_EKILLED;
    case SIGSYS: return BX_EDENIED;
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT:
    case SIGTRAP: return BX_ECRASHED;
    default: return BX_EDIED;
    }
}

void bx_describe_exit(const char *what, int status, bx_error *error)
{
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);
        const char *name = sigabbrev_np(number);
        bx_fail(error, code_of_signal(number), "%s died (signal %d, SIG%s)", what, number,
                name ? name : "?");
    } else if (WEXITSTATUS(status) == BX_EXIT_DEADLINE) {
        bx_fail(error, BX_EDEADLINE, "%s ended itself: the code did not stop in time", what);
    } else {
        bx_fail(error, BX_EDIED, "%s exited (%d)", what, WEXITSTATUS(status));
    }
}
