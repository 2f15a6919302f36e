// SPDX-License-Identifier: Apache-2.0
#pragma once

// Result<T>: a value or an Error. Names follow std::expected, which this toolchain does not have.
// Not checking one is a compile error; ignoring one needs IgnoreError("why").

#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

#include "daemon/base/error.h"

namespace firmbench {

// For broken invariants only, and never between the first destructive command and the end of a
// job: there an Error is returned, so that recovery runs.
#define FB_CHECK(condition)                                                                   \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      std::fprintf(stderr, "invariant broken: %s (%s:%d)\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *Get(); }
  const T& value() const& { return *const_cast<Result*>(this)->Get(); }
  T&& value() && { return std::move(*Get()); }
  T& operator*() & { return *Get(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*Get()); }
  T* operator->() { return Get(); }
  const T* operator->() const { return &value(); }

  Error& error() & {
    FB_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  const Error& error() const& { return const_cast<Result*>(this)->error(); }
  Error&& error() && { return std::move(error()); }

  T value_or(T other) && { return has_value() ? std::move(*Get()) : std::move(other); }
  void IgnoreError(const char* /*why*/) const {}

 private:
  T* Get() {
    FB_CHECK(has_value());
    return std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  void value() const { FB_CHECK(has_value()); }

  Error& error() & {
    FB_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  const Error& error() const& { return const_cast<Result*>(this)->error(); }
  Error&& error() && { return std::move(error()); }
  void IgnoreError(const char* /*why*/) const {}

 private:
  std::variant<std::monostate, Error> state_;
};

using Status = Result<void>;
inline Status Ok() { return {}; }

#define FB_CONCAT_INNER(a, b) a##b
#define FB_CONCAT(a, b) FB_CONCAT_INNER(a, b)

// Returns the error of `expr` from the enclosing function, if it is one. The counter keeps the
// names of calls apart that stand inside one another's arguments.
#define RETURN_IF_ERROR(expr) FB_RETURN_IF_ERROR(FB_CONCAT(fb_status_, __COUNTER__), expr)
#define FB_RETURN_IF_ERROR(status, expr)             \
  do {                                               \
    if (auto status = (expr); !status.has_value()) { \
      return std::move(status).error();              \
    }                                                \
  } while (false)

// ASSIGN_OR_RETURN(auto bytes, Read(address)): declares or assigns the value, or returns the error.
#define ASSIGN_OR_RETURN(lhs, expr) \
  FB_ASSIGN_OR_RETURN(FB_CONCAT(fb_result_, __COUNTER__), lhs, expr)
#define FB_ASSIGN_OR_RETURN(result, lhs, expr)               \
  auto result = (expr);                                      \
  if (!result.has_value()) return std::move(result).error(); \
  lhs = std::move(result).value()

}  // namespace firmbench
