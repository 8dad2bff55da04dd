#include "worker/jail.h"

#include "wire/zygote.h"
#include "worker/gate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { NOBODY = 65534 };
enum { STACK_SIZE = 8 << 20 };
#ifndef BIOXEN_SANITIZE
static const size_t address_slack = 64 << 20; /* stack, frames in and out, fragmentation */
#endif
static const size_t fallback_size = 64 << 20; /* of the present process, without /proc */

/* No block of the heap, whose order matters to what is forked. */
typedef struct program {
    struct sock_filter code[512];
    size_t size; /* bytes */
} program;

static program filter;          /* of a worker; with a parent that has one, what that lacks */
static bx_error filter_failure; /* why there is none */
static size_t present_size;
static bool may_change_user, has_common_limits;
static int listener = -1; /* of the gate; it is closed in a worker */
static pid_t followed;

/* Allowed whatever the arguments. */
static const int allowed_calls[] = {
    SCMP_SYS(brk),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(futex),
    SCMP_SYS(getpid),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage), /* CLP asks for its processor time */
    SCMP_SYS(gettid),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(madvise),
    SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield),
    SCMP_SYS(time),
    SCMP_SYS(sysinfo), /* glibc's qsort asks for the size of memory */
#ifdef BIOXEN_SANITIZE
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
#endif
};

/* Allowed on the VM's socket alone; the last two without MSG_OOB, which goes past the order of
 * bytes. */
static const int socket_calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(recvfrom),
                                   SCMP_SYS(sendto)};
enum { WITHOUT_FLAGS = 2 };

/* Refused with EPERM: what a C library may try on its own. The rest kills. */
static const int refused_calls[] = {
    SCMP_SYS(access),     SCMP_SYS(chdir),        SCMP_SYS(close),
    SCMP_SYS(creat),      SCMP_SYS(dup),          SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(fcntl),        SCMP_SYS(fstat),
    SCMP_SYS(getcwd),     SCMP_SYS(getdents64),   SCMP_SYS(ioctl),
    SCMP_SYS(lseek),      SCMP_SYS(lstat),        SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),    SCMP_SYS(newfstatat),   SCMP_SYS(open),
    SCMP_SYS(openat),     SCMP_SYS(openat2),      SCMP_SYS(pread64),
    SCMP_SYS(prlimit64),  SCMP_SYS(readlink),     SCMP_SYS(readlinkat),
    SCMP_SYS(rename),     SCMP_SYS(renameat),     SCMP_SYS(renameat2),
    SCMP_SYS(rmdir),      SCMP_SYS(rt_sigaction), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(stat),       SCMP_SYS(statx),        SCMP_SYS(tgkill),
    SCMP_SYS(uname),      SCMP_SYS(unlink),       SCMP_SYS(unlinkat),
    SCMP_SYS(writev),
};

/* What a parent of workers may do besides, and its children until they have their own filter. Its
 * socket, on which it sends and receives descriptors, has the worker's number. */
static const int parent_calls[] = {
    SCMP_SYS(sendmsg),   SCMP_SYS(recvmsg), /* first, for they are of that socket alone */
    SCMP_SYS(clone),                        /* with the flags of a fork alone */
    SCMP_SYS(prctl),                        /* but for the knock at the gate, if there is one */
    SCMP_SYS(ioctl),                        /* on the gate's listener, if there is one */
    SCMP_SYS(fork),      SCMP_SYS(set_robust_list), SCMP_SYS(pidfd_open), SCMP_SYS(kill),
    SCMP_SYS(wait4),     SCMP_SYS(waitid),          SCMP_SYS(poll),       SCMP_SYS(ppoll),
    SCMP_SYS(close),     SCMP_SYS(close_range),     SCMP_SYS(dup2),       SCMP_SYS(dup3),
    SCMP_SYS(prlimit64), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(getppid),    SCMP_SYS(geteuid),
    SCMP_SYS(getuid),    SCMP_SYS(setgroups),       SCMP_SYS(setresgid),  SCMP_SYS(setresuid),
    SCMP_SYS(getpgid),   SCMP_SYS(getpgrp),         SCMP_SYS(setpgid),    SCMP_SYS(capset),
};
enum { OF_THE_SOCKET = 2, THE_FORK = 2, THE_KNOCK, THE_LISTENER, ANY_ARGUMENTS };

