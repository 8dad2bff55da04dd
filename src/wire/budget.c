#include "wire/budget.h"

/* Four times the message, and what any may cost: a small one may hold much. A step is some 2 ns. */
enum { TIMES = 4, ANY = 64 << 20, STEPS = 64 << 20 };

bx_budget bx_budget_of(size_t length)
{
    return (bx_budget){.memory = (uint64_t)length * TIMES + ANY, .steps = STEPS};
}

int bx_budget_spend(bx_budget *budget, uint64_t count, unsigned cost, const char *what,
                    bx_error *err)
{
    if (count > budget->memory / cost)
        return bx_fail(err, BX_EPROTOCOL, "%s: more parts than a message of its length may have",
                       what);
    budget->memory -= count * cost;
    return 0;
}

int bx_budget_search(bx_budget *budget, uint64_t steps, bx_error *err)
{
    if (steps > budget->steps)
        return bx_fail(err, BX_EPROTOCOL, "a table whose keys, numbers, collide");
    budget->steps -= steps;
    return 0;
}
