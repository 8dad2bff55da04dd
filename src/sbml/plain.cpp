#include "sbml/plain.h"

#include "sbml/about.h"

extern "C" {
#include "core/names.h"
#include "flux/gene_rule.h"
}

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <new>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace
{

const size_t DEPTH_MAXIMUM = 64;
const double ROUNDING = 1e-12; /* as fbc.cpp has it */

const char *const URIS[] = {nullptr, "http://www.sbml.org/sbml/level3/version1/core",
                            "http://www.sbml.org/sbml/level3/version1/fbc/version2",
                            "http://www.sbml.org/sbml/level3/version1/groups/version1",
                            "http://www.sbml.org/sbml/level3/version1/fbc/version3"};
enum space { NONE, CORE, FBC, GROUPS, FBC_3, SPACES };

/* ---- what there may be ---- */

enum kind {
    OUTSIDE,
    SBML,
    MODEL,
    UNIT_DEFINITIONS,
    UNIT_DEFINITION,
    UNITS,
    UNIT,
    COMPARTMENTS,
    COMPARTMENT,
    SPECIES_LIST,
    SPECIES,
    PARAMETERS,
    PARAMETER,
    REACTIONS,
    REACTION,
    REACTANTS,
    PRODUCTS,
    REACTANT,
    PRODUCT,
    MODIFIERS,
    MODIFIER,
    ASSOCIATION,
    AND,
    OR,
    GENE_REFERENCE,
    OBJECTIVES,
    OBJECTIVE,
    FLUX_OBJECTIVES,
    FLUX_OBJECTIVE,
    GENES,
    GENE,
    GROUP_LIST,
    GROUP,
    MEMBERS,
    MEMBER,
    NOTES,
    KINDS
};

struct Element {
    kind parent;
    space of;
    const char *name;
    kind is;
    bool once; /* in its parent at most */
};

const Element elements[] = {
    {OUTSIDE, CORE, "sbml", SBML, true},
    {SBML, CORE, "model", MODEL, true},
    {MODEL, CORE, "listOfUnitDefinitions", UNIT_DEFINITIONS, true},
    {UNIT_DEFINITIONS, CORE, "unitDefinition", UNIT_DEFINITION, false},
    {UNIT_DEFINITION, CORE, "listOfUnits", UNITS, true},
    {UNITS, CORE, "unit", UNIT, false},
    {MODEL, CORE, "listOfCompartments", COMPARTMENTS, true},
    {COMPARTMENTS, CORE, "compartment", COMPARTMENT, false},
    {MODEL, CORE, "listOfSpecies", SPECIES_LIST, true},
    {SPECIES_LIST, CORE, "species", SPECIES, false},
    {MODEL, CORE, "listOfParameters", PARAMETERS, true},
    {PARAMETERS, CORE, "parameter", PARAMETER, false},
    {MODEL, CORE, "listOfReactions", REACTIONS, true},
    {REACTIONS, CORE, "reaction", REACTION, false},
    {REACTION, CORE, "listOfReactants", REACTANTS, true},
    {REACTANTS, CORE, "speciesReference", REACTANT, false},
    {REACTION, CORE, "listOfProducts", PRODUCTS, true},
    {PRODUCTS, CORE, "speciesReference", PRODUCT, false},
    {REACTION, CORE, "listOfModifiers", MODIFIERS, true},
    {MODIFIERS, CORE, "modifierSpeciesReference", MODIFIER, false},
    {REACTION, FBC, "geneProductAssociation", ASSOCIATION, true},
    {ASSOCIATION, FBC, "and", AND, false},
    {ASSOCIATION, FBC, "or", OR, false},
    {ASSOCIATION, FBC, "geneProductRef", GENE_REFERENCE, false},
    {AND, FBC, "and", AND, false},
    {AND, FBC, "or", OR, false},
    {AND, FBC, "geneProductRef", GENE_REFERENCE, false},
    {OR, FBC, "and", AND, false},
    {OR, FBC, "or", OR, false},
    {OR, FBC, "geneProductRef", GENE_REFERENCE, false},
    {MODEL, FBC, "listOfObjectives", OBJECTIVES, true},
    {OBJECTIVES, FBC, "objective", OBJECTIVE, false},
    {OBJECTIVE, FBC, "listOfFluxObjectives", FLUX_OBJECTIVES, true},
    {FLUX_OBJECTIVES, FBC, "fluxObjective", FLUX_OBJECTIVE, false},
    {MODEL, FBC, "listOfGeneProducts", GENES, true},
    {GENES, FBC, "geneProduct", GENE, false},
    {MODEL, GROUPS, "listOfGroups", GROUP_LIST, true},
    {GROUP_LIST, GROUPS, "group", GROUP, false},
    {GROUP, GROUPS, "listOfMembers", MEMBERS, true},
    {MEMBERS, GROUPS, "member", MEMBER, false},
};

enum form {
    STRANGE, /* no attribute of SBML's, but one that is met */
    TEXT,
    ID,
    META_ID,
    TERM,
    BOOLEAN,
    NUMBER,
    INTEGER,
    VERSION_3,
    VERSION_1,
    FALSE,
    SENSE,
    LINEAR,
    GROUP_KIND
};

/* MAY be there, SHOULD: what it lacks is certain all the same, MUST. */
enum need { MAY, SHOULD, MUST };

/* What it says has a part in the fluxes, or not: then a value of another form is nothing but odd.
 */
enum part { IDLE, READ };

struct Attribute {
    kind of;
    space in;
    const char *name;
    form is;
    need there;
    part plays;
};

/* Beside metaid and sboTerm, which all may have. */
const Attribute attributes[] = {
    {SBML, NONE, "level", VERSION_3, MUST, READ},
    {SBML, NONE, "version", VERSION_1, MUST, READ},
    {SBML, FBC, "required", FALSE, SHOULD, IDLE},
    {SBML, GROUPS, "required", FALSE, MAY, IDLE},
    {MODEL, NONE, "id", ID, MAY, IDLE},
    {MODEL, NONE, "name", TEXT, MAY, IDLE},
    {MODEL, NONE, "substanceUnits", ID, MAY, IDLE},
    {MODEL, NONE, "timeUnits", ID, MAY, IDLE},
    {MODEL, NONE, "volumeUnits", ID, MAY, IDLE},
    {MODEL, NONE, "areaUnits", ID, MAY, IDLE},
    {MODEL, NONE, "lengthUnits", ID, MAY, IDLE},
    {MODEL, NONE, "extentUnits", ID, MAY, IDLE},
    {MODEL, FBC, "strict", BOOLEAN, SHOULD, READ},
    {UNIT_DEFINITION, NONE, "id", ID, MUST, IDLE},
    {UNIT_DEFINITION, NONE, "name", TEXT, MAY, IDLE},
    {UNIT, NONE, "exponent", NUMBER, MUST, READ},
    {UNIT, NONE, "kind", ID, MUST, READ},
    {UNIT, NONE, "multiplier", NUMBER, MUST, READ},
    {UNIT, NONE, "scale", INTEGER, MUST, READ},
    {COMPARTMENT, NONE, "id", ID, MUST, READ},
    {COMPARTMENT, NONE, "name", TEXT, MAY, IDLE},
    {COMPARTMENT, NONE, "constant", BOOLEAN, SHOULD, IDLE},
    {COMPARTMENT, NONE, "size", NUMBER, MAY, READ},
    {COMPARTMENT, NONE, "spatialDimensions", NUMBER, MAY, IDLE},
    {COMPARTMENT, NONE, "units", ID, MAY, IDLE},
    {SPECIES, NONE, "id", ID, MUST, READ},
    {SPECIES, NONE, "name", TEXT, MAY, IDLE},
    {SPECIES, NONE, "compartment", ID, SHOULD, IDLE},
    {SPECIES, NONE, "constant", BOOLEAN, SHOULD, IDLE},
    {SPECIES, NONE, "boundaryCondition", BOOLEAN, SHOULD, READ},
    {SPECIES, NONE, "hasOnlySubstanceUnits", BOOLEAN, SHOULD, IDLE},
    {SPECIES, NONE, "initialAmount", NUMBER, MAY, IDLE},
    {SPECIES, NONE, "initialConcentration", NUMBER, MAY, IDLE},
    {SPECIES, NONE, "substanceUnits", ID, MAY, IDLE},
    {SPECIES, NONE, "charge", STRANGE, MAY, IDLE},
    {SPECIES, FBC, "charge", INTEGER, MAY, IDLE},
    {SPECIES, FBC, "chemicalFormula", TEXT, MAY, IDLE},
    {PARAMETER, NONE, "id", ID, MUST, READ},
    {PARAMETER, NONE, "name", TEXT, MAY, IDLE},
    {PARAMETER, NONE, "constant", BOOLEAN, SHOULD, IDLE},
    {PARAMETER, NONE, "units", ID, MAY, IDLE},
    {PARAMETER, NONE, "value", NUMBER, MAY, READ},
    {REACTION, NONE, "id", ID, MUST, READ},
    {REACTION, NONE, "name", TEXT, MAY, IDLE},
    {REACTION, NONE, "compartment", ID, MAY, IDLE},
    {REACTION, NONE, "reversible", BOOLEAN, SHOULD, READ},
    {REACTION, NONE, "fast", BOOLEAN, SHOULD, IDLE},
    {REACTION, NONE, "subsystem", STRANGE, MAY, IDLE},
    {REACTION, FBC, "lowerFluxBound", ID, MAY, READ},
    {REACTION, FBC, "upperFluxBound", ID, MAY, READ},
    {REACTANT, NONE, "species", ID, MUST, READ},
    {REACTANT, NONE, "constant", BOOLEAN, SHOULD, IDLE},
    {REACTANT, NONE, "stoichiometry", NUMBER, MUST, READ},
    {PRODUCT, NONE, "species", ID, MUST, READ},
    {PRODUCT, NONE, "constant", BOOLEAN, SHOULD, IDLE},
    {PRODUCT, NONE, "stoichiometry", NUMBER, MUST, READ},
    {MODIFIER, NONE, "species", ID, MUST, IDLE},
    {GENE_REFERENCE, FBC, "geneProduct", ID, MUST, READ},
    {OBJECTIVES, FBC, "activeObjective", ID, MUST, READ},
    {OBJECTIVE, FBC, "id", ID, MUST, READ},
    {OBJECTIVE, FBC, "name", TEXT, MAY, IDLE},
    {OBJECTIVE, FBC, "type", SENSE, MUST, READ},
    {FLUX_OBJECTIVE, FBC, "reaction", ID, MUST, READ},
    {FLUX_OBJECTIVE, FBC, "coefficient", NUMBER, MUST, READ},
    {FLUX_OBJECTIVE, FBC, "variableType", LINEAR, MAY, READ},
    {GENE, FBC, "id", ID, MUST, READ},
    {GENE, FBC, "label", TEXT, SHOULD, READ},
    {GENE, FBC, "name", TEXT, MAY, IDLE},
    {GENE, FBC, "associatedSpecies", ID, MAY, IDLE},
    {GROUP, GROUPS, "id", ID, MAY, IDLE},
    {GROUP, GROUPS, "name", TEXT, MAY, IDLE},
    {GROUP, GROUPS, "kind", GROUP_KIND, SHOULD, IDLE},
    {MEMBER, GROUPS, "id", ID, MAY, IDLE},
    {MEMBER, GROUPS, "name", TEXT, MAY, IDLE},
    {MEMBER, GROUPS, "idRef", ID, MAY, IDLE},
    {MEMBER, GROUPS, "metaIdRef", TEXT, MAY, IDLE},
};

const size_t ELEMENTS = sizeof elements / sizeof *elements;
const size_t ATTRIBUTES = sizeof attributes / sizeof *attributes;
const size_t MOST = 16; /* attributes of one element that are looked at */

/* ---- values ---- */

struct Value {
    const char *begin;
    size_t length;
    bool is(const char *word) const
    {
        return length == std::strlen(word) && std::memcmp(begin, word, length) == 0;
    }
};

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_name(const Value &v, const char *more)
{
    bool fits = v.length > 0 && is_letter(*v.begin);
    for (size_t i = 1; i < v.length && fits; i++) {
        char c = v.begin[i];
        fits = is_letter(c) || is_digit(c) || (*more && std::strchr(more, c));
    }
    return fits;
}

bool is_integer(const Value &v)
{
    size_t i = v.length > 0 && *v.begin == '-';
    bool fits = v.length > i && v.length < 10;
    for (; i < v.length && fits; i++)
        fits = is_digit(v.begin[i]);
    return fits;
}

/* "-1.5e-3", "INF", "-INF" */
bool is_number(const Value &v, double *number)
{
    char text[64], *end;
    bool negative = v.length > 0 && *v.begin == '-';
    if (v.is("INF") || v.is("-INF")) {
        *number = negative ? -INFINITY : INFINITY;
        return true;
    }
    if (v.length == 0 || v.length >= sizeof text)
        return false;
    for (size_t i = 0; i < v.length; i++)
        if (!is_digit(v.begin[i]) && !std::strchr("+-.eE", v.begin[i]))
            return false;
    std::memcpy(text, v.begin, v.length);
    text[v.length] = '\0';
    errno = 0;
    *number = std::strtod(text, &end);
    return *end == '\0' && errno == 0;
}

bool has_form(const Value &v, form is)
{
    double number;
    switch (is) {
    case STRANGE: return false;
    case TEXT: return true;
    case ID: return is_name(v, "");
    case META_ID: return is_name(v, ".-");
    case TERM: {
        Value digits = {v.begin + 4, v.length - 4};
        return v.length == 11 && std::memcmp(v.begin, "SBO:", 4) == 0 && is_digit(v.begin[4]) &&
               is_integer(digits);
    }
    case BOOLEAN: return v.is("true") || v.is("false") || v.is("1") || v.is("0");
    case NUMBER: return is_number(v, &number);
    case INTEGER: return is_integer(v);
    case VERSION_3: return v.is("3");
    case VERSION_1: return v.is("1");
    case FALSE: return v.is("false");
    case SENSE: return v.is("maximize") || v.is("minimize");
    case LINEAR: return v.is("linear");
    case GROUP_KIND: return v.is("classification") || v.is("partonomy") || v.is("collection");
    }
    return false;
}

/* ---- reading ---- */

typedef const xmlChar *Name; /* one pointer a word: it is in a dictionary */

const char *text_of(Name name)
{
    return reinterpret_cast<const char *>(name);
}

struct Term {
    Name species;
    double coefficient;
};

/* In postfix order a rule would lose its parentheses: these are as the text has them. */
enum mark { GENE_HERE, OPEN_AND, OPEN_OR, CLOSE };

struct Mark {
    mark is;
    Name gene;
};

struct ReactionRead {
    Name id, lower, upper;
    bool reversible;
    size_t terms, marks;      /* where its own begin */
    const char *rule_problem; /* or NULL */
};

/* Something that is not as it should be, of one kind of elements. */
struct Oddity {
    kind of;
    std::string what, where, id; /* the first of them */
    size_t count;
};

struct ObjectiveRead {
    Name id;
    bool maximise;
    std::vector<Term> terms; /* of reactions */
};

struct Level {
    kind is;
    uint64_t seen; /* bits of kinds */
    bool notes;
};

struct Reader {
    xmlParserCtxtPtr parser = nullptr;
    xmlDictPtr words = nullptr; /* of values; names have the parser's own */
    Name element_names[ELEMENTS], attribute_names[ATTRIBUTES], space_uris[SPACES];
    Name meta_id, term, notes;
    size_t first[KINDS + 1]; /* row of the kind's attributes */
    bool refused = false, no_memory = false;
    std::vector<Level> levels;
    size_t skipped = 0;        /* elements that are open in notes */
    bool at_root[SPACES] = {}; /* the namespaces that the root declares */
    std::string last;          /* of the elements with ids the one that was opened last */
    std::vector<Oddity> oddities;
    bool strict = false;
    Name active = nullptr;
    std::unordered_set<Name> ids; /* of all that formulas could name */
    std::unordered_map<Name, double> parameters;
    std::unordered_map<Name, std::string> labels;
    std::vector<std::pair<Name, bool>> species;
    std::vector<Term> terms;
    std::vector<Mark> marks;
    std::vector<ReactionRead> reactions;
    std::vector<ObjectiveRead> objectives;
    std::string model_about, no_about;
    std::vector<std::string> species_abouts, reaction_abouts, group_abouts;
    std::vector<std::pair<Name, std::string>> genes;
    std::string sbo;                  /* of the element at hand */
    std::string markup;               /* of the notes that are read */
    std::vector<std::string> markups; /* namespaces of the elements that are open in them */

    ~Reader()
    {
        if (parser)
            xmlFreeParserCtxt(parser);
        if (words)
            xmlDictFree(words);
    }
    Name word(const char *begin, size_t length)
    {
        return look_up(words, begin, length);
    }
    Name name(const char *text)
    {
        return look_up(parser->dict, text, std::strlen(text));
    }
    static Name look_up(xmlDictPtr dictionary, const char *begin, size_t length)
    {
        Name found =
            xmlDictLookup(dictionary, reinterpret_cast<const xmlChar *>(begin), (int)length);
        if (!found)
            throw std::bad_alloc();
        return found;
    }
};

void refuse(Reader &r)
{
    r.refused = true;
    xmlStopParser(r.parser);
}

/* What an element has: by its row in the table. */
struct Given {
    const Reader &r;
    Value values[MOST] = {};
    size_t rows[MOST] = {}, count = 0;
    explicit Given(const Reader &reader) : r(reader) {}
    bool has(size_t row) const
    {
        return std::find(rows, rows + count, row) != rows + count;
    }
    const Value *find(const char *name) const
    {
        for (size_t i = 0; i < count; i++)
            if (std::strcmp(attributes[rows[i]].name, name) == 0)
                return &values[i];
        return nullptr;
    }
};

bool is_in(const Reader &r, Name uri, space where)
{
    return uri == r.space_uris[where] || (where == FBC && uri == r.space_uris[FBC_3]);
}

const char *name_of(kind is)
{
    for (const Element &element : elements)
        if (element.is == is)
            return element.name;
    return "notes";
}

/* Remember what is odd about an element, whose id may be empty. */
void note(Reader &r, kind of, const std::string &id, const std::string &what)
{
    for (Oddity &known : r.oddities)
        if (known.of == of && known.what == what) {
            known.count++;
            return;
        }
    std::string where = name_of(of);
    if (!id.empty())
        where += " \"" + id + "\"";
    else if (!r.last.empty())
        where += " in " + r.last;
    r.oddities.push_back({of, what, where, id, 1});
}

/* Whether the value of an attribute can be taken; *odd: but is not what it should be. */
bool is_fit(const Value &value, const Attribute &a, bool *odd)
{
    bool fits = has_form(value, a.is), named = a.is == ID && value.length > 0;
    *odd = !fits && (value.length > 0 || a.there != MAY) &&
           (a.is != ID ||
            (std::strcmp(a.name, "species") != 0 && std::strcmp(a.name, "compartment") != 0));
    return fits || a.plays == IDLE || named;
}

/* The attribute's row, ATTRIBUTES for metaid and sboTerm; false where there is none of the kind. */
bool find_attribute(const Reader &r, kind of, Name name, Name uri, size_t *row)
{
    *row = ATTRIBUTES;
    if (!uri && (name == r.meta_id || name == r.term))
        return true;
    for (size_t i = r.first[of]; i < r.first[of + 1]; i++)
        if (name == r.attribute_names[i] && is_in(r, uri, attributes[i].in)) {
            *row = i;
            return true;
        }
    return false;
}

std::string id_of(const Given &given)
{
    const Value *id = given.find("id");
    return id ? std::string(id->begin, id->length) : "";
}

/* What is taken where an attribute is not there. */
std::string taken_for(const char *name)
{
    static const struct {
        const char *name, *taken;
    } defaults[] = {{"boundaryCondition", "false is taken"},
                    {"reversible", "true is taken"},
                    {"strict", "false is taken"},
                    {"label", "its id is taken"}};
    for (const auto &one : defaults)
        if (std::strcmp(name, one.name) == 0)
            return one.taken;
    return "it has no part in fluxes";
}

bool look_for_missing(Reader &r, kind of, const Given &given)
{
    for (size_t i = r.first[of]; i < r.first[of + 1]; i++) {
        const Attribute &a = attributes[i];
        if (a.there == MAY || given.has(i))
            continue;
        if (a.there == MUST)
            return false;
        note(r, of, id_of(given), std::string(a.name) + " is missing: " + taken_for(a.name));
    }
    return true;
}

/* Where libxml2 hands values over, an ampersand is still a reference. */
std::string plain_text(const Value &value)
{
    std::string text(value.begin, value.length);
    for (size_t at = text.find("&#38;"); at != std::string::npos; at = text.find("&#38;", at + 1))
        text.erase(at + 1, 4);
    return text;
}

std::string text_of(const Given &given, const char *name)
{
    const Value *value = given.find(name);
    return value ? plain_text(*value) : "";
}

bool take_attributes(Reader &r, kind of, int count, const xmlChar **list, Given &given)
{
    std::vector<std::string> odd_ones;
    r.sbo.clear();
    for (int i = 0; i < count; i++, list += 5) {
        size_t row;
        bool odd;
        Value value = {text_of(list[3]), (size_t)(list[4] - list[3])};
        if (!find_attribute(r, of, list[0], list[2], &row) || given.count == MOST)
            return false;
        bool common = row == ATTRIBUTES;
        Attribute both = {of, CORE, "", list[0] == r.term ? TERM : META_ID, MAY, IDLE};
        const Attribute &a = common ? both : attributes[row];
        if (!is_fit(value, a, &odd))
            return false;
        if (odd)
            odd_ones.push_back(
                std::string(text_of(list[0])) +
                (a.is == ID ? " is no SId" : " is not of the form that it should be"));
        if (common && list[0] == r.term)
            r.sbo.assign(value.begin, value.length);
        if (common)
            continue;
        given.values[given.count] = value;
        given.rows[given.count++] = row;
    }
    for (const std::string &what : odd_ones)
        note(r, of, id_of(given), what);
    return look_for_missing(r, of, given);
}

/* The attribute, which is of the form BOOLEAN; `otherwise` where it is not there. */
bool is_true(const Given &given, const char *name, bool otherwise)
{
    const Value *value = given.find(name);
    return value ? value->is("true") || value->is("1") : otherwise;
}

Name word_of(Reader &r, const Given &given, const char *name)
{
    const Value *value = given.find(name);
    return value ? r.word(value->begin, value->length) : nullptr;
}

double number_of(const Given &given, const char *name)
{
    double number = NAN;
    const Value *value = given.find(name);
    if (value)
        is_number(*value, &number);
    return number;
}

/* An id that no other element has. */
bool take_id(Reader &r, Name id)
{
    return r.ids.insert(id).second;
}

bool take_objective_term(Reader &r, const Given &given)
{
    r.objectives.back().terms.push_back(
        {word_of(r, given, "reaction"), number_of(given, "coefficient")});
    return true;
}

bool take_reaction(Reader &r, const Given &given)
{
    Name id = word_of(r, given, "id");
    r.reactions.push_back({id, word_of(r, given, "lowerFluxBound"),
                           word_of(r, given, "upperFluxBound"), is_true(given, "reversible", true),
                           r.terms.size(), r.marks.size(), nullptr});
    return take_id(r, id);
}

/* ---- what is said ---- */

/* Of the part that an element is; what is said of others goes nowhere. */
std::string &about_of(Reader &r, kind is)
{
    switch (is) {
    case MODEL: return r.model_about;
    case SPECIES: return r.species_abouts.back();
    case REACTION: return r.reaction_abouts.back();
    case GENE: return r.genes.back().second;
    case GROUP: return r.group_abouts.back();
    default: r.no_about.clear(); return r.no_about;
    }
}

/* The elements with records of their own, in the order of the model's lists. */
void begin_about(Reader &r, kind is, const Given &given)
{
    switch (is) {
    case SPECIES: r.species_abouts.emplace_back(); break;
    case REACTION: r.reaction_abouts.emplace_back(); break;
    case GENE: r.genes.emplace_back(word_of(r, given, "id"), ""); break;
    case GROUP: r.group_abouts.emplace_back(); break;
    default: break;
    }
}

void take_about(Reader &r, kind is, const Given &given)
{
    begin_about(r, is, given);
    std::string &about = about_of(r, is);
    if (is == COMPARTMENT)
        sbml::say(r.model_about, BX_ABOUT_COMPARTMENT,
                  text_of(given, "id") + "\t" + text_of(given, "name"));
    if (is == MEMBER && !r.group_abouts.empty())
        sbml::say(r.group_abouts.back(), BX_ABOUT_MEMBER, text_of(given, "idRef"));
    if (&about == &r.no_about)
        return;
    if (is == MODEL || is == GENE || is == GROUP)
        sbml::say(about, BX_ABOUT_ID, text_of(given, "id"));
    sbml::say(about, BX_ABOUT_NAME, text_of(given, "name"));
    sbml::say(about, BX_ABOUT_COMPARTMENT, is == SPECIES ? text_of(given, "compartment") : "");
    sbml::say(about, BX_ABOUT_FORMULA, text_of(given, "chemicalFormula"));
    sbml::say(about, BX_ABOUT_CHARGE, text_of(given, "charge"));
    sbml::say(about, BX_ABOUT_SUBSYSTEM, text_of(given, "subsystem"));
    sbml::say(about, BX_ABOUT_KIND, text_of(given, "kind"));
    sbml::say(about, BX_ABOUT_SBO, r.sbo);
}

/* What an element means for the model. */
bool take(Reader &r, kind is, const Given &given)
{
    Name id;
    switch (is) {
    case SBML:
        if (r.at_root[GROUPS] && given.count < 4)
            note(r, SBML, "", "groups:required is missing: it has no part in fluxes");
        return true;
    case MODEL: r.strict = is_true(given, "strict", false); return true;
    case COMPARTMENT: return take_id(r, word_of(r, given, "id"));
    case SPECIES:
        id = word_of(r, given, "id");
        r.species.push_back({id, is_true(given, "boundaryCondition", false)});
        return take_id(r, id);
    case PARAMETER:
        id = word_of(r, given, "id");
        r.parameters[id] = number_of(given, "value");
        return take_id(r, id);
    case REACTION: return take_reaction(r, given);
    case REACTANT:
    case PRODUCT:
        r.terms.push_back({word_of(r, given, "species"),
                           (is == PRODUCT ? 1 : -1) * number_of(given, "stoichiometry")});
        return std::isfinite(r.terms.back().coefficient);
    case AND: r.marks.push_back({OPEN_AND, nullptr}); return true;
    case OR: r.marks.push_back({OPEN_OR, nullptr}); return true;
    case GENE_REFERENCE:
        r.marks.push_back({GENE_HERE, word_of(r, given, "geneProduct")});
        return true;
    case OBJECTIVES: r.active = word_of(r, given, "activeObjective"); return true;
    case OBJECTIVE:
        id = word_of(r, given, "id");
        r.objectives.push_back({id, given.find("type")->is("maximize"), {}});
        return take_id(r, id);
    case FLUX_OBJECTIVE: return take_objective_term(r, given);
    case GENE:
        id = word_of(r, given, "id");
        if (given.find("label"))
            r.labels[id] = std::string(given.find("label")->begin, given.find("label")->length);
        return take_id(r, id);
    default: return true;
    }
}

/* ---- elements ---- */

/* What holds nothing: a list that is empty is odd, others are for libSBML to judge. */
bool may_be_empty(Reader &r, kind is)
{
    switch (is) {
    case UNIT_DEFINITIONS:
    case UNITS:
    case COMPARTMENTS:
    case SPECIES_LIST:
    case PARAMETERS:
    case REACTIONS:
    case REACTANTS:
    case PRODUCTS:
    case MODIFIERS:
    case GENES:
    case GROUP_LIST:
    case MEMBERS:
    case OBJECTIVE:
    case FLUX_OBJECTIVES: note(r, is, "", "it is empty"); return true;
    case AND:
    case OR: r.reactions.back().rule_problem = "there is nothing to combine in it"; return true;
    default: return is != SBML && is != OBJECTIVES;
    }
}

kind find_kind(const Reader &r, kind parent, Name name, Name uri, bool *once)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        if (elements[i].parent == parent && name == r.element_names[i] &&
            is_in(r, uri, elements[i].of)) {
            *once = elements[i].once;
            return elements[i].is;
        }
    return KINDS;
}

