#include "vm/zygote.h"

#include "vm/group.h"
#include "vm/program.h"
#include "wire/frame.h"
#include "wire/pass.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Requests on their way at once: bounded, for descriptors in flight are counted by the kernel. */
enum { AT_ONCE = 32 };

enum { PROCESS_GROUP = 1 << 2 }; /* PIDFD_SIGNAL_PROCESS_GROUP, of Linux 6.9 */

#define REAPING 0.1 /* seconds for a zygote to go by itself */

struct bx_zygote {
    bx_source source; /* first: the reactor gives it back */
    bx_host *host;
    bx_zygote *next;
    pid_t pid;
    char *folder;
    char *program;
    bool ready;
    bool forks; /* its kernel can copy a worker */
    unsigned on_their_way;
    bx_child *waiting; /* not yet sent, oldest first */
    bx_child *known;   /* sent, or alive */
};

static void remove_child(bx_child **list, const bx_child *child)
{
    while (*list && *list != child)
        list = &(*list)->next;
    if (*list)
        *list = child->next;
}

static void forget_worker(bx_child *child)
{
    if (child->pidfd >= 0)
        close(child->pidfd);
    if (child->socket >= 0)
        close(child->socket);
    child->pidfd = child->socket = -1;
    child->pid = 0;
    child->zygote = NULL;
}

static void refuse(bx_child *child, bx_code code, const char *text)
{
    bx_error error;
    bx_fail(&error, code, "%s", text);
    forget_worker(child);
    child->refused(child, &error);
}

static void refuse_for(bx_child *child, const char *what, int number)
{
    char why[256];
    snprintf(why, sizeof why, "%s: %s", what, strerror(number));
    refuse(child, BX_ESTART, why);
}

/* 0: sent; or the number of the error. */
static int send_request(const bx_zygote *zygote, const bx_child *child)
{
    return bx_pass_send(zygote->source.descriptor, &child->request, sizeof child->request,
                        child->socket) < 0
               ? errno
               : 0;
}

static void send_waiting(bx_zygote *zygote)
{
    uint32_t events = EPOLLIN;
    while (zygote->waiting && zygote->on_their_way < AT_ONCE) {
        bx_child *child = zygote->waiting;
        int failure = send_request(zygote, child);
        if (failure == EPIPE || failure == ECONNRESET)
            break; /* the end of the stream is read next, and ends them all */
        if (failure == EAGAIN || failure == EINTR || failure == ETOOMANYREFS) {
            events |= EPOLLOUT;
            break;
        }
        if (failure) {
            zygote->waiting = child->next;
            refuse_for(child, "cannot ask for a worker", failure);
            continue;
        }
        close(child->socket);
        child->socket = -1;
        zygote->waiting = child->next;
        child->next = zygote->known;
        zygote->known = child;
        zygote->on_their_way++;
    }
    bx_reactor_change(&zygote->host->reactor, &zygote->source, events);
}

/* The zygote is gone, and by PDEATHSIG so are its workers. */
static void zygote_ended(bx_zygote *zygote, bx_code code, const char *why)
{
    bx_child *waiting = zygote->waiting;
    bx_child *known = zygote->known;
    zygote->waiting = zygote->known = NULL;
    bx_zygote_free(zygote);
    while (waiting) {
        bx_child *child = waiting;
        waiting = child->next;
        refuse(child, code, why);
    }
    while (known) {
        bx_child *child = known;
        known = child->next;
        bool alive = child->pid != 0;
        if (!alive) {
            refuse(child, code, why);
            continue;
        }
        syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
        if (child->forking) /* a copy that had not got its socket is in its group */
            syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, PROCESS_GROUP);
        forget_worker(child);
        child->ended(child, SIGKILL);
    }
}

static bx_child *find_child(const bx_zygote *zygote, uint64_t vm)
{
    bx_child *child = zygote->known;
    while (child && child->request.vm != vm)
        child = child->next;
    return child;
}

/* `made` is the one that was, or was not, or NULL where it has been given up. */
static void end_forking(const bx_zygote *zygote, const bx_child *made, uint64_t vm)
{
    if (made && !made->request.of)
        return;
    for (bx_child *child = zygote->known; child; child = child->next)
        if (child->forking == vm)
            child->forking = 0;
}

