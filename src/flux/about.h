/* What is said of a model or one of its parts beyond what is computed: texts by key, in order; of
 * some keys there may be several. */
#ifndef BX_FLUX_ABOUT_H
#define BX_FLUX_ABOUT_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum bx_about_key {
    BX_ABOUT_ID =
        1, /* of the model or a group; of a gene its id in SBML where it has another name */
    BX_ABOUT_NAME,
    BX_ABOUT_COMPARTMENT, /* of a metabolite; of the model: id, tab, name; several */
    BX_ABOUT_FORMULA,
    BX_ABOUT_CHARGE,
    BX_ABOUT_SUBSYSTEM,
    BX_ABOUT_KIND,       /* of a group: "partonomy", ... */
    BX_ABOUT_MEMBER,     /* of a group: an id in SBML; several */
    BX_ABOUT_SBO,        /* "SBO:0000176" */
    BX_ABOUT_NOTES,      /* XHTML */
    BX_ABOUT_ANNOTATION, /* a qualifier, a space and an URI; several */
    BX_ABOUT_OBJECTIVE   /* of the model: the id of its objective at work */
} bx_about_key;

/* A zeroed one says nothing. Each record is a byte for the key, the text and a zero byte. */
typedef struct bx_about {
    char *records;
    size_t length;
} bx_about;

void bx_about_free(bx_about *about);

/* -1 without memory. */
int bx_about_copy(bx_about *to, const bx_about *from, bx_error *err);
int bx_about_add(bx_about *about, bx_about_key key, const char *text, bx_error *err);

/* All of it, from whole records. */
int bx_about_fill(bx_about *about, const char *records, size_t length, bx_error *err);

/* The only one of its key; NULL or "" takes it away. */
int bx_about_set(bx_about *about, bx_about_key key, const char *text, bx_error *err);

/* Take away all of a key. */
void bx_about_drop(bx_about *about, bx_about_key key);

/* The text of a key, the one behind `previous`, which NULL begins; NULL at the end. */
const char *bx_about_next(const bx_about *about, bx_about_key key, const char *previous);

/* The first, or NULL. */
const char *bx_about_get(const bx_about *about, bx_about_key key);

/* The same, "" for none. */
const char *bx_about_text(const bx_about *about, bx_about_key key);

/* An annotation as cobrapy has it: qualifier, provider and identifier from
 * "is https://identifiers.org/kegg.compound/C00031"; an URI elsewhere is the identifier of the
 * provider "uri", and so is one of "sbo", which stands for the attribute. Longer ones are none. */
typedef struct bx_annotation {
    char qualifier[32], provider[128];
    char identifier[1160];
} bx_annotation;
#define BX_ANNOTATION_LENGTH 1000 /* of an identifier or URI */

bx_annotation bx_annotation_of(const char *text);
int bx_about_annotate(bx_about *about, const bx_annotation *annotation, bx_error *err);

/* Whether there is room for them in an annotation. */
bool bx_annotation_fits(const char *qualifier, const char *provider, const char *identifier);

/* What notes say of a word, "<p>WORD: text</p>": its beginning and length, or NULL. */
const char *bx_notes_find(const char *notes, const char *word, size_t *length);

/* One <p>key: text</p> after the other: from `*at` on, which moves behind it. False at the end. */
typedef struct bx_note {
    const char *key, *text;
    size_t key_length, text_length;
} bx_note;
bool bx_notes_next(const char **at, bx_note *note);

#endif
