/* The state of a cell as bytes: what decodes encodes, without what was set to no effect, to bytes
 * that stay the same then, and can be run. The input is what follows the digest of the network. */
#include "cell/cell.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 4 + 32 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static bx_cell *make_cell(void)
{
    static const bx_event_assignment set = {"A", "A + k"};
    static const bx_event_declaration events[] = {
        {.at = "1", .assignments = &set, .assignment_count = 1, .delay = "k"},
        {.when = "A < 5",
         .assignments = &set,
         .assignment_count = 1,
         .delay = "0.5",
         .from_trigger = true},
    };
    bx_process *process = bx_process_new("fuzz", NULL);
    bx_process_add_species(process, "A", 9, NULL);
    bx_process_add_parameter(process, "k", 2, NULL);
    bx_process_add_reaction(process, NULL, "A ->", BX_RATE_MASS_ACTION, "k", NULL);
    bx_process_add_rule(process, "late", "delay(A, k / 4)", NULL);
    for (int i = 0; i < 2; i++)
        bx_process_add_event(process, &events[i], NULL);
    bx_cell *cell = bx_cell_new(NULL);
    if (!cell || bx_cell_define(cell, process, NULL) < 0)
        abort();
    return cell;
}

static void run(bx_cell *cell, bx_method method)
{
    bx_trajectory *trajectory;
    bx_run options = {.method = method, .duration = 1, .maximum_steps = 100};
    if (bx_cell_run(cell, &options, &trajectory, NULL) == 0)
        bx_trajectory_free(trajectory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_cell *cell = make_cell();
    bx_buffer state = {0}, again = {0}, third = {0};
    if (bx_cell_encode(cell, &state, NULL) < 0)
        abort();
    state.length = HEAD;
    if (bx_buffer_append(&state, bytes, length) == 0 &&
        bx_cell_decode(cell, state.data, state.length, NULL) == 0) {
        if (bx_cell_encode(cell, &again, NULL) < 0 || again.length > state.length ||
            bx_cell_decode(cell, again.data, again.length, NULL) < 0 ||
            bx_cell_encode(cell, &third, NULL) < 0 || third.length != again.length ||
            memcmp(third.data, again.data, again.length) != 0)
            abort();
        for (int method = 0; method < BX_METHOD_COUNT; method++) {
            run(cell, (bx_method)method);
            if (bx_cell_decode(cell, state.data, state.length, NULL) < 0)
                abort();
        }
    }
    bx_buffer_free(&state);
    bx_buffer_free(&again);
    bx_buffer_free(&third);
    bx_cell_free(cell);
    return 0;
}
