#include "courier/ssh.h"

#include "sshd.h"

#include <sys/resource.h>
#include <sys/time.h>

static bx_loop loop;
static bx_error err;
static char host_fingerprint[80]; /* of host_ed25519 */

static void fresh_loop(double seconds)
{
    loop = (bx_loop){.deadline = bx_clock_after(seconds)};
    err = (bx_error){0};
}

/* What works: the user's key, and a known_hosts file that has the host's under an alias. */
static bx_ssh_options good_options(const sshd *server)
{
    return (bx_ssh_options){.address = "127.0.0.1",
                            .port = server->port,
                            .user = sshd_user,
                            .known_hosts = path_of("known"),
                            .host_name = "guest",
                            .key_path = path_of("user_key")};
}

static bool says(const char *text)
{
    bool found = strstr(err.message, text) != NULL;
    if (!found)
        printf("# no \"%s\" in: %s\n", text, err.message);
    return found;
}

/* Log in, or fail with `code`; connect no longer than `seconds`. */
static bx_code try_to_log_in(const bx_ssh_options *options)
{
    fresh_loop(60);
    bx_ssh *ssh = bx_ssh_open(&loop, options, &err);
    bx_code code = ssh ? BX_OK : err.code;
    bx_ssh_close(ssh);
    CHECK(loop.pumps == NULL);
    return code;
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void a_command_runs(void)
{
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    bx_buffer out = {.limit = 1000}, errors = {.limit = 1000};
    int status = -2, before = count_descriptors();
    fresh_loop(60);
    bx_ssh *ssh = bx_ssh_open(&loop, &options, &err);
    CHECK(ssh && bx_ssh_connected(ssh));
    if (!ssh)
        printf("# %s\n", err.message);
    for (int i = 0; ssh && i < 3; i++) {
        out.length = errors.length = 0;
        CHECK(bx_ssh_run(ssh, "echo out; echo errors >&2; exit 7", NULL, &status, &out, &errors,
                         &err) == 0);
        CHECK(status == 7);
        CHECK(out.length == 4 && memcmp(out.data, "out\n", 4) == 0);
        CHECK(errors.length == 7 && memcmp(errors.data, "errors\n", 7) == 0);
    }
    CHECK(ssh && bx_ssh_run(ssh, "kill -9 $$", NULL, &status, &out, &errors, &err) == 0 &&
          status == -1);
    out.length = 0;
    CHECK(ssh && bx_ssh_run(ssh, "head -c 300000 /dev/zero", NULL, &status, &out, NULL, &err) == 0);
    CHECK(status == 0 && out.length == 1000);
    bx_ssh_close(ssh);
    CHECK(count_descriptors() == before);
    bx_buffer_free(&out);
    bx_buffer_free(&errors);
    sshd_kill(&server);
}

static void keys_of_every_kind_are_taken(void)
{
    static const char *const kinds[] = {"-t rsa -b 2048",        "-t ecdsa",
                                        "-t ecdsa -b 521",       "-t ed25519",
                                        "-t rsa -b 2048 -m PEM", "-t ecdsa -m PEM"};
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        CHECK(in_folder("rm -f kind*; ssh-keygen -q %s -N '' -C '' -f kind && "
                        "cat kind.pub > authorized",
                        kinds[i]));
        options.key_path = path_of("kind");
        CHECK(try_to_log_in(&options) == BX_OK);
        CHECK(in_folder("ssh-keygen -q -p -N secret -f kind %s > /dev/null",
                        strstr(kinds[i], "PEM") ? "-m PEM" : ""));
        CHECK(try_to_log_in(&options) == BX_EAUTH && says("needs a passphrase"));
        options.passphrase = "wrong";
        CHECK(try_to_log_in(&options) == BX_EAUTH &&
              says("does not open with the passphrase given"));
        options.passphrase = "secret";
        CHECK(try_to_log_in(&options) == BX_OK);
        options.passphrase = NULL;
    }
    CHECK(in_folder("cp user_key.pub authorized"));
    sshd_kill(&server);
}

