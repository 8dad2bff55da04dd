#include "core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Why somebody else may know or have changed it; NULL if all is well. */
static const char *exposure(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "it is not a regular file";
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return "it belongs to another user";
    if (status->st_mode & (S_IRWXG | S_IRWXO))
        return "others may read or write it: chmod 600 it";
    return status->st_size >= BX_SECRET_LIMIT ? "it is too large for a secret" : NULL;
}

int bx_secret_read(const char *path, char *text, bx_error *err)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot read the secret file %s", path);
    const char *problem = fstat(file, &status) < 0 ? strerror(errno) : exposure(&status);
    ssize_t length = problem ? 0 : read(file, text, BX_SECRET_LIMIT - 1);
    close(file);
    if (problem || length < 0)
        return bx_fail(err, BX_EFILE, "the secret file %s is refused: %s", path,
                       problem ? problem : "it cannot be read");
    text[length] = '\0';
    return 0;
}
