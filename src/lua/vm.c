#include "lua/vm.h"

#include "lua/class.h"
#include "lua/error.h"
#include "lua/hypervisor.h"
#include "lua/job.h"
#include "values/value.h"
#include "wire/value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Seconds. */
#define START_TIMEOUT 10.0
#define GUEST_START_TIMEOUT 300.0 /* a machine boots */
#define SNAPSHOT_TIMEOUT 600.0

static const bx_lua_class vm_class, basic_class, xcpng_class;

static bx_lua_vm *check_box(lua_State *L)
{
    bx_lua_vm *box = bx_lua_check_class(L, 1, &vm_class);
    luaL_argcheck(L, box->vm, 1, "a VM that has been collected");
    return box;
}

static bx_vm *check_vm(lua_State *L)
{
    return check_box(L)->vm;
}

void *bx_lua_test_vm(lua_State *L, int index)
{
    return bx_lua_test_class(L, index, &vm_class);
}

bx_lua_vm *bx_lua_new_vm(lua_State *L, const bx_vm_ops *ops, int hypervisor)
{
    hypervisor = lua_absindex(L, hypervisor);
    bx_lua_vm *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (bx_lua_vm){0};
    bx_lua_set_class(L, ops == &bx_vm_xcpng_ops ? &xcpng_class : &basic_class);
    lua_pushvalue(L, hypervisor);
    lua_setiuservalue(L, -2, 1);
    return box;
}

/* ---- the life cycle ---- */

/* Put `job` into a new box and push it, or nil and the error. */
static int push_job(lua_State *L, bx_job **box, bx_job *job, const bx_error *error)
{
    if (!job)
        return bx_lua_fail(L, error, check_vm(L)->id);
    *box = job;
    return 1;
}

static int wait_unless_told(lua_State *L, int pushed)
{
    bool wait = bx_lua_boolean_option(L, 2, "wait", 1);
    return pushed == 1 && wait ? bx_lua_await_job(L) : pushed;
}

static double start_timeout(const bx_vm *vm)
{
    return vm->ops == &bx_vm_xcpng_ops ? GUEST_START_TIMEOUT : START_TIMEOUT;
}

static int vm_start(lua_State *L)
{
    static const char *const allowed[] = {"wait", "timeout", NULL};
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 2);
    bx_lua_check_options(L, 2, allowed);
    bx_lua_boolean_option(L, 2, "wait", 1);
    double timeout = bx_lua_positive_option(L, 2, "timeout", start_timeout(vm));
    bx_job **box = bx_lua_new_job(L, 1);
    return wait_unless_told(L, push_job(L, box, bx_vm_start(vm, timeout, &error), &error));
}

typedef bx_job *begin_function(bx_vm *vm, bx_error *err);

/* A job that takes no option but `wait`. */
static int begin(lua_State *L, begin_function *function)
{
    static const char *const allowed[] = {"wait", NULL};
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 2);
    bx_lua_check_options(L, 2, allowed);
    bx_lua_boolean_option(L, 2, "wait", 1);
    bx_job **box = bx_lua_new_job(L, 1);
    return wait_unless_told(L, push_job(L, box, function(vm, &error), &error));
}

static bx_job *stop_for_long(bx_vm *vm, bx_error *err)
{
    return bx_vm_stop(vm, false, err);
}

static int vm_stop(lua_State *L)
{
    return begin(L, stop_for_long);
}

static int vm_pause(lua_State *L)
{
    return begin(L, bx_vm_pause);
}

static int vm_resume(lua_State *L)
{
    return begin(L, bx_vm_resume);
}

/* Stop, if there is something to stop, then start. */
static int vm_restart(lua_State *L)
{
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 1);
    if (vm->state != BX_VM_STOPPED && vm->state != BX_VM_CREATED) {
        bx_job **stop = bx_lua_new_job(L, 1);
        if (push_job(L, stop, bx_vm_stop(vm, true, &error), &error) != 1)
            return 2;
        bx_lua_await_job(L);
        lua_settop(L, 1);
    }
    bx_job **start = bx_lua_new_job(L, 1);
    if (push_job(L, start, bx_vm_start(vm, start_timeout(vm), &error), &error) != 1)
        return 2;
    return bx_lua_await_job(L);
}

