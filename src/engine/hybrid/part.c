#include "engine/hybrid/part.h"

#include <stdlib.h>
#include <string.h>

static size_t count_terms(const bx_csr *csr)
{
    return csr->start[csr->rows];
}

/* Where the next item of a csr that is being filled will stand. */
static size_t next_item(const bx_csr *csr)
{
    return csr->start[csr->rows + 1];
}

/* memcpy that takes NULL for nothing. */
static void copy(void *to, const void *from, size_t bytes)
{
    if (bytes > 0)
        memcpy(to, from, bytes);
}

static int allocate(bx_part *part, const bx_network *whole)
{
    bx_network *n = &part->network;
    n->reactions = 0;
    n->reaction = calloc(whole->reactions + 1, sizeof *n->reaction);
    n->orders = calloc(count_terms(&whole->reactants) + 1, sizeof *n->orders);
    n->amounts = calloc(count_terms(&whole->changes) + whole->reactions + 1, sizeof *n->amounts);
    n->changing = calloc(whole->species + 1, sizeof *n->changing);
    n->rule_varies = calloc(whole->rules + 1, sizeof *n->rule_varies);
    n->logic = calloc(whole->logic_count + 1, sizeof *n->logic);
    n->program.code = calloc(2 * whole->program.count + 1, sizeof *n->program.code);
    part->origin = calloc(whole->reactions + 1, sizeof *part->origin);
    part->counted = calloc(whole->reactions + 1, sizeof *part->counted);
    n->rate_uses = n->reactants = n->changes = (bx_csr){0};
    if (!n->reaction || !n->orders || !n->amounts || !n->changing || !n->rule_varies || !n->logic ||
        !n->program.code || !part->origin || !part->counted ||
        bx_csr_init(&n->rate_uses, whole->reactions) < 0 ||
        bx_csr_init(&n->reactants, whole->reactions) < 0 ||
        bx_csr_init(&n->changes, whole->reactions) < 0)
        return -1;
    copy(n->program.code, whole->program.code, whole->program.count * sizeof *n->program.code);
    copy(n->rule_varies, whole->rule_varies, whole->rules * sizeof *n->rule_varies);
    copy(n->logic, whole->logic, whole->logic_count * sizeof *n->logic);
    return 0;
}

static int push_row(bx_csr *csr, const bx_csr *from, size_t row)
{
    for (uint32_t i = from->start[row]; i < from->start[row + 1]; i++)
        if (bx_csr_push(csr, from->items[i]) < 0)
            return -1;
    return bx_csr_end_row(csr);
}

static int push_changes(bx_part *part, const bx_network *whole, uint32_t r, const bool *pooled)
{
    bx_network *n = &part->network;
    bool counts = false;
    for (uint32_t i = whole->changes.start[r]; i < whole->changes.start[r + 1]; i++) {
        uint32_t species = whole->changes.items[i];
        if (pooled && pooled[species]) {
            counts = true;
            continue;
        }
        n->changing[species] = true;
        n->amounts[next_item(&n->changes)] = whole->amounts[i];
        if (bx_csr_push(&n->changes, species) < 0)
            return -1;
    }
    if (counts) {
        n->amounts[next_item(&n->changes)] = 1;
        part->counted[part->counters++] = r;
        if (bx_csr_push(&n->changes, (uint32_t)n->program.frame_size++) < 0)
            return -1;
    }
    return bx_csr_end_row(&n->changes);
}

static int add_reaction(bx_part *part, const bx_network *whole, uint32_t r, const bool *pooled)
{
    bx_network *n = &part->network;
    bx_reaction *reaction = &n->reaction[n->reactions];
    *reaction = whole->reaction[r];
    uint32_t count = reaction->code.end - reaction->code.begin;
    uint32_t begin = (uint32_t)n->program.count;
    copy(n->program.code + begin, whole->program.code + reaction->code.begin,
         count * sizeof *n->program.code);
    n->program.count += count;
    n->program.code[begin + count - 1].target = n->rate + (uint32_t)n->reactions;
    reaction->code = (bx_range){begin, begin + count};
    copy(n->orders + next_item(&n->reactants), whole->orders + whole->reactants.start[r],
         bx_csr_count(&whole->reactants, r) * sizeof *n->orders);
    part->origin[n->reactions++] = r;
    return push_row(&n->reactants, &whole->reactants, r) < 0 ||
                   push_row(&n->rate_uses, &whole->rate_uses, r) < 0
               ? -1
               : push_changes(part, whole, r, pooled);
}

static bool any_varies(const bx_network *network, const bx_csr *uses, size_t row)
{
    bool varies = false;
    for (uint32_t i = uses->start[row]; i < uses->start[row + 1]; i++)
        varies = varies || bx_network_varies(network, uses->items[i]);
    return varies;
}

/* What varies does so by this part's reactions or with time. */
static void find_varying(bx_network *n)
{
    for (size_t i = 0; i < n->rules; i++)
        n->rule_varies[n->rule_order[i]] = any_varies(n, &n->rule_uses, n->rule_order[i]);
    for (size_t r = 0; r < n->reactions; r++)
        n->reaction[r].constant = !n->reaction[r].uses_time && !any_varies(n, &n->rate_uses, r);
    for (size_t i = 0; i < n->logic_count; i++)
        n->logic[i].uses_species = any_varies(n, &n->logic_uses, i);
}

bx_part *bx_part_new(const bx_network *whole, const bool *chosen, bool wanted, uint32_t offset,
                     const bool *pooled, bool alone, bx_error *err)
{
    bx_part *part = calloc(1, sizeof *part);
    if (!part) {
        bx_fail_memory(err);
        return NULL;
    }
    bx_network *n = &part->network;
    *n = *whole;
    n->rate += offset;
    int result = allocate(part, whole);
    n->rate_code.begin = (uint32_t)n->program.count;
    for (uint32_t r = 0; result == 0 && r < whole->reactions; r++)
        if (chosen[r] == wanted)
            result = add_reaction(part, whole, r, pooled);
    n->rate_code.end = (uint32_t)n->program.count;
    if (result == 0) {
        if (alone)
            find_varying(n);
        return part;
    }
    bx_part_free(part);
    bx_fail_memory(err);
    return NULL;
}

void bx_part_free(bx_part *part)
{
    if (!part)
        return;
    bx_network *n = &part->network;
    free(n->reaction);
    free(n->orders);
    free(n->amounts);
    free(n->changing);
    free(n->rule_varies);
    free(n->logic);
    free(n->program.code);
    bx_csr_free(&n->rate_uses);
    bx_csr_free(&n->reactants);
    bx_csr_free(&n->changes);
    free(part->origin);
    free(part->counted);
    free(part);
}
