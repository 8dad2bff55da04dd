#include "sbml/reaction.h"

#include "sbml/math.h"
#include "sbml/molecules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A conversion factor that is no larger whole number is not one of units. */
#define WHOLE_FACTOR_MAXIMUM 1e6

/* ---- stoichiometry ---- */

bool bx_sbml_is_fixed(const bx_sbml *sbml, const char *id)
{
    const ASTNode_t *math;
    return bx_sbml_rule_of(sbml, id, &math) == BX_SBML_NO_RULE && !bx_sbml_initial_of(sbml, id) &&
           bx_names_find(&sbml->targets, id) == BX_NAME_NONE;
}

const char *bx_sbml_conversion_of(const bx_sbml *sbml, const Species_t *species)
{
    if (Species_isSetConversionFactor(species))
        return Species_getConversionFactor(species);
    return Model_isSetConversionFactor(sbml->model) ? Model_getConversionFactor(sbml->model) : NULL;
}

/* The value of a species' conversion factor: 1 without one, NaN if it changes. */
static double conversion_value(const bx_sbml *sbml, const Species_t *species)
{
    const char *factor = bx_sbml_conversion_of(sbml, species);
    if (!factor)
        return 1;
    Parameter_t *p = Model_getParameterById(sbml->model, factor);
    return p && Parameter_isSetValue(p) && bx_sbml_is_fixed(sbml, factor) ? Parameter_getValue(p)
                                                                          : NAN;
}

double bx_sbml_fixed_stoichiometry(const bx_sbml *sbml, const SpeciesReference_t *reference,
                                   const Species_t *species)
{
    double number = SpeciesReference_getStoichiometry(reference);
    if (SpeciesReference_isSetStoichiometryMath(reference) ||
        (SpeciesReference_isSetId(reference) &&
         !bx_sbml_is_fixed(sbml, SpeciesReference_getId(reference))))
        return NAN;
    if (SBase_getLevel((SBase_t *)reference) == 1)
        number /= SpeciesReference_getDenominator(reference);
    return number * conversion_value(sbml, species);
}

/* Add the stoichiometry, with its factor, to the formula being made. */
static void put_stoichiometry(bx_sbml *sbml, const SpeciesReference_t *reference,
                              const Species_t *species)
{
    StoichiometryMath_t *math =
        SpeciesReference_getStoichiometryMath((SpeciesReference_t *)reference);
    const char *factor = bx_sbml_conversion_of(sbml, species);
    double number = bx_sbml_fixed_stoichiometry(sbml, reference, species);
    if (!isnan(number)) {
        bx_builder_number(&sbml->builder, number);
        return;
    }
    if (math && StoichiometryMath_getMath(math))
        bx_sbml_math(sbml, StoichiometryMath_getMath(math), NULL);
    else if (SpeciesReference_isSetId(reference))
        bx_sbml_put_name(sbml, bx_sbml_name_of(SpeciesReference_getId(reference), "").text);
    else
        bx_builder_number(&sbml->builder, SpeciesReference_getStoichiometry(reference));
    if (factor) {
        bx_sbml_put_name(sbml, bx_sbml_name_of(factor, "").text);
        bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
    }
}

SpeciesReference_t *bx_sbml_reference_at(Reaction_t *reaction, unsigned i, bool *product)
{
    unsigned reactants = Reaction_getNumReactants(reaction);
    *product = i >= reactants;
    return *product ? Reaction_getProduct(reaction, i - reactants)
                    : Reaction_getReactant(reaction, i);
}

const Species_t *bx_sbml_changed_species(const bx_sbml *sbml, const SpeciesReference_t *reference)
{
    const Species_t *species = bx_sbml_species_of(sbml, SpeciesReference_getSpecies(reference));
    if (!species || Species_getBoundaryCondition(species) || Species_getConstant(species))
        return NULL;
    return species;
}

