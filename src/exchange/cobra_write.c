#include "exchange/cobra.h"

#include "core/json_text.h"
#include "core/names.h"
#include "core/number.h"
#include "core/text.h"
#include "exchange/yaml.h"
#include "flux/identifiers.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writing {
    const bx_fba *fba;
    bx_buffer *out;
    bx_warnings *warnings;
    bx_error *err;
    char **ids[3]; /* by kind */
    bool first;    /* of the list or mapping at hand */
    int status;
} writing;

/* ---- JSON ---- */

static void put(writing *w, const char *text)
{
    bx_text_append(w->out, text);
}

static void begin_item(writing *w)
{
    put(w, w->first ? "" : ",");
    w->first = false;
}

static void put_key(writing *w, const char *key)
{
    begin_item(w);
    bx_json_string(w->out, key);
    put(w, ":");
}

static void open_key(writing *w, const char *key, const char *bracket)
{
    put_key(w, key);
    put(w, bracket);
    w->first = true;
}

static void close_item(writing *w, const char *bracket)
{
    put(w, bracket);
    w->first = false;
}

static void put_string(writing *w, const char *key, const char *value)
{
    put_key(w, key);
    bx_json_string(w->out, value);
}

/* As Python writes a float: one that is whole has a point. */
static void put_float(writing *w, const char *key, double value)
{
    put_key(w, key);
    if (isinf(value)) {
        put(w, value > 0 ? "\"inf\"" : "\"-inf\"");
        return;
    }
    size_t start = w->out->length;
    bx_json_number(w->out, value + 0.0);
    if (w->out->failed)
        return;
    const uint8_t *digits = w->out->data + start;
    size_t length = w->out->length - start;
    if (!memchr(digits, '.', length) && !memchr(digits, 'e', length))
        put(w, ".0");
}

/* ---- what is said ---- */

static char *unescape(const char *text, size_t length)
{
    static const char *const entities[] = {"&lt;", "<",      "&gt;", ">",     "&quot;",
                                           "\"",   "&apos;", "'",    "&amp;", "&"};
    char *plain = malloc(length + 1), *to = plain;
    for (size_t i = 0; i < length && plain; i++) {
        size_t width = 1;
        char c = text[i];
        for (size_t k = 0; k < 10 && c == '&' && width == 1; k += 2)
            if (length - i >= strlen(entities[k]) &&
                strncmp(text + i, entities[k], strlen(entities[k])) == 0) {
                c = *entities[k + 1];
                width = strlen(entities[k]);
            }
        *to++ = c;
        i += width - 1;
    }
    if (plain)
        *to = '\0';
    return plain;
}

/* A text; or a list or mapping, which notes have as JSON. */
static json_t *note_value(const bx_note *note)
{
    char *text = unescape(note->text, note->text_length);
    json_t *value = text && (*text == '[' || *text == '{') ? json_loads(text, 0, NULL) : NULL;
    if (text && !value)
        value = json_string(text);
    free(text);
    return value;
}

/* Put the value, whose keys are each there once, under `name`. */
static void put_object(writing *w, const char *name, json_t *object, int status)
{
    char *text = object && status == 0 ? json_dumps(object, JSON_COMPACT) : NULL;
    if (text && json_object_size(object) > 0) {
        put_key(w, name);
        put(w, text);
    }
    if (!text)
        w->status = bx_fail(w->err, BX_EMODEL, "cobra: %s that are no text in UTF-8", name);
    free(text);
    json_decref(object);
}

/* The last of a key counts. */
static void put_notes(writing *w, const bx_about *about)
{
    const char *at = bx_about_get(about, BX_ABOUT_NOTES);
    json_t *notes = at ? json_object() : NULL;
    bx_note note;
    int status = 0;
    if (!at)
        return;
    while (status == 0 && bx_notes_next(&at, &note)) {
        char *key = unescape(note.key, note.key_length);
        status = key ? json_object_set_new(notes, key, note_value(&note)) : -1;
        free(key);
    }
    put_object(w, "notes", notes, status);
}

static int add_identifier(json_t *providers, const bx_annotation *a)
{
    json_t *list = json_object_get(providers, a->provider);
    if (!list && json_object_set_new(providers, a->provider, list = json_array()) < 0)
        return -1;
    return json_array_append_new(list, strcmp(a->qualifier, "is") == 0
                                           ? json_string(a->identifier)
                                           : json_pack("[ss]", a->qualifier, a->identifier));
}

static void put_annotation(writing *w, const bx_about *about)
{
    const char *sbo = bx_about_get(about, BX_ABOUT_SBO), *text = NULL;
    json_t *providers = json_object();
    int status = providers && sbo ? json_object_set_new(providers, "sbo", json_string(sbo)) : 0;
    while (status == 0 && (text = bx_about_next(about, BX_ABOUT_ANNOTATION, text))) {
        bx_annotation a = bx_annotation_of(text);
        status = add_identifier(providers, &a);
    }
    put_object(w, "annotation", providers, status);
}

