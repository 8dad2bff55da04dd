#include "flux/equation.h"

#include "core/number.h"

#include <string.h>

#define BLANK " \t\r\n"
#define EQUATION_LENGTH ((size_t)1 << 20)

/* The first arrow from `text` on, its length and what it says; NULL for none. */
static const char *find_arrow(const char *text, size_t *length, bx_arrow *arrow)
{
    for (const char *at = text; *at; at++) {
        bool back = *at == '<';
        size_t stem = strspn(at + back, "-=");
        bool forth = stem > 0 && at[back + stem] == '>';
        if (stem == 0)
            continue;
        if (!back && !forth) {
            at += stem - 1;
            continue;
        }
        *length = back + stem + forth;
        *arrow = back && forth                               ? BX_ARROW_BOTH
                 : back                                      ? BX_ARROW_BACKWARD
                 : *length == 2 && strncmp(at, "->", 2) == 0 ? BX_ARROW_PLAIN
                                                             : BX_ARROW_FORWARD;
        return at;
    }
    return NULL;
}

static bool read_number(const char *text, size_t length, double *number)
{
    char copy[64], *end;
    if (length >= 2 && text[0] == '(' && text[length - 1] == ')') {
        text++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof copy || strspn(text, "0123456789.+-eE") < length)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    double read = bx_number_read(copy, &end);
    if (*end != '\0')
        return false;
    *number = read;
    return true;
}

/* A term: its number, 1 unless said, and its metabolite; `*at` moves behind it. */
static int read_term(const char **at, const char *end, bx_equation_builder *builder, bool product,
                     bx_error *err)
{
    double coefficient = 1;
    char id[BX_NAME_LENGTH + 1];
    for (int words = 0; words < 2; words++) {
        const char *start = *at + strspn(*at, BLANK);
        size_t length = start < end ? strcspn(start, BLANK) : 0;
        if (start + length > end)
            length = (size_t)(end - start);
        if (length == 0 || (length == 1 && *start == '+'))
            break;
        *at = start + length;
        if (words == 0 && read_number(start, length, &coefficient)) {
            if (coefficient > 0 && coefficient <= BX_COEFFICIENT_MAXIMUM)
                continue;
            return bx_fail(err, BX_EMODEL, "a coefficient above 0 expected, found \"%.*s\"",
                           length < 40 ? (int)length : 40, start);
        }
        if (length > BX_NAME_LENGTH)
            return bx_fail(err, BX_EMODEL, "a metabolite's id has at most %d bytes: \"%.40s\"",
                           BX_NAME_LENGTH, start);
        memcpy(id, start, length);
        id[length] = '\0';
        return bx_equation_add(builder, product, id, coefficient) < 0 ? bx_fail_memory(err) : 0;
    }
    size_t rest = (size_t)(end - *at);
    return bx_fail(err, BX_EMODEL, "a metabolite expected, found \"%.*s\"",
                   rest < 40 ? (int)rest : 40, *at);
}

static int read_side(const char *text, const char *end, bx_equation_builder *builder, bool product,
                     bx_error *err)
{
    const char *at = text + strspn(text, BLANK);
    if (at >= end)
        return 0;
    while (read_term(&at, end, builder, product, err) == 0) {
        at += strspn(at, BLANK);
        if (at >= end)
            return 0;
        if (*at != '+')
            return bx_fail(err, BX_EMODEL, "\"+\" expected, found \"%.*s\"",
                           end - at < 40 ? (int)(end - at) : 40, at);
        at++;
    }
    return -1;
}

static int read_words(const char *text, const char *arrow, size_t length, bx_equation *equation,
                      bx_error *err)
{
    bx_equation_builder builder = {0};
    const char *end = text + strlen(text);
    int status = read_side(text, arrow, &builder, false, err);
    if (status == 0)
        status = read_side(arrow + length, end, &builder, true, err);
    *equation = bx_equation_end(&builder);
    if (status == 0 && equation->reactants + equation->products == 0)
        status = bx_fail(err, BX_EMODEL, "a metabolite expected");
    if (status < 0)
        bx_equation_free(equation);
    return status;
}

/* Whether a word that begins with a digit is a metabolite's id. */
static bool has_known_word(const char *text, bool (*is_known)(const void *data, const char *id),
                           const void *data)
{
    char id[BX_NAME_LENGTH + 1];
    for (const char *at = text + strspn(text, BLANK); *at; at += strspn(at, BLANK)) {
        size_t length = strcspn(at, BLANK);
        if (*at >= '0' && *at <= '9' && length <= BX_NAME_LENGTH) {
            memcpy(id, at, length);
            id[length] = '\0';
            if (is_known(data, id))
                return true;
        }
        at += length;
    }
    return false;
}

int bx_fba_equation_parse(const char *text, bool (*is_known)(const void *data, const char *id),
                          const void *data, bx_equation *equation, bx_arrow *arrow, bx_error *err)
{
    size_t length = 0;
    bx_error inner;
    *arrow = BX_ARROW_PLAIN;
    const char *at = strnlen(text, EQUATION_LENGTH + 1) > EQUATION_LENGTH
                         ? NULL
                         : find_arrow(text, &length, arrow);
    if (at && (*arrow != BX_ARROW_PLAIN || has_known_word(text, is_known, data)))
        return read_words(text, at, length, equation, err);
    int status = bx_equation_parse(text, equation, err);
    if (status < 0 && at)
        status = read_words(text, at, length, equation, &inner);
    return status;
}
