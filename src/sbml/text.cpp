#include "sbml/text.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <sbml/extension/SBMLDocumentPlugin.h>
#include <sbml/packages/comp/common/CompExtensionTypes.h>
#include <sbml/packages/comp/util/SBMLResolverRegistry.h>
#include <sbml/packages/comp/util/SBMLUri.h>
#include <sbml/packages/fbc/validator/FbcSBMLError.h>
#include <string>
#include <vector>

LIBSBML_CPP_NAMESPACE_USE

const char bx_sbml_distrib[] = "http://www.sbml.org/sbml/level3/version1/distrib/version1";

namespace
{

/* The names of external files, without a folder in front: that is all there is. */
std::string file_name(std::string uri)
{
    static const std::string scheme = "file:";
    if (uri.compare(0, scheme.size(), scheme) == 0)
        uri.erase(0, scheme.size());
    while (uri.compare(0, 2, "./") == 0)
        uri.erase(0, 2);
    return uri;
}

/* Its text in UTF-8. */
struct External {
    std::string name, text;
};

class ExternalResolver : public SBMLResolver
{
  public:
    explicit ExternalResolver(const std::vector<External> &externals) : mExternals(externals) {}

    SBMLResolver *clone() const override
    {
        return new ExternalResolver(*this);
    }

    SBMLDocument *resolve(const std::string &uri, const std::string &) const override
    {
        const External *found = find(uri);
        return found ? readSBMLFromString(found->text.c_str()) : nullptr;
    }

    SBMLUri *resolveUri(const std::string &uri, const std::string &) const override
    {
        return find(uri) ? new SBMLUri("file:" + file_name(uri)) : nullptr;
    }

  private:
    const External *find(const std::string &uri) const
    {
        std::string name = file_name(uri);
        for (const External &external : mExternals)
            if (name == external.name)
                return &external;
        return nullptr;
    }

    const std::vector<External> &mExternals;
};

/* While it lives, external files come from the texts at hand; libSBML's own resolver, which opens
 * files, is out. */
class OnlyTheseFiles
{
  public:
    explicit OnlyTheseFiles(const std::vector<External> &externals)
    {
        SBMLResolverRegistry &registry = SBMLResolverRegistry::getInstance();
        while (registry.getNumResolvers() > 0)
            registry.removeResolver(0);
        ExternalResolver resolver(externals);
        registry.addResolver(&resolver);
    }

