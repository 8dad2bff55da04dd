#include "sbml/fbc_write.h"

#include "core/names.h"
#include "core/number.h"
#include "core/text.h"
#include "flux/gene_rule.h"
#include "flux/identifiers.h"

#include <libxml/chvalid.h>
#include <libxml/parser.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XHTML "http://www.w3.org/1999/xhtml"
#define OTHER (SIZE_MAX - 1)

typedef struct writing {
    const bx_fba *fba;
    bx_buffer *out;
    bx_warnings *warnings;
    bx_error *err;
    bx_names taken;          /* ids of the model */
    char **ids[3], **bounds; /* by kind; of parameters, lower and upper by reaction */
    char **others;           /* ids that are made besides */
    size_t other_count, other_capacity;
    int status;
} writing;

/* ---- XML ---- */

static void put(writing *w, const char *text)
{
    bx_text_append(w->out, text);
}

/* Escaped; what XML cannot have, control characters and bytes that are no UTF-8, is U+FFFD. */
static void put_text(writing *w, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        int length = 4;
        char one[2] = {(char)*at, 0};
        int point = xmlGetUTF8Char(at, &length);
        if (point < 0 || !xmlIsCharQ(point)) {
            put(w, "\xef\xbf\xbd");
            at += point < 0 ? 1 : length;
            continue;
        }
        switch (*at) {
        case '<': put(w, "&lt;"); break;
        case '>': put(w, "&gt;"); break;
        case '&': put(w, "&amp;"); break;
        case '"': put(w, "&quot;"); break;
        case '\n': put(w, "&#10;"); break;
        case '\t': put(w, "&#9;"); break;
        case '\r': put(w, "&#13;"); break;
        default:
            if (length == 1)
                put(w, one);
            else
                bx_buffer_append(w->out, at, (size_t)length);
        }
        at += length;
    }
}

static void put_attribute(writing *w, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    put(w, " ");
    put(w, name);
    put(w, "=\"");
    put_text(w, value);
    put(w, "\"");
}

static void put_number(writing *w, const char *name, double value)
{
    put(w, " ");
    put(w, name);
    put(w, "=\"");
    if (isinf(value))
        put(w, value > 0 ? "INF" : "-INF");
    else
        bx_number_append(w->out, value + 0.0);
    put(w, "\"");
}

static void fail(writing *w, int status)
{
    if (status < 0)
        w->status = -1;
}

/* ---- ids ---- */

/* `index` is that of a reaction, or OTHER. */
static int take_id(writing *w, const char *id, size_t index)
{
    if (bx_names_find(&w->taken, id) != BX_NAME_NONE)
        return bx_fail(w->err, BX_EMODEL, "SBML: two parts of the model would be called \"%.64s\"",
                       id);
    return bx_names_add(&w->taken, id, index) < 0 ? bx_fail_memory(w->err) : 0;
}

/* An id that is free: the stem, or with a number behind it. It is kept; NULL without memory. */
static const char *make_id(writing *w, const char *stem)
{
    if (w->other_count == w->other_capacity) {
        size_t wanted = 2 * w->other_capacity + 16;
        char **grown = realloc(w->others, wanted * sizeof *grown);
        if (grown) {
            w->others = grown;
            w->other_capacity = wanted;
        }
    }
    char *id = w->other_count < w->other_capacity ? malloc(strlen(stem) + 64) : NULL;
    size_t length = id ? (size_t)sprintf(id, "%s", stem) : 0;
    for (size_t i = 0; id && bx_names_find(&w->taken, id) != BX_NAME_NONE; i++)
        sprintf(id + length, "_%zu", w->other_count + i);
    if (!id || take_id(w, id, OTHER) < 0) {
        free(id);
        fail(w, bx_fail_memory(w->err));
        return NULL;
    }
    w->others[w->other_count++] = id;
    return id;
}

static int make_ids(writing *w, bx_fba_kind kind)
{
    size_t count = bx_fba_count(w->fba, kind);
    w->ids[kind] = calloc(count + 1, sizeof *w->ids[kind]);
    if (!w->ids[kind])
        return bx_fail_memory(w->err);
    for (size_t i = 0; i < count; i++) {
        w->ids[kind][i] = bx_fba_sbml_id(w->fba, kind, i);
        if (!w->ids[kind][i])
            return bx_fail_memory(w->err);
        if (take_id(w, w->ids[kind][i], kind == BX_FBA_REACTION ? i : OTHER) < 0)
            return -1;
    }
    return 0;
}

