/* Layout: texts are a count of bytes and one more, 0 for none, and the bytes; lists a count and
 * their items. A formula: its names with line and column, then its nodes, of each its operator and
 * for a leaf the number or the place of the name. */
#include "model/process_wire.h"

#include "model/builder.h"
#include "model/declaration.h"

#include <stdlib.h>
#include <string.h>

/* The operators' numbers stand in saved cells: who changes them changes their version. */
_Static_assert(BX_OP_COUNT == 63 && BX_OP_IF == 47, "the version of saved cells");

/* ---- writing ---- */

static void pack_text(bx_buffer *out, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    bx_pack_count(out, text ? length + 1 : 0);
    bx_buffer_append(out, text ? text : "", length);
}

static void pack_formula(bx_buffer *out, const bx_formula *formula)
{
    bx_pack_count(out, formula ? formula->count : 0);
    if (!formula)
        return;
    bx_pack_count(out, formula->name_count);
    for (size_t i = 0; i < formula->name_count; i++) {
        pack_text(out, formula->names[i].text);
        bx_pack_count(out, formula->names[i].line);
        bx_pack_count(out, formula->names[i].column);
    }
    for (size_t i = 0; i < formula->count; i++) {
        const bx_node *node = &formula->nodes[i];
        bx_pack_count(out, node->op);
        if (node->op == BX_OP_NUMBER)
            bx_pack_doubles(out, &node->number, 1);
        else if (node->op == BX_OP_NAME)
            bx_pack_count(out, node->a);
    }
}

static void pack_values(bx_buffer *out, const bx_declared_value *values, size_t count)
{
    bx_pack_count(out, count);
    for (size_t i = 0; i < count; i++) {
        pack_text(out, values[i].name);
        bx_pack_doubles(out, &values[i].value, 1);
        bx_pack_count(out, values[i].rounded);
    }
}

static void pack_assignments(bx_buffer *out, const bx_declared_assignment *list, size_t count)
{
    bx_pack_count(out, count);
    for (size_t i = 0; i < count; i++) {
        pack_text(out, list[i].target);
        pack_formula(out, list[i].formula);
    }
}

static void pack_reaction(bx_buffer *out, const bx_declared_reaction *reaction)
{
    const bx_equation *equation = &reaction->equation;
    pack_text(out, reaction->name);
    pack_text(out, reaction->text);
    bx_pack_count(out, equation->reactants);
    bx_pack_count(out, equation->products);
    for (size_t i = 0; i < equation->reactants + equation->products; i++) {
        pack_text(out, equation->terms[i].species);
        bx_pack_doubles(out, &equation->terms[i].coefficient, 1);
    }
    bx_pack_count(out, reaction->kind);
    bx_pack_count(out, reaction->continuous);
    pack_formula(out, reaction->rate);
}

static void pack_event(bx_buffer *out, const bx_declared_event *event)
{
    pack_text(out, event->name);
    pack_formula(out, event->when);
    pack_formula(out, event->at);
    pack_formula(out, event->delay);
    pack_formula(out, event->priority);
    bx_pack_count(out, (event->transient ? 1u : 0) | (event->initially_false ? 2u : 0) |
                           (event->from_trigger ? 4u : 0));
    pack_assignments(out, event->assignments, event->assignment_count);
}

static void pack_origin(bx_buffer *out, const bx_declared_origin *origin)
{
    bx_pack_count(out, (origin->read ? 1u : 0) | (origin->molecules ? 2u : 0));
    bx_pack_count(out, origin->length);
    bx_buffer_append(out, origin->bytes, origin->length);
}

void bx_process_encode(const bx_process *process, bx_buffer *out)
{
    pack_text(out, process->name);
    bx_pack_count(out, process->free_values);
    pack_values(out, process->species, process->species_count);
    pack_values(out, process->parameters, process->parameter_count);
    bx_pack_count(out, process->rule_count);
    for (size_t i = 0; i < process->rule_count; i++) {
        const bx_declared_rule *rule = &process->rules[i];
        pack_text(out, rule->name);
        bx_pack_count(out, rule->kind);
        pack_text(out, rule->amount);
        pack_text(out, rule->size);
        pack_formula(out, rule->formula);
    }
    pack_assignments(out, process->initials, process->initial_count);
    bx_pack_count(out, process->reaction_count);
    for (size_t i = 0; i < process->reaction_count; i++)
        pack_reaction(out, &process->reactions[i]);
    bx_pack_count(out, process->event_count);
    for (size_t i = 0; i < process->event_count; i++)
        pack_event(out, &process->events[i]);
    bx_pack_count(out, process->fast_count);
    for (size_t i = 0; i < process->fast_count; i++) {
        pack_text(out, process->fast[i].name);
        pack_formula(out, process->fast[i].rate);
        pack_assignments(out, process->fast[i].terms, process->fast[i].count);
    }
    for (int phase = 0; phase < BX_PHASES; phase++)
        pack_assignments(out, process->exchange[phase].steps, process->exchange[phase].count);
    pack_origin(out, &process->origin);
}

