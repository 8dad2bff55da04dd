#include "core/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100 };

/* 0, or the errno. Closes the descriptor. */
static int write_all(int descriptor, const char *bytes, size_t length)
{
    int failed = 0;
    while (length > 0 && !failed) {
        ssize_t written = write(descriptor, bytes, length);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno != EINTR) {
            failed = errno;
        }
    }
    if (close(descriptor) < 0 && !failed)
        failed = errno;
    return failed;
}

/* A new file in the folder of `path`, whose name is put into `part`. The descriptor, or -1. */
static int create_beside(const char *path, char part[PATH_MAX])
{
    static unsigned number;
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    for (int i = 0; i < ATTEMPTS; i++) {
        int length =
            snprintf(part, PATH_MAX, "%.*s.bioxen-%ld-%u", folder, path, (long)getpid(), number++);
        if (length >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

static int replace(const char *path, const struct stat *old, const void *bytes, size_t length)
{
    char part[PATH_MAX];
    int descriptor = create_beside(path, part);
    if (descriptor < 0)
        return errno;
    int failed = 0;
    if (old && fchmod(descriptor, old->st_mode & 07777) < 0)
        failed = errno;
    int unwritten = write_all(descriptor, bytes, length);
    if (!failed)
        failed = unwritten;
    if (!failed && rename(part, path) < 0)
        failed = errno;
    if (failed)
        unlink(part);
    return failed;
}

static int write_into(const char *path, const void *bytes, size_t length)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    return descriptor < 0 ? errno : write_all(descriptor, bytes, length);
}

int bx_save(const char *path, const void *bytes, size_t length, bx_error *err)
{
    struct stat old;
    char real[PATH_MAX];
    int failed;
    bool there = stat(path, &old) == 0;
    if (there && !S_ISREG(old.st_mode))
        failed = write_into(path, bytes, length);
    else if (there && !realpath(path, real))
        failed = errno;
    else
        failed = replace(there ? real : path, there ? &old : NULL, bytes, length);
    return failed ? bx_fail_errno(err, BX_EFILE, failed, "cannot write %s", path) : 0;
}
