#include "model/network.h"

#include "model/condition.h"
#include "model/initial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAXIMUM ((size_t)1 << 30)

/* What only the compiler needs. */
typedef struct builder {
    bx_network *network;
    bx_process *const *processes;
    size_t process_count;
    const bx_process **owners;        /* by slot: who declared it first */
    const bx_formula **rule_formulas; /* by rule */
    const bx_declared_rule **declared_rules;
    uint32_t **rule_slots; /* by rule: the slots of its formula's names */
    double *net;           /* by species: scratch, zero in between */
    uint32_t *terms;       /* scratch: the species of an equation */
    bx_error *err;
} builder;

static int fail_memory(builder *b)
{
    return bx_fail_memory(b->err);
}

/* Prefix a message about a formula with the item it belongs to. */
static int fail_in(builder *b, const char *label)
{
    if (b->err && b->err->code == BX_EMODEL) {
        bx_error inner = *b->err;
        bx_fail(b->err, BX_EMODEL, "%s: %.800s", label, inner.message);
    }
    return -1;
}

bx_label bx_network_reaction_label(const bx_network *network, size_t reaction)
{
    const bx_reaction *r = &network->reaction[reaction];
    return bx_reaction_label(r->process, r->index);
}

bx_label bx_network_event_label(const bx_network *network, size_t event)
{
    const bx_event *e = &network->event[event];
    return bx_event_label(e->process, e->index);
}

bool bx_network_varies(const bx_network *network, uint32_t slot)
{
    size_t first = network->species + network->parameters;
    if (slot < network->species)
        return network->changing[slot];
    return slot >= first && slot < first + network->rules && network->rule_varies[slot - first];
}

bool bx_network_timely(const bx_network *network, uint32_t slot)
{
    size_t first = network->species + network->parameters;
    return slot == network->time || (slot >= first && slot < first + network->rules &&
                                     network->rule_uses_time[slot - first]);
}

void bx_network_rules(const bx_network *network, double *frame)
{
    bx_program_run_range(&network->program, network->rule_code, frame);
}

void bx_network_rates(const bx_network *network, double *frame)
{
    bx_network_rules(network, frame);
    bx_program_run_range(&network->program, network->rate_code, frame);
}

/* ---- variables ---- */

static const char *kind_of(const bx_network *network, size_t slot)
{
    if (slot < network->species)
        return "species";
    return slot < network->species + network->parameters ? "parameter" : "rule";
}

/* Give `name` the next slot. An owner of NULL marks the slot as taken by another kind. */
static int add_variable(builder *b, const char *name, const bx_process *owner, double value)
{
    bx_network *network = b->network;
    int64_t slot = bx_program_slot(&network->program, value);
    if (slot < 0 || bx_names_add(&network->index, name, (size_t)slot) < 0)
        return fail_memory(b);
    network->names[slot] = name;
    b->owners[slot] = owner;
    return 0;
}

static int fail_conflict(builder *b, const char *kind, const char *name, const bx_process *process,
                         size_t slot)
{
    return bx_fail(b->err, BX_EMODEL, "process \"%.48s\": %s \"%s\" is a %s of process \"%.48s\"",
                   process->name, kind, name, kind_of(b->network, slot), b->owners[slot]->name);
}

/* Species, or parameters, of all processes: slots from `first` on hold this kind. */
static int add_values(builder *b, const bx_process *process, const bx_declared_value *values,
                      size_t count, size_t first, size_t *total, const char *kind)
{
    for (size_t i = 0; i < count; i++) {
        size_t slot = bx_names_find(&b->network->index, values[i].name);
        if (slot != BX_NAME_NONE && slot < first)
            return fail_conflict(b, kind, values[i].name, process, slot);
        if (slot != BX_NAME_NONE)
            continue;
        slot = b->network->program.frame_size;
        if (add_variable(b, values[i].name, process, values[i].value) < 0)
            return -1;
        b->network->free[slot] = process->free_values;
        (*total)++;
    }
    return 0;
}

static int add_rules(builder *b, const bx_process *process)
{
    bx_network *network = b->network;
    for (size_t i = 0; i < process->rule_count; i++) {
        const bx_declared_rule *rule = &process->rules[i];
        size_t slot = bx_names_find(&network->index, rule->name);
        if (slot != BX_NAME_NONE)
            return fail_conflict(b, "rule", rule->name, process, slot);
        if (add_variable(b, rule->name, process, NAN) < 0)
            return -1;
        b->declared_rules[network->rules] = rule;
        b->rule_formulas[network->rules++] = rule->formula;
    }
    return 0;
}

