#include "sbml/text.h"

extern "C" {
#include "core/buffer.h"
#include "sbml/model.h"
#include "sbml/tree.h"
}

#include "sbml/loaded.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

LIBSBML_CPP_NAMESPACE_USE

namespace
{

/* ---- time ---- */

/* Time in a formula is from the present on, in the document as it was. */
ASTNode *later(ASTNode *node, double now)
{
    if (node->getType() == AST_NAME_TIME) {
        auto *sum = new ASTNode(AST_PLUS), *number = new ASTNode(AST_REAL);
        number->setValue(now);
        sum->addChild(node);
        sum->addChild(number);
        return sum;
    }
    for (unsigned i = 0; i < node->getNumChildren(); i++) {
        ASTNode *child = node->getChild(i), *moved = later(child, now);
        if (moved != child)
            node->replaceChild(i, moved);
    }
    return node;
}

bool names(const ASTNode *node, ASTNodeType_t what)
{
    bool found = node->getType() == what;
    for (unsigned i = 0; i < node->getNumChildren() && !found; i++)
        found = names(node->getChild(i), what);
    return found;
}

struct Writing {
    const bx_sbml_present *present;
    Model *model;
    bx_error *err;
    bool delays = false; /* some formula asks for a delayed value */
    std::unordered_map<std::string, double> values = {};

