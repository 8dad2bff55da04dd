#include "sbml/write.h"

#include "model/compiler.h"
#include "model/declaration.h"
#include "sbml/loaded.h"
#include "sbml/text.h"
#include "sbml/tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writing {
    const bx_sbml_present *present;
    bx_buffer *out;
    Model_t *model;
    char compartment[BX_SBML_NAME];
    size_t reactions, events; /* so far */
    bool delays;              /* so far, something is delayed */
    bx_error *err;
} writing;

static bool is_taken(Model_t *model, const char *id)
{
    return Model_getSpeciesById(model, id) || Model_getParameterById(model, id) ||
           Model_getCompartmentById(model, id) || Model_getReactionById(model, id) ||
           Model_getEventById(model, id);
}

static bool is_variable(const bx_sbml_present *present, const char *name)
{
    for (size_t i = 0; i < present->variable_count; i++)
        if (strcmp(present->variables[i].name, name) == 0)
            return true;
    return false;
}

/* An id that the variables leave free, too. */
static void choose_id(const writing *w, const char *stem, char *id, size_t size)
{
    snprintf(id, size, "%.64s", stem);
    while (is_taken(w->model, id) || is_variable(w->present, id)) {
        size_t length = strlen(id);
        snprintf(id + length, size - length, "_");
    }
}

/* A part's id: its name, where that can be one and is free, else "reaction_3". */
static void choose_part_id(const writing *w, const char *name, const char *what, size_t number,
                           char *id, size_t size)
{
    char stem[80];
    snprintf(stem, sizeof stem, "%s_%zu", what, number);
    if (name && SyntaxChecker_isValidSBMLSId(name) && strlen(name) <= 64 &&
        !is_taken(w->model, name) && !is_variable(w->present, name))
        snprintf(stem, sizeof stem, "%s", name);
    choose_id(w, stem, id, size);
}

/* ---- variables ---- */

/* By another than `but`, or by any. */
static bool is_set_by_event(const writing *w, const char *name, const bx_declared_event *but)
{
    bx_process *const *processes = w->present->processes;
    for (size_t i = 0; i < w->present->process_count; i++)
        for (size_t j = 0; j < processes[i]->event_count; j++) {
            const bx_declared_event *event = &processes[i]->events[j];
            for (size_t k = 0; event != but && k < event->assignment_count; k++)
                if (strcmp(event->assignments[k].target, name) == 0)
                    return true;
        }
    return false;
}

/* The rule of a name, or NULL. */
static const bx_declared_rule *rule_of(const writing *w, const char *name)
{
    bx_process *const *processes = w->present->processes;
    for (size_t i = 0; i < w->present->process_count; i++)
        for (size_t j = 0; j < processes[i]->rule_count; j++)
            if (strcmp(processes[i]->rules[j].name, name) == 0)
                return &processes[i]->rules[j];
    return NULL;
}

/* The rule that is solved from the value of this parameter on, or NULL: in SBML it has that value
 * itself. */
static const bx_declared_rule *solved_from(const writing *w, const char *parameter)
{
    size_t length = strlen(parameter);
    if (length < 6 || strcmp(parameter + length - 6, ".start") != 0)
        return NULL;
    bx_sbml_name name;
    snprintf(name.text, sizeof name.text, "%.*s", (int)(length - 6), parameter);
    const bx_declared_rule *rule = rule_of(w, name.text);
    return rule && rule->kind == BX_RULE_SOLVES ? rule : NULL;
}

static void write_species(const writing *w, const char *id, double value)
{
    Species_t *species = Model_createSpecies(w->model);
    Species_setId(species, id);
    Species_setCompartment(species, w->compartment);
    if (!isnan(value))
        Species_setInitialAmount(species, bx_sbml_readable(value));
    Species_setHasOnlySubstanceUnits(species, 1);
    Species_setBoundaryCondition(species, 0);
    Species_setConstant(species, 0);
}

static void write_parameter(const writing *w, const char *id, const bx_sbml_variable *variable)
{
    bool set = variable->kind == BX_VARIABLE_PARAMETER;
    Parameter_t *parameter = Model_createParameter(w->model);
    Parameter_setId(parameter, id);
    if (set && !isnan(variable->value))
        Parameter_setValue(parameter, bx_sbml_readable(variable->value));
    Parameter_setConstant(parameter, set && !is_set_by_event(w, variable->name, NULL));
}

