#include "sbml/text.h"

#include "sbml/intake.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <sbml/extension/SBMLDocumentPlugin.h>
#include <sbml/packages/comp/common/CompExtensionTypes.h>
#include <sbml/packages/comp/util/SBMLResolverRegistry.h>
#include <sbml/packages/comp/util/SBMLUri.h>
#include <sbml/packages/fbc/validator/FbcSBMLError.h>
#include <sbml/util/List.h>
#include <string>
#include <vector>

LIBSBML_CPP_NAMESPACE_USE

const char bx_sbml_distrib[] = "http://www.sbml.org/sbml/level3/version1/distrib/version1";

namespace
{

const size_t FLAT_MAXIMUM = 20000, SUBMODEL_SIZE = 20;

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

class ExternalResolver : public SBMLResolver
{
  public:
    explicit ExternalResolver(const std::vector<Text> &externals) : mExternals(externals) {}

    SBMLResolver *clone() const override
    {
        return new ExternalResolver(*this);
    }

    SBMLDocument *resolve(const std::string &uri, const std::string &) const override
    {
        const Text *found = find(uri);
        return found ? readSBMLFromString(found->text.c_str()) : nullptr;
    }

    SBMLUri *resolveUri(const std::string &uri, const std::string &) const override
    {
        return find(uri) ? new SBMLUri("file:" + file_name(uri)) : nullptr;
    }

  private:
    const Text *find(const std::string &uri) const
    {
        std::string name = file_name(uri);
        for (const Text &external : mExternals)
            if (name == external.name)
                return &external;
        return nullptr;
    }

    const std::vector<Text> &mExternals;
};

/* While it lives, external files come from the texts at hand; libSBML's own resolver, which opens
 * files, is out. */
class OnlyTheseFiles
{
  public:
    explicit OnlyTheseFiles(const std::vector<Text> &externals)
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

bool begins_with(const std::string &text, const char *begin)
{
    return text.compare(0, strlen(begin), begin) == 0;
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
                                      NotesNotInXHTMLNamespace,
                                      NotesContainsXMLDecl,
                                      InvalidNotesContent,
                                      OnlyOneNotesElementAllowed,
                                      EmptyListElement,
                                      EmptyListOfUnits,
                                      EmptyUnitListElement,
                                      EmptyListInReaction,
                                      EmptyListInKineticLaw,
                                      FbcActiveObjectiveSyntax,
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

/* Whether what an error is about has no part in the mathematics, so that the meaning is certain:
 * pictures are listOfLayouts, globalRenderInformation and the like. */
bool is_formal(const SBMLError *error)
{
    if (error->isFatal())
        return false;
    if (is_one_of(error->getPackage(), {"layout", "render", "groups"}) ||
        breaks_form_alone(error->getErrorId()))
        return true;
    std::string detail = detail_of(error), name = quoted_in(detail);
    if (begins_with(detail, "listOf") && detail.find("cannot be empty") != std::string::npos)
        return true;
    if (begins_with(detail, "The required attribute 'fast' is missing"))
        return true;
    if (begins_with(detail, "xmlns=") && detail.find("in <layout>") != std::string::npos)
        return true;
    if (begins_with(detail, "Attribute '") &&
        detail.find("is not part of the definition") != std::string::npos)
        return is_one_of(name, {"charge", "chemicalFormula", "metaid", "name", "sboTerm"});
    return (begins_with(detail, "Element '") || detail.find("L3 package '") != std::string::npos) &&
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
        if (!begins_with(detail, "Reference:"))
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

/* Namespaces of others than SBML that the root says something of; libSBML knows none of them. */
int judge_foreign(const std::string &text, const SBMLDocument *document, bx_error *err)
{
    const XMLNamespaces *spaces = document->getNamespaces();
    for (int i = 0; spaces && i < spaces->getNumNamespaces(); i++) {
        std::string prefix = spaces->getPrefix(i);
        if (prefix.empty() || spaces->getURI(i).find("www.sbml.org/sbml/") != std::string::npos)
            continue;
        size_t at = text.find(prefix + ":required"), open = text.find_first_of("\"'", at);
        if (at != std::string::npos && isspace(static_cast<unsigned char>(text[at - 1])) &&
            open != std::string::npos && text.compare(open + 1, 4, "true") == 0)
            return judge_package(prefix, true, nullptr, err);
    }
    return 0;
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

/* How much flattening makes of a model, roughly in elements: libSBML looks through all for each. A
 * model within itself counts as nothing: libSBML says that it is. */
size_t flat_size(Model *model, std::map<const Model *, size_t> &known)
{
    auto found = known.find(model);
    if (found != known.end())
        return found->second;
    known[model] = 0;
    List *elements = model->getAllElements();
    size_t size = elements->getSize();
    delete elements;
    auto *plugin = static_cast<CompModelPlugin *>(model->getPlugin("comp"));
    auto *definitions =
        static_cast<CompSBMLDocumentPlugin *>(model->getSBMLDocument()->getPlugin("comp"));
    unsigned count = plugin && definitions ? plugin->getNumSubmodels() : 0;
    for (unsigned i = 0; i < count && size <= FLAT_MAXIMUM; i++) {
        SBase *named = definitions->getModel(plugin->getSubmodel(i)->getModelRef());
        auto *external = dynamic_cast<ExternalModelDefinition *>(named);
        Model *meant = external ? external->getReferencedModel() : dynamic_cast<Model *>(named);
        size += SUBMODEL_SIZE + (meant ? flat_size(meant, known) : 0);
    }
    return known[model] = size;
}

int flatten(SBMLDocument *document, bx_error *err)
{
    if (!document->isPackageEnabled("comp"))
        return 0;
    std::map<const Model *, size_t> known;
    Model *model = document->getModel();
    if (model && flat_size(model, known) > FLAT_MAXIMUM)
        return bx_fail(err, BX_EMODEL,
                       "SBML: with its submodels (comp) the model has more than %zu elements, "
                       "where each submodel counts as %zu more",
                       FLAT_MAXIMUM, SUBMODEL_SIZE);
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
    Annotations *annotations;                              /* or NULL */
    Kept *kept;                                            /* or NULL */
    int (*first)(void *, const std::string &, bx_error *); /* or NULL */
    int (*use)(void *, SBMLDocument_t *, bx_error *);
    void *data;
};

int read_document(void *data, bx_error *err)
{
    const Reading *r = static_cast<const Reading *>(data);
    const bx_sbml_source *source = r->source;
    std::string text;
    std::vector<Text> externals;
    if (bx_sbml_take_in(source, text, externals, r->annotations, r->kept, err) < 0)
        return -1;
    int done = r->first ? r->first(r->data, text, err) : 0;
    if (done != 0)
        return done < 0 ? -1 : 0;
    OnlyTheseFiles only(externals);
    Document document(readSBMLFromString(text.c_str()));
    if (!document.pointer)
        return bx_fail_memory(err);
    if (judge_foreign(text, document.pointer, err) < 0 ||
        judge_packages(document.pointer, source->warnings, err) < 0 ||
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
    return bx_sbml_with_text(source, nullptr, nullptr, nullptr, use, data, err);
}

int bx_sbml_with_text(const bx_sbml_source *source, Annotations *annotations, Kept *kept,
                      int (*first)(void *data, const std::string &text, bx_error *),
                      int (*use)(void *data, SBMLDocument_t *, bx_error *), void *data,
                      bx_error *err)
{
    Reading reading = {source, annotations, kept, first, use, data};
    return bx_sbml_guard(read_document, &reading, err);
}
