/* The experiments of an objective, run one after the other. */
#include "analysis/objective_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A steady state: a run as long as all before it, ten times longer each, changes no variable by
 * more than this part of the largest value that it had; twice in a row. */
#define STEADY 1e-8
#define FIRST_SPAN 1e3
#define LAST_SPAN 1e15
#define STEADY_STEPS 1000000 /* of a solver in one of them: it does not come to rest */

typedef struct simulation {
    bx_objective *o;
    const double *values;
    const bx_effort *effort;
    const bx_measuring *measuring;
    bx_following *following; /* of the present experiment, with derivatives or adjoints */
    bx_returning *returning; /* with adjoints */
    size_t rows;             /* that were recorded so far, and those of derivatives */
    size_t slope_rows;
    size_t path_row; /* the first of the last run */
    bx_error *err;
} simulation;

static int compare_measurements(const void *a, const void *b, void *data)
{
    const bx_objective *o = data;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const bx_objective_measurement *m = &o->measurements[i], *n = &o->measurements[j];
    if (m->experiment != n->experiment)
        return m->experiment < n->experiment ? -1 : 1;
    if (m->time != n->time)
        return m->time < n->time ? -1 : 1;
    return i < j ? -1 : i > j;
}

/* How many measurements an experiment has at most. */
static size_t count_longest(const bx_objective *o)
{
    size_t longest = 0;
    size_t *counts = calloc(o->experiment_count + 1, sizeof *counts);
    if (!counts)
        return o->measurement_count;
    for (size_t i = 0; i < o->measurement_count; i++)
        if (++counts[o->measurements[i].experiment] > longest)
            longest = counts[o->measurements[i].experiment];
    free(counts);
    return longest;
}

/* What evaluations work with. */
static int prepare(bx_objective *o, bx_error *err)
{
    if (o->order)
        return 0;
    size_t variables = bx_cell_variables(o->cell), count = o->measurement_count;
    o->base = calloc(variables + 1, sizeof *o->base);
    o->before = calloc(variables + 1, sizeof *o->before);
    o->set_slots = calloc(variables + o->parameter_count + 1, sizeof *o->set_slots);
    o->set_values = calloc(variables + o->parameter_count + 1, sizeof *o->set_values);
    o->longest = count_longest(o);
    o->times = calloc(o->longest + 1, sizeof *o->times);
    o->rows = calloc((o->longest + 1) * (o->column_count + 1), sizeof *o->rows);
    size_t *order = calloc(count + 1, sizeof *order);
    if (!o->base || !o->before || !o->set_slots || !o->set_values || !o->times || !o->rows ||
        !order) {
        free(order);
        return bx_fail_memory(err);
    }
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, compare_measurements, o);
    o->order = order;
    return 0;
}

/* ---- runs ---- */

static int take_row(void *data, double time, const double *values, size_t count)
{
    simulation *s = data;
    (void)time;
    memcpy(s->o->rows + s->rows++ * count, values, count * sizeof *values);
    return 0;
}

static int take_slopes(void *data, double time, const double *values, const double *slopes)
{
    simulation *s = data;
    (void)time, (void)values;
    size_t width = s->o->column_count * s->following->count;
    memcpy(s->o->slopes + s->slope_rows++ * width, slopes, width * sizeof *slopes);
    return 0;
}

/* From the present time to `end`, rows at `count` times of o->times from `first` on. */
static int run_to(simulation *s, double end, size_t first, size_t count, bool open_end)
{
    bx_objective *o = s->o;
    double now = bx_cell_time(o->cell);
    double nothing[] = {now};
    bx_trajectory *unused = NULL;
    bx_run run = {.method = BX_METHOD_ODE,
                  .duration = end - now,
                  .times = count > 0 ? o->times + first : nothing,
                  .time_count = count > 0 ? count : 1,
                  .record = o->column_names ? o->column_names : (const char *[]){NULL},
                  .record_count = o->column_count,
                  .relative_tolerance = s->effort->relative_tolerance,
                  .maximum_steps = s->effort->maximum_steps,
                  .interrupt = s->effort->interrupt,
                  .open_end = open_end,
                  .row = take_row,
                  .row_data = s};
    s->rows = s->slope_rows = first;
    if (s->returning) {
        run.path = s->returning->path;
        s->path_row = bx_path_rows(run.path);
    } else if (s->following && s->following->count > 0) {
        run.by = s->following->names;
        run.by_count = s->following->count;
        run.by_rows = s->following->rows;
        run.by_given = true;
        run.derivatives = take_slopes;
        run.derivatives_data = s;
    }
    return bx_cell_run(o->cell, &run, &unused, s->err);
}

