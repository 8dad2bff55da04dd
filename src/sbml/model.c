#include "sbml/model.h"

#include "model/parser.h"
#include "sbml/molecules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An id that is no SId gets "_" where names have no such character. */
static bx_sbml_name plain_name(const char *id)
{
    bx_sbml_name name;
    snprintf(name.text, sizeof name.text, "%s%.*s", *id >= '0' && *id <= '9' ? "_" : "",
             BX_NAME_LENGTH, id);
    for (char *c = name.text; *c; c++)
        if (!(*c >= '0' && *c <= '9') && !(*c >= 'A' && *c <= 'Z') && !(*c >= 'a' && *c <= 'z'))
            *c = '_';
    return name;
}

bx_sbml_name bx_sbml_name_of(const char *id, const char *suffix)
{
    bx_sbml_name name = plain_name(id);
    bool reserved = *suffix == '\0' && bx_formula_reserved(name.text);
    strncat(name.text, reserved ? ".value" : suffix, sizeof name.text - strlen(name.text) - 1);
    return name;
}

bx_sbml_name bx_sbml_local_of(const Reaction_t *reaction, const char *id)
{
    bx_sbml_name name = plain_name(Reaction_getId(reaction)), local = plain_name(id);
    size_t length = strlen(name.text);
    if (length + 1 < sizeof name.text) {
        name.text[length] = '.';
        memccpy(name.text + length + 1, local.text, '\0', sizeof name.text - length - 1);
        name.text[sizeof name.text - 1] = '\0';
    }
    return name;
}

int bx_sbml_fail_in(bx_error *err, const char *what, const char *id)
{
    char label[128];
    snprintf(label, sizeof label, "%s \"%.64s\"", what, id ? id : "");
    return bx_fail_in(err, label);
}

void bx_sbml_put_name(bx_sbml *sbml, const char *name)
{
    bx_builder_name(&sbml->builder, name, 0, 0);
}

int bx_sbml_take(bx_sbml *sbml, int (*take)(bx_process *, const char *, bx_formula *, bx_error *),
                 const char *name)
{
    bx_formula *formula = bx_builder_end(&sbml->builder);
    return formula ? take(sbml->process, name, formula, sbml->err) : -1;
}

/* An element without an id can't be found; of two with one id the first is. */
static int add_id(bx_sbml *sbml, bx_names *names, const char *id, size_t place)
{
    if (!id || bx_names_find(names, id) != BX_NAME_NONE)
        return 0;
    return bx_names_add(names, id, place) < 0 ? bx_fail_memory(sbml->err) : 0;
}

/* What there may be one of alone. */
static int add_only(bx_sbml *sbml, bx_names *names, const char *id, unsigned place,
                    const char *what)
{
    if (id && *id && bx_names_find(names, id) != BX_NAME_NONE)
        return bx_fail(sbml->err, BX_EMODEL, "\"%.64s\" has two %s", id, what);
    return id && *id ? add_id(sbml, names, id, place) : 0;
}

static int add_targets(bx_sbml *sbml, Event_t *event, bx_names *own)
{
    for (unsigned i = 0; i < Event_getNumEventAssignments(event); i++) {
        const char *id = EventAssignment_getVariable(Event_getEventAssignment(event, i));
        if (id && bx_names_find(own, id) != BX_NAME_NONE)
            return bx_fail(sbml->err, BX_EMODEL, "an event sets \"%.64s\" twice", id);
        if (add_id(sbml, own, id, 0) < 0 || add_id(sbml, &sbml->targets, id, 0) < 0)
            return -1;
    }
    return 0;
}

static int index_targets(bx_sbml *sbml, Event_t *event)
{
    bx_names own = {0};
    int result = add_targets(sbml, event, &own);
    bx_names_free(&own);
    return result;
}

