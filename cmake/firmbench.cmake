# SPDX-License-Identifier: Apache-2.0
# Flags in one INTERFACE target, the precompiled headers, and the functions every folder uses.

add_library(firmbench_flags INTERFACE)
target_compile_features(firmbench_flags INTERFACE cxx_std_20)
target_include_directories(firmbench_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(firmbench_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-field-initializers
  -Werror=return-type -Werror=unused-result -Werror=switch
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # GCC 12 warns of std::string's and std::variant's own moves where there is nothing to warn of
  # (its bugs 105329, 105562, 105651); the sanitizers look at the same.
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-maybe-uninitialized>"
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread>"
  -fstack-protector-strong)
target_compile_definitions(firmbench_flags INTERFACE
  $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2> FIRMBENCH_VERSION="${PROJECT_VERSION}")
# Everything is linked statically into programs, so one code model serves libraries, programs and
# the precompiled header that they share.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
target_compile_options(firmbench_flags INTERFACE -fPIE)
# No build id: it is of the debug information as well, whose strings GCC orders otherwise from one
# build to the next, and packages carry none.
target_link_options(firmbench_flags INTERFACE -pie -Wl,--build-id=none)
# No program knows in which folder it was built: packages of two folders are equal. ccache calls the
# compiler with paths relative to the build tree, which have to come to the same. Of every target,
# generated code too; what is said last is looked at first.
file(RELATIVE_PATH FIRMBENCH_FROM_BUILD "${CMAKE_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
add_compile_options("-ffile-prefix-map=./=" "-ffile-prefix-map=${FIRMBENCH_FROM_BUILD}="
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}/=")
# Line tables are enough for a stack trace and keep two cores linking fast.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_EXTENSIONS OFF)
if(FIRMBENCH_SANITIZE)
  # Two thirds of the time that -O2 takes to build, and what is looked for is found as well.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  # What tests do themselves is not looked at for undefined behaviour: their checks would be half of
  # a build's time.
  string(REPLACE ",undefined" "" of_tests "${FIRMBENCH_SANITIZE}")
  string(REPLACE "," "$<COMMA>" of_tests "${of_tests}")
  string(REPLACE "," "$<COMMA>" of_code "${FIRMBENCH_SANITIZE}")
  target_compile_options(firmbench_flags INTERFACE
    -fsanitize=$<IF:$<BOOL:$<TARGET_PROPERTY:FIRMBENCH_IS_TEST>>,${of_tests},${of_code}>
    -fno-sanitize-recover=all -fno-omit-frame-pointer -U_FORTIFY_SOURCE)
  target_link_options(firmbench_flags INTERFACE -fsanitize=${FIRMBENCH_SANITIZE})
endif()

# What is precompiled: std and third-party only, so that project headers stay honest.
set(FIRMBENCH_PCH_HEADERS
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <cstring> <deque>
  <functional> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

# firmbench_library(NAME [API] SOURCES a.cc ... DEPS other_targets ...)
# A static library with the project's flags and the shared precompiled header; API: with the one
# that has the generated messages and services in it as well, for what nearly always needs them.
function(firmbench_library name)
  cmake_parse_arguments(arg "API" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC firmbench_flags ${arg_DEPS})
  if(arg_API)
    set(api fb_api_pch)
  endif()
  firmbench_reuse_pch(${name} ${api})
endfunction()

# firmbench_reuse_pch(NAME [FROM]): of fb_base, or of that target.
function(firmbench_reuse_pch name)
  set(from fb_base ${ARGN})
  list(GET from -1 from)
  if(NOT ${name} STREQUAL fb_base AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_link_libraries(${name} PRIVATE spdlog::spdlog)
    target_precompile_headers(${name} REUSE_FROM ${from})
  endif()
endfunction()

# Tests have a precompiled header of their own, with GoogleTest in it, and are optimised less than
# what they test: half of a build is compiling them. With a sanitizer not at all.
set(FIRMBENCH_TEST_OPTIONS $<$<NOT:$<CONFIG:Debug>>:-O1>)
if(FIRMBENCH_SANITIZE)
  set(FIRMBENCH_TEST_OPTIONS -O0)
endif()
function(firmbench_reuse_test_pch name)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_link_libraries(${name} PRIVATE spdlog::spdlog)
    set_target_properties(${name} PROPERTIES FIRMBENCH_IS_TEST ON)
    target_compile_options(${name} PRIVATE ${FIRMBENCH_TEST_OPTIONS})
    target_precompile_headers(${name} REUSE_FROM fb_test_pch)
  endif()
endfunction()

# firmbench_test(NAME SOURCES a_test.cc ... DEPS targets ... [LABELS l ...] [TIMEOUT s])
# One GoogleTest program; every TEST in it is a ctest of its own. With a sanitizer a program is four:
# there a start takes longer than most tests.
function(firmbench_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE firmbench_flags ${arg_DEPS} GTest::gmock GTest::gtest_main)
  firmbench_reuse_test_pch(${name})
  target_compile_definitions(${name} PRIVATE
    FIRMBENCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" FIRMBENCH_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(NOT FIRMBENCH_SANITIZE)
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}."
      PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    return()
  endif()
  foreach(part RANGE 1 4)
    math(EXPR index "${part} - 1")
    add_test(NAME "${name}.${part}of4" COMMAND ${name})
    set_tests_properties("${name}.${part}of4" PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 600
      ENVIRONMENT "GTEST_TOTAL_SHARDS=4;GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