static int add_variables(builder *b)
{
    bx_network *network = b->network;
    for (size_t i = 0; i < b->process_count; i++) {
        const bx_process *p = b->processes[i];
        if (add_values(b, p, p->species, p->species_count, 0, &network->species, "species") < 0)
            return -1;
    }
    for (size_t i = 0; i < b->process_count; i++) {
        const bx_process *p = b->processes[i];
        if (add_values(b, p, p->parameters, p->parameter_count, network->species,
                       &network->parameters, "parameter") < 0)
            return -1;
    }
    for (size_t i = 0; i < b->process_count; i++)
        if (add_rules(b, b->processes[i]) < 0)
            return -1;
    return 0;
}

static size_t deeper(size_t depth, const bx_formula *formula)
{
    size_t other = formula ? bx_program_depth(formula) : 0;
    return other > depth ? other : depth;
}

/* The most temporaries that any formula needs. */
static size_t deepest_formula(const builder *b)
{
    size_t depth = 1;
    for (size_t i = 0; i < b->process_count; i++) {
        const bx_process *p = b->processes[i];
        for (size_t j = 0; j < p->rule_count; j++)
            depth = deeper(depth, p->rules[j].formula);
        for (size_t j = 0; j < p->reaction_count; j++)
            depth = deeper(depth, p->reactions[j].rate);
        for (size_t j = 0; j < p->initial_count; j++)
            depth = deeper(depth, p->initials[j].formula);
        for (size_t j = 0; j < p->event_count; j++) {
            const bx_declared_event *event = &p->events[j];
            depth = deeper(deeper(depth, event->when), event->at);
            depth = deeper(deeper(depth, event->delay), event->priority);
            for (size_t k = 0; k < event->assignment_count; k++)
                depth = deeper(depth, event->assignments[k].formula);
        }
    }
    return depth;
}

static int add_slots(builder *b)
{
    bx_network *network = b->network;
    bx_program *program = &network->program;
    int64_t slot = bx_program_slot(program, 0);
    network->time = program->time = (uint32_t)slot;
    network->rate = (uint32_t)program->frame_size;
    for (size_t i = 0; slot >= 0 && i < network->reactions; i++)
        slot = bx_program_slot(program, 0);
    if (slot >= 0)
        slot = bx_program_slot(program, 1);
    network->one = (uint32_t)slot;
    program->temporaries = (uint32_t)program->frame_size;
    for (size_t i = deepest_formula(b); slot >= 0 && i > 0; i--)
        slot = bx_program_slot(program, 0);
    return slot < 0 ? fail_memory(b) : 0;
}

/* The slots of a formula's names, to be freed; NULL on failure. */
static uint32_t *resolve(builder *b, const bx_formula *formula)
{
    uint32_t *slots = malloc((formula->name_count + 1) * sizeof *slots);
    if (!slots) {
        fail_memory(b);
        return NULL;
    }
    for (size_t i = 0; i < formula->name_count; i++) {
        const bx_formula_name *name = &formula->names[i];
        size_t slot = bx_names_find(&b->network->index, name->text);
        if (slot == BX_NAME_NONE) {
            bx_fail(b->err, BX_EMODEL,
                    "line %u, column %u: expected a species, a parameter or a rule, found \"%s\"",
                    name->line, name->column, name->text);
            free(slots);
            return NULL;
        }
        slots[i] = (uint32_t)slot;
    }
    return slots;
}

/* Whether a formula depends on changing species, and on time, through rules too. */
static void dependence(const bx_network *network, const bx_formula *formula, const uint32_t *slots,
                       bool *varies, bool *timely)
{
    *varies = *timely = false;
    for (size_t i = 0; i < formula->name_count; i++) {
        *varies = *varies || bx_network_varies(network, slots[i]);
        *timely = *timely || bx_network_timely(network, slots[i]);
    }
    for (size_t i = 0; i < formula->count; i++)
        *timely = *timely || formula->nodes[i].op == BX_OP_TIME;
}

static int push_uses(bx_csr *uses, const uint32_t *slots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bx_csr_push(uses, slots[i]) < 0)
            return -1;
    return bx_csr_end_row(uses);
}