int bx_sbml_index(bx_sbml *sbml)
{
    Model_t *m = sbml->model;
    int result = 0;
    for (unsigned i = 0; result == 0 && i < Model_getNumSpecies(m); i++)
        result = add_id(sbml, &sbml->species, Species_getId(Model_getSpecies(m, i)), i);
    for (unsigned i = 0; result == 0 && i < Model_getNumFunctionDefinitions(m); i++)
        result = add_only(sbml, &sbml->functions,
                          FunctionDefinition_getId(Model_getFunctionDefinition(m, i)), i,
                          "function definitions");
    for (unsigned i = 0; result == 0 && i < Model_getNumRules(m); i++)
        result = add_only(sbml, &sbml->rules, Rule_getVariable(Model_getRule(m, i)), i, "rules");
    for (unsigned i = 0; result == 0 && i < Model_getNumInitialAssignments(m); i++)
        result = add_only(sbml, &sbml->initials,
                          InitialAssignment_getSymbol(Model_getInitialAssignment(m, i)), i,
                          "initial assignments");
    for (unsigned i = 0; result == 0 && i < Model_getNumEvents(m); i++)
        result = index_targets(sbml, Model_getEvent(m, i));
    return result;
}

void bx_sbml_free(bx_sbml *sbml)
{
    for (size_t i = 0; i < sbml->rate_count; i++)
        free(sbml->rate_names[i]);
    free(sbml->rate_names);
    bx_names_free(&sbml->rates);
    bx_names_free(&sbml->fast);
    free(sbml->molecules);
    free(sbml->rounded);
    bx_names_free(&sbml->species);
    bx_names_free(&sbml->functions);
    bx_names_free(&sbml->rules);
    bx_names_free(&sbml->initials);
    bx_names_free(&sbml->targets);
    bx_builder_drop(&sbml->builder);
}

const Species_t *bx_sbml_species_of(const bx_sbml *sbml, const char *id)
{
    size_t place = id ? bx_names_find(&sbml->species, id) : BX_NAME_NONE;
    return place == BX_NAME_NONE ? NULL : Model_getSpecies(sbml->model, (unsigned)place);
}

const FunctionDefinition_t *bx_sbml_function_of(const bx_sbml *sbml, const char *id)
{
    size_t place = bx_names_find(&sbml->functions, id);
    if (place == BX_NAME_NONE)
        return NULL;
    return Model_getFunctionDefinition(sbml->model, (unsigned)place);
}

bx_sbml_rule bx_sbml_rule_of(const bx_sbml *sbml, const char *id, const ASTNode_t **math)
{
    size_t place = bx_names_find(&sbml->rules, id);
    Rule_t *rule = place == BX_NAME_NONE ? NULL : Model_getRule(sbml->model, (unsigned)place);
    *math = rule ? Rule_getMath(rule) : NULL;
    if (!*math)
        return BX_SBML_NO_RULE;
    if (Rule_isAlgebraic(rule))
        return BX_SBML_ALGEBRAIC;
    return Rule_isRate(rule) ? BX_SBML_RATE : BX_SBML_ASSIGNMENT;
}

const ASTNode_t *bx_sbml_initial_of(const bx_sbml *sbml, const char *id)
{
    size_t place = bx_names_find(&sbml->initials, id);
    if (place == BX_NAME_NONE)
        return NULL;
    return InitialAssignment_getMath(Model_getInitialAssignment(sbml->model, (unsigned)place));
}

bool bx_sbml_is_amount(const bx_sbml *sbml, const Species_t *species)
{
    const Compartment_t *compartment =
        Model_getCompartmentById(sbml->model, Species_getCompartment(species));
    return Species_getHasOnlySubstanceUnits(species) ||
           (compartment && Compartment_isSetSpatialDimensions(compartment) &&
            Compartment_getSpatialDimensionsAsDouble(compartment) == 0);
}

bx_sbml_name bx_sbml_state_of(const bx_sbml *sbml, const Species_t *species)
{
    const char *amount = bx_sbml_is_amount(sbml, species) ? "" : ".amount";
    return bx_sbml_name_of(Species_getId(species),
                           bx_sbml_molecules_of(sbml, species) != 1 ? ".molecules" : amount);
}
