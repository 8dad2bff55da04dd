#include "inside/process.h"

#include "core/interrupt.h"
#include "inside/fields.h"
#include "inside/raise.h"
#include "inside/worker.h"
#include "model/process.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define BOX_CLASS "bioxen.worker.process"

enum { NUMBER_TEXT = 40 };

typedef struct builder {
    lua_State *L;
    bx_process *process; /* owned by a box on the Lua stack */
    bx_error err;
} builder;

static void check(builder *b, int status)
{
    if (status < 0 || bx_check_interrupted(&b->err) < 0)
        bx_raise(b->L, &b->err);
}

static bx_place place_of(const builder *b, const char *section)
{
    return bx_place_make(BX_EMODEL, "process \"%.64s\", %s", bx_process_name(b->process), section);
}

static void place_item(bx_place *item, size_t section_length, size_t index)
{
    snprintf(item->text + section_length, sizeof item->text - section_length, "[%zu]", index);
}

/* The value at `index` as text of a formula: a string, or a number written out in `scratch`. */
static const char *formula_at(builder *b, int index, char scratch[NUMBER_TEXT],
                              const bx_place *place, const char *key)
{
    lua_State *L = b->L;
    if (lua_type(L, index) != LUA_TNUMBER) {
        if (lua_type(L, index) != LUA_TSTRING)
            bx_raise_format(L, BX_EMODEL,
                            "%s.%.64s: a formula (a string) or a number expected, "
                            "got %s%s",
                            place->text, key, lua_isnil(L, index) ? "" : "a ",
                            lua_isnil(L, index) ? "nothing" : luaL_typename(L, index));
        return bx_fields_string(L, index, place, key);
    }
    double value = bx_fields_number(L, index, place, key);
    if (lua_isinteger(L, index))
        snprintf(scratch, NUMBER_TEXT, "%lld", (long long)lua_tointeger(L, index));
    else
        snprintf(scratch, NUMBER_TEXT, "%.17g", value);
    return scratch;
}

/* { "A", "B" } and { A = 1, B = 2 }, or both in one. */
static void add_species(builder *b, int table)
{
    lua_State *L = b->L;
    bx_place place = place_of(b, "species");
    size_t count;
    bx_place item = place;
    size_t section = strlen(place.text);
    lua_Unsigned listed = lua_rawlen(L, table);
    for (lua_Unsigned i = 1; i <= listed; i++) {
        place_item(&item, section, i);
        lua_rawgeti(L, table, (lua_Integer)i);
        const char *name = bx_fields_string(L, -1, &item, NULL);
        check(b, bx_process_add_species(b->process, name, 0, &b->err));
        lua_pop(L, 1);
    }
    const char **names = bx_fields_names(L, table, &count, &place);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        double initial = bx_fields_number(L, -1, &place, names[i]);
        check(b, bx_process_add_species(b->process, names[i], initial, &b->err));
        lua_pop(L, 1);
    }
}

/* A table by name alone. */
static const char **names_only(builder *b, int table, size_t *count, const bx_place *place)
{
    if (lua_rawlen(b->L, table) > 0)
        bx_raise_format(b->L, BX_EMODEL, "%s: name = value expected, got a list", place->text);
    return bx_fields_names(b->L, table, count, place);
}

static void add_parameters(builder *b, int table)
{
    lua_State *L = b->L;
    bx_place place = place_of(b, "parameters");
    size_t count;
    const char **names = names_only(b, table, &count, &place);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        double value = bx_fields_number(L, -1, &place, names[i]);
        check(b, bx_process_add_parameter(b->process, names[i], value, &b->err));
        lua_pop(L, 1);
    }
}

typedef int adder(bx_process *, const char *, const char *, bx_error *);

/* { name = formula } */
static void add_formulas(builder *b, int table, const char *section, adder *add)
{
    lua_State *L = b->L;
    bx_place place = place_of(b, section);
    char scratch[NUMBER_TEXT];
    size_t count;
    const char **names = names_only(b, table, &count, &place);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        const char *formula = formula_at(b, lua_gettop(L), scratch, &place, names[i]);
        check(b, add(b->process, names[i], formula, &b->err));
        lua_pop(L, 1);
    }
}

static void add_rules(builder *b, int table)
{
    add_formulas(b, table, "rules", bx_process_add_rule);
}

static void add_rates(builder *b, int table)
{
    add_formulas(b, table, "rates", bx_process_add_rate);
}

static void add_initials(builder *b, int table)
{
    add_formulas(b, table, "initial", bx_process_add_initial);
}

