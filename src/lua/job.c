#include "lua/job.h"

#include "lua/changes.h"
#include "lua/class.h"
#include "lua/host.h"
#include "lua/loop.h"
#include "lua/vm_box.h"
#include "lua/watch.h"
#include "values/error.h"
#include "values/value.h"

#include <math.h>
#include <stdio.h>

typedef struct job_box {
    bx_job *job;
    size_t read; /* output that the iterator has handed out */
} job_box;

static const bx_lua_class job_class;

static job_box *check_box(lua_State *L, int argument)
{
    job_box *box = bx_lua_check_class(L, argument, &job_class);
    luaL_argcheck(L, box->job, argument, "a job that has been collected");
    return box;
}

static bx_vm *vm_of(lua_State *L, int job)
{
    lua_getiuservalue(L, job, 1);
    const bx_lua_vm *box = bx_lua_test_vm(L, -1);
    lua_pop(L, 1);
    return box ? box->vm : NULL;
}

/* The owner, or where that is of another process its id alone, keeps it alive. */
static const char *vm_id(lua_State *L, int job)
{
    const bx_vm *vm = vm_of(L, job);
    if (vm)
        return vm->id;
    lua_getiuservalue(L, job, 1);
    const char *id = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1);
    return id;
}

bx_job *bx_lua_test_job(lua_State *L, int index)
{
    const job_box *box = bx_lua_test_class(L, index, &job_class);
    return box ? box->job : NULL;
}

bx_job *bx_lua_check_job(lua_State *L, int argument)
{
    return check_box(L, argument)->job;
}

bx_job **bx_lua_new_job(lua_State *L, int owner)
{
    owner = lua_absindex(L, owner);
    job_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (job_box){0};
    bx_lua_set_class(L, &job_class);
    lua_pushvalue(L, owner);
    lua_setiuservalue(L, -2, 1);
    return &box->job;
}

int bx_lua_give_job(lua_State *L, bx_job **box, bx_job *job, const bx_error *error,
                    const char *vm_id)
{
    if (!job)
        return bx_lua_fail(L, error, vm_id);
    *box = job;
    return 1;
}

/* ---- what a job came to ---- */

/* Set the field `name` of the details, below the error at the top, in that. */
static void set_detail(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, -4);
    lua_rawset(L, -3);
}

/* Set the details of a failure, one encoded map or nothing, in the error at the top: all of a
 * courier's or a daemon's, but of what a worker says no more than it may. -1: they do not decode.
 */
static int set_details(lua_State *L, const bx_job *job, bool hostile, bx_error *err)
{
    bx_reader reader = {job->details.data, job->details.data + job->details.length};
    if (!job->details.length)
        return 0;
    if (bx_lua_push_value(L, &reader, err) < 0)
        return -1;
    lua_insert(L, -2);
    if (hostile) {
        set_detail(L, "value");
        set_detail(L, "finished");
        lua_pushliteral(L, "traceback");
        if (lua_rawget(L, -3) == LUA_TSTRING)
            lua_setfield(L, -2, "traceback");
        else
            lua_pop(L, 1);
    } else {
        for (lua_pushnil(L); lua_next(L, -3);) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -4);
        }
    }
    lua_remove(L, -2);
    return 0;
}

static int push_failure(lua_State *L, int index, bx_job *job);

/* What does not decode: the worker is not to be trusted with another call. */
static int distrust(lua_State *L, int index, bx_job *job, const bx_error *error)
{
    bx_vm *vm = vm_of(L, index);
    job->succeeded = false;
    bx_buffer_free(&job->details);
    bx_fail(&job->error, BX_EPROTOCOL, "the worker broke the protocol: %.900s", error->message);
    if (vm)
        bx_vm_distrust(vm, error);
    return push_failure(L, index, job);
}

static void push_output(lua_State *L, const bx_job *job)
{
    lua_pushlstring(L, (const char *)job->output.data, job->output.length);
}

static int push_failure(lua_State *L, int index, bx_job *job)
{
    bx_error error;
    bool hostile = job->kind == BX_JOB_CALL && vm_of(L, index);
    lua_pushnil(L);
    bx_lua_push_error(L, &job->error, vm_id(L, index));
    if (set_details(L, job, hostile, &error) < 0)
        return distrust(L, index, job, &error);
    if (job->kind == BX_JOB_CALL) {
        push_output(L, job);
        lua_setfield(L, -2, "stdout");
        lua_pushnumber(L, (double)(job->ended - job->started) * 1e-9);
        lua_setfield(L, -2, "elapsed");
    }
    return 2;
}

