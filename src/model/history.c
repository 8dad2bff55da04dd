#include "model/history.h"

#include "core/array.h"
#include "model/history_parts.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Jumps of derivatives up to this order are followed, and those that they lead to are met: second
 * derivatives. Those of higher order are left to the solver's control of its error: to start anew
 * at more of them costs more digits than it saves. Delays within delays add to the order, for a
 * delay alone does not raise it; where nothing is integrated but these count. */
#define ORDER_FOLLOWED 1

/* By so much of itself the sum of a time and a delay may be wrong; and by so much if it is 0. */
#define ROUNDING (8 * DBL_EPSILON)
#define TINY 1e-100

/* A step of the solver sees at most so many steps of the past; one of an order that says that it
 * does not belong to a start of the solver weighs more. */
#define PIECES_A_STEP 30
#define WEIGHT_OF_PIECE 3
#define ORDER_OF_START 2
#define SHORTEST_LIMIT 1e-10 /* of the time */

/* Numbers that are kept whatever the delays, and at most: 8 MB and 1 GB. */
#define NUMBERS_FREE ((size_t)1 << 20)
#define NUMBERS_MAXIMUM ((size_t)1 << 27)

static double value_of(bx_past *past, size_t delayed, double ago, double *frame);

bx_history *bx_history_new(const bx_network *network, const bool *held, bx_error *err)
{
    size_t kept = network->kept_count + 1, delayed = network->program.delayed_count;
    bx_history *h = calloc(1, sizeof *h);
    if (!h) {
        bx_fail_memory(err);
        return NULL;
    }
    h->past.value = value_of;
    h->network = network;
    h->held = held;
    h->index = calloc(network->species + network->parameters + 1, sizeof *h->index);
    h->begin = calloc(kept, sizeof *h->begin);
    h->now = calloc(kept, sizeof *h->now);
    h->fixed = calloc(kept, sizeof *h->fixed);
    h->ago = calloc(delayed, sizeof *h->ago);
    h->then = calloc(delayed, sizeof *h->then);
    h->aim = calloc(delayed, sizeof *h->aim);
    h->on_jump = calloc(delayed, sizeof *h->on_jump);
    h->frames = calloc(delayed + 1, sizeof *h->frames);
    if (!h->index || !h->begin || !h->now || !h->fixed || !h->ago || !h->then || !h->aim ||
        !h->on_jump || !h->frames) {
        bx_history_free(h);
        bx_fail_memory(err);
        return NULL;
    }
    for (uint32_t i = 0; i < network->kept_count; i++)
        h->index[network->kept[i]] = i;
    bx_history_clear(h);
    return h;
}

void bx_history_free(bx_history *h)
{
    if (!h)
        return;
    for (size_t i = 0; h->frames && h->frames[i]; i++) /* the network may be gone */
        free(h->frames[i]);
    free(h->frames);
    free(h->index);
    free(h->begin);
    free(h->now);
    free(h->fixed);
    free(h->ago);
    free(h->then);
    free(h->aim);
    free(h->on_jump);
    free(h->pieces);
    free(h->numbers);
    free(h->breaks);
    free(h);
}

void bx_history_attach(bx_history *history, double *frame)
{
    if (history)
        memcpy(&frame[history->network->program.past], &history, sizeof history);
}

bx_history *bx_history_of(const bx_network *network, const double *frame)
{
    bx_history *history = NULL;
    if (network->program.delayed_count > 0)
        memcpy(&history, &frame[network->program.past], sizeof history);
    return history;
}

void bx_history_clear(bx_history *h)
{
    h->begun = false;
    h->piece_count = h->number_count = h->break_count = h->since = 0;
    h->prune_at = NUMBERS_FREE;
    for (size_t i = 0; i < h->network->program.delayed_count; i++)
        h->ago[i] = INFINITY, h->then[i] = -INFINITY; /* not known yet */
    h->expected.time = -INFINITY;
}

/* ---- delayed values ---- */

static double fail(bx_history *h, bx_history_failure failure, size_t delayed, double ago,
                   double time)
{
    h->failure = failure;
    h->failed = delayed;
    h->failed_ago = ago;
    h->failed_time = time;
    return NAN;
}

/* The last piece that begins at `time` or before. */
static const bx_piece *find_piece(const bx_history *h, double time)
{
    size_t low = 0, high = h->piece_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (h->pieces[middle].start <= time)
            low = middle;
        else
            high = middle;
    }
    return &h->pieces[low];
}

