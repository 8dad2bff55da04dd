/* SBML text to a libSBML document, and back. The text is hostile. */
#ifndef BX_SBML_TEXT_H
#define BX_SBML_TEXT_H

#include <sbml/SBMLTypes.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "core/error.h"
#include "sbml/read.h"

/* The namespace of the package distrib. */
extern const char bx_sbml_distrib[];

/* Longest text of a model in bytes. */
#define BX_SBML_LENGTH ((size_t)64 << 20)

/* Read a document, in UTF-8 or UTF-16, and flatten its hierarchical composition (comp); nothing but
 * the source's text and externals is read. What breaks SBML's form alone becomes a warning of the
 * source. Calls use(data, document, err) and frees the document; what `use` gives is given back.
 * -1 with BX_EMODEL or BX_EMEMORY. */
int bx_sbml_with_document(const bx_sbml_source *source,
                          int (*use)(void *data, SBMLDocument_t *, bx_error *), void *data,
                          bx_error *err);

#ifdef __cplusplus
}
#include "sbml/annotation.h"
#include "sbml/kept.h"

#include <string>

/* The same, but that the text is first given to `first`: 1 says that all is done with that, 0 that
 * it takes the document. What annotations say is added to `annotations`, if not NULL, before; with
 * `kept` the document has them, but for what they hold, which goes there. */
int bx_sbml_with_text(const bx_sbml_source *source, Annotations *annotations, Kept *kept,
                      int (*first)(void *data, const std::string &text, bx_error *),
                      int (*use)(void *data, SBMLDocument_t *, bx_error *), void *data,
                      bx_error *err);

extern "C" {
#endif

/* -1 with the first error of libSBML's consistency check. */
int bx_sbml_check(SBMLDocument_t *document, bx_error *err);

/* Call `run`; what libSBML throws becomes an error. */
int bx_sbml_guard(int (*run)(void *data, bx_error *), void *data, bx_error *err);

#ifdef __cplusplus
}
#endif

#endif
