#include "sbml/annotation.h"

#include "sbml/about.h"

#include <libxml/xmlstring.h>
#include <map>

namespace
{

/* Depths in an annotation: RDF, Description, qualifier, Bag, li. */
const size_t QUALIFIER = 3, ITEM = 5;

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of an attribute, by its name with or without a prefix; "" where there is none. */
std::string attribute_of(const std::string &tag, const std::string &name)
{
    for (size_t at = tag.find(name); at != std::string::npos; at = tag.find(name, at + 1)) {
        size_t after = at + name.size();
        while (after < tag.size() && is_space(tag[after]))
            after++;
        bool begins = at > 0 && (is_space(tag[at - 1]) || tag[at - 1] == ':');
        if (!begins || after >= tag.size() || tag[after] != '=')
            continue;
        size_t open = tag.find_first_of("\"'", after);
        size_t close = open == std::string::npos ? open : tag.find(tag[open], open + 1);
        return close == std::string::npos ? "" : tag.substr(open + 1, close - open - 1);
    }
    return "";
}

/* Without references to characters. */
std::string unescape(const std::string &text)
{
    static const std::pair<std::string, char> entities[] = {{"&lt;", '<'},   {"&gt;", '>'},
                                                            {"&quot;", '"'}, {"&apos;", '\''},
                                                            {"&amp;", '&'},  {"&#38;", '&'}};
    std::string plain;
    for (size_t i = 0; i < text.size(); i++) {
        char c = text[i];
        for (const auto &entity : entities)
            if (c == '&' && text.compare(i, entity.first.size(), entity.first) == 0) {
                c = entity.second;
                i += entity.first.size() - 1;
                break;
            }
        plain += c;
    }
    return plain;
}

/* The prefix of a tag's name, "" for none, and the name without it. */
void split_name(const std::string &tag, std::string &prefix, std::string &name)
{
    size_t end = tag.find_first_of(" \t\r\n/");
    std::string whole = tag.substr(0, end);
    size_t colon = whole.find(':');
    prefix = colon == std::string::npos ? "" : whole.substr(0, colon);
    name = colon == std::string::npos ? whole : whole.substr(colon + 1);
}

struct Reading {
    const std::string &text;
    std::string annotation;
    std::string &records;
    size_t depth;
    std::string qualifier;
    std::map<std::string, std::string> spaces; /* by prefix, that are declared further out */
};

/* What a qualifier is called: "is", "bqm_is"; "" for another element. */
std::string qualifier_of(Reading &r, const std::string &tag)
{
    std::string prefix, name;
    split_name(tag, prefix, name);
    std::string declaration = prefix.empty() ? "xmlns" : "xmlns:" + prefix;
    std::string space = attribute_of(tag, declaration);
    if (space.empty() && !r.spaces.count(prefix)) {
        size_t at = r.annotation.find(declaration);
        r.spaces[prefix] = at == std::string::npos
                               ? attribute_of(r.text.substr(0, 8192), declaration)
                               : attribute_of(" " + r.annotation.substr(at, 300), declaration);
    }
    if (space.empty())
        space = r.spaces[prefix];
    return space == "http://biomodels.net/biology-qualifiers/" ? name
           : space == "http://biomodels.net/model-qualifiers/" ? "bqm_" + name
                                                               : "";
}

void open_tag(Reading &r, const std::string &tag)
{
    bool empty = tag.back() == '/';
    r.depth++;
    if (r.depth == QUALIFIER)
        r.qualifier = qualifier_of(r, tag);
    std::string prefix, name;
    if (r.depth == ITEM && !r.qualifier.empty()) {
        split_name(tag, prefix, name);
        std::string resource = name == "li" ? attribute_of(tag, "resource") : "";
        bool fits = resource.size() <= BX_ANNOTATION_LENGTH && r.qualifier.size() < 32 &&
                    xmlCheckUTF8(reinterpret_cast<const unsigned char *>(resource.c_str()));
        if (!resource.empty() && fits)
            sbml::say(r.records, BX_ABOUT_ANNOTATION, r.qualifier + " " + unescape(resource));
    }
    r.depth -= empty;
}

} // namespace

void bx_sbml_annotate(const std::string &text, const char *begin, const char *end,
                      const std::string &parent, Annotations &annotations)
{
    std::string prefix, name, records;
    split_name(parent, prefix, name);
    std::string id = attribute_of(parent, "id");
    Reading r = {text, std::string(begin, end), records, 0, "", {}};
    for (size_t at = r.annotation.find('<'); at != std::string::npos;
         at = r.annotation.find('<', at + 1)) {
        size_t close = r.annotation.find('>', at);
        if (close == std::string::npos || close == at + 1)
            break;
        std::string tag = r.annotation.substr(at + 1, close - at - 1);
        if (tag[0] == '!' || tag[0] == '?') /* a comment: the rest is not looked at */
            break;
        if (tag[0] != '/')
            open_tag(r, tag);
        else if (r.depth > 0)
            r.depth--;
        at = close;
    }
    if (!records.empty())
        annotations[name == "model" ? name : name + " " + id] += records;
}
