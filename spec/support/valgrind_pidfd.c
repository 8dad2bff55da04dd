/* Preloaded in the specs under valgrind: valgrind 3.19 knows neither pidfd_send_signal nor pidfd_open. */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int receive_descriptor(int from)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } ancillary;
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = ancillary.bytes,
                             .msg_controllen = sizeof ancillary.bytes};
    int descriptor = -1;
    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) > 0 && CMSG_FIRSTHDR(&message))
        memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
    return descriptor;
}

/* Another program, which valgrind does not run, opens it and hands it over. */
static int open_elsewhere(int pid)
{
    char code[160];
    int pair[2];
    pid_t helper;
    posix_spawn_file_actions_t actions;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    snprintf(code, sizeof code,
             "import os, socket; "
             "socket.send_fds(socket.socket(fileno=0), [b'.'], [os.pidfd_open(%d)])",
             pid);
    char *argv[] = {(char *)"python3", (char *)"-S", (char *)"-c", code, NULL};
    char *environment[] = {NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pair[1], 0);
    int failed = posix_spawn(&helper, "/usr/bin/python3", &actions, NULL, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(pair[1]);
    int descriptor = failed ? -1 : receive_descriptor(pair[0]);
    close(pair[0]);
    while (!failed && waitpid(helper, NULL, 0) < 0 && errno == EINTR)
        ;
    if (descriptor < 0)
        errno = ESRCH;
    return descriptor;
}

static int process_of(int descriptor)
{
    char path[64], line[128];
    int pid = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", descriptor);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    while (pid < 0 && fgets(line, sizeof line, file))
        sscanf(line, "Pid: %d", &pid);
    fclose(file);
    return pid;
}

__attribute__((visibility("default"))) long syscall(long number, ...);

long syscall(long number, ...)
{
    long a[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_pidfd_send_signal) {
        int pid = process_of((int)a[0]);
        return pid > 0 ? kill(pid, (int)a[1]) : -1;
    }
    if (number == SYS_pidfd_open)
        return open_elsewhere((int)a[0]);
    long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