/* Notes: once, in front of what else an element holds. There are no annotations: bx_sbml_take_in
 * has taken them out. */
bool open_notes(Reader &r, Level &level, Name name, Name uri, int attribute_count)
{
    if (!is_in(r, uri, CORE) || name != r.notes || level.notes || level.seen ||
        attribute_count > 0 || level.is == OUTSIDE)
        return false;
    level.notes = true;
    r.levels.push_back({NOTES, 0, false});
    r.markup.clear();
    return true;
}

void escape(std::string &to, const char *text, size_t length, bool attribute)
{
    for (size_t i = 0; i < length; i++)
        switch (text[i]) {
        case '<': to += "&lt;"; break;
        case '>': to += "&gt;"; break;
        case '&': to += "&amp;"; break;
        case '"': to += attribute ? "&quot;" : "\""; break;
        default: to += text[i];
        }
}

/* Notes as text that stands for itself: an element without a prefix, its namespace with the first
 * that has it. */
void open_markup(Reader &r, Name name, Name uri, int count, const xmlChar **list)
{
    std::string space = uri ? text_of(uri) : "";
    r.markup += "<" + std::string(text_of(name));
    if (r.markups.empty() || r.markups.back() != space) {
        r.markup += " xmlns=\"";
        escape(r.markup, space.c_str(), space.size(), true);
        r.markup += "\"";
    }
    r.markups.push_back(space);
    for (int i = 0; i < count; i++, list += 5) {
        std::string value = plain_text({text_of(list[3]), (size_t)(list[4] - list[3])});
        bool own = list[1] && std::strcmp(text_of(list[1]), "xml") == 0;
        if (list[2] && !own)
            continue;
        r.markup += (own ? " xml:" : " ") + std::string(text_of(list[0])) + "=\"";
        escape(r.markup, value.c_str(), value.size(), true);
        r.markup += "\"";
    }
    r.markup += ">";
}

