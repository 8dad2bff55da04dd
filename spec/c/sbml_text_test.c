/* SBML text to a document: what is read, and what hostile text comes to. */
#include "sbml/text.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "<?xml version='1.0' encoding='UTF-8'?><sbml xmlns='http://www.sbml.org/sbml/level3/version2/" \
    "core' level='3' version='2'>"

static int count_species(void *data, SBMLDocument_t *document, bx_error *err)
{
    (void)err;
    *(unsigned *)data = Model_getNumSpecies(SBMLDocument_getModel(document));
    return 0;
}

static int read_text(const char *text, unsigned *species, bx_error *err)
{
    bx_sbml_source source = {.text = text, .length = strlen(text)};
    return bx_sbml_with_document(&source, count_species, species, err);
}

static bool refused(const char *text, const char *why)
{
    bx_error err = {0};
    unsigned species = 0;
    return read_text(text, &species, &err) < 0 && err.code == BX_EMODEL &&
           strstr(err.message, why) != NULL;
}

static void a_model_is_read(void)
{
    bx_error err = {0};
    unsigned species = 0;
    CHECK(read_text(HEAD "<model id='m'><listOfCompartments><compartment id='c' size='1' "
                         "constant='true'/></listOfCompartments><listOfSpecies><species id='a' "
                         "compartment='c' hasOnlySubstanceUnits='false' boundaryCondition='false' "
                         "constant='false'/></listOfSpecies></model></sbml>",
                    &species, &err) == 0);
    CHECK(species == 1);
}

static void hostile_text_is_refused(void)
{
    CHECK(refused("", "this is empty"));
    CHECK(refused("hello", "this is no XML"));
    CHECK(refused(HEAD "<model id='m'>", "line 1"));
    CHECK(refused(HEAD "</sbml>", "no model"));
    CHECK(refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"));
    CHECK(refused("<sbml xmlns='urn:x'/>", "can't be read"));
}

/* `head`, then `tag` so many times. */
static bool refused_many(const char *head, const char *tag, size_t count, const char *why)
{
    size_t length = strlen(tag), begin = strlen(head);
    char *text = malloc(begin + count * length + 1);
    memcpy(text, head, begin);
    for (size_t i = 0; i < count; i++)
        memcpy(text + begin + i * length, tag, length);
    text[begin + count * length] = '\0';
    bool result = refused(text, why);
    free(text);
    return result;
}

/* What libSBML would take by recursion; attributes and comments do not hide it, nor are they it. */
static void sizes_are_bounded(void)
{
    CHECK(refused_many("", "<a>", 2001, "2000 deep"));
    CHECK(refused_many("", "<a b='/>'>", 2001, "2000 deep"));
    CHECK(refused_many("", "<a b='>'/>", 2001, "can't be read"));
    CHECK(refused_many("", "<a></a>", 2001, "can't be read"));
    CHECK(refused_many("<x>", "<!-- <a> -->", 2001, "can't be read"));
    CHECK(refused_many("", "<a><?q </b>?>", 2001, "2000 deep"));
    CHECK(refused_many("", "<a><![CDATA[</b>]]>", 2001, "2000 deep"));
    CHECK(refused_many("", "<a><!--> </b> -->", 2001, "2000 deep"));
    CHECK(refused_many("<x>", "<?q <a>?>", 2001, "can't be read"));
    CHECK(refused_many("<x>", "<![CDATA[<a>]]>", 2001, "can't be read"));
    CHECK(refused_many("<x><math>", "<?q </math>?><pi/>", 100001, "100000 elements"));
    CHECK(refused_many("<x><math>", "<![CDATA[</math>]]><pi/>", 100001, "100000 elements"));
    CHECK(refused_many("<x><math>", "<!--></math>--><pi/>", 100001, "100000 elements"));
    CHECK(refused_many("<x><math>", "<pi/>", 100001, "100000 elements"));
    CHECK(refused_many("<m:math xmlns='y'>", "<pi/>", 100001, "100000 elements"));
    CHECK(refused_many("<x><math/>", "<pi/>", 100001, "can't be read"));
    CHECK(refused_many("<x><math></math>", "<pi/>", 100001, "can't be read"));
}

int main(void)
{
    RUN(a_model_is_read);
    RUN(hostile_text_is_refused);
    RUN(sizes_are_bounded);
    return test_end();
}