#ifdef BIOXEN_SANITIZE
static const uint32_t default_action = SCMP_ACT_ERRNO(EPERM); /* what the sanitizers try */
#else
static const uint32_t default_action = SCMP_ACT_KILL_PROCESS;
#endif

#define LENGTH(calls) (sizeof(calls) / sizeof *(calls))

static bool is_in(const int *calls, size_t count, int call)
{
    for (size_t i = 0; i < count; i++)
        if (calls[i] == call)
            return true;
    return false;
}

static int add_calls(scmp_filter_ctx context, uint32_t action, const int *calls, size_t count)
{
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        /* A call that this architecture lacks has a negative number, and nothing to allow. */
        status = calls[i] < 0 ? 0 : seccomp_rule_add(context, action, calls[i], 0);
        if (status == -EACCES) /* the default action already */
            status = 0;
    }
    return status;
}

static int add_socket_calls(scmp_filter_ctx context)
{
    int status = 0;
    for (size_t i = 0; i < sizeof socket_calls / sizeof *socket_calls && status == 0; i++) {
        status = seccomp_rule_add(
            context, SCMP_ACT_ALLOW, socket_calls[i], i < WITHOUT_FLAGS ? 1 : 2,
            SCMP_A0(SCMP_CMP_EQ, BX_WORKER_DESCRIPTOR), SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_OOB, 0));
#ifdef BIOXEN_SANITIZE
        if (status == 0 && socket_calls[i] == SCMP_SYS(write))
            status = seccomp_rule_add(context, SCMP_ACT_ALLOW, socket_calls[i], 1,
                                      SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
#else
        if (status == 0) /* a library's warning on a closed stderr must not kill */
            status = seccomp_rule_add(context, SCMP_ACT_ERRNO(EBADF), socket_calls[i], 1,
                                      SCMP_A0(SCMP_CMP_NE, BX_WORKER_DESCRIPTOR));
#endif
    }
    return status;
}

static int add_memory_calls(scmp_filter_ctx context)
{
    int status = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return status;
}

static int add_timer_calls(scmp_filter_ctx context)
{
    int status = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(setitimer), 1,
                                  SCMP_A0(SCMP_CMP_EQ, ITIMER_PROF));
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(setitimer), 1,
                                  SCMP_A0(SCMP_CMP_EQ, ITIMER_REAL));
    return status;
}

static int add_refused(scmp_filter_ctx context, bool of_parent)
{
    int status = 0;
#ifndef BIOXEN_SANITIZE
    for (size_t i = 0; i < LENGTH(refused_calls) && status == 0; i++)
        if (!of_parent || !is_in(parent_calls, LENGTH(parent_calls), refused_calls[i]))
            status = add_calls(context, SCMP_ACT_ERRNO(EPERM), refused_calls + i, 1);
#else
    (void)context;
    (void)of_parent;
#endif
    return status;
}

static int add_rules(scmp_filter_ctx context, bool of_parent)
{
    int status = add_socket_calls(context);
    if (status == 0)
        status = add_memory_calls(context);
    if (status == 0)
        status = add_timer_calls(context);
    if (status == 0)
        status = add_calls(context, SCMP_ACT_ALLOW, allowed_calls, LENGTH(allowed_calls));
    if (status == 0)
        status = add_refused(context, of_parent);
    return status;
}

static int add_worker_rules(scmp_filter_ctx context)
{
    return add_rules(context, false);
}

/* What waits for the word of whoever listens (gate.h), and the calls by which that is given. */
static int add_gate(scmp_filter_ctx context)
{
    int status = seccomp_rule_add(context, SCMP_ACT_NOTIFY, parent_calls[THE_FORK], 2,
                                  SCMP_A0(SCMP_CMP_EQ, BX_GATE_CLONE), SCMP_A1(SCMP_CMP_EQ, 0));
    if (status == 0)
        status =
            seccomp_rule_add(context, SCMP_ACT_NOTIFY, parent_calls[THE_KNOCK], 3,
                             SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG), SCMP_A1(SCMP_CMP_EQ, SIGKILL),
                             SCMP_A2(SCMP_CMP_EQ, BX_GATE_KNOCK));
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ALLOW, parent_calls[THE_KNOCK], 1,
                                  SCMP_A2(SCMP_CMP_NE, BX_GATE_KNOCK));
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ALLOW, parent_calls[THE_LISTENER], 1,
                                  SCMP_A0(SCMP_CMP_EQ, (unsigned)listener));
