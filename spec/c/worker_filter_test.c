/* The jail's filters of system calls, for both architectures whichever this is: libseccomp writes
 * them for another, and what is below does with them what the kernel does. */
#include "worker/gate.h"
#include "worker/jail.h"

#include "test.h"
#include "wire/zygote.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CALLS = 512, ARGUMENTS = 6 };

static const uint32_t allowed = SECCOMP_RET_ALLOW, refused = SECCOMP_RET_ERRNO | EPERM;
#ifdef BIOXEN_SANITIZE
static const uint32_t forbidden = SECCOMP_RET_ERRNO | EPERM; /* that build's does not kill */
#else
static const uint32_t forbidden = SECCOMP_RET_KILL_PROCESS;
#endif

/* ---- the filters ---- */

/* In the order in which the jail makes them. */
enum { WORKER, PARENT, REST, PARENT_WITHOUT_GATE, REST_WITHOUT_GATE, PROGRAMS };
static const char *const names[] = {"a worker's", "its parent's", "what the parent's lacks",
                                    "its parent's without a gate", "what that lacks"};

typedef struct program {
    struct sock_filter code[CALLS];
    size_t length;
} program;

typedef struct architecture {
    uint32_t token;
    program programs[PROGRAMS];
    size_t count;
} architecture;

static architecture intel = {.token = SCMP_ARCH_X86_64}, arm = {.token = SCMP_ARCH_AARCH64};
static architecture *present;

/* The linker puts these before the jail, see CMakeLists.txt. */
scmp_filter_ctx __real_seccomp_init(uint32_t action);
scmp_filter_ctx __wrap_seccomp_init(uint32_t action);
int __real_seccomp_export_bpf(scmp_filter_ctx context, int file);
int __wrap_seccomp_export_bpf(scmp_filter_ctx context, int file);
int __wrap_prctl(int option, ...);
long __wrap_syscall(long number, ...);
int __wrap_setrlimit(int resource, const struct rlimit *wanted);

scmp_filter_ctx __wrap_seccomp_init(uint32_t action)
{
    seccomp_api_set(6); /* whatever this kernel knows */
    scmp_filter_ctx context = __real_seccomp_init(action);
    if (present->token != seccomp_arch_native() &&
        (seccomp_arch_add(context, present->token) < 0 ||
         seccomp_arch_remove(context, seccomp_arch_native()) < 0))
        abort();
    return context;
}

int __wrap_seccomp_export_bpf(scmp_filter_ctx context, int file)
{
    int status = __real_seccomp_export_bpf(context, file);
    if (present->count == PROGRAMS)
        abort();
    program *made = &present->programs[present->count++];
    ssize_t size = pread(file, made->code, sizeof made->code, 0);
    made->length = size > 0 ? (size_t)size / sizeof *made->code : 0;
    return status;
}

/* This process takes no filter and no limit, and there is no listener. */
int __wrap_prctl(int option, ...)
{
    (void)option;
    return 0;
}

long __wrap_syscall(long number, ...)
{
    (void)number;
    return -1;
}

int __wrap_setrlimit(int resource, const struct rlimit *wanted)
{
    (void)resource;
    (void)wanted;
    return 0;
}

static void make_filters(architecture *of)
{
    present = of;
    bx_jail_prepare();
    bx_jail_confine_parent();
}

static void all_are_made_for_both(void)
{
    CHECK(dup2(STDOUT_FILENO, BX_ZYGOTE_DESCRIPTOR) == BX_ZYGOTE_DESCRIPTOR);
    make_filters(&intel);
    make_filters(&arm);
    for (size_t i = 0; i < PROGRAMS; i++)
        CHECK(intel.programs[i].length > 0 && arm.programs[i].length > 0);
}

/* ---- what they say ---- */

typedef struct arguments {
    uint64_t of[ARGUMENTS];
} arguments;

static uint32_t jump(const struct sock_filter *at, uint32_t value)
{
    bool is_so = false;
    switch (BPF_OP(at->code)) {
    case BPF_JA: return at->k;
    case BPF_JEQ: is_so = value == at->k; break;
    case BPF_JGT: is_so = value > at->k; break;
    case BPF_JGE: is_so = value >= at->k; break;
    case BPF_JSET: is_so = value & at->k; break;
    default: abort();
    }
    return is_so ? at->jt : at->jf;
}

