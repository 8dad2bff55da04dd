/* bioxen-kernel: the kernel of Jupyter notebooks. `bioxen kernel` runs it. */
#include "cli/interrupt.h"
#include "cli/paths.h"
#include "cli/report.h"
#include "interrupt/functions.h"
#include "kernel/connection.h"
#include "kernel/notebook.h"
#include "kernel/server.h"

#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USAGE = 2 };

/* Runs the kernel till it ends. */
static int run(lua_State *L)
{
    luaL_openlibs(L);
    bx_interrupt_open_coroutines(L);
    bx_interrupt_open_xpcall(L);
    interrupt_begin(INTERRUPT_NOTEBOOK);
    paths_set(L);
    paths_set_beside(L, NULL);
    luaL_requiref(L, "bioxen.notebook", luaopen_bioxen_notebook, 0);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "bioxen.kernel");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "main");
    lua_call(L, 0, 0);
    return 0;
}

static int fail(int log, const char *what)
{
    dprintf(log, "bioxen-kernel: %s\n", what);
    return EXIT_FAILURE;
}

/* The process whose end ends the kernel, too, as Jupyter's launcher names it; 0: none. */
static pid_t launcher(void)
{
    const char *named = getenv("JPY_PARENT_PID");
    pid_t parent = named ? (pid_t)strtol(named, NULL, 10) : 0;
    return parent > 1 && parent == getppid() ? parent : 0;
}

static int serve(const bx_kernel_connection *connection, int log)
{
    bx_error error;
    if (bx_kernel_start(connection, launcher(), &error) < 0)
        return fail(log, error.message);
    lua_State *L = luaL_newstate();
    if (!L)
        return fail(log, "not enough memory");
    lua_pushcfunction(L, run);
    bool good = lua_pcall(L, 0, 0, 0) == LUA_OK;
    if (!good)
        fail(log, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "the kernel failed");
    lua_close(L); /* ends the VMs */
    bx_kernel_stop();
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    bx_kernel_connection connection;
    bx_error error;
    report_hold_descriptors();
    if (argc != 3 || strcmp(argv[1], "-f") != 0) {
        fputs("usage: bioxen-kernel -f CONNECTION_FILE (Jupyter runs it: bioxen kernel install)\n",
              stderr);
        return USAGE;
    }
    if (bx_kernel_connection_read(argv[2], &connection, &error) < 0)
        return fail(STDERR_FILENO, error.message);
    if (connection.exposed)
        fail(STDERR_FILENO, "other users may read the connection file, and so run code here");
    if (!freopen("/dev/null", "r", stdin)) /* cells ask their frontend */
        return fail(STDERR_FILENO, "cannot open /dev/null");
    return serve(&connection, dup(STDERR_FILENO));
}
