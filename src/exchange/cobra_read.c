#include "exchange/cobra.h"

#include "core/names.h"
#include "core/number.h"
#include "exchange/yaml.h"
#include "flux/gene_rule.h"
#include "sbml/compression.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    bx_fba *fba;
    bx_warnings *warnings;
    bx_error *err;
    size_t unknown;         /* fields that are not known */
    char first_unknown[80]; /* one of them */
    size_t unbounded;       /* reactions without a bound */
    char first_unbounded[80];
} reading;

static int fail(reading *r, const char *what, const char *id, const char *problem)
{
    return bx_fail(r->err, BX_EMODEL, "cobra: %s \"%.64s\": %s", what, id, problem);
}

/* ---- texts and what is said ---- */

static void count_unknown(reading *r, const char *kind, const char *key)
{
    if (r->unknown++ == 0)
        snprintf(r->first_unknown, sizeof r->first_unknown, "%.30s.%.40s", kind, key);
}

/* The text of a field that may be absent or null: *text is NULL then. */
static int take_text(reading *r, const char *id, const char *key, const json_t *value,
                     const char **text)
{
    *text = json_string_value(value);
    if (!value || json_is_null(value) || *text)
        return 0;
    return fail(r, key, id, "a text expected");
}

static int set_text(reading *r, bx_about *about, bx_about_key key, const char *id, const char *name,
                    const json_t *value)
{
    const char *text;
    return take_text(r, id, name, value, &text) < 0 ? -1 : bx_about_set(about, key, text, r->err);
}

static void append_escaped(bx_buffer *out, const char *text)
{
    for (; *text; text++) {
        const char *as = *text == '<'   ? "&lt;"
                         : *text == '>' ? "&gt;"
                         : *text == '&' ? "&amp;"
                                        : NULL;
        bx_buffer_append(out, as ? as : text, as ? strlen(as) : 1);
    }
}

static void append(bx_buffer *out, const char *text)
{
    bx_buffer_append(out, text, strlen(text));
}

/* { key = text } as XHTML; what is no text is JSON's. */
static int set_notes(reading *r, bx_about *about, json_t *notes)
{
    const char *key;
    json_t *value;
    bx_buffer out = {0};
    append(&out, "<html xmlns=\"http://www.w3.org/1999/xhtml\">");
    json_object_foreach(notes, key, value)
    {
        char *dumped = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        append(&out, "<p>");
        append_escaped(&out, key);
        append(&out, ": ");
        append_escaped(&out, dumped                  ? dumped
                             : json_is_string(value) ? json_string_value(value)
                                                     : "");
        append(&out, "</p>");
        free(dumped);
    }
    append(&out, "</html>");
    int status = bx_buffer_append(&out, "", 1) < 0 ? bx_fail_memory(r->err)
                 : json_object_size(notes) == 0
                     ? 0
                     : bx_about_set(about, BX_ABOUT_NOTES, (const char *)out.data, r->err);
    bx_buffer_free(&out);
    return status;
}

/* "C00031", or ["isVersionOf", "C00031"], or a number. */
static int annotate(reading *r, bx_about *about, const char *id, const char *provider,
                    const json_t *value)
{
    bx_annotation a = {.qualifier = "is"};
    const json_t *entity = value;
    const char *qualifier = json_string_value(json_array_get(value, 0)), *text;
    if (json_array_size(value) == 2 && qualifier) {
        snprintf(a.qualifier, sizeof a.qualifier, "%s",
                 json_string_value(json_array_get(value, 0)));
        entity = json_array_get(value, 1);
    }
    text = json_string_value(entity);
    if (!bx_annotation_fits(qualifier ? qualifier : "", provider, text ? text : ""))
        return fail(r, "annotation", id, "one of its texts is too long");
    snprintf(a.provider, sizeof a.provider, "%s", provider);
    if (json_is_integer(entity))
        snprintf(a.identifier, sizeof a.identifier, "%lld", (long long)json_integer_value(entity));
    else if (text)
        snprintf(a.identifier, sizeof a.identifier, "%s", text);
    else
        return fail(r, "annotation", id, "texts, or pairs of qualifier and text, expected");
    return bx_about_annotate(about, &a, r->err);
}

static int set_annotation(reading *r, bx_about *about, const char *id, json_t *annotation)
{
    const char *provider;
    json_t *value;
    json_object_foreach(annotation, provider, value)
    {
        if (!json_is_array(value) && annotate(r, about, id, provider, value) < 0)
            return -1;
        for (size_t i = 0; i < json_array_size(value); i++)
            if (annotate(r, about, id, provider, json_array_get(value, i)) < 0)
                return -1;
    }
    return 0;
}

