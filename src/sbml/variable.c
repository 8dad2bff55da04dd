#include "sbml/math.h"
#include "sbml/molecules.h"
#include "sbml/reaction.h"

#include <math.h>

typedef int taker(bx_process *, const char *, bx_formula *, bx_error *);

static int take_math(bx_sbml *sbml, taker *take, const char *name, const ASTNode_t *math)
{
    bx_sbml_math(sbml, math, NULL);
    return bx_sbml_take(sbml, take, name);
}

/* What the formula so far is, op `right`. */
static void put_behind(bx_sbml *sbml, bx_op op, const char *right)
{
    bx_sbml_put_name(sbml, right);
    bx_builder_apply(&sbml->builder, op);
}

/* What an algebraic rule determines: the search for it begins at a number, or at what an initial
 * assignment gives it. */
static int add_solved(bx_sbml *sbml, const char *id, const char *name, const ASTNode_t *math,
                      double start)
{
    const ASTNode_t *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_math(sbml, math, NULL);
    bx_formula *formula = bx_builder_end(&sbml->builder);
    if (!formula || bx_process_take_constraint(sbml->process, name, formula, start, sbml->err) < 0)
        return -1;
    return initial ? take_math(sbml, bx_process_take_initial, bx_sbml_name_of(id, ".start").text,
                               initial)
                   : 0;
}

/* A rule: `name` is `left` op `right`. */
static int add_rule(bx_sbml *sbml, const char *name, const char *left, bx_op op, const char *right)
{
    bx_sbml_put_name(sbml, left);
    put_behind(sbml, op, right);
    return bx_sbml_take(sbml, bx_process_take_rule, name);
}

/* A run fails if it needs the value, unless it has been set by then. */
static int warn_without_value(bx_sbml *sbml, const char *what, const char *id)
{
    const ASTNode_t *math;
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    if (rule == BX_SBML_ASSIGNMENT || rule == BX_SBML_ALGEBRAIC || bx_sbml_initial_of(sbml, id))
        return 0;
    return bx_warn(sbml->warnings, sbml->err, "value", id, "%s \"%.64s\" has no value", what, id);
}

/* A compartment, a parameter or a species reference. */
static int add_plain(bx_sbml *sbml, const char *id, double value)
{
    const ASTNode_t *math, *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, "");
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    if (rule == BX_SBML_ASSIGNMENT)
        return take_math(sbml, bx_process_take_rule, name.text, math);
    if (rule == BX_SBML_ALGEBRAIC)
        return add_solved(sbml, id, name.text, math, value);
    if (rule == BX_SBML_RATE) {
        if (bx_process_add_species(sbml->process, name.text, value, sbml->err) < 0 ||
            take_math(sbml, bx_process_take_rate, name.text, math) < 0)
            return -1;
    } else if (bx_process_add_parameter(sbml->process, name.text, value, sbml->err) < 0) {
        return -1;
    }
    return initial ? take_math(sbml, bx_process_take_initial, name.text, initial) : 0;
}

/* A number that has gone into the equations of reactions, so that nobody can set it later: it is
 * there to be read. */
static int add_coefficient(bx_sbml *sbml, const char *id, double value)
{
    if (isnan(value) || !bx_sbml_is_fixed(sbml, id))
        return add_plain(sbml, id, value);
    bx_builder_number(&sbml->builder, value);
    return bx_sbml_take(sbml, bx_process_take_rule, bx_sbml_name_of(id, "").text);
}

static bool is_conversion(const bx_sbml *sbml, const char *id)
{
    for (unsigned i = 0; i < Model_getNumSpecies(sbml->model); i++) {
        const char *factor = bx_sbml_conversion_of(sbml, Model_getSpecies(sbml->model, i));
        if (factor && strcmp(factor, id) == 0)
            return true;
    }
    return false;
}

/* ---- species ---- */

static double amount_of(const Species_t *species)
{
    return Species_isSetInitialAmount(species) ? Species_getInitialAmount(species) : NAN;
}

static double concentration_of(const Species_t *species)
{
    return Species_isSetInitialConcentration(species) ? Species_getInitialConcentration(species)
                                                      : NAN;
}

/* `name` begins as `number` op `size`: an amount from a concentration, or the other way round. */
static int add_initial_number(bx_sbml *sbml, const char *name, double number, bx_op op,
                              const char *size)
{
    bx_builder_number(&sbml->builder, number);
    put_behind(sbml, op, size);
    return bx_sbml_take(sbml, bx_process_take_initial, name);
}

