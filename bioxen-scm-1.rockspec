rockspec_format = "3.0"
package = "bioxen"
version = "scm-1"
-- For `luarocks make` in a clone, which reads no URL.
source = { url = "git+file://." }
description = {
  summary = "A host for biological virtual machines",
  detailed = [[
    A VM holds one living, simulated cell and one Lua state, walled off from its host and its
    neighbours. CMake finds Lua's, SUNDIALS' and libseccomp's headers and libraries by itself.]],
  license = "MIT",
}
dependencies = { "lua >= 5.4, < 5.5", "lua-cjson" }
build = {
  type = "cmake",
  variables = {
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    BINDIR = "$(BINDIR)",
    LIBDIR = "$(LIBDIR)",
    LUADIR = "$(LUADIR)",
    BUILD_TESTING = "OFF",
  },
}
test = { type = "command", command = "scripts/test.sh" }
