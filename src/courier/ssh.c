#include "courier/ssh_parts.h"

#include "courier/printable.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh/server.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* libssh reads the socket in pieces of this size; after a smaller one there is nothing more. */
enum { LIBSSH_PIECE = 4096, PIECES_A_MOVE = 64 };

static int watch(bx_pump *pump, struct pollfd *watched)
{
    const bx_ssh *ssh = (const bx_ssh *)pump;
    int fd = (int)ssh_get_fd(ssh->session);
    if (fd < 0 || !bx_ssh_connected(ssh))
        return 0;
    short events = bx_ssh_congested(ssh) ? POLLIN | POLLOUT : POLLIN;
    watched[0] = (struct pollfd){fd, events, 0};
    return 1;
}

static void move(bx_pump *pump)
{
    bx_ssh *ssh = (bx_ssh *)pump;
    for (int i = 0; i < PIECES_A_MOVE && bx_ssh_connected(ssh); i++) {
        uint64_t before = ssh->bytes.in_bytes;
        ssh_event_dopoll(ssh->event, 0);
        if (ssh->bytes.in_bytes - before < LIBSSH_PIECE)
            break;
    }
    bx_ssh_news(ssh);
}

uint64_t bx_ssh_news(bx_ssh *ssh)
{
    bool connected = bx_ssh_connected(ssh);
    if (ssh->seen_in != ssh->bytes.in_bytes || ssh->seen_out != ssh->bytes.out_bytes ||
        ssh->seen_connected != connected)
        bx_ssh_stir(ssh);
    ssh->seen_in = ssh->bytes.in_bytes;
    ssh->seen_out = ssh->bytes.out_bytes;
    ssh->seen_connected = connected;
    return ssh->news;
}

void bx_ssh_stir(bx_ssh *ssh)
{
    ssh->news++;
    if (ssh->waiting)
        eventfd_write(ssh->alarm, 1);
}

int bx_ssh_wait(bx_ssh *ssh, uint64_t news, int64_t until, bx_error *err)
{
    if (bx_ssh_news(ssh) != news)
        return 1;
    struct pollfd own = {ssh->alarm, POLLIN, 0};
    eventfd_t ignored;
    ssh->waiting = true;
    int ready = bx_loop_wait(ssh->loop, &own, 1, until, err);
    ssh->waiting = false;
    eventfd_read(ssh->alarm, &ignored);
    return ready;
}

bool bx_ssh_congested(const bx_ssh *ssh)
{
    return (ssh_get_status(ssh->session) & SSH_WRITE_PENDING) != 0;
}

const char *bx_ssh_reason(const bx_ssh *ssh, char *out, size_t size)
{
    const char *text = ssh_get_error(ssh->session);
    return bx_printable(out, size, text, strlen(text));
}

void bx_ssh_drop(bx_ssh *ssh, ssh_channel channel)
{
    if (!channel)
        return;
    /* The first call may stop at the end-of-file that it sends before. */
    if (bx_ssh_connected(ssh) && ssh_channel_close(channel) == SSH_AGAIN)
        ssh_channel_close(channel);
    ssh_channel_free(channel);
}

int bx_ssh_exit_status(ssh_channel channel)
{
#if LIBSSH_VERSION_INT < SSH_VERSION_INT(0, 11, 0)
    int status = ssh_channel_get_exit_status(channel);
    return status < 0 ? -1 : status;
#else
    uint32_t status = 0;
    bool has = ssh_channel_get_exit_state(channel, &status, NULL, NULL) == SSH_OK;
    return has && status <= INT_MAX ? (int)status : -1;
#endif
}

bool bx_ssh_connected(const bx_ssh *ssh)
{
    return ssh_is_connected(ssh->session) &&
           !(ssh_get_status(ssh->session) & (SSH_CLOSED | SSH_CLOSED_ERROR));
}

bx_loop *bx_ssh_loop(const bx_ssh *ssh)
{
    return ssh->loop;
}

