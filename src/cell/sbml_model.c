#include "cell/sbml_model.h"

#include "cell/formula.h"

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
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    int result = 0;
    if (bx_buffer_reserve(out, (size_t)length + 1) < 0)
        result = out->length + (size_t)length + 1 > out->limit
                     ? bx_fail(err, BX_EMODEL, "a formula of at most %zu bytes expected",
                               BX_FORMULA_LENGTH)
                     : bx_fail_memory(err);
    else
        vsnprintf((char *)out->data + out->length, (size_t)length + 1, format, again);
    va_end(again);
    if (result == 0)
        out->length += (size_t)length;
    return result;
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

bx_sbml_rule bx_sbml_rule_of(const bx_sbml *sbml, const char *id, const ASTNode_t **math)
{
    Rule_t *rule = Model_getRuleByVar(sbml->model, id);
    *math = rule ? Rule_getMath(rule) : NULL;
    if (!*math)
        return BX_SBML_NO_RULE;
    return Rule_isRate(rule) ? BX_SBML_RATE : BX_SBML_ASSIGNMENT;
}

const ASTNode_t *bx_sbml_initial_of(const bx_sbml *sbml, const char *id)
{
    InitialAssignment_t *initial = Model_getInitialAssignmentBySym(sbml->model, id);
    return initial ? InitialAssignment_getMath(initial) : NULL;
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
