/* The last step of reading: lengths are known now, so what was found is checked against them and
 * becomes the genome's. */
#include "genome/read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Spans of a gene may overlap by a few bases, where the ribosome slips back. */
enum { SLIP = 3, MIXED = 255 };

static int refuse_span(const bx_sequence *sequence, uint64_t length, bx_span span, bx_error *err)
{
    if (span.start > span.end && !sequence->circular)
        return bx_fail(err, BX_EGENOME,
                       "%" PRIu64 " to %" PRIu64 ": it starts after its end, and \"%.80s\" is not "
                       "circular",
                       span.start, span.end, sequence->id);
    if (length == 0)
        return bx_fail(err, BX_EGENOME,
                       "%" PRIu64 " to %" PRIu64 ": it crosses the origin of \"%.80s\", whose "
                       "length is not stated",
                       span.start, span.end, sequence->id);
    return bx_fail(err, BX_EGENOME,
                   "%" PRIu64 " to %" PRIu64 ": that is outside \"%.80s\", which has %" PRIu64
                   " bases",
                   span.start, span.end, sequence->id, length);
}

/* Spans across the origin become two, in the direction of transcription. */
static int cut_at_origin(bx_found *found, const bx_sequence *sequence, uint64_t length,
                         bx_error *err)
{
    bx_feature *feature = &found->feature;
    bx_span *spans = feature->spans;
    size_t count = feature->span_count;
    feature->spans = NULL;
    feature->span_count = found->span_room = 0;
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        bx_span span = spans[i];
        bool across = span.start > span.end || (length > 0 && span.end > length);
        if (!across) {
            result = bx_found_add_span(found, span, err);
            continue;
        }
        bool minus = feature->strand < 0 ? !span.turned : span.turned;
        bx_span tail = {span.start, length, span.turned},
                head = {1, span.end > length ? span.end - length : span.end, span.turned};
        if (!sequence->circular || length == 0 || span.start > length || head.end >= span.start)
            result = refuse_span(sequence, length, span, err);
        else if (bx_found_add_span(found, minus ? head : tail, err) < 0 ||
                 bx_found_add_span(found, minus ? tail : head, err) < 0)
            result = -1;
    }
    free(spans);
    return result;
}

static int compare_spans(const void *a, const void *b)
{
    const bx_span *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

static int check_overlaps(const bx_feature *feature, bx_error *err)
{
    if (feature->span_count < 2 || bx_feature_attribute(feature, "ribosomal_slippage"))
        return 0;
    size_t size = feature->span_count * sizeof *feature->spans;
    bx_span *sorted = malloc(size);
    if (!sorted)
        return bx_fail_memory(err);
    memcpy(sorted, feature->spans, size);
    qsort(sorted, feature->span_count, sizeof *sorted, compare_spans);
    int result = 0;
    for (size_t i = 1; i < feature->span_count && result == 0; i++)
        if (sorted[i - 1].end >= sorted[i].start + SLIP)
            result =
                bx_fail(err, BX_EGENOME,
                        "%" PRIu64 " to %" PRIu64 " and %" PRIu64 " to %" PRIu64
                        ": parts of one gene that overlap",
                        sorted[i - 1].start, sorted[i - 1].end, sorted[i].start, sorted[i].end);
    free(sorted);
    return result;
}

static int settle(bx_draft *draft, bx_found *found, bx_error *err)
{
    bx_feature *feature = &found->feature;
    const bx_strip *strip = &draft->genome->strips[feature->sequence];
    uint64_t length = strip->sequence.length ? strip->sequence.length : strip->known;
    if (found->dropped)
        return 0;
    if (found->partial && !found->below && !found->above) /* a frame tells of the 5' end */
        feature->missing = feature->phase > 0 ? BX_MISSING_5 : BX_MISSING_5 | BX_MISSING_3;
    if (found->below)
        feature->missing |= feature->strand < 0 ? BX_MISSING_3 : BX_MISSING_5;
    if (found->above)
        feature->missing |= feature->strand < 0 ? BX_MISSING_5 : BX_MISSING_3;
    if (found->pseudo && bx_found_text(&feature->type, "pseudogene", strlen("pseudogene"), err) < 0)
        return -1;
    if (feature->code == strip->sequence.code)
        feature->code = 0;
    if (cut_at_origin(found, &strip->sequence, length, err) < 0 || check_overlaps(feature, err) < 0)
        return -1;
    return bx_genome_add_feature(draft->genome, feature, err);
}

/* The code that all genes of a sequence have is the sequence's. */
static int agree_on_codes(bx_draft *draft, bx_error *err)
{
    bx_genome *genome = draft->genome;
    uint8_t *codes = calloc(genome->strip_count + 1, sizeof *codes);
    if (!codes)
        return bx_fail_memory(err);
    for (size_t i = 0; i < draft->count; i++) {
        const bx_feature *feature = &draft->found[i]->feature;
        uint8_t *code = &codes[feature->sequence];
        if (feature->code != 0)
            *code = *code == 0 || *code == feature->code ? feature->code : MIXED;
    }
    for (size_t i = 0; i < genome->strip_count; i++) {
        bx_sequence *sequence = &genome->strips[i].sequence;
        if (sequence->code == 0 && codes[i] != MIXED)
            sequence->code = codes[i];
    }
    free(codes);
    return 0;
}

static int override(bx_draft *draft, bx_error *err)
{
    bx_genome *genome = draft->genome;
    const bx_genome_options *options = draft->options;
    for (size_t i = 0; i < genome->strip_count; i++) {
        if (options->circular >= 0)
            genome->strips[i].sequence.circular = options->circular > 0;
        if (options->code > 0)
            genome->strips[i].sequence.code = (uint8_t)options->code;
    }
    for (size_t i = 0; i < draft->count && options->code > 0; i++)
        draft->found[i]->feature.code = 0;
    return options->code > 0 ? 0 : agree_on_codes(draft, err);
}

int bx_draft_finish(bx_draft *draft, bx_error *err)
{
    if (override(draft, err) < 0)
        return -1;
    bx_draft_close(draft);
    for (size_t i = 0; i < draft->count; i++) {
        const bx_found *found = draft->found[i];
        if (settle(draft, draft->found[i], err) < 0) {
            bx_lines_prefix(draft->lines, found->line, err);
            if (bx_draft_leave_out(draft, found->feature.id, err) < 0)
                return -1;
        }
        bx_found_free(draft->found[i]); /* so that it is not there twice */
        draft->found[i] = NULL;
    }
    if (draft->genome->feature_count + draft->genome->known == 0 && draft->first.code != 0) {
        *err = draft->first; /* nothing that the file told of is left */
        return -1;
    }
    if (bx_genome_finish(draft->genome, err) == 0)
        return 0;
    return bx_lines_blame(draft->lines, draft->lines->number, err);
}
