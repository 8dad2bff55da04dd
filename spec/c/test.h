/* Plain checks that print TAP. A test: static functions, each called by RUN from main, which ends
 * with `return test_end();`. */
#ifndef BX_SPEC_TEST_H
#define BX_SPEC_TEST_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static int test_number, test_failures, test_ok;

__attribute__((format(printf, 3, 4), unused)) static void test_fail(const char *file, int line,
                                                                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("# %s:%d: ", file, line);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    test_ok = 0;
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            test_fail(__FILE__, __LINE__, "%s", #condition);                                       \
    } while (0)

#define CHECK_NEAR(got, wanted, tolerance)                                                         \
    do {                                                                                           \
        double got_ = (got), wanted_ = (wanted), tolerance_ = (tolerance);                         \
        if (!(fabs(got_ - wanted_) <= tolerance_))                                                 \
            test_fail(__FILE__, __LINE__, "%s is %.17g, not %.17g within %g", #got, got_, wanted_, \
                      tolerance_);                                                                 \
    } while (0)

#define CHECK_TEXT(got, wanted)                                                                    \
    do {                                                                                           \
        const char *got_ = (got), *wanted_ = (wanted);                                             \
        if (strcmp(got_, wanted_) != 0)                                                            \
            test_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #got, got_, wanted_);        \
    } while (0)

#define RUN(function)                                                                              \
    do {                                                                                           \
        test_ok = 1;                                                                               \
        function();                                                                                \
        test_failures += !test_ok;                                                                 \
        printf("%sok %d - %s\n", test_ok ? "" : "not ", ++test_number, #function);                 \
        fflush(stdout);                                                                            \
    } while (0)

static inline int test_end(void)
{
    printf("1..%d\n", test_number);
    return test_failures > 0;
}

#endif
