#include "record/hdf5/file.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_BYTES = 1 << 20, /* that are compressed together, about */
    GZIP_LEVEL = 4,
    COMPACT = 32, /* so many attributes stand with their object */
};

struct bx_hdf5 {
    bx_buffer bytes;                       /* of the file, which are whole once it is closed */
    hid_t file;                            /* -1: closed */
    hid_t links, groups, attributes, text; /* lists and a type that all is made by */
};

/* ---- errors ---- */

static herr_t take_first(unsigned number, const H5E_error2_t *entry, void *text)
{
    if (number == 0)
        snprintf(text, 256, "%s", entry->desc ? entry->desc : "");
    return 0;
}

/* -1, with what the library says is the cause. */
static int fail(bx_error *err, const char *action, const char *name)
{
    char why[256] = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, why);
    H5Eclear2(H5E_DEFAULT);
    bx_code code = strstr(why, "alloc") ? BX_EMEMORY : BX_EFILE;
    return bx_fail(err, code, "HDF5: cannot %s %s: %s", action, name,
                   *why ? why : "the library does not say why");
}

static void release(hid_t id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

const char *bx_hdf5_version(void)
{
    static char text[48];
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    return text;
}

/* ---- a file in memory ---- */

/* H5Fget_file_image() would be the short way: of this format it gives a wrong checksum, in 1.10 at
 * least, for it clears a flag behind it. So the library's own bytes are kept past its closing. */
static void *resize(void *data, size_t size, H5FD_file_image_op_t why, void *user)
{
    bx_buffer *bytes = user;
    (void)data, (void)why;
    if (size > bytes->length && !bx_buffer_extend(bytes, size - bytes->length))
        return NULL;
    bytes->length = size;
    return bytes->data;
}

static herr_t keep(void *data, H5FD_file_image_op_t why, void *user)
{
    (void)data, (void)why, (void)user;
    return 0;
}

static void *same(void *user)
{
    return user;
}

static herr_t let_go(void *user)
{
    (void)user;
    return 0;
}

/* What this makes is the same at any time, and large attributes have room, which the format has
 * since version 1.8 of the library. */
static hid_t open_in_memory(bx_buffer *bytes)
{
    static unsigned number; /* the library takes two of one name for the same file */
    char name[32];
    H5FD_file_image_callbacks_t callbacks = {.image_realloc = resize,
                                             .image_free = keep,
                                             .udata_copy = same,
                                             .udata_free = let_go,
                                             .udata = bytes};
    snprintf(name, sizeof name, "bioxen-%u", number++);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE), file = -1;
    if (access >= 0 && creation >= 0 && H5Pset_fapl_core(access, 1, false) >= 0 &&
        H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
        H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_attr_phase_change(creation, COMPACT, 0) >= 0)
        file = H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
    release(access);
    release(creation);
    return file;
}

static bool open_lists(bx_hdf5 *file)
{
    file->links = H5Pcreate(H5P_LINK_CREATE);
    file->groups = H5Pcreate(H5P_GROUP_CREATE);
    file->attributes = H5Pcreate(H5P_ATTRIBUTE_CREATE);
    file->text = H5Tcopy(H5T_C_S1);
    return file->links >= 0 && file->groups >= 0 && file->attributes >= 0 && file->text >= 0 &&
           H5Pset_char_encoding(file->links, H5T_CSET_UTF8) >= 0 &&
           H5Pset_obj_track_times(file->groups, false) >= 0 &&
           H5Pset_attr_phase_change(file->groups, COMPACT, 0) >= 0 &&
           H5Pset_char_encoding(file->attributes, H5T_CSET_UTF8) >= 0 &&
           H5Tset_size(file->text, H5T_VARIABLE) >= 0 &&
           H5Tset_cset(file->text, H5T_CSET_UTF8) >= 0;
}

bx_hdf5 *bx_hdf5_new(bx_error *err)
{
    bx_hdf5 *file = malloc(sizeof *file);
    if (!file) {
        bx_fail_memory(err);
        return NULL;
    }
    *file = (bx_hdf5){{0}, -1, -1, -1, -1, -1};
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* errors are returned, not printed */
    file->file = open_in_memory(&file->bytes);
    if (file->file >= 0 && open_lists(file))
        return file;
    fail(err, "make", "a file");
    bx_hdf5_free(file);
    return NULL;
}

void bx_hdf5_free(bx_hdf5 *file)
{
    if (!file)
        return;
    release(file->links);
    release(file->groups);
    release(file->attributes);
    release(file->text);
    if (file->file >= 0 && H5Fclose(file->file) < 0)
        return; /* the library still has its bytes, and looks at them at its end */
    bx_buffer_free(&file->bytes);
    free(file);
}

int bx_hdf5_finish(bx_hdf5 *file, bx_buffer *out, bx_error *err)
{
    /* flushed first, which cuts what is behind the file's end */
    if (H5Fflush(file->file, H5F_SCOPE_GLOBAL) < 0 || H5Fclose(file->file) < 0)
        return fail(err, "finish", "the file");
    file->file = -1;
    *out = file->bytes;
    file->bytes = (bx_buffer){0};
    return 0;
}

