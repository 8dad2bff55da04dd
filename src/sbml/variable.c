#include "sbml/math.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A formula between two pieces of text. */
static int put_around(bx_sbml *sbml, const char *before, const ASTNode_t *math, const char *after,
                      bx_buffer *out, bx_error *err)
{
    if (bx_sbml_put(out, err, "%s", before) < 0 || bx_sbml_formula(sbml, math, NULL, out, err) < 0)
        return -1;
    return bx_sbml_put(out, err, "%s", after);
}

typedef int adder(bx_process *, const char *, const char *, bx_error *);

/* add(process, name, before math after). */
static int add_formula(bx_sbml *sbml, adder *add, const char *name, const char *before,
                       const ASTNode_t *math, const char *after, bx_error *err)
{
    bx_buffer text = bx_sbml_buffer();
    int result = put_around(sbml, before, math, after, &text, err);
    if (result == 0)
        result = add(sbml->process, name, bx_sbml_text(&text), err);
    bx_buffer_free(&text);
    return result;
}

/* A compartment, a parameter or a species reference. */
static int add_plain(bx_sbml *sbml, const char *id, double value, bx_error *err)
{
    const ASTNode_t *math, *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, "");
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    if (rule == BX_SBML_ASSIGNMENT)
        return add_formula(sbml, bx_process_add_rule, name.text, "", math, "", err);
    if (rule == BX_SBML_RATE) {
        if (bx_process_add_species(sbml->process, name.text, value, err) < 0 ||
            add_formula(sbml, bx_process_add_rate, name.text, "", math, "", err) < 0)
            return -1;
    } else if (bx_process_add_parameter(sbml->process, name.text, value, err) < 0) {
        return -1;
    }
    if (!initial)
        return 0;
    return add_formula(sbml, bx_process_add_initial, name.text, "", initial, "", err);
}

/* ---- species ---- */

/* Numbers, with " * size" behind where an amount is to become of a concentration. */
static int add_initial_number(bx_sbml *sbml, const char *name, double number, const char *operation,
                              const char *size, bx_error *err)
{
    bx_buffer text = bx_sbml_buffer();
    int result = bx_sbml_put_number(&text, number, err);
    if (result == 0)
        result = bx_sbml_put(&text, err, "%s%s", operation, size);
    if (result == 0)
        result = bx_process_add_initial(sbml->process, name, bx_sbml_text(&text), err);
    bx_buffer_free(&text);
    return result;
}

/* The species' id means its amount. */
static int add_amount(bx_sbml *sbml, const Species_t *species, const char *size, bx_error *err)
{
    const char *id = Species_getId(species);
    const ASTNode_t *math, *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, ""), other = bx_sbml_name_of(id, ".concentration");
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    double amount = Species_isSetInitialAmount(species) ? Species_getInitialAmount(species) : NAN;
    char quotient[2 * BX_SBML_NAME + 8];
    snprintf(quotient, sizeof quotient, "%s / %s", name.text, size);
    if (rule == BX_SBML_ASSIGNMENT) {
        if (add_formula(sbml, bx_process_add_rule, name.text, "", math, "", err) < 0)
            return -1;
    } else {
        if (bx_process_add_species(sbml->process, name.text, amount, err) < 0 ||
            (rule == BX_SBML_RATE &&
             add_formula(sbml, bx_process_add_rate, name.text, "", math, "", err) < 0))
            return -1;
        if (initial
                ? add_formula(sbml, bx_process_add_initial, name.text, "", initial, "", err) < 0
                : Species_isSetInitialConcentration(species) &&
                      add_initial_number(sbml, name.text, Species_getInitialConcentration(species),
                                         " * ", size, err) < 0)
            return -1;
    }
    return bx_process_add_rule(sbml->process, other.text, quotient, err);
}

/* Where the compartment's size follows a formula, the concentration is what a rate rule moves. */
static int add_moved_concentration(bx_sbml *sbml, const Species_t *species, const char *size,
                                   const ASTNode_t *rate, bx_error *err)
{
    const char *id = Species_getId(species);
    const ASTNode_t *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, ""), amount = bx_sbml_name_of(id, ".amount");
    double concentration =
        Species_isSetInitialConcentration(species) ? Species_getInitialConcentration(species) : NAN;
    char product[2 * BX_SBML_NAME + 8];
    snprintf(product, sizeof product, "%s * %s", name.text, size);
    if (bx_process_add_species(sbml->process, name.text, concentration, err) < 0 ||
        add_formula(sbml, bx_process_add_rate, name.text, "", rate, "", err) < 0 ||
        bx_process_add_rule(sbml->process, amount.text, product, err) < 0)
        return -1;
    if (initial)
        return add_formula(sbml, bx_process_add_initial, name.text, "", initial, "", err);
    if (!Species_isSetInitialAmount(species))
        return 0;
    return add_initial_number(sbml, name.text, Species_getInitialAmount(species), " / ", size, err);
}