/* { name = formula } or { name = { formula, start = number } } */
static void add_constraints(builder *b, int table)
{
    static const char *const keys[] = {"start", NULL};
    lua_State *L = b->L;
    bx_place place = place_of(b, "constraints");
    char scratch[NUMBER_TEXT];
    size_t count;
    const char **names = names_only(b, table, &count, &place);
    for (size_t i = 0; i < count; i++) {
        int top = lua_gettop(L);
        double start = 1;
        if (bx_fields_get(L, table, names[i]) == LUA_TTABLE) {
            bx_place item = bx_place_make(BX_EMODEL, "%.120s.%.64s", place.text, names[i]);
            bx_fields_allow(L, top + 1, keys, true, &item);
            if (lua_rawlen(L, top + 1) != 1)
                bx_raise_format(L, BX_EMODEL, "%s: one formula expected", item.text);
            if (bx_fields_get(L, top + 1, "start") != LUA_TNIL)
                start = bx_fields_number(L, -1, &item, "start");
            lua_rawgeti(L, top + 1, 1);
        }
        const char *formula = formula_at(b, lua_gettop(L), scratch, &place, names[i]);
        check(b, bx_process_add_constraint(b->process, names[i], formula, start, &b->err));
        lua_settop(L, top);
    }
}

/* { name = { amount, size } } */
static void add_concentrations(builder *b, int table)
{
    lua_State *L = b->L;
    bx_place place = place_of(b, "concentrations");
    size_t count;
    const char **names = names_only(b, table, &count, &place);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        bx_fields_expect(L, -1, LUA_TTABLE, &place, names[i]);
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        const char *amount = bx_fields_string(L, -2, &place, names[i]);
        const char *size = bx_fields_string(L, -1, &place, names[i]);
        check(b, bx_process_add_quotient(b->process, names[i], amount, size, &b->err));
        lua_pop(L, 3);
    }
}

/* Push table.name; returns it, or NULL. */
static const char *optional_name(builder *b, int table, const bx_place *place)
{
    if (bx_fields_get(b->L, table, "name") == LUA_TNIL)
        return NULL;
    return bx_fields_string(b->L, -1, place, "name");
}

/* True unless it is there and false. */
static bool boolean_field(lua_State *L, int table, const char *key, const bx_place *place)
{
    if (bx_fields_get(L, table, key) == LUA_TNIL)
        return true;
    bx_fields_expect(L, lua_gettop(L), LUA_TBOOLEAN, place, key);
    return lua_toboolean(L, -1);
}

static void add_reaction(builder *b, int table, const bx_place *place)
{
    static const char *const keys[] = {"k", "rate", "name", "fast", NULL};
    lua_State *L = b->L;
    char scratch[NUMBER_TEXT];
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, table, keys, true, place);
    if (lua_rawlen(L, table) != 1)
        bx_raise_format(L, BX_EMODEL, "%s: one equation expected, such as { \"A -> B\", k = 1 }",
                        place->text);
    lua_rawgeti(L, table, 1);
    const char *equation = bx_fields_string(L, -1, place, "1");
    const char *name = optional_name(b, table, place);
    bool has_k = bx_fields_get(L, table, "k") != LUA_TNIL;
    bool has_rate = bx_fields_get(L, table, "rate") != LUA_TNIL;
    if (has_k == has_rate)
        bx_raise_format(L, BX_EMODEL,
                        "%s (%.64s): k (mass action) or rate (a formula) expected, "
                        "got %s",
                        place->text, equation, has_k ? "both" : "neither");
    const char *key = has_k ? "k" : "rate";
    bx_rate_kind kind = has_k ? BX_RATE_MASS_ACTION : BX_RATE_FORMULA;
    int rate = has_k ? lua_gettop(L) - 1 : lua_gettop(L);
    if (bx_fields_get(L, table, "fast") != LUA_TNIL && boolean_field(L, table, "fast", place))
        check(b, bx_process_add_fast_reaction(b->process, name, equation, kind,
                                              formula_at(b, rate, scratch, place, key), &b->err));
    else if (lua_type(L, rate) == LUA_TNUMBER) /* most are: no text in between */
        check(b, bx_process_add_constant_reaction(b->process, name, equation, kind,
                                                  bx_fields_number(L, rate, place, key), &b->err));
    else
        check(b, bx_process_add_reaction(b->process, name, equation, kind,
                                         formula_at(b, rate, scratch, place, key), &b->err));
}

