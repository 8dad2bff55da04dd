/* The one routine of OpenMP's that SuiteSparse 7 calls where Debian compiles it so: its clock,
 * which nothing here asks for. With it the worker needs no runtime of OpenMP's, and no threads. */
#include <time.h>

double omp_get_wtime(void);

double omp_get_wtime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
