/* Gene-reaction rules, which tell whether a reaction's enzyme can be made:
 *
 *   rule   = term { "or" term }
 *   term   = factor { "and" factor }
 *   factor = gene | "(" rule ")"
 *
 * "|" and "&" may stand for the words, in any case. A gene is any run of other characters without
 * a space, a parenthesis, "|" or "&". Parentheses nest to a depth of 100. */
#ifndef BX_FLUX_GENE_RULE_H
#define BX_FLUX_GENE_RULE_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest rule, in bytes, and the deepest nesting. */
#define BX_RULE_LENGTH ((size_t)1 << 20)
#define BX_RULE_DEPTH 100

/* In postfix order: the index of a gene, or one of the two operators. */
typedef struct bx_rule {
    uint32_t *code;
    size_t count; /* 0: no gene is needed */
} bx_rule;

enum { BX_RULE_AND = 0xFFFFFFFF, BX_RULE_OR = 0xFFFFFFFE };

/* What gives a gene its index; BX_RULE_OR or above on failure, with err filled. */
typedef uint32_t bx_rule_gene(void *data, const char *name, size_t length, bx_error *err);

/* An empty or blank text is a rule without genes. -1 with BX_EMODEL or BX_EMEMORY. */
int bx_rule_parse(const char *text, bx_rule_gene *gene, void *data, bx_rule *rule, bx_error *err);
void bx_rule_free(bx_rule *rule);

/* Whether a rule can have a gene of that name. */
bool bx_rule_can_name(const char *name);

/* Whether the rule holds when the genes with missing[gene] are gone. */
bool bx_rule_holds(const bx_rule *rule, const bool *missing);

#endif
