/* Back along a path: CVODE solves for the adjoints from each time at which something is read or
 * jumps to the one before. */
#include "core/number.h"
#include "engine/deterministic/factors.h"
#include "engine/deterministic/path_parts.h"
#include "engine/deterministic/silence.h"
#include "engine/deterministic/tolerance.h"
#include "engine/deterministic/vectors.h"
#include "engine/jacobian.h"

#include <cvode/cvode.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Adjoints are solved for less exactly than the course, by this factor. */
#define LESS_EXACT 10

/* The absolute part of what an error may be: of the adjoint's largest value so far; of the largest
 * of all, each weighed by how large values of its column are; and of what it would come to in this
 * part of the path at its highest rate. */
#define OF_LARGEST 1e-4
#define OF_ALL 1e-6
#define FROM_0 1e-8
#define OF_LATE 0.9 /* a rate counts for so much of itself a step later */
#define TINY 1e-100

#define ERROR_TEST_FAILURES 60

/* The course is read no closer to the ends of its smooth parts, where a formula may change at once,
 * than this part of the step there, or of the time. */
#define BESIDE 1e-9
#define BESIDE_TIME 1e-14

struct bx_back {
    bx_path *path;
    const bx_path_ask *ask; /* while it goes */
    bx_jacobian *jacobian;
    bx_csr pattern;  /* the Jacobian's, transposed */
    uint32_t *from;  /* its entry -> the Jacobian's */
    double *entries; /* of the Jacobian */
    double *system;  /* 1 + gamma times that, transposed */
    bx_factors *factors;
    SUNContext context;
    void *cvode;
    N_Vector adjoint, change; /* of columns of slots */
    SUNMatrix matrix;
    SUNLinearSolver solver;
    double *frame;
    double *by_slot;           /* adjoints */
    double *largest, *fastest; /* by column */
    size_t step;               /* the item of the step that was read last */
    double low, high;          /* times between which the course is read */
    double reach;              /* the length of the part */
    double relative;
};

/* ---- the course ---- */

static double beside(const bx_path_item *step)
{
    return fmax(BESIDE * (step->time - step->from), BESIDE_TIME * fabs(step->time));
}

/* The step that a time is in, of the smooth part that the last one is of. */
static const bx_path_item *find_step(bx_back *b, double time)
{
    const bx_path_item *items = b->path->items;
    size_t i = b->step;
    while (items[i].kind != BX_PATH_START &&
           !(items[i].kind == BX_PATH_STEP && items[i].from < time))
        i--;
    if (items[i].kind == BX_PATH_START)
        while (items[++i].kind != BX_PATH_STEP)
            ;
    for (size_t next = i; next < b->path->item_count && items[i].time < time; next++) {
        if (items[next].kind == BX_PATH_START || items[next].kind == BX_PATH_END)
            break;
        if (items[next].kind == BX_PATH_STEP)
            i = next;
    }
    b->step = i;
    return &items[i];
}

/* The values at a time are put into the frame, without its rules. */
static void load(bx_back *b, double time)
{
    const bx_path *path = b->path;
    double at = fmin(fmax(time, b->low), b->high);
    const bx_path_item *step = find_step(b, at);
    const double *terms = path->numbers + step->at;
    size_t n = path->moving;
    double x = at - step->time;
    for (size_t i = 0; i < n; i++) {
        double value = terms[step->count * n + i];
        for (size_t k = step->count; k-- > 0;)
            value = value * x + terms[k * n + i];
        b->frame[path->slots[i]] = value;
    }
    b->frame[path->network->time] = at;
}

/* Rules follow the frame's values; what is solved for by equations is sought from where it was. */
static void update(bx_back *b)
{
    bx_error unused;
    bx_network_rules(b->path->network, b->frame);
    bx_network_keep(b->path->network, b->frame, &unused);
}

/* ---- what CVODE calls ---- */

static int differentiate(sunrealtype time, N_Vector adjoint, N_Vector change, void *data)
{
    bx_back *b = data;
    const bx_path *path = b->path;
    const bx_network *network = path->network;
    double *out = N_VGetArrayPointer(change), sum = 0;
    if (b->ask->interrupt && *b->ask->interrupt)
        return -1;
    load(b, time);
    update(b);
    memset(b->by_slot, 0, network->program.frame_size * sizeof *b->by_slot);
    bx_tangent_back_rates(path->tangent, b->frame, path->column_of, N_VGetArrayPointer(adjoint),
                          b->by_slot);
    bx_tangent_back_rules(path->tangent, b->frame, b->by_slot);
    for (size_t c = 0; c < path->columns; c++) {
        out[c] = -b->by_slot[path->slots[c]];
        sum += out[c] * 0;
        b->fastest[c] = bx_larger(b->fastest[c], fabs(out[c]));
    }
    return sum == 0 ? 0 : 1;
}

