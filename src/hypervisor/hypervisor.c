#include "hypervisor/hypervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bx_lease *find_lease(const bx_hypervisor *hypervisor, const bx_vm *vm)
{
    bx_lease *lease = hypervisor->leases;
    while (lease && lease->vm != vm)
        lease = lease->next;
    return lease;
}

bx_vm *bx_hypervisor_find(const bx_hypervisor *hypervisor, const char *id)
{
    for (const bx_lease *lease = hypervisor->leases; lease; lease = lease->next)
        if (strcmp(lease->vm->id, id) == 0)
            return lease->vm;
    return NULL;
}

/* A loaded genome is within the share, or where there is none takes what it needs. */
static double taken(const bx_lease *lease, bx_resource resource)
{
    double share = lease->share[resource];
    return resource == BX_MEMORY_KB && share == 0 ? lease->genome : share;
}

/* A sum, not a running total: what was given back is back exactly. */
double bx_hypervisor_allocated(const bx_hypervisor *hypervisor, bx_resource resource)
{
    double sum = 0;
    for (const bx_lease *lease = hypervisor->leases; lease; lease = lease->next)
        if (lease->held)
            sum += taken(lease, resource);
    return sum;
}

double bx_hypervisor_share(const bx_hypervisor *hypervisor, const bx_vm *vm, bx_resource resource)
{
    const bx_lease *lease = find_lease(hypervisor, vm);
    return lease ? lease->share[resource] : 0;
}

static int take_share(bx_vm_lease *base, bx_error *err)
{
    bx_lease *lease = (bx_lease *)base;
    const bx_hypervisor *hypervisor = lease->hypervisor;
    for (int i = 0; i < BX_RESOURCES && !lease->held; i++) {
        double capacity = hypervisor->capacity[i], wanted = taken(lease, (bx_resource)i);
        if (wanted == 0)
            continue;
        double allocated = bx_hypervisor_allocated(hypervisor, (bx_resource)i);
        /* Thirds of a hundred add up to it, but for rounding. */
        if (allocated + wanted > capacity * (1 + 1e-12))
            return bx_fail(err, BX_ECAPACITY,
                           "VM \"%s\" asks for %.15g %s: the %s chassis has %.15g, %.15g are "
                           "allocated, %.15g are free",
                           lease->vm->id, wanted, bx_resource_name((bx_resource)i),
                           hypervisor->chassis->name, capacity, allocated, capacity - allocated);
    }
    lease->held = true;
    return 0;
}

static void give_back_share(bx_vm_lease *base)
{
    ((bx_lease *)base)->held = false;
    ((bx_lease *)base)->genome = 0;
}

static void note_change(bx_vm_lease *base, const char *from, const char *to, const char *reason)
{
    const bx_lease *lease = (bx_lease *)base;
    bx_hypervisor *hypervisor = lease->hypervisor;
    bx_change *change = hypervisor->listening ? calloc(1, sizeof *change) : NULL;
    if (!change)
        return;
    snprintf(change->vm_id, sizeof change->vm_id, "%s", lease->vm->id);
    change->from = from;
    change->to = to;
    change->reason = reason ? strdup(reason) : NULL;
    if (!hypervisor->changes)
        hypervisor->last_change = &hypervisor->changes;
    *hypervisor->last_change = change;
    hypervisor->last_change = &change->next;
    hypervisor->host->untold++;
}

void bx_hypervisor_drop_change(bx_hypervisor *hypervisor)
{
    bx_change *change = hypervisor->changes;
    hypervisor->changes = change->next;
    hypervisor->host->untold--;
    free(change->reason);
    free(change);
}

void bx_hypervisor_listen(bx_hypervisor *hypervisor, bool listening)
{
    hypervisor->listening = listening;
    while (!listening && hypervisor->changes)
        bx_hypervisor_drop_change(hypervisor);
}

