/* Errors of the core: a C function that can fail returns an int (0 or -1) and fills a bx_error.
 * The codes, what they mean and whether the VM survives stand in one table, error.c. */
#ifndef BX_CORE_ERROR_H
#define BX_CORE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum bx_code {
    BX_OK,
    /* the VM */
    BX_ESTATE,
    BX_EBUSY,
    BX_EEXIST,
    BX_ENOTFOUND,
    BX_EDEADLINE,
    BX_ECANCELLED,
    BX_ESTART,
    BX_EDIED,
    BX_ECRASHED,
    BX_EDENIED,
    BX_EKILLED,
    BX_EDESTROYED,
    BX_EOUTPUT,
    /* the script inside a VM */
    BX_ESCRIPT,
    BX_EMEMORY,
    BX_ERESULT,
    BX_EMODEL,
    BX_ESIMULATION,
    /* the wire */
    BX_EPROTOCOL,
    BX_EVERSION,
    /* the hypervisor */
    BX_ECAPACITY,
    BX_EORGANISM,
    BX_ENOTBUILT,
    /* the machine */
    BX_EJAIL,
    BX_EFILE,
    BX_ESYSTEM,
    BX_ETIMEOUT,
    BX_CODE_COUNT
} bx_code;

typedef struct bx_error {
    bx_code code;
    char message[1024]; /* one line, UTF-8 not guaranteed, always terminated */
} bx_error;

typedef struct bx_code_info {
    const char *name;    /* "EDEADLINE" */
    const char *class_;  /* "vm", "script", "wire", "hypervisor", "system" */
    const char *meaning; /* one sentence */
    bool vm_usable;      /* the VM can take another call after this error */
} bx_code_info;

/* The row of a code; a code out of range gives the row of BX_ESYSTEM. */
const bx_code_info *bx_code_describe(bx_code code);

/* The code called `name`, or BX_OK if there is none. */
bx_code bx_code_by_name(const char *name, size_t length);

/* Fill err (which may be NULL) and return -1, so that a failure reads `return bx_fail(...)`. */
int bx_fail(bx_error *err, bx_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As bx_fail, with ": " and the text of `errnum` appended. */
int bx_fail_errno(bx_error *err, bx_code code, int errnum, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The failure of an allocation: BX_EMEMORY. */
int bx_fail_memory(bx_error *err);

#endif
