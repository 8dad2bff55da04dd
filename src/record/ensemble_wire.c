/* Layout, little-endian: "BXE1"; u64 seed, first, runs, steps, origin, rows, columns, bins,
 * quantiles; the method, then each name, as one byte of length and the text; the quantiles; the
 * times; for each row and column six doubles of moments; and if bins is not 0, for each row and
 * column the number of its bins and, unless that is 0, u64 low, the exponent + 1074, exact as 0 or
 * 1, and each count. The numbers of the last part are LEB128. */
#include "record/ensemble.h"
#include "record/ensemble_parts.h"
#include "wire/packing.h"

#include <stdlib.h>
#include <string.h>

static const char magic[4] = {'B', 'X', 'E', '1'};

enum { MOMENTS = sizeof(bx_moments) / sizeof(double), EXPONENT_BIAS = 1074 };

static void encode_bins(const bx_bins *bins, bx_buffer *out)
{
    bx_pack_count(out, bins->length);
    if (bins->length == 0)
        return;
    bx_pack_u64(out, (uint64_t)bins->low);
    bx_pack_count(out, (uint32_t)(bins->exponent + EXPONENT_BIAS));
    bx_pack_count(out, bins->exact);
    for (size_t i = 0; i < bins->length; i++)
        bx_pack_count(out, bins->counts[i]);
}

static void encode_head(const bx_ensemble *e, bx_buffer *out)
{
    const bx_ensemble_plan *plan = &e->plan;
    const uint64_t numbers[] = {plan->seed,    plan->first,  e->runs,
                                e->steps,      plan->origin, plan->rows,
                                plan->columns, plan->bins,   plan->quantile_count};
    bx_buffer_append(out, magic, sizeof magic);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        bx_pack_u64(out, numbers[i]);
    bx_pack_name(out, e->method);
    for (size_t i = 0; i < plan->columns; i++)
        bx_pack_name(out, e->names[i]);
    bx_pack_doubles(out, e->quantiles, plan->quantile_count);
    bx_pack_doubles(out, e->times, plan->rows);
}

int bx_ensemble_encode(const bx_ensemble *e, bx_buffer *out, bx_error *err)
{
    size_t items = e->plan.rows * e->plan.columns, length = out->length;
    for (size_t i = 0; i < e->plan.columns; i++)
        if (strlen(e->names[i]) > BX_NAME_LENGTH)
            return bx_fail(err, BX_ERESULT, "column %zu: a name of more than %d bytes can't travel",
                           i + 1, BX_NAME_LENGTH);
    encode_head(e, out);
    bx_pack_doubles(out, (const double *)e->moments, items * MOMENTS);
    for (size_t i = 0; e->bins && i < items; i++)
        encode_bins(&e->bins[i], out);
    if (bx_buffer_finish(out, length) == 0)
        return 0;
    return bx_fail(
        err, BX_ERESULT,
        "an ensemble of %zu rows and %zu columns is more than memory holds, or the %zu MB that "
        "travel at once: record less often, fewer variables, or with fewer bins",
        e->plan.rows, e->plan.columns, out->limit >> 20);
}

static int wrong(bx_error *err, const char *what)
{
    return bx_fail(err, BX_EPROTOCOL, "ensemble: %s", what);
}

static int decode_bins(bx_unpacker *in, bx_bins *bins, const bx_ensemble *e, const bx_moments *m,
                       bx_error *err)
{
    uint32_t length, exponent, exact;
    uint64_t low;
    if (bx_unpack_count(in, &length, err) < 0)
        return -1;
    if (length == 0)
        return 0;
    /* a count takes a byte at least */
    if (length > in->left || length > e->plan.bins)
        return wrong(err, "too many bins");
    if (bx_unpack_u64(in, &low, err) < 0 || bx_unpack_count(in, &exponent, err) < 0 ||
        bx_unpack_count(in, &exact, err) < 0)
        return -1;
    if (exact > 1 || exponent > 4 * EXPONENT_BIAS)
        return wrong(err, "wrong bins");
    *bins = (bx_bins){.length = length,
                      .exponent = (int32_t)exponent - EXPONENT_BIAS,
                      .low = (int64_t)low,
                      .exact = exact};
    bins->counts = calloc(length, sizeof *bins->counts);
    if (!bins->counts)
        return bx_fail_memory(err);
    for (size_t i = 0; i < length; i++)
        if (bx_unpack_count(in, &bins->counts[i], err) < 0)
            return -1;
    if (!isfinite(m->minimum) || !isfinite(m->maximum) ||
        !bx_bins_valid(bins, m->minimum, m->maximum, e->plan.bins) || bx_bins_total(bins) > e->runs)
        return wrong(err, "bins that do not fit its values");
    return 0;
}