/* The answer of a courier, as it is. */
static int push_answer(lua_State *L, int index, bx_job *job)
{
    bx_reader reader = {job->value.data, job->value.data + job->value.length};
    bx_error error;
    return bx_lua_push_value(L, &reader, &error) < 0 ? distrust(L, index, job, &error) : 1;
}

static int push_success(lua_State *L, int index, bx_job *job)
{
    if (job->kind == BX_JOB_REQUEST)
        return push_answer(L, index, job);
    if (job->kind != BX_JOB_CALL) {
        lua_pushboolean(L, 1);
        return 1;
    }
    bx_reader reader = {job->value.data, job->value.data + job->value.length};
    bx_error error;
    lua_createtable(L, 0, 5);
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "success");
    if (bx_lua_push_value(L, &reader, &error) < 0)
        return distrust(L, index, job, &error);
    lua_setfield(L, -2, "result");
    push_output(L, job);
    lua_setfield(L, -2, "stdout");
    lua_pushnumber(L, (double)(job->ended - job->started) * 1e-9);
    lua_setfield(L, -2, "elapsed");
    lua_pushnumber(L, job->sim_time);
    lua_setfield(L, -2, "sim_time");
    return 1;
}

static int push_outcome(lua_State *L, int index)
{
    bx_job *job = check_box(L, index)->job;
    return job->succeeded ? push_success(L, index, job) : push_failure(L, index, job);
}

/* ---- waiting ---- */

/* What is waited for, for who watches: the job or the list of jobs at an index. */
typedef struct waiting {
    bx_host *host;
    bx_watch *watch; /* or NULL */
    int jobs;
    int64_t look; /* when their deadlines are looked at next */
} waiting;

/* Nanoseconds between looks at deadlines, and between warnings. */
static const int64_t look_interval = 200000000, warning_interval = 10000000000;

static waiting begin_to_wait(lua_State *L, int jobs)
{
    waiting w = {.host = bx_lua_push_host(L),
                 .watch = bx_watch_begin(L),
                 .jobs = jobs,
                 .look = bx_clock_now() + look_interval};
    lua_pop(L, 1);
    return w;
}

static lua_Integer count_jobs(lua_State *L, int jobs)
{
    return bx_lua_test_class(L, jobs, &job_class) ? 1 : luaL_len(L, jobs);
}

/* Push the job number `i`; NULL where it does not run. */
static bx_job *push_running(lua_State *L, int jobs, lua_Integer i)
{
    if (bx_lua_test_class(L, jobs, &job_class))
        lua_pushvalue(L, jobs);
    else
        lua_geti(L, jobs, i);
    const job_box *box = bx_lua_test_class(L, -1, &job_class);
    return box && box->job && !box->job->done ? box->job : NULL;
}

/* Push what is told of the job at the top. */
static void push_account(lua_State *L)
{
    int index = lua_gettop(L);
    const bx_job *job = check_box(L, index)->job;
    lua_createtable(L, 0, 4);
    lua_pushstring(L, vm_id(L, index));
    lua_setfield(L, -2, "vm");
    lua_pushstring(L, job->progress);
    lua_setfield(L, -2, "text");
    lua_pushnumber(L, (double)(bx_clock_now() - job->started) * 1e-9);
    lua_setfield(L, -2, "elapsed");
    if (!isnan(job->fraction)) {
        lua_pushnumber(L, job->fraction);
        lua_setfield(L, -2, "fraction");
    }
}

/* Push the list of what is told of the jobs that run. */
static void push_accounts(lua_State *L, int jobs)
{
    lua_Integer count = count_jobs(L, jobs);
    lua_newtable(L);
    for (lua_Integer i = 1; i <= count; i++) {
        if (push_running(L, jobs, i)) {
            push_account(L);
            lua_rawseti(L, -3, (lua_Integer)lua_rawlen(L, -3) + 1);
        }
        lua_pop(L, 1);
    }
}

/* Warn of the first job that will pass its deadline; not more often than every ten seconds, for
 * there may be thousands, one after the other. */