/* What stands in them is skipped; but the first is to be of XHTML. */
bool skip(Reader &r, Name uri)
{
    if (r.skipped++ > 0)
        return r.skipped < DEPTH_MAXIMUM;
    Level &notes = r.levels.back();
    if (!notes.seen && (!uri || std::strcmp(text_of(uri), "http://www.w3.org/1999/xhtml") != 0))
        note(r, NOTES, "", "not in XHTML's namespace");
    notes.seen = 1;
    return true;
}

bool open_element(Reader &r, Name name, Name uri, int count, const xmlChar **list)
{
    if (r.levels.back().is == NOTES) {
        open_markup(r, name, uri, count, list);
        return skip(r, uri);
    }
    Level &level = r.levels.back();
    bool once;
    kind is = find_kind(r, level.is, name, uri, &once);
    if (is == KINDS)
        return open_notes(r, level, name, uri, count);
    uint64_t bit = uint64_t(1) << is, behind = is == REACTANTS ? uint64_t(1) << PRODUCTS : 0;
    if ((level.seen & (once ? bit | behind : 0)) || r.levels.size() > DEPTH_MAXIMUM)
        return false;
    if (level.is == ASSOCIATION && level.seen)
        r.reactions.back().rule_problem = "it has several parts and no operator between them";
    level.seen |= bit;
    Given given(r);
    if (!take_attributes(r, is, count, list, given) || !take(r, is, given))
        return false;
    take_about(r, is, given);
    if (is == SPECIES || is == REACTION || is == OBJECTIVE || is == GROUP)
        r.last = std::string(name_of(is)) + " \"" + id_of(given) + "\"";
    r.levels.push_back({is, 0, false});
    return true;
}

