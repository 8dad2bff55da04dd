/* What a client sends to a daemon: a door, the frames, their values, and what the daemon's Lua
 * makes of them. The bytes go through a socket of a folder of their own; no worker can be started.
 */
#include "in_lua.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, path);
    if (connect(client, (struct sockaddr *)&address, sizeof address) < 0)
        abort();
    return client;
}

/* The function serves until nothing is left to do; with `true` the client has gone. */
static void serve(lua_State *L, bool gone)
{
    lua_pushvalue(L, -1);
    lua_pushboolean(L, gone);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static lua_State *L;
    static char path[64];
    if (!L) {
        snprintf(path, sizeof path, "/tmp/bioxen-serve-fuzz-%d", (int)getpid());
        setenv("BIOXEN_FUZZ_SOCKET", path, 1);
        setenv("BIOXEN_WORKER", "/nonexistent", 1);
        L = open_target("serve_fuzz");
    }
    int client = connect_to(path);
    ssize_t ignored =
        send(client, bytes, length < 65536 ? length : 65536, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
    serve(L, false);
    close(client);
    serve(L, true);
    return 0;
}