/* `child` is NULL where the VM has been given up meanwhile. A descriptor is lost where this process
 * may have no more: the worker ends when its socket closes. */
static void report_spawned(bx_zygote *zygote, bx_child *child, const bx_zygote_report *report,
                           int pidfd)
{
    if (child && pidfd < 0) {
        remove_child(&zygote->known, child);
        refuse_for(child, "cannot hold on to the worker", EMFILE);
        return;
    }
    if (!child) {
        if (pidfd >= 0) {
            syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
            close(pidfd);
        }
        return;
    }
    child->pid = report->pid;
    child->pidfd = pidfd;
    child->spawned(child);
}

static void handle_report(bx_zygote *zygote, bx_zygote_report *report, int pidfd)
{
    report->text[sizeof report->text - 1] = '\0';
    bx_child *child = find_child(zygote, report->vm);
    switch (report->kind) {
    case BX_ZYGOTE_READY:
        zygote->ready = true;
        zygote->forks = report->status == 1;
        break;
    case BX_ZYGOTE_SPAWNED:
        zygote->on_their_way--;
        end_forking(zygote, child, report->vm);
        report_spawned(zygote, child, report, pidfd);
        send_waiting(zygote);
        return;
    case BX_ZYGOTE_REFUSED:
        zygote->on_their_way--;
        end_forking(zygote, child, report->vm);
        if (child) {
            remove_child(&zygote->known, child);
            refuse(child, BX_ESTART, report->text);
        }
        send_waiting(zygote);
        break;
    case BX_ZYGOTE_EXITED:
        if (child && child->pid == report->pid) {
            remove_child(&zygote->known, child);
            forget_worker(child);
            child->ended(child, report->status);
        }
        break;
    default: break;
    }
    if (pidfd >= 0)
        close(pidfd);
}

/* 1: a report; 0: none now; -1: the zygote is gone. */
static int receive_report(const bx_zygote *zygote, bx_zygote_report *report, int *pidfd)
{
    ssize_t got = bx_pass_receive(zygote->source.descriptor, report, sizeof *report, pidfd);
    if (got < 0 && errno == ECONNRESET) /* it left requests unread; what it said before is there */
        got = bx_pass_receive(zygote->source.descriptor, report, sizeof *report, pidfd);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    return got == sizeof *report ? 1 : -1;
}

/* It may be gone afterwards. */
static void hear(bx_zygote *zygote)
{
    bx_zygote_report report;
    int pidfd, got;
    while ((got = receive_report(zygote, &report, &pidfd)) > 0) {
        if (report.kind == BX_ZYGOTE_FAILED) {
            zygote_ended(zygote, BX_EORGANISM, report.text);
            return;
        }
        if (report.kind == BX_ZYGOTE_READY &&
            strncmp(report.text, BX_PROTOCOL_VERSION, sizeof report.text) != 0) {
            char why[256];
            snprintf(why, sizeof why, "the worker speaks \"%.60s\", this host \"%s\"", report.text,
                     BX_PROTOCOL_VERSION);
            zygote_ended(zygote, BX_EVERSION, why);
            return;
        }
        handle_report(zygote, &report, pidfd);
    }
    if (got < 0) {
        char why[5000];
        snprintf(why, sizeof why,
                 zygote->ready ? "the worker program %s ended"
                               : "the worker program %s did not start",
                 zygote->program);
        zygote_ended(zygote, BX_ESTART, why);
    }
}

static void zygote_ready(bx_source *source, uint32_t events)
{
    bx_zygote *zygote = (bx_zygote *)source;
    if (events & EPOLLOUT)
        send_waiting(zygote);
    hear(zygote);
}

void bx_zygote_listen(bx_child *child)
{
    if (child->zygote)
        hear(child->zygote);
}

/* The program, with nothing of ours but its end of the control socket. */
static int spawn_program(bx_zygote *zygote, int control, bx_error *err)
{
    char parent[24];
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    char *argv[] = {(char *)"bioxen-worker",
                    (char *)"--zygote",
                    zygote->folder,
                    zygote->host->library,
                    parent,
                    NULL};
    char *environment[] = {(char *)BX_WORKER_ENVIRONMENT, NULL};
    if (bx_program_spawn("worker", zygote->program, argv, environment, control, &zygote->pid, err) <
        0)
        return -1;
    return bx_group_enter(zygote->host, zygote->pid, err); /* before it has been asked to fork */
}