/* notes and annotation: 1 if the field is one of them, 0 if not. */
static int take_common(reading *r, bx_about *about, const char *id, const char *key, json_t *value)
{
    bool notes = strcmp(key, "notes") == 0;
    if (!notes && strcmp(key, "annotation") != 0)
        return 0;
    if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
        return 1;
    if (!json_is_object(value))
        return fail(r, key, id, "a mapping expected");
    int status = notes ? set_notes(r, about, value) : set_annotation(r, about, id, value);
    return status < 0 ? -1 : 1;
}

/* The id of an item of a list. */
static const char *id_of(reading *r, const char *what, const json_t *item, size_t i)
{
    const char *id = json_string_value(json_object_get(item, "id"));
    if (!id)
        bx_fail(r->err, BX_EMODEL, "cobra: %s %zu has no id", what, i + 1);
    return id;
}

static int check_list(reading *r, const char *key, const json_t *list)
{
    if (json_is_array(list))
        return 0;
    return bx_fail(r->err, BX_EMODEL, "cobra: a list \"%s\" expected: is it a model of cobrapy's?",
                   key);
}

/* ---- metabolites, genes ---- */

static int set_charge(reading *r, bx_about *about, const char *id, const json_t *value)
{
    char text[40];
    if (json_is_null(value))
        return 0;
    if (!json_is_number(value))
        return fail(r, "charge", id, "a number expected");
    snprintf(text, sizeof text, "%.17g", json_number_value(value));
    return bx_about_set(about, BX_ABOUT_CHARGE, text, r->err);
}

static int take_metabolite(reading *r, bx_about *about, const char *id, const char *key,
                           json_t *value)
{
    int common = take_common(r, about, id, key, value);
    if (common != 0)
        return common < 0 ? -1 : 0;
    if (strcmp(key, "name") == 0)
        return set_text(r, about, BX_ABOUT_NAME, id, key, value);
    if (strcmp(key, "compartment") == 0)
        return set_text(r, about, BX_ABOUT_COMPARTMENT, id, key, value);
    if (strcmp(key, "formula") == 0)
        return set_text(r, about, BX_ABOUT_FORMULA, id, key, value);
    if (strcmp(key, "charge") == 0)
        return set_charge(r, about, id, value);
    if (strcmp(key, "_bound") == 0 && json_number_value(value) != 0)
        return fail(r, "metabolite", id, "a \"_bound\" other than 0 is not read");
    if (strcmp(key, "id") != 0 && strcmp(key, "_bound") != 0)
        count_unknown(r, "metabolite", key);
    return 0;
}

static int add_metabolite(reading *r, json_t *item, size_t i)
{
    const char *id = id_of(r, "metabolite", item, i), *key;
    json_t *value;
    if (!id || bx_fba_add_metabolite(r->fba, id, false, r->err) < 0)
        return -1;
    bx_about *about =
        bx_fba_change_about(r->fba, BX_FBA_METABOLITE, bx_fba_metabolites(r->fba) - 1, r->err);
    if (!about)
        return -1;
    json_object_foreach(item, key,
                        value) if (take_metabolite(r, about, id, key, value) < 0) return -1;
    return 0;
}

static int add_gene(reading *r, json_t *item, size_t i)
{
    const char *id = id_of(r, "gene", item, i), *key;
    json_t *value;
    if (!id)
        return -1;
    if (strlen(id) > BX_NAME_LENGTH || !bx_rule_can_name(id))
        return bx_warn(r->warnings, r->err, "gene", id,
                       "gene \"%.64s\" is left out: no rule can name it", id);
    size_t gene = bx_fba_add_gene(r->fba, id, r->err);
    bx_about *about =
        gene == BX_FBA_NONE ? NULL : bx_fba_change_about(r->fba, BX_FBA_GENE, gene, r->err);
    if (!about)
        return -1;
    json_object_foreach(item, key, value)
    {
        int common = take_common(r, about, id, key, value);
        if (common < 0)
            return -1;
        if (common == 0 && strcmp(key, "name") == 0 &&
            set_text(r, about, BX_ABOUT_NAME, id, key, value) < 0)
            return -1;
        if (common == 0 && strcmp(key, "name") != 0 && strcmp(key, "id") != 0)
            count_unknown(r, "gene", key);
    }
    return 0;
}

/* ---- reactions ---- */

/* A number, or as text: "inf". */
static int take_bound(reading *r, const char *id, const json_t *value, double *bound)
{
    char *end = NULL;
    const char *text = json_string_value(value);
    if (!value || json_is_null(value)) {
        if (r->unbounded++ == 0)
            snprintf(r->first_unbounded, sizeof r->first_unbounded, "%.64s", id);
        return 0;
    }
    if (json_is_number(value))
        *bound = json_number_value(value);
    else if (text && *text)
        *bound = bx_number_read(text, &end);
    if (json_is_number(value) || (end && *end == '\0'))
        return 0;
    return fail(r, "reaction", id, "a bound is no number");
}