static void keys_that_cannot_be_used_are_refused_at_once(void)
{
    bx_ssh_options options = {.address = "127.0.0.1", .port = 1, .user = sshd_user};
    options.fingerprint = host_fingerprint;
    options.key_path = path_of("no_such_key");
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("no_such_key") && says("No such file"));
    options.key_path = sshd_folder;
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("is not a file"));
    CHECK(in_folder("cp user_key open_key; chmod 640 open_key; echo nothing > text; chmod 600 text;"
                    " head -c 100000 /dev/zero > long; chmod 600 long"));
    options.key_path = path_of("open_key");
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("is open to others (mode 0640)"));
    options.key_path = path_of("text");
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("is not a private key"));
    options.key_path = path_of("long");
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("is longer than"));
}

static void options_that_make_no_sense_are_refused(void)
{
    const sshd server = {.port = 22};
    bx_ssh_options options = good_options(&server);
    static const char *const bad[] = {"",    "-oProxyCommand=x", "a b", "a;b", "a@b", "a%h",
                                      "a/b", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        options = good_options(&server);
        options.address = bad[i];
        CHECK(try_to_log_in(&options) == BX_ECONFIG && says("address"));
        options = good_options(&server);
        options.user = bad[i];
        CHECK(try_to_log_in(&options) == BX_ECONFIG && says("user"));
        options = good_options(&server);
        options.host_name = bad[i];
        CHECK(try_to_log_in(&options) == BX_ECONFIG && says("name"));
    }
    options = good_options(&server);
    options.port = 65536;
    CHECK(try_to_log_in(&options) == BX_ECONFIG && says("65536"));
    options = good_options(&server);
    options.known_hosts = NULL;
    CHECK(try_to_log_in(&options) == BX_ECONFIG && says("which host key to trust"));
    options.fingerprint = "MD5:00:11";
    CHECK(try_to_log_in(&options) == BX_ECONFIG && says("MD5"));
    options = good_options(&server);
    options.known_hosts = path_of("no_such_file");
    CHECK(try_to_log_in(&options) == BX_ECONFIG && says("no_such_file"));
    options = good_options(&server);
    options.key_path = NULL;
    CHECK(try_to_log_in(&options) == BX_ECONFIG && says("agent"));
}

/* With what known_hosts has, the login fails so, shows the fingerprint, and never gets as far as to
 * say who wants to log in. */
static void check_distrust(const char *known_hosts, const char *fingerprint, const char *message)
{
    sshd server = sshd_start("host_ed25519", "LogLevel DEBUG1");
    bx_ssh_options options = good_options(&server);
    CHECK(in_folder("%s", known_hosts));
    options.known_hosts = path_of("distrusted");
    options.fingerprint = fingerprint;
    CHECK(try_to_log_in(&options) == BX_ETRUST && says(message) && says(host_fingerprint));
    CHECK(!sshd_end_and_search(&server, "userauth-request"));
}

