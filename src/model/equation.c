#include "model/equation.h"

#include "core/names.h"
#include "model/formula.h"
#include "model/lexer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest equation, in bytes. */
#define EQUATION_LENGTH ((size_t)1 << 20)

/* The terms of a side that are compared with each other; more are looked up. */
#define TERMS_COMPARED 8

typedef struct parser {
    bx_lexer lexer;
    bx_equation *equation;
    size_t capacity;
    bx_names side; /* the species of the present side by their term, if there are many */
    bx_error *err;
} parser;

void bx_equation_free(bx_equation *equation)
{
    for (size_t i = 0; i < equation->reactants + equation->products; i++)
        free(equation->terms[i].species);
    free(equation->terms);
    *equation = (bx_equation){0};
}

/* Put the species of a side that has become long, or its last, into the map. */
static int list_side(parser *p, size_t count, size_t total)
{
    size_t first = count == TERMS_COMPARED + 1 ? total - count : total - 1;
    for (size_t i = first; i < total; i++)
        if (bx_names_add(&p->side, p->equation->terms[i].species, i) < 0)
            return -1;
    return 0;
}

/* The term of this species among the last `count`. */
static size_t find_term(const parser *p, const char *species, size_t count)
{
    const bx_equation *equation = p->equation;
    if (count > TERMS_COMPARED)
        return bx_names_find(&p->side, species);
    size_t total = equation->reactants + equation->products;
    for (size_t i = total - count; i < total; i++)
        if (strcmp(equation->terms[i].species, species) == 0)
            return i;
    return BX_NAME_NONE;
}

static int add_term(parser *p, char *species, double coefficient, size_t *count)
{
    bx_equation *equation = p->equation;
    size_t total = equation->reactants + equation->products;
    if (total == p->capacity) {
        size_t capacity = p->capacity ? p->capacity * 2 : 4;
        bx_term *terms = realloc(equation->terms, capacity * sizeof *terms);
        if (!terms)
            return -1;
        equation->terms = terms;
        p->capacity = capacity;
    }
    equation->terms[total] = (bx_term){species, coefficient};
    if (*count + 1 > TERMS_COMPARED && list_side(p, *count + 1, total + 1) < 0)
        return -1;
    (*count)++;
    return 0;
}

/* Takes the species at the lexer into the side whose length is *count. */
static int parse_species(parser *p, double coefficient, size_t *count)
{
    bx_lexer *lexer = &p->lexer;
    if (lexer->token != BX_TOKEN_NAME || lexer->length > BX_NAME_LENGTH)
        return bx_lexer_expected(lexer, "a species", p->err);
    char *species = strndup(lexer->start, lexer->length);
    if (!species)
        return bx_fail_memory(p->err);
    size_t known = find_term(p, species, *count);
    if (known != BX_NAME_NONE) {
        free(species);
        p->equation->terms[known].coefficient += coefficient;
    } else if (add_term(p, species, coefficient, count) < 0) {
        free(species);
        return bx_fail_memory(p->err);
    }
    bx_lexer_advance(lexer);
    return 0;
}

static int parse_term(parser *p, size_t *count)
{
    double coefficient = 1;
    if (p->lexer.token == BX_TOKEN_NUMBER) {
        coefficient = p->lexer.number;
        if (!(coefficient > 0) || coefficient > 1e300)
            return bx_lexer_expected(&p->lexer, "a coefficient above 0", p->err);
        bx_lexer_advance(&p->lexer);
    }
    return parse_species(p, coefficient, count);
}

static int parse_side(parser *p, size_t *count)
{
    bx_names_free(&p->side);
    do {
        if (p->lexer.token == BX_TOKEN_PLUS && *count > 0)
            bx_lexer_advance(&p->lexer);
        if (parse_term(p, count) < 0)
            return -1;
    } while (p->lexer.token == BX_TOKEN_PLUS);
    return 0;
}

/* "<->" reads as "<" and "->". */
static int refuse_reversible(parser *p)
{
    return bx_fail(p->err, BX_EMODEL,
                   "line %u, column %u: expected \"->\": a reversible reaction is two reactions, "
                   "one for each direction",
                   p->lexer.token_line, p->lexer.token_column);
}

static int parse_equation(parser *p)
{
    bx_equation *equation = p->equation;
    bx_lexer *lexer = &p->lexer;
    if (lexer->token != BX_TOKEN_ARROW && lexer->token != BX_TOKEN_LESS &&
        parse_side(p, &equation->reactants) < 0)
        return -1;
    if (lexer->token == BX_TOKEN_LESS)
        return refuse_reversible(p);
    if (lexer->token != BX_TOKEN_ARROW)
        return bx_lexer_expected(lexer, "\"+\" or \"->\"", p->err);
    bx_lexer_advance(lexer);
    if (lexer->token != BX_TOKEN_END && parse_side(p, &equation->products) < 0)
        return -1;
    if (lexer->token != BX_TOKEN_END)
        return bx_lexer_expected(lexer, "\"+\" or the end", p->err);
    if (equation->reactants + equation->products == 0)
        return bx_lexer_expected(lexer, "a reactant or a product", p->err);
    return 0;
}

int bx_equation_parse(const char *text, bx_equation *equation, bx_error *err)
{
    *equation = (bx_equation){0};
    if (strnlen(text, EQUATION_LENGTH + 1) > EQUATION_LENGTH)
        return bx_fail(err, BX_EMODEL, "expected an equation of at most %zu bytes",
                       EQUATION_LENGTH);
    parser p = {.equation = equation, .err = err};
    bx_lexer_init(&p.lexer, text, "equation");
    int result = parse_equation(&p);
    bx_names_free(&p.side);
    if (result < 0)
        bx_equation_free(equation);
    return result;
}
