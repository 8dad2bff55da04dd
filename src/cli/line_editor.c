#include "cli/line_editor.h"

#include "cli/interrupt.h"
#include "interrupt/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define CLASS "bioxen.LineEditor"

enum { COMPLETE = 1, PAINT }; /* the user values */
enum { HISTORY = 2000, LEFT_OUT = 0xfffd, PASTED = 16 << 20 /* characters */ };

typedef struct line_editor {
    EditLine *el; /* NULL: closed */
    History *history;
    int input;    /* the terminal; it does not block: ^C takes back what poll has seen */
    lua_State *L; /* while it reads; its functions are user values of `self` there */
    int self;
    const char *prompt;
    int columns;
    bool pastes;    /* the terminal brackets them, and clears lines */
    bool painted;   /* the line that is shown has colours */
    sigset_t open;  /* the signals as they were before we read */
    mbstate_t part; /* of a character */
} line_editor;

/* ---- signals while a line is read: they come at one place only ---- */

static const int heeded[] = {SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGQUIT};
enum { HEEDED = sizeof heeded / sizeof *heeded };

static volatile sig_atomic_t arrived[HEEDED];
static struct sigaction former[HEEDED];

static void on_signal(int number)
{
    for (int i = 0; i < HEEDED; i++)
        if (heeded[i] == number)
            arrived[i] = 1;
}

static void begin_signals(line_editor *e)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    for (int i = 0; i < HEEDED; i++)
        sigaddset(&held, heeded[i]);
    sigprocmask(SIG_BLOCK, &held, &e->open);
    for (int i = 0; i < HEEDED; i++) {
        sigaction(heeded[i], NULL, &former[i]);
        if (former[i].sa_handler != SIG_IGN)
            sigaction(heeded[i], &action, NULL);
    }
}

/* But for SIGWINCH, which may come at any time, and is looked at when the next line is read. */
static void end_signals(line_editor *e)
{
    for (int i = 1; i < HEEDED; i++)
        sigaction(heeded[i], &former[i], NULL);
    sigprocmask(SIG_SETMASK, &e->open, NULL);
}

static void show_mode(const line_editor *e, bool on)
{
    if (e->pastes)
        fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
    fflush(stdout);
}

/* Stop or end as the signal asks, with the terminal as it was. */
static void give_way(line_editor *e, int which)
{
    struct sigaction ours;
    sigset_t held;
    el_set(e->el, EL_PREP_TERM, 0);
    show_mode(e, false);
    sigaction(heeded[which], &former[which], &ours);
    sigprocmask(SIG_SETMASK, &e->open, &held);
    raise(heeded[which]);
    sigprocmask(SIG_SETMASK, &held, NULL);
    sigaction(heeded[which], &ours, NULL);
    el_set(e->el, EL_PREP_TERM, 1);
    show_mode(e, true);
    el_set(e->el, EL_REFRESH);
}

static int columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* The columns that the prompt takes; -1: it has what takes none, or an unknown number. */
static long prompt_width(const line_editor *e)
{
    wchar_t wide[256];
    size_t length = mbstowcs(wide, e->prompt, sizeof wide / sizeof *wide);
    return length < sizeof wide / sizeof *wide ? wcswidth(wide, length) : -1;
}

/* Those of the prompt and the line up to `end`; -1 likewise. */
static long line_width(const line_editor *e, const wchar_t *end)
{
    long sum = prompt_width(e);
    for (const wchar_t *c = el_wline(e->el)->buffer; c < end && sum >= 0; c++)
        sum = wcwidth(*c) > 0 ? sum + wcwidth(*c) : -1;
    return sum;
}

/* Whether prompt and line take one row of so many columns. */
static bool fits(const line_editor *e, int width)
{
    long taken = line_width(e, el_wline(e->el)->lastchar);
    return taken >= 0 && taken < width;
}

/* Terminals differ in what they do to a line of several rows: it is shown again below. */
static void resize(line_editor *e)
{
    int now = columns();
    bool in_place = e->pastes && fits(e, now) && fits(e, e->columns);
    e->columns = now;
    fputs(in_place ? "\r\033[K" : "\r\n", stdout);
    el_resize(e->el);
    el_set(e->el, EL_REFRESH);
}

