# Run by CPack when the files of a package are in place and before it is made: what Debian alone asks
# for.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
set(doc "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/doc/bioxen")
file(RENAME "${doc}/NOTICE" "${doc}/copyright") # has the text of LICENSE too
file(REMOVE "${doc}/LICENSE")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(version "${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")
file(WRITE "${doc}/changelog.Debian" "bioxen (${version}) unstable; urgency=medium\n\n"
     "  * Version ${CPACK_PACKAGE_VERSION}, packed by CPack.\n\n"
     " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}\n")
set(manual "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/man/man1/bioxen.1")
if(EXISTS "${manual}")
  execute_process(COMMAND gzip -9n "${manual}" COMMAND_ERROR_IS_FATAL ANY)
endif()
execute_process(COMMAND gzip -9n "${doc}/changelog.Debian" COMMAND_ERROR_IS_FATAL ANY)

file(WRITE "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/lintian/overrides/bioxen"
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
# Who sets DEBEMAIL has a better one.
bioxen: bogus-mail-host *
bioxen: bogus-mail-host-in-debian-changelog *
")
