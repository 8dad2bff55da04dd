#include "courier/ssh_parts.h"

#include "courier/printable.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { KEY_LIMIT = 64 << 10 };

/* Libraries ask for a passphrase on the terminal unless they are given something else to ask. */
static int no_passphrase(const char *prompt, char *buffer, size_t length, int echo, int verify,
                         void *asked)
{
    (void)prompt;
    (void)echo;
    (void)verify;
    if (length)
        buffer[0] = '\0';
    *(bool *)asked = true;
    return -1;
}

/* The text of the key file, terminated. What it says is judged by descriptor, so that it is of the
 * file that is read. */
static int read_key_file(const char *path, char *text, size_t size, bx_error *err)
{
    struct stat info;
    size_t length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return bx_fail_errno(err, BX_EAUTH, errno, "cannot read the private key %s", path);
    int status = 0;
    if (fstat(fd, &info) < 0)
        status = bx_fail_errno(err, BX_EAUTH, errno, "cannot read the private key %s", path);
    else if (!S_ISREG(info.st_mode))
        status = bx_fail(err, BX_EAUTH, "the private key %s is not a file", path);
    else if (info.st_mode & 077)
        status =
            bx_fail(err, BX_EAUTH, "the private key %s is open to others (mode %04o): chmod 600 it",
                    path, (unsigned)info.st_mode & 07777);
    while (status == 0 && length < size) {
        ssize_t got = read(fd, text + length, size - length);
        if (got < 0 && errno != EINTR)
            status = bx_fail_errno(err, BX_EAUTH, errno, "cannot read the private key %s", path);
        else if (got == 0)
            break;
        else if (got > 0)
            length += (size_t)got;
    }
    close(fd);
    if (status == 0 && length == size)
        return bx_fail(err, BX_EAUTH, "the private key %s is longer than %d bytes", path,
                       KEY_LIMIT);
    if (status == 0)
        text[length] = '\0';
    return status;
}

ssh_key bx_ssh_load_key(const bx_ssh_options *options, bx_error *err)
{
    const char *path = options->key_path;
    bool asked = false;
    ssh_key key = NULL;
    char *text = malloc(KEY_LIMIT);
    if (!text) {
        bx_fail_memory(err);
        return NULL;
    }
    if (read_key_file(path, text, KEY_LIMIT, err) == 0 &&
        ssh_pki_import_privkey_base64(text, options->passphrase, no_passphrase, &asked, &key) !=
            SSH_OK) {
        key = NULL;
        if (asked)
            bx_fail(err, BX_EAUTH, "the private key %s needs a passphrase, and none is given",
                    path);
        else if (options->passphrase)
            bx_fail(err, BX_EAUTH, "the private key %s does not open with the passphrase given",
                    path);
        else
            bx_fail(err, BX_EAUTH, "%s is not a private key", path);
    }
    explicit_bzero(text, KEY_LIMIT);
    free(text);
    return key;
}

int bx_ssh_public_key(const char *path, const char *passphrase, char text[BX_SSH_PUBLIC_KEY],
                      bx_error *err)
{
    const bx_ssh_options options = {.key_path = path, .passphrase = passphrase};
    char *digits = NULL;
    ssh_key key = bx_ssh_load_key(&options, err);
    if (!key)
        return -1;
    int status = -1;
    if (ssh_pki_export_pubkey_base64(key, &digits) == SSH_OK)
        status = snprintf(text, BX_SSH_PUBLIC_KEY, "%s %s", ssh_key_type_to_char(ssh_key_type(key)),
                          digits);
    ssh_string_free_char(digits);
    ssh_key_free(key);
    if (status < 0 || status >= BX_SSH_PUBLIC_KEY)
        return bx_fail(err, BX_EAUTH, "the private key %s has no public half to show", path);
    return 0;
}

/* libssh waits for an agent as long as that takes: a thread breaks the connection to it when the
 * time is over. */
typedef struct guard {
    int agent;   /* a descriptor of the guard's own */
    int done;    /* an eventfd: the agent has answered */
    int timeout; /* milliseconds; -1: none */
} guard;

