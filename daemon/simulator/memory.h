// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes of a simulated memory: plain memory, or a file mapped so that every store is in it at once
// and survives even kill -9. For one thread at a time; the bytes stay where they are until the
// object is destroyed, also when it is moved.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "daemon/base/result.h"

namespace firmbench::simulator {

class Memory {
 public:
  // Zeroed bytes of the process.
  static Memory Plain(size_t size_bytes);
  // The file at `path`, made zeroed when there is none. PERSIST_FAILED: it cannot be opened or
  // mapped, or it exists with another size.
  static Result<Memory> Mapped(const std::string& path, size_t size_bytes);

  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  std::span<uint8_t> bytes() { return {data_, size_}; }
  // Takes the bytes of a file out of this process's memory until they are used again.
  void SetAside();
  // The file was there before: its contents are those of an earlier run.
  bool kept() const { return kept_; }

 private:
  Memory() = default;
  void Release();

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  bool mapped_ = false;
  bool kept_ = false;
};

}  // namespace firmbench::simulator
