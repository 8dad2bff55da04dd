/* The formula language: precedence, functions, and what a mistake is told. */
#include "model/parser.h"

#include "core/random.h"
#include "model/distribution.h"
#include "model/equation.h"
#include "model/program.h"
#include "test.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The value with A = 2, B = 3, C = 5, time = 7; NaN if it does not parse. */
static double value_of(const char *text)
{
    bx_error err = {0};
    bx_formula *formula = bx_formula_parse(text, &err);
    if (!formula) {
        test_fail(__FILE__, __LINE__, "%s: %s", text, err.message);
        return NAN;
    }
    bx_program program = {0};
    bx_range range;
    bx_program_slot(&program, 2);
    bx_program_slot(&program, 3);
    bx_program_slot(&program, 5);
    program.time = (uint32_t)bx_program_slot(&program, 7);
    uint32_t target = (uint32_t)bx_program_slot(&program, NAN), slots[8] = {0};
    program.temporaries = (uint32_t)program.frame_size;
    for (size_t i = 0; i < bx_formula_depth(formula, formula->count - 1); i++)
        bx_program_slot(&program, NAN);
    for (size_t i = 0; i < formula->name_count && i < 8; i++)
        slots[i] = (uint32_t)(formula->names[i].text[0] - 'A');
    bx_program_compile(&program, formula, formula->count - 1, slots, target, &range);
    bx_program_run_range(&program, range, program.frame);
    double value = program.frame[target];
    bx_program_free(&program);
    bx_formula_free(formula);
    return value;
}

#define CHECK_VALUE(text, wanted) CHECK_NEAR(value_of(text), wanted, 1e-15 * fabs((double)(wanted)))

static void check_error(const char *text, const char *message)
{
    bx_error err = {0};
    bx_formula *formula = bx_formula_parse(text, &err);
    CHECK(!formula);
    CHECK(err.code == BX_EMODEL);
    CHECK_TEXT(err.message, message);
    bx_formula_free(formula);
}

static void arithmetic_follows_precedence(void)
{
    CHECK_VALUE("A + B * C", 17);
    CHECK_VALUE("(A + B) * C", 25);
    CHECK_VALUE("C - B - A", 0);
    CHECK_VALUE("C / B / A", 5.0 / 3 / 2);
    CHECK_VALUE("2 ^ 3 ^ 2", 512);
    CHECK_VALUE("A ^ B ^ A", 512);
    CHECK_VALUE("-A ^ 2", -4);
    CHECK_VALUE("(-A) ^ 2", 4);
    CHECK_VALUE("A ^ -1", 0.5);
    CHECK_VALUE("2 * -A", -4);
    CHECK_VALUE("- -A", 2);
    CHECK_VALUE("+A", 2);
    CHECK_VALUE("A ^ 3", 8);
    CHECK_VALUE("C ^ 0.5", sqrt(5));
    CHECK_VALUE("A ^ 1", 2);
    CHECK_VALUE("A ^ 0", 1);
    CHECK_VALUE(".5 + 1. + 2.5e-1 + 1E2", 101.75);
    CHECK_VALUE("time", 7);
    CHECK_VALUE("2 * pi", 6.283185307179586);
    CHECK_VALUE("\n A\t+\r\n B ", 5);
}

/* It must not matter where an exponent comes from: a small whole one is a product. */
static void powers_by_small_numbers_are_products(void)
{
    double x = 2.0 / 3, y = 0.7;
    CHECK(x * x * x != pow(x, 3));
    CHECK(value_of("(A / 3) ^ 3") == x * x * x);
    CHECK(value_of("(A / 3) ^ B") == x * x * x);
    CHECK(value_of("(A / 3) ^ A") == x * x);
    CHECK(value_of("0.7 ^ (A + A)") == (y * y) * (y * y));
    CHECK(value_of("0.7 ^ (B - A)") == y);
    CHECK(value_of("0.7 ^ (A - B)") == 1 / y);
    CHECK(value_of("hill(1, 0.7, B)") == 1 / (1 + y * y * y));
}

