#include "core/file.h"

#include "core/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 32 << 10 };

static int fail_read(gzFile file, const char *path, bx_error *err)
{
    int code;
    const char *why = gzerror(file, &code);
    if (code == Z_ERRNO)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot read %s", path);
    return bx_fail(err, BX_EFILE, "%s: what is compressed in it is damaged or cut (%s)", path, why);
}

static int read_all(gzFile file, const char *path, bx_buffer *out, bx_error *err)
{
    char piece[PIECE];
    int got;
    while ((got = gzread(file, piece, sizeof piece)) > 0) {
        if (out->limit && (size_t)got > out->limit - out->length)
            return bx_fail(err, BX_EFILE, "%s: at most %zu bytes expected", path, out->limit);
        if (bx_buffer_append(out, piece, (size_t)got) < 0)
            return bx_fail_memory(err);
    }
    return got < 0 ? fail_read(file, path, err) : 0;
}

/* Takes the descriptor. */
static int read_open(int descriptor, const char *path, bx_buffer *out, bx_error *err)
{
    struct stat status;
    if (descriptor < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot read %s", path);
    if (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return bx_fail(err, BX_EFILE, "cannot read %s: it is no regular file", path);
    }
    gzFile file = gzdopen(descriptor, "rb");
    if (!file) {
        close(descriptor);
        return bx_fail_memory(err);
    }
    int result = read_all(file, path, out, err);
    if (gzclose(file) == Z_BUF_ERROR && result == 0)
        result = bx_fail(err, BX_EFILE, "%s: what is compressed in it is cut", path);
    return result;
}

int bx_file_read(const char *path, bx_buffer *out, bx_error *err)
{
    return read_open(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path, out, err);
}

int bx_file_read_below(int folder, const char *name, bool own, bx_buffer *out, bx_error *err)
{
    const char *last;
    struct stat status;
    int inside = bx_folder_enter(folder, name, false, &last, err);
    if (inside < 0)
        return -1;
    int descriptor = openat(inside, last, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    int failed = errno;
    close(inside);
    if (descriptor < 0 && failed == ELOOP)
        return bx_fail(err, BX_EFILE, "cannot read %s: it is a link, and none is followed here",
                       name);
    if (own && descriptor >= 0 && (fstat(descriptor, &status) < 0 || status.st_uid != geteuid())) {
        close(descriptor);
        return bx_fail(err, BX_EFILE, "%s is refused: the file belongs to another user", name);
    }
    errno = failed;
    return read_open(descriptor, name, out, err);
}