/* ---- what is said ---- */

static void ignore(void *data, xmlErrorPtr error)
{
    (void)data;
    (void)error;
}

static bool is_xml(const char *notes)
{
    size_t length = strlen(notes);
    char *text = malloc(length + 16);
    bool fits = false;
    if (text) {
        int size = sprintf(text, "<a>%s</a>", notes);
        xmlParserCtxtPtr parser = xmlNewParserCtxt();
        if (parser) {
            parser->sax->serror = ignore;
            xmlDocPtr document = xmlCtxtReadMemory(parser, text, size, NULL, "UTF-8",
                                                   XML_PARSE_NONET | XML_PARSE_HUGE);
            fits = document && parser->wellFormed && parser->nsWellFormed;
            xmlFreeDoc(document);
            xmlFreeParserCtxt(parser);
        }
        free(text);
    }
    return fits;
}

static void put_notes(writing *w, const char *id, const char *notes)
{
    if (!notes)
        return;
    if (!is_xml(notes)) {
        fail(w, bx_warn(w->warnings, w->err, "notes", id,
                        "\"%.64s\": its notes are left out: they are no XML", id));
        return;
    }
    bool bare = !strstr(notes, XHTML);
    put(w, bare ? "<notes><body xmlns=\"" XHTML "\">" : "<notes>");
    put(w, notes);
    put(w, bare ? "</body></notes>" : "</notes>");
}

static void put_annotation(writing *w, const char *meta, const bx_about *about)
{
    const char *text = bx_about_next(about, BX_ABOUT_ANNOTATION, NULL);

    if (!text)
        return;
    put(w, "<annotation><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
           "xmlns:bqbiol=\"http://biomodels.net/biology-qualifiers/\" "
           "xmlns:bqmodel=\"http://biomodels.net/model-qualifiers/\"><rdf:Description");
    put(w, " rdf:about=\"#meta_");
    put(w, meta);
    put(w, "\">");
    for (; text; text = bx_about_next(about, BX_ABOUT_ANNOTATION, text)) {
        bx_annotation a = bx_annotation_of(text);
        bool model = strncmp(a.qualifier, "bqm_", 4) == 0;
        char name[64];
        snprintf(name, sizeof name, "%s:%.31s", model ? "bqmodel" : "bqbiol",
                 a.qualifier + (model ? 4 : 0));
        if (!bx_is_sbml_id(a.qualifier))
            continue;
        put(w, "<");
        put(w, name);
        put(w, "><rdf:Bag>");

        for (;;) {
            put(w, "<rdf:li");
            put_attribute(w, "rdf:resource", text + strcspn(text, " ") + 1);
            put(w, "/>");
            const char *next = bx_about_next(about, BX_ABOUT_ANNOTATION, text);
            if (!next || strncmp(next, a.qualifier, strlen(a.qualifier)) != 0 ||
                next[strlen(a.qualifier)] != ' ')
                break;
            text = next;
        }
        put(w, "</rdf:Bag></");
        put(w, name);
        put(w, ">");
    }
    put(w, "</rdf:Description></rdf:RDF></annotation>");
}

/* The attributes that all parts may have. */
static void put_common(writing *w, const char *meta, const bx_about *about)
{
    const char *sbo = bx_about_text(about, BX_ABOUT_SBO);
    bool term =
        strlen(sbo) == 11 && strncmp(sbo, "SBO:", 4) == 0 && strspn(sbo + 4, "0123456789") == 7;
    if (bx_about_get(about, BX_ABOUT_ANNOTATION)) {
        put(w, " metaid=\"meta_");
        put(w, meta);
        put(w, "\"");
    }
    put_attribute(w, "sboTerm", term ? sbo : NULL);
}

static void put_about(writing *w, const char *meta, const bx_about *about)
{
    put_notes(w, meta, bx_about_get(about, BX_ABOUT_NOTES));
    put_annotation(w, meta, about);
}

static bool has_about(const bx_about *about)
{
    return bx_about_get(about, BX_ABOUT_NOTES) || bx_about_get(about, BX_ABOUT_ANNOTATION);
}

/* ---- compartments, species ---- */

