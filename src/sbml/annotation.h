/* What annotations say of a model's parts: qualifiers with resources, as MIRIAM has them. They are
 * read from the text before libSBML, or anything else, reads that without them. */
#ifndef BX_SBML_ANNOTATION_H
#define BX_SBML_ANNOTATION_H

#include <string>
#include <unordered_map>

/* By element and id, "species M_a_c", and by "model": records of flux/about.h. */
typedef std::unordered_map<std::string, std::string> Annotations;

/* Add what the annotation says that stands between the two places of the text, in the element whose
 * tag is `parent`, without its brackets. Anything but qualifiers with resources, of that element
 * itself, is passed over. */
void bx_sbml_annotate(const std::string &text, const char *begin, const char *end,
                      const std::string &parent, Annotations &annotations);

#endif