bool close_element(Reader &r, Name name)
{
    if (r.skipped > 0) {
        r.skipped--;
        r.markup += "</" + std::string(text_of(name)) + ">";
        r.markups.pop_back();
        return true;
    }
    const Level &level = r.levels.back();
    if (level.is == NOTES)
        sbml::say(about_of(r, r.levels[r.levels.size() - 2].is), BX_ABOUT_NOTES, r.markup);
    bool fits = level.seen || may_be_empty(r, level.is);
    if (level.is == AND || level.is == OR)
        r.marks.push_back({CLOSE, nullptr});
    r.levels.pop_back();
    return fits;
}

/* Namespaces of SBML's own are to be these. Those of packages stand at the root, and again where
 * someone likes; the core's own may come back at notes. */
bool are_known(Reader &r, Name element, int count, const xmlChar **spaces)
{
    kind parent = r.levels.back().is;
    bool in_notes = parent == NOTES || element == r.notes;
    for (int i = 0; i < count; i++) {
        std::string uri = spaces[2 * i + 1] ? text_of(spaces[2 * i + 1]) : "";
        bool known = uri.find("sbml.org/sbml") == std::string::npos;
        for (int s = CORE; s < SPACES && !known; s++) {
            known = uri == URIS[s] && (parent == OUTSIDE || (s == CORE ? in_notes : r.at_root[s]));
            r.at_root[s] = r.at_root[s] || known;
        }
        if (!known)
            return false;
    }
    return true;
}

