/* Formulas in the making: operands before operators, names shared, the first failure kept. */
#include "model/builder.h"

#include "test.h"

#include <math.h>
#include <string.h>

static void operators_take_the_last_values(void)
{
    bx_builder b = {0};
    bx_builder_name(&b, "A", 0, 0);
    bx_builder_number(&b, -2.5);
    bx_builder_name(&b, "A", 0, 0);
    bx_builder_apply(&b, BX_OP_MULTIPLY);
    bx_builder_apply(&b, BX_OP_TIME);
    bx_builder_apply(&b, BX_OP_IF); /* A ? -2.5 A : time */
    bx_formula *f = bx_builder_end(&b);
    CHECK(f && f->count == 6 && f->name_count == 1);
    CHECK_TEXT(f->names[0].text, "A");
    const bx_node *root = &f->nodes[5], *product = &f->nodes[root->b];
    CHECK(root->op == BX_OP_IF && root->a == 0 && root->b == 3 && root->c == 4);
    CHECK(product->op == BX_OP_MULTIPLY && f->nodes[product->a].number == -2.5);
    CHECK(f->nodes[product->b].op == BX_OP_NAME && f->nodes[product->b].a == 0);
    CHECK(bx_formula_begin(f, root->b) == 1 && bx_formula_begin(f, 5) == 0);
    CHECK(bx_formula_depth(f, f->count - 1) == 3);
    bx_formula_free(f);
}

static void numbers_are_any(void)
{
    bx_builder b = {0};
    bx_builder_number(&b, NAN);
    bx_formula *f = bx_builder_end(&b);
    CHECK(f && isnan(f->nodes[0].number));
    bx_formula_free(f);
    f = bx_formula_number(INFINITY, NULL);
    CHECK(f && isinf(f->nodes[0].number));
    bx_formula_free(f);
}

/* After it nothing counts, not even an operator without operands. */
static void the_first_failure_is_kept(void)
{
    bx_error err = {0};
    bx_builder b = {.err = &err};
    bx_builder_number(&b, 1);
    CHECK(bx_builder_fail(&b, BX_EMODEL, "number %d", 1) == -1);
    bx_builder_fail(&b, BX_EMEMORY, "number %d", 2);
    bx_builder_apply(&b, BX_OP_ADD);
    CHECK(!bx_builder_end(&b));
    CHECK(err.code == BX_EMODEL);
    CHECK_TEXT(err.message, "number 1");
    bx_builder_number(&b, 1); /* it begins anew */
    bx_formula *f = bx_builder_end(&b);
    CHECK(f && f->count == 1);
    bx_formula_free(f);
}

static void the_size_is_bounded(void)
{
    bx_error err = {0};
    bx_builder b = {.err = &err};
    bx_builder_number(&b, 1);
    for (size_t i = 1; i < BX_FORMULA_NODES; i++)
        bx_builder_apply(&b, BX_OP_NEGATE);
    CHECK(!b.failed);
    bx_builder_apply(&b, BX_OP_NEGATE);
    CHECK(!bx_builder_end(&b));
    CHECK(err.code == BX_EMODEL && strstr(err.message, "at most 1048576"));
}

int main(void)
{
    RUN(operators_take_the_last_values);
    RUN(numbers_are_any);
    RUN(the_first_failure_is_kept);
    RUN(the_size_is_bounded);
    return test_end();
}