static int write_variables(writing *w)
{
    Compartment_t *compartment = Model_createCompartment(w->model);
    choose_id(w, "cell", w->compartment, sizeof w->compartment);
    Compartment_setId(compartment, w->compartment);
    Compartment_setSpatialDimensions(compartment, 3);
    Compartment_setSize(compartment, 1);
    Compartment_setConstant(compartment, 1);
    for (size_t i = 0; i < w->present->variable_count; i++) {
        const bx_sbml_variable *variable = &w->present->variables[i];
        bx_sbml_name id = bx_sbml_id_of(variable->name);
        if (variable->kind == BX_VARIABLE_PARAMETER && solved_from(w, variable->name))
            continue;
        if (is_taken(w->model, id.text))
            return bx_fail(w->err, BX_EMODEL, "two variables would be called \"%.64s\"", id.text);
        if (variable->kind == BX_VARIABLE_SPECIES)
            write_species(w, id.text, variable->value);
        else
            write_parameter(w, id.text, variable);
    }
    for (size_t i = 0; i < w->present->variable_count; i++) {
        const bx_sbml_variable *start = &w->present->variables[i];
        const bx_declared_rule *solved =
            start->kind == BX_VARIABLE_PARAMETER ? solved_from(w, start->name) : NULL;
        if (solved && !isnan(start->value))
            Parameter_setValue(Model_getParameterById(w->model, bx_sbml_id_of(solved->name).text),
                               bx_sbml_readable(start->value));
    }
    return 0;
}

static bool has(const bx_formula *formula, bx_op op)
{
    size_t i = 0;
    while (i < formula->count && formula->nodes[i].op != op)
        i++;
    return i < formula->count;
}

/* ---- constraints ---- */

static bool is_in_reaction(const writing *w, const char *species)
{
    bx_process *const *processes = w->present->processes;
    for (size_t i = 0; i < w->present->process_count; i++)
        for (size_t j = 0; j < processes[i]->reaction_count; j++) {
            const bx_equation *equation = &processes[i]->reactions[j].equation;
            for (size_t k = 0; k < equation->reactants + equation->products; k++)
                if (strcmp(equation->terms[k].species, species) == 0)
                    return true;
        }
    return false;
}

/* Whether SBML would let an algebraic rule determine a variable that has no rule. */
static bool is_free(const writing *w, const char *name)
{
    const bx_sbml_variable *variable = w->present->variables;
    while (strcmp(variable->name, name) != 0)
        variable++;
    return variable->kind == BX_VARIABLE_SPECIES ? !is_in_reaction(w, name)
                                                 : is_set_by_event(w, name, NULL);
}

/* An algebraic rule does not say which variable it determines: there must be no choice. */
static int check_choice(const writing *w, const bx_declared_rule *constraint)
{
    bx_names seen = {0};
    const bx_formula **formulas = calloc(w->present->variable_count + 1, sizeof *formulas);
    if (!formulas)
        return bx_fail_memory(w->err);
    size_t count = 1;
    int result = 0;
    formulas[0] = constraint->formula;
    for (size_t i = 0; result == 0 && i < count; i++)
        for (size_t j = 0; result == 0 && j < formulas[i]->name_count; j++) {
            const char *name = formulas[i]->names[j].text;
            if (bx_names_find(&seen, name) != BX_NAME_NONE)
                continue;
            const bx_declared_rule *rule = rule_of(w, name);
            if (bx_names_add(&seen, name, 0) < 0)
                result = bx_fail_memory(w->err);
            else if (!rule && is_free(w, name))
                result = bx_fail(w->err, BX_EMODEL,
                                 "constraint on \"%.64s\": in SBML it could determine \"%.64s\" "
                                 "as well",
                                 constraint->name, name);
            else if (rule && rule->kind == BX_RULE_EQUALS)
                formulas[count++] = rule->formula;
        }
    free(formulas);
    bx_names_free(&seen);
    return result;
}

/* ---- rules ---- */

static ASTNode_t *tree_of(writing *w, const bx_formula *formula, bool truth)
{
    w->delays = w->delays || has(formula, BX_OP_DELAY);
    return bx_sbml_tree(formula, w->present->time, truth, w->err);
}

static int write_rules(writing *w, const bx_process *process)
{
    for (size_t i = 0; i < process->rule_count; i++) {
        ASTNode_t *math = tree_of(w, process->rules[i].formula, false);
        if (!math)
            return bx_sbml_fail_in(w->err, "rule", process->rules[i].name);
        bool solved = process->rules[i].kind == BX_RULE_SOLVES;
        if (solved && check_choice(w, &process->rules[i]) < 0) {
            ASTNode_free(math);
            return -1;
        }
        Rule_t *rule =
            solved ? Model_createAlgebraicRule(w->model) : Model_createAssignmentRule(w->model);
        if (!solved)
            Rule_setVariable(rule, bx_sbml_id_of(process->rules[i].name).text);
        Rule_setMath(rule, math);
        ASTNode_free(math);
    }
    return 0;
}