static double evaluate(const bx_history *h, const bx_piece *piece, size_t place, double time)
{
    size_t width = h->network->kept_count;
    const double *numbers = h->numbers + piece->numbers + place;
    double distance = time - piece->at, value = numbers[piece->order * width];
    for (size_t j = piece->order; j-- > 0;)
        value = value * distance + numbers[j * width];
    return value;
}

/* Points between which a time within the present step lies: the present, the end of the last step,
 * and as many before as that step's order tells. Lagrange's weights of their values. */
static size_t weigh(const bx_history *h, double time, double *weights)
{
    double times[BX_HISTORY_ORDER + 2] = {h->present[h->network->time], h->end};
    size_t count = 2, pieces = h->piece_count;
    size_t most = pieces > h->since ? h->pieces[pieces - 1].order : 1;
    for (size_t i = pieces; i-- > h->since && count < most + 1; count++)
        times[count] = h->pieces[i].start;
    for (size_t i = 0; i < count; i++) {
        weights[i] = 1;
        for (size_t j = 0; j < count; j++)
            if (j != i)
                weights[i] *= (time - times[j]) / (times[i] - times[j]);
    }
    return count;
}

static double interpolate(const bx_history *h, size_t place, const double *weights, size_t count)
{
    double sum = weights[0] * h->present[h->network->kept[place]] + weights[1] * h->now[place];
    for (size_t i = 2; i < count; i++) {
        const bx_piece *piece = &h->pieces[h->piece_count + 1 - i];
        sum += weights[i] * evaluate(h, piece, place, piece->start);
    }
    return sum;
}

/* Put what delayed value number `delayed` needs of `time` into the frame. */
static void load(const bx_history *h, size_t delayed, double time, double *frame)
{
    const bx_network *network = h->network;
    const bx_csr *needs = &network->delayed_needs;
    double weights[BX_HISTORY_ORDER + 2];
    const bx_piece *piece = NULL;
    bool present = time >= h->present[network->time], early = !h->begun || time < h->begin_time;
    bool within = !present && !early && time >= h->end && !h->stepwise;
    size_t points = within ? weigh(h, time, weights) : 0;
    if (!present && !early && time < h->end)
        piece = find_piece(h, time);
    for (uint32_t i = needs->start[delayed]; i < needs->start[delayed + 1]; i++) {
        uint32_t slot = needs->items[i], place = h->index[slot];
        if (present || !h->begun)
            frame[slot] = h->present[slot];
        else if (early)
            frame[slot] = h->begin[place];
        else if (piece)
            frame[slot] = evaluate(h, piece, place, time);
        else
            frame[slot] = within ? interpolate(h, place, weights, points) : h->now[place];
    }
    frame[network->time] = time;
}

/* Whether a variable does not follow its formula before the beginning. */
static bool is_fixed(const bx_history *h, uint32_t slot)
{
    const bx_network *network = h->network;
    if (slot >= network->species + network->parameters)
        return false;
    return h->begun ? h->fixed[h->index[slot]] : h->held && h->held[slot];
}

/* Compute the rules, and before time 0 the initial values, that the delayed value needs. */
static void compute_needs(const bx_history *h, size_t delayed, double time, double *frame)
{
    const bx_network *network = h->network;
    const bx_csr *initials = &network->delayed_initials, *rules = &network->delayed_rules;
    uint32_t begin = initials->start[delayed], end = initials->start[delayed + 1];
    double start = h->begun ? h->begin_time : h->present[network->time];
    if (time < 0 && start == 0 && begin < end) {
        for (uint32_t i = begin; i < end; i++) {
            const bx_initial *initial = &network->initials[initials->items[i]];
            if (!is_fixed(h, initial->target))
                bx_program_run_range(&network->program, initial->code, frame);
        }
        return;
    }
    for (uint32_t i = rules->start[delayed]; i < rules->start[delayed + 1]; i++)
        bx_program_run_range(&network->program, network->rule_codes[rules->items[i]], frame);
}

/* A frame for a delay within `depth` others. */
static double *frame_at(bx_history *h, size_t depth)
{
    const bx_program *program = &h->network->program;
    double *frame = h->frames[depth];
    if (frame)
        return frame;
    frame = h->frames[depth] = malloc(program->frame_size * sizeof *frame);
    if (frame) {
        memcpy(frame, program->frame, program->frame_size * sizeof *frame);
        bx_history_attach(h, frame);
    }
    return frame;
}

