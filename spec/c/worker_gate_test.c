/* The gate by which a worker is forked, and what a hostile one may try there. Each case has a
 * zygote of its own, with its filter and a jailed worker, whose code is that of the test. */
#include "worker/gate.h"
#include "worker/jail.h"

#include "test.h"
#include "wire/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER = 2000000001, MEMORY = 32 << 20, VM = 7, PATIENCE = 20000 /* milliseconds */ };

#ifdef BIOXEN_SANITIZE
enum { FORBIDDEN = 0 }; /* that build's filter refuses, it does not kill */
#else
enum { FORBIDDEN = SIGSYS };
#endif

/* How processes ended: 0, or by which signal. */
typedef struct outcome {
    bool has_gate;
    int worker;                        /* how it ended */
    int copies;                        /* how many processes there were besides */
    int copy;                          /* how the last of them ended */
    bool made;                         /* the host was told of a copy, */
    int refused;                       /* or of none: how often */
    int failure;                       /* for this reason */
    char worker_said[8], copy_said[8]; /* on the worker's socket, on the new one */
} outcome;

static void say(char letter)
{
    (void)!write(BX_WORKER_DESCRIPTOR, &letter, 1);
}

typedef void acts(void); /* of a worker, which then ends */

static int end_of(int status)
{
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static long clone_with(unsigned long flags, unsigned long stack)
{
    return syscall(SYS_clone, flags, stack, 0L, 0L, 0L);
}

static long knock(long made)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL, (unsigned long)BX_GATE_KNOCK, made, 0L);
}

static void note(outcome *o, const bx_gate_news *news)
{
    if (!news->vm)
        return;
    o->made |= news->copy > 0;
    o->refused += news->copy == 0;
    o->failure = news->failure;
}

/* Wait for all that there is, and hear the gate. */
static void serve(bx_gate *gate, pid_t worker, outcome *o)
{
    bx_gate_news news;
    siginfo_t ended = {0};
    for (int waited = 0; waited < PATIENCE; waited++) {
        struct pollfd heard = {gate->listener, POLLIN, 0};
        if (poll(&heard, 1, 1) > 0 && heard.revents & POLLIN) {
            bx_gate_hear(gate, &news);
            note(o, &news);
            if (news.vm)
                bx_gate_let_go(gate, news.vm);
        }
        ended.si_pid = 0;
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) < 0)
            return;
        if (!ended.si_pid)
            continue;
        bx_gate_ended(gate, ended.si_pid, &news);
        note(o, &news);
        if (news.vm)
            bx_gate_let_go(gate, news.vm);
        int status = 0;
        waitpid(ended.si_pid, &status, 0);
        if (ended.si_pid == worker) {
            o->worker = end_of(status);
        } else {
            o->copies++;
            o->copy = end_of(status);
        }
    }
    kill(0, SIGKILL);
}

static pid_t start_worker(int socket, acts *act)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        bx_error err;
        if (bx_jail_follow(parent, &err) < 0 || bx_jail_close_descriptors(socket, &err) < 0 ||
            bx_jail_enter(parent, USER, MEMORY, false, &err) < 0)
            _exit(1);
        char begin;
        if (read(BX_WORKER_DESCRIPTOR, &begin, 1) == 1)
            act();
        _exit(0);
    }
    return pid;
}

static int place_high(int descriptor)
{
    int placed = fcntl(descriptor, F_DUPFD_CLOEXEC, 20);
    close(descriptor);
    return placed;
}

static void make_pair(int kind, int ends[2])
{
    if (socketpair(AF_UNIX, kind | SOCK_CLOEXEC, 0, ends) < 0)
        abort();
    ends[0] = place_high(ends[0]);
    ends[1] = place_high(ends[1]);
}

/* The worker begins once its fork has been asked for, if it is to be. */
_Noreturn static void be_zygote(int control, int socket, int new_socket, bool asked, acts *act)
{
    outcome o = {0};
    uint64_t dropped;
    bx_gate gate = {.listener = -1};
    bx_jail_prepare();
    if (setpgid(0, 0) < 0 || dup2(control, BX_ZYGOTE_DESCRIPTOR) < 0)
        _exit(1);
    bx_jail_restrain();
    gate.listener = bx_jail_confine_parent();
    o.has_gate = gate.listener >= 0;
    pid_t worker = o.has_gate ? start_worker(socket, act) : 0;
    if (worker > 0 && asked && bx_gate_ask(&gate, worker, VM, new_socket, &dropped) < 0)
        _exit(1);
    send(BX_ZYGOTE_DESCRIPTOR, "", 1, 0);
    if (worker > 0)
        serve(&gate, worker, &o);
    send(BX_ZYGOTE_DESCRIPTOR, &o, sizeof o, 0);
    _exit(0);
}

static void hear(int socket, char said[8])
{
    ssize_t got = recv(socket, said, 7, MSG_DONTWAIT);
    said[got > 0 ? got : 0] = '\0';
}

