#include "sbml/molecules.h"

#include "engine/molecules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AVOGADRO 6.02214076e23 /* a mole, exactly: the SI brochure, 9th edition, 2019, 2.3.1 */

/* A part of a count that is much to lose by rounding. */
#define LOSS 0.01

/* A unit of substance. */
typedef struct substance {
    const char *id;   /* "substance": none is declared */
    double molecules; /* that a unit has */
    bool declared, dimensionless;
    bool whole; /* where none is declared: amounts are whole numbers */
} substance;

/* ---- units ---- */

/* Multiply by (multiplier 10^scale kind)^exponent. False if it is a unit of something else. */
static bool multiply(const Unit_t *unit, double *molecules, double *dimension)
{
    double exponent = Unit_getExponentAsDouble(unit);
    double value = Unit_getMultiplier(unit) * pow(10, Unit_getScale(unit));
    UnitKind_t kind = Unit_getKind(unit);
    if (kind == UNIT_KIND_MOLE || kind == UNIT_KIND_AVOGADRO)
        value *= AVOGADRO;
    if (kind == UNIT_KIND_MOLE || kind == UNIT_KIND_ITEM)
        *dimension += exponent;
    *molecules *= pow(value, exponent);
    return kind == UNIT_KIND_MOLE || kind == UNIT_KIND_ITEM || kind == UNIT_KIND_AVOGADRO ||
           kind == UNIT_KIND_DIMENSIONLESS || exponent == 0;
}

static bool define(const UnitDefinition_t *definition, substance *unit)
{
    double dimension = 0;
    bool counts = true;
    unit->molecules = 1;
    for (unsigned i = 0; i < UnitDefinition_getNumUnits(definition); i++)
        counts = multiply(UnitDefinition_getUnit((UnitDefinition_t *)definition, i),
                          &unit->molecules, &dimension) &&
                 counts;
    unit->dimensionless = dimension == 0;
    return counts && (dimension == 0 || dimension == 1) && unit->molecules > 0 &&
           isfinite(unit->molecules);
}

/* Of level 3 the model may have a unit for all; of the others each has "substance", a mole unless
 * it is defined, which says little: what means no moles has it, too. */
static const char *unit_id(const bx_sbml *sbml, const Species_t *species)
{
    if (Species_isSetSubstanceUnits(species))
        return Species_getSubstanceUnits(species);
    if (Model_isSetSubstanceUnits(sbml->model))
        return Model_getSubstanceUnits(sbml->model);
    return "substance";
}

static int find_substance(const bx_sbml *sbml, const Species_t *species, substance *unit)
{
    *unit = (substance){.id = unit_id(sbml, species), .molecules = 1, .declared = true};
    const UnitDefinition_t *definition = Model_getUnitDefinitionById(sbml->model, unit->id);
    UnitKind_t kind = UnitKind_forName(unit->id);
    if (definition ? define(definition, unit) : kind == UNIT_KIND_ITEM)
        return 0;
    if (!definition && (kind == UNIT_KIND_MOLE || kind == UNIT_KIND_AVOGADRO))
        unit->molecules = AVOGADRO;
    else if (!definition && kind == UNIT_KIND_DIMENSIONLESS)
        unit->dimensionless = true;
    else if (!definition && strcmp(unit->id, "substance") == 0)
        unit->declared = false;
    else
        return bx_fail(sbml->err, BX_EMODEL,
                       "its amount is in \"%.64s\", which is no number of molecules: for "
                       "stochastic simulation moles, items or parts of them are expected",
                       unit->id);
    return 0;
}

/* ---- what is done ---- */

static bool is_whole(double amount)
{
    return fabs(amount - round(amount)) <= BX_MOLECULES_ROUNDING * fabs(amount);
}

