#include "courier/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Refused with EPERM. What is left are files, sockets, memory, threads and time: the C library's
 * resolver and what it loads want more of them than a list of what is allowed could foresee. */
static const int refused_calls[] = {
    /* programs and processes */
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
    /* users, namespaces, roots */
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(chroot),
    SCMP_SYS(pivot_root), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(mknod), SCMP_SYS(mknodat),
    /* the system */
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(add_key),
    SCMP_SYS(keyctl), SCMP_SYS(request_key), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex), SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(acct),
    SCMP_SYS(quotactl), SCMP_SYS(personality), SCMP_SYS(iopl), SCMP_SYS(ioperm),
    /* it is called, and is no server */
    SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)};

/* Of sockets, those to an agent (AF_UNIX), hosts, and the kernel (AF_NETLINK: the resolver) are
 * left. */
static int refuse(scmp_filter_ctx context)
{
    int status = 0;
    for (size_t i = 0; i < sizeof refused_calls / sizeof *refused_calls && status == 0; i++)
        if (refused_calls[i] >= 0) /* else this architecture lacks it */
            status = seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), refused_calls[i], 0);
    if (status == 0) /* a thread is none of its own */
        status = seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    if (status == 0) /* whose arguments no filter sees: the C library then takes clone */
        status = seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (status == 0)
        status = seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_GT, AF_NETLINK));
    for (uint64_t family = 0; family < AF_NETLINK && status == 0; family++)
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
            status = seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                      SCMP_A0(SCMP_CMP_EQ, family));
    return status;
}

/* Of root's capabilities, those that let it read and write the files of its configuration. */
static void drop_capabilities(void)
{
    enum { KEPT = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH };
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{0}};
    if (syscall(SYS_capget, &head, sets) < 0)
        return;
    uint32_t kept = sets[0].permitted & KEPT;
    sets[0] = (struct __user_cap_data_struct){.effective = kept, .permitted = kept};
    sets[1] = (struct __user_cap_data_struct){0};
    syscall(SYS_capset, &head, sets);
}

void bx_courier_confine(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    drop_capabilities();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef BIOXEN_SANITIZE /* which traces itself for its report */
    prctl(PR_SET_DUMPABLE, 0);
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
    if (context && refuse(context) == 0)
        seccomp_load(context);
    seccomp_release(context);
#else
    (void)refuse;
#endif
}
