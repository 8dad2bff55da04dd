/* SUNDIALS prints nothing of what goes wrong: its codes are read. Version 7 has its handlers of
 * errors in the context, those before had them in each solver. */
#ifndef BX_ENGINE_DETERMINISTIC_SILENCE_H
#define BX_ENGINE_DETERMINISTIC_SILENCE_H

#include <cvode/cvode.h>
#include <kinsol/kinsol.h>

/* A context to be freed with SUNContext_Free, and the solvers made in it. 0, or -1. */

#if SUNDIALS_VERSION_MAJOR >= 7

static inline int bx_sundials_open(SUNContext *context)
{
    if (SUNContext_Create(SUN_COMM_NULL, context) != SUN_SUCCESS)
        return -1;
    return SUNContext_ClearErrHandlers(*context) == SUN_SUCCESS ? 0 : -1;
}

static inline int bx_cvode_silence(void *cvode)
{
    (void)cvode;
    return 0;
}

static inline int bx_kinsol_silence(void *kinsol)
{
    (void)kinsol;
    return 0;
}

#else

static inline void bx_sundials_say_nothing(int code, const char *module, const char *function,
                                           char *message, void *data)
{
    (void)code, (void)module, (void)function, (void)message, (void)data;
}

static inline int bx_sundials_open(SUNContext *context)
{
    return SUNContext_Create(NULL, context) == 0 ? 0 : -1;
}

static inline int bx_cvode_silence(void *cvode)
{
    return CVodeSetErrHandlerFn(cvode, bx_sundials_say_nothing, NULL) == CV_SUCCESS ? 0 : -1;
}

static inline int bx_kinsol_silence(void *kinsol)
{
    return KINSetErrHandlerFn(kinsol, bx_sundials_say_nothing, NULL) == KIN_SUCCESS ? 0 : -1;
}

#endif
#endif
