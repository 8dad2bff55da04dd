#include "wire/local.h"

#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static int address_of(const char *path, struct sockaddr_un *address, bx_error *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (*path == '\0' || strlen(path) >= sizeof address->sun_path)
        return bx_fail(err, BX_EFILE, "the path of a socket has 1 to %zu bytes: %.200s",
                       sizeof address->sun_path - 1, path);
    memcpy(address->sun_path, path, strlen(path));
    return 0;
}

int bx_local_peer_of(int socket, bx_local_peer *peer, bx_error *err)
{
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot tell who is at the other end");
    *peer = (bx_local_peer){credentials.pid, credentials.uid};
    return 0;
}

/* A daemon of another user would learn what it is sent. */
static int check_daemon(int socket, const char *path, bx_error *err)
{
    bx_local_peer peer;
    if (bx_local_peer_of(socket, &peer, err) < 0)
        return -1;
    if (peer.uid != 0 && peer.uid != geteuid())
        return bx_fail(err, BX_EDAEMON, "%s is refused: user %u listens there", path, peer.uid);
    return 0;
}

int bx_local_connect(const char *path, bx_error *err)
{
    struct sockaddr_un address;
    int socket_ = -1, status = -1;
    if (address_of(path, &address, err) < 0)
        return -1;
    socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a socket");
    do
        status = connect(socket_, (struct sockaddr *)&address, sizeof address);
    while (status < 0 && errno == EINTR);
    if (status < 0)
        bx_fail_errno(err, BX_EDAEMON, errno, "no daemon is reached at %s (bioxen serve is one)",
                      path);
    else
        status = check_daemon(socket_, path, err);
    if (status == 0)
        return socket_;
    close(socket_);
    return -1;
}

/* The lock beside the socket: a descriptor. */
static int take_lock(const char *path, bx_error *err)
{
    char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%s.lock", path);
    int lock = open(beside, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot open %s", beside);
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    int failed = errno;
    close(lock);
    if (failed == EWOULDBLOCK)
        return bx_fail(err, BX_EDAEMON, "another daemon serves %s", path);
    return bx_fail_errno(err, BX_EFILE, failed, "cannot lock %s", beside);
}

static int make_folder_of(const char *path, bx_error *err)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return 0;
    *slash = '\0';
    return bx_folder_make(folder, 0700, err);
}

/* Whoever holds the lock may take away a socket, for its owner is no more; but nothing else. */
static int take_away(const char *path, bx_error *err)
{
    struct stat status;
    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0 : bx_fail_errno(err, BX_EFILE, errno, "cannot look at %s", path);
    if (!S_ISSOCK(status.st_mode))
        return bx_fail(err, BX_EFILE, "%s is there, and is no socket: name another path", path);
    if (unlink(path) < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot remove %s", path);
    return 0;
}

static int bind_at(const struct sockaddr_un *address, bx_error *err)
{
    int socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a socket");
    mode_t before = umask(0177); /* nobody else's from the first moment on */
    int status = bind(socket_, (const struct sockaddr *)address, sizeof *address);
    int failed = errno;
    umask(before);
    if (status == 0 && (status = listen(socket_, BACKLOG)) < 0)
        failed = errno;
    if (status == 0)
        return socket_;
    close(socket_);
    return bx_fail_errno(err, BX_EFILE, failed, "cannot listen at %s", address->sun_path);
}

int bx_local_listen(const char *path, int *lock, bx_error *err)
{
    struct sockaddr_un address;
    if (address_of(path, &address, err) < 0 || make_folder_of(path, err) < 0 ||
        (*lock = take_lock(path, err)) < 0)
        return -1;
    int socket_ = take_away(path, err) < 0 ? -1 : bind_at(&address, err);
    if (socket_ < 0)
        close(*lock);
    return socket_;
}

int bx_local_check(int descriptor, bx_error *err)
{
    struct sockaddr_un address = {0};
    socklen_t size = sizeof address, length = sizeof(int);
    int listening = 0;
    if (getsockname(descriptor, (struct sockaddr *)&address, &size) < 0 ||
        address.sun_family != AF_UNIX ||
        getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) < 0 || !listening)
        return bx_fail(err, BX_EFILE, "descriptor %d is no local socket that listens", descriptor);
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0 || fcntl(descriptor, F_SETFL, O_NONBLOCK) < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot use descriptor %d", descriptor);
    return 0;
}
