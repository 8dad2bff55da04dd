#include "engine/deterministic/ode.h"

#include "engine/deterministic/course.h"
#include "engine/deterministic/derivatives.h"
#include "engine/deterministic/tolerance.h"
#include "engine/jacobian.h"
#include "engine/roots.h"
#include "model/history.h"
#include "model/rules.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

/* Above this size the Jacobian is kept dense if it has more than one entry in DENSE_PART. Below, it
 * is not for speed: KLU solves block by block, so that what is 0 and stays 0 does so to the last
 * digit, where a dense solver's pivots would mix in rounding errors of others. */
#define DENSE_SIZE 40
#define DENSE_PART 5

/* KLU's number for the ordering with the least fill: of 500 published models none was slower with
 * it than with COLAMD, which it takes by itself, and large ones were up to three times as fast.
 * Small ones, where it changes no more than the last digits, are left as they are. */
#define ORDERING_AMD 0

/* Above this size a dense Jacobian takes too much memory. */
#define DENSE_MAXIMUM 5000

/* Seconds. Where steps come close to the least number above 0, Newton's method in CVODE goes round
 * for ever. */
#define SHORTEST_STEP 1e-290

/* After so many steps in a row that do not advance the time, it is moved on by this part of itself:
 * a rate changes at once there. So often in a run, for it may be a pole. */
#define STUCK_STEPS 10
#define NUDGE 1e-14
#define MOST_NUDGES 1000

/* In one step. A value that was 0 till now has no scale. */
#define ERROR_TEST_FAILURES 60

/* With conditions on the state, or stochastic jumps, a step is at most this part of the run: a
 * longer one could pass over a condition that turns true and false again, or a pulse of a rate. */
#define EVENT_STEPS 100

/* Roots of formulas where the solver starts anew: so many at most that are closer to each other
 * than this part of the run. A state that slides along a condition has them without end. */
#define CLOSE_ROOTS 100
#define CLOSE 1e-6

/* So many steps are to advance the time by this part of the run at least, or it will never end. */
#define CREEPING_STEPS 100000
#define CREEPING 1e-6

struct bx_ode {
    const bx_network *network;
    size_t size;        /* of the state, at least 1: CVODE wants something to solve */
    uint32_t *species;  /* of the state */
    uint32_t *position; /* species -> its place in the state */
    uint32_t *leaves;   /* of triggers, whose sign changes are looked for */
    int leaf_count;
    bx_roots *roots;      /* of formulas; their functions stand behind those of leaves */
    int moving;           /* of jumps that come again after delays that vary, behind these */
    int root_count;       /* of all three */
    bx_rules *root_rules; /* that they read */
    int *root_signs;
    size_t steps; /* in this run, and when it had made CREEPING_STEPS for the last time */
    double mark;
    double started;     /* the time from which the solver's history goes back */
    double reached;     /* by the solver; between the present and this time its course is known */
    bool at_root;       /* there */
    double last_root;   /* the time of the last at which the solver started anew */
    size_t close_roots; /* how many have been close together */
    double next_switch; /* when a formula of the time changes at once; -infinity: look anew */
    size_t stuck;       /* steps in a row that did not advance the time */
    size_t nudges;      /* in this run */
    bool not_finite;    /* some rate was, since the last step that advanced the time */

    bx_tolerance *tolerance;
    double *clipped; /* a state without what is below 0 by rounding */
    bx_derivatives *flux;
    bx_jumps *jumps; /* or NULL; else the state's last place is the integral of their hazard */

    /* the solver, made when a run first needs it: until then NULL */
    bool adams;
    SUNContext context;
    void *cvode;
    N_Vector y, between;    /* the state, and one at an earlier time for a row */
    bx_polynomials *course; /* of what conditions read */
    SUNMatrix matrix;
    SUNLinearSolver solver;
    bx_jacobian *jacobian;          /* NULL: CVODE takes differences */
    double *entries;                /* of a dense one, by the pattern */
    SUNNonlinearSolver fixed_point; /* of Adams */

    bx_history *history; /* while it runs; NULL if nothing is delayed */
    double *numbers;     /* of a step, for the history */

    bx_simulation *simulation; /* while it runs */
};

/* ---- what CVODE calls ---- */

static void put_species(const bx_ode *ode, const double *y, double *frame)
{
    for (size_t i = 0; i < ode->size; i++)
        if (ode->species[i] != BX_SLOT_NONE)
            frame[ode->species[i]] = y[i];
}

static void load_state(const bx_ode *ode, const double *y, double time)
{
    double *frame = ode->simulation->frame;
    put_species(ode, y, frame);
    frame[ode->network->time] = time;
}

/* Whether all derivatives are finite. */
static bool differentiate(bx_ode *ode, double time, const double *y, double *out)
{
    double *frame = ode->simulation->frame;
    load_state(ode, y, time);
    bx_derivatives_evaluate(ode->flux, frame, out);
    if (ode->jumps) {
        bx_network_rules(ode->network, frame);
        out[ode->size - 1] = bx_jumps_hazard(ode->jumps, frame);
    }
    double sum = 0; /* not finite if any term is not */
    for (size_t i = 0; i < ode->size; i++)
        sum += out[i] * 0;
    return sum == 0;
}

