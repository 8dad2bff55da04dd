/* Layout of the bytes, little-endian: u64, 1 if it has begun, else nothing more; the time of the
 * beginning and the values then; u64 for each, 1 if it was set; the end and the values there; u64
 * number of jumps, of each the time and u64 order; u64 number of pieces, of each start, end and
 * centre, u64 order and the numbers. */
#include "core/array.h"
#include "model/history_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of what is kept here at each place: its place in another history, or PLACE_NONE, and its value
 * now, which was so always. */
typedef struct origin {
    uint32_t place;
    double value;
} origin;

#define PLACE_NONE UINT32_MAX

static double number_of(const origin *from, const double *numbers, bool constant)
{
    return from->place != PLACE_NONE ? numbers[from->place] : constant ? from->value : 0;
}

static int copy_pieces(bx_history *h, const bx_history *from, const origin *origins)
{
    size_t width = h->network->kept_count, other = from->network->kept_count;
    for (size_t i = 0; i < from->piece_count; i++) {
        const bx_piece *piece = &from->pieces[i];
        h->end = piece->start;
        double *to = bx_history_add(h, piece->end, piece->at, piece->order);
        if (!to)
            return -1;
        for (size_t j = 0; j <= piece->order; j++)
            for (size_t k = 0; k < width; k++)
                to[j * width + k] =
                    number_of(&origins[k], from->numbers + piece->numbers + j * other, j == 0);
    }
    for (size_t i = 0; i < from->break_count; i++)
        if (bx_history_break(h, from->breaks[i].time, from->breaks[i].order) < 0)
            return -1;
    return 0;
}

static int take(bx_history *h, const bx_history *from, const origin *origins)
{
    bx_history_clear(h);
    for (size_t i = 0; from->begun && i < h->network->kept_count; i++) {
        bool known = origins[i].place != PLACE_NONE;
        h->begin[i] = number_of(&origins[i], from->begin, true);
        h->now[i] = number_of(&origins[i], from->now, true);
        h->fixed[i] = !known || from->fixed[origins[i].place];
    }
    if (copy_pieces(h, from, origins) < 0)
        return -1;
    h->begun = from->begun;
    h->begin_time = from->begin_time;
    h->end = from->end;
    h->since = h->piece_count;
    return 0;
}

int bx_history_copy(bx_history *h, const bx_history *from, bx_error *err)
{
    size_t count = h->network->kept_count;
    origin *origins = calloc(count + 1, sizeof *origins);
    for (uint32_t i = 0; origins && i < count; i++)
        origins[i].place = i;
    int result = origins ? take(h, from, origins) : -1;
    free(origins);
    return result < 0 ? bx_fail_memory(err) : 0;
}

static uint32_t place_of(const bx_network *network, const char *name)
{
    size_t slot = bx_names_find(&network->index, name);
    for (uint32_t place = 0; place < network->kept_count; place++)
        if (network->kept[place] == slot)
            return place;
    return PLACE_NONE;
}

int bx_history_carry(bx_history *h, const bx_history *before, const double *frame, bx_error *err)
{
    const bx_network *network = h->network;
    origin *origins = calloc(network->kept_count + 1, sizeof *origins);
    bool any = false;
    for (size_t i = 0; origins && i < network->kept_count; i++) {
        uint32_t slot = network->kept[i];
        origins[i] = (origin){place_of(before->network, network->names[slot]), frame[slot]};
        any = any || origins[i].place != PLACE_NONE;
    }
    int result = origins ? 0 : -1;
    if (any)
        result = take(h, before, origins);
    free(origins);
    return result < 0 ? bx_fail_memory(err) : 0;
}

