#include "flux/identifiers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const prefixes[] = {
    [BX_FBA_METABOLITE] = "M_", [BX_FBA_REACTION] = "R_", [BX_FBA_GENE] = "G_"};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool bx_is_sbml_id(const char *id)
{
    size_t length = strlen(id);
    for (size_t i = 0; i < length; i++)
        if (!is_word(id[i]))
            return false;
    return length > 0 && !(*id >= '0' && *id <= '9');
}

/* The code point at `*text`, which moves behind it; U+FFFD for a byte that begins none. */
static uint32_t take_point(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    int more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0 ? 1 : 0;
    uint32_t point = more ? *at & (0x3f >> more) : *at < 0x80 ? *at : 0xfffd;
    (*text)++;
    for (int i = 1; i <= more; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0xfffd;
        point = point << 6 | (at[i] & 0x3f);
    }
    *text += more;
    return point;
}

static char *put_point(char *to, uint32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xc0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *to++ = (char)(0xe0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    } else {
        *to++ = (char)(0xf0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3f));
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    }
    return to;
}

char *bx_encode_sbml_id(const char *prefix, const char *id)
{
    char *text = malloc(strlen(prefix) + 12 * strlen(id) + 1), *to = text;
    if (!text)
        return NULL;
    to += sprintf(to, "%s", prefix);
    while (*id) {
        if (is_word(*id))
            *to++ = *id++;
        else
            to += sprintf(to, "__%u__", (unsigned)take_point(&id));
    }
    *to = '\0';
    return text;
}

/* "__46__" at the beginning: its length and the code point; 0 for none. */
static size_t find_code(const char *text, uint32_t *point)
{
    char *end;
    if (strncmp(text, "__", 2) != 0 || !(text[2] >= '0' && text[2] <= '9'))
        return 0;
    unsigned long number = strtoul(text + 2, &end, 10);
    bool known = number > 0 && number <= 0x10ffff && !(number >= 0xd800 && number < 0xe000);
    *point = (uint32_t)number;
    return known && strncmp(end, "__", 2) == 0 ? (size_t)(end + 2 - text) : 0;
}

static char *decode(const char *prefix, const char *id)
{
    static const char dot[] = "__SBML_DOT__";
    char *text = malloc(strlen(id) + 1), *to = text;
    bool gene = strcmp(prefix, "G_") == 0;
    if (!text)
        return NULL;
    while (*id) {
        uint32_t point;
        size_t length = find_code(id, &point);
        if (gene && strncmp(id, dot, strlen(dot)) == 0) {
            *to++ = '.';
            id += strlen(dot);
        } else if (length > 0) {
            to = put_point(to, point);
            id += length;
        } else {
            *to++ = *id++;
        }
    }
    *to = '\0';
    size_t cut = strncmp(text, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    memmove(text, text + cut, strlen(text + cut) + 1);
    return text;
}

static const char *id_of(const bx_fba *fba, bx_fba_kind kind, size_t item)
{
    return kind == BX_FBA_METABOLITE ? bx_fba_metabolite_id(fba, item)
           : kind == BX_FBA_REACTION ? bx_fba_reaction_id(fba, item)
                                     : bx_fba_gene_id(fba, item);
}

/* The id as the file of SBML has it, or NULL where the model's is another. */
static const char *own_sbml_id(const bx_fba *fba, bx_fba_kind kind, size_t item)
{
    const char *id = id_of(fba, kind, item), *kept = NULL;
    if (!bx_fba_has_sbml_ids(fba))
        return NULL;
    if (kind == BX_FBA_GENE) {
        kept = bx_about_get(bx_fba_about(fba, kind, item), BX_ABOUT_ID);
        if (!kept && strncmp(id, "G_", 2) != 0)
            return NULL;
    }
    id = kept ? kept : id;
    return bx_is_sbml_id(id) ? id : NULL;
}

char *bx_fba_sbml_id(const bx_fba *fba, bx_fba_kind kind, size_t item)
{
    const char *own = own_sbml_id(fba, kind, item);
    return own ? strdup(own) : bx_encode_sbml_id(prefixes[kind], id_of(fba, kind, item));
}

char *bx_fba_cobra_id(const bx_fba *fba, bx_fba_kind kind, size_t item)
{
    const char *own = own_sbml_id(fba, kind, item);
    return own ? decode(prefixes[kind], own) : strdup(id_of(fba, kind, item));
}
