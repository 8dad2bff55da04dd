#include "genome/read.h"

#include <inttypes.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a feature as found ---- */

int bx_found_text(char **text, const char *from, size_t length, bx_error *err)
{
    char *copy = strndup(from, length);
    if (!copy)
        return bx_fail_memory(err);
    free(*text);
    *text = copy;
    return 0;
}

bx_found *bx_found_new(uint64_t line, const char *type, size_t length, bx_error *err)
{
    bx_found *found = calloc(1, sizeof *found);
    if (!found) {
        bx_fail_memory(err);
        return NULL;
    }
    found->line = line;
    if (bx_found_text(&found->feature.type, type, length, err) == 0)
        return found;
    free(found);
    return NULL;
}

void bx_found_free(bx_found *found)
{
    if (!found)
        return;
    bx_feature *feature = &found->feature;
    for (size_t i = 0; i < feature->attribute_count; i++) {
        free(feature->attributes[i].key);
        free(feature->attributes[i].value);
    }
    free(feature->attributes);
    free(feature->spans);
    free(feature->id);
    free(feature->name);
    free(feature->type);
    free(feature->product);
    free(found->other_id);
    free(found->variant_of);
    free(found);
}

int bx_found_add_span(bx_found *found, bx_span span, bx_error *err)
{
    bx_feature *feature = &found->feature;
    if (feature->span_count == BX_GENOME_SPANS)
        return bx_fail(err, BX_EGENOME, "there are more than %d spans", BX_GENOME_SPANS);
    if (feature->span_count == found->span_room) {
        size_t room = found->span_room ? found->span_room * 2 : 1;
        bx_span *spans = realloc(feature->spans, room * sizeof *spans);
        if (!spans)
            return bx_fail_memory(err);
        feature->spans = spans;
        found->span_room = room;
    }
    feature->spans[feature->span_count++] = span;
    return 0;
}

const char *bx_found_attribute(const bx_found *found, const char *key)
{
    return bx_feature_attribute(&found->feature, key);
}

void bx_found_unset(bx_found *found, const char *key)
{
    bx_feature *feature = &found->feature;
    for (size_t i = 0; i < feature->attribute_count; i++)
        if (strcmp(feature->attributes[i].key, key) == 0) {
            free(feature->attributes[i].key);
            free(feature->attributes[i].value);
            feature->attributes[i] = feature->attributes[--feature->attribute_count];
            return;
        }
}

static bx_attribute *find_attribute(const bx_found *found, const char *key)
{
    for (size_t i = 0; i < found->feature.attribute_count; i++)
        if (*found->feature.attributes[i].key == *key &&
            strcmp(found->feature.attributes[i].key, key) == 0)
            return &found->feature.attributes[i];
    return NULL;
}

static int append_value(bx_attribute *attribute, const char *value, bx_error *err)
{
    size_t length = strlen(attribute->value), more = strlen(value);
    if (length + more > BX_GENOME_TEXT_LENGTH)
        return bx_fail(err, BX_EGENOME, "%.40s is longer than %d bytes", attribute->key,
                       BX_GENOME_TEXT_LENGTH);
    char *longer = realloc(attribute->value, length + more + 2);
    if (!longer)
        return bx_fail_memory(err);
    longer[length] = ',';
    memcpy(longer + length + 1, value, more + 1);
    attribute->value = longer;
    return 0;
}

int bx_found_set(bx_found *found, const char *key, const char *value, bx_error *err)
{
    bx_feature *feature = &found->feature;
    bx_attribute *old = find_attribute(found, key);
    if (old)
        return append_value(old, value, err);
    if (feature->attribute_count == BX_GENOME_ATTRIBUTES)
        return bx_fail(err, BX_EGENOME, "there are more than %d attributes", BX_GENOME_ATTRIBUTES);
    if (feature->attribute_count == found->room) {
        size_t room = found->room ? found->room * 2 : 4;
        bx_attribute *attributes = realloc(feature->attributes, room * sizeof *attributes);
        if (!attributes)
            return bx_fail_memory(err);
        feature->attributes = attributes;
        found->room = room;
    }
    bx_attribute new = {strdup(key), strdup(value)};
    if (!new.key || !new.value) {
        free(new.key);
        free(new.value);
        return bx_fail_memory(err);
    }
    feature->attributes[feature->attribute_count++] = new;
    return 0;
}

int bx_found_code(bx_found *found, const char *text, bx_error *err)
{
    uint64_t code;
    if (!bx_lines_number(text, strlen(text), &code) || code == 0 || code > 255 ||
        !bx_genome_has_code((int)code))
        return bx_fail(err, BX_EGENOME, "there is no genetic code \"%.20s\"", text);
    found->feature.code = (uint8_t)code;
    return 0;
}

/* ---- which are of one gene ---- */