/* libxml2's C code is not for exceptions to pass. */
template <class Function> void guard(void *context, Function function)
{
    Reader &r = *static_cast<Reader *>(context);
    if (r.refused || r.no_memory)
        return;
    try {
        if (!function(r))
            refuse(r);
    } catch (...) {
        r.no_memory = true;
        xmlStopParser(r.parser);
    }
}

void on_start(void *context, Name name, Name, Name uri, int space_count, const xmlChar **spaces,
              int count, int, const xmlChar **list)
{
    guard(context, [&](Reader &r) {
        return are_known(r, name, space_count, spaces) && open_element(r, name, uri, count, list);
    });
}

void on_end(void *context, Name name, Name, Name)
{
    guard(context, [&](Reader &r) { return close_element(r, name); });
}

void on_text(void *context, const xmlChar *text, int length)
{
    guard(context, [&](Reader &r) {
        bool blank = true;
        if (r.skipped > 0)
            escape(r.markup, text_of(text), length, false);
        for (int i = 0; i < length && r.skipped == 0 && blank; i++)
            blank = std::strchr(" \t\r\n", text[i]);
        return blank;
    });
}

void on_problem(void *context, xmlErrorPtr)
{
    guard(context, [](Reader &) { return false; });
}

void intern(Reader &r)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        r.element_names[i] = r.name(elements[i].name);
    for (size_t i = 0; i < ATTRIBUTES; i++)
        r.attribute_names[i] = r.name(attributes[i].name);
    for (size_t is = 0, i = 0; is <= KINDS; is++) {
        while (i < ATTRIBUTES && attributes[i].of < is)
            i++;
        r.first[is] = i;
    }
    r.space_uris[NONE] = nullptr;
    for (int s = CORE; s < SPACES; s++)
        r.space_uris[s] = r.name(URIS[s]);
    r.meta_id = r.name("metaid");
    r.term = r.name("sboTerm");
    r.notes = r.name("notes");
}