static char *compartment_id(const char *id, size_t length)
{
    char *name = strndup(id, length);
    char *encoded = name && !bx_is_sbml_id(name) ? bx_encode_sbml_id("C_", name) : NULL;
    if (!encoded)
        return name;
    free(name);
    return encoded;
}

static void put_compartment(writing *w, const char *text)
{
    size_t length = strcspn(text, "\t");
    char *id = compartment_id(text, length);
    if (!id) {
        fail(w, bx_fail_memory(w->err));
        return;
    }
    if (bx_names_find(&w->taken, id) == BX_NAME_NONE && make_id(w, id)) {
        put(w, "<compartment");
        put_attribute(w, "id", id);
        put_attribute(w, "name", text[length] ? text + length + 1 : NULL);
        put(w, " constant=\"true\"/>\n");
    }
    free(id);
}

/* Metabolites without a compartment are in "unknown". */
static const char *compartment_of(const bx_fba *fba, size_t m)
{
    const char *id = bx_about_get(bx_fba_about(fba, BX_FBA_METABOLITE, m), BX_ABOUT_COMPARTMENT);
    return id ? id : "unknown";
}

static void put_compartments(writing *w)
{
    const bx_about *model = bx_fba_about(w->fba, BX_FBA_MODEL, 0);
    const char *text = NULL;
    if (bx_fba_metabolites(w->fba) == 0 && !bx_about_get(model, BX_ABOUT_COMPARTMENT))
        return;
    put(w, "<listOfCompartments>\n");
    while ((text = bx_about_next(model, BX_ABOUT_COMPARTMENT, text)))
        put_compartment(w, text);
    for (size_t m = 0; m < bx_fba_metabolites(w->fba); m++)
        put_compartment(w, compartment_of(w->fba, m));
    put(w, "</listOfCompartments>\n");
}

static void put_charge(writing *w, const char *id, const char *charge)
{
    char *end;
    long number = charge ? strtol(charge, &end, 10) : 0;
    if (!charge)
        return;
    if (*end == '\0' && labs(number) < 1000000000)
        put_attribute(w, "fbc:charge", charge);
    else
        fail(w, bx_warn(w->warnings, w->err, "charge", id,
                        "\"%.64s\": its charge %.40s is left out: SBML has integers", id, charge));
}

static void put_species(writing *w, size_t m)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_METABOLITE, m);
    const char *id = w->ids[BX_FBA_METABOLITE][m], *in = compartment_of(w->fba, m);
    char *compartment = compartment_id(in, strlen(in));
    put(w, "<species");
    put_common(w, id, about);
    put_attribute(w, "id", id);
    put_attribute(w, "name", bx_about_get(about, BX_ABOUT_NAME));
    put_attribute(w, "compartment", compartment);
    put(w, " hasOnlySubstanceUnits=\"false\" constant=\"false\"");
    put_attribute(w, "boundaryCondition", bx_fba_is_boundary(w->fba, m) ? "true" : "false");
    put_charge(w, id, bx_about_get(about, BX_ABOUT_CHARGE));
    put_attribute(w, "fbc:chemicalFormula", bx_about_get(about, BX_ABOUT_FORMULA));
    put(w, has_about(about) ? ">" : "/>\n");
    if (has_about(about)) {
        put_about(w, id, about);
        put(w, "</species>\n");
    }
    free(compartment);
}

/* ---- bounds ---- */

typedef struct shared_bound {
    double value;
    const char *stem, *id;
} shared_bound;

static const char *bound_id(writing *w, shared_bound *shared, size_t r, double value, bool upper)
{
    for (shared_bound *s = shared; s->stem; s++)
        if (s->value == value)
            return s->id;
    char *stem = malloc(strlen(w->ids[BX_FBA_REACTION][r]) + 16);
    if (!stem) {
        fail(w, bx_fail_memory(w->err));
        return NULL;
    }
    sprintf(stem, "%s_%s", w->ids[BX_FBA_REACTION][r], upper ? "upper_bound" : "lower_bound");
    const char *id = make_id(w, stem);
    free(stem);
    return id;
}

static void put_parameter(writing *w, const char *id, double value, bool shared)
{
    put(w, "<parameter");
    put_attribute(w, "sboTerm", shared ? "SBO:0000626" : "SBO:0000625");
    put_attribute(w, "id", id);
    put_number(w, "value", value);
    put(w, " constant=\"true\"/>\n");
}

