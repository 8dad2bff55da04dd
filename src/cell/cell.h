/* A living cell: the processes it holds, compiled into one network, and its present state.
 * Time is in seconds. A run advances the state; the next run goes on from there. */
#ifndef BX_CELL_CELL_H
#define BX_CELL_CELL_H

#include "cell/ensemble.h"
#include "cell/process.h"
#include "cell/trajectory.h"
#include "core/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct bx_cell bx_cell;

typedef enum bx_method {
    BX_METHOD_ODE,   /* CVODE */
    BX_METHOD_SSA,   /* exact stochastic simulation */
    BX_METHOD_TAU,   /* approximate: adaptive tau-leaping */
    BX_METHOD_HYBRID /* some reactions stochastic, others continuous */
} bx_method;

typedef enum bx_variable_kind {
    BX_VARIABLE_SPECIES,
    BX_VARIABLE_PARAMETER,
    BX_VARIABLE_RULE
} bx_variable_kind;

typedef struct bx_run {
    bx_method method;
    double duration; /* seconds, > 0 and finite */
    double every; /* seconds between rows, the first row is the present; 0: only first and last */
    bool every_step;           /* a row at each reaction, or at each step of the solver, instead */
    uint64_t seed;             /* for stochastic methods */
    uint64_t stream;           /* of the seed's independent streams of random numbers; else 0 */
    const char *const *record; /* names to record; NULL: every species and rule */
    size_t record_count;
    double relative_tolerance;     /* 0: 1e-8 */
    double absolute_tolerance;     /* 0: 1e-10 */
    bool adams;                    /* the ODE solver: Adams, not BDF */
    const char *const *stochastic; /* of a hybrid run: reactions, species that only stochastic
                                      reactions change, processes; NULL: by copy number */
    size_t stochastic_count;
    double threshold;     /* of a hybrid run by copy number: few molecules are fewer; 0: 100 */
    double exchange;      /* of a hybrid run: seconds between exchanges; 0: exact coupling */
    double epsilon;       /* of tau-leaping: how far propensities may change in a leap, relative;
                             0: 0.03 */
    size_t maximum_steps; /* bound on solver steps, reactions or leaps; 0: none */
    size_t maximum_bytes; /* bound on what is recorded; 0: 1 GiB */
    const volatile sig_atomic_t
        *interrupt; /* the run ends soon after this turns non-zero; or NULL */
    void (*progress)(void *data,
                     double fraction); /* called at most a few times a second; or NULL */
    void *progress_data;
    /* Takes each row as it comes, in place of a trajectory: values in order of the names to record.
     * The run fails with BX_ECANCELLED when it returns another value than 0. Or NULL. */
    int (*row)(void *data, double time, const double *values, size_t count);
    void *row_data;
} bx_run;

/* Runs `first` .. `first + runs - 1` of run->seed, each from the present state. */
typedef struct bx_ensemble_run {
    const bx_run *run; /* its stream and row are not used */
    uint64_t first, runs;
    uint32_t bins; /* as in bx_ensemble_plan, and so are these: */
    const double *quantiles;
    size_t quantile_count;
} bx_ensemble_run;

bx_cell *bx_cell_new(bx_error *err);
void bx_cell_free(bx_cell *cell); /* NULL is fine */

/* Take a process; one of the same name is replaced. The cell owns `process` afterwards, also on
 * failure (it is freed then, and the cell is as it was). A species or parameter that exists keeps
 * its present value; new ones get their declared values. BX_EMODEL names what does not fit. */
int bx_cell_define(bx_cell *cell, bx_process *process, bx_error *err);

/* The first variable of `process` that a process of another name declares too, in *name, and that
 * other process; NULL if there is none. */
const char *bx_cell_conflict(const bx_cell *cell, const bx_process *process, const char **name);

/* The processes, for who writes them down; and how many firings of events wait. */
bx_process *const *bx_cell_processes(const bx_cell *cell, size_t *count);
size_t bx_cell_waiting(const bx_cell *cell);

/* Whether chance has a part in any run: in what events do. */
bool bx_cell_is_random(const bx_cell *cell);

/* Species and parameters of one process get their declared values again. */
void bx_cell_restart(bx_cell *cell, const char *process);

/* Remove every process; the time is 0. */
int bx_cell_clear(bx_cell *cell, bx_error *err);

/* Species, parameters and rules in order of declaration. */
size_t bx_cell_variables(const bx_cell *cell);
const char *bx_cell_variable(const bx_cell *cell, size_t index, bx_variable_kind *kind);

/* The present value of a species, a parameter or a rule. -1: no such name. */
int bx_cell_get(bx_cell *cell, const char *name, double *value);

/* Set a species or a parameter (a rule can't be set). */
int bx_cell_set(bx_cell *cell, const char *name, double value, bx_error *err);

/* The present rate of a reaction by its name, per second. -1: no such name. */
int bx_cell_rate(bx_cell *cell, const char *reaction, double *rate);

/* What a species owes after a hybrid run: its shortage, or, below 0, what rounding keeps for it
 * (see hybrid.h). Conservation laws hold for the species less this. -1: no such species. */
int bx_cell_owed(const bx_cell *cell, const char *species, double *amount);

double bx_cell_time(const bx_cell *cell);

/* Back to time 0 and the declared values. */
void bx_cell_reset(bx_cell *cell);

/* Advance by run->duration. On success *trajectory is the caller's. On BX_ECANCELLED (interrupted)
 * and other failures the cell stands, consistent, at the time it reached; *trajectory is NULL, and
 * so it is when run->row took the rows. */
int bx_cell_run(bx_cell *cell, const bx_run *run, bx_trajectory **trajectory, bx_error *err);

/* Run many times. The cell stands where it stood afterwards, also on failure. On success *ensemble
 * is the caller's. */
int bx_cell_run_ensemble(bx_cell *cell, const bx_ensemble_run *many, bx_ensemble **ensemble,
                         bx_error *err);

#endif
