#include "sbml/law.h"

#include "model/builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nodes stand behind their operands, so that a walk from the last to the first meets an operator
 * before what it takes: what holds for its operands is noted on the way. */

/* ---- copies ---- */

static void copy_node(bx_builder *builder, const bx_formula *from, size_t i)
{
    const bx_node *node = &from->nodes[i];
    if (node->op == BX_OP_NUMBER)
        bx_builder_number(builder, node->number);
    else if (node->op == BX_OP_NAME)
        bx_builder_name(builder, from->names[node->a].text, 0, 0);
    else
        bx_builder_apply(builder, node->op);
}

static void copy(bx_builder *builder, const bx_formula *from, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        copy_node(builder, from, i);
}

bx_formula *bx_law_times(const bx_formula *law, double factor, bx_error *err)
{
    bx_builder builder = {.err = err};
    copy(&builder, law, 0, law->count);
    if (factor != 1) {
        bx_builder_number(&builder, factor);
        bx_builder_apply(&builder, BX_OP_MULTIPLY);
    }
    return bx_builder_end(&builder);
}

/* ---- factors ---- */

/* Of each factor of the product that the formula is, its power; 0 for all other nodes, and for
 * products themselves unless they stand for a factor as a whole. */
static double *powers_of(const bx_formula *law, bx_error *err)
{
    double *powers = calloc(law->count, sizeof *powers);
    if (!powers) {
        bx_fail_memory(err);
        return NULL;
    }
    powers[law->count - 1] = 1;
    for (size_t i = law->count; i-- > 0;) {
        const bx_node *node = &law->nodes[i];
        double power = powers[i];
        bool raises = node->op == BX_OP_POWER && law->nodes[node->b].op == BX_OP_NUMBER;
        if (power == 0 || !(node->op == BX_OP_MULTIPLY || node->op == BX_OP_DIVIDE || raises))
            continue;
        powers[i] = 0;
        powers[node->a] = raises ? power * law->nodes[node->b].number : power;
        if (!raises)
            powers[node->b] = node->op == BX_OP_DIVIDE ? -power : power;
    }
    return powers;
}

/* ---- nets ---- */

/* Whether a product begins with something negative, as in -k A. */
static bool begins_negative(const bx_formula *law, size_t i)
{
    while (law->nodes[i].op == BX_OP_MULTIPLY || law->nodes[i].op == BX_OP_DIVIDE)
        i = law->nodes[i].a;
    return law->nodes[i].op == BX_OP_NEGATE ||
           (law->nodes[i].op == BX_OP_NUMBER && law->nodes[i].number < 0);
}

/* Of each term of a sum its sign, doubled where the term itself has it, and 0 for all other nodes.
 * They lie from `begin` on. */
static void find_signs(const bx_formula *law, size_t begin, size_t sum, signed char *signs)
{
    signs[sum] = 1;
    for (size_t i = sum + 1; i-- > begin;) {
        const bx_node *node = &law->nodes[i];
        signed char sign = signs[i];
        bool joins = node->op == BX_OP_ADD || node->op == BX_OP_SUBTRACT;
        if (sign == 0)
            continue;
        if (!joins && node->op != BX_OP_NEGATE) {
            signs[i] = (signed char)(begins_negative(law, i) ? -2 * sign : sign);
            continue;
        }
        signs[i] = 0;
        signs[node->a] = (signed char)(joins ? sign : -sign);
        if (joins)
            signs[node->b] = (signed char)(node->op == BX_OP_SUBTRACT ? -sign : sign);
    }
}

/* The reactant that a node names, or the end. */
static size_t find_reactant(const bx_formula *law, size_t node, const bx_law_side *side)
{
    if (law->nodes[node].op != BX_OP_NAME)
        return side->count;
    size_t found = bx_names_find(&side->places, law->names[law->nodes[node].a].text);
    return found == BX_NAME_NONE ? side->count : found;
}

/* A catalyst is on the other side, too. */
static bool is_used_up(const bx_law_reactant *reactant, const bx_law_side *other)
{
    size_t place = bx_names_find(&other->places, reactant->name);
    return place == BX_NAME_NONE || reactant->order > other->reactants[place].order;
}

static size_t count_used_up(const bx_law_side *side, const bx_law_side *other)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++)
        count += is_used_up(&side->reactants[i], other);
    return count;
}

/* A law that may be a net, with room to work in. */
typedef struct net {
    const bx_formula *law;
    const bx_law_side *sides[2];
    size_t wanted[2];   /* how many each side loses */
    signed char *signs; /* zeroes */
    size_t *seen;       /* reactant -> the term, plus 1, in which it was last seen */
} net;

