#include "model/process.h"

#include "core/array.h"
#include "model/builder.h"
#include "model/declaration.h"
#include "model/parser.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bx_label reaction_label(const bx_process *process, const char *name, const char *equation)
{
    bx_label label;
    snprintf(label.text, sizeof label.text, "process \"%.48s\", reaction \"%.64s\"", process->name,
             name ? name : equation);
    return label;
}

bx_label bx_reaction_label(const bx_process *process, size_t reaction)
{
    const bx_declared_reaction *r = &process->reactions[reaction];
    return reaction_label(process, r->name, r->text);
}

static bx_label event_label(const bx_process *process, const char *name, size_t event)
{
    bx_label label;
    if (name)
        snprintf(label.text, sizeof label.text, "process \"%.48s\", event \"%.64s\"", process->name,
                 name);
    else
        snprintf(label.text, sizeof label.text, "process \"%.48s\", event %zu", process->name,
                 event + 1);
    return label;
}

int bx_fail_in(bx_error *err, const char *label)
{
    if (err && err->code == BX_EMODEL) {
        bx_error inner = *err;
        bx_fail(err, BX_EMODEL, "%s: %.800s", label, inner.message);
    }
    return -1;
}

bx_label bx_event_label(const bx_process *process, size_t event)
{
    return event_label(process, process->events[event].name, event);
}

bx_process *bx_process_new(const char *name, bx_error *err)
{
    if (!name || !*name || strlen(name) > BX_NAME_LENGTH) {
        bx_fail(err, BX_EMODEL, "the name of a process must have 1 to %d bytes", BX_NAME_LENGTH);
        return NULL;
    }
    bx_process *process = calloc(1, sizeof *process);
    if (process && !(process->name = strdup(name))) {
        free(process);
        process = NULL;
    }
    if (!process)
        bx_fail_memory(err);
    return process;
}

const char *bx_process_name(const bx_process *process)
{
    return process->name;
}

static void free_assignment(bx_declared_assignment *assignment)
{
    free(assignment->target);
    bx_formula_free(assignment->formula);
}

void bx_declared_event_free(bx_declared_event *event)
{
    for (size_t i = 0; i < event->assignment_count; i++)
        free_assignment(&event->assignments[i]);
    free(event->assignments);
    free(event->name);
    bx_formula_free(event->when);
    bx_formula_free(event->at);
    bx_formula_free(event->delay);
    bx_formula_free(event->priority);
}

void bx_declared_reaction_free(bx_declared_reaction *reaction)
{
    free(reaction->name);
    free(reaction->text);
    bx_equation_free(&reaction->equation);
    bx_formula_free(reaction->rate);
}

void bx_process_free(bx_process *process)
{
    if (!process)
        return;
    for (size_t i = 0; i < process->species_count; i++)
        free(process->species[i].name);
    for (size_t i = 0; i < process->parameter_count; i++)
        free(process->parameters[i].name);
    for (size_t i = 0; i < process->rule_count; i++) {
        free(process->rules[i].name);
        bx_formula_free(process->rules[i].formula);
        free(process->rules[i].amount);
        free(process->rules[i].size);
    }
    for (size_t i = 0; i < process->initial_count; i++)
        free_assignment(&process->initials[i]);
    free(process->initials);
    for (size_t i = 0; i < process->reaction_count; i++)
        bx_declared_reaction_free(&process->reactions[i]);
    for (size_t i = 0; i < process->event_count; i++)
        bx_declared_event_free(&process->events[i]);
    for (size_t i = 0; i < process->fast_count; i++)
        bx_declared_fast_free(&process->fast[i]);
    free(process->fast);
    free(process->origin.bytes);
    for (size_t phase = 0; phase < BX_PHASES; phase++) {
        for (size_t i = 0; i < process->exchange[phase].count; i++)
            free_assignment(&process->exchange[phase].steps[i]);
        free(process->exchange[phase].steps);
    }
    free(process->species);
    free(process->parameters);
    free(process->rules);
    free(process->reactions);
    free(process->events);
    bx_names_free(&process->variables);
    bx_names_free(&process->reaction_names);
    bx_names_free(&process->event_names);
    free(process->name);
    free(process);
}