void bx_history_encode(const bx_history *h, bx_buffer *out)
{
    size_t width = h->network->kept_count;
    bx_pack_u64(out, h->begun);
    if (!h->begun)
        return;
    bx_pack_doubles(out, &h->begin_time, 1);
    bx_pack_doubles(out, h->begin, width);
    for (size_t i = 0; i < width; i++)
        bx_pack_u64(out, h->fixed[i]);
    bx_pack_doubles(out, &h->end, 1);
    bx_pack_doubles(out, h->now, width);
    bx_pack_u64(out, h->break_count);
    for (size_t i = 0; i < h->break_count; i++) {
        bx_pack_doubles(out, &h->breaks[i].time, 1);
        bx_pack_u64(out, h->breaks[i].order);
    }
    bx_pack_u64(out, h->piece_count);
    for (size_t i = 0; i < h->piece_count; i++) {
        const bx_piece *piece = &h->pieces[i];
        const double times[] = {piece->start, piece->end, piece->at};
        bx_pack_doubles(out, times, 3);
        bx_pack_u64(out, piece->order);
        bx_pack_doubles(out, h->numbers + piece->numbers, (piece->order + 1) * width);
    }
}

static int fail(bx_error *err, const char *what)
{
    return bx_fail(err, BX_EPROTOCOL, "state: the %s of its past do not fit", what);
}

static int decode_breaks(bx_history *h, bx_unpacker *in, bx_error *err)
{
    uint64_t count, order;
    double time, before = -INFINITY;
    if (bx_unpack_u64(in, &count, err) < 0)
        return -1;
    for (uint64_t i = 0; i < count; i++, before = time) {
        if (bx_unpack_doubles(in, &time, 1, err) < 0 || bx_unpack_u64(in, &order, err) < 0)
            return -1;
        if (!(time > before && time <= h->end) || order > bx_history_followed(h->network))
            return fail(err, "jumps");
        if (bx_history_break(h, time, (uint32_t)order) < 0)
            return bx_fail_memory(err);
    }
    return 0;
}

static int decode_piece(bx_history *h, bx_unpacker *in, double *end, bx_error *err)
{
    double times[3];
    uint64_t order;
    if (bx_unpack_doubles(in, times, 3, err) < 0 || bx_unpack_u64(in, &order, err) < 0)
        return -1;
    bool first = h->piece_count == 0;
    if (!(first ? times[0] >= h->begin_time : times[0] == *end) || !(times[1] > times[0]) ||
        !(times[2] >= times[1]) || !isfinite(times[2]) || order > BX_HISTORY_ORDER)
        return fail(err, "pieces");
    h->end = times[0];
    double *numbers = bx_history_add(h, times[1], times[2], (uint32_t)order);
    *end = times[1];
    return numbers ? bx_unpack_doubles(in, numbers, (order + 1) * h->network->kept_count, err)
                   : bx_fail_memory(err);
}

static int decode_pieces(bx_history *h, bx_unpacker *in, bx_error *err)
{
    uint64_t count;
    double end = h->end, last = h->begin_time;
    if (bx_unpack_u64(in, &count, err) < 0)
        return -1;
    for (uint64_t i = 0; i < count; i++)
        if (decode_piece(h, in, &last, err) < 0)
            return -1;
    h->end = end;
    h->since = h->piece_count;
    return last == end ? 0 : fail(err, "pieces");
}

int bx_history_decode(bx_history *h, bx_unpacker *in, bx_error *err)
{
    size_t width = h->network->kept_count;
    uint64_t flag;
    if (bx_unpack_u64(in, &flag, err) < 0)
        return -1;
    if (flag == 0)
        return 0;
    if (flag > 1)
        return fail(err, "flags");
    if (bx_unpack_doubles(in, &h->begin_time, 1, err) < 0 ||
        bx_unpack_doubles(in, h->begin, width, err) < 0)
        return -1;
    for (size_t i = 0; i < width; i++) {
        if (bx_unpack_u64(in, &flag, err) < 0)
            return -1;
        if (flag > 1)
            return fail(err, "flags");
        h->fixed[i] = flag == 1;
    }
    if (bx_unpack_doubles(in, &h->end, 1, err) < 0 || bx_unpack_doubles(in, h->now, width, err) < 0)
        return -1;
    if (!(h->begin_time >= 0 && h->begin_time <= h->end && isfinite(h->end)))
        return fail(err, "times");
    h->begun = true;
    return decode_breaks(h, in, err) < 0 ? -1 : decode_pieces(h, in, err);
}
