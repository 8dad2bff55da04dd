#include "sbml/math.h"

#include <stdlib.h>
#include <string.h>

/* The texts of an event while it is being declared. */
typedef struct texts {
    bx_buffer when, delay, priority;
    bx_buffer *formulas;
    bx_sbml_name *names;
    bx_event_assignment *assignments;
    size_t count;
} texts;

static void free_texts(texts *t)
{
    bx_buffer_free(&t->when);
    bx_buffer_free(&t->delay);
    bx_buffer_free(&t->priority);
    for (size_t i = 0; i < t->count; i++)
        bx_buffer_free(&t->formulas[i]);
    free(t->formulas);
    free(t->names);
    free(t->assignments);
}

static int write_assignments(bx_sbml *sbml, Event_t *event, texts *t, bx_error *err)
{
    unsigned count = Event_getNumEventAssignments(event);
    t->formulas = calloc(count + 1, sizeof *t->formulas);
    t->names = calloc(count + 1, sizeof *t->names);
    t->assignments = calloc(count + 1, sizeof *t->assignments);
    if (!t->formulas || !t->names || !t->assignments)
        return bx_fail_memory(err);
    for (unsigned i = 0; i < count; i++) {
        EventAssignment_t *assignment = Event_getEventAssignment(event, i);
        const ASTNode_t *math = EventAssignment_getMath(assignment);
        if (!math)
            continue;
        size_t at = t->count++;
        t->formulas[at] = bx_sbml_buffer();
        t->names[at] = bx_sbml_name_of(EventAssignment_getVariable(assignment), "");
        if (bx_sbml_formula(sbml, math, NULL, &t->formulas[at], err) < 0)
            return -1;
        t->assignments[at] =
            (bx_event_assignment){t->names[at].text, bx_sbml_text(&t->formulas[at])};
    }
    return 0;
}

static int write_texts(bx_sbml *sbml, Event_t *event, texts *t, bx_error *err)
{
    Delay_t *delay = Event_getDelay(event);
    Priority_t *priority = Event_getPriority(event);
    t->when = t->delay = t->priority = bx_sbml_buffer();
    if (bx_sbml_condition(sbml, Trigger_getMath(Event_getTrigger(event)), &t->when, err) < 0 ||
        (delay && Delay_getMath(delay) &&
         bx_sbml_formula(sbml, Delay_getMath(delay), NULL, &t->delay, err) < 0) ||
        (priority && Priority_getMath(priority) &&
         bx_sbml_formula(sbml, Priority_getMath(priority), NULL, &t->priority, err) < 0))
        return -1;
    return write_assignments(sbml, event, t, err);
}

/* An event without a trigger never fires. */
static int add_event(bx_sbml *sbml, Event_t *event, bx_error *err)
{
    Trigger_t *trigger = Event_getTrigger(event);
    if (!trigger || !Trigger_getMath(trigger))
        return 0;
    texts t = {.count = 0};
    bool level_3 = SBase_getLevel((SBase_t *)event) > 2;
    int result = write_texts(sbml, event, &t, err);
    bx_event_declaration declaration = {
        .name = Event_isSetId(event) ? Event_getId(event) : NULL,
        .when = bx_sbml_text(&t.when),
        .delay = t.delay.length > 0 ? bx_sbml_text(&t.delay) : NULL,
        .priority = t.priority.length > 0 ? bx_sbml_text(&t.priority) : NULL,
        .assignments = t.assignments,
        .assignment_count = t.count,
        .transient = level_3 && !Trigger_getPersistent(trigger),
        .initially_false = level_3 && !Trigger_getInitialValue(trigger),
        .from_trigger = Event_getUseValuesFromTriggerTime(event),
    };
    if (result == 0)
        result = bx_process_add_event(sbml->process, &declaration, err);
    free_texts(&t);
    return result;
}

int bx_sbml_events(bx_sbml *sbml, bx_error *err)
{
    for (unsigned i = 0; i < Model_getNumEvents(sbml->model); i++) {
        Event_t *event = Model_getEvent(sbml->model, i);
        if (add_event(sbml, event, err) < 0)
            return bx_sbml_fail_in(err, "event", Event_getId(event));
    }
    return 0;
}
