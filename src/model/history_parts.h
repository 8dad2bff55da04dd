/* What history.c and history_state.c share. */
#ifndef BX_MODEL_HISTORY_PARTS_H
#define BX_MODEL_HISTORY_PARTS_H

#include "model/history.h"

typedef struct bx_piece {
    double start, end, at; /* polynomials of the distance from `at` */
    uint32_t order;
    size_t numbers; /* where its numbers begin */
} bx_piece;

/* A time at which the derivative of this order jumps; 0 is the value itself. */
typedef struct bx_break {
    double time;
    uint32_t order;
} bx_break;

typedef enum bx_history_failure {
    BX_HISTORY_FINE,
    BX_HISTORY_NEGATIVE,
    BX_HISTORY_LOST,
    BX_HISTORY_MEMORY
} bx_history_failure;

struct bx_history {
    bx_past past; /* the first: what code sees */
    const bx_network *network;
    const bool *held;
    uint32_t *index; /* species or parameter -> its place in network->kept */

    bool begun, stepwise;
    double begin_time, end;
    double *begin, *now; /* by place: at the beginning; from `end` on */
    bool *fixed;         /* by place: it began otherwise than by its formula */
    bx_piece *pieces;
    size_t piece_count, piece_capacity;
    double *numbers;
    size_t number_count, number_capacity;
    bx_break *breaks;
    size_t break_count, break_capacity;

    size_t since;      /* the first piece after the last mark */
    size_t prune_at;   /* so many numbers: look what can be dropped */
    bx_break expected; /* what bx_history_next gave last */
    double *ago,
        *then;       /* by delayed value, when last asked for: its delay, and the time it is of */
    size_t *aim;     /* the first jump after `then` when bx_history_aim was called, */
    bool *on_jump;   /* and whether `then` was that of the one before it */
    double **frames; /* of the past, by how deep delays are in delays; NULL behind the last */
    size_t depth;
    const double *present; /* the frame from which delayed values are asked for */

    bx_history_failure failure; /* of delayed value number `failed` */
    size_t failed;
    double failed_ago, failed_time;
};

/* Room for one more piece from `end` to `time`, about `at`: its numbers, or NULL. */
double *bx_history_add(bx_history *history, double time, double at, uint32_t order);

/* The highest order of a jump that is kept. */
uint32_t bx_history_followed(const bx_network *network);

/* A time at which derivatives jump, not before those that are there. */
int bx_history_break(bx_history *history, double time, uint32_t order);

#endif
