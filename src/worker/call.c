#include "worker/call.h"

#include "core/random.h"
#include "inside/cell.h"
#include "inside/fields.h"
#include "inside/interrupt.h"
#include "inside/module.h"
#include "inside/organism.h"
#include "inside/output.h"
#include "inside/process.h"
#include "inside/raise.h"
#include "inside/sandbox.h"
#include "inside/saved.h"
#include "values/value.h"
#include "worker/gate.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_LIMIT = 4096,
    REPLY_LIMIT = BX_FRAME_LIMIT + BX_FRAME_HEAD,
    RAISED_LIMIT = 4 << 20 /* bytes of what goes with an error */
};

typedef struct call call;

typedef struct operation {
    const char *name;
    size_t values; /* its own */
    void (*run)(lua_State *L, call *c);
} operation;

struct call {
    bx_call wire;
    bx_worker *worker;
    const operation *operation;
    char package[64]; /* that it puts into the VM, "" for none */
};

/* How a call failed, outside Lua, so that no memory error can lose it. */
typedef struct failure {
    bx_code code;
    char traceback[TEXT_LIMIT];
    char message[TEXT_LIMIT];
} failure;

static failure failed;
/* Of the one call that runs; on the stack it would cost each VM a page. */
static bx_error problem;
static bool want_traceback;
static bx_buffer reply;

static double cell_time(const bx_worker *worker)
{
    return bx_cell_time(worker->cell);
}

/* The next value must be there and be of its type: bx_value_check has run, the host is ours. */
static bx_token read_as(lua_State *L, call *c, bx_token_type type)
{
    bx_token token;
    if (bx_read_as(&c->wire.values, type, &token, &problem) < 0)
        bx_raise(L, &problem);
    return token;
}

static void push_value(lua_State *L, call *c)
{
    if (bx_lua_push_value(L, &c->wire.values, &problem) < 0)
        bx_raise(L, &problem);
}

