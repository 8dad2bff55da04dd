#include "analysis/objective_parts.h"

#include "core/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double bx_scale_to(bx_scale scale, double value)
{
    return scale == BX_SCALE_LOG10 ? log10(value) : scale == BX_SCALE_LOG ? log(value) : value;
}

double bx_scale_from(bx_scale scale, double scaled)
{
    return scale == BX_SCALE_LOG10 ? pow(10, scaled) : scale == BX_SCALE_LOG ? exp(scaled) : scaled;
}

bx_objective *bx_objective_new(bx_cell *cell, bx_error *err)
{
    bx_objective *o = calloc(1, sizeof *o);
    if (!o) {
        bx_fail_memory(err);
        return NULL;
    }
    o->cell = cell;
    o->generation = bx_cell_generation(cell);
    o->begin = bx_cell_keep(cell, err);
    if (o->begin)
        return o;
    free(o);
    return NULL;
}

/* ---- freeing ---- */

static void free_sourced(bx_sourced *sourced)
{
    bx_expression_free(sourced->expression);
    free(sourced->sources);
}

static void free_observable(bx_objective_observable *observable)
{
    free_sourced(&observable->formula);
    free_sourced(&observable->deviation);
    for (size_t i = 0; i < observable->placeholder_count; i++)
        free(observable->placeholders[i]);
    free(observable->placeholders);
    free(observable->id);
}

static void free_experiment(bx_experiment *experiment)
{
    for (size_t i = 0; i < experiment->period_count; i++) {
        bx_period *period = &experiment->periods[i];
        for (size_t j = 0; j < period->change_count; j++)
            free_sourced(&period->changes[j].value);
        free(period->changes);
    }
    free(experiment->periods);
    free(experiment->id);
    bx_following_free(experiment->following);
}

