#include "engine/deterministic/ode_parts.h"

#include <stdlib.h>

/* Leaves that change with the state; those of the time alone are met exactly. */
static int choose_roots(bx_ode *ode, bx_error *err)
{
    const bx_network *network = ode->network;
    ode->roots = bx_roots_new(network, ode->jumps ? bx_jumps_network(ode->jumps) : NULL, err);
    if (!ode->roots)
        return -1;
    ode->moving = (int)bx_history_moving(network);
    size_t count = network->logic_count + bx_roots_count(ode->roots) + (size_t)ode->moving + 1;
    ode->leaves = calloc(count, sizeof *ode->leaves);
    ode->root_signs = calloc(count, sizeof *ode->root_signs);
    if (!ode->leaves || !ode->root_signs)
        return bx_fail_memory(err);
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        for (uint32_t j = event->logic.begin; j < event->logic.end; j++) {
            const bx_logic *part = &network->logic[j];
            if (part->limit != BX_SLOT_NONE || !(part->uses_species || part->uses_time) ||
                bx_roots_knows(ode->roots, part))
                continue;
            if (!bx_op_compares(part->op))
                return bx_fail(err, BX_EMODEL,
                               "%s: when: expected comparisons, such as A > 0, joined by and, or, "
                               "not: the ODE solver can't tell when a number turns from 0",
                               bx_network_event_label(network, i).text);
            ode->leaves[ode->leaf_count++] = j;
        }
    }
    ode->root_count = ode->leaf_count + (int)bx_roots_count(ode->roots) + ode->moving;
    return 0;
}

/* The rules that the functions of roots read. */
static int choose_root_rules(bx_ode *ode, bx_error *err)
{
    const bx_network *network = ode->network;
    bool *reads = calloc(network->program.frame_size + 1, sizeof *reads);
    if (!reads)
        return bx_fail_memory(err);
    bx_roots_reads(ode->roots, reads);
    for (int i = 0; i < ode->leaf_count; i++) {
        bx_range code = network->logic[ode->leaves[i]].code;
        for (uint32_t j = code.begin; j < code.end; j++) {
            const bx_instruction *instruction = &network->program.code[j];
            reads[instruction->a] = reads[instruction->b] = reads[instruction->c] = true;
        }
    }
    ode->root_rules = bx_rules_new(network, reads);
    free(reads);
    return ode->root_rules ? 0 : bx_fail_memory(err);
}

static int choose_state(bx_ode *ode, bx_error *err)
{
    const bx_network *network = ode->network;
    ode->species = calloc(network->species + 1, sizeof *ode->species);
    ode->position = calloc(network->species + 1, sizeof *ode->position);
    if (!ode->species || !ode->position)
        return bx_fail_memory(err);
    for (uint32_t i = 0; i < network->species; i++) {
        if (!network->changing[i])
            continue;
        ode->position[i] = (uint32_t)ode->size;
        ode->species[ode->size++] = i;
    }
    ode->moving_species = ode->size;
    if (ode->size == 0 || ode->jumps)
        ode->species[ode->size++] = BX_SLOT_NONE;
    return 0;
}

bx_ode *bx_ode_new(const bx_network *network, bx_jumps *jumps, bx_error *err)
{
    bx_ode *ode = calloc(1, sizeof *ode);
    if (!ode) {
        bx_fail_memory(err);
        return NULL;
    }
    ode->network = network;
    ode->jumps = jumps;
    if (choose_state(ode, err) < 0 || choose_roots(ode, err) < 0 ||
        choose_root_rules(ode, err) < 0 ||
        !(ode->clipped = calloc(2 * ode->size, sizeof *ode->clipped)) ||
        !(ode->numbers =
              calloc((BX_HISTORY_ORDER + 1) * (network->kept_count + 1), sizeof *ode->numbers)) ||
        !(ode->tolerance =
              bx_tolerance_new(network, ode->species, ode->position, ode->size, err)) ||
        !(ode->flux = bx_derivatives_new(network, ode->position, ode->size, err))) {
        bx_ode_free(ode);
        return NULL;
    }
    return ode;
}

void bx_ode_free(bx_ode *ode)
{
    if (!ode)
        return;
    bx_ode_drop_solver(ode);
    bx_ode_tangent_free(ode->tangent);
    free(ode->species);
    free(ode->position);
    free(ode->leaves);
    bx_roots_free(ode->roots);
    bx_rules_free(ode->root_rules);
    free(ode->root_signs);
    free(ode->clipped);
    free(ode->numbers);
    bx_tolerance_free(ode->tolerance);
    bx_derivatives_free(ode->flux);
    free(ode);
}

static void *new_engine(const bx_network *network, bx_error *err)
{
    return bx_ode_new(network, NULL, err);
}

static int run_engine(void *engine, bx_simulation *simulation, bx_error *err)
{
    return bx_ode_run(engine, simulation, err);
}

static void free_engine(void *engine)
{
    bx_ode_free(engine);
}

const bx_engine bx_ode_engine = {"ode", false, new_engine, run_engine, free_engine};
