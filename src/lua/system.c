#include "lua/system.h"

#include "core/save.h"
#include "core/tool.h"
#include "values/error.h"
#include "values/text.h"

#include <errno.h>
#include <lauxlib.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_LIMIT = 256 << 20, ERRORS_LIMIT = 1 << 20 };

int bx_lua_process(lua_State *L)
{
    lua_pushinteger(L, getpid());
    lua_pushinteger(L, geteuid());
    return 2;
}

static char **check_arguments(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    luaL_argcheck(L, count > 0 && count < 100, 1, "a program and its arguments expected");
    char **argv = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *argv, 0);
    for (lua_Integer i = 0; i < count; i++) {
        if (lua_rawgeti(L, 1, i + 1) != LUA_TSTRING)
            luaL_argerror(L, 1, "strings expected");
        argv[i] = (char *)lua_tostring(L, -1); /* the table keeps it */
        lua_pop(L, 1);
    }
    argv[count] = NULL;
    return argv;
}

int bx_lua_run_program(lua_State *L)
{
    bx_tool tool = {.argv = check_arguments(L)};
    tool.input = luaL_checklstring(L, 2, &tool.length);
    tool.timeout = luaL_checknumber(L, 3);
    bx_buffer *output = bx_lua_push_text(L), *errors = bx_lua_push_text(L);
    tool.output.limit = OUTPUT_LIMIT;
    tool.errors.limit = ERRORS_LIMIT;
    bx_error error;
    int result = bx_tool_run(&tool, &error);
    *output = tool.output;
    *errors = tool.errors;
    if (result < 0) {
        bx_lua_fail(L, &error, NULL);
        lua_pushboolean(L, tool.absent);
        return 3;
    }
    lua_pushlstring(L, (const char *)output->data, output->length);
    lua_pushlstring(L, (const char *)errors->data, errors->length);
    lua_pushinteger(L, tool.status);
    return 3;
}

int bx_lua_save_file(lua_State *L)
{
    size_t length;
    const char *path = bx_lua_check_path(L, 1), *bytes = luaL_checklstring(L, 2, &length);
    bx_error error;
    if (bx_save(path, bytes, length, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushboolean(L, 1);
    return 1;
}

/* The second number of /proc/PID/statm is of pages. -1: there is no such process. */
static double resident_bytes(pid_t pid)
{
    char path[40], line[128] = "";
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    const char *pages = fgets(line, sizeof line, file) ? strchr(line, ' ') : NULL;
    fclose(file);
    return pages ? (double)strtoull(pages, NULL, 10) * (double)sysconf(_SC_PAGESIZE) : -1;
}

int bx_lua_resident(lua_State *L)
{
    double resident = resident_bytes((pid_t)luaL_checkinteger(L, 1));
    if (resident < 0)
        return 0;
    lua_pushinteger(L, (lua_Integer)resident);
    return 1;
}

int bx_lua_cores(lua_State *L)
{
    cpu_set_t sets[8]; /* one is for 1,024 */
    bool known = sched_getaffinity(0, sizeof sets, sets) == 0;
    lua_pushinteger(L, known ? CPU_COUNT_S(sizeof sets, sets) : 1);
    return 1;
}

int bx_lua_terminal(lua_State *L)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        lua_pushinteger(L, 80);
    else
        lua_pushinteger(L, size.ws_col);
    return 1;
}

int bx_lua_missing_calls(lua_State *L)
{
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    siginfo_t unused;
    const struct {
        const char *name;
        bool there;
    } calls[] = {
        {"pidfd_open", self >= 0},
        /* the others need one to be tried on */
        {"pidfd_send_signal", self < 0 || syscall(SYS_pidfd_send_signal, self, 0, NULL, 0) == 0},
        {"waitid of a pidfd", self < 0 ||
                                  waitid(P_PIDFD, (id_t)self, &unused, WEXITED | WNOHANG) == 0 ||
                                  errno == ECHILD},
    };
    int missing = 0;
    lua_newtable(L);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (!calls[i].there) {
            lua_pushstring(L, calls[i].name);
            lua_rawseti(L, -2, ++missing);
        }
    if (self >= 0)
        close(self);
    return 1;
}