static void a_host_key_that_is_not_expected_is_refused(void)
{
    check_distrust(": > distrusted", NULL, "is unknown");
    check_distrust("sed 's/^/other /' host_ed25519.pub > distrusted", NULL, "is unknown");
    check_distrust("sed 's/^/guest /' other_key.pub > distrusted", NULL, "has changed");
    check_distrust("sed 's/^/guest /' host_rsa.pub > distrusted", NULL, "of another type");
    check_distrust("(sed 's/^/guest /' host_ed25519.pub; sed 's/^/@revoked * /' host_ed25519.pub)"
                   " > distrusted",
                   NULL, "is revoked");
    check_distrust("sed 's/^/@cert-authority guest /' host_ed25519.pub > distrusted", NULL,
                   "but an authority's");
    check_distrust("sed 's/^/guest /' host_ed25519.pub > distrusted",
                   "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "is not the one expected");
    check_distrust("sed 's/^/guest /' other_key.pub > distrusted", host_fingerprint, "has changed");
}

static void a_host_key_that_is_expected_is_trusted(void)
{
    sshd server = sshd_start("host_ed25519", "LogLevel DEBUG1");
    bx_ssh_options options = good_options(&server);
    options.fingerprint = host_fingerprint;
    CHECK(try_to_log_in(&options) == BX_OK);
    options.known_hosts = NULL;
    CHECK(try_to_log_in(&options) == BX_OK);
    options.fingerprint = NULL;
    CHECK(in_folder("sed 's/^/guest /' host_ed25519.pub > 'a%%d ~known'; "
                    "ssh-keygen -H -f 'a%%d ~known' 2> /dev/null > /dev/null"));
    options.known_hosts = path_of("a%d ~known");
    CHECK(try_to_log_in(&options) == BX_OK);
    CHECK(in_folder("sed 's/^/[127.0.0.1]:%d /' host_ed25519.pub > by_port", server.port));
    options.known_hosts = path_of("by_port");
    options.host_name = NULL;
    CHECK(try_to_log_in(&options) == BX_OK);
    CHECK(sshd_end_and_search(&server, "userauth-request"));
}

/* Both sides have keys of several types: the one that known_hosts has is asked for. */
static void the_known_type_of_key_is_preferred(void)
{
    char more[256];
    snprintf(more, sizeof more, "HostKey %s/host_rsa\nHostKey %s/host_ecdsa", sshd_folder,
             sshd_folder);
    sshd server = sshd_start("host_ed25519", more);
    bx_ssh_options options = good_options(&server);
    options.known_hosts = path_of("one_type");
    static const char *const types[] = {"rsa", "ecdsa", "ed25519"};
    for (int i = 0; i < 3; i++) {
        CHECK(in_folder("sed 's/^/guest /' host_%s.pub > one_type", types[i]));
        CHECK(try_to_log_in(&options) == BX_OK);
    }
    sshd_kill(&server);
}

static void a_key_that_is_not_let_in_is_refused(void)
{
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    options.key_path = path_of("other_key");
    CHECK(try_to_log_in(&options) == BX_EAUTH && says(sshd_user) && says("127.0.0.1") &&
          says("refused the login") && says("other_key"));
    options = good_options(&server);
    options.user = "nobody-of-that-name";
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("nobody-of-that-name"));
    sshd_kill(&server);
    server = sshd_start("host_ed25519", "AuthenticationMethods publickey,publickey");
    options = good_options(&server);
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("wants more than a key"));
    sshd_kill(&server);
}

static void an_agent_is_asked_only_when_told_to(void)
{
    char line[256];
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    line_of("ssh-agent -a $PWD/agent -s | sed -n 's/.*SSH_AGENT_PID=\\([0-9]*\\).*/\\1/p'", line,
            sizeof line);
    pid_t agent = (pid_t)strtol(line, NULL, 10);
    CHECK(agent > 0);
    setenv("SSH_AUTH_SOCK", path_of("agent"), 1);
    options.key_path = NULL;
    options.agent = true;
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("the keys of the agent"));
    CHECK(in_folder("ssh-add -q other_key"));
    CHECK(try_to_log_in(&options) == BX_EAUTH);
    CHECK(in_folder("ssh-add -q user_key"));
    CHECK(try_to_log_in(&options) == BX_OK);
    options.key_path = path_of("other_key");
    CHECK(try_to_log_in(&options) == BX_OK); /* the key first, then the agent's */
    options.agent = false;
    CHECK(try_to_log_in(&options) == BX_EAUTH && !strstr(err.message, "agent"));
    if (agent > 0)
        kill(agent, SIGSTOP); /* it takes who calls, and says nothing */
    options.key_path = NULL;
    options.agent = true;
    double seconds = 0.25; /* a busy machine takes longer to come to the agent */
    do {
        seconds *= 2;
        fresh_loop(seconds);
        CHECK(bx_ssh_open(&loop, &options, &err) == NULL && err.code == BX_EDEADLINE);
    } while (!strstr(err.message, "waiting for the agent") && seconds < 60);
    CHECK(says("waiting for the agent"));
    if (agent > 0)
        kill(agent, SIGCONT);
    CHECK(try_to_log_in(&options) == BX_OK);
    if (agent > 0)
        kill(agent, SIGTERM);
    options.key_path = NULL;
    options.agent = true;
    setenv("SSH_AUTH_SOCK", path_of("no_agent"), 1);
    CHECK(try_to_log_in(&options) == BX_EAUTH);
    unsetenv("SSH_AUTH_SOCK");
    CHECK(try_to_log_in(&options) == BX_EAUTH && says("SSH_AUTH_SOCK is not set"));
    sshd_kill(&server);
}

static void a_port_that_nobody_listens_on_is_an_error(void)
{
    int port;
    int listener = listen_on_loopback(&port);
    close(listener);
    const sshd server = {.port = port};
    bx_ssh_options options = good_options(&server);
    CHECK(try_to_log_in(&options) == BX_ECONNECT && says("Connection refused"));
    options.address = "no-such-host.invalid";
    CHECK(try_to_log_in(&options) == BX_ECONNECT && says("no-such-host.invalid"));
}

