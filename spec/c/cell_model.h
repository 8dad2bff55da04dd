/* Cells from a table, for the tests of the engine. */
#ifndef BX_SPEC_CELL_MODEL_H
#define BX_SPEC_CELL_MODEL_H

#include "cell/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct item {
    enum { END_, SPECIES_, PARAMETER_, RULE_, CONSTRAINT_, MASS_, RATE_, FAST_, WHEN_, AT_ } kind;
    double value;
    const char *name, *text, *target, *formula;
} item;

#define SPECIES(name_, value_)                                                                     \
    {                                                                                              \
        .kind = SPECIES_, .name = name_, .value = value_                                           \
    }
#define PARAMETER(name_, value_)                                                                   \
    {                                                                                              \
        .kind = PARAMETER_, .name = name_, .value = value_                                         \
    }
#define RULE(name_, formula_)                                                                      \
    {                                                                                              \
        .kind = RULE_, .name = name_, .text = formula_                                             \
    }
#define CONSTRAINT(name_, formula_, start_)                                                        \
    {                                                                                              \
        .kind = CONSTRAINT_, .name = name_, .text = formula_, .value = start_                      \
    }
#define FAST(name_, equation, rate)                                                                \
    {                                                                                              \
        .kind = FAST_, .name = name_, .text = equation, .formula = rate                            \
    }
#define MASS(name_, equation, k)                                                                   \
    {                                                                                              \
        .kind = MASS_, .name = name_, .text = equation, .formula = k                               \
    }
#define RATE(name_, equation, rate)                                                                \
    {                                                                                              \
        .kind = RATE_, .name = name_, .text = equation, .formula = rate                            \
    }
#define WHEN(condition, target_, formula_)                                                         \
    {                                                                                              \
        .kind = WHEN_, .text = condition, .target = target_, .formula = formula_                   \
    }
#define AT(time, target_, formula_)                                                                \
    {                                                                                              \
        .kind = AT_, .text = time, .target = target_, .formula = formula_                          \
    }
#define END                                                                                        \
    {                                                                                              \
        .kind = END_                                                                               \
    }

static inline int model_add(bx_process *p, const item *i, bx_error *err)
{
    bx_event_assignment set = {i->target, i->formula};
    bx_event_declaration event = {.assignments = &set, .assignment_count = i->target != NULL};
    event.when = i->kind == WHEN_ ? i->text : NULL;
    event.at = i->kind == AT_ ? i->text : NULL;
    switch (i->kind) {
    case SPECIES_: return bx_process_add_species(p, i->name, i->value, err);
    case PARAMETER_: return bx_process_add_parameter(p, i->name, i->value, err);
    case RULE_: return bx_process_add_rule(p, i->name, i->text, err);
    case CONSTRAINT_: return bx_process_add_constraint(p, i->name, i->text, i->value, err);
    case FAST_:
        return bx_process_add_fast_reaction(p, i->name, i->text, BX_RATE_FORMULA, i->formula, err);
    case MASS_:
        return bx_process_add_reaction(p, i->name, i->text, BX_RATE_MASS_ACTION, i->formula, err);
    case RATE_:
        return bx_process_add_reaction(p, i->name, i->text, BX_RATE_FORMULA, i->formula, err);
    default: return bx_process_add_event(p, &event, err);
    }
}

/* Define process `name` in `cell`; -1 with err if it does not fit. */
static inline int model_define(bx_cell *cell, const char *name, const item *items, bx_error *err)
{
    bx_process *process = bx_process_new(name, err);
    if (!process)
        return -1;
    for (; items->kind != END_; items++)
        if (model_add(process, items, err) < 0) {
            bx_process_free(process);
            return -1;
        }
    if (bx_process_settle(process, err) == 0)
        return bx_cell_define(cell, process, err);
    bx_process_free(process);
    return -1;
}

/* The error of a model that must not be accepted; empty if it was. */
static inline bx_error model_error(const item *items)
{
    bx_error err = {0};
    bx_cell *cell = bx_cell_new(&err);
    model_define(cell, "p", items, &err);
    bx_cell_free(cell);
    return err;
}

/* A cell of one process "p"; the test ends if it is refused. */
static inline bx_cell *model_cell(const item *items)
{
    bx_error err = {0};
    bx_cell *cell = bx_cell_new(&err);
    if (!cell || model_define(cell, "p", items, &err) < 0) {
        printf("Bail out! %s\n", err.message);
        exit(1);
    }
    return cell;
}

static inline double model_get(bx_cell *cell, const char *name)
{
    double value = NAN;
    bx_cell_get(cell, name, &value);
    return value;
}

static inline double model_last(const bx_trajectory *t, const char *name)
{
    ptrdiff_t column = bx_trajectory_find(t, name);
    return column < 0 ? NAN : bx_trajectory_column(t, (size_t)column)[bx_trajectory_rows(t) - 1];
}

static inline double model_at(const bx_trajectory *t, const char *name, size_t row)
{
    ptrdiff_t column = bx_trajectory_find(t, name);
    return column < 0 ? NAN : bx_trajectory_column(t, (size_t)column)[row];
}

/* Run; the test ends if that fails. The trajectory is the caller's. */
static inline bx_trajectory *model_run(bx_cell *cell, bx_run run)
{
    bx_error err = {0};
    bx_trajectory *trajectory;
    if (bx_cell_run(cell, &run, &trajectory, &err) < 0) {
        printf("Bail out! %s\n", err.message);
        exit(1);
    }
    return trajectory;
}

/* Run for the final state alone. */
static inline void model_advance(bx_cell *cell, bx_run run)
{
    static const char *const none[] = {NULL};
    run.record = none;
    run.record_count = 0;
    bx_trajectory_free(model_run(cell, run));
}

/* The error of a run that must fail. */
static inline bx_error model_run_error(bx_cell *cell, bx_run run)
{
    bx_error err = {0};
    bx_trajectory *trajectory;
    bx_cell_run(cell, &run, &trajectory, &err);
    bx_trajectory_free(trajectory);
    return err;
}

#endif