/* What the reaction is computed with. */
static void bounds_of(const bx_fba *fba, size_t r, double *lower, double *upper)
{
    bx_fba_bounds(fba, r, lower, upper);
    if (bx_fba_stopped(fba, r))
        *lower = *upper = 0;
}

static void put_parameters(writing *w)
{
    shared_bound shared[] = {{-1000, "cobra_default_lb", NULL}, {1000, "cobra_default_ub", NULL},
                             {0, "cobra_0_bound", NULL},        {-INFINITY, "minus_inf", NULL},
                             {INFINITY, "plus_inf", NULL},      {0}};
    size_t count = bx_fba_reactions(w->fba);
    w->bounds = calloc(2 * count + 1, sizeof *w->bounds);
    if (!w->bounds) {
        fail(w, bx_fail_memory(w->err));
        return;
    }
    put(w, "<listOfParameters>\n");
    for (shared_bound *s = shared; s->stem; s++) {
        s->id = make_id(w, s->stem);
        put_parameter(w, s->id, s->value, true);
    }
    for (size_t i = 0; i < 2 * count && w->status == 0; i++) {
        double both[2];
        bounds_of(w->fba, i / 2, &both[0], &both[1]);
        size_t before = w->other_count;
        w->bounds[i] = (char *)bound_id(w, shared, i / 2, both[i % 2], i % 2);
        if (w->other_count > before)
            put_parameter(w, w->bounds[i], both[i % 2], false);
    }
    put(w, "</listOfParameters>\n");
}

/* ---- reactions ---- */

static void put_side(writing *w, size_t r, double sign, const char *list)
{
    double coefficient;
    bool open = false;
    for (size_t i = 0; i < bx_fba_terms(w->fba, r); i++) {
        size_t m = bx_fba_term_of(w->fba, r, i, &coefficient);
        if (coefficient * sign < 0)
            continue;
        put(w, open ? "" : "<");
        put(w, open ? "" : list);
        put(w, open ? "" : ">");
        open = true;
        put(w, "<speciesReference");
        put_attribute(w, "species", w->ids[BX_FBA_METABOLITE][m]);
        put_number(w, "stoichiometry", fabs(coefficient));
        put(w, " constant=\"true\"/>");
    }
    put(w, open ? "</" : "");
    put(w, open ? list : "");
    put(w, open ? ">" : "");
}

/* Where the operand that ends at `end` begins. */
static size_t operand_begin(const bx_rule *rule, size_t end)
{
    size_t wanted = 1;
    while (wanted > 0)
        wanted += rule->code[end--] >= BX_RULE_OR ? 1 : -1;
    return end + 1;
}

/* The ends of the operands of the operator at `at`, the last first, those of its like within it
 * among them. */
static size_t list_operands(const bx_rule *rule, size_t at, size_t *ends)
{
    size_t count = 0;
    uint32_t code = rule->code[at];
    do {
        ends[count++] = at - 1;
        at = operand_begin(rule, at - 1) - 1;
    } while (rule->code[at] == code);
    ends[count++] = at;
    return count;
}

static void put_operand(writing *w, const bx_rule *rule, size_t end, uint32_t parent)
{
    uint32_t code = rule->code[end];
    const char *word = code == BX_RULE_AND ? "fbc:and" : "fbc:or";
    if (code < BX_RULE_OR) {
        put(w, "<fbc:geneProductRef");
        put_attribute(w, "fbc:geneProduct", w->ids[BX_FBA_GENE][code]);
        put(w, "/>");
        return;
    }
    size_t *ends = malloc((end + 2) * sizeof *ends);
    if (!ends) {
        fail(w, bx_fail_memory(w->err));
        return;
    }
    put(w, code != parent ? "<" : "");
    put(w, code != parent ? word : "");
    put(w, code != parent ? ">" : "");
    for (size_t i = list_operands(rule, end, ends); i-- > 0;)
        put_operand(w, rule, ends[i], code);
    put(w, code != parent ? "</" : "");
    put(w, code != parent ? word : "");
    put(w, code != parent ? ">" : "");
    free(ends);
}