/* A server that sends what it should not: `talk` is called with the connection. */
static pid_t start_liar(void (*talk)(int fd), int *port)
{
    int listener = listen_on_loopback(port);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        for (;;) {
            int fd = accept(listener, NULL, NULL);
            if (fd < 0)
                _exit(1);
            talk(fd);
            close(fd);
        }
    }
    close(listener);
    return pid;
}

static void wait_until_closed(int fd)
{
    char ignored[256];
    while (read(fd, ignored, sizeof ignored) > 0)
        ;
}

static void drip(int fd)
{
    struct pollfd watched = {fd, POLLIN, 0};
    const char *text = "SSH-2.0-drip";
    while (send(fd, text, 1, MSG_NOSIGNAL) == 1) {
        char ignored[256];
        text += text[1] != '\0';
        if (poll(&watched, 1, 20) > 0 && read(fd, ignored, sizeof ignored) <= 0)
            break;
    }
}

static void be_another_server(int fd)
{
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    if (write(fd, answer, sizeof answer - 1) < 0)
        _exit(1);
}

static void be_old(int fd)
{
    if (write(fd, "SSH-1.5-\x1b[31mold\r\n", 19) < 0)
        _exit(1);
    wait_until_closed(fd);
}

static void never_end(int fd)
{
    char line[4096];
    memset(line, 'x', sizeof line);
    while (write(fd, line, sizeof line) > 0)
        ;
}

static void never_greet(int fd)
{
    char lines[4096];
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 64 == 63 ? '\n' : 'x';
    while (write(fd, lines, sizeof lines) > 0)
        ;
}

static int watch_nothing(bx_pump *pump, struct pollfd *watched)
{
    (void)pump;
    (void)watched;
    return 0;
}

static int reset_seen[2]; /* a pipe: a byte for each connection that hang_up has reset */

static void hang_up(int fd)
{
    struct linger reset = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    if (write(reset_seen[1], "", 1) < 0)
        _exit(1);
}

static void hang_up_once_greeted(int fd)
{
    char first;
    if (read(fd, &first, 1) == 1)
        hang_up(fd);
}

/* Reads that byte: what the loop waits for then comes after the reset. */
static void await_reset(bx_pump *pump)
{
    char byte;
    bx_loop_remove(&loop, pump);
    CHECK(read(reset_seen[0], &byte, 1) == 1);
}

static void check_liar(void (*talk)(int fd), double seconds, bx_code wanted, const char *message)
{
    int port;
    pid_t liar = start_liar(talk, &port);
    const sshd server = {.port = port};
    bx_ssh_options options = good_options(&server);
    struct rusage before, after;
    fresh_loop(seconds);
    getrusage(RUSAGE_SELF, &before);
    int64_t start = bx_clock_now();
    CHECK(!bx_ssh_open(&loop, &options, &err));
    double took = (double)(bx_clock_now() - start) * 1e-9;
    getrusage(RUSAGE_SELF, &after);
    CHECK(says(message) && err.code == wanted);
    CHECK(took < (wanted == BX_EDEADLINE ? seconds + 5 : 30));
#ifndef BIOXEN_SANITIZE /* which keeps what was freed */
    CHECK(after.ru_maxrss - before.ru_maxrss < 8 << 10);
#endif
    for (const char *at = err.message; *at; at++)
        CHECK((unsigned char)*at >= ' ' && *at != 0x7f);
    kill(liar, SIGKILL);
    waitpid(liar, NULL, 0);
}

/* The reset may come before the end of the connecting is seen, or after what is sent then. */
static void a_reset_before_the_greeting_is_one_error(void)
{
    void (*const orders[])(int fd) = {hang_up, hang_up_once_greeted};
    CHECK(pipe2(reset_seen, O_CLOEXEC) == 0);
    for (size_t i = 0; i < 2; i++) {
        int port;
        pid_t liar = start_liar(orders[i], &port);
        const sshd server = {.port = port};
        bx_ssh_options options = good_options(&server);
        bx_pump pump = {.watch = watch_nothing, .move = await_reset};
        fresh_loop(60);
        if (orders[i] == hang_up)
            bx_loop_add(&loop, &pump);
        CHECK(!bx_ssh_open(&loop, &options, &err) && loop.pumps == NULL);
        CHECK(err.code == BX_ECONNECT && says("no SSH connection to"));
        kill(liar, SIGKILL);
        waitpid(liar, NULL, 0);
    }
    close(reset_seen[0]);
    close(reset_seen[1]);
}