bool parse(Reader &r, const std::string &text)
{
    xmlSAXHandler handler = {};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = on_start;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.cdataBlock = on_text;
    handler.serror = on_problem;
    r.parser = xmlCreatePushParserCtxt(&handler, &r, nullptr, 0, nullptr);
    r.words = xmlDictCreate();
    if (!r.parser || !r.words)
        throw std::bad_alloc();
    xmlCtxtUseOptions(r.parser, XML_PARSE_NONET);
    intern(r);
    r.levels.push_back({OUTSIDE, 0, false});
    bool declared = text.compare(0, 5, "<?xml") == 0;
    if (declared && text.find("encoding") > text.find("?>"))
        return false;
    const size_t PIECE = 1 << 20;
    for (size_t at = 0; at < text.size() && !r.refused && !r.no_memory; at += PIECE) {
        size_t length = text.size() - at < PIECE ? text.size() - at : PIECE;
        xmlParseChunk(r.parser, text.data() + at, (int)length, at + length == text.size());
    }
    if (r.no_memory)
        throw std::bad_alloc();
    return !r.refused && r.parser->wellFormed && r.levels.size() == 1;
}

/* ---- the model ---- */

struct Reading {
    Reader &r;
    const ObjectiveRead *objective; /* or NULL */
    std::unordered_map<Name, double> coefficients;
};