static int take_terms(reading *r, const char *id, json_t *metabolites, bx_fba_reaction *reaction)
{
    const char *key;
    json_t *value;
    if (metabolites && !json_is_object(metabolites))
        return fail(r, "reaction", id, "\"metabolites\" is no mapping");
    bx_fba_term *terms = calloc(json_object_size(metabolites) + 1, sizeof *terms);
    reaction->terms = terms;
    if (!terms)
        return bx_fail_memory(r->err);
    json_object_foreach(metabolites, key, value)
    {
        if (!json_is_number(value))
            return fail(r, "reaction", id, "a coefficient is no number");
        terms[reaction->term_count++] = (bx_fba_term){key, json_number_value(value)};
    }
    return 0;
}

static uint32_t any_gene(void *data, const char *name, size_t length, bx_error *err)
{
    (void)data;
    (void)name;
    (void)length;
    (void)err;
    return 0;
}

/* What is no rule is left out: the reaction then needs no gene. */
static int take_rule(reading *r, const char *id, const json_t *value, const char **rule)
{
    bx_rule parsed;
    bx_error problem;
    if (take_text(r, id, "gene_reaction_rule", value, rule) < 0)
        return -1;
    if (!*rule)
        return 0;
    if (bx_rule_parse(*rule, any_gene, NULL, &parsed, &problem) == 0) {
        bx_rule_free(&parsed);
        return 0;
    }
    *rule = NULL;
    if (problem.code != BX_EMODEL)
        return bx_fail(r->err, problem.code, "%s", problem.message);
    return bx_warn(r->warnings, r->err, "gene_rule", id,
                   "reaction \"%.64s\": its gene rule is left out: %.400s", id, problem.message);
}

static int take_reaction(reading *r, bx_about *about, const char *id, json_t *item)
{
    static const char *const known[] = {
        "id",          "metabolites",        "lower_bound",
        "upper_bound", "gene_reaction_rule", "objective_coefficient"};
    const char *key;
    json_t *value;
    json_object_foreach(item, key, value)
    {
        int common = take_common(r, about, id, key, value), status = 0;
        bool named = common != 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            named = named || strcmp(key, known[i]) == 0;
        if (strcmp(key, "name") == 0)
            status = set_text(r, about, BX_ABOUT_NAME, id, key, value);
        else if (strcmp(key, "subsystem") == 0)
            status = set_text(r, about, BX_ABOUT_SUBSYSTEM, id, key, value);
        else if (!named)
            count_unknown(r, "reaction", key);
        if (common < 0 || status < 0)
            return -1;
    }
    return 0;
}

static int add_reaction(reading *r, json_t *item, size_t i)
{
    bx_fba_reaction reaction = {.id = id_of(r, "reaction", item, i), .lower = 0, .upper = 1000};
    const char *id = reaction.id;
    const json_t *objective = json_object_get(item, "objective_coefficient");
    if (!id)
        return -1;
    if (objective && !json_is_number(objective) && !json_is_null(objective))
        return fail(r, "reaction", id, "its objective coefficient is no number");
    reaction.objective = json_number_value(objective);
    int status = take_bound(r, id, json_object_get(item, "lower_bound"), &reaction.lower);
    if (status == 0)
        status = take_bound(r, id, json_object_get(item, "upper_bound"), &reaction.upper);
    if (status == 0)
        status = take_rule(r, id, json_object_get(item, "gene_reaction_rule"), &reaction.rule);
    if (status == 0)
        status = take_terms(r, id, json_object_get(item, "metabolites"), &reaction);
    if (status == 0)
        status = bx_fba_add_reaction(r->fba, &reaction, r->err);
    free((void *)reaction.terms);
    if (status < 0)
        return -1;
    bx_about *about =
        bx_fba_change_about(r->fba, BX_FBA_REACTION, bx_fba_reactions(r->fba) - 1, r->err);
    return about ? take_reaction(r, about, id, item) : -1;
}

/* ---- the model ---- */

