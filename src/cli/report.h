/* What the command line says about errors. */
#ifndef BX_CLI_REPORT_H
#define BX_CLI_REPORT_H

#include <stddef.h>

/* "bioxen: " and the text, on standard error, in one write. Text from a VM may hold anything:
 * control bytes and what is not UTF-8 are written as \xNN, but for newline and tab. */
void report_error(const char *text, size_t length);

/* The bytes of the printable character at the start of `text`, which is not empty; 0 if there is
 * none. */
size_t report_printable(const unsigned char *text, size_t length);

/* Open the standard descriptors that are closed: what a script opens must not become its standard
 * output. */
void report_hold_descriptors(void);

#endif
