#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LINKS = 40 }; /* one after another, as the kernel has it */

/* 0, or the errno. */
static int make_one(const char *path, mode_t mode)
{
    struct stat status;
    int failed = mkdir(path, mode) < 0 ? errno : 0;
    if (failed == EEXIST)
        failed = stat(path, &status) < 0 ? errno : S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    return failed;
}

int bx_folder_make(const char *path, mode_t mode, bx_error *err)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return bx_fail_errno(err, BX_EFILE, ENAMETOOLONG, "cannot make the folder %s", path);
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part[i] = '\0';
        int failed = make_one(part, mode);
        if (failed)
            return bx_fail_errno(err, BX_EFILE, failed, "cannot make the folder %s", part);
        part[i] = path[i];
    }
    return 0;
}

int bx_folder_open(const char *path, bool own, bx_error *err)
{
    struct stat status;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot open the folder %s", path);
    if (own && (fstat(folder, &status) < 0 || status.st_uid != geteuid())) {
        close(folder);
        return bx_fail(err, BX_EFILE, "%s is refused: the folder belongs to another user", path);
    }
    return folder;
}

int bx_folder_make_own(const char *path, bx_error *err)
{
    if (bx_folder_make(path, 0700, err) < 0)
        return -1;
    int folder = bx_folder_open(path, true, err);
    if (folder < 0)
        return -1;
    close(folder);
    return 0;
}

/* The next part of a name, which is neither "." nor "..", and whether there is more behind it. */
static int take_part(const char **name, char part[NAME_MAX + 1], bool *more)
{
    while (strncmp(*name, "./", 2) == 0)
        *name += 2 + strspn(*name + 2, "/");
    size_t length = strcspn(*name, "/");
    if (length == 0 || length > NAME_MAX)
        return -1;
    memcpy(part, *name, length);
    part[length] = '\0';
    *more = (*name)[length] == '/';
    if (*more)
        *name += length + strspn(*name + length, "/");
    return strcmp(part, ".") == 0 || strcmp(part, "..") == 0 ? -1 : 0;
}

int bx_folder_enter(int folder, const char *name, bool make, const char **last, bx_error *err)
{
    char part[NAME_MAX + 1];
    const char *whole = name;
    bool more;
    int at = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (;;) {
        if (at < 0)
            return bx_fail_errno(err, BX_EFILE, errno, "cannot reach %s without links", whole);
        if (take_part(&name, part, &more) < 0) {
            close(at);
            return bx_fail(err, BX_EFILE, "\"%.200s\" is no name below a folder", whole);
        }
        *last = name;
        if (!more)
            return at;
        if (make)
            mkdirat(at, part, 0777); /* what is wrong with it, opening it says */
        int next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int failed = errno;
        close(at);
        errno = failed;
        at = next;
    }
}

enum { NO_LINK, LINK_OF_PROC, LINK };

/* Put what the link leads to in its place, if it is one with a name. */
static int follow_one(char real[PATH_MAX], bx_error *err)
{
    struct stat status;
    struct statfs system;
    char target[PATH_MAX];
    int link = open(real, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (link < 0)
        return NO_LINK;
    bool is_link = fstat(link, &status) == 0 && S_ISLNK(status.st_mode);
    bool of_proc = is_link && fstatfs(link, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
    ssize_t length = is_link && !of_proc ? readlinkat(link, "", target, sizeof target) : 0;
    close(link);
    if (length <= 0)
        return of_proc ? LINK_OF_PROC : NO_LINK;
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return bx_fail(err, BX_EFILE, "%s is refused: it is a link that another user has made",
                       real);
    const char *slash = *target == '/' ? NULL : strrchr(real, '/');
    size_t folder = slash ? (size_t)(slash - real) + 1 : 0;
    if (folder + (size_t)length >= PATH_MAX)
        return bx_fail_errno(err, BX_EFILE, ENAMETOOLONG, "cannot follow %s", real);
    memcpy(real + folder, target, (size_t)length);
    real[folder + (size_t)length] = '\0';
    return LINK;
}

int bx_folder_follow(const char *path, char real[PATH_MAX], bx_error *err)
{
    if (snprintf(real, PATH_MAX, "%s", path) >= PATH_MAX)
        return bx_fail_errno(err, BX_EFILE, ENAMETOOLONG, "cannot follow %s", path);
    int followed = LINK;
    for (int i = 0; i < LINKS && followed == LINK; i++)
        followed = follow_one(real, err);
    if (followed == LINK)
        return bx_fail_errno(err, BX_EFILE, ELOOP, "cannot follow %s", path);
    return followed;
}
