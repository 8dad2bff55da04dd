#include "engine/deterministic/course.h"

#include <cvode/cvode.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_nvector.h>

#define MOST_TERMS 13 /* Adams goes to the order 12 */

struct bx_polynomials {
    void *cvode;
    size_t count;
    uint32_t *places;
    N_Vector picked; /* what is read into it is picked from the terms of the whole state */
    double *values;  /* where that goes */
    const double *terms[MOST_TERMS]; /* of the polynomial, highest first: CVODE's own */
    int order;
    double at; /* the time, as its terms count it: from the end of the step, in steps */
};

/* The sum that CVODE wants for the state at a time, at the places alone; in the order of sums of
 * serial vectors, so that the digits are theirs. */
static int pick(int count, sunrealtype *factors, N_Vector *terms, N_Vector vector)
{
    bx_polynomials *p = vector->content;
    if (count > MOST_TERMS)
        return -1;
    for (int j = 0; j < count; j++)
        p->terms[j] = N_VGetArrayPointer(terms[j]);
    p->order = count - 1;
    p->at = count > 1 ? factors[count - 2] : 0;
    for (size_t i = 0; i < p->count; i++) {
        double sum = factors[0] * p->terms[0][p->places[i]];
        for (int j = 1; j < count; j++)
            sum += factors[j] * p->terms[j][p->places[i]];
        p->values[i] = sum;
    }
    return 0;
}

bx_polynomials *bx_polynomials_new(SUNContext context, const uint32_t *places, size_t count)
{
    bx_polynomials *p = calloc(1, sizeof *p);
    if (p) {
        p->count = count;
        p->places = malloc((count + 1) * sizeof *places);
        p->picked = N_VNewEmpty(context);
    }
    if (!p || !p->places || !p->picked) {
        bx_polynomials_free(p);
        return NULL;
    }
    memcpy(p->places, places, count * sizeof *places);
    p->picked->content = p;
    p->picked->ops->nvlinearcombination = pick;
    return p;
}

void bx_polynomials_free(bx_polynomials *p)
{
    if (!p)
        return;
    if (p->picked)
        N_VFreeEmpty(p->picked);
    free(p->places);
    free(p);
}

static void at(void *data, double time, double *values)
{
    bx_polynomials *p = data;
    p->values = values;
    p->order = -1; /* no terms */
    if (CVodeGetDky(p->cvode, time, 0, p->picked) == CV_SUCCESS)
        return;
    for (size_t i = 0; i < p->count; i++)
        values[i] = NAN;
}

/* By how much a polynomial leaves the straight line between its ends at most: the sum of its higher
 * terms at the middle, the time there and half the interval counted as they count it. */
static double bulge(const bx_polynomials *p, uint32_t place, double middle, double half)
{
    double around[MOST_TERMS], sum = 0, power = half;
    for (int j = 0; j <= p->order; j++)
        around[j] = p->terms[p->order - j][place];
    for (int k = 0; k < p->order; k++) /* Horner's scheme, again and again: Taylor's terms */
        for (int j = p->order - 1; j >= k; j--)
            around[j] += middle * around[j + 1];
    for (int k = 2; k <= p->order; k++)
        sum += fabs(around[k]) * (power *= half);
    return sum;
}

static void within(void *data, double low, double high, double *lows, double *highs)
{
    bx_polynomials *p = data;
    at(p, low, lows);
    double begin = p->at;
    at(p, high, highs);
    double half = (p->at - begin) / 2, middle = begin + half;
    for (size_t i = 0; i < p->count; i++) {
        double off = bulge(p, p->places[i], middle, fabs(half)), a = lows[i], b = highs[i];
        lows[i] = (a < b ? a : b) - off;
        highs[i] = (a < b ? b : a) + off;
    }
}

bx_course bx_polynomials_course(bx_polynomials *p, void *cvode)
{
    p->cvode = cvode;
    return (bx_course){at, within, p};
}