static void servers_that_are_none_are_left(void)
{
    check_liar(wait_until_closed, 0.3, BX_EDEADLINE, "waiting for the SSH greeting");
    check_liar(drip, 0.5, BX_EDEADLINE, "waiting for the SSH greeting");
    check_liar(never_greet, 0.5, BX_EDEADLINE, "the deadline passed");
    check_liar(be_another_server, 60, BX_ECONNECT, "no SSH connection");
    check_liar(be_old, 60, BX_ECONNECT, "no SSH connection");
    check_liar(never_end, 60, BX_ECONNECT, "too large banner");
}

/* Cancels the request when it has been moved `moves` times. */
typedef struct canceller {
    bx_pump pump;
    int moves;
    int64_t at;
} canceller;

static void count_down(bx_pump *pump)
{
    canceller *c = (canceller *)pump;
    if (--c->moves <= 0 || bx_clock_now() >= c->at)
        loop.cancelled = true;
}

static int64_t cancel_time(const bx_pump *pump)
{
    return ((const canceller *)pump)->at;
}

/* At every step of a handshake, a login and a command. */
static void it_can_be_cancelled_anywhere(void)
{
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    int before = count_descriptors(), reached = 0;
    for (int moves = 1; moves < 200 && !reached; moves++) {
        canceller c = {
            {.watch = watch_nothing, .move = count_down, .due = cancel_time}, moves, BX_NEVER};
        int status;
        fresh_loop(60);
        bx_loop_add(&loop, &c.pump);
        bx_ssh *ssh = bx_ssh_open(&loop, &options, &err);
        if (ssh && bx_ssh_run(ssh, "echo", NULL, &status, NULL, NULL, &err) == 0)
            reached = moves;
        else
            CHECK(err.code == BX_ECANCELLED);
        bx_ssh_close(ssh);
        CHECK(loop.pumps == &c.pump);
    }
    CHECK(reached > 5 && count_descriptors() == before);
    sshd_kill(&server);
    int port;
    pid_t silent = start_liar(wait_until_closed, &port);
    canceller c = {{.watch = watch_nothing, .move = count_down, .due = cancel_time},
                   1000,
                   bx_clock_after(0.1)};
    fresh_loop(60);
    bx_loop_add(&loop, &c.pump);
    options.port = port;
    CHECK(!bx_ssh_open(&loop, &options, &err) && err.code == BX_ECANCELLED);
    CHECK(bx_clock_now() < c.at + 5000000000);
    kill(silent, SIGKILL);
    waitpid(silent, NULL, 0);
}

static void a_large_file_is_fed(void)
{
    char line[128], sum[128];
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    bx_buffer out = {.limit = 100}, errors = {.limit = 100};
    struct rusage before, after;
    int status = -1;
    CHECK(in_folder("head -c 20000000 /dev/urandom > large"));
    line_of("cksum < large", sum, sizeof sum);
    fresh_loop(60);
    bx_ssh *ssh = bx_ssh_open(&loop, &options, &err);
    getrusage(RUSAGE_SELF, &before);
    CHECK(ssh &&
          bx_ssh_run(ssh, "cksum; exit 3", path_of("large"), &status, &out, &errors, &err) == 0);
    getrusage(RUSAGE_SELF, &after);
    snprintf(line, sizeof line, "%.*s", (int)out.length, (const char *)out.data);
    line[strcspn(line, "\n")] = '\0';
    CHECK_TEXT(line, sum);
    CHECK(status == 3);
#ifndef BIOXEN_SANITIZE
    CHECK(after.ru_maxrss - before.ru_maxrss < 4 << 10); /* KiB */
#endif
    /* A command that does not read to the end ends all the same. */
    CHECK(ssh && bx_ssh_run(ssh, "head -c 10 > /dev/null; exit 4", path_of("large"), &status, NULL,
                            NULL, &err) == 0);
    CHECK(status == 4);
    CHECK(ssh && bx_ssh_run(ssh, "exec 0<&-; exec 1>&-; exit 5", path_of("large"), &status, NULL,
                            NULL, &err) == 0);
    CHECK(status == 5);
    /* One that echoes it all does not block. */
    CHECK(ssh && bx_ssh_run(ssh, "cat; cat >&2", path_of("large"), &status, NULL, NULL, &err) == 0);
    CHECK(status == 0);
    CHECK(ssh && bx_ssh_run(ssh, "cat", path_of("no_such_file"), &status, NULL, NULL, &err) < 0 &&
          err.code == BX_EFILE);
    bx_ssh_close(ssh);
    bx_buffer_free(&out);
    bx_buffer_free(&errors);
    sshd_kill(&server);
}