/* Some power or root of what is below 0 by rounding is not finite: there it is that of 0. */
static int right_hand_side(realtype time, N_Vector y, N_Vector ydot, void *data)
{
    bx_ode *ode = data;
    double *state = N_VGetArrayPointer(y), *out = N_VGetArrayPointer(ydot);
    if (bx_simulation_interrupted(ode->simulation))
        return -1;
    bool finite = differentiate(ode, time, state, out);
    if (!finite) {
        memcpy(ode->clipped, state, ode->size * sizeof *state);
        bx_tolerance_clip(ode->tolerance, ode->clipped);
        finite = differentiate(ode, time, ode->clipped, out);
    }
    if (finite)
        bx_tolerance_note(ode->tolerance, out);
    else
        ode->not_finite = true;
    return finite ? 0 : 1; /* 1: try a smaller step */
}

static int weigh_errors(N_Vector y, N_Vector weights, void *data)
{
    bx_ode *ode = data;
    double step = 0;
    CVodeGetCurrentStep(ode->cvode, &step);
    bx_tolerance_weigh(ode->tolerance, N_VGetArrayPointer(y), step, N_VGetArrayPointer(weights));
    return 0;
}

static int sparse_jacobian(realtype time, N_Vector y, N_Vector ydot, SUNMatrix matrix, void *data,
                           N_Vector t1, N_Vector t2, N_Vector t3)
{
    (void)ydot, (void)t1, (void)t2, (void)t3;
    bx_ode *ode = data;
    const bx_csr *pattern = bx_jacobian_pattern(ode->jacobian);
    sunindextype *starts = SUNSparseMatrix_IndexPointers(matrix);
    sunindextype *rows = SUNSparseMatrix_IndexValues(matrix);
    realtype *values = SUNSparseMatrix_Data(matrix);
    for (size_t i = 0; i <= ode->size; i++)
        starts[i] = pattern->start[i];
    for (size_t i = 0; i < pattern->start[ode->size]; i++) {
        rows[i] = pattern->items[i];
        values[i] = 0;
    }
    load_state(ode, N_VGetArrayPointer(y), time);
    bx_jacobian_evaluate(ode->jacobian, ode->simulation->frame, values);
    bx_tolerance_note_jacobian(ode->tolerance, pattern, values, N_VGetArrayPointer(y));
    return 0;
}

static int dense_jacobian(realtype time, N_Vector y, N_Vector ydot, SUNMatrix matrix, void *data,
                          N_Vector t1, N_Vector t2, N_Vector t3)
{
    (void)ydot, (void)t1, (void)t2, (void)t3;
    bx_ode *ode = data;
    const bx_csr *pattern = bx_jacobian_pattern(ode->jacobian);
    memset(ode->entries, 0, pattern->start[ode->size] * sizeof *ode->entries);
    load_state(ode, N_VGetArrayPointer(y), time);
    bx_jacobian_evaluate(ode->jacobian, ode->simulation->frame, ode->entries);
    bx_tolerance_note_jacobian(ode->tolerance, pattern, ode->entries, N_VGetArrayPointer(y));
    for (size_t j = 0; j < ode->size; j++) {
        realtype *column = SUNDenseMatrix_Column(matrix, (sunindextype)j);
        for (uint32_t i = pattern->start[j]; i < pattern->start[j + 1]; i++)
            column[pattern->items[i]] = ode->entries[i];
    }
    return 0;
}

static void compute_rates(bx_ode *ode)
{
    bx_network_rates(ode->network, ode->simulation->frame);
    if (ode->jumps)
        bx_jumps_hazard(ode->jumps, ode->simulation->frame);
}

static int root_functions(realtype time, N_Vector y, realtype *out, void *data)
{
    bx_ode *ode = data;
    const bx_network *network = ode->network;
    double *frame = ode->simulation->frame;
    load_state(ode, N_VGetArrayPointer(y), time);
    bx_rules_run(ode->root_rules, frame);
    for (int i = 0; i < ode->leaf_count; i++) {
        const bx_logic *leaf = &network->logic[ode->leaves[i]];
        bx_program_run_range(&network->program, leaf->code, frame);
        out[i] = frame[leaf->slot];
        if (isnan(out[i]))
            return -1;
    }
    bx_roots_evaluate(ode->roots, frame, out + ode->leaf_count);
    if (ode->moving > 0) {
        compute_rates(ode);
        bx_history_distances(ode->history, out + ode->root_count - ode->moving);
    }
    if (ode->jumps)
        out[ode->root_count] = N_VGetArrayPointer(y)[ode->size - 1] - bx_jumps_target(ode->jumps);
    return 0;
}

static void be_silent(int code, const char *module, const char *function, char *message, void *data)
{
    (void)code, (void)module, (void)function, (void)message, (void)data;
}

/* ---- set-up ---- */

