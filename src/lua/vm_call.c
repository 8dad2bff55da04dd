#include "lua/vm_call.h"

#include "core/file.h"
#include "lua/class.h"
#include "lua/job.h"
#include "lua/vm_box.h"
#include "values/error.h"
#include "values/options.h"
#include "values/text.h"
#include "values/value.h"
#include "wire/value.h"

/* Freed whatever raises: an option may have a metamethod. */
static bx_buffer *push_buffer(lua_State *L)
{
    bx_buffer *buffer = bx_lua_push_text(L);
    buffer->limit = BX_FRAME_LIMIT;
    return buffer;
}

static const char *const call_options[] = {"args", "timeout", "name", NULL};

/* The values of the operation "execute": code, chunk name, arguments. */
static int write_execute(lua_State *L, const char *code, size_t length, const char *name,
                         bx_buffer *values, bx_error *err)
{
    bx_write_string(values, code, length);
    bx_write_text(values, name);
    if (bx_buffer_finish(values, 0) < 0)
        return bx_fail(err, BX_ERESULT, "the code is too large to travel");
    if (lua_isnoneornil(L, 3))
        lua_pushnil(L);
    else
        bx_lua_raw_field(L, 3, "args");
    int status = bx_lua_write_value(L, -1, "args", values, err);
    lua_pop(L, 1);
    return status;
}

/* Submit `code`; push a job, or nil and the error. */
static int submit(lua_State *L, const char *code, size_t length, const char *name)
{
    const bx_lua_vm *box = bx_lua_check_vm(L);
    double timeout = bx_lua_positive_option(L, 3, "timeout", box->timeout);
    bx_buffer *values = push_buffer(L);
    bx_job **job = bx_lua_new_job(L, 1), *made = NULL;
    bx_error error;
    if (write_execute(L, code, length, name, values, &error) == 0)
        made = bx_vm_call(box->vm, "execute", values, timeout, &error);
    bx_buffer_free(values);
    return bx_lua_give_job(L, job, made, &error, box->vm->id);
}

/* The options' chunk name in Lua's convention: "=name". */
static const char *check_chunk_name(lua_State *L)
{
    if (lua_isnoneornil(L, 3))
        return "=process";
    int type = bx_lua_raw_field(L, 3, "name");
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return "=process";
    }
    if (type != LUA_TSTRING)
        luaL_argerror(L, 3,
                      lua_pushfstring(L, "'name' must be a string, got %s", lua_typename(L, type)));
    return lua_pushfstring(L, "=%s", lua_tostring(L, -1));
}

int bx_lua_vm_submit(lua_State *L)
{
    bx_lua_check_vm(L);
    size_t length;
    const char *code = luaL_checklstring(L, 2, &length);
    lua_settop(L, 3);
    bx_lua_check_options(L, 3, call_options);
    return submit(L, code, length, check_chunk_name(L));
}

static const char checkpoint_key;

int bx_lua_set_checkpoint(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &checkpoint_key);
    return 0;
}

static int end_checkpoint(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* In steps, by Lua's own function for that. */
static int execute_in_steps(lua_State *L)
{
    bx_lua_check_vm(L);
    luaL_checkstring(L, 2);
    lua_settop(L, 3);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &checkpoint_key);
    lua_insert(L, 1);
    lua_callk(L, 3, LUA_MULTRET, 0, end_checkpoint);
    return end_checkpoint(L, LUA_OK, 0);
}

static bool has_checkpoint(lua_State *L)
{
    if (!lua_istable(L, 3))
        return false;
    bool there = bx_lua_raw_field(L, 3, "checkpoint") != LUA_TNIL;
    lua_pop(L, 1);
    return there;
}

int bx_lua_vm_execute(lua_State *L)
{
    if (has_checkpoint(L))
        return execute_in_steps(L);
    int pushed = bx_lua_vm_submit(L);
    return pushed == 1 ? bx_lua_await_job(L) : pushed;
}

/* The file's code, after "--" where it begins with '#': "#!" stays a line, but a comment. */
static int read_code(const char *path, bx_buffer *out, const char **code, bx_error *err)
{
    if (bx_buffer_append(out, "--", 2) < 0)
        return bx_fail_memory(err);
    if (bx_file_read(path, out, err) < 0)
        return -1;
    *code = (const char *)out->data;
    if (out->length == 2 || (*code)[2] != '#')
        *code += 2;
    return 0;
}

int bx_lua_vm_execute_file(lua_State *L)
{
    bx_lua_check_vm(L);
    const char *path = bx_lua_check_path(L, 2), *code;
    bx_error error;
    lua_settop(L, 3);
    bx_lua_check_options(L, 3, call_options);
    bx_lua_positive_option(L, 3, "timeout", 1);
    const char *name = lua_pushfstring(L, "@%s", path);
    bx_buffer *text = push_buffer(L);
    if (read_code(path, text, &code, &error) < 0) {
        bx_buffer_free(text);
        return bx_lua_fail(L, &error, bx_lua_check_vm(L)->vm->id);
    }
    size_t length = text->length - (size_t)(code - (const char *)text->data);
    int pushed = submit(L, code, length, name);
    bx_buffer_free(text);
    return pushed == 1 ? bx_lua_await_job(L) : pushed;
}

static int finish_ask(lua_State *L, int status, lua_KContext index)
{
    int pushed = bx_lua_finish_job(L, status, index);
    if (pushed == 1)
        lua_getfield(L, -1, "result");
    return pushed;
}

int bx_lua_request(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_check_vm(L);
    const char *operation = luaL_checkstring(L, 2);
    double timeout = luaL_optnumber(L, 3, box->timeout);
    int last = lua_gettop(L), status = 0;
    bx_buffer *values = push_buffer(L);
    bx_job **job = bx_lua_new_job(L, 1), *made = NULL;
    bx_error error;
    for (int i = 4; i <= last && status == 0; i++)
        status = bx_lua_write_value(L, i, operation, values, &error);
    if (status == 0)
        made = bx_vm_call(box->vm, operation, values, timeout, &error);
    bx_buffer_free(values);
    return bx_lua_give_job(L, job, made, &error, box->vm->id);
}

int bx_lua_ask(lua_State *L)
{
    int pushed = bx_lua_request(L);
    return pushed == 1 ? bx_lua_await_job_then(L, BX_NEVER, finish_ask) : pushed;
}
