/* XML documents that are looked into by XPath and changed: SED-ML, manifests, models before they
 * are loaded. The text is hostile: no document type is read, so there are no entities; nothing else
 * is opened; depth, size and the work of an XPath are bounded. Comments and instructions are left
 * out. */
#ifndef BX_EXCHANGE_XML_H
#define BX_EXCHANGE_XML_H

#include "core/buffer.h"
#include "core/error.h"

#include <libxml/tree.h>

typedef struct bx_xml bx_xml;

typedef struct bx_xml_prefix {
    const char *prefix, *uri;
} bx_xml_prefix;

/* NULL with BX_EMODEL, whose message has line and column, or BX_EMEMORY. */
bx_xml *bx_xml_read(const char *text, size_t length, bx_error *err);
void bx_xml_free(bx_xml *xml); /* NULL is fine */

xmlNode *bx_xml_root(const bx_xml *xml);

/* Append the text of the whole document, in UTF-8. */
int bx_xml_write(const bx_xml *xml, bx_buffer *out, bx_error *err);

/* The elements that an XPath finds, the caller's array to free. -1 with BX_EMODEL: it is no XPath,
 * costs too much, or finds other things than elements; `err` is not NULL. */
int bx_xml_select(const bx_xml *xml, const char *path, const bx_xml_prefix *prefixes, size_t count,
                  xmlNode ***nodes, size_t *found, bx_error *err);

/* Take an element out of its document, which keeps it: who has it may still read it. -1 with
 * BX_EMODEL for the root. */
int bx_xml_remove(bx_xml *xml, xmlNode *node, bx_error *err);

/* Copy an element of any document to the end of `parent`, or before `next`, a child of it, if that
 * is not NULL. Elements in the namespace `foreign` ("" for none, or NULL), and those in that of
 * `parent`, are written as `parent` is. */
int bx_xml_graft(xmlNode *parent, xmlNode *next, const xmlNode *node, const char *foreign,
                 bx_error *err);

#endif