/* Leaves that change with the state; those of the time alone are met exactly. */
static int choose_roots(bx_ode *ode, bx_error *err)
{
    const bx_network *network = ode->network;
    ode->roots = bx_roots_new(network, ode->jumps ? bx_jumps_network(ode->jumps) : NULL, err);
    if (!ode->roots)
        return -1;
    ode->moving = (int)bx_history_moving(network);
    size_t count = network->logic_count + bx_roots_count(ode->roots) + (size_t)ode->moving + 1;
    ode->leaves = calloc(count, sizeof *ode->leaves);
    ode->root_signs = calloc(count, sizeof *ode->root_signs);
    if (!ode->leaves || !ode->root_signs)
        return bx_fail_memory(err);
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        for (uint32_t j = event->logic.begin; j < event->logic.end; j++) {
            const bx_logic *part = &network->logic[j];
            if (part->limit != BX_SLOT_NONE || !(part->uses_species || part->uses_time) ||
                bx_roots_knows(ode->roots, part))
                continue;
            if (!bx_op_compares(part->op))
                return bx_fail(err, BX_EMODEL,
                               "%s: when: expected comparisons, such as A > 0, joined by and, or, "
                               "not: the ODE solver can't tell when a number turns from 0",
                               bx_network_event_label(network, i).text);
            ode->leaves[ode->leaf_count++] = j;
        }
    }
    ode->root_count = ode->leaf_count + (int)bx_roots_count(ode->roots) + ode->moving;
    return 0;
}

/* The rules that the functions of roots read. */
static int choose_root_rules(bx_ode *ode, bx_error *err)
{
    const bx_network *network = ode->network;
    bool *reads = calloc(network->program.frame_size + 1, sizeof *reads);
    if (!reads)
        return bx_fail_memory(err);
    bx_roots_reads(ode->roots, reads);
    for (int i = 0; i < ode->leaf_count; i++) {
        bx_range code = network->logic[ode->leaves[i]].code;
        for (uint32_t j = code.begin; j < code.end; j++) {
            const bx_instruction *instruction = &network->program.code[j];
            reads[instruction->a] = reads[instruction->b] = reads[instruction->c] = true;
        }
    }
    ode->root_rules = bx_rules_new(network, reads);
    free(reads);
    return ode->root_rules ? 0 : bx_fail_memory(err);
}

static int choose_state(bx_ode *ode, bx_error *err)
{
    const bx_network *network = ode->network;
    ode->species = calloc(network->species + 1, sizeof *ode->species);
    ode->position = calloc(network->species + 1, sizeof *ode->position);
    if (!ode->species || !ode->position)
        return bx_fail_memory(err);
    for (uint32_t i = 0; i < network->species; i++) {
        if (!network->changing[i])
            continue;
        ode->position[i] = (uint32_t)ode->size;
        ode->species[ode->size++] = i;
    }
    if (ode->size == 0 || ode->jumps)
        ode->species[ode->size++] = BX_SLOT_NONE;
    return 0;
}

static int create_dense(bx_ode *ode, size_t entries, bx_error *err)
{
    if (ode->size > DENSE_MAXIMUM)
        return bx_fail(err, BX_ESIMULATION,
                       "the ODE solver can't take %zu species of which each depends on most others",
                       ode->size);
    sunindextype n = (sunindextype)ode->size;
    ode->entries = malloc((entries + 1) * sizeof *ode->entries);
    ode->matrix = SUNDenseMatrix(n, n, ode->context);
    ode->solver = ode->matrix ? SUNLinSol_Dense(ode->y, ode->matrix, ode->context) : NULL;
    return ode->entries && ode->solver ? 0 : bx_fail_memory(err);
}

static int create_linear_solver(bx_ode *ode, bx_error *err)
{
    if (bx_jacobian_new(ode->network, ode->position, ode->size, &ode->jacobian, err) < 0)
        return -1;
    size_t size = ode->size;
    size_t entries = ode->jacobian ? bx_jacobian_pattern(ode->jacobian)->start[size] : 0;
    if (!ode->jacobian || (size > DENSE_SIZE && entries > size * size / DENSE_PART))
        return create_dense(ode, entries, err);
    sunindextype n = (sunindextype)size;
    ode->matrix = SUNSparseMatrix(n, n, (sunindextype)entries, CSC_MAT, ode->context);
    ode->solver = ode->matrix ? SUNLinSol_KLU(ode->y, ode->matrix, ode->context) : NULL;
    if (!ode->solver ||
        (size > DENSE_SIZE && SUNLinSol_KLUSetOrdering(ode->solver, ORDERING_AMD) != SUNLS_SUCCESS))
        return bx_fail_memory(err);
    return 0;
}

/* Newton's method for BDF; fixed points, which need no Jacobian, for Adams. */
static int create_nonlinear_solver(bx_ode *ode, bx_error *err)
{
    if (ode->adams) {
        ode->fixed_point = SUNNonlinSol_FixedPoint(ode->y, 0, ode->context);
        return ode->fixed_point &&
                       CVodeSetNonlinearSolver(ode->cvode, ode->fixed_point) == CV_SUCCESS
                   ? 0
                   : bx_fail_memory(err);
    }
    if (create_linear_solver(ode, err) < 0)
        return -1;
    CVLsJacFn jacobian = ode->entries ? dense_jacobian : sparse_jacobian;
    if (CVodeSetLinearSolver(ode->cvode, ode->solver, ode->matrix) != CV_SUCCESS ||
        (ode->jacobian && CVodeSetJacFn(ode->cvode, jacobian) != CV_SUCCESS))
        return bx_fail_memory(err);
    return 0;
}

