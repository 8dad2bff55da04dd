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
    BX_EGENOME,
    BX_EUNSUPPORTED,
    /* the wire */
    BX_EPROTOCOL,
    BX_EVERSION,
    /* the hypervisor */
    BX_ECAPACITY,
    BX_EORGANISM,
    /* the pool and its guests */
    BX_EXAPI,
    BX_ECONNECT,
    BX_ETRUST,
    BX_EAUTH,
    BX_ECONFIG,
    BX_EGUEST,
    /* the machine */
    BX_EJAIL,
    BX_EFILE,
    BX_ESYSTEM,
    BX_ETIMEOUT,
    BX_EDAEMON,
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

/* Fill err, which may be NULL. */
void bx_error_set(bx_error *err, bx_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As bx_error_set, with ": " and the text of `errnum` appended. */
void bx_error_set_errno(bx_error *err, bx_code code, int errnum, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static inline int bx_failed(void)
{
    return -1;
}

/* The same with the value -1, so that a failure reads `return bx_fail(...)`; macros, so that
 * linters see the -1. */
#define bx_fail(err, code, ...) (bx_error_set((err), (code), __VA_ARGS__), bx_failed())
#define bx_fail_errno(err, code, errnum, ...)                                                      \
    (bx_error_set_errno((err), (code), (errnum), __VA_ARGS__), bx_failed())

/* The failure of an allocation: BX_EMEMORY. */
#define bx_fail_memory(err) bx_fail((err), BX_EMEMORY, "out of memory")

#endif
