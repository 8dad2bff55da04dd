/* From an optimal basis of what a reduction left to one of the whole: back over its steps, each
 * time with the prices of all rows that were still there (Andersen & Andersen 1995, section 4). */
#include "flux/reducing.h"

#include <math.h>
#include <stdlib.h>

typedef struct restoration {
    const bx_reducing *history;
    double *price;   /* of each row */
    double *reduced; /* cost of each column */
    unsigned char *column, *row;
} restoration;

/* The reduced cost of a column when it went, but for the price of one row. */
static double priced(const restoration *r, uint32_t j, uint32_t but)
{
    const bx_reducing_column *c = &r->history->columns[j];
    double cost = c->cost;
    for (uint32_t k = 0; k < c->count; k++)
        if (c->entries[k].row != but)
            cost -= r->price[c->entries[k].row] * c->entries[k].value;
    return cost;
}

static double coefficient(const restoration *r, uint32_t j, uint32_t i)
{
    return bx_reducing_find(&r->history->columns[j], i)->value;
}

static void restore_one(restoration *r, uint32_t i)
{
    uint32_t j = r->history->rows[i].columns[0];
    r->price[i] = priced(r, j, i) / coefficient(r, j, i);
    r->reduced[j] = 0;
    r->column[j] = BX_LP_BASIC;
    r->row[i] = BX_LP_AT_LOWER;
}

/* A price at which each column wants to be where it was put: if it takes one, the column that is
 * first indifferent comes into the basis. */
static void restore_forced(restoration *r, uint32_t i)
{
    const bx_reducing_row *row = &r->history->rows[i];
    double price = 0;
    uint32_t entering = BX_REDUCTION_FIXED;
    for (uint32_t k = 0; k < row->count; k++) {
        uint32_t j = row->columns[k];
        double a = coefficient(r, j, i), even = priced(r, j, i) / a;
        r->column[j] = (a > 0) == row->at_most ? BX_LP_AT_UPPER : BX_LP_AT_LOWER;
        if (row->at_most ? even > price : even < price) {
            price = even;
            entering = j;
        }
    }
    r->price[i] = price;
    for (uint32_t k = 0; k < row->count; k++)
        r->reduced[row->columns[k]] = priced(r, row->columns[k], BX_REDUCTION_FIXED);
    if (entering == BX_REDUCTION_FIXED)
        return;
    r->column[entering] = BX_LP_BASIC;
    r->reduced[entering] = 0;
    r->row[i] = BX_LP_AT_LOWER;
}

/* Where the one that was kept stands at a bound that it had from the other, it is that one which
 * stands there. */
static void restore_pair(restoration *r, uint32_t i)
{
    const bx_reducing_row *row = &r->history->rows[i];
    uint32_t x = row->gone, y = row->kept;
    const bx_reducing_column *gone = &r->history->columns[x];
    double one = gone->lower / gone->factor, other = gone->upper / gone->factor;
    if (r->column[y] != BX_LP_BASIC && r->reduced[y] != 0) /* where both bounds are one number */
        r->column[y] = r->reduced[y] > 0 ? BX_LP_AT_LOWER : BX_LP_AT_UPPER;
    bool lent = (r->column[y] == BX_LP_AT_LOWER && fmin(one, other) > row->kept_lower) ||
                (r->column[y] == BX_LP_AT_UPPER && fmax(one, other) < row->kept_upper);
    r->reduced[x] = lent ? r->reduced[y] / gone->factor : 0;
    r->price[i] = (priced(r, x, i) - r->reduced[x]) / coefficient(r, x, i);
    r->row[i] = BX_LP_AT_LOWER;
    r->column[x] = BX_LP_BASIC;
    if (!lent)
        return;
    bool lower = (r->column[y] == BX_LP_AT_LOWER) == (gone->factor > 0);
    r->column[x] = lower ? BX_LP_AT_LOWER : BX_LP_AT_UPPER;
    r->column[y] = BX_LP_BASIC;
    r->reduced[y] = 0;
}

static void restore_column(restoration *r, uint32_t j)
{
    r->reduced[j] = priced(r, j, BX_REDUCTION_FIXED);
    r->column[j] = r->reduced[j] < 0 ? BX_LP_AT_UPPER : BX_LP_AT_LOWER;
}

static void restore_row(restoration *r, uint32_t i)
{
    switch (r->history->rows[i].kind) {
    case BX_ROW_ONE: restore_one(r, i); break;
    case BX_ROW_FORCED: restore_forced(r, i); break;
    case BX_ROW_PAIR: restore_pair(r, i); break;
    default: break;
    }
}

static void begin(restoration *r, const bx_reduction *reduction, const bx_lp *left,
                  const unsigned char *basis)
{
    const bx_reducing *history = r->history;
    for (size_t j = 0; j < history->whole_columns; j++)
        if (history->columns[j].into == j) {
            r->column[j] = basis[reduction->column[j]] & BX_LP_STATUS;
            r->reduced[j] = bx_lp_reduced_costs(left)[reduction->column[j]];
        }
    for (size_t i = 0; i < history->whole_rows; i++) {
        bool is_left = history->rows[i].kind == BX_ROW_LEFT;
        const unsigned char *status = basis + reduction->problem.columns + reduction->row[i];
        r->row[i] = is_left ? *status & BX_LP_STATUS : BX_LP_BASIC;
        r->price[i] = is_left ? bx_lp_prices(left)[reduction->row[i]] : 0;
    }
}

int bx_reduction_restore(const bx_reduction *reduction, const bx_lp *left, unsigned char *whole,
                         double *prices)
{
    const bx_reducing *history = reduction->history;
    restoration r = {.history = history, .column = whole, .row = whole + history->whole_columns};
    unsigned char *basis = malloc(bx_lp_basis_size(left) + 1);
    r.price = prices;
    r.reduced = calloc(history->whole_columns + 1, sizeof *r.reduced);
    bool complete = basis && r.reduced;
    if (complete) {
        bx_lp_get_basis(left, basis);
        begin(&r, reduction, left, basis);
    }
    for (size_t k = history->step_count; complete && k-- > 0;) {
        if (history->steps[k].is_row)
            restore_row(&r, history->steps[k].index);
        else
            restore_column(&r, history->steps[k].index);
    }
    free(basis);
    free(r.reduced);
    return complete ? 0 : -1;
}