static int create_course(bx_ode *ode, bx_error *err)
{
    size_t count;
    const uint32_t *species = bx_roots_moving(ode->roots, &count);
    uint32_t *places = malloc((count + 1) * sizeof *places);
    for (size_t i = 0; places && i < count; i++)
        places[i] = ode->position[species[i]];
    ode->course = places ? bx_polynomials_new(ode->context, places, count) : NULL;
    free(places);
    return ode->course ? 0 : bx_fail_memory(err);
}

static int create_solver(bx_ode *ode, bx_error *err)
{
    if (SUNContext_Create(NULL, &ode->context) != 0)
        return bx_fail_memory(err);
    ode->y = N_VNew_Serial((sunindextype)ode->size, ode->context);
    ode->between = N_VNew_Serial((sunindextype)ode->size, ode->context);
    ode->cvode = CVodeCreate(ode->adams ? CV_ADAMS : CV_BDF, ode->context);
    if (!ode->y || !ode->between || !ode->cvode ||
        N_VEnableScaleAddMulti_Serial(ode->y, SUNTRUE) != 0 ||
        CVodeSetErrHandlerFn(ode->cvode, be_silent, NULL) != CV_SUCCESS ||
        CVodeInit(ode->cvode, right_hand_side, 0, ode->y) != CV_SUCCESS ||
        CVodeSetUserData(ode->cvode, ode) != CV_SUCCESS ||
        CVodeWFtolerances(ode->cvode, weigh_errors) != CV_SUCCESS)
        return bx_fail_memory(err);
    if (create_course(ode, err) < 0 || create_nonlinear_solver(ode, err) < 0)
        return -1;
    int roots = ode->root_count + (ode->jumps ? 1 : 0);
    if (CVodeSetMaxNumSteps(ode->cvode, -1) != CV_SUCCESS ||
        CVodeSetMaxErrTestFails(ode->cvode, ERROR_TEST_FAILURES) != CV_SUCCESS ||
        CVodeSetMaxHnilWarns(ode->cvode, -1) != CV_SUCCESS ||
        CVodeSetMinStep(ode->cvode, SHORTEST_STEP) != CV_SUCCESS ||
        (roots > 0 && (CVodeRootInit(ode->cvode, roots, root_functions) != CV_SUCCESS ||
                       CVodeSetNoInactiveRootWarn(ode->cvode) != CV_SUCCESS)))
        return bx_fail_memory(err);
    return 0;
}

static void drop_solver(bx_ode *ode)
{
    CVodeFree(&ode->cvode);
    SUNNonlinSolFree(ode->fixed_point);
    SUNLinSolFree(ode->solver);
    SUNMatDestroy(ode->matrix);
    N_VDestroy(ode->y);
    N_VDestroy(ode->between);
    bx_polynomials_free(ode->course);
    SUNContext_Free(&ode->context);
    free(ode->entries);
    bx_jacobian_free(ode->jacobian);
    ode->fixed_point = NULL;
    ode->solver = NULL;
    ode->matrix = NULL;
    ode->y = ode->between = NULL;
    ode->course = NULL;
    ode->entries = NULL;
    ode->jacobian = NULL;
}

/* The solver that the run wants. */
static int provide_solver(bx_ode *ode, bool adams, bx_error *err)
{
    if (ode->cvode && ode->adams == adams)
        return 0;
    drop_solver(ode);
    ode->adams = adams;
    int result = create_solver(ode, err);
    if (result < 0)
        drop_solver(ode);
    return result;
}

bx_ode *bx_ode_new(const bx_network *network, bx_jumps *jumps, bx_error *err)
{
    bx_ode *ode = calloc(1, sizeof *ode);
    if (!ode) {
        bx_fail_memory(err);
        return NULL;
    }
    ode->network = network;
    ode->jumps = jumps;
    if (choose_state(ode, err) < 0 || choose_roots(ode, err) < 0 ||
        choose_root_rules(ode, err) < 0 ||
        !(ode->clipped = calloc(ode->size, sizeof *ode->clipped)) ||
        !(ode->numbers =
              calloc((BX_HISTORY_ORDER + 1) * (network->kept_count + 1), sizeof *ode->numbers)) ||
        !(ode->tolerance =
              bx_tolerance_new(network, ode->species, ode->position, ode->size, err)) ||
        !(ode->flux = bx_derivatives_new(network, ode->position, ode->size, err))) {
        bx_ode_free(ode);
        return NULL;
    }
    return ode;
}

void bx_ode_free(bx_ode *ode)
{
    if (!ode)
        return;
    drop_solver(ode);
    free(ode->species);
    free(ode->position);
    free(ode->leaves);
    bx_roots_free(ode->roots);
    bx_rules_free(ode->root_rules);
    free(ode->root_signs);
    free(ode->clipped);
    free(ode->numbers);
    bx_tolerance_free(ode->tolerance);
    bx_derivatives_free(ode->flux);
    free(ode);
}