/* What is made of a gene says more than the gene, and the last product the most. */
typedef enum rank { GENE, TRANSCRIPT, PRODUCT, OTHER } rank;

static rank rank_of(const bx_found *found)
{
    const char *type = found->feature.type;
    size_t length = strlen(type);
    if (strcmp(type, "gene") == 0)
        return GENE;
    if (strcmp(type, "mRNA") == 0 || strcmp(type, "transcript") == 0)
        return TRANSCRIPT;
    if (strcmp(type, "CDS") == 0 || (length >= 3 && strcmp(type + length - 3, "RNA") == 0))
        return PRODUCT;
    return OTHER;
}

bool bx_found_is_of_gene(const bx_found *found)
{
    return rank_of(found) != OTHER;
}

static bx_span extent(const bx_found *found)
{
    bx_span all = {UINT64_MAX, 0};
    for (size_t i = 0; i < found->feature.span_count; i++) {
        bx_span span = found->feature.spans[i];
        uint64_t end = span.end < span.start ? UINT64_MAX : span.end;
        all.start = span.start < all.start ? span.start : all.start;
        all.end = end > all.end ? end : all.end;
    }
    return all;
}

/* Within the reach of the gene that the one is already, and along the same strand. */
static bool same_place(const bx_found *a, const bx_found *b)
{
    return a->feature.sequence == b->feature.sequence &&
           a->feature.strand * b->feature.strand >= 0 && a->reach.start <= b->reach.end &&
           b->reach.start <= a->reach.end;
}

static bool same_reach(const bx_found *a, const bx_found *b)
{
    return a->reach.start == b->reach.start && a->reach.end == b->reach.end;
}

/* What else a product may be called. */
static const char *other_id(const bx_found *found)
{
    static const char *const keys[] = {"protein_id", "transcript_id"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const bx_attribute *attribute = find_attribute(found, keys[i]);
        if (attribute && *attribute->value)
            return attribute->value;
    }
    return found->other_id;
}

static bool same_text(const char *a, const char *b)
{
    return !a || !b || strcmp(a, b) == 0;
}

static bool same_spans(const bx_feature *a, const bx_feature *b)
{
    bool same = a->span_count == b->span_count;
    for (size_t i = 0; i < a->span_count && same; i++)
        same = a->spans[i].start == b->spans[i].start && a->spans[i].end == b->spans[i].end &&
               a->spans[i].turned == b->spans[i].turned;
    return same;
}

static bool same_feature(const bx_found *a, const bx_found *b)
{
    const bx_feature *x = &a->feature, *y = &b->feature;
    return strcmp(x->type, y->type) == 0 && same_spans(x, y) && x->sequence == y->sequence &&
           x->strand == y->strand && same_text(x->name, y->name) &&
           same_text(x->product, y->product) && same_text(other_id(a), other_id(b));
}

/* APART: it is called otherwise. SECOND: so it is, though its locus tag means one gene. */
typedef enum verdict { FILL_IN, REPLACE, APART, SECOND, VARIANT, AGAIN } verdict;

/* What is to be done with a feature that has the id of another. */
static verdict judge(const bx_found *old, const bx_found *new)
{
    rank before = rank_of(old), now = rank_of(new);
    verdict apart = old->tagged && new->tagged ? SECOND : APART;
    if (same_feature(old, new))
        return AGAIN;
    if (before == OTHER || now == OTHER)
        return APART;
    if (!same_place(old, new))
        return apart;
    if (now == GENE && old->has_gene)
        return same_reach(old, new) ? AGAIN : apart;
    if (now == GENE)
        return FILL_IN;
    if (before < PRODUCT && now > before)
        return REPLACE;
    if (now == TRANSCRIPT)
        return before == TRANSCRIPT ? VARIANT : FILL_IN;
    return APART;
}

/* What `major` does not say, `minor` does. */
static int fill_in(bx_found *major, bx_found *minor, bx_error *err)
{
    bx_feature *to = &major->feature, *from = &minor->feature;
    if (!to->name) {
        to->name = from->name;
        from->name = NULL;
    }
    if (!to->product) {
        to->product = from->product;
        from->product = NULL;
    }
    if (minor->reach.start < major->reach.start)
        major->reach.start = minor->reach.start;
    if (minor->reach.end > major->reach.end)
        major->reach.end = minor->reach.end;
    major->pseudo |= minor->pseudo;
    major->tagged |= minor->tagged;
    major->has_gene |= minor->has_gene;
    for (size_t i = 0; i < from->attribute_count; i++)
        if (!find_attribute(major, from->attributes[i].key) &&
            bx_found_set(major, from->attributes[i].key, from->attributes[i].value, err) < 0)
            return -1;
    return 0;
}

/* ---- what is wrong, and goes on ---- */

