/* The jail from inside: each attempt is made by a confined child of its own. */
#include "worker/jail.h"

#include "test.h"
#include "wire/zygote.h"
#include "worker/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER = 2000000001, MEMORY = 32 << 20, KILLED = -1, UNCONFINED = -2 };

#ifdef BIOXEN_SANITIZE
enum { FORBIDDEN = EPERM }; /* that build's filter refuses, it does not kill */
#else
enum { FORBIDDEN = KILLED };
#endif

typedef int attempt(void);

/* Whose the filters are: a worker's own, its parent's and its own, or the parent's alone. */
static enum { OWN, BOTH, PARENT } filters;

/* A kernel that tells nobody of system calls: without a gate. */
static bool without_listeners;

static void take_listeners_away(void)
{
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
    if (!context ||
        seccomp_rule_add(context, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 1,
                         SCMP_A1(SCMP_CMP_MASKED_EQ, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                                 SECCOMP_FILTER_FLAG_NEW_LISTENER)) < 0 ||
        seccomp_load(context) < 0)
        abort();
}

static int put_up_walls(pid_t parent, bx_error *err)
{
    if (without_listeners)
        take_listeners_away();
    if (filters != OWN) {
        bx_jail_restrain();
        int listener = bx_jail_confine_parent();
        if (without_listeners && listener >= 0)
            return -1;
        close(listener);
    }
    return filters == PARENT ? 0 : bx_jail_enter(parent, USER, MEMORY, false, err);
}

