#include "sbml/math.h"

#include <stdlib.h>
#include <string.h>

/* The formula of a value; NULL without math, or on failure. */
static bx_formula *formula_of(bx_sbml *sbml, const ASTNode_t *math)
{
    if (!math)
        return NULL;
    bx_sbml_math(sbml, math, NULL);
    return bx_builder_end(&sbml->builder);
}

static int make_assignments(bx_sbml *sbml, Event_t *event, bx_declared_event *declared)
{
    unsigned count = Event_getNumEventAssignments(event);
    declared->assignments = calloc(count + 1, sizeof *declared->assignments);
    if (!declared->assignments)
        return bx_fail_memory(sbml->err);
    for (unsigned i = 0; i < count; i++) {
        EventAssignment_t *from = Event_getEventAssignment(event, i);
        const ASTNode_t *math = EventAssignment_getMath(from);
        if (!math)
            continue;
        bx_declared_assignment *to = &declared->assignments[declared->assignment_count++];
        to->target = strdup(bx_sbml_name_of(EventAssignment_getVariable(from), "").text);
        if (!to->target)
            return bx_fail_memory(sbml->err);
        to->formula = formula_of(sbml, math);
        if (!to->formula)
            return -1;
    }
    return 0;
}

static int make_event(bx_sbml *sbml, Event_t *event, bx_declared_event *declared)
{
    Trigger_t *trigger = Event_getTrigger(event);
    Delay_t *delay = Event_getDelay(event);
    Priority_t *priority = Event_getPriority(event);
    const ASTNode_t *delay_math = delay ? Delay_getMath(delay) : NULL;
    const ASTNode_t *priority_math = priority ? Priority_getMath(priority) : NULL;
    bool level_3 = SBase_getLevel((SBase_t *)event) > 2;
    declared->transient = level_3 && !Trigger_getPersistent(trigger);
    declared->initially_false = level_3 && !Trigger_getInitialValue(trigger);
    declared->from_trigger = Event_getUseValuesFromTriggerTime(event);
    if (Event_isSetId(event) && !(declared->name = strdup(Event_getId(event))))
        return bx_fail_memory(sbml->err);
    bx_sbml_truth(sbml, Trigger_getMath(trigger));
    declared->when = bx_builder_end(&sbml->builder);
    if (!declared->when || (!(declared->delay = formula_of(sbml, delay_math)) && delay_math) ||
        (!(declared->priority = formula_of(sbml, priority_math)) && priority_math))
        return -1;
    return make_assignments(sbml, event, declared);
}

/* An event without a trigger never fires. */
static int add_event(bx_sbml *sbml, Event_t *event)
{
    Trigger_t *trigger = Event_getTrigger(event);
    if (!trigger || !Trigger_getMath(trigger))
        return 0;
    bx_declared_event declared = {0};
    if (make_event(sbml, event, &declared) == 0)
        return bx_process_take_event(sbml->process, &declared, sbml->err);
    bx_declared_event_free(&declared);
    return -1;
}

int bx_sbml_events(bx_sbml *sbml)
{
    for (unsigned i = 0; i < Model_getNumEvents(sbml->model); i++) {
        Event_t *event = Model_getEvent(sbml->model, i);
        if (add_event(sbml, event) < 0)
            return bx_sbml_fail_in(sbml->err, "event", Event_getId(event));
    }
    return 0;
}
