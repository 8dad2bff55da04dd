#include "sbml/text.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <sbml/packages/comp/common/CompExtensionTypes.h>
#include <sbml/packages/comp/util/SBMLResolverRegistry.h>
#include <sbml/packages/comp/util/SBMLUri.h>
#include <sbml/packages/fbc/validator/FbcSBMLError.h>
#include <string>

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

class ExternalResolver : public SBMLResolver
{
  public:
    ExternalResolver(const bx_sbml_external *externals, size_t count)
        : mExternals(externals), mCount(count)
    {
    }

    SBMLResolver *clone() const override
    {
        return new ExternalResolver(*this);
    }

    SBMLDocument *resolve(const std::string &uri, const std::string &) const override
    {
        const bx_sbml_external *found = find(uri);
        return found ? readSBMLFromString(found->text) : nullptr;
    }

    SBMLUri *resolveUri(const std::string &uri, const std::string &) const override
    {
        return find(uri) ? new SBMLUri("file:" + file_name(uri)) : nullptr;
    }

  private:
    const bx_sbml_external *find(const std::string &uri) const
    {
        std::string name = file_name(uri);
        for (size_t i = 0; i < mCount; i++)
            if (name == mExternals[i].name)
                return &mExternals[i];
        return nullptr;
    }

    const bx_sbml_external *mExternals;
    size_t mCount;
};

/* While it lives, external files come from the texts at hand; libSBML's own resolver, which opens
 * files, is out. */
class OnlyTheseFiles
{
  public:
    OnlyTheseFiles(const bx_sbml_external *externals, size_t count)
    {
        SBMLResolverRegistry &registry = SBMLResolverRegistry::getInstance();
        while (registry.getNumResolvers() > 0)
            registry.removeResolver(0);
        ExternalResolver resolver(externals, count);
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

/* How deep elements nest, and how many a formula has. */
int check_sizes(const char *text, size_t length, bx_error *err)
{
    const char *end = text + length, *p = text;
    size_t depth = 0, elements = 0;
    bool formula = false;
    while ((p = static_cast<const char *>(memchr(p, '<', end - p))) && ++p < end) {
        const char *tag = p;
        p = skip_what_is_no_element(tag, end);
        if (p != tag)
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

/* No type declarations, hence no entities of the text's own making. */
int check_text(const char *text, size_t length, bx_error *err)
{
    if (length > BX_SBML_LENGTH)
        return bx_fail(err, BX_EMODEL, "SBML: %zu bytes expected at most, got %zu", BX_SBML_LENGTH,
                       length);
    if (memchr(text, 0, length))
        return bx_fail(err, BX_EMODEL, "SBML: text in UTF-8 expected, found a zero byte");
    if (memmem(text, length, "<!DOCTYPE", 9) || memmem(text, length, "<!ENTITY", 8))
        return bx_fail(err, BX_EMODEL, "SBML: a document type declaration is not allowed");
    return check_sizes(text, length, err);
}

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
bool only_distrib_is_unknown(SBMLDocument *document)
{
    for (int i = 0; i < document->getNumUnknownPackages(); i++)
        if (document->getUnknownPackageURI(i) != bx_sbml_distrib)
            return false;
    return document->getNumUnknownPackages() > 0;
}

/* Nothing here reads the formulas of compounds, which genome-scale models often get wrong. */
bool is_of_no_account(const SBMLError *error)
{
    return (!error->isError() && !error->isFatal()) ||
           error->getErrorId() == FbcSpeciesFormulaMustBeString;
}

/* The first error; warnings pass. */
const SBMLError *first_error(SBMLDocument *document)
{
    bool distrib = only_distrib_is_unknown(document);
    for (unsigned i = 0; i < document->getNumErrors(); i++) {
        const SBMLError *error = document->getError(i);
        if (is_of_no_account(error))
            continue;
        if (!distrib || (error->getErrorId() != RequiredPackagePresent &&
                         error->getErrorId() != BadCsymbolDefinitionURLValue))
            return error;
    }
    return nullptr;
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

int with_document(const char *text, size_t length, const bx_sbml_external *externals, size_t count,
                  int (*use)(void *, SBMLDocument_t *, bx_error *), void *data, bx_error *err)
{
    if (check_text(text, length, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (check_text(externals[i].text, externals[i].length, err) < 0)
            return -1;
    OnlyTheseFiles only(externals, count);
    Document document(readSBMLFromString(std::string(text, length).c_str()));
    if (!document.pointer)
        return bx_fail_memory(err);
    if (const SBMLError *error = first_error(document.pointer))
        return fail_with(error, "the text can't be read", err);
    if (only_distrib_is_unknown(document.pointer) &&
        check_symbols(std::string(text, length), err) < 0)
        return -1;
    if (flatten(document.pointer, err) < 0)
        return -1;
    if (!document.pointer->getModel())
        return bx_fail(err, BX_EMODEL, "SBML: the text holds no model");
    return use(data, document.pointer, err);
}

} // namespace

namespace
{

struct Reading {
    const char *text;
    size_t length;
    const bx_sbml_external *externals;
    size_t count;
    int (*use)(void *, SBMLDocument_t *, bx_error *);
    void *data;
};

int read_document(void *data, bx_error *err)
{
    const Reading *r = static_cast<const Reading *>(data);
    return with_document(r->text, r->length, r->externals, r->count, r->use, r->data, err);
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

extern "C" int bx_sbml_with_document(const char *text, size_t length,
                                     const bx_sbml_external *externals, size_t count,
                                     int (*use)(void *, SBMLDocument_t *, bx_error *), void *data,
                                     bx_error *err)
{
    Reading reading = {text, length, externals, count, use, data};
    return bx_sbml_guard(read_document, &reading, err);
}
