#include "sbml/intake.h"

#include "sbml/bounds.h"
#include "sbml/text.h"

#include <algorithm>
#include <cstring>
#include <map>

extern "C" {
#include "sbml/compression.h"
}

namespace
{

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

bool is_ascii(const std::string &text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

/* Where the text is in ASCII, it does not matter which encoding its declaration says, if that is
 * one of single bytes; and white space in front of the declaration is nothing. */
int mend_declaration(std::string &text, bx_warnings *warnings, bx_error *err)
{
    size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos || text.compare(begin, 5, "<?xml") != 0)
        return 0;
    if (begin > 0 && bx_warn(warnings, err, "form", nullptr,
                             "there is white space in front of the XML declaration") < 0)
        return -1;
    text.erase(0, begin);
    size_t name = text.find("encoding"), end = text.find("?>");
    size_t open = name < end ? text.find_first_of("\"'", name) : end;
    size_t close = open < end ? text.find(text[open], open + 1) : end;
    if (end == std::string::npos || close >= end)
        return 0;
    std::string encoding = text.substr(open + 1, close - open - 1);
    if (strcasecmp(encoding.c_str(), "UTF-8") == 0 || !is_ascii(text))
        return 0;
    text.replace(name, close + 1 - name, "encoding=\"UTF-8\"");
    return bx_warn(warnings, err, "encoding", nullptr,
                   "the text says that it is in %.40s, where SBML wants UTF-8", encoding.c_str());
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
    return mend_declaration(text, warnings, err);
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
    {"%PDF", "PDF"},
    {"\xFD"
     "7zXZ",
     "compressed by xz: unpack it"},
    {"\x28\xB5\x2F\xFD", "compressed by zstd: unpack it"},
    {"7z\xBC\xAF", "an archive of 7-Zip: unpack it"},
    {"Rar!", "an archive of RAR: unpack it"},
    {"version https://git-lfs.github.com",
     "a pointer of Git LFS: \"git lfs pull\" fetches the file"},
};

std::string format_of(const std::string &text)
{
    for (const Format &format : beginnings)
        if (text.compare(0, strlen(format.mark), format.mark) == 0)
            return format.is;
    if (text.compare(std::min<size_t>(257, text.size()), 5, "ustar") == 0)
        return "an archive of tar: unpack it";
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
int check_text(std::string &text, Annotations *annotations, Kept *kept, bx_error *err)
{
    if (text.size() > BX_SBML_LENGTH)
        return bx_fail(err, BX_EMODEL, "SBML: %zu bytes expected at most, got %zu", BX_SBML_LENGTH,
                       text.size());
    std::string other = format_of(text);
    if (!other.empty())
        return bx_fail(err, BX_EMODEL, "a model in SBML expected; this is %s", other.c_str());
    if (memchr(text.data(), 0, text.size()))
        return bx_fail(err, BX_EMODEL, "SBML: text in UTF-8 expected, found a zero byte");
    if (text.find("<!DOCTYPE") != std::string::npos || text.find("<!ENTITY") != std::string::npos)
        return bx_fail(err, BX_EMODEL, "SBML: a document type declaration is not allowed");
    return bx_sbml_bound(text, annotations, kept, err);
}

/* ---- archives ---- */

/* A buffer that is freed, with the bound of a model. */
struct Bytes {
    bx_buffer buffer = {};
    Bytes()
    {
        buffer.limit = BX_SBML_LENGTH;
    }
    ~Bytes()
    {
        bx_buffer_free(&buffer);
    }
    std::string text() const
    {
        return buffer.data ? std::string(reinterpret_cast<char *>(buffer.data), buffer.length) : "";
    }
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;
};

const uint8_t *bytes_of(const std::string &text)
{
    return reinterpret_cast<const uint8_t *>(text.data());
}

int decompress(std::string &text, bx_error *err)
{
    Bytes out;
    if (!bx_is_compressed(bytes_of(text), text.size()))
        return 0;
    if (bx_decompress(bytes_of(text), text.size(), &out.buffer, err) < 0)
        return -1;
    text = out.text();
    return 0;
}

bool ends_with(const std::string &text, const char *end)
{
    size_t length = strlen(end);
    return text.size() >= length && strcasecmp(text.c_str() + text.size() - length, end) == 0;
}

/* The value of an attribute in the text of a tag. */
std::string attribute_of(const std::string &tag, const char *name)
{
    size_t at = tag.find(std::string(" ") + name + "=");
    size_t open = at == std::string::npos ? at : tag.find_first_of("\"'", at);
    size_t close = open == std::string::npos ? open : tag.find(tag[open], open + 1);
    return close == std::string::npos ? "" : tag.substr(open + 1, close - open - 1);
}

/* A location is a URI: "%20" is a space. */
std::string unescaped(const std::string &uri)
{
    std::string out;
    for (size_t i = 0; i < uri.size(); i++) {
        bool escaped = uri[i] == '%' && i + 2 < uri.size() && isxdigit((unsigned char)uri[i + 1]) &&
                       isxdigit((unsigned char)uri[i + 2]);
        out += escaped ? static_cast<char>(std::stoi(uri.substr(i + 1, 2), nullptr, 16)) : uri[i];
        i += escaped ? 2 : 0;
    }
    return out;
}

/* The models that the manifest of a COMBINE archive lists; only the master if that is one. */
std::vector<std::string> listed_models(std::string manifest)
{
    std::vector<std::string> models;
    std::replace_if(
        manifest.begin(), manifest.end(), [](char c) { return c && strchr("\t\r\n", c); }, ' ');
    for (size_t at = 0, end; (at = manifest.find("content ", at)) != std::string::npos &&
                             (end = manifest.find('>', at)) != std::string::npos;
         at = end) {
        std::string tag = manifest.substr(at, end - at);
        std::string location = unescaped(attribute_of(tag, "location"));
        if (attribute_of(tag, "format").find("sbml") == std::string::npos || location.empty())
            continue;
        location.erase(0, location.compare(0, 2, "./") == 0 ? 2 : location[0] == '/');
        if (attribute_of(tag, "master") == "true")
            return {location};
        models.push_back(location);
    }
    return models;
}

struct Archive {
    const std::string &bytes;
    std::vector<bx_zip_file> files;
    std::map<std::string, std::vector<size_t>> places; /* in `files`, by name */
    size_t read;                                       /* bytes of all files so far */
};

int list_file(void *data, const bx_zip_file *file, bx_error *)
{
    Archive *archive = static_cast<Archive *>(data);
    archive->places[file->name].push_back(archive->files.size());
    archive->files.push_back(*file);
    return 0;
}

int read_file(Archive &archive, const bx_zip_file &file, std::string &text, bx_error *err)
{
    Bytes out;
    if (bx_zip_read(bytes_of(archive.bytes), archive.bytes.size(), &file, &out.buffer, err) < 0)
        return -1;
    text = out.text();
    if (decompress(text, err) < 0)
        return -1;
    archive.read += text.size();
    return archive.read <= BX_SBML_LENGTH
               ? 0
               : bx_fail(err, BX_EMODEL, "at most %zu bytes of models expected", BX_SBML_LENGTH);
}

/* The names of the models in an archive: those that its manifest lists, or else by their names. */
int find_models(Archive &archive, std::vector<std::string> &models, bx_error *err)
{
    for (const bx_zip_file &file : archive.files) {
        std::string name = file.name, manifest;
        if (name == "manifest.xml") {
            if (read_file(archive, file, manifest, err) < 0)
                return -1;
            models = listed_models(manifest);
            return 0;
        }
        bool hidden =
            name[0] == '.' || name.find("/.") != std::string::npos || name.find("__MACOSX/") == 0;
        if (!hidden && (ends_with(name, ".xml") || ends_with(name, ".sbml") ||
                        ends_with(name, ".xml.gz") || ends_with(name, ".xml.bz2")))
            models.push_back(name);
    }
    return 0;
}

int read_model(Archive &archive, const std::string &name, std::string &text, bx_error *err)
{
    auto found = archive.places.find(name);
    if (found == archive.places.end())
        return bx_fail(err, BX_EMODEL, "the archive's manifest names %.200s, which is not there",
                       name.c_str());
    if (found->second.size() > 1)
        return bx_fail(err, BX_EMODEL, "the archive has %.200s twice", name.c_str());
    return read_file(archive, archive.files[found->second[0]], text, err);
}

/* The archive's one model; among several that are called so, the one that is in SBML. */
int choose_model(Archive &archive, std::string &chosen, std::string &model, bx_error *err)
{
    std::vector<std::string> models;
    if (find_models(archive, models, err) < 0)
        return -1;
    for (const std::string &name : models) {
        std::string text;
        if (read_model(archive, name, text, err) < 0)
            return -1;
        if (models.size() > 1 && root_of(text) != "sbml")
            continue;
        if (!chosen.empty())
            return bx_fail(err, BX_EMODEL,
                           "the archive has several models, such as %.200s and %.200s; unpack the "
                           "one meant",
                           chosen.c_str(), name.c_str());
        chosen = name;
        model = text;
    }
    return chosen.empty() ? bx_fail(err, BX_EMODEL, "the archive has no model in SBML") : 0;
}

/* The models in the folder of the chosen one, which may refer to them. */
int read_beside(Archive &archive, const std::string &chosen, std::vector<Text> &beside,
                bx_error *err)
{
    std::string folder = chosen.substr(0, chosen.rfind('/') + 1);
    for (const bx_zip_file &file : archive.files) {
        std::string name = file.name, text;
        if (name == chosen || name.compare(0, folder.size(), folder) != 0 ||
            !ends_with(name, ".xml"))
            continue;
        if (read_file(archive, file, text, err) < 0)
            return -1;
        if (root_of(text) == "sbml")
            beside.push_back({name.substr(folder.size()), text});
    }
    return 0;
}

/* Put the archive's one model in place of its bytes. */
int unzip(std::string &text, std::vector<Text> &beside, bx_error *err)
{
    if (!bx_zip_is(bytes_of(text), text.size()))
        return 0;
    std::string chosen, model;
    Archive archive = {text, {}, {}, 0};
    if (bx_zip_each(bytes_of(text), text.size(), list_file, &archive, err) < 0 ||
        choose_model(archive, chosen, model, err) < 0)
        return -1;
    if (model.find("externalModelDefinition") != std::string::npos &&
        read_beside(archive, chosen, beside, err) < 0)
        return -1;
    text = model;
    return 0;
}

/* What is no format that has a name here, nor XML. */
int check_xml(const std::string &text, bx_error *err)
{
    size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] == '<')
        return 0;
    return bx_fail(err, BX_EMODEL, "a model in SBML expected; this is %s",
                   first == std::string::npos ? "empty" : "no XML");
}

int take_text(std::string &text, bx_warnings *warnings, Annotations *annotations, Kept *kept,
              bx_error *err)
{
    return decode(text, warnings, err) < 0 ? -1 : check_text(text, annotations, kept, err);
}

} // namespace

int bx_sbml_take_in(const bx_sbml_source *source, std::string &text, std::vector<Text> &externals,
                    Annotations *annotations, Kept *kept, bx_error *err)
{
    text.assign(source->text, source->length);
    if (decompress(text, err) < 0 || unzip(text, externals, err) < 0 ||
        take_text(text, source->warnings, annotations, kept, err) < 0 || check_xml(text, err) < 0)
        return -1;
    for (size_t i = 0; i < source->external_count; i++) {
        const bx_sbml_external *external = &source->externals[i];
        externals.push_back({external->name, std::string(external->text, external->length)});
    }
    for (Text &external : externals)
        if (take_text(external.text, source->warnings, nullptr, kept, err) < 0)
            return -1;
    return 0;
}
