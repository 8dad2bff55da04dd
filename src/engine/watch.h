/* Code in which operators change at once, laid out to be looked at over intervals of time: by
 * arithmetic of intervals (Moore, Interval Analysis, 1966) a look says that none changes, or that
 * one may; then the interval is halved. What does not move is computed once. */
#ifndef BX_ENGINE_WATCH_H
#define BX_ENGINE_WATCH_H

#include "model/program.h"

/* How an instruction is watched: as part of a formula, or as a leaf of a condition of an event. */
enum { BX_WATCH_FORMULA = 1, BX_WATCH_LEAF = 2 };

/* The course of what moves: its values at a time, and bounds of them within an interval. */
typedef struct bx_course {
    void (*at)(void *data, double time, double *values);
    void (*within)(void *data, double low, double high, double *lows, double *highs);
    void *data;
} bx_course;

typedef struct bx_watch bx_watch;

/* So many slots behind a frame's are the code's own; they begin as 0. */
#define BX_WATCH_OWN_SLOTS 2

/* Instruction i of `count` is watched as marks[i] says, or 0. Frames have `size` slots;
 * moves[slot], own ones included, says what the course gives; `time` is the slot of the time. NULL
 * without memory. */
bx_watch *bx_watch_new(const bx_instruction *code, const unsigned char *marks, size_t count,
                       const bool *moves, size_t size, uint32_t time);
void bx_watch_free(bx_watch *watch); /* NULL is fine */

/* How many instructions are watched; the slots of what the code reads that moves, in the order in
 * which the course is to give their values. */
size_t bx_watch_count(const bx_watch *watch);
const uint32_t *bx_watch_moving(const bx_watch *watch, size_t *count);

/* Take what does not move from a frame: before searches, and when it has changed. */
void bx_watch_prepare(bx_watch *watch, const double *frame);

/* The first time after `low` at which something changes, to `resolution`; infinity if nothing does
 * up to `end`. *looks goes down by one for each; none is left where the search had to give up, at
 * the time returned. *formula: not only leaves change. `course` may be NULL if nothing moves. */
double bx_watch_search(bx_watch *watch, const bx_course *course, double low, double end,
                       double resolution, size_t *looks, bool *formula);

#endif
