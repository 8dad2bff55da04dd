rockspec_format = "3.0"
package = "bioxen"
version = "scm-1"
-- For `luarocks make` in a clone, which reads no URL.
source = { url = "git+file://." }
description = {
  summary = "A host for biological virtual machines",
  detailed = [[
    A VM holds one living, simulated cell and one Lua state, walled off from its host and its
    neighbours. To build it, CMake finds what scripts/setup.sh lists by itself. A packed rock needs of its
    system: the module nothing; the program bioxen liblua5.4 and libedit; files in HDF5 libhdf5; pools libcurl, libssh,
    jansson, libseccomp.]],
  license = "MIT",
}
dependencies = { "lua >= 5.4, < 5.5", "argparse", "lua-cjson" }
build = {
  type = "cmake",
  variables = {
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    BINDIR = "$(BINDIR)",
    LIBDIR = "$(LIBDIR)",
    LUADIR = "$(LUADIR)",
    DOCDIR = "$(PREFIX)/doc",
    CMAKE_BUILD_TYPE = "Release",
    BUILD_TESTING = "OFF",
  },
}
test = { type = "command", command = "scripts/test.sh" }