static void set_global(lua_State *L, const char *name)
{
    lua_pushglobaltable(L);
    lua_pushstring(L, name);
    lua_rotate(L, -3, -1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* options, or false for a VM that will be restored; seed, resources. The zygote has built the cell
 * as the manifest's defaults have it; a VM that wants another builds it again, and starts from what
 * that declares. */
static void run_setup(lua_State *L, call *c)
{
    bx_worker *worker = c->worker;
    if (worker->ready)
        bx_raise_format(L, BX_EPROTOCOL, "the VM is set up already");
    push_value(L, c);
    lua_Integer seed = read_as(L, c, BX_TOKEN_INTEGER).integer;
    push_value(L, c);
    bx_cell_seed(worker->cell, (uint64_t)seed);
    bx_sandbox_seed(L, seed);
    want_traceback = true;
    bool restored = lua_isboolean(L, -2); /* by the next call: it is left as it is */
    if (!restored && (!lua_isnil(L, -1) || !lua_isnil(L, -2))) {
        if (!lua_isnil(L, -2)) {
            lua_pushvalue(L, -2);
            bx_organism_note_options(L);
        }
        bx_organism_build(L, 2);
        bx_cell_reset(worker->cell);
    }
    worker->ready = true;
    lua_pushnil(L);
}

/* The sequences of seeds and of random numbers begin from this one. */
static void run_seed(lua_State *L, call *c)
{
    lua_Integer seed = read_as(L, c, BX_TOKEN_INTEGER).integer;
    bx_cell_seed(c->worker->cell, (uint64_t)seed);
    bx_sandbox_seed(L, seed);
    lua_pushnil(L);
}

/* All of the VM as bytes. */
static void run_save(lua_State *L, call *c)
{
    (void)c;
    bx_saved_push(L);
}

/* Such bytes, in a VM that has just been set up. The answer: the options of the saved one. */
static void run_restore(lua_State *L, call *c)
{
    bx_token saved = read_as(L, c, BX_TOKEN_STRING);
    bx_saved_restore(L, saved.bytes, saved.length);
}

/* code, chunk name, args */
static void run_execute(lua_State *L, call *c)
{
    char chunk[256] = "";
    bx_token code = read_as(L, c, BX_TOKEN_STRING);
    bx_token name = read_as(L, c, BX_TOKEN_STRING);
    memcpy(chunk, name.bytes, name.length < sizeof chunk ? name.length : sizeof chunk - 1);
    push_value(L, c);
    set_global(L, "args");
    bx_sandbox_push_source(L, chunk, (const char *)code.bytes, code.length);
    if (luaL_loadbufferx(L, (const char *)code.bytes, code.length, lua_tostring(L, -1), "t") !=
        LUA_OK)
        lua_error(L);
    want_traceback = true;
    lua_call(L, 0, 1);
}

/* A seed, and then as run_execute. */
static void run_seeded(lua_State *L, call *c)
{
    run_seed(L, c);
    lua_pop(L, 1);
    run_execute(L, c);
}

static void run_metrics(lua_State *L, call *c)
{
    (void)c;
    bx_organism_push_function(L, "metrics");
    want_traceback = true;
    lua_call(L, 1, 1);
}

/* What the cell uses of a chassis now. */
static void run_usage(lua_State *L, call *c)
{
    (void)c;
    bx_organism_push_function(L, "usage");
    want_traceback = true;
    lua_call(L, 1, 1);
}

/* The resources that the VM holds from now on. */
static void run_allocate(lua_State *L, call *c)
{
    push_value(L, c);
    want_traceback = true;
    bx_organism_allocate(L);
    lua_pushnil(L);
}

/* name, a list of arguments */
static void run_capability(lua_State *L, call *c)
{
    bx_token name = read_as(L, c, BX_TOKEN_STRING);
    lua_pushlstring(L, (const char *)name.bytes, name.length);
    bx_organism_push_capability(L, lua_tostring(L, -1));
    bx_token list = read_as(L, c, BX_TOKEN_ARRAY);
    for (uint32_t i = 0; i < list.count; i++)
        push_value(L, c);
    want_traceback = true;
    lua_call(L, 1 + (int)list.count, 1);
}

/* A function of library.world, and its argument: "live" for a quantum, and what goes with it. */
static void run_world(lua_State *L, call *c)
{
    bx_token name = read_as(L, c, BX_TOKEN_STRING);
    lua_pushlstring(L, (const char *)name.bytes, name.length);
    want_traceback = true;
    bx_organism_push_world(L, lua_tostring(L, -1));
    push_value(L, c);
    lua_call(L, 3, 1);
}

static void run_genome(lua_State *L, call *c)
{
    push_value(L, c);
    bx_organism_load_genome(L);
    lua_pushnil(L);
}

static void take_package_file(lua_State *L, const char *name, call *c)
{
    bx_error err;
    bx_token file = read_as(L, c, BX_TOKEN_STRING);
    bx_token text = read_as(L, c, BX_TOKEN_STRING);
    lua_pushlstring(L, (const char *)file.bytes, file.length);
    if (bx_module_add(name, lua_tostring(L, -1), text.bytes, text.length, &err) < 0)
        bx_raise(L, &err);
    lua_pop(L, 1);
}

/* A package's name, its files as name and text, and whether it may be a library, which has no
 * install. What its install makes is the answer. If it fails the modules go, so that a mended one
 * can come; what it did to the cell by then stays. */
static void run_install(lua_State *L, call *c)
{
    bx_token token = read_as(L, c, BX_TOKEN_STRING);
    lua_pushlstring(L, (const char *)token.bytes, token.length);
    const char *name = lua_tostring(L, -1);
    if (!bx_module_is_name(name, ""))
        bx_raise_format(L, BX_ESCRIPT, "\"%.64s\" is no name for a package", name);
    if (bx_module_has_group(name))
        bx_raise_format(L, BX_ESCRIPT, "a package or an organism called %s is in this VM already",
                        name);
    snprintf(c->package, sizeof c->package, "%s", name);
    bx_token files = read_as(L, c, BX_TOKEN_MAP);
    for (uint32_t i = 0; i < files.count; i++)
        take_package_file(L, name, c);
    push_value(L, c);
    bool library = lua_toboolean(L, -1);
    want_traceback = true;
    lua_getglobal(L, "require");
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    bool installs =
        lua_istable(L, -1) && bx_fields_get(L, lua_gettop(L), "install") == LUA_TFUNCTION;
    if (!installs && library) {
        lua_pushnil(L);
        return;
    }
    if (!installs)
        bx_raise_format(L, BX_ESCRIPT,
                        "the package %s: its init.lua returns no table with a function install",
                        name);
    bx_cell_push(L);
    lua_pushcfunction(L, bx_process_lua);
    lua_call(L, 2, 1);
}

/* In a new copy of another VM's worker: its id, by which its numbers are its own. */
static void run_branch(lua_State *L, call *c)
{
    bx_token id = read_as(L, c, BX_TOKEN_STRING);
    bx_cell *cell = c->worker->cell;
    uint64_t drawn = bx_cell_draw_seed(cell);
    bx_cell_seed(cell, bx_random_name(drawn, id.bytes, id.length));
    drawn = bx_sandbox_draw(L);
    bx_sandbox_seed(L, (lua_Integer)bx_random_name(drawn, id.bytes, id.length));
    lua_pushnil(L);
}

/* Become two, of which one answers; see answer_fork. */
static const operation fork_operation = {"fork", 0, NULL};

static const operation operations[] = {
    {"setup", 3, run_setup},
    {"execute", 3, run_execute},
    {"metrics", 0, run_metrics},
    {"allocate", 1, run_allocate},
    {"capability", 2, run_capability},
    {"genome", 1, run_genome},
    {"install", 3, run_install},
    {"usage", 0, run_usage},
    {"seed", 1, run_seed},
    {"seeded", 4, run_seeded},
    {"save", 0, run_save},
    {"restore", 1, run_restore},
    {"branch", 1, run_branch},
    {"world", 2, run_world},
};

/* The body of a call, protected: run the operation and write its reply. */
static int perform(lua_State *L)
{
    call *c = lua_touserdata(L, 1);
    if (!c->worker->ready && c->operation->run != run_setup)
        bx_raise_format(L, BX_EPROTOCOL, "the VM is not set up");
    c->operation->run(L, c);
    want_traceback = false;
    bx_buffer_cut(&reply, 0);
    size_t start = bx_answer_begin_reply(&reply, c->wire.id, cell_time(c->worker));
    if (bx_lua_write_value(L, -1, "result", &reply, &problem) < 0 ||
        bx_frame_end(&reply, start, &problem) < 0)
        bx_raise(L, &problem);
    return 0;
}

/* The traceback without its last line, which is the worker's own function. */
static void set_traceback(const char *text)
{
    snprintf(failed.traceback, sizeof failed.traceback, "%s", text ? text : "");
    char *last = strrchr(failed.traceback, '\n');
    if (last && strcmp(last, "\n\t[C]: in ?") == 0)
        *last = '\0';
}

/* The message handler: keeps the traceback, leaves the error value as it is. */
static int keep_traceback(lua_State *L)
{
    if (want_traceback) {
        luaL_traceback(L, L, NULL, 1);
        set_traceback(lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return 1;
}

static void set_message(const char *text)
{
    snprintf(failed.message, sizeof failed.message, "%s", text ? text : "");
}

/* Begin the details of the failure: a map of what is known. */
static void begin_details(bool has_value)
{
    bool traced = failed.traceback[0] != '\0';
    bx_buffer_cut(&reply, 0);
    if (traced || has_value)
        bx_write_map(&reply, traced + has_value);
    if (traced) {
        bx_write_text(&reply, "traceback");
        bx_write_text(&reply, failed.traceback);
    }
}

/* The details with the value at the top, by its name; a note where it can't travel. */
static void write_value(lua_State *L, const char *name)
{
    begin_details(true);
    bx_write_text(&reply, name);
    reply.limit = RAISED_LIMIT;
    int status = bx_lua_write_value(L, -1, name, &reply, &problem);
    reply.limit = REPLY_LIMIT;
    if (status == 0)
        return;
    size_t length = strlen(failed.message);
    snprintf(failed.message + length, sizeof failed.message - length, " (%s)", problem.message);
    begin_details(false);
}

/* The field `message` of a table that was raised, a text or a number. */
static const char *message_of(lua_State *L)
{
    if (!lua_istable(L, 1))
        return NULL;
    lua_pushliteral(L, "message");
    lua_rawget(L, 1);
    return lua_tostring(L, -1);
}

/* Protected, for a script's __tostring may do anything; argument 1 is the error value. */
static int describe_error(lua_State *L)
{
    bx_code code = bx_raise_test(L, 1);
    if (code != BX_OK) {
        failed.code = code;
        set_message(lua_tostring(L, -1));
        return 0;
    }
    snprintf(failed.message, sizeof failed.message, "(error object is a %s value)",
             luaL_typename(L, 1));
    bool converts = lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER ||
                    luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL;
    const char *text = converts ? luaL_tolstring(L, 1, NULL) : message_of(L);
    if (text)
        set_message(text);
    lua_settop(L, 1);
    if (lua_type(L, 1) != LUA_TSTRING && !lua_isnil(L, 1))
        write_value(L, "value");
    return 0;
}

static void describe_interrupt(lua_State *L, double timeout)
{
    switch (bx_interrupt_cause()) {
    case BX_CAUSE_DEADLINE:
        failed.code = BX_EDEADLINE;
        snprintf(failed.message, sizeof failed.message,
                 "the call used up its %g s of processor time", timeout);
        break;
    case BX_CAUSE_OUTPUT:
        failed.code = BX_EOUTPUT;
        set_message("the code printed more than its limit");
        break;
    default: failed.code = BX_ECANCELLED; set_message("the call was cancelled");
    }
    bx_finished_push(L);
    if (lua_toboolean(L, -1))
        write_value(L, "finished");
    else
        begin_details(false);
}

/* Fill `failed` from the error value on top of the stack. */
static void describe_failure(lua_State *L, int status, double timeout)
{
    failed.code = BX_ESCRIPT;
    begin_details(false);
    if (status == LUA_ERRMEM) {
        failed.code = BX_EMEMORY;
        set_message("not enough memory: the VM's limit is reached");
    } else if (!bx_interrupted) {
        lua_pushcfunction(L, describe_error);
        lua_insert(L, -2);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK)
            set_message("(the error value does not convert to text)");
    }
    if (bx_interrupted)
        describe_interrupt(L, timeout);
}

static void answer(call *c)
{
    lua_State *L = c->worker->L;
    lua_settop(L, 0);
    failed.traceback[0] = '\0';
    want_traceback = false;
    bx_output_begin(c->wire.id, c->worker->output_limit);
    bx_interrupt_begin(L, c->wire.timeout);
    lua_pushcfunction(L, keep_traceback);
    lua_pushcfunction(L, perform);
    lua_pushlightuserdata(L, c);
    int status = lua_pcall(L, 1, 0, 1);
    bool has_failed = status != LUA_OK || bx_interrupted;
    if (has_failed)
        describe_failure(L, status, c->wire.timeout);
    bx_interrupt_end(L);
    bx_finished_forget(L);
    lua_settop(L, 0);
    if (has_failed && c->package[0])
        bx_module_drop_group(L, c->package);
    bx_output_flush();
    if (has_failed)
        bx_output_send_error(c->wire.id, cell_time(c->worker), failed.code, failed.message, &reply);
    else
        bx_output_send(reply.data, reply.length);
    bx_buffer_consume(&reply, reply.length);
}

/* Not in Lua, which the copy begins with another call. It greets instead, its own host. */
static void answer_fork(const call *c)
{
    int copied = bx_gate_pass(&problem);
    if (copied < 0) {
        bx_output_send_error(c->wire.id, cell_time(c->worker), problem.code, problem.message, NULL);
        return;
    }
    if (copied) {
        bx_output_send_hello();
        return;
    }
    bx_buffer_cut(&reply, 0);
    size_t start = bx_answer_begin_reply(&reply, c->wire.id, cell_time(c->worker));
    bx_write_nil(&reply);
    if (bx_frame_end(&reply, start, &problem) < 0)
        _exit(EXIT_FAILURE);
    bx_output_send(reply.data, reply.length);
    bx_buffer_consume(&reply, reply.length);
}

static bool is_called(const operation *known, const bx_token *name)
{
    return strlen(known->name) == name->length &&
           memcmp(known->name, name->bytes, name->length) == 0;
}

static const operation *find_operation(const bx_token *name)
{
    if (is_called(&fork_operation, name))
        return &fork_operation;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (is_called(&operations[i], name))
            return &operations[i];
    return NULL;
}

int bx_call_answer(bx_worker *worker, const bx_call *wire, bx_error *err)
{
    call c = {.worker = worker, .wire = *wire, .operation = find_operation(&wire->operation)};
    if (!c.operation)
        return bx_fail(err, BX_EPROTOCOL, "unknown operation");
    if (bx_value_check(wire->values.at, (size_t)(wire->values.end - wire->values.at),
                       c.operation->values, err) < 0)
        return -1;
    if (c.operation == &fork_operation)
        answer_fork(&c);
    else
        answer(&c);
    return 0;
}

/* The cell of all VMs before they are set up, and what their code sees of it. */
static void make_cell(lua_State *L)
{
    bx_error err;
    bx_worker *worker = bx_worker_of(L);
    worker->cell = bx_cell_new(&err);
    if (!worker->cell)
        bx_raise(L, &err);
    bx_cell_open(L);
    bx_cell_push(L);
    set_global(L, "cell");
    lua_pushcfunction(L, bx_process_lua);
    set_global(L, "process");
}

void bx_call_prepare(void)
{
    reply.limit = REPLY_LIMIT;
    bx_buffer_reserve(&reply, BX_FRAME_HEAD);
}

void bx_call_open(lua_State *L)
{
    lua_pushvalue(L, -1);
    bx_organism_open(L);
    make_cell(L);
    bx_organism_build(L, 0);
    lua_pop(L, 1);
}
