/* Annotations that are kept as text, around libSBML, which reads and writes some kinds of RDF past
 * the end of what it has. In its document each has one empty element for what it holds. */
#ifndef BX_SBML_KEPT_H
#define BX_SBML_KEPT_H

#include <string>
#include <vector>

/* What annotations hold. */
struct Kept {
    bool strict; /* of each namespace one element alone, as SBML has it, and none without */
    std::vector<std::string> texts;
};

/* Keep what stands in an annotation whose tag is `open`, without its brackets: the annotation to
 * put in its place. What is kept declares the namespaces that the tags around it, outermost first,
 * declare. "" where it is empty or not well-formed. */
std::string bx_sbml_keep(Kept &kept, const std::string &open, const std::string &inner,
                         const std::vector<std::string> &around);

/* The text with all that was kept where it was. */
std::string bx_sbml_put_back(const std::string &text, const Kept &kept);

#endif