static void put_about(writing *w, const bx_about *about)
{
    put_notes(w, about);
    put_annotation(w, about);
}

/* ---- parts ---- */

static void put_metabolite(writing *w, size_t m)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_METABOLITE, m);
    const char *charge = bx_about_get(about, BX_ABOUT_CHARGE);
    const char *formula = bx_about_get(about, BX_ABOUT_FORMULA);
    if (bx_fba_is_boundary(w->fba, m))
        return;
    begin_item(w);
    put(w, "\n{");
    w->first = true;
    put_string(w, "id", w->ids[BX_FBA_METABOLITE][m]);
    put_string(w, "name", bx_about_text(about, BX_ABOUT_NAME));
    put_string(w, "compartment", bx_about_text(about, BX_ABOUT_COMPARTMENT));
    if (charge) {
        put_key(w, "charge");
        bx_json_number(w->out, bx_number_read(charge, NULL));
    }
    if (formula)
        put_string(w, "formula", formula);
    put_about(w, about);
    close_item(w, "}");
}

/* The rule with the names that genes have here. */
static void put_rule(writing *w, size_t r)
{
    const char *text = bx_fba_reaction_rule(w->fba, r);
    bx_buffer rule = {0};
    put_key(w, "gene_reaction_rule");
    while (*text) {
        size_t between = strspn(text, " \t\r\n()&|");
        size_t length = strcspn(text + between, " \t\r\n()&|");
        char id[BX_NAME_LENGTH + 1];
        bx_buffer_append(&rule, text, between);
        text += between;
        snprintf(id, sizeof id, "%.*s", length < sizeof id ? (int)length : 0, text);
        size_t gene = bx_fba_find_gene(w->fba, id);
        if (gene != BX_FBA_NONE && bx_rule_can_name(id))
            bx_text_append(&rule, w->ids[BX_FBA_GENE][gene]);
        else
            bx_buffer_append(&rule, text, length);
        text += length;
    }
    bx_json_bytes(w->out, rule.data ? (const char *)rule.data : "", rule.length);
    if (rule.failed)
        w->status = bx_fail_memory(w->err);
    bx_buffer_free(&rule);
}

static void put_reaction(writing *w, size_t r)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_REACTION, r);
    const char *subsystem = bx_about_get(about, BX_ABOUT_SUBSYSTEM);
    double lower, upper, coefficient;
    bx_fba_bounds(w->fba, r, &lower, &upper);
    if (bx_fba_stopped(w->fba, r))
        lower = upper = 0;
    begin_item(w);
    put(w, "\n{");
    w->first = true;
    put_string(w, "id", w->ids[BX_FBA_REACTION][r]);
    put_string(w, "name", bx_about_text(about, BX_ABOUT_NAME));
    open_key(w, "metabolites", "{");
    for (size_t i = 0; i < bx_fba_terms(w->fba, r); i++) {
        size_t m = bx_fba_term_of(w->fba, r, i, &coefficient);
        if (!bx_fba_is_boundary(w->fba, m))
            put_float(w, w->ids[BX_FBA_METABOLITE][m], coefficient);
    }
    close_item(w, "}");
    put_float(w, "lower_bound", lower);
    put_float(w, "upper_bound", upper);
    put_rule(w, r);
    if (bx_fba_objective(w->fba, r) != 0)
        put_float(w, "objective_coefficient", bx_fba_objective(w->fba, r));
    if (subsystem)
        put_string(w, "subsystem", subsystem);
    put_about(w, about);
    close_item(w, "}");
}

static void put_gene(writing *w, size_t g)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_GENE, g);
    begin_item(w);
    put(w, "\n{");
    w->first = true;
    put_string(w, "id", w->ids[BX_FBA_GENE][g]);
    put_string(w, "name", bx_about_text(about, BX_ABOUT_NAME));
    put_about(w, about);
    close_item(w, "}");
}

static void put_compartments(writing *w, const bx_about *about)
{
    const char *text = NULL;
    open_key(w, "compartments", "{");
    while ((text = bx_about_next(about, BX_ABOUT_COMPARTMENT, text))) {
        size_t length = strcspn(text, "\t");
        begin_item(w);
        bx_json_bytes(w->out, text, length);
        put(w, ":");
        bx_json_string(w->out, text[length] ? text + length + 1 : "");
    }
    close_item(w, "}");
}

static void put_list(writing *w, const char *key, size_t count, void (*one)(writing *w, size_t i))
{
    open_key(w, key, "[");
    for (size_t i = 0; i < count && w->status == 0; i++)
        one(w, i);
    close_item(w, "]");
}

