#include "sbml/units.h"

#include "sbml/text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

LIBSBML_CPP_NAMESPACE_USE

namespace
{

struct Told {
    void (*tell)(void *data, const char *kind, const char *id, const char *words);
    void *data;

    void say(const char *kind, const std::string &id, const std::string &words) const
    {
        tell(data, kind, id.c_str(), words.c_str());
    }
};

const char *prefix_of(int scale)
{
    static const struct {
        int scale;
        const char *word;
    } all[] = {{15, "peta"},  {12, "tera"},   {9, "giga"},   {6, "mega"},   {3, "kilo"},
               {2, "hecto"},  {1, "deca"},    {0, ""},       {-1, "deci"},  {-2, "centi"},
               {-3, "milli"}, {-6, "micro"},  {-9, "nano"},  {-12, "pico"}, {-15, "femto"},
               {-18, "atto"}, {-21, "zepto"}, {-24, "yocto"}};
    for (const auto &each : all)
        if (each.scale == scale)
            return each.word;
    return nullptr;
}

std::string number(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.10g", value);
    return text;
}

/* "millimole", "minute", "60 second". */
std::string name_of(const Unit *unit)
{
    std::string kind = UnitKind_toString(unit->getKind());
    double multiplier = unit->getMultiplier();
    int scale = unit->getScale();
    if (kind == "second" && scale == 0) {
        if (multiplier == 60)
            return "minute";
        if (multiplier == 3600)
            return "hour";
        if (multiplier == 86400)
            return "day";
    }
    /* what was put together has its scale in the multiplier */
    double power = std::log10(multiplier) + scale;
    if (multiplier > 0 && std::fabs(power - std::nearbyint(power)) < 1e-9 &&
        std::fabs(power) < 25) {
        const char *prefix = prefix_of(static_cast<int>(std::nearbyint(power)));
        if (prefix)
            return prefix + kind;
    }
    double factor = multiplier * std::pow(10.0, scale);
    return number(factor) + " " + kind;
}

std::string raised(const std::string &name, double exponent)
{
    if (exponent == 1)
        return name;
    if (exponent == 2)
        return name + " squared";
    if (exponent == 3)
        return name + " cubed";
    return name + " to the power of " + number(exponent);
}

std::string words_of(const UnitDefinition *definition)
{
    std::string above, below;
    for (unsigned i = 0; definition && i < definition->getNumUnits(); i++) {
        const Unit *unit = definition->getUnit(i);
        double exponent = unit->getExponentAsDouble();
        if (unit->getKind() == UNIT_KIND_DIMENSIONLESS && name_of(unit) == "dimensionless")
            continue;
        if (exponent > 0)
            above += (above.empty() ? "" : " ") + raised(name_of(unit), exponent);
        else if (exponent < 0)
            below += " per " + raised(name_of(unit), -exponent);
    }
    if (!definition || definition->getNumUnits() == 0)
        return "";
    if (above.empty() && below.empty())
        return "dimensionless";
    return above.empty() ? "1" + below : above + below;
}

/* Of a word of the model, such as its unit of time: by its attribute, or by the definition of that
 * name, or the unit itself. */
void say_general(const Told &told, const Model *model, const char *what, const std::string &unit,
                 const char *usual)
{
    const char *defined = strcmp(what, "extent") == 0 ? "substance" : what; /* before level 3 */
    bool early = model->getLevel() < 3 && model->getUnitDefinition(defined);
    std::string name = !unit.empty() ? unit : early ? defined : usual;
    const UnitDefinition *definition = model->getUnitDefinition(name);
    told.say("model", what, definition ? words_of(definition) : name);
}

void say_all(const Told &told, Model *model)
{
    bool early = model->getLevel() < 3;
    say_general(told, model, "substance", model->getSubstanceUnits(), early ? "mole" : "");
    say_general(told, model, "extent", model->getExtentUnits(), early ? "mole" : "");
    say_general(told, model, "time", model->getTimeUnits(), early ? "second" : "");
    say_general(told, model, "volume", model->getVolumeUnits(), early ? "litre" : "");
    for (unsigned i = 0; i < model->getNumCompartments(); i++) {
        Compartment *c = model->getCompartment(i);
        told.say("compartment", c->getId(), words_of(c->getDerivedUnitDefinition()));
    }
    for (unsigned i = 0; i < model->getNumSpecies(); i++) {
        Species *s = model->getSpecies(i);
        told.say("species", s->getId(), words_of(s->getDerivedUnitDefinition()));
    }
    for (unsigned i = 0; i < model->getNumParameters(); i++) {
        Parameter *p = model->getParameter(i);
        told.say("parameter", p->getId(), words_of(p->getDerivedUnitDefinition()));
    }
    for (unsigned i = 0; i < model->getNumReactions(); i++) {
        Reaction *r = model->getReaction(i);
        KineticLaw *law = r->getKineticLaw();
        if (!law)
            continue;
        bool whole = !law->containsUndeclaredUnits();
        told.say("reaction", r->getId(), whole ? words_of(law->getDerivedUnitDefinition()) : "");
    }
}

/* A message in one line, without what the rule says in general. */
std::string line_of(const SBMLError *error)
{
    std::string text = error->getMessage();
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    size_t line = text.rfind("\nReference:");
    if (line != std::string::npos) {
        line = text.find('\n', line + 1);
        if (line != std::string::npos)
            text.erase(0, line + 1);
    }
    for (char &c : text)
        if (c == '\n')
            c = ' ';
    return text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
}

void say_faults(const Told &told, SBMLDocument *document)
{
    static const SBMLErrorCategory_t others[] = {
        LIBSBML_CAT_GENERAL_CONSISTENCY,  LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
        LIBSBML_CAT_MATHML_CONSISTENCY,   LIBSBML_CAT_SBO_CONSISTENCY,
        LIBSBML_CAT_OVERDETERMINED_MODEL, LIBSBML_CAT_MODELING_PRACTICE};
    for (SBMLErrorCategory_t each : others)
        document->setConsistencyChecks(each, false);
    document->setConsistencyChecks(LIBSBML_CAT_UNITS_CONSISTENCY, true);
    document->getErrorLog()->clearLog();
    document->checkConsistency();
    for (unsigned i = 0; i < document->getNumErrors(); i++) {
        const SBMLError *error = document->getError(i);
        if (error->getCategory() != LIBSBML_CAT_UNITS_CONSISTENCY)
            continue;
        std::string words = line_of(error);
        bool unsaid = (error->getErrorId() >= UndeclaredUnits &&
                       error->getErrorId() <= UndeclaredObjectUnitsL3) ||
                      words.find("does not have a") != std::string::npos ||
                      words.find("has not been set") != std::string::npos;
        told.say(unsaid ? "undeclared" : "fault", std::to_string(error->getLine()), words);
    }
}

int find_units(void *data, SBMLDocument_t *document, bx_error *err)
{
    const Told *told = static_cast<const Told *>(data);
    Model *model = document->getModel();
    if (!model)
        return bx_fail(err, BX_EMODEL, "SBML: there is no model");
    model->populateListFormulaUnitsData();
    say_all(*told, model);
    say_faults(*told, document);
    return 0;
}

} // namespace

extern "C" int bx_sbml_units(const bx_sbml_source *source,
                             void (*tell)(void *data, const char *kind, const char *id,
                                          const char *words),
                             void *data, bx_error *err)
{
    Told told = {tell, data};
    return bx_sbml_with_document(source, find_units, &told, err);
}