void bx_ssh_acknowledge(const bx_ssh *ssh)
{
    const int on = 1;
    setsockopt((int)ssh_get_fd(ssh->session), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

int bx_ssh_wait_socket(bx_ssh *ssh, const char *what, bx_error *err)
{
    short events = bx_ssh_congested(ssh) ? POLLIN | POLLOUT : POLLIN;
    struct pollfd own = {(int)ssh_get_fd(ssh->session), events, 0};
    bx_ssh_acknowledge(ssh);
    int ready = bx_loop_wait(ssh->loop, &own, 1, BX_NEVER, err);
    if (ready < 0 && err && err->code == BX_EDEADLINE)
        bx_fail(err, BX_EDEADLINE, "the deadline passed while waiting for %s of %s", what,
                ssh->where);
    return ready < 0 ? -1 : 0;
}

static bool is_name(const char *text)
{
    if (!text || !*text || *text == '-' || strlen(text) > 255)
        return false;
    for (const char *at = text; *at; at++)
        if (!isascii((unsigned char)*at) || (!isalnum((unsigned char)*at) && !strchr(".:_-", *at)))
            return false;
    return true;
}

/* "SHA256:" and 43 digits of base 64, as ssh-keygen -l prints it. */
static bool is_fingerprint(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return strncmp(text, "SHA256:", 7) == 0 && strlen(text) == 7 + 43 &&
           strspn(text + 7, digits) == 43;
}

static int refuse_name(const char *what, const char *text, bx_error *err)
{
    char shown[128];
    return bx_fail(err, BX_ECONFIG,
                   "the %s \"%s\" is not one: letters, digits, \".:_-\", and not \"-\" first", what,
                   bx_printable(shown, sizeof shown, text ? text : "", text ? strlen(text) : 0));
}

static int check_options(const bx_ssh_options *options, bx_error *err)
{
    char shown[128];
    if (!is_name(options->address))
        return refuse_name("guest's address", options->address, err);
    if (!is_name(options->user))
        return refuse_name("guest's user", options->user, err);
    if (options->host_name && !is_name(options->host_name))
        return refuse_name("guest's name among the known hosts", options->host_name, err);
    if (options->port < 1 || options->port > 65535)
        return bx_fail(err, BX_ECONFIG, "there is no port %d", options->port);
    if (!options->known_hosts && !options->fingerprint)
        return bx_fail(err, BX_ECONFIG,
                       "neither known_hosts nor a fingerprint says which host key to trust");
    if (options->fingerprint && !is_fingerprint(options->fingerprint))
        return bx_fail(
            err, BX_ECONFIG, "\"%s\" is not a fingerprint as ssh-keygen -l shows it, \"SHA256:…\"",
            bx_printable(shown, sizeof shown, options->fingerprint, strlen(options->fingerprint)));
    if (!options->key_path && !options->agent)
        return bx_fail(err, BX_ECONFIG, "neither a key file nor the agent is to be used");
    if (options->known_hosts && access(options->known_hosts, R_OK) < 0)
        return bx_fail_errno(err, BX_ECONFIG, errno, "cannot read the known hosts %s",
                             options->known_hosts);
    return 0;
}

/* libssh expands "~" and "%" in paths. Here a path is what it says. */
static int set_path(ssh_session session, enum ssh_options_e option, const char *path)
{
    char literal[4096];
    size_t used = 0;
    if (*path == '~') {
        memcpy(literal, "./", 2);
        used = 2;
    }
    for (; *path; path++) {
        if (used + 3 > sizeof literal)
            return -1;
        literal[used++] = *path;
        if (*path == '%')
            literal[used++] = '%';
    }
    literal[used] = '\0';
    return ssh_options_set(session, option, literal);
}

/* A host may not open channels or ask anything of its client: refused at once, and not queued. */
static int refuse_message(ssh_session session, ssh_message message, void *data)
{
    (void)session;
    (void)message;
    (void)data;
    return 1;
}

/* As libssh has them, but AES-GCM first: processors have instructions for it. */
static const char ciphers[] = "aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
                              "chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr";

static int prepare(bx_ssh *ssh, const bx_ssh_options *options, bx_error *err)
{
    const char *known_hosts = options->known_hosts ? options->known_hosts : "/dev/null";
    const char *name = options->host_name ? options->host_name : options->address;
    const bool no_configuration = false;
    ssh_session session = ssh->session = ssh_new();
    if (!session)
        return bx_fail_memory(err);
    ssh_set_blocking(session, 0);
    ssh_set_counters(session, &ssh->bytes, NULL);
    ssh_set_message_callback(session, refuse_message, NULL);
    if (ssh_options_set(session, SSH_OPTIONS_HOST, name) < 0)
        return bx_fail(err, BX_ECONFIG, "\"%s\" is no name for a host", name);
    /* A name of its own stands in known_hosts without a port, as with HostKeyAlias of OpenSSH. */
    if (!options->host_name && ssh_options_set(session, SSH_OPTIONS_PORT, &options->port) < 0)
        return bx_fail(err, BX_ECONFIG, "there is no port %d", options->port);
    if (ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no_configuration) < 0 ||
        ssh_options_set(session, SSH_OPTIONS_SSH_DIR, "/nonexistent") < 0 ||
        ssh_options_set(session, SSH_OPTIONS_USER, options->user) < 0 ||
        ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, ciphers) < 0 ||
        ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, ciphers) < 0 ||
        ssh_options_set(session, SSH_OPTIONS_COMPRESSION, "no") < 0)
        return bx_fail_memory(err);
    if (set_path(session, SSH_OPTIONS_KNOWNHOSTS, known_hosts) < 0 ||
        set_path(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") < 0)
        return bx_fail(err, BX_ECONFIG, "the path of the known hosts, %s, is too long",
                       known_hosts);
    return 0;
}

static int shake_hands(bx_ssh *ssh, const bx_ssh_options *options, bx_error *err)
{
    char reason[512];
    int fd = bx_ssh_dial(ssh->loop, options->address, options->port, err);
    if (fd < 0)
        return -1;
    if (ssh_options_set(ssh->session, SSH_OPTIONS_FD, &fd) < 0) {
        close(fd);
        return bx_fail_memory(err);
    }
    for (;;) {
        int status = ssh_connect(ssh->session);
        if (status == SSH_OK)
            return 0;
        if (status != SSH_AGAIN)
            return bx_fail(err, BX_ECONNECT, "no SSH connection to %s: %s", ssh->where,
                           bx_ssh_reason(ssh, reason, sizeof reason));
        /* libssh makes the socket blocking once it is connected. */
        fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
        if (bx_ssh_wait_socket(ssh, "the SSH greeting", err) < 0)
            return -1;
    }
}

static int begin(bx_ssh *ssh, bx_error *err)
{
    ssh->event = ssh_event_new();
    if (!ssh->event || ssh_event_add_session(ssh->event, ssh->session) != SSH_OK)
        return bx_fail_memory(err);
    bx_loop_add(ssh->loop, &ssh->pump);
    return 0;
}

static int open_all(bx_ssh *ssh, const bx_ssh_options *options, bx_error *err)
{
    ssh_key key = NULL;
    ssh->alarm = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ssh->alarm < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make an eventfd");
    if (check_options(options, err) < 0)
        return -1;
    snprintf(ssh->where, sizeof ssh->where, "%s@%s port %d", options->user, options->address,
             options->port);
    /* Before anything is sent, so that a key that is no use shows at once. */
    if (options->key_path && !(key = bx_ssh_load_key(options, err)))
        return -1;
    int status = -1;
    if (prepare(ssh, options, err) == 0 && shake_hands(ssh, options, err) == 0 &&
        bx_ssh_check_host_key(ssh, options, err) == 0 && bx_ssh_login(ssh, options, key, err) == 0)
        status = begin(ssh, err);
    ssh_key_free(key);
    return status;
}

bx_ssh *bx_ssh_open(bx_loop *loop, const bx_ssh_options *options, bx_error *err)
{
    bx_ssh *ssh = calloc(1, sizeof *ssh);
    if (!ssh) {
        bx_fail_memory(err);
        return NULL;
    }
    ssh->pump = (bx_pump){.watch = watch, .move = move};
    ssh->loop = loop;
    ssh->alarm = ssh->agent = -1;
    ssh->news = 1;
    if (open_all(ssh, options, err) < 0) {
        bx_ssh_close(ssh);
        return NULL;
    }
    return ssh;
}

void bx_ssh_close(bx_ssh *ssh)
{
    if (!ssh)
        return;
    bx_loop_remove(ssh->loop, &ssh->pump);
    if (ssh->event) {
        ssh_event_remove_session(ssh->event, ssh->session);
        ssh_event_free(ssh->event);
    }
    if (ssh->session) {
        /* Whether libssh has closed the descriptor on an error is not to be seen from here; it
         * closes it now if not, in 0.11 only if it is no longer called ours. */
        ssh_options_set(ssh->session, SSH_OPTIONS_FD, NULL);
        ssh_silent_disconnect(ssh->session);
        ssh_free(ssh->session);
    }
    if (ssh->alarm >= 0)
        close(ssh->alarm);
    if (ssh->agent >= 0)
        close(ssh->agent);
    free(ssh);
}