static int weigh(N_Vector adjoint, N_Vector weights, void *data)
{
    bx_back *b = data;
    const bx_path *path = b->path;
    const double *values = N_VGetArrayPointer(adjoint);
    double *out = N_VGetArrayPointer(weights), all = 0;
    for (size_t c = 0; c < path->columns; c++) {
        b->largest[c] = bx_larger(b->largest[c], fabs(values[c]));
        all = bx_larger(all, b->largest[c] * path->sizes[c]);
    }
    for (size_t c = 0; c < path->columns; c++) {
        double scale = bx_larger(OF_LARGEST * b->largest[c], FROM_0 * b->reach * b->fastest[c]);
        if (path->sizes[c] > 0)
            scale = bx_larger(scale, OF_ALL * all / path->sizes[c]);
        out[c] = 1 / (b->relative * (fabs(values[c]) + scale) + TINY);
        b->fastest[c] *= OF_LATE;
    }
    return 0;
}

/* 1 less gamma times the derivatives of what is solved for, of the columns that move. */
static int make_system(sunrealtype time, N_Vector adjoint, N_Vector change, SUNMatrix matrix,
                       sunbooleantype old, sunbooleantype *renewed, sunrealtype gamma, void *data,
                       N_Vector t1, N_Vector t2, N_Vector t3)
{
    (void)adjoint, (void)change, (void)matrix, (void)t1, (void)t2, (void)t3;
    bx_back *b = data;
    size_t n = b->path->moving;
    if (!old) {
        load(b, time);
        memset(b->entries, 0, b->pattern.start[n] * sizeof *b->entries);
        bx_jacobian_evaluate(b->jacobian, b->frame, b->entries);
    }
    *renewed = !old;
    for (uint32_t j = 0; j < n; j++)
        for (uint32_t i = b->pattern.start[j]; i < b->pattern.start[j + 1]; i++)
            b->system[i] = gamma * b->entries[b->from[i]] + (b->pattern.items[i] == j);
    return bx_factors_compute(b->factors, b->system); /* 1: try another step */
}

/* What does not move follows from what does, and another iteration gets it right. */
static int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector right,
                 sunrealtype tolerance)
{
    (void)matrix, (void)tolerance;
    const bx_back *b = solver->content;
    size_t n = b->path->moving;
    const double *from = N_VGetArrayPointer(right);
    double *to = N_VGetArrayPointer(x);
    bx_factors_solve(b->factors, from, to);
    memcpy(to + n, from + n, (b->path->columns - n) * sizeof *to);
    return SUNLS_SUCCESS;
}

static SUNLinearSolver_Type solver_type(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_DIRECT;
}

static int free_solver(SUNLinearSolver solver)
{
    solver->content = NULL;
    SUNLinSolFreeEmpty(solver);
    return SUNLS_SUCCESS;
}

/* ---- set-up ---- */

/* The Jacobian's pattern transposed, and where its entries come from. */
static int transpose(bx_back *b)
{
    const bx_csr *pattern = bx_jacobian_pattern(b->jacobian);
    size_t n = b->path->moving, entries = pattern->start[n];
    b->from = malloc((entries + 1) * sizeof *b->from);
    uint32_t *next = malloc((n + 1) * sizeof *next);
    int result = b->from && next ? bx_csr_transpose(pattern, n, &b->pattern) : -1;
    if (result == 0) {
        memcpy(next, b->pattern.start, n * sizeof *next);
        for (uint32_t i = 0; i < entries; i++)
            b->from[next[pattern->items[i]]++] = i;
    }
    free(next);
    return result;
}

static int create_factors(bx_back *b, bx_error *err)
{
    size_t n = b->path->moving;
    if (bx_jacobian_new(b->path->network, b->path->column_of, n, &b->jacobian, err) < 0)
        return -1;
    if (!b->jacobian)
        return bx_fail(err, BX_ESIMULATION, "adjoints: the network is too large");
    if (transpose(b) < 0)
        return bx_fail_memory(err);
    b->entries = malloc((b->pattern.start[n] + 1) * sizeof *b->entries);
    b->system = malloc((b->pattern.start[n] + 1) * sizeof *b->system);
    b->factors = bx_factors_new(&b->pattern);
    return b->entries && b->system && b->factors ? 0 : bx_fail_memory(err);
}

