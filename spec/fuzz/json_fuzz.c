/* What a server may answer: read, written, and read again, which must give the same. */
#include "courier/json.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    lua_State *L = luaL_newstate();
    bx_buffer once = {0}, twice = {0};
    /* What is read may not be sayable: infinities. */
    if (bx_json_push(L, (const char *)bytes, length, NULL) == 0 &&
        bx_json_write(L, -1, &once, NULL) == 0) {
        if (bx_json_push(L, (const char *)once.data, once.length, NULL) < 0 ||
            bx_json_write(L, -1, &twice, NULL) < 0 || once.length != twice.length ||
            memcmp(once.data, twice.data, once.length) != 0)
            abort();
    }
    bx_buffer_free(&once);
    bx_buffer_free(&twice);
    lua_close(L);
    return 0;
}
