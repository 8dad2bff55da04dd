/* Folders, and what stands in them. In a folder that somebody else may write to, a name may be a
 * link to anywhere: what is reached from a folder's descriptor follows none. */
#ifndef BX_CORE_FOLDER_H
#define BX_CORE_FOLDER_H

#include "core/error.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* Make the folder with those above it, where they are not there. -1 with BX_EFILE. */
int bx_folder_make(const char *path, mode_t mode, bx_error *err);

/* A descriptor of the folder. BX_EFILE: there is none; or it must be our own, and is another
 * user's. */
int bx_folder_open(const char *path, bool own, bx_error *err);

/* A descriptor of the folder that `name`, "a/b/c", stands in below `folder`; *last is its last
 * part. With `make`, folders that are missing are made. BX_EFILE: a part on the way is a link, or
 * no folder, or ".."; `name` is empty. */
int bx_folder_enter(int folder, const char *name, bool make, const char **last, bx_error *err);

/* Put into `real` where `path` leads: its last part may be a link, and that may lead to another.
 * Only links of our own or of root's are followed. 1: it ends at a link of /proc, which stands for
 * what is open and has no name. BX_EFILE: a link is another user's, who may have meant another
 * file. */
int bx_folder_follow(const char *path, char real[PATH_MAX], bx_error *err);

#endif