static outcome outcome_of(bool asked, acts *act)
{
    outcome o = {0};
    int control[2], worker[2], copy[2];
    char ready;
    make_pair(SOCK_SEQPACKET, control);
    make_pair(SOCK_STREAM, worker);
    make_pair(SOCK_STREAM, copy);
    pid_t zygote = fork();
    if (zygote == 0)
        be_zygote(control[1], worker[1], copy[1], asked, act);
    close(control[1]);
    close(worker[1]);
    close(copy[1]);
    CHECK(recv(control[0], &ready, 1, 0) == 1);
    CHECK(send(worker[0], "", 1, MSG_NOSIGNAL) == 1);
    CHECK(recv(control[0], &o, sizeof o, 0) == sizeof o);
    hear(worker[0], o.worker_said);
    hear(copy[0], o.copy_said);
    close(control[0]);
    close(worker[0]);
    close(copy[0]);
    waitpid(zygote, NULL, 0);
    return o;
}

/* ---- what is meant ---- */

static void say_nothing(void) {}

static void pass(void)
{
    bx_error err;
    switch (bx_gate_pass(&err)) {
    case 0: say('p'); break;
    case 1: say('c'); break;
    default: say('-');
    }
}

static void pass_and_look(void)
{
    bx_error err;
    bool copy = bx_gate_pass(&err) == 1;
    say(prctl(PR_GET_DUMPABLE) == 0 ? 'h' : '-'); /* kills */
    say(copy ? 'c' : 'p');
}

static void a_worker_is_forked_once(void)
{
    outcome o = outcome_of(true, pass);
    CHECK(o.worker == 0 && o.copies == 1 && o.copy == 0);
    CHECK(o.made && o.refused == 0);
    CHECK_TEXT(o.worker_said, "p");
    CHECK_TEXT(o.copy_said, "c");
    o = outcome_of(true, pass_and_look);
    CHECK(o.worker == FORBIDDEN && o.copy == FORBIDDEN); /* jailed as before */
}

/* ---- what is not ---- */

static void pass_twice(void)
{
    pass();
    pass();
}

static void clone_alone(void)
{
    clone_with(BX_GATE_CLONE, 0);
    say('!');
}

static void knock_alone(void)
{
    knock(0);
    say('!');
}

static void nothing_opens_it_unasked(void)
{
    outcome o = outcome_of(false, pass);
    CHECK(o.worker == SIGKILL && o.copies == 0 && !o.made);
    CHECK_TEXT(o.worker_said, "");
    o = outcome_of(false, clone_alone);
    CHECK(o.worker == SIGKILL && o.copies == 0);
    o = outcome_of(false, knock_alone);
    CHECK(o.worker == SIGKILL && o.copies == 0);
    CHECK_TEXT(o.worker_said, "");
    o = outcome_of(true, knock_alone);
    CHECK(o.worker == SIGKILL && o.copies == 0 && o.refused == 1);
    o = outcome_of(true, pass_twice); /* both the worker and its copy try again */
    CHECK(o.worker == SIGKILL && o.copies == 1 && o.copy == SIGKILL && o.made);
    CHECK_TEXT(o.worker_said, "p");
    CHECK_TEXT(o.copy_said, "c");
}

#define OTHER_CLONE(name, flags, stack)                                                            \
    static void name(void)                                                                         \
    {                                                                                              \
        if (clone_with(flags, stack) >= 0)                                                         \
            say('!');                                                                              \
    }
OTHER_CLONE(plain_fork, SIGCHLD, 0)
OTHER_CLONE(other_signal, CLONE_PARENT, 0)
OTHER_CLONE(other_parent, CLONE_PARENT | CLONE_CHILD_CLEARTID | SIGCHLD, 0)
OTHER_CLONE(same_files, CLONE_PARENT | CLONE_FILES | SIGCHLD, 0)
OTHER_CLONE(same_memory, CLONE_PARENT | CLONE_VM | CLONE_VFORK | SIGCHLD, 0)
OTHER_CLONE(new_namespace, CLONE_PARENT | CLONE_NEWUSER | SIGCHLD, 0)
OTHER_CLONE(with_pidfd, CLONE_PARENT | CLONE_PIDFD | SIGCHLD, 0)
OTHER_CLONE(high_bits, (1ul << 32) | BX_GATE_CLONE, 0)
OTHER_CLONE(other_stack, BX_GATE_CLONE, 4096)

static void clone_by_memory(void)
{
    struct clone_args args = {.flags = CLONE_PARENT};
    if (syscall(SYS_clone3, &args, sizeof args) >= 0)
        say('!');
}

#ifdef SYS_fork
static void old_fork(void)
{
    if (syscall(SYS_fork) >= 0)
        say('!');
}

static void old_vfork(void)
{
    if (syscall(SYS_vfork) >= 0)
        say('!');
}
#endif

static void not_to_die_with_it(void)
{
    if (prctl(PR_SET_PDEATHSIG, 0L, (unsigned long)BX_GATE_KNOCK, 0L, 0L) == 0)
        say('!');
}

static void not_knocking(void)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L) == 0)
        say('!');
}