static int create_solver(bx_back *b, bx_error *err)
{
    if (bx_sundials_open(&b->context) < 0)
        return bx_fail_memory(err);
    b->adjoint = N_VNew_Serial((sunindextype)b->path->columns, b->context);
    b->change = N_VNew_Serial((sunindextype)b->path->columns, b->context);
    b->cvode = CVodeCreate(CV_BDF, b->context);
    b->matrix = SUNMatNewEmpty(b->context);
    b->solver = SUNLinSolNewEmpty(b->context);
    if (!b->adjoint || !b->change || !b->cvode || !b->matrix || !b->solver)
        return bx_fail_memory(err);
    bx_vectors_speed_up(b->adjoint);
    b->solver->content = b;
    b->solver->ops->gettype = solver_type;
    b->solver->ops->solve = solve;
    b->solver->ops->free = free_solver;
    return bx_cvode_silence(b->cvode) == 0 &&
                   CVodeInit(b->cvode, differentiate, 0, b->adjoint) == CV_SUCCESS &&
                   CVodeSetUserData(b->cvode, b) == CV_SUCCESS &&
                   CVodeWFtolerances(b->cvode, weigh) == CV_SUCCESS &&
                   CVodeSetMaxNumSteps(b->cvode, -1) == CV_SUCCESS &&
                   CVodeSetMaxHnilWarns(b->cvode, -1) == CV_SUCCESS &&
                   CVodeSetMaxErrTestFails(b->cvode, ERROR_TEST_FAILURES) == CV_SUCCESS &&
                   CVodeSetLinearSolver(b->cvode, b->solver, b->matrix) == CV_SUCCESS &&
                   CVodeSetLinSysFn(b->cvode, make_system) == CV_SUCCESS
               ? 0
               : bx_fail_memory(err);
}

void bx_back_free(bx_back *b)
{
    if (!b)
        return;
    CVodeFree(&b->cvode);
    SUNLinSolFree(b->solver);
    SUNMatDestroy(b->matrix);
    N_VDestroy(b->adjoint);
    N_VDestroy(b->change);
    SUNContext_Free(&b->context);
    bx_factors_free(b->factors);
    bx_jacobian_free(b->jacobian);
    bx_csr_free(&b->pattern);
    free(b->from);
    free(b->entries);
    free(b->system);
    free(b->frame);
    free(b);
}

static int provide(bx_path *path, bx_error *err)
{
    size_t size = path->network->program.frame_size;
    bx_back *b = path->back ? path->back : calloc(1, sizeof *b);
    if (path->back)
        return 0;
    if (!b)
        return bx_fail_memory(err);
    b->path = path;
    b->frame = calloc(2 * (size + 1) + 2 * path->columns, sizeof *b->frame);
    bool moves = path->moving > 0;
    if (b->frame && (!moves || (create_factors(b, err) == 0 && create_solver(b, err) == 0))) {
        b->by_slot = b->frame + size + 1;
        b->largest = b->by_slot + size + 1;
        b->fastest = b->largest + path->columns;
        path->back = b;
        return 0;
    }
    if (!b->frame)
        bx_fail_memory(err);
    bx_back_free(b);
    return -1;
}

/* ---- a smooth part ---- */

/* The part that begins with the item number `start` is gone back along from `now`. */
static void enter(bx_back *b, size_t start, double now)
{
    const bx_path *path = b->path;
    const bx_path_item *items = path->items, *first = NULL, *last = NULL;
    for (size_t i = start + 1; i < path->item_count && items[i].kind != BX_PATH_START; i++) {
        if (items[i].kind != BX_PATH_STEP)
            continue;
        first = first ? first : &items[i];
        last = &items[i];
        b->step = i;
    }
    memcpy(b->frame, path->numbers + items[start].at,
           path->network->program.frame_size * sizeof *b->frame);
    if (!first)
        return;
    b->low = first->from + beside(first);
    b->high = now - beside(last);
    if (b->low > b->high)
        b->low = b->high = first->from + (now - first->from) / 2;
    for (; path->network->unknown_count > 0 && first <= last; first++)
        if (first->kind == BX_PATH_STEP) { /* to the root that the course has at the end */
            load(b, first->time);
            update(b);
        }
}

static int fail(const bx_back *b, int flag, double time, bx_error *err)
{
    if (b->ask->interrupt && *b->ask->interrupt)
        return bx_fail(err, BX_ECANCELLED, "the run was interrupted at time %g s", time);
    return bx_fail(err, BX_ESIMULATION, "adjoints can't be carried back beyond time %g s: %s", time,
                   flag == CV_TOO_MUCH_WORK
                       ? "that takes too many steps"
                       : "a derivative is not finite, or no step short enough");
}

static bool is_zero(const double *values, size_t count)
{
    while (count > 0 && values[count - 1] == 0)
        count--;
    return count == 0;
}

