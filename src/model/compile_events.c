#include "model/compilation.h"

#include <stdio.h>
#include <stdlib.h>

static int compile_at(bx_compilation *c, const bx_formula *formula, bx_event *event)
{
    uint32_t *slots = bx_compilation_resolve(c, formula);
    if (!slots)
        return bx_fail_in(c->err, "at");
    bool varies, timely;
    bx_compilation_dependence(c->network, formula, slots, &varies, &timely);
    int64_t slot = bx_program_slot(&c->network->program, 0);
    event->timed = true;
    event->at = (uint32_t)slot;
    int result = 0;
    if (varies || timely)
        result = bx_fail(c->err, BX_EMODEL, "at: expected a formula of parameters alone");
    else
        result = slot < 0 ? bx_fail_memory(c->err)
                          : bx_compilation_add(c, formula, slots, event->at, &event->code);
    free(slots);
    return result;
}

static int compile_when(bx_compilation *c, const bx_formula *formula, bx_event *event)
{
    uint32_t *slots = bx_compilation_resolve(c, formula);
    if (!slots)
        return bx_fail_in(c->err, "when");
    size_t draws = c->network->program.draw_count;
    int result = bx_compile_condition(c, formula, slots, &event->logic);
    free(slots);
    return result < 0 ? -1 : bx_compilation_refuse_draws(c, draws);
}

static int compile_assignment(bx_compilation *c, const bx_declared_assignment *declared)
{
    bx_network *network = c->network;
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
        return bx_fail(c->err, BX_EMODEL,
                       "set: expected a species or a parameter, found %s\"%.64s\"",
                       target == BX_NAME_NONE ? "" : "the rule ", declared->target);
    int64_t value = bx_program_slot(&network->program, 0);
    assignment->target = (uint32_t)target;
    assignment->value = (uint32_t)value;
    uint32_t *slots = bx_compilation_resolve(c, declared->formula);
    if (!slots) {
        char label[96];
        snprintf(label, sizeof label, "set %.64s", declared->target);
        return bx_fail_in(c->err, label);
    }
    assignment->draws.begin = (uint32_t)network->program.draw_count;
    int result = value < 0 ? bx_fail_memory(c->err)
                           : bx_compilation_add(c, declared->formula, slots, assignment->value,
                                                &assignment->code);
    free(slots);
    assignment->draws.end = (uint32_t)network->program.draw_count;
    network->assignment_count++;
    return result;
}

/* The delay or the priority of an event. */
static int compile_number(bx_compilation *c, const bx_formula *formula, const char *what,
                          uint32_t *slot, bx_range *code)
{
    *slot = BX_SLOT_NONE;
    if (!formula)
        return 0;
    uint32_t *slots = bx_compilation_resolve(c, formula);
    if (!slots)
        return bx_fail_in(c->err, what);
    bx_program *program = &c->network->program;
    size_t draws = program->draw_count;
    int64_t value = bx_program_slot(program, 0);
    *slot = (uint32_t)value;
    int result =
        value < 0 ? bx_fail_memory(c->err) : bx_compilation_add(c, formula, slots, *slot, code);
    free(slots);
    if (result < 0)
        return -1;
    return bx_compilation_refuse_draws(c, draws) < 0 ? bx_fail_in(c->err, what) : 0;
}

static int compile_event(bx_compilation *c, const bx_declared_event *declared, bx_event *event)
{
    event->transient = declared->transient;
    event->initially_false = declared->initially_false;
    event->from_trigger = declared->from_trigger;
    event->assignments.begin = (uint32_t)c->network->assignment_count;
    int result =
        declared->at ? compile_at(c, declared->at, event) : compile_when(c, declared->when, event);
    if (result == 0)
        result = compile_number(c, declared->delay, "delay", &event->delay, &event->delay_code);
    if (result == 0)
        result = compile_number(c, declared->priority, "priority", &event->priority,
                                &event->priority_code);
    for (size_t i = 0; result == 0 && i < declared->assignment_count; i++)
        result = compile_assignment(c, &declared->assignments[i]);
    event->assignments.end = (uint32_t)c->network->assignment_count;
    return result;
}

int bx_compile_events(bx_compilation *c)
{
    bx_network *network = c->network;
    for (size_t i = 0; i < c->process_count; i++) {
        const bx_process *p = c->processes[i];
        for (size_t j = 0; j < p->event_count; j++) {
            bx_event *event = &network->event[network->events++];
            *event = (bx_event){.process = p, .index = (uint32_t)j};
            if (compile_event(c, &p->events[j], event) < 0)
                return bx_fail_in(c->err, bx_event_label(p, j).text);
        }
    }
    return 0;
}