/* ---- the run ---- */

static void store_state(bx_ode *ode)
{
    double *y = N_VGetArrayPointer(ode->y);
    for (size_t i = 0; i < ode->size; i++)
        y[i] = ode->species[i] == BX_SLOT_NONE ? 0 : ode->simulation->frame[ode->species[i]];
}

/* Variables have changed, or, where `rates` is set, rates do so at once. */
static int restart(bx_ode *ode, bool rates, bx_error *err)
{
    store_state(ode);
    if (ode->history && bx_history_mark(ode->history, ode->simulation->frame, rates, err) < 0)
        return -1;
    bx_network_rates(ode->network, ode->simulation->frame); /* parameters may have changed */
    bx_derivatives_prepare(ode->flux, ode->simulation->frame);
    bx_roots_prepare(ode->roots, ode->simulation->frame);
    double now = ode->simulation->frame[ode->network->time];
    if (ode->jumps && bx_jumps_begin(ode->jumps, ode->simulation->frame, err) < 0)
        return -1;
    if (ode->moving > 0)
        bx_history_aim(ode->history);
    bx_tolerance_free_signs(ode->tolerance, N_VGetArrayPointer(ode->y));
    if (CVodeReInit(ode->cvode, now, ode->y) != CV_SUCCESS)
        return bx_fail(err, BX_ESIMULATION, "the ODE solver can't start at time %g s", now);
    ode->started = ode->reached = now;
    right_hand_side(now, ode->y, ode->between, ode); /* for the tolerances of what is 0 */
    return 0;
}

/* The extents of fast reactions count from the present state. */
static int rebase(bx_ode *ode, bx_error *err)
{
    double *frame = ode->simulation->frame;
    bx_network_rebase(ode->network, frame);
    bx_network_rules(ode->network, frame);
    bx_events_look(ode->network, ode->simulation->events, frame);
    return restart(ode, false, err);
}

/* The state at `time`, which the last step reached or passed, is put into the frame. */
static int interpolate(bx_ode *ode, double time, bx_error *err)
{
    if (CVodeGetDky(ode->cvode, time, 0, ode->between) != CV_SUCCESS)
        return bx_fail(err, BX_ESIMULATION, "the ODE solver has no state at time %g s", time);
    load_state(ode, N_VGetArrayPointer(ode->between), time);
    return 0;
}

/* The state is in the frame. */
static int check_delays(bx_ode *ode, bx_error *err)
{
    if (!ode->history)
        return 0;
    bx_history_watch(ode->history);
    compute_rates(ode);
    return bx_history_check(ode->history, err);
}

/* Name what is not finite in the present state. */
static int fail_not_finite(bx_ode *ode, double time, bx_error *err)
{
    const bx_network *network = ode->network;
    double *frame = ode->simulation->frame;
    if (check_delays(ode, err) < 0)
        return -1;
    bx_network_rates(network, frame);
    if (ode->jumps && bx_jumps_begin(ode->jumps, frame, err) < 0)
        return -1;
    for (size_t r = 0; r < network->reactions; r++) {
        double rate = frame[network->rate + r];
        if (network->reaction[r].mass_action)
            rate = bx_mass_action_rate(network, r, rate, frame);
        if (!isfinite(rate))
            return bx_fail(err, BX_ESIMULATION,
                           "the ODE solver stopped at time %g s: the rate of %s is %g%s", time,
                           bx_network_reaction_label(network, r).text, rate,
                           bx_network_cause(network, r, frame).text);
    }
    return bx_fail(err, BX_ESIMULATION,
                   "the ODE solver stopped at time %g s: just after it a rate is not finite, as by "
                   "division by 0, a root of what is below 0, or a value beyond what numbers hold",
                   time);
}

/* The place that had the largest error, beside what it may be, in the last step. */
static size_t worst_place(bx_ode *ode)
{
    size_t worst = 0;
    N_Vector weights = N_VClone(ode->y);
    if (!weights || CVodeGetEstLocalErrors(ode->cvode, ode->between) != CV_SUCCESS ||
        CVodeGetErrWeights(ode->cvode, weights) != CV_SUCCESS)
        goto end;
    const double *error = N_VGetArrayPointer(ode->between), *weight = N_VGetArrayPointer(weights);
    for (size_t i = 0; i < ode->size; i++)
        if (ode->species[i] != BX_SLOT_NONE &&
            fabs(error[i]) * weight[i] > fabs(error[worst]) * weight[worst])
            worst = i;
end:
    N_VDestroy(weights);
    return worst;
}