/* Amounts in no declared unit are molecules if they are whole numbers, or can't be moles either. */
static substance undeclared(const substance *units, const double *amounts, size_t count)
{
    double largest = 0;
    substance unit = {.id = "substance", .molecules = 1, .whole = true};
    for (size_t i = 0; i < count; i++) {
        if (!units[i].id || units[i].declared || isnan(amounts[i]))
            continue;
        unit.whole = unit.whole && is_whole(amounts[i]);
        largest = fmax(largest, AVOGADRO * amounts[i]);
    }
    if (!unit.whole && largest <= BX_MOLECULES_MAXIMUM && largest >= 1)
        unit.molecules = AVOGADRO;
    return unit;
}

static int warn_of_unit(bx_sbml *sbml, const substance *unit, const Species_t *species)
{
    const char *id = Species_getId(species);
    char taken[200];
    if (!unit->declared)
        snprintf(taken, sizeof taken, "no unit of substance is declared: amounts are taken for %s",
                 unit->molecules != 1 ? "moles, as they are not whole"
                 : unit->whole        ? "numbers of molecules"
                                      : "numbers of molecules, which they are not all; in moles "
                                        "they would be too many to count, or none");
    else if (unit->dimensionless)
        snprintf(taken, sizeof taken,
                 "amounts in \"%.64s\", which has no dimension, are taken for numbers of molecules",
                 unit->id);
    else
        snprintf(taken, sizeof taken, "amounts are in \"%.64s\"", unit->id);
    if (unit->molecules == 1)
        return bx_warn(sbml->warnings, sbml->err, "units", unit->id, "%s", taken);
    return bx_warn(sbml->warnings, sbml->err, "units", unit->id,
                   "%s: for stochastic simulation they are counted in molecules, %.9g each; "
                   "\"%.64s\" stays in the model's unit, \"%.64s\" is the count",
                   taken, unit->molecules, id, bx_sbml_name_of(id, ".molecules").text);
}

/* Once for each unit. */
static int note_unit(bx_sbml *sbml, bx_names *seen, const substance *unit, const Species_t *species)
{
    if (bx_names_find(seen, unit->id) != BX_NAME_NONE)
        return 0;
    if (bx_names_add(seen, unit->id, 0) < 0)
        return bx_fail_memory(sbml->err);
    if (unit->molecules == 1 && unit->declared && !unit->dimensionless)
        return 0;
    return warn_of_unit(sbml, unit, species);
}

/* What reactions change is rounded where it is computed from moles, and where it begins with no
 * whole number of molecules, unless that would lose much: the run refuses it. */
static int take_rounding(bx_sbml *sbml, size_t i, double amount, size_t *rounded)
{
    double count = amount * sbml->molecules[i], whole = round(count);
    bool much = fabs(count - whole) > LOSS * fabs(count);
    const char *id = Species_getId(Model_getSpecies(sbml->model, (unsigned)i));
    bool computed = sbml->molecules[i] > 0 && sbml->molecules[i] != 1;
    if (sbml->molecules[i] == 0 || isnan(count) || count == whole || (much && !computed)) {
        sbml->rounded[i] = computed;
        return 0;
    }
    sbml->rounded[i] = true;
    *rounded += !much;
    return much ? bx_warn(sbml->warnings, sbml->err, "rounding", id,
                          "species \"%.64s\" begins with %.9g molecules: %.0f are taken", id, count,
                          whole)
                : 0;
}

static int round_counts(bx_sbml *sbml, const double *amounts)
{
    size_t rounded = 0, example = 0;
    for (size_t i = 0; i < Model_getNumSpecies(sbml->model); i++) {
        size_t before = rounded;
        if (take_rounding(sbml, i, amounts[i], &rounded) < 0)
            return -1;
        if (before == 0 && rounded == 1)
            example = i;
    }
    if (rounded == 0)
        return 0;
    const char *id = Species_getId(Model_getSpecies(sbml->model, (unsigned)example));
    return bx_warn(sbml->warnings, sbml->err, "rounding", id,
                   "%zu species begin%s with no whole number of molecules, which is rounded, as "
                   "\"%.64s\": %.17g",
                   rounded, rounded == 1 ? "s" : "", id,
                   amounts[example] * sbml->molecules[example]);
}

