#include "exchange/xml.h"

#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

/* Elements, attributes and declarations: some hundred bytes each. */
enum { PATH_LENGTH = 4096, NODES = 2500000 };

/* Steps of an XPath's evaluation, each about a node: some tenths of a second. */
#define PATH_OPERATIONS 10000000

struct bx_xml {
    xmlDoc *document;
    xmlNode *removed; /* what was taken out hangs here */
};

/* What a parser has met. */
typedef struct met {
    bool type;
    long nodes;
} met;

/* A document with a type declares what it likes: entities, defaults. */
static void refuse_type(void *data, const xmlChar *name, const xmlChar *external,
                        const xmlChar *system)
{
    xmlParserCtxt *parser = data;
    (void)name;
    (void)external;
    (void)system;
    ((met *)parser->_private)->type = true;
    xmlStopParser(parser);
}

static void count_element(void *data, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int spaces, const xmlChar **space_list,
                          int attributes, int defaulted, const xmlChar **attribute_list)
{
    xmlParserCtxt *parser = data;
    met *m = parser->_private;
    m->nodes += 1L + spaces + attributes;
    if (m->nodes > NODES)
        xmlStopParser(parser);
    else
        xmlSAX2StartElementNs(data, name, prefix, uri, spaces, space_list, attributes, defaulted,
                              attribute_list);
}

/* libxml2's messages end in a line feed and may quote the text. */
static int fail_with(const xmlError *error, const char *what, bx_error *err)
{
    char message[300] = "no reason given";
    if (error->message)
        snprintf(message, sizeof message, "%s", error->message);
    for (char *c = message; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = c[1] ? ' ' : '\0';
    if (error->code == XML_ERR_NO_MEMORY)
        return bx_fail_memory(err);
    if (error->line > 0)
        return bx_fail(err, BX_EMODEL, "%s: line %d, column %d: %s", what, error->line, error->int2,
                       message);
    return bx_fail(err, BX_EMODEL, "%s: %s", what, message);
}

static xmlDoc *parse(xmlParserCtxt *parser, const char *text, size_t length, bx_error *err)
{
    met m = {.type = false};
    parser->_private = &m;
    parser->sax->internalSubset = refuse_type;
    parser->sax->startElementNs = count_element;
    parser->sax->comment = NULL;
    parser->sax->processingInstruction = NULL;
    xmlDoc *document = xmlCtxtReadMemory(parser, text, (int)length, NULL, NULL,
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                             XML_PARSE_NOCDATA);
    parser->_private = NULL;
    bool whole =
        !m.type && m.nodes <= NODES; /* else the parser gives what it had when it stopped */
    if (whole && document && xmlDocGetRootElement(document))
        return document;
    xmlFreeDoc(document);
    if (m.nodes > NODES)
        bx_fail(err, BX_EMODEL, "the text has more than %d elements and attributes", NODES);
    else if (m.type)
        bx_fail(err, BX_EMODEL,
                "the text has a document type (<!DOCTYPE>), whose entities and files are not read");
    else
        fail_with(&parser->lastError, "no XML", err);
    return NULL;
}

bx_xml *bx_xml_read(const char *text, size_t length, bx_error *err)
{
    bx_xml *xml = calloc(1, sizeof *xml);
    xmlParserCtxt *parser = length <= INT_MAX ? xmlNewParserCtxt() : NULL;
    if (xml && parser)
        xml->document = parse(parser, text, length, err);
    else
        bx_fail_memory(err);
    xmlFreeParserCtxt(parser);
    if (xml && xml->document)
        return xml;
    free(xml);
    return NULL;
}

void bx_xml_free(bx_xml *xml)
{
    if (!xml)
        return;
    xmlFreeNode(xml->removed);
    xmlFreeDoc(xml->document);
    free(xml);
}

xmlNode *bx_xml_root(const bx_xml *xml)
{
    return xmlDocGetRootElement(xml->document);
}

int bx_xml_write(const bx_xml *xml, bx_buffer *out, bx_error *err)
{
    xmlChar *text = NULL;
    int length = 0;
    xmlDocDumpMemoryEnc(xml->document, &text, &length, "UTF-8");
    int result = text ? bx_buffer_append(out, text, (size_t)length) : -1;
    xmlFree(text);
    return result < 0 ? bx_fail_memory(err) : 0;
}

/* ---- XPath ---- */

/* Keep the first. Of XPaths libxml2 gives no message, but where it was. */
static void take_error(void *data, xmlError *error)
{
    bx_error *err = data;
    int code = error->code - XML_XPATH_EXPRESSION_OK;
    if (err->code != BX_OK)
        return;
    if (code == XPATH_MEMORY_ERROR)
        bx_fail_memory(err);
    else if (code == XPATH_OP_LIMIT_EXCEEDED)
        bx_fail(err, BX_EMODEL, "the XPath takes too many steps");
    else
        bx_fail(err, BX_EMODEL, "no XPath that can be followed, at character %d", error->int1 + 1);
}

/* For what libxml2 would write to standard error. */
static void keep_quiet(void *data, const char *format, ...)
{
    (void)data;
    (void)format;
}

/* The elements of a set; -1 where it holds something else. */
static int take_elements(const xmlNodeSet *set, xmlNode ***nodes, size_t *found, bx_error *err)
{
    size_t count = set && set->nodeNr > 0 ? (size_t)set->nodeNr : 0;
    for (size_t i = 0; i < count; i++)
        if (set->nodeTab[i]->type != XML_ELEMENT_NODE)
            return bx_fail(err, BX_EMODEL, "the XPath finds what is no element");
    *nodes = malloc((count + 1) * sizeof **nodes);
    if (!*nodes)
        return bx_fail_memory(err);
    if (count > 0)
        memcpy(*nodes, set->nodeTab, count * sizeof **nodes);
    *found = count;
    return 0;
}

static int evaluate(xmlXPathContext *context, const char *path, xmlNode ***nodes, size_t *found,
                    bx_error *err)
{
    *err = (bx_error){.code = BX_OK};
    xmlSetGenericErrorFunc(NULL, keep_quiet);
    context->error = take_error;
    context->userData = err;
    xmlXPathObject *object = xmlXPathEvalExpression((const xmlChar *)path, context);
    int result;
    if (!object)
        result = err->code == BX_OK ? bx_fail(err, BX_EMODEL, "no XPath that can be followed") : -1;
    else if (object->type != XPATH_NODESET)
        result = bx_fail(err, BX_EMODEL, "the XPath gives a value, not an element");
    else
        result = take_elements(object->nodesetval, nodes, found, err);
    xmlXPathFreeObject(object);
    return result;
}

int bx_xml_select(const bx_xml *xml, const char *path, const bx_xml_prefix *prefixes, size_t count,
                  xmlNode ***nodes, size_t *found, bx_error *err)
{
    if (strlen(path) > PATH_LENGTH)
        return bx_fail(err, BX_EMODEL, "an XPath of at most %d bytes expected", PATH_LENGTH);
    xmlXPathContext *context = xmlXPathNewContext(xml->document);
    if (!context)
        return bx_fail_memory(err);
    context->opLimit = PATH_OPERATIONS;
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = xmlXPathRegisterNs(context, (const xmlChar *)prefixes[i].prefix,
                                    (const xmlChar *)prefixes[i].uri);
    result = result == 0 ? evaluate(context, path, nodes, found, err) : bx_fail_memory(err);
    xmlXPathFreeContext(context);
    return result;
}

/* ---- changes ---- */

int bx_xml_remove(bx_xml *xml, xmlNode *node, bx_error *err)
{
    if (node == bx_xml_root(xml))
        return bx_fail(err, BX_EMODEL, "the whole document can't be removed");
    if (!xml->removed &&
        !(xml->removed = xmlNewDocNode(xml->document, NULL, (const xmlChar *)"removed", NULL)))
        return bx_fail_memory(err);
    xmlUnlinkNode(node);
    /* namespaces that its ancestors declare are to outlive them */
    if (xmlReconciliateNs(xml->document, node) < 0 || !xmlAddChild(xml->removed, node))
        return bx_fail_memory(err);
    return 0;
}

static xmlNode *next_node(xmlNode *node, const xmlNode *within)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node != within && !node->next)
        node = node->parent;
    return node == within ? NULL : node->next;
}

