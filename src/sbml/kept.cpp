#include "sbml/kept.h"

#include <climits>
#include <cstdlib>
#include <libxml/parser.h>
#include <map>
#include <memory>
#include <set>

namespace
{

const char STAND_IN[] = "<kept xmlns=\"urn:bioxen:kept\" n=\"", STAND_IN_END[] = "\"/>";

/* Namespaces by what declares them, "xmlns" or "xmlns:a"; each with its quotes. */
typedef std::map<std::string, std::string> Spaces;

/* Add what a tag declares: all of it, or what has a prefix alone. */
void add_spaces(const std::string &tag, bool all, Spaces &spaces)
{
    static const std::string blanks = " \t\r\n";
    size_t at = tag.find_first_of(blanks);
    while (at != std::string::npos) {
        size_t begin = tag.find_first_not_of(blanks, at);
        size_t equals = tag.find('=', at), open = tag.find_first_of("\"'", at);
        size_t close = open == std::string::npos ? open : tag.find(tag[open], open + 1);
        if (close == std::string::npos || equals > open || begin > equals)
            return;
        std::string name = tag.substr(begin, tag.find_first_of(" \t\r\n=", begin) - begin);
        if (name.compare(0, 6, "xmlns:") == 0 || (all && name == "xmlns"))
            spaces[name] = tag.substr(open, close + 1 - open);
        at = close + 1;
    }
}

typedef std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> Document;

/* Quietly; NULL unless it is well-formed, with all namespaces declared. */
Document read(const std::string &text)
{
    Document document(nullptr, xmlFreeDoc);
    xmlParserCtxtPtr parser = text.size() <= INT_MAX ? xmlNewParserCtxt() : nullptr;
    if (!parser)
        return document;
    document.reset(xmlCtxtReadMemory(parser, text.data(), static_cast<int>(text.size()), nullptr,
                                     "UTF-8",
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (!parser->wellFormed || !parser->nsWellFormed)
        document.reset();
    xmlFreeParserCtxt(parser);
    return document;
}

std::string dump(xmlNodePtr node)
{
    std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> out(xmlBufferCreate(), xmlBufferFree);
    bool whole = out && xmlNodeDump(out.get(), node->doc, node, 0, 0) >= 0;
    return whole ? reinterpret_cast<const char *>(xmlBufferContent(out.get())) : "";
}

/* Declare in an element what its parent declares and it, or what is in it, may need. */
void declare(xmlNodePtr element)
{
    std::string text = dump(element);
    for (xmlNsPtr space = element->parent->nsDef; space; space = space->next) {
        const char *prefix = reinterpret_cast<const char *>(space->prefix);
        if (!prefix || text.find(std::string(prefix) + ":") != std::string::npos)
            xmlNewNs(element, space->href, space->prefix); /* not where there is one */
    }
}

/* Whether SBML takes the element behind those of the namespaces that were seen. */
bool fits(xmlNodePtr element, std::set<std::string> &seen)
{
    const char *space = element->ns ? reinterpret_cast<const char *>(element->ns->href) : "";
    return *space && seen.insert(space).second;
}

/* What is in the outermost element, each part of it such that it can stand elsewhere. */
std::string parts_of(xmlDocPtr document, bool strict)
{
    std::string parts;
    std::set<std::string> seen;
    for (xmlNodePtr part = xmlDocGetRootElement(document)->children; part; part = part->next) {
        bool element = part->type == XML_ELEMENT_NODE;
        if (element && strict && !fits(part, seen))
            continue;
        if (element)
            declare(part);
        parts += dump(part);
    }
    return seen.empty() && strict ? "" : parts;
}

} // namespace

std::string bx_sbml_keep(Kept &kept, const std::string &open, const std::string &inner,
                         const std::vector<std::string> &around)
{
    Spaces spaces;
    if (inner.find('<') == std::string::npos)
        return "";
    for (const std::string &tag : around)
        add_spaces(tag, false, spaces);
    add_spaces(open, true, spaces);
    std::string head = "<annotation";
    for (const auto &space : spaces)
        head += " " + space.first + "=" + space.second;
    Document document = read(head + ">" + inner + "</annotation>");
    std::string parts = document ? parts_of(document.get(), kept.strict) : "";
    if (parts.empty())
        return "";
    kept.texts.push_back(parts);
    std::string name = open.substr(0, open.find_first_of(" \t\r\n"));
    return "<" + name + ">" + STAND_IN + std::to_string(kept.texts.size() - 1) + STAND_IN_END +
           "</" + name + ">";
}

std::string bx_sbml_put_back(const std::string &text, const Kept &kept)
{
    std::string out;
    std::vector<bool> used(kept.texts.size()); /* each has one place, whatever others look like */
    size_t from = 0, at;
    while ((at = text.find(STAND_IN, from)) != std::string::npos) {
        size_t number = at + sizeof STAND_IN - 1;
        size_t end = text.find(STAND_IN_END, number);
        unsigned long which = strtoul(text.c_str() + number, nullptr, 10);
        bool ours = end != std::string::npos && which < used.size() && !used[which];
        out.append(text, from, at - from);
        out += ours ? kept.texts[which] : STAND_IN;
        if (ours)
            used[which] = true;
        from = ours ? end + sizeof STAND_IN_END - 1 : number;
    }
    return out.append(text, from, std::string::npos);
}
