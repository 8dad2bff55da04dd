#include "sbml/model.h"

#include "model/formula.h"

#include <math.h>
#include <stdio.h>

bx_sbml_name bx_sbml_name_of(const char *id, const char *suffix)
{
    bx_sbml_name name;
    bool reserved = *suffix == '\0' && bx_formula_reserved(id);
    snprintf(name.text, sizeof name.text, "%.*s%s", BX_NAME_LENGTH, id,
             reserved ? ".value" : suffix);
    return name;
}

int bx_sbml_put(bx_buffer *out, bx_error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    int result = 0;
    if (bx_buffer_reserve(out, (size_t)length + 1) < 0)
        result = out->length + (size_t)length + 1 > out->limit
                     ? bx_fail(err, BX_EMODEL, "a formula of at most %zu bytes expected",
                               BX_FORMULA_LENGTH)
                     : bx_fail_memory(err);
    if (result < 0)
        return -1;
    va_start(arguments, format);
    vsnprintf((char *)out->data + out->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    out->length += (size_t)length;
    return 0;
}

int bx_sbml_put_number(bx_buffer *out, double number, bx_error *err)
{
    if (isnan(number))
        return bx_sbml_put(out, err, "(0/0)");
    if (isinf(number))
        return bx_sbml_put(out, err, number > 0 ? "(1/0)" : "(-1/0)");
    return bx_sbml_put(out, err, number < 0 ? "(%.17g)" : "%.17g", number);
}

int bx_sbml_fail_in(bx_error *err, const char *what, const char *id)
{
    if (err && err->code == BX_EMODEL) {
        bx_error inner = *err;
        bx_fail(err, BX_EMODEL, "%s \"%.64s\": %.800s", what, id ? id : "", inner.message);
    }
    return -1;
}

bx_buffer bx_sbml_buffer(void)
{
    return (bx_buffer){.limit = BX_FORMULA_LENGTH + 1};
}

const char *bx_sbml_text(const bx_buffer *buffer)
{
    return buffer->data ? (const char *)buffer->data : "";
}

/* An element without an id can't be found; of two with one id the first is. */
static int add_id(bx_names *names, const char *id, size_t place, bx_error *err)
{
    if (!id || bx_names_find(names, id) != BX_NAME_NONE)
        return 0;
    return bx_names_add(names, id, place) < 0 ? bx_fail_memory(err) : 0;
}

static int index_targets(bx_sbml *sbml, Event_t *event, bx_error *err)
{
    for (unsigned i = 0; i < Event_getNumEventAssignments(event); i++) {
        const char *id = EventAssignment_getVariable(Event_getEventAssignment(event, i));
        if (add_id(&sbml->targets, id, 0, err) < 0)
            return -1;
    }
    return 0;
}

int bx_sbml_index(bx_sbml *sbml, bx_error *err)
{
    Model_t *m = sbml->model;
    int result = 0;
    for (unsigned i = 0; result == 0 && i < Model_getNumSpecies(m); i++)
        result = add_id(&sbml->species, Species_getId(Model_getSpecies(m, i)), i, err);
    for (unsigned i = 0; result == 0 && i < Model_getNumRules(m); i++)
        result = add_id(&sbml->rules, Rule_getVariable(Model_getRule(m, i)), i, err);
    for (unsigned i = 0; result == 0 && i < Model_getNumInitialAssignments(m); i++)
        result = add_id(&sbml->initials,
                        InitialAssignment_getSymbol(Model_getInitialAssignment(m, i)), i, err);
    for (unsigned i = 0; result == 0 && i < Model_getNumEvents(m); i++)
        result = index_targets(sbml, Model_getEvent(m, i), err);
    return result;
}

void bx_sbml_index_free(bx_sbml *sbml)
{
    bx_names_free(&sbml->species);
    bx_names_free(&sbml->rules);
    bx_names_free(&sbml->initials);
    bx_names_free(&sbml->targets);
}

const Species_t *bx_sbml_species_of(const bx_sbml *sbml, const char *id)
{
    size_t place = id ? bx_names_find(&sbml->species, id) : BX_NAME_NONE;
    return place == BX_NAME_NONE ? NULL : Model_getSpecies(sbml->model, (unsigned)place);
}

bx_sbml_rule bx_sbml_rule_of(const bx_sbml *sbml, const char *id, const ASTNode_t **math)
{
    size_t place = bx_names_find(&sbml->rules, id);
    Rule_t *rule = place == BX_NAME_NONE ? NULL : Model_getRule(sbml->model, (unsigned)place);
    *math = rule ? Rule_getMath(rule) : NULL;
    if (!*math)
        return BX_SBML_NO_RULE;
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
    return bx_sbml_name_of(Species_getId(species),
                           bx_sbml_is_amount(sbml, species) ? "" : ".amount");
}
