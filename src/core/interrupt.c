#include "core/interrupt.h"

volatile sig_atomic_t bx_interrupted;