/* ---- reading ---- */

static int fail_form(bx_error *err, const char *what)
{
    return bx_fail(err, BX_EPROTOCOL, "process: %s in a wrong form", what);
}

/* *text is the caller's; NULL for none. */
static int unpack_text(bx_unpacker *in, char **text, bx_error *err)
{
    uint32_t length;
    *text = NULL;
    if (bx_unpack_count(in, &length, err) < 0)
        return -1;
    if (length == 0)
        return 0;
    if (--length > in->left || memchr(in->next, '\0', length))
        return fail_form(err, "a text");
    *text = strndup((const char *)in->next, length);
    in->next += length;
    in->left -= length;
    return *text ? 0 : bx_fail_memory(err);
}

/* A text that must be there. */
static int unpack_name(bx_unpacker *in, char **text, bx_error *err)
{
    if (unpack_text(in, text, err) < 0)
        return -1;
    return *text ? 0 : fail_form(err, "a name");
}

/* How many items, of one byte or more each. */
static int unpack_list(bx_unpacker *in, uint32_t *count, bx_error *err)
{
    if (bx_unpack_count(in, count, err) < 0)
        return -1;
    return *count <= in->left ? 0 : fail_form(err, "a list");
}

/* Below `limit`. */
static int unpack_choice(bx_unpacker *in, uint32_t limit, uint32_t *choice, bx_error *err)
{
    if (bx_unpack_count(in, choice, err) < 0)
        return -1;
    return *choice < limit ? 0 : fail_form(err, "a word");
}

static int unpack_formula_names(bx_unpacker *in, bx_formula_name *names, uint32_t count,
                                bx_error *err)
{
    for (uint32_t i = 0; i < count; i++)
        if (unpack_name(in, &names[i].text, err) < 0 ||
            bx_unpack_count(in, &names[i].line, err) < 0 ||
            bx_unpack_count(in, &names[i].column, err) < 0)
            return -1;
    return 0;
}

/* Whether an operator may take the values that wait: what draws ends with bounds, which nothing
 * else takes. */
static bool fits(const bx_builder *builder, uint32_t op)
{
    if (op == BX_OP_MOVE || op == BX_OP_SOLVE || op == BX_OP_SETTLE)
        return false;
    unsigned arity = bx_op_arity((bx_op)op);
    if (builder->failed || builder->value_count < arity)
        return builder->failed;
    for (unsigned i = 1; i <= arity; i++) {
        uint32_t node = builder->values[builder->value_count - i];
        bool is_bounds = builder->formula->nodes[node].op == BX_OP_BOUNDS;
        if (is_bounds != (i == 1 && bx_op_draws((bx_op)op)))
            return false;
    }
    return true;
}

static int unpack_node(bx_unpacker *in, bx_builder *builder, const bx_formula_name *names,
                       uint32_t name_count, bx_error *err)
{
    uint32_t op, name;
    double number;
    if (unpack_choice(in, BX_OP_COUNT, &op, err) < 0)
        return -1;
    if (op == BX_OP_NUMBER) {
        if (bx_unpack_doubles(in, &number, 1, err) < 0)
            return -1;
        bx_builder_number(builder, number);
    } else if (op == BX_OP_NAME) {
        if (unpack_choice(in, name_count, &name, err) < 0)
            return -1;
        bx_builder_name(builder, names[name].text, names[name].line, names[name].column);
    } else if (fits(builder, op)) {
        bx_builder_apply(builder, (bx_op)op);
    } else {
        return fail_form(err, "a formula");
    }
    return 0;
}

static bx_formula *unpack_nodes(bx_unpacker *in, uint32_t count, const bx_formula_name *names,
                                uint32_t name_count, bx_error *err)
{
    bx_builder builder = {.err = err};
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = unpack_node(in, &builder, names, name_count, err);
    if (status == 0 && !builder.failed &&
        (builder.value_count != 1 ||
         builder.formula->nodes[builder.formula->count - 1].op == BX_OP_BOUNDS))
        status = fail_form(err, "a formula");
    if (status == 0)
        return bx_builder_end(&builder);
    bx_builder_drop(&builder);
    return NULL;
}