static int add_warning(bx_draft *draft, const char *code, const char *element, bx_error *err,
                       const char *message)
{
    enum { MOST = 1000 }; /* of them tell enough */
    bx_warnings *list = &draft->genome->warnings;
    if (list->count > MOST)
        return 0;
    if (list->count == MOST)
        return bx_warn(list, err, "more", NULL, "%s: there are more, which are not told",
                       draft->lines->name);
    return bx_warn(list, err, code, element, "%s", message);
}

/* `why` is without the line, and stays so where it is an error. */
static int warn(bx_draft *draft, uint64_t line, const char *code, const char *element,
                bx_error *err, const bx_error *why)
{
    bx_error placed = *why;
    if (draft->options->strict) {
        *err = *why;
        return -1;
    }
    bx_lines_prefix(draft->lines, line, &placed);
    return add_warning(draft, code, element, err, placed.message);
}

int bx_draft_warn(bx_draft *draft, uint64_t line, const char *code, const char *element,
                  bx_error *err, const char *format, ...)
{
    bx_error why = {.code = BX_EGENOME};
    va_list args;
    va_start(args, format);
    vsnprintf(why.message, sizeof why.message, format, args);
    va_end(args);
    return warn(draft, line, code, element, err, &why) < 0 ? bx_lines_blame(draft->lines, line, err)
                                                           : 0;
}

int bx_draft_leave_out(bx_draft *draft, const char *element, bx_error *err)
{
    static const char tail[] = ": left out";
    if (err->code != BX_EGENOME || draft->options->strict)
        return -1;
    bx_error why = *err;
    if (draft->first.code == 0)
        draft->first = why;
    snprintf(why.message, sizeof why.message, "%.*s%s", (int)(sizeof why.message - sizeof tail),
             err->message, tail);
    *err = (bx_error){0};
    return add_warning(draft, "left_out", element, err, why.message);
}

/* ---- the draft ---- */

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const bx_found *)a)->feature.id, ((const bx_found *)b)->feature.id);
}

static bx_found *find(const bx_draft *draft, const char *id)
{
    const bx_found wanted = {.feature.id = (char *)id};
    void *node = tfind(&wanted, &draft->by_id, compare_ids);
    return node ? *(bx_found **)node : NULL;
}

static int refuse(const bx_draft *draft, const bx_found *found, const char *id, bx_error *err)
{
    return bx_fail(err, BX_EGENOME, "a second %.40s \"%.80s\": line %" PRIu64 " has the first",
                   found->feature.type, id, find(draft, id)->line);
}

/* From its lowest base to its highest, as they are stated. */
static bx_span stated(const bx_found *found)
{
    bx_span at = found->feature.span_count ? found->feature.spans[0] : (bx_span){0, 0};
    for (size_t i = 1; i < found->feature.span_count; i++) {
        bx_span span = found->feature.spans[i];
        at.start = span.start < at.start ? span.start : at.start;
        at.end = span.end > at.end ? span.end : at.end;
    }
    return at;
}

/* Give it an id that is still free: the protein's, or type and place, and where those agree, too,
 * the line. 0: it has one; 1: there it is already. */
static int rename_found(const bx_draft *draft, bx_found *found, bx_error *err)
{
    enum { ROOM = 3 * BX_GENOME_ID_LENGTH };
    const char *other = other_id(found), *on;
    bx_span at = stated(found);
    char id[ROOM + 64];
    if (other && !find(draft, other))
        return bx_found_text(&found->feature.id, other, strlen(other), err);
    on = draft->genome->strips[found->feature.sequence].sequence.id;
    for (int attempt = 0; attempt < 3; attempt++) {
        int length = snprintf(id, ROOM, "%s%s%.*s_%" PRIu64 "_%" PRIu64, attempt ? on : "",
                              attempt ? "_" : "", BX_GENOME_ID_LENGTH, found->feature.type,
                              at.start, at.end);
        if (attempt == 2)
            snprintf(id + length, 64, "_%" PRIu64, found->line);
        bx_found *old = find(draft, id);
        if (!old)
            return bx_found_text(&found->feature.id, id, strlen(id), err);
        if (same_feature(old, found))
            return 1;
    }
    return refuse(draft, found, id, err);
}

static int insert(bx_draft *draft, bx_found *found, bx_error *err)
{
    if (draft->count == BX_GENOME_FEATURES)
        return bx_fail(err, BX_EGENOME, "there are more than %d genes", BX_GENOME_FEATURES);
    if (draft->count == draft->capacity) {
        size_t capacity = draft->capacity ? draft->capacity * 2 : 64;
        bx_found **all = realloc(draft->found, capacity * sizeof *all);
        if (!all)
            return bx_fail_memory(err);
        draft->found = all;
        draft->capacity = capacity;
    }
    if (!tsearch(found, &draft->by_id, compare_ids))
        return bx_fail_memory(err);
    draft->found[draft->count++] = found;
    return 1;
}

