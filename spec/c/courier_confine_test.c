/* What the courier cannot do any more, and what it still can. */
#include "courier/confine.h"

#include "test.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool in_a_courier(bool (*act)(void))
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        bx_courier_confine();
        _exit(!act());
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool keeps_its_secrets(void)
{
    struct rlimit cores;
#ifdef BIOXEN_SANITIZE
    bool traced = false;
#else
    bool traced = prctl(PR_GET_DUMPABLE) != 0;
#endif
    return !traced && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
           getrlimit(RLIMIT_CORE, &cores) == 0 && cores.rlim_max == 0;
}

static void secrets_stay_in_memory(void)
{
    CHECK(in_a_courier(keeps_its_secrets));
}

#ifndef BIOXEN_SANITIZE
static bool refused(long result)
{
    return result < 0 && errno == EPERM;
}

static bool starts_nothing(void)
{
    char *argv[] = {(char *)"true", NULL};
    if (!refused(fork()) || !refused(vfork()))
        return false;
    return refused(execv("/bin/true", argv)) && refused(ptrace(PTRACE_ATTACH, getppid(), 0, 0));
}

static bool serves_nobody(void)
{
    int socket_ = socket(AF_INET, SOCK_STREAM, 0);
    return socket_ >= 0 && refused(listen(socket_, 1)) && refused(socket(AF_PACKET, SOCK_RAW, 0)) &&
           refused(socket(AF_VSOCK, SOCK_STREAM, 0));
}

static bool changes_no_system(void)
{
    return refused(setuid(1)) && refused(chroot("/tmp")) && refused(sethostname("x", 1));
}
#endif

static void what_it_has_no_use_for_is_refused(void)
{
#ifndef BIOXEN_SANITIZE
    CHECK(in_a_courier(starts_nothing));
    CHECK(in_a_courier(serves_nobody));
    CHECK(in_a_courier(changes_no_system));
#endif
}

static void *nothing(void *argument)
{
    return argument;
}

/* What the resolver says, which may be that it knows no such host. */
static int look_up(void)
{
    struct addrinfo *found = NULL;
    int status = getaddrinfo("localhost", "443", NULL, &found);
    if (found)
        freeaddrinfo(found);
    return status;
}

static int looked_up; /* unconfined */

static bool asks_and_connects(void)
{
    pthread_t thread;
    void *got = NULL;
    int byte = 1, families[] = {AF_UNIX, AF_INET, AF_NETLINK};
    bool good = pthread_create(&thread, NULL, nothing, &byte) == 0 &&
                pthread_join(thread, &got) == 0 && got == &byte;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        good = good && socket(families[i], SOCK_DGRAM, 0) >= 0;
    return good && look_up() == looked_up;
}

static void what_it_needs_is_left(void)
{
    looked_up = look_up();
    CHECK(in_a_courier(asks_and_connects));
}

int main(void)
{
    RUN(secrets_stay_in_memory);
    RUN(what_it_has_no_use_for_is_refused);
    RUN(what_it_needs_is_left);
    return test_end();
}
