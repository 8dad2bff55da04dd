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

#endif
