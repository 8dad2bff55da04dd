# Run by CPack when the files of the packages are in place and before they are made: what Debian alone asks
# for.
if(NOT CPACK_GENERATOR STREQUAL DEB)
  return()
endif()
set(whole "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/Unspecified/usr")
set(doc "${whole}/share/doc/bioxen")
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
set(manual "${whole}/share/man/man1/bioxen.1")
if(EXISTS "${manual}")
  execute_process(COMMAND gzip -9n "${manual}" COMMAND_ERROR_IS_FATAL ANY)
endif()

set(kernel "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/kernel/usr")
if(EXISTS "${kernel}")
  write_changelog(bioxen-kernel "${kernel}/share/doc/bioxen-kernel")
  file(COPY "${doc}/copyright" DESTINATION "${kernel}/share/doc/bioxen-kernel")
  file(WRITE "${kernel}/share/lintian/overrides/bioxen-kernel"
"# The engine is one for all programs, with the libraries that it has in the worker.
bioxen-kernel: embedded-library zlib *usr/*
# bioxen starts it, nobody else does.
bioxen-kernel: no-manual-page *usr/bin/bioxen-kernel*
# Not a package of Debian's own archive.
bioxen-kernel: initial-upload-closes-no-bugs *
# Who sets DEBEMAIL has a better one.
bioxen-kernel: bogus-mail-host *
bioxen-kernel: bogus-mail-host-in-debian-changelog *
")
endif()

file(WRITE "${whole}/share/lintian/overrides/bioxen"
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