/* ---- reactions ---- */

/* The whole rate: with mass action, k times the reactants. */
static ASTNode_t *rate_of(writing *w, const bx_declared_reaction *reaction)
{
    ASTNode_t *rate = tree_of(w, reaction->rate, false);
    if (!rate || reaction->kind != BX_RATE_MASS_ACTION)
        return rate;
    for (size_t i = 0; i < reaction->equation.reactants; i++) {
        const bx_term *term = &reaction->equation.terms[i];
        ASTNode_t *factor = bx_sbml_name_tree(term->species);
        if (term->coefficient != 1) {
            ASTNode_t *power = ASTNode_createWithType(AST_FUNCTION_POWER);
            ASTNode_addChild(power, factor);
            ASTNode_addChild(power, bx_sbml_number_tree(term->coefficient));
            factor = power;
        }
        rate = bx_sbml_product(rate, factor);
    }
    return rate;
}

/* SBML wants what a rate names, and what no reaction has on its sides, as modifiers. */
static void write_modifiers(const writing *w, Reaction_t *reaction, const bx_formula *formula)
{
    for (size_t i = 0; i < formula->name_count; i++) {
        bx_sbml_name id = bx_sbml_id_of(formula->names[i].text);
        if (!Model_getSpeciesById(w->model, id.text) ||
            Reaction_getReactantBySpecies(reaction, id.text) ||
            Reaction_getProductBySpecies(reaction, id.text) ||
            Reaction_getModifierBySpecies(reaction, id.text))
            continue;
        SpeciesReference_t *modifier = Reaction_createModifier(reaction);
        SpeciesReference_setSpecies(modifier, id.text);
    }
}

static int write_reaction(writing *w, const bx_declared_reaction *declared)
{
    char id[BX_SBML_NAME];
    ASTNode_t *rate = rate_of(w, declared);
    if (!rate)
        return bx_sbml_fail_in(w->err, "reaction",
                               declared->name ? declared->name : declared->text);
    choose_part_id(w, declared->name, "reaction", ++w->reactions, id, sizeof id);
    Reaction_t *reaction = Model_createReaction(w->model);
    Reaction_setId(reaction, id);
    Reaction_setName(reaction, declared->name ? declared->name : declared->text);
    Reaction_setReversible(reaction, 0);
    size_t terms = declared->equation.reactants + declared->equation.products;
    for (size_t i = 0; i < terms; i++) {
        const bx_term *term = &declared->equation.terms[i];
        SpeciesReference_t *reference = i < declared->equation.reactants
                                            ? Reaction_createReactant(reaction)
                                            : Reaction_createProduct(reaction);
        SpeciesReference_setSpecies(reference, bx_sbml_id_of(term->species).text);
        SpeciesReference_setStoichiometry(reference, term->coefficient);
        SpeciesReference_setConstant(reference, 1);
    }
    write_modifiers(w, reaction, declared->rate);
    KineticLaw_setMath(Reaction_createKineticLaw(reaction), rate);
    ASTNode_free(rate);
    return 0;
}

/* ---- events ---- */

/* Whether what an event has computed may be of another size than there is when it is set. */
static bool changes_before(const writing *w, const bx_declared_event *event, const char *size)
{
    bool changes = false;
    if (!event->from_trigger)
        return false;
    for (size_t i = 0; event->delay && i < w->present->variable_count; i++)
        if (strcmp(w->present->variables[i].name, size) == 0)
            changes = w->present->variables[i].kind != BX_VARIABLE_PARAMETER;
    return changes || is_set_by_event(w, size, event->delay ? NULL : event);
}

