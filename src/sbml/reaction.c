#include "sbml/math.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- stoichiometry ---- */

/* Whether an id stands for a number that the document gives and nothing changes. */
static bool is_fixed(const bx_sbml *sbml, const char *id)
{
    const ASTNode_t *math;
    return bx_sbml_rule_of(sbml, id, &math) == BX_SBML_NO_RULE && !bx_sbml_initial_of(sbml, id) &&
           bx_names_find(&sbml->targets, id) == BX_NAME_NONE;
}

static const char *conversion_of(const bx_sbml *sbml, const Species_t *species)
{
    if (Species_isSetConversionFactor(species))
        return Species_getConversionFactor(species);
    return Model_isSetConversionFactor(sbml->model) ? Model_getConversionFactor(sbml->model) : NULL;
}

/* The number of a species reference with its conversion factor; NaN if it is a formula. */
static double fixed_stoichiometry(const bx_sbml *sbml, const SpeciesReference_t *reference,
                                  const Species_t *species)
{
    const char *factor = conversion_of(sbml, species);
    double number = SpeciesReference_getStoichiometry(reference);
    if (SpeciesReference_isSetStoichiometryMath(reference) ||
        (SpeciesReference_isSetId(reference) && !is_fixed(sbml, SpeciesReference_getId(reference))))
        return NAN;
    if (SBase_getLevel((SBase_t *)reference) == 1)
        number /= SpeciesReference_getDenominator(reference);
    if (factor) {
        Parameter_t *p = Model_getParameterById(sbml->model, factor);
        number *=
            p && Parameter_isSetValue(p) && is_fixed(sbml, factor) ? Parameter_getValue(p) : NAN;
    }
    return number;
}

/* Append "(stoichiometry) * factor". */
static int put_stoichiometry(bx_sbml *sbml, const SpeciesReference_t *reference,
                             const Species_t *species, bx_buffer *out, bx_error *err)
{
    StoichiometryMath_t *math =
        SpeciesReference_getStoichiometryMath((SpeciesReference_t *)reference);
    const char *factor = conversion_of(sbml, species);
    double number = fixed_stoichiometry(sbml, reference, species);
    if (!isnan(number))
        return bx_sbml_put_number(out, number, err);
    if (bx_sbml_put(out, err, "(") < 0)
        return -1;
    int result;
    if (math && StoichiometryMath_getMath(math))
        result = bx_sbml_formula(sbml, StoichiometryMath_getMath(math), NULL, out, err);
    else if (SpeciesReference_isSetId(reference))
        result = bx_sbml_put(out, err, "%s",
                             bx_sbml_name_of(SpeciesReference_getId(reference), "").text);
    else
        result = bx_sbml_put_number(out, SpeciesReference_getStoichiometry(reference), err);
    if (result < 0 || bx_sbml_put(out, err, ")") < 0)
        return -1;
    return factor ? bx_sbml_put(out, err, " * %s", bx_sbml_name_of(factor, "").text) : 0;
}

/* Reactants, then products. NULL after the last. */
static SpeciesReference_t *reference_at(Reaction_t *reaction, unsigned i, bool *product)
{
    unsigned reactants = Reaction_getNumReactants(reaction);
    *product = i >= reactants;
    return *product ? Reaction_getProduct(reaction, i - reactants)
                    : Reaction_getReactant(reaction, i);
}

/* The species of a reference if reactions change it, else NULL. */
static const Species_t *changed_species(const bx_sbml *sbml, const SpeciesReference_t *reference)
{
    const Species_t *species = bx_sbml_species_of(sbml, SpeciesReference_getSpecies(reference));
    if (!species || Species_getBoundaryCondition(species) || Species_getConstant(species))
        return NULL;
    return species;
}

int bx_sbml_put_changes(bx_sbml *sbml, const Species_t *species, bx_buffer *out, bx_error *err)
{
    if (bx_sbml_put(out, err, "0") < 0)
        return -1;
    for (unsigned i = 0; i < Model_getNumReactions(sbml->model); i++) {
        Reaction_t *reaction = Model_getReaction(sbml->model, i);
        bool product;
        SpeciesReference_t *reference;
        for (unsigned j = 0; (reference = reference_at(reaction, j, &product)); j++)
            if (changed_species(sbml, reference) == species &&
                (bx_sbml_put(out, err, product ? " + " : " - ") < 0 ||
                 put_stoichiometry(sbml, reference, species, out, err) < 0 ||
                 bx_sbml_put(out, err, " * %s",
                             bx_sbml_name_of(Reaction_getId(reaction), "").text) < 0))
                return -1;
    }
    return 0;
}

/* ---- reactions ---- */

static int add_locals(bx_sbml *sbml, const char *id, const KineticLaw_t *law, bx_error *err)
{
    for (unsigned i = 0; i < KineticLaw_getNumParameters(law); i++) {
        Parameter_t *p = KineticLaw_getParameter((KineticLaw_t *)law, i);
        bx_sbml_name name;
        snprintf(name.text, sizeof name.text, "%.*s.%.*s", BX_NAME_LENGTH, id, BX_NAME_LENGTH,
                 Parameter_getId(p));
        double value = Parameter_isSetValue(p) ? Parameter_getValue(p) : NAN;
        if (bx_process_add_parameter(sbml->process, name.text, value, err) < 0)
            return -1;
    }
    return 0;
}

