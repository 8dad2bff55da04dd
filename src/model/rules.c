#include "model/rules.h"

#include "model/batch.h"

#include <stdlib.h>
#include <string.h>

struct bx_rules {
    const bx_network *network;
    bx_batch *batch;         /* NULL: it can't take their code, which runs as it is */
    uint32_t *slots, *place; /* of each rule in the frame, and among the batch's values */
    size_t count;
};

/* All but numbers may be anything at any time. */
static int build(bx_rules *rules, const bool *wanted)
{
    const bx_network *network = rules->network;
    const bx_program *program = &network->program;
    uint32_t first = (uint32_t)(network->species + network->parameters);
    bool *varies = calloc(program->frame_size + 1, sizeof *varies);
    int result = -1;
    if (!varies)
        return -1;
    memset(varies, 1, network->time + 1);
    rules->batch = bx_batch_new(program->frame_size, varies);
    if (!rules->batch || bx_batch_append(rules->batch, program, network->rule_code) < 0)
        goto end;
    for (uint32_t slot = first; slot < first + network->rules; slot++) {
        if (wanted && !wanted[slot])
            continue;
        int64_t value = bx_batch_slot(rules->batch, slot);
        if (value < 0)
            goto end;
        rules->slots[rules->count] = slot;
        rules->place[rules->count++] = (uint32_t)value;
    }
    result = bx_batch_finish(rules->batch, rules->place, rules->count);
    if (result == 0)
        bx_batch_prepare(rules->batch, program->frame);
end:
    free(varies);
    return result;
}

bx_rules *bx_rules_new(const bx_network *network, const bool *wanted)
{
    bx_rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->network = network;
    rules->slots = calloc(network->rules + 1, sizeof *rules->slots);
    rules->place = calloc(network->rules + 1, sizeof *rules->place);
    if (rules->slots && rules->place &&
        (!bx_batch_takes(&network->program, network->rule_code) || build(rules, wanted) == 0))
        return rules;
    bx_rules_free(rules);
    return NULL;
}

void bx_rules_free(bx_rules *rules)
{
    if (!rules)
        return;
    bx_batch_free(rules->batch);
    free(rules->slots);
    free(rules->place);
    free(rules);
}

void bx_rules_run(bx_rules *rules, double *frame)
{
    if (!rules->batch) {
        bx_program_run_range(&rules->network->program, rules->network->rule_code, frame);
        return;
    }
    if (rules->count == 0)
        return;
    const double *values = bx_batch_run(rules->batch, frame);
    for (size_t i = 0; i < rules->count; i++)
        frame[rules->slots[i]] = values[rules->place[i]];
}
