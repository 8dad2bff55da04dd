/* Formulas, equations and events as a script may write them, then a short run of what compiled.
 * Each line of the input declares one item; its first character tells which. */
#include "cell/cell.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void declare(bx_process *process, const char *line)
{
    static const char *const names[] = {"A", "B", "k", "r"};
    const char *text = line[0] && line[1] ? line + 2 : "";
    const char *name = names[line[0] ? (unsigned char)line[1] % 4 : 0];
    bx_event_assignment assignment = {name, "A + 1"};
    bx_event_declaration event = {.assignments = &assignment, .assignment_count = 1};
    switch (line[0]) {
    case 's': bx_process_add_species(process, name, atof(text), NULL); break;
    case 'p': bx_process_add_parameter(process, name, atof(text), NULL); break;
    case 'r': bx_process_add_rule(process, name, text, NULL); break;
    case 'm':
        bx_process_add_reaction(process, NULL, text, BX_RATE_MASS_ACTION, "k", NULL);
        break;
    case 'f': bx_process_add_reaction(process, NULL, "A -> B", BX_RATE_FORMULA, text, NULL); break;
    case 'w': event.when = text; bx_process_add_event(process, &event, NULL); break;
    case 't': event.at = text; bx_process_add_event(process, &event, NULL); break;
    default: break;
    }
}

static void run(bx_cell *cell, bx_method method)
{
    bx_trajectory *trajectory;
    bx_run options = {.method = method, .duration = 1, .every = 0.5, .seed = 1,
                      .maximum_steps = 200, .maximum_bytes = 1 << 20};
    if (bx_cell_run(cell, &options, &trajectory, NULL) == 0)
        bx_trajectory_free(trajectory);
    bx_cell_reset(cell);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    memcpy(text, bytes, length);
    text[length] = '\0';
    bx_process *process = bx_process_new("fuzz", NULL);
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        declare(process, line);
    }
    free(text);
    bx_cell *cell = bx_cell_new(NULL);
    if (bx_cell_define(cell, process, NULL) == 0) {
        run(cell, BX_METHOD_ODE);
        run(cell, BX_METHOD_SSA);
    }
    bx_cell_free(cell);
    return 0;
}