static bx_vm *enter(bx_hypervisor *hypervisor, const bx_vm_ops *ops, const bx_vm_options *options,
                    const double share[BX_RESOURCES], double genome, bx_error *err)
{
    if (bx_hypervisor_find(hypervisor, options->id)) {
        bx_fail(err, BX_EEXIST,
                "a VM called \"%s\" exists already: destroy it or choose another id", options->id);
        return NULL;
    }
    bx_lease *lease = calloc(1, sizeof *lease);
    bx_vm *vm = lease ? bx_vm_new(hypervisor->host, ops, options, err) : NULL;
    if (!vm) {
        free(lease);
        bx_fail_memory(err);
        return NULL;
    }
    lease->base = (bx_vm_lease){take_share, give_back_share, note_change};
    lease->hypervisor = hypervisor;
    lease->vm = vm;
    lease->genome = genome;
    memcpy(lease->share, share, sizeof lease->share);
    if (take_share(&lease->base, err) < 0) {
        bx_vm_free(vm);
        free(lease);
        return NULL;
    }
    vm->lease = &lease->base;
    lease->next = hypervisor->leases;
    hypervisor->leases = lease;
    return vm;
}

bx_vm *bx_hypervisor_create_vm(bx_hypervisor *hypervisor, const bx_vm_ops *ops,
                               const bx_vm_options *options, const double share[BX_RESOURCES],
                               bx_error *err)
{
    return enter(hypervisor, ops, options, share, 0, err);
}

bx_vm *bx_hypervisor_enter_fork(bx_hypervisor *hypervisor, const bx_vm *vm, const char *id,
                                bx_error *err)
{
    const bx_lease *lease = find_lease(hypervisor, vm);
    if (bx_vm_can_fork(vm, err) < 0)
        return NULL;
    const bx_buffer setup = {.data = vm->setup.data, .length = vm->shares_at};
    const bx_buffer shares = {.data = vm->setup.data + vm->shares_at,
                              .length = vm->setup.length - vm->shares_at};
    const bx_vm_options options = {.id = id,
                                   .biological_type = vm->biological_type,
                                   .folder = vm->folder,
                                   .memory_limit = vm->memory_limit,
                                   .output_limit = vm->output_limit,
                                   .unconfined = vm->unconfined,
                                   .setup = &setup,
                                   .shares = &shares};
    return enter(hypervisor, vm->ops, &options, lease->share, lease->genome, err);
}

/* The lease has changed: it fits, or is as it was before. */
static int take_anew(bx_lease *lease, const bx_lease *before, bx_error *err)
{
    lease->held = false;
    if (before->held && take_share(&lease->base, err) < 0) {
        *lease = *before;
        return -1;
    }
    return 0;
}

int bx_hypervisor_reallocate(bx_hypervisor *hypervisor, bx_vm *vm, const double share[BX_RESOURCES],
                             bx_error *err)
{
    bx_lease *lease = find_lease(hypervisor, vm);
    if (!lease)
        return bx_fail(err, BX_ESTATE, "VM \"%s\" is destroyed", vm->id);
    bx_lease before = *lease;
    memcpy(lease->share, share, sizeof lease->share);
    return take_anew(lease, &before, err);
}

int bx_hypervisor_load_genome(bx_hypervisor *hypervisor, bx_vm *vm, double kilobases, bx_error *err)
{
    bx_lease *lease = find_lease(hypervisor, vm);
    if (!lease)
        return bx_fail(err, BX_ESTATE, "VM \"%s\" is destroyed", vm->id);
    double share = lease->share[BX_MEMORY_KB];
    if (share > 0 && share < kilobases)
        return bx_fail(
            err, BX_ECAPACITY,
            "VM \"%s\" needs %.15g kb of genome memory for that genome, and holds %.15g: "
            "allocate_resources{ memory_kb = %.15g } first",
            vm->id, kilobases, share, kilobases);
    bx_lease before = *lease;
    lease->genome = kilobases;
    return take_anew(lease, &before, err);
}

double bx_hypervisor_genome(const bx_hypervisor *hypervisor, const bx_vm *vm)
{
    const bx_lease *lease = find_lease(hypervisor, vm);
    return lease ? lease->genome : 0;
}

static void strike_off(bx_hypervisor *hypervisor, bx_vm *vm)
{
    bx_lease **at = &hypervisor->leases;
    while (*at && (*at)->vm != vm)
        at = &(*at)->next;
    bx_lease *lease = *at;
    if (!lease)
        return;
    *at = lease->next;
    vm->lease = NULL;
    free(lease);
}

int bx_hypervisor_destroy_vm(bx_hypervisor *hypervisor, bx_vm *vm, bx_error *err)
{
    if (bx_vm_destroy(vm, err) < 0)
        return -1;
    strike_off(hypervisor, vm);
    return 0;
}

void bx_hypervisor_abandon_vm(bx_hypervisor *hypervisor, bx_vm *vm)
{
    bx_vm_abandon(vm);
    strike_off(hypervisor, vm);
}