static int vm_destroy(lua_State *L)
{
    bx_lua_vm *box = check_box(L);
    bx_error error;
    if (bx_hypervisor_destroy_vm(box->hypervisor, box->vm, &error) < 0) {
        bx_lua_fail(L, &error, box->vm->id);
        bx_lua_set_details(L, &box->vm->details);
        return 2;
    }
    lua_getiuservalue(L, 1, 1);
    bx_lua_forget_vm(L, -1, box->vm->id);
    lua_pushboolean(L, 1);
    return 1;
}

/* What could not be destroyed is abandoned: the error that may be unwinding matters more. */
static int vm_close(lua_State *L)
{
    bx_lua_vm *box = lua_touserdata(L, 1);
    bx_error ignored;
    if (box->vm && bx_hypervisor_destroy_vm(box->hypervisor, box->vm, &ignored) < 0)
        bx_hypervisor_abandon_vm(box->hypervisor, box->vm);
    return 0;
}

/* The box may be empty. */
static int vm_gc(lua_State *L)
{
    bx_lua_vm *box = lua_touserdata(L, 1);
    if (box->vm)
        bx_hypervisor_abandon_vm(box->hypervisor, box->vm);
    bx_vm_free(box->vm);
    box->vm = NULL;
    return 0;
}

/* ---- calls ---- */

static const char *const call_options[] = {"args", "timeout", "name", NULL};

/* The values of the operation "execute": code, chunk name, arguments. */
static int write_execute(lua_State *L, const char *code, size_t length, const char *name,
                         bx_buffer *values, bx_error *err)
{
    if (bx_write_string(values, code, length) < 0 || bx_write_text(values, name) < 0)
        return bx_fail(err, BX_ERESULT, "the code is too large to travel");
    if (lua_isnoneornil(L, 3))
        lua_pushnil(L);
    else
        lua_getfield(L, 3, "args");
    int status = bx_lua_write_value(L, -1, "args", values, err);
    lua_pop(L, 1);
    return status;
}

/* Submit `code`; push a job, or nil and the error. */
static int submit(lua_State *L, const char *code, size_t length, const char *name)
{
    bx_lua_vm *box = check_box(L);
    double timeout = bx_lua_positive_option(L, 3, "timeout", box->timeout);
    bx_job **job = bx_lua_new_job(L, 1);
    bx_buffer values = {.limit = BX_FRAME_LIMIT};
    bx_error error;
    int status = write_execute(L, code, length, name, &values, &error);
    bx_job *made = status < 0 ? NULL : bx_vm_call(box->vm, "execute", &values, timeout, &error);
    bx_buffer_free(&values);
    return push_job(L, job, made, &error);
}

/* The options' chunk name in Lua's convention: "=name". */
static const char *check_chunk_name(lua_State *L)
{
    if (lua_isnoneornil(L, 3))
        return "=process";
    int type = lua_getfield(L, 3, "name");
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return "=process";
    }
    if (type != LUA_TSTRING)
        luaL_argerror(L, 3,
                      lua_pushfstring(L, "'name' must be a string, got %s", lua_typename(L, type)));
    return lua_pushfstring(L, "=%s", lua_tostring(L, -1));
}

static int vm_submit(lua_State *L)
{
    check_box(L);
    size_t length;
    const char *code = luaL_checklstring(L, 2, &length);
    lua_settop(L, 3);
    bx_lua_check_options(L, 3, call_options);
    return submit(L, code, length, check_chunk_name(L));
}

static int vm_execute(lua_State *L)
{
    int pushed = vm_submit(L);
    return pushed == 1 ? bx_lua_await_job(L) : pushed;
}

