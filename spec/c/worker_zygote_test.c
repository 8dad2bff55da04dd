/* The zygote as a process: whom it ends with. The real program, with an organism of this test. */
#include "wire/frame.h"
#include "wire/pass.h"
#include "wire/zygote.h"

#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 20000 /* milliseconds */ };

static char scratch[] = "/tmp/bioxen-zygote-XXXXXX", folder[64], file[96], program[PATH_MAX];

static bool make_organism(void)
{
    static const char text[] = "return { functions = {}, build = function() end }\n";
    if (!mkdtemp(scratch) || chmod(scratch, 0755) < 0)
        return false;
    snprintf(folder, sizeof folder, "%s/tiny_cell", scratch);
    snprintf(file, sizeof file, "%s/init.lua", folder);
    if (mkdir(folder, 0755) < 0)
        return false;
    int out = open(file, O_WRONLY | O_CREAT | O_EXCL, 0644);
    bool good = write(out, text, sizeof text - 1) == sizeof text - 1;
    close(out);
    return good;
}

static void remove_organism(void)
{
    unlink(file);
    rmdir(folder);
    rmdir(scratch);
}

static void find_program(void)
{
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 32);
    program[length > 0 ? length : 0] = '\0';
    for (int i = 0; i < 2 && strrchr(program, '/'); i++)
        *strrchr(program, '/') = '\0';
    strcat(program, "/bin/bioxen-worker");
}

typedef struct zygote {
    pid_t pid;
    int control;
} zygote;

static zygote start(void)
{
    int ends[2];
    char host[24];
    char *argv[] = {program, (char *)"--zygote", folder, (char *)"", host, NULL};
    char *environment[] = {(char *)BX_WORKER_ENVIRONMENT, NULL};
    snprintf(host, sizeof host, "%d", (int)getpid());
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], BX_ZYGOTE_DESCRIPTOR);
        fcntl(BX_ZYGOTE_DESCRIPTOR, F_SETFD, 0);
        close_range(BX_ZYGOTE_DESCRIPTOR + 1, ~0u, 0);
        execve(program, argv, environment);
        _exit(127);
    }
    close(ends[1]);
    return (zygote){pid, ends[0]};
}

/* The kind of the next report; 0: it is gone. */
static uint32_t hear(const zygote *z)
{
    bx_zygote_report report = {0};
    struct pollfd control = {z->control, POLLIN, 0};
    int pidfd = -1;
    poll(&control, 1, PATIENCE);
    if (bx_pass_receive(z->control, &report, sizeof report, &pidfd) <= 0)
        return 0;
    if (pidfd >= 0)
        close(pidfd);
    return report.kind;
}

static void *start_in_a_thread(void *made)
{
    *(zygote *)made = start();
    return hear(made) == BX_ZYGOTE_READY ? made : NULL;
}

static void the_thread_that_made_it_may_end(void)
{
    zygote z = {0};
    pthread_t thread;
    void *ready = NULL;
    int ends[2];
    CHECK(pthread_create(&thread, NULL, start_in_a_thread, &z) == 0);
    pthread_join(thread, &ready);
    CHECK(ready != NULL);
    bx_spawn_request request = {.vm = 1, .memory_limit = 32 << 20, .output_limit = 1 << 20};
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    CHECK(bx_pass_send(z.control, &request, sizeof request, ends[1]) > 0);
    CHECK(hear(&z) == BX_ZYGOTE_SPAWNED);
    close(ends[1]);
    close(ends[0]);
    CHECK(hear(&z) == BX_ZYGOTE_EXITED);
    close(z.control);
    CHECK(waitpid(z.pid, NULL, 0) == z.pid);
}

/* A host that ends as soon as its zygote is ready; a child of it holds on to its end of the socket,
 * until the pipe `held` closes. */
_Noreturn static void be_a_short_lived_host(int tell, const int held[2])
{
    zygote z = start();
    if (hear(&z) != BX_ZYGOTE_READY)
        _exit(1);
    pid_t holder = fork();
    if (holder == 0) {
        char byte;
        close(held[1]);
        close(tell);
        _exit(read(held[0], &byte, 1) != 0);
    }
    _exit(holder < 0 || write(tell, &z.pid, sizeof z.pid) != sizeof z.pid);
}

static void it_ends_with_the_host(void)
{
    int told[2], held[2], status = 0;
    pid_t made = 0;
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    if (pipe2(told, O_CLOEXEC) < 0 || pipe2(held, O_CLOEXEC) < 0)
        abort();
    pid_t host = fork();
    if (host == 0)
        be_a_short_lived_host(told[1], held);
    CHECK(host > 0 && waitpid(host, &status, 0) == host && status == 0);
    CHECK(status == 0 && read(told[0], &made, sizeof made) == sizeof made && made > 0);
    CHECK(made > 0 && waitpid(made, &status, 0) == made && WIFEXITED(status) &&
          WEXITSTATUS(status) == BX_EXIT_HOST_GONE);
    close(held[0]);
    close(held[1]); /* and now the holder ends */
    while (waitpid(-1, NULL, 0) > 0)
        ;
    close(told[0]);
    close(told[1]);
}

int main(void)
{
    find_program();
    if (!make_organism()) {
        printf("Bail out! no organism\n");
        return 1;
    }
    RUN(the_thread_that_made_it_may_end);
    RUN(it_ends_with_the_host);
    remove_organism();
    return test_end();
}
