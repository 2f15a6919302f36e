// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "daemon/base/unique_fd.h"

namespace firmbench::simulator {
namespace {

Error PersistFailed(const std::string& path, const std::string& what) {
  return FailedPrecondition("PERSIST_FAILED", what + ": " + path)
      .With("path", path)
      .WithRemedy("give the simulated bench a folder of its own, or remove that file");
}

}  // namespace

Memory Memory::Plain(size_t size_bytes) {
  Memory memory;
  memory.data_ = static_cast<uint8_t*>(std::calloc(size_bytes, 1));
  FB_CHECK(memory.data_ != nullptr || size_bytes == 0);
  memory.size_ = size_bytes;
  return memory;
}

Result<Memory> Memory::Mapped(const std::string& path, size_t size_bytes) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return PersistFailed(path, std::strerror(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return PersistFailed(path, std::strerror(errno));
  Memory memory;
  memory.kept_ = info.st_size != 0;
  if (memory.kept_ && static_cast<size_t>(info.st_size) != size_bytes) {
    return PersistFailed(path, "the kept memory has another size");
  }
  if (!memory.kept_ && ::ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0) {
    return PersistFailed(path, std::strerror(errno));
  }
  if (size_bytes == 0) return memory;
  void* data = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return PersistFailed(path, std::strerror(errno));
  memory.data_ = static_cast<uint8_t*>(data);
  memory.size_ = size_bytes;
  memory.mapped_ = true;
  return memory;
}

Memory::Memory(Memory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(other.mapped_),
      kept_(other.kept_) {}

Memory& Memory::operator=(Memory&& other) noexcept {
  if (this != &other) {
    Release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    mapped_ = other.mapped_;
    kept_ = other.kept_;
  }
  return *this;
}

Memory::~Memory() { Release(); }

void Memory::SetAside() {
  // Shared pages stay in the page cache with all that was stored: nothing is lost.
  if (mapped_ && data_ != nullptr) ::madvise(data_, size_, MADV_DONTNEED);
}

void Memory::Release() {
  if (mapped_ && data_ != nullptr) {
    ::munmap(data_, size_);
  } else {
    std::free(data_);
  }
  data_ = nullptr;
}

}  // namespace firmbench::simulator
