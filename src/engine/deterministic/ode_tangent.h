/* The parts of derivatives in the ODE engine: what ode_tangent.c, ode_crossing.c and
 * ode_tangent_events.c share. */
#ifndef BX_ENGINE_DETERMINISTIC_ODE_TANGENT_H
#define BX_ENGINE_DETERMINISTIC_ODE_TANGENT_H

#include "engine/deterministic/ode_parts.h"
#include "engine/tangent.h"

struct bx_ode_tangent {
    bx_tangent *tangent;
    size_t count, stride; /* of columns, and with the time */
    size_t size;          /* of the state */
    bool jumps;    /* not solved for: by the values just before something happens (ode_path.c) */
    double *block; /* all numbers below, but what is recorded */
    double *rates; /* by place, a row each */
    double *noise, *largest, *fastest; /* by column and place, as in the solver's state */
    double *column_largest;
    double *spread; /* of the column that is weighed: see spread_noise */
    double *out; /* what is recorded in a row */

    /* As the solver came to the present time, before anything happens there: just before it where
     * a formula may change at once there. */
    double looked_to;                /* the time just after */
    double arrived, arrived_at;      /* the present time; that before */
    double *arrived_y, *arrived_f;   /* by place */
    double *arrived_rows, *now_rows; /* by place, a row each */

    double *y, *f, *after_y, *after_f; /* by place */
    double *sides, *after; /* outcomes of what changes at once: where they have been, and are now */
    bool sides_known;
    double *before_levels, *after_levels; /* what they compare or round */
    double scale;                         /* of time at present */
    size_t weighed;                       /* steps */
    double stuck_at;                      /* the last time at which no step was short enough, */
    unsigned again;                       /* and how often it was */
    double crossed; /* when it last did so, and the derivatives of that time */
    double *crossing;
    bool cascade; /* an event fired; what follows is triggered at its time: */
    double *cascade_times;
    double *times, *row, *moved;
    unsigned char *truth; /* of leaves, when events were last settled */
    bx_follower follower;
};

static inline double bx_ode_now(const bx_ode *ode)
{
    return ode->simulation->frame[ode->network->time];
}

/* ---- ode_crossing.c: what is on either side of a time, and what jumps there ---- */

/* Note the state as the solver came to the present time, unless that is done. */
int bx_ode_arrive(bx_ode *ode, bx_error *err);

/* Into the frame and rows of the arrival, with derivatives by the time; and back. */
void bx_ode_go_back(bx_ode *ode);
void bx_ode_return(bx_ode *ode);

/* Put a state and its time into the frame, and compute its rules. */
void bx_ode_put_state(bx_ode *ode, const double *y, double time);

/* Rows of the state from others, by place; to them. */
void bx_ode_put_rows(bx_ode *ode, const double *rows);
void bx_ode_save_rows(bx_ode *ode, double *rows);

/* Operators that change at once are where they are now, or just after that. */
int bx_ode_note_sides(bx_ode *ode, bool beside, bx_error *err);

/* The rates of the present state in tangent->f, just after anything that changes at once. */
int bx_ode_present_rates(bx_ode *ode, bx_error *err);

/* From the derivatives of what is 0 then to those of the time. False where there are none. */
bool bx_ode_time_of_root(const bx_ode_tangent *tangent, const double *row, double *times);

/* Whether two times move alike, but for what is nothing beside their scale; whether one moves. */
bool bx_ode_same_times(const bx_ode_tangent *tangent, const double *a, const double *b);
bool bx_ode_any_time(const bx_ode_tangent *tangent, const double *times);

/* Whether what changes with `rate` has changed by more than that between the two sides. */
bool bx_ode_jumps(const bx_ode_tangent *tangent, double before, double after, double rate);

/* ---- ode_tangent_events.c ---- */

int bx_ode_tangent_triggered(void *ode, bx_firing *firing, bx_error *err);
int bx_ode_tangent_fires(void *ode, const bx_firing *firing, bx_error *err);
int bx_ode_tangent_fired(void *ode, const bx_firing *firing, bx_error *err);

#endif
