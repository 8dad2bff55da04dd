/* Whether a model's reactions are balanced, and what leads nowhere or runs of itself. */
#include "flux/consistency.h"

#include "core/number.h"
#include "flux/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of terms as they are in decimal: so much of their size is rounding. */
#define ROUNDING 1e-9

/* Terms of SBO for what is no reaction of matter: exchange, demand, biomass, pseudoreaction, sink;
 * the same as in cobrapy. */
static bool is_exempt(const bx_about *about)
{
    static const char *const terms[] = {"SBO:0000627", "SBO:0000628", "SBO:0000629", "SBO:0000631",
                                        "SBO:0000632"};
    const char *sbo = bx_about_text(about, BX_ABOUT_SBO);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (strcmp(sbo, terms[i]) == 0)
            return true;
    return false;
}

/* Whether all balanced metabolites of a reaction stand on one side: an exchange, a demand, a sink;
 * or there are none. */
static bool is_one_sided(const bx_fba *fba, size_t r)
{
    const bx_fba_column *reaction = &fba->reactions[r];
    bool makes = false, uses = false;
    for (size_t k = 0; k < reaction->entry_count; k++) {
        const bx_fba_entry *entry = &reaction->entries[k];
        if (fba->metabolites[entry->metabolite].boundary)
            continue;
        makes = makes || entry->coefficient > 0;
        uses = uses || entry->coefficient < 0;
    }
    return !(makes && uses);
}

/* ---- mass and charge ---- */

typedef struct total {
    char name[3];
    double sum, size;
} total;

static void add_to(total *totals, size_t *count, const char *name, double amount)
{
    size_t i = 0;
    while (i < *count && strcmp(totals[i].name, name) != 0)
        i++;
    if (i == *count) {
        totals[(*count)++] = (total){{0}, 0, 0};
        memcpy(totals[i].name, name, sizeof totals[i].name);
    }
    totals[i].sum += amount;
    totals[i].size += fabs(amount);
}

static bool is_off(double sum, double size)
{
    return fabs(sum) > ROUNDING * size;
}

/* The charge of a metabolite, if it has one. */
static bool charge_of(const bx_fba_metabolite *metabolite, double *charge)
{
    char *end;
    const char *text = bx_about_get(&metabolite->about, BX_ABOUT_CHARGE);
    *charge = text ? bx_number_read(text, &end) : 0;
    return text && *end == '\0' && isfinite(*charge);
}

static void check_charge(const bx_fba *fba, const bx_fba_column *reaction, bx_fba_balance *to)
{
    double sum = 0, size = 0;
    for (size_t k = 0; k < reaction->entry_count && to->no_charge == BX_FBA_NONE; k++) {
        const bx_fba_entry *entry = &reaction->entries[k];
        double charge;
        if (!charge_of(&fba->metabolites[entry->metabolite], &charge))
            to->no_charge = entry->metabolite;
        sum += entry->coefficient * charge;
        size += fabs(entry->coefficient * charge);
    }
    to->charge = to->no_charge == BX_FBA_NONE && is_off(sum, size) ? sum : 0;
}

/* Every symbol of a reaction: at most so many of each of its metabolites. */
static int check_mass(const bx_fba *fba, const bx_fba_column *reaction, bx_fba_balance *to,
                      bx_error *err)
{
    total *totals = calloc(reaction->entry_count * BX_FORMULA_SYMBOLS + 1, sizeof *totals);
    size_t count = 0;
    if (!totals)
        return bx_fail_memory(err);
    for (size_t k = 0; k < reaction->entry_count && to->no_formula == BX_FBA_NONE; k++) {
        const bx_fba_entry *entry = &reaction->entries[k];
        const bx_about *about = &fba->metabolites[entry->metabolite].about;
        bx_composition composition;
        if (!bx_formula_read(bx_about_text(about, BX_ABOUT_FORMULA), &composition)) {
            to->no_formula = entry->metabolite;
            break;
        }
        for (size_t i = 0; i < composition.count; i++)
            add_to(totals, &count, composition.symbols[i].name,
                   entry->coefficient * composition.symbols[i].count);
    }
    for (size_t i = 0; i < count && to->no_formula == BX_FBA_NONE; i++)
        if (is_off(totals[i].sum, totals[i].size) && to->count < BX_FBA_OFF) {
            bx_symbol *off = &to->off[to->count++];
            memcpy(off->name, totals[i].name, sizeof off->name);
            off->count = totals[i].sum;
        }
    free(totals);
    return 0;
}

int bx_fba_check_balance(const bx_fba *fba, size_t r, bx_fba_balance *to, bx_error *err)
{
    const bx_fba_column *reaction = &fba->reactions[r];
    *to = (bx_fba_balance){.no_formula = BX_FBA_NONE, .no_charge = BX_FBA_NONE};
    to->exempt = is_exempt(&reaction->about) || is_one_sided(fba, r);
    if (to->exempt)
        return 0;
    check_charge(fba, reaction, to);
    return check_mass(fba, reaction, to, err);
}

/* ---- loops ---- */

static void close_model(bx_fba *fba)
{
    bx_fba_clear_objective(fba);
    for (size_t r = 0; r < fba->reaction_count; r++) {
        bx_fba_column *reaction = &fba->reactions[r];
        bool open = is_one_sided(fba, r);
        reaction->lower = open ? 0 : fmin(reaction->lower, 0);
        reaction->upper = open ? 0 : fmax(reaction->upper, 0);
    }
}

int bx_fba_loops(bx_fba *fba, bx_fba_status *status, double *least, double *greatest, bx_error *err)
{
    size_t *all = calloc(fba->reaction_count + 1, sizeof *all);
    bx_fba_state *before = all ? bx_fba_save(fba, err) : NULL;
    if (!before) {
        free(all);
        return bx_fail_memory(err);
    }
    for (size_t r = 0; r < fba->reaction_count; r++)
        all[r] = r;
    close_model(fba);
    int result = bx_fba_variability(fba, all, fba->reaction_count, 1, status, least, greatest, err);
    bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    free(all);
    return result;
}