/* Whether there is just one objective meant, and of reactions that there are. */
bool choose_objective(Reading &reading, const char *wanted)
{
    Reader &r = reading.r;
    if (r.objectives.empty())
        return !wanted && !r.active;
    for (const ObjectiveRead &o : r.objectives)
        if (wanted ? std::strcmp(text_of(o.id), wanted) == 0 : o.id == r.active)
            reading.objective = &o;
    if (!reading.objective)
        return false;
    std::unordered_set<Name> there;
    for (const ReactionRead &reaction : r.reactions)
        there.insert(reaction.id);
    double largest = 0;
    for (const Term &term : reading.objective->terms) {
        if (!there.count(term.species))
            return false;
        reading.coefficients[term.species] += term.coefficient;
    }
    for (auto &item : reading.coefficients)
        largest = std::fmax(largest, std::fabs(item.second));
    for (auto &item : reading.coefficients)
        if (item.second != 0 && !(std::fabs(item.second) > ROUNDING * std::fmin(largest, 1)))
            return false;
    return true;
}

bool find_bound(const Reader &r, Name id, double *bound)
{
    if (!id)
        return !r.strict;
    auto found = r.parameters.find(id);
    if (found == r.parameters.end() || std::isnan(found->second))
        return false;
    *bound = found->second;
    return true;
}

/* As fbc.cpp writes it: labels where they can stand in a rule. */
std::string gene_name(const Reader &r, Name id)
{
    auto found = r.labels.find(id);
    bool labelled = found != r.labels.end() && bx_rule_can_name(found->second.c_str());
    return labelled ? found->second : text_of(id);
}

bool have_names(const Reader &r)
{
    for (const Mark &m : r.marks)
        if (m.is == GENE_HERE && (gene_name(r, m.gene).size() > BX_NAME_LENGTH ||
                                  !bx_rule_can_name(gene_name(r, m.gene).c_str())))
            return false;
    return true;
}

std::string rule_of(const Reader &r, size_t from, size_t to)
{
    std::string rule;
    std::vector<mark> open;
    for (size_t i = from; i < to; i++) {
        const Mark &m = r.marks[i];
        bool first = i == from || r.marks[i - 1].is == OPEN_AND || r.marks[i - 1].is == OPEN_OR;
        if (m.is != CLOSE && !first)
            rule += open.back() == OPEN_AND ? " and " : " or ";
        switch (m.is) {
        case GENE_HERE: rule += gene_name(r, m.gene); break;
        case CLOSE:
            rule += ")";
            open.pop_back();
            break;
        default: rule += "("; open.push_back(m.is);
        }
    }
    return rule;
}

bool have_bounds(const Reader &r)
{
    double bound;
    for (const ReactionRead &reaction : r.reactions)
        if (!find_bound(r, reaction.lower, &bound) || !find_bound(r, reaction.upper, &bound))
            return false;
    return true;
}