static int check_variable(const bx_process *process, const char *kind, const char *name,
                          bx_error *err)
{
    if (bx_formula_reserved(name))
        return bx_fail(err, BX_EMODEL,
                       "process \"%.48s\": %s \"%s\": the formula language keeps "
                       "this word",
                       process->name, kind, name);
    if (!bx_formula_is_name(name))
        return bx_fail(err, BX_EMODEL,
                       "process \"%.48s\": %s \"%.64s\": expected a name of at most %d letters, "
                       "digits and \"_\", not starting with a digit",
                       process->name, kind, name, BX_NAME_LENGTH);
    if (bx_names_find(&process->variables, name) != BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "process \"%.48s\": %s \"%s\" is declared already",
                       process->name, kind, name);
    return 0;
}

static int add_value(bx_process *process, bx_declared_value **values, size_t *count,
                     size_t *capacity, const char *kind, const char *name, double value,
                     bx_error *err)
{
    if (check_variable(process, kind, name, err) < 0)
        return -1;
    if (!isfinite(value) && !process->free_values)
        return bx_fail(err, BX_EMODEL,
                       "process \"%.48s\": %s \"%s\": expected a finite number, "
                       "got %g",
                       process->name, kind, name, value);
    bx_declared_value *grown = bx_array_grow(*values, *count, capacity, sizeof *grown);
    if (!grown)
        return bx_fail_memory(err);
    *values = grown;
    char *copy = strdup(name);
    if (!copy || bx_names_add(&process->variables, copy, *count) < 0) {
        free(copy);
        return bx_fail_memory(err);
    }
    grown[(*count)++] = (bx_declared_value){copy, value};
    return 0;
}

int bx_process_add_species(bx_process *process, const char *name, double initial, bx_error *err)
{
    if (initial < 0 && !process->free_values)
        return bx_fail(err, BX_EMODEL,
                       "process \"%.48s\": species \"%.64s\": expected a number "
                       "that is not negative, got %g",
                       process->name, name, initial);
    return add_value(process, &process->species, &process->species_count,
                     &process->species_capacity, "species", name, initial, err);
}

int bx_process_add_parameter(bx_process *process, const char *name, double value, bx_error *err)
{
    return add_value(process, &process->parameters, &process->parameter_count,
                     &process->parameter_capacity, "parameter", name, value, err);
}

void bx_process_free_values(bx_process *process)
{
    process->free_values = true;
}

void bx_process_round_species(bx_process *process)
{
    process->species[process->species_count - 1].rounded = true;
}

static int add_initial(bx_process *process, const char *target, bx_formula *formula, bx_error *err)
{
    bx_declared_assignment *initials = bx_array_grow(process->initials, process->initial_count,
                                                     &process->initial_capacity, sizeof *initials);
    if (!initials)
        return bx_fail_memory(err);
    process->initials = initials;
    bx_declared_assignment *initial = &initials[process->initial_count];
    *initial = (bx_declared_assignment){.target = strdup(target), .formula = formula};
    if (!initial->target)
        return bx_fail_memory(err);
    process->initial_count++;
    return 0;
}

int bx_process_take_initial(bx_process *process, const char *target, bx_formula *formula,
                            bx_error *err)
{
    int result = add_initial(process, target, formula, err);
    if (result < 0)
        bx_formula_free(formula);
    return result;
}

int bx_process_add_initial(bx_process *process, const char *target, const char *text, bx_error *err)
{
    bx_formula *formula = bx_formula_parse(text, err);
    if (formula)
        return bx_process_take_initial(process, target, formula, err);
    char label[160];
    snprintf(label, sizeof label, "process \"%.48s\", initial \"%.64s\"", process->name, target);
    return bx_fail_in(err, label);
}

static int add_rule(bx_process *process, const char *kind, const char *name, bx_formula *formula,
                    bx_error *err)
{
    if (check_variable(process, kind, name, err) < 0)
        return -1;
    bx_declared_rule *rules =
        bx_array_grow(process->rules, process->rule_count, &process->rule_capacity, sizeof *rules);
    if (!rules)
        return bx_fail_memory(err);
    process->rules = rules;
    char *copy = strdup(name);
    if (!copy || bx_names_add(&process->variables, copy, process->rule_count) < 0) {
        free(copy);
        return bx_fail_memory(err);
    }
    rules[process->rule_count++] = (bx_declared_rule){.name = copy, .formula = formula};
    return 0;
}

