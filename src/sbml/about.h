/* What SBML says of a flux-balance model's parts beyond what is computed, gathered as records of
 * flux/about.h. */
#ifndef BX_SBML_ABOUT_H
#define BX_SBML_ABOUT_H

extern "C" {
#include "flux/fba.h"
}

#include <string>

namespace sbml
{

/* Append a record; what is empty is none. */
void say(std::string &about, bx_about_key key, const std::string &text);

/* Give a part its records. */
int give(bx_fba *fba, bx_fba_kind kind, size_t item, const std::string &about, bx_error *err);

/* A group more, of these records. */
int give_group(bx_fba *fba, const std::string &about, bx_error *err);

/* A gene product, called `name` in rules; one that no rule can name is left out. */
int give_gene(bx_fba *fba, const std::string &name, const std::string &about, bx_error *err);

/* At the end: formulas, charges and subsystems that notes have in the way of models before fbc, and
 * the subsystems that groups of reactions are. */
int settle_about(bx_fba *fba, bx_error *err);

} // namespace sbml

#endif