/* The frame has the state at `time`, which the solver can't leave. */
static int fail_solver(bx_ode *ode, int flag, double time, bx_error *err)
{
    if (bx_simulation_interrupted(ode->simulation))
        return bx_simulation_poll(ode->simulation, time, err);
    if (ode->not_finite || flag == CV_FIRST_RHSFUNC_ERR || flag == CV_REPTD_RHSFUNC_ERR ||
        flag == CV_UNREC_RHSFUNC_ERR || flag == CV_RTFUNC_FAIL)
        return fail_not_finite(ode, time, err);
    if (flag == CV_ILL_INPUT)
        return bx_fail(err, BX_ESIMULATION,
                       "the ODE solver can't start at time %g s: the condition of an event is "
                       "between true and false there",
                       time);
    size_t worst = worst_place(ode);
    uint32_t species = ode->species[worst];
    const char *name = species == BX_SLOT_NONE ? "" : ode->network->names[species];
    return bx_fail(
        err, BX_ESIMULATION,
        "the ODE solver stopped at time %g s: its steps became too small, as where the "
        "solution grows without bound or jumps, or a condition turns again and again, for the "
        "rates on either side lead back to it; hardest to follow is \"%.64s\", which is "
        "%g there. Look at the rates that change it, or try a larger tolerance",
        time, name, N_VGetArrayPointer(ode->y)[worst]);
}

/* Look at what conditions say of the state in the frame. */
static void look(bx_ode *ode)
{
    bx_simulation *s = ode->simulation;
    bx_network_rules(ode->network, s->frame);
    bx_events_look(ode->network, s->events, s->frame);
}

/* Where no step is short enough, go by the rate just after: 1 if that is not small. */
static int nudge(bx_ode *ode, double stop, double *time, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    double next = fmin(stop, *time + NUDGE * fmax(fabs(*time), fabs(s->end)));
    if (s->next_row > *time && s->next_row < next)
        next = s->next_row;
    double *change = N_VGetArrayPointer(ode->between);
    if (++ode->nudges > MOST_NUDGES || right_hand_side(next, ode->y, ode->between, ode) != 0)
        return 1;
    N_VScale(next - *time, ode->between, ode->between);
    if (!bx_tolerance_small(ode->tolerance, change))
        return 1;
    N_VLinearSum(1, ode->y, 1, ode->between, ode->y);
    load_state(ode, N_VGetArrayPointer(ode->y), *time = next);
    look(ode);
    ode->stuck = 0;
    return restart(ode, true, err);
}

/* Rows whose time has come, up to `time` or, with `at_end`, that included. */
static int record_rows(bx_ode *ode, double time, bool at_end, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    while (s->next_row < time || (at_end && s->next_row == time)) {
        if (s->next_row < time && interpolate(ode, s->next_row, err) < 0)
            return -1;
        if (bx_simulation_record(s, err) < 0)
            return -1;
    }
    return 0;
}

static bool is_creeping(bx_ode *ode, double time)
{
    if (++ode->steps % CREEPING_STEPS != 0)
        return false;
    double advance = time - ode->mark;
    ode->mark = time;
    return advance < CREEPING * ode->simulation->run->duration;
}

/* Whether a root that the solver found is one of formulas. */
static bool meets_switch(const bx_ode *ode)
{
    for (int i = ode->leaf_count; i < ode->root_count; i++)
        if (ode->root_signs[i] != 0)
            return true;
    return false;
}

/* A root says which way its leaf turns, more surely than a value that is 0 within rounding. */
static void turn_leaves(bx_ode *ode)
{
    const bx_network *network = ode->network;
    bx_events *events = ode->simulation->events;
    bool jumps = meets_switch(ode); /* what is compared may do so, too, and pass over 0 */
    for (int i = 0; i < ode->leaf_count; i++) {
        bx_op op = network->logic[ode->leaves[i]].op;
        bool rising = ode->root_signs[i] > 0;
        if (ode->root_signs[i] == 0)
            continue;
        if (op == BX_OP_GREATER || op == BX_OP_GREATER_EQUAL)
            events->truth[ode->leaves[i]] = rising;
        else if (op == BX_OP_LESS || op == BX_OP_LESS_EQUAL)
            events->truth[ode->leaves[i]] = !rising;
        else if (!jumps)
            events->truth[ode->leaves[i]] = op == BX_OP_EQUAL;
    }
}

/* Fire what is due; after that the solver starts anew. */
static int settle(bx_ode *ode, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    size_t fired;
    if (ode->network->events == 0)
        return 0;
    if (bx_events_settle(ode->network, s->events, s->frame, &fired, err) < 0)
        return -1;
    if (fired == 0)
        return 0;
    ode->next_switch = -INFINITY; /* parameters may have changed */
    return restart(ode, true, err);
}

/* A stochastic reaction fires. */
static int jump(bx_ode *ode, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    if (bx_jumps_fire(ode->jumps, s->frame, err) < 0)
        return -1;
    look(ode);
    return restart(ode, ode->size > 1, err);
}

/* What can't be below 0 is not: where a variable is 0 its rate is not below 0, before the step nor
 * after it. Those that were below 0 at the start are free. */