void bx_objective_free(bx_objective *o)
{
    if (!o)
        return;
    bx_state_free(o->begin);
    bx_returning_free(o->returning);
    for (size_t i = 0; i < o->parameter_count; i++)
        free((char *)o->parameters[i].id);
    for (size_t i = 0; i < o->observable_count; i++)
        free_observable(&o->observables[i]);
    for (size_t i = 0; i < o->experiment_count; i++)
        free_experiment(&o->experiments[i]);
    for (size_t i = 0; i < o->measurement_count; i++)
        free(o->measurements[i].fills);
    for (size_t i = 0; i < 2 * o->alias_count; i++)
        free(o->aliases[i]);
    bx_names_free(&o->parameter_index);
    bx_names_free(&o->observable_index);
    bx_names_free(&o->experiment_index);
    bx_names_free(&o->alias_index);
    void *blocks[] = {o->parameters,   o->parameter_slots, o->observables, o->experiments,
                      o->measurements, o->aliases,         o->columns,     o->column_names,
                      o->order,        o->times,           o->rows,        o->base,
                      o->before,       o->set_values,      o->set_slots,   o};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

/* ---- names ---- */

int bx_objective_alias(bx_objective *o, const char *id, const char *name, bx_error *err)
{
    if (bx_names_find(&o->alias_index, id) != BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "\"%.64s\" is given twice", id);
    char **aliases =
        bx_array_grow(o->aliases, o->alias_count, &o->alias_capacity, 2 * sizeof *aliases);
    if (!aliases)
        return bx_fail_memory(err);
    o->aliases = aliases;
    char *from = strdup(id), *to = strdup(name);
    if (!from || !to || bx_names_add(&o->alias_index, from, o->alias_count) < 0) {
        free(from);
        free(to);
        return bx_fail_memory(err);
    }
    aliases[2 * o->alias_count] = from;
    aliases[2 * o->alias_count++ + 1] = to;
    return 0;
}

static size_t slot_of(const bx_objective *o, const char *id)
{
    size_t alias = bx_names_find(&o->alias_index, id);
    return bx_cell_slot(o->cell, alias == BX_NAME_NONE ? id : o->aliases[2 * alias + 1]);
}

/* The column that records a slot of the cell. BX_NAME_NONE without memory. */
static size_t column_of(bx_objective *o, size_t slot)
{
    for (size_t i = 0; i < o->column_count; i++)
        if (o->columns[i] == slot)
            return i;
    size_t *columns =
        bx_array_grow(o->columns, o->column_count, &o->column_capacity, sizeof *columns);
    if (!columns)
        return BX_NAME_NONE;
    o->columns = columns;
    const char **names =
        bx_array_grow(o->column_names, o->column_count, &o->name_capacity, sizeof *names);
    if (!names)
        return BX_NAME_NONE;
    o->column_names = names;
    columns[o->column_count] = slot;
    names[o->column_count] = bx_cell_variable(o->cell, slot, NULL);
    return o->column_count++;
}

/* The names of a formula: placeholders of an observable, then parameters, then the cell's. */
static int find_source(bx_objective *o, const char *name, const bx_objective_observable *observable,
                       bx_source *source, bx_error *err)
{
    for (size_t i = 0; observable && i < observable->placeholder_count; i++) {
        if (strcmp(observable->placeholders[i], name) == 0) {
            *source = (bx_source){BX_FROM_FILL, i};
            return 0;
        }
    }
    size_t parameter = bx_names_find(&o->parameter_index, name);
    if (parameter != BX_NAME_NONE) {
        *source = (bx_source){BX_FROM_PARAMETER, parameter};
        return 0;
    }
    size_t slot = slot_of(o, name);
    if (slot == BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL,
                       "there is no \"%.64s\" among the parameters nor in the model", name);
    size_t index = observable ? column_of(o, slot) : slot;
    if (index == BX_NAME_NONE)
        return bx_fail_memory(err);
    *source = (bx_source){BX_FROM_CELL, index};
    return 0;
}

static int make_sourced(bx_objective *o, bx_formula *formula,
                        const bx_objective_observable *observable, bx_sourced *sourced,
                        bx_error *err)
{
    sourced->expression = bx_expression_new(formula, err);
    if (!sourced->expression)
        return -1;
    size_t count = bx_expression_names(sourced->expression);
    sourced->sources = calloc(count + 1, sizeof *sourced->sources);
    if (!sourced->sources)
        return bx_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (find_source(o, bx_expression_name(sourced->expression, i), observable,
                        &sourced->sources[i], err) < 0)
            return -1;
    return 0;
}

/* ---- parts ---- */

static int check_bounds(const bx_parameter *p, bx_error *err)
{
    if (!p->estimated)
        return 0;
    if (!(p->lower <= p->upper))
        return bx_fail(err, BX_EMODEL, "parameter \"%.64s\": its lower bound %g is above %g", p->id,
                       p->lower, p->upper);
    if (p->scale != BX_SCALE_LINEAR && !(p->lower > 0))
        return bx_fail(err, BX_EMODEL,
                       "parameter \"%.64s\": its lower bound %g is not above 0, as it must be on "
                       "a logarithmic scale",
                       p->id, p->lower);
    return 0;
}

int bx_objective_add_parameter(bx_objective *o, const bx_parameter *parameter, bx_error *err)
{
    const char *id = parameter->id;
    if (bx_names_find(&o->parameter_index, id) != BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "parameter \"%.64s\" is given twice", id);
    if (check_bounds(parameter, err) < 0)
        return -1;
    if (!bx_prior_valid(&parameter->prior) || !bx_prior_valid(&parameter->start))
        return bx_fail(err, BX_EMODEL, "parameter \"%.64s\": its prior can't be %g, %g", id,
                       parameter->prior.a, parameter->prior.b);
    bx_parameter *parameters = bx_array_grow(o->parameters, o->parameter_count,
                                             &o->parameter_capacity, sizeof *parameters);
    if (!parameters)
        return bx_fail_memory(err);
    o->parameters = parameters;
    size_t *slots =
        bx_array_grow(o->parameter_slots, o->parameter_count, &o->slot_capacity, sizeof *slots);
    if (!slots)
        return bx_fail_memory(err);
    o->parameter_slots = slots;
    char *copy = strdup(id);
    if (!copy || bx_names_add(&o->parameter_index, copy, o->parameter_count) < 0) {
        free(copy);
        return bx_fail_memory(err);
    }
    slots[o->parameter_count] = slot_of(o, id);
    parameters[o->parameter_count] = *parameter;
    parameters[o->parameter_count++].id = copy;
    return 0;
}

static int copy_placeholders(bx_objective_observable *into, const bx_observable *from,
                             bx_error *err)
{
    into->placeholders = calloc(from->placeholder_count + 1, sizeof *into->placeholders);
    if (!into->placeholders)
        return bx_fail_memory(err);
    for (size_t i = 0; i < from->placeholder_count; i++, into->placeholder_count++)
        if (!(into->placeholders[i] = strdup(from->placeholders[i])))
            return bx_fail_memory(err);
    return 0;
}

static int make_observable(bx_objective *o, const bx_observable *from,
                           bx_objective_observable *into, bx_error *err)
{
    bx_formula *deviation = from->deviation;
    *into = (bx_objective_observable){.scale = from->scale, .noise = from->noise};
    int result = copy_placeholders(into, from, err);
    if (result < 0)
        bx_formula_free(from->formula);
    else
        result = make_sourced(o, from->formula, into, &into->formula, err);
    if (result < 0)
        bx_formula_free(deviation);
    else
        result = make_sourced(o, deviation, into, &into->deviation, err);
    if (result == 0 && !(into->id = strdup(from->id)))
        result = bx_fail_memory(err);
    return result;
}

int bx_objective_add_observable(bx_objective *o, const bx_observable *observable, bx_error *err)
{
    bx_objective_observable made;
    if (make_observable(o, observable, &made, err) < 0) {
        free_observable(&made);
        return -1;
    }
    bx_objective_observable *observables = bx_array_grow(
        o->observables, o->observable_count, &o->observable_capacity, sizeof *observables);
    if (observables)
        o->observables = observables;
    if (bx_names_find(&o->observable_index, made.id) != BX_NAME_NONE)
        bx_fail(err, BX_EMODEL, "observable \"%.64s\" is given twice", made.id);
    else if (!observables || bx_names_add(&o->observable_index, made.id, o->observable_count) < 0)
        bx_fail_memory(err);
    else {
        observables[o->observable_count++] = made;
        return 0;
    }
    free_observable(&made);
    return -1;
}

int bx_objective_add_experiment(bx_objective *o, const char *id, bx_error *err)
{
    if (bx_names_find(&o->experiment_index, id) != BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "experiment \"%.64s\" is given twice", id);
    bx_experiment *experiments = bx_array_grow(o->experiments, o->experiment_count,
                                               &o->experiment_capacity, sizeof *experiments);
    if (!experiments)
        return bx_fail_memory(err);
    o->experiments = experiments;
    char *copy = strdup(id);
    if (!copy || bx_names_add(&o->experiment_index, copy, o->experiment_count) < 0) {
        free(copy);
        return bx_fail_memory(err);
    }
    experiments[o->experiment_count++] = (bx_experiment){.id = copy};
    return 0;
}

int bx_objective_add_period(bx_objective *o, double time, bx_error *err)
{
    bx_experiment *e = &o->experiments[o->experiment_count - 1];
    size_t count = e->period_count;
    if (!(time < INFINITY) || (count > 0 && !(time > e->periods[count - 1].time)))
        return bx_fail(err, BX_EMODEL, "experiment \"%.64s\": a period at time %g", e->id, time);
    bx_period *periods = bx_array_grow(e->periods, count, &e->period_capacity, sizeof *periods);
    if (!periods)
        return bx_fail_memory(err);
    e->periods = periods;
    periods[e->period_count++] = (bx_period){.time = time};
    return 0;
}

static int check_target(const bx_objective *o, const bx_period *p, const char *target, size_t slot,
                        bx_error *err)
{
    bx_variable_kind kind = BX_VARIABLE_SPECIES;
    if (slot == BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "there is no \"%.64s\" in the model to be set", target);
    if (bx_names_find(&o->parameter_index, target) != BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "\"%.64s\" is a parameter with a value of its own", target);
    bx_cell_variable(o->cell, slot, &kind);
    if (kind == BX_VARIABLE_RULE && !bx_cell_moves(o->cell, slot))
        return bx_fail(err, BX_EMODEL, "\"%.64s\" is a rule: its formula alone sets it", target);
    for (size_t i = 0; i < p->change_count; i++)
        if (p->changes[i].slot == slot)
            return bx_fail(err, BX_EMODEL, "\"%.64s\" is set twice at one time", target);
    return 0;
}

int bx_objective_add_change(bx_objective *o, const char *target, bx_formula *value, bx_error *err)
{
    bx_experiment *e = &o->experiments[o->experiment_count - 1];
    bx_period *p = &e->periods[e->period_count - 1];
    bx_change change = {.slot = slot_of(o, target)};
    bx_change *changes =
        bx_array_grow(p->changes, p->change_count, &p->change_capacity, sizeof *changes);
    if (!changes || check_target(o, p, target, change.slot, err) < 0) {
        bx_formula_free(value);
        return changes ? -1 : bx_fail_memory(err);
    }
    p->changes = changes;
    if (value && make_sourced(o, value, NULL, &change.value, err) < 0) {
        free_sourced(&change.value);
        return -1;
    }
    changes[p->change_count++] = change;
    return 0;
}

int bx_objective_add_measurement(bx_objective *o, const bx_measurement *m, bx_error *err)
{
    const bx_experiment *e = &o->experiments[m->experiment];
    const bx_objective_observable *observable = &o->observables[m->observable];
    size_t fills = observable->placeholder_count;
    if (e->period_count == 0 || isinf(e->periods[e->period_count - 1].time))
        return bx_fail(err, BX_EMODEL, "experiment \"%.64s\" has no period to measure in", e->id);
    double first = e->periods[isinf(e->periods[0].time) ? 1 : 0].time;
    if (!(m->time >= first))
        return bx_fail(err, BX_EMODEL, "the time %g is before the experiment begins, at %g",
                       m->time, first);
    if (!isfinite(m->value) || (observable->scale != BX_SCALE_LINEAR && !(m->value > 0)))
        return bx_fail(err, BX_EMODEL, "%g can't be measured%s", m->value,
                       isfinite(m->value) ? " on a logarithmic scale" : "");
    bx_objective_measurement *measurements = bx_array_grow(
        o->measurements, o->measurement_count, &o->measurement_capacity, sizeof *measurements);
    if (!measurements)
        return bx_fail_memory(err);
    o->measurements = measurements;
    bx_objective_measurement *made = &measurements[o->measurement_count];
    *made = (bx_objective_measurement){m->experiment, m->observable, m->time, m->value, NULL};
    made->fills = malloc((fills + 1) * sizeof *made->fills);
    if (!made->fills)
        return bx_fail_memory(err);
    if (fills > 0)
        memcpy(made->fills, m->fills, fills * sizeof *made->fills);
    o->measurement_count++;
    return 0;
}

void bx_objective_start_events_afresh(bx_objective *o)
{
    o->afresh = true;
}

/* ---- what it has ---- */

size_t bx_objective_parameters(const bx_objective *o)
{
    return o->parameter_count;
}

const bx_parameter *bx_objective_parameter(const bx_objective *o, size_t i)
{
    return &o->parameters[i];
}

size_t bx_objective_parameter_named(const bx_objective *o, const char *id)
{
    return bx_names_find(&o->parameter_index, id);
}

size_t bx_objective_observable_named(const bx_objective *o, const char *id)
{
    return bx_names_find(&o->observable_index, id);
}

size_t bx_objective_experiment_named(const bx_objective *o, const char *id)
{
    return bx_names_find(&o->experiment_index, id);
}

size_t bx_objective_placeholders(const bx_objective *o, size_t observable)
{
    return o->observables[observable].placeholder_count;
}

size_t bx_objective_measurements(const bx_objective *o)
{
    return o->measurement_count;
}