static int write_assignments(writing *w, Event_t *event, const bx_declared_event *declared)
{
    for (size_t i = 0; i < declared->assignment_count; i++) {
        const char *target = declared->assignments[i].target;
        const bx_declared_rule *rule = rule_of(w, target);
        const bx_declared_rule *quotient = rule && rule->size ? rule : NULL; /* sets its amount */
        if (quotient && changes_before(w, declared, rule->size))
            return bx_fail(w->err, BX_EMODEL,
                           "set \"%.64s\": it is computed before \"%.64s\" may change, and its "
                           "amount is set after that",
                           target, rule->size);
        ASTNode_t *math = tree_of(w, declared->assignments[i].formula, false);
        if (!math)
            return bx_sbml_fail_in(w->err, "set", target);
        if (quotient)
            math = bx_sbml_product(math, bx_sbml_name_tree(quotient->size));
        EventAssignment_t *assignment = Event_createEventAssignment(event);
        EventAssignment_setVariable(assignment,
                                    bx_sbml_id_of(quotient ? quotient->amount : target).text);
        EventAssignment_setMath(assignment, math);
        ASTNode_free(math);
        if (quotient && Model_getParameterById(w->model, bx_sbml_id_of(quotient->amount).text))
            Parameter_setConstant(
                Model_getParameterById(w->model, bx_sbml_id_of(quotient->amount).text), 0);
    }
    return 0;
}

/* Of a timed event: time >= at. */
static ASTNode_t *trigger_of(writing *w, const bx_declared_event *declared)
{
    if (declared->when)
        return tree_of(w, declared->when, true);
    ASTNode_t *at = tree_of(w, declared->at, false);
    if (!at)
        return NULL;
    double now = w->present->time;
    ASTNode_t *time = ASTNode_createWithType(AST_NAME_TIME), *sum = time;
    ASTNode_setName(time, "time");
    if (now != 0) {
        sum = ASTNode_createWithType(AST_PLUS);
        ASTNode_addChild(sum, time);
        ASTNode_addChild(sum, bx_sbml_number_tree(now));
    }
    ASTNode_t *reached = ASTNode_createWithType(AST_RELATIONAL_GEQ);
    ASTNode_addChild(reached, sum);
    ASTNode_addChild(reached, at);
    return reached;
}

static int write_number(writing *w, const bx_formula *formula, const char *what, SBase_t *to,
                        int (*set)(SBase_t *, const ASTNode_t *))
{
    ASTNode_t *math = tree_of(w, formula, false);
    if (!math)
        return bx_sbml_fail_in(w->err, what, "");
    set(to, math);
    ASTNode_free(math);
    return 0;
}

static int set_delay(SBase_t *delay, const ASTNode_t *math)
{
    return Delay_setMath((Delay_t *)delay, math);
}

static int set_priority(SBase_t *priority, const ASTNode_t *math)
{
    return Priority_setMath((Priority_t *)priority, math);
}

static int write_event(writing *w, const bx_declared_event *declared)
{
    char id[BX_SBML_NAME];
    bool kept = w->present->time == 0 && declared->initially_false;
    bool due = w->present->due[w->events];
    ASTNode_t *math = trigger_of(w, declared);
    if (!math)
        return -1;
    choose_part_id(w, declared->name, "event", ++w->events, id, sizeof id);
    Event_t *event = Model_createEvent(w->model);
    Event_setId(event, id);
    if (declared->name)
        Event_setName(event, declared->name);
    Event_setUseValuesFromTriggerTime(event, declared->from_trigger);
    Trigger_t *trigger = Event_createTrigger(event);
    Trigger_setMath(trigger, math);
    ASTNode_free(math);
    Trigger_setPersistent(trigger, !declared->transient);
    Trigger_setInitialValue(trigger, !due && !kept);
    if ((declared->delay && write_number(w, declared->delay, "delay",
                                         (SBase_t *)Event_createDelay(event), set_delay) < 0) ||
        (declared->priority &&
         write_number(w, declared->priority, "priority", (SBase_t *)Event_createPriority(event),
                      set_priority) < 0))
        return -1;
    return write_assignments(w, event, declared);
}

/* ---- the whole ---- */

static int write_process(writing *w, const bx_process *process)
{
    if (process->fast_count > 0)
        return bx_fail(w->err, BX_EMODEL,
                       "reaction \"%.64s\" is fast: SBML level 3 version 2 has no such reactions",
                       process->fast[0].name);
    for (size_t i = 0; i < BX_PHASES; i++)
        if (process->exchange[i].count > 0)
            return bx_fail(w->err, BX_EMODEL,
                           "process \"%.64s\" says what exchanges do: SBML has none",
                           process->name);
    if (write_rules(w, process) < 0)
        return -1;
    for (size_t i = 0; i < process->reaction_count; i++)
        if (write_reaction(w, &process->reactions[i]) < 0)
            return -1;
    for (size_t i = 0; i < process->event_count; i++)
        if (write_event(w, &process->events[i]) < 0)
            return bx_sbml_fail_in(w->err, "event", bx_event_label(process, i).text);
    return 0;
}