/* What an event sets: the table on top of the stack. The texts stay on the stack, alive. */
static void read_assignments(builder *b, bx_event_declaration *event, const bx_place *place)
{
    lua_State *L = b->L;
    int table = lua_gettop(L);
    size_t count;
    bx_place set = bx_place_make(BX_EMODEL, "%.120s.set", place->text);
    bx_fields_expect(L, table, LUA_TTABLE, place, "set");
    const char **names = names_only(b, table, &count, &set);
    if (count == 0)
        bx_raise_format(L, BX_EMODEL, "%s: name = value expected, got an empty table", set.text);
    bx_event_assignment *assignments = lua_newuserdatauv(L, count * sizeof *assignments, 0);
    luaL_checkstack(L, count < INT_MAX - 20 ? (int)count + 20 : INT_MAX, "too many assignments");
    char(*scratch)[NUMBER_TEXT] = lua_newuserdatauv(L, count * NUMBER_TEXT, 0);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        assignments[i].target = names[i];
        assignments[i].formula = formula_at(b, lua_gettop(L), scratch[i], &set, names[i]);
    }
    event->assignments = assignments;
    event->assignment_count = count;
}

/* values = "trigger" in place of the default, "firing". */
static bool values_of_trigger(lua_State *L, int table, const bx_place *place)
{
    if (bx_fields_get(L, table, "values") == LUA_TNIL)
        return false;
    const char *when = bx_fields_string(L, -1, place, "values");
    if (strcmp(when, "trigger") != 0 && strcmp(when, "firing") != 0)
        bx_raise_format(L, BX_EMODEL,
                        "%s.values: \"trigger\" or \"firing\" expected, got \"%.40s\"", place->text,
                        when);
    return strcmp(when, "trigger") == 0;
}

static void add_event(builder *b, int table, const bx_place *place)
{
    static const char *const keys[] = {"when",     "at",         "set",     "name",   "delay",
                                       "priority", "persistent", "initial", "values", NULL};
    lua_State *L = b->L;
    char at[NUMBER_TEXT], delay[NUMBER_TEXT], priority[NUMBER_TEXT];
    bx_event_declaration event = {NULL};
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, table, keys, false, place);
    event.name = optional_name(b, table, place);
    if (bx_fields_get(L, table, "when") != LUA_TNIL)
        event.when = bx_fields_string(L, -1, place, "when");
    if (bx_fields_get(L, table, "at") != LUA_TNIL)
        event.at = formula_at(b, lua_gettop(L), at, place, "at");
    if (bx_fields_get(L, table, "delay") != LUA_TNIL)
        event.delay = formula_at(b, lua_gettop(L), delay, place, "delay");
    if (bx_fields_get(L, table, "priority") != LUA_TNIL)
        event.priority = formula_at(b, lua_gettop(L), priority, place, "priority");
    event.transient = !boolean_field(L, table, "persistent", place);
    event.initially_false = !boolean_field(L, table, "initial", place);
    event.from_trigger = values_of_trigger(L, table, place);
    if (!event.when == !event.at)
        bx_raise_format(L, BX_EMODEL, "%s: when (a condition) or at (a time) expected, got %s",
                        place->text, event.at ? "both" : "neither");
    bx_fields_get(L, table, "set");
    read_assignments(b, &event, place);
    check(b, bx_process_add_event(b->process, &event, &b->err));
}

static void add_list(builder *b, int table, const char *section,
                     void (*add)(builder *, int, const bx_place *))
{
    lua_State *L = b->L;
    static const char *const no_keys[] = {"a list of tables", NULL};
    bx_place place = place_of(b, section);
    bx_fields_allow(L, table, no_keys, true, &place);
    bx_place item = place;
    size_t length = strlen(place.text);
    lua_Unsigned count = lua_rawlen(L, table);
    for (lua_Unsigned i = 1; i <= count; i++) {
        int top = lua_gettop(L);
        place_item(&item, length, i);
        lua_rawgeti(L, table, (lua_Integer)i);
        add(b, top + 1, &item);
        lua_settop(L, top);
    }
}

static void add_reactions(builder *b, int table)
{
    add_list(b, table, "reactions", add_reaction);
}

static void add_events(builder *b, int table)
{
    add_list(b, table, "events", add_event);
}