static int decode_body(bx_unpacker *in, bx_ensemble *e, bx_error *err)
{
    size_t items = e->plan.rows * e->plan.columns;
    if (bx_unpack_doubles(in, (double *)e->moments, items * MOMENTS, err) < 0)
        return -1;
    for (size_t i = 0; e->bins && i < items; i++)
        if (decode_bins(in, &e->bins[i], e, &e->moments[i], err) < 0)
            return -1;
    return in->left > 0 ? wrong(err, "bytes behind its end") : 0;
}

static int check_plan(const bx_ensemble_plan *plan, uint64_t runs, const bx_unpacker *in,
                      bx_error *err)
{
    if (runs > BX_ENSEMBLE_RUNS_MAXIMUM || plan->first > (uint64_t)1 << 62)
        return wrong(err, "too many runs");
    if (plan->bins > BX_ENSEMBLE_BINS_MAXIMUM || plan->bins == 1)
        return wrong(err, "a wrong number of bins");
    /* each takes so many bytes at least, so that all are bounded by what came */
    if (plan->rows > in->left / 8 || plan->columns > in->left / 2 ||
        plan->quantile_count > in->left / 8)
        return wrong(err, "more parts than bytes");
    size_t room = in->left / (MOMENTS * 8 + (plan->bins > 0));
    if (plan->columns > 0 && plan->rows > room / plan->columns)
        return wrong(err, "more parts than bytes");
    return 0;
}

static int check_numbers(const bx_ensemble_plan *plan, bx_error *err)
{
    for (size_t i = 0; i < plan->rows; i++)
        if (!isfinite(plan->times[i]) || (i > 0 && plan->times[i] < plan->times[i - 1]))
            return wrong(err, "time runs backwards");
    for (size_t i = 0; i < plan->quantile_count; i++)
        if (!(plan->quantiles[i] >= 0 && plan->quantiles[i] <= 1))
            return wrong(err, "a quantile outside 0 to 1");
    return 0;
}

/* With scratch memory for the plan's numbers, and for its method's name. */
static bx_ensemble *decode_plan(bx_unpacker *in, bx_ensemble_plan *plan, char *method,
                                double *numbers, bx_error *err)
{
    double *times = numbers + plan->quantile_count;
    plan->method = method;
    plan->quantiles = numbers;
    plan->times = times;
    if (bx_unpack_name(in, method, BX_ENSEMBLE_METHOD_LENGTH, "a method", err) < 0)
        return NULL;
    const char **names = bx_unpack_names(in, plan->columns, err);
    bx_ensemble *e = NULL;
    plan->names = names;
    if (names && bx_unpack_doubles(in, numbers, plan->quantile_count, err) == 0 &&
        bx_unpack_doubles(in, times, plan->rows, err) == 0 && check_numbers(plan, err) == 0)
        e = bx_ensemble_new(plan, err);
    free(names);
    return e;
}

bx_ensemble *bx_ensemble_decode(const uint8_t *bytes, size_t length, bx_budget *budget,
                                bx_error *err)
{
    enum { NUMBERS = 9, HEAD = sizeof magic + NUMBERS * sizeof(uint64_t) };
    if (length < HEAD || memcmp(bytes, magic, sizeof magic) != 0) {
        wrong(err, "not one, or cut short");
        return NULL;
    }
    uint64_t n[NUMBERS];
    char method[BX_ENSEMBLE_METHOD_LENGTH + 1];
    for (size_t i = 0; i < NUMBERS; i++)
        n[i] = bx_unpack_fixed_u64(bytes + sizeof magic + 8 * i);
    bx_unpacker in = {bytes + HEAD, length - HEAD, "ensemble", budget};
    bx_ensemble_plan plan = {.seed = n[0],
                             .first = n[1],
                             .origin = n[4],
                             .rows = n[5],
                             .columns = n[6],
                             .quantile_count = n[8]};
    plan.bins = n[7] <= BX_ENSEMBLE_BINS_MAXIMUM ? (uint32_t)n[7] : 1;
    if (check_plan(&plan, n[2], &in, err) < 0)
        return NULL;
    double *numbers = malloc((plan.quantile_count + plan.rows + 1) * sizeof *numbers);
    bx_ensemble *e = NULL;
    if (!numbers)
        bx_fail_memory(err);
    else
        e = decode_plan(&in, &plan, method, numbers, err);
    free(numbers);
    if (!e)
        return NULL;
    e->runs = n[2];
    e->steps = n[3];
    if (decode_body(&in, e, err) == 0)
        return e;
    bx_ensemble_free(e);
    return NULL;
}
