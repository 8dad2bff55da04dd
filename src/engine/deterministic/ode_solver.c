#include "engine/deterministic/ode_parts.h"
#include "engine/deterministic/silence.h"
#include "engine/deterministic/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

/* Seconds. Where steps come close to the least number above 0, Newton's method in CVODE goes round
 * for ever. */
#define SHORTEST_STEP 1e-290

/* In one step. A value that was 0 till now has no scale. */
#define ERROR_TEST_FAILURES 60

/* ---- what CVODE calls ---- */

void bx_ode_load(const bx_ode *ode, const double *y, double time)
{
    double *frame = ode->simulation->frame;
    for (size_t i = 0; i < ode->moving_species; i++)
        frame[ode->species[i]] = y[i];
    frame[ode->network->time] = time;
}

static bool are_finite(const double *values, size_t count)
{
    double sums[4] = {0}; /* not finite if any term is not; they do not wait for each other */
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int j = 0; j < 4; j++)
            sums[j] += values[i + (size_t)j] * 0;
    for (; i < count; i++)
        sums[0] += values[i] * 0;
    return sums[0] + sums[1] + sums[2] + sums[3] == 0;
}

bool bx_ode_differentiate(bx_ode *ode, double time, const double *y, double *out)
{
    double *frame = ode->simulation->frame;
    bx_ode_load(ode, y, time);
    bx_derivatives_evaluate(ode->flux, frame, out);
    if (ode->jumps) {
        bx_network_rules(ode->network, frame);
        out[ode->size - 1] = bx_jumps_hazard(ode->jumps, frame);
    }
    return are_finite(out, ode->size);
}

/* Some power or root of what is below 0 by rounding is not finite: there it is that of 0. All other
 * derivatives stay, for they lead what is below 0 back. */
static bool differentiate_clipped(bx_ode *ode, double time, const double *y, double *out)
{
    double *clipped = ode->clipped, *of_clipped = ode->clipped + ode->size;
    memcpy(clipped, y, ode->size * sizeof *y);
    bx_tolerance_clip(ode->tolerance, clipped);
    bx_ode_differentiate(ode, time, clipped, of_clipped);
    for (size_t i = 0; i < ode->size; i++)
        if (!isfinite(out[i]))
            out[i] = of_clipped[i];
    return are_finite(out, ode->size) &&
           (!ode->tangent || bx_ode_tangent_differentiate(ode, y, out));
}

int bx_ode_right_hand_side(sunrealtype time, N_Vector y, N_Vector ydot, void *data)
{
    bx_ode *ode = data;
    double *state = N_VGetArrayPointer(y), *out = N_VGetArrayPointer(ydot);
    if (bx_simulation_interrupted(ode->simulation))
        return -1;
    bool finite = bx_ode_differentiate(ode, time, state, out) &&
                  (!ode->tangent || bx_ode_tangent_differentiate(ode, state, out));
    if (!finite && !differentiate_clipped(ode, time, state, out)) {
        ode->not_finite = true;
        return 1; /* try a smaller step */
    }
    bx_tolerance_note(ode->tolerance, out);
    return 0;
}

static int weigh_errors(N_Vector y, N_Vector weights, void *data)
{
    bx_ode *ode = data;
    double step = 0;
    CVodeGetCurrentStep(ode->cvode, &step);
    bx_tolerance_weigh(ode->tolerance, N_VGetArrayPointer(y), step, N_VGetArrayPointer(weights));
    if (ode->tangent)
        bx_ode_tangent_weigh(ode, N_VGetArrayPointer(y), step, N_VGetArrayPointer(weights));
    return 0;
}

void bx_ode_rates(bx_ode *ode)
{
    bx_network_rates(ode->network, ode->simulation->frame);
    if (ode->jumps)
        bx_jumps_hazard(ode->jumps, ode->simulation->frame);
}

static int root_functions(sunrealtype time, N_Vector y, sunrealtype *out, void *data)
{
    bx_ode *ode = data;
    const bx_network *network = ode->network;
    double *frame = ode->simulation->frame;
    bx_ode_load(ode, N_VGetArrayPointer(y), time);
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
        bx_ode_rates(ode);
        bx_history_distances(ode->history, out + ode->root_count - ode->moving);
    }
    if (ode->jumps)
        out[ode->root_count] = N_VGetArrayPointer(y)[ode->size - 1] - bx_jumps_target(ode->jumps);
    return 0;
}

/* ---- set-up ---- */

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
    return bx_ode_create_newton(ode, err);
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
    if (bx_sundials_open(&ode->context) < 0)
        return bx_fail_memory(err);
    ode->y = N_VNew_Serial((sunindextype)(ode->size * ode->blocks), ode->context);
    ode->between = N_VNew_Serial((sunindextype)(ode->size * ode->blocks), ode->context);
    if (ode->y)
        bx_vectors_speed_up(ode->y);
    ode->cvode = CVodeCreate(ode->adams ? CV_ADAMS : CV_BDF, ode->context);
    if (!ode->y || !ode->between || !ode->cvode || bx_cvode_silence(ode->cvode) < 0 ||
        CVodeInit(ode->cvode, bx_ode_right_hand_side, 0, ode->y) != CV_SUCCESS ||
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

void bx_ode_drop_solver(bx_ode *ode)
{
    CVodeFree(&ode->cvode);
    SUNNonlinSolFree(ode->fixed_point);
    bx_ode_drop_newton(ode);
    N_VDestroy(ode->y);
    N_VDestroy(ode->between);
    bx_polynomials_free(ode->course);
    SUNContext_Free(&ode->context);
    ode->fixed_point = NULL;
    ode->y = ode->between = NULL;
    ode->course = NULL;
}

int bx_ode_provide_solver(bx_ode *ode, bool adams, size_t blocks, bx_error *err)
{
    if (ode->cvode && ode->adams == adams && ode->blocks == blocks)
        return 0;
    bx_ode_drop_solver(ode);
    ode->adams = adams;
    ode->blocks = blocks;
    int result = create_solver(ode, err);
    if (result < 0)
        bx_ode_drop_solver(ode);
    return result;
}
