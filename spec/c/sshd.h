/* A real sshd on a port of 127.0.0.1, for the tests of the SSH connection. It runs as whoever runs
 * the test, with keys and a configuration of its own in a folder that vanishes at the end. The test
 * listens itself and starts `sshd -i` for each connection, so that there is nothing to wait for. */
#ifndef BX_SPEC_SSHD_H
#define BX_SPEC_SSHD_H

#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SSHD_PATH "/usr/sbin/sshd"

static char sshd_folder[64];
static char sshd_user[64];

typedef struct sshd {
    pid_t pid; /* of what listens; it leads the process group of all that serve */
    int port;
    int log; /* what they say, to its end when all have ended */
} sshd;

static void sshd_clean_up(void)
{
    char command[128];
    if (!sshd_folder[0])
        return;
    snprintf(command, sizeof command, "rm -rf '%s'", sshd_folder);
    if (system(command) != 0)
        printf("# cannot remove %s\n", sshd_folder);
}

/* Run a command of the shell in the folder. */
__attribute__((format(printf, 1, 2), unused)) static bool in_folder(const char *format, ...)
{
    char command[4096];
    va_list args;
    int used = snprintf(command, sizeof command, "cd '%s' && ", sshd_folder);
    va_start(args, format);
    vsnprintf(command + used, sizeof command - (size_t)used, format, args);
    va_end(args);
    int status = system(command);
    if (status != 0)
        printf("# failed: %s\n", command);
    return status == 0;
}

/* The path of a file in the folder; good for the next few calls. */
__attribute__((unused)) static const char *path_of(const char *name)
{
    static char paths[8][128];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", sshd_folder, name);
    return path;
}

/* The first line of what a command of the shell prints. */
__attribute__((unused)) static void line_of(const char *command, char *line, size_t size)
{
    char whole[1024];
    snprintf(whole, sizeof whole, "cd '%s' && %s", sshd_folder, command);
    FILE *out = popen(whole, "re");
    line[0] = '\0';
    if (!out || !fgets(line, (int)size, out))
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (out)
        pclose(out);
}

/* The folder, with the keys all tests need: host_ed25519, host_rsa, host_ecdsa; user_key, which is
 * let in; other_key, which is not. False: there is no sshd, and the test is to skip. */
__attribute__((unused)) static bool sshd_prepare(void)
{
    const struct passwd *me = getpwuid(getuid());
    if (access(SSHD_PATH, X_OK) < 0 || !me) {
        printf("# skipped: there is no " SSHD_PATH "\n");
        return false;
    }
    snprintf(sshd_user, sizeof sshd_user, "%s", me->pw_name);
    snprintf(sshd_folder, sizeof sshd_folder, "/tmp/bioxen-sshd-XXXXXX");
    if (!mkdtemp(sshd_folder))
        return false;
    atexit(sshd_clean_up);
    if (getuid() == 0)
        mkdir("/run/sshd", 0755);
    return in_folder("for type in ed25519 rsa ecdsa; do"
                     " ssh-keygen -q -t $type -N '' -C '' -f host_$type || exit 1; done;"
                     " ssh-keygen -q -t ed25519 -N '' -C '' -f user_key &&"
                     " ssh-keygen -q -t ed25519 -N '' -C '' -f other_key &&"
                     " cp user_key.pub authorized");
}

static int listen_on_loopback(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) < 0) {
        perror("listen");
        exit(2);
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static void serve(int listener, int log)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(1);
        if (fork() == 0) {
            char configuration[96];
            snprintf(configuration, sizeof configuration, "%s/sshd_config", sshd_folder);
            signal(SIGCHLD, SIG_DFL);
            dup2(fd, 0);
            dup2(fd, 1);
            dup2(log, 2);
            closefrom(3);
            execl(SSHD_PATH, SSHD_PATH, "-i", "-e", "-f", configuration, (char *)NULL);
            _exit(127);
        }
        close(fd);
    }
}

/* `host_key` names a file in the folder; `more` are further lines of the configuration. */
__attribute__((unused)) static sshd sshd_start(const char *host_key, const char *more)
{
    sshd server = {.log = -1};
    int log[2];
    FILE *configuration = fopen(path_of("sshd_config"), "we");
    if (!configuration || pipe2(log, O_CLOEXEC) < 0)
        exit(2);
    fprintf(configuration,
            "HostKey %s/%s\nAuthorizedKeysFile %s/authorized\nUsePAM no\nStrictModes no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
            "PidFile none\nMaxSessions 100\nPrintMotd no\nPrintLastLog no\n%s\nLogLevel ERROR\n",
            sshd_folder, host_key, sshd_folder, more ? more : "");
    fclose(configuration);
    int listener = listen_on_loopback(&server.port);
    fcntl(log[1], F_SETPIPE_SZ, 1 << 20);
    server.pid = fork();
    if (server.pid == 0)
        serve(listener, log[1]);
    setpgid(server.pid, server.pid);
    close(listener);
    close(log[1]);
    server.log = log[0];
    return server;
}

/* Kill all that serve. */
__attribute__((unused)) static void sshd_kill(sshd *server)
{
    kill(-server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    close(server->log);
}

/* End what listens, let the others come to their end, and say whether their log has `text`. */
__attribute__((unused)) static bool sshd_end_and_search(sshd *server, const char *text)
{
    static char log[1 << 20];
    size_t length = 0;
    ssize_t got;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    while (length < sizeof log - 1 &&
           (got = read(server->log, log + length, sizeof log - 1 - length)) > 0)
        length += (size_t)got;
    log[length] = '\0';
    close(server->log);
    return strstr(log, text) != NULL;
}

#endif
