/* Debian's libxml2 converts rare encodings by ICU, whose static data alone is 30 MB. SBML is
 * UTF-8, which libxml2 reads by itself: here ICU knows no encoding. Through ICU's header, the
 * functions get the names that its version has. The linker takes this file only if libxml2 asks. */
#include <unicode/ucnv.h>

UConverter *ucnv_open(const char *name, UErrorCode *err)
{
    (void)name;
    *err = U_UNSUPPORTED_ERROR;
    return NULL;
}

void ucnv_close(UConverter *converter)
{
    (void)converter;
}

void ucnv_convertEx(UConverter *to, UConverter *from, char **target, const char *target_limit,
                    const char **source, const char *source_limit, UChar *pivot_start,
                    UChar **pivot_source, UChar **pivot_target, const UChar *pivot_limit,
                    UBool reset, UBool flush, UErrorCode *err)
{
    (void)to, (void)from, (void)target, (void)target_limit, (void)source, (void)source_limit;
    (void)pivot_start, (void)pivot_source, (void)pivot_target, (void)pivot_limit;
    (void)reset, (void)flush;
    *err = U_UNSUPPORTED_ERROR;
}

void ucnv_setToUCallBack(UConverter *converter, UConverterToUCallback action, const void *context,
                         UConverterToUCallback *action_before, const void **context_before,
                         UErrorCode *err)
{
    (void)converter, (void)action, (void)context, (void)action_before, (void)context_before;
    *err = U_UNSUPPORTED_ERROR;
}

void ucnv_setFromUCallBack(UConverter *converter, UConverterFromUCallback action,
                           const void *context, UConverterFromUCallback *action_before,
                           const void **context_before, UErrorCode *err)
{
    (void)converter, (void)action, (void)context, (void)action_before, (void)context_before;
    *err = U_UNSUPPORTED_ERROR;
}

void UCNV_FROM_U_CALLBACK_STOP(const void *context, UConverterFromUnicodeArgs *arguments,
                               const UChar *units, int32_t length, UChar32 point,
                               UConverterCallbackReason reason, UErrorCode *err)
{
    (void)context, (void)arguments, (void)units, (void)length, (void)point, (void)reason, (void)err;
}

void UCNV_TO_U_CALLBACK_STOP(const void *context, UConverterToUnicodeArgs *arguments,
                             const char *units, int32_t length, UConverterCallbackReason reason,
                             UErrorCode *err)
{
    (void)context, (void)arguments, (void)units, (void)length, (void)reason, (void)err;
}