/* ---- steady states ---- */

static bool has_settled(const double *before, const double *now, double *largest, size_t count)
{
    bool settled = true;
    for (size_t i = 0; i < count; i++) {
        largest[i] = fmax(largest[i], fabs(now[i]));
        if (!(fabs(now[i] - before[i]) <= STEADY * largest[i]))
            settled = false;
    }
    return settled;
}

static size_t count_species(const bx_cell *cell)
{
    size_t count = 0;
    bx_variable_kind kind;
    while (count < bx_cell_variables(cell) && bx_cell_variable(cell, count, &kind) &&
           kind == BX_VARIABLE_SPECIES)
        count++;
    return count;
}

/* `before` and `largest` have room for each species. */
static int settle_within(simulation *s, double *before, double *largest, size_t species)
{
    bx_cell *cell = s->o->cell;
    double start = bx_cell_time(cell);
    bx_effort effort = *s->effort, *patient = &effort;
    const bx_effort *given = s->effort;
    effort.maximum_steps = given->maximum_steps ? given->maximum_steps : STEADY_STEPS;
    s->effort = patient;
    int settled = 0, result = 0;
    memcpy(before, bx_cell_values(cell), species * sizeof *before);
    has_settled(before, before, largest, species);
    for (double span = FIRST_SPAN; settled < 2 && result == 0 && span <= LAST_SPAN; span *= 10) {
        result = run_to(s, start + span, 0, 0, false);
        const double *now = bx_cell_values(cell);
        settled = result == 0 && has_settled(before, now, largest, species) ? settled + 1 : 0;
        memcpy(before, now, species * sizeof *before);
    }
    s->effort = given;
    if (result == 0 && settled < 2)
        return bx_fail(s->err, BX_ESIMULATION, "no steady state was reached");
    return result;
}

/* On until nothing changes any more. */
static int settle(simulation *s)
{
    size_t species = count_species(s->o->cell);
    double *room = calloc(2 * species + 1, sizeof *room);
    if (!room)
        return bx_fail_memory(s->err);
    int result = settle_within(s, room, room + species, species);
    free(room);
    if (result < 0 && s->err->code == BX_ESIMULATION) {
        bx_error inner = *s->err;
        bx_fail(s->err, BX_ESIMULATION, "no steady state: %.900s", inner.message);
    }
    return result;
}

/* ---- periods ---- */

/* A formula of a period: of parameters and of what the cell has. */
static double value_of(const simulation *s, bx_sourced *sourced, double time)
{
    bx_expression *e = sourced->expression;
    const double *cell = bx_cell_values(s->o->cell);
    for (size_t i = 0; i < bx_expression_names(e); i++) {
        const bx_source *source = &sourced->sources[i];
        bx_expression_set(e, i,
                          source->kind == BX_FROM_PARAMETER ? s->values[source->index]
                                                            : cell[source->index]);
    }
    return bx_expression_value(e, time);
}

/* Set what a period sets; the first one before the beginning. */
static int apply(simulation *s, bx_period *period, bool first, double time)
{
    bx_objective *o = s->o;
    size_t count = 0;
    for (size_t i = 0; i < period->change_count; i++) {
        bx_change *change = &period->changes[i];
        if (!change->value.expression && (first || bx_cell_moves(o->cell, change->slot)))
            continue;
        o->set_slots[count] = change->slot;
        o->set_values[count++] =
            change->value.expression ? value_of(s, &change->value, time) : o->base[change->slot];
    }
    if (count == 0)
        return 0;
    if (s->following)
        memcpy(o->before, bx_cell_values(o->cell), bx_cell_variables(o->cell) * sizeof *o->before);
    if (bx_cell_set_slots(o->cell, o->set_slots, o->set_values, count, first, s->err) < 0)
        return -1;
    if (s->returning && !first)
        return bx_returning_set(o, s->returning, s->following, period, o->before, s->err);
    return s->following ? bx_following_set(o, s->following, period, first, o->before, s->err) : 0;
}

