# Run by CPack when the files of the packages are in place and before they are made: what Debian alone asks
# for.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
set(staged "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/Unspecified")
set(doc "${staged}/usr/share/doc/bioxen")
file(RENAME "${doc}/NOTICE" "${doc}/copyright") # has the text of LICENSE too
file(REMOVE "${doc}/LICENSE")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(version "${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")
function(write_changelog package folder)
  file(WRITE "${folder}/changelog.Debian" "${package} (${version}) unstable; urgency=medium\n\n"
       "  * Version ${CPACK_PACKAGE_VERSION}, packed by CPack.\n\n"
       " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}\n")
  execute_process(COMMAND gzip -9n "${folder}/changelog.Debian" COMMAND_ERROR_IS_FATAL ANY)
endfunction()
write_changelog(bioxen "${doc}")
set(manual "${staged}/usr/share/man/man1/bioxen.1")
if(EXISTS "${manual}")
  execute_process(COMMAND gzip -9n "${manual}" COMMAND_ERROR_IS_FATAL ANY)
endif()

set(kernel "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/kernel")
if(EXISTS "${kernel}")
  write_changelog(bioxen-kernel "${kernel}/usr/share/doc/bioxen-kernel")
  file(COPY "${doc}/copyright" DESTINATION "${kernel}/usr/share/doc/bioxen-kernel")
  file(WRITE "${kernel}/usr/share/lintian/overrides/bioxen-kernel"
"# The engine is one for all programs, with the libraries that it has in the worker.
bioxen-kernel: embedded-library zlib *usr/*
# bioxen starts it, nobody else does.
bioxen-kernel: no-manual-page *usr/bin/bioxen-kernel*
# Not a package of Debian's own archive.
bioxen-kernel: initial-upload-closes-no-bugs *
")
endif()

file(WRITE "${staged}/usr/share/lintian/overrides/bioxen"
"# The worker is copied into guests of which nothing is known, and stands alone there.
bioxen: embedded-library *usr/bin/bioxen-worker*
bioxen: shared-library-lacks-prerequisites *usr/bin/bioxen-worker*
# The engine is one for all programs, with the libraries that it has in the worker.
bioxen: embedded-library zlib *usr/*
# bioxen starts these two, nobody else does.
bioxen: no-manual-page *usr/bin/bioxen-worker*
bioxen: no-manual-page *usr/bin/bioxen-courier*
# README.md and CONTRIBUTING.md link to it by this name.
bioxen: wrong-name-for-upstream-changelog *CHANGELOG.md*
# Not a package of Debian's own archive.
bioxen: initial-upload-closes-no-bugs *
")

# Debug symbols go into a package of their own, where debuggers find them by the programs' build ids. CPack could do
# this, but names the build folder in what it makes.
set(apart "${CPACK_TEMPORARY_INSTALL_DIRECTORY}-dbgsym")
set(ids)
file(REMOVE_RECURSE "${apart}")
file(GLOB programs "${staged}/usr/bin/*" "${staged}/usr/lib/lua/5.4/bioxen/*.so" "${kernel}/usr/bin/*")
foreach(program ${programs})
  execute_process(COMMAND readelf -SnW "${program}" OUTPUT_VARIABLE parts COMMAND_ERROR_IS_FATAL ANY)
  if(parts MATCHES "\\.debug_info" AND parts MATCHES "Build ID: ([0-9a-f][0-9a-f])([0-9a-f]+)")
    set(folder "${apart}/usr/lib/debug/.build-id/${CMAKE_MATCH_1}")
    set(symbols "${folder}/${CMAKE_MATCH_2}.debug")
    string(APPEND ids " ${CMAKE_MATCH_1}${CMAKE_MATCH_2}")
    file(MAKE_DIRECTORY "${folder}")
    execute_process(COMMAND objcopy --only-keep-debug "${program}" "${symbols}" COMMAND_ERROR_IS_FATAL ANY)
    file(CHMOD "${symbols}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    execute_process(COMMAND objcopy --strip-unneeded "--add-gnu-debuglink=${symbols}" "${program}"
                    COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
if(NOT ids)
  return()
endif()
execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE architecture OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
file(WRITE "${apart}/DEBIAN/control" "Package: bioxen-dbgsym
Version: ${version}
Source: bioxen
Auto-Built-Package: debug-symbols
Architecture: ${architecture}
Maintainer: ${CPACK_DEBIAN_PACKAGE_MAINTAINER}
Depends: bioxen (= ${version})
Section: debug
Priority: optional
Description: debug symbols for bioxen
Build-Ids:${ids}
")
file(MAKE_DIRECTORY "${apart}/usr/share/doc")
file(CREATE_LINK bioxen "${apart}/usr/share/doc/bioxen-dbgsym" SYMBOLIC)
execute_process(COMMAND sh -c "find usr -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums"
                WORKING_DIRECTORY "${apart}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND dpkg-deb --root-owner-group -Zxz --build "${apart}" "${CPACK_PACKAGE_DIRECTORY}"
                COMMAND_ERROR_IS_FATAL ANY)