/* Initial values are written as numbers: a delay may ask for what they were before time 0. */
static int check_initials(writing *w, const bx_process *process)
{
    for (size_t i = 0; w->delays && i < process->initial_count; i++)
        if (has(process->initials[i].formula, BX_OP_TIME) ||
            has(process->initials[i].formula, BX_OP_DELAY))
            return bx_sbml_refuse_past(process->initials[i].target, w->err);
    return 0;
}

static const char *id_of(const bx_sbml_present *present)
{
    return present->id ? present->id : present->other_id;
}

/* A model that was read may be in other units than the cell's own. */
static void set_units(const writing *w)
{
    for (size_t i = 0; i < w->present->process_count; i++)
        if (w->present->processes[i]->origin.read)
            return;
    Model_setTimeUnits(w->model, "second");
    Model_setSubstanceUnits(w->model, "item");
    Model_setExtentUnits(w->model, "item");
    Model_setVolumeUnits(w->model, "litre");
}

static bx_sbml_source source_of(const bx_process *process)
{
    return (bx_sbml_source){.text = (const char *)process->origin.bytes,
                            .length = process->origin.length};
}

static int write_model(writing *w, SBMLDocument_t *document)
{
    w->model = SBMLDocument_createModel(document);
    if (Model_setId(w->model, id_of(w->present)) != LIBSBML_OPERATION_SUCCESS)
        return bx_fail(w->err, BX_EMODEL, "\"%.64s\" is no id for a model", id_of(w->present));
    set_units(w);
    if (write_variables(w) < 0)
        return -1;
    for (size_t i = 0; i < w->present->process_count; i++)
        if (write_process(w, w->present->processes[i]) < 0)
            return -1;
    for (size_t i = 0; i < w->present->process_count; i++)
        if (check_initials(w, w->present->processes[i]) < 0)
            return -1;
    return 0;
}

/* With what those that were read say of their parts. */
static int finish(const writing *w, SBMLDocument_t *document)
{
    size_t count = 0;
    bx_sbml_source *sources = calloc(w->present->process_count + 1, sizeof *sources);
    if (!sources)
        return bx_fail_memory(w->err);
    for (size_t i = 0; i < w->present->process_count; i++)
        if (w->present->processes[i]->origin.bytes)
            sources[count++] = source_of(w->present->processes[i]);
    int result = bx_sbml_finish(document, sources, count, w->out, w->err);
    free(sources);
    return result;
}

static int write_text(void *data, bx_error *err)
{
    writing *w = data;
    SBMLDocument_t *document = SBMLDocument_createWithLevelAndVersion(3, 2);
    int result = document ? write_model(w, document) : bx_fail_memory(err);
    if (result == 0)
        result = finish(w, document);
    SBMLDocument_free(document);
    return result;
}

/* Whether every species and parameter is what the process begins with. */
static int is_as_loaded(const bx_sbml_present *present, bool *same, bx_error *err)
{
    *same = present->time == 0;
    bx_network *network = *same ? bx_network_new(present->processes, 1, err) : NULL;
    if (*same && !network)
        return -1;
    for (size_t i = 0; *same && i < present->variable_count; i++) {
        const bx_sbml_variable *variable = &present->variables[i];
        if (variable->kind == BX_VARIABLE_RULE)
            continue;
        double begins = network->program.frame[bx_names_find(&network->index, variable->name)];
        *same = variable->value == begins || (isnan(variable->value) && isnan(begins));
    }
    bx_network_free(network);
    return 0;
}

/* The one process, if it was read, as it was: as of bx_sbml_write_loaded. */
static int write_loaded(const bx_sbml_present *present, bx_buffer *out, bx_error *err)
{
    if (present->process_count != 1 || !present->processes[0]->origin.bytes)
        return 1;
    bx_sbml_source source = source_of(present->processes[0]);
    bool same;
    return is_as_loaded(present, &same, err) < 0
               ? -1
               : bx_sbml_write_loaded(&source, present, same, out, err);
}

static int write_present(const bx_sbml_present *present, bx_buffer *out, bx_error *err)
{
    writing w = {.present = present, .out = out, .err = err};
    if (present->waits)
        return bx_fail(err, BX_EMODEL,
                       "an event waits for the end of its delay: SBML cannot begin there");
    int done = write_loaded(present, out, err);
    return done == 1 ? bx_sbml_guard(write_text, &w, err) : done;
}

int bx_sbml_write(const bx_sbml_present *present, bx_buffer *out, bx_error *err)
{
    return write_present(present, out, err) < 0 ? bx_sbml_fail_in(err, "SBML of", id_of(present))
                                                : 0;
}
