/* SBML text to a document: what is read, and what hostile text comes to. */
#include "sbml/text.h"
#include "test.h"

#include <stdio.h>
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
    CHECK(refused_many("<listOf><math/>", "<pi/>", 100001, "can't be read"));
    CHECK(refused_many("<listOf><math></math>", "<pi/>", 100001, "can't be read"));
}

/* What libSBML would take with the square of its number. */
static void parts_are_bounded_with_their_element_and_line(void)
{
    static const char much[] = "line 2: element <b>: it has more than 500 attributes";
    char text[40 * 501] = "<a>\n<x:b";
    for (int i = 0; i < 501; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 i % 2 ? " c%d='>'" : " xmlns:c%d=\"'\"", i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "/>");
    CHECK(refused(text, much));
    CHECK(refused_many("<a>\n<m>", "<b/>", 10001,
                       "line 2: element <m>: it has more than 10000 parts"));
    CHECK(refused_many("<a><listOf>", "<b/>", 10001, "can't be read"));
    CHECK(refused_many("<a><math><apply>", "<b/>", 10001, "can't be read"));
    CHECK(refused_many("<a>\n\n<math><lambda>", "<b/>", 1001,
                       "line 3: element <lambda>: it has more than 1000 parts"));
    CHECK(refused_many("<a><notes>\n", "<b>", 101,
                       "line 1: element <notes>: elements nest more than 100 deep in it"));
    CHECK(refused_many("<a><math><annotation-xml>", "<b>", 101, "100 deep"));
    CHECK(refused_many("<a><message>", "<b>", 101, "100 deep"));
    CHECK(refused_many("<a><notes>", "<b/>", 10001, "can't be read"));
}

/* Nothing reads annotations: what is in one, right or wrong, is not there; lines stay. */
static void annotations_are_left_out(void)
{
    bx_error err = {0};
    unsigned species = 0;
    CHECK(read_text(HEAD "<annotation><a xmlns='urn:a'/><a xmlns='urn:a'/></annotation>"
                         "<model id='m'><annotation/><annotation><annotation>"
                         "<![CDATA[</annotation>]]></annotation><no:where b='>'/></annotation>"
                         "<listOfCompartments><compartment id='c' size='1' constant='true'>"
                         "<s:annotation><s:annotation></s:annotation></s:annotation></compartment>"
                         "</listOfCompartments><listOfSpecies><species id='a' compartment='c' "
                         "hasOnlySubstanceUnits='false' boundaryCondition='false' "
                         "constant='false'/></listOfSpecies></model></sbml>",
                    &species, &err) == 0);
    CHECK(species == 1);
    CHECK(refused(HEAD "<model id='m'><annotation>\n<a/>\r\n\n</annotation></x>",
                  "line 4, column 18"));
    CHECK(refused(HEAD "<model id='m'><annotation></x></model></sbml>", "can't be read"));
    CHECK(refused(HEAD "<model id='m'><annotation></model></sbml>", "can't be read"));
    CHECK(refused(HEAD "<model id='m'></annotation></model></sbml>", "can't be read"));
}

/* A model within models, each twice: of all that come of it there are as many as this. */
static void hierarchies_are_bounded(void)
{
    static const char package[] = "http://www.sbml.org/sbml/level3/version1/comp/version1";
    char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "<?xml version='1.0' encoding='UTF-8'?><sbml xmlns='http://"
                                   "www.sbml.org/sbml/level3/version1/core' level='3' version='1' "
                                   "xmlns:comp='%s' comp:required='true'><model id='m'>"
                                   "<comp:listOfSubmodels><comp:submodel comp:id='a' "
                                   "comp:modelRef='d0'/></comp:listOfSubmodels></model>"
                                   "<comp:listOfModelDefinitions>",
                                   package);
    for (int i = 0; i < 20; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "<comp:modelDefinition id='d%d'><comp:listOfSubmodels>"
                                 "<comp:submodel comp:id='a' comp:modelRef='d%d'/><comp:submodel "
                                 "comp:id='b' comp:modelRef='d%d'/></comp:listOfSubmodels>"
                                 "</comp:modelDefinition>",
                                 i, i + 1, i + 1);
    snprintf(text + used, sizeof text - used,
             "<comp:modelDefinition id='d20'/></comp:listOfModelDefinitions></sbml>");
    CHECK(refused(text, "with its submodels (comp) the model has more than 20000 elements"));
}

int main(void)
{
    RUN(a_model_is_read);
    RUN(hostile_text_is_refused);
    RUN(sizes_are_bounded);
    RUN(parts_are_bounded_with_their_element_and_line);
    RUN(annotations_are_left_out);
    RUN(hierarchies_are_bounded);
    return test_end();
}
