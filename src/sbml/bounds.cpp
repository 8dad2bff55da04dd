#include "sbml/bounds.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace
{

/* libSBML reads elements, and frees formulas, by recursion: within these bounds it takes some 5 MB
 * of stack at most. What is for people is copied once for each level, and is flat where it is
 * serious. */
const size_t DEPTH_MAXIMUM = 2000;
const size_t ASIDE_DEPTH_MAXIMUM = 100;
const size_t FORMULA_MAXIMUM = 100000; /* elements of a formula */
const size_t ATTRIBUTE_MAXIMUM = 500;  /* of an element, with the namespaces that it declares */
const size_t ARGUMENT_MAXIMUM = 1000;  /* of a function, with its body */
const size_t PART_MAXIMUM = 10000;     /* elements in one that is no list */
const int NAME_SHOWN = 64;

bool ends_name(char c)
{
    return c && strchr(" \t\r\n/", c);
}

/* A tag without its brackets. */
struct Tag {
    const char *begin, *end;
    size_t attributes; /* values in quotes */
    bool closes() const
    {
        return *begin == '/';
    }
    bool is_empty() const
    {
        return !closes() && end > begin && end[-1] == '/';
    }
    /* Without a prefix. */
    std::string name() const
    {
        const char *from = begin + closes(), *to = std::find_if(from, end, ends_name);
        const char *colon = std::find(from, to, ':');
        return std::string(colon < to ? colon + 1 : from, to);
    }
};

/* The tag that begins at `p`; a ">" that is quoted does not end it. */
Tag read_tag(const char *p, const char *end)
{
    Tag tag = {p, end, 0};
    for (; p < end && *p != '>'; p++)
        if (*p == '"' || *p == '\'') {
            const char *close = static_cast<const char *>(memchr(p + 1, *p, end - p - 1));
            p = close ? close : end - 1;
            tag.attributes++;
        }
    tag.end = p;
    return tag;
}

/* Behind the comment, section of plain text or instruction that begins at `p`, after its "<"; `p`
 * where none does. What stands in one is no element. */
const char *skip_what_is_no_element(const char *p, const char *end)
{
    static const struct {
        std::string begin, close;
    } kinds[] = {{"!--", "-->"}, {"![CDATA[", "]]>"}, {"?", "?>"}};
    for (const auto &kind : kinds) {
        if (kind.begin.compare(0, std::string::npos, p,
                               std::min<size_t>(end - p, kind.begin.size())) != 0)
            continue;
        p = std::search(p + kind.begin.size(), end, kind.close.begin(), kind.close.end());
        return p < end ? p + kind.close.size() : end;
    }
    return p;
}

enum role {
    PART,        /* of a model, or of a formula */
    LIST,        /* of any length */
    MATH,        /* a formula */
    FUNCTION,    /* what a function definition defines */
    ASSOCIATION, /* a rule of genes */
    ASIDE,       /* for people: what is in it says nothing of the model */
    ANNOTATION
};

role role_of(const std::string &name)
{
    if (name.compare(0, 6, "listOf") == 0)
        return LIST;
    if (name == "math")
        return MATH;
    if (name == "lambda")
        return FUNCTION;
    if (name == "geneProductAssociation")
        return ASSOCIATION;
    if (name == "annotation" || name == "annotations")
        return ANNOTATION;
    bool aside = name == "notes" || name == "message" || name == "annotation-xml";
    return aside ? ASIDE : PART;
}

/* An element that is open. */
struct Level {
    Tag tag;
    role is;
    size_t parts;
};

/* What is to stand in a place of the text. */
struct Edit {
    size_t begin, end;
    std::string text;
};

struct Scan {
    std::string &text;
    Annotations *annotations; /* or NULL */
    Kept *kept;               /* or NULL */
    bx_error *err;
    std::vector<Level> levels;
    std::vector<Edit> edits = {};
    size_t aside = 0;    /* the level of the outermost aside that is open, from 1 on; or 0 */
    size_t formula = 0;  /* the same of a formula, */
    size_t elements = 0; /* and so many it has */

    int fail(const Tag &tag, const std::string &problem) const
    {
        size_t line = 1 + std::count(text.begin(), text.begin() + (tag.begin - text.data()), '\n');
        return bx_fail(err, BX_EMODEL, "SBML: line %zu: element <%.*s>: %s", line, NAME_SHOWN,
                       tag.name().c_str(), problem.c_str());
    }
};

/* libSBML crashes where anything else stands behind a rule of genes. */
bool fits_rule(const std::string &name)
{
    role is = role_of(name);
    return name == "and" || name == "or" || name == "geneProductRef" || is == ASIDE ||
           is == ANNOTATION;
}

/* One more part of what is open. */
int check_parts(Scan &scan, const Tag &tag)
{
    if (scan.levels.empty() || scan.aside || scan.levels.back().is == LIST)
        return 0;
    Level &parent = scan.levels.back();
    if (parent.is == ASSOCIATION && parent.parts > 0 && !fits_rule(tag.name()))
        return scan.fail(tag, "it has no place in a geneProductAssociation");
    if (scan.formula && parent.is != FUNCTION)
        return 0;
    size_t most = parent.is == FUNCTION ? ARGUMENT_MAXIMUM : PART_MAXIMUM;
    return ++parent.parts > most
               ? scan.fail(parent.tag, "it has more than " + std::to_string(most) + " parts")
               : 0;
}

int check_place(Scan &scan, const Tag &tag)
{
    size_t depth = scan.levels.size();
    if (tag.attributes > ATTRIBUTE_MAXIMUM)
        return scan.fail(tag,
                         "it has more than " + std::to_string(ATTRIBUTE_MAXIMUM) + " attributes");
    if (scan.aside && scan.levels[scan.aside - 1].is == ASIDE &&
        depth - scan.aside >= ASIDE_DEPTH_MAXIMUM)
        return scan.fail(scan.levels[scan.aside - 1].tag, "elements nest more than " +
                                                              std::to_string(ASIDE_DEPTH_MAXIMUM) +
                                                              " deep in it");
    if (depth >= DEPTH_MAXIMUM)
        return scan.fail(tag, "elements nest more than " + std::to_string(DEPTH_MAXIMUM) + " deep");
    if (scan.formula && ++scan.elements > FORMULA_MAXIMUM)
        return scan.fail(scan.levels[scan.formula - 1].tag, "a formula has more than " +
                                                                std::to_string(FORMULA_MAXIMUM) +
                                                                " elements");
    return check_parts(scan, tag);
}

/* Blanks from `begin` to `end`, but for the ends of lines. */
void blank(Scan &scan, const char *begin, const char *end)
{
    size_t from = begin - scan.text.data(), to = end - scan.text.data();
    std::replace_if(
        scan.text.begin() + from, scan.text.begin() + to,
        [](char c) { return c != '\n' && c != '\r'; }, ' ');
}

int open_element(Scan &scan, const Tag &tag)
{
    if (check_place(scan, tag) < 0)
        return -1;
    role is = role_of(tag.name());
    bool ruled = !scan.levels.empty() && scan.levels.back().is == ASSOCIATION;
    if (ruled && is == ASIDE) /* which libSBML takes for a rule */
        is = ANNOTATION;
    if (tag.is_empty()) {
        if (is == ANNOTATION && !scan.aside)
            blank(scan, tag.begin - 1, tag.end + 1);
        return 0;
    }
    scan.levels.push_back({tag, is, 0});
    if (!scan.aside && (is == ASIDE || is == ANNOTATION))
        scan.aside = scan.levels.size();
    if (!scan.formula && !scan.aside && is == MATH) {
        scan.formula = scan.levels.size();
        scan.elements = 0;
    }
    return 0;
}

void apply(Scan &scan)
{
    std::string edited;
    size_t from = 0;
    for (const Edit &edit : scan.edits) {
        edited.append(scan.text, from, edit.begin - from);
        edited += edit.text;
        from = edit.end;
    }
    if (from > 0)
        scan.text = edited.append(scan.text, from, std::string::npos);
}

/* An annotation from its level to the tag that closes it: kept, or blank. */
void close_annotation(Scan &scan, const Level &level, const Tag &tag, bool keep)
{
    std::string held;
    if (keep) {
        std::vector<std::string> around;
        for (size_t i = 0; i + 1 < scan.levels.size(); i++)
            around.emplace_back(scan.levels[i].tag.begin, scan.levels[i].tag.end);
        held = bx_sbml_keep(*scan.kept, std::string(level.tag.begin, level.tag.end),
                            std::string(level.tag.end + 1, tag.begin - 1), around);
    }
    if (held.empty())
        return blank(scan, level.tag.begin - 1, tag.end + 1);
    scan.edits.push_back({static_cast<size_t>(level.tag.begin - 1 - scan.text.data()),
                          static_cast<size_t>(tag.end + 1 - scan.text.data()), held});
}

/* What closes an element by another name is for libSBML to find. */
void close_element(Scan &scan, const Tag &tag)
{
    size_t depth = scan.levels.size();
    if (depth == 0)
        return;
    const Level &level = scan.levels.back();
    bool annotation =
        scan.aside == depth && level.is == ANNOTATION && level.tag.name() == tag.name();
    if (annotation && scan.annotations && depth > 1) {
        const Tag &parent = scan.levels[depth - 2].tag;
        bx_sbml_annotate(scan.text, level.tag.end + 1, tag.begin - 1,
                         std::string(parent.begin, parent.end), *scan.annotations);
    }
    if (annotation) {
        bool ruled = depth > 1 && scan.levels[depth - 2].is == ASSOCIATION;
        close_annotation(scan, level, tag, scan.kept && depth > 1 && !ruled);
    }
    if (scan.aside == depth)
        scan.aside = 0;
    if (scan.formula == depth)
        scan.formula = 0;
    scan.levels.pop_back();
}

} // namespace

int bx_sbml_bound(std::string &text, Annotations *annotations, Kept *kept, bx_error *err)
{
    Scan scan = {text, annotations, kept, err, {}};
    const char *p = text.data(), *end = p + text.size();
    while ((p = static_cast<const char *>(memchr(p, '<', end - p))) && ++p < end) {
        const char *begin = p;
        p = skip_what_is_no_element(begin, end);
        if (p != begin)
            continue;
        Tag tag = read_tag(begin, end);
        p = tag.end;
        if (p == end) /* not ended: libSBML's to find */
            break;
        if (tag.closes())
            close_element(scan, tag);
        else if (open_element(scan, tag) < 0)
            return -1;
    }
    apply(scan);
    return 0;
}
