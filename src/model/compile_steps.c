#include "model/compilation.h"

#include <stdlib.h>

/* The slot of a species or a parameter; a rule would have to be computed anew after each step. */
static int check_slot(bx_compilation *c, size_t slot, const char *name)
{
    if (slot != BX_NAME_NONE && slot < c->network->species + c->network->parameters)
        return 0;
    return bx_fail(c->err, BX_EMODEL, "expected a species or a parameter, found %s\"%.64s\"",
                   slot == BX_NAME_NONE ? "" : "the rule ", name);
}

static int compile_formula(bx_compilation *c, const bx_formula *formula, bx_step *step)
{
    uint32_t *slots = bx_compilation_resolve(c, formula);
    int result = slots ? 0 : -1;
    for (size_t i = 0; result == 0 && i < formula->name_count; i++)
        result = check_slot(c, slots[i], formula->names[i].text);
    bx_program *program = &c->network->program;
    step->draws.begin = (uint32_t)program->draw_count;
    if (result == 0)
        result = bx_compilation_add(c, formula, slots, step->value, &step->code);
    step->draws.end = (uint32_t)program->draw_count;
    free(slots);
    return result;
}

static int compile_step(bx_compilation *c, const bx_declared_assignment *declared, bx_step *step)
{
    bx_network *network = c->network;
    size_t target = bx_names_find(&network->index, declared->target);
    if (check_slot(c, target, declared->target) < 0)
        return -1;
    int64_t value = bx_program_slot(&network->program, 0);
    if (value < 0)
        return bx_fail_memory(c->err);
    step->target = (uint32_t)target;
    step->value = (uint32_t)value;
    return compile_formula(c, declared->formula, step);
}

int bx_compile_steps(bx_compilation *c)
{
    bx_network *network = c->network;
    for (bx_phase phase = 0; phase < BX_PHASES; phase++) {
        network->exchange[phase].begin = (uint32_t)network->step_count;
        for (size_t i = 0; i < c->process_count; i++) {
            const bx_declared_steps *declared = &c->processes[i]->exchange[phase];
            for (size_t j = 0; j < declared->count; j++) {
                bx_step *step = &network->steps[network->step_count++];
                *step = (bx_step){.process = c->processes[i], .index = (uint32_t)j};
                if (compile_step(c, &declared->steps[j], step) < 0)
                    return bx_fail_in(c->err, bx_step_label(step->process, phase, j).text);
            }
        }
        network->exchange[phase].end = (uint32_t)network->step_count;
    }
    return 0;
}
