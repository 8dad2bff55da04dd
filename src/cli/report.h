/* What the command line says about errors. */
#ifndef BX_CLI_REPORT_H
#define BX_CLI_REPORT_H

#include <stddef.h>

/* "bioxen: " and the text, on standard error, in one write. Text from a VM may hold anything:
 * control bytes and what is not UTF-8 are written as \xNN, but for newline and tab. */
void report_error(const char *text, size_t length);

#endif
