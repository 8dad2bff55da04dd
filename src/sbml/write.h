/* Processes and their present state as SBML, level 3 version 2. */
#ifndef BX_SBML_WRITE_H
#define BX_SBML_WRITE_H

#include "core/buffer.h"
#include "core/error.h"
#include "model/process.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A variable of the processes, with its present value. */
typedef struct bx_sbml_variable {
    const char *name;
    bx_variable_kind kind;
    double value;
} bx_sbml_variable;

typedef struct bx_sbml_present {
    bx_process *const *processes;
    size_t process_count;
    const bx_sbml_variable *variables; /* all, in order */
    size_t variable_count;
    const char *id;       /* of the model; NULL: that which was read, else */
    const char *other_id; /* this */
    double time;
    const bool *due; /* by event, in order of the processes: a run from here triggers it at once */
    bool waits; /* a firing of an event waits for the end of its delay: SBML cannot begin there */
} bx_sbml_present;

/* Append a model, from the present values on. One that was read, and is alone, is that document
 * (see sbml/loaded.h), as valid as it was. Else it is as the ODEs have it: mass action becomes k
 * times the reactants, species are amounts in one compartment of size 1, names with a "." get "__"
 * in its place, and the text has passed libSBML's consistency check; what was read says of its
 * parts what it said, but for units that may be wrong there. -1 with BX_EMODEL, which names what
 * SBML cannot say, or BX_EMEMORY. */
int bx_sbml_write(const bx_sbml_present *present, bx_buffer *out, bx_error *err);

#ifdef __cplusplus
}
#endif

#endif