static void truth_is_a_number(void)
{
    CHECK_VALUE("A < B", 1);
    CHECK_VALUE("A > B", 0);
    CHECK_VALUE("A + 1 >= B", 1);
    CHECK_VALUE("A == B or A != B", 1);
    CHECK_VALUE("A ~= B", 1);
    CHECK_VALUE("A < B and B < C", 1);
    CHECK_VALUE("A > B && A > C || true", 1);
    CHECK_VALUE("true or false and false", 1);
    CHECK_VALUE("not A > B", 1);
    CHECK_VALUE("! A > B and false", 0);
    CHECK_VALUE("not not C", 1);
    CHECK_VALUE("if(A > B, 10, 20)", 20);
    CHECK_VALUE("if(A < B and not false, C, 0) + 1", 6);
    CHECK_VALUE("if(A < 0, log(0 - A), A)", 2);
}

static void functions_have_their_values(void)
{
    CHECK_VALUE("abs(-A)", 2);
    CHECK_VALUE("exp(A)", exp(2));
    CHECK_VALUE("log(A)", log(2));
    CHECK_VALUE("log10(1000 * A / 2)", 3);
    CHECK_VALUE("sqrt(A)", sqrt(2));
    CHECK_VALUE("pow(A, B)", 8);
    CHECK_VALUE("min(A, B) + max(A, B)", 5);
    CHECK_VALUE("min(C, B, A, 9)", 2);
    CHECK_VALUE("max(A, B, C)", 5);
    CHECK_VALUE("floor(A / B) + ceil(A / B)", 1);
    CHECK_VALUE("sin(A) + cos(A) + tan(A)", sin(2) + cos(2) + tan(2));
    CHECK_VALUE("asin(1 / A) + acos(1 / A) + atan(A)", asin(0.5) + acos(0.5) + atan(2));
    CHECK_VALUE("sinh(A) + cosh(A) + tanh(A)", sinh(2) + cosh(2) + tanh(2));
    CHECK_VALUE("hill(A, B, 2)", 4.0 / 13);
    CHECK_VALUE("hill(0 * A, B, 2)", 0);
    CHECK_VALUE("hill(-A, B, 1.5)", 0);
    CHECK_VALUE("hill(1e300 * A, 1, 4)", 1);
    CHECK(isnan(value_of("max(A, 0 / (A - 2))")));
    CHECK(isnan(value_of("min(0 / (A - 2), A)")));
    CHECK(isinf(value_of("1 / (A - 2)")));
}

static void a_mistake_is_placed_and_named(void)
{
    check_error("", "line 1, column 1: expected a number, a name or \"(\", found end of formula");
    check_error("k_tx * (", "line 1, column 9: expected a number, a name or \"(\", found end of "
                            "formula");
    check_error("(A + B", "line 1, column 7: expected an operator or \")\", found end of formula");
    check_error("A B", "line 1, column 3: expected an operator or the end, found \"B\"");
    check_error("A +\n  * B", "line 2, column 3: expected a number, a name or \"(\", found \"*\"");
    check_error("A = B", "line 1, column 3: expected an operator or the end, found \"=\"");
    check_error("A < B < C", "line 1, column 7: expected \"and\" between two comparisons, found "
                             "\"<\"");
    check_error("foo(A)", "line 1, column 1: expected the name of a function, found \"foo\"");
    check_error("pow(A)", "line 1, column 6: expected \",\" and another argument, found \")\"");
    check_error("exp(A, B)", "line 1, column 6: expected \")\", found \",\"");
    check_error("A $ B", "line 1, column 3: expected an operator or the end, found \"$\"");
    check_error("1 + \xc3\xa9", "line 1, column 5: expected a number, a name or \"(\", found "
                                "\"\xc3\xa9\"");
    check_error("1e999", "line 1, column 1: expected a number below 1.8e308, found \"1e999\"");
    check_error("if", "line 1, column 3: expected \"(\" after if, found end of formula");
    check_error("and", "line 1, column 1: expected a number, a name or \"(\", found \"and\"");
}

/* `count` times `part`, and `end`. */
static char *repeated(const char *part, size_t count, const char *end)
{
    size_t length = strlen(part);
    char *text = malloc(length * count + strlen(end) + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, part, length);
    strcpy(text + length * count, end);
    return text;
}