/* The cell at its beginning, with the parameters. */
static int begin(simulation *s)
{
    bx_objective *o = s->o;
    size_t count = 0;
    if (bx_cell_come_back(o->cell, o->begin, s->err) < 0)
        return -1;
    for (size_t i = 0; i < o->parameter_count; i++) {
        if (o->parameter_slots[i] == BX_NAME_NONE)
            continue;
        o->set_slots[count] = o->parameter_slots[i];
        o->set_values[count++] = s->values[i];
    }
    if (bx_cell_set_slots(o->cell, o->set_slots, o->set_values, count, true, s->err) < 0)
        return -1;
    memcpy(o->base, bx_cell_values(o->cell), bx_cell_variables(o->cell) * sizeof *o->base);
    return s->following ? bx_following_begin(o, s->following, s->err) : 0;
}

/* Rows of the measurements [first, last) in order: those of a time are one. */
static size_t list_times(bx_objective *o, size_t first, size_t last)
{
    size_t count = 0;
    for (size_t i = first; i < last; i++) {
        double time = o->measurements[o->order[i]].time;
        if (count == 0 || o->times[count - 1] != time)
            o->times[count++] = time;
    }
    return count;
}

/* What the measurement is of, if the row is of the last run, as the path has it too. */
static int give_row(simulation *s, size_t measurement, bx_outcome *outcome, size_t path_row)
{
    bx_objective *o = s->o;
    if (s->returning && !(outcome->seeds = bx_returning_seeds(o, s->returning, path_row)))
        return bx_fail_memory(s->err);
    s->measuring->measured(s->measuring->data, measurement, outcome);
    return 0;
}

/* Give the measurements [first, last), of which o->times and rows are. */
static int give(simulation *s, size_t first, size_t last)
{
    bx_objective *o = s->o;
    const bx_following *following = s->measuring->slopes ? s->following : NULL;
    size_t width = following ? o->column_count * following->count : 0;
    for (size_t i = first, row = 0; i < last; i++) {
        bx_outcome outcome = {.time = o->measurements[o->order[i]].time, .following = following};
        while (o->times[row] != outcome.time)
            row++;
        outcome.columns = o->rows + row * o->column_count;
        outcome.slopes = following ? o->slopes + row * width : NULL;
        if (give_row(s, o->order[i], &outcome, s->path_row + row) < 0)
            return -1;
    }
    return 0;
}

static int give_steady(simulation *s, size_t first, size_t last)
{
    bx_objective *o = s->o;
    const double *values = bx_cell_values(o->cell);
    const bx_following *following = s->measuring->slopes ? s->following : NULL;
    for (size_t i = 0; i < o->column_count; i++)
        o->rows[i] = values[o->columns[i]];
    if (following)
        bx_following_columns(o, s->following, o->slopes);
    if (s->returning && bx_path_row(s->returning->path, bx_cell_state(o->cell)->frame, s->err) < 0)
        return -1;
    bx_outcome outcome = {o->rows, INFINITY, following, o->slopes, NULL};
    size_t row = s->returning ? bx_path_rows(s->returning->path) - 1 : 0;
    for (size_t i = first; i < last; i++)
        if (give_row(s, o->order[i], &outcome, row) < 0)
            return -1;
    return 0;
}

/* A period that begins at the present time, with measurements [first, last) in it and, of the last,
 * behind it. */
static int run_period(simulation *s, double next, size_t first, size_t last)
{
    bx_objective *o = s->o;
    size_t finite = first;
    while (finite < last && o->measurements[o->order[finite]].time < INFINITY)
        finite++;
    size_t count = list_times(o, first, finite);
    double now = bx_cell_time(o->cell), end = next;
    if (isinf(next))
        end = count > 0 ? o->times[count - 1] : now;
    if (!(end > now)) /* measured at the beginning alone: events come first all the same */
        end = now + fmax(1e-6, 1e-6 * fabs(now));
    if (count > 0 || !isinf(next)) {
        if (run_to(s, end, 0, count, !isinf(next)) < 0 || give(s, first, finite) < 0)
            return -1;
    }
    if (finite == last)
        return 0;
    return settle(s) < 0 ? -1 : give_steady(s, finite, last);
}

