/* Sums over serial vectors as CVODE calls them again and again: two numbers at once, and without
 * the cases that make SUNDIALS' own take longer for a short vector than its numbers do. */
#ifndef BX_ENGINE_DETERMINISTIC_VECTORS_H
#define BX_ENGINE_DETERMINISTIC_VECTORS_H

#include <nvector/nvector_serial.h>

/* A serial vector, and what is cloned from it, uses them from now on. */
void bx_vectors_speed_up(N_Vector vector);

#endif