static int check_signs(bx_ode *ode, double before, double time, bx_error *err)
{
    double *y = N_VGetArrayPointer(ode->y), *out = N_VGetArrayPointer(ode->between);
    size_t place = bx_tolerance_negative(ode->tolerance, y);
    if (place == ode->size)
        return 0;
    for (int i = 0; i < 2; i++) {
        if (CVodeGetDky(ode->cvode, i ? before : time, 0, ode->between) != CV_SUCCESS)
            return 0;
        memcpy(ode->clipped, out, ode->size * sizeof *out);
        ode->clipped[place] = 0;
        if (!differentiate(ode, i ? before : time, ode->clipped, out) || out[place] < 0) {
            bx_tolerance_free_sign(ode->tolerance, place);
            return check_signs(ode, before, time, err);
        }
    }
    load_state(ode, y, time);
    return bx_fail(err, BX_ESIMULATION,
                   "the ODE solver stopped at time %g s: \"%.64s\" came to %g, by errors of the "
                   "solver, for its rates keep it at 0 or more: try a smaller tolerance",
                   time, ode->network->names[ode->species[place]], y[place]);
}

/* Is the solver stuck? Steps that do not advance the time, or fail where they are shortest. */
static bool is_stuck(bx_ode *ode, int flag, double before, double time)
{
    if (flag == CV_ERR_FAILURE || flag == CV_CONV_FAILURE)
        return true;
    ode->stuck = time > before ? 0 : ode->stuck + 1;
    if (time > before)
        ode->not_finite = false;
    return ode->stuck > STUCK_STEPS;
}

/* A formula changes at once at `time`, and the frame has the state: the solver starts anew. */
static int start_anew(bx_ode *ode, double time, bx_error *err)
{
    const bx_simulation *s = ode->simulation;
    bool close = time - ode->last_root < CLOSE * (s->end - s->start);
    ode->last_root = time;
    ode->close_roots = close ? ode->close_roots + 1 : 0;
    return ode->close_roots <= CLOSE_ROOTS ? restart(ode, true, err) : 0;
}

/* Keep the polynomials of the last step, which came to `time`, for delayed values. */
static int keep_step(bx_ode *ode, double time, bx_error *err)
{
    const bx_network *network = ode->network;
    const double *frame = ode->simulation->frame, *derivatives = N_VGetArrayPointer(ode->between);
    size_t width = network->kept_count;
    int order = 0, last = 0;
    double factorial = 1;
    if (CVodeGetLastOrder(ode->cvode, &last) != CV_SUCCESS || last > BX_HISTORY_ORDER)
        last = 0;
    for (; order <= last; order++, factorial *= order) {
        if (CVodeGetDky(ode->cvode, time, order, ode->between) != CV_SUCCESS)
            break;
        for (size_t i = 0; i < width; i++) {
            uint32_t slot = network->kept[i];
            bool moves = slot < network->species && network->changing[slot];
            ode->numbers[(size_t)order * width + i] =
                moves        ? derivatives[ode->position[slot]] / factorial
                : order == 0 ? frame[slot]
                             : 0;
        }
    }
    return order == 0
               ? bx_fail(err, BX_ESIMULATION, "the ODE solver has no state at time %g s", time)
               : bx_history_step(ode->history, time, (unsigned)order - 1, ode->numbers, err);
}

/* Where something changes twice within a step, as a wave that just touches a limit, the ends of
 * the step do not show it. 1 if the solver's course was left at such a time. */
static int look_within(bx_ode *ode, double *time, bx_error *err)
{
    bx_course course = bx_polynomials_course(ode->course, ode->cvode);
    bool formula;
    double close = 2 * BX_ROOTS_RESOLUTION * fabs(ode->reached); /* to a root that was found */
    double to = ode->reached - close;
    double found = bx_roots_between(ode->roots, &course, *time + close, to, &formula);
    if (!(found < to))
        return 0;
    if ((ode->history && keep_step(ode, found, err) < 0) ||
        record_rows(ode, found, false, err) < 0 || interpolate(ode, found, err) < 0 ||
        check_delays(ode, err) < 0)
        return -1;
    *time = found;
    look(ode);
    return formula && start_anew(ode, found, err) < 0 ? -1 : 1;
}

/* The solver makes a step, or less where it has to stop. 1 if that is all for now. */
static int reach(bx_ode *ode, double stop, double *time, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    double before = *time;
    if (stop - before <= fmax(1e-14 * fabs(stop), 1e-16 * (s->end - s->start))) {
        /* too close for CVODE to step */
        load_state(ode, N_VGetArrayPointer(ode->y), *time = stop);
        look(ode);
        return restart(ode, stop == ode->next_switch, err) < 0 ? -1 : 1;
    }
    CVodeSetStopTime(ode->cvode, stop);
    int flag = CVode(ode->cvode, stop, ode->y, time, CV_ONE_STEP);
    s->steps++;
    if (!(*time >= before))
        *time = before;
    if (flag == CV_ILL_INPUT && ode->started < before) /* a root function that is 0 can't go on */
        return restart(ode, stop == ode->next_switch, err) < 0 ? -1 : 1;
    bool stuck = is_stuck(ode, flag, before, *time), creeps = is_creeping(ode, *time);
    if (flag < 0 || stuck || creeps) {
        int result = stuck ? nudge(ode, stop, time, err) : 1;
        if (result <= 0)
            return result < 0 ? -1 : 1;
        load_state(ode, N_VGetArrayPointer(ode->y), *time);
        return fail_solver(ode, flag, *time, err);
    }
    ode->reached = *time;
    ode->at_root =
        flag == CV_ROOT_RETURN && CVodeGetRootInfo(ode->cvode, ode->root_signs) == CV_SUCCESS;
    *time = before;
    return check_signs(ode, before, ode->reached, err);
}

