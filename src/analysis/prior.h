/* What is known of a parameter before any measurement: a density, its logarithm and its slope. */
#ifndef BX_ANALYSIS_PRIOR_H
#define BX_ANALYSIS_PRIOR_H

#include <stdbool.h>

/* Densities as PEtab 2.0.0 has them, "Prior distributions". */
typedef enum bx_prior_kind {
    BX_PRIOR_NONE,
    BX_PRIOR_UNIFORM,     /* low, high */
    BX_PRIOR_NORMAL,      /* mean, standard deviation */
    BX_PRIOR_LAPLACE,     /* location, scale */
    BX_PRIOR_LOG_NORMAL,  /* those of the logarithm */
    BX_PRIOR_LOG_LAPLACE, /* likewise */
    BX_PRIOR_LOG_UNIFORM, /* low, high */
    BX_PRIOR_CAUCHY,      /* location, scale */
    BX_PRIOR_GAMMA,       /* shape, scale */
    BX_PRIOR_EXPONENTIAL, /* scale */
    BX_PRIOR_CHI_SQUARE,  /* degrees of freedom */
    BX_PRIOR_RAYLEIGH,    /* scale */
    BX_PRIOR_COUNT
} bx_prior_kind;

typedef struct bx_prior {
    bx_prior_kind kind;
    double a, b;
    bool scaled;    /* it is of the value on the parameter's scale, not of the value itself */
    bool truncated; /* to low ... high: see bx_prior_truncate */
    double low, high;
    double missing; /* the logarithm of the part that lies within them */
} bx_prior;

/* "uniform", "log-normal", ...; BX_PRIOR_COUNT: no such kind. */
bx_prior_kind bx_prior_named(const char *name);

/* How many parameters a kind has, 1 or 2; and whether they can be so. */
int bx_prior_arity(bx_prior_kind kind);
bool bx_prior_valid(const bx_prior *prior);

/* Have no weight outside [low, high], and so much more within; false where there is none within. */
bool bx_prior_truncate(bx_prior *prior, double low, double high);

/* The logarithm of the density at x, -infinity where it is 0; and its derivative, unless NULL. */
double bx_prior_log(const bx_prior *prior, double x, double *slope);

/* The value below which a part of the weight lies, between low and high: for starts of fits. */
double bx_prior_quantile(const bx_prior *prior, double part, double low, double high);

#endif