/* Whether there were any: then the line may have been drawn again. */
static bool heed_signals(line_editor *e)
{
    bool any = false;
    for (int i = 0; i < HEEDED; i++) {
        if (!arrived[i])
            continue;
        arrived[i] = 0;
        any = true;
        if (heeded[i] == SIGWINCH)
            resize(e);
        else
            give_way(e, i);
    }
    return any;
}

/* ---- colours: what libedit has drawn is drawn over, before a key is waited for ---- */

/* Call the function with what stands before the cursor and behind it. */
static bool ask_lua(line_editor *e, int which)
{
    const LineInfo *line = el_line(e->el);
    lua_getiuservalue(e->L, e->self, which);
    lua_pushlstring(e->L, line->buffer, (size_t)(line->cursor - line->buffer));
    lua_pushlstring(e->L, line->cursor, (size_t)(line->lastchar - line->cursor));
    sigset_t held;
    sigprocmask(SIG_SETMASK, &e->open, &held);
    int status = interrupt_call(e->L, 2);
    sigprocmask(SIG_SETMASK, &held, NULL);
    if (status == LUA_YIELD)
        bx_interrupted = 1; /* ^C drops the line, too */
    return status == LUA_OK;
}

static void move_to(long column)
{
    fputs("\r", stdout);
    if (column > 0)
        printf("\033[%ldC", column);
}

/* What has grown beyond a row has no colours: it is drawn anew. */
static void remove_colours(line_editor *e)
{
    long taken = line_width(e, el_wline(e->el)->cursor);
    if (taken >= e->columns)
        printf("\033[%ldA", taken / e->columns);
    fputs("\r\033[J", stdout);
    el_set(e->el, EL_REFRESH);
    e->painted = false;
}

static void paint(line_editor *e)
{
    int top = lua_gettop(e->L);
    bool paints = lua_getiuservalue(e->L, e->self, PAINT) == LUA_TFUNCTION;
    lua_settop(e->L, top);
    if (!paints)
        return;
    if (!fits(e, e->columns)) {
        if (e->painted && line_width(e, el_wline(e->el)->lastchar) > 0)
            remove_colours(e);
        return;
    }
    if (ask_lua(e, PAINT)) {
        const char *text = lua_tostring(e->L, -1);
        bool coloured = text && strchr(text, '\033');
        if (coloured || (text && e->painted)) {
            move_to(prompt_width(e));
            fputs(text, stdout);
            move_to(line_width(e, el_wline(e->el)->cursor));
            fflush(stdout);
            e->painted = coloured;
        }
    }
    lua_settop(e->L, top);
}

/* ---- keys ---- */