/* d(amount)/dt = size d(concentration)/dt + concentration d(size)/dt. */
static int add_rate_of_amount(bx_sbml *sbml, const char *id, const char *amount, const char *size,
                              const ASTNode_t *rate, const ASTNode_t *size_rate, bx_error *err)
{
    char between[2 * BX_SBML_NAME + 24];
    bx_buffer text = bx_sbml_buffer();
    snprintf(between, sizeof between, ") * %s%s%s%s", size, size_rate ? " + " : "",
             size_rate ? bx_sbml_name_of(id, "").text : "", size_rate ? " * (" : "");
    int result = put_around(sbml, "(", rate, between, &text, err);
    if (result == 0 && size_rate)
        result = put_around(sbml, "", size_rate, ")", &text, err);
    if (result == 0)
        result = bx_process_add_rate(sbml->process, amount, bx_sbml_text(&text), err);
    bx_buffer_free(&text);
    return result;
}

/* The species' id means its concentration. */
static int add_concentration(bx_sbml *sbml, const Species_t *species, const char *size,
                             bx_error *err)
{
    const char *id = Species_getId(species);
    const ASTNode_t *math, *size_math, *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, ""), amount = bx_sbml_name_of(id, ".amount");
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    bx_sbml_rule size_rule = bx_sbml_rule_of(sbml, Species_getCompartment(species), &size_math);
    char product[2 * BX_SBML_NAME + 8];
    if (rule == BX_SBML_ASSIGNMENT) {
        snprintf(product, sizeof product, "%s * %s", name.text, size);
        if (add_formula(sbml, bx_process_add_rule, name.text, "", math, "", err) < 0)
            return -1;
        return bx_process_add_rule(sbml->process, amount.text, product, err);
    }
    if (rule == BX_SBML_RATE && size_rule == BX_SBML_ASSIGNMENT)
        return add_moved_concentration(sbml, species, size, math, err);
    double value = Species_isSetInitialAmount(species) ? Species_getInitialAmount(species) : NAN;
    if (bx_process_add_species(sbml->process, amount.text, value, err) < 0 ||
        bx_process_add_quotient(sbml->process, name.text, amount.text, size, err) < 0 ||
        (rule == BX_SBML_RATE &&
         add_rate_of_amount(sbml, id, amount.text, size, math,
                            size_rule == BX_SBML_RATE ? size_math : NULL, err) < 0))
        return -1;
    snprintf(product, sizeof product, ") * %s", size);
    if (initial)
        return add_formula(sbml, bx_process_add_initial, amount.text, "(", initial, product, err);
    if (!Species_isSetInitialConcentration(species))
        return 0;
    return add_initial_number(sbml, amount.text, Species_getInitialConcentration(species), " * ",
                              size, err);
}

static int add_species(bx_sbml *sbml, const Species_t *species, bx_error *err)
{
    const char *compartment = Species_getCompartment(species);
    if (!compartment || !Model_getCompartmentById(sbml->model, compartment))
        return bx_fail(err, BX_EMODEL, "there is no compartment \"%.64s\"",
                       compartment ? compartment : "");
    bx_sbml_name size = bx_sbml_name_of(compartment, "");
    if (bx_sbml_is_amount(sbml, species))
        return add_amount(sbml, species, size.text, err);
    return add_concentration(sbml, species, size.text, err);
}

/* ---- all ---- */

static int add_references(bx_sbml *sbml, Reaction_t *reaction, bx_error *err)
{
    unsigned reactants = Reaction_getNumReactants(reaction);
    unsigned all = reactants + Reaction_getNumProducts(reaction);
    for (unsigned i = 0; i < all; i++) {
        SpeciesReference_t *reference = i < reactants
                                            ? Reaction_getReactant(reaction, i)
                                            : Reaction_getProduct(reaction, i - reactants);
        if (!SpeciesReference_isSetId(reference))
            continue;
        double value = SpeciesReference_getStoichiometry(reference);
        if (SBase_getLevel((SBase_t *)reference) > 2 &&
            !SpeciesReference_isSetStoichiometry(reference))
            value = NAN;
        if (add_plain(sbml, SpeciesReference_getId(reference), value, err) < 0)
            return bx_sbml_fail_in(err, "species reference", SpeciesReference_getId(reference));
    }
    return 0;
}

