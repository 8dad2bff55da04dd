/* From bytes that may be hostile to text that libSBML can take: out of archives, in UTF-8, and
 * within bounds. */
#ifndef BX_SBML_INTAKE_H
#define BX_SBML_INTAKE_H

#include "sbml/annotation.h"
#include "sbml/kept.h"
#include "sbml/read.h"

#include <string>
#include <vector>

/* A file that a model may refer to. */
struct Text {
    std::string name, text;
};

/* The text of the source, without its annotations, and those of its externals and, of an archive,
 * of the models beside it; what the annotations say is added to `annotations` unless that is NULL,
 * and with `kept` they stay, as of bx_sbml_bound.
 * -1 with BX_EMODEL, which says what the bytes are if no SBML, or BX_EMEMORY. */
int bx_sbml_take_in(const bx_sbml_source *source, std::string &text, std::vector<Text> &externals,
                    Annotations *annotations, Kept *kept, bx_error *err);

#endif