static void put_reaction(writing *w, size_t r)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_REACTION, r);
    const bx_rule *rule = bx_fba_rule(w->fba, r);
    const char *id = w->ids[BX_FBA_REACTION][r];
    double lower, upper;
    bounds_of(w->fba, r, &lower, &upper);
    put(w, "<reaction");
    put_common(w, id, about);
    put_attribute(w, "id", id);
    put_attribute(w, "name", bx_about_get(about, BX_ABOUT_NAME));
    put_attribute(w, "reversible", lower < 0 ? "true" : "false");
    put(w, " fast=\"false\"");
    put_attribute(w, "fbc:lowerFluxBound", w->bounds[2 * r]);
    put_attribute(w, "fbc:upperFluxBound", w->bounds[2 * r + 1]);
    put(w, ">");
    put_about(w, id, about);
    put_side(w, r, -1, "listOfReactants");
    put_side(w, r, 1, "listOfProducts");
    if (rule->count > 0) {
        put(w, "<fbc:geneProductAssociation>");
        put_operand(w, rule, rule->count - 1, 0);
        put(w, "</fbc:geneProductAssociation>");
    }
    put(w, "</reaction>\n");
}

/* ---- objectives, genes ---- */

static void put_term(writing *w, size_t reaction, double coefficient)
{
    put(w, "<fbc:fluxObjective");
    put_attribute(w, "fbc:reaction", w->ids[BX_FBA_REACTION][reaction]);
    put_number(w, "fbc:coefficient", coefficient);
    put(w, "/>");
}

static void put_objective(writing *w, const char *id, const bx_fba_sum_view *sum)
{
    if (!id)
        return;
    put(w, "<fbc:objective");
    put_attribute(w, "fbc:id", id);
    put_attribute(w, "fbc:type", sum->maximise ? "maximize" : "minimize");
    put(w, "><fbc:listOfFluxObjectives>");
    for (size_t k = 0; k < sum->part_count; k++)
        if (!sum->parts[k].variable)
            put_term(w, sum->parts[k].reaction, sum->parts[k].coefficient);
    put(w, "</fbc:listOfFluxObjectives></fbc:objective>\n");
}

static const char *objective_id(writing *w, const char *wanted)
{
    return make_id(w, wanted && bx_is_sbml_id(wanted) ? wanted : "obj");
}

/* The one at work, then the others. */
static void put_objectives(writing *w)
{
    const bx_fba *fba = w->fba;
    bx_fba_part *parts = calloc(bx_fba_reactions(fba) + 1, sizeof *parts);
    bx_fba_sum_view work = {.parts = parts, .maximise = bx_fba_maximises(fba)};
    if (!parts) {
        fail(w, bx_fail_memory(w->err));
        return;
    }
    for (size_t r = 0; r < bx_fba_reactions(fba); r++)
        if (bx_fba_objective(fba, r) != 0)
            parts[work.part_count++] =
                (bx_fba_part){.reaction = r, .coefficient = bx_fba_objective(fba, r)};
    if (work.part_count > 0) {
        const char *id =
            objective_id(w, bx_about_get(bx_fba_about(fba, BX_FBA_MODEL, 0), BX_ABOUT_OBJECTIVE));
        put(w, "<fbc:listOfObjectives");
        put_attribute(w, "fbc:activeObjective", id);
        put(w, ">\n");
        put_objective(w, id, &work);
        for (size_t i = 0; i < bx_fba_sums_of(fba, BX_FBA_OBJECTIVES); i++) {
            bx_fba_sum_view sum = bx_fba_sum_of(fba, BX_FBA_OBJECTIVES, i);
            if (sum.part_count > 0)
                put_objective(w, objective_id(w, sum.id), &sum);
        }
        put(w, "</fbc:listOfObjectives>\n");
    }
    free(parts);
}

static void put_gene(writing *w, size_t g)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_GENE, g);
    const char *id = w->ids[BX_FBA_GENE][g];
    put(w, "<fbc:geneProduct");
    put_common(w, id, about);
    put_attribute(w, "fbc:id", id);
    put_attribute(w, "fbc:name", bx_about_get(about, BX_ABOUT_NAME));
    put_attribute(w, "fbc:label", bx_fba_gene_id(w->fba, g));
    put(w, has_about(about) ? ">" : "/>\n");
    if (has_about(about)) {
        put_about(w, id, about);
        put(w, "</fbc:geneProduct>\n");
    }
}

/* ---- groups ---- */

