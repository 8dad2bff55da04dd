#include "sbml/about.h"

extern "C" {
#include "core/names.h"
#include "flux/gene_rule.h"
}

#include <cstdlib>
#include <cstring>

namespace sbml
{

void say(std::string &about, bx_about_key key, const std::string &text)
{
    if (text.empty())
        return;
    about += static_cast<char>(key);
    about.append(text.c_str());
    about += '\0';
}

int give(bx_fba *fba, bx_fba_kind kind, size_t item, const std::string &about, bx_error *err)
{
    if (about.empty())
        return 0;
    bx_about *to = bx_fba_change_about(fba, kind, item, err);
    if (!to)
        return -1;
    bx_about_free(to);
    return bx_about_fill(to, about.data(), about.size(), err);
}

int give_group(bx_fba *fba, const std::string &about, bx_error *err)
{
    return bx_fba_add_group(fba, err) < 0
               ? -1
               : give(fba, BX_FBA_GROUP, bx_fba_groups(fba) - 1, about, err);
}

int give_gene(bx_fba *fba, const std::string &name, const std::string &about, bx_error *err)
{
    if (name.size() > BX_NAME_LENGTH || !bx_rule_can_name(name.c_str()))
        return 0;
    size_t gene = bx_fba_add_gene(fba, name.c_str(), err);
    return gene == BX_FBA_NONE ? -1 : give(fba, BX_FBA_GENE, gene, about, err);
}

static std::string noted(const bx_about *about, const char *word)
{
    size_t length;
    const char *notes = bx_about_get(about, BX_ABOUT_NOTES);
    const char *text = notes ? bx_notes_find(notes, word, &length) : nullptr;
    return text ? std::string(text, length) : "";
}

static int settle_metabolite(bx_fba *fba, size_t i, bx_error *err)
{
    const bx_about *about = bx_fba_about(fba, BX_FBA_METABOLITE, i);
    if (!bx_about_get(about, BX_ABOUT_NOTES))
        return 0;
    bx_about *to = bx_fba_change_about(fba, BX_FBA_METABOLITE, i, err);
    std::string formula = noted(about, "FORMULA"), charge = noted(about, "CHARGE");
    char *end;
    if (!to)
        return -1;
    if (!formula.empty() && !bx_about_get(to, BX_ABOUT_FORMULA) &&
        bx_about_set(to, BX_ABOUT_FORMULA, formula.c_str(), err) < 0)
        return -1;
    std::strtol(charge.c_str(), &end, 10);
    bool integer = !charge.empty() && charge.size() < 10 && *end == '\0';
    return integer && !bx_about_get(to, BX_ABOUT_CHARGE)
               ? bx_about_set(to, BX_ABOUT_CHARGE, charge.c_str(), err)
               : 0;
}

static int set_subsystem(bx_fba *fba, size_t reaction, const char *name, bx_error *err)
{
    bx_about *about = bx_fba_change_about(fba, BX_FBA_REACTION, reaction, err);
    return about ? bx_about_set(about, BX_ABOUT_SUBSYSTEM, name, err) : -1;
}

static int settle_group(bx_fba *fba, size_t i, bx_error *err)
{
    const bx_about *about = bx_fba_about(fba, BX_FBA_GROUP, i);
    const char *name = bx_about_get(about, BX_ABOUT_NAME), *member = nullptr;
    while (name && (member = bx_about_next(about, BX_ABOUT_MEMBER, member))) {
        size_t reaction = bx_fba_find_reaction(fba, member);
        if (reaction != BX_FBA_NONE && set_subsystem(fba, reaction, name, err) < 0)
            return -1;
    }
    return 0;
}

int settle_about(bx_fba *fba, bx_error *err)
{
    for (size_t i = 0; i < bx_fba_metabolites(fba); i++)
        if (settle_metabolite(fba, i, err) < 0)
            return -1;
    for (size_t i = 0; i < bx_fba_groups(fba); i++)
        if (settle_group(fba, i, err) < 0)
            return -1;
    for (size_t r = 0; r < bx_fba_reactions(fba) && bx_fba_groups(fba) == 0; r++) {
        std::string name = noted(bx_fba_about(fba, BX_FBA_REACTION, r), "SUBSYSTEM");
        if (!name.empty() && set_subsystem(fba, r, name.c_str(), err) < 0)
            return -1;
    }
    return 0;
}

} // namespace sbml
