#include "flux/formula.h"

#include "core/number.h"

#include <math.h>
#include <string.h>

bool bx_is_element(const char *symbol)
{
    static const char elements[] =
        " H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As "
        "Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu "
        "Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np "
        "Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og ";
    size_t length = strlen(symbol);
    for (const char *at = strstr(elements, symbol); at && length > 0; at = strstr(at + 1, symbol))
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* A number, 1 where there is none; false for one that is none. */
static bool read_number(const char **at, double *number)
{
    char text[32], *end;
    size_t length = strspn(*at, "0123456789.");
    *number = 1;
    if (length == 0)
        return true;
    if (length >= sizeof text)
        return false;
    memcpy(text, *at, length);
    text[length] = '\0';
    *number = bx_number_read(text, &end);
    *at += length;
    return *end == '\0';
}

static bool add_symbol(bx_composition *to, const char *name, size_t length, double count)
{
    for (size_t i = 0; i < to->count; i++)
        if (strlen(to->symbols[i].name) == length &&
            strncmp(to->symbols[i].name, name, length) == 0) {
            to->symbols[i].count += count;
            return true;
        }
    if (to->count == BX_FORMULA_SYMBOLS)
        return false;
    bx_symbol *symbol = &to->symbols[to->count++];
    *symbol = (bx_symbol){.count = count};
    memcpy(symbol->name, name, length);
    return true;
}

static bool add_times(bx_composition *to, const bx_composition *part, double times)
{
    for (size_t i = 0; i < part->count; i++)
        if (!add_symbol(to, part->symbols[i].name, strlen(part->symbols[i].name),
                        times * part->symbols[i].count))
            return false;
    return true;
}

/* Up to the end, or behind the parenthesis that ends a part at some depth. */
static bool read_part(const char **at, int depth, bx_composition *to)
{
    double number;
    while (**at && **at != ')') {
        const char *name = *at;
        if (*name == '(') {
            bx_composition inner = {.count = 0};
            (*at)++;
            if (depth == BX_FORMULA_DEPTH || !read_part(at, depth + 1, &inner) ||
                !read_number(at, &number) || !add_times(to, &inner, number))
                return false;
            continue;
        }
        if (!(*name >= 'A' && *name <= 'Z'))
            return false;
        size_t length = is_small(name[1]) ? 2 : 1;
        *at += length;
        if (!read_number(at, &number) || !add_symbol(to, name, length, number))
            return false;
    }
    bool closed = **at == ')';
    *at += closed;
    return closed == (depth > 0);
}

bool bx_formula_read(const char *formula, bx_composition *composition)
{
    *composition = (bx_composition){.count = 0};
    return *formula && read_part(&formula, 0, composition);
}