    /* The present value of what the engine calls so; NaN without one. */
    double value(const bx_sbml_name &name) const
    {
        auto found = values.find(name.text);
        return found == values.end() ? NAN : bx_sbml_readable(found->second);
    }
};

template <class Element> int move_time(Writing &w, Element *element)
{
    if (!element || !element->isSetMath())
        return 0;
    w.delays = w.delays || names(element->getMath(), AST_FUNCTION_DELAY);
    if (w.present->time == 0)
        return 0;
    if (w.delays)
        return bx_sbml_refuse_delay(w.err);
    std::unique_ptr<ASTNode> math(later(element->getMath()->deepCopy(), w.present->time));
    int status = element->setMath(math.get());
    return status == LIBSBML_OPERATION_SUCCESS ? 0 : bx_fail_memory(w.err);
}

std::vector<SpeciesReference *> references_of(Reaction *reaction)
{
    std::vector<SpeciesReference *> all;
    for (unsigned i = 0; i < reaction->getNumReactants(); i++)
        all.push_back(reaction->getReactant(i));
    for (unsigned i = 0; i < reaction->getNumProducts(); i++)
        all.push_back(reaction->getProduct(i));
    return all;
}

int move_reaction(Writing &w, Reaction *reaction)
{
    if (move_time(w, reaction->getKineticLaw()) < 0)
        return -1;
    for (SpeciesReference *reference : references_of(reaction))
        if (move_time(w, reference->getStoichiometryMath()) < 0)
            return -1;
    return 0;
}

const int OTHERWISE = 1;

/* What is true from the start on does not fire then, unless it is due. OTHERWISE: level 2 does not
 * say that. */
int move_event(Writing &w, Event *event, bool due)
{
    Trigger *trigger = event->getTrigger();
    if (due && event->getLevel() < 3)
        return OTHERWISE;
    if (w.present->time != 0 && event->getLevel() > 2 && trigger)
        trigger->setInitialValue(!due);
    if (move_time(w, trigger) < 0 || move_time(w, event->getDelay()) < 0 ||
        move_time(w, event->getPriority()) < 0)
        return -1;
    for (unsigned i = 0; i < event->getNumEventAssignments(); i++)
        if (move_time(w, event->getEventAssignment(i)) < 0)
            return -1;
    return 0;
}

int move_model(Writing &w)
{
    Model *model = w.model;
    for (unsigned i = 0; i < model->getNumFunctionDefinitions(); i++)
        if (move_time(w, model->getFunctionDefinition(i)) < 0)
            return -1;
    for (unsigned i = 0; i < model->getNumRules(); i++)
        if (move_time(w, model->getRule(i)) < 0)
            return -1;
    for (unsigned i = 0; i < model->getNumConstraints(); i++)
        if (move_time(w, model->getConstraint(i)) < 0)
            return -1;
    for (unsigned i = 0; i < model->getNumReactions(); i++)
        if (move_reaction(w, model->getReaction(i)) < 0)
            return -1;
    const bool *due = w.present->due;
    for (unsigned i = 0; i < model->getNumEvents(); i++) {
        Event *event = model->getEvent(i);
        bool fires = event->isSetTrigger() && event->getTrigger()->isSetMath();
        int done = move_event(w, event, fires && *due++);
        if (done != 0)
            return done;
    }
    return 0;
}

/* ---- values ---- */

bool follows_rule(const Writing &w, const std::string &id)
{
    const Rule *rule = w.model->getAssignmentRuleByVariable(id);
    return rule && rule->isSetMath();
}

void put_species(const Writing &w, Species *species)
{
    bx_sbml sbml = {};
    sbml.model = w.model;
    const char *id = species->getId().c_str();
    bool is_amount = bx_sbml_is_amount(&sbml, species);
    double amount = w.value(bx_sbml_name_of(id, is_amount ? "" : ".amount"));
    double concentration = w.value(bx_sbml_name_of(id, is_amount ? ".concentration" : ""));
    if (follows_rule(w, id))
        return;
    if (species->isSetInitialConcentration() && std::isfinite(concentration))
        species->setInitialConcentration(concentration);
    else if (!std::isnan(amount) || species->isSetInitialAmount() ||
             species->isSetInitialConcentration())
        species->setInitialAmount(amount);
}

void put_reaction(const Writing &w, Reaction *reaction)
{
    KineticLaw *law = reaction->getKineticLaw();
    for (unsigned i = 0; law && i < law->getNumParameters(); i++) {
        Parameter *local = law->getParameter(i);
        double value = w.value(bx_sbml_local_of(reaction, local->getId().c_str()));
        if (!std::isnan(value) || local->isSetValue())
            local->setValue(value);
    }
    for (SpeciesReference *reference : references_of(reaction)) {
        double value = w.value(bx_sbml_name_of(reference->getId().c_str(), ""));
        bool free = reference->isSetId() && !reference->isSetStoichiometryMath() &&
                    !follows_rule(w, reference->getId());
        if (free && value != reference->getStoichiometry())
            reference->setStoichiometry(value);
    }
}

void put_values(const Writing &w)
{
    Model *model = w.model;
    for (unsigned i = 0; i < model->getNumCompartments(); i++) {
        Compartment *compartment = model->getCompartment(i);
        double size = w.value(bx_sbml_name_of(compartment->getId().c_str(), ""));
        if ((!std::isnan(size) || compartment->isSetSize()) &&
            !follows_rule(w, compartment->getId()))
            compartment->setSize(size);
    }
    for (unsigned i = 0; i < model->getNumParameters(); i++) {
        Parameter *parameter = model->getParameter(i);
        double value = w.value(bx_sbml_name_of(parameter->getId().c_str(), ""));
        if ((!std::isnan(value) || parameter->isSetValue()) && !follows_rule(w, parameter->getId()))
            parameter->setValue(value);
    }
    for (unsigned i = 0; i < model->getNumSpecies(); i++)
        put_species(w, model->getSpecies(i));
    for (unsigned i = 0; i < model->getNumReactions(); i++)
        put_reaction(w, model->getReaction(i));
}

/* Delays reach to what initial assignments say of the time before 0. */
int remove_initials(const Writing &w)
{
    Model *model = w.model;
    while (model->getNumInitialAssignments() > 0) {
        std::unique_ptr<InitialAssignment> initial(model->removeInitialAssignment(0u));
        const ASTNode *math = w.delays ? initial->getMath() : nullptr;
        if (math && (names(math, AST_NAME_TIME) || names(math, AST_FUNCTION_DELAY)))
            return bx_sbml_refuse_past(initial->getSymbol().c_str(), w.err);
    }
    return 0;
}

int begin_now(Writing &w)
{
    const bx_sbml_present *present = w.present;
    for (size_t i = 0; i < present->variable_count; i++)
        w.values[present->variables[i].name] = present->variables[i].value;
    put_values(w);
    int done = move_model(w);
    return done == 0 ? remove_initials(w) : done;
}

/* ---- of parts alone ---- */

typedef std::unordered_map<std::string, SBase *> Parts;

struct Describing {
    Model *from, *to;
    Parts variables;         /* by id */
    Parts reactions, events; /* by the engine's names, which no two have */
    Parts described;         /* by metaid */
};

SBase *find(const Parts &parts, const std::string &name)
{
    auto found = parts.find(name);
    return found == parts.end() ? nullptr : found->second;
}

/* The parts of what is written, as they were before anything was said of them. */
void list_parts(Describing &d)
{
    Model *model = d.to;
    for (unsigned i = 0; i < model->getNumSpecies(); i++)
        d.variables.emplace(model->getSpecies(i)->getId(), model->getSpecies(i));
    for (unsigned i = 0; i < model->getNumParameters(); i++)
        d.variables.emplace(model->getParameter(i)->getId(), model->getParameter(i));
    for (unsigned i = 0; i < model->getNumReactions(); i++)
        d.reactions.emplace(model->getReaction(i)->getName(), model->getReaction(i));
    for (unsigned i = 0; i < model->getNumEvents(); i++)
        d.events.emplace(model->getEvent(i)->getName(), model->getEvent(i));
}

/* RDF is about a metaid: without that it is about nothing. */
void describe(Describing &d, SBase *from, SBase *to)
{
    bool named = from->isSetMetaId() && !to->isSetMetaId() &&
                 d.described.emplace(from->getMetaId(), to).second &&
                 to->setMetaId(from->getMetaId()) == LIBSBML_OPERATION_SUCCESS;
    if (from->isSetName())
        to->setName(from->getName());
    if (from->isSetNotes())
        to->setNotes(from->getNotes());
    if (from->isSetAnnotation() && (named || !from->isSetMetaId()))
        to->setAnnotation(from->getAnnotation());
    if (from->isSetSBOTerm() && from->getTypeCode() == to->getTypeCode())
        to->setSBOTerm(from->getSBOTerm());
}

/* The unit by its id, which has to mean the same in both models. "" where it can't be had. */
std::string take_unit(const Describing &d, const std::string &id)
{
    if (id.empty() || UnitKind_forName(id.c_str()) != UNIT_KIND_INVALID)
        return id;
    const UnitDefinition *unit = d.from->getUnitDefinition(id);
    const UnitDefinition *there = d.to->getUnitDefinition(id);
    if (!unit)
        return "";
    if (there)
        return UnitDefinition::areIdentical(unit, there) ? id : "";
    return d.to->addUnitDefinition(unit) == LIBSBML_OPERATION_SUCCESS ? id : "";
}

void give_unit(const Describing &d, Parameter *parameter, const std::string &id)
{
    std::string unit = take_unit(d, id);
    if (!unit.empty())
        parameter->setUnits(unit);
}

/* A size that is declared by no unit of its own has the model's for its dimensions. */
std::string unit_of_size(const Describing &d, const Compartment *compartment)
{
    if (compartment->isSetUnits())
        return compartment->getUnits();
    double dimensions = compartment->getSpatialDimensionsAsDouble();
    return dimensions == 3   ? d.from->getVolumeUnits()
           : dimensions == 2 ? d.from->getAreaUnits()
           : dimensions == 1 ? d.from->getLengthUnits()
                             : "";
}

/* What the engine calls so, in the model that is written; NULL where it is not there. */
SBase *find_variable(const Describing &d, const bx_sbml_name &name)
{
    return find(d.variables, bx_sbml_id_of(name.text).text);
}

void describe_value(Describing &d, SBase *from, const bx_sbml_name &name, const std::string &unit)
{
    SBase *to = find_variable(d, name);
    if (!to)
        return;
    describe(d, from, to);
    auto *parameter = dynamic_cast<Parameter *>(to);
    if (parameter)
        give_unit(d, parameter, unit);
}

/* Where its id means a concentration, what is said of it goes to its amount; the name to both. */
void describe_species(Describing &d, Species *from)
{
    const char *id = from->getId().c_str();
    auto *amount = dynamic_cast<Species *>(find_variable(d, bx_sbml_name_of(id, ".amount")));
    SBase *plain = find_variable(d, bx_sbml_name_of(id, ""));
    if (amount && plain && from->isSetName())
        plain->setName(from->getName());
    SBase *to = amount ? amount : plain;
    if (!to)
        return;
    describe(d, from, to);
    auto *species = dynamic_cast<Species *>(to);
    std::string unit = take_unit(d, from->isSetSubstanceUnits() ? from->getSubstanceUnits()
                                                                : d.from->getSubstanceUnits());
    if (species && !unit.empty())
        species->setSubstanceUnits(unit);
}

void describe_reaction(Describing &d, Reaction *from)
{
    SBase *to = find(d.reactions, from->getId());
    KineticLaw *law = from->getKineticLaw();
    if (to)
        describe(d, from, to);
    for (unsigned i = 0; law && i < law->getNumLocalParameters(); i++) {
        LocalParameter *local = law->getLocalParameter(i);
        describe_value(d, local, bx_sbml_local_of(from, local->getId().c_str()), local->getUnits());
    }
}

int describe_parts(void *data, SBMLDocument_t *document, bx_error *)
{
    Describing &d = *static_cast<Describing *>(data);
    document->setLevelAndVersion(3, 2, false); /* units of level 2 get definitions */
    d.from = document->getModel();
    for (unsigned i = 0; i < d.from->getNumCompartments(); i++) {
        Compartment *compartment = d.from->getCompartment(i);
        describe_value(d, compartment, bx_sbml_name_of(compartment->getId().c_str(), ""),
                       unit_of_size(d, compartment));
    }
    for (unsigned i = 0; i < d.from->getNumParameters(); i++) {
        Parameter *parameter = d.from->getParameter(i);
        describe_value(d, parameter, bx_sbml_name_of(parameter->getId().c_str(), ""),
                       parameter->getUnits());
    }
    for (unsigned i = 0; i < d.from->getNumSpecies(); i++)
        describe_species(d, d.from->getSpecies(i));
    for (unsigned i = 0; i < d.from->getNumReactions(); i++)
        describe_reaction(d, d.from->getReaction(i));
    for (unsigned i = 0; i < d.from->getNumEvents(); i++) {
        Event *event = d.from->getEvent(i);
        SBase *to = event->isSetId() ? find(d.events, event->getId()) : nullptr;
        if (to)
            describe(d, event, to);
    }
    return 0;
}

/* The document with its annotations, unless these stand where libSBML does not take them. */
int read_kept(const bx_sbml_source *source, Kept &kept,
              int (*use)(void *, SBMLDocument_t *, bx_error *), void *data, bx_error *err)
{
    int done = bx_sbml_with_text(source, nullptr, &kept, nullptr, use, data, err);
    return done < 0 ? bx_sbml_with_document(source, use, data, err) : done;
}

/* The document as text. */
int append(SBMLDocument_t *document, const Kept &kept, bx_buffer *out, bx_error *err)
{
    std::unique_ptr<char, decltype(&free)> text(writeSBMLToString(document), free);
    if (!text)
        return bx_fail_memory(err);
    std::string whole = bx_sbml_put_back(text.get(), kept);
    return bx_buffer_append(out, whole.data(), whole.size()) < 0 ? bx_fail_memory(err) : 0;
}

struct Rewriting {
    const bx_sbml_present *present;
    bool as_loaded;
    Kept kept;
    bx_buffer *out;
};

int rewrite(void *data, SBMLDocument_t *document, bx_error *err)
{
    const Rewriting *r = static_cast<const Rewriting *>(data);
    Writing w = {r->present, document->getModel(), err};
    if (document->getNamespaces()->hasURI(bx_sbml_distrib))
        return OTHERWISE;
    const char *id = r->present->id;
    if (id && w.model->getElementBySId(id))
        return bx_fail(err, BX_EMODEL, "\"%.64s\" is an id in the model", id);
    if (id && w.model->setId(id) != LIBSBML_OPERATION_SUCCESS)
        return bx_fail(err, BX_EMODEL, "\"%.64s\" is no id for a model", id);
    int done = r->as_loaded ? 0 : begin_now(w);
    return done == 0 ? append(document, r->kept, r->out, err) : done;
}

struct Finishing {
    SBMLDocument_t *document;
    const bx_sbml_source *sources;
    size_t count;
    bx_buffer *out;
};

int finish(void *data, bx_error *err)
{
    const Finishing *f = static_cast<const Finishing *>(data);
    Kept kept = {true, {}};
    Describing d = {};
    d.to = f->document->getModel();
    list_parts(d);
    for (size_t i = 0; i < f->count; i++)
        if (read_kept(&f->sources[i], kept, describe_parts, &d, err) < 0)
            return -1;
    return bx_sbml_check(f->document, err) < 0 ? -1 : append(f->document, kept, f->out, err);
}

} // namespace

extern "C" int bx_sbml_write_loaded(const bx_sbml_source *source, const bx_sbml_present *present,
                                    bool as_loaded, bx_buffer *out, bx_error *err)
{
    Rewriting rewriting = {present, as_loaded, {}, out};
    return read_kept(source, rewriting.kept, rewrite, &rewriting, err);
}

extern "C" int bx_sbml_finish(SBMLDocument_t *document, const bx_sbml_source *sources, size_t count,
                              bx_buffer *out, bx_error *err)
{
    Finishing finishing = {document, sources, count, out};
    return bx_sbml_guard(finish, &finishing, err);
}