/* Random numbers are for events alone. */
static int check_draws(builder *b, size_t before)
{
    if (b->network->program.draw_count == before)
        return 0;
    return bx_fail(b->err, BX_EMODEL, "a random number can only be drawn in what an event sets");
}

/* ---- equations ---- */

static int find_species(builder *b, const bx_term *term, uint32_t *species)
{
    size_t slot = bx_names_find(&b->network->index, term->species);
    if (slot == BX_NAME_NONE)
        return bx_fail(b->err, BX_EMODEL, "\"%s\" is not declared as a species", term->species);
    if (slot >= b->network->species)
        return bx_fail(b->err, BX_EMODEL, "expected a species, found the %s \"%s\"",
                       kind_of(b->network, slot), term->species);
    *species = (uint32_t)slot;
    return 0;
}

/* Reactants with their coefficients, then each species with its net change, in order of the
 * equation; a catalyst's is 0 and is left out. */
static int add_equation(builder *b, const bx_equation *equation)
{
    bx_network *network = b->network;
    size_t terms = equation->reactants + equation->products;
    for (size_t i = 0; i < terms; i++) {
        const bx_term *term = &equation->terms[i];
        if (find_species(b, term, &b->terms[i]) < 0)
            return -1;
        bool left = i < equation->reactants;
        b->net[b->terms[i]] += left ? -term->coefficient : term->coefficient;
        if (!left)
            continue;
        network->orders[network->reactants.start[network->reactants.rows + 1]] = term->coefficient;
        if (bx_csr_push(&network->reactants, b->terms[i]) < 0)
            return fail_memory(b);
    }
    for (size_t i = 0; i < terms; i++) {
        uint32_t species = b->terms[i];
        double net = b->net[species];
        b->net[species] = 0;
        if (net == 0)
            continue;
        network->amounts[network->changes.start[network->changes.rows + 1]] = net;
        network->changing[species] = true;
        if (bx_csr_push(&network->changes, species) < 0)
            return fail_memory(b);
    }
    if (bx_csr_end_row(&network->reactants) < 0 || bx_csr_end_row(&network->changes) < 0)
        return fail_memory(b);
    return 0;
}

static int add_reaction_name(builder *b, const bx_process *process, const char *name,
                             size_t reaction)
{
    bx_names *index = &b->network->reaction_index;
    size_t other = name ? bx_names_find(index, name) : BX_NAME_NONE;
    if (other != BX_NAME_NONE)
        return bx_fail(b->err, BX_EMODEL, "process \"%.48s\" has a reaction of this name too",
                       b->network->reaction[other].process->name);
    (void)process;
    return name && bx_names_add(index, name, reaction) < 0 ? fail_memory(b) : 0;
}

static int add_equations(builder *b)
{
    bx_network *network = b->network;
    size_t reaction = 0;
    for (size_t i = 0; i < b->process_count; i++) {
        const bx_process *p = b->processes[i];
        for (size_t j = 0; j < p->reaction_count; j++, reaction++) {
            const bx_declared_reaction *r = &p->reactions[j];
            network->reaction[reaction] =
                (bx_reaction){.process = p,
                              .index = (uint32_t)j,
                              .mass_action = r->kind == BX_RATE_MASS_ACTION,
                              .continuous = r->continuous};
            if (add_reaction_name(b, p, r->name, reaction) < 0 || add_equation(b, &r->equation) < 0)
                return fail_in(b, bx_reaction_label(p, j).text);
        }
    }
    return 0;
}

/* ---- rules ---- */

static int fail_cycle(builder *b, const uint32_t *path, size_t length, uint32_t again)
{
    const char *const *names = b->network->names + b->network->species + b->network->parameters;
    size_t from = 0;
    while (path[from] != again)
        from++;
    char text[700];
    size_t used = 0;
    for (size_t i = from; i < length && used < sizeof text - 300; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "\"%s\" needs ", names[path[i]]);
    snprintf(text + used, sizeof text - used, "\"%s\"", names[again]);
    return bx_fail(b->err, BX_EMODEL, "rules can't depend on themselves: %s", text);
}