static void append(const void *data, bx_buffer *out)
{
    writing *w = (writing *)data;
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_MODEL, 0);
    const char *name = bx_about_get(about, BX_ABOUT_NAME);
    w->out = out;
    w->first = true;
    put(w, "{");
    put_list(w, "metabolites", bx_fba_metabolites(w->fba), put_metabolite);
    put_list(w, "reactions", bx_fba_reactions(w->fba), put_reaction);
    put_list(w, "genes", bx_fba_genes(w->fba), put_gene);
    put_string(w, "id", bx_about_text(about, BX_ABOUT_ID));
    if (name)
        put_string(w, "name", name);
    put_compartments(w, about);
    put_about(w, about);
    if (!bx_fba_maximises(w->fba))
        put_string(w, "objective_direction", "min");
    put_string(w, "version", "1");
    put(w, "}\n");
}

/* ---- all of it ---- */

static int make_ids(writing *w, bx_fba_kind kind)
{
    size_t count = bx_fba_count(w->fba, kind);
    bx_names taken = {0};
    int status = 0;
    w->ids[kind] = calloc(count + 1, sizeof *w->ids[kind]);
    if (!w->ids[kind])
        return bx_fail_memory(w->err);
    for (size_t i = 0; i < count && status == 0; i++) {
        char *id = bx_fba_cobra_id(w->fba, kind, i);
        if (id && kind == BX_FBA_GENE && !bx_rule_can_name(id)) {
            free(id);
            id = strdup(bx_fba_gene_id(w->fba, i));
        }
        w->ids[kind][i] = id;
        if (id && bx_names_find(&taken, id) != BX_NAME_NONE)
            status = bx_fail(w->err, BX_EMODEL,
                             "cobra: two parts of the model would be called \"%.64s\"", id);
        else if (!id || bx_names_add(&taken, id, i) < 0)
            status = bx_fail_memory(w->err);
    }
    bx_names_free(&taken);
    return status;
}

static int warn_of_losses(const writing *w)
{
    const bx_fba *fba = w->fba;
    size_t boundary = 0, constraints = bx_fba_sums_of(fba, BX_FBA_CONSTRAINTS);
    size_t objectives = bx_fba_sums_of(fba, BX_FBA_OBJECTIVES);
    for (size_t m = 0; m < bx_fba_metabolites(fba); m++)
        boundary += bx_fba_is_boundary(fba, m);
    if (boundary > 0 &&
        bx_warn(w->warnings, w->err, "boundary", NULL,
                "%zu boundary metabolites are left out of the equations", boundary) < 0)
        return -1;
    if (bx_fba_groups(fba) > 0 &&
        bx_warn(w->warnings, w->err, "group", NULL, "%zu groups are left out; subsystems are kept",
                bx_fba_groups(fba)) < 0)
        return -1;
    if (constraints > 0 && bx_warn(w->warnings, w->err, "constraint", NULL,
                                   "%zu constraints are left out", constraints) < 0)
        return -1;
    if (bx_fba_variables(fba) > 0 &&
        bx_warn(w->warnings, w->err, "variable", NULL,
                "%zu variables are left out, of the objective too", bx_fba_variables(fba)) < 0)
        return -1;
    if (objectives > 0 &&
        bx_warn(w->warnings, w->err, "objective", NULL,
                "%zu objectives that are not at work are left out", objectives) < 0)
        return -1;
    return bx_fba_maximises(fba)
               ? 0
               : bx_warn(w->warnings, w->err, "objective", NULL,
                         "the objective is minimised: cobrapy will maximise it, for its format has "
                         "no sense");
}

static int write_yaml(const bx_buffer *text, bx_buffer *out, bx_error *err)
{
    json_t *value = json_loadb((const char *)text->data, text->length, 0, NULL);
    int status = value ? bx_yaml_write(value, out, err) : bx_fail_memory(err);
    json_decref(value);
    return status;
}

static int write_all(writing *w, bx_cobra_form form, bx_buffer *out)
{
    bx_buffer text = {.limit = out->limit};
    if (warn_of_losses(w) < 0)
        return -1;
    for (bx_fba_kind kind = BX_FBA_METABOLITE; kind <= BX_FBA_GENE; kind++)
        if (make_ids(w, kind) < 0)
            return -1;
    if (form == BX_COBRA_JSON)
        return bx_text_write(append, w, out, w->err) < 0 ? -1 : w->status;
    int status = bx_text_write(append, w, &text, w->err) < 0 ? -1 : w->status;
    if (status == 0)
        status = write_yaml(&text, out, w->err);
    bx_buffer_free(&text);
    return status;
}

int bx_cobra_write(const bx_fba *fba, bx_cobra_form form, bx_warnings *warnings, bx_buffer *out,
                   bx_error *err)
{
    writing w = {.fba = fba, .warnings = warnings, .err = err};
    size_t start = out->length;
    int status = write_all(&w, form, out);
    if (status < 0)
        bx_buffer_cut(out, start);
    for (bx_fba_kind kind = BX_FBA_METABOLITE; kind <= BX_FBA_GENE; kind++) {
        for (size_t i = 0; w.ids[kind] && i < bx_fba_count(fba, kind); i++)
            free(w.ids[kind][i]);
        free(w.ids[kind]);
    }
    return status;
}
