/* BioXen's, in place of what NLopt's CMake writes. */
#ifndef NLOPT_CONFIG_H
#define NLOPT_CONFIG_H

#define HAVE_GETTIMEOFDAY
#define HAVE_ISINF
#define HAVE_ISNAN
#define HAVE_STDINT_H
#define HAVE_SYS_TIME_H
#define HAVE_UINT32_T
#define SIZEOF_UNSIGNED_INT 4
#define SIZEOF_UNSIGNED_LONG 8
#define THREADLOCAL

#endif