static int take_rule(bx_process *process, const char *kind, const char *name, bx_formula *formula,
                     bx_error *err)
{
    int result = add_rule(process, kind, name, formula, err);
    if (result < 0)
        bx_formula_free(formula);
    return result;
}

int bx_process_take_rule(bx_process *process, const char *name, bx_formula *formula, bx_error *err)
{
    return take_rule(process, "rule", name, formula, err);
}

int bx_process_add_rule(bx_process *process, const char *name, const char *text, bx_error *err)
{
    bx_formula *formula = bx_formula_parse(text, err);
    if (formula)
        return bx_process_take_rule(process, name, formula, err);
    char label[160];
    snprintf(label, sizeof label, "process \"%.48s\", rule \"%.64s\"", process->name, name);
    return bx_fail_in(err, label);
}

int bx_process_add_quotient(bx_process *process, const char *name, const char *amount,
                            const char *size, bx_error *err)
{
    if (!bx_formula_is_name(amount) || !bx_formula_is_name(size))
        return bx_fail(err, BX_EMODEL,
                       "process \"%.48s\", concentration \"%.64s\": expected two names, found "
                       "\"%.64s\" and \"%.64s\"",
                       process->name, name, amount, size);
    bx_builder builder = {.err = err};
    bx_builder_name(&builder, amount, 0, 0);
    bx_builder_name(&builder, size, 0, 0);
    bx_builder_apply(&builder, BX_OP_DIVIDE);
    bx_formula *formula = bx_builder_end(&builder);
    if (!formula || bx_process_take_rule(process, name, formula, err) < 0)
        return -1;
    bx_declared_rule *rule = &process->rules[process->rule_count - 1];
    rule->amount = strdup(amount);
    rule->size = strdup(size);
    return rule->amount && rule->size ? 0 : bx_fail_memory(err);
}

int bx_process_take_constraint(bx_process *process, const char *name, bx_formula *formula,
                               double start, bx_error *err)
{
    if (take_rule(process, "constraint", name, formula, err) < 0)
        return -1;
    bx_declared_rule *rule = &process->rules[process->rule_count - 1];
    rule->kind = BX_RULE_SOLVES;
    if (asprintf(&rule->amount, "%s.start", name) >= 0)
        return bx_process_add_parameter(process, rule->amount, start, err);
    rule->amount = NULL;
    return bx_fail_memory(err);
}

int bx_process_add_constraint(bx_process *process, const char *name, const char *text, double start,
                              bx_error *err)
{
    bx_formula *formula = bx_formula_parse(text, err);
    if (formula)
        return bx_process_take_constraint(process, name, formula, start, err);
    char label[160];
    snprintf(label, sizeof label, "process \"%.48s\", constraint \"%.64s\"", process->name, name);
    return bx_fail_in(err, label);
}

/* A name of a reaction or an event: any text without control characters. */
static int check_label(const bx_names *names, const char *name, bx_error *err)
{
    size_t length = strlen(name);
    if (length == 0 || length > BX_NAME_LENGTH)
        return bx_fail(err, BX_EMODEL, "expected a name of 1 to %d bytes", BX_NAME_LENGTH);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return bx_fail(err, BX_EMODEL, "the name has a control character");
    if (bx_names_find(names, name) != BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "the name is taken already");
    return 0;
}

/* Of a reaction that is not taken: what it holds is freed. Labels are made for messages alone, for
 * thousands of reactions may come. */
static int refuse_reaction(const bx_process *process, bx_declared_reaction *reaction, bx_error *err)
{
    bx_label label = reaction_label(process, reaction->name, reaction->text);
    bx_declared_reaction_free(reaction);
    return bx_fail_in(err, label.text);
}

static int add_reaction(bx_process *process, const bx_declared_reaction *reaction, bx_error *err)
{
    const char *name = reaction->name;
    if (name && check_label(&process->reaction_names, name, err) < 0)
        return -1;
    bx_declared_reaction *reactions = bx_array_grow(process->reactions, process->reaction_count,
                                                    &process->reaction_capacity, sizeof *reactions);
    if (!reactions)
        return bx_fail_memory(err);
    process->reactions = reactions;
    if (name && bx_names_add(&process->reaction_names, name, process->reaction_count) < 0)
        return bx_fail_memory(err);
    reactions[process->reaction_count++] = *reaction;
    return 0;
}