/* *formula is the caller's; NULL where there is none. */
static int unpack_formula(bx_unpacker *in, bx_formula **formula, bx_error *err)
{
    uint32_t count, name_count;
    *formula = NULL;
    if (unpack_list(in, &count, err) < 0)
        return -1;
    if (count == 0)
        return 0;
    if (unpack_list(in, &name_count, err) < 0)
        return -1;
    bx_formula_name *names = calloc((size_t)name_count + 1, sizeof *names);
    if (!names)
        return bx_fail_memory(err);
    if (unpack_formula_names(in, names, name_count, err) == 0)
        *formula = unpack_nodes(in, count, names, name_count, err);
    for (uint32_t i = 0; i < name_count; i++)
        free(names[i].text);
    free(names);
    return *formula ? 0 : -1;
}

static int unpack_needed(bx_unpacker *in, bx_formula **formula, bx_error *err)
{
    if (unpack_formula(in, formula, err) < 0)
        return -1;
    return *formula ? 0 : fail_form(err, "a formula");
}

typedef int adder(bx_process *process, const char *name, double value, bx_error *err);

static int unpack_values(bx_unpacker *in, bx_process *process, adder *add, bx_error *err)
{
    uint32_t count, rounded;
    int status = unpack_list(in, &count, err);
    for (uint32_t i = 0; i < count && status == 0; i++) {
        char *name = NULL;
        double value;
        status = -1;
        if (unpack_name(in, &name, err) == 0 && bx_unpack_doubles(in, &value, 1, err) == 0 &&
            unpack_choice(in, 2, &rounded, err) == 0)
            status = add(process, name, value, err);
        if (status == 0 && rounded && add == bx_process_add_species)
            bx_process_round_species(process);
        free(name);
    }
    return status;
}

static int unpack_rule(bx_unpacker *in, bx_process *process, bx_error *err)
{
    uint32_t kind;
    char *name = NULL, *amount = NULL, *size = NULL;
    bx_formula *formula = NULL;
    int status = -1;
    if (unpack_name(in, &name, err) == 0 &&
        unpack_choice(in, BX_RULE_SETTLES + 1, &kind, err) == 0 &&
        unpack_text(in, &amount, err) == 0 && unpack_text(in, &size, err) == 0 &&
        unpack_needed(in, &formula, err) == 0)
        status = bx_process_take_rule(process, name, formula, err);
    free(name);
    if (status == 0) {
        bx_declared_rule *rule = &process->rules[process->rule_count - 1];
        rule->kind = (bx_rule_kind)kind;
        rule->amount = amount;
        rule->size = size;
        return 0;
    }
    free(amount);
    free(size);
    return -1;
}

static int unpack_initial(bx_unpacker *in, bx_process *process, bx_error *err)
{
    char *target = NULL;
    bx_formula *formula;
    int status = -1;
    if (unpack_name(in, &target, err) == 0 && unpack_needed(in, &formula, err) == 0)
        status = bx_process_take_initial(process, target, formula, err);
    free(target);
    return status;
}

static int unpack_terms(bx_unpacker *in, bx_equation_builder *builder, uint32_t count, bool product,
                        bx_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        char *species = NULL;
        double coefficient;
        int status = -1;
        if (unpack_name(in, &species, err) == 0 &&
            bx_unpack_doubles(in, &coefficient, 1, err) == 0) {
            if (!(coefficient > 0 && coefficient <= BX_COEFFICIENT_MAXIMUM))
                fail_form(err, "a coefficient");
            else if (bx_equation_add(builder, product, species, coefficient) < 0)
                bx_fail_memory(err);
            else
                status = 0;
        }
        free(species);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int unpack_equation(bx_unpacker *in, bx_equation *equation, bx_error *err)
{
    bx_equation_builder builder = {.capacity = 0};
    uint32_t reactants, products;
    int status = -1;
    if (unpack_list(in, &reactants, err) == 0 && unpack_list(in, &products, err) == 0 &&
        unpack_terms(in, &builder, reactants, false, err) == 0)
        status = unpack_terms(in, &builder, products, true, err);
    *equation = bx_equation_end(&builder);
    return status;
}

static int unpack_reaction(bx_unpacker *in, bx_process *process, bx_error *err)
{
    bx_declared_reaction reaction = {0};
    uint32_t kind = 0, continuous = 0;
    int status = -1;
    if (unpack_text(in, &reaction.name, err) == 0 && unpack_text(in, &reaction.text, err) == 0 &&
        unpack_equation(in, &reaction.equation, err) == 0 &&
        unpack_choice(in, BX_RATE_FORMULA + 1, &kind, err) == 0 &&
        unpack_choice(in, 2, &continuous, err) == 0)
        status = unpack_needed(in, &reaction.rate, err);
    if (status == 0 && !reaction.name && !reaction.text)
        status = fail_form(err, "a reaction");
    reaction.kind = (bx_rate_kind)kind;
    reaction.continuous = continuous;
    if (status == 0)
        return bx_process_take_declared_reaction(process, &reaction, err);
    bx_declared_reaction_free(&reaction);
    return -1;
}

static int unpack_assignments(bx_unpacker *in, bx_declared_assignment **list, size_t *length,
                              bx_error *err)
{
    uint32_t count;
    if (unpack_list(in, &count, err) < 0)
        return -1;
    *list = calloc((size_t)count + 1, sizeof **list);
    if (!*list)
        return bx_fail_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        bx_declared_assignment *to = &(*list)[(*length)++];
        if (unpack_name(in, &to->target, err) < 0 || unpack_needed(in, &to->formula, err) < 0)
            return -1;
    }
    return 0;
}