static int fail_file(lua_State *L, const char *path)
{
    bx_error error;
    bx_fail_errno(&error, BX_EFILE, errno, "cannot read %s", path);
    return bx_lua_fail(L, &error, check_vm(L)->id);
}

/* The bytes of a file; -1 with errno. Bounded by the buffer's limit. */
static int read_file(const char *path, bx_buffer *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    char piece[4096];
    size_t got;
    int failed = 0;
    int first = getc(file);
    if (first == '#' && bx_buffer_append(out, "--", 2) < 0) /* "#!" stays a line, but a comment */
        failed = ENOMEM;
    if (first != EOF)
        ungetc(first, file);
    while (!failed && (got = fread(piece, 1, sizeof piece, file)) > 0)
        if (bx_buffer_append(out, piece, got) < 0)
            failed = EFBIG;
    if (!failed && ferror(file))
        failed = errno;
    fclose(file);
    errno = failed;
    return failed ? -1 : 0;
}

static int vm_execute_file(lua_State *L)
{
    check_box(L);
    const char *path = luaL_checkstring(L, 2);
    lua_settop(L, 3);
    bx_lua_check_options(L, 3, call_options);
    bx_lua_positive_option(L, 3, "timeout", 1);
    const char *name = lua_pushfstring(L, "@%s", path);
    bx_buffer code = {.limit = BX_FRAME_LIMIT};
    int pushed = 0;
    if (read_file(path, &code) < 0)
        pushed = fail_file(L, path);
    else
        pushed = submit(L, (const char *)code.data, code.length, name);
    bx_buffer_free(&code);
    return pushed == 1 ? bx_lua_await_job(L) : pushed;
}

int bx_lua_ask(lua_State *L)
{
    bx_lua_vm *box = check_box(L);
    const char *operation = luaL_checkstring(L, 2);
    double timeout = luaL_optnumber(L, 3, box->timeout);
    int last = lua_gettop(L);
    bx_job **job = bx_lua_new_job(L, 1);
    bx_buffer values = {.limit = BX_FRAME_LIMIT};
    bx_error error;
    int status = 0;
    for (int i = 4; i <= last && status == 0; i++)
        status = bx_lua_write_value(L, i, operation, &values, &error);
    bx_job *made = status < 0 ? NULL : bx_vm_call(box->vm, operation, &values, timeout, &error);
    bx_buffer_free(&values);
    int pushed = push_job(L, job, made, &error);
    if (pushed == 1)
        pushed = bx_lua_await_job(L);
    if (pushed == 1)
        lua_getfield(L, -1, "result");
    return pushed;
}

