/* A chassis: the host cell whose machinery VMs share. */
#ifndef BX_HYPERVISOR_CHASSIS_H
#define BX_HYPERVISOR_CHASSIS_H

#include <stddef.h>

typedef enum bx_resource {
    BX_RIBOSOMES,      /* molecules */
    BX_RNA_POLYMERASE, /* molecules */
    BX_ATP_PERCENTAGE, /* of the chassis' ATP supply */
    BX_MEMORY_KB,      /* genome memory: kilobases of DNA */
    BX_RESOURCES
} bx_resource;

typedef struct bx_chassis {
    const char *name;
    const char *description;
    const char *source;            /* of the capacities */
    double capacity[BX_RESOURCES]; /* all 0: the user must state them */
} bx_chassis;

/* "ribosomes", "rna_polymerase", "atp_percentage", "memory_kb". */
const char *bx_resource_name(bx_resource resource);

/* NULL: no such chassis. */
const bx_chassis *bx_chassis_find(const char *name);

/* The chassis by number, from 0; NULL past the last. */
const bx_chassis *bx_chassis_at(size_t index);

#endif
