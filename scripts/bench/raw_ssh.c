/* The yardstick of scripts/bench/xcpng.lua: libssh as plainly as it goes. Connects to an sshd, runs
 * `cat` there, and times round trips of a message.
 *
 * raw-ssh address port user key known_hosts rounds bytes
 * prints: milliseconds until `cat` runs; the median and the 99th percentile of the round trips in
 * microseconds. */
#include <libssh/libssh.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 1 << 20, MOST_BYTES = 1 << 20 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "raw-ssh: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static long number(const char *text, long most)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || value < 1 || value > most)
        fail(text, "not a number, or too large");
    return value;
}

static ssh_session connect_to(char **argument)
{
    const char *address = argument[1], *key_path = argument[4];
    const bool no = false;
    const int yes = 1;
    unsigned port = (unsigned)number(argument[2], 65535);
    ssh_key key;
    ssh_session session = ssh_new();
    if (!session)
        fail("ssh_new", "no memory");
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(session, SSH_OPTIONS_HOST, address);
    ssh_options_set(session, SSH_OPTIONS_PORT, &port);
    ssh_options_set(session, SSH_OPTIONS_USER, argument[3]);
    ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, argument[5]);
    ssh_options_set(session, SSH_OPTIONS_NODELAY, &yes);
    if (ssh_pki_import_privkey_file(key_path, NULL, NULL, NULL, &key) != SSH_OK)
        fail(key_path, "no private key");
    if (ssh_connect(session) != SSH_OK)
        fail(address, ssh_get_error(session));
    if (ssh_session_is_known_server(session) != SSH_KNOWN_HOSTS_OK)
        fail(address, "its key is not among the known hosts");
    if (ssh_userauth_publickey(session, NULL, key) != SSH_AUTH_SUCCESS)
        fail(address, ssh_get_error(session));
    ssh_key_free(key);
    return session;
}

static ssh_channel start_cat(ssh_session session)
{
    ssh_channel channel = ssh_channel_new(session);
    if (!channel || ssh_channel_open_session(channel) != SSH_OK ||
        ssh_channel_request_exec(channel, "cat") != SSH_OK)
        fail("cat", ssh_get_error(session));
    return channel;
}

/* There and back. */
static void echo(ssh_channel channel, char *message, uint32_t length)
{
    uint32_t have = 0;
    if (ssh_channel_write(channel, message, length) != (int)length)
        fail("cat", "the message was not taken");
    while (have < length) {
        int got = ssh_channel_read(channel, message + have, length - have, 0);
        if (got <= 0)
            fail("cat", "the message did not come back");
        have += (uint32_t)got;
    }
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int count, char **argument)
{
    if (count != 8)
        fail("usage", "raw-ssh address port user key known_hosts rounds bytes");
    long rounds = number(argument[6], MOST_ROUNDS), length = number(argument[7], MOST_BYTES);
    char *message = calloc(1, (size_t)length);
    double *times = calloc((size_t)rounds, sizeof *times);
    if (!message || !times)
        fail("calloc", "no memory");
    double start = now();
    ssh_session session = connect_to(argument);
    ssh_channel channel = start_cat(session);
    echo(channel, message, (uint32_t)length);
    double opened = now() - start;
    for (long i = 0; i < rounds; i++) {
        start = now();
        echo(channel, message, (uint32_t)length);
        times[i] = now() - start;
    }
    qsort(times, (size_t)rounds, sizeof *times, compare);
    printf("%.3f %.3f %.3f\n", opened * 1e3, times[(rounds - 1) / 2] * 1e6,
           times[rounds * 99 / 100] * 1e6);
    ssh_channel_free(channel);
    ssh_disconnect(session);
    ssh_free(session);
    free(message);
    free(times);
    return EXIT_SUCCESS;
}