/* Depth first with a stack of its own: a chain of rules may be long. */
static int order_from(builder *b, uint32_t root, unsigned char *state, uint32_t *path,
                      uint32_t *next, size_t *ordered)
{
    bx_network *network = b->network;
    size_t first = network->species + network->parameters, depth = 0;
    path[depth++] = root;
    state[root] = 1;
    next[0] = 0;
    while (depth > 0) {
        uint32_t rule = path[depth - 1];
        if (next[depth - 1] == bx_csr_count(&network->rule_uses, rule)) {
            state[rule] = 2;
            network->rule_order[(*ordered)++] = rule;
            depth--;
            continue;
        }
        uint32_t used = bx_csr_row(&network->rule_uses, rule)[next[depth - 1]++];
        if (used < first || used >= first + network->rules)
            continue;
        used -= (uint32_t)first;
        if (state[used] == 1)
            return fail_cycle(b, path, depth, used);
        if (state[used] == 0) {
            state[used] = 1;
            path[depth] = used;
            next[depth++] = 0;
        }
    }
    return 0;
}

static int order_rules(builder *b)
{
    size_t rules = b->network->rules, ordered = 0;
    unsigned char *state = calloc(rules + 1, 1);
    uint32_t *path = malloc((rules + 1) * sizeof *path);
    uint32_t *next = malloc((rules + 1) * sizeof *next);
    int result = state && path && next ? 0 : fail_memory(b);
    for (uint32_t i = 0; result == 0 && i < rules; i++)
        if (state[i] == 0)
            result = order_from(b, i, state, path, next, &ordered);
    free(state);
    free(path);
    free(next);
    return result;
}

static int fail_rule(builder *b, size_t rule)
{
    const bx_network *network = b->network;
    size_t slot = network->species + network->parameters + rule;
    char label[400];
    snprintf(label, sizeof label, "process \"%.48s\", rule \"%s\"", b->owners[slot]->name,
             network->names[slot]);
    return fail_in(b, label);
}

/* Whether a formula's value can change at once. */
static bool has_jumps(const bx_formula *formula)
{
    for (size_t i = 0; i < formula->count; i++) {
        bx_op op = formula->nodes[i].op;
        if (bx_op_compares(op) || op == BX_OP_IF || op == BX_OP_FLOOR || op == BX_OP_CEIL ||
            op == BX_OP_TRUNCATE || op == BX_OP_REMAINDER)
            return true;
    }
    return false;
}

/* The names of a quotient are among those of its formula. */
static int resolve_quotient(builder *b, size_t rule)
{
    bx_network *network = b->network;
    const bx_declared_rule *declared = b->declared_rules[rule];
    network->rule_amount[rule] = network->rule_size[rule] = BX_SLOT_NONE;
    if (!declared->amount)
        return 0;
    size_t amount = bx_names_find(&network->index, declared->amount);
    if (amount >= network->species + network->parameters)
        return bx_fail(b->err, BX_EMODEL,
                       "concentration \"%.64s\": expected an amount that is a species or a "
                       "parameter, found the rule \"%.64s\"",
                       declared->name, declared->amount);
    network->rule_amount[rule] = (uint32_t)amount;
    network->rule_size[rule] = (uint32_t)bx_names_find(&network->index, declared->size);
    return 0;
}

static int resolve_rules(builder *b)
{
    bx_network *network = b->network;
    for (size_t i = 0; i < network->rules; i++) {
        b->rule_slots[i] = resolve(b, b->rule_formulas[i]);
        if (!b->rule_slots[i]) {
            return fail_rule(b, i);
        }
        if (push_uses(&network->rule_uses, b->rule_slots[i], b->rule_formulas[i]->name_count) < 0)
            return fail_memory(b);
        if (resolve_quotient(b, i) < 0)
            return -1;
    }
    return 0;
}

static int compile_rules(builder *b)
{
    bx_network *network = b->network;
    uint32_t first = (uint32_t)(network->species + network->parameters);
    if (resolve_rules(b) < 0 || order_rules(b) < 0)
        return -1;
    network->rule_code.begin = (uint32_t)network->program.count;
    for (size_t i = 0; i < network->rules; i++) {
        uint32_t rule = network->rule_order[i];
        const bx_formula *formula = b->rule_formulas[rule];
        dependence(network, formula, b->rule_slots[rule], &network->rule_varies[rule],
                   &network->rule_uses_time[rule]);
        if (bx_program_compile(&network->program, formula, formula->count - 1, b->rule_slots[rule],
                               first + rule, &network->rule_codes[i]) < 0)
            return fail_memory(b);
        network->jumps = network->jumps || has_jumps(formula);
        if (check_draws(b, 0) < 0)
            return fail_rule(b, rule);
    }
    network->rule_code.end = (uint32_t)network->program.count;
    return 0;
}

