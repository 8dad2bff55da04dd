#include "model/equation.h"

#include "core/array.h"
#include "model/lexer.h"

#include <stdlib.h>
#include <string.h>

/* Longest text of an equation, in bytes. */
#define EQUATION_LENGTH ((size_t)1 << 20)

/* The terms of a side that are compared with each other; more are looked up. */
#define TERMS_COMPARED 8

typedef struct parser {
    bx_lexer lexer;
    bx_equation_builder builder;
    bx_error *err;
} parser;

void bx_equation_free(bx_equation *equation)
{
    for (size_t i = 0; i < equation->reactants + equation->products; i++)
        free(equation->terms[i].species);
    free(equation->terms);
    *equation = (bx_equation){0};
}

bx_equation bx_equation_end(bx_equation_builder *builder)
{
    bx_equation equation = builder->equation;
    bx_names_free(&builder->side);
    *builder = (bx_equation_builder){0};
    return equation;
}

/* Put the species of a side that has become long, or its last, into the map. */
static int list_side(bx_equation_builder *builder, size_t count, size_t total)
{
    size_t first = count == TERMS_COMPARED + 1 ? total - count : total - 1;
    for (size_t i = first; i < total; i++)
        if (bx_names_add(&builder->side, builder->equation.terms[i].species, i) < 0)
            return -1;
    return 0;
}

/* The term of this species among the last `count`. */
static size_t find_term(const bx_equation_builder *builder, const char *species, size_t count)
{
    const bx_equation *equation = &builder->equation;
    if (count > TERMS_COMPARED)
        return bx_names_find(&builder->side, species);
    size_t total = equation->reactants + equation->products;
    for (size_t i = total - count; i < total; i++)
        if (strcmp(equation->terms[i].species, species) == 0)
            return i;
    return BX_NAME_NONE;
}

int bx_equation_add(bx_equation_builder *builder, bool product, const char *species,
                    double coefficient)
{
    bx_equation *equation = &builder->equation;
    size_t *count = product ? &equation->products : &equation->reactants;
    size_t total = equation->reactants + equation->products;
    if (*count == 0)
        bx_names_free(&builder->side);
    size_t known = find_term(builder, species, *count);
    if (known != BX_NAME_NONE) {
        equation->terms[known].coefficient += coefficient;
        return 0;
    }
    bx_term *terms = bx_array_grow(equation->terms, total, &builder->capacity, sizeof *terms);
    if (!terms)
        return -1;
    equation->terms = terms;
    terms[total] = (bx_term){strdup(species), coefficient};
    if (!terms[total].species)
        return -1;
    (*count)++;
    return *count > TERMS_COMPARED ? list_side(builder, *count, total + 1) : 0;
}

static int parse_term(parser *p, bool product)
{
    bx_lexer *lexer = &p->lexer;
    double coefficient = 1;
    if (lexer->lexeme == BX_LEXEME_NUMBER) {
        coefficient = lexer->number;
        if (!(coefficient > 0) || coefficient > BX_COEFFICIENT_MAXIMUM)
            return bx_lexer_expected(lexer, "a coefficient above 0", p->err);
        bx_lexer_advance(lexer);
    }
    char species[BX_NAME_LENGTH + 1];
    if (lexer->lexeme != BX_LEXEME_NAME || lexer->length > BX_NAME_LENGTH)
        return bx_lexer_expected(lexer, "a species", p->err);
    memcpy(species, lexer->start, lexer->length);
    species[lexer->length] = '\0';
    bx_lexer_advance(lexer);
    return bx_equation_add(&p->builder, product, species, coefficient) < 0 ? bx_fail_memory(p->err)
                                                                           : 0;
}

static int parse_side(parser *p, bool product)
{
    if (parse_term(p, product) < 0)
        return -1;
    while (p->lexer.lexeme == BX_LEXEME_PLUS) {
        bx_lexer_advance(&p->lexer);
        if (parse_term(p, product) < 0)
            return -1;
    }
    return 0;
}

/* "<->" reads as "<" and "->". */
static int refuse_reversible(parser *p)
{
    return bx_fail(p->err, BX_EMODEL,
                   "line %u, column %u: expected \"->\": a reversible reaction is two reactions, "
                   "one for each direction",
                   p->lexer.lexeme_line, p->lexer.lexeme_column);
}

static int parse_equation(parser *p)
{
    const bx_equation *equation = &p->builder.equation;
    bx_lexer *lexer = &p->lexer;
    if (lexer->lexeme != BX_LEXEME_ARROW && lexer->lexeme != BX_LEXEME_LESS &&
        parse_side(p, false) < 0)
        return -1;
    if (lexer->lexeme == BX_LEXEME_LESS)
        return refuse_reversible(p);
    if (lexer->lexeme != BX_LEXEME_ARROW)
        return bx_lexer_expected(lexer, "\"+\" or \"->\"", p->err);
    bx_lexer_advance(lexer);
    if (lexer->lexeme != BX_LEXEME_END && parse_side(p, true) < 0)
        return -1;
    if (lexer->lexeme != BX_LEXEME_END)
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
    parser p = {.err = err};
    bx_lexer_init(&p.lexer, text, "equation");
    int result = parse_equation(&p);
    *equation = bx_equation_end(&p.builder);
    if (result < 0)
        bx_equation_free(equation);
    return result;
}
