/* Which variable each algebraic rule determines: a matching of rules with variables that nothing
 * else determines (SBML L3V2 core, section 4.11.5). A rule reaches variables through assignment
 * rules and the laws of reactions, too. What events set is left to them where others will do. */
#include "sbml/model.h"

#include "core/array.h"
#include "core/interrupt.h"
#include "sbml/operands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

typedef struct equation {
    unsigned rule;    /* its place in the model */
    const char **ids; /* all that it names */
    size_t count, capacity;
    bx_names index;  /* of these */
    size_t variable; /* what it determines, one of these, or `count` */
} equation;

typedef struct matching {
    bx_sbml *sbml;
    equation *equations;
    size_t count;
    bx_names moved;     /* the species that reactions change */
    bx_names variables; /* that nothing else determines: their places in */
    uint32_t *owner;    /* the equation that determines each, or NONE; and */
    uint32_t *reached;  /* the equation from which a search came to each, or NONE */
    uint32_t *queue;    /* of equations */
} matching;

/* ---- names ---- */

static int meet(matching *m, equation *e, const char *id)
{
    if (bx_names_find(&e->index, id) != BX_NAME_NONE)
        return 0;
    const char **ids = bx_array_grow(e->ids, e->count, &e->capacity, sizeof *ids);
    if (!ids)
        return bx_fail_memory(m->sbml->err);
    e->ids = ids;
    ids[e->count] = id;
    return bx_names_add(&e->index, id, e->count++) < 0 ? bx_fail_memory(m->sbml->err) : 0;
}

static int meet_names(matching *m, equation *e, const ASTNode_t *math, KineticLaw_t *law)
{
    if (ASTNode_getType(math) == AST_FUNCTION_RATE_OF)
        return 0;
    if (ASTNode_getType(math) == AST_NAME &&
        !(law && KineticLaw_getParameterById(law, ASTNode_getName(math))))
        return meet(m, e, ASTNode_getName(math));
    unsigned count = ASTNode_getNumChildren(math);
    const ASTNode_t **operands = count > 0 ? malloc(count * sizeof *operands) : NULL;
    int result = count > 0 && !operands ? bx_fail_memory(m->sbml->err) : 0;
    if (operands)
        bx_sbml_operands(math, operands);
    for (unsigned i = 0; i < count && result == 0; i++)
        result = meet_names(m, e, operands[i], law);
    free(operands);
    return result;
}

/* All names, those that an assignment rule or a law behind a name has included. */
static int meet_all(matching *m, equation *e)
{
    Model_t *model = m->sbml->model;
    const ASTNode_t *math;
    if (meet_names(m, e, Rule_getMath(Model_getRule(model, e->rule)), NULL) < 0)
        return -1;
    for (size_t i = 0; i < e->count; i++) {
        if (bx_check_interrupted(m->sbml->err) < 0)
            return -1;
        Reaction_t *reaction = Model_getReactionById(model, e->ids[i]);
        KineticLaw_t *law = reaction ? Reaction_getKineticLaw(reaction) : NULL;
        if (bx_sbml_rule_of(m->sbml, e->ids[i], &math) != BX_SBML_ASSIGNMENT)
            math = law ? KineticLaw_getMath(law) : NULL;
        if (math && meet_names(m, e, math, law) < 0)
            return -1;
    }
    return 0;
}

/* ---- variables ---- */

/* Reactants, then products; NULL after the last. */
static SpeciesReference_t *reference_at(Reaction_t *reaction, unsigned i)
{
    unsigned reactants = Reaction_getNumReactants(reaction);
    return i < reactants ? Reaction_getReactant(reaction, i)
                         : Reaction_getProduct(reaction, i - reactants);
}

static int list_moved(matching *m)
{
    for (unsigned i = 0; i < Model_getNumReactions(m->sbml->model); i++) {
        Reaction_t *reaction = Model_getReaction(m->sbml->model, i);
        SpeciesReference_t *reference;
        for (unsigned j = 0;
             Reaction_isSetKineticLaw(reaction) && (reference = reference_at(reaction, j)); j++) {
            const char *id = SpeciesReference_getSpecies(reference);
            const Species_t *species = bx_sbml_species_of(m->sbml, id);
            if (species && !Species_getBoundaryCondition(species) &&
                bx_names_find(&m->moved, id) == BX_NAME_NONE && bx_names_add(&m->moved, id, 0) < 0)
                return bx_fail_memory(m->sbml->err);
        }
    }
    return 0;
}

static SpeciesReference_t *reference_of(Model_t *model, const char *id)
{
    for (unsigned i = 0; i < Model_getNumReactions(model); i++) {
        SpeciesReference_t *reference;
        for (unsigned j = 0; (reference = reference_at(Model_getReaction(model, i), j)); j++)
            if (SpeciesReference_isSetId(reference) &&
                strcmp(SpeciesReference_getId(reference), id) == 0)
                return reference;
    }
    return NULL;
}

static bool is_constant(const matching *m, const char *id)
{
    Model_t *model = m->sbml->model;
    const Species_t *species = bx_sbml_species_of(m->sbml, id);
    const Parameter_t *parameter = Model_getParameterById(model, id);
    const Compartment_t *compartment = Model_getCompartmentById(model, id);
    if (species || parameter || compartment)
        return species     ? Species_getConstant(species)
               : parameter ? Parameter_getConstant(parameter)
                           : Compartment_getConstant(compartment);
    SpeciesReference_t *reference = reference_of(model, id);
    return !reference || SpeciesReference_getConstant(reference);
}