/* Whether a term names all that a side loses. */
static bool names_all(const net *n, size_t term, bool right)
{
    size_t found = 0;
    const bx_law_side *side = n->sides[right];
    for (size_t i = bx_formula_begin(n->law, term); i <= term; i++) {
        size_t reactant = find_reactant(n->law, i, side);
        if (reactant == side->count || n->seen[reactant] == term + 1)
            continue;
        n->seen[reactant] = term + 1;
        found += is_used_up(&side->reactants[reactant], n->sides[!right]);
    }
    return found == n->wanted[right];
}

static bool has_both_rates(const net *n, size_t sum)
{
    bool forward = false, backward = false, named = true;
    size_t begin = bx_formula_begin(n->law, sum);
    find_signs(n->law, begin, sum, n->signs);
    for (size_t i = begin; i <= sum; i++) {
        forward = forward || n->signs[i] > 0;
        backward = backward || n->signs[i] < 0;
        named = named && (n->signs[i] == 0 || names_all(n, i, n->signs[i] < 0));
        n->signs[i] = 0;
    }
    return forward && backward && named;
}

int bx_law_is_net(const bx_formula *law, const bx_law_side *left, const bx_law_side *right,
                  size_t *sum, bx_error *err)
{
    int found = 0;
    double *powers = powers_of(law, err);
    net n = {.law = law,
             .sides = {left, right},
             .wanted = {count_used_up(left, right), count_used_up(right, left)},
             .signs = calloc(law->count, 1),
             .seen = calloc(left->count + right->count + 1, sizeof *n.seen)};
    bool ready = powers && n.signs && n.seen;
    for (size_t i = 0; ready && i < law->count; i++) {
        if (powers[i] != 1 || !has_both_rates(&n, i))
            continue;
        *sum = i;
        found++;
    }
    if (!ready)
        bx_fail_memory(err);
    free(powers);
    free(n.signs);
    free(n.seen);
    return ready ? found == 1 : -1;
}

bx_formula *bx_law_direction(const bx_formula *law, size_t sum, bool backward, bx_error *err)
{
    bx_builder builder = {.err = err};
    signed char *signs = calloc(law->count, 1);
    if (!signs) {
        bx_fail_memory(err);
        return NULL;
    }
    bool first = true;
    size_t begin = bx_formula_begin(law, sum);
    find_signs(law, begin, sum, signs);
    copy(&builder, law, 0, begin);
    for (size_t i = begin; i <= sum; i++) {
        if (signs[i] == 0 || (signs[i] < 0) != backward)
            continue;
        copy(&builder, law, bx_formula_begin(law, i), i + 1);
        if (abs(signs[i]) == 2)
            bx_builder_apply(&builder, BX_OP_NEGATE);
        if (!first)
            bx_builder_apply(&builder, BX_OP_ADD);
        first = false;
    }
    copy(&builder, law, sum + 1, law->count);
    free(signs);
    return bx_builder_end(&builder);
}

/* ---- mass action ---- */

/* Whether reactants are factors, each with its order for power, and nowhere else. */
static bool is_product(const bx_formula *law, const double *powers, const bx_law_side *left,
                       double *found)
{
    for (size_t i = 0; i < law->count; i++) {
        size_t reactant = find_reactant(law, i, left);
        if (reactant == left->count)
            continue;
        if (powers[i] == 0)
            return false;
        found[reactant] += powers[i];
    }
    for (size_t i = 0; i < left->count; i++)
        if (found[i] != left->reactants[i].order || found[i] != floor(found[i]))
            return false;
    return true;
}

/* The law with each reactant as of one molecule. */
static bx_formula *of_one_molecule(const bx_formula *law, const bx_law_side *left, bx_error *err)
{
    bx_builder builder = {.err = err};
    for (size_t i = 0; i < law->count; i++) {
        size_t reactant = find_reactant(law, i, left);
        if (reactant == left->count) {
            copy_node(&builder, law, i);
            continue;
        }
        bx_builder_number(&builder, 1);
        if (!left->reactants[reactant].divisor)
            continue;
        bx_builder_name(&builder, left->reactants[reactant].divisor, 0, 0);
        bx_builder_apply(&builder, BX_OP_DIVIDE);
    }
    return bx_builder_end(&builder);
}

int bx_law_mass_action(const bx_formula *law, const bx_law_side *left, bx_formula **k,
                       bx_error *err)
{
    double *powers = powers_of(law, err);
    double *found = calloc(left->count + 1, sizeof *found);
    int result = powers && found ? 0 : -1;
    if (powers && !found)
        bx_fail_memory(err);
    *k = NULL;
    if (result == 0 && is_product(law, powers, left, found)) {
        *k = of_one_molecule(law, left, err);
        result = *k ? 0 : -1;
    }
    free(powers);
    free(found);
    return result;
}
