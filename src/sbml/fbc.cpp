#include "sbml/fbc.h"

#include "sbml/about.h"
#include "sbml/plain.h"
#include "sbml/text.h"

extern "C" {
#include "flux/gene_rule.h"
}

#include <cmath>
#include <cstring>
#include <map>
#include <sbml/packages/fbc/common/FbcExtensionTypes.h>
#include <sbml/packages/groups/common/GroupsExtensionTypes.h>
#include <sbml/SBMLTransforms.h>
#include <string>
#include <vector>

LIBSBML_CPP_NAMESPACE_USE

namespace
{

const double INFINITE = INFINITY, ROUNDING = 1e-12;
const unsigned RULE_DEPTH = 100, PASSES = 100;

struct Bounds {
    double lower, upper;
    double objective;
};

struct Reader {
    const char *objective; /* wanted, or NULL */
    bx_fba *fba;
    char *taken;
    bx_warnings *warnings; /* or NULL */
    bx_error *err;
    Model *model;
    FbcModelPlugin *fbc; /* or NULL */
    SBMLTransforms::IdValueMap values;
    std::map<std::string, Bounds> bounds; /* by reaction */
};

int fail(Reader &r, const char *what, const std::string &id, const char *problem)
{
    return bx_fail(r.err, BX_EMODEL, "SBML: %s \"%.64s\": %s", what, id.c_str(), problem);
}

/* ---- values ---- */

/* The formula that gives an id its value at the beginning, or NULL. */
const ASTNode *formula_of(const Reader &r, const std::string &id)
{
    const Rule *rule = r.model->getRule(id);
    if (rule && rule->isAssignment())
        return rule->getMath();
    const InitialAssignment *initial = r.model->getInitialAssignment(id);
    return initial ? initial->getMath() : nullptr;
}

/* Evaluate; whether that was something new. */
bool update(Reader &r, const std::string &id)
{
    const ASTNode *formula = formula_of(r, id);
    double value = formula ? SBMLTransforms::evaluateASTNode(formula, r.values, r.model) : NAN;
    auto &known = r.values[id];
    bool same = !formula || known.first == value || (std::isnan(known.first) && std::isnan(value));
    if (!same)
        known = SBMLTransforms::ValueSet(value, true);
    return !same;
}

/* Formulas may use one another's values: until none changes any more. */
int evaluate(Reader &r)
{
    bool changed = true;
    SBMLTransforms::getComponentValuesForModel(r.model, r.values);
    for (unsigned pass = 0; changed; pass++) {
        if (pass == PASSES)
            return bx_fail(r.err, BX_EMODEL,
                           "SBML: values that depend on one another are not settled after %u "
                           "rounds",
                           PASSES);
        changed = false;
        for (unsigned i = 0; i < r.model->getNumInitialAssignments(); i++)
            changed |= update(r, r.model->getInitialAssignment(i)->getSymbol());
        for (unsigned i = 0; i < r.model->getNumRules(); i++)
            if (r.model->getRule(i)->isAssignment())
                changed |= update(r, r.model->getRule(i)->getVariable());
    }
    return 0;
}

/* NaN without one. */
double value_of(const Reader &r, const std::string &id)
{
    auto found = r.values.find(id);
    return found != r.values.end() && found->second.second ? found->second.first : NAN;
}

double stoichiometry_of(Reader &r, const SpeciesReference &reference)
{
    if (reference.isSetId() && formula_of(r, reference.getId()))
        return value_of(r, reference.getId());
    if (reference.isSetStoichiometryMath())
        return SBMLTransforms::evaluateASTNode(reference.getStoichiometryMath()->getMath(),
                                               r.values, r.model);
    return reference.getStoichiometry();
}

/* ---- bounds ---- */

/* Of version 2: each names a parameter. */
int read_bound(Reader &r, const Reaction &reaction, bool set, const std::string &id, double *bound)
{
    if (set)
        *bound = value_of(r, id);
    if (set && std::isnan(*bound))
        return fail(r, "reaction", reaction.getId(), "a flux bound has no value");
    if (!set && r.fbc && r.fbc->getStrict())
        return fail(r, "reaction", reaction.getId(),
                    "a flux bound is missing, but the model calls itself strict");
    return 0;
}

/* Of version 1: a list beside the reactions. */
int read_flux_bounds(Reader &r)
{
    for (unsigned i = 0; r.fbc && i < r.fbc->getNumFluxBounds(); i++) {
        FluxBound &bound = *r.fbc->getFluxBound(i);
        auto found = r.bounds.find(bound.getReaction());
        const std::string &operation = bound.getOperation();
        if (found == r.bounds.end())
            return fail(r, "flux bound of reaction", bound.getReaction(), "no such reaction");
        bool less = operation.compare(0, 4, "less") == 0;
        bool greater = operation.compare(0, 7, "greater") == 0;
        if (!less && !greater && operation != "equal")
            return fail(r, "flux bound of reaction", bound.getReaction(), "unknown operation");
        if (!less)
            found->second.lower = bound.getValue();
        if (!greater)
            found->second.upper = bound.getValue();
    }
    return 0;
}

/* Of models before fbc: parameters of the kinetic law. */
void read_old_bounds(const Reaction &reaction, Bounds &bounds)
{
    const KineticLaw *law = reaction.getKineticLaw();
    unsigned count = law ? law->getNumParameters() : 0;
    unsigned locals = law ? law->getNumLocalParameters() : 0;
    for (unsigned i = 0; i < count + locals; i++) {
        const Parameter *parameter =
            i < count ? law->getParameter(i) : law->getLocalParameter(i - count);
        if (parameter->getId() == "LOWER_BOUND")
            bounds.lower = parameter->getValue();
        else if (parameter->getId() == "UPPER_BOUND")
            bounds.upper = parameter->getValue();
        else if (parameter->getId() == "OBJECTIVE_COEFFICIENT")
            bounds.objective = parameter->getValue();
    }
}

int read_bounds(Reader &r)
{
    for (unsigned i = 0; i < r.model->getNumReactions(); i++) {
        const Reaction &reaction = *r.model->getReaction(i);
        Bounds bounds = {reaction.getReversible() ? -INFINITE : 0, INFINITE, 0};
        auto *plugin = static_cast<const FbcReactionPlugin *>(reaction.getPlugin("fbc"));
        if (r.fbc && plugin && r.fbc->getPackageVersion() >= 2) {
            if (read_bound(r, reaction, plugin->isSetLowerFluxBound(), plugin->getLowerFluxBound(),
                           &bounds.lower) < 0 ||
                read_bound(r, reaction, plugin->isSetUpperFluxBound(), plugin->getUpperFluxBound(),
                           &bounds.upper) < 0)
                return -1;
        } else if (!r.fbc) {
            read_old_bounds(reaction, bounds);
        }
        r.bounds[reaction.getId()] = bounds;
    }
    return read_flux_bounds(r);
}

/* ---- objectives ---- */

/* The objective asked for, or the active one; one alone is active though nothing says so. */
int choose_objective(Reader &r, std::string &id)
{
    id = r.objective ? r.objective : r.fbc->getActiveObjectiveId();
    if (!id.empty() || r.fbc->getNumObjectives() != 1)
        return 0;
    id = r.fbc->getObjective(0)->getId();
    return bx_warn(r.warnings, r.err, "objective", id.c_str(),
                   "no objective is said to be active: \"%.64s\" is the only one", id.c_str());
}

/* Some models have what is left of a subtraction as a coefficient. */
int drop_rounding(Reader &r)
{
    double largest = 0;
    for (auto &item : r.bounds)
        largest = std::fmax(largest, std::fabs(item.second.objective));
    for (auto &item : r.bounds) {
        double &coefficient = item.second.objective;
        if (coefficient == 0 || std::fabs(coefficient) > ROUNDING * std::fmin(largest, 1))
            continue;
        if (bx_warn(
                r.warnings, r.err, "rounding", item.first.c_str(),
                "reaction \"%.64s\": its objective coefficient %g is an error of rounding: 0 is "
                "taken",
                item.first.c_str(), coefficient) < 0)
            return -1;
        coefficient = 0;
    }
    return 0;
}

int read_objective(Reader &r)
{
    std::string id;
    if (!r.fbc)
        return drop_rounding(r);
    if (choose_objective(r, id) < 0)
        return -1;
    Objective *objective = id.empty() ? nullptr : r.fbc->getObjective(id);
    if (!objective && id.empty() && r.fbc->getNumObjectives() == 0)
        return 0;
    if (!objective) {
        std::string problem = "the model has none of that id; it has";
        for (unsigned i = 0; i < r.fbc->getNumObjectives(); i++)
            problem += (i ? ", " : " ") + r.fbc->getObjective(i)->getId();
        return fail(r, "objective", id, problem.c_str());
    }
    std::strncpy(r.taken, id.c_str(), 255);
    bx_fba_set_sense(r.fba, objective->getType() == "maximize");
    for (unsigned i = 0; i < objective->getNumFluxObjectives(); i++) {
        const FluxObjective &part = *objective->getFluxObjective(i);
        auto found = r.bounds.find(part.getReaction());
        if (found == r.bounds.end())
            return fail(r, "objective", id, "it names a reaction that is not there");
        found->second.objective += part.getCoefficient();
    }
    return drop_rounding(r);
}

/* ---- gene rules ---- */

/* Labels are what biologists call genes, where a rule can hold them. */
std::string gene_name(const Reader &r, const std::string &id)
{
    const GeneProduct *gene = r.fbc->getGeneProduct(id);
    std::string label = gene ? gene->getLabel() : "";
    return bx_rule_can_name(label.c_str()) ? label : id;
}

bool write_rule(const Reader &r, const FbcAssociation *association, unsigned depth,
                std::string &rule);

template <class Group>
bool write_group(const Reader &r, const Group &group, const char *word, unsigned depth,
                 std::string &rule)
{
    if (group.getNumAssociations() == 0)
        return false;
    rule += "(";
    for (unsigned i = 0; i < group.getNumAssociations(); i++) {
        rule += i ? word : "";
        if (!write_rule(r, group.getAssociation(i), depth + 1, rule))
            return false;
    }
    rule += ")";
    return true;
}

bool write_rule(const Reader &r, const FbcAssociation *association, unsigned depth,
                std::string &rule)
{
    if (!association || depth >= RULE_DEPTH)
        return false;
    if (association->isFbcAnd())
        return write_group(r, *static_cast<const FbcAnd *>(association), " and ", depth, rule);
    if (association->isFbcOr())
        return write_group(r, *static_cast<const FbcOr *>(association), " or ", depth, rule);
    rule += gene_name(r, static_cast<const GeneProductRef *>(association)->getGeneProduct());
    return true;
}

/* "<p>GENE_ASSOCIATION: b1 and b2</p>", of models before fbc 2. */
std::string rule_in_notes(const Reaction &reaction)
{
    const char *const marks[] = {"GENE_ASSOCIATION:", "GENE ASSOCIATION:"};
    std::string notes = reaction.isSetNotes() ? reaction.getNotesString() : "";
    for (const char *mark : marks) {
        size_t start = notes.find(mark);
        if (start == std::string::npos)
            continue;
        start += std::strlen(mark);
        return notes.substr(start, notes.find('<', start) - start);
    }
    return "";
}

uint32_t any_gene(void *, const char *, size_t, bx_error *)
{
    return 0;
}

/* The rule as text; -1 where what is there makes none. */
int find_rule(const Reader &r, const Reaction &reaction, std::string &rule, bx_error *err)
{
    auto *plugin = static_cast<const FbcReactionPlugin *>(reaction.getPlugin("fbc"));
    if (!r.fbc || r.fbc->getPackageVersion() < 2)
        rule = rule_in_notes(reaction);
    else if (plugin && plugin->isSetGeneProductAssociation() &&
             plugin->getGeneProductAssociation()->isSetAssociation() &&
             !write_rule(r, plugin->getGeneProductAssociation()->getAssociation(), 0, rule))
        return bx_fail(err, BX_EMODEL, "it is empty or nests deeper than %u", RULE_DEPTH);
    bx_rule parsed;
    if (bx_rule_parse(rule.c_str(), any_gene, nullptr, &parsed, err) < 0)
        return -1;
    bx_rule_free(&parsed);
    return 0;
}

/* What is no rule is left out: the reaction then needs no gene. */
int read_rule(Reader &r, const Reaction &reaction, std::string &rule)
{
    bx_error problem;
    if (find_rule(r, reaction, rule, &problem) == 0)
        return 0;
    rule.clear();
    if (problem.code != BX_EMODEL)
        return bx_fail(r.err, problem.code, "%s", problem.message);
    return bx_warn(r.warnings, r.err, "gene_rule", reaction.getId().c_str(),
                   "reaction \"%.64s\": its gene rule is left out: %.400s",
                   reaction.getId().c_str(), problem.message);
}

/* ---- metabolites and reactions ---- */

int add_terms(Reader &r, const Reaction &reaction, bool products, std::vector<bx_fba_term> &terms)
{
    unsigned count = products ? reaction.getNumProducts() : reaction.getNumReactants();
    for (unsigned i = 0; i < count; i++) {
        const SpeciesReference &reference =
            *(products ? reaction.getProduct(i) : reaction.getReactant(i));
        double stoichiometry = stoichiometry_of(r, reference);
        if (std::isnan(stoichiometry)) {
            std::string problem =
                "the stoichiometry of \"" + reference.getSpecies() + "\" has no value";
            return fail(r, "reaction", reaction.getId(), problem.c_str());
        }
        terms.push_back(
            {reference.getSpecies().c_str(), products ? stoichiometry : -stoichiometry});
    }
    return 0;
}

int add_reaction(Reader &r, const Reaction &reaction)
{
    std::vector<bx_fba_term> terms;
    std::string rule;
    if (add_terms(r, reaction, false, terms) < 0 || add_terms(r, reaction, true, terms) < 0 ||
        read_rule(r, reaction, rule) < 0)
        return -1;
    const Bounds &bounds = r.bounds[reaction.getId()];
    bx_fba_reaction added = {};
    added.id = reaction.getId().c_str();
    added.terms = terms.data();
    added.term_count = terms.size();
    added.lower = bounds.lower;
    added.upper = bounds.upper;
    added.objective = bounds.objective;
    added.rule = rule.c_str();
    return bx_fba_add_reaction(r.fba, &added, r.err);
}

/* ---- what is said ---- */

/* The content of <notes>. */
std::string notes_of(SBase &element)
{
    std::string text = element.isSetNotes() ? element.getNotesString() : "";
    size_t begin = text.find('>'), end = text.rfind("</");
    return begin == std::string::npos || end == std::string::npos || end <= begin
               ? ""
               : text.substr(begin + 1, end - begin - 1);
}

std::string about_of(SBase &element)
{
    std::string about;
    sbml::say(about, BX_ABOUT_NAME, element.getName());
    sbml::say(about, BX_ABOUT_SBO, element.isSetSBOTerm() ? element.getSBOTermID() : "");
    sbml::say(about, BX_ABOUT_NOTES, notes_of(element));
    return about;
}

std::string about_species(Species &species)
{
    auto *plugin = static_cast<FbcSpeciesPlugin *>(species.getPlugin("fbc"));
    std::string about = about_of(species);
    sbml::say(about, BX_ABOUT_COMPARTMENT, species.getCompartment());
    if (plugin && plugin->isSetChemicalFormula())
        sbml::say(about, BX_ABOUT_FORMULA, plugin->getChemicalFormula());
    if (plugin && plugin->isSetCharge())
        sbml::say(about, BX_ABOUT_CHARGE, std::to_string(plugin->getCharge()));
    else if (species.isSetCharge())
        sbml::say(about, BX_ABOUT_CHARGE, std::to_string(species.getCharge()));
    return about;
}

int fill_model(Reader &r)
{
    std::string about;
    sbml::say(about, BX_ABOUT_ID, r.model->getIdAttribute());
    about += about_of(*r.model);
    sbml::say(about, BX_ABOUT_OBJECTIVE, r.taken);
    for (unsigned i = 0; i < r.model->getNumCompartments(); i++) {
        const Compartment &compartment = *r.model->getCompartment(i);
        sbml::say(about, BX_ABOUT_COMPARTMENT, compartment.getId() + "\t" + compartment.getName());
    }
    return sbml::give(r.fba, BX_FBA_MODEL, 0, about, r.err);
}

int fill_genes(Reader &r)
{
    for (unsigned i = 0; r.fbc && i < r.fbc->getNumGeneProducts(); i++) {
        GeneProduct &gene = *r.fbc->getGeneProduct(i);
        std::string about;
        sbml::say(about, BX_ABOUT_ID, gene.getIdAttribute());
        about += about_of(gene);
        if (sbml::give_gene(r.fba, gene_name(r, gene.getIdAttribute()), about, r.err) < 0)
            return -1;
    }
    return 0;
}

int fill_groups(Reader &r)
{
    auto *groups = static_cast<GroupsModelPlugin *>(r.model->getPlugin("groups"));
    for (unsigned i = 0; groups && i < groups->getNumGroups(); i++) {
        Group &group = *groups->getGroup(i);
        std::string about;
        sbml::say(about, BX_ABOUT_ID, group.getIdAttribute());
        about += about_of(group);
        sbml::say(about, BX_ABOUT_KIND, group.isSetKind() ? group.getKindAsString() : "");
        for (unsigned k = 0; k < group.getNumMembers(); k++)
            sbml::say(about, BX_ABOUT_MEMBER, group.getMember(k)->getIdRef());
        if (sbml::give_group(r.fba, about, r.err) < 0)
            return -1;
    }
    return 0;
}

/* An objective beside the one that is taken; one that is none is left out. */
int add_objective(Reader &r, Objective &objective)
{
    std::map<size_t, double> sums;
    std::vector<bx_fba_part> parts;
    bx_error problem;
    for (unsigned i = 0; i < objective.getNumFluxObjectives(); i++) {
        const FluxObjective &part = *objective.getFluxObjective(i);
        size_t reaction = bx_fba_find_reaction(r.fba, part.getReaction().c_str());
        if (reaction == BX_FBA_NONE)
            return 0;
        sums[reaction] += part.getCoefficient();
    }
    for (const auto &sum : sums)
        parts.push_back({sum.first, sum.second, false});
    bx_fba_sum_view sum = {};
    sum.id = objective.getIdAttribute().c_str();
    sum.parts = parts.data();
    sum.part_count = parts.size();
    sum.maximise = objective.getType() == "maximize";
    bool failed = bx_fba_add_sum(r.fba, BX_FBA_OBJECTIVES, &sum, &problem) < 0;
    return failed && problem.code == BX_EMEMORY ? bx_fail_memory(r.err) : 0;
}

int fill_abouts(Reader &r)
{
    bx_fba_set_sbml_ids(r.fba);
    if (fill_model(r) < 0)
        return -1;
    for (unsigned i = 0; i < r.model->getNumSpecies(); i++)
        if (sbml::give(r.fba, BX_FBA_METABOLITE, i, about_species(*r.model->getSpecies(i)), r.err) <
            0)
            return -1;
    for (unsigned i = 0; i < r.model->getNumReactions(); i++)
        if (sbml::give(r.fba, BX_FBA_REACTION, i, about_of(*r.model->getReaction(i)), r.err) < 0)
            return -1;
    if (fill_genes(r) < 0 || fill_groups(r) < 0)
        return -1;
    for (unsigned i = 0; r.fbc && i < r.fbc->getNumObjectives(); i++) {
        Objective &objective = *r.fbc->getObjective(i);
        if (objective.getIdAttribute() != r.taken && add_objective(r, objective) < 0)
            return -1;
    }
    return sbml::settle_about(r.fba, r.err);
}

int fill(Reader &r)
{
    if (read_bounds(r) < 0 || read_objective(r) < 0)
        return -1;
    for (unsigned i = 0; i < r.model->getNumSpecies(); i++) {
        const Species &species = *r.model->getSpecies(i);
        if (bx_fba_add_metabolite(r.fba, species.getId().c_str(), species.getBoundaryCondition(),
                                  r.err) < 0)
            return -1;
    }
    for (unsigned i = 0; i < r.model->getNumReactions(); i++)
        if (add_reaction(r, *r.model->getReaction(i)) < 0)
            return -1;
    return fill_abouts(r);
}

/* ---- annotations ---- */

int add_records(bx_fba *fba, bx_fba_kind kind, size_t item, const Annotations &annotations,
                const std::string &key, bx_error *err)
{
    auto found = annotations.find(key);
    if (found == annotations.end())
        return 0;
    const bx_about *about = bx_fba_about(fba, kind, item);
    std::string all(about->records ? about->records : "", about->length);
    return sbml::give(fba, kind, item, all + found->second, err);
}

/* What annotations say, to the parts that they are of. */
int annotate(bx_fba *fba, const Annotations &annotations, bx_error *err)
{
    auto id_of = [&](bx_fba_kind kind, size_t i) {
        return std::string(bx_about_text(bx_fba_about(fba, kind, i), BX_ABOUT_ID));
    };
    if (annotations.empty())
        return 0;
    int status = add_records(fba, BX_FBA_MODEL, 0, annotations, "model", err);
    for (size_t i = 0; i < bx_fba_metabolites(fba) && status == 0; i++)
        status = add_records(fba, BX_FBA_METABOLITE, i, annotations,
                             std::string("species ") + bx_fba_metabolite_id(fba, i), err);
    for (size_t i = 0; i < bx_fba_reactions(fba) && status == 0; i++)
        status = add_records(fba, BX_FBA_REACTION, i, annotations,
                             std::string("reaction ") + bx_fba_reaction_id(fba, i), err);
    for (size_t i = 0; i < bx_fba_genes(fba) && status == 0; i++)
        status = add_records(fba, BX_FBA_GENE, i, annotations,
                             "geneProduct " + id_of(BX_FBA_GENE, i), err);
    for (size_t i = 0; i < bx_fba_groups(fba) && status == 0; i++)
        status =
            add_records(fba, BX_FBA_GROUP, i, annotations, "group " + id_of(BX_FBA_GROUP, i), err);
    return status;
}

/* The metabolite that a reaction exchanges alone, if it is not balanced; else BX_FBA_NONE. */
size_t free_exchange(const bx_fba *fba, size_t reaction)
{
    double coefficient;
    if (bx_fba_terms(fba, reaction) != 1)
        return BX_FBA_NONE;
    size_t metabolite = bx_fba_term_of(fba, reaction, 0, &coefficient);
    return bx_fba_is_boundary(fba, metabolite) ? metabolite : BX_FBA_NONE;
}

/* Who wrote bounds of such an exchange meant them to limit something. */
int warn_of_free_exchanges(const Reader &r, bx_error *err)
{
    size_t count = 0, first = 0;
    for (size_t i = 0; i < bx_fba_reactions(r.fba); i++)
        if (free_exchange(r.fba, i) != BX_FBA_NONE && count++ == 0)
            first = i;
    if (count == 0)
        return 0;
    std::string more = count > 1 ? ", the first of " + std::to_string(count) : "";
    const char *id = bx_fba_reaction_id(r.fba, first);
    return bx_warn(r.warnings, err, "boundary", id,
                   "reaction \"%.64s\"%s: its bounds limit nothing, as \"%.64s\", which it alone "
                   "exchanges, has boundaryCondition=\"true\" and is not balanced",
                   id, more.c_str(), bx_fba_metabolite_id(r.fba, free_exchange(r.fba, first)));
}

int read_plain(void *data, const std::string &text, bx_error *err)
{
    const Reader &r = *static_cast<Reader *>(data);
    return bx_sbml_read_plain(text, r.objective, r.warnings, r.fba, r.taken, err);
}

int read_document(void *data, SBMLDocument_t *document, bx_error *err)
{
    Reader &r = *static_cast<Reader *>(data);
    r.err = err;
    r.model = document->getModel();
    if (!r.model)
        return bx_fail(err, BX_EMODEL, "SBML: the document has no model");
    r.fbc = static_cast<FbcModelPlugin *>(r.model->getPlugin("fbc"));
    if (r.fbc && r.fbc->getPackageVersion() > 2)
        return bx_fail(err, BX_EMODEL, "SBML: fbc version %u is not supported: 1 and 2 are",
                       r.fbc->getPackageVersion());
    return evaluate(r) < 0 ? -1 : fill(r);
}

} // namespace

extern "C" int bx_sbml_read_fbc(const bx_sbml_source *source, const char *objective, bx_fba *fba,
                                char taken[256], bx_error *err)
{
    try {
        Reader reader = {};
        reader.objective = objective;
        reader.fba = fba;
        reader.taken = taken;
        reader.warnings = source->warnings;
        std::memset(taken, 0, 256);
        Annotations annotations;
        if (bx_sbml_with_text(source, &annotations, nullptr, read_plain, read_document, &reader,
                              err) < 0 ||
            warn_of_free_exchanges(reader, err) < 0)
            return -1;
        return annotate(fba, annotations, err);
    } catch (...) {
        return bx_fail_memory(err);
    }
}