static int unpack_fast(bx_unpacker *in, bx_process *process, bx_error *err)
{
    bx_declared_fast fast = {0};
    if (unpack_name(in, &fast.name, err) == 0 && unpack_needed(in, &fast.rate, err) == 0 &&
        unpack_assignments(in, &fast.terms, &fast.count, err) == 0)
        return bx_process_take_fast(process, &fast, err);
    bx_declared_fast_free(&fast);
    return -1;
}

static int unpack_event(bx_unpacker *in, bx_process *process, bx_error *err)
{
    bx_declared_event event = {0};
    uint32_t flags;
    if (unpack_text(in, &event.name, err) < 0 || unpack_formula(in, &event.when, err) < 0 ||
        unpack_formula(in, &event.at, err) < 0 || unpack_formula(in, &event.delay, err) < 0 ||
        unpack_formula(in, &event.priority, err) < 0 || unpack_choice(in, 8, &flags, err) < 0 ||

        unpack_assignments(in, &event.assignments, &event.assignment_count, err) < 0) {
        bx_declared_event_free(&event);
        return -1;
    }
    event.transient = flags & 1;
    event.initially_false = flags & 2;
    event.from_trigger = flags & 4;
    return bx_process_take_event(process, &event, err);
}

static int unpack_each(bx_unpacker *in, bx_process *process,
                       int (*unpack)(bx_unpacker *, bx_process *, bx_error *), bx_error *err)
{
    uint32_t count;
    int status = unpack_list(in, &count, err);
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = unpack(in, process, err);
    return status;
}

static int unpack_origin(bx_unpacker *in, bx_declared_origin *origin, bx_error *err)
{
    uint32_t flags, length;
    if (unpack_choice(in, 4, &flags, err) < 0 || unpack_list(in, &length, err) < 0)
        return -1;
    origin->read = flags & 1;
    origin->molecules = flags & 2;
    if (length == 0)
        return 0;
    origin->bytes = malloc(length);
    if (!origin->bytes)
        return bx_fail_memory(err);
    memcpy(origin->bytes, in->next, length);
    origin->length = length;
    in->next += length;
    in->left -= length;
    return 0;
}

static int unpack_parts(bx_unpacker *in, bx_process *process, bx_error *err)
{
    uint32_t free_values;
    if (unpack_choice(in, 2, &free_values, err) < 0)
        return -1;
    if (free_values)
        bx_process_free_values(process);
    if (unpack_values(in, process, bx_process_add_species, err) < 0 ||
        unpack_values(in, process, bx_process_add_parameter, err) < 0 ||
        unpack_each(in, process, unpack_rule, err) < 0 ||
        unpack_each(in, process, unpack_initial, err) < 0 ||
        unpack_each(in, process, unpack_reaction, err) < 0)
        return -1;
    if (unpack_each(in, process, unpack_event, err) < 0 ||
        unpack_each(in, process, unpack_fast, err) < 0)
        return -1;
    for (int phase = 0; phase < BX_PHASES; phase++) {
        bx_declared_steps *steps = &process->exchange[phase];
        if (unpack_assignments(in, &steps->steps, &steps->count, err) < 0)
            return -1;
        steps->capacity = steps->count;
    }
    return unpack_origin(in, &process->origin, err);
}

bx_process *bx_process_decode(bx_unpacker *in, bx_error *err)
{
    char *name = NULL;
    if (unpack_name(in, &name, err) < 0)
        return NULL;
    bx_process *process = bx_process_new(name, err);
    free(name);
    if (process && unpack_parts(in, process, err) == 0)
        return process;
    bx_process_free(process);
    return NULL;
}
