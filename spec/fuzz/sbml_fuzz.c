/* SBML text: as a process that a cell takes, runs for a moment and writes, and as a flux model. */
#include "cell/cell.h"
#include "flux/fba.h"
#include "sbml/fbc.h"
#include "sbml/read.h"
#include "sbml/write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void write_again(bx_cell *cell)
{
    bx_buffer text = {.limit = 64 << 20};
    bx_sbml_present present = {.variable_count = bx_cell_variables(cell),
                               .time = bx_cell_time(cell),
                               .waits = bx_cell_waiting(cell) > 0,
                               .other_id = "cell"};
    bx_sbml_variable *variables = calloc(present.variable_count + 1, sizeof *variables);
    for (size_t i = 0; i < present.variable_count; i++) {
        variables[i].name = bx_cell_variable(cell, i, &variables[i].kind);
        bx_cell_get(cell, variables[i].name, &variables[i].value);
    }
    present.variables = variables;
    bool *due = calloc(bx_cell_events(cell) + 1, sizeof *due);
    bx_cell_due(cell, due, NULL);
    present.due = due;
    present.processes = bx_cell_processes(cell, &present.process_count);
    bx_sbml_write(&present, &text, NULL);
    bx_buffer_free(&text);
    free(variables);
    free(due);
}

static void run(bx_process *process, bx_method method)
{
    bx_trajectory *trajectory;
    bx_run options = {.method = method, .duration = 1, .every = 0.5, .maximum_steps = 100};
    bx_cell *cell = bx_cell_new(NULL);
    bool defined = bx_cell_define(cell, process, NULL) == 0;
    if (defined)
        write_again(cell);
    if (defined && bx_cell_run(cell, &options, &trajectory, NULL) == 0)
        bx_trajectory_free(trajectory);
    if (defined)
        write_again(cell);
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