static double value_of(bx_past *past, size_t delayed, double ago, double *frame)
{
    bx_history *h = (bx_history *)past;
    const bx_network *network = h->network;
    double time = frame[network->time] - ago;
    if (!(ago >= 0))
        return fail(h, BX_HISTORY_NEGATIVE, delayed, ago, frame[network->time]);
    if (h->depth == 0)
        h->present = frame;
    h->ago[delayed] = ago;
    h->then[delayed] = time;
    double *then = frame_at(h, h->depth);
    if (!then)
        return fail(h, BX_HISTORY_MEMORY, delayed, ago, frame[network->time]);
    if (h->begun && h->piece_count > 0 && time >= h->begin_time && time < h->pieces[0].start)
        return fail(h, BX_HISTORY_LOST, delayed, ago, frame[network->time]);
    const bx_delayed *what = &network->program.delayed[delayed];
    h->depth++;
    load(h, delayed, time, then);
    compute_needs(h, delayed, time, then);
    bx_program_run(what->code, what->code + what->count, then);
    h->depth--;
    return then[what->value];
}

void bx_history_watch(bx_history *h)
{
    h->failure = BX_HISTORY_FINE;
}

int bx_history_check(const bx_history *h, bx_error *err)
{
    const char *name = h->network->program.delayed[h->failed].name;
    switch (h->failure) {
    case BX_HISTORY_FINE: return 0;
    case BX_HISTORY_MEMORY: return bx_fail_memory(err);
    case BX_HISTORY_NEGATIVE:
        return bx_fail(err, BX_ESIMULATION,
                       "delay of \"%.64s\": it is %g s at time %g s: expected 0 or more", name,
                       h->failed_ago, h->failed_time);
    default:
        return bx_fail(
            err, BX_ESIMULATION,
            "delay of \"%.64s\": %g s before time %g s are not kept any more, for delays "
            "were shorter: the past is kept from %g s on",
            name, h->failed_ago, h->failed_time, h->pieces[0].start);
    }
}

/* ---- what is kept ---- */

/* In numbers. */
static size_t size_of(const bx_history *h)
{
    return h->number_count + h->piece_count * sizeof *h->pieces / sizeof *h->numbers;
}

/* Drop what is older than all delays together, if these are known. */
static void prune(bx_history *h, double now)
{
    size_t drop = 0;
    double reach = 0;
    for (size_t i = 0; i < h->network->program.delayed_count; i++)
        reach += h->network->delayed_steady[i] ? h->ago[i] : INFINITY;
    while (drop + BX_HISTORY_ORDER < h->piece_count && h->pieces[drop].end < now - reach)
        drop++;
    size_t numbers = h->piece_count > 0 ? h->pieces[drop].numbers : 0;
    memmove(h->numbers, h->numbers + numbers, (h->number_count - numbers) * sizeof *h->numbers);
    memmove(h->pieces, h->pieces + drop, (h->piece_count - drop) * sizeof *h->pieces);
    h->number_count -= numbers;
    h->piece_count -= drop;
    h->since = h->since > drop ? h->since - drop : 0;
    for (size_t i = 0; i < h->piece_count; i++)
        h->pieces[i].numbers -= numbers;
    drop = 0;
    while (drop < h->break_count && h->breaks[drop].time < now - reach)
        drop++;
    memmove(h->breaks, h->breaks + drop, (h->break_count - drop) * sizeof *h->breaks);
    h->break_count -= drop;
    h->prune_at = 2 * size_of(h) + NUMBERS_FREE;
}

static int make_room(bx_history *h, double now, bx_error *err)
{
    if (size_of(h) >= h->prune_at)
        prune(h, now);
    if (size_of(h) <= NUMBERS_MAXIMUM)
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "what is kept of the past for delayed values takes %zu bytes at time %g s, its "
                   "maximum: delays that vary may reach back to the beginning",
                   size_of(h) * sizeof *h->numbers, now);
}

double *bx_history_add(bx_history *h, double time, double at, uint32_t order)
{
    size_t count = (order + 1) * h->network->kept_count;
    bx_piece *pieces = bx_array_grow(h->pieces, h->piece_count, &h->piece_capacity, sizeof *pieces);
    if (!pieces)
        return NULL;
    h->pieces = pieces;
    while (h->number_capacity <= h->number_count + count) {
        double *numbers = bx_array_double(h->numbers, &h->number_capacity, sizeof *numbers);
        if (!numbers)
            return NULL;
        h->numbers = numbers;
    }
    pieces[h->piece_count++] = (bx_piece){h->end, time, at, order, h->number_count};
    h->end = time;
    h->number_count += count;
    return h->numbers + h->number_count - count;
}