int bx_lua_load_genome(lua_State *L)
{
    bx_lua_vm *box = check_box(L);
    bx_error error;
    if (bx_hypervisor_load_genome(box->hypervisor, box->vm, luaL_checknumber(L, 2), &error) < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    lua_pushboolean(L, 1);
    return 1;
}

int bx_lua_hypervisor_of(lua_State *L)
{
    check_box(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

void bx_lua_read_shares(lua_State *L, int index, double share[BX_RESOURCES])
{
    for (int i = 0; i < BX_RESOURCES; i++) {
        share[i] = 0;
        if (lua_istable(L, index)) {
            lua_getfield(L, index, bx_resource_name((bx_resource)i));
            share[i] = luaL_optnumber(L, -1, 0);
            lua_pop(L, 1);
        }
    }
}

int bx_lua_reallocate(lua_State *L)
{
    bx_lua_vm *box = check_box(L);
    double share[BX_RESOURCES], before[BX_RESOURCES];
    bx_buffer encoded = {.limit = BX_FRAME_LIMIT};
    bx_error error;
    luaL_checktype(L, 2, LUA_TTABLE);
    bx_lua_read_shares(L, 2, share);
    for (int i = 0; i < BX_RESOURCES; i++)
        before[i] = bx_hypervisor_share(box->hypervisor, box->vm, (bx_resource)i);
    int status = bx_lua_write_value(L, 2, "resources", &encoded, &error);
    if (status == 0)
        status = bx_hypervisor_reallocate(box->hypervisor, box->vm, share, &error);
    if (status == 0 && (status = bx_vm_set_shares(box->vm, &encoded, &error)) < 0)
        bx_hypervisor_reallocate(box->hypervisor, box->vm, before, NULL);
    bx_buffer_free(&encoded);
    if (status < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- what is known of a VM ---- */

/* Hear what has happened without waiting. */
static bx_vm *check_fresh_vm(lua_State *L)
{
    bx_vm *vm = check_vm(L);
    if (vm->state != BX_VM_DESTROYED && bx_host_is_owner(vm->host))
        while (bx_reactor_turn(&vm->host->reactor, bx_clock_now()) > 0)
            ;
    return vm;
}

static int vm_get_state(lua_State *L)
{
    lua_pushstring(L, bx_vm_state_name(check_fresh_vm(L)->state));
    return 1;
}

static int vm_get_vm_type(lua_State *L)
{
    lua_pushstring(L, check_vm(L)->ops->type);
    return 1;
}

static int vm_get_biological_type(lua_State *L)
{
    lua_pushstring(L, check_vm(L)->biological_type);
    return 1;
}

static void set_number(lua_State *L, const char *key, double value)
{
    if (isnan(value))
        return;
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static void set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static int vm_get_status(lua_State *L)
{
    const bx_vm *vm = check_fresh_vm(L);
    const bx_hypervisor *hypervisor = check_box(L)->hypervisor;
    bool alive = vm->state == BX_VM_RUNNING || vm->state == BX_VM_PAUSED;
    lua_createtable(L, 0, 16);
    bx_lua_set_notes(L, vm->remote.courier); /* first: it can replace nothing of ours */
    set_string(L, "vm_id", vm->id);
    set_string(L, "vm_type", vm->ops->type);
    set_string(L, "biological_type", vm->biological_type);
    set_string(L, "state", bx_vm_state_name(vm->state));
    if (vm->state == BX_VM_ERROR)
        set_string(L, "reason", vm->doom.message);
    lua_pushboolean(L, vm->job != NULL);
    lua_setfield(L, -2, "busy");
    set_integer(L, "calls", (lua_Integer)vm->calls);
    set_integer(L, "memory_limit", (lua_Integer)vm->memory_limit);
    set_number(L, "sim_time", vm->sim_time);
    if (alive) {
        if (vm->birth.pid)
            set_integer(L, "pid", vm->birth.pid);
        set_number(L, "uptime_seconds", (double)(bx_clock_now() - vm->started) * 1e-9);
    }
    double genome = bx_hypervisor_genome(hypervisor, vm);
    set_number(L, "genome_kb", genome > 0 ? genome : NAN);
    lua_createtable(L, 0, BX_RESOURCES);
    for (int i = 0; i < BX_RESOURCES; i++) {
        double share = bx_hypervisor_share(hypervisor, vm, (bx_resource)i);
        set_number(L, bx_resource_name((bx_resource)i), share > 0 ? share : NAN);
    }
    lua_setfield(L, -2, "resources");
    return 1;
}

void bx_lua_set_notes(lua_State *L, const bx_courier *courier)
{
    size_t count = 0;
    const bx_note *notes = courier ? bx_courier_notes(courier, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (notes[i].name[0] != '.')
            set_string(L, notes[i].name, notes[i].text);
}

static int vm_tostring(lua_State *L)
{
    const bx_vm *vm = check_vm(L);
    const char *class_ = strchr(bx_lua_class_of(L, 1)->name, '.') + 1;
    lua_pushfstring(L, "%s(%s, %s, %s)", class_, vm->id, vm->biological_type,
                    bx_vm_state_name(vm->state));
    return 1;
}

/* ---- what only guests have ---- */

static bx_job *send_errand(lua_State *L, const char *operation, const char *name, bx_error *err)
{
    const bx_vm *vm = check_vm(L);
    bx_buffer values = {0};
    int failed = bx_write_map(&values, 2) | bx_write_text(&values, "vm") |
                 bx_write_integer(&values, (int64_t)vm->remote.number) |
                 bx_write_text(&values, "name") | bx_write_text(&values, name);
    if (failed)
        bx_fail_memory(err);
    bx_job *job =
        failed ? NULL
               : bx_courier_job(vm->remote.courier, operation, &values, SNAPSHOT_TIMEOUT, err);
    bx_buffer_free(&values);
    return job;
}

/* Send an errand that concerns the guest's disks, and wait for its answer. */
static int run_errand(lua_State *L, const char *operation)
{
    const char *name = luaL_checkstring(L, 2);
    luaL_argcheck(L, *name && strlen(name) <= 128, 2, "a name of 1 to 128 bytes expected");
    bx_error error;
    lua_settop(L, 2);
    bx_job **box = bx_lua_new_job(L, 1);
    int pushed = push_job(L, box, send_errand(L, operation, name, &error), &error);
    return pushed == 1 ? bx_lua_await_job(L) : pushed;
}

static bool has_guest(const bx_vm *vm)
{
    return vm->remote.courier && bx_courier_note(vm->remote.courier, "uuid");
}

static int fail_guest(lua_State *L, const bx_vm *vm, const char *action)
{
    bx_error error;
    bx_fail(&error, BX_ESTATE, "cannot %s VM \"%s\": it has no guest, its state is \"%s\"", action,
            vm->id, bx_vm_state_name(vm->state));
    return bx_lua_fail(L, &error, vm->id);
}

static int xcpng_snapshot(lua_State *L)
{
    const bx_vm *vm = check_fresh_vm(L);
    if (!has_guest(vm))
        return fail_guest(L, vm, "snapshot");
    return run_errand(L, "snapshot");
}

/* The worker ends first: the guest is halted by this. */
static int xcpng_revert(lua_State *L)
{
    bx_vm *vm = check_fresh_vm(L);
    bx_error error;
    luaL_checkstring(L, 2);
    if (!has_guest(vm))
        return fail_guest(L, vm, "revert");
    if (vm->state != BX_VM_STOPPED && vm->state != BX_VM_CREATED) {
        bx_job **stop = bx_lua_new_job(L, 1);
        if (push_job(L, stop, bx_vm_stop(vm, true, &error), &error) != 1)
            return 2;
        if (bx_lua_await_job(L) != 1)
            return 2;
    }
    return run_errand(L, "revert");
}

/* ---- the classes ---- */

static const luaL_Reg vm_methods[] = {{"start", vm_start},
                                      {"pause", vm_pause},
                                      {"resume", vm_resume},
                                      {"stop", vm_stop},
                                      {"restart", vm_restart},
                                      {"destroy", vm_destroy},
                                      {"get_status", vm_get_status},
                                      {"get_state", vm_get_state},
                                      {"get_vm_type", vm_get_vm_type},
                                      {"get_biological_type", vm_get_biological_type},
                                      {"execute_biological_process", vm_execute},
                                      {"execute_file", vm_execute_file},
                                      {"submit", vm_submit},
                                      {NULL, NULL}};
static const luaL_Reg basic_methods[] = {{NULL, NULL}};
static const luaL_Reg xcpng_methods[] = {
    {"snapshot", xcpng_snapshot}, {"revert", xcpng_revert}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", vm_gc}, {"__close", vm_close}, {"__tostring", vm_tostring}, {NULL, NULL}};
static const bx_lua_class vm_class = {"bioxen.BiologicalVM", NULL, vm_methods, NULL};
static const bx_lua_class basic_class = {"bioxen.BasicBiologicalVM", &vm_class, basic_methods,
                                         metamethods};
static const bx_lua_class xcpng_class = {"bioxen.XCPngBiologicalVM", &vm_class, xcpng_methods,
                                         metamethods};

void bx_lua_open_vm(lua_State *L)
{
    bx_lua_open_class(L, &vm_class);
    bx_lua_open_class(L, &basic_class);
    bx_lua_open_class(L, &xcpng_class);
    lua_pop(L, 2);
}
