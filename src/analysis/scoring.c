#include "analysis/scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BOX 0.5
#define LARGEST_BOX 4

bx_scoring *bx_scoring_new(size_t n)
{
    bx_scoring *s = calloc(1, sizeof *s);
    double *room = calloc(10 * n + 2 * n * n + 1, sizeof *room);
    bool *fixed = calloc(n + 1, sizeof *fixed);
    if (!s || !room || !fixed) {
        free(s);
        free(room);
        free(fixed);
        return NULL;
    }
    double **arrays[] = {&s->x,    &s->low,   &s->high,  &s->unit, &s->slope,
                         &s->step, &s->trial, &s->least, &s->most, &s->side};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = room + i * n;
    s->curvature = room + 10 * n;
    s->factor = s->curvature + n * n;
    s->fixed = fixed;
    s->n = n;
    s->box = FIRST_BOX;
    return s;
}

void bx_scoring_free(bx_scoring *s)
{
    if (!s)
        return;
    free(s->x);
    free(s->fixed);
    free(s);
}

/* How the quadratic rises with a variable where the step leads. */
static double pull_of(const bx_scoring *s, size_t i)
{
    double sum = s->slope[i];
    for (size_t j = 0; j < s->n; j++)
        sum += s->curvature[i * s->n + j] * s->step[j];
    return sum;
}

/* The Cholesky factor of the free part, with a ridge where that is not positive; the variables of
 * its rows are those that are not fixed, in order. */
static size_t factor_free(bx_scoring *s, double ridge)
{
    size_t n = s->n, row = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->fixed[i])
            continue;
        double *l = s->factor + row * n;
        size_t column = 0;
        for (size_t j = 0; j <= i; j++) {
            if (s->fixed[j])
                continue;
            double *other = s->factor + column * n;
            double sum = s->curvature[i * n + j] + (i == j ? ridge : 0);
            for (size_t k = 0; k < column; k++)
                sum -= l[k] * other[k];
            l[column] = i == j ? sqrt(fmax(sum, ridge)) : sum / other[column];
            column++;
        }
        row++;
    }
    return row;
}

/* Put the least of the quadratic by the free variables into `trial`. */
static void minimise_free(bx_scoring *s, double ridge)
{
    size_t n = s->n, free = factor_free(s, ridge), row = 0;
    const double *l = s->factor;
    double *side = s->side;
    for (size_t i = 0; i < n; i++)
        if (!s->fixed[i])
            side[row++] = -pull_of(s, i);
    for (size_t i = 0; i < free; i++) {
        for (size_t k = 0; k < i; k++)
            side[i] -= l[i * n + k] * side[k];
        side[i] /= l[i * n + i];
    }
    for (size_t i = free; i-- > 0;) {
        for (size_t k = i + 1; k < free; k++)
            side[i] -= l[k * n + i] * side[k];
        side[i] /= l[i * n + i];
    }
    row = 0;
    for (size_t i = 0; i < n; i++)
        s->trial[i] = s->step[i] + (s->fixed[i] ? 0 : side[row++]);
}

/* Go towards `trial` as far as the box lets: the variable that meets it, or n. */
static size_t go(bx_scoring *s)
{
    double part = 1;
    size_t hit = s->n;
    for (size_t i = 0; i < s->n; i++) {
        double change = s->trial[i] - s->step[i];
        double room = (change > 0 ? s->most[i] : s->least[i]) - s->step[i];
        if (!s->fixed[i] && fabs(change) * part > fabs(room)) {
            part = room / change;
            hit = i;
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        double change = s->trial[i] - s->step[i];
        if (i == hit)
            s->step[i] = change > 0 ? s->most[i] : s->least[i];
        else if (!s->fixed[i])
            s->step[i] += part * change;
    }
    return hit;
}

/* The fixed variable whose release takes off most, or n. */
static size_t to_release(const bx_scoring *s)
{
    size_t found = s->n;
    double steepest = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->fixed[i] || s->least[i] == s->most[i])
            continue;
        double pull = pull_of(s, i), inward = s->step[i] == s->least[i] ? -pull : pull;
        if (inward > steepest) {
            steepest = inward;
            found = i;
        }
    }
    return found;
}

static double foretold(const bx_scoring *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum -= 0.5 * (s->slope[i] + pull_of(s, i)) * s->step[i];
    return sum;
}

double bx_scoring_step(bx_scoring *s)
{
    double largest = 0;
    for (size_t i = 0; i < s->n; i++) {
        s->least[i] = fmax(s->low[i] - s->x[i], -s->box * s->unit[i]);
        s->most[i] = fmin(s->high[i] - s->x[i], s->box * s->unit[i]);
        s->step[i] = 0;
        s->fixed[i] =
            (s->least[i] >= 0 && s->slope[i] >= 0) || (s->most[i] <= 0 && s->slope[i] <= 0);
        largest = fmax(largest, s->curvature[i * s->n + i]);
    }
    double ridge = 1e-12 * largest + 1e-300;
    for (size_t turn = 0; turn < 4 * s->n + 4; turn++) {
        minimise_free(s, ridge);
        size_t hit = go(s);
        size_t released = hit < s->n ? s->n : to_release(s);
        if (hit < s->n)
            s->fixed[hit] = true;
        else if (released < s->n)
            s->fixed[released] = false;
        else
            break;
    }
    return foretold(s);
}

void bx_scoring_judge(bx_scoring *s, double hoped, double gained)
{
    if (!(gained >= 0.25 * hoped))
        s->box *= 0.25;
    else if (gained > 0.75 * hoped)
        s->box = fmin(2 * s->box, LARGEST_BOX);
}