void bx_sbml_put_changes(bx_sbml *sbml, const Species_t *species)
{
    bx_builder_number(&sbml->builder, 0);
    for (unsigned i = 0; i < Model_getNumReactions(sbml->model); i++) {
        Reaction_t *reaction = Model_getReaction(sbml->model, i);
        bool product;
        SpeciesReference_t *reference;
        for (unsigned j = 0; (reference = bx_sbml_reference_at(reaction, j, &product)); j++) {
            if (bx_sbml_changed_species(sbml, reference) != species)
                continue;
            put_stoichiometry(sbml, reference, species);
            bx_sbml_put_name(sbml, bx_sbml_name_of(Reaction_getId(reaction), "").text);
            bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
            bx_builder_apply(&sbml->builder, product ? BX_OP_ADD : BX_OP_SUBTRACT);
        }
    }
}

/* ---- reactions ---- */

static int add_locals(bx_sbml *sbml, const Reaction_t *reaction, const KineticLaw_t *law)
{
    for (unsigned i = 0; i < KineticLaw_getNumParameters(law); i++) {
        Parameter_t *p = KineticLaw_getParameter((KineticLaw_t *)law, i);
        double value = Parameter_isSetValue(p) ? Parameter_getValue(p) : NAN;
        bx_sbml_name name = bx_sbml_local_of(reaction, Parameter_getId(p));
        if (!Parameter_isSetValue(p) &&
            bx_warn(sbml->warnings, sbml->err, "value", name.text,
                    "local parameter \"%.128s\" has no value", name.text) < 0)
            return -1;
        if (bx_process_add_parameter(sbml->process, name.text, value, sbml->err) < 0)
            return -1;
    }
    return 0;
}

/* The rule that bears the reaction's id: its rate. */
static int add_law(bx_sbml *sbml, Reaction_t *reaction, const char *name)
{
    KineticLaw_t *law = Reaction_getKineticLaw(reaction);
    const ASTNode_t *math = law ? KineticLaw_getMath(law) : NULL;
    if (law && add_locals(sbml, reaction, law) < 0)
        return -1;
    if (math)
        bx_sbml_math(sbml, math, law);
    else
        bx_builder_number(&sbml->builder, 0);
    return bx_sbml_take(sbml, bx_process_take_rule, name);
}

/* A stoichiometry that is a formula: a rate of change of the species. */
static int add_varying(bx_sbml *sbml, const SpeciesReference_t *reference, const Species_t *species,
                       bool product, const char *rate)
{
    double molecules = bx_sbml_molecules_of(sbml, species);
    put_stoichiometry(sbml, reference, species);
    if (!product)
        bx_builder_apply(&sbml->builder, BX_OP_NEGATE);
    bx_sbml_put_name(sbml, rate);
    bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
    if (molecules != 1) {
        bx_builder_number(&sbml->builder, molecules);
        bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
    }
    return bx_sbml_take(sbml, bx_process_take_rate, bx_sbml_state_of(sbml, species).text);
}

/* ---- equations ---- */

double bx_sbml_molecules_of_extent(const bx_sbml *sbml, const Species_t *species)
{
    double factor = conversion_value(sbml, species);
    bool units = sbml->molecules && (factor != floor(factor) || factor > WHOLE_FACTOR_MAXIMUM);
    return bx_sbml_molecules_of(sbml, species) * (units ? factor : 1);
}

double bx_sbml_coefficient(const bx_sbml *sbml, const SpeciesReference_t *reference,
                           const Species_t *species)
{
    return bx_sbml_fixed_stoichiometry(sbml, reference, species) *
           (bx_sbml_molecules_of(sbml, species) / bx_sbml_molecules_of_extent(sbml, species));
}

/* The terms of one side of the equation: a negative number belongs to the other side. With
 * `reversed` the sides are exchanged. */