/* The search begins at `start`; or, where that has no value, at `other` op `size`. */
static int add_solved_species(bx_sbml *sbml, const Species_t *species, const char *name,
                              const ASTNode_t *math, double start, bx_op op, double other,
                              const char *size)
{
    const char *id = Species_getId(species);
    if (add_solved(sbml, id, name, math, start) < 0)
        return -1;
    if (!isnan(start) || isnan(other) || bx_sbml_initial_of(sbml, id))
        return 0;
    return add_initial_number(sbml, bx_sbml_name_of(id, ".start").text, other, op, size);
}

/* The state of a species whose id means its amount. */
static int add_amount_state(bx_sbml *sbml, const Species_t *species, const char *name,
                            const char *size)
{
    const ASTNode_t *math, *initial = bx_sbml_initial_of(sbml, Species_getId(species));
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, Species_getId(species), &math);
    if (rule == BX_SBML_ASSIGNMENT)
        return take_math(sbml, bx_process_take_rule, name, math);
    if (rule == BX_SBML_ALGEBRAIC)
        return add_solved_species(sbml, species, name, math, amount_of(species), BX_OP_MULTIPLY,
                                  concentration_of(species), size);
    if (bx_sbml_add_state(sbml, species, name, amount_of(species)) < 0 ||
        (rule == BX_SBML_RATE && take_math(sbml, bx_process_take_rate, name, math) < 0))
        return -1;
    if (initial)
        return take_math(sbml, bx_process_take_initial, name, initial);
    if (!Species_isSetInitialConcentration(species))
        return 0;
    return add_initial_number(sbml, name, concentration_of(species), BX_OP_MULTIPLY, size);
}

/* The state is a number of molecules, `amount` the amount in the model's unit. */
static int add_molecules(bx_sbml *sbml, const Species_t *species, const char *amount)
{
    const char *id = Species_getId(species);
    const ASTNode_t *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name state = bx_sbml_state_of(sbml, species), each, factor;
    bool concentration =
        initial ? !bx_sbml_is_amount(sbml, species) : Species_isSetInitialConcentration(species);
    if (bx_sbml_add_divisor(sbml, species, false, &each) < 0 ||
        bx_sbml_add_divisor(sbml, species, concentration, &factor) < 0 ||
        bx_sbml_add_state(sbml, species, state.text, NAN) < 0 ||
        bx_process_add_quotient(sbml->process, amount, state.text, each.text, sbml->err) < 0)
        return -1;
    if (initial)
        bx_sbml_math(sbml, initial, NULL);
    else
        bx_builder_number(&sbml->builder,
                          concentration ? concentration_of(species) : amount_of(species));
    put_behind(sbml, BX_OP_MULTIPLY, factor.text);
    return bx_sbml_take(sbml, bx_process_take_initial, state.text);
}

static int add_amount(bx_sbml *sbml, const Species_t *species, const char *size)
{
    const char *id = Species_getId(species);
    bx_sbml_name name = bx_sbml_name_of(id, ""), other = bx_sbml_name_of(id, ".concentration");
    int result = bx_sbml_molecules_of(sbml, species) != 1
                     ? add_molecules(sbml, species, name.text)
                     : add_amount_state(sbml, species, name.text, size);
    if (result < 0)
        return -1;
    return add_rule(sbml, other.text, name.text, BX_OP_DIVIDE, size);
}

/* Where the compartment's size follows a formula, the concentration is what a rate rule moves. */
static int add_moved_concentration(bx_sbml *sbml, const Species_t *species, const char *size,
                                   const ASTNode_t *rate)
{
    const char *id = Species_getId(species);
    const ASTNode_t *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, ""), amount = bx_sbml_name_of(id, ".amount");
    if (bx_process_add_species(sbml->process, name.text, concentration_of(species), sbml->err) <
            0 ||
        take_math(sbml, bx_process_take_rate, name.text, rate) < 0 ||
        add_rule(sbml, amount.text, name.text, BX_OP_MULTIPLY, size) < 0)
        return -1;
    if (initial)
        return take_math(sbml, bx_process_take_initial, name.text, initial);
    if (!Species_isSetInitialAmount(species))
        return 0;
    return add_initial_number(sbml, name.text, amount_of(species), BX_OP_DIVIDE, size);
}

/* d(amount)/dt = size d(concentration)/dt + concentration d(size)/dt. */
static int add_rate_of_amount(bx_sbml *sbml, const char *id, const char *amount, const char *size,
                              const ASTNode_t *rate, const ASTNode_t *size_rate)
{
    bx_sbml_math(sbml, rate, NULL);
    put_behind(sbml, BX_OP_MULTIPLY, size);
    if (size_rate) {
        bx_sbml_put_name(sbml, bx_sbml_name_of(id, "").text);
        bx_sbml_math(sbml, size_rate, NULL);
        bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
        bx_builder_apply(&sbml->builder, BX_OP_ADD);
    }
    return bx_sbml_take(sbml, bx_process_take_rate, amount);
}

