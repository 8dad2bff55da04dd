#include "lua/link.h"

#include "lua/class.h"
#include "lua/host.h"
#include "lua/job.h"
#include "lua/loop.h"
#include "values/error.h"
#include "values/text.h"
#include "values/value.h"
#include "vm/link.h"
#include "wire/frame.h"

typedef struct link_box {
    bx_link *link;
} link_box;

static const bx_lua_class link_class;

static bx_link *check_link(lua_State *L)
{
    const link_box *box = bx_lua_check_class(L, 1, &link_class);
    luaL_argcheck(L, box->link, 1, "a link that has been collected");
    return box->link;
}

int bx_lua_open_link(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
    bx_error error;
    link_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    box->link = NULL;
    bx_lua_set_class(L, &link_class);
    bx_host *host = bx_lua_push_host(L);
    lua_setiuservalue(L, -2, 1); /* which must not go first */
    box->link = bx_link_open(host, path, &error);
    return box->link ? 1 : bx_lua_fail(L, &error, NULL);
}

/* What a job comes to: the result of code, true, or any value. */
static const bx_job_kind kinds[] = {BX_JOB_CALL, BX_JOB_START, BX_JOB_REQUEST};
static const char *const kind_names[] = {"result", "true", "value", NULL};

/* link:call(kind, operation, vm_id, ...): a job. What follows vm_id, which may be nil, travels. */
static int link_call(lua_State *L)
{
    bx_link *link = check_link(L);
    bx_job_kind kind = kinds[luaL_checkoption(L, 2, NULL, kind_names)];
    const char *operation = luaL_checkstring(L, 3), *vm_id = luaL_optstring(L, 4, NULL);
    int last = lua_gettop(L), status = 0;
    bx_error error;
    bx_job *made = NULL;
    bx_buffer *values = bx_lua_push_text(L);
    values->limit = BX_FRAME_LIMIT;
    bx_job **job = bx_lua_new_job(L, 4);
    bx_write_array(values, last < 4 ? 0 : (uint32_t)(last - 4));
    for (int i = 5; i <= last && status == 0; i++)
        status = bx_lua_write_value(L, i, operation, values, &error);
    if (status == 0)
        made = bx_link_call(link, kind, operation, values, &error);
    bx_buffer_free(values);
    return bx_lua_give_job(L, job, made, &error, vm_id);
}

/* link:begun(job): the job, once the daemon has said that it has begun; or nil and the error. */
static int link_begun(lua_State *L)
{
    check_link(L);
    bx_job *job = bx_lua_check_job(L, 2);
    bx_host *host = bx_lua_push_host(L);
    lua_settop(L, 2);
    while (!job->done && !bx_link_has_begun(job))
        bx_lua_turn(L, host, NULL, BX_NEVER);
    return job->done && !job->succeeded ? bx_lua_finish_job(L, LUA_OK, 2) : 1;
}

static int link_close(lua_State *L)
{
    bx_link_close(check_link(L));
    return 0;
}

static int link_is_open(lua_State *L)
{
    lua_pushboolean(L, bx_link_is_open(check_link(L)));
    return 1;
}

static int link_gc(lua_State *L)
{
    link_box *box = lua_touserdata(L, 1);
    bx_link_release(box->link);
    box->link = NULL;
    return 0;
}

static const luaL_Reg methods[] = {{"call", link_call},
                                   {"begun", link_begun},
                                   {"close", link_close},
                                   {"is_open", link_is_open},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", link_gc}, {NULL, NULL}};
static const bx_lua_class link_class = {"bioxen.Link", NULL, methods, metamethods};

void bx_lua_open_link_class(lua_State *L)
{
    bx_lua_open_class(L, &link_class);
    lua_pop(L, 1);
}