static int add_side(bx_sbml *sbml, Reaction_t *reaction, bool right, bool reversed,
                    bx_equation_builder *equation)
{
    bool product, products = right != reversed;
    SpeciesReference_t *reference;
    for (unsigned i = 0; (reference = bx_sbml_reference_at(reaction, i, &product)); i++) {
        const Species_t *species = bx_sbml_changed_species(sbml, reference);
        double number = species ? bx_sbml_coefficient(sbml, reference, species) : 0;
        if (isnan(number) || number == 0 || (number > 0 ? product : !product) != products)
            continue;
        if (fabs(number) > BX_COEFFICIENT_MAXIMUM)
            return bx_fail(sbml->err, BX_EMODEL, "species \"%.64s\": a stoichiometry of %g",
                           Species_getId(species), number);
        if (bx_equation_add(equation, right, bx_sbml_state_of(sbml, species).text, fabs(number)) <
            0)
            return bx_fail_memory(sbml->err);
    }
    return 0;
}

int bx_sbml_add_equation(bx_sbml *sbml, Reaction_t *reaction, const char *name, bool reversed,
                         bx_rate_kind kind, bx_formula *rate)
{
    bx_equation_builder equation = {.capacity = 0};
    int result = rate ? 0 : -1;
    for (int right = 0; right < 2 && result == 0; right++)
        result = add_side(sbml, reaction, right, reversed, &equation);
    bx_equation sides = bx_equation_end(&equation);
    if (result == 0 && sides.terms)
        return bx_process_take_reaction(sbml->process, name, sides, kind, rate, sbml->err);
    bx_formula_free(rate);
    bx_equation_free(&sides);
    return result;
}

/* ---- all of a reaction ---- */

static int add_changes(bx_sbml *sbml, Reaction_t *reaction, const char *rate)
{
    bool product;
    SpeciesReference_t *reference;
    int result;
    if (sbml->molecules) {
        result = bx_sbml_add_firings(sbml, reaction);
    } else {
        bx_sbml_put_name(sbml, rate);
        result = bx_sbml_add_equation(sbml, reaction, Reaction_getId(reaction), false,
                                      BX_RATE_FORMULA, bx_builder_end(&sbml->builder));
    }
    for (unsigned i = 0; result == 0 && (reference = bx_sbml_reference_at(reaction, i, &product));
         i++) {
        const Species_t *species = bx_sbml_changed_species(sbml, reference);
        if (species && isnan(bx_sbml_fixed_stoichiometry(sbml, reference, species)))
            result = add_varying(sbml, reference, species, product, rate);
    }
    return result;
}

void bx_sbml_mark_changed(const bx_sbml *sbml, bool *changed)
{
    const ASTNode_t *math;
    for (unsigned i = 0; i < Model_getNumReactions(sbml->model); i++) {
        Reaction_t *reaction = Model_getReaction(sbml->model, i);
        KineticLaw_t *law = Reaction_getKineticLaw(reaction);
        bool product;
        SpeciesReference_t *reference;
        for (unsigned j = 0; law && KineticLaw_getMath(law) &&
                             (reference = bx_sbml_reference_at(reaction, j, &product));
             j++) {
            const Species_t *species = bx_sbml_changed_species(sbml, reference);
            const char *id = species ? Species_getId(species) : NULL;
            if (id && bx_sbml_rule_of(sbml, id, &math) == BX_SBML_NO_RULE)
                changed[bx_names_find(&sbml->species, id)] = true;
        }
    }
}

/* ---- fast reactions ---- */

/* The coefficient of a reference, below 0 for a reactant. */
static bx_formula *signed_stoichiometry(bx_sbml *sbml, const SpeciesReference_t *reference,
                                        const Species_t *species, bool product)
{
    double number = bx_sbml_fixed_stoichiometry(sbml, reference, species);
    if (!isnan(number))
        return bx_formula_number(product ? number : -number, sbml->err);
    put_stoichiometry(sbml, reference, species);
    if (!product)
        bx_builder_apply(&sbml->builder, BX_OP_NEGATE);
    return bx_builder_end(&sbml->builder);
}

