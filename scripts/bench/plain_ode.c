/* A yardstick for scripts/bench/engine.lua: the model of Weiße et al., PNAS 112, E1038 (2015), by
 * hand in C, linked with the engine's CVODE and set alike (BDF, dense, 3e-10 and 1e-10) but for the
 * Jacobian, which CVODE takes by differences. Prints seconds a run, the steps, and the energy.
 * Usage: plain-ode seconds runs */
#include "engine/deterministic/silence.h"

#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <time.h>

/* Per class r, t, m, q, p: free mRNA, bound, stalled; then the proteins. */
enum { CLASSES = 5, MESSAGE = 0, BOUND = 5, STALLED = 10, R = 15, ET, EM, Q, P, SI, A, MADE, SIZE };

static const double w[CLASSES] = {929.9678874564831 / 60, 4.139172187824451 / 60,
                                  4.139172187824451 / 60, 948.9349882947897 / 60, 0};
static const double thetar = 426.8693338968694, thetax = 4.379733394834643;
static const double gmax = 1260.0 / 60, Kp = 180.1378030928276 / 60, M = 1e8, nr = 7549, nx = 300;
static const double kb = 1.0 / 60, ku = 1.0 / 60, dm = 0.1 / 60, Kq = 152219.040373749;
static const double s0 = 1e4, ns = 0.5, vt = 726.0 / 60, Kt = 1000, vm = 5800.0 / 60, Km = 1000;
static const double cl = 0, k_cm = 0.005990373118888 / 60, release = 0;

static int right_hand_side(sunrealtype t, N_Vector state, N_Vector rate, void *data)
{
    const double *y = N_VGetArrayPointer(state);
    double *d = N_VGetArrayPointer(rate);
    double a = y[A], gamma = gmax * a / (gmax / Kp + a);
    double sum = y[BOUND] + y[BOUND + 1] + y[BOUND + 2] + y[BOUND + 3] + y[BOUND + 4];
    double made = gamma * sum, lambda = made / M, f = cl * k_cm;
    double catabolism = y[EM] * vm * y[SI] / (Km + y[SI]), x = y[Q] / Kq, x4 = x * x * x * x;
    (void)t;
    (void)data;
    d[R] = -lambda * y[R];
    for (int i = 0; i < CLASSES; i++) {
        double m = y[MESSAGE + i], c = y[BOUND + i], z = y[STALLED + i];
        double done = gamma / (i == 0 ? nr : nx) * c, bind = kb * y[R] * m, part = ku * c;
        double made_m = w[i] * a / ((i == 0 ? thetar : thetax) + a) / (i == 3 ? 1 + x4 : 1);
        d[MESSAGE + i] = made_m + part + done - bind - (dm + lambda) * m;
        d[BOUND + i] = bind + release * z - part - done - f * c - lambda * c;
        d[STALLED + i] = f * c - release * z - lambda * z;
        d[R] += part + done - bind;
        if (i > 0)
            d[R + i] = done - lambda * y[R + i];
        else
            d[R] += done;
    }
    d[SI] = y[ET] * vt * s0 / (Kt + s0) - catabolism - lambda * y[SI];
    d[A] = ns * catabolism - made - lambda * a;
    d[MADE] = made;
    return 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void begin(N_Vector y)
{
    memset(N_VGetArrayPointer(y), 0, SIZE * sizeof(double));
    N_VGetArrayPointer(y)[R] = 10;
    N_VGetArrayPointer(y)[A] = 1000;
}

int main(int argc, char **argv)
{
    SUNContext context;
    if (argc != 3 || bx_sundials_open(&context) < 0)
        return 2;
    double end = atof(argv[1]), seconds = 1e9, t;
    long steps = 0;
    N_Vector y = N_VNew_Serial(SIZE, context);
    SUNMatrix matrix = SUNDenseMatrix(SIZE, SIZE, context);
    SUNLinearSolver solver = SUNLinSol_Dense(y, matrix, context);
    void *cvode = CVodeCreate(CV_BDF, context);
    begin(y);
    if (CVodeInit(cvode, right_hand_side, 0, y) || CVodeSStolerances(cvode, 3e-10, 1e-10) ||
        CVodeSetLinearSolver(cvode, solver, matrix) || CVodeSetMaxNumSteps(cvode, -1))
        return 2;
    for (int i = atoi(argv[2]); i > 0; i--) {
        double start = now();
        begin(y);
        CVodeReInit(cvode, 0, y);
        CVodeSetStopTime(cvode, end);
        if (CVode(cvode, end, y, &t, CV_NORMAL) < 0)
            return 1;
        seconds = fmin(seconds, now() - start);
        CVodeGetNumSteps(cvode, &steps);
    }
    printf("%.6g %ld %.10g\n", seconds, steps, N_VGetArrayPointer(y)[A]);
    return 0;
}
