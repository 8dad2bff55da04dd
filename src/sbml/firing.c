#include "sbml/law.h"
#include "sbml/math.h"
#include "sbml/molecules.h"
#include "sbml/reaction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Units that differ by no more than this are one: of Avogadro's number there are many roundings. */
#define SAME_UNIT 1e-3

/* ---- sides ---- */

static void free_side(bx_law_side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        free(side->reactants[i].name);
        free(side->reactants[i].divisor);
    }
    free(side->reactants);
    bx_names_free(&side->places);
}

/* What a count is divided by for what the id of its species means; no text: by nothing. */
static int find_divisor(bx_sbml *sbml, const Species_t *species, bx_sbml_name *name)
{
    bool concentration = !bx_sbml_is_amount(sbml, species);
    name->text[0] = '\0';
    if (bx_sbml_molecules_of(sbml, species) != 1)
        return bx_sbml_add_divisor(sbml, species, concentration, name);
    if (concentration)
        *name = bx_sbml_name_of(Species_getCompartment(species), "");
    return 0;
}

static int add_reactant(bx_sbml *sbml, const Species_t *species, double order, bx_law_side *side)
{
    bx_sbml_name name = bx_sbml_name_of(Species_getId(species), ""), divisor;
    size_t place = bx_names_find(&side->places, name.text);
    if (place != BX_NAME_NONE) {
        side->reactants[place].order += order;
        return 0;
    }
    if (find_divisor(sbml, species, &divisor) < 0)
        return -1;
    bx_law_reactant *added = &side->reactants[side->count++];
    *added = (bx_law_reactant){.name = strdup(name.text), .order = order};
    if (*divisor.text)
        added->divisor = strdup(divisor.text);
    if (!added->name || (*divisor.text && !added->divisor) ||
        bx_names_add(&side->places, added->name, side->count - 1) < 0)
        return bx_fail_memory(sbml->err);
    return 0;
}

/* Of what the reaction changes by numbers; a negative one belongs to the other side. */
static int make_side(bx_sbml *sbml, Reaction_t *reaction, bool right, bx_law_side *side)
{
    bool product;
    SpeciesReference_t *reference;
    size_t count = 0;
    while (bx_sbml_reference_at(reaction, (unsigned)count, &product))
        count++;
    side->reactants = calloc(count + 1, sizeof *side->reactants);
    if (!side->reactants)
        return bx_fail_memory(sbml->err);
    for (unsigned i = 0; (reference = bx_sbml_reference_at(reaction, i, &product)); i++) {
        const Species_t *species = bx_sbml_changed_species(sbml, reference);
        double number = species ? bx_sbml_coefficient(sbml, reference, species) : 0;
        if (isnan(number) || number == 0 || (number > 0 ? product : !product) != right)
            continue;
        if (add_reactant(sbml, species, fabs(number), side) < 0)
            return -1;
    }
    return 0;
}

/* ---- extents ---- */

/* Of how many firings an extent of 1 consists. */
static int find_firings(const bx_sbml *sbml, Reaction_t *reaction, double *firings)
{
    bool product;
    SpeciesReference_t *reference;
    const char *first = NULL;
    *firings = 1;
    for (unsigned i = 0; (reference = bx_sbml_reference_at(reaction, i, &product)); i++) {
        const Species_t *species = bx_sbml_changed_species(sbml, reference);
        if (!species || isnan(bx_sbml_fixed_stoichiometry(sbml, reference, species)))
            continue;
        double molecules = bx_sbml_molecules_of_extent(sbml, species);
        if (!first)
            *firings = molecules;
        first = first ? first : Species_getId(species);
        if (!(fabs(molecules / *firings - 1) < SAME_UNIT))
            return bx_fail(sbml->err, BX_EMODEL,
                           "the units of \"%.64s\" and \"%.64s\" differ: with one molecule of the "
                           "first, it makes %g of the second",
                           first, Species_getId(species), molecules / *firings);
    }
    return 0;
}

/* ---- directions ---- */