/* Whether a namespace, or none at all, is the one of that URI; "" is none. */
static bool is_uri(const xmlNs *space, const char *uri)
{
    const char *own = space && space->href ? (const char *)space->href : "";
    return uri && strcmp(own, uri) == 0;
}

/* Take away the declarations of a default namespace. */
static void drop_default(xmlNode *node, const char *uri)
{
    xmlNs **at = &node->nsDef;
    while (*at) {
        xmlNs *space = *at;
        if (space->prefix || !is_uri(space, uri)) {
            at = &space->next;
            continue;
        }
        *at = space->next;
        xmlFreeNs(space);
    }
}

int bx_xml_graft(xmlNode *parent, xmlNode *next, const xmlNode *node, const char *foreign,
                 bx_error *err)
{
    xmlNode *copy = xmlDocCopyNode((xmlNode *)node, parent->doc, 1);
    if (!copy)
        return bx_fail_memory(err);
    const char *own = parent->ns ? (const char *)parent->ns->href : NULL;
    for (xmlNode *at = copy; at; at = next_node(at, copy))
        if (at->type == XML_ELEMENT_NODE && (is_uri(at->ns, foreign) || is_uri(at->ns, own)))
            at->ns = parent->ns;
    for (xmlNode *at = copy; at; at = next_node(at, copy))
        if (at->type == XML_ELEMENT_NODE) /* no attribute is in a default namespace */
            drop_default(at, foreign);
    if (next)
        xmlAddPrevSibling(next, copy);
    else
        xmlAddChild(parent, copy);
    return 0;
}
