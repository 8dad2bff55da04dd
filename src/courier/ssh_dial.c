#include "courier/ssh_parts.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A name is looked up in a thread, for getaddrinfo waits as long as it likes; who asked may be gone
 * by then. The answer, a pointer, comes through a socket. */
typedef struct lookup {
    char name[256];
    int socket;
} lookup;

typedef struct answer {
    struct addrinfo *addresses;
    int error;
} answer;

static void *look_up(void *argument)
{
    lookup *asked = argument;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    answer found = {NULL, 0};
    found.error = getaddrinfo(asked->name, NULL, &hints, &found.addresses);
    if (send(asked->socket, &found, sizeof found, MSG_NOSIGNAL) < 0 && found.error == 0)
        freeaddrinfo(found.addresses);
    close(asked->socket);
    free(asked);
    return NULL;
}

static int start_lookup(const char *name, int socket)
{
    lookup *asked = calloc(1, sizeof *asked);
    sigset_t all, before;
    pthread_t thread;
    if (!asked)
        return ENOMEM;
    snprintf(asked->name, sizeof asked->name, "%s", name);
    asked->socket = socket;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&thread, NULL, look_up, asked);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (status)
        free(asked);
    else
        pthread_detach(thread);
    return status;
}

/* NULL with BX_ECONNECT, or the error of the wait. */
static struct addrinfo *resolve_name(bx_loop *loop, const char *name, bx_error *err)
{
    int pair[2];
    answer found = {NULL, 0};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        bx_fail_errno(err, BX_ESYSTEM, errno, "cannot look up %s", name);
        return NULL;
    }
    int status = start_lookup(name, pair[1]);
    if (status) {
        bx_fail_errno(err, BX_ESYSTEM, status, "cannot look up %s", name);
        close(pair[0]);
        close(pair[1]);
        return NULL;
    }
    struct pollfd own = {pair[0], POLLIN, 0};
    int ready = bx_loop_wait(loop, &own, 1, BX_NEVER, err);
    /* From here on the thread cannot send any more; what it has sent is taken. */
    shutdown(pair[0], SHUT_RD);
    ssize_t got = recv(pair[0], &found, sizeof found, MSG_DONTWAIT);
    close(pair[0]);
    if (got != (ssize_t)sizeof found)
        found = (answer){NULL, EAI_AGAIN};
    if (ready < 0) {
        if (found.addresses)
            freeaddrinfo(found.addresses);
        return NULL;
    }
    if (found.error) {
        bx_fail(err, BX_ECONNECT, "cannot look up %s: %s", name, gai_strerror(found.error));
        return NULL;
    }
    return found.addresses;
}

static struct addrinfo *resolve(bx_loop *loop, const char *address, bx_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *addresses = NULL;
    if (getaddrinfo(address, NULL, &hints, &addresses) == 0)
        return addresses;
    return resolve_name(loop, address, err);
}

/* Connect `fd`. -1 with *refused: another address may do better. */
static int connect_one(bx_loop *loop, int fd, const struct addrinfo *to, int *refused,
                       bx_error *err)
{
    *refused = 0;
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS) {
        *refused = errno;
        return -1;
    }
    struct pollfd own = {fd, POLLOUT, 0};
    if (bx_loop_wait(loop, &own, 1, BX_NEVER, err) < 0)
        return -1;
    socklen_t size = sizeof *refused;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, refused, &size) < 0)
        *refused = errno;
    return *refused ? -1 : 0;
}

static void set_port(struct addrinfo *to, int port)
{
    if (to->ai_family == AF_INET6)
        ((struct sockaddr_in6 *)to->ai_addr)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)to->ai_addr)->sin_port = htons((uint16_t)port);
}

int bx_ssh_dial(bx_loop *loop, const char *address, int port, bx_error *err)
{
    struct addrinfo *addresses = resolve(loop, address, err);
    if (!addresses)
        return -1;
    int fd = -1, refused = 0, on = 1;
    for (struct addrinfo *to = addresses; to; to = to->ai_next) {
        set_port(to, port);
        fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            refused = errno;
            continue;
        }
        if (connect_one(loop, fd, to, &refused, err) == 0)
            break;
        close(fd);
        fd = -1;
        if (!refused) /* the request is over */
            break;
    }
    freeaddrinfo(addresses);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    else if (refused)
        bx_fail_errno(err, BX_ECONNECT, refused, "no SSH connection to %s port %d", address, port);
    else if (err && err->code == BX_EDEADLINE)
        bx_fail(err, BX_EDEADLINE, "the deadline passed while connecting to %s port %d", address,
                port);
    return fd;
}