/* Limits of sshd that make it change the keys every megabyte. */
static void keys_are_changed_meanwhile(void)
{
    sshd server = sshd_start("host_ed25519", "RekeyLimit 1M\nLogLevel DEBUG1");
    bx_ssh_options options = good_options(&server);
    bx_buffer out = {0};
    int status = -1;
    fresh_loop(60);
    bx_ssh *ssh = bx_ssh_open(&loop, &options, &err);
    CHECK(ssh && bx_ssh_run(ssh, "cat", path_of("large"), &status, &out, NULL, &err) == 0);
    if (err.code)
        printf("# %s\n", err.message);
    CHECK(status == 0 && out.length == 20000000);
    bx_ssh_close(ssh);
    bx_buffer_free(&out);
    CHECK(sshd_end_and_search(&server, "rekey"));
}

/* Kills the server once a command has said something: a file appears. */
typedef struct killer {
    bx_pump pump;
    sshd *server;
} killer;

static void kill_when_started(bx_pump *pump)
{
    killer *k = (killer *)pump;
    if (k->server && access(path_of("started"), F_OK) == 0) {
        sshd_kill(k->server);
        k->server = NULL;
    }
}

static int64_t look_again(const bx_pump *pump)
{
    return ((const killer *)pump)->server ? bx_clock_after(0.01) : BX_NEVER;
}

static void a_server_that_dies_is_noticed(void)
{
    char command[256];
    sshd server = sshd_start("host_ed25519", NULL);
    bx_ssh_options options = good_options(&server);
    killer k = {{.watch = watch_nothing, .move = kill_when_started, .due = look_again}, &server};
    int status = 0;
    fresh_loop(60);
    bx_ssh *ssh = bx_ssh_open(&loop, &options, &err);
    bx_loop_add(&loop, &k.pump);
    snprintf(command, sizeof command, "touch %s; exec sleep 10", path_of("started"));
    CHECK(ssh && bx_ssh_run(ssh, command, NULL, &status, NULL, NULL, &err) < 0);
    CHECK(err.code == BX_ECONNECT && says("the connection to") && status == -1);
    CHECK(ssh && !bx_ssh_connected(ssh));
    CHECK(ssh && !bx_ssh_start(ssh, "true", &err) && err.code == BX_ECONNECT);
    bx_ssh_close(ssh);
}

int main(void)
{
    if (!sshd_prepare()) {
        printf("1..0 # SKIP no sshd\n");
        return 0;
    }
    char line[256];
    unsetenv("SSH_AUTH_SOCK");
    line_of("ssh-keygen -l -f host_ed25519.pub", line, sizeof line);
    sscanf(line, "%*d %79s", host_fingerprint);
    in_folder("sed 's/^/guest /' host_ed25519.pub > known");
    RUN(a_command_runs);
    RUN(keys_of_every_kind_are_taken);
    RUN(keys_that_cannot_be_used_are_refused_at_once);
    RUN(options_that_make_no_sense_are_refused);
    RUN(a_host_key_that_is_not_expected_is_refused);
    RUN(a_host_key_that_is_expected_is_trusted);
    RUN(the_known_type_of_key_is_preferred);
    RUN(a_key_that_is_not_let_in_is_refused);
    RUN(an_agent_is_asked_only_when_told_to);
    RUN(a_port_that_nobody_listens_on_is_an_error);
    RUN(servers_that_are_none_are_left);
    RUN(a_reset_before_the_greeting_is_one_error);
    RUN(it_can_be_cancelled_anywhere);
    RUN(a_large_file_is_fed);
    RUN(keys_are_changed_meanwhile);
    RUN(a_server_that_dies_is_noticed);
    return test_end();
}