/* One byte: 1; 0 at the end; -1 with errno, EINTR for ^C. */
static int read_byte(line_editor *e, char *byte)
{
    struct pollfd input = {.fd = e->input, .events = POLLIN};
    sigset_t held;
    for (;;) {
        if (poll(&input, 1, 0) == 0)
            paint(e);
        /* What has come comes now: ppoll lets signals wait while there is input. */
        sigprocmask(SIG_SETMASK, &e->open, &held);
        sigprocmask(SIG_SETMASK, &held, NULL);
        if (bx_interrupted) {
            errno = EINTR;
            return -1;
        }
        if (heed_signals(e))
            continue;
        if (ppoll(&input, 1, NULL, &e->open) < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        ssize_t got = read(e->input, byte, 1);
        if (got >= 0)
            return (int)got;
        if (errno != EAGAIN && errno != EINTR)
            return errno == EIO ? 0 : -1; /* EIO: the terminal is gone */
    }
}

static line_editor *editor_of(EditLine *el)
{
    line_editor *e = NULL;
    el_get(el, EL_CLIENTDATA, &e);
    return e;
}

static int read_character(EditLine *el, wchar_t *character)
{
    line_editor *e = editor_of(el);
    for (;;) {
        char byte;
        int got = read_byte(e, &byte);
        if (got <= 0)
            return got;
        size_t length = mbrtowc(character, &byte, 1, &e->part);
        if (length == (size_t)-2)
            continue;
        if (length == (size_t)-1) {
            memset(&e->part, 0, sizeof e->part);
            *character = LEFT_OUT;
        }
        return 1;
    }
}

/* ---- pasted text, which the terminal puts between ESC [ 200 ~ and ESC [ 201 ~ ---- */

typedef struct pasted {
    wchar_t *text;
    size_t length, capacity;
} pasted;

/* Take a character; but of control characters only tabs and line ends, which become Lua's. False
 * where they are too many. */
static bool take(pasted *p, wchar_t c)
{
    if (c == L'\r')
        c = L'\n';
    if (c != L'\n' && c != L'\t' && (c < 0x20 || (c >= 0x7f && c < 0xa0)))
        return true;
    if (p->length == PASTED)
        return false;
    if (p->length + 2 > p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 256;
        wchar_t *text = realloc(p->text, capacity * sizeof *text);
        if (!text)
            return false;
        p->text = text;
        p->capacity = capacity;
    }
    p->text[p->length++] = c;
    p->text[p->length] = L'\0';
    return true;
}

/* Up to the end's mark. As read_character, and -1 where it is too much. */
static int read_pasted(EditLine *el, pasted *p)
{
    static const wchar_t end[] = L"\033[201~";
    size_t matched = 0;
    int got = 1;
    while (end[matched]) {
        wchar_t c;
        bool taken = true;
        got = read_character(el, &c);
        if (got != 1)
            break;
        if (c == end[matched]) {
            matched++;
            continue;
        }
        for (size_t i = 0; i < matched; i++)
            taken = taken && take(p, end[i]);
        matched = c == end[0];
        if (!taken || (!matched && !take(p, c)))
            return -1;
    }
    return got;
}

static unsigned char paste(EditLine *el, int key)
{
    pasted p = {0};
    (void)key;
    unsigned char outcome = read_pasted(el, &p) == 1 ? CC_REFRESH : CC_EOF;
    if (p.text && outcome == CC_REFRESH && el_winsertstr(el, p.text) < 0)
        outcome = CC_ERROR;
    free(p.text);
    return outcome;
}

/* ---- completion ---- */

/* A new line, and nothing below it: the rest of a line of several rows may stand there. */
static void move_below(const line_editor *e)
{
    fputs(e->pastes ? "\n\033[J" : "\n", stdout);
}

static unsigned char complete(EditLine *el, int key)
{
    line_editor *e = editor_of(el);
    int top = lua_gettop(e->L);
    unsigned char outcome = CC_ERROR;
    (void)key;
    if (ask_lua(e, COMPLETE)) {
        lua_settop(e->L, top + 2);
        const char *text = lua_tostring(e->L, top + 1), *list = lua_tostring(e->L, top + 2);
        if (text && *text && el_insertstr(el, text) == 0)
            outcome = CC_REFRESH;
        if (list) {
            move_below(e);
            printf("%s\n", list);
            outcome = CC_REDISPLAY;
        }
    }
    lua_settop(e->L, top);
    return outcome;
}

/* ---- the object ---- */

static char *show_prompt(EditLine *el)
{
    return (char *)editor_of(el)->prompt;
}

static line_editor *check_editor(lua_State *L)
{
    line_editor *e = luaL_checkudata(L, 1, CLASS);
    luaL_argcheck(L, e->el, 1, "the editor is closed");
    return e;
}

static int push_line(lua_State *L, line_editor *e, const char *line, int count)
{
    if (interrupt_take()) {
        fputs("^C", stdout);
        move_below(e);
        el_reset(e->el);
        lua_pushboolean(L, 0);
    } else if (!line || count <= 0) {
        fputs("\n", stdout);
        lua_pushnil(L);
    } else {
        lua_pushlstring(L, line, (size_t)count - (line[count - 1] == '\n'));
    }
    return 1;
}

/* Begin a line unless the cursor is at the beginning of one: a mark, and blanks up to the last
 * column, or beyond it. */
static void begin_line(const line_editor *e)
{
    if (e->pastes)
        printf("\033[7m%%\033[27m%*s\r\033[K", e->columns - 1, "");
}

/* editor:read(prompt, fresh): the line; false after ^C; nil at the end. `fresh`: something may have
 * been written since the last one. */
static int editor_read(lua_State *L)
{
    line_editor *e = check_editor(L);
    int count = 0;
    e->prompt = luaL_checkstring(L, 2);
    e->L = L;
    e->self = 1;
    e->columns = columns();
    e->painted = false;
    memset(&e->part, 0, sizeof e->part);
    begin_signals(e);
    el_set(e->el, EL_PREP_TERM, 1); /* before the prompt invites to type */
    if (lua_toboolean(L, 3))
        begin_line(e);
    show_mode(e, true);
    const char *line = el_gets(e->el, &count);
    show_mode(e, false);
    end_signals(e);
    e->L = NULL;
    e->prompt = "";
    int pushed = push_line(L, e, line, count);
    fflush(stdout);
    return pushed;
}

/* editor:remember(text): put it at the end of the history. */
static int editor_remember(lua_State *L)
{
    line_editor *e = check_editor(L);
    HistEvent event;
    history(e->history, &event, H_ENTER, luaL_checkstring(L, 2));
    return 0;
}

static int editor_close(lua_State *L)
{
    line_editor *e = luaL_checkudata(L, 1, CLASS);
    if (e->el)
        el_end(e->el);
    if (e->history)
        history_end(e->history);
    if (e->input > STDERR_FILENO)
        close(e->input);
    e->input = -1;
    e->el = NULL;
    e->history = NULL;
    return 0;
}

static void bind_keys(EditLine *el)
{
    static const char *const keys[][2] = {
        {"^I", "bx-complete"},
        {"\\e[200~", "bx-paste"},
        {"^R", "em-inc-search-prev"},
        {"^S", "em-inc-search-next"},
        {"\\e[1;5C", "em-next-word"},
        {"\\e[1;5D", "ed-prev-word"},
        {"\\e[3~", "ed-delete-next-char"},
        {"\\e[1~", "ed-move-to-beg"},
        {"\\e[4~", "ed-move-to-end"},
        {"\\e[H", "ed-move-to-beg"},
        {"\\e[F", "ed-move-to-end"},
        {"\\eOH", "ed-move-to-beg"},
        {"\\eOF", "ed-move-to-end"},
        {"\\ep", "ed-search-prev-history"},
        {"\\en", "ed-search-next-history"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

static int open_input(void)
{
    int input = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return input < 0 ? STDIN_FILENO : input;
}

static void set_up(line_editor *e)
{
    const char *terminal = getenv("TERM");
    HistEvent event;
    e->pastes = terminal && *terminal && strcmp(terminal, "dumb") != 0;
    history(e->history, &event, H_SETSIZE, HISTORY);
    el_set(e->el, EL_CLIENTDATA, e);
    el_set(e->el, EL_SIGNAL, 0);
    el_set(e->el, EL_PROMPT, show_prompt);
    el_set(e->el, EL_EDITOR, "emacs");
    el_set(e->el, EL_HIST, history, e->history);
    el_set(e->el, EL_GETCFN, read_character);
    /* wide: those of el_set would be copied, and lost */
    el_wset(e->el, EL_ADDFN, L"bx-complete", L"Complete what stands before the cursor", complete);
    el_wset(e->el, EL_ADDFN, L"bx-paste", L"Insert what the terminal pastes", paste);
    bind_keys(e->el);
    el_source(e->el, NULL); /* the user's ~/.editrc */
}

int line_editor_new(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 2);
    line_editor *e = lua_newuserdatauv(L, sizeof *e, PAINT);
    *e = (line_editor){.prompt = "", .input = -1};
    if (luaL_newmetatable(L, CLASS)) {
        static const luaL_Reg methods[] = {{"read", editor_read},
                                           {"remember", editor_remember},
                                           {"close", editor_close},
                                           {"__gc", editor_close},
                                           {NULL, NULL}};
        luaL_setfuncs(L, methods, 0);
        lua_pushvalue(L, -1);
        lua_setfield(L, -2, "__index");
    }
    lua_setmetatable(L, -2);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, COMPLETE);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, PAINT);
    e->el = el_init("bioxen", stdin, stdout, stderr);
    e->history = history_init();
    e->input = open_input();
    if (!e->el || !e->history)
        return luaL_error(L, "the terminal cannot be used for editing lines");
    set_up(e);
    return 1;
}