static void look_at_deadlines(lua_State *L, waiting *w)
{
    int64_t now = bx_clock_now();
    if (now < w->look || (w->host->warned && now < w->host->warned + warning_interval))
        return;
    w->look = now + look_interval;
    lua_Integer count = count_jobs(L, w->jobs);
    for (lua_Integer i = 1; i <= count; i++) {
        bx_job *job = push_running(L, w->jobs, i);
        if (job && bx_job_warn(job)) {
            char text[256];
            snprintf(text, sizeof text,
                     "the call to VM %.64s takes some %.3g s at its pace so far, and its deadline "
                     "is %.6g s (option `timeout`)",
                     vm_id(L, lua_gettop(L)), job->expected, job->timeout);
            w->host->warned = now;
            bx_watch_hide(w->watch);
            lua_warning(L, text, 0);
            lua_pop(L, 1);
            return;
        }
        lua_pop(L, 1);
    }
}

/* As bx_lua_turn; who watches is told what is due. */
static int turn(lua_State *L, waiting *w, int64_t deadline)
{
    int turned = bx_lua_turn(L, w->host, w->watch, deadline);
    look_at_deadlines(L, w);
    if (bx_watch_is_due(w->watch)) {
        push_accounts(L, w->jobs);
        bx_watch_tell(L, w->watch);
    }
    return turned;
}

static int fail_timeout(lua_State *L, const char *id)
{
    bx_error error;
    bx_fail(&error, BX_ETIMEOUT, "not done yet; the work goes on");
    return bx_lua_fail(L, &error, id);
}

/* Wait till the deadline for the job at an index. */
static void block(lua_State *L, int index, int64_t deadline)
{
    job_box *box = check_box(L, index);
    waiting w = begin_to_wait(L, index);
    bool late = false;
    while (!box->job->done && !late)
        late = !turn(L, &w, deadline) && !box->job->done;
    bx_watch_hide(w.watch);
    bx_lua_tell_changes(L, w.host); /* those of a job that was done at once */
}

/* The same; or yield, where somebody serves who resumes what waits, and go on by `then`. */
static int await(lua_State *L, int index, int64_t deadline, lua_KFunction then)
{
    job_box *box = check_box(L, index);
    bool yields = bx_lua_push_host(L)->yields;
    lua_pop(L, 1);
    if (yields && !box->job->done && deadline > bx_clock_now() && lua_isyieldable(L)) {
        lua_pushvalue(L, index);
        if (deadline == BX_NEVER)
            lua_pushnil(L);
        else
            lua_pushnumber(L, (double)deadline * 1e-9);
        return lua_yieldk(L, 2, index, then);
    }
    block(L, index, deadline);
    return then(L, LUA_OK, index);
}

int bx_lua_finish_job(lua_State *L, int status, lua_KContext index)
{
    (void)status;
    if (!check_box(L, (int)index)->job->done)
        return fail_timeout(L, vm_id(L, (int)index));
    return push_outcome(L, (int)index);
}

int bx_lua_await_job_then(lua_State *L, int64_t deadline, lua_KFunction then)
{
    return await(L, lua_gettop(L), deadline, then);
}

int bx_lua_block_on_job(lua_State *L)
{
    int index = lua_gettop(L);
    block(L, index, BX_NEVER);
    return push_outcome(L, index);
}

int bx_lua_await_job_until(lua_State *L, int64_t deadline)
{
    return bx_lua_await_job_then(L, deadline, bx_lua_finish_job);
}

int bx_lua_await_job(lua_State *L)
{
    return bx_lua_await_job_until(L, BX_NEVER);
}

static int job_wait(lua_State *L)
{
    check_box(L, 1);
    int64_t deadline = bx_lua_check_deadline(L, 2);
    return await(L, 1, deadline, bx_lua_finish_job);
}

static int job_result(lua_State *L)
{
    return await(L, 1, bx_clock_now(), bx_lua_finish_job);
}

static int job_done(lua_State *L)
{
    job_box *box = check_box(L, 1);
    waiting w = begin_to_wait(L, 1);
    if (!box->job->done)
        turn(L, &w, 0);
    lua_pushboolean(L, box->job->done);
    return 1;
}

static int job_cancel(lua_State *L)
{
    bx_job_cancel(check_box(L, 1)->job);
    lua_pushboolean(L, 1);
    return 1;
}

static int job_progress(lua_State *L)
{
    job_box *box = check_box(L, 1);
    waiting w = begin_to_wait(L, 1);
    if (!box->job->done)
        turn(L, &w, 0);
    if (isnan(box->job->fraction))
        lua_pushnil(L);
    else
        lua_pushnumber(L, box->job->fraction);
    lua_pushstring(L, box->job->progress);
    return 2;
}

/* What was printed and not read yet, waiting till the deadline for some; "" if there was none by
 * then; nil once the job is done and all is read. */
