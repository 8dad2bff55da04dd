#include "sbml/read.h"

#include "model/compiler.h"
#include "sbml/compression.h"
#include "sbml/molecules.h"
#include "sbml/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest file of a model that is kept, compressed. */
#define KEPT_MAXIMUM ((size_t)4 << 20)

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

/* What its ids are, and what each rule determines. */
static int look_up(bx_sbml *sbml)
{
    return bx_sbml_index(sbml) < 0 ? -1 : bx_sbml_match(sbml);
}

static int declare(bx_sbml *sbml)
{
    if (refuse_fluxes(sbml->model, sbml->err) < 0 || bx_sbml_variables(sbml) < 0 ||
        bx_sbml_reactions(sbml) < 0 || bx_sbml_events(sbml) < 0 || bx_sbml_rates(sbml) < 0)
        return -1;
    return bx_process_settle(sbml->process, sbml->err);
}

/* What species begin with, in the model's units: from the model as other methods have it. */
static int find_amounts(const bx_sbml *sbml, double *amounts)
{
    bx_sbml plain = {.model = sbml->model, .err = sbml->err, .distrib = sbml->distrib};
    bx_network *network = NULL;
    plain.builder.err = sbml->err;
    plain.process = bx_process_new(bx_process_name(sbml->process), sbml->err);
    if (plain.process) {
        bx_process_free_values(plain.process);
        if (look_up(&plain) == 0 && declare(&plain) == 0)
            network = bx_network_new(&plain.process, 1, sbml->err);
    }
    for (unsigned i = 0; network && i < Model_getNumSpecies(sbml->model); i++) {
        const Species_t *species = Model_getSpecies(sbml->model, i);
        size_t slot = bx_names_find(&network->index, bx_sbml_state_of(&plain, species).text);
        amounts[i] = slot < network->species ? network->program.frame[slot] : NAN;
    }
    int result = network ? 0 : -1;
    bx_network_free(network);
    bx_process_free(plain.process);
    bx_sbml_free(&plain);
    return result;
}

static int count_molecules(bx_sbml *sbml)
{
    double *amounts = calloc(Model_getNumSpecies(sbml->model) + 1, sizeof *amounts);
    int result = amounts ? find_amounts(sbml, amounts) : bx_fail_memory(sbml->err);
    if (result == 0)
        result = bx_sbml_count_molecules(sbml, amounts);
    free(amounts);
    return result;
}

/* The bytes, for who writes the model again; compressed, unless they are already. What refers to
 * other files is not kept, nor what is beyond the bound. */
static int keep_source(const bx_sbml_source *source, bx_declared_origin *origin, bx_error *err)
{
    const uint8_t *bytes = (const uint8_t *)source->text;
    bx_buffer kept = {.limit = KEPT_MAXIMUM};
    bool packed = bx_is_compressed(bytes, source->length) || bx_zip_is(bytes, source->length);
    origin->read = true;
    origin->molecules = source->stochastic;
    if (source->external_count > 0)
        return 0;
    int result = packed ? bx_buffer_append(&kept, bytes, source->length)
                        : bx_compress(bytes, source->length, &kept);
    uint8_t *fitting = result == 0 ? realloc(kept.data, kept.length) : NULL;
    if (fitting) {
        origin->bytes = fitting;
        origin->length = kept.length;
        return 0;
    }
    bx_buffer_free(&kept);
    return result == 0 ? bx_fail_memory(err) : 0;
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
    sbml->distrib = XMLNamespaces_hasURI(SBMLDocument_getNamespaces(document), bx_sbml_distrib);
    sbml->process = result->process = bx_process_new(name ? name : id && *id ? id : "sbml", err);
    if (!sbml->process)
        return -1;
    bx_process_free_values(sbml->process);
    if (look_up(sbml) < 0)
        return -1;
    result->compartments = Model_getNumCompartments(model);
    result->parameters = Model_getNumParameters(model);
    result->reactions = Model_getNumReactions(model);
    result->rules = Model_getNumRules(model);
    result->events = Model_getNumEvents(model);
    if ((r->source->stochastic && count_molecules(sbml) < 0) || declare(sbml) < 0)
        return -1;
    return keep_source(r->source, &sbml->process->origin, err) < 0
               ? -1
               : list_species(sbml, result, err);
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