/* From `now` to an earlier time, within what was entered. */
static int go_back(bx_back *b, double now, double time, double *adjoint, bx_error *err)
{
    size_t columns = b->path->columns;
    double reached = now;
    if (!(now > time) || is_zero(adjoint, b->path->moving))
        return 0;
    double *values = N_VGetArrayPointer(b->adjoint);
    b->reach = now - time;
    memcpy(values, adjoint, columns * sizeof *values);
    int flag = CVodeReInit(b->cvode, now, b->adjoint);
    if (flag == CV_SUCCESS)
        flag = CVodeSetStopTime(b->cvode, time);
    if (flag == CV_SUCCESS)
        flag = CVode(b->cvode, time, b->adjoint, &reached, CV_NORMAL);
    if (flag == CV_TOO_CLOSE) {
        flag = differentiate(now, b->adjoint, b->change, b) ? CV_RHSFUNC_FAIL : CV_SUCCESS;
        N_VLinearSum(1, b->adjoint, time - now, b->change, b->adjoint);
    }
    if (flag < 0)
        return fail(b, flag, reached, err);
    memcpy(adjoint, values, columns * sizeof *values);
    return 0;
}

/* ---- what happens between ---- */

/* The values at a row of the part that was entered were read. */
static int add_row(bx_back *b, const bx_path_item *item, const double *seeds, double *adjoint,
                   bx_error *err)
{
    const bx_path *path = b->path;
    const bx_network *network = path->network;
    double sum = 0;
    for (size_t i = 0; i < path->moving; i++)
        b->frame[path->slots[i]] = path->numbers[item->at + i];
    b->frame[network->time] = item->time;
    update(b);
    memset(b->by_slot, 0, network->program.frame_size * sizeof *b->by_slot);
    for (size_t i = 0; i < b->ask->count; i++)
        b->by_slot[b->ask->slots[i]] += seeds[i];
    bx_tangent_back_rules(path->tangent, b->frame, b->by_slot);
    for (size_t c = 0; c < path->columns; c++) {
        adjoint[c] += b->by_slot[path->slots[c]];
        sum += adjoint[c] * 0;
    }
    return sum == 0 ? 0 : fail(b, 0, item->time, err);
}

/* Columns jumped: first all that did are taken out, then what they came from has theirs. */
static int jump(bx_back *b, const bx_path_item *item, double *adjoint, bx_error *err)
{
    size_t width = bx_path_width(b->path);
    const double *rows = b->path->numbers + item->at;
    double *weights = malloc((item->count + 1) * sizeof *weights);
    if (!weights)
        return bx_fail_memory(err);
    for (size_t k = 0; k < item->count; k++) {
        size_t column = (size_t)rows[k * (width + 1)];
        weights[k] = adjoint[column];
        adjoint[column] = 0;
    }
    for (size_t k = 0; k < item->count; k++) {
        const double *row = rows + k * (width + 1) + 1;
        for (size_t j = 0; weights[k] != 0 && j < width; j++)
            adjoint[j] += weights[k] * row[j];
    }
    free(weights);
    return 0;
}

/* The item that the part begins with which the item `i` is of. */
static size_t start_of(const bx_path *path, size_t i)
{
    while (path->items[i].kind != BX_PATH_START)
        i--;
    return i;
}

static int go_through(bx_back *b, double *adjoint, bx_error *err)
{
    const bx_path *path = b->path;
    const bx_path_item *items = path->items;
    double now = -INFINITY;
    bool entered = false;
    int result = 0;
    for (size_t i = path->item_count, row = path->rows; i-- > 0 && result == 0;) {
        const double *seeds = b->ask->seeds;
        if (items[i].kind == BX_PATH_ROW)
            seeds += --row * b->ask->count;
        if (items[i].kind == BX_PATH_STEP ||
            (items[i].kind == BX_PATH_ROW && is_zero(seeds, b->ask->count)))
            continue;
        if (items[i].kind == BX_PATH_JUMP) {
            result = jump(b, &items[i], adjoint, err);
            continue;
        }
        if (items[i].kind == BX_PATH_END)
            now = items[i].time;
        if (!entered || items[i].kind == BX_PATH_END)
            enter(b, start_of(path, i), now);
        entered = items[i].kind != BX_PATH_START;
        result = go_back(b, now, items[i].time, adjoint, err);
        now = items[i].time;
        if (result == 0 && items[i].kind == BX_PATH_ROW)
            result = add_row(b, &items[i], seeds, adjoint, err);
    }
    return result;
}

int bx_path_back(bx_path *path, const bx_path_ask *ask, double *adjoint, bx_error *err)
{
    if (provide(path, err) < 0)
        return -1;
    bx_back *b = path->back;
    b->ask = ask;
    b->relative = LESS_EXACT *
                  (ask->relative_tolerance > 0 ? ask->relative_tolerance : BX_TOLERANCE_RELATIVE);
    memset(adjoint, 0, bx_path_width(path) * sizeof *adjoint);
    memset(b->largest, 0, path->columns * sizeof *b->largest);
    memset(b->fastest, 0, path->columns * sizeof *b->fastest);
    if (b->cvode)
        CVodeSetMaxNumSteps(b->cvode, ask->maximum_steps > 0 ? (long)ask->maximum_steps : -1);
    return go_through(b, adjoint, err);
}
