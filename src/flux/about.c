#include "flux/about.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bx_about_free(bx_about *about)
{
    free(about->records);
    *about = (bx_about){0};
}

int bx_about_fill(bx_about *about, const char *records, size_t length, bx_error *err)
{
    *about = (bx_about){0};
    if (length == 0)
        return 0;
    about->records = malloc(length);
    if (!about->records)
        return bx_fail_memory(err);
    memcpy(about->records, records, length);
    about->length = length;
    return 0;
}

int bx_about_copy(bx_about *to, const bx_about *from, bx_error *err)
{
    return bx_about_fill(to, from->records, from->length, err);
}

int bx_about_add(bx_about *about, bx_about_key key, const char *text, bx_error *err)
{
    size_t length = strlen(text) + 2;
    char *grown = realloc(about->records, about->length + length);
    if (!grown)
        return bx_fail_memory(err);
    about->records = grown;
    grown[about->length] = (char)key;
    memcpy(grown + about->length + 1, text, length - 1);
    about->length += length;
    return 0;
}

void bx_about_drop(bx_about *about, bx_about_key key)
{
    size_t kept = 0;
    for (size_t at = 0; at < about->length;) {
        size_t length = strlen(about->records + at) + 1;
        if (about->records[at] != (char)key) {
            memmove(about->records + kept, about->records + at, length);
            kept += length;
        }
        at += length;
    }
    about->length = kept;
}

int bx_about_set(bx_about *about, bx_about_key key, const char *text, bx_error *err)
{
    bx_about_drop(about, key);
    return text && *text ? bx_about_add(about, key, text, err) : 0;
}

const char *bx_about_next(const bx_about *about, bx_about_key key, const char *previous)
{
    size_t at = previous ? (size_t)(previous - about->records) + strlen(previous) + 1 : 0;
    while (at < about->length) {
        if (about->records[at] == (char)key)
            return about->records + at + 1;
        at += strlen(about->records + at) + 1;
    }
    return NULL;
}

const char *bx_about_get(const bx_about *about, bx_about_key key)
{
    return bx_about_next(about, key, NULL);
}

const char *bx_about_text(const bx_about *about, bx_about_key key)
{
    const char *text = bx_about_get(about, key);
    return text ? text : "";
}

/* ---- annotations ---- */

static bool is_upper(const char *text)
{
    bool letter = false;
    for (; *text; text++) {
        if (islower((unsigned char)*text))
            return false;
        letter = letter || isupper((unsigned char)*text);
    }
    return letter;
}

/* "CHEBI:17234" behind the host: the provider is "chebi", and its identifiers begin with it. */
static void split_uri(const char *path, bx_annotation *a)
{
    size_t length = 1 + strcspn(path + 1, ":/");
    snprintf(a->provider, sizeof a->provider, "%.*s", (int)length, path);
    if (!is_upper(a->provider)) {
        snprintf(a->identifier, sizeof a->identifier, "%s", path + length + 1);
        return;
    }
    snprintf(a->identifier, sizeof a->identifier, "%s:%s", a->provider, path + length + 1);
    for (char *c = a->provider; *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

bx_annotation bx_annotation_of(const char *text)
{
    bx_annotation a = {.provider = "uri"};
    size_t length = strcspn(text, " ");
    const char *uri = text + length + (text[length] == ' ');
    snprintf(a.qualifier, sizeof a.qualifier, "%.*s", (int)length, text);
    const char *path = strncmp(uri, "http://", 7) == 0    ? uri + 7
                       : strncmp(uri, "https://", 8) == 0 ? uri + 8
                                                          : "";
    size_t host = strlen("identifiers.org/");
    bool known = strncmp(path, "identifiers.org/", host) == 0 && path[host];
    size_t end = known ? 1 + strcspn(path + host + 1, ":/") : 0;
    if (known && path[host + end] && path[host + end + 1])
        split_uri(path + host, &a);
    if (*a.identifier && strcmp(a.provider, "sbo") != 0 && strcmp(a.provider, "uri") != 0)
        return a;
    snprintf(a.provider, sizeof a.provider, "uri");
    snprintf(a.identifier, sizeof a.identifier, "%s", uri);
    return a;
}

bool bx_annotation_fits(const char *qualifier, const char *provider, const char *identifier)
{
    return strlen(qualifier) < sizeof((bx_annotation *)0)->qualifier &&
           strlen(provider) < sizeof((bx_annotation *)0)->provider &&
           strlen(identifier) <= BX_ANNOTATION_LENGTH;
}

int bx_about_annotate(bx_about *about, const bx_annotation *a, bx_error *err)
{
    char text[sizeof *a + 64];
    if (strcmp(a->provider, "sbo") == 0)
        return bx_about_set(about, BX_ABOUT_SBO, a->identifier, err);
    if (strcmp(a->provider, "uri") == 0)
        snprintf(text, sizeof text, "%s %s", a->qualifier, a->identifier);
    else
        snprintf(text, sizeof text, "%s https://identifiers.org/%s/%s", a->qualifier, a->provider,
                 a->identifier);
    return bx_about_add(about, BX_ABOUT_ANNOTATION, text, err);
}

/* ---- notes ---- */

/* The next "<p ...>" or "<x:p ...>" from `at` on: what stands in it, and its end tag. */
static const char *find_paragraph(const char *at, const char **end)
{
    for (at = strchr(at, '<'); at; at = strchr(at + 1, '<')) {
        const char *name = at + 1, *close = strchr(name, '>');
        size_t length = strcspn(name, " \t\r\n>:/");
        if (name[length] == ':') {
            name += length + 1;
            length = strcspn(name, " \t\r\n>/");
        }
        if (!close || length != 1 || *name != 'p' || close[-1] == '/')
            continue;
        for (*end = strstr(close, "</"); *end; *end = strstr(*end + 1, "</")) {
            name = *end + 2;
            length = strcspn(name, ":>");
            name += name[length] == ':' ? length + 1 : 0;
            if (strncmp(name, "p>", 2) == 0)
                return close + 1;
        }
        return NULL;
    }
    return NULL;
}

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && isspace((unsigned char)**text)) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && isspace((unsigned char)(*text)[*length - 1]))
        (*length)--;
}

bool bx_notes_next(const char **at, bx_note *note)
{
    const char *end, *text;
    while ((text = find_paragraph(*at, &end))) {
        const char *colon = memchr(text, ':', (size_t)(end - text));
        *at = end;
        if (!colon)
            continue;
        *note = (bx_note){text, colon + 1, (size_t)(colon - text), (size_t)(end - colon - 1)};
        trim(&note->key, &note->key_length);
        trim(&note->text, &note->text_length);
        if (note->key_length > 0 && note->text_length > 0)
            return true;
    }
    return false;
}

const char *bx_notes_find(const char *notes, const char *word, size_t *length)
{
    bx_note note;
    const char *at = notes, *found = NULL;
    while (at && bx_notes_next(&at, &note))
        if (note.key_length == strlen(word) && strncmp(note.key, word, note.key_length) == 0) {
            found = note.text;
            *length = note.text_length;
        }
    return found;
}