/* The species' id means its concentration. */
static int add_concentration(bx_sbml *sbml, const Species_t *species, const char *size)
{
    const char *id = Species_getId(species);
    const ASTNode_t *math, *size_math, *initial = bx_sbml_initial_of(sbml, id);
    bx_sbml_name name = bx_sbml_name_of(id, ""), amount = bx_sbml_name_of(id, ".amount");
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    bx_sbml_rule size_rule = bx_sbml_rule_of(sbml, Species_getCompartment(species), &size_math);
    if (bx_sbml_molecules_of(sbml, species) != 1) {
        bx_sbml_name state = bx_sbml_state_of(sbml, species), each;
        if (add_molecules(sbml, species, amount.text) < 0 ||
            bx_sbml_add_divisor(sbml, species, true, &each) < 0)
            return -1;
        return bx_process_add_quotient(sbml->process, name.text, state.text, each.text, sbml->err);
    }
    if (rule == BX_SBML_ASSIGNMENT || rule == BX_SBML_ALGEBRAIC) {
        if ((rule == BX_SBML_ASSIGNMENT
                 ? take_math(sbml, bx_process_take_rule, name.text, math)
                 : add_solved_species(sbml, species, name.text, math, concentration_of(species),
                                      BX_OP_DIVIDE, amount_of(species), size)) < 0)
            return -1;
        return add_rule(sbml, amount.text, name.text, BX_OP_MULTIPLY, size);
    }
    if (rule == BX_SBML_RATE && (size_rule == BX_SBML_ASSIGNMENT || size_rule == BX_SBML_ALGEBRAIC))
        return add_moved_concentration(sbml, species, size, math);
    if (bx_sbml_add_state(sbml, species, amount.text, amount_of(species)) < 0 ||
        bx_process_add_quotient(sbml->process, name.text, amount.text, size, sbml->err) < 0 ||
        (rule == BX_SBML_RATE &&
         add_rate_of_amount(sbml, id, amount.text, size, math,
                            size_rule == BX_SBML_RATE ? size_math : NULL) < 0))
        return -1;
    if (initial) {
        bx_sbml_math(sbml, initial, NULL);
        put_behind(sbml, BX_OP_MULTIPLY, size);
        return bx_sbml_take(sbml, bx_process_take_initial, amount.text);
    }
    if (!Species_isSetInitialConcentration(species))
        return 0;
    return add_initial_number(sbml, amount.text, concentration_of(species), BX_OP_MULTIPLY, size);
}

static int add_species(bx_sbml *sbml, const Species_t *species)
{
    const char *compartment = Species_getCompartment(species);
    if (!compartment || !Model_getCompartmentById(sbml->model, compartment))
        return bx_fail(sbml->err, BX_EMODEL, "there is no compartment \"%.64s\"",
                       compartment ? compartment : "");
    bx_sbml_name size = bx_sbml_name_of(compartment, "");
    if (bx_sbml_is_amount(sbml, species))
        return add_amount(sbml, species, size.text);
    return add_concentration(sbml, species, size.text);
}

/* ---- all ---- */

static int add_references(bx_sbml *sbml, Reaction_t *reaction)
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
        if ((isnan(value) &&
             warn_without_value(sbml, "stoichiometry", SpeciesReference_getId(reference)) < 0) ||
            add_coefficient(sbml, SpeciesReference_getId(reference), value) < 0)
            return bx_sbml_fail_in(sbml->err, "species reference",
                                   SpeciesReference_getId(reference));
    }
    return 0;
}

/* Without a size it is 1, as other programs have it: concentrations are then amounts. */
static int take_size(bx_sbml *sbml, const Compartment_t *c, double *size)
{
    const ASTNode_t *math;
    const char *id = Compartment_getId(c);
    *size = Compartment_isSetSize(c) ? Compartment_getSize(c) : NAN;
    if (SBase_getLevel((const SBase_t *)c) == 1)
        *size = Compartment_getVolume(c);
    if (Compartment_isSetSize(c) || !isnan(*size) ||
        Compartment_getSpatialDimensionsAsDouble(c) == 0 || bx_sbml_initial_of(sbml, id) ||
        bx_sbml_rule_of(sbml, id, &math) == BX_SBML_ASSIGNMENT ||
        bx_sbml_rule_of(sbml, id, &math) == BX_SBML_ALGEBRAIC)
        return 0;
    *size = 1;
    return bx_warn(sbml->warnings, sbml->err, "size", id,
                   "compartment \"%.64s\" has no size: 1 is taken", id);
}

static int add_compartments(bx_sbml *sbml)
{
    for (unsigned i = 0; i < Model_getNumCompartments(sbml->model); i++) {
        double size;
        Compartment_t *c = Model_getCompartment(sbml->model, i);
        if (take_size(sbml, c, &size) < 0)
            return -1;
        if (add_plain(sbml, Compartment_getId(c), size) < 0)
            return bx_sbml_fail_in(sbml->err, "compartment", Compartment_getId(c));
    }
    return 0;
}

