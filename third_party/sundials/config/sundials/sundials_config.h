/* What SUNDIALS is built with here, in place of what its own CMakeLists.txt would write. */
#ifndef SUNDIALS_CONFIG_H
#define SUNDIALS_CONFIG_H

#include "sundials/sundials_export.h"

#define SUNDIALS_VERSION "6.4.1"
#define SUNDIALS_VERSION_MAJOR 6
#define SUNDIALS_VERSION_MINOR 4
#define SUNDIALS_VERSION_PATCH 1
#define SUNDIALS_VERSION_LABEL ""

#define SUNDIALS_DEPRECATED_MSG(message) __attribute__((__deprecated__(message)))
#define SUNDIALS_DEPRECATED_EXPORT_MSG(message) SUNDIALS_EXPORT SUNDIALS_DEPRECATED_MSG(message)

#define SUNDIALS_DOUBLE_PRECISION 1
#define SUNDIALS_INT32_T 1
#define SUNDIALS_INDEX_TYPE int32_t
#define SUNDIALS_C_COMPILER_HAS_MATH_PRECISIONS
#define SUNDIALS_C_COMPILER_HAS_ISINF_ISNAN
#define SUNDIALS_C_COMPILER_HAS_SNPRINTF_AND_VA_COPY
#define SUNDIALS_LOGGING_LEVEL 0
#define SUNDIALS_MPI_ENABLED 0

#define SUNDIALS_INLINE inline
#define SUNDIALS_STATIC_INLINE static inline

#endif