int add_reaction(const Reading &reading, size_t i, bx_fba *fba, bx_error *err)
{
    const Reader &r = reading.r;
    const ReactionRead &from = r.reactions[i];
    bool last = i + 1 == r.reactions.size();
    size_t terms_end = last ? r.terms.size() : r.reactions[i + 1].terms;
    size_t marks_end = last ? r.marks.size() : r.reactions[i + 1].marks;
    std::string rule = from.rule_problem ? "" : rule_of(r, from.marks, marks_end);
    std::vector<bx_fba_term> terms;
    for (size_t k = from.terms; k < terms_end; k++)
        terms.push_back({text_of(r.terms[k].species), r.terms[k].coefficient});
    auto coefficient = reading.coefficients.find(from.id);
    bx_fba_reaction to = {};
    to.id = text_of(from.id);
    to.terms = terms.data();
    to.term_count = terms.size();
    to.lower = from.reversible ? -INFINITY : 0;
    to.upper = INFINITY;
    find_bound(r, from.lower, &to.lower);
    find_bound(r, from.upper, &to.upper);
    to.objective = coefficient == reading.coefficients.end() ? 0 : coefficient->second;
    to.rule = rule.c_str();
    return bx_fba_add_reaction(fba, &to, err);
}

/* One warning a kind, and one for each rule that is none. */
int warn(const Reader &r, bx_warnings *warnings, bx_error *err)
{
    for (const Oddity &odd : r.oddities) {
        std::string more = odd.count > 1 ? ", the first of " + std::to_string(odd.count) : "";
        if (bx_warn(warnings, err, "form", odd.id.empty() ? nullptr : odd.id.c_str(),
                    "%.200s%s: %.200s", odd.where.c_str(), more.c_str(), odd.what.c_str()) < 0)
            return -1;
    }
    for (const ReactionRead &reaction : r.reactions)
        if (reaction.rule_problem && bx_warn(warnings, err, "gene_rule", text_of(reaction.id),
                                             "reaction \"%.64s\": its gene rule is left out: %s",
                                             text_of(reaction.id), reaction.rule_problem) < 0)
            return -1;
    return 0;
}

/* An objective beside the one that is taken; one that is none is left out. */
int add_objective(const ObjectiveRead &objective, bx_fba *fba, bx_error *err)
{
    std::unordered_map<size_t, double> sums;
    std::vector<bx_fba_part> parts;
    bx_error problem;
    for (const Term &term : objective.terms) {
        size_t reaction = bx_fba_find_reaction(fba, text_of(term.species));
        if (reaction == BX_FBA_NONE)
            return 0;
        sums[reaction] += term.coefficient;
    }
    for (const auto &sum : sums)
        parts.push_back({sum.first, sum.second, false});
    std::sort(parts.begin(), parts.end(),
              [](const bx_fba_part &a, const bx_fba_part &b) { return a.reaction < b.reaction; });
    bx_fba_sum_view sum = {};
    sum.id = text_of(objective.id);
    sum.parts = parts.data();
    sum.part_count = parts.size();
    sum.maximise = objective.maximise;
    bool failed = bx_fba_add_sum(fba, BX_FBA_OBJECTIVES, &sum, &problem) < 0;
    return failed && problem.code == BX_EMEMORY ? bx_fail_memory(err) : 0;
}

int fill_abouts(const Reading &reading, bx_fba *fba, bx_error *err)
{
    Reader &r = reading.r;
    if (reading.objective)
        sbml::say(r.model_about, BX_ABOUT_OBJECTIVE, text_of(reading.objective->id));
    if (sbml::give(fba, BX_FBA_MODEL, 0, r.model_about, err) < 0)
        return -1;
    for (size_t i = 0; i < r.species_abouts.size(); i++)
        if (sbml::give(fba, BX_FBA_METABOLITE, i, r.species_abouts[i], err) < 0)
            return -1;
    for (size_t i = 0; i < r.reaction_abouts.size(); i++)
        if (sbml::give(fba, BX_FBA_REACTION, i, r.reaction_abouts[i], err) < 0)
            return -1;
    for (const auto &gene : r.genes)
        if (sbml::give_gene(fba, gene_name(r, gene.first), gene.second, err) < 0)
            return -1;
    for (const std::string &about : r.group_abouts)
        if (sbml::give_group(fba, about, err) < 0)
            return -1;
    return sbml::settle_about(fba, err);
}

int fill(const Reading &reading, bx_fba *fba, char taken[256], bx_error *err)
{
    const Reader &r = reading.r;
    bx_fba_set_sbml_ids(fba);
    if (reading.objective) {
        std::strncpy(taken, text_of(reading.objective->id), 255);
        bx_fba_set_sense(fba, reading.objective->maximise);
    }
    for (const auto &species : r.species)
        if (bx_fba_add_metabolite(fba, text_of(species.first), species.second, err) < 0)
            return -1;
    for (size_t i = 0; i < r.reactions.size(); i++)
        if (add_reaction(reading, i, fba, err) < 0)
            return -1;
    for (const ObjectiveRead &objective : r.objectives)
        if (&objective != reading.objective && add_objective(objective, fba, err) < 0)
            return -1;
    return fill_abouts(reading, fba, err) < 0 ? -1 : 1;
}

} // namespace

int bx_sbml_read_plain(const std::string &text, const char *objective, bx_warnings *warnings,
                       bx_fba *fba, char taken[256], bx_error *err)
{
    try {
        Reader r;
        if (!parse(r, text))
            return 0;
        Reading reading = {r, nullptr, {}};
        if (!have_bounds(r) || !have_names(r) || !choose_objective(reading, objective))
            return 0;
        return warn(r, warnings, err) < 0 ? -1 : fill(reading, fba, taken, err);
    } catch (...) {
        return bx_fail_memory(err);
    }
}
