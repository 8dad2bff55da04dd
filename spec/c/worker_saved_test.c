/* What a worker reads of a saved cell: whatever is in it, the worker goes on, or says what is
 * wrong. BIOXEN_SEQUENCES=10000 tries as many. With the name of a file it writes a content there,
 * without its head: a seed of the fuzzer. */
#include "../support/saved_worker.h"
#include "core/random.h"
#include "test.h"

#include <lauxlib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <zstd.h>

static uint64_t dice;

enum { HEAD = 36 }; /* magic and digest */

static int save(lua_State *L)
{
    bx_saved_push(L);
    return 1;
}

/* The content of a saved cell, in a child that has lived; the caller's. */
static uint8_t *make_content(size_t *size)
{
    int ends[2];
    lua_State *L = worker.L;
    if (pipe(ends) < 0)
        return NULL;
    pid_t child = fork();
    if (child == 0) {
        size_t length;
        lua_pushcfunction(L, save);
        if (luaL_dostring(L, code) != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK)
            _exit(1);
        const char *bytes = lua_tolstring(L, -1, &length);
        _exit(write(ends[1], bytes, length) == (ssize_t)length ? 0 : 1);
    }
    static uint8_t packed[1 << 16];
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], packed + length, sizeof packed - length)) > 0;)
        length += (size_t)got;
    close(ends[0]);
    waitpid(child, NULL, 0);
    *size = (size_t)ZSTD_getFrameContentSize(packed, length);
    uint8_t *content = malloc(*size + 1);
    return content && ZSTD_decompress(content, *size, packed, length) == *size ? content : NULL;
}

/* ---- a child for each ---- */

/* It has become what it was told; or says what is wrong. Other statuses are of sanitizers, too. */
enum { TAKEN = 40, REFUSED };

static int become(const uint8_t *content, size_t length, const char *then)
{
    static uint8_t packed[1 << 17];
    lua_State *L = worker.L;
    frame given = {packed, ZSTD_compress(packed, sizeof packed, content, length, 1)};
    alarm(20);
    lua_pushcfunction(L, restore);
    lua_pushlightuserdata(L, &given);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        return REFUSED;
    (void)luaL_dostring(L, then);
    return TAKEN;
}

static int live(const uint8_t *content, size_t length)
{
    int end = become(content, length,
                     "for _, x in pairs(_G) do pcall(tostring, x) pcall(f, x) end\n"
                     "pcall(cell.run, cell, { duration = 0.5, method = 'ssa' })\n"
                     "pcall(function() return m:optimise() end)\n"
                     "collectgarbage()");
    if (end == TAKEN)
        lua_close(worker.L);
    return end;
}

static int try(const uint8_t *content, size_t length)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(live(content, length));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static size_t below(size_t limit)
{
    return (size_t)(bx_random_split(&dice) % limit);
}

/* A few bytes changed, put in or left out behind the head. */
static size_t mutate(const uint8_t *from, size_t length, uint8_t *to)
{
    memcpy(to, from, length);
    for (size_t times = 1 + below(3); times > 0; times--) {
        size_t at = HEAD + below(length - HEAD), other = HEAD + below(length - HEAD);
        switch (below(5)) {
        case 0: to[at] = (uint8_t)below(256); break;
        case 1: to[at] ^= (uint8_t)(1 << below(8)); break;
        case 2: to[at] = (uint8_t)(to[at] + (below(2) ? 1 : -1)); break;
        case 3:
            memmove(to + at, to + at + 1, length - at - 1);
            length--;
            break;
        default: {
            size_t most = length - (at > other ? at : other), count = below(most < 9 ? most : 9);
            memmove(to + at, to + other, count);
        }
        }
    }
    return length;
}

static void the_content_is_taken(void)
{
    size_t length;
    uint8_t *content = make_content(&length);
    CHECK(content && try(content, length) == TAKEN);
    CHECK(content && try(content, length - 1) == REFUSED);
    free(content);
}

static void whatever_is_in_it_the_worker_goes_on(void)
{
    const char *wanted = getenv("BIOXEN_SEQUENCES");
    long tries = wanted ? strtol(wanted, NULL, 10) : 300, taken = 0;
    size_t length;
    uint8_t *content = make_content(&length), *changed = content ? malloc(length + 1) : NULL;
    for (long i = 0; changed && i < tries; i++) {
        dice = (uint64_t)i;
        int end = try(changed, mutate(content, length, changed));
        if (end != TAKEN && end != REFUSED)
            printf("# the change of number %ld ends a worker: %d\n", i, end);
        CHECK(end == TAKEN || end == REFUSED);
        taken += end == TAKEN;
    }
    printf("# %ld of %ld are taken\n", taken, tries);
    CHECK(changed && taken < tries);
    free(content);
    free(changed);
}

static int append_code(lua_State *L, const void *bytes, size_t length, void *to)
{
    (void)L;
    return bx_buffer_append(to, bytes, length);
}

/* What becomes of the content, whose `zz` may be any function: TAKEN where none takes what Lua has
 * compiled. */
static int become_unless_binary(const uint8_t *content, size_t length)
{
    lua_State *L = worker.L;
    bx_buffer binary = {0};
    luaL_loadstring(L, "return 42");
    lua_dump(L, append_code, &binary, 0);
    int end = become(content, length, "");
    lua_pushlstring(L, (const char *)binary.data, binary.length);
    lua_setglobal(L, "binary");
    bool takes = end == TAKEN && luaL_dostring(L, "local _, f = pcall(zz, binary)\n"
                                                  "local _, answer = pcall(f)\n"
                                                  "assert(answer ~= 42)");
    bx_buffer_free(&binary);
    return takes ? EXIT_FAILURE : end;
}

/* `zz` becomes each of the things that were there when VMs began. */
static void no_file_gives_what_the_sandbox_keeps_from_scripts(void)
{
    static const char before[] = "\5\2zz\6"; /* a text, and a reference */
    enum { LENGTH = sizeof before - 1, NUMBERS = 128 };
    size_t length, taken = 0;
    uint8_t *content = make_content(&length), *place = content;
    while (content && memcmp(place, before, LENGTH) != 0)
        place++;
    CHECK(content && place[LENGTH] < NUMBERS);
    for (int number = 1; content && number < NUMBERS; number++) {
        int status;
        place[LENGTH] = (uint8_t)number;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            _exit(become_unless_binary(content, length));
        waitpid(child, &status, 0);
        if (status == EXIT_FAILURE << 8)
            printf("# number %d takes binary code\n", number);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) >= TAKEN);
        taken += WEXITSTATUS(status) == TAKEN;
    }
    CHECK(taken > NUMBERS / 2);
    free(content);
}

static int write_seed(const char *path)
{
    size_t length;
    uint8_t *content = make_content(&length);
    FILE *file = content ? fopen(path, "w") : NULL;
    bool good = file && fwrite(content + HEAD, length - HEAD, 1, file) == 1;
    good = file && fclose(file) == 0 && good;
    free(content);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (!open_worker())
        return EXIT_FAILURE;
    if (argc > 1)
        return write_seed(argv[1]);
    RUN(the_content_is_taken);
    RUN(no_file_gives_what_the_sandbox_keeps_from_scripts);
    RUN(whatever_is_in_it_the_worker_goes_on);
    return test_end();
}
