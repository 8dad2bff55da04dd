#include "core/save.h"

#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100, PART = 64 };

/* 0, or the errno. */
static int write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/* A new file in the folder, whose name is put into `part`. The descriptor, or -1. */
static int create_part(int folder, char part[PART])
{
    static unsigned number;
    for (int i = 0; i < ATTEMPTS; i++) {
        snprintf(part, PART, ".bioxen-%ld-%u", (long)getpid(), number++);
        int descriptor = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

/* 0, or the errno. A crash at any moment leaves the old file or the new one. Who may read and write
 * it stays, unless somebody else had said so. */
static int replace(int folder, const char *name, const void *bytes, size_t length)
{
    char part[PART];
    struct stat old;
    int descriptor = create_part(folder, part);
    if (descriptor < 0)
        return errno;
    int failed = 0;
    if (fstatat(folder, name, &old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(old.st_mode) &&
        old.st_uid == geteuid() && fchmod(descriptor, old.st_mode & 07777) < 0)
        failed = errno;
    if (!failed)
        failed = write_all(descriptor, bytes, length);
    if (!failed && fsync(descriptor) < 0)
        failed = errno;
    if (close(descriptor) < 0 && !failed)
        failed = errno;
    if (!failed && renameat(folder, part, folder, name) < 0)
        failed = errno;
    if (failed)
        unlinkat(folder, part, 0);
    else if (fsync(folder) < 0 && errno != EINVAL && errno != ENOTSUP && errno != EBADF)
        failed = errno; /* some file systems have none of folders, nor one that is but a path */
    return failed;
}

/* 0, or the errno: ENXIO for a pipe from which nobody reads, which is not waited for. At the end of
 * what is there: standard output may be a file, under its name in /proc. */
static int write_into(const char *path, int flags, const void *bytes, size_t length)
{
    int descriptor = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | flags);
    if (descriptor < 0)
        return errno;
    int failed = fcntl(descriptor, F_SETFL, O_APPEND) < 0 ? errno : 0;
    if (!failed)
        failed = write_all(descriptor, bytes, length);
    if (close(descriptor) < 0 && !failed)
        failed = errno;
    return failed;
}

/* 0, or the errno. */
static int replace_at(const char *path, const void *bytes, size_t length)
{
    char above[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(above, sizeof above, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    int folder = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 && errno == EACCES) /* one to put files into, but not to look at */
        folder = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno;
    int failed = replace(folder, slash ? slash + 1 : path, bytes, length);
    close(folder);
    return failed;
}

int bx_save(const char *path, const void *bytes, size_t length, bx_error *err)
{
    char real[PATH_MAX];
    struct stat there;
    int open_already = bx_folder_follow(path, real, err), failed;
    if (open_already < 0)
        return -1;
    bool special = lstat(real, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode);
    if (open_already)
        failed = write_into(real, 0, bytes, length);
    else if (special && S_ISFIFO(there.st_mode) && there.st_uid != geteuid() && there.st_uid != 0)
        failed = EPERM; /* who knows who listens */
    else if (special)
        failed = write_into(real, O_NOFOLLOW, bytes, length);
    else
        failed = replace_at(real, bytes, length);
    if (failed == ENXIO && special && S_ISFIFO(there.st_mode))
        return bx_fail(err, BX_EFILE, "cannot write %s: nobody reads from that pipe", path);
    return failed ? bx_fail_errno(err, BX_EFILE, failed, "cannot write %s", path) : 0;
}

int bx_save_below(int folder, const char *name, const void *bytes, size_t length, bx_error *err)
{
    const char *last;
    int inside = bx_folder_enter(folder, name, false, &last, err);
    if (inside < 0)
        return -1;
    int failed = replace(inside, last, bytes, length);
    close(inside);
    return failed ? bx_fail_errno(err, BX_EFILE, failed, "cannot write %s", name) : 0;
}