/* On to where something happens, or to the end of a step of the solver. */
static int step(bx_ode *ode, double stop, double *time, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    int done = ode->reached > *time ? 0 : reach(ode, stop, time, err);
    if (done == 0)
        done = look_within(ode, time, err);
    if (done != 0)
        return done < 0 ? -1 : 0;
    *time = ode->reached;
    if ((ode->history && keep_step(ode, *time, err) < 0) || record_rows(ode, *time, false, err) < 0)
        return -1;
    load_state(ode, N_VGetArrayPointer(ode->y), *time);
    if (check_delays(ode, err) < 0)
        return -1;
    if (ode->network->events == 0 && ode->network->unknown_count == 0 && !ode->at_root)
        return 0;
    bx_network_rules(ode->network, s->frame);
    if (bx_network_keep(ode->network, s->frame, err) < 0)
        return -1;
    if (!ode->at_root && bx_network_strays(ode->network, s->frame))
        return rebase(ode, err);
    bx_events_look(ode->network, s->events, s->frame);
    if (!ode->at_root)
        return 0;
    turn_leaves(ode);
    if (ode->jumps && ode->root_signs[ode->root_count] > 0)
        return jump(ode, err);
    if (!meets_switch(ode))
        return 0;
    for (int i = 0; i < ode->moving; i++)
        if (ode->root_signs[ode->root_count - ode->moving + i] != 0)
            bx_history_meet(ode->history, (size_t)i, *time);
    return start_anew(ode, *time, err);
}

static int prepare(bx_ode *ode, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    const bx_run *run = s->run;
    double longest = 0; /* no bound */
    bx_roots_begin(ode->roots, CLOSE * run->duration);
    ode->stuck = ode->nudges = ode->steps = 0;
    ode->mark = s->frame[ode->network->time];
    ode->not_finite = false;
    ode->next_switch = ode->last_root = -INFINITY;
    ode->close_roots = 0;
    if (ode->root_count > 0 || ode->jumps)
        longest = run->duration / EVENT_STEPS;
    CVodeSetMaxStep(ode->cvode, longest);
    bx_network_rules(ode->network, s->frame);
    if (check_delays(ode, err) < 0)
        return -1;
    return bx_tolerance_begin(ode->tolerance, run, s->frame, err) < 0
               ? -1
               : restart(ode, ode->jumps != NULL, err);
}

/* Where the next step ends at the latest. Just before a formula of the time changes, so that the
 * solver sees one side of it alone; then right there. */
static double next_stop(bx_ode *ode, double time)
{
    bx_simulation *s = ode->simulation;
    double stop = fmin(bx_events_next(ode->network, s->events, s->frame), s->end);
    if (ode->next_switch <= time)
        ode->next_switch = bx_roots_next(ode->roots, s->frame, time, s->end);
    double known = ode->history ? bx_history_next(ode->history, time) : INFINITY;
    if (ode->history)
        stop = fmin(stop, bx_history_limit(ode->history, time));
    if (known <= stop && known < ode->next_switch) {
        double before = bx_history_before(known);
        return before > time ? before : known;
    }
    if (ode->next_switch > stop)
        return stop;
    double before = nextafter(ode->next_switch, -INFINITY);
    return before > time ? before : ode->next_switch;
}

static int advance(bx_ode *ode, bx_error *err)
{
    bx_simulation *s = ode->simulation;
    double time = s->frame[ode->network->time];
    if (prepare(ode, err) < 0 || settle(ode, err) < 0 || record_rows(ode, time, true, err) < 0)
        return -1;
    while (time < s->end) {
        if (bx_simulation_poll(s, time, err) < 0)
            return -1;
        if (step(ode, next_stop(ode, time), &time, err) < 0 || settle(ode, err) < 0)
            return -1;
        bx_simulation_stepped(s, time);
        if (record_rows(ode, time, !s->part || time < s->end, err) < 0)
            return -1;
        if (s->watch && s->watch(s->watch_data))
            s->end = time;
    }
    return 0;
}

int bx_ode_run(bx_ode *ode, bx_simulation *simulation, bx_error *err)
{
    if (provide_solver(ode, simulation->run->adams, err) < 0)
        return -1;
    ode->simulation = simulation;
    ode->history = bx_history_of(ode->network, simulation->frame);
    int result = advance(ode, err);
    ode->simulation = NULL;
    return result;
}

static void *new_engine(const bx_network *network, bx_error *err)
{
    return bx_ode_new(network, NULL, err);
}

static int run_engine(void *engine, bx_simulation *simulation, bx_error *err)
{
    return bx_ode_run(engine, simulation, err);
}

static void free_engine(void *engine)
{
    bx_ode_free(engine);
}

const bx_engine bx_ode_engine = {"ode", false, new_engine, run_engine, free_engine};
