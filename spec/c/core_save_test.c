/* Files that are written whole, and the folders they are written to: on the disk when it is said,
 * and never through a link that somebody else may have made. */
#include "core/file.h"
#include "core/folder.h"
#include "core/save.h"

#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char scratch[] = "/tmp/bioxen-save-XXXXXX";
static int files_synced, folders_synced;
static bool renamed_too_early;

/* ---- what goes wrong ---- */

/* Calls until one fails, or the process is killed there, before it or after it; -1: none does. */
static int calls_left = -1;
static enum { FAILS, DIES_BEFORE, DIES_AFTER } how;

static void die(void)
{
    raise(SIGKILL);
}

/* Whether the call fails. */
static bool strikes(void)
{
    if (calls_left != 0)
        return false;
    if (how == DIES_BEFORE)
        die();
    errno = EIO;
    return how == FAILS;
}

static void called(void)
{
    if (calls_left == 0 && how == DIES_AFTER)
        die();
    calls_left -= calls_left >= 0;
}

ssize_t __real_write(int descriptor, const void *bytes, size_t length);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t length);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t length)
{
    bool struck = strikes();
    ssize_t written = __real_write(descriptor, bytes, length > 3 ? length / 2 : length);
    called();
    if (struck) /* a part is there */
        errno = ENOSPC;
    return struck ? -1 : written;
}

int __real_renameat(int from, const char *name, int to, const char *new_name);
int __wrap_renameat(int from, const char *name, int to, const char *new_name);
int __wrap_renameat(int from, const char *name, int to, const char *new_name)
{
    int status = strikes() ? -1 : __real_renameat(from, name, to, new_name);
    called();
    return status;
}

/* In libc's place. */
int fsync(int descriptor)
{
    struct stat status;
    bool struck = strikes();
    called();
    if (struck)
        return -1;
    if (fstat(descriptor, &status) < 0)
        return -1;
    files_synced += S_ISREG(status.st_mode);
    folders_synced += S_ISDIR(status.st_mode);
    if (S_ISREG(status.st_mode) && access("new", F_OK) == 0)
        renamed_too_early = true;
    return 0;
}

static const char *content(const char *path)
{
    static char text[64];
    memset(text, 0, sizeof text);
    int file = open(path, O_RDONLY);
    if (file < 0 || read(file, text, sizeof text - 1) < 0)
        snprintf(text, sizeof text, "(%s)", strerror(errno));
    close(file);
    return text;
}

static void what_is_saved_is_on_the_disk(void)
{
    CHECK(bx_save("new", "text", 4, NULL) == 0);
    CHECK_TEXT(content("new"), "text");
    CHECK(files_synced == 1 && folders_synced == 1 && !renamed_too_early);
}

static void a_link_of_our_own_is_followed(void)
{
    CHECK(mkdir("away", 0777) == 0 && symlink("away/to", "first") == 0);
    CHECK(bx_save("away/to", "old", 3, NULL) == 0 && symlink("first", "second") == 0);
    CHECK(chmod("away/to", 0640) == 0);
    CHECK(bx_save("second", "by links", 8, NULL) == 0);
    struct stat status;
    CHECK(lstat("away/to", &status) == 0 && (status.st_mode & 07777) == 0640);
    CHECK_TEXT(content("away/to"), "by links");
    CHECK(symlink("circle", "circle") == 0 && bx_save("circle", "", 0, NULL) < 0);
}

static void standard_output_is_written_to(void)
{
    int file = open("redirected", O_RDWR | O_CREAT | O_TRUNC, 0666), before = dup(STDOUT_FILENO);
    fflush(stdout);
    dup2(file, STDOUT_FILENO);
    int status = bx_save("/dev/stdout", "to it", 5, NULL);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(file);
    CHECK(status == 0);
    CHECK_TEXT(content("redirected"), "to it");
}

static void a_link_of_another_user_is_refused(void)
{
    bx_error error;
    if (geteuid() != 0)
        return; /* nobody else can make one for us */
    CHECK(bx_save("victim", "untouched", 9, NULL) == 0);
    CHECK(symlink("victim", "trap") == 0 && lchown("trap", 65534, 65534) == 0);
    CHECK(bx_save("trap", "x", 1, &error) < 0 && error.code == BX_EFILE);
    CHECK(strstr(error.message, "another user") != NULL);
    CHECK_TEXT(content("victim"), "untouched");
    struct stat status;
    CHECK(bx_save("waiting", "", 0, NULL) == 0 && chown("waiting", 65534, 65534) == 0);
    CHECK(chmod("waiting", 04777) == 0 && bx_save("waiting", "ours", 4, NULL) == 0);
    CHECK(lstat("waiting", &status) == 0 && status.st_uid == 0 && (status.st_mode & 04022) == 0);
    CHECK(mkfifo("pipe", 0666) == 0 && chown("pipe", 65534, 65534) == 0);
    CHECK(bx_save("pipe", "x", 1, NULL) < 0);
    CHECK(mkdir("theirs", 0777) == 0 && chown("theirs", 65534, 65534) == 0);
    CHECK(bx_folder_open("theirs", true, &error) < 0 && strstr(error.message, "another user"));
}

