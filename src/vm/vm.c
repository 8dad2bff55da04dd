/* Making and freeing a VM. Its life is in vm_start.c, vm_call.c, vm_pause.c and vm_end.c, along the
 * table in machine.c. */
#include "vm/group.h"
#include "vm/machine.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool bx_vm_valid_id(const char *id, size_t length)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    return length >= 1 && length <= BX_VM_ID_LENGTH && strlen(id) == length &&
           strspn(id, allowed) == length;
}

static void reap_due(bx_timer *timer)
{
    bx_vm_handle((bx_vm *)((char *)timer - offsetof(bx_vm, reap_timer)), BX_EVENT_REAP_DUE, NULL);
}

static int copy_setup(bx_vm *vm, const bx_vm_options *options)
{
    if (bx_buffer_append(&vm->setup, options->setup->data, options->setup->length) < 0)
        return -1;
    vm->shares_at = vm->setup.length;
    return options->shares ? bx_vm_set_shares(vm, options->shares, NULL) : 0;
}

bx_vm *bx_vm_new(bx_host *host, const bx_vm_ops *ops, const bx_vm_options *options, bx_error *err)
{
    bx_vm *vm = calloc(1, sizeof *vm);
    if (vm) {
        vm->ops = ops;
        vm->host = host;
        vm->told = bx_vm_state_name(vm);
        vm->source.descriptor = -1;
        vm->reap_timer.fired = reap_due;
        vm->child.socket = vm->child.pidfd = -1;
        vm->sim_time = NAN;
        snprintf(vm->id, sizeof vm->id, "%s", options->id);
        vm->memory_limit = options->memory_limit;
        vm->output_limit = options->output_limit;
        vm->unconfined = options->unconfined;
        if (options->courier) {
            vm->remote.courier = bx_courier_hold(options->courier);
            vm->remote.number = ++host->last_vm;
        }
        vm->biological_type = strdup(options->biological_type);
        vm->folder = strdup(options->folder);
    }
    if (!vm || !vm->biological_type || !vm->folder || copy_setup(vm, options) < 0) {
        bx_vm_free(vm);
        bx_fail_memory(err);
        return NULL;
    }
    return vm;
}

int64_t bx_vm_processor_time(const bx_vm *vm)
{
    if (!bx_vm_is_alive(vm) || vm->had_before < 0)
        return -1;
    int64_t had = vm->ops->processor_time(vm);
    return had < 0 ? -1 : had - vm->had_before;
}

int bx_vm_set_shares(bx_vm *vm, const bx_buffer *shares, bx_error *err)
{
    if (bx_buffer_reserve(&vm->setup, shares->length) < 0)
        return bx_fail_memory(err);
    vm->setup.length = vm->shares_at;
    return bx_buffer_append(&vm->setup, shares->data, shares->length);
}

int bx_vm_set_setup(bx_vm *vm, const bx_buffer *setup, bx_error *err)
{
    bx_buffer whole = {0};
    bx_buffer_append(&whole, setup->data, setup->length);
    bx_buffer_append(&whole, vm->setup.data + vm->shares_at, vm->setup.length - vm->shares_at);
    if (bx_buffer_finish(&whole, 0) < 0) {
        bx_buffer_free(&whole);
        return bx_fail_memory(err);
    }
    bx_buffer_free(&vm->setup);
    vm->setup = whole;
    vm->shares_at = setup->length;
    return 0;
}

void bx_vm_free(bx_vm *vm)
{
    if (!vm)
        return;
    bx_vm_abandon(vm);
    free(vm->biological_type);
    free(vm->folder);
    bx_buffer_free(&vm->setup);
    free(vm);
}

void bx_vm_close_host(bx_host *host)
{
    bx_couriers_close(host);
    while (host->zygotes)
        bx_zygote_free(host->zygotes);
    if (bx_host_is_owner(host))
        bx_group_remove(host);
    bx_host_close(host);
}
