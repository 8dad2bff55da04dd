#include "engine/deterministic/path_parts.h"

#include "core/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of what is noted; so many firings of each delayed event may wait at a time. */
#define MOST_NUMBERS ((size_t)1 << 27)
#define MOST_WAITING ((size_t)8)

/* ---- set-up ---- */

static size_t settable(const bx_network *network)
{
    return network->species + network->parameters;
}

static size_t count_waiting(const bx_network *network)
{
    size_t count = 0;
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (event->delay != BX_SLOT_NONE)
            count += MOST_WAITING * (1 + event->assignments.end - event->assignments.begin);
    }
    return count;
}

static void add_column(bx_path *path, uint32_t slot)
{
    if (path->column_of[slot] != BX_SLOT_NONE)
        return;
    path->column_of[slot] = (uint32_t)path->columns;
    path->slots[path->columns++] = slot;
}

static void choose_columns(bx_path *path, const bool *live)
{
    const bx_network *network = path->network;
    for (uint32_t slot = 0; slot < settable(network); slot++)
        path->column_of[slot] = BX_SLOT_NONE;
    for (uint32_t slot = 0; slot < network->species; slot++)
        if (network->changing[slot])
            add_column(path, slot);
    path->moving = path->columns;
    for (uint32_t slot = 0; slot < settable(network); slot++)
        if (live[slot])
            add_column(path, slot);
    for (size_t i = 0; i < network->assignment_count; i++)
        add_column(path, network->assignments[i].target);
}

bx_path *bx_path_new(const bx_network *network, const bool *live, size_t others, bx_error *err)
{
    bx_path *path = calloc(1, sizeof *path);
    if (!path) {
        bx_fail_memory(err);
        return NULL;
    }
    path->network = network;
    path->waiting = count_waiting(network);
    path->others = others;
    path->slots = calloc(settable(network) + 1, sizeof *path->slots);
    path->column_of = calloc(settable(network) + 1, sizeof *path->column_of);
    path->owners = calloc(path->waiting + 1, sizeof *path->owners);
    path->sizes = calloc(settable(network) + 1, sizeof *path->sizes);
    path->tangent = bx_tangent_new(network, 0, err);
    if (!path->slots || !path->column_of || !path->owners || !path->sizes || !path->tangent) {
        if (path->tangent)
            bx_fail_memory(err);
        bx_path_free(path);
        return NULL;
    }
    choose_columns(path, live);
    return path;
}

void bx_path_free(bx_path *path)
{
    if (!path)
        return;
    bx_tangent_free(path->tangent);
    free(path->slots);
    free(path->column_of);
    free(path->owners);
    free(path->sizes);
    free(path->items);
    free(path->numbers);
    bx_back_free(path->back);
    free(path);
}

void bx_path_clear(bx_path *path)
{
    path->item_count = path->number_count = path->rows = 0;
    memset(path->owners, 0, path->waiting * sizeof *path->owners);
    memset(path->sizes, 0, path->columns * sizeof *path->sizes);
}

/* ---- columns ---- */

size_t bx_path_columns(const bx_path *path)
{
    return path->columns;
}

size_t bx_path_width(const bx_path *path)
{
    return path->columns + path->waiting + path->others;
}

size_t bx_path_column(const bx_path *path, size_t slot)
{
    return path->column_of[slot] == BX_SLOT_NONE ? BX_NAME_NONE : path->column_of[slot];
}

size_t bx_path_slot(const bx_path *path, size_t column)
{
    return path->slots[column];
}

size_t bx_path_other(const bx_path *path, size_t i)
{
    return path->columns + path->waiting + i;
}

bool bx_path_may_jump(const bx_path *path)
{
    size_t breakers;
    bx_tangent_breakers(path->tangent, &breakers);
    return path->network->events > 0 || breakers > 0;
}

size_t bx_path_waiting(const bx_path *path)
{
    return path->waiting;
}

/* The columns from `first` on that an owner has, or that nobody has. */
static size_t count_of(const bx_path *path, size_t first, const void *owner)
{
    size_t i = first;
    while (i < path->waiting && path->owners[i] == owner)
        i++;
    return i - first;
}

