#include "inside/module.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODULES = 192, FILE_LIMIT = 16 << 20, NAME_LIMIT = 64 };

typedef struct module {
    char name[2 * NAME_LIMIT];      /* "minimal_cell.growth" */
    char chunk[2 * NAME_LIMIT + 8]; /* "@minimal_cell/growth.lua" */
    char *text;
    size_t length;
} module;

/* MODULES of them, and their texts, stay outside Lua's heap: shared by all workers, counted to
 * none. They stay outside .bss, too, where they would part what every call writes: a page more for
 * each VM. */
static module *modules;
static size_t module_count;
static size_t first_added; /* those before it are there from the beginning */
static const char loaded_key, loading_key;
static const char *const libraries[] = {"string", "table", "math", "utf8", "coroutine", "os"};
enum { LIBRARIES = sizeof libraries / sizeof *libraries };

bool bx_module_is_name(const char *text, const char *ending)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length > 0 && length < NAME_LIMIT && strcmp(text + length, ending) == 0;
}

static int read_text(int file, const char *path, module *into, bx_error *err)
{
    struct stat status;
    if (fstat(file, &status) < 0)
        return bx_fail_errno(err, BX_EORGANISM, errno, "cannot read %s", path);
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_LIMIT)
        return bx_fail(err, BX_EORGANISM, "%s: a file of at most %d bytes expected", path,
                       FILE_LIMIT);
    size_t size = (size_t)status.st_size;
    into->text = malloc(size + 1);
    if (!into->text)
        return bx_fail_memory(err);
    while (into->length < size) {
        ssize_t part = read(file, into->text + into->length, size - into->length);
        if (part < 0)
            return bx_fail_errno(err, BX_EORGANISM, errno, "cannot read %s", path);
        if (part == 0)
            break;
        into->length += (size_t)part;
    }
    return 0;
}

/* The place of the next module, named but not filled. */
static module *next_module(const char *group, const char *name, bx_error *err)
{
    if (module_count == MODULES) {
        bx_fail(err, BX_EORGANISM, "%s/%s: a VM takes no more than %d Lua files", group, name,
                MODULES);
        return NULL;
    }
    if (!modules && !(modules = calloc(MODULES, sizeof *modules))) {
        bx_fail_memory(err);
        return NULL;
    }
    module *into = &modules[module_count];
    int stem = (int)(strlen(name) - strlen(".lua"));
    if (strcmp(name, "init.lua") == 0)
        snprintf(into->name, sizeof into->name, "%s", group);
    else
        snprintf(into->name, sizeof into->name, "%s.%.*s", group, stem, name);
    snprintf(into->chunk, sizeof into->chunk, "@%s/%s", group, name);
    return into;
}

static int read_file(const char *folder, const char *group, const char *name, bx_error *err)
{
    module *into = next_module(group, name, err);
    if (!into)
        return -1;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (file < 0)
        return bx_fail_errno(err, BX_EORGANISM, errno, "cannot read %s", path);
    int status = read_text(file, path, into, err);
    close(file);
    module_count++;
    return status;
}

static int set_group(const char *folder, char *group, size_t size, bx_error *err)
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    size_t start = length;
    while (start > 0 && folder[start - 1] != '/')
        start--;
    if (length - start >= size || length > 3000)
        return bx_fail(err, BX_EORGANISM, "the organism's folder has too long a name");
    memcpy(group, folder + start, length - start);
    group[length - start] = '\0';
    if (!bx_module_is_name(group, ""))
        return bx_fail(err, BX_EORGANISM, "\"%.64s\" is no name for an organism", group);
    return 0;
}

int bx_module_read_folder(const char *folder, char *group, size_t size, bx_error *err)
{
    if (set_group(folder, group, size, err) < 0)
        return -1;
    DIR *directory = opendir(folder);
    if (!directory)
        return bx_fail_errno(err, BX_EORGANISM, errno, "cannot open %s", folder);
    int status = 0;
    for (struct dirent *entry; status == 0 && (entry = readdir(directory));)
        if (bx_module_is_name(entry->d_name, ".lua"))
            status = read_file(folder, group, entry->d_name, err);
    closedir(directory);
    return status;
}

static const module *find_module(const char *name)
{
    for (size_t i = 0; i < module_count; i++)
        if (strcmp(modules[i].name, name) == 0)
            return &modules[i];
    return NULL;
}