int bx_sbml_variables(bx_sbml *sbml)
{
    Model_t *model = sbml->model;
    if (add_compartments(sbml) < 0)
        return -1;
    for (unsigned i = 0; i < Model_getNumParameters(model); i++) {
        Parameter_t *p = Model_getParameter(model, i);
        double value = Parameter_isSetValue(p) ? Parameter_getValue(p) : NAN;
        if (!Parameter_isSetValue(p) &&
            warn_without_value(sbml, "parameter", Parameter_getId(p)) < 0)
            return -1;
        const char *id = Parameter_getId(p);
        int added =
            is_conversion(sbml, id) ? add_coefficient(sbml, id, value) : add_plain(sbml, id, value);
        if (added < 0)
            return bx_sbml_fail_in(sbml->err, "parameter", Parameter_getId(p));
    }
    for (unsigned i = 0; i < Model_getNumSpecies(model); i++) {
        Species_t *species = Model_getSpecies(model, i);
        if (!Species_isSetInitialAmount(species) && !Species_isSetInitialConcentration(species) &&
            warn_without_value(sbml, "species", Species_getId(species)) < 0)
            return -1;
        if (add_species(sbml, species) < 0)
            return bx_sbml_fail_in(sbml->err, "species", Species_getId(species));
    }
    for (unsigned i = 0; i < Model_getNumReactions(model); i++)
        if (add_references(sbml, Model_getReaction(model, i)) < 0)
            return -1;
    return 0;
}

/* ---- rateOf ---- */

static void put_rate_of_species(bx_sbml *sbml, const Species_t *species)
{
    const ASTNode_t *size_rate;
    const char *compartment = Species_getCompartment(species);
    if (bx_names_find(&sbml->fast, Species_getId(species)) != BX_NAME_NONE)
        bx_builder_fail(&sbml->builder, BX_EMODEL,
                        "the rate of a species that fast reactions change is not supported");
    bx_sbml_put_changes(sbml, species);
    if (bx_sbml_is_amount(sbml, species))
        return;
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, compartment, &size_rate);
    if (rule == BX_SBML_ASSIGNMENT || rule == BX_SBML_ALGEBRAIC)
        bx_builder_fail(&sbml->builder, BX_EMODEL,
                        "the rate of a concentration in a compartment under an assignment or "
                        "algebraic rule is not supported");
    if (rule == BX_SBML_RATE) {
        bx_sbml_put_name(sbml, bx_sbml_name_of(Species_getId(species), "").text);
        bx_sbml_math(sbml, size_rate, NULL);
        bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
        bx_builder_apply(&sbml->builder, BX_OP_SUBTRACT);
    }
    put_behind(sbml, BX_OP_DIVIDE, bx_sbml_name_of(compartment, "").text);
}

static void put_rate(bx_sbml *sbml, const char *id)
{
    const ASTNode_t *math;
    const Species_t *species = bx_sbml_species_of(sbml, id);
    bx_sbml_rule rule = bx_sbml_rule_of(sbml, id, &math);
    if (rule == BX_SBML_RATE)
        bx_sbml_math(sbml, math, NULL);
    else if (rule == BX_SBML_ASSIGNMENT || rule == BX_SBML_ALGEBRAIC)
        bx_builder_fail(&sbml->builder, BX_EMODEL,
                        "the rate of a variable under an assignment or algebraic rule is not "
                        "supported");
    else if (species)
        put_rate_of_species(sbml, species);
    else
        bx_builder_number(&sbml->builder, 0);
}

/* Before the beginning nothing changes, for which a delay may ask: if(time < 0, 0, rate). */
static void put_rate_from_0(bx_sbml *sbml, const char *id)
{
    bx_builder *builder = &sbml->builder;
    bx_builder_apply(builder, BX_OP_TIME);
    bx_builder_number(builder, 0);
    bx_builder_apply(builder, BX_OP_LESS);
    bx_builder_number(builder, 0);
    put_rate(sbml, id);
    bx_builder_apply(builder, BX_OP_IF);
}

int bx_sbml_rates(bx_sbml *sbml)
{
    for (size_t i = 0; i < sbml->rate_count; i++) {
        const char *id = sbml->rate_names[i];
        if (sbml->delays)
            put_rate_from_0(sbml, id);
        else
            put_rate(sbml, id);
        if (bx_sbml_take(sbml, bx_process_take_rule, bx_sbml_name_of(id, ".rate").text) < 0)
            return bx_sbml_fail_in(sbml->err, "rateOf", sbml->rate_names[i]);
    }
    return 0;
}