static int read_output(lua_State *L, int64_t deadline)
{
    job_box *box = check_box(L, 1);
    waiting w = begin_to_wait(L, 1);
    bool late = false;
    while (!box->job->done && box->job->output.length == box->read && !late)
        late = !turn(L, &w, deadline);
    bx_watch_hide(w.watch);
    size_t fresh = box->job->output.length - box->read;
    if (fresh == 0 && box->job->done)
        lua_pushnil(L);
    else
        lua_pushlstring(L, (const char *)box->job->output.data + box->read, fresh);
    box->read += fresh;
    return 1;
}

static int job_read(lua_State *L)
{
    check_box(L, 1);
    int64_t deadline = bx_lua_check_deadline(L, 2);
    return read_output(L, deadline);
}

/* Output as it comes; ends when the job is done. */
static int next_output(lua_State *L)
{
    return read_output(L, BX_NEVER);
}

static int job_output(lua_State *L)
{
    check_box(L, 1);
    lua_pushcfunction(L, next_output);
    lua_pushvalue(L, 1);
    return 2;
}

/* ---- several jobs ---- */

/* The jobs of the list at 1, checked. */
static lua_Integer check_jobs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer count = luaL_len(L, 1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, 1, i);
        const job_box *box = bx_lua_test_class(L, -1, &job_class);
        if (!box || !box->job)
            luaL_argerror(
                L, 1,
                lua_pushfstring(L, "a list of jobs expected, item %d is a %s", (int)i,
                                box ? "job that has been collected" : luaL_typename(L, -1)));
        lua_pop(L, 1);
    }
    return count;
}

static bool is_done(lua_State *L, lua_Integer i)
{
    lua_geti(L, 1, i);
    job_box *box = bx_lua_test_class(L, -1, &job_class);
    bool done = !box || !box->job || box->job->done;
    lua_pop(L, 1);
    return done;
}

/* The first job that is done; 0 if none is. */
static lua_Integer find_done(lua_State *L, lua_Integer count)
{
    for (lua_Integer i = 1; i <= count; i++)
        if (is_done(L, i))
            return i;
    return 0;
}

int bx_lua_wait_all(lua_State *L)
{
    lua_Integer count = check_jobs(L);
    int64_t deadline = bx_lua_check_deadline(L, 2);
    waiting w = begin_to_wait(L, 1);
    bool late = false;
    for (lua_Integer i = 1; i <= count && !late; i++)
        while (!late && !is_done(L, i))
            late = !turn(L, &w, deadline) && !is_done(L, i);
    bx_watch_hide(w.watch);
    if (late)
        return fail_timeout(L, NULL);
    lua_pushboolean(L, 1);
    return 1;
}

int bx_lua_wait_any(lua_State *L)
{
    lua_Integer count = check_jobs(L);
    luaL_argcheck(L, count > 0, 1, "at least one job expected");
    int64_t deadline = bx_lua_check_deadline(L, 2);
    waiting w = begin_to_wait(L, 1);
    lua_Integer done = find_done(L, count);
    for (bool again = true; !done && again; done = find_done(L, count))
        again = turn(L, &w, deadline);
    bx_watch_hide(w.watch);
    if (!done)
        return fail_timeout(L, NULL);
    lua_geti(L, 1, done);
    lua_pushinteger(L, done);
    return 2;
}

/* ---- the class ---- */

static int job_gc(lua_State *L)
{
    job_box *box = bx_lua_check_class(L, 1, &job_class);
    bx_job_release(box->job);
    box->job = NULL;
    return 0;
}

static int job_tostring(lua_State *L)
{
    job_box *box = check_box(L, 1);
    const char *id = vm_id(L, 1);
    const char *state = !box->job->done ? "running" : box->job->succeeded ? "done" : "failed";
    if (id)
        lua_pushfstring(L, "Job(VM %s, %s)", id, state);
    else
        lua_pushfstring(L, "Job(%s)", state);
    return 1;
}

static const luaL_Reg methods[] = {{"wait", job_wait},     {"done", job_done},
                                   {"cancel", job_cancel}, {"progress", job_progress},
                                   {"result", job_result}, {"output", job_output},
                                   {"read", job_read},     {NULL, NULL}};
static const luaL_Reg metamethods[] = {
    {"__gc", job_gc}, {"__tostring", job_tostring}, {NULL, NULL}};
static const bx_lua_class job_class = {"bioxen.Job", NULL, methods, metamethods};

void bx_lua_open_job(lua_State *L)
{
    bx_lua_open_class(L, &job_class);
    lua_pop(L, 1);
}