int bx_history_step(bx_history *h, double time, unsigned order, const double *numbers,
                    bx_error *err)
{
    size_t width = h->network->kept_count;
    if (h->stepwise || !(time > h->end))
        return 0;
    if (make_room(h, time, err) < 0)
        return -1;
    double *to = bx_history_add(h, time, time, order);
    if (!to)
        return bx_fail_memory(err);
    memcpy(to, numbers, (order + 1) * width * sizeof *to);
    memcpy(h->now, numbers, width * sizeof *numbers);
    return 0;
}

uint32_t bx_history_followed(const bx_network *network)
{
    return ORDER_FOLLOWED + network->delayed_depth - 1;
}

int bx_history_break(bx_history *h, double time, uint32_t order)
{
    if (h->break_count > 0 && h->breaks[h->break_count - 1].time == time) {
        bx_break *last = &h->breaks[h->break_count - 1];
        last->order = order < last->order ? order : last->order;
        return 0;
    }
    bx_break *breaks = bx_array_grow(h->breaks, h->break_count, &h->break_capacity, sizeof *breaks);
    if (!breaks)
        return -1;
    h->breaks = breaks;
    breaks[h->break_count++] = (bx_break){time, order};
    return 0;
}

/* Variables kept their values from `end` to `time`. */
static int close_gap(bx_history *h, double time)
{
    if (!(time > h->end))
        return 0;
    double *numbers = bx_history_add(h, time, time, 0);
    if (numbers)
        memcpy(numbers, h->now, h->network->kept_count * sizeof *numbers);
    return numbers ? 0 : -1;
}

static bool has_changed(const bx_history *h, const double *frame)
{
    for (size_t i = 0; i < h->network->kept_count; i++) {
        double value = frame[h->network->kept[i]], before = h->now[i];
        if (value != before && !(isnan(value) && isnan(before)))
            return true;
    }
    return false;
}

static void take_now(bx_history *h, const double *frame)
{
    for (size_t i = 0; i < h->network->kept_count; i++)
        h->now[i] = frame[h->network->kept[i]];
}

/* The past is as the present, but for initial values that change with the time. */
static int start(bx_history *h, const double *frame)
{
    const bx_network *network = h->network;
    bx_history_clear(h);
    h->begun = true;
    h->begin_time = h->end = frame[network->time];
    take_now(h, frame);
    memcpy(h->begin, h->now, network->kept_count * sizeof *h->begin);
    for (size_t i = 0; i < network->kept_count; i++)
        h->fixed[i] = h->held && h->held[network->kept[i]];
    bool jumps = network->delayed_initials.start[network->program.delayed_count] > 0;
    return bx_history_break(h, h->end, jumps ? 0 : 1);
}

/* Drop what is kept of later times. */
static void cut(bx_history *h, double time)
{
    while (h->piece_count > 0 && h->pieces[h->piece_count - 1].start >= time)
        h->number_count = h->pieces[--h->piece_count].numbers;
    while (h->break_count > 0 && h->breaks[h->break_count - 1].time > time)
        h->break_count--;
    h->end = time;
    if (h->piece_count == 0)
        return;
    bx_piece *last = &h->pieces[h->piece_count - 1];
    last->end = time;
    for (size_t i = 0; i < h->network->kept_count; i++)
        h->now[i] = evaluate(h, last, i, time);
}

int bx_history_begin(bx_history *h, const double *frame, bool stepwise, bx_error *err)
{
    double time = frame[h->network->time];
    h->stepwise = stepwise;
    h->depth = 0;
    if (!h->begun || (h->piece_count == 0 && time == h->begin_time))
        return start(h, frame) < 0 ? bx_fail_memory(err) : 0;
    if (time < h->end)
        cut(h, time);
    if (close_gap(h, time) < 0 || (has_changed(h, frame) && bx_history_break(h, time, 0) < 0))
        return bx_fail_memory(err);
    take_now(h, frame);
    h->since = h->piece_count;
    return 0;
}