/* The instructions that libseccomp writes. */
static uint32_t run(const program *filter, const struct seccomp_data *call)
{
    uint32_t value = 0;
    for (size_t i = 0; i < filter->length; i++) {
        const struct sock_filter *at = &filter->code[i];
        switch (BPF_CLASS(at->code)) {
        case BPF_LD: memcpy(&value, (const char *)call + at->k, sizeof value); break;
        case BPF_ALU:
            if (BPF_OP(at->code) != BPF_AND)
                abort();
            value &= at->k;
            break;
        case BPF_JMP: i += jump(at, value); break;
        case BPF_RET: return at->k;
        default: abort();
        }
    }
    abort();
}

static uint32_t decide(const architecture *on, int which, int number, arguments a)
{
    struct seccomp_data call = {.nr = number, .arch = on->token};
    memcpy(call.args, a.of, sizeof call.args);
    return run(&on->programs[which], &call);
}

static int number_of(const architecture *on, const char *name)
{
    return seccomp_syscall_resolve_name_arch(on->token, name);
}

static const arguments nonsense = {{-1, -1, -1, -1, -1, -1}};
static const arguments the_fork = {{CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD}};
static const arguments tries[] = {
    {{0}},
    {{BX_WORKER_DESCRIPTOR}},
    {{BX_WORKER_DESCRIPTOR, 0, 1, MSG_OOB}},
    {{BX_WORKER_DESCRIPTOR + 1ULL + (1ULL << 32)}},
    {{BX_WORKER_DESCRIPTOR + (1ULL << 32)}},
    {{0, 4096, PROT_EXEC}},
    {{0, 4096, PROT_READ | PROT_WRITE}},
    {{ITIMER_VIRTUAL}},
    {{ITIMER_PROF}},
    {{BX_GATE_CLONE}},
    {{BX_GATE_CLONE, 4096}},
    {{CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD}},
    {{CLONE_VM | CLONE_SIGHAND | CLONE_THREAD}},
    {{PR_SET_PDEATHSIG, SIGKILL, BX_GATE_KNOCK}},
    {{PR_SET_PDEATHSIG, SIGTERM, BX_GATE_KNOCK}},
    {{PR_SET_DUMPABLE, 1}},
    {{-1, -1, -1, -1, -1, -1}},
};

/* The call of this name does the same on both. */
static void compare(int which, const char *name)
{
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        uint32_t here = decide(&intel, which, number_of(&intel, name), tries[i]);
        uint32_t there = decide(&arm, which, number_of(&arm, name), tries[i]);
        if (here != there)
            test_fail(__FILE__, __LINE__, "%s: %s with arguments %zu gives %x, on aarch64 %x",
                      names[which], name, i, here, there);
    }
}

static void a_call_does_the_same_on_both(void)
{
    int shared = 0;
    for (int number = 0; number < CALLS; number++) {
        char *name = seccomp_syscall_resolve_num_arch(arm.token, number);
        if (name && number_of(&intel, name) >= 0) {
            shared++;
            for (int which = 0; which < PROGRAMS; which++)
                compare(which, name);
        }
        free(name);
    }
    CHECK(shared > 250);
}

/* Of those, x86-64 has `name` alone; aarch64's C library makes the other call in its place. */
static const struct succession {
    const char *name, *successor;
} successions[] = {
    {"access", "faccessat"}, {"creat", "openat"},        {"dup2", "dup3"},
    {"fork", "clone"},       {"getpgrp", "getpgid"},     {"lstat", "newfstatat"},
    {"mkdir", "mkdirat"},    {"open", "openat"},         {"poll", "ppoll"},
    {"rename", "renameat"},  {"readlink", "readlinkat"}, {"rmdir", "unlinkat"},
    {"stat", "newfstatat"},  {"time", "clock_gettime"},  {"unlink", "unlinkat"},
};

static const char *successor_of(const char *name)
{
    for (size_t i = 0; i < sizeof successions / sizeof *successions; i++)
        if (strcmp(successions[i].name, name) == 0)
            return successions[i].successor;
    return NULL;
}

