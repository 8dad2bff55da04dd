/* GenBank's locations: "complement(join(1..5,9..>20))". */
#include "genome/read.h"

#include <string.h>

enum { DEEPEST = 8 };

typedef struct cursor {
    const char *at, *end;
    bx_found *found;
    bool reversed; /* within complement() */
    uint8_t missing;
    int depth;
} cursor;

static int location(cursor *c, bx_error *err);

static int refuse(const cursor *c, const char *expected, bx_error *err)
{
    size_t left = (size_t)(c->end - c->at);
    if (left == 0)
        return bx_fail(err, BX_EGENOME, "the location ends where %s was expected", expected);
    return bx_fail(err, BX_EGENOME, "the location has \"%.*s\" where %s was expected",
                   left > 20 ? 20 : (int)left, c->at, expected);
}

static bool skip(cursor *c, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, text, length) != 0)
        return false;
    c->at += length;
    return true;
}

/* A base, "<" or ">" before it. */
static int base(cursor *c, uint64_t *number, bx_error *err)
{
    if (skip(c, "<"))
        c->missing |= c->reversed ? BX_MISSING_3 : BX_MISSING_5;
    else if (skip(c, ">"))
        c->missing |= c->reversed ? BX_MISSING_5 : BX_MISSING_3;
    size_t length = 0;
    while (c->at + length < c->end && c->at[length] >= '0' && c->at[length] <= '9')
        length++;
    if (!bx_lines_number(c->at, length, number))
        return refuse(c, length ? "a smaller number" : "a number", err);
    if (*number == 0)
        return bx_fail(err, BX_EGENOME, "the location has base 0: they count from 1");
    c->at += length;
    if (skip(c, ">")) /* IMGT writes it behind */
        c->missing |= c->reversed ? BX_MISSING_5 : BX_MISSING_3;
    return 0;
}

/* What is understood, and can't be used. */
static int refuse_kind(const cursor *c, bx_error *err)
{
    size_t left = (size_t)(c->end - c->at);
    size_t word = 0;
    while (word < left && !strchr("(),", c->at[word]))
        word++;
    const char *colon = memchr(c->at, ':', word);
    if (colon)
        return bx_fail(err, BX_EGENOME,
                       "a part of the location is on another record, \"%.*s\", whose bases are not "
                       "in this file",
                       colon - c->at > 40 ? 40 : (int)(colon - c->at), c->at);
    return refuse(c, "a base, join(), order() or complement()", err);
}

static int span(cursor *c, bx_error *err)
{
    bool starts = c->at < c->end && strchr("<>0123456789", *c->at);
    size_t left = (size_t)(c->end - c->at), length = strcspn(c->at, ",()");
    if (!starts || memchr(c->at, ':', length < left ? length : left))
        return refuse_kind(c, err);
    bx_span span = {.turned = c->reversed};
    if (base(c, &span.start, err) < 0)
        return -1;
    span.end = span.start;
    if (skip(c, "^"))
        return bx_fail(err, BX_EGENOME, "the location is between two bases, where no gene can be");
    if (skip(c, "..")) {
        if (base(c, &span.end, err) < 0)
            return -1;
    } else if (skip(c, ".")) {
        return bx_fail(err, BX_EGENOME, "the location is one base of several, not known which");
    }
    return bx_found_add_span(c->found, span, err);
}

static int close_bracket(cursor *c, bx_error *err)
{
    c->depth--;
    return skip(c, ")") ? 0 : refuse(c, "\")\"", err);
}

static int list(cursor *c, bx_error *err)
{
    do {
        if (location(c, err) < 0)
            return -1;
    } while (skip(c, ",") && !(c->at < c->end && *c->at == ')')); /* a comma may end it */
    return close_bracket(c, err);
}

/* What is within is read along the other strand: its spans in the opposite order. */
static int complement(cursor *c, bx_error *err)
{
    size_t first = c->found->feature.span_count;
    c->reversed = !c->reversed;
    if (location(c, err) < 0)
        return -1;
    c->reversed = !c->reversed;
    bx_span *spans = c->found->feature.spans;
    for (size_t last = c->found->feature.span_count; first + 1 < last; first++, last--) {
        bx_span swap = spans[first];
        spans[first] = spans[last - 1];
        spans[last - 1] = swap;
    }
    return close_bracket(c, err);
}

static int location(cursor *c, bx_error *err)
{
    if (c->depth++ == DEEPEST)
        return bx_fail(err, BX_EGENOME, "the location is nested deeper than %d", DEEPEST);
    if (skip(c, "complement("))
        return complement(c, err);
    if (skip(c, "join(") || skip(c, "order("))
        return list(c, err);
    c->depth--;
    return span(c, err);
}

/* Of spans that are turned where their strand is the lower one: the feature's is the first's. */
static void set_strand(bx_found *found, uint8_t missing)
{
    bx_feature *feature = &found->feature;
    bool minus = feature->spans[0].turned;
    feature->strand = minus ? -1 : 1;
    for (size_t i = 0; i < feature->span_count; i++)
        feature->spans[i].turned = feature->spans[i].turned != minus;
    found->below = missing & (minus ? BX_MISSING_3 : BX_MISSING_5);
    found->above = missing & (minus ? BX_MISSING_5 : BX_MISSING_3);
}

int bx_location_read(bx_found *found, const char *text, size_t length, bx_error *err)
{
    cursor c = {.at = text, .end = text + length, .found = found};
    if (location(&c, err) < 0)
        return -1;
    set_strand(found, c.missing);
    return c.at == c.end ? 0 : refuse(&c, "its end", err);
}
