/* SBML text: as a process that a cell takes and runs for a moment, and as a flux model. */
#include "cell/cell.h"
#include "flux/fba.h"
#include "sbml/fbc.h"
#include "sbml/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void run(bx_process *process, bx_method method)
{
    bx_trajectory *trajectory;
    bx_run options = {.method = method, .duration = 1, .every = 0.5, .maximum_steps = 100};
    bx_cell *cell = bx_cell_new(NULL);
    if (bx_cell_define(cell, process, NULL) == 0 &&
        bx_cell_run(cell, &options, &trajectory, NULL) == 0)
        bx_trajectory_free(trajectory);
    bx_cell_free(cell);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_sbml_source source = {.text = (const char *)bytes, .length = length};
    bx_sbml_result result;
    char objective[256];
    for (int stochastic = 0; stochastic < 2; stochastic++) {
        source.stochastic = stochastic;
        if (bx_sbml_read(&source, &result, NULL) < 0)
            continue;
        bx_sbml_result_free(&result);
        run(result.process, stochastic ? BX_METHOD_SSA : BX_METHOD_ODE);
    }
    bx_fba *fba = bx_fba_new(NULL, NULL);
    if (fba)
        bx_sbml_read_fbc(&source, NULL, fba, objective, NULL);
    bx_fba_free(fba);
    return 0;
}
