/* All is linked statically: nothing is exported. */
#ifndef SUNDIALS_EXPORT_H
#define SUNDIALS_EXPORT_H

#define SUNDIALS_EXPORT
#define SUNDIALS_NO_EXPORT
#define SUNDIALS_DEPRECATED_EXPORT __attribute__((__deprecated__))

#endif