int bx_process_take_declared_reaction(bx_process *process, bx_declared_reaction *reaction,
                                      bx_error *err)
{
    return add_reaction(process, reaction, err) < 0 ? refuse_reaction(process, reaction, err) : 0;
}

int bx_process_take_reaction(bx_process *process, const char *name, bx_equation equation,
                             bx_rate_kind kind, bx_formula *rate, bx_error *err)
{
    bx_declared_reaction reaction = {
        .name = strdup(name), .equation = equation, .kind = kind, .rate = rate};
    if (reaction.name)
        return bx_process_take_declared_reaction(process, &reaction, err);
    bx_declared_reaction_free(&reaction);
    return bx_fail_memory(err);
}

/* The texts of a reaction; without that of its rate, the rate is `number`. */
typedef struct reaction_text {
    const char *name, *equation, *rate;
    double number;
} reaction_text;

static int parse_reaction(bx_declared_reaction *reaction, const reaction_text *text, bx_error *err)
{
    reaction->text = strdup(text->equation);
    reaction->name = text->name ? strdup(text->name) : NULL;
    if (!reaction->text || (text->name && !reaction->name))
        return bx_fail_memory(err);
    if (bx_equation_parse(text->equation, &reaction->equation, err) < 0)
        return -1;
    reaction->rate =
        text->rate ? bx_formula_parse(text->rate, err) : bx_formula_number(text->number, err);
    if (reaction->rate)
        return 0;
    return bx_fail_in(err, reaction->kind == BX_RATE_MASS_ACTION ? "k" : "rate");
}

static int add_text(bx_process *process, bx_declared_reaction reaction, reaction_text text,
                    bx_error *err)
{
    if (parse_reaction(&reaction, &text, err) < 0)
        return refuse_reaction(process, &reaction, err);
    return bx_process_take_declared_reaction(process, &reaction, err);
}

int bx_process_add_reaction(bx_process *process, const char *name, const char *equation,
                            bx_rate_kind kind, const char *rate, bx_error *err)
{
    return add_text(process, (bx_declared_reaction){.kind = kind},
                    (reaction_text){.name = name, .equation = equation, .rate = rate}, err);
}

int bx_process_add_constant_reaction(bx_process *process, const char *name, const char *equation,
                                     bx_rate_kind kind, double rate, bx_error *err)
{
    return add_text(process, (bx_declared_reaction){.kind = kind},
                    (reaction_text){.name = name, .equation = equation, .number = rate}, err);
}

int bx_process_take_rate(bx_process *process, const char *species, bx_formula *formula,
                         bx_error *err)
{
    bx_equation_builder equation = {.capacity = 0};
    bx_declared_reaction rate = {.kind = BX_RATE_FORMULA, .rate = formula, .continuous = true};
    if (bx_equation_add(&equation, true, species, 1) < 0 ||
        asprintf(&rate.text, "-> %.*s", BX_NAME_LENGTH, species) < 0)
        rate.text = NULL;
    rate.equation = bx_equation_end(&equation);
    if (rate.text)
        return bx_process_take_declared_reaction(process, &rate, err);
    bx_declared_reaction_free(&rate);
    return bx_fail_memory(err);
}

int bx_process_add_rate(bx_process *process, const char *species, const char *formula,
                        bx_error *err)
{
    char equation[BX_NAME_LENGTH + 8];
    snprintf(equation, sizeof equation, "-> %.*s", BX_NAME_LENGTH, species);
    return add_text(process, (bx_declared_reaction){.kind = BX_RATE_FORMULA, .continuous = true},
                    (reaction_text){.equation = equation, .rate = formula}, err);
}

bx_label bx_step_label(const bx_process *process, bx_phase phase, size_t step)
{
    bx_label label;
    snprintf(label.text, sizeof label.text, "process \"%.48s\", exchange.%s[%zu]", process->name,
             phase == BX_PHASE_BEFORE ? "before" : "after", step + 1);
    return label;
}

