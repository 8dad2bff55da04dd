/* What a run is asked to do: by which method, for how long, and what to record. */
#ifndef BX_ENGINE_RUN_H
#define BX_ENGINE_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum bx_method {
    BX_METHOD_ODE,    /* CVODE */
    BX_METHOD_SSA,    /* exact stochastic simulation */
    BX_METHOD_TAU,    /* approximate: adaptive tau-leaping */
    BX_METHOD_HYBRID, /* some reactions stochastic, others continuous */
    BX_METHOD_COUNT
} bx_method;

typedef struct bx_named_tolerance {
    const char *name; /* of a species or a concentration */
    double value;
} bx_named_tolerance;

typedef struct bx_run {
    bx_method method;
    double duration; /* seconds, above 0 and finite */
    double every; /* seconds between rows; 0: only the first, which is the present, and the last */
    double start; /* the time of the first row; 0 or another that is past: the present */
    const double *times; /* in place of `every` and `start`: of each row, ascending; or NULL. A last
                            time within rounding of the end is the end */
    size_t time_count;
    bool every_step; /* in place of all these: a row at each reaction, or step of the solver */
    const char *const *record; /* names to record; NULL: every species and rule */
    size_t record_count;

    uint64_t seed;
    uint64_t stream; /* which of the seed's independent streams of random numbers; 0 for one run */

    /* ODEs. 0 stands for the usual: see tolerance.h. Absolute ones are in the unit in which a
     * variable is written: of a concentration, if it has one. Some variables have their own. */
    double relative_tolerance, absolute_tolerance;
    const bx_named_tolerance *absolute_tolerances;
    size_t absolute_count;
    bool adams;    /* the solver is Adams, not BDF */
    bool open_end; /* what is due at the very end is left for the next run to begin with */

    /* ODEs: derivatives are followed by these, as if each was set just before: parameters, and
     * species and concentrations, which are then those at the beginning. They are solved for with
     * the state, and their errors bounded alike. */
    const char *const *by;
    size_t by_count;
    /* The derivatives of each species and parameter, a row for each in the order of the network's
     * slots: at the end of a run that succeeds; `by_given`: and at its beginning, in place of what
     * follows from `by`, whose names are then for messages alone, or NULL. Or NULL. */
    double *by_rows;
    bool by_given;
    struct bx_path *path; /* ODEs without `by`: notes the course (deterministic/path.h); or NULL */

    /* tau-leaping: by how much of itself a propensity may change in a leap; 0 stands for 0.03 */
    double epsilon;

    /* hybrid */
    const char *const *stochastic; /* reactions; species, for all reactions that change them;
                                      processes, for all of theirs. NULL: by copy number */
    size_t stochastic_count;
    double threshold; /* of a species that is few below half of it, many from it on; 0: 100 */
    double exchange;  /* seconds between exchanges; 0: exact coupling */

    size_t maximum_steps; /* of the solver, reactions or leaps; 0: no bound */
    size_t maximum_bytes; /* of what is recorded; 0 stands for 1 GiB */

    const volatile sig_atomic_t *interrupt; /* the run ends soon after this is not 0; or NULL */

    /* Called at most a few times a second, with the part that is done; or NULL. */
    void (*progress)(void *data, double fraction);
    void *progress_data;

    /* Takes each row as it comes, in place of a trajectory: values in order of the names to record.
     * The run fails with BX_ECANCELLED when it returns another value than 0. Or NULL. */
    int (*row)(void *data, double time, const double *values, size_t count);
    void *row_data;

    /* Takes, after each row, its derivatives: that of column c by by[j] is at c * by_count + j.
     * Returns as `row` does. */
    int (*derivatives)(void *data, double time, const double *values, const double *derivatives);
    void *derivatives_data;

    /* Told of each event that fires, once it has set its values: its name, or without one how
     * messages call it. The run fails with BX_ECANCELLED when it returns another value than 0. Or
     * NULL. */
    int (*fired)(void *data, double time, const char *event);
    void *fired_data;
} bx_run;

/* Runs `first` .. `first + runs - 1` of run->seed, each from the present state. */
typedef struct bx_ensemble_run {
    const bx_run *run; /* its stream and row are not used */
    uint64_t first, runs;
    uint32_t bins; /* as in bx_ensemble_plan, and so are these: */
    const double *quantiles;
    size_t quantile_count;
} bx_ensemble_run;

#endif
