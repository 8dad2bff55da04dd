/* bioxen: runs Lua scripts with the module at hand. */
#include "cli/interrupt.h"
#include "cli/line_editor.h"
#include "cli/paths.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/transcript.h"
#include "interrupt/functions.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DONE = 0, FAILED = 1, USAGE = 2, NO_COMMAND = -1 };
static bool interrupted; /* ^C ended what was called */

enum { SCRIPT_LIMIT = 64 << 20 }; /* bytes that standard input may have */

typedef struct command_line {
    int argc;
    char **argv;
    int codes_end; /* the -e chunks stand below this index of argv */
    int script;    /* its index, 0 for none */
    bool version, session;
    bool command; /* the script may be the word of a command */
} command_line;

static const char usage[] =
    "usage: bioxen script.lua [arguments], bioxen -i [script.lua], bioxen -e code, bioxen command\n"
    "       bioxen --help tells more\n";

static int misused(const char *what, const char *argument)
{
    char message[256];
    snprintf(message, sizeof message, "%s '%.100s'", what, argument);
    report_error(message, strlen(message));
    fputs(usage, stderr);
    return USAGE;
}

static bool is(const char *word, const char *option)
{
    return strcmp(word, option) == 0;
}

/* "fba", and also "--help": no script is called so. */
static bool may_be_command(const char *word)
{
    return is(word, "--help") || is(word, "-h") ||
           (*word && *word != '-' && word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == '\0');
}

static int parse(command_line *line)
{
    int argc = line->argc;
    char **argv = line->argv;
    const char *first = argc > 1 ? argv[1] : "";
    line->version = is(first, "--version") || is(first, "-v");
    line->command = may_be_command(first);
    bool alone = line->version || (line->command && first[0] == '-');
    if (alone && argc > 2)
        return misused("nothing goes with", first);
    if (alone || line->command) {
        line->codes_end = line->script = 1;
        return DONE;
    }

    int i = 1;
    for (; i < argc && (strncmp(argv[i], "-e", 2) == 0 || is(argv[i], "-i")); i++)
        if (argv[i][1] == 'i')
            line->session = true;
        else if (argv[i][2] == '\0' && ++i == argc)
            return misused("no code after", "-e");
    line->codes_end = i;
    if (i < argc && is(argv[i], "--"))
        i++;
    else if (i < argc && argv[i][0] == '-' && argv[i][1] != '\0')
        return misused("unknown option", argv[i]);
    line->script = i < argc ? i : 0;
    line->session |= !line->script && line->codes_end == 1;
    return DONE;
}

static bool report(lua_State *L, int status)
{
    if (status == LUA_OK)
        return true;
    size_t length;
    const char *text = luaL_tolstring(L, -1, &length);
    if (!interrupt_output_gone())
        report_error(text, length);
    lua_pop(L, 2);
    return false;
}

/* Put the text of the error at the top into its place and that of the traceback below it. An error
 * object speaks for itself; a string gets the stack that led to it. */
static void explain(lua_State *L)
{
    int traceback = lua_gettop(L) - 1;
    bool speaks = lua_type(L, -1) != LUA_TSTRING && luaL_callmeta(L, -1, "__tostring") &&
                  lua_type(L, -1) == LUA_TSTRING;
    if (!speaks) {
        const char *text = lua_tostring(L, traceback + 1);
        if (!text)
            text =
                lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, traceback + 1));
        const char *trace = lua_tostring(L, traceback); /* NULL where memory ran out */
        lua_pushfstring(L, "%s%s%s", text, trace ? "\n" : "", trace ? trace : "");
    }
    lua_replace(L, traceback);
    lua_settop(L, traceback);
}

/* Call the function below its `arguments`, which ^C may end. */
static bool call(lua_State *L, int arguments, int results)
{
    int function = lua_gettop(L) - arguments;
    int status = interrupt_call(L, arguments);
    if (status == LUA_OK)
        lua_settop(L, function + results - 1);
    else if (status == LUA_YIELD)
        lua_pushliteral(L, "interrupted");
    else if (lua_type(L, -1) == LUA_TSTRING && interrupt_is(lua_tostring(L, -1)))
        lua_replace(L, -2); /* where it was is nobody's fault: no traceback */
    else
        explain(L);
    interrupted =
        status != LUA_OK && lua_type(L, -1) == LUA_TSTRING && interrupt_is(lua_tostring(L, -1));
    return report(L, status);
}

static bool run_codes(lua_State *L, const command_line *line)
{
    for (int i = 1; i < line->codes_end; i++) {
        if (is(line->argv[i], "-i"))
            continue;
        const char *code = line->argv[i][2] ? line->argv[i] + 2 : line->argv[++i];
        int status = luaL_loadbuffer(L, code, strlen(code), "=(command line)");
        if (!report(L, status) || !call(L, 0, 0))
            return false;
    }
    return true;
}

typedef struct input {
    lua_Integer left; /* bytes that may still come */
    char piece[16 << 10];
} input;

static const char *read_input(lua_State *L, void *data, size_t *size)
{
    input *in = data;
    *size = fread(in->piece, 1, sizeof in->piece, stdin);
    in->left -= (lua_Integer)*size;
    if (in->left < 0)
        luaL_error(L, "stdin: at most %d bytes expected", SCRIPT_LIMIT);
    return *size ? in->piece : NULL;
}

/* As luaL_loadfile, which reads without end where there is none. */
static int load_input(lua_State *L)
{
    input in = {.left = SCRIPT_LIMIT};
    int c = getc(stdin);
    if (c == '#')
        while (c != EOF && c != '\n' && in.left-- > 0)
            c = getc(stdin);
    if (c != EOF)
        ungetc(c, stdin);
    return lua_load(L, read_input, &in, "=stdin", NULL);
}

