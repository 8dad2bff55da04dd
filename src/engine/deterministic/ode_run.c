#include "engine/deterministic/ode_parts.h"

#include <math.h>
#include <string.h>

/* After so many steps in a row that do not advance the time, it is moved on by this part of itself:
 * a rate changes at once there. So often in a run, for it may be a pole. */
#define STUCK_STEPS 10
#define NUDGE 1e-14
#define MOST_NUDGES 1000

/* With conditions on the state, or stochastic jumps, a step is at most this part of the run: a
 * longer one could pass over a condition that turns true and false again, or a pulse of a rate. */
#define EVENT_STEPS 100

/* Roots of formulas where the solver starts anew: so many at most that are closer to each other
 * than this part of the run, or than so many steps. A state that slides along a condition, or is at
 * it but for rounding, has them without end. */
#define CLOSE_ROOTS 100
#define CLOSE 1e-6
#define CLOSE_STEPS 5

/* So many steps are to advance the time by this part of the run at least, or it will never end; by
 * more where formulas change at once, for a state that stays where they do can hold steps back. */
#define CREEPING_STEPS 100000
#define CREEPING 1e-6
#define CREEPING_ALONG 1e-4

static void store_state(bx_ode *ode)
{
    double *y = N_VGetArrayPointer(ode->y);
    for (size_t i = 0; i < ode->size; i++)
        y[i] = ode->species[i] == BX_SLOT_NONE ? 0 : ode->simulation->frame[ode->species[i]];
    if (ode->tangent)
        bx_ode_tangent_give(ode, y);
}

/* Put the solver's state at a time into the frame. */
static void load(bx_ode *ode, N_Vector state, double time)
{
    bx_ode_load(ode, N_VGetArrayPointer(state), time);
    if (ode->tangent)
        bx_ode_tangent_take(ode, N_VGetArrayPointer(state));
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
    if (ode->tangent)
        bx_ode_tangent_restart(ode);
    double now = ode->simulation->frame[ode->network->time];
    if (ode->jumps && bx_jumps_begin(ode->jumps, ode->simulation->frame, err) < 0)
        return -1;
    if (ode->moving > 0)
        bx_history_aim(ode->history);
    bx_tolerance_free_signs(ode->tolerance, N_VGetArrayPointer(ode->y));
    if (CVodeReInit(ode->cvode, now, ode->y) != CV_SUCCESS)
        return bx_fail(err, BX_ESIMULATION, "the ODE solver can't start at time %g s", now);
    ode->started = ode->reached = now;
    ode->path_due = true;
    bx_ode_right_hand_side(now, ode->y, ode->between, ode); /* for the tolerances of what is 0 */
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
    load(ode, ode->between, time);
    return 0;
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
    if (++ode->nudges > MOST_NUDGES)
        return 1;
    if (ode->tangent && bx_ode_tangent_again(ode, *time))
        return restart(ode, true, err);
    if (bx_ode_right_hand_side(next, ode->y, ode->between, ode) != 0)
        return 1;
    N_VScale(next - *time, ode->between, ode->between);
    if (!bx_tolerance_small(ode->tolerance, change))
        return 1;
    N_VLinearSum(1, ode->y, 1, ode->between, ode->y);
    load(ode, ode->y, *time = next);
    look(ode);
    if (ode->tangent && bx_ode_tangent_cross(ode, err) < 0)
        return -1;
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
        double row = s->next_row;
        if (bx_simulation_record(s, err) < 0 ||
            (ode->tangent && bx_ode_tangent_record(ode, row, err) < 0) ||
            (s->run->path &&
             (bx_ode_path_start(ode, err) < 0 || bx_path_row(s->run->path, s->frame, err) < 0)))
            return -1;
    }
    return 0;
}

