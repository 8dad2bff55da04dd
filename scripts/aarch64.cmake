# CMake's toolchain file for aarch64 on another Debian: its cross compilers, and in BIOXEN_SYSROOT what
# scripts/aarch64.sh has unpacked.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BIOXEN_SYSROOT)
set(CMAKE_SYSROOT "${BIOXEN_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${BIOXEN_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR}
    "${BIOXEN_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${BIOXEN_SYSROOT}/usr/share/pkgconfig")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L "${BIOXEN_SYSROOT}")
