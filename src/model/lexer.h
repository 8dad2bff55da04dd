/* The words of formulas and reaction equations, with their places. */
#ifndef BX_MODEL_LEXER_H
#define BX_MODEL_LEXER_H

#include "core/error.h"

#include <stddef.h>
#include <stdint.h>

typedef enum bx_lexeme {
    BX_LEXEME_END,
    BX_LEXEME_NUMBER,
    BX_LEXEME_NAME,
    BX_LEXEME_AND,
    BX_LEXEME_OR,
    BX_LEXEME_NOT,
    BX_LEXEME_LESS,
    BX_LEXEME_LESS_EQUAL,
    BX_LEXEME_GREATER,
    BX_LEXEME_GREATER_EQUAL,
    BX_LEXEME_EQUAL,
    BX_LEXEME_NOT_EQUAL,
    BX_LEXEME_PLUS,
    BX_LEXEME_MINUS,
    BX_LEXEME_TIMES,
    BX_LEXEME_DIVIDE,
    BX_LEXEME_POWER,
    BX_LEXEME_OPEN,
    BX_LEXEME_CLOSE,
    BX_LEXEME_COMMA,
    BX_LEXEME_ARROW,
    BX_LEXEME_UNKNOWN
} bx_lexeme;

typedef struct bx_lexer {
    const char *what; /* "formula", "equation": for messages */
    const char *next; /* behind the present one */
    uint32_t line, column;
    bx_lexeme lexeme; /* the present one */
    const char *start;
    size_t length;
    uint32_t lexeme_line, lexeme_column;
    double number; /* of BX_LEXEME_NUMBER; may be infinite */
} bx_lexer;

/* `text` must outlive the lexer; stands at the first lexeme afterwards. */
void bx_lexer_init(bx_lexer *lexer, const char *text, const char *what);
void bx_lexer_advance(bx_lexer *lexer);

/* BX_EMODEL: "line 1, column 9: expected <expected>, found <text>"; returns -1. */
int bx_lexer_expected(const bx_lexer *lexer, const char *expected, bx_error *err);

#endif
