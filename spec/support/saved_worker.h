/* A worker of a small organism in this process, for the test and the fuzzer of saved cells; and
 * code that leaves something of each kind in it. */
#ifndef BX_SPEC_SAVED_WORKER_H
#define BX_SPEC_SAVED_WORKER_H

#include "inside/module.h"
#include "inside/saved.h"
#include "worker/spawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bx_worker worker;

static const char organism[] =
    "local kept = { n = 0 }\n"
    "local function count() kept.n = kept.n + 1 return kept.n end\n"
    "return { functions = { count = count }, build = function(cell, process)\n"
    "  process('p', { species = { A = 9, B = 0 }, parameters = { k = 2 },\n"
    "    reactions = { { 'A -> B', k = 'k' }, { 'B -> A', rate = 'k*B/(1 + A)' } },\n"
    "    rules = { late = 'delay(A, 0.5)' }, initial = { B = 'k*2' },\n"
    "    events = { { when = 'A < 5', set = { A = 'A + poisson(3)' }, delay = '0.3' } } })\n"
    "end }\n";

__attribute__((unused)) static const char code[] =
    "cell:count() cell:run { duration = 1, method = 'ssa' }\n"
    "t = { 1, 2.5, 'text', ('long'):rep(30) } t.self = t\n"
    "u = setmetatable({}, { __index = t, __gc = function() end, __mode = 'k' })\n"
    "function f(n) return n and f() end\n"
    "g = { load 'return 1', load('return x', '=x', 't', { x = 1 }) }\n"
    "m = flux.model { objective = 'r', reactions = { { 's ->', name = 'r', upper = 3, genes = 'a' "
    "} } }\n"
    "c = cell:run { duration = 1, every = 0.5 }\n"
    "name = tostring(t) zz = load\n";

/* A saved cell as the worker gets it, and the function of Lua that takes it in. */
typedef struct frame {
    uint8_t *bytes;
    size_t length;
} frame;

__attribute__((unused)) static int restore(lua_State *L)
{
    const frame *given = lua_touserdata(L, 1);
    bx_saved_restore(L, given->bytes, given->length);
    return 0;
}

static bool open_worker(void)
{
    char folder[] = "/tmp/bioxen-saved-XXXXXX", inner[64], path[96];
    bx_error err = {0};
    if (!mkdtemp(folder))
        return false;
    snprintf(inner, sizeof inner, "%s/tiny_cell", folder);
    snprintf(path, sizeof path, "%s/init.lua", inner);
    FILE *file = mkdir(inner, 0755) == 0 ? fopen(path, "w") : NULL;
    bool good = file && fputs(organism, file) >= 0;
    good = file && fclose(file) == 0 && good &&
           bx_module_read_folder(inner, worker.organism, sizeof worker.organism, &err) == 0 &&
           bx_spawn_open_lua(&worker, &err) == 0;
    if (!good)
        printf("# %s\n", err.message);
    unlink(path);
    rmdir(inner);
    rmdir(folder);
    worker.memory.limit = worker.memory.used + (64 << 20);
    return good;
}

#endif
