#include "flux/basis.h"

#include <klu.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 2 };

#define PIVOT_TOLERANCE 0.1 /* of the largest in its column; KLU's own 0.001 is for circuits */
#define NOTHING 1e-14       /* of a column that comes in */

typedef struct factors {
    klu_symbolic *symbolic;
    klu_numeric *numeric;
} factors;

/* A column that came in: solved[index] = value; begins where the last ends. */
typedef struct exchange {
    size_t position, end;
    double pivot;
} exchange;

struct bx_basis {
    size_t rows;
    klu_common common;
    factors now, kept[KEPT];
    exchange *exchanges;
    size_t count, room;
    int *index;
    double *value;
    size_t element_room;
};

bx_basis *bx_basis_new(size_t rows)
{
    bx_basis *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->rows = rows;
    klu_defaults(&b->common);
    b->common.tol = PIVOT_TOLERANCE;
    return b;
}

static bool is_kept(const bx_basis *b, const factors *f)
{
    for (int i = 0; i < KEPT; i++)
        if (b->kept[i].numeric == f->numeric)
            return true;
    return false;
}

static void free_factors(bx_basis *b, factors *f)
{
    klu_free_numeric(&f->numeric, &b->common);
    klu_free_symbolic(&f->symbolic, &b->common);
    *f = (factors){NULL, NULL};
}

/* Let go of one of the holders of factors; with the last they go. */
static void let_go(bx_basis *b, factors *holder)
{
    factors f = *holder;
    *holder = (factors){NULL, NULL};
    if (f.numeric && f.numeric != b->now.numeric && !is_kept(b, &f))
        free_factors(b, &f);
}

void bx_basis_free(bx_basis *b)
{
    if (!b)
        return;
    let_go(b, &b->now);
    for (int i = 0; i < KEPT; i++)
        let_go(b, &b->kept[i]);
    free(b->exchanges);
    free(b->index);
    free(b->value);
    free(b);
}

bool bx_basis_factor(bx_basis *b, const int *start, const int *index, const double *value)
{
    factors made = {NULL, NULL};
    int *s = (int *)start, *i = (int *)index; /* KLU reads them only */
    let_go(b, &b->now);
    b->count = 0;
    made.symbolic = klu_analyze((int)b->rows, s, i, &b->common);
    if (made.symbolic)
        made.numeric = klu_factor(s, i, (double *)value, made.symbolic, &b->common);
    if (!made.numeric || b->common.status != KLU_OK) {
        free_factors(b, &made);
        return false;
    }
    b->now = made;
    return true;
}

static void apply(const bx_basis *b, size_t k, double *v)
{
    const exchange *e = &b->exchanges[k];
    double x = v[e->position] / e->pivot;
    v[e->position] = x;
    if (x == 0)
        return;
    for (size_t i = k ? b->exchanges[k - 1].end : 0; i < e->end; i++)
        v[b->index[i]] -= b->value[i] * x;
}

static void apply_transposed(const bx_basis *b, size_t k, double *v)
{
    const exchange *e = &b->exchanges[k];
    double sum = v[e->position];
    for (size_t i = k ? b->exchanges[k - 1].end : 0; i < e->end; i++)
        sum -= b->value[i] * v[b->index[i]];
    v[e->position] = sum / e->pivot;
}

void bx_basis_solve(bx_basis *b, double *v)
{
    klu_solve(b->now.symbolic, b->now.numeric, (int)b->rows, 1, v, &b->common);
    for (size_t k = 0; k < b->count; k++)
        apply(b, k, v);
}

void bx_basis_solve_transposed(bx_basis *b, double *v)
{
    for (size_t k = b->count; k-- > 0;)
        apply_transposed(b, k, v);
    klu_tsolve(b->now.symbolic, b->now.numeric, (int)b->rows, 1, v, &b->common);
}

static bool make_room(bx_basis *b, size_t elements)
{
    if (b->count == b->room) {
        size_t room = b->room ? 2 * b->room : 64;
        exchange *grown = realloc(b->exchanges, room * sizeof *grown);
        if (!grown)
            return false;
        b->exchanges = grown;
        b->room = room;
    }
    if (elements <= b->element_room)
        return true;
    size_t room = 2 * elements;
    int *index = realloc(b->index, room * sizeof *index);
    if (index)
        b->index = index;
    double *value = realloc(b->value, room * sizeof *value);
    if (value)
        b->value = value;
    if (index && value)
        b->element_room = room;
    return index && value;
}

bool bx_basis_exchange(bx_basis *b, size_t position, const double *solved)
{
    size_t end = b->count ? b->exchanges[b->count - 1].end : 0;
    if (!make_room(b, end + b->rows))
        return false;
    for (size_t i = 0; i < b->rows; i++)
        if (i != position && fabs(solved[i]) > NOTHING) {
            b->index[end] = (int)i;
            b->value[end++] = solved[i];
        }
    b->exchanges[b->count++] = (exchange){position, end, solved[position]};
    return true;
}

size_t bx_basis_exchanges(const bx_basis *b)
{
    return b->count;
}

void bx_basis_keep(bx_basis *b, int slot)
{
    let_go(b, &b->kept[slot]);
    b->kept[slot] = b->now;
}

void bx_basis_back(bx_basis *b, int slot)
{
    let_go(b, &b->now);
    b->now = b->kept[slot];
    b->count = 0;
}
