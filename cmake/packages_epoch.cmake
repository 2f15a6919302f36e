# SPDX-License-Identifier: Apache-2.0
# Read by cpack before anything else: packages carry the changelog's date, not today's, so that two
# builds of one source give equal packages.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND dpkg-parsechangelog -l "${CPACK_FIRMBENCH_CHANGELOG}" -S Timestamp
    OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(ENV{SOURCE_DATE_EPOCH} "${epoch}")
endif()
