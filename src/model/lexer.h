/* The words of formulas and reaction equations, with their places. */
#ifndef BX_MODEL_LEXER_H
#define BX_MODEL_LEXER_H

#include "core/error.h"

#include <stddef.h>
#include <stdint.h>

typedef enum bx_token {
    BX_TOKEN_END,
    BX_TOKEN_NUMBER,
    BX_TOKEN_NAME,
    BX_TOKEN_AND,
    BX_TOKEN_OR,
    BX_TOKEN_NOT,
    BX_TOKEN_LESS,
    BX_TOKEN_LESS_EQUAL,
    BX_TOKEN_GREATER,
    BX_TOKEN_GREATER_EQUAL,
    BX_TOKEN_EQUAL,
    BX_TOKEN_NOT_EQUAL,
    BX_TOKEN_PLUS,
    BX_TOKEN_MINUS,
    BX_TOKEN_TIMES,
    BX_TOKEN_DIVIDE,
    BX_TOKEN_POWER,
    BX_TOKEN_OPEN,
    BX_TOKEN_CLOSE,
    BX_TOKEN_COMMA,
    BX_TOKEN_ARROW,
    BX_TOKEN_UNKNOWN
} bx_token;

typedef struct bx_lexer {
    const char *what; /* "formula", "equation": for messages */
    const char *next; /* behind the present token */
    uint32_t line, column;
    bx_token token; /* the present token */
    const char *start;
    size_t length;
    uint32_t token_line, token_column;
    double number; /* of BX_TOKEN_NUMBER; may be infinite */
} bx_lexer;

/* `text` must outlive the lexer; stands at the first token afterwards. */
void bx_lexer_init(bx_lexer *lexer, const char *text, const char *what);
void bx_lexer_advance(bx_lexer *lexer);

/* BX_EMODEL: "line 1, column 9: expected <expected>, found <token>"; returns -1. */
int bx_lexer_expected(const bx_lexer *lexer, const char *expected, bx_error *err);

#endif
