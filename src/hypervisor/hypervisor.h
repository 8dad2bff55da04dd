/* A hypervisor: a registry of VMs by id and a ledger of what they hold of one chassis. */
#ifndef BX_HYPERVISOR_HYPERVISOR_H
#define BX_HYPERVISOR_HYPERVISOR_H

#include "hypervisor/chassis.h"
#include "vm/vm.h"

typedef struct bx_lease bx_lease;

/* A VM went from one state, as users see them, to another. */
typedef struct bx_change {
    char vm_id[BX_VM_ID_LENGTH + 1];
    const char *from, *to;
    char *reason; /* of the state `error`, or NULL */
    struct bx_change *next;
} bx_change;

typedef struct bx_hypervisor {
    bx_host *host;
    const bx_chassis *chassis;
    double capacity[BX_RESOURCES];
    bx_lease *leases;   /* one for each VM in the registry */
    bool listening;     /* somebody wants to be told of changes */
    bx_change *changes; /* in order; those that have not been told */
    bx_change **last_change;
} bx_hypervisor;

/* What a VM holds of the chassis, and its entry in the registry. */
struct bx_lease {
    bx_vm_lease base; /* first: the VM gives it back */
    bx_hypervisor *hypervisor;
    bx_vm *vm;
    double share[BX_RESOURCES];
    double genome; /* kilobases that a loaded genome takes of what no share is held of */
    bool held;
    bx_lease *next;
};

/* Make a VM and enter it. NULL with BX_EEXIST, BX_ECAPACITY (with the numbers) or BX_EMEMORY. */
bx_vm *bx_hypervisor_create_vm(bx_hypervisor *hypervisor, const bx_vm_ops *ops,
                               const bx_vm_options *options, const double share[BX_RESOURCES],
                               bx_error *err);

/* Enter a VM like one that there is, with the same shares, which can be started as its copy
 * (bx_vm_fork). NULL as above, or as bx_vm_can_fork. */
bx_vm *bx_hypervisor_enter_fork(bx_hypervisor *hypervisor, const bx_vm *vm, const char *id,
                                bx_error *err);

/* Change what a VM holds, or will hold when it starts again. BX_ECAPACITY: nothing has changed. */
int bx_hypervisor_reallocate(bx_hypervisor *hypervisor, bx_vm *vm, const double share[BX_RESOURCES],
                             bx_error *err);

/* The VM holds a loaded genome of so many kilobases, until its worker ends. BX_ECAPACITY: it does
 * not fit, into its share or else into the chassis, and nothing has changed. */
int bx_hypervisor_load_genome(bx_hypervisor *hypervisor, bx_vm *vm, double kilobases,
                              bx_error *err);

/* What a loaded genome takes; 0: none is. */
double bx_hypervisor_genome(const bx_hypervisor *hypervisor, const bx_vm *vm);

/* End the VM, give its share back, take it off the registry. The VM itself is freed by its owner.
 * Calling it again does nothing. -1: the VM could not be ended and stays. */
int bx_hypervisor_destroy_vm(bx_hypervisor *hypervisor, bx_vm *vm, bx_error *err);

/* The same by bx_vm_abandon. */
void bx_hypervisor_abandon_vm(bx_hypervisor *hypervisor, bx_vm *vm);

bx_vm *bx_hypervisor_find(const bx_hypervisor *hypervisor, const char *id);

/* Whether changes are kept until they are dropped, when they have been told. What cannot be kept
 * for lack of memory is not told. False drops all that there are. */
void bx_hypervisor_listen(bx_hypervisor *hypervisor, bool listening);
void bx_hypervisor_drop_change(bx_hypervisor *hypervisor);

/* What is held at present. */
double bx_hypervisor_allocated(const bx_hypervisor *hypervisor, bx_resource resource);

/* What one VM holds, or held before its worker ended. */
double bx_hypervisor_share(const bx_hypervisor *hypervisor, const bx_vm *vm, bx_resource resource);

#endif