int bx_zygotes_enter_group(const bx_host *host, bx_error *err)
{
    for (const bx_zygote *zygote = host->zygotes; zygote; zygote = zygote->next)
        if (bx_group_enter(host, zygote->pid, err) < 0)
            return -1;
    return 0;
}

static int open_zygote(bx_zygote *zygote, bx_error *err)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a socket pair");
    int status = spawn_program(zygote, ends[1], err);
    close(ends[1]);
    if (status == 0)
        status = bx_reactor_watch(&zygote->host->reactor, &zygote->source, ends[0], EPOLLIN, err);
    if (status < 0)
        close(ends[0]);
    return status;
}

static bx_zygote *new_zygote(bx_host *host, const char *folder, bx_error *err)
{
    bx_zygote *zygote = calloc(1, sizeof *zygote);
    if (zygote) {
        zygote->folder = strdup(folder);
        zygote->program = strdup(host->worker);
    }
    if (!zygote || !zygote->folder || !zygote->program) {
        free(zygote ? zygote->folder : NULL);
        free(zygote ? zygote->program : NULL);
        free(zygote);
        bx_fail_memory(err);
        return NULL;
    }
    zygote->source = (bx_source){zygote_ready, -1};
    zygote->host = host;
    zygote->next = host->zygotes;
    host->zygotes = zygote;
    if (open_zygote(zygote, err) < 0) {
        bx_zygote_free(zygote);
        return NULL;
    }
    return zygote;
}

void bx_zygote_free(bx_zygote *zygote)
{
    bx_host *host = zygote->host;
    bx_zygote **list = &host->zygotes;
    while (*list != zygote)
        list = &(*list)->next;
    *list = zygote->next;
    int control = zygote->source.descriptor;
    if (bx_host_is_owner(host)) {
        bx_reactor_forget(&host->reactor, &zygote->source);
        if (control >= 0)
            close(control);
        if (zygote->pid > 0)
            bx_program_reap(zygote->pid, REAPING, true);
    } else if (control >= 0) {
        close(control);
    }
    free(zygote->folder);
    free(zygote->program);
    free(zygote);
}

int bx_zygote_spawn(bx_host *host, const char *folder, bx_child *child, bx_error *err)
{
    bx_zygote *zygote = host->zygotes;
    while (zygote &&
           (strcmp(zygote->folder, folder) != 0 || strcmp(zygote->program, host->worker) != 0))
        zygote = zygote->next;
    if (!zygote && !(zygote = new_zygote(host, folder, err))) {
        forget_worker(child);
        return -1;
    }
    child->zygote = zygote;
    child->pid = 0;
    child->pidfd = -1;
    child->next = NULL;
    bx_child **last = &zygote->waiting;
    while (*last)
        last = &(*last)->next;
    *last = child;
    send_waiting(zygote);
    return 0;
}

int bx_zygote_can_fork(const bx_child *child, bx_error *err)
{
    if (child->zygote && child->zygote->forks)
        return 0;
    return bx_fail(
        err, BX_EUNSUPPORTED,
        "no worker can be copied here: that takes Linux 5.9 or later, and no other listener "
        "to system calls (seccomp's user notification) above this process");
}

/* Past those that wait: the worker is called at once. */
int bx_zygote_fork(bx_child *origin, bx_child *child, bx_error *err)
{
    bx_zygote *zygote = origin->zygote;
    int failure = send_request(zygote, child);
    if (failure) {
        forget_worker(child);
        return bx_fail_errno(err, BX_ESTART, failure, "cannot ask for a copy of a worker");
    }
    close(child->socket);
    child->socket = -1;
    child->zygote = zygote;
    child->next = zygote->known;
    zygote->known = child;
    zygote->on_their_way++;
    origin->forking = child->request.vm;
    return 0;
}

void bx_zygote_give_up_loading(const bx_child *child)
{
    if (child->zygote && !child->zygote->ready)
        kill(child->zygote->pid, SIGKILL);
}

void bx_zygote_abandon(bx_child *child)
{
    if (child->zygote) {
        remove_child(&child->zygote->waiting, child);
        remove_child(&child->zygote->known, child);
        if (child->pidfd >= 0 && bx_host_is_owner(child->zygote->host))
            syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
    }
    forget_worker(child);
}
