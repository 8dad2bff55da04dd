#include "core/error.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const bx_code_info codes[BX_CODE_COUNT] = {
    [BX_OK] = {"OK", "system", "no error", true},
    [BX_ESTATE] = {"ESTATE", "vm", "the VM's state does not allow the transition or the call",
                   true},
    [BX_EBUSY] = {"EBUSY", "vm", "the VM is running another call", true},
    [BX_EEXIST] = {"EEXIST", "vm", "a VM of that id exists already", true},
    [BX_ENOTFOUND] = {"ENOTFOUND", "vm", "no VM of that id exists", true},
    [BX_EDEADLINE] = {"EDEADLINE", "vm",
                      "the deadline passed; get_state tells whether the VM kept its state", true},
    [BX_ECANCELLED] = {"ECANCELLED", "vm",
                       "the job was cancelled; get_state tells whether the VM kept its state",
                       true},
    [BX_ESTART] = {"ESTART", "vm", "the worker could not be started", false},
    [BX_EDIED] = {"EDIED", "vm", "the worker exited or closed its connection", false},
    [BX_ECRASHED] = {"ECRASHED", "vm", "the worker crashed", false},
    [BX_EDENIED] = {"EDENIED", "vm", "the worker tried a system call that its jail denies", false},
    [BX_EKILLED] = {"EKILLED", "vm", "the worker was killed: by hand, or for lack of memory",
                    false},
    [BX_EDESTROYED] = {"EDESTROYED", "vm", "the VM was destroyed or stopped during the call",
                       false},
    [BX_EOUTPUT] = {"EOUTPUT", "vm", "the code printed more than the output limit", true},
    [BX_ESCRIPT] = {"ESCRIPT", "script", "the code raised an error or does not compile", true},
    [BX_EMEMORY] = {"EMEMORY", "script", "the memory limit was reached", true},
    [BX_ERESULT] = {"ERESULT", "script",
                    "a value cannot travel: cyclic, too deep, too large, or of a wrong type", true},
    [BX_EMODEL] = {"EMODEL", "script", "a definition of a process or a formula has a mistake",
                   true},
    [BX_ESIMULATION] = {"ESIMULATION", "script", "the simulation could not go on", true},
    [BX_EGENOME] = {"EGENOME", "script", "a genome, or the file that it is in, has a mistake",
                    true},
    [BX_EUNSUPPORTED] = {"EUNSUPPORTED", "script", "the organism lacks what was asked of it", true},
    [BX_EPROTOCOL] = {"EPROTOCOL", "wire", "the worker broke the protocol and was killed", false},
    [BX_EVERSION] = {"EVERSION", "wire", "the worker is of another version", false},
    [BX_ECAPACITY] = {"ECAPACITY", "hypervisor",
                      "the chassis, or what all VMs may take, has not enough left", true},
    [BX_EORGANISM] = {"EORGANISM", "hypervisor", "no such organism, or it could not be loaded",
                      true},
    [BX_EXAPI] = {"EXAPI", "xcpng", "the pool refused a request or failed it; xapi.code says how",
                  true},
    [BX_ECONNECT] = {"ECONNECT", "xcpng", "the pool or the guest cannot be reached, or broke off",
                     true},
    [BX_ETRUST] = {"ETRUST", "xcpng",
                   "a certificate or a host key is not the one to be trusted; nothing was sent",
                   true},
    [BX_EAUTH] = {"EAUTH", "xcpng", "the pool or the guest refused the login", true},
    [BX_ECONFIG] = {"ECONFIG", "xcpng",
                    "what the configuration names is not there, or there more than once", true},
    [BX_EGUEST] = {"EGUEST", "xcpng", "the guest did not become what a VM needs", true},
    [BX_EJAIL] = {"EJAIL", "system", "the kernel cannot confine the worker", false},
    [BX_EFILE] = {"EFILE", "system", "a file could not be read or written", true},
    [BX_ESYSTEM] = {"ESYSTEM", "system", "the operating system refused a request", true},
    [BX_ETIMEOUT] = {"ETIMEOUT", "system", "the wait ended before the job, which goes on", true},
    [BX_EDAEMON] = {"EDAEMON", "system",
                    "the daemon cannot be reached, has ended, or serves no more", false},
};

const bx_code_info *bx_code_describe(bx_code code)
{
    return &codes[(unsigned)code < BX_CODE_COUNT ? code : BX_ESYSTEM];
}

bx_code bx_code_by_name(const char *name, size_t length)
{
    for (int i = 1; i < BX_CODE_COUNT; i++)
        if (strlen(codes[i].name) == length && memcmp(codes[i].name, name, length) == 0)
            return (bx_code)i;
    return BX_OK;
}

static void set(bx_error *err, bx_code code, const char *format, va_list args)
{
    err->code = code;
    locale_t before = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0)); /* "0.5", not "0,5" */
    vsnprintf(err->message, sizeof err->message, format, args);
    uselocale(before);
}

void bx_error_set(bx_error *err, bx_code code, const char *format, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    set(err, code, format, args);
    va_end(args);
}

void bx_error_set_errno(bx_error *err, bx_code code, int errnum, const char *format, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    set(err, code, format, args);
    va_end(args);
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(errnum));
}