static bool is_creeping(bx_ode *ode, double time)
{
    if (++ode->steps % CREEPING_STEPS != 0)
        return false;
    double advance = time - ode->mark;
    double least = ode->root_count > ode->leaf_count ? CREEPING_ALONG : CREEPING;
    ode->mark = time;
    return advance < least * ode->simulation->run->duration;
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
    size_t fired = 0;
    if (ode->network->events > 0 &&
        bx_events_settle(ode->network, s->events, s->frame, &fired, err) < 0)
        return -1;
    if (ode->tangent && bx_ode_tangent_settled(ode, fired > 0, err) < 0)
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
        if (!bx_ode_differentiate(ode, i ? before : time, ode->clipped, out) || out[place] < 0) {
            bx_tolerance_free_sign(ode->tolerance, place);
            return check_signs(ode, before, time, err);
        }
    }
    bx_ode_load(ode, y, time);
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
    bool close = time - ode->last_root < CLOSE * (s->end - s->start) ||
                 s->steps - ode->root_step < CLOSE_STEPS;
    ode->last_root = time;
    ode->root_step = s->steps;
    ode->close_roots = close ? ode->close_roots + 1 : 0;
    if (ode->tangent && bx_ode_tangent_cross(ode, err) < 0)
        return -1;
    if (ode->close_roots <= CLOSE_ROOTS)
        return restart(ode, true, err);
    return ode->tangent ? bx_fail(err, BX_ESIMULATION,
                                  "sensitivities: from time %g s the state slides along a "
                                  "condition: there the solution has no derivatives",
                                  time)
                        : 0;
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
    double missed =
        ode->tangent && !ode->at_root ? bx_ode_tangent_missed(ode, *time, ode->reached) : INFINITY;
    if (missed < found && missed <= ode->reached) {
        found = missed;
        formula = true;
    } else if (!(found < to))
        return 0;
    if ((ode->history && keep_step(ode, found, err) < 0) ||
        record_rows(ode, found, false, err) < 0 || interpolate(ode, found, err) < 0 ||
        bx_ode_check_delays(ode, err) < 0)
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
        load(ode, ode->y, *time = stop);
        look(ode);
        if (ode->tangent && stop == ode->next_switch && bx_ode_tangent_cross(ode, err) < 0)
            return -1;
        return restart(ode, stop == ode->next_switch, err) < 0 ? -1 : 1;
    }
    if (s->run->path && bx_ode_path_start(ode, err) < 0)
        return -1;
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
        bx_ode_load(ode, N_VGetArrayPointer(ode->y), *time);
        return bx_ode_fail(ode, flag, *time, err);
    }
    ode->reached = *time;
    ode->at_root =
        flag == CV_ROOT_RETURN && CVodeGetRootInfo(ode->cvode, ode->root_signs) == CV_SUCCESS;
    *time = before;
    if (s->run->path && bx_ode_path_step(ode, before, err) < 0)
        return -1;
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
    load(ode, ode->y, *time);
    if (bx_ode_check_delays(ode, err) < 0)
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
    ode->close_roots = ode->root_step = 0;
    if (ode->factors)
        bx_factors_forget(ode->factors);
    if (ode->root_count > 0 || ode->jumps)
        longest = run->duration / EVENT_STEPS;
    CVodeSetMaxStep(ode->cvode, longest);
    bx_network_rules(ode->network, s->frame);
    if (bx_ode_check_delays(ode, err) < 0 || (ode->tangent && bx_ode_tangent_begin(ode, err) < 0))
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
        if (step(ode, next_stop(ode, time), &time, err) < 0)
            return -1;
        bool left = s->run->open_end && time >= s->end;
        if (!left && settle(ode, err) < 0)
            return -1;
        bx_simulation_stepped(s, time);
        if (!left && record_rows(ode, time, !s->part || time < s->end, err) < 0)
            return -1;
        if (s->watch && s->watch(s->watch_data))
            s->end = time;
    }
    return 0;
}

/* What a run with derivatives needs, or one without does not. */
static int provide_tangent(bx_ode *ode, const bx_run *run, bx_error *err)
{
    size_t count = run->path ? bx_ode_path_columns(run->path) : run->by_count;
    bx_ode_tangent_free(ode->tangent);
    ode->tangent = NULL;
    if (count > 0)
        ode->tangent = bx_ode_tangent_new(ode, count, run->path != NULL, err);
    return count > 0 && !ode->tangent ? -1 : 0;
}

int bx_ode_run(bx_ode *ode, bx_simulation *simulation, bx_error *err)
{
    const bx_run *run = simulation->run;
    if (provide_tangent(ode, run, err) < 0 ||
        bx_ode_provide_solver(ode, run->adams, run->by_count + 1, err) < 0)
        return -1;
    ode->simulation = simulation;
    ode->history = bx_history_of(ode->network, simulation->frame);
    int result = advance(ode, err);
    if (result == 0 && ode->tangent)
        bx_ode_tangent_end(ode);
    if (result == 0 && run->path)
        result = bx_ode_path_end(ode, err);
    simulation->events->follower = NULL;
    ode->simulation = NULL;
    return result;
}
