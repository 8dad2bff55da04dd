/* A living cell: the processes it holds, compiled into one network, and its present state.
 * Time is in seconds. A run advances the state; the next run goes on from there. */
#ifndef BX_CELL_CELL_H
#define BX_CELL_CELL_H

#include "core/error.h"
#include "engine/run.h"
#include "engine/state.h"
#include "model/process.h"
#include "record/ensemble.h"
#include "record/trajectory.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct bx_cell bx_cell;

bx_cell *bx_cell_new(bx_error *err);
void bx_cell_free(bx_cell *cell); /* NULL is fine */

/* Take a process; one of the same name is replaced. The cell owns `process` afterwards, also on
 * failure (it is freed then, and the cell is as it was). A species or parameter that exists keeps
 * its present value; new ones get their declared values. BX_EMODEL names what does not fit. */
int bx_cell_define(bx_cell *cell, bx_process *process, bx_error *err);

/* The name of another process that declares a variable of `process` too, with that variable in
 * *name; NULL if none does. */
const char *bx_cell_conflict(const bx_cell *cell, const bx_process *process, const char **name);

/* The processes, for who writes them down. */
bx_process *const *bx_cell_processes(const bx_cell *cell, size_t *count);

/* How many events wait for the end of their delay. */
size_t bx_cell_waiting(const bx_cell *cell);

/* How many events there are, in order of their processes; and which of them a run from here
 * triggers as it begins. */
size_t bx_cell_events(const bx_cell *cell);
int bx_cell_due(bx_cell *cell, bool *due, bx_error *err);

/* Whether chance has a part in any run, whatever the method: in what events do. */
bool bx_cell_is_random(const bx_cell *cell);

/* Species and parameters of one process get their declared values again. */
void bx_cell_restart(bx_cell *cell, const char *process);

/* Remove every process; the time is 0. */
int bx_cell_clear(bx_cell *cell, bx_error *err);

/* Species, parameters and rules in order of declaration. */
size_t bx_cell_variables(const bx_cell *cell);
const char *bx_cell_variable(const bx_cell *cell, size_t index, bx_variable_kind *kind);

/* The present value of a species, a parameter or a rule. -1: no such name. */
int bx_cell_get(bx_cell *cell, const char *name, double *value);

/* Set a species, a parameter or a quotient (bx_process_add_quotient); other rules can't be set. */
int bx_cell_set(bx_cell *cell, const char *name, double value, bx_error *err);

/* The present rate of a reaction by its name, per second. -1: no such name. */
int bx_cell_rate(bx_cell *cell, const char *reaction, double *rate);

/* What a species owes after a hybrid run: its shortage, or, below 0, what rounding took from it
 * (see engine/hybrid/hybrid.h). Conservation laws hold for the species less this. -1: no such
 * species. */
int bx_cell_owed(const bx_cell *cell, const char *species, double *amount);

double bx_cell_time(const bx_cell *cell);

/* Set the clock: all else stays. What waits for the end of a delay waits as long as it had to, and
 * an event at a time is one that has not passed if that time is to come. BX_EMODEL: the time is
 * not finite, or delayed values look back on times that would be others. */
int bx_cell_set_time(bx_cell *cell, double time, bx_error *err);

/* Back to time 0 and the declared values, or what follows from parameters that were set: see
 * bx_state_reset. The sequence of seeds goes on. */
void bx_cell_reset(bx_cell *cell);

/* ---- for who runs a cell again and again, as fits do: variables by slot ---- */

/* The slot of a species, a parameter or a rule; BX_NAME_NONE: no such name. Slots hold until a
 * process is defined, or all are removed. */
size_t bx_cell_slot(const bx_cell *cell, const char *name);

/* The present values by slot, rules included; until the cell is run or changed. */
const double *bx_cell_values(bx_cell *cell);

/* Whether a slot is one of those that change in time: a species that reactions or a rate change, or
 * a quotient of one. */
bool bx_cell_moves(const bx_cell *cell, size_t slot);

/* Set many at once, quotients by the sizes that are set. At a `beginning`, at time 0, initial
 * values follow as in bx_cell_set; else nothing follows, and quotients whose size is set keep their
 * values unless they are set too. */
int bx_cell_set_slots(bx_cell *cell, const size_t *slots, const double *values, size_t count,
                      bool beginning, bx_error *err);

/* Values stay, and the time is `time`: the next run begins there. Events that wait are dropped;
 * `afresh`, what conditions were before is forgotten too. */
void bx_cell_begin(bx_cell *cell, double time, bool afresh);

/* Another number whenever processes are defined or removed. */
uint64_t bx_cell_generation(const bx_cell *cell);

/* A copy of the state, to come back to as long as the processes are the same; the caller's. */
bx_state *bx_cell_keep(const bx_cell *cell, bx_error *err);
int bx_cell_come_back(bx_cell *cell, const bx_state *kept, bx_error *err);

/* The sequence of seeds for runs that name none begins from `seed`; and its next, of 63 bits. */
void bx_cell_seed(bx_cell *cell, uint64_t seed);
uint64_t bx_cell_draw_seed(bx_cell *cell);

/* The state as bytes, and from them again: see engine/state.h. A cell of the same processes goes on
 * as this one would have. On failure the cell is as it was. */
int bx_cell_encode(const bx_cell *cell, bx_buffer *out, bx_error *err);
int bx_cell_decode(bx_cell *cell, const uint8_t *bytes, size_t length, bx_error *err);

/* The processes and the state as bytes; any cell becomes the same from them, and goes on as this
 * one would have. What is decoded is hostile; on failure the cell is as it was. */
int bx_cell_save(const bx_cell *cell, bx_buffer *out, bx_error *err);
int bx_cell_restore(bx_cell *cell, const uint8_t *bytes, size_t length, bx_error *err);

/* For what analyses a cell: its network, until the processes change; and its present state, during
 * a run as it is at that moment. */
const bx_network *bx_cell_network(const bx_cell *cell);
const bx_state *bx_cell_state(const bx_cell *cell);

/* The cell has another state of its network from now on, and owns it; it returns that which it had,
 * which is the caller's. */
bx_state *bx_cell_exchange(bx_cell *cell, bx_state *state);

/* Advance by run->duration. On success *trajectory is the caller's. On BX_ECANCELLED (interrupted)
 * and other failures the cell stands, consistent, at the time it reached. *trajectory is what was
 * recorded until an interruption, the caller's; NULL after other failures, and where run->row took
 * the rows. */
int bx_cell_run(bx_cell *cell, const bx_run *run, bx_trajectory **trajectory, bx_error *err);

/* Run many times. The cell stands where it stood afterwards, also on failure. On success *ensemble
 * is the caller's, and so are the runs that were complete by an interruption; else it is NULL. */
int bx_cell_run_ensemble(bx_cell *cell, const bx_ensemble_run *many, bx_ensemble **ensemble,
                         bx_error *err);

#endif
