#include "inside/objective.h"

#include "analysis/fit.h"
#include "core/names.h"
#include "exchange/petab_math.h"
#include "exchange/yaml.h"
#include "inside/fields.h"
#include "inside/output.h"
#include "inside/raise.h"
#include "inside/sbml.h"
#include "inside/worker.h"
#include "interrupt/hook.h"
#include "model/parser.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CLASS "bioxen.Objective"
#define YAML_DEPTH 32
#define MOST_STEPS 20000 /* of a run while parameters are sought */

/* ---- what fields hold ---- */

/* A number, infinite ones too; `usual` where there is none. */
static double any_number(lua_State *L, int table, const char *key, double usual,
                         const bx_place *place)
{
    double value = usual;
    if (bx_fields_get(L, table, key) != LUA_TNIL) {
        bx_fields_expect(L, -1, LUA_TNUMBER, place, key);
        value = lua_tonumber(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

/* A text, which stays on the stack: a finaliser may change the table. */
static const char *text_of(lua_State *L, int table, const char *key, const bx_place *place)
{
    bx_fields_get(L, table, key);
    return bx_fields_string(L, -1, place, key);
}

static bool flag_of(lua_State *L, int table, const char *key)
{
    bool flag = bx_fields_get(L, table, key) != LUA_TNIL && lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

/* The place of a word in a list that ends with NULL; the first where there is none. */
static int choice_of(lua_State *L, int table, const char *key, const char *const *words,
                     const bx_place *place)
{
    int chosen = 0;
    if (bx_fields_get(L, table, key) != LUA_TNIL) {
        const char *word = bx_fields_string(L, -1, place, key);
        while (words[chosen] && strcmp(words[chosen], word) != 0)
            chosen++;
        if (!words[chosen])
            bx_raise_format(L, place->code, "%s.%s: \"%.40s\" is not known", place->text, key,
                            word);
    }
    lua_pop(L, 1);
    return chosen;
}

static const char *const scales[] = {"linear", "log", "log10", NULL};
static const char *const gradients[] = {"forward", "adjoint", "differences", NULL};
static const char *const noises[] = {"normal", "laplace", NULL};

/* The entry `i` of the list at `list`, a table that is pushed. */
static int entry_of(lua_State *L, int list, lua_Integer i, const bx_place *place)
{
    lua_rawgeti(L, list, i);
    bx_fields_expect(L, -1, LUA_TTABLE, place, NULL);
    return lua_gettop(L);
}

/* The list at `key`, pushed; how long it is. */
static lua_Integer list_of(lua_State *L, int table, const char *key, const bx_place *place)
{
    bx_fields_get(L, table, key);
    bx_fields_expect(L, -1, LUA_TTABLE, place, key);
    return (lua_Integer)lua_rawlen(L, -1);
}

static void must(lua_State *L, int result, const bx_error *err)
{
    if (result < 0)
        bx_raise(L, err);
}

/* ---- building ---- */

typedef bx_formula *parser(const char *text, bx_error *err);

typedef struct making {
    lua_State *L;
    bx_objective *objective;
    parser *parse; /* of the language of formulas */
} making;

/* What is read of an entry, a table; it may leave what it likes on the stack. */
typedef void reader(making *m, int table, lua_Integer number, const bx_place *place);

/* Read each entry of the list at `key`. */
static void each(making *m, int table, const char *key, reader *read)
{
    lua_State *L = m->L;
    bx_place place = bx_place_make(BX_EMODEL, "%s", key);
    lua_Integer count = list_of(L, table, key, &place);
    int list = lua_gettop(L);
    for (lua_Integer i = 1; i <= count; i++) {
        read(m, entry_of(L, list, i, &place), i, &place);
        lua_settop(L, list);
    }
    lua_pop(L, 1);
}

static bx_prior prior_of(lua_State *L, int table, const char *key, const bx_parameter *p,
                         const bx_place *place)
{
    bx_prior made = {BX_PRIOR_NONE};
    if (bx_fields_get(L, table, key) != LUA_TNIL) {
        int prior = lua_gettop(L);
        bx_fields_expect(L, prior, LUA_TTABLE, place, "prior");
        const char *kind = text_of(L, prior, "kind", place);
        made.kind = bx_prior_named(kind);
        if (made.kind == BX_PRIOR_COUNT)
            bx_raise_format(L, place->code, "%s: there is no prior \"%.40s\"", place->text, kind);
        made.a = any_number(L, prior, "a", NAN, place);
        made.b = any_number(L, prior, "b", NAN, place);
        made.scaled = flag_of(L, prior, "scaled");
        if (flag_of(L, prior, "truncated") && bx_prior_valid(&made) &&
            !bx_prior_truncate(&made, p->lower, p->upper))
            bx_raise_format(L, place->code,
                            "parameter \"%.64s\": its prior has no weight within its bounds",
                            p->id);
        lua_settop(L, prior);
    }
    lua_pop(L, 1);
    return made;
}

static void read_parameter(making *m, int table, lua_Integer number, const bx_place *place)
{
    static const char *const keys[] = {"id",        "value", "lower", "upper", "scale",
                                       "estimated", "prior", "start", NULL};
    lua_State *L = m->L;
    bx_error err;
    (void)number;
    bx_fields_allow(L, table, keys, false, place);
    bx_parameter p = {.id = text_of(L, table, "id", place)};
    bx_place inner = bx_place_make(BX_EMODEL, "parameter \"%.64s\"", p.id);
    p.value = any_number(L, table, "value", NAN, &inner);
    p.lower = any_number(L, table, "lower", -INFINITY, &inner);
    p.upper = any_number(L, table, "upper", INFINITY, &inner);
    p.scale = (bx_scale)choice_of(L, table, "scale", scales, &inner);
    p.estimated = flag_of(L, table, "estimated");
    p.prior = prior_of(L, table, "prior", &p, &inner);
    p.start = prior_of(L, table, "start", &p, &inner);
    must(L, bx_objective_add_parameter(m->objective, &p, &err), &err);
}

/* No Lua call can raise while the formulas are held. */
static int add_observable(making *m, bx_observable *observable, const char *formula,
                          const char *deviation, bx_error *err)
{
    bx_error inner;
    observable->formula = m->parse(formula, &inner);
    observable->deviation = observable->formula ? m->parse(deviation, &inner) : NULL;
    if (!observable->deviation)
        bx_formula_free(observable->formula);
    else if (bx_objective_add_observable(m->objective, observable, &inner) == 0)
        return 0;
    return bx_fail(err, inner.code, "observable \"%.64s\": %.900s", observable->id, inner.message);
}

static void read_observable(making *m, int table, lua_Integer number, const bx_place *place)
{
    static const char *const keys[] = {"id",    "formula",      "deviation", "scale",
                                       "noise", "placeholders", NULL};
    lua_State *L = m->L;
    bx_error err;
    (void)number;
    bx_fields_allow(L, table, keys, false, place);
    bx_observable o = {.id = text_of(L, table, "id", place)};
    o.scale = (bx_scale)choice_of(L, table, "scale", scales, place);
    o.noise = (bx_noise)choice_of(L, table, "noise", noises, place);
    o.placeholders = bx_fields_name_list(L, table, "placeholders", &o.placeholder_count, place);
    const char *formula = text_of(L, table, "formula", place);
    const char *deviation = text_of(L, table, "deviation", place);
    must(L, add_observable(m, &o, formula, deviation, &err), &err);
}

/* { target, value }: value a formula, or false for what the cell had at the beginning. */
static void read_change(making *m, int table, const char *id, const bx_place *place)
{
    lua_State *L = m->L;
    bx_error err;
    bx_formula *value = NULL;
    lua_rawgeti(L, table, 1);
    const char *target = bx_fields_string(L, -1, place, "target");
    lua_rawgeti(L, table, 2);
    const char *text = lua_toboolean(L, -1) ? bx_fields_string(L, -1, place, "value") : NULL;
    bx_error inner = {BX_OK};
    if (text)
        value = m->parse(text, &inner);
    int result = text && !value ? -1 : bx_objective_add_change(m->objective, target, value, &inner);
    if (result < 0)
        bx_fail(&err, inner.code, "experiment \"%.64s\", \"%.64s\": %.700s", id, target,
                inner.message);
    must(L, result, &err);
}

static void read_periods(making *m, int experiment, const char *id)
{
    lua_State *L = m->L;
    int top = lua_gettop(L);
    bx_place place = bx_place_make(BX_EMODEL, "experiment \"%.64s\"", id);
    lua_Integer count = (lua_Integer)lua_rawlen(L, experiment);
    for (lua_Integer i = 1; i <= count; i++) {
        bx_error err;
        int period = entry_of(L, experiment, i, &place);
        double time = any_number(L, period, "time", 0, &place);
        must(L, bx_objective_add_period(m->objective, time, &err), &err);
        lua_Integer changes = list_of(L, period, "set", &place);
        int list = lua_gettop(L);
        for (lua_Integer j = 1; j <= changes; j++) {
            read_change(m, entry_of(L, list, j, &place), id, &place);
            lua_settop(L, list);
        }
        lua_settop(L, top);
    }
}

static void read_experiment(making *m, int table, lua_Integer number, const bx_place *place)
{
    bx_error err;
    const char *id = text_of(m->L, table, "id", place);
    (void)number;
    must(m->L, bx_objective_add_experiment(m->objective, id, &err), &err);
    read_periods(m, table, id);
}

/* A parameter's id or a number. */
static bx_fill fill_of(making *m, const bx_place *place)
{
    lua_State *L = m->L;
    bx_fill fill = {BX_NAME_NONE, lua_tonumber(L, -1)};
    if (lua_type(L, -1) == LUA_TNUMBER)
        return fill;
    const char *id = bx_fields_string(L, -1, place, "fills");
    fill.parameter = bx_objective_parameter_named(m->objective, id);
    if (fill.parameter == BX_NAME_NONE)
        bx_raise_format(L, place->code, "%s: there is no parameter \"%.64s\"", place->text, id);
    return fill;
}

static void read_measurement(making *m, int table, lua_Integer number, const bx_place *list)
{
    lua_State *L = m->L;
    bx_error err;
    bx_place inner = bx_place_make(list->code, "measurement %d", (int)number), *place = &inner;
    if (bx_fields_get(L, table, "where") == LUA_TSTRING)
        inner = bx_place_make(list->code, "%.150s", lua_tostring(L, -1));
    const char *experiment = text_of(L, table, "experiment", place);
    const char *observable = text_of(L, table, "observable", place);
    bx_measurement measurement = {
        .experiment = bx_objective_experiment_named(m->objective, experiment),
        .observable = bx_objective_observable_named(m->objective, observable),
        .time = any_number(L, table, "time", NAN, place),
        .value = any_number(L, table, "value", NAN, place)};
    if (measurement.experiment == BX_NAME_NONE)
        bx_raise_format(L, place->code, "%s: no experiment \"%.64s\"", place->text, experiment);
    if (measurement.observable == BX_NAME_NONE)
        bx_raise_format(L, place->code, "%s: no observable \"%.64s\"", place->text, observable);
    size_t wanted = bx_objective_placeholders(m->objective, measurement.observable);
    bx_fill *fills = lua_newuserdatauv(L, (wanted + 1) * sizeof *fills, 0);
    if (wanted > 0) {
        size_t count = (size_t)list_of(L, table, "fills", place);
        if (count != wanted)
            bx_raise_format(L, place->code, "%s: %d values where \"%.64s\" has %d placeholders",
                            place->text, (int)count, observable, (int)wanted);
        for (size_t i = 0; i < wanted; i++) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
            fills[i] = fill_of(m, place);
            lua_pop(L, 1);
        }
    }
    measurement.fills = fills;
    if (bx_objective_add_measurement(m->objective, &measurement, &err) < 0)
        bx_raise_format(L, err.code, "%s: %.900s", place->text, err.message);
}

static void read_aliases(making *m, int spec)
{
    lua_State *L = m->L;
    bx_place place = bx_place_make(BX_EMODEL, "aliases");
    if (bx_fields_get(L, spec, "aliases") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    int table = lua_gettop(L);
    size_t count;
    bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
    const char **names = bx_fields_names(L, table, &count, &place);
    int top = lua_gettop(L);
    for (size_t i = 0; i < count; i++) {
        bx_error err;
        const char *name = text_of(L, table, names[i], &place);
        must(L, bx_objective_alias(m->objective, names[i], name, &err), &err);
        lua_settop(L, top);
    }
    lua_settop(L, table - 1);
}

static bx_objective *check_objective(lua_State *L)
{
    return *(bx_objective **)luaL_checkudata(L, 1, CLASS);
}

int bx_objective_lua_new(lua_State *L)
{
    static const char *const keys[] = {"parameters", "aliases",       "observables",  "experiments",
                                       "language",   "events_afresh", "measurements", NULL};
    static const char *const languages[] = {"cell", "petab", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "objective");
    bx_error err;
    lua_settop(L, 2);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    bx_objective **box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = NULL;
    luaL_setmetatable(L, CLASS);
    *box = bx_objective_new(bx_worker_of(L)->cell, &err);
    must(L, *box ? 0 : -1, &err);
    making m = {L, *box,
                choice_of(L, 2, "language", languages, &place) == 1 ? bx_petab_math
                                                                    : bx_formula_parse};
    read_aliases(&m, 2);
    each(&m, 2, "parameters", read_parameter);
    each(&m, 2, "observables", read_observable);
    each(&m, 2, "experiments", read_experiment);
    each(&m, 2, "measurements", read_measurement);
    if (flag_of(L, 2, "events_afresh"))
        bx_objective_start_events_afresh(m.objective);
    return 1;
}

/* ---- methods ---- */

static int objective_free(lua_State *L)
{
    bx_objective **box = luaL_checkudata(L, 1, CLASS);
    bx_objective_free(*box);
    *box = NULL;
    return 0;
}

/* Values of all parameters in a userdata that is pushed: those of the table at `index`, by id. */
static double *values_of(lua_State *L, const bx_objective *objective, int index, bool all)
{
    bx_place place = bx_place_make(BX_EMODEL, "parameters");
    size_t count = bx_objective_parameters(objective);
    double *values = lua_newuserdatauv(L, (count + 1) * sizeof *values, 0);
    for (size_t i = 0; i < count; i++) {
        const bx_parameter *p = bx_objective_parameter(objective, i);
        values[i] =
            lua_istable(L, index) ? any_number(L, index, p->id, p->value, &place) : p->value;
        if (all && !isfinite(values[i]))
            bx_raise_format(L, BX_EMODEL, "parameter \"%.64s\" has no value", p->id);
    }
    return values;
}

static void set_list(lua_State *L, const char *key, const double *values, size_t count)
{
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushnumber(L, values[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

/* evaluate([values]) -> { llh, chi2, log_prior, simulations, deviations, impossible } */
static int objective_evaluate(lua_State *L)
{
    bx_objective *objective = check_objective(L);
    bx_effort effort = {.interrupt = &bx_interrupted};
    bx_error err;
    lua_settop(L, 2);
    const double *values = values_of(L, objective, 2, true);
    size_t count = bx_objective_measurements(objective);
    bx_evaluation e = {.simulations = lua_newuserdatauv(L, (count + 1) * sizeof(double), 0),
                       .deviations = lua_newuserdatauv(L, (count + 1) * sizeof(double), 0)};
    if (bx_objective_evaluate(objective, values, &effort, &e, &err) < 0)
        return bx_raise(L, &err);
    lua_createtable(L, 0, 6);
    set_number(L, "llh", e.llh);
    set_number(L, "chi2", e.chi2);
    set_number(L, "log_prior", e.log_prior);
    set_list(L, "simulations", e.simulations, count);
    set_list(L, "deviations", e.deviations, count);
    if (e.impossible != BX_NAME_NONE)
        set_number(L, "impossible", (double)e.impossible + 1);
    return 1;
}

/* gradient([values[, by]]) -> { llh, log_prior, by, gradient = { id = number }, information } */
static void set_information(lua_State *L, const bx_objective *objective, const double *information)
{
    size_t n = bx_objective_parameters(objective);
    lua_createtable(L, 0, (int)n);
    for (size_t i = 0; i < n; i++) {
        const bx_parameter *p = bx_objective_parameter(objective, i);
        if (!p->estimated)
            continue;
        lua_createtable(L, 0, (int)n);
        for (size_t j = 0; j < n; j++)
            if (bx_objective_parameter(objective, j)->estimated)
                set_number(L, bx_objective_parameter(objective, j)->id, information[i * n + j]);
        lua_setfield(L, -2, p->id);
    }
    lua_setfield(L, -2, "information");
}

static int objective_gradient(lua_State *L)
{
    static const char *const keys[] = {"by", "solver", NULL};
    bx_objective *objective = check_objective(L);
    bx_place place = bx_place_make(BX_ESCRIPT, "gradient");
    bx_effort effort = {.interrupt = &bx_interrupted};
    bx_error err;
    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) {
        bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 3, keys, false, &place);
        effort.gradient = (bx_gradient)choice_of(L, 3, "by", gradients, &place);
        effort.relative_tolerance = any_number(L, 3, "solver", 0, &place);
    }
    const double *values = values_of(L, objective, 2, true);
    size_t count = bx_objective_measurements(objective), n = bx_objective_parameters(objective);
    double *room = lua_newuserdatauv(L, (2 * count + n + n * n + 1) * sizeof *room, 0);
    double *gradient = room + 2 * count;
    bool informs = effort.gradient != BX_GRADIENT_ADJOINT;
    bx_evaluation e = {.simulations = room,
                       .deviations = room + count,
                       .information = informs ? gradient + n : NULL};
    if (bx_objective_gradient(objective, values, &effort, &e, gradient, &err) < 0)
        return bx_raise(L, &err);
    lua_createtable(L, 0, 5);
    set_number(L, "llh", e.llh);
    set_number(L, "log_prior", e.log_prior);
    lua_pushstring(L, gradients[e.by]);
    lua_setfield(L, -2, "by");
    if (informs)
        set_information(L, objective, e.information);
    lua_createtable(L, 0, (int)n);
    for (size_t i = 0; i < n; i++)
        if (bx_objective_parameter(objective, i)->estimated)
            set_number(L, bx_objective_parameter(objective, i)->id, gradient[i]);
    lua_setfield(L, -2, "gradient");
    return 1;
}

/* Set the table at the top's field to { id = value } of all parameters. */
static void set_values(lua_State *L, const char *key, const bx_objective *objective,
                       const double *values)
{
    size_t count = bx_objective_parameters(objective);
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++)
        set_number(L, bx_objective_parameter(objective, i)->id, values[i]);
    lua_setfield(L, -2, key);
}

/* Whole numbers of 0 or more. */
static uint64_t whole_of(lua_State *L, int table, const char *key, double usual,
                         const bx_place *place)
{
    double value = any_number(L, table, key, usual, place);
    if (!(value >= 0 && value <= 0x1p53 && value == floor(value)))
        bx_raise_format(L, place->code, "%s.%s: a whole number expected, got %g", place->text, key,
                        value);
    return (uint64_t)value;
}

/* Which parameters are held: the names of a list. In a userdata that is pushed. */
static bool *held_of(lua_State *L, const bx_objective *objective, int options,
                     const bx_place *place)
{
    size_t count = 0, n = bx_objective_parameters(objective);
    const char *const *names = bx_fields_name_list(L, options, "held", &count, place);
    bool *held = lua_newuserdatauv(L, n + 1, 0);
    memset(held, 0, n + 1);
    for (size_t i = 0; i < count; i++) {
        size_t parameter = bx_objective_parameter_named(objective, names[i]);
        if (parameter == BX_NAME_NONE)
            bx_raise_format(L, place->code, "%s.held: there is no parameter \"%.64s\"", place->text,
                            names[i]);
        held[parameter] = true;
    }
    return held;
}

static void report(void *data, size_t evaluations, double best)
{
    const bx_fit_ask *ask = data;
    char text[96];
    double part =
        ask->maximum_evaluations ? (double)evaluations / (double)ask->maximum_evaluations : 0;
    int length = snprintf(text, sizeof text, "%zu evaluations, %.6g", evaluations, best);
    bx_output_progress(fmin(part, 1), NAN, text, (size_t)length);
}

/* fit{ values, start, seed, method, evaluations, tolerance, solver, held, gradient } ->
 * { values, log_posterior, evaluations, failures, stopped, gradient } */
static int objective_fit(lua_State *L)
{
    static const char *const keys[] = {"values",    "start",  "seed", "method",   "evaluations",
                                       "tolerance", "solver", "held", "gradient", NULL};
    static const char *const methods[] = {"local", "global", NULL};
    static const char *const ends[] = {"converged", "evaluations", "interrupted"};
    bx_objective *objective = check_objective(L);
    bx_place place = bx_place_make(BX_ESCRIPT, "fit");
    bx_fit_ask ask = {.progress = report, .progress_data = &ask};
    bx_fit fit;
    bx_error err;
    lua_settop(L, 2);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    ask.seed = whole_of(L, 2, "seed", 1, &place);
    ask.maximum_evaluations = whole_of(L, 2, "evaluations", 0, &place);
    ask.method = (bx_fit_method)choice_of(L, 2, "method", methods, &place);
    ask.tolerance = any_number(L, 2, "tolerance", 0, &place);
    ask.effort = (bx_effort){.relative_tolerance = any_number(L, 2, "solver", 0, &place),
                             .maximum_steps = MOST_STEPS,
                             .interrupt = &bx_interrupted};
    ask.effort.gradient = bx_fields_get(L, 2, "gradient") == LUA_TNIL
                              ? bx_fit_gradient(objective)
                              : (bx_gradient)choice_of(L, 2, "gradient", gradients, &place);
    lua_pop(L, 1);
    uint64_t start = whole_of(L, 2, "start", 0, &place);
    bx_fields_get(L, 2, "values");
    double *values = values_of(L, objective, lua_gettop(L), start == 0);
    if (start > 0)
        must(L, bx_fit_start(objective, ask.seed, start, values, &err), &err);
    const bool *held = held_of(L, objective, 2, &place);
    bx_output_flush();
    must(L, bx_fit_run(objective, &ask, held, values, &fit, &err), &err);
    lua_createtable(L, 0, 6);
    set_values(L, "values", objective, values);
    set_number(L, "log_posterior", fit.log_posterior);
    set_number(L, "evaluations", (double)fit.evaluations);
    set_number(L, "failures", (double)fit.failures);
    lua_pushstring(L, ends[fit.end]);
    lua_setfield(L, -2, "stopped");
    lua_pushstring(L, gradients[fit.by]);
    lua_setfield(L, -2, "gradient");
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, 1); /* a call that is interrupted gives nothing */
    return 1;
}

/* last() -> what the last fit came to, or nil */
static int objective_last(lua_State *L)
{
    check_objective(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* ---- PEtab's parts ---- */

static void push_json(lua_State *L, const json_t *value)
{
    const char *key;
    size_t index;
    json_t *item;
    luaL_checkstack(L, 4, "YAML");
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        lua_newtable(L);
        json_object_foreach((json_t *)value, key, item)
        {
            push_json(L, item);
            lua_setfield(L, -2, key);
        }
        return;
    case JSON_ARRAY:
        lua_newtable(L);
        json_array_foreach(value, index, item)
        {
            push_json(L, item);
            lua_rawseti(L, -2, (lua_Integer)index + 1);
        }
        return;
    case JSON_STRING:
        lua_pushlstring(L, json_string_value(value), json_string_length(value));
        return;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(value)); return;
    case JSON_REAL: lua_pushnumber(L, json_real_value(value)); return;
    case JSON_NULL: lua_pushnil(L); return;
    default: lua_pushboolean(L, json_is_true(value));
    }
}

/* Protected, for the document is no Lua object. */
static int push_document(lua_State *L)
{
    push_json(L, lua_touserdata(L, 1));
    return 1;
}

/* yaml(text) -> its value */
static int petab_yaml(lua_State *L)
{
    size_t length;
    bx_error err;
    const char *text = luaL_checklstring(L, 1, &length);
    luaL_checkstack(L, 4, NULL);
    lua_pushcfunction(L, push_document);
    json_t *document = bx_yaml_read(text, length, YAML_DEPTH, &err);
    if (!document)
        return bx_raise(L, &err);
    lua_pushlightuserdata(L, document);
    int status = lua_pcall(L, 1, 1, 0);
    json_decref(document);
    return status == LUA_OK ? 1 : lua_error(L);
}

/* names(formula) -> the names in it, a line each; or nil and what is wrong with it */
static int petab_names(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    bx_buffer *names = bx_sbml_push_text(L);
    bx_error err;
    bx_formula *formula = bx_petab_math(text, &err);
    if (!formula) {
        lua_pushnil(L);
        lua_pushstring(L, err.message);
        return 2;
    }
    for (size_t i = 0; i < formula->name_count; i++) {
        bx_buffer_append(names, formula->names[i].text, strlen(formula->names[i].text));
        bx_buffer_append(names, "\n", 1);
    }
    bx_formula_free(formula);
    if (bx_buffer_finish(names, 0) < 0)
        return bx_raise_format(L, BX_EMEMORY, "out of memory");
    lua_pushlstring(L, (const char *)names->data, names->length);
    return 1;
}

static const luaL_Reg methods[] = {{"evaluate", objective_evaluate},
                                   {"fit", objective_fit},
                                   {"gradient", objective_gradient},
                                   {"last", objective_last},
                                   {NULL, NULL}};
static const luaL_Reg functions[] = {{"names", petab_names}, {"yaml", petab_yaml}, {NULL, NULL}};

void bx_objective_open(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, objective_free);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    lua_setglobal(L, "petab");
    lua_pop(L, 1);
}