/* ---- reactions ---- */

static int compile_rate(builder *b, size_t reaction)
{
    bx_network *network = b->network;
    bx_reaction *r = &network->reaction[reaction];
    const bx_formula *formula = r->process->reactions[r->index].rate;
    uint32_t *slots = resolve(b, formula);
    if (!slots)
        return fail_in(b, r->mass_action ? "k" : "rate");
    bool varies;
    dependence(network, formula, slots, &varies, &r->uses_time);
    r->constant = !varies && !r->uses_time;
    int result = push_uses(&network->rate_uses, slots, formula->name_count);
    if (result == 0)
        result = bx_program_compile(&network->program, formula, formula->count - 1, slots,
                                    network->rate + (uint32_t)reaction, &r->code);
    free(slots);
    network->jumps = network->jumps || has_jumps(formula);
    return result < 0 ? fail_memory(b) : check_draws(b, 0);
}

static int compile_rates(builder *b)
{
    bx_network *network = b->network;
    network->rate_code.begin = (uint32_t)network->program.count;
    for (size_t i = 0; i < network->reactions; i++)
        if (compile_rate(b, i) < 0)
            return fail_in(b, bx_network_reaction_label(network, i).text);
    network->rate_code.end = (uint32_t)network->program.count;
    return 0;
}

double bx_mass_action_rate(const bx_network *network, size_t reaction, double k,
                           const double *species)
{
    uint32_t end = network->reactants.start[reaction + 1];
    for (uint32_t i = network->reactants.start[reaction]; i < end; i++) {
        double s = species[network->reactants.items[i]], n = network->orders[i];
        k *= n == 1 ? s : n == 2 ? s * s : n == 3 ? s * s * s : pow(s, n);
    }
    return k;
}

double bx_mass_action_propensity(const bx_network *network, size_t reaction, double k,
                                 const double *species)
{
    uint32_t end = network->reactants.start[reaction + 1];
    for (uint32_t i = network->reactants.start[reaction]; i < end; i++) {
        double s = species[network->reactants.items[i]];
        for (double n = network->orders[i]; n > 0 && k != 0; n--, s--)
            k *= s;
    }
    return k;
}

/* ---- events ---- */

static int compile_at(builder *b, const bx_formula *formula, bx_event *event)
{
    uint32_t *slots = resolve(b, formula);
    if (!slots)
        return fail_in(b, "at");
    bool varies, timely;
    dependence(b->network, formula, slots, &varies, &timely);
    int64_t slot = bx_program_slot(&b->network->program, 0);
    event->timed = true;
    event->at = (uint32_t)slot;
    int result = 0;
    if (varies || timely)
        result = bx_fail(b->err, BX_EMODEL, "at: expected a formula of parameters alone");
    else if (slot < 0 || bx_program_compile(&b->network->program, formula, formula->count - 1,
                                            slots, event->at, &event->code) < 0)
        result = fail_memory(b);
    free(slots);
    return result;
}

static int compile_when(builder *b, const bx_formula *formula, bx_event *event)
{
    uint32_t *slots = resolve(b, formula);
    if (!slots)
        return fail_in(b, "when");
    bx_condition_context context = {b->network, b->rule_formulas,
                                    (const uint32_t *const *)b->rule_slots, b->err};
    size_t draws = b->network->program.draw_count;
    int result = bx_condition_compile(&context, formula, slots, &event->logic);
    free(slots);
    return result < 0 ? -1 : check_draws(b, draws);
}

