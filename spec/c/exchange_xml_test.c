/* Documents that are looked into by XPath and changed. */
#include "exchange/xml.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static bx_xml *read(const char *text, bx_error *err)
{
    return bx_xml_read(text, strlen(text), err);
}

/* The only element that a path finds; NULL where there is not one. */
static xmlNode *only(const bx_xml *xml, const char *path)
{
    static const bx_xml_prefix prefixes[] = {{"m", "urn:model"}, {"f", "urn:foreign"}};
    xmlNode **nodes, *node = NULL;
    size_t found;
    bx_error err;
    if (bx_xml_select(xml, path, prefixes, 2, &nodes, &found, &err) < 0)
        return NULL;
    if (found == 1)
        node = nodes[0];
    free((void *)nodes);
    return node;
}

static void check_text(const bx_xml *xml, const char *wanted)
{
    bx_buffer text = {0};
    bx_error err;
    CHECK(bx_xml_write(xml, &text, &err) == 0);
    bx_buffer_append(&text, "", 1);
    const char *body = strstr((const char *)text.data, "?>\n");
    CHECK_TEXT(body ? body + 3 : "", wanted);
    bx_buffer_free(&text);
}

static void refuses_types_and_tells_where_the_text_breaks_off(void)
{
    static const char *const typed[] = {
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<?xml version='1.0'?><!DOCTYPE a><a/>",
    };
    bx_error err;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        CHECK(!read(typed[i], &err));
        CHECK(strstr(err.message, "document type"));
    }
    CHECK(!read("<a>\n <b></a>", &err));
    CHECK(strstr(err.message, "line 2, column"));
    CHECK(!read("", &err) && err.code == BX_EMODEL);
    char deep[3001] = "";
    for (int i = 0; i < 1000; i++)
        strcpy(deep + 3 * i, "<a>");
    CHECK(!read(deep, &err) && err.code == BX_EMODEL);
}

static void finds_elements_within_bounds(void)
{
    bx_error err;
    xmlNode **nodes;
    size_t found;
    bx_xml *xml = read("<a xmlns='urn:model'><b id='1'/><b id='2'/></a>", &err);
    CHECK(only(xml, "/m:a/m:b[@id='2']"));
    CHECK(!only(xml, "//b"));
    CHECK(bx_xml_select(xml, "//*", NULL, 0, &nodes, &found, &err) == 0 && found == 3);
    free((void *)nodes);
    static const char *const bad[] = {"/m:a[", "/x:a", "count(//*)", "//@id", "", "unknown()"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(bx_xml_select(xml, bad[i], NULL, 0, &nodes, &found, &err) < 0 &&
              err.code == BX_EMODEL);
    char path[600] = "";
    for (int i = 0; i < 20; i++)
        strcat(path, "//*[count(");
    strcat(path, "//*");
    for (int i = 0; i < 20; i++)
        strcat(path, ")]");
    CHECK(bx_xml_select(xml, path, NULL, 0, &nodes, &found, &err) < 0);
    CHECK(strstr(err.message, "too many steps"));
    bx_xml_free(xml);
}

static void what_is_taken_out_can_still_be_read(void)
{
    bx_error err;
    bx_xml *xml = read("<a xmlns='urn:model'><b id='1'><c/></b></a>", &err);
    xmlNode *b = only(xml, "//m:b"), *c = only(xml, "//m:c");
    CHECK(bx_xml_remove(xml, b, &err) == 0);
    CHECK(bx_xml_remove(xml, c, &err) == 0);
    CHECK(bx_xml_remove(xml, bx_xml_root(xml), &err) < 0 && err.code == BX_EMODEL);
    check_text(xml, "<a xmlns=\"urn:model\"/>\n");
    CHECK_TEXT((const char *)b->name, "b");
    CHECK_TEXT((const char *)b->ns->href, "urn:model");
    bx_xml_free(xml);
}

static void what_is_put_in_is_written_as_its_surroundings(void)
{
    bx_error err;
    bx_xml *xml = read("<a xmlns='urn:model'><b/></a>", &err);
    bx_xml *other = read("<f:new xmlns:f='urn:foreign'><d xmlns='urn:foreign'><e/></d>"
                         "<m:g xmlns:m='urn:model'/><h xmlns='urn:third'/><i><j/></i></f:new>",
                         &err);
    xmlNode *b = only(xml, "//m:b");
    CHECK(bx_xml_graft(b->parent, b, only(other, "//f:d"), "urn:foreign", &err) == 0);
    CHECK(bx_xml_graft(b, NULL, only(other, "//m:g"), NULL, &err) == 0);
    CHECK(bx_xml_graft(b->parent, NULL, only(other, "//*[local-name()='h']"), NULL, &err) == 0);
    CHECK(bx_xml_graft(b->parent, NULL, only(other, "//i"), "", &err) == 0);
    bx_xml_free(other);
    check_text(xml, "<a xmlns=\"urn:model\"><d><e/></d><b><g xmlns:m=\"urn:model\"/></b>"
                    "<h xmlns=\"urn:third\"/><i><j/></i></a>\n");
    bx_xml_free(xml);
}

static void refuses_what_has_too_many_elements(void)
{
    enum { COUNT = 2600000 };
    bx_error err;
    char *text = malloc(4 * (size_t)COUNT + 16), *at = text + sprintf(text, "<r>");
    for (int i = 0; i < COUNT; i++, at += 4)
        memcpy(at, "<a/>", 4);
    memcpy(at, "</r>", 5);
    CHECK(!read(text, &err) && err.code == BX_EMODEL);
    CHECK(strstr(err.message, "more than 2500000 elements"));
    free(text);
}

int main(void)
{
    RUN(refuses_what_has_too_many_elements);
    RUN(refuses_types_and_tells_where_the_text_breaks_off);
    RUN(finds_elements_within_bounds);
    RUN(what_is_taken_out_can_still_be_read);
    RUN(what_is_put_in_is_written_as_its_surroundings);
    return test_end();
}