/* An owner that has another number is another in its place. */
int bx_path_wait(bx_path *path, const void *owner, size_t count, size_t *column, bx_error *err)
{
    size_t i = 0;
    while (i < path->waiting && path->owners[i] != owner)
        i++;
    if (count_of(path, i, owner) != count) {
        memset(path->owners + i, 0, count_of(path, i, owner) * sizeof *path->owners);
        for (i = 0; i < path->waiting && count_of(path, i, NULL) < count;)
            i += 1 + count_of(path, i, NULL);
        if (i >= path->waiting)
            return bx_fail(err, BX_ESIMULATION,
                           "adjoints: too many firings of events wait for the end of their delay");
        for (size_t k = 0; k < count; k++)
            path->owners[i + k] = owner;
    }
    *column = path->columns + i;
    return 0;
}

void bx_path_keep(bx_path *path, const void *const *owners, size_t count)
{
    for (size_t i = 0; i < path->waiting; i++) {
        size_t k = 0;
        while (k < count && owners[k] != path->owners[i])
            k++;
        if (k == count)
            path->owners[i] = NULL;
    }
}

/* ---- the way ---- */

/* Room for an item's numbers, or NULL. */
static double *add_numbers(bx_path *path, size_t count, bx_error *err)
{
    size_t needed = path->number_count + count;
    if (needed >= path->number_capacity && needed <= MOST_NUMBERS) {
        size_t capacity = 2 * needed + 1;
        double *numbers = realloc(path->numbers, capacity * sizeof *numbers);
        if (numbers) {
            path->numbers = numbers;
            path->number_capacity = capacity;
        }
    }
    if (needed > path->number_capacity) {
        bx_fail(err, BX_ESIMULATION, "adjoints: the course of a run takes too much memory");
        return NULL;
    }
    double *numbers = path->numbers + path->number_count;
    path->number_count = needed;
    return numbers;
}

static double *add(bx_path *path, bx_path_item item, size_t count, bx_error *err)
{
    bx_path_item *items =
        bx_array_grow(path->items, path->item_count, &path->item_capacity, sizeof *items);
    if (!items) {
        bx_fail_memory(err);
        return NULL;
    }
    path->items = items;
    item.at = path->number_count;
    double *numbers = add_numbers(path, count, err);
    if (numbers)
        items[path->item_count++] = item;
    return numbers;
}

int bx_path_jump(bx_path *path, bx_error *err)
{
    return add(path, (bx_path_item){BX_PATH_JUMP}, 0, err) ? 0 : -1;
}

int bx_path_jump_row(bx_path *path, size_t column, const double *row, bx_error *err)
{
    size_t width = bx_path_width(path);
    double *numbers = add_numbers(path, width + 1, err);
    if (!numbers)
        return -1;
    numbers[0] = (double)column;
    memcpy(numbers + 1, row, width * sizeof *row);
    path->items[path->item_count - 1].count++;
    return 0;
}

static void note_size(bx_path *path, size_t column, double value)
{
    if (fabs(value) > path->sizes[column])
        path->sizes[column] = fabs(value);
}

int bx_path_start(bx_path *path, const double *frame, bx_error *err)
{
    size_t size = path->network->program.frame_size;
    bx_path_item item = {BX_PATH_START, .time = frame[path->network->time]};
    double *numbers = add(path, item, size, err);
    if (!numbers)
        return -1;
    memcpy(numbers, frame, size * sizeof *frame);
    for (size_t c = 0; c < path->columns; c++)
        note_size(path, c, frame[path->slots[c]]);
    return 0;
}

double *bx_path_step(bx_path *path, double from, double to, size_t order, bx_error *err)
{
    return add(path, (bx_path_item){BX_PATH_STEP, to, from, .count = order},
               (order + 1) * path->moving, err);
}

int bx_path_row(bx_path *path, const double *frame, bx_error *err)
{
    bx_path_item item = {BX_PATH_ROW, .time = frame[path->network->time]};
    double *numbers = add(path, item, path->moving, err);
    if (!numbers)
        return -1;
    for (size_t i = 0; i < path->moving; i++)
        numbers[i] = frame[path->slots[i]];
    path->rows++;
    return 0;
}

size_t bx_path_rows(const bx_path *path)
{
    return path->rows;
}

int bx_path_end(bx_path *path, double time, bx_error *err)
{
    return add(path, (bx_path_item){BX_PATH_END, .time = time}, 0, err) ? 0 : -1;
}
