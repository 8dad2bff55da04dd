#include "engine/stochastic/tau_implicit.h"

#include "engine/jacobian.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The matrix is dense: larger networks take explicit leaps alone. */
#define SIZE_MAXIMUM 400

#define ITERATIONS 30

/* Newton ends once no count moves by more than this many molecules, or this part of it. */
#define MOVE_MAXIMUM 1e-3
#define MOVE_PART 1e-9

struct bx_implicit {
    const bx_network *network;
    size_t size;
    uint32_t *species, *position; /* of the state, as in ode.c */
    bx_jacobian *jacobian;
    double *entries;          /* of the Jacobian, by its pattern */
    double *matrix;           /* size x size, by rows */
    double *residual, *start; /* by place in the state */
    double *rate;             /* by reaction: a_j(X) */
};

static int allocate(bx_implicit *m, bx_error *err)
{
    const bx_network *network = m->network;
    m->species = calloc(network->species + 1, sizeof *m->species);
    m->position = calloc(network->species + 1, sizeof *m->position);
    if (!m->species || !m->position)
        return bx_fail_memory(err);
    for (uint32_t i = 0; i < network->species; i++) {
        if (!network->changing[i])
            continue;
        m->position[i] = (uint32_t)m->size;
        m->species[m->size++] = i;
    }
    if (m->size == 0 || m->size > SIZE_MAXIMUM)
        return 0;
    if (bx_jacobian_new(network, m->position, m->size, &m->jacobian, err) < 0)
        return -1;
    if (!m->jacobian)
        return 0;
    m->entries = calloc(bx_jacobian_pattern(m->jacobian)->start[m->size] + 1, sizeof(double));
    m->matrix = calloc(m->size * m->size, sizeof(double));
    m->residual = calloc(m->size, sizeof(double));
    m->start = calloc(m->size, sizeof(double));
    m->rate = calloc(network->reactions + 1, sizeof(double));
    if (!m->entries || !m->matrix || !m->residual || !m->start || !m->rate)
        return bx_fail_memory(err);
    return 0;
}

int bx_implicit_new(const bx_network *network, bx_implicit **implicit, bx_error *err)
{
    bx_implicit *m = calloc(1, sizeof *m);
    *implicit = NULL;
    if (!m)
        return bx_fail_memory(err);
    m->network = network;
    int result = allocate(m, err);
    if (result < 0 || !m->rate)
        bx_implicit_free(m);
    else
        *implicit = m;
    return result;
}

void bx_implicit_free(bx_implicit *m)
{
    if (!m)
        return;
    free(m->species);
    free(m->position);
    bx_jacobian_free(m->jacobian);
    free(m->entries);
    free(m->matrix);
    free(m->residual);
    free(m->start);
    free(m->rate);
    free(m);
}

/* Propensities at counts that need not be whole. */
static void find_rates(bx_implicit *m, const bx_leap *leap, double *frame)
{
    const bx_network *network = m->network;
    bx_network_rates(network, frame);
    for (size_t r = 0; r < network->reactions; r++) {
        double value = leap->critical[r] ? 0 : frame[network->rate + r];
        if (network->reaction[r].mass_action)
            value = bx_mass_action_propensity(network, r, value, frame);
        m->rate[r] = value;
    }
}

/* residual = start + sum_j v_j (firings_j - tau a_j(x) + tau a_j(X)) - X */
static void find_residual(bx_implicit *m, const bx_leap *leap, double tau, const double *frame,
                          const double *firings)
{
    const bx_network *network = m->network;
    for (size_t i = 0; i < m->size; i++)
        m->residual[i] = m->start[i] - frame[m->species[i]];
    for (size_t r = 0; r < network->reactions; r++) {
        double count = firings[r];
        if (!leap->critical[r])
            count += tau * (m->rate[r] - leap->propensity[r]);
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
            m->residual[m->position[network->changes.items[i]]] += network->amounts[i] * count;
    }
}

/* matrix = 1 - tau J, where J is that of the ODE: close enough for Newton's method. */
static void fill_matrix(bx_implicit *m, double tau, double *frame)
{
    const bx_csr *pattern = bx_jacobian_pattern(m->jacobian);
    memset(m->entries, 0, pattern->start[m->size] * sizeof *m->entries);
    memset(m->matrix, 0, m->size * m->size * sizeof *m->matrix);
    bx_jacobian_evaluate(m->jacobian, frame, m->entries);
    for (size_t j = 0; j < m->size; j++) {
        for (uint32_t i = pattern->start[j]; i < pattern->start[j + 1]; i++)
            m->matrix[pattern->items[i] * m->size + j] = -tau * m->entries[i];
        m->matrix[j * m->size + j] += 1;
    }
}

/* matrix x = residual by elimination with partial pivoting; x replaces residual. */
static bool solve_linear(bx_implicit *m)
{
    size_t n = m->size;
    double *b = m->residual;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(m->matrix[i * n + k]) > fabs(m->matrix[pivot * n + k]))
                pivot = i;
        double *row = m->matrix + k * n, *other = m->matrix + pivot * n, swap = b[k];
        if (other[k] == 0 || !isfinite(other[k]))
            return false;
        b[k] = b[pivot];
        b[pivot] = swap;
        for (size_t j = k; j < n; j++) {
            swap = row[j];
            row[j] = other[j];
            other[j] = swap;
        }
        for (size_t i = k + 1; i < n; i++) {
            double part = m->matrix[i * n + k] / row[k];
            for (size_t j = k + 1; part != 0 && j < n; j++)
                m->matrix[i * n + j] -= part * row[j];
            b[i] -= part * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            b[k] -= m->matrix[k * n + j] * b[j];
        b[k] /= m->matrix[k * n + k];
    }
    return true;
}

static bool iterate(bx_implicit *m, const bx_leap *leap, double tau, double *frame,
                    const double *firings)
{
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        find_rates(m, leap, frame);
        find_residual(m, leap, tau, frame, firings);
        fill_matrix(m, tau, frame);
        if (!solve_linear(m))
            return false;
        bool settled = true;
        for (size_t i = 0; i < m->size; i++) {
            double *count = &frame[m->species[i]], move = m->residual[i];
            if (!isfinite(move))
                return false;
            settled = settled && fabs(move) <= MOVE_MAXIMUM + MOVE_PART * fabs(*count);
            *count += move;
            if (*count < 0) /* laws need not make sense there; a root below 0 never settles */
                *count = 0;
        }
        if (settled)
            return true;
    }
    return false;
}

bool bx_implicit_solve(bx_implicit *m, const bx_leap *leap, double tau, double *frame,
                       double *firings)
{
    for (size_t i = 0; i < m->size; i++)
        m->start[i] = frame[m->species[i]];
    bool solved = iterate(m, leap, tau, frame, firings);
    if (solved)
        find_rates(m, leap, frame);
    for (size_t r = 0; solved && r < m->network->reactions; r++) {
        if (leap->critical[r])
            continue;
        /* 0 at least: a reaction does not run backwards */
        double count = rint(firings[r] + tau * (m->rate[r] - leap->propensity[r]));
        firings[r] = count > 0 ? count : 0;
        solved = isfinite(count);
    }
    for (size_t i = 0; i < m->size; i++)
        frame[m->species[i]] = m->start[i];
    return solved;
}