static bool is_of_group(const char *name, const char *group)
{
    size_t length = strlen(group);
    return strncmp(name, group, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

bool bx_module_has_group(const char *group)
{
    for (size_t i = 0; i < LIBRARIES; i++)
        if (strcmp(libraries[i], group) == 0)
            return true;
    for (size_t i = 0; i < module_count; i++)
        if (is_of_group(modules[i].name, group))
            return true;
    return false;
}

void bx_module_drop_group(lua_State *L, const char *group)
{
    size_t kept = 0;
    for (size_t i = 0; i < module_count; i++)
        if (is_of_group(modules[i].name, group))
            free(modules[i].text);
        else
            modules[kept++] = modules[i];
    memset(modules + kept, 0, (module_count - kept) * sizeof *modules);
    module_count = kept;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && is_of_group(lua_tostring(L, -2), group)) {
            lua_pushvalue(L, -2);
            lua_pushnil(L);
            lua_rawset(L, -5); /* of a key that is there: no memory is asked for */
        }
    lua_pop(L, 1);
}

int bx_module_add(const char *group, const char *name, const void *text, size_t length,
                  bx_error *err)
{
    if (!bx_module_is_name(name, ".lua"))
        return bx_fail(err, BX_EPROTOCOL, "\"%.64s\" is no name for a Lua file", name);
    if (length > FILE_LIMIT)
        return bx_fail(err, BX_EORGANISM, "%s: a file of at most %d bytes expected", name,
                       FILE_LIMIT);
    module *into = next_module(group, name, err);
    if (!into)
        return -1;
    if (find_module(into->name))
        return bx_fail(err, BX_EPROTOCOL, "%s comes twice", name);
    into->text = malloc(length + 1);
    if (!into->text)
        return bx_fail_memory(err);
    memcpy(into->text, text, length);
    into->length = length;
    module_count++;
    return 0;
}

static int load_module(lua_State *L, const char *name)
{
    const module *found = find_module(name);
    if (!found)
        return luaL_error(L,
                          "no module '%s' in this VM: require finds those of its organism, of the "
                          "library and of installed packages",
                          name);
    lua_pushvalue(L, 1);
    lua_pushlightuserdata(L, (void *)&loading_key);
    lua_rawset(L, 2);
    if (luaL_loadbufferx(L, found->text, found->length, found->chunk, "t") != LUA_OK)
        return lua_error(L);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, 2);
    return 1;
}

static int require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 2) == LUA_TNIL) {
        lua_pop(L, 1);
        return load_module(L, name);
    }
    if (lua_touserdata(L, 3) == &loading_key)
        return luaL_error(L, "module '%s' requires itself", name);
    return 1;
}

const char *bx_module_text(const char *chunk, size_t *length)
{
    for (size_t i = 0; i < module_count; i++)
        if (strcmp(modules[i].chunk, chunk) == 0) {
            *length = modules[i].length;
            return modules[i].text;
        }
    return NULL;
}

static int compare_modules(const void *a, const void *b)
{
    return strcmp((*(const module *const *)a)->chunk, (*(const module *const *)b)->chunk);
}

void bx_module_digest(bx_sha256 *hash)
{
    const module *sorted[MODULES] = {NULL};
    for (size_t i = 0; i < first_added; i++)
        sorted[i] = &modules[i];
    qsort(sorted, first_added, sizeof *sorted, compare_modules);
    for (size_t i = 0; i < first_added; i++) {
        bx_sha256_add(hash, sorted[i]->chunk, strlen(sorted[i]->chunk) + 1);
        bx_sha256_add(hash, sorted[i]->text, sorted[i]->length);
    }
}

bool bx_module_added(size_t i, const char **chunk, const char **text, size_t *length)
{
    if (i >= module_count - first_added)
        return false;
    const module *added = &modules[first_added + i];
    *chunk = added->chunk;
    *text = added->text;
    *length = added->length;
    return true;
}

void bx_module_begin(void)
{
    first_added = module_count;
}

void bx_module_push_loaded(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
}

void bx_module_open(lua_State *L)
{
    lua_newtable(L);
    for (size_t i = 0; i < LIBRARIES; i++) {
        lua_getglobal(L, libraries[i]);
        lua_setfield(L, -2, libraries[i]);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &loaded_key);
    lua_register(L, "require", require);
}