/* ---- what is in it ---- */

/* Make the groups of a path that are not there: with `whole` up to its end, else but its last
 * name. */
static int make_groups(bx_hdf5 *file, const char *name, bool whole, bx_error *err)
{
    char *path = strdup(name);
    if (!path)
        return bx_fail_memory(err);
    htri_t there = 1;
    for (char *end = path; there >= 0 && *end;) {
        end += strspn(end, "/");
        size_t length = strcspn(end, "/");
        end += length;
        if (length == 0)
            break;
        char after = *end;
        *end = '\0';
        there = H5Lexists(file->file, path, H5P_DEFAULT);
        if (there == 0 && (whole || after)) {
            hid_t group = H5Gcreate2(file->file, path, file->links, file->groups, H5P_DEFAULT);
            there = group >= 0 ? 0 : -1;
            release(group);
        }
        *end = after;
    }
    free(path);
    H5Eclear2(H5E_DEFAULT);
    return there >= 0 ? 0 : bx_fail(err, BX_EFILE, "HDF5: %s leads through what is no group", name);
}

static hid_t space_of(const bx_hdf5_data *data)
{
    hsize_t shape[BX_HDF5_RANK];
    if (data->rank == 0)
        return H5Screate(H5S_SCALAR);
    for (size_t i = 0; i < data->rank; i++)
        shape[i] = data->shape[i];
    return H5Screate_simple((int)data->rank, shape, NULL);
}

static hid_t type_of(const bx_hdf5 *file, const bx_hdf5_data *data, bool in_memory)
{
    if (data->kind == BX_HDF5_TEXTS)
        return file->text;
    if (data->kind == BX_HDF5_INTEGERS)
        return in_memory ? H5T_NATIVE_INT64 : H5T_STD_I64LE;
    return in_memory ? H5T_NATIVE_DOUBLE : H5T_IEEE_F64LE;
}

/* How a dataset is stored: of numbers in compressed pieces, cut along the first axes. */
static hid_t storage_of(const bx_hdf5_data *data)
{
    hsize_t chunk[BX_HDF5_RANK];
    double bytes = sizeof(double);
    for (size_t i = 0; i < data->rank; i++) {
        chunk[i] = data->shape[i];
        bytes *= (double)chunk[i];
    }
    for (size_t i = 0; i < data->rank && bytes > CHUNK_BYTES; i++)
        while (chunk[i] > 1 && bytes > CHUNK_BYTES) {
            hsize_t half = (chunk[i] + 1) / 2;
            bytes *= (double)half / (double)chunk[i];
            chunk[i] = half;
        }
    bool in_pieces = data->rank > 0 && bytes > 0 && data->kind != BX_HDF5_TEXTS;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (list >= 0 && H5Pset_obj_track_times(list, false) >= 0 &&
        H5Pset_attr_phase_change(list, COMPACT, 0) >= 0 &&
        (!in_pieces || (H5Pset_chunk(list, (int)data->rank, chunk) >= 0 &&
                        H5Pset_shuffle(list) >= 0 && H5Pset_deflate(list, GZIP_LEVEL) >= 0)))
        return list;
    release(list);
    return -1;
}

int bx_hdf5_write(bx_hdf5 *file, const char *name, const bx_hdf5_data *data, bx_error *err)
{
    if (make_groups(file, name, false, err) < 0)
        return -1;
    hid_t space = space_of(data), storage = storage_of(data), set = -1;
    if (space >= 0 && storage >= 0)
        set = H5Dcreate2(file->file, name, type_of(file, data, false), space, file->links, storage,
                         H5P_DEFAULT);
    bool good = set >= 0 && H5Dwrite(set, type_of(file, data, true), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                     data->values) >= 0;
    int result = good ? 0 : fail(err, "write", name);
    release(set);
    release(storage);
    release(space);
    return result;
}

int bx_hdf5_set(bx_hdf5 *file, const char *name, const char *key, const bx_hdf5_data *data,
                bx_error *err)
{
    if (make_groups(file, name, true, err) < 0)
        return -1;
    hid_t object = H5Oopen(file->file, *name ? name : "/", H5P_DEFAULT), attribute = -1;
    hid_t space = space_of(data);
    htri_t there = object >= 0 ? H5Aexists(object, key) : -1;
    if (space >= 0 && (there == 0 || (there > 0 && H5Adelete(object, key) >= 0)))
        attribute = H5Acreate2(object, key, type_of(file, data, false), space, file->attributes,
                               H5P_DEFAULT);
    bool good = attribute >= 0 && H5Awrite(attribute, type_of(file, data, true), data->values) >= 0;
    int result = good ? 0 : fail(err, "give an attribute to", name);
    release(attribute);
    release(space);
    release(object);
    return result;
}
