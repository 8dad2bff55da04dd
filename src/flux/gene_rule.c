#include "flux/gene_rule.h"

#include "core/names.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum token { TOKEN_END, TOKEN_GENE, TOKEN_AND, TOKEN_OR, TOKEN_OPEN, TOKEN_CLOSE } token;

typedef struct parser {
    const char *text, *next;
    token token;
    const char *start;
    size_t length;
    int depth;
    bx_rule_gene *gene;
    void *data;
    bx_rule *rule;
    size_t capacity;
    bx_error *err;
} parser;

static token word(const char *start, size_t length)
{
    if (length == 3 && strncasecmp(start, "and", 3) == 0)
        return TOKEN_AND;
    if (length == 2 && strncasecmp(start, "or", 2) == 0)
        return TOKEN_OR;
    return TOKEN_GENE;
}

static void advance(parser *p)
{
    p->start = p->next + strspn(p->next, " \t\r\n");
    char first = *p->start;
    p->length = first ? 1 : 0;
    switch (first) {
    case '\0': p->token = TOKEN_END; break;
    case '(': p->token = TOKEN_OPEN; break;
    case ')': p->token = TOKEN_CLOSE; break;
    case '&':
    case '|':
        p->token = first == '&' ? TOKEN_AND : TOKEN_OR;
        p->length = strspn(p->start, first == '&' ? "&" : "|");
        break;
    default: p->length = strcspn(p->start, " \t\r\n()&|"); p->token = word(p->start, p->length);
    }
    p->next = p->start + p->length;
}

static int fail_expected(parser *p, const char *expected)
{
    size_t column = (size_t)(p->start - p->text) + 1;
    if (p->token == TOKEN_END)
        return bx_fail(p->err, BX_EMODEL, "column %zu: expected %s, found the end", column,
                       expected);
    return bx_fail(p->err, BX_EMODEL, "column %zu: expected %s, found \"%.*s\"", column, expected,
                   p->length < 40 ? (int)p->length : 40, p->start);
}

static int emit(parser *p, uint32_t code)
{
    bx_rule *rule = p->rule;
    if (rule->count == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 4;
        uint32_t *grown = realloc(rule->code, capacity * sizeof *grown);
        if (!grown)
            return bx_fail_memory(p->err);
        rule->code = grown;
        p->capacity = capacity;
    }
    rule->code[rule->count++] = code;
    return 0;
}

static int parse_rule(parser *p);

static int parse_factor(parser *p)
{
    if (p->token == TOKEN_GENE) {
        if (p->length > BX_NAME_LENGTH)
            return bx_fail(p->err, BX_EMODEL, "column %zu: a gene's name is longer than %d bytes",
                           (size_t)(p->start - p->text) + 1, BX_NAME_LENGTH);
        uint32_t gene = p->gene(p->data, p->start, p->length, p->err);
        if (gene >= BX_RULE_OR || emit(p, gene) < 0)
            return -1;
        advance(p);
        return 0;
    }
    if (p->token != TOKEN_OPEN)
        return fail_expected(p, "a gene or \"(\"");
    if (p->depth == BX_RULE_DEPTH)
        return bx_fail(p->err, BX_EMODEL, "column %zu: parentheses nest deeper than %d",
                       (size_t)(p->start - p->text) + 1, BX_RULE_DEPTH);
    p->depth++;
    advance(p);
    if (parse_rule(p) < 0)
        return -1;
    if (p->token != TOKEN_CLOSE)
        return fail_expected(p, "\")\", \"and\" or \"or\"");
    p->depth--;
    advance(p);
    return 0;
}

static int parse_term(parser *p)
{
    if (parse_factor(p) < 0)
        return -1;
    while (p->token == TOKEN_AND) {
        advance(p);
        if (parse_factor(p) < 0 || emit(p, BX_RULE_AND) < 0)
            return -1;
    }
    return 0;
}

static int parse_rule(parser *p)
{
    if (parse_term(p) < 0)
        return -1;
    while (p->token == TOKEN_OR) {
        advance(p);
        if (parse_term(p) < 0 || emit(p, BX_RULE_OR) < 0)
            return -1;
    }
    return 0;
}

int bx_rule_parse(const char *text, bx_rule_gene *gene, void *data, bx_rule *rule, bx_error *err)
{
    parser p = {.text = text, .next = text, .gene = gene, .data = data, .rule = rule, .err = err};
    *rule = (bx_rule){0};
    if (strlen(text) > BX_RULE_LENGTH)
        return bx_fail(err, BX_EMODEL, "a gene rule is longer than %zu bytes", BX_RULE_LENGTH);
    advance(&p);
    if (p.token == TOKEN_END)
        return 0;
    int result = parse_rule(&p);
    if (result == 0 && p.token != TOKEN_END)
        result = fail_expected(&p, "\"and\" or \"or\"");
    if (result < 0)
        bx_rule_free(rule);
    return result;
}

bool bx_rule_can_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && strcspn(name, " \t\r\n()&|") == length && word(name, length) == TOKEN_GENE;
}

void bx_rule_free(bx_rule *rule)
{
    free(rule->code);
    *rule = (bx_rule){0};
}

bool bx_rule_holds(const bx_rule *rule, const bool *missing)
{
    /* each level of parentheses holds at most an "or" and an "and" that wait for their right */
    bool stack[2 * BX_RULE_DEPTH + 4] = {false};
    size_t top = 0;
    if (rule->count == 0)
        return true;
    for (size_t i = 0; i < rule->count; i++) {
        uint32_t code = rule->code[i];
        if (code < BX_RULE_OR) {
            stack[top++] = !missing[code];
            continue;
        }
        top--;
        stack[top - 1] =
            code == BX_RULE_AND ? stack[top - 1] && stack[top] : stack[top - 1] || stack[top];
    }
    return stack[0];
}