/* What determines a variable but an algebraic rule; NULL: nothing does. */
static const char *determined_by(const matching *m, const char *id)
{
    const ASTNode_t *math;
    if (bx_sbml_rule_of(m->sbml, id, &math) != BX_SBML_NO_RULE)
        return "has a rule of its own";
    if (Model_getReactionById(m->sbml->model, id))
        return "is a reaction";
    if (is_constant(m, id))
        return "is constant";
    return bx_names_find(&m->moved, id) != BX_NAME_NONE ? "is changed by reactions" : NULL;
}

/* ---- the matching ---- */

/* From the variable that a search found, each equation on the way takes what it led to. */
static void take_back(matching *m, equation *from, size_t found)
{
    for (;;) {
        equation *e = from;
        size_t given = e->variable;
        e->variable = found;
        size_t place = bx_names_find(&m->variables, e->ids[found]);
        m->owner[place] = (uint32_t)(e - m->equations);
        if (given == e->count)
            return;
        const char *id = e->ids[given]; /* what it had goes to the equation that asked for it */
        from = &m->equations[m->reached[bx_names_find(&m->variables, id)]];
        found = bx_names_find(&from->index, id);
    }
}

/* Find a variable for an equation, others giving up theirs for another where they must (Kuhn, Naval
 * Res. Logist. Q. 2, 83, 1955). `any`: what events set, too. */
static void match(matching *m, size_t first, bool any)
{
    size_t head = 0, tail = 0;
    memset(m->reached, 0xff, m->variables.count * sizeof *m->reached);
    m->queue[tail++] = (uint32_t)first;
    while (head < tail) {
        equation *e = &m->equations[m->queue[head++]];
        for (size_t i = 0; i < e->count; i++) {
            size_t place = bx_names_find(&m->variables, e->ids[i]);
            if (place == BX_NAME_NONE || m->reached[place] != NONE ||
                (!any && bx_names_find(&m->sbml->targets, e->ids[i]) != BX_NAME_NONE))
                continue;
            m->reached[place] = (uint32_t)(e - m->equations);
            if (m->owner[place] == NONE) {
                take_back(m, e, i);
                return;
            }
            m->queue[tail++] = m->owner[place];
        }
    }
}

static int refuse(const matching *m, const equation *e)
{
    char text[600];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < e->count && used < sizeof text - 200; i++) {
        const char *why = determined_by(m, e->ids[i]);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s\"%.64s\" %s", i ? ", " : "",
                                 e->ids[i], why ? why : "is determined by another algebraic rule");
    }
    return bx_fail(m->sbml->err, BX_EMODEL,
                   "algebraic rule (number %u of all rules): nothing that it names is left for it "
                   "to determine%s%s",
                   e->rule + 1, used ? ": " : "", text);
}

static int list_variables(matching *m)
{
    size_t all = 0;
    for (size_t i = 0; i < m->count; i++)
        for (size_t j = 0; j < m->equations[i].count; j++, all++) {
            const char *id = m->equations[i].ids[j];
            if (bx_check_interrupted(m->sbml->err) < 0)
                return -1;
            if (!determined_by(m, id) && bx_names_find(&m->variables, id) == BX_NAME_NONE &&
                bx_names_add(&m->variables, id, m->variables.count) < 0)
                return bx_fail_memory(m->sbml->err);
        }
    m->owner = malloc((all + 1) * sizeof *m->owner);
    m->reached = malloc((all + 1) * sizeof *m->reached);
    m->queue = malloc((m->count + 1) * sizeof *m->queue);
    if (!m->owner || !m->reached || !m->queue)
        return bx_fail_memory(m->sbml->err);
    memset(m->owner, 0xff, all * sizeof *m->owner);
    return 0;
}

static int list_equations(matching *m)
{
    Model_t *model = m->sbml->model;
    m->equations = calloc(Model_getNumRules(model) + 1, sizeof *m->equations);
    if (!m->equations)
        return bx_fail_memory(m->sbml->err);
    for (unsigned i = 0; i < Model_getNumRules(model); i++) {
        Rule_t *rule = Model_getRule(model, i);
        if (!Rule_isAlgebraic(rule) || !Rule_getMath(rule))
            continue;
        equation *e = &m->equations[m->count++];
        e->rule = i;
        if (meet_all(m, e) < 0)
            return -1;
        e->variable = e->count;
    }
    return 0;
}

static int match_all(matching *m)
{
    if (list_equations(m) < 0 || m->count == 0)
        return m->count == 0 ? 0 : -1;
    if (list_moved(m) < 0 || list_variables(m) < 0)
        return -1;
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < m->count; i++)
            if (m->equations[i].variable == m->equations[i].count && !bx_interrupted)
                match(m, i, any);
    if (bx_check_interrupted(m->sbml->err) < 0)
        return -1;
    for (size_t i = 0; i < m->count; i++)
        if (m->equations[i].variable == m->equations[i].count)
            return refuse(m, &m->equations[i]);
    for (size_t i = 0; i < m->count; i++) {
        const equation *e = &m->equations[i];
        if (bx_names_add(&m->sbml->rules, e->ids[e->variable], e->rule) < 0)
            return bx_fail_memory(m->sbml->err);
    }
    return 0;
}

int bx_sbml_match(bx_sbml *sbml)
{
    matching m = {.sbml = sbml};
    int result = match_all(&m);
    for (size_t i = 0; i < m.count; i++) {
        free(m.equations[i].ids);
        bx_names_free(&m.equations[i].index);
    }
    free(m.equations);
    free(m.owner);
    free(m.reached);
    free(m.queue);
    bx_names_free(&m.moved);
    bx_names_free(&m.variables);
    return result;
}