static void depth_and_length_are_bounded(void)
{
    static const char *const deep[] = {"(", "-", "not ", "A^", "exp(", "if(A,", "1+("};
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        bx_error err = {0};
        char *text = repeated(deep[i], 100000, "A");
        CHECK(!bx_formula_parse(text, &err));
        CHECK(err.code == BX_EMODEL && strstr(err.message, "256 levels"));
        free(text);
    }
    bx_error err = {0};
    char *text = repeated("A+", 1000000, "A");
    CHECK(!bx_formula_parse(text, &err));
    CHECK(err.code == BX_EMODEL && strstr(err.message, "at most 1048576 bytes"));
    free(text);
    text = repeated("A+", 100000, "A");
    CHECK_VALUE(text, 200002);
    free(text);
    text = repeated("x", 300, "");
    CHECK(!bx_formula_parse(text, &err));
    free(text);
}

static void a_locale_changes_nothing(void)
{
    setlocale(LC_ALL, "de_DE.UTF-8"); /* where it exists */
    CHECK_VALUE("1.5 + A", 3.5);
    setlocale(LC_ALL, "C");
}

static void equations_are_read(void)
{
    bx_error err = {0};
    bx_equation e;
    CHECK(bx_equation_parse("2 A + B -> C", &e, &err) == 0);
    CHECK(e.reactants == 2 && e.products == 1 && e.terms[0].coefficient == 2);
    CHECK_TEXT(e.terms[2].species, "C");
    bx_equation_free(&e);
    CHECK(bx_equation_parse("A + A + 0.5 A->", &e, &err) == 0);
    CHECK(e.reactants == 1 && e.products == 0 && e.terms[0].coefficient == 2.5);
    bx_equation_free(&e);
    CHECK(bx_equation_parse("-> 1e9 mRNA", &e, &err) == 0);
    CHECK(e.reactants == 0 && e.products == 1 && e.terms[0].coefficient == 1e9);
    bx_equation_free(&e);
}

static void a_wrong_equation_is_refused(void)
{
    static const char *const cases[][2] = {
        {"", "line 1, column 1: expected a species, found end of equation"},
        {"->", "line 1, column 3: expected a reactant or a product, found end of equation"},
        {"A", "line 1, column 2: expected \"+\" or \"->\", found end of equation"},
        {"A + -> B", "line 1, column 5: expected a species, found \"->\""},
        {"A -> B C", "line 1, column 8: expected \"+\" or the end, found \"C\""},
        {"A <-> B",
         "line 1, column 3: expected \"->\": a reversible reaction is two reactions, one "
         "for each direction"},
        {"0 A -> B", "line 1, column 1: expected a coefficient above 0, found \"0\""},
        {"1e999 A -> B", "line 1, column 1: expected a coefficient above 0, found \"1e999\""},
        {"-1 A -> B", "line 1, column 1: expected a species, found \"-\""},
        {"A -> B -> C", "line 1, column 8: expected \"+\" or the end, found \"->\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bx_error err = {0};
        bx_equation e;
        CHECK(bx_equation_parse(cases[i][0], &e, &err) < 0);
        CHECK(err.code == BX_EMODEL);
        CHECK_TEXT(err.message, cases[i][1]);
    }
}

static double draw(bx_op op, double a, double b, uint64_t seed)
{
    double key[3] = {0, -INFINITY, INFINITY};
    memcpy(key, &seed, sizeof seed);
    return bx_distribution_draw(op, a, b, key);
}

/* Those of which one takes several draws: whatever order a compiler prefers within an expression.
 */
static void random_numbers_are_drawn_in_one_order(void)
{
    static const double gammas[] = {1.3791290906547196, 0.053385205645301047};
    for (uint64_t seed = 1; seed <= 2; seed++) {
        bx_random random;
        bx_random_init(&random, seed, 0);
        double first = bx_random_exponential(&random), second = bx_random_exponential(&random);
        CHECK(draw(BX_OP_LAPLACE, 0, 1, seed) == first - second);
        CHECK_NEAR(draw(BX_OP_GAMMA, 0.5, 2, seed), gammas[seed - 1], 1e-12);
    }
}

int main(void)
{
    RUN(arithmetic_follows_precedence);
    RUN(powers_by_small_numbers_are_products);
    RUN(truth_is_a_number);
    RUN(functions_have_their_values);
    RUN(a_mistake_is_placed_and_named);
    RUN(depth_and_length_are_bounded);
    RUN(a_locale_changes_nothing);
    RUN(equations_are_read);
    RUN(a_wrong_equation_is_refused);
    RUN(random_numbers_are_drawn_in_one_order);
    return test_end();
}
