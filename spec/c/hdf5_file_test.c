/* Files in HDF5, read back by the library itself. */
#include "record/hdf5/file.h"

#include "test.h"

#include <hdf5.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bx_error err;

static const double numbers[] = {1, 2, NAN, 4, 5, 1e300};
static const char *const texts[] = {"a", "", "\xff b\xc3\xa9"};

static bx_hdf5_data list(bx_hdf5_kind kind, const void *values, size_t count)
{
    return (bx_hdf5_data){kind, values, {count}, 1};
}

/* A file with a little of all, as bytes. */
static bx_buffer example(void)
{
    bx_buffer bytes = {0};
    bx_hdf5 *file = bx_hdf5_new(&err);
    bx_hdf5_data grid = {BX_HDF5_NUMBERS, numbers, {2, 3}, 2}, one = {BX_HDF5_NUMBERS, numbers};
    bx_hdf5_data words = list(BX_HDF5_TEXTS, texts, 3), none = list(BX_HDF5_TEXTS, texts, 0);
    int64_t whole = INT64_MAX;
    bx_hdf5_data count = {BX_HDF5_INTEGERS, &whole};
    bx_hdf5_data empty = {BX_HDF5_NUMBERS, numbers, {0, 4}, 2};
    bool good = file && bx_hdf5_write(file, "a/b.sedml/grid", &grid, &err) == 0 &&
                bx_hdf5_write(file, "one", &one, &err) == 0 &&
                bx_hdf5_write(file, "empty", &empty, &err) == 0 &&
                bx_hdf5_set(file, "a/b.sedml", "words", &none, &err) == 0 &&
                bx_hdf5_set(file, "a/b.sedml", "words", &words, &err) == 0 &&
                bx_hdf5_set(file, "a/b.sedml/grid", "none", &none, &err) == 0 &&
                bx_hdf5_set(file, "/", "count", &count, &err) == 0 &&
                bx_hdf5_finish(file, &bytes, &err) == 0;
    CHECK(good);
    bx_hdf5_free(file);
    return bytes;
}

static hid_t open_bytes(const bx_buffer *bytes)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 4096, 0);
    H5Pset_file_image(access, bytes->data, bytes->length);
    hid_t file = H5Fopen("read back", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return file;
}

static void test_numbers(void)
{
    bx_buffer bytes = example();
    hid_t file = open_bytes(&bytes);
    double back[6] = {0}, one = 0;
    hsize_t shape[2] = {7, 7};
    hid_t set = H5Dopen2(file, "a/b.sedml/grid", H5P_DEFAULT), space = H5Dget_space(set);
    hid_t creation = H5Dget_create_plist(set);
    CHECK(H5Sget_simple_extent_dims(space, shape, NULL) == 2 && shape[0] == 2 && shape[1] == 3);
    CHECK(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0 &&
          back[1] == 2 && isnan(back[2]) && back[5] == 1e300);
    CHECK(H5Pget_nfilters(creation) == 2);
    H5Pclose(creation);
    H5Sclose(space);
    H5Dclose(set);
    set = H5Dopen2(file, "one", H5P_DEFAULT);
    CHECK(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &one) >= 0 && one == 1);
    H5Dclose(set);
    H5Fclose(file);
    bx_buffer_free(&bytes);
}

static void test_attributes(void)
{
    bx_buffer bytes = example();
    hid_t file = open_bytes(&bytes);
    char *back[3] = {0};
    int64_t count = 0;
    hid_t words = H5Aopen_by_name(file, "a/b.sedml", "words", H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Aget_type(words), space = H5Aget_space(words);
    CHECK(H5Aread(words, type, back) >= 0 && strcmp(back[0], "a") == 0 && (!back[1] || !*back[1]) &&
          strcmp(back[2], texts[2]) == 0);
    CHECK(H5Tis_variable_str(type) > 0 && H5Tget_cset(type) == H5T_CSET_UTF8);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, back);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(words);
    hid_t none = H5Aopen_by_name(file, "a/b.sedml/grid", "none", H5P_DEFAULT, H5P_DEFAULT);
    space = H5Aget_space(none);
    CHECK(H5Sget_simple_extent_npoints(space) == 0);
    H5Sclose(space);
    H5Aclose(none);
    hid_t whole = H5Aopen_by_name(file, "/", "count", H5P_DEFAULT, H5P_DEFAULT);
    CHECK(H5Aread(whole, H5T_NATIVE_INT64, &count) >= 0 && count == INT64_MAX);
    H5Aclose(whole);
    H5Fclose(file);
    bx_buffer_free(&bytes);
}

/* More than the 64 KB that an object's head holds: the names of a large model. */
static void test_many_names(void)
{
    enum { MANY = 20000 };
    const char **names = calloc(MANY, sizeof *names);
    bx_buffer bytes = {0};
    bx_hdf5 *file = bx_hdf5_new(&err);
    bx_hdf5_data grid = list(BX_HDF5_NUMBERS, numbers, 6);
    for (size_t i = 0; names && i < MANY; i++)
        names[i] = "species";
    bx_hdf5_data many = list(BX_HDF5_TEXTS, names, MANY);
    CHECK(names && file && bx_hdf5_write(file, "grid", &grid, &err) == 0 &&
          bx_hdf5_set(file, "grid", "names", &many, &err) == 0 &&
          bx_hdf5_finish(file, &bytes, &err) == 0);
    bx_hdf5_free(file);
    hid_t back = open_bytes(&bytes);
    hid_t attribute = H5Aopen_by_name(back, "grid", "names", H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Aget_space(attribute);
    CHECK(H5Sget_simple_extent_npoints(space) == MANY);
    H5Sclose(space);
    H5Aclose(attribute);
    H5Fclose(back);
    bx_buffer_free(&bytes);
    free(names);
}

static void test_refusals(void)
{
    bx_hdf5 *file = bx_hdf5_new(&err);
    bx_hdf5_data one = {BX_HDF5_NUMBERS, numbers};
    CHECK(bx_hdf5_write(file, "x/y", &one, &err) == 0);
    CHECK(bx_hdf5_write(file, "x/y", &one, &err) < 0 && strstr(err.message, "exists"));
    CHECK(bx_hdf5_write(file, "x", &one, &err) < 0 && err.code == BX_EFILE);
    CHECK(bx_hdf5_write(file, "x/y/z", &one, &err) < 0 && strstr(err.message, "no group"));
    CHECK(bx_hdf5_set(file, "x/y/z", "k", &one, &err) < 0 && strstr(err.message, "no group"));
    bx_hdf5_free(file); /* without a finish */
}

static void test_same_bytes(void)
{
    bx_buffer bytes = example(), again = example();
    CHECK(bytes.length == again.length && memcmp(bytes.data, again.data, bytes.length) == 0);
    bx_buffer_free(&bytes);
    bx_buffer_free(&again);
}

int main(void)
{
    RUN(test_numbers);
    RUN(test_attributes);
    RUN(test_same_bytes);
    RUN(test_many_names);
    RUN(test_refusals);
    return test_end();
}
