rockspec_format = "3.0"
package = "bioxen"
version = "0.1.0-1"
-- No public address is known: scripts/release.sh makes this archive, and a .src.rock that holds it beside
-- this file and asks no URL. Whoever publishes the archive writes its address here.
source = { url = "file://bioxen-0.1.0.tar.gz", dir = "bioxen-0.1.0" }
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