static int compile_assignment(builder *b, const bx_declared_assignment *declared)
{
    bx_network *network = b->network;
    bx_assignment *assignment = &network->assignments[network->assignment_count];
    size_t target = bx_names_find(&network->index, declared->target);
    size_t rules = network->species + network->parameters;
    assignment->size = BX_SLOT_NONE;
    if (target != BX_NAME_NONE && target >= rules &&
        network->rule_amount[target - rules] != BX_SLOT_NONE) {
        assignment->size = network->rule_size[target - rules];
        target = network->rule_amount[target - rules];
    }
    if (target == BX_NAME_NONE || target >= rules)
        return bx_fail(b->err, BX_EMODEL,
                       "set: expected a species or a parameter, found %s\"%.64s\"",
                       target == BX_NAME_NONE ? "" : "the rule ", declared->target);
    int64_t value = bx_program_slot(&network->program, 0);
    assignment->target = (uint32_t)target;
    assignment->value = (uint32_t)value;
    uint32_t *slots = resolve(b, declared->formula);
    if (!slots) {
        char label[96];
        snprintf(label, sizeof label, "set %.64s", declared->target);
        return fail_in(b, label);
    }
    assignment->draws.begin = (uint32_t)network->program.draw_count;
    int result = value < 0 ? -1
                           : bx_program_compile(&network->program, declared->formula,
                                                declared->formula->count - 1, slots,
                                                assignment->value, &assignment->code);
    free(slots);
    assignment->draws.end = (uint32_t)network->program.draw_count;
    network->assignment_count++;
    return result < 0 ? fail_memory(b) : 0;
}

/* The delay or the priority of an event. */
static int compile_number(builder *b, const bx_formula *formula, const char *what, uint32_t *slot,
                          bx_range *code)
{
    *slot = BX_SLOT_NONE;
    if (!formula)
        return 0;
    uint32_t *slots = resolve(b, formula);
    if (!slots)
        return fail_in(b, what);
    bx_program *program = &b->network->program;
    size_t draws = program->draw_count;
    int64_t value = bx_program_slot(program, 0);
    *slot = (uint32_t)value;
    int result = value < 0
                     ? -1
                     : bx_program_compile(program, formula, formula->count - 1, slots, *slot, code);
    free(slots);
    if (result < 0)
        return fail_memory(b);
    return check_draws(b, draws) < 0 ? fail_in(b, what) : 0;
}

static int compile_event(builder *b, const bx_declared_event *declared, bx_event *event)
{
    event->transient = declared->transient;
    event->initially_false = declared->initially_false;
    event->from_trigger = declared->from_trigger;
    event->assignments.begin = (uint32_t)b->network->assignment_count;
    int result =
        declared->at ? compile_at(b, declared->at, event) : compile_when(b, declared->when, event);
    if (result == 0)
        result = compile_number(b, declared->delay, "delay", &event->delay, &event->delay_code);
    if (result == 0)
        result = compile_number(b, declared->priority, "priority", &event->priority,
                                &event->priority_code);
    for (size_t i = 0; result == 0 && i < declared->assignment_count; i++)
        result = compile_assignment(b, &declared->assignments[i]);
    event->assignments.end = (uint32_t)b->network->assignment_count;
    return result;
}

static int compile_events(builder *b)
{
    bx_network *network = b->network;
    for (size_t i = 0; i < b->process_count; i++) {
        const bx_process *p = b->processes[i];
        for (size_t j = 0; j < p->event_count; j++) {
            bx_event *event = &network->event[network->events++];
            *event = (bx_event){.process = p, .index = (uint32_t)j};
            if (compile_event(b, &p->events[j], event) < 0)
                return fail_in(b, bx_event_label(p, j).text);
        }
    }
    return 0;
}

/* ---- the whole ---- */

typedef struct totals {
    size_t variables, rules, reactions, terms, events, assignments, initials;
} totals;

static totals count_items(bx_process *const *processes, size_t count)
{
    totals t = {0};
    for (size_t i = 0; i < count; i++) {
        const bx_process *p = processes[i];
        t.variables += p->species_count + p->parameter_count + p->rule_count;
        t.rules += p->rule_count;
        t.reactions += p->reaction_count;
        t.events += p->event_count;
        t.initials += p->initial_count;
        for (size_t j = 0; j < p->reaction_count; j++)
            t.terms += p->reactions[j].equation.reactants + p->reactions[j].equation.products;
        for (size_t j = 0; j < p->event_count; j++)
            t.assignments += p->events[j].assignment_count;
    }
    return t;
}

/* calloc that always gives a block. */
static void *items(size_t count, size_t size)
{
    return calloc(count + 1, size);
}