static int add_compartments(bx_sbml *sbml, bx_error *err)
{
    for (unsigned i = 0; i < Model_getNumCompartments(sbml->model); i++) {
        Compartment_t *c = Model_getCompartment(sbml->model, i);
        double size = Compartment_isSetSize(c) ? Compartment_getSize(c) : NAN;
        if (SBase_getLevel((SBase_t *)c) == 1)
            size = Compartment_getVolume(c);
        if (add_plain(sbml, Compartment_getId(c), size, err) < 0)
            return bx_sbml_fail_in(err, "compartment", Compartment_getId(c));
    }
    return 0;
}

int bx_sbml_variables(bx_sbml *sbml, bx_error *err)
{
    Model_t *model = sbml->model;
    if (add_compartments(sbml, err) < 0)
        return -1;
    for (unsigned i = 0; i < Model_getNumParameters(model); i++) {
        Parameter_t *p = Model_getParameter(model, i);
        double value = Parameter_isSetValue(p) ? Parameter_getValue(p) : NAN;
        if (add_plain(sbml, Parameter_getId(p), value, err) < 0)
            return bx_sbml_fail_in(err, "parameter", Parameter_getId(p));
    }
    for (unsigned i = 0; i < Model_getNumSpecies(model); i++) {
        Species_t *species = Model_getSpecies(model, i);
        if (add_species(sbml, species, err) < 0)
            return bx_sbml_fail_in(err, "species", Species_getId(species));
    }
    for (unsigned i = 0; i < Model_getNumReactions(model); i++)
        if (add_references(sbml, Model_getReaction(model, i), err) < 0)
            return -1;
    return 0;
}

/* ---- rateOf ---- */

static int put_rate_of_species(bx_sbml *sbml, const Species_t *species, bx_buffer *out,
                               bx_error *err)
{
    const ASTNode_t *size_rate;
    const char *compartment = Species_getCompartment(species);
    if (bx_sbml_is_amount(sbml, species))
        return bx_sbml_put_changes(sbml, species, out, err);
    bx_sbml_name size = bx_sbml_name_of(compartment, "");
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, compartment, &size_rate);
    if (rule == BX_SBML_ASSIGNMENT)
        return bx_fail(err, BX_EMODEL,
                       "the rate of a concentration in a compartment under an assignment rule is "
                       "not supported");
    if (bx_sbml_put(out, err, "((") < 0 || bx_sbml_put_changes(sbml, species, out, err) < 0 ||
        bx_sbml_put(out, err, ")") < 0)
        return -1;
    if (rule == BX_SBML_RATE &&
        (bx_sbml_put(out, err, " - %s * (", bx_sbml_name_of(Species_getId(species), "").text) < 0 ||
         put_around(sbml, "", size_rate, ")", out, err) < 0))
        return -1;
    return bx_sbml_put(out, err, ") / %s", size.text);
}

static int put_rate(bx_sbml *sbml, const char *id, bx_buffer *out, bx_error *err)
{
    const ASTNode_t *math;
    const Species_t *species = bx_sbml_species_of(sbml, id);
    switch (bx_sbml_rule_of(sbml, id, &math)) {
    case BX_SBML_RATE: return bx_sbml_formula(sbml, math, NULL, out, err);
    case BX_SBML_ASSIGNMENT:
        return bx_fail(err, BX_EMODEL,
                       "the rate of a variable under an assignment rule is not supported");
    default:
        if (species)
            return put_rate_of_species(sbml, species, out, err);
        return bx_sbml_put(out, err, "0");
    }
}

int bx_sbml_rates(bx_sbml *sbml, bx_error *err)
{
    for (size_t i = 0; i < sbml->rate_count; i++) {
        bx_buffer text = bx_sbml_buffer();
        bx_sbml_name name;
        snprintf(name.text, sizeof name.text, "%.*s.rate", BX_NAME_LENGTH, sbml->rate_ids[i]);
        int result = put_rate(sbml, sbml->rate_ids[i], &text, err);
        if (result == 0)
            result = bx_process_add_rule(sbml->process, name.text, bx_sbml_text(&text), err);
        bx_buffer_free(&text);
        if (result < 0)
            return bx_sbml_fail_in(err, "rateOf", sbml->rate_ids[i]);
    }
    return 0;
}