int bx_process_add_step(bx_process *process, bx_phase phase, const char *target,
                        const char *formula, bx_error *err)
{
    bx_declared_steps *all = &process->exchange[phase];
    bx_declared_assignment *steps =
        bx_array_grow(all->steps, all->count, &all->capacity, sizeof *steps);
    if (!steps)
        return bx_fail_memory(err);
    all->steps = steps;
    bx_declared_assignment step = {.target = strdup(target)};
    step.formula = step.target ? bx_formula_parse(formula, err) : NULL;
    if (step.formula) {
        steps[all->count++] = step;
        return 0;
    }
    if (!step.target)
        bx_fail_memory(err);
    free_assignment(&step);
    return bx_fail_in(err, bx_step_label(process, phase, all->count).text);
}

static int parse_assignments(bx_declared_event *event, const bx_event_declaration *declaration,
                             bx_error *err)
{
    size_t count = declaration->assignment_count;
    event->assignments = calloc(count ? count : 1, sizeof *event->assignments);
    if (!event->assignments)
        return bx_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const bx_event_assignment *from = &declaration->assignments[i];
        bx_declared_assignment *to = &event->assignments[event->assignment_count++];
        to->target = strdup(from->target);
        if (!to->target)
            return bx_fail_memory(err);
        to->formula = bx_formula_parse(from->formula, err);
        if (!to->formula) {
            char label[96];
            snprintf(label, sizeof label, "set %.64s", from->target);
            return bx_fail_in(err, label);
        }
    }
    return 0;
}

static int parse_event(bx_declared_event *event, const bx_event_declaration *declaration,
                       bx_error *err)
{
    if (declaration->name && !(event->name = strdup(declaration->name)))
        return bx_fail_memory(err);
    if (declaration->when && !(event->when = bx_formula_parse(declaration->when, err)))
        return bx_fail_in(err, "when");
    if (declaration->at && !(event->at = bx_formula_parse(declaration->at, err)))
        return bx_fail_in(err, "at");
    if (declaration->delay && !(event->delay = bx_formula_parse(declaration->delay, err)))
        return bx_fail_in(err, "delay");
    if (declaration->priority && !(event->priority = bx_formula_parse(declaration->priority, err)))
        return bx_fail_in(err, "priority");
    event->transient = declaration->transient;
    event->initially_false = declaration->initially_false;
    event->from_trigger = declaration->from_trigger;
    return parse_assignments(event, declaration, err);
}

static int check_targets(const bx_declared_event *event, bx_error *err)
{
    bx_names targets = {0};
    int result = 0;
    for (size_t i = 0; i < event->assignment_count && result == 0; i++) {
        const char *target = event->assignments[i].target;
        if (bx_names_find(&targets, target) != BX_NAME_NONE)
            result = bx_fail(err, BX_EMODEL, "\"%.64s\" is set twice", target);
        else if (bx_names_add(&targets, target, i) < 0)
            result = bx_fail_memory(err);
    }
    bx_names_free(&targets);
    return result;
}

static int check_event(const bx_process *process, const bx_declared_event *event, bx_error *err)
{
    if (event->name && check_label(&process->event_names, event->name, err) < 0)
        return -1;
    if (!event->when == !event->at)
        return bx_fail(err, BX_EMODEL, "expected either a condition (when) or a time (at)");
    return check_targets(event, err);
}

static int add_event(bx_process *process, const bx_declared_event *event, bx_error *err)
{
    if (check_event(process, event, err) < 0)
        return -1;
    bx_declared_event *events = bx_array_grow(process->events, process->event_count,
                                              &process->event_capacity, sizeof *events);
    if (!events)
        return bx_fail_memory(err);
    process->events = events;
    if (event->name && bx_names_add(&process->event_names, event->name, process->event_count) < 0)
        return bx_fail_memory(err);
    events[process->event_count++] = *event;
    return 0;
}

/* Of an event that is not taken: what it holds is freed. */
static int refuse_event(const bx_process *process, bx_declared_event *event, bx_error *err)
{
    bx_label label = event_label(process, event->name, process->event_count);
    bx_declared_event_free(event);
    return bx_fail_in(err, label.text);
}

int bx_process_take_event(bx_process *process, bx_declared_event *event, bx_error *err)
{
    return add_event(process, event, err) < 0 ? refuse_event(process, event, err) : 0;
}

int bx_process_add_event(bx_process *process, const bx_event_declaration *declaration,
                         bx_error *err)
{
    bx_declared_event event = {0};
    if (parse_event(&event, declaration, err) < 0)
        return refuse_event(process, &event, err);
    return bx_process_take_event(process, &event, err);
}
