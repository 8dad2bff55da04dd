#include "vm/group.h"

#include "vm/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ATTEMPTS = 200 }; /* to remove it, a millisecond each: the kernel ends processes meanwhile */

/* 0, or the errno. */
static int write_file(const char *folder, const char *name, const char *text)
{
    char path[sizeof((bx_host *)0)->group + 16];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    int failed = write(file, text, strlen(text)) < 0 ? errno : 0;
    close(file);
    return failed;
}

int bx_group_enter(const bx_host *host, pid_t pid, bx_error *err)
{
    char number[24];
    if (!*host->group)
        return 0;
    snprintf(number, sizeof number, "%d", (int)pid);
    int failed = write_file(host->group, "cgroup.procs", number);
    return failed ? bx_fail_errno(err, BX_ESYSTEM, failed,
                                  "cannot put a process into the control group %s", host->group)
                  : 0;
}

int bx_group_set(bx_host *host, const char *folder, bx_error *err)
{
    char before[sizeof host->group];
    if (strlen(folder) >= sizeof host->group)
        return bx_fail(err, BX_ESYSTEM, "the path of the control group is too long");
    memcpy(before, host->group, sizeof before);
    snprintf(host->group, sizeof host->group, "%s", folder);
    if (bx_zygotes_enter_group(host, err) == 0)
        return 0;
    memcpy(host->group, before, sizeof before);
    return -1;
}

void bx_group_remove(bx_host *host)
{
    if (!*host->group)
        return;
    write_file(host->group, "cgroup.kill", "1");
    for (int i = 0; i < ATTEMPTS && rmdir(host->group) < 0 && errno == EBUSY; i++)
        usleep(1000);
    host->group[0] = '\0';
}
