/* What the engines share: a network, its present frame, the run's bounds and its recording. */
#ifndef BX_ENGINE_SIMULATION_H
#define BX_ENGINE_SIMULATION_H

#include "engine/run.h"
#include "engine/state.h"
#include "record/ensemble.h"
#include "record/trajectory.h"

typedef struct bx_simulation bx_simulation;

/* A method of simulation; cell/engines.h lists them. What `new` gives is for one network, which
 * must outlive it, and for any number of runs, each as if it were the first. */
typedef struct bx_engine {
    const char *name; /* as in "ssa" */
    bool seeded;      /* chance has a part in every run, not only in what events do */
    void *(*new)(const bx_network *network, bx_error *err);
    /* Advance to simulation->end. The frame stands at the time reached, also on failure. */
    int (*run)(void *engine, bx_simulation *simulation, bx_error *err);
    void (*free)(void *engine); /* NULL is fine */
} bx_engine;

struct bx_simulation {
    const bx_network *network;
    double *frame, *owed; /* the state that the run changes: see bx_state */
    bx_events *events;
    const bool *held; /* by species and parameter: see bx_state */
    const bx_run *run;
    const bx_engine *engine; /* of the method that was asked for */
    double start, end;       /* seconds */
    double first_row;        /* its time, of rows by `every` */
    size_t steps;            /* solver steps or reactions so far */
    bool pauses; /* a reaction that turns the truth of a condition ends it: `end` moves there */
    bool part;   /* of a run: the row at `end` is the caller's */
    bool (*watch)(void *data); /* after each step of the ODE solver; true ends it. Or NULL */
    void *watch_data;

    const bx_ensemble_run *many; /* NULL for one run */
    uint64_t done;               /* runs, of many */
    bx_trajectory *trajectory;   /* rows go into this, */
    bx_ensemble *ensemble;       /* or this; if both are NULL, to run->row */
    uint32_t *columns;           /* the slots to record */
    size_t column_count;
    double *row;
    size_t rows, rows_total; /* recorded, and in all */
    bool records_rules;
    double next_row; /* the time of the next row; infinity after the last */
    double last_row; /* `end` of the whole */

    int64_t progress_due; /* clock */
    unsigned polls;
};

/* Check the run's arguments and prepare its recording. On failure nothing is left to close. */
int bx_simulation_open(bx_simulation *simulation, bx_error *err);
void bx_simulation_close(bx_simulation *simulation); /* not the trajectory, nor the ensemble */

/* Before each of many runs. */
void bx_simulation_rewind(bx_simulation *simulation);

/* Have `part`, with `run` for its own, be what is left of the whole up to `end`: rows by time go on
 * in it; progress, and rows by step, are the whole's. Then take over how far it came. */
void bx_simulation_part(const bx_simulation *whole, double end, bx_simulation *part, bx_run *run);
void bx_simulation_join(bx_simulation *whole, const bx_simulation *part);

/* Record the frame as the row at next_row. */
int bx_simulation_record(bx_simulation *simulation, bx_error *err);

/* A reaction, or a step of the solver, came to `time`: the next row is there if rows are by step.
 */
static inline void bx_simulation_stepped(bx_simulation *simulation, double time)
{
    if (simulation->run->every_step)
        simulation->next_row = time;
}

/* To be called often: fails once the run is interrupted or has made too many steps; reports
 * progress when that is due. */
int bx_simulation_poll(bx_simulation *simulation, double time, bx_error *err);

/* Whether the run is to end soon. */
static inline bool bx_simulation_interrupted(const bx_simulation *simulation)
{
    return simulation->run->interrupt && *simulation->run->interrupt;
}

#endif
