#include "model/compilation.h"

#include <math.h>

/* Give `name` the next slot. */
static int add_variable(bx_compilation *c, const char *name, const bx_process *owner, double value)
{
    bx_network *network = c->network;
    int64_t slot = bx_program_slot(&network->program, value);
    if (slot < 0 || bx_names_add(&network->index, name, (size_t)slot) < 0)
        return bx_fail_memory(c->err);
    network->names[slot] = name;
    c->owners[slot] = owner;
    return 0;
}

static int fail_conflict(bx_compilation *c, const char *kind, const char *name,
                         const bx_process *process, size_t slot)
{
    return bx_fail(c->err, BX_EMODEL, "process \"%.48s\": %s \"%s\" is a %s of process \"%.48s\"",
                   process->name, kind, name, bx_compilation_kind(c->network, slot),
                   c->owners[slot]->name);
}

/* Species, or parameters, of all processes: slots from `first` on hold this kind. */
static int add_values(bx_compilation *c, const bx_process *process, const bx_declared_value *values,
                      size_t count, size_t first, size_t *total, const char *kind)
{
    for (size_t i = 0; i < count; i++) {
        size_t slot = bx_names_find(&c->network->index, values[i].name);
        if (slot != BX_NAME_NONE && slot < first)
            return fail_conflict(c, kind, values[i].name, process, slot);
        if (slot != BX_NAME_NONE)
            continue;
        slot = c->network->program.frame_size;
        if (add_variable(c, values[i].name, process, values[i].value) < 0)
            return -1;
        c->network->free[slot] = process->free_values;
        c->network->rounded[slot] = values[i].rounded;
        (*total)++;
    }
    return 0;
}

static int add_rules(bx_compilation *c, const bx_process *process)
{
    bx_network *network = c->network;
    for (size_t i = 0; i < process->rule_count; i++) {
        const bx_declared_rule *rule = &process->rules[i];
        size_t slot = bx_names_find(&network->index, rule->name);
        if (slot != BX_NAME_NONE)
            return fail_conflict(c, "rule", rule->name, process, slot);
        if (add_variable(c, rule->name, process, NAN) < 0)
            return -1;
        c->rules[network->rules++] = rule;
    }
    return 0;
}

static int add_variables(bx_compilation *c)
{
    bx_network *network = c->network;
    for (size_t i = 0; i < c->process_count; i++) {
        const bx_process *p = c->processes[i];
        if (add_values(c, p, p->species, p->species_count, 0, &network->species, "species") < 0)
            return -1;
    }
    for (size_t i = 0; i < c->process_count; i++) {
        const bx_process *p = c->processes[i];
        if (add_values(c, p, p->parameters, p->parameter_count, network->species,
                       &network->parameters, "parameter") < 0)
            return -1;
    }
    for (size_t i = 0; i < c->process_count; i++)
        if (add_rules(c, c->processes[i]) < 0)
            return -1;
    return 0;
}

static size_t deeper(size_t depth, const bx_formula *formula)
{
    size_t other = formula ? bx_formula_depth(formula, formula->count - 1) : 0;
    return other > depth ? other : depth;
}

static size_t deeper_of(size_t depth, const bx_declared_assignment *assignments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        depth = deeper(depth, assignments[i].formula);
    return depth;
}

/* The most temporaries that any formula needs. */
static size_t deepest_formula(const bx_compilation *c)
{
    size_t depth = 1;
    for (size_t i = 0; i < c->process_count; i++) {
        const bx_process *p = c->processes[i];
        for (size_t j = 0; j < p->rule_count; j++)
            depth = deeper(depth, p->rules[j].formula);
        for (size_t j = 0; j < p->reaction_count; j++)
            depth = deeper(depth, p->reactions[j].rate);
        depth = deeper_of(depth, p->initials, p->initial_count);
        for (size_t j = 0; j < BX_PHASES; j++)
            depth = deeper_of(depth, p->exchange[j].steps, p->exchange[j].count);
        for (size_t j = 0; j < p->event_count; j++) {
            const bx_declared_event *event = &p->events[j];
            depth = deeper(deeper(depth, event->when), event->at);
            depth = deeper(deeper(depth, event->delay), event->priority);
            depth = deeper_of(depth, event->assignments, event->assignment_count);
        }
    }
    return depth;
}

static int add_slots(bx_compilation *c)
{
    bx_network *network = c->network;
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
    program->temporary_count = (uint32_t)deepest_formula(c);
    for (uint32_t i = program->temporary_count; slot >= 0 && i > 0; i--)
        slot = bx_program_slot(program, 0);
    return slot < 0 ? bx_fail_memory(c->err) : 0;
}

int bx_compile_variables(bx_compilation *c)
{
    return add_variables(c) < 0 ? -1 : add_slots(c);
}