static int make_fast(bx_sbml *sbml, Reaction_t *reaction, const char *rate, bx_declared_fast *fast)
{
    bool product;
    SpeciesReference_t *reference;
    unsigned count = Reaction_getNumReactants(reaction) + Reaction_getNumProducts(reaction);
    bx_sbml_put_name(sbml, rate);
    fast->rate = bx_builder_end(&sbml->builder);
    fast->name = strdup(rate);
    fast->terms = calloc(count + 1, sizeof *fast->terms);
    if (!fast->rate || !fast->name || !fast->terms)
        return bx_fail_memory(sbml->err);
    for (unsigned i = 0; (reference = bx_sbml_reference_at(reaction, i, &product)); i++) {
        const Species_t *species = bx_sbml_changed_species(sbml, reference);
        if (!species)
            continue;
        bx_declared_assignment *term = &fast->terms[fast->count++];
        term->target = strdup(bx_sbml_state_of(sbml, species).text);
        const char *id = Species_getId(species);
        if (!term->target || (bx_names_find(&sbml->fast, id) == BX_NAME_NONE &&
                              bx_names_add(&sbml->fast, id, 0) < 0))
            return bx_fail_memory(sbml->err);
        term->formula = signed_stoichiometry(sbml, reference, species, product);
        if (!term->formula)
            return -1;
    }
    return 0;
}

static int add_fast(bx_sbml *sbml, Reaction_t *reaction, const char *rate)
{
    bx_declared_fast fast = {0};
    if (make_fast(sbml, reaction, rate, &fast) == 0)
        return bx_process_take_fast(sbml->process, &fast, sbml->err);
    bx_declared_fast_free(&fast);
    return -1;
}

/* ---- all of them ---- */

static int check_species(const bx_sbml *sbml, Reaction_t *reaction)
{
    bool product;
    SpeciesReference_t *reference;
    for (unsigned i = 0; (reference = bx_sbml_reference_at(reaction, i, &product)); i++) {
        const char *id = SpeciesReference_getSpecies(reference);
        if (!bx_sbml_species_of(sbml, id))
            return bx_fail(sbml->err, BX_EMODEL, "there is no species \"%.64s\"", id ? id : "");
        if (isnan(SpeciesReference_getStoichiometry(reference)) &&
            !SpeciesReference_isSetId(reference) &&
            !SpeciesReference_isSetStoichiometryMath(reference))
            return bx_fail(sbml->err, BX_EMODEL, "the stoichiometry of \"%.64s\" has no value", id);
    }
    return 0;
}

static int add_reaction(bx_sbml *sbml, Reaction_t *reaction)
{
    bx_sbml_name name = bx_sbml_name_of(Reaction_getId(reaction), "");
    KineticLaw_t *law = Reaction_getKineticLaw(reaction);
    if (check_species(sbml, reaction) < 0 || add_law(sbml, reaction, name.text) < 0)
        return -1;
    if (!law || !KineticLaw_getMath(law))
        return 0;
    if (!Reaction_isSetFast(reaction) || !Reaction_getFast(reaction))
        return add_changes(sbml, reaction, name.text);
    if (sbml->molecules)
        return bx_fail(sbml->err, BX_EMODEL,
                       "it is fast, and has no times at which it happens: take the method ode");
    return add_fast(sbml, reaction, name.text);
}

static int warn_all_fast(bx_sbml *sbml)
{
    return bx_warn(
        sbml->warnings, sbml->err, "fast", Model_getId(sbml->model),
        "all reactions of \"%.64s\" are fast: they are at rest from the start, where programs "
        "that know no fast reactions let them run",
        Model_getId(sbml->model) ? Model_getId(sbml->model) : "");
}

int bx_sbml_reactions(bx_sbml *sbml)
{
    size_t fast = 0, slow = 0;
    for (unsigned i = 0; i < Model_getNumReactions(sbml->model); i++) {
        Reaction_t *reaction = Model_getReaction(sbml->model, i);
        if (add_reaction(sbml, reaction) < 0)
            return bx_sbml_fail_in(sbml->err, "reaction", Reaction_getId(reaction));
        slow += sbml->process->fast_count == fast;
        fast = sbml->process->fast_count;
    }
    return fast > 0 && slow == 0 ? warn_all_fast(sbml) : 0;
}
