#include "cli/terminal.h"

#include "cli/interrupt.h"
#include "cli/paths.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/folder.h"
#include "interrupt/functions.h"
#include "lua/vm_box.h"
#include "values/error.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <lauxlib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define PATIENCE 1.0 /* seconds */

/* is_terminal("stdin"|"stdout"|"stderr") */
static int is_terminal(lua_State *L)
{
    static const char *const names[] = {"stdin", "stdout", "stderr", NULL};
    lua_pushboolean(L, isatty(luaL_checkoption(L, 1, NULL, names)));
    return 1;
}

/* begin(interactive): from now on ^C is the session's. */
static int begin(lua_State *L)
{
    interrupt_begin(lua_toboolean(L, 1) ? INTERRUPT_TERMINAL : INTERRUPT_PIPE);
    bx_interrupt_open_xpcall(L);
    return 0;
}

/* output_gone(): whether nobody reads standard output any more. */
static int output_gone(lua_State *L)
{
    lua_pushboolean(L, interrupt_output_gone());
    return 1;
}

/* columns(): the width of the terminal, 80 where there is none. */
static int columns(lua_State *L)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    lua_pushinteger(L, known ? size.ws_col : 80);
    return 1;
}

/* width(text): the columns that it takes on a terminal. */
static int width(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    mbstate_t state = {0};
    lua_Integer sum = 0;
    while (length) {
        wchar_t character;
        size_t size = mbrtowc(&character, text, length, &state);
        if (size == 0 || size > length) { /* a zero, or what is no character */
            memset(&state, 0, sizeof state);
            size = 1;
            character = L'?';
        }
        int columns_taken = wcwidth(character);
        sum += columns_taken > 0 ? columns_taken : 0;
        text += size;
        length -= size;
    }
    lua_pushinteger(L, sum);
    return 1;
}

/* read_line(limit): the next line of standard input, without its end; nil where there is none;
 * false where it is longer than so many bytes. */
static int read_line(lua_State *L)
{
    lua_Integer left = luaL_checkinteger(L, 1);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    int c;
    while ((c = getc(stdin)) != EOF && c != '\n' && left-- > 0)
        luaL_addchar(&line, c);
    luaL_pushresult(&line);
    if (c == EOF && lua_rawlen(L, -1) == 0)
        lua_pushnil(L);
    else if (left < 0)
        lua_pushboolean(L, 0);
    return 1;
}

/* ---- files that are nobody else's to read ---- */

static int fail_file(lua_State *L, const char *action, const char *path)
{
    bx_error error;
    bx_fail_errno(&error, BX_EFILE, errno, "cannot %s %s", action, path);
    return bx_lua_fail(L, &error, NULL);
}

/* make_folder(path): with those above it, mode 0700. True; or nil and an error. */
static int make_folder(lua_State *L)
{
    bx_error error;
    if (bx_folder_make(luaL_checkstring(L, 1), 0700, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushboolean(L, 1);
    return 1;
}

static int write_all(int file, const char *text, size_t length)
{
    while (length) {
        ssize_t written = write(file, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        text += written;
        length -= (size_t)written;
    }
    return 0;
}

static int write_private(lua_State *L, int flags)
{
    const char *path = luaL_checkstring(L, 1);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    char real[PATH_MAX];
    bx_error error;
    if (bx_folder_follow(path, real, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    int file = open(
        real, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | flags, 0600);
    if (file < 0)
        return fail_file(L, "write", path);
    int failed = write_all(file, text, length) < 0 || fchmod(file, 0600) < 0 ? errno : 0;
    if (close(file) < 0 && !failed)
        failed = errno;
    errno = failed;
    if (failed)
        return fail_file(L, "write", path);
    lua_pushboolean(L, 1);
    return 1;
}

/* append_private(path, text): at the end of the file, mode 0600. True; or nil and an error. */
static int append_private(lua_State *L)
{
    return write_private(L, O_APPEND);
}

/* create_private(path, text): a new file, mode 0600. True; or nil and an error. */
static int create_private(lua_State *L)
{
    return write_private(L, O_EXCL);
}

/* ---- VMs ---- */

/* cancel_orphan(vm): end the job that it runs if no Job stands for it any more, as after ^C in a
 * call, and wait a little for that. Whether there was one. */
static int cancel_orphan(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_test_vm(L, 1);
    const bx_vm *vm = box ? box->vm : NULL;
    bx_job *job = vm && vm->job && vm->job->references == 1 ? bx_job_hold(vm->job) : NULL;
    if (job) {
        int64_t deadline = bx_clock_after(PATIENCE);
        bx_job_cancel(job);
        while (bx_job_wait(job, &vm->host->reactor, deadline) == BX_REACTOR_SIGNAL)
            ;
        bx_job_release(job);
    }
    lua_pushboolean(L, job != NULL);
    return 1;
}

/* ---- programs ---- */

enum { WORDS = 16 };

/* execute(name, ...): become the program of that name that stands beside this one, with these
 * arguments. nil and an error where that cannot be. */
static int execute(lua_State *L)
{
    char path[PATH_MAX];
    char *words[WORDS + 2];
    int count = lua_gettop(L);
    bx_error error;
    luaL_argcheck(L, count <= WORDS, WORDS, "too many arguments");
    for (int i = 1; i <= count; i++)
        words[i - 1] = (char *)luaL_checkstring(L, i);
    words[count] = NULL;
    if (paths_beside_program(words[0], path)) {
        fflush(NULL);
        interrupt_end();
        signal(SIGPIPE, SIG_DFL);
        execv(path, words);
    }
    bx_fail_errno(&error, BX_ESYSTEM, errno, "cannot run %s", words[0]);
    return bx_lua_fail(L, &error, NULL);
}

static const luaL_Reg functions[] = {{"is_terminal", is_terminal},
                                     {"begin", begin},
                                     {"output_gone", output_gone},
                                     {"columns", columns},
                                     {"width", width},
                                     {"read_line", read_line},
                                     {"make_folder", make_folder},
                                     {"append_private", append_private},
                                     {"create_private", create_private},
                                     {"cancel_orphan", cancel_orphan},
                                     {"execute", execute},
                                     {"call", interrupt_lua_call},
                                     {NULL, NULL}};

/* Characters are UTF-8, also where no locale is set. */
static void set_locale(void)
{
    const char *name = setlocale(LC_CTYPE, "");
    if (!name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

int luaopen_bioxen_terminal(lua_State *L)
{
    set_locale();
    luaL_newlib(L, functions);
    return 1;
}
