#include "model/lexer.h"

#include "core/number.h"

#include <string.h>

static const struct {
    char text[4];
    bx_lexeme lexeme;
} symbols[] = {
    /* the longer first */
    {"->", BX_LEXEME_ARROW},  {"<=", BX_LEXEME_LESS_EQUAL}, {">=", BX_LEXEME_GREATER_EQUAL},
    {"==", BX_LEXEME_EQUAL},  {"!=", BX_LEXEME_NOT_EQUAL},  {"~=", BX_LEXEME_NOT_EQUAL},
    {"&&", BX_LEXEME_AND},    {"||", BX_LEXEME_OR},         {"<", BX_LEXEME_LESS},
    {">", BX_LEXEME_GREATER}, {"!", BX_LEXEME_NOT},         {"+", BX_LEXEME_PLUS},
    {"-", BX_LEXEME_MINUS},   {"*", BX_LEXEME_TIMES},       {"/", BX_LEXEME_DIVIDE},
    {"^", BX_LEXEME_POWER},   {"(", BX_LEXEME_OPEN},        {")", BX_LEXEME_CLOSE},
    {",", BX_LEXEME_COMMA},
};

static const struct {
    const char *text;
    bx_lexeme lexeme;
} words[] = {{"and", BX_LEXEME_AND}, {"or", BX_LEXEME_OR}, {"not", BX_LEXEME_NOT}};

/* Not <ctype.h>: its answers depend on the locale. */
static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void skip_space(bx_lexer *lexer)
{
    for (;; lexer->next++) {
        if (*lexer->next == '\n') {
            lexer->line++;
            lexer->column = 1;
        } else if (*lexer->next == ' ' || *lexer->next == '\t' || *lexer->next == '\r') {
            lexer->column++;
        } else {
            return;
        }
    }
}

static size_t number_length(const char *text)
{
    const char *p = text;
    while (is_digit(*p))
        p++;
    if (*p == '.') {
        p++;
        while (is_digit(*p))
            p++;
    }
    if (*p == 'e' || *p == 'E') {
        const char *exponent = p + 1;
        if (*exponent == '+' || *exponent == '-')
            exponent++;
        if (is_digit(*exponent)) {
            while (is_digit(*exponent))
                exponent++;
            p = exponent;
        }
    }
    return (size_t)(p - text);
}

static void read_name(bx_lexer *lexer)
{
    const char *p = lexer->start;
    while (is_name_start(*p) || is_digit(*p) || (*p == '.' && is_name_start(p[1])))
        p++;
    lexer->length = (size_t)(p - lexer->start);
    lexer->lexeme = BX_LEXEME_NAME;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].text) == lexer->length &&
            memcmp(words[i].text, lexer->start, lexer->length) == 0)
            lexer->lexeme = words[i].lexeme;
}

static void read_symbol(bx_lexer *lexer)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        size_t length = strlen(symbols[i].text);
        if (strncmp(symbols[i].text, lexer->start, length) == 0) {
            lexer->length = length;
            lexer->lexeme = symbols[i].lexeme;
            return;
        }
    }
    /* a whole UTF-8 character, so that the message shows it */
    lexer->length = 1;
    while (((unsigned char)lexer->start[lexer->length] & 0xc0) == 0x80)
        lexer->length++;
    lexer->lexeme = BX_LEXEME_UNKNOWN;
}

void bx_lexer_advance(bx_lexer *lexer)
{
    skip_space(lexer);
    lexer->start = lexer->next;
    lexer->lexeme_line = lexer->line;
    lexer->lexeme_column = lexer->column;
    char c = *lexer->start;
    if (c == '\0') {
        lexer->lexeme = BX_LEXEME_END;
        lexer->length = 0;
    } else if (is_digit(c) || (c == '.' && is_digit(lexer->start[1]))) {
        lexer->lexeme = BX_LEXEME_NUMBER;
        lexer->length = number_length(lexer->start);
        lexer->number = bx_number_read(lexer->start, NULL);
    } else if (is_name_start(c)) {
        read_name(lexer);
    } else {
        read_symbol(lexer);
    }
    lexer->next = lexer->start + lexer->length;
    lexer->column += (uint32_t)lexer->length;
}

void bx_lexer_init(bx_lexer *lexer, const char *text, const char *what)
{
    *lexer = (bx_lexer){.what = what, .next = text, .line = 1, .column = 1};
    bx_lexer_advance(lexer);
}

int bx_lexer_expected(const bx_lexer *lexer, const char *expected, bx_error *err)
{
    if (lexer->lexeme == BX_LEXEME_END)
        return bx_fail(err, BX_EMODEL, "line %u, column %u: expected %s, found end of %s",
                       lexer->lexeme_line, lexer->lexeme_column, expected, lexer->what);
    int shown = lexer->length > 40 ? 40 : (int)lexer->length;
    return bx_fail(err, BX_EMODEL, "line %u, column %u: expected %s, found \"%.*s%s\"",
                   lexer->lexeme_line, lexer->lexeme_column, expected, shown, lexer->start,
                   lexer->length > 40 ? "..." : "");
}