static int warn_of_pairs(bx_sbml *sbml, const char *name, const bx_law_side *left)
{
    for (size_t i = 0; i < left->count; i++)
        if (left->reactants[i].order > 1)
            return bx_warn(sbml->warnings, sbml->err, "mass_action", name,
                           "\"%.128s\" is taken for mass action: for stochastic simulation n "
                           "molecules of \"%.64s\" react as n (n - 1)%s, not as n^%g",
                           name, left->reactants[i].name, left->reactants[i].order > 2 ? " .." : "",
                           left->reactants[i].order);
    return 0;
}

/* One direction, by its law. `left`: what it takes. */
static int add_direction(bx_sbml *sbml, Reaction_t *reaction, bool reversed, const bx_formula *law,
                         const bx_law_side *left)
{
    double firings;
    bx_formula *k;
    bx_sbml_name reverse = bx_sbml_name_of(Reaction_getId(reaction), ".reverse");
    const char *name = reversed ? reverse.text : Reaction_getId(reaction);
    if (find_firings(sbml, reaction, &firings) < 0 ||
        bx_law_mass_action(law, left, &k, sbml->err) < 0)
        return -1;
    bx_rate_kind kind = k ? BX_RATE_MASS_ACTION : BX_RATE_FORMULA;
    bx_formula *rate = bx_law_times(k ? k : law, firings, sbml->err);
    bx_formula_free(k);
    if (kind == BX_RATE_MASS_ACTION && warn_of_pairs(sbml, name, left) < 0) {
        bx_formula_free(rate);
        return -1;
    }
    return bx_sbml_add_equation(sbml, reaction, name, reversed, kind, rate);
}

static int add_both_ways(bx_sbml *sbml, Reaction_t *reaction, const bx_formula *law, size_t sum,
                         const bx_law_side *sides)
{
    const char *id = Reaction_getId(reaction);
    for (int reversed = 0; reversed < 2; reversed++) {
        bx_formula *one = bx_law_direction(law, sum, reversed, sbml->err);
        int result = one ? add_direction(sbml, reaction, reversed, one, &sides[reversed]) : -1;
        bx_formula_free(one);
        if (result < 0)
            return -1;
    }
    return bx_warn(
        sbml->warnings, sbml->err, "reversible", id,
        "the law of \"%.64s\" is a net rate: for stochastic simulation its difference is "
        "taken for two reactions, \"%.64s\" by the first term and \"%.128s\" by the second",
        id, id, bx_sbml_name_of(id, ".reverse").text);
}

/* Where nothing is made or taken, the reaction has to say that it is reversible: k (M - A) may be
 * the rate of one that makes A. */
static bool may_be_reversed(const bx_sbml *sbml, Reaction_t *reaction, const bx_law_side *sides)
{
    bool product;
    SpeciesReference_t *reference;
    for (unsigned i = 0; (reference = bx_sbml_reference_at(reaction, i, &product)); i++) {
        const Species_t *species = bx_sbml_changed_species(sbml, reference);
        if (species && !(bx_sbml_fixed_stoichiometry(sbml, reference, species) > 0))
            return false;
    }
    return Reaction_getReversible(reaction) || (sides[0].count > 0 && sides[1].count > 0);
}

static int add_law(bx_sbml *sbml, Reaction_t *reaction, const bx_formula *law,
                   const bx_law_side *sides)
{
    size_t sum;
    int net = 0;
    if (may_be_reversed(sbml, reaction, sides))
        net = bx_law_is_net(law, &sides[0], &sides[1], &sum, sbml->err);
    if (net != 0)
        return net < 0 ? -1 : add_both_ways(sbml, reaction, law, sum, sides);
    return add_direction(sbml, reaction, false, law, &sides[0]);
}

int bx_sbml_add_firings(bx_sbml *sbml, Reaction_t *reaction)
{
    const KineticLaw_t *law = Reaction_getKineticLaw(reaction);
    bx_law_side sides[2] = {{.count = 0}};
    bx_sbml_math(sbml, KineticLaw_getMath(law), law);
    bx_formula *formula = bx_builder_end(&sbml->builder);
    int result = -1;
    if (formula && make_side(sbml, reaction, false, &sides[0]) == 0 &&
        make_side(sbml, reaction, true, &sides[1]) == 0)
        result = add_law(sbml, reaction, formula, sides);
    free_side(&sides[0]);
    free_side(&sides[1]);
    bx_formula_free(formula);
    return result;
}