static void put_member(writing *w, const char *id)
{
    put(w, "<groups:member");
    put_attribute(w, "groups:idRef", id);
    put(w, "/>");
}

static void begin_group(writing *w, const char *id, const bx_about *about, const char *name,
                        const char *kind)
{
    put(w, "<groups:group");
    if (about)
        put_common(w, id, about);
    else
        put_attribute(w, "sboTerm", "SBO:0000633");
    put_attribute(w, "groups:id", id);
    put_attribute(w, "groups:name", name);
    put_attribute(w, "groups:kind", kind);
    put(w, ">");
    if (about)
        put_about(w, id, about);
}

static void put_group(writing *w, size_t i)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_GROUP, i);
    const char *wanted = bx_about_get(about, BX_ABOUT_ID), *member = NULL;
    const char *kind = bx_about_text(about, BX_ABOUT_KIND);
    const char *id = make_id(w, wanted && bx_is_sbml_id(wanted) ? wanted : "group");
    size_t lost = 0, members = 0;
    if (!id)
        return;
    begin_group(w, id, about, bx_about_get(about, BX_ABOUT_NAME), *kind ? kind : "collection");
    while ((member = bx_about_next(about, BX_ABOUT_MEMBER, member))) {
        bool there = bx_names_find(&w->taken, member) != BX_NAME_NONE;
        put(w, there && members == 0 ? "<groups:listOfMembers>" : "");
        if (there)
            put_member(w, member);
        members += there;
        lost += !there;
    }
    put(w, members > 0 ? "</groups:listOfMembers></groups:group>\n" : "</groups:group>\n");
    if (lost > 0)
        fail(w, bx_warn(w->warnings, w->err, "group", id,
                        "group \"%.64s\": %zu members are left out: they are not there", id, lost));
}

/* A reaction in a subsystem that no group speaks of. */
typedef struct loose {
    const char *subsystem; /* NULL: none */
    size_t reaction;
} loose;

static int compare_loose(const void *a, const void *b)
{
    const loose *one = a, *other = b;
    int order = strcmp(one->subsystem, other->subsystem);
    return order != 0 ? order
                      : (one->reaction > other->reaction) - (one->reaction < other->reaction);
}

/* Those that a group of their subsystem's name has are in it. */
static void leave_grouped(const writing *w, loose *all)
{
    for (size_t i = 0; i < bx_fba_groups(w->fba); i++) {
        const bx_about *group = bx_fba_about(w->fba, BX_FBA_GROUP, i);
        const char *name = bx_about_text(group, BX_ABOUT_NAME), *member = NULL;
        while ((member = bx_about_next(group, BX_ABOUT_MEMBER, member))) {
            size_t r = bx_names_find(&w->taken, member);
            if (r < bx_fba_reactions(w->fba) && all[r].subsystem &&
                strcmp(all[r].subsystem, name) == 0)
                all[r].subsystem = NULL;
        }
    }
}

/* A group for each subsystem of the list, which is sorted. */
static void put_subsystems(writing *w, const loose *list, size_t count)
{
    for (size_t i = 0; i < count && w->status == 0;) {
        const char *name = list[i].subsystem;
        char *stem = bx_encode_sbml_id("G_", name);
        const char *id = stem ? make_id(w, stem) : NULL;
        free(stem);
        if (!id)
            return;
        begin_group(w, id, NULL, name, "partonomy");
        put(w, "<groups:listOfMembers>");
        for (; i < count && strcmp(list[i].subsystem, name) == 0; i++)
            put_member(w, w->ids[BX_FBA_REACTION][list[i].reaction]);
        put(w, "</groups:listOfMembers></groups:group>\n");
    }
}

static void put_groups(writing *w)
{
    size_t count = bx_fba_reactions(w->fba), kept = 0;
    loose *all = calloc(count + 1, sizeof *all);
    if (!all) {
        fail(w, bx_fail_memory(w->err));
        return;
    }
    for (size_t r = 0; r < count; r++)
        all[r] =
            (loose){bx_about_get(bx_fba_about(w->fba, BX_FBA_REACTION, r), BX_ABOUT_SUBSYSTEM), r};
    leave_grouped(w, all);
    for (size_t r = 0; r < count; r++)
        if (all[r].subsystem)
            all[kept++] = all[r];
    qsort(all, kept, sizeof *all, compare_loose);
    bool any = bx_fba_groups(w->fba) > 0 || kept > 0;
    put(w, any ? "<groups:listOfGroups>\n" : "");
    for (size_t i = 0; i < bx_fba_groups(w->fba) && w->status == 0; i++)
        put_group(w, i);
    put_subsystems(w, all, kept);
    put(w, any ? "</groups:listOfGroups>\n" : "");
    free(all);
}