/* What is none might be read for ever, or until memory is gone. */
static bool is_regular(const char *name)
{
    struct stat status;
    char message[256];
    if (stat(name, &status) < 0 || S_ISREG(status.st_mode)) /* loading it says what is wrong */
        return true;
    snprintf(message, sizeof message, "%.150s is no regular file (- reads standard input)", name);
    report_error(message, strlen(message));
    return false;
}

static bool run_script(lua_State *L, const command_line *line)
{
    const char *name = line->argv[line->script];
    bool from_stdin = is(name, "-") && line->script == line->codes_end; /* not after "--" */
    if (!from_stdin && !is_regular(name))
        return false;
    if (!report(L, from_stdin ? load_input(L) : luaL_loadfile(L, name)))
        return false;
    int count = line->argc - line->script - 1;
    luaL_checkstack(L, count + 3, "too many arguments");
    for (int i = 0; i < count; i++)
        lua_pushstring(L, line->argv[line->script + 1 + i]);
    return call(L, count, 0);
}

/* What the command line does with the words, in Lua: the exit status, or NO_COMMAND. */
static int run_command(lua_State *L, const command_line *line)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "bioxen.cli");
    if (!call(L, 1, 1))
        return FAILED;
    lua_getfield(L, -1, "main");
    luaL_checkstack(L, line->argc + 3, "too many arguments");
    for (int i = 1; i < line->argc; i++)
        lua_pushstring(L, line->argv[i]);
    if (!call(L, line->argc - 1, 1))
        return FAILED;
    return lua_isnil(L, -1) ? NO_COMMAND : (int)lua_tointeger(L, -1);
}

/* The session takes care of ^C itself. It runs the script, too. */
static int run_session(lua_State *L, const command_line *line)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "bioxen.repl");
    if (!call(L, 1, 1))
        return FAILED;
    int count = line->script ? line->argc - line->script : 0;
    lua_getfield(L, -1, "main");
    luaL_checkstack(L, count + 3, "too many arguments");
    for (int i = 0; i < count; i++)
        lua_pushstring(L, line->argv[line->script + i]);
    return report(L, lua_pcall(L, count, 1, 0)) ? (int)lua_tointeger(L, -1) : FAILED;
}

/* As stock lua: the script at 0, its arguments above, everything else below. */
static void set_arg(lua_State *L, const command_line *line)
{
    lua_createtable(L, line->argc, line->script + 1);
    for (int i = 0; i < line->argc; i++) {
        lua_pushstring(L, line->argv[i]);
        lua_rawseti(L, -2, i - line->script);
    }
    lua_setglobal(L, "arg");
}

/* The module that others have, too, with what needs libedit. */
static int open_terminal(lua_State *L)
{
    luaopen_bioxen_terminal(L);
    lua_pushcfunction(L, line_editor_new);
    lua_setfield(L, -2, "line_editor");
    return 1;
}

static void preload(lua_State *L, const char *name, lua_CFunction open)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, open);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

static int run(lua_State *L)
{
    const command_line *line = lua_touserdata(L, 1);
    luaL_openlibs(L);
    bx_interrupt_open_coroutines(L);
    interrupt_begin(INTERRUPT_SCRIPT);
    paths_set(L);
    preload(L, "bioxen.terminal", open_terminal);
    preload(L, "bioxen.transcript", luaopen_bioxen_transcript);
    set_arg(L, line);
    int status = line->command ? run_command(L, line) : NO_COMMAND;
    lua_pushinteger(L, status);
    if (status != NO_COMMAND)
        return 1;
    status = FAILED;
    paths_set_beside(L, line->script ? line->argv[line->script] : NULL);
    if (line->session)
        status = run_codes(L, line) ? run_session(L, line) : FAILED;
    else if (run_codes(L, line) && (!line->script || run_script(L, line)))
        status = DONE;
    lua_pushinteger(L, status);
    return 1;
}

/* warn(...), which is on until a script says "@off". */
static void print_warning(void *state, const char *message, int goes_on)
{
    static bool off, within;
    (void)state;
    if (!within && !goes_on && *message == '@')
        off = strcmp(message, "@off") == 0 || (off && strcmp(message, "@on") != 0);
    else if (!off)
        fprintf(stderr, "%s%s%s", within ? "" : "bioxen: warning: ", message, goes_on ? "" : "\n");
    within = goes_on;
}

static int run_in_lua(command_line *line)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        static const char message[] = "not enough memory";
        report_error(message, sizeof message - 1);
        return FAILED;
    }
    lua_setwarnf(L, print_warning, NULL);
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, line);
    int status = report(L, lua_pcall(L, 1, 1, 0)) ? (int)lua_tointeger(L, -1) : FAILED;
    interrupt_end();
    lua_close(L); /* ends the VMs */
    return status;
}

/* Output that could not be written is a failure, but a reader that went away needs no message. */
static bool finish_output(void)
{
    static const char message[] = "standard output could not be written";
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno != EPIPE && !interrupt_output_gone())
        report_error(message, sizeof message - 1);
    return false;
}

int main(int argc, char **argv)
{
    report_hold_descriptors();
    interrupt_end();
    command_line line = {.argc = argc, .argv = argv};
    int status = parse(&line);
    if (status != DONE)
        return status;
    if (line.version)
        printf("bioxen %s (%s)\n", BIOXEN_VERSION, LUA_RELEASE);
    else
        status = run_in_lua(&line);
    if (!finish_output())
        return FAILED;
    return interrupted ? INTERRUPTED_STATUS : status;
}