/* The first of the measurements [first, last) that is not before `time`. */
static size_t before_time(const bx_objective *o, size_t first, size_t last, double time)
{
    while (first < last && o->measurements[o->order[first]].time < time)
        first++;
    return first;
}

static int run_periods(simulation *s, bx_experiment *e, size_t first, size_t last)
{
    bx_objective *o = s->o;
    for (size_t i = 0; i < e->period_count && first < last; i++) {
        bx_period *period = &e->periods[i];
        bool before = isinf(period->time), after = i > 0 && isinf(e->periods[i - 1].time);
        double next = i + 1 < e->period_count ? e->periods[i + 1].time : INFINITY;
        if (apply(s, period, i == 0, before ? 0 : period->time) < 0)
            return -1;
        if (i == 0 && s->returning && bx_returning_begin(o, s->returning, s->following, s->err) < 0)
            return -1;
        if (i == 0 || after)
            bx_cell_begin(o->cell, before ? 0 : period->time, i == 0 || o->afresh);
        if (before && settle(s) < 0)
            return -1;
        if (before)
            continue;
        size_t end = isinf(next) ? last : before_time(o, first, last, next);
        if (run_period(s, next, first, end) < 0)
            return -1;
        first = end;
    }
    return 0;
}

/* What adjoints of an experiment need. */
static int provide_returning(simulation *s, bx_experiment *e)
{
    bx_objective *o = s->o;
    s->following = e->following;
    if (e->following->count > 0 && !o->returning && !(o->returning = bx_returning_new(o, s->err)))
        return -1;
    s->returning = e->following->count > 0 ? o->returning : NULL;
    return 0;
}

/* Room for the derivatives of an experiment. */
static int provide_following(simulation *s, bx_experiment *e)
{
    bx_objective *o = s->o;
    s->following = NULL;
    s->returning = NULL;
    if (!s->measuring->slopes && !s->measuring->gradient)
        return 0;
    if (!e->following && !(e->following = bx_following_new(o, e, s->err)))
        return -1;
    if (s->measuring->gradient)
        return provide_returning(s, e);
    size_t needed = (o->longest + 1) * (o->column_count + 1) * (e->following->count + 1);
    if (needed > o->slope_capacity) {
        double *slopes = realloc(o->slopes, needed * sizeof *slopes);
        if (!slopes)
            return bx_fail_memory(s->err);
        o->slopes = slopes;
        o->slope_capacity = needed;
    }
    s->following = e->following;
    return 0;
}

/* Run an experiment, with the measurements [first, last). */
static int simulate(simulation *s, bx_experiment *e, size_t first, size_t last)
{
    if (provide_following(s, e) < 0)
        return -1;
    int result = begin(s) < 0 ? -1 : run_periods(s, e, first, last);
    if (result == 0 && s->returning)
        result = bx_returning_end(s->o, s->returning, s->following, s->effort,
                                  s->measuring->gradient, s->err);
    if (result < 0 && (s->err->code == BX_ESIMULATION || s->err->code == BX_EMODEL)) {
        bx_error inner = *s->err;
        bx_fail(s->err, BX_ESIMULATION, "experiment \"%.64s\": %.900s", e->id, inner.message);
    }
    return result;
}

int bx_objective_simulate(bx_objective *o, const double *values, const bx_effort *effort,
                          const bx_measuring *measuring, bx_error *err)
{
    simulation s = {.o = o, .values = values, .effort = effort, .measuring = measuring, .err = err};
    if (o->generation != bx_cell_generation(o->cell))
        return bx_fail(err, BX_EMODEL, "the cell's processes are others than it was made for");
    if (prepare(o, err) < 0)
        return -1;
    size_t last;
    int result = 0;
    for (size_t first = 0; first < o->measurement_count && result == 0; first = last) {
        bx_experiment *e = &o->experiments[o->measurements[o->order[first]].experiment];
        for (last = first; last < o->measurement_count; last++)
            if (&o->experiments[o->measurements[o->order[last]].experiment] != e)
                break;
        result = simulate(&s, e, first, last);
    }
    bx_error unused;
    bx_cell_come_back(o->cell, o->begin, &unused);
    return result;
}