static int allocate(builder *b, totals t)
{
    bx_network *n = b->network;
    if (t.variables + t.reactions + t.terms + t.events + t.assignments + t.initials > ITEMS_MAXIMUM)
        return bx_fail(b->err, BX_EMODEL, "the network has more than %zu items", ITEMS_MAXIMUM);
    n->names = items(t.variables, sizeof *n->names);
    n->rule_codes = items(t.rules, sizeof *n->rule_codes);
    n->rule_order = items(t.rules, sizeof *n->rule_order);
    n->rule_varies = items(t.rules, sizeof *n->rule_varies);
    n->rule_uses_time = items(t.rules, sizeof *n->rule_uses_time);
    n->rule_amount = items(t.rules, sizeof *n->rule_amount);
    n->rule_size = items(t.rules, sizeof *n->rule_size);
    n->free = items(t.variables, sizeof *n->free);
    n->reaction = items(t.reactions, sizeof *n->reaction);
    n->orders = items(t.terms, sizeof *n->orders);
    n->amounts = items(t.terms, sizeof *n->amounts);
    n->changing = items(t.variables, sizeof *n->changing);
    n->event = items(t.events, sizeof *n->event);
    n->assignments = items(t.assignments, sizeof *n->assignments);
    n->reactions = t.reactions;
    b->owners = items(t.variables, sizeof *b->owners);
    b->rule_formulas = items(t.rules, sizeof *b->rule_formulas);
    b->declared_rules = items(t.rules, sizeof *b->declared_rules);
    b->rule_slots = items(t.rules, sizeof *b->rule_slots);
    b->net = items(t.variables, sizeof *b->net);
    b->terms = items(t.terms, sizeof *b->terms);
    if (!n->rule_amount || !n->rule_size || !n->free || !n->names || !n->rule_codes ||
        !n->rule_order || !n->rule_varies || !n->rule_uses_time || !n->reaction || !n->orders ||
        !n->amounts || !n->changing || !n->event || !n->assignments || !b->owners ||
        !b->rule_formulas || !b->declared_rules || !b->rule_slots || !b->net || !b->terms ||
        bx_csr_init(&n->rule_uses, t.rules) < 0 || bx_csr_init(&n->rate_uses, t.reactions) < 0 ||
        bx_csr_init(&n->reactants, t.reactions) < 0 || bx_csr_init(&n->changes, t.reactions) < 0 ||
        bx_csr_init(&n->logic_uses, 0) < 0)
        return fail_memory(b);
    return 0;
}

static int compile(builder *b)
{
    if (allocate(b, count_items(b->processes, b->process_count)) < 0 || add_variables(b) < 0 ||
        add_slots(b) < 0 || add_equations(b) < 0 || compile_rules(b) < 0 || compile_rates(b) < 0)
        return -1;
    if (compile_events(b) < 0)
        return -1;
    b->network->random = b->network->program.draw_count > 0;
    for (size_t i = 0; i < b->network->events; i++)
        if (b->network->event[i].priority != BX_SLOT_NONE)
            b->network->random = true;
    bx_initial_context context = {b->network, b->processes, b->process_count, b->owners, b->err};
    return bx_initial_run(&context);
}

bx_network *bx_network_new(bx_process *const *processes, size_t count, bx_error *err)
{
    builder b = {.processes = processes, .process_count = count, .err = err};
    b.network = calloc(1, sizeof *b.network);
    int result = b.network ? compile(&b) : fail_memory(&b);
    for (size_t i = 0; b.rule_slots && i < b.network->rules; i++)
        free(b.rule_slots[i]);
    free(b.rule_slots);
    free(b.rule_formulas);
    free(b.declared_rules);
    free(b.owners);
    free(b.net);
    free(b.terms);
    if (result == 0)
        return b.network;
    bx_network_free(b.network);
    return NULL;
}

void bx_network_free(bx_network *network)
{
    if (!network)
        return;
    bx_names_free(&network->index);
    bx_names_free(&network->reaction_index);
    bx_program_free(&network->program);
    bx_csr_free(&network->rule_uses);
    bx_csr_free(&network->rate_uses);
    bx_csr_free(&network->reactants);
    bx_csr_free(&network->changes);
    bx_csr_free(&network->logic_uses);
    free(network->names);
    free(network->rule_codes);
    free(network->rule_order);
    free(network->rule_varies);
    free(network->rule_uses_time);
    free(network->rule_amount);
    free(network->rule_size);
    free(network->free);
    free(network->reaction);
    free(network->orders);
    free(network->amounts);
    free(network->changing);
    free(network->event);
    free(network->logic);
    free(network->assignments);
    free(network);
}