    ~OnlyTheseFiles()
    {
        SBMLResolverRegistry::getInstance().removeResolver(0);
    }
};

struct Document {
    SBMLDocument *pointer;
    explicit Document(SBMLDocument *document) : pointer(document) {}
    ~Document()
    {
        delete pointer;
    }
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;
};

/* libSBML reads elements, and frees formulas, by recursion: within these bounds it takes some 5 MB
 * of stack at most. */
const size_t DEPTH_MAXIMUM = 2000;
const size_t FORMULA_MAXIMUM = 100000; /* elements of a formula */

/* The ">" of the tag that begins at `p`; what is quoted in it does not count. */
const char *end_of_tag(const char *p, const char *end)
{
    for (; p < end && *p != '>'; p++)
        if (*p == '"' || *p == '\'') {
            const char *close = static_cast<const char *>(memchr(p + 1, *p, end - p - 1));
            p = close ? close : end - 1;
        }
    return p;
}

bool is_math(const char *tag, const char *end)
{
    std::string name(tag, std::find_if(tag, end, [](char c) { return strchr(" \t\r\n/", c); }));
    return name == "math" || (name.size() > 5 && name.compare(name.size() - 5, 5, ":math") == 0);
}

/* How deep elements nest, and how many a formula has. */
int check_sizes(const char *text, size_t length, bx_error *err)
{
    const char *end = text + length, *p = text;
    size_t depth = 0, elements = 0;
    bool formula = false;
    while ((p = static_cast<const char *>(memchr(p, '<', end - p))) && ++p < end) {
        const char *tag = p;
        if (end - tag > 3 && memcmp(tag, "!--", 3) == 0)
            p = static_cast<const char *>(memmem(tag, end - tag, "-->", 3));
        if (!p)
            return 0;
        if (*tag == '!' || *tag == '?')
            continue;
        bool closes = *tag == '/';
        p = end_of_tag(tag, end);
        bool opens = !closes && p[-1] != '/';
        if (is_math(tag + closes, p)) {
            formula = opens;
            elements = 0;
        }
        elements += !closes;
        depth += opens;
        depth -= closes && depth > 0;
        if (depth > DEPTH_MAXIMUM)
            return bx_fail(err, BX_EMODEL, "SBML: elements nest more than %zu deep", DEPTH_MAXIMUM);
        if (formula && elements > FORMULA_MAXIMUM)
            return bx_fail(err, BX_EMODEL, "SBML: a formula has more than %zu elements",
                           FORMULA_MAXIMUM);
    }
    return 0;
}

/* ---- encodings ---- */

const char UTF_8_MARK[] = "\xEF\xBB\xBF";

void append_utf_8(std::string &out, unsigned code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned heads[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(heads[more] | code >> 6 * more);
    while (more-- > 0)
        out += static_cast<char>(0x80 | ((code >> 6 * more) & 0x3F));
}

/* UTF-16 as UTF-8; empty where it is none. */
std::string from_utf_16(const std::string &text, bool big)
{
    std::string out;
    auto unit = [&](size_t i) {
        unsigned char a = text[i], b = text[i + 1];
        return big ? a << 8U | b : b << 8U | a;
    };
    for (size_t i = 0; i + 1 < text.size(); i += 2) {
        unsigned code = unit(i);
        if (code >= 0xD800 && code < 0xDC00 && i + 3 < text.size()) {
            unsigned low = unit(i += 2);
            if (low < 0xDC00 || low > 0xDFFF)
                return "";
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xD800 && code < 0xE000) {
            return "";
        }
        append_utf_8(out, code);
    }
    return text.size() % 2 ? "" : out;
}

/* What is in UTF-16 says so by a mark, or by the zero beside its first "<". */
int decode(std::string &text, bx_warnings *warnings, bx_error *err)
{
    std::string head = text.substr(0, 2);
    bool big = head == "\xFE\xFF" || head == std::string("\0<", 2);
    if (big || head == "\xFF\xFE" || head == std::string("<\0", 2)) {
        text = from_utf_16(text, big);
        if (text.empty())
            return bx_fail(err, BX_EMODEL, "SBML: the text is damaged UTF-16");
        if (bx_warn(warnings, err, "encoding", nullptr,
                    "the text is in UTF-16, where SBML wants UTF-8") < 0)
            return -1;
        size_t name = text.find("encoding"), end = text.find("?>");
        if (name < end && end != std::string::npos)
            text.replace(name, end - name, "encoding=\"UTF-8\"");
    }
    if (text.compare(0, 3, UTF_8_MARK) == 0)
        text.erase(0, 3);
    return 0;
}

/* ---- what else people have ---- */

/* The name of the outermost element. */
std::string root_of(const std::string &text)
{
    size_t at = 0;
    while ((at = text.find('<', at)) != std::string::npos) {
        const char *ends = text.compare(at, 4, "<!--") == 0 ? "-->" : ">";
        if (text[at + 1] != '!' && text[at + 1] != '?')
            break;
        at = text.find(ends, at);
    }
    if (at == std::string::npos)
        return "";
    std::string name = text.substr(at + 1, text.find_first_of(" \t\r\n/>", at) - at - 1);
    size_t colon = name.find(':');
    return colon == std::string::npos ? name : name.substr(colon + 1);
}

struct Format {
    const char *mark; /* the root of XML, or how other text begins; or what is in it */
    const char *is;
};

const Format xml_formats[] = {
    {"sedML", "SED-ML, which says how to simulate a model: load the model that it names"},
    {"COPASI", "a file of COPASI, which exports SBML"},
    {"omexManifest", "the manifest of a COMBINE archive: load the archive or the model that it "
                     "names"},
    {"html", "a page of HTML: was the model saved by the link to its file?"},
    {"neuroml", "NeuroML"},
    {"sbgn", "SBGN, a picture of a network"},
    {"bioPAX", "BioPAX"},
    {"RDF", "RDF, as BioPAX is: it has no kinetics"},
};

const Format beginnings[] = {
    {"MATLAB 5.0 MAT-file", "a file of MATLAB: the COBRA Toolbox and cobrapy write SBML"},
    {"PK\x03\x04", "an archive (zip): load it by its path"},
    {"\x1F\x8B", "compressed by gzip: load it by its path"},
    {"BZh", "compressed by bzip2: load it by its path"},
    {"%PDF", "PDF"},
};

std::string format_of(const std::string &text)
{
    for (const Format &format : beginnings)
        if (text.compare(0, strlen(format.mark), format.mark) == 0)
            return format.is;
    auto has = [&](const char *what) { return text.find(what) != std::string::npos; };
    char first = text[std::min(text.find_first_not_of(" \t\r\n"), text.size())];
    if (first == '<') {
        std::string root = root_of(text);
        for (const Format &format : xml_formats)
            if (root == format.mark)
                return format.is;
        if (root == "model" && has("www.cellml.org"))
            return "CellML";
        return "";
    }
    if ((first == '{' || has("metabolites:")) && has("metabolites") && has("reactions"))
        return std::string(first == '{' ? "JSON" : "YAML") +
               " of cobrapy: cobra.io.write_sbml_model() writes SBML";
    if (first == '{' || first == '[')
        return "JSON";
    if (has("begin model") || has("begin reaction rules"))
        return "BNGL: writeSBML() of BioNetGen makes SBML of it";
    if ((has("->") || has("=>")) && has(";"))
        return "Antimony, it seems: antimony and tellurium make SBML of it";
    return "";
}

/* ---- the text ---- */

/* No type declarations, hence no entities of the text's own making. */
int check_text(const std::string &text, bx_error *err)
{
    std::string other = format_of(text);
    if (!other.empty())
        return bx_fail(err, BX_EMODEL, "a model in SBML expected; this is %s", other.c_str());
    if (memchr(text.data(), 0, text.size()))
        return bx_fail(err, BX_EMODEL, "SBML: text in UTF-8 expected, found a zero byte");
    if (text.find("<!DOCTYPE") != std::string::npos || text.find("<!ENTITY") != std::string::npos)
        return bx_fail(err, BX_EMODEL, "SBML: a document type declaration is not allowed");
    return check_sizes(text.data(), text.size(), err);
}

int take_text(const char *text, size_t length, std::string &out, bx_warnings *warnings,
              bx_error *err)
{
    if (length > BX_SBML_LENGTH)
        return bx_fail(err, BX_EMODEL, "SBML: %zu bytes expected at most, got %zu", BX_SBML_LENGTH,
                       length);
    out.assign(text, length);
    return decode(out, warnings, err) < 0 ? -1 : check_text(out, err);
}

/* ---- what libSBML says ---- */

int fail_with(const SBMLError *error, const char *what, bx_error *err)
{
    std::string message = error ? error->getMessage() : "no reason given";
    std::replace(message.begin(), message.end(), '\n', ' ');
    while (!message.empty() && message.back() == ' ')
        message.pop_back();
    if (!error)
        return bx_fail(err, BX_EMODEL, "SBML: %s: %s", what, message.c_str());
    return bx_fail(err, BX_EMODEL, "SBML: %s: line %u, column %u: %.600s", what, error->getLine(),
                   error->getColumn(), message.c_str());
}

/* Debian's libSBML is built without distrib; of what it then reports of that package, nothing
 * stands in the way: the names of its functions are read. */
bool only_distrib_is_unknown(const SBMLDocument *document)
{
    for (int i = 0; i < document->getNumUnknownPackages(); i++)
        if (document->getUnknownPackageURI(i) != bx_sbml_distrib)
            return false;
    return document->getNumUnknownPackages() > 0;
}

/* The last line of a message is about the element at hand, or only says where the rule stands. */
std::string detail_of(const SBMLError *error)
{
    std::string text = error->getMessage();
    text.erase(text.find_last_not_of(" \n") + 1);
    size_t line = text.rfind('\n');
    text.erase(0, line == std::string::npos ? 0 : line + 1);
    return text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
}

/* What a message says in quotes. */
std::string quoted_in(const std::string &text)
{
    size_t open = text.find('\'');
    size_t close = open == std::string::npos ? open : text.find('\'', open + 1);
    return close == std::string::npos ? "" : text.substr(open + 1, close - open - 1);
}

bool is_one_of(const std::string &word, std::initializer_list<const char *> list)
{
    return std::find(list.begin(), list.end(), word) != list.end();
}

/* Ids and terms, notes for readers, lists that are empty: the text breaks a rule and says the same.
 */
bool breaks_form_alone(unsigned id)
{
    static const unsigned formal[] = {MissingXMLEncoding,
                                      DuplicateMetaId,
                                      InvalidSBOTermSyntax,
                                      InvalidMetaidSyntax,
                                      InvalidIdSyntax,
                                      InvalidNameSyntax,
                                      MissingAnnotationNamespace,
                                      DuplicateAnnotationNamespaces,
                                      SBMLNamespaceInAnnotation,
                                      MultipleAnnotations,
                                      NotesNotInXHTMLNamespace,
                                      NotesContainsXMLDecl,
                                      InvalidNotesContent,
                                      OnlyOneNotesElementAllowed,
                                      EmptyListElement,
                                      EmptyListOfUnits,
                                      EmptyUnitListElement,
                                      EmptyListInReaction,
                                      EmptyListInKineticLaw,
                                      FbcSBMLSIdSyntax,
                                      FbcNoEmptyListOfs,
                                      FbcObjectiveLOFluxObjMustNotBeEmpty,
                                      FbcFluxBoundRectionMustBeSIdRef,
                                      FbcFluxObjectReactionMustBeSIdRef,
                                      FbcReactionLwrBoundSIdRef,
                                      FbcReactionUpBoundSIdRef,
                                      FbcGeneProdAssocIdSyntax,
                                      FbcGeneProdRefGeneProductSIdRef};
    return std::find(std::begin(formal), std::end(formal), id) != std::end(formal);
}

/* Whether what an error is about has no part in the mathematics, so that the meaning is certain. */
bool is_formal(const SBMLError *error)
{
    if (error->isFatal())
        return false;
    if (is_one_of(error->getPackage(), {"layout", "render", "groups"}) ||
        breaks_form_alone(error->getErrorId()))
        return true;
    std::string detail = detail_of(error), name = quoted_in(detail);
    if (detail.find("listOf") == 0 && detail.find("cannot be empty") != std::string::npos)
        return true;
    if (detail.find("The required attribute 'fast' is missing") == 0)
        return true;
    if (detail.find("Attribute '") == 0 &&
        detail.find("is not part of the definition") != std::string::npos)
        return is_one_of(name, {"charge", "chemicalFormula", "metaid", "name", "sboTerm"});
    return (detail.find("Element '") == 0 || detail.find("L3 package '") != std::string::npos) &&
           (name.find("ayout") != std::string::npos || name.find("ender") != std::string::npos);
}

bool is_of_no_account(const SBMLDocument *document, const SBMLError *error)
{
    unsigned id = error->getErrorId();
    if ((!error->isError() && !error->isFatal()) || id == FbcSpeciesFormulaMustBeString)
        return true; /* nothing here reads the formulas of compounds, often wrong */
    return (id == RequiredPackagePresent || id == BadCsymbolDefinitionURLValue) &&
           only_distrib_is_unknown(document);
}

/* The first error; warnings pass. */
const SBMLError *first_error(const SBMLDocument *document)
{
    for (unsigned i = 0; i < document->getNumErrors(); i++) {
        const SBMLError *error = document->getError(i);
        if (!is_of_no_account(document, error))
            return error;
    }
    return nullptr;
}

/* Errors of form alone become warnings, one a kind. */
int judge_errors(const SBMLDocument *document, bx_warnings *warnings, bx_error *err)
{
    std::vector<std::pair<const SBMLError *, unsigned>> kinds;
    for (unsigned i = 0; i < document->getNumErrors(); i++) {
        const SBMLError *error = document->getError(i);
        if (is_of_no_account(document, error))
            continue;
        if (!is_formal(error))
            return fail_with(error, "the text can't be read", err);
        auto same = std::find_if(kinds.begin(), kinds.end(), [&](auto &kind) {
            return kind.first->getErrorId() == error->getErrorId();
        });
        if (same == kinds.end())
            kinds.push_back({error, 1});
        else
            same->second++;
    }
    for (auto &kind : kinds) {
        std::string message = "line " + std::to_string(kind.first->getLine());
        std::string detail = detail_of(kind.first);
        if (kind.second > 1)
            message += ", the first of " + std::to_string(kind.second);
        message += ": " + kind.first->getShortMessage();
        if (detail.find("Reference:") != 0)
            message += ": " + detail;
        if (bx_warn(warnings, err, "form", nullptr, "%.600s", message.c_str()) < 0)
            return -1;
    }
    return 0;
}

int judge_package(const std::string &name, bool required, bx_warnings *warnings, bx_error *err)
{
    if (is_one_of(name,
                  {"comp", "fbc", "distrib", "l3v2extendedmath", "layout", "render", "groups"}))
        return 0;
    if (required)
        return bx_fail(err, BX_EMODEL,
                       "SBML: the model requires the package \"%.64s\", which is not supported",
                       name.c_str());
    return bx_warn(warnings, err, "package", name.c_str(), "the package \"%.64s\" is not read",
                   name.c_str());
}

/* A model that requires a package means something else without it. */
int judge_packages(SBMLDocument *document, bx_warnings *warnings, bx_error *err)
{
    for (unsigned i = 0; i < document->getNumPlugins(); i++) {
        auto *plugin = dynamic_cast<SBMLDocumentPlugin *>(document->getPlugin(i));
        if (plugin &&
            judge_package(plugin->getPackageName(), plugin->getRequired(), warnings, err) < 0)
            return -1;
    }
    for (int i = 0; i < document->getNumUnknownPackages(); i++) {
        std::string uri = document->getUnknownPackageURI(i);
        std::string name =
            uri == bx_sbml_distrib ? "distrib" : document->getUnknownPackagePrefix(i);
        if (judge_package(name, document->getPackageRequired(uri), warnings, err) < 0)
            return -1;
    }
    return 0;
}

/* Where libSBML does not know a symbol it goes by the name alone: this is to be the one meant. */
int check_symbols(const std::string &text, bx_error *err)
{
    static const std::string key = "definitionURL", core = "http://www.sbml.org/sbml/symbols/";
    for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
        size_t open = text.find_first_of("\"'", at);
        size_t close = open == std::string::npos ? open : text.find(text[open], open + 1);
        size_t end = close == std::string::npos ? close : text.find('>', close);
        size_t next = end == std::string::npos ? end : text.find('<', end);
        if (next == std::string::npos)
            break;
        std::string url = text.substr(open + 1, close - open - 1);
        std::string name = text.substr(end + 1, next - end - 1);
        name.erase(0, name.find_first_not_of(" \t\r\n"));
        name.erase(name.find_last_not_of(" \t\r\n") + 1);
        if (url == core + "distrib/" + name || url == core + "time" || url == core + "avogadro" ||
            url == core + "rateOf" || url == core + "delay")
            continue;
        return bx_fail(err, BX_EMODEL, "SBML: the csymbol \"%.64s\" (%.200s) is not supported",
                       name.c_str(), url.c_str());
    }
    return 0;
}

int flatten(SBMLDocument *document, bx_error *err)
{
    if (!document->isPackageEnabled("comp"))
        return 0;
    ConversionProperties properties;
    properties.addOption("flatten comp", true);
    properties.addOption("leavePorts", false);
    properties.addOption("performValidation", false);
    properties.addOption("abortIfUnflattenable", "none");
    document->getErrorLog()->clearLog();
    if (document->convert(properties) != LIBSBML_OPERATION_SUCCESS)
        return fail_with(first_error(document), "comp can't be flattened", err);
    return 0;
}

struct Reading {
    const bx_sbml_source *source;
    int (*use)(void *, SBMLDocument_t *, bx_error *);
    void *data;
};

int read_document(void *data, bx_error *err)
{
    const Reading *r = static_cast<const Reading *>(data);
    const bx_sbml_source *source = r->source;
    std::string text;
    std::vector<External> externals(source->external_count);
    if (take_text(source->text, source->length, text, source->warnings, err) < 0)
        return -1;
    for (size_t i = 0; i < externals.size(); i++) {
        externals[i].name = source->externals[i].name;
        if (take_text(source->externals[i].text, source->externals[i].length, externals[i].text,
                      source->warnings, err) < 0)
            return -1;
    }
    OnlyTheseFiles only(externals);
    Document document(readSBMLFromString(text.c_str()));
    if (!document.pointer)
        return bx_fail_memory(err);
    if (judge_packages(document.pointer, source->warnings, err) < 0 ||
        judge_errors(document.pointer, source->warnings, err) < 0 ||
        (only_distrib_is_unknown(document.pointer) && check_symbols(text, err) < 0) ||
        flatten(document.pointer, err) < 0)
        return -1;
    if (!document.pointer->getModel())
        return bx_fail(err, BX_EMODEL, "SBML: the text holds no model");
    return r->use(r->data, document.pointer, err);
}

} // namespace

extern "C" int bx_sbml_guard(int (*run)(void *data, bx_error *), void *data, bx_error *err)
{
    try {
        return run(data, err);
    } catch (const std::bad_alloc &) {
        return bx_fail_memory(err);
    } catch (const std::exception &problem) {
        return bx_fail(err, BX_EMODEL, "SBML: libSBML gave up: %.400s", problem.what());
    } catch (...) {
        return bx_fail(err, BX_EMODEL, "SBML: libSBML gave up");
    }
}

extern "C" int bx_sbml_check(SBMLDocument_t *document, bx_error *err)
{
    document->setConsistencyChecks(LIBSBML_CAT_UNITS_CONSISTENCY, false);
    document->setConsistencyChecks(LIBSBML_CAT_MODELING_PRACTICE, false);
    document->checkConsistency();
    const SBMLError *error = first_error(document);
    return error ? fail_with(error, "the model is not valid", err) : 0;
}

extern "C" int bx_sbml_with_document(const bx_sbml_source *source,
                                     int (*use)(void *, SBMLDocument_t *, bx_error *), void *data,
                                     bx_error *err)
{
    Reading reading = {source, use, data};
    return bx_sbml_guard(read_document, &reading, err);
}