static void what_aarch64_lacks_has_a_successor_there(void)
{
    for (int number = 0; number < CALLS; number++) {
        char *name = seccomp_syscall_resolve_num_arch(intel.token, number);
        for (int which = 0; name && number_of(&arm, name) < 0 && which < PROGRAMS; which++) {
            uint32_t here = decide(&intel, which, number, the_fork);
            const char *successor = successor_of(name);
            bool is_default = here == decide(&intel, which, CALLS - 1, the_fork);
            if (!is_default && !successor)
                test_fail(__FILE__, __LINE__, "%s: %s gives %x", names[which], name, here);
            else if (!is_default &&
                     decide(&arm, which, number_of(&arm, successor), the_fork) != here)
                test_fail(__FILE__, __LINE__, "%s: %s is not as %s", names[which], name, successor);
        }
        free(name);
    }
}

static void what_has_no_name_is_forbidden(void)
{
    for (int number = 0; number < 2 * CALLS; number++) {
        char *name = seccomp_syscall_resolve_num_arch(arm.token, number);
        if (!name && (decide(&arm, WORKER, number, nonsense) != forbidden ||
                      decide(&arm, PARENT, number, nonsense) != forbidden))
            test_fail(__FILE__, __LINE__, "call %d of aarch64 is let through", number);
        free(name);
    }
}

/* By the numbers of the kernel's asm-generic/unistd.h, whatever libseccomp thinks of them. */
static void the_numbers_are_the_kernels(void)
{
    static const arguments own = {{BX_WORKER_DESCRIPTOR}}, code = {{0, 4096, PROT_EXEC}};
    const struct {
        int number;
        arguments with;
        uint32_t wanted;
    } calls[] = {
        {63, own, allowed} /* read */,
        {64, own, allowed} /* write */,
        {93, own, allowed} /* exit */,
        {98, own, allowed} /* futex */,
        {113, own, allowed} /* the clock */,
        {178, own, allowed} /* gettid */,
        {214, own, allowed} /* brk */,
        {222, own, allowed} /* mmap */,
        {222, code, forbidden},
        {226, code, forbidden} /* mprotect */,
        {56, own, refused} /* openat */,
        {78, own, refused} /* readlinkat */,
        {79, own, refused} /* fstatat */,
        {57, own, refused} /* close */,
        {117, own, forbidden} /* ptrace */,
        {129, own, forbidden} /* kill */,
        {146, own, forbidden} /* setuid */,
        {97, own, forbidden} /* unshare */,
        {198, own, forbidden} /* socket */,
        {211, own, forbidden} /* sendmsg */,
        {220, own, forbidden} /* clone */,
        {221, own, forbidden} /* execve */,
        {279, own, forbidden} /* memfd */,
        {280, own, forbidden} /* bpf */,
        {425, own, forbidden} /* io_uring */,
        {435, own, forbidden} /* clone3 */,
    };
#ifdef BIOXEN_SANITIZE
    (void)refused; /* the same there */
#endif
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        uint32_t said = decide(&arm, WORKER, calls[i].number, calls[i].with);
        if (said != calls[i].wanted)
            test_fail(__FILE__, __LINE__, "call %d of aarch64 gives %x, not %x", calls[i].number,
                      said, calls[i].wanted);
    }
}

/* A process can make calls of 32-bit programs, with numbers of their own. */
static void calls_of_another_architecture_kill(void)
{
    static const uint32_t tokens[] = {SCMP_ARCH_X86, SCMP_ARCH_ARM, SCMP_ARCH_X86_64,
                                      SCMP_ARCH_AARCH64};
    enum { X32 = 0x40000000 };
    for (int which = 0; which < PROGRAMS; which++) {
        for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
            struct seccomp_data call = {.nr = 0, .arch = tokens[i]};
            if (tokens[i] != intel.token)
                CHECK(run(&intel.programs[which], &call) == SECCOMP_RET_KILL_PROCESS);
            if (tokens[i] != arm.token)
                CHECK(run(&arm.programs[which], &call) == SECCOMP_RET_KILL_PROCESS);
        }
        CHECK(decide(&intel, which, X32, nonsense) == SECCOMP_RET_KILL_PROCESS);
    }
}

int main(void)
{
    RUN(all_are_made_for_both);
    RUN(a_call_does_the_same_on_both);
    RUN(what_aarch64_lacks_has_a_successor_there);
    RUN(what_has_no_name_is_forbidden);
    RUN(the_numbers_are_the_kernels);
    RUN(calls_of_another_architecture_kill);
    return test_end();
}