static void traceable_again(void)
{
    if (prctl(PR_SET_DUMPABLE, 1L, (unsigned long)BX_GATE_KNOCK, 0L, 0L) == 0)
        say('!');
}

static void listen_oneself(void)
{
    struct {
        unsigned short length;
        void *code;
    } empty = {0};
    if (syscall(SYS_seccomp, 1, 1 << 3, &empty) >= 0)
        say('!');
}

static void leave_the_group(void)
{
    if (setpgid(0, 0) == 0)
        say('!');
}

static void no_other_call_goes_through(void)
{
    static acts *const tries[] = {
        plain_fork,    other_signal,    other_parent,       same_files,     same_memory,
        new_namespace, with_pidfd,      high_bits,          other_stack,    clone_by_memory,
#ifdef SYS_fork
        old_fork,      old_vfork,
#endif
        not_knocking,  traceable_again, not_to_die_with_it, listen_oneself, leave_the_group,
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        for (int asked = 0; asked < 2; asked++) {
            outcome o = outcome_of(asked, tries[i]);
            if (o.worker != FORBIDDEN || o.copies || o.made || o.worker_said[0])
                test_fail(__FILE__, __LINE__, "try %zu%s ended by %d, with %d copies, said \"%s\"",
                          i, asked ? ", asked" : "", o.worker, o.copies, o.worker_said);
        }
    }
}

/* ---- copies that are nobody's ---- */

static void hide_copy_and_end(void)
{
    if (clone_with(BX_GATE_CLONE, 0) == 0)
        for (;;)
            sched_yield();
}

static void hide_copy_and_lie(void)
{
    if (clone_with(BX_GATE_CLONE, 0) == 0)
        for (;;)
            sched_yield();
    say(knock(-ENOMEM) < 0 && errno == ECHILD ? 'l' : '-');
}

static void let_copy_end(void)
{
    long made = clone_with(BX_GATE_CLONE, 0);
    if (made == 0)
        _exit(0);
    say(knock(made) < 0 && errno == ECHILD ? 'l' : '-');
}

static void let_copy_clone(void)
{
    long made = clone_with(BX_GATE_CLONE, 0);
    if (made == 0) {
        clone_with(BX_GATE_CLONE, 0);
        say('!');
        _exit(0);
    }
    say(knock(made) < 0 && errno == ECHILD ? 'l' : '-');
}

static void knock_twice(void)
{
    long made = clone_with(BX_GATE_CLONE, 0);
    knock(made);
    knock(made);
    say('!');
}

static void a_copy_cannot_hide(void)
{
    outcome o = outcome_of(true, hide_copy_and_end);
    CHECK(o.worker == 0 && o.copies == 1 && o.copy == SIGKILL && !o.made && o.refused == 1);
    o = outcome_of(true, hide_copy_and_lie);
    CHECK(o.worker == 0 && o.copies == 1 && o.copy == SIGKILL && !o.made && o.refused == 1);
    CHECK(o.failure == ENOMEM || o.failure == 0);
    CHECK_TEXT(o.worker_said, "l");
    o = outcome_of(true, let_copy_end);
    CHECK(o.worker == 0 && o.copies == 1 && !o.made && o.refused == 1);
    CHECK_TEXT(o.worker_said, "l");
    o = outcome_of(true, let_copy_clone);
    CHECK(o.worker == 0 && o.copies == 1 && o.copy == SIGKILL && !o.made && o.refused == 1);
    CHECK_TEXT(o.worker_said, "l");
    o = outcome_of(true, knock_twice);
    CHECK(o.worker == SIGKILL && o.copies == 1 && o.copy == SIGKILL && o.made);
    CHECK_TEXT(o.worker_said, "");
    CHECK_TEXT(o.copy_said, "");
}

/* ---- without a zygote ---- */

/* A worker whose zygote has the filter, and hears nobody any more. */
static void nobody_hears(void)
{
    int pair[2], status = 0;
    make_pair(SOCK_STREAM, pair);
    pid_t parent = fork();
    if (parent == 0) {
        bx_jail_prepare();
        dup2(pair[1], BX_ZYGOTE_DESCRIPTOR);
        bx_jail_restrain();
        close(bx_jail_confine_parent());
        pid_t worker = start_worker(pair[1], pass);
        _exit(worker < 0 || waitpid(worker, &status, 0) != worker || status != 0 ||
              waitpid(-1, NULL, 0) > 0);
    }
    close(pair[1]);
    char said[8];
    CHECK(send(pair[0], "", 1, MSG_NOSIGNAL) == 1);
    CHECK(waitpid(parent, &status, 0) == parent && status == 0);
    hear(pair[0], said);
    CHECK_TEXT(said, "-");
    close(pair[0]);
}

int main(void)
{
    outcome o = outcome_of(false, say_nothing);
    if (!o.has_gate) {
        printf("1..0 # SKIP no user notification of seccomp here\n");
        return 0;
    }
    RUN(a_worker_is_forked_once);
    RUN(nothing_opens_it_unasked);
    RUN(no_other_call_goes_through);
    RUN(a_copy_cannot_hide);
    RUN(nobody_hears);
    return test_end();
}