int bx_history_mark(bx_history *h, const double *frame, bool rates, bx_error *err)
{
    double time = frame[h->network->time];
    bool known = time == h->expected.time, changed = has_changed(h, frame);
    if (h->stepwise && !changed && !known && !rates)
        return 0;
    if (make_room(h, time, err) < 0)
        return -1;
    uint32_t order = changed ? 0 : known ? h->expected.order : 1;
    bool follow = (changed || known || rates) && order <= bx_history_followed(h->network);
    if (close_gap(h, time) < 0 || (follow && bx_history_break(h, time, order) < 0))
        return bx_fail_memory(err);
    take_now(h, frame);
    h->since = h->piece_count;
    return 0;
}

double bx_history_limit(const bx_history *h, double now)
{
    double limit = INFINITY;
    for (size_t i = 0; i < h->network->program.delayed_count && !h->stepwise; i++) {
        double then = h->then[i];
        if (!(then >= h->begin_time && then < h->end))
            continue;
        const bx_piece *piece = find_piece(h, then), *end = h->pieces + h->piece_count;
        for (int left = PIECES_A_STEP; left > 0 && piece < end; piece++)
            left -= piece->order > ORDER_OF_START ? WEIGHT_OF_PIECE : 1;
        if (piece == end)
            continue;
        double seconds = piece->end - then;
        limit = fmin(limit, now + (h->network->delayed_steady[i] ? seconds : seconds / 4));
    }
    return fmax(limit, now + SHORTEST_LIMIT * fabs(now));
}

static double again(double time, double ago)
{
    double at = time + ago;
    return at + ROUNDING * fabs(at) + TINY;
}

/* The first jump after `time`, or their number. */
static size_t first_after(const bx_history *h, double time)
{
    size_t low = 0, high = h->break_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->breaks[middle].time > time)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

double bx_history_next(bx_history *h, double now)
{
    h->expected = (bx_break){INFINITY, 0};
    for (size_t i = 0; i < h->network->program.delayed_count; i++) {
        double ago = h->ago[i];
        if (!h->network->delayed_steady[i] || !(ago > 0) || isinf(ago))
            continue;
        size_t next = first_after(h, bx_history_before(now) - ago);
        while (next < h->break_count && again(h->breaks[next].time, ago) <= now)
            next++;
        if (next == h->break_count)
            continue;
        double time = again(h->breaks[next].time, ago);
        uint32_t order = h->breaks[next].order + 1;
        if (time < h->expected.time || (time == h->expected.time && order < h->expected.order))
            h->expected = (bx_break){time, order};
    }
    return h->expected.time;
}

size_t bx_history_moving(const bx_network *network)
{
    size_t count = 0;
    for (size_t i = 0; i < network->program.delayed_count; i++)
        count += !network->delayed_steady[i];
    return count;
}

void bx_history_aim(bx_history *h)
{
    for (size_t i = 0; i < h->network->program.delayed_count; i++) {
        size_t aim = h->aim[i] = first_after(h, h->then[i]);
        h->on_jump[i] = aim > 0 && h->breaks[aim - 1].time == h->then[i];
    }
}

/* The jump before `then`, or NULL. */
static const bx_break *jump_before(const bx_history *h, size_t i)
{
    size_t at = h->aim[i] - h->on_jump[i];
    return at > 0 ? &h->breaks[at - 1] : NULL;
}

static const bx_break *jump_after(const bx_history *h, size_t i)
{
    return h->aim[i] < h->break_count ? &h->breaks[h->aim[i]] : NULL;
}

void bx_history_distances(const bx_history *h, double *out)
{
    for (size_t i = 0; i < h->network->program.delayed_count; i++) {
        if (h->network->delayed_steady[i])
            continue;
        const bx_break *before = jump_before(h, i), *after = jump_after(h, i);
        double distance = before ? h->then[i] - before->time : 1;
        distance *= after ? after->time - h->then[i] : 1;
        *out++ = isfinite(distance) ? distance : 1;
    }
}

void bx_history_meet(bx_history *h, size_t which, double time)
{
    size_t i = 0;
    while (h->network->delayed_steady[i] || which-- > 0)
        i++;
    const bx_break *met = jump_after(h, i), *before = jump_before(h, i);
    if (!met || (before && h->then[i] - before->time < met->time - h->then[i]))
        met = before;
    if (met)
        h->expected = (bx_break){time, met->order + 1};
}

double bx_history_before(double known)
{
    return known - 3 * (ROUNDING * fabs(known) + TINY);
}