static int warn_of_second(bx_draft *draft, const bx_found *first, const bx_found *found,
                          const char *wanted, bx_error *err)
{
    bx_error why;
    bx_error_set(&why, BX_EGENOME,
                 "a second %.40s \"%.80s\": line %" PRIu64
                 " has the first, so this one is called \"%.80s\"",
                 found->feature.type, wanted, first->line, found->feature.id);
    return warn(draft, found->line, "second_gene", found->feature.id, err, &why);
}

/* It gets another id than that of `old`, if there is one. */
static int rename_and_insert(bx_draft *draft, bx_found *found, const bx_found *old, verdict what,
                             bx_error *err)
{
    bx_found *first = found->feature.id ? find(draft, found->feature.id) : NULL;
    char *wanted = old ? strdup(what == VARIANT ? old->feature.id : found->feature.id) : NULL;
    if (old && !wanted)
        return bx_fail_memory(err);
    int there = rename_found(draft, found, err);
    if (what == SECOND && there == 0)
        there = warn_of_second(draft, old, found, wanted, err);
    if (what == VARIANT)
        found->variant_of = wanted;
    else
        free(wanted);
    if (there != 0 || insert(draft, found, err) < 0)
        return there > 0 ? 0 : -1;
    if (first && !same_place(first, found)) {
        found->elsewhere = first->elsewhere;
        first->elsewhere = found;
    }
    return 1;
}

/* What has the id of this one, at its place if one does: genes that are there twice have it, too,
 * each with what it makes. */
static bx_found *find_other(const bx_draft *draft, const bx_found *found)
{
    enum { LOOKS = 16 }; /* at those that came last */
    bx_found *first = found->feature.id ? find(draft, found->feature.id) : NULL, *other = first;
    for (int i = 0; i < LOOKS && other; i++, other = other->elsewhere)
        if (!other->variant_of && same_place(other, found))
            return other;
    return first;
}

/* `old` keeps its id and what is found by it. */
static void replace(bx_found *old, bx_found *found)
{
    bx_found swap = *old;
    char *id = found->feature.id;
    *old = *found;
    *found = swap;
    old->feature.id = swap.feature.id;
    old->elsewhere = swap.elsewhere;
    found->feature.id = id;
}

static int repeat(bx_draft *draft, bx_found *old, bx_found *found, bx_error *err)
{
    bx_error why;
    bx_error_set(&why, BX_EGENOME, "the %.40s \"%.80s\" of line %" PRIu64 " once more",
                 old->feature.type, old->feature.id, old->line);
    if (warn(draft, found->line, "repeated", old->feature.id, err, &why) < 0)
        return -1;
    return fill_in(old, found, err);
}

/* 1: it is in the draft; 0: it went into another feature. */
static int place(bx_draft *draft, bx_found *found, bx_error *err)
{
    found->has_gene = rank_of(found) == GENE;
    found->reach = extent(found);
    bx_found *old = find_other(draft, found);
    if (!old)
        return found->feature.id ? insert(draft, found, err)
                                 : rename_and_insert(draft, found, NULL, APART, err);
    if (draft->one_line_each)
        return refuse(draft, found, found->feature.id, err);
    verdict what = judge(old, found);
    if (what == AGAIN)
        return repeat(draft, old, found, err);
    if (what != REPLACE && what != FILL_IN)
        return rename_and_insert(draft, found, old, what, err);
    if (what == REPLACE)
        replace(old, found);
    return fill_in(old, found, err);
}

int bx_draft_add(bx_draft *draft, bx_found *found, bx_error *err)
{
    uint64_t line = found->line;
    int result = place(draft, found, err);
    if (result <= 0)
        bx_found_free(found);
    return result < 0 ? bx_lines_blame(draft->lines, line, err) : 0;
}

/* Of a gene that makes a protein or an RNA its products tell; of another, each transcript. */
static void drop_variants(bx_draft *draft)
{
    for (size_t i = 0; i < draft->count; i++) {
        bx_found *found = draft->found[i], *gene;
        if (found->variant_of && (gene = find(draft, found->variant_of)) &&
            rank_of(gene) == PRODUCT)
            found->dropped = true;
    }
}

static void keep(void *found)
{
    (void)found;
}

static void forget_ids(bx_draft *draft)
{
    tdestroy(draft->by_id, keep);
    draft->by_id = NULL;
}

void bx_draft_close(bx_draft *draft)
{
    drop_variants(draft);
    forget_ids(draft);
}

void bx_draft_free(bx_draft *draft)
{
    forget_ids(draft);
    for (size_t i = 0; i < draft->count; i++)
        bx_found_free(draft->found[i]);
    free(draft->found);
    draft->found = NULL;
    draft->count = draft->capacity = 0;
}