/* Of species that reactions change; the others have no id. */
static int find_substances(const bx_sbml *sbml, substance *units, bool *changed)
{
    bx_sbml_mark_changed(sbml, changed);
    for (unsigned i = 0; i < Model_getNumSpecies(sbml->model); i++) {
        const Species_t *species = Model_getSpecies(sbml->model, i);
        if (changed[i] && find_substance(sbml, species, &units[i]) < 0)
            return bx_sbml_fail_in(sbml->err, "species", Species_getId(species));
    }
    return 0;
}

static int take_units(bx_sbml *sbml, substance *units, const double *amounts)
{
    size_t count = Model_getNumSpecies(sbml->model);
    substance plain = undeclared(units, amounts, count);
    bx_names seen = {0};
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++) {
        substance *unit = &units[i];
        if (!unit->id)
            continue;
        if (!unit->declared)
            *unit = plain;
        sbml->molecules[i] = unit->molecules;
        result = note_unit(sbml, &seen, unit, Model_getSpecies(sbml->model, (unsigned)i));
    }
    bx_names_free(&seen);
    return result < 0 ? -1 : round_counts(sbml, amounts);
}

int bx_sbml_count_molecules(bx_sbml *sbml, const double *amounts)
{
    size_t count = Model_getNumSpecies(sbml->model);
    bool *changed = calloc(count + 1, sizeof *changed);
    substance *units = calloc(count + 1, sizeof *units);
    sbml->molecules = calloc(count + 1, sizeof *sbml->molecules);
    sbml->rounded = calloc(count + 1, sizeof *sbml->rounded);
    int result = -1;
    if (!changed || !units || !sbml->molecules || !sbml->rounded)
        bx_fail_memory(sbml->err);
    else if (find_substances(sbml, units, changed) == 0)
        result = take_units(sbml, units, amounts);
    free(changed);
    free(units);
    return result;
}

/* ---- states ---- */

static size_t place_of(const bx_sbml *sbml, const Species_t *species)
{
    return bx_names_find(&sbml->species, Species_getId(species));
}

double bx_sbml_molecules_of(const bx_sbml *sbml, const Species_t *species)
{
    double molecules = sbml->molecules ? sbml->molecules[place_of(sbml, species)] : 0;
    return molecules > 0 ? molecules : 1;
}

int bx_sbml_add_state(bx_sbml *sbml, const Species_t *species, const char *name, double value)
{
    if (bx_process_add_species(sbml->process, name, value, sbml->err) < 0)
        return -1;
    if (sbml->rounded && sbml->rounded[place_of(sbml, species)])
        bx_process_round_species(sbml->process);
    return 0;
}

static bool is_there(const bx_sbml *sbml, const char *name)
{
    return bx_names_find(&sbml->process->variables, name) != BX_NAME_NONE;
}

int bx_sbml_add_divisor(bx_sbml *sbml, const Species_t *species, bool concentration,
                        bx_sbml_name *name)
{
    bx_sbml_name unit = bx_sbml_name_of(unit_id(sbml, species), ".in_molecules");
    *name = unit;
    if (!is_there(sbml, unit.text) &&
        bx_process_add_parameter(sbml->process, unit.text, bx_sbml_molecules_of(sbml, species),
                                 sbml->err) < 0)
        return -1;
    if (!concentration)
        return 0;
    bx_sbml_name size = bx_sbml_name_of(Species_getCompartment(species), "");
    snprintf(name->text, sizeof name->text, "%.*s.%.*s", BX_NAME_LENGTH, size.text, BX_NAME_LENGTH,
             unit.text);
    if (is_there(sbml, name->text))
        return 0;
    bx_sbml_put_name(sbml, size.text);
    bx_sbml_put_name(sbml, unit.text);
    bx_builder_apply(&sbml->builder, BX_OP_MULTIPLY);
    return bx_sbml_take(sbml, bx_process_take_rule, name->text);
}