/* The number of the error, or 0, of what `try` did in a jail; KILLED if it was ended for it. */
static int confined(attempt *try)
{
    int pair[2], status, result = UNCONFINED;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return UNCONFINED;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        bx_error err;
        if (bx_jail_follow(parent, &err) < 0 || bx_jail_close_descriptors(pair[1], &err) < 0 ||
            put_up_walls(parent, &err) < 0)
            _exit(1);
        result = try();
        _exit(send(BX_WORKER_DESCRIPTOR, &result, sizeof result, MSG_NOSIGNAL) < 0);
    }
    close(pair[1]);
    bool answered = recv(pair[0], &result, sizeof result, 0) == sizeof result;
    close(pair[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return UNCONFINED;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : UNCONFINED;
    return answered ? result : UNCONFINED;
}

#define CHECK_CONFINED(try, wanted)                                                                \
    do {                                                                                           \
        int got_ = confined(try);                                                                  \
        if (got_ != (wanted))                                                                      \
            test_fail(__FILE__, __LINE__, "%s gave %d, not %d", #try, got_, (int)(wanted));        \
    } while (0)

static int error_of(long result)
{
    return result < 0 ? errno : 0;
}

static int nothing(void)
{
    return 0;
}

static int open_file(void)
{
    return error_of(open("/etc/passwd", O_RDONLY));
}

static int write_file(void)
{
    return error_of(open("/tmp/evil", O_WRONLY | O_CREAT, 0600));
}

static int list_processes(void)
{
    return error_of(open("/proc", O_RDONLY | O_DIRECTORY));
}

static int look_at_file(void)
{
    struct stat status;
    return error_of(stat("/", &status));
}

static int remove_file(void)
{
    return error_of(unlink("/tmp/evil"));
}

static int read_stdin(void)
{
    char byte;
    return error_of(read(STDIN_FILENO, &byte, 1));
}

static int write_stderr(void)
{
    return error_of(write(STDERR_FILENO, "", 0));
}

static int open_socket(void)
{
    return error_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int make_pair(void)
{
    int pair[2];
    return error_of(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int send_descriptor(void)
{
    struct msghdr message = {0};
    return error_of(sendmsg(BX_WORKER_DESCRIPTOR, &message, 0));
}

static int send_past_the_order(void)
{
    return error_of(send(BX_WORKER_DESCRIPTOR, "!", 1, MSG_OOB));
}

static int receive_past_the_order(void)
{
    char byte;
    return error_of(recv(BX_WORKER_DESCRIPTOR, &byte, 1, MSG_OOB));
}

static int start_process(void)
{
    return error_of(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

#ifndef BIOXEN_SANITIZE
static int start_thread(void)
{
    return error_of(syscall(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0));
}
#endif

static int run_program(void)
{
    char *argv[] = {(char *)"true", NULL};
    char *environment[] = {NULL};
    return error_of(execve("/bin/true", argv, environment));
}

static int trace_parent(void)
{
    return error_of(ptrace(PTRACE_ATTACH, getpid() - 1, 0, 0));
}

static int signal_others(void)
{
    return error_of(kill(-1, 0));
}

static int become_root(void)
{
    return error_of(syscall(SYS_setuid, 0));
}

static int leave_namespace(void)
{
    return error_of(syscall(SYS_unshare, 0x10000000));
}

static int use_io_uring(void)
{
    return error_of(syscall(425, 8, NULL));
}

static int map_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : 0;
}

static int make_executable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -3 : error_of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int arm_virtual_timer(void)
{
    struct itimerval timer = {{0, 0}, {1, 0}};
    return error_of(setitimer(ITIMER_VIRTUAL, &timer, NULL));
}

static int arm_own_timer(void)
{
    struct itimerval timer = {{0, 0}, {1000, 0}};
    return error_of(setitimer(ITIMER_PROF, &timer, NULL));
}

static int take_memory(void)
{
    void *volatile block = malloc(MEMORY);
    return block ? 0 : ENOMEM;
}

#ifndef BIOXEN_SANITIZE
static int take_too_much_memory(void)
{
    void *volatile block = malloc((size_t)MEMORY * 8);
    return block ? 0 : ENOMEM;
}
#endif

static void what_a_worker_needs_is_allowed(void)
{
    CHECK_CONFINED(nothing, 0);
    CHECK_CONFINED(take_memory, 0);
    CHECK_CONFINED(arm_own_timer, 0);
}

static void files_are_refused(void)
{
    CHECK_CONFINED(open_file, EPERM);
    CHECK_CONFINED(write_file, EPERM);
    CHECK_CONFINED(list_processes, EPERM);
    CHECK_CONFINED(look_at_file, EPERM);
    CHECK_CONFINED(remove_file, EPERM);
#ifndef BIOXEN_SANITIZE
    CHECK_CONFINED(read_stdin, EBADF);
    CHECK_CONFINED(write_stderr, EBADF);
#else
    (void)read_stdin;
    (void)write_stderr;
#endif
}

static void reaching_out_is_fatal(void)
{
    CHECK_CONFINED(open_socket, FORBIDDEN);
    CHECK_CONFINED(make_pair, FORBIDDEN);
    CHECK_CONFINED(send_descriptor, FORBIDDEN);
    CHECK_CONFINED(send_past_the_order, FORBIDDEN);
    CHECK_CONFINED(receive_past_the_order, FORBIDDEN);
    CHECK_CONFINED(start_process, FORBIDDEN);
    CHECK_CONFINED(run_program, FORBIDDEN);
    CHECK_CONFINED(trace_parent, FORBIDDEN);
    CHECK_CONFINED(signal_others, FORBIDDEN);
    CHECK_CONFINED(become_root, FORBIDDEN);
    CHECK_CONFINED(leave_namespace, FORBIDDEN);
    CHECK_CONFINED(use_io_uring, FORBIDDEN);
    CHECK_CONFINED(arm_virtual_timer, FORBIDDEN);
}

static void memory_is_never_code(void)
{
    CHECK_CONFINED(map_code, FORBIDDEN);
    CHECK_CONFINED(make_executable, FORBIDDEN);
}

#ifndef BIOXEN_SANITIZE /* whose calls no list of a parent's foresees */
static int make_a_child_and_end_it(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            sched_yield();
    return pid > 0 && kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid ? 0 : EPERM;
}

static int call;

static int call_with_nonsense(void)
{
    return error_of(syscall(call, -1, 0, 0, 0, 0, 0));
}

static void a_parent_of_workers_does_nothing_else(void)
{
    filters = PARENT;
    CHECK_CONFINED(make_a_child_and_end_it, 0);
    files_are_refused();
    memory_is_never_code();
    CHECK_CONFINED(open_socket, KILLED);
    CHECK_CONFINED(run_program, KILLED);
    CHECK_CONFINED(trace_parent, KILLED);
    CHECK_CONFINED(leave_namespace, KILLED);
    CHECK_CONFINED(start_thread, KILLED);
    filters = OWN;
}

static void below_a_confined_parent_the_wall_is_the_same(void)
{
    enum { CALLS = 512 };
    filters = BOTH;
    what_a_worker_needs_is_allowed();
    files_are_refused();
    reaching_out_is_fatal();
    memory_is_never_code();
    for (call = 0; call < CALLS; call++) {
        filters = OWN;
        int alone = confined(call_with_nonsense);
        filters = BOTH;
        int below = confined(call_with_nonsense);
        if (alone != below)
            test_fail(__FILE__, __LINE__, "call %d gave %d, not %d", call, below, alone);
    }
    filters = OWN;
}
#endif

static int pass_the_gate(void)
{
    return error_of(syscall(SYS_clone, BX_GATE_CLONE, 0, 0, 0, 0));
}

static int knock_at_the_gate(void)
{
    return error_of(prctl(PR_SET_PDEATHSIG, SIGKILL, (long)BX_GATE_KNOCK, 0, 0));
}

static void without_a_gate_nobody_passes(void)
{
    for (int gone = 0; gone < 2; gone++) {
        without_listeners = gone;
        filters = gone ? BOTH : OWN;
        what_a_worker_needs_is_allowed();
        files_are_refused();
        reaching_out_is_fatal();
        CHECK_CONFINED(pass_the_gate, FORBIDDEN);
        CHECK_CONFINED(knock_at_the_gate, FORBIDDEN);
    }
    filters = OWN;
    without_listeners = false;
}

static void memory_is_bounded(void)
{
#ifndef BIOXEN_SANITIZE /* which reserves terabytes of addresses */
    CHECK_CONFINED(take_too_much_memory, ENOMEM);
#endif
}

/* In a container that maps few users the worker is nobody. */
static bool all_users_are_here(void)
{
    unsigned first = 1, outside, count = 0;
    FILE *file = fopen("/proc/self/uid_map", "r");
    if (!file || fscanf(file, "%u %u %u", &first, &outside, &count) != 3)
        count = 0;
    if (file)
        fclose(file);
    return first == 0 && count > USER;
}

static void the_process_is_a_user_of_its_own(void)
{
    int pair[2];
    char byte, path[64], text[4096];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        bx_error err;
        if (bx_jail_follow(parent, &err) < 0 || bx_jail_close_descriptors(pair[1], &err) < 0 ||
            bx_jail_enter(parent, USER, MEMORY, false, &err) < 0)
            _exit(1);
        send(BX_WORKER_DESCRIPTOR, "", 1, 0);
        recv(BX_WORKER_DESCRIPTOR, &byte, 1, 0);
        _exit(0);
    }
    close(pair[1]);
    CHECK(recv(pair[0], &byte, 1, 0) == 1);
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    int file = open(path, O_RDONLY);
    ssize_t length = read(file, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    CHECK(strstr(text, "NoNewPrivs:\t1\n"));
    CHECK(strstr(text, "Seccomp:\t2\n"));
    CHECK(strstr(text, "CapEff:\t0000000000000000\n"));
    if (getuid() == 0 && all_users_are_here())
        CHECK(strstr(text, "Uid:\t2000000001\t2000000001\t2000000001\t2000000001\n") &&
              strstr(text, "Gid:\t2000000001\t2000000001\t2000000001\t2000000001\n"));
    close(file);
    close(pair[0]);
    waitpid(pid, NULL, 0);
}

/* A kernel without filters, as far as this process can tell from now on. */
static bool take_filters_away(void)
{
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
    return context &&
           seccomp_rule_add(context, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                            SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) == 0 &&
           seccomp_load(context) == 0;
}

static void a_missing_wall_is_an_error(void)
{
    int status = 0;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        bx_error err = {BX_OK, ""};
        bool refused = take_filters_away() &&
                       bx_jail_enter(parent, USER, MEMORY, false, &err) < 0 &&
                       err.code == BX_EJAIL && strstr(err.message, "seccomp");
        _exit(!refused || bx_jail_enter(parent, USER, MEMORY, true, &err) < 0);
    }
    waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Run `act` in a child. */
static bool in_a_child(bool (*act)(pid_t parent))
{
    int status = -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        _exit(!act(parent));
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool there_is_no_filter(pid_t parent)
{
    struct rlimit none = {0, 0};
    bx_error err = {BX_OK, ""};
    if (setrlimit(RLIMIT_NOFILE, &none) < 0) /* in whose file it would be built */
        return false;
    bx_jail_prepare();
    return bx_jail_enter(parent, USER, MEMORY, false, &err) < 0 && err.code == BX_EJAIL &&
           strstr(err.message, "cannot build the system call filter") &&
           bx_jail_enter(parent, USER, MEMORY, true, &err) == 0 && geteuid() != 0;
}

static void a_filter_that_cannot_be_built_is_a_missing_wall(void)
{
    CHECK(in_a_child(there_is_no_filter));
}

static bool a_parent_of_workers_is_no_root(pid_t parent)
{
    struct rlimit cores;
    int status;
    (void)parent;
    bool root = geteuid() == 0;
    uid_t user = all_users_are_here() ? USER : 65534;
    bx_jail_restrain();
    if (geteuid() == 0 || prctl(PR_GET_DUMPABLE) != 0 ||
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || getrlimit(RLIMIT_CORE, &cores) < 0 ||
        cores.rlim_cur != 0)
        return false;
    if (!root)
        return true;
    pid_t self = getpid(), pid = fork();
    if (pid == 0) {
        bx_error err;
        bool dropped = bx_jail_drop_root(USER, &err) == 0 && geteuid() == user;
        _exit(!(dropped && setresuid(0, 0, 0) < 0 &&
                bx_jail_enter(self, USER, MEMORY, false, &err) == 0));
    }
    /* files of root are out of reach, and becoming a user is not becoming root */
    return open("/etc/shadow", O_RDONLY) < 0 && waitpid(pid, &status, 0) == pid &&
           WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void what_makes_workers_is_no_root(void)
{
    CHECK(in_a_child(a_parent_of_workers_is_no_root));
}

static bool is_the_first_to_go(pid_t parent)
{
    char text[16] = "";
    (void)parent;
    bx_jail_volunteer();
    int file = open("/proc/self/oom_score_adj", O_RDONLY);
    return read(file, text, sizeof text - 1) > 0 && strcmp(text, "1000\n") == 0;
}

static void out_of_memory_it_goes_before_the_host(void)
{
    CHECK(in_a_child(is_the_first_to_go));
}

static void an_orphan_does_not_start(void)
{
    bx_error err;
    CHECK(bx_jail_follow(getpid(), &err) < 0 && err.code == BX_ESTART);
}

int main(void)
{
    bx_jail_prepare();
    RUN(what_a_worker_needs_is_allowed);
    RUN(files_are_refused);
    RUN(reaching_out_is_fatal);
    RUN(memory_is_never_code);
    RUN(without_a_gate_nobody_passes);
    RUN(memory_is_bounded);
#ifndef BIOXEN_SANITIZE
    RUN(a_parent_of_workers_does_nothing_else);
    RUN(below_a_confined_parent_the_wall_is_the_same);
#endif
    RUN(the_process_is_a_user_of_its_own);
    RUN(a_missing_wall_is_an_error);
    RUN(a_filter_that_cannot_be_built_is_a_missing_wall);
    RUN(what_makes_workers_is_no_root);
    RUN(out_of_memory_it_goes_before_the_host);
    RUN(an_orphan_does_not_start);
    return test_end();
}