/* { name, formula } */
static void add_step(builder *b, int table, const bx_place *place, bx_phase phase)
{
    lua_State *L = b->L;
    static const char *const no_keys[] = {NULL};
    char scratch[NUMBER_TEXT];
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, table, no_keys, true, place);
    if (lua_rawlen(L, table) != 2)
        bx_raise_format(L, BX_EMODEL,
                        "%s: a name and a formula expected, such as { \"A\", \"A + 1\" }",
                        place->text);
    lua_rawgeti(L, table, 1);
    lua_rawgeti(L, table, 2);
    const char *target = bx_fields_string(L, -2, place, "1");
    const char *formula = formula_at(b, lua_gettop(L), scratch, place, "2");
    check(b, bx_process_add_step(b->process, phase, target, formula, &b->err));
}

static void add_step_before(builder *b, int table, const bx_place *place)
{
    add_step(b, table, place, BX_PHASE_BEFORE);
}

static void add_step_after(builder *b, int table, const bx_place *place)
{
    add_step(b, table, place, BX_PHASE_AFTER);
}

/* { before = { { name, formula }, ... }, after = the same } */
static void add_exchange(builder *b, int table)
{
    static const char *const keys[] = {"before", "after", NULL};
    bx_place place = place_of(b, "exchange");
    bx_fields_allow(b->L, table, keys, false, &place);
    if (bx_fields_get(b->L, table, "before") != LUA_TNIL) {
        bx_fields_expect(b->L, lua_gettop(b->L), LUA_TTABLE, &place, "before");
        add_list(b, lua_gettop(b->L), "exchange.before", add_step_before);
    }
    if (bx_fields_get(b->L, table, "after") != LUA_TNIL) {
        bx_fields_expect(b->L, lua_gettop(b->L), LUA_TTABLE, &place, "after");
        add_list(b, lua_gettop(b->L), "exchange.after", add_step_after);
    }
}

static void add_section(builder *b, int definition, const char *section,
                        void (*add)(builder *, int))
{
    lua_State *L = b->L;
    if (bx_fields_get(L, definition, section) != LUA_TNIL) {
        bx_place place = place_of(b, section);
        int table = lua_gettop(L);
        bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
        add(b, table);
        lua_settop(L, table);
    }
    lua_pop(L, 1);
}

static int box_free(lua_State *L)
{
    bx_process **box = luaL_checkudata(L, 1, BOX_CLASS);
    bx_process_free(*box);
    *box = NULL;
    return 0;
}

/* A box on the stack owns the process until the cell does, for any step may raise. */
static bx_process **new_process(builder *b, const char *name)
{
    bx_process **box = lua_newuserdatauv(b->L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(b->L, BOX_CLASS);
    *box = b->process = bx_process_new(name, &b->err);
    check(b, *box ? 0 : -1);
    return box;
}

static int define(lua_State *L)
{
    static const char *const keys[] = {"species",     "parameters", "rules",   "reactions",
                                       "events",      "rates",      "initial", "concentrations",
                                       "constraints", "exchange",   NULL};
    builder b = {.L = L};
    bx_worker *worker = bx_worker_of(L);
    bx_place place = bx_place_make(BX_EMODEL, "process");
    if (worker->running)
        bx_raise_format(L, BX_ESCRIPT, "the cell is running: define processes before");
    const char *name = bx_fields_string(L, 1, &place, NULL);
    place = bx_place_make(BX_EMODEL, "process \"%.64s\"", name);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    bx_process **box = new_process(&b, name);
    add_section(&b, 2, "species", add_species);
    add_section(&b, 2, "parameters", add_parameters);
    add_section(&b, 2, "rules", add_rules);
    add_section(&b, 2, "concentrations", add_concentrations);
    add_section(&b, 2, "constraints", add_constraints);
    add_section(&b, 2, "rates", add_rates);
    add_section(&b, 2, "initial", add_initials);
    add_section(&b, 2, "reactions", add_reactions);
    add_section(&b, 2, "events", add_events);
    add_section(&b, 2, "exchange", add_exchange);
    check(&b, bx_process_settle(b.process, &b.err));
    *box = NULL;
    check(&b, bx_cell_define(worker->cell, b.process, &b.err));
    return 0;
}

/* The second half of process "name" { ... }. */
static int define_named(lua_State *L)
{
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    return define(L);
}

int bx_process_lua(lua_State *L)
{
    if (lua_gettop(L) != 1 || lua_type(L, 1) != LUA_TSTRING) {
        lua_settop(L, 2);
        return define(L);
    }
    lua_pushcclosure(L, define_named, 1);
    return 1;
}

void bx_process_open(lua_State *L)
{
    luaL_newmetatable(L, BOX_CLASS);
    lua_pushcfunction(L, box_free);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