static int take_compartments(reading *r, bx_about *about, json_t *compartments)
{
    const char *id;
    json_t *value;
    json_object_foreach(compartments, id, value)
    {
        const char *name = json_is_string(value) ? json_string_value(value) : "";
        char *text = malloc(strlen(id) + strlen(name) + 2);
        if (!text)
            return bx_fail_memory(r->err);
        sprintf(text, "%s\t%s", id, name);
        int status = bx_about_add(about, BX_ABOUT_COMPARTMENT, text, r->err);
        free(text);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int take_direction(reading *r, const json_t *value)
{
    const char *text = json_string_value(value);
    bool minimise = text && strcmp(text, "min") == 0;
    if (value && !minimise && !(text && strcmp(text, "max") == 0))
        return bx_fail(r->err, BX_EMODEL,
                       "cobra: objective_direction: \"max\" or \"min\" expected");
    bx_fba_set_sense(r->fba, !minimise);
    return 0;
}

static int take_model(reading *r, json_t *model)
{
    static const char *const known[] = {"metabolites", "reactions", "genes",
                                        "version",     "id",        "objective_direction"};
    bx_about *about = bx_fba_change_about(r->fba, BX_FBA_MODEL, 0, r->err);
    const char *key;
    json_t *value;
    if (!about || take_direction(r, json_object_get(model, "objective_direction")) < 0 ||
        set_text(r, about, BX_ABOUT_ID, "model", "id", json_object_get(model, "id")) < 0)
        return -1;
    json_object_foreach(model, key, value)
    {
        int common = take_common(r, about, "model", key, value), status = 0;
        bool named = common != 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            named = named || strcmp(key, known[i]) == 0;
        if (strcmp(key, "name") == 0)
            status = set_text(r, about, BX_ABOUT_NAME, "model", key, value);
        else if (strcmp(key, "compartments") == 0)
            status = take_compartments(r, about, value);
        else if (!named)
            count_unknown(r, "model", key);
        if (common < 0 || status < 0)
            return -1;
    }
    return 0;
}

static int add_each(reading *r, const char *key, const json_t *list,
                    int (*add)(reading *r, json_t *item, size_t i))
{
    if (check_list(r, key, list) < 0)
        return -1;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (add(r, json_array_get(list, i), i) < 0)
            return -1;
    return 0;
}

static int warn(const reading *r)
{
    if (r->unknown > 0 &&
        bx_warn(r->warnings, r->err, "field", NULL, "%zu fields are not read, the first \"%s\"",
                r->unknown, r->first_unknown) < 0)
        return -1;
    return r->unbounded == 0
               ? 0
               : bx_warn(r->warnings, r->err, "bounds", r->first_unbounded,
                         "%zu bounds are missing, the first of reaction \"%s\": 0 is taken for the "
                         "lower one and 1000 for the upper one, as cobrapy does",
                         r->unbounded, r->first_unbounded);
}

static int read_model(reading *r, json_t *model)
{
    json_t *genes = json_object_get(model, "genes");
    if (add_each(r, "metabolites", json_object_get(model, "metabolites"), add_metabolite) < 0 ||
        (genes && add_each(r, "genes", genes, add_gene) < 0) ||
        add_each(r, "reactions", json_object_get(model, "reactions"), add_reaction) < 0 ||
        take_model(r, model) < 0)
        return -1;
    return warn(r);
}

/* ---- text ---- */

static bool is_deep(const json_t *value, size_t depth)
{
    const char *key;
    json_t *item;
    if (depth > BX_COBRA_DEPTH)
        return true;
    json_object_foreach((json_t *)value, key, item) if (is_deep(item, depth + 1)) return true;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (is_deep(json_array_get(value, i), depth + 1))
            return true;
    return false;
}

static json_t *read_json(const char *text, size_t length, bx_error *err)
{
    json_error_t problem;
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
    if (!value && json_error_code(&problem) == json_error_out_of_memory)
        bx_fail_memory(err);
    else if (!value)
        bx_fail(err, BX_EMODEL, "JSON: line %d, column %d: %.160s", problem.line, problem.column,
                problem.text);
    else if (is_deep(value, 0)) {
        bx_fail(err, BX_EMODEL, "JSON: it nests more than %d deep", BX_COBRA_DEPTH);
        json_decref(value);
        return NULL;
    }
    return value;
}

static int read_text(reading *r, const char *text, size_t length, bx_cobra_form form)
{
    if (length > BX_COBRA_LENGTH)
        return bx_fail(r->err, BX_EMODEL, "cobra: a text of at most %zu bytes expected, got %zu",
                       BX_COBRA_LENGTH, length);
    json_t *model = form == BX_COBRA_JSON ? read_json(text, length, r->err)
                                          : bx_yaml_read(text, length, BX_COBRA_DEPTH, r->err);
    int status = model ? read_model(r, model) : -1;
    json_decref(model);
    return status;
}

int bx_cobra_read(const char *text, size_t length, bx_cobra_form form, bx_fba *fba,
                  bx_warnings *warnings, bx_error *err)
{
    reading r = {.fba = fba, .warnings = warnings, .err = err};
    const uint8_t *bytes = (const uint8_t *)text;
    if (!bx_is_compressed(bytes, length))
        return read_text(&r, text, length, form);
    bx_buffer plain = {.limit = BX_COBRA_LENGTH};
    int status = bx_decompress(bytes, length, &plain, err);
    if (status == 0)
        status = read_text(&r, (const char *)plain.data, plain.length, form);
    bx_buffer_free(&plain);
    return status;
}