/* The rule that bears the reaction's id: its rate. */
static int add_law(bx_sbml *sbml, Reaction_t *reaction, const char *name, bx_error *err)
{
    KineticLaw_t *law = Reaction_getKineticLaw(reaction);
    const ASTNode_t *math = law ? KineticLaw_getMath(law) : NULL;
    bx_buffer text = bx_sbml_buffer();
    int result = law ? add_locals(sbml, Reaction_getId(reaction), law, err) : 0;
    if (result == 0)
        result = math ? bx_sbml_formula(sbml, math, law, &text, err) : bx_sbml_put(&text, err, "0");
    if (result == 0)
        result = bx_process_add_rule(sbml->process, name, bx_sbml_text(&text), err);
    bx_buffer_free(&text);
    return result;
}

/* A stoichiometry that is a formula: a rate of change of the species. */
static int add_varying(bx_sbml *sbml, const SpeciesReference_t *reference, const Species_t *species,
                       bool product, const char *rate, bx_error *err)
{
    bx_buffer text = bx_sbml_buffer();
    int result = bx_sbml_put(&text, err, product ? "" : "-");
    if (result == 0)
        result = put_stoichiometry(sbml, reference, species, &text, err);
    if (result == 0)
        result = bx_sbml_put(&text, err, " * %s", rate);
    if (result == 0)
        result = bx_process_add_rate(sbml->process, bx_sbml_state_of(sbml, species).text,
                                     bx_sbml_text(&text), err);
    bx_buffer_free(&text);
    return result;
}

/* Append the terms of one side of the equation: a negative number belongs to the other side. */
static int put_side(bx_sbml *sbml, Reaction_t *reaction, bool products, bx_buffer *out,
                    bx_error *err)
{
    bool product, first = true;
    SpeciesReference_t *reference;
    for (unsigned i = 0; (reference = reference_at(reaction, i, &product)); i++) {
        const Species_t *species = changed_species(sbml, reference);
        double number = species ? fixed_stoichiometry(sbml, reference, species) : 0;
        if (isnan(number) || number == 0 || (number > 0 ? product : !product) != products)
            continue;
        if (bx_sbml_put(out, err, "%s%.17g %s", first ? "" : " + ", fabs(number),
                        bx_sbml_state_of(sbml, species).text) < 0)
            return -1;
        first = false;
    }
    return 0;
}

static int add_changes(bx_sbml *sbml, Reaction_t *reaction, const char *rate, bx_error *err)
{
    bx_buffer equation = bx_sbml_buffer();
    bool product;
    SpeciesReference_t *reference;
    int result = put_side(sbml, reaction, false, &equation, err);
    if (result == 0)
        result = bx_sbml_put(&equation, err, " -> ");
    if (result == 0)
        result = put_side(sbml, reaction, true, &equation, err);
    if (result == 0 && strcmp(bx_sbml_text(&equation), " -> ") != 0)
        result = bx_process_add_reaction(sbml->process, Reaction_getId(reaction),
                                         bx_sbml_text(&equation), BX_RATE_FORMULA, rate, err);
    for (unsigned i = 0; result == 0 && (reference = reference_at(reaction, i, &product)); i++) {
        const Species_t *species = changed_species(sbml, reference);
        if (species && isnan(fixed_stoichiometry(sbml, reference, species)))
            result = add_varying(sbml, reference, species, product, rate, err);
    }
    bx_buffer_free(&equation);
    return result;
}

static int check_species(const bx_sbml *sbml, Reaction_t *reaction, bx_error *err)
{
    bool product;
    SpeciesReference_t *reference;
    for (unsigned i = 0; (reference = reference_at(reaction, i, &product)); i++) {
        const char *id = SpeciesReference_getSpecies(reference);
        if (!bx_sbml_species_of(sbml, id))
            return bx_fail(err, BX_EMODEL, "there is no species \"%.64s\"", id ? id : "");
    }
    return 0;
}

static int add_reaction(bx_sbml *sbml, Reaction_t *reaction, bx_error *err)
{
    bx_sbml_name name = bx_sbml_name_of(Reaction_getId(reaction), "");
    KineticLaw_t *law = Reaction_getKineticLaw(reaction);
    if (Reaction_isSetFast(reaction) && Reaction_getFast(reaction))
        return bx_fail(err, BX_EMODEL, "fast reactions are not supported");
    if (check_species(sbml, reaction, err) < 0 || add_law(sbml, reaction, name.text, err) < 0)
        return -1;
    return law && KineticLaw_getMath(law) ? add_changes(sbml, reaction, name.text, err) : 0;
}

int bx_sbml_reactions(bx_sbml *sbml, bx_error *err)
{
    for (unsigned i = 0; i < Model_getNumReactions(sbml->model); i++) {
        Reaction_t *reaction = Model_getReaction(sbml->model, i);
        if (add_reaction(sbml, reaction, err) < 0)
            return bx_sbml_fail_in(err, "reaction", Reaction_getId(reaction));
    }
    return 0;
}
