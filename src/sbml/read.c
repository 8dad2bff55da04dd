#include "sbml/read.h"

#include "sbml/model.h"
#include "sbml/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct reading {
    const bx_sbml_source *source;
    bx_sbml_result *result;
    bx_sbml sbml;
} reading;

void bx_sbml_result_free(bx_sbml_result *result)
{
    for (size_t i = 0; i < result->species_count; i++) {
        free(result->species[i].id);
        free(result->species[i].name);
        free(result->species[i].amount);
        free(result->species[i].concentration);
    }
    free(result->species);
    result->species = NULL;
    result->species_count = 0;
}

/* Fluxes without kinetics are for flux balance analysis. */
static int refuse_fluxes(Model_t *model, bx_error *err)
{
    bool kinetic = Model_getNumReactions(model) == 0;
    for (unsigned i = 0; i < Model_getNumReactions(model) && !kinetic; i++)
        kinetic = Reaction_isSetKineticLaw(Model_getReaction(model, i));
    if (kinetic || !SBase_getPlugin((SBase_t *)model, "fbc"))
        return 0;
    return bx_fail(err, BX_EMODEL,
                   "model \"%.64s\": its reactions have flux bounds (fbc) and no kinetic laws: it "
                   "is for flux balance analysis",
                   Model_getId(model) ? Model_getId(model) : "");
}

static int list_species(const bx_sbml *sbml, bx_sbml_result *result, bx_error *err)
{
    unsigned count = Model_getNumSpecies(sbml->model);
    result->species = calloc(count + 1, sizeof *result->species);
    if (!result->species)
        return bx_fail_memory(err);
    for (unsigned i = 0; i < count; i++) {
        const Species_t *species = Model_getSpecies(sbml->model, i);
        const char *id = Species_getId(species);
        bool amount = bx_sbml_is_amount(sbml, species);
        bx_sbml_species *to = &result->species[result->species_count++];
        to->id = strdup(id);
        to->name = strdup(bx_sbml_name_of(id, "").text);
        to->amount = strdup(bx_sbml_name_of(id, amount ? "" : ".amount").text);
        to->concentration = strdup(bx_sbml_name_of(id, amount ? ".concentration" : "").text);
        if (!to->id || !to->name || !to->amount || !to->concentration)
            return bx_fail_memory(err);
    }
    return 0;
}

static int declare(bx_sbml *sbml)
{
    if (refuse_fluxes(sbml->model, sbml->err) < 0 || bx_sbml_index(sbml) < 0 ||
        bx_sbml_match(sbml) < 0 || bx_sbml_variables(sbml) < 0 || bx_sbml_reactions(sbml) < 0 ||
        bx_sbml_events(sbml) < 0 || bx_sbml_rates(sbml) < 0)
        return -1;
    return bx_process_settle(sbml->process, sbml->err);
}

static int read_model(void *data, SBMLDocument_t *document, bx_error *err)
{
    reading *r = data;
    bx_sbml *sbml = &r->sbml;
    Model_t *model = sbml->model = SBMLDocument_getModel(document);
    const char *id = Model_getId(model), *name = r->source->name;
    bx_sbml_result *result = r->result;
    sbml->err = sbml->builder.err = err;
    sbml->warnings = r->source->warnings;
    sbml->stochastic = r->source->stochastic;
    sbml->distrib = XMLNamespaces_hasURI(SBMLDocument_getNamespaces(document), bx_sbml_distrib);
    sbml->process = result->process = bx_process_new(name ? name : id && *id ? id : "sbml", err);
    if (!sbml->process)
        return -1;
    bx_process_free_values(sbml->process);
    result->compartments = Model_getNumCompartments(model);
    result->parameters = Model_getNumParameters(model);
    result->reactions = Model_getNumReactions(model);
    result->rules = Model_getNumRules(model);
    result->events = Model_getNumEvents(model);
    return declare(sbml) < 0 ? -1 : list_species(sbml, result, err);
}

int bx_sbml_read(const bx_sbml_source *source, bx_sbml_result *result, bx_error *err)
{
    *result = (bx_sbml_result){0};
    reading r = {.source = source, .result = result};
    int done = bx_sbml_with_document(source, read_model, &r, err);
    bx_sbml_free(&r.sbml);
    if (done == 0)
        return 0;
    bx_sbml_result_free(result);
    bx_process_free(result->process);
    result->process = NULL;
    return -1;
}