/* A pipe without a reader would block for ever; with one it takes all, though it is slower. */
static void a_pipe_is_written_to_while_somebody_reads(void)
{
    enum { MUCH = 200 << 10 };
    static char bytes[MUCH];
    bx_error error;
    CHECK(mkfifo("unread", 0600) == 0);
    CHECK(bx_save("unread", "x", 1, &error) < 0 && error.code == BX_EFILE);
    CHECK(strstr(error.message, "nobody reads") != NULL);
    pid_t reader = fork();
    if (reader == 0) {
        size_t all = 0;
        ssize_t got;
        int pipe = open("unread", O_RDONLY);
        while ((got = read(pipe, bytes, 100)) > 0)
            all += (size_t)got;
        _exit(all != MUCH);
    }
    int status;
    while (bx_save("unread", bytes, MUCH, &error) < 0 && strstr(error.message, "nobody reads"))
        sched_yield();
    CHECK(waitpid(reader, &status, 0) == reader && status == 0);
}

static void below_a_folder_no_link_is_followed(void)
{
    bx_error error;
    bx_buffer read = {0};
    CHECK(mkdir("folder", 0777) == 0 && bx_save("outside", "untouched", 9, NULL) == 0);
    CHECK(symlink("../outside", "folder/link") == 0 && symlink("..", "folder/up") == 0);
    int folder = bx_folder_open("folder", true, &error);
    CHECK(folder >= 0);
    CHECK(bx_file_read_below(folder, "link", true, &read, &error) < 0);
    CHECK(strstr(error.message, "it is a link") != NULL);
    static const char *const refused[] = {"up/outside", "../outside",  "..",           ".",
                                          "",           "/etc/passwd", "link/outside", "a//b"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        CHECK(bx_file_read_below(folder, refused[i], false, &read, &error) < 0 &&
              bx_save_below(folder, refused[i], "x", 1, &error) < 0);
    CHECK(bx_save_below(folder, "link", "its own", 7, &error) == 0);
    CHECK_TEXT(content("folder/link"), "its own");
    CHECK_TEXT(content("outside"), "untouched");
    CHECK(bx_file_read_below(folder, "link", true, &read, &error) == 0 && read.length == 7);
    CHECK(mkdir("folder/a", 0777) == 0);
    CHECK(bx_save_below(folder, ".//./a//./b", "deep", 4, &error) == 0);
    CHECK_TEXT(content("folder/a/b"), "deep");
    bx_buffer_free(&read);
    close(folder);
}

static int parts_left(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strncmp(entry->d_name, ".bioxen-", 8) == 0;
    closedir(folder);
    return count;
}

/* Save "newer text" over "old" with a fault at that call: whether the save did not come to it. */
static bool save_past(int call)
{
    calls_left = call;
    int status = bx_save("kept", "newer text", 10, NULL);
    bool past = calls_left >= 0;
    calls_left = -1;
    return status == 0 && past;
}

static void whatever_fails_the_old_file_or_the_new_is_there(void)
{
    int call = 0;
    how = FAILS;
    for (bool past = false; !past; call++) {
        CHECK(bx_save("kept", "old", 3, NULL) == 0);
        past = save_past(call);
        CHECK(strcmp(content("kept"), "newer text") == 0 ||
              (!past && strcmp(content("kept"), "old") == 0));
        CHECK(parts_left() == 0);
    }
    CHECK(call >= 6); /* writes, the file, its name, the folder */
    CHECK_TEXT(content("kept"), "newer text");
}

static void wherever_it_is_killed_the_old_file_or_the_new_is_there(void)
{
    for (how = DIES_BEFORE; how <= DIES_AFTER; how++) {
        bool past = false;
        for (int call = 0; !past; call++) {
            int status;
            CHECK(bx_save("kept", "old", 3, NULL) == 0);
            pid_t child = fork();
            if (child == 0)
                _exit(save_past(call) ? 0 : 1);
            CHECK(waitpid(child, &status, 0) == child);
            past = WIFEXITED(status);
            CHECK(past ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
            CHECK(strcmp(content("kept"), "newer text") == 0 ||
                  (!past && strcmp(content("kept"), "old") == 0));
        }
    }
}

int main(void)
{
    if (!mkdtemp(scratch) || chdir(scratch) < 0)
        return EXIT_FAILURE;
    RUN(what_is_saved_is_on_the_disk);
    RUN(a_link_of_our_own_is_followed);
    RUN(standard_output_is_written_to);
    RUN(a_link_of_another_user_is_refused);
    RUN(a_pipe_is_written_to_while_somebody_reads);
    RUN(below_a_folder_no_link_is_followed);
    RUN(whatever_fails_the_old_file_or_the_new_is_there);
    RUN(wherever_it_is_killed_the_old_file_or_the_new_is_there);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return system(command) == 0 ? test_end() : EXIT_FAILURE;
}
