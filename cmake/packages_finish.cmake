# SPDX-License-Identifier: Apache-2.0
# Run by cpack when everything is in its place: Debian wants pages and changelogs compressed, and
# every file gets the date of the package.
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
file(GLOB_RECURSE texts "${root}/*/usr/share/man/man*/*" "${root}/*/usr/share/doc/*/changelog")
list(FILTER texts EXCLUDE REGEX "\\.gz$")
if(texts)
  execute_process(COMMAND gzip -9nf ${texts} COMMAND_ERROR_IS_FATAL ANY)
endif()
execute_process(COMMAND find "${root}" -exec touch -h -d "@$ENV{SOURCE_DATE_EPOCH}" {} +
  COMMAND_ERROR_IS_FATAL ANY)
