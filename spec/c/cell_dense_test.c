/* Stochastic simulation of a network whose lists of what depends on what would be too long. */
#include "cell_model.h"
#include "test.h"

/* The same numbers as with lists. */
static void all_is_recomputed_where_all_depends_on_all(void)
{
    static const item items[] = {SPECIES("A", 3),
                                 SPECIES("B", 0),
                                 RULE("twice", "2 * A"),
                                 RATE("a", "-> A", "twice"),
                                 RATE("b", "A -> B", "A * (1 + B)"),
                                 MASS("c", "A + B ->", "0.1"),
                                 MASS("d", "A -> 2 A", "1"),
                                 RATE("e", "-> B", "twice"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t =
        model_run(cell, (bx_run){BX_METHOD_SSA, .duration = 2, .every = 1, .seed = 7});
    CHECK(model_get(cell, "A") == 0 && model_get(cell, "B") == 6);
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

int main(void)
{
    RUN(all_is_recomputed_where_all_depends_on_all);
    return test_end();
}