#ifndef BIOXEN_SANITIZE
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), parent_calls[THE_LISTENER], 1,
                                  SCMP_A0(SCMP_CMP_NE, (unsigned)listener));
#endif
    return status;
}

static int add_without_gate(scmp_filter_ctx context)
{
    int status = add_calls(context, SCMP_ACT_ALLOW, parent_calls + THE_KNOCK, 1);
    return status ? status
                  : add_calls(context, SCMP_ACT_ERRNO(EPERM), parent_calls + THE_LISTENER, 1);
}

static int add_parent_rules(scmp_filter_ctx context)
{
    static const uint64_t other_flags =
        ~(uint64_t)(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | 0xff);
    int status = add_rules(context, true);
    for (size_t i = 0; i < OF_THE_SOCKET && status == 0; i++)
        status = seccomp_rule_add(context, SCMP_ACT_ALLOW, parent_calls[i], 1,
                                  SCMP_A0(SCMP_CMP_EQ, BX_ZYGOTE_DESCRIPTOR));
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ALLOW, parent_calls[THE_FORK], 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, other_flags, 0));
    if (status == 0)
        status = listener >= 0 ? add_gate(context) : add_without_gate(context);
    if (status == 0)
        status = add_calls(context, SCMP_ACT_ALLOW, parent_calls + ANY_ARGUMENTS,
                           LENGTH(parent_calls) - ANY_ARGUMENTS);
    return status;
}

/* Of clone and prctl a worker has what waits at the gate alone. */
static int leave_gate(scmp_filter_ctx context)
{
    static const struct scmp_arg_cmp other_clones[] = {SCMP_A0(SCMP_CMP_NE, BX_GATE_CLONE),
                                                       SCMP_A1(SCMP_CMP_NE, 0)};
    static const struct scmp_arg_cmp other_prctls[] = {SCMP_A0(SCMP_CMP_NE, PR_SET_PDEATHSIG),
                                                       SCMP_A1(SCMP_CMP_NE, SIGKILL),
                                                       SCMP_A2(SCMP_CMP_NE, BX_GATE_KNOCK)};
    int status = 0;
    for (size_t i = 0; i < LENGTH(other_clones) && status == 0; i++)
        status =
            seccomp_rule_add(context, default_action, parent_calls[THE_FORK], 1, other_clones[i]);
    for (size_t i = 0; i < LENGTH(other_prctls) && status == 0; i++)
        status =
            seccomp_rule_add(context, default_action, parent_calls[THE_KNOCK], 1, other_prctls[i]);
    return status;
}

/* The parent's filter and this one together are the worker's: the stricter one decides. */
static int take_parent_calls(scmp_filter_ctx context)
{
    int status = listener >= 0 ? leave_gate(context) : 0;
    for (size_t i = 0; i < LENGTH(parent_calls) && status == 0; i++) {
        if (listener >= 0 && (i == THE_FORK || i == THE_KNOCK))
            continue;
        bool refused = is_in(refused_calls, LENGTH(refused_calls), parent_calls[i]);
        status = add_calls(context, refused ? SCMP_ACT_ERRNO(EPERM) : default_action,
                           parent_calls + i, 1);
    }
    return status;
}

/* libseccomp writes programs to files alone. */
static int export_filter(scmp_filter_ctx context, program *made)
{
    int file = memfd_create("filter", MFD_CLOEXEC);
    if (file < 0)
        return -errno;
    int status = seccomp_export_bpf(context, file);
    off_t size = status == 0 ? lseek(file, 0, SEEK_END) : -1;
    if (status == 0 && (size <= 0 || (size_t)size > sizeof made->code ||
                        pread(file, made->code, (size_t)size, 0) != size))
        status = -EIO;
    if (status == 0)
        made->size = (size_t)size;
    close(file);
    return status;
}

static int build_filter(uint32_t otherwise, int (*add)(scmp_filter_ctx), program *made,
                        bx_error *err)
{
    made->size = 0;
    scmp_filter_ctx context = seccomp_init(otherwise);
    if (!context)
        return bx_fail(err, BX_EJAIL, "cannot make the system call filter");
    int status = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (status == 0) /* a tree of calls: the kernel walks it for every call number at each start */
        status = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (status == 0)
        status = add(context);
    if (status == 0)
        status = export_filter(context, made);
    seccomp_release(context);
    if (status < 0)
        return bx_fail_errno(err, BX_EJAIL, -status, "cannot build the system call filter");
    return 0;
}

