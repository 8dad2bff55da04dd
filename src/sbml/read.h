/* A model in SBML (levels 1 to 3) as a process of the engine. What its names become stands in
 * sbml/model.h and lua/bioxen/types.lua. SBML's time unit is taken for the cell's second. */
#ifndef BX_SBML_READ_H
#define BX_SBML_READ_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "core/error.h"
#include "core/warnings.h"
#include "model/process.h"

/* A file that the model's external model definitions name. */
typedef struct bx_sbml_external {
    const char *name; /* of the file, without its folder */
    const char *text;
    size_t length;
} bx_sbml_external;

typedef struct bx_sbml_source {
    const char *text;
    size_t length;
    const bx_sbml_external *externals; /* all that a model may refer to: no file is opened */
    size_t external_count;
    const char *name;      /* of the process; NULL: the model's id, else "sbml" */
    bx_warnings *warnings; /* added to; or NULL */
    bool stochastic; /* for stochastic simulation, with warnings: amounts in moles become counts
                        of molecules, reversible laws two reactions, laws mass action */
} bx_sbml_source;

/* A species by its names in the engine. */
typedef struct bx_sbml_species {
    char *id, *name, *amount, *concentration; /* `name` means what the id means */
} bx_sbml_species;

typedef struct bx_sbml_result {
    bx_process *process; /* the caller's */
    bx_sbml_species *species;
    size_t species_count;
    size_t compartments, parameters, reactions, rules, events;
} bx_sbml_result;

/* -1 with BX_EMODEL, whose message names the construct and the element's id, or BX_EMEMORY;
 * nothing is left to free then. */
int bx_sbml_read(const bx_sbml_source *source, bx_sbml_result *result, bx_error *err);
void bx_sbml_result_free(bx_sbml_result *result); /* not the process */

#ifdef __cplusplus
}
#endif

#endif
