/* The parts of a path: what path.c notes and path_back.c reads. */
#ifndef BX_ENGINE_DETERMINISTIC_PATH_PARTS_H
#define BX_ENGINE_DETERMINISTIC_PATH_PARTS_H

#include "engine/deterministic/path.h"
#include "engine/tangent.h"

typedef struct bx_back bx_back;

typedef enum bx_path_kind {
    BX_PATH_START, /* the frame */
    BX_PATH_STEP,  /* the polynomial's terms, of each order those of all places */
    BX_PATH_ROW,   /* the state, by place */
    BX_PATH_JUMP,  /* rows, before each its column */
    BX_PATH_END    /* of a run */
} bx_path_kind;

typedef struct bx_path_item {
    bx_path_kind kind;
    double time;  /* of a step where it ends */
    double from;  /* of a step where it begins */
    size_t at;    /* of its numbers */
    size_t count; /* the order of a step; rows of a jump */
} bx_path_item;

struct bx_path {
    const bx_network *network;
    bx_tangent *tangent;             /* without columns, to go back along formulas */
    size_t moving;                   /* species: the first columns */
    size_t columns, waiting, others; /* of slots; behind them the others */
    uint32_t *slots;                 /* by column */
    uint32_t *column_of; /* slot -> column, or BX_SLOT_NONE; of what moves the place in the state */
    const void **owners; /* of columns that wait; or NULL */
    double *sizes;       /* by column of slots: of the largest value so far */
    bx_path_item *items;
    size_t item_count, item_capacity;
    double *numbers;
    size_t number_count, number_capacity;
    size_t rows;
    bx_back *back; /* made when it is first wanted */
};

void bx_back_free(bx_back *back); /* NULL is fine */

#endif
