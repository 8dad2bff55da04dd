#include "lua/core.h"

#include "core/file.h"
#include "core/secret.h"
#include "hypervisor/chassis.h"
#include "lua/changes.h"
#include "lua/class.h"
#include "lua/data.h"
#include "lua/door.h"
#include "lua/files.h"
#include "lua/folder.h"
#include "lua/genome_reader.h"
#include "lua/host.h"
#include "lua/hypervisor.h"
#include "lua/inflate.h"
#include "lua/input.h"
#include "lua/job.h"
#include "lua/link.h"
#include "lua/loop.h"
#include "lua/medium.h"
#include "lua/session.h"
#include "lua/system.h"
#include "lua/timer.h"
#include "lua/vm.h"
#include "lua/vm_box.h"
#include "lua/vm_call.h"
#include "lua/vm_life.h"
#include "lua/vm_shares.h"
#include "lua/watch.h"
#include "values/ensemble.h"
#include "values/error.h"
#include "values/folder.h"
#include "values/genome.h"
#include "values/text.h"
#include "values/trajectory.h"

#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

/* ---- where our programs are ---- */

/* `path` with its last `levels` names replaced by `tail`. */
static bool beside(char *path, size_t size, int levels, const char *tail)
{
    for (int i = 0; i < levels; i++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    size_t length = strlen(path);
    return (size_t)snprintf(path + length, size - length, "%s", tail) < size - length;
}

/* The path of a program: named by the environment, beside the program that contains this code, or
 * where an installation puts it when this is PREFIX/lib/lua/5.4/bioxen/core.so. Never that of a
 * file in the working folder. */
static void find_program(const char *name, const char *variable, char *path, size_t size)
{
    Dl_info here, program;
    const char *named = getenv(variable);
    char real[PATH_MAX], tail[64];
    bool is_named = named && *named;
    snprintf(path, size, "%s%s", is_named ? "" : "/usr/bin/", is_named ? named : name);
    if (is_named || !dladdr((void *)find_program, &here))
        return;
    bool inside_program =
        dladdr((void *)getauxval(AT_PHDR), &program) && program.dli_fbase == here.dli_fbase;
    snprintf(tail, sizeof tail, inside_program ? "/%s" : "/bin/%s", name);
    if (!realpath(inside_program ? "/proc/self/exe" : here.dli_fname, real))
        return;
    if (beside(real, sizeof real, inside_program ? 1 : 5, tail))
        snprintf(path, size, "%s", real);
}

/* ---- functions ---- */

/* Push the name of a class of Lua's, a table whose metatable has a __name of ours; or nothing. */
static bool push_table_class(lua_State *L)
{
    size_t prefix = sizeof "bioxen." - 1;
    if (lua_type(L, 1) != LUA_TTABLE || !lua_getmetatable(L, 1))
        return false;
    lua_pushliteral(L, "__name");
    lua_rawget(L, -2);
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (strncmp(name, "bioxen.", prefix) != 0)
        return false;
    lua_pushstring(L, name + prefix);
    return true;
}

/* class_name(x): "BasicBiologicalVM" and so on, or Lua's type. */
static int class_name(lua_State *L)
{
    luaL_checkany(L, 1);
    const bx_lua_class *class_ = bx_lua_class_of(L, 1);
    if (class_)
        lua_pushstring(L, strchr(class_->name, '.') + 1);
    else if (bx_lua_test_trajectory(L, 1))
        lua_pushliteral(L, "Trajectory");
    else if (bx_lua_test_ensemble(L, 1))
        lua_pushliteral(L, "Ensemble");
    else if (bx_lua_test_genome(L, 1))
        lua_pushliteral(L, "Genome");
    else if (!push_table_class(L))
        lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

/* real_path(path): absolute, without links; or nil and an error. */
static int real_path(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
    char real[PATH_MAX];
    if (realpath(path, real)) {
        lua_pushstring(L, real);
        return 1;
    }
    bx_error error;
    bx_fail_errno(&error, BX_EFILE, errno, "cannot find %s", path);
    return bx_lua_fail(L, &error, NULL);
}

/* read_file(path, limit): the bytes of a file, decompressed if need be; or nil and an error. */
static int read_file(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
    lua_Integer limit = luaL_checkinteger(L, 2);
    bx_error error;
    luaL_argcheck(L, limit > 0, 2, "a number of bytes expected");
    bx_buffer *bytes = bx_lua_push_text(L);
    bytes->limit = (size_t)limit;
    if (bx_file_read(path, bytes, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    return bx_lua_give_text(L, bytes, NULL);
}

/* list_folder(path[, unlinked]): the names in a folder but those that begin with a dot; empty where
 * there is no such folder or, with `unlinked`, a link. */
static int list_folder(lua_State *L)
{
    if (bx_lua_push_folder(L, bx_lua_check_path(L, 1), lua_toboolean(L, 2)) < 0)
        lua_newtable(L);
    return 1;
}

/* clock(): seconds of the monotonic clock. */
static int monotonic_clock(lua_State *L)
{
    lua_pushnumber(L, (double)bx_clock_now() * 1e-9);
    return 1;
}

/* set_worker(path): the program of the workers started from now on. Specs put a hostile one here.
 */
static int set_worker(lua_State *L)
{
    bx_error error;
    if (bx_host_set_worker(bx_lua_push_host(L), bx_lua_check_path(L, 1), &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushboolean(L, 1);
    return 1;
}

/* set_courier(path, steps): the program of the couriers started from now on, and the folder of the
 * Lua files that they follow. */
static int set_courier(lua_State *L)
{
    bx_error error;
    if (bx_host_set_courier(bx_lua_push_host(L), bx_lua_check_path(L, 1), bx_lua_check_path(L, 2),
                            &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushboolean(L, 1);
    return 1;
}

/* set_library(path): the folder of the Lua files that organisms share. */
static int set_library(lua_State *L)
{
    bx_error error;
    if (bx_host_set_library(bx_lua_push_host(L), bx_lua_check_path(L, 1), &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushboolean(L, 1);
    return 1;
}

/* read_secret(path): the text of a file that nobody else may read; or nil and an error. */
static int read_secret(lua_State *L)
{
    char text[BX_SECRET_LIMIT];
    bx_error error;
    if (bx_secret_read(bx_lua_check_path(L, 1), text, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushstring(L, text);
    explicit_bzero(text, sizeof text);
    return 1;
}

/* fail(code, message): nil and an error of the core's kind, for the Lua side. */
static int fail(lua_State *L)
{
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);
    bx_error error;
    bx_fail(&error, bx_code_by_name(name, length), "%s", luaL_checkstring(L, 2));
    return bx_lua_fail(L, &error, luaL_optstring(L, 3, NULL));
}

/* valid_id(text) */
static int valid_id(lua_State *L)
{
    size_t length;
    const char *id = luaL_checklstring(L, 1, &length);
    lua_pushboolean(L, bx_vm_valid_id(id, length));
    return 1;
}

/* error_codes(): { code = { class, meaning, usable } } */
static int error_codes(lua_State *L)
{
    lua_newtable(L);
    for (int code = BX_OK + 1; code < BX_CODE_COUNT; code++) {
        const bx_code_info *info = bx_code_describe((bx_code)code);
        lua_createtable(L, 0, 3);
        lua_pushstring(L, info->class_);
        lua_setfield(L, -2, "class");
        lua_pushstring(L, info->meaning);
        lua_setfield(L, -2, "meaning");
        lua_pushboolean(L, info->vm_usable);
        lua_setfield(L, -2, "usable");
        lua_setfield(L, -2, info->name);
    }
    return 1;
}

/* chassis(): { name = { resource = capacity } } */
static int chassis(lua_State *L)
{
    lua_newtable(L);
    for (size_t i = 0; bx_chassis_at(i); i++) {
        lua_createtable(L, 0, BX_RESOURCES);
        for (int r = 0; r < BX_RESOURCES; r++) {
            lua_pushnumber(L, bx_chassis_at(i)->capacity[r]);
            lua_setfield(L, -2, bx_resource_name((bx_resource)r));
        }
        lua_setfield(L, -2, bx_chassis_at(i)->name);
    }
    return 1;
}

static const luaL_Reg functions[] = {{"class_name", class_name},
                                     {"real_path", real_path},
                                     {"list_folder", list_folder},
                                     {"fail", fail},
                                     {"clock", monotonic_clock},
                                     {"limits", bx_lua_limits},
                                     {"set_group", bx_lua_set_group},
                                     {"set_worker", set_worker},
                                     {"valid_id", valid_id},
                                     {"error_codes", error_codes},
                                     {"chassis", chassis},
                                     {"new_hypervisor", bx_lua_new_hypervisor},
                                     {"new_medium", bx_lua_new_medium},
                                     {"wait_all", bx_lua_wait_all},
                                     {"wait_any", bx_lua_wait_any},
                                     {"when_ready", bx_lua_when_ready},
                                     {"step", bx_lua_step},
                                     {"fd", bx_lua_fd},
                                     {"set_courier", set_courier},
                                     {"new_session", bx_lua_new_session},
                                     {"open_door", bx_lua_open_door},
                                     {"open_link", bx_lua_open_link},
                                     {"open_input", bx_lua_open_input},
                                     {"read_secret", read_secret},
                                     {"set_library", set_library},
                                     {"read_file", read_file},
                                     {"ask", bx_lua_ask},
                                     {"enter_fork", bx_lua_enter_fork},
                                     {"is_kept", bx_lua_is_kept},
                                     {"fork", bx_lua_fork},
                                     {"end_vm", bx_lua_end_vm},
                                     {"request", bx_lua_request},
                                     {"reallocate", bx_lua_reallocate},
                                     {"set_setup", bx_lua_set_setup},
                                     {"set_checkpoint", bx_lua_set_checkpoint},
                                     {"load_genome", bx_lua_load_genome},
                                     {"hypervisor_of", bx_lua_hypervisor_of},
                                     {"genome_load", bx_lua_genome_load},
                                     {"genome_new", bx_lua_genome_new},
                                     {"genome_parse", bx_lua_genome_parse},
                                     {"genome_translate", bx_lua_genome_translate},
                                     {"run_program", bx_lua_run_program},
                                     {"save_file", bx_lua_save_file},
                                     {"terminal", bx_lua_terminal},
                                     {"cores", bx_lua_cores},
                                     {"missing_calls", bx_lua_missing_calls},
                                     {"process", bx_lua_process},
                                     {"watch", bx_lua_watch},
                                     {"every", bx_lua_every},
                                     {"resident", bx_lua_resident},
                                     {"load_data", bx_lua_load_data},
                                     {"pack_value", bx_lua_pack_value},
                                     {"unpack_value", bx_lua_unpack_value},
                                     {"make_folder", bx_lua_make_folder},
                                     {"make_own_folder", bx_lua_make_own_folder},
                                     {"open_folder", bx_lua_open_folder},
                                     {"is_file", bx_lua_is_file},
                                     {"append_file", bx_lua_append_file},
                                     {"change_folder", bx_lua_change_folder},
                                     {"digest_file", bx_lua_digest_file},
                                     {"inflate", bx_lua_inflate},
                                     {"crc32", bx_lua_crc32},
                                     {"digest", bx_lua_digest},
                                     {NULL, NULL}};

int luaopen_bioxen_core(lua_State *L)
{
    char worker[PATH_MAX], courier[PATH_MAX];
    luaL_checkversion(L);
    find_program("bioxen-worker", "BIOXEN_WORKER", worker, sizeof worker);
    find_program("bioxen-courier", "BIOXEN_COURIER", courier, sizeof courier);
    bx_lua_open_host(L, worker);
    bx_lua_open_error(L);
    bx_lua_open_genome(L);
    bx_lua_open_job(L);
    bx_lua_open_timer(L);
    bx_lua_open_medium_class(L);
    bx_lua_open_link_class(L);
    bx_lua_open_input_class(L);
    bx_lua_open_door_class(L);
    luaL_newlib(L, functions);
    bx_lua_open_trajectory(L);
    lua_setfield(L, -2, "trajectory_methods");
    bx_lua_open_ensemble(L);
    lua_setfield(L, -2, "ensemble_methods");
    bx_lua_open_folder_class(L);
    lua_setfield(L, -2, "folder_methods");
    bx_lua_open_vm(L);
    lua_setfield(L, -2, "vm_methods");
    lua_pushliteral(L, BIOXEN_VERSION);
    lua_setfield(L, -2, "version");
    lua_pushstring(L, worker);
    lua_setfield(L, -2, "worker");
    lua_pushstring(L, courier);
    lua_setfield(L, -2, "courier");
    bx_lua_open_session(L);
    lua_setfield(L, -2, "session_methods");
    lua_createtable(L, 0, 2);
    lua_pushliteral(L, SUNDIALS_VERSION);
    lua_setfield(L, -2, "SUNDIALS");
    lua_pushliteral(L, SECCOMP_VERSION);
    lua_setfield(L, -2, "libseccomp");
    lua_setfield(L, -2, "versions");
    bx_lua_open_hypervisor(L);
    lua_setfield(L, -2, "hypervisor_methods");
    return 1;
}