static size_t measure_size(void)
{
    char text[64] = "";
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fallback_size;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    unsigned long pages = length > 0 ? strtoul(text, NULL, 10) : 0;
    return pages ? pages * (size_t)sysconf(_SC_PAGESIZE) : fallback_size;
}

void bx_jail_prepare(void)
{
    build_filter(default_action, add_worker_rules, &filter, &filter_failure);
    present_size = measure_size();
}

void bx_jail_volunteer(void)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0 && write(file, "1000", 4) < 0)
        errno = 0; /* the host's own value then, as before */
    if (file >= 0)
        close(file);
}

int bx_jail_follow(pid_t parent, bx_error *err)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0L) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot tie the worker to its parent");
    if (getppid() != parent)
        return bx_fail(err, BX_ESTART, "the parent is gone");
    return 0;
}

/* The kernel sends it for each thread of the parent that ends with us as its child. */
static void on_parent_end(int number)
{
    (void)number;
    if (getppid() != followed)
        _exit(BX_EXIT_HOST_GONE);
}

int bx_jail_follow_process(pid_t parent, bx_error *err)
{
    struct sigaction action = {.sa_handler = on_parent_end, .sa_flags = SA_RESTART};
    followed = parent;
    if (sigaction(SIGHUP, &action, NULL) < 0 || prctl(PR_SET_PDEATHSIG, SIGHUP, 0L) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot tie the worker to its parent");
    if (getppid() != parent)
        return bx_fail(err, BX_ESTART, "the parent is gone");
    return 0;
}

static int close_those_in(DIR *folder, int first)
{
    const struct dirent *entry;
    while (errno = 0, (entry = readdir(folder))) {
        int descriptor = (int)strtol(entry->d_name, NULL, 10);
        if (descriptor >= first && descriptor != dirfd(folder))
            close(descriptor);
    }
    return errno ? -1 : 0;
}

/* Numbers are given from the lowest on: after so many that are free none is taken, and limits of a
 * thousand million are not gone through. */
enum { FREE_NUMBERS = 1 << 16 };

static int close_each(int first)
{
    struct rlimit most; /* none is above: it was not lowered */
    if (getrlimit(RLIMIT_NOFILE, &most) < 0)
        return -1;
    int free_numbers = 0;
    for (rlim_t descriptor = (rlim_t)first;
         descriptor < most.rlim_cur && free_numbers < FREE_NUMBERS; descriptor++)
        free_numbers = close((int)descriptor) == 0 ? 0 : free_numbers + 1;
    return 0;
}

int bx_jail_close_from(int first)
{
    if (close_range((unsigned)first, ~0u, 0) == 0)
        return 0;
    if (errno != ENOSYS)
        return -1;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return close_each(first);
    int status = close_those_in(folder, first), failure = errno;
    closedir(folder);
    errno = failure;
    return status;
}

int bx_jail_close_descriptors(int socket, bx_error *err)
{
    if (socket != BX_WORKER_DESCRIPTOR && dup2(socket, BX_WORKER_DESCRIPTOR) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot place the socket");
#ifdef BIOXEN_SANITIZE
    int last = STDERR_FILENO - 1; /* reports go to stderr */
#else
    int last = STDERR_FILENO;
#endif
    for (int descriptor = 0; descriptor <= last; descriptor++)
        close(descriptor);
    if (bx_jail_close_from(BX_WORKER_DESCRIPTOR + 1) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot close the other descriptors");
    return 0;
}

static int limit(int resource, rlim_t value)
{
    struct rlimit present;
    if (getrlimit((unsigned)resource, &present) < 0)
        return -1;
    if (present.rlim_max != RLIM_INFINITY && value > present.rlim_max)
        value = present.rlim_max;
    struct rlimit wanted = {value, value};
    return setrlimit((unsigned)resource, &wanted);
}

typedef struct bound {
    int resource;
    rlim_t value;
} bound;

static int set_limits(const bound *limits, size_t count, bx_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (limit(limits[i].resource, limits[i].value) < 0)
            return bx_fail_errno(err, BX_EJAIL, errno, "cannot set resource limit %d",
                                 limits[i].resource);
    return 0;
}

/* What a parent of workers lives with, too. */
static int set_common_limits(bx_error *err)
{
    static const bound limits[] = {
        {RLIMIT_CORE, 0},     {RLIMIT_FSIZE, 0},          {RLIMIT_MEMLOCK, 0},
        {RLIMIT_MSGQUEUE, 0}, {RLIMIT_STACK, STACK_SIZE},
    };
    if (!has_common_limits && set_limits(limits, LENGTH(limits), err) < 0)
        return -1;
    has_common_limits = true;
    return 0;
}

static int set_own_limits(size_t memory_limit, bx_error *err)
{
    const bound no_process = {RLIMIT_NPROC, 0}; /* which would shut the gate, too */
    const bound limits[] = {
        {RLIMIT_NOFILE, BX_WORKER_DESCRIPTOR + 1},
#ifndef BIOXEN_SANITIZE
        {RLIMIT_AS, present_size + memory_limit + address_slack},
#endif
    };
    (void)memory_limit;
    if (listener < 0 && set_limits(&no_process, 1, err) < 0)
        return -1;
    return set_limits(limits, LENGTH(limits), err);
}

/* Have these capabilities and no other. */
static int keep_capabilities(uint32_t kept)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{.effective = kept, .permitted = kept}};
    return (int)syscall(SYS_capset, &head, sets);
}

static int become(uid_t user)
{
    if (!may_change_user && setgroups(0, NULL) < 0) /* else it has none */
        return -1;
    return setresgid(user, user, user) < 0 || setresuid(user, user, user) < 0 ? -1 : 0;
}

/* A user that this namespace does not have (EINVAL) is nobody. */
int bx_jail_drop_root(uid_t user, bx_error *err)
{
    if (!may_change_user && geteuid() != 0 && getuid() != 0)
        return 0;
    int status = become(user ? user : NOBODY);
    if (status < 0 && errno == EINVAL)
        status = become(NOBODY);
    if (status < 0 || keep_capabilities(0) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot give up the user root");
    may_change_user = false;
    return 0;
}

void bx_jail_restrain(void)
{
    enum { KEPT = 1 << CAP_SETUID | 1 << CAP_SETGID | 1 << CAP_KILL };
    limit(RLIMIT_CORE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (geteuid() == 0 && prctl(PR_SET_KEEPCAPS, 1) == 0 && become(NOBODY) == 0)
        may_change_user = keep_capabilities(KEPT) == 0;
    prctl(PR_SET_DUMPABLE, 0);
}

static struct sock_fprog as_code(const program *made)
{
    return (struct sock_fprog){(unsigned short)(made->size / sizeof *made->code),
                               (struct sock_filter *)made->code};
}

static int attach(const program *made)
{
    struct sock_fprog code = as_code(made);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &code);
}

/* With a listener, which will have this number, or without one (-1). Both filters, or none. */
static int confine_parent(int number)
{
    program whole, rest;
    bx_error ignored;
    listener = number;
    if (build_filter(default_action, add_parent_rules, &whole, &ignored) < 0 ||
        build_filter(SCMP_ACT_ALLOW, take_parent_calls, &rest, &ignored) < 0)
        return -1;
    struct sock_fprog code = as_code(&whole);
    int status = number < 0 ? attach(&whole)
                            : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                           SECCOMP_FILTER_FLAG_NEW_LISTENER, &code);
    if (status >= 0)
        filter = rest;
    return status;
}

int bx_jail_confine_parent(void)
{
    bx_error ignored;
    int next = dup(BX_ZYGOTE_DESCRIPTOR); /* the lowest that is free */
    close(next);
    if (next < 0 || confine_parent(next) != next)
        confine_parent(-1);
    set_common_limits(&ignored); /* after the filters, which are made in a file */
    return listener;
}

/* A change of user resets both of these. */
static int hide(pid_t parent, bx_error *err)
{
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot shut out tracers");
    return bx_jail_follow(parent, err);
}

static int install_filter(bx_error *err)
{
    if (!filter.size) {
        *err = filter_failure;
        return -1;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot give up new privileges");
    if (attach(&filter) < 0)
        return bx_fail_errno(err, BX_EJAIL, errno, "cannot filter system calls (seccomp)");
    return 0;
}

int bx_jail_enter(pid_t parent, uid_t user, size_t memory_limit, bool unconfined, bx_error *err)
{
    int failures = set_common_limits(err) < 0 || set_own_limits(memory_limit, err) < 0;
    if (!failures || unconfined)
        failures += bx_jail_drop_root(user, err) < 0;
    if (!failures || unconfined)
        failures += hide(parent, err) < 0;
    if (!failures || unconfined)
        failures += install_filter(err) < 0;
    return failures && !unconfined ? -1 : 0;
}