static void *guard_agent(void *argument)
{
    const guard *self = argument;
    struct pollfd done = {self->done, POLLIN, 0};
    if (poll(&done, 1, self->timeout) == 0)
        shutdown(self->agent, SHUT_RDWR);
    return NULL;
}

/* An agent that goes away must not take the courier with it: libssh writes to it without
 * MSG_NOSIGNAL. */
static int ask_agent(bx_ssh *ssh)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigset_t all, mask;
    pthread_t thread;
    guard self = {ssh->agent, eventfd(0, EFD_CLOEXEC), bx_clock_poll_timeout(ssh->loop->deadline)};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    int failed = self.done < 0 || pthread_create(&thread, NULL, guard_agent, &self);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    int status = SSH_AUTH_ERROR;
    if (!failed) {
        sigaction(SIGPIPE, &ignore, &before);
        status = ssh_userauth_agent(ssh->session, NULL);
        sigaction(SIGPIPE, &before, NULL);
        eventfd_write(self.done, 1);
        pthread_join(thread, NULL);
    }
    if (self.done >= 0)
        close(self.done);
    return status;
}

/* Connect libssh to the agent of SSH_AUTH_SOCK; one that takes nobody any more counts as none. */
static int call_agent(bx_ssh *ssh)
{
    const char *path = getenv("SSH_AUTH_SOCK");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    ssh->agent = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (ssh->agent >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        ssh_set_agent_socket(ssh->session, fd) == SSH_OK) /* whose it is now */
        return 0;
    close(fd);
    return -1;
}

/* One method, to its end: an SSH_AUTH_… code, or -1 with *err. */
static int try_method(bx_ssh *ssh, ssh_key key, bx_error *err)
{
    for (;;) {
        int status = key ? ssh_userauth_publickey(ssh->session, NULL, key) : ask_agent(ssh);
        if (!key && status != SSH_AUTH_SUCCESS && status != SSH_AUTH_AGAIN &&
            bx_clock_now() >= ssh->loop->deadline)
            return bx_fail(err, BX_EDEADLINE,
                           "the deadline passed while waiting for the agent of SSH_AUTH_SOCK");
        if (status != SSH_AUTH_AGAIN)
            return status == SSH_AUTH_ERROR ? SSH_AUTH_DENIED : status;
        if (bx_ssh_wait_socket(ssh, "the login", err) < 0)
            return -1;
    }
}

static void say_refused(const bx_ssh *ssh, const bx_ssh_options *options, ssh_key key, bool partial,
                        bx_error *err)
{
    char reason[256], tried[320] = "";
    if (key)
        snprintf(tried, sizeof tried, "the %s key %s", ssh_key_type_to_char(ssh_key_type(key)),
                 options->key_path);
    const char *agent = !options->agent ? ""
                        : !getenv("SSH_AUTH_SOCK")
                            ? "no agent, for SSH_AUTH_SOCK is not set"
                            : "the keys of the agent of SSH_AUTH_SOCK, if any";
    if (!bx_ssh_connected(ssh))
        bx_fail(err, BX_EAUTH, "%s broke off at the login (tried: %s%s%s): %s", ssh->where, tried,
                key && options->agent ? ", " : "", agent,
                bx_ssh_reason(ssh, reason, sizeof reason));
    else
        bx_fail(err, BX_EAUTH, "%s refused the login%s (tried: %s%s%s)", ssh->where,
                partial ? ", it wants more than a key" : "", tried,
                key && options->agent ? ", " : "", agent);
}

int bx_ssh_login(bx_ssh *ssh, const bx_ssh_options *options, ssh_key key, bx_error *err)
{
    int status = SSH_AUTH_DENIED;
    bool partial = false;
    if (key)
        status = try_method(ssh, key, err);
    if (status == SSH_AUTH_PARTIAL)
        partial = true;
    if (status >= 0 && status != SSH_AUTH_SUCCESS && options->agent && bx_ssh_connected(ssh) &&
        call_agent(ssh) == 0)
        status = try_method(ssh, NULL, err);
    if (status == SSH_AUTH_SUCCESS)
        return 0;
    if (status >= 0)
        say_refused(ssh, options, key, partial || status == SSH_AUTH_PARTIAL, err);
    return -1;
}