/* ---- the model ---- */

static void put_list(writing *w, const char *name, size_t count,
                     void (*one)(writing *w, size_t item))
{
    if (count == 0)
        return;
    put(w, "<");
    put(w, name);
    put(w, ">\n");
    for (size_t i = 0; i < count && w->status == 0; i++)
        one(w, i);
    put(w, "</");
    put(w, name);
    put(w, ">\n");
}

static void put_model(writing *w)
{
    const bx_about *about = bx_fba_about(w->fba, BX_FBA_MODEL, 0);
    const char *own = bx_about_get(about, BX_ABOUT_ID);
    char *id = !own ? NULL : bx_is_sbml_id(own) ? strdup(own) : bx_encode_sbml_id("model_", own);
    put(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version1/core\" "
           "xmlns:fbc=\"http://www.sbml.org/sbml/level3/version1/fbc/version2\" "
           "xmlns:groups=\"http://www.sbml.org/sbml/level3/version1/groups/version1\" "
           "level=\"3\" version=\"1\" fbc:required=\"false\" groups:required=\"false\">\n<model");
    put_common(w, id ? id : "model", about);
    put_attribute(w, "id", id);
    put_attribute(w, "name", bx_about_get(about, BX_ABOUT_NAME));
    put(w, " fbc:strict=\"true\">\n");
    put_about(w, id ? id : "model", about);
    free(id);
    put_compartments(w);
    put_list(w, "listOfSpecies", bx_fba_metabolites(w->fba), put_species);
    put_parameters(w);
    if (w->status == 0)
        put_list(w, "listOfReactions", bx_fba_reactions(w->fba), put_reaction);
    put_objectives(w);
    put_list(w, "fbc:listOfGeneProducts", bx_fba_genes(w->fba), put_gene);
    put_groups(w);
    put(w, "</model>\n</sbml>\n");
}

static void append(const void *data, bx_buffer *out)
{
    writing *w = (writing *)data;
    (void)out;
    put_model(w);
}

static int write_all(writing *w)
{
    const bx_fba *fba = w->fba;
    for (size_t i = 0; i < bx_fba_sums_of(fba, BX_FBA_CONSTRAINTS); i++) {
        const char *id = bx_fba_sum_of(fba, BX_FBA_CONSTRAINTS, i).id;
        if (bx_warn(w->warnings, w->err, "constraint", id,
                    "constraint \"%.64s\" is left out: SBML has no such thing", id) < 0)
            return -1;
    }
    for (size_t i = 0; i < bx_fba_variables(fba); i++) {
        const char *id = bx_fba_variable_of(fba, i).id;
        if (bx_warn(w->warnings, w->err, "variable", id,
                    "variable \"%.64s\" is left out, of objectives too: SBML has no such thing",
                    id) < 0)
            return -1;
    }
    for (bx_fba_kind kind = BX_FBA_METABOLITE; kind <= BX_FBA_GENE; kind++)
        if (make_ids(w, kind) < 0)
            return -1;
    return bx_text_write(append, w, w->out, w->err) < 0 ? -1 : w->status;
}

int bx_sbml_write_fbc(const bx_fba *fba, bx_warnings *warnings, bx_buffer *out, bx_error *err)
{
    writing w = {.fba = fba, .out = out, .warnings = warnings, .err = err};
    size_t start = out->length;
    int status = write_all(&w);
    if (status < 0)
        bx_buffer_cut(out, start);
    for (bx_fba_kind kind = BX_FBA_METABOLITE; kind <= BX_FBA_GENE; kind++) {
        for (size_t i = 0; w.ids[kind] && i < bx_fba_count(fba, kind); i++)
            free(w.ids[kind][i]);
        free(w.ids[kind]);
    }
    for (size_t i = 0; i < w.other_count; i++)
        free(w.others[i]);
    free(w.others);
    free(w.bounds);
    bx_names_free(&w.taken);
    return status;
}
