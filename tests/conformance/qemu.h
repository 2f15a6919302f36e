// SPDX-License-Identifier: Apache-2.0
#pragma once

// A QEMU machine whose memory bus the test drives through the qtest socket, so that the algorithms
// meet flash models that are not ours. The processor only sleeps. One test, one machine, one
// thread; every wait is bounded, and the process ends with the object.

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::conformance {

// The flash's content and the kernel and socket of the machine, gone with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  std::string File(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

class Qemu {
 public:
  // Starts qemu-system-arm with `arguments` and waits until it has connected. `kernel` is what the
  // processor runs. QEMU_NOT_STARTED, with QEMU's own words.
  static Result<std::unique_ptr<Qemu>> Start(const Folder& folder, ByteView kernel,
                                             std::vector<std::string> arguments);
  ~Qemu();
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;

  // Commands are collected and go out together; their answers are checked when Flush returns.
  void WriteByte(uint64_t address, uint8_t value);
  void WriteWord(uint64_t address, uint32_t value);
  void WriteBytes(uint64_t address, ByteView bytes);
  void ReadByte(uint64_t address, uint8_t& into);
  void ReadBytes(uint64_t address, std::span<uint8_t> into);

  // QEMU_SILENT after 10 s without an answer, QEMU_ANSWER when one is not OK.
  Status Flush();

  // Ends the machine and waits for it: its file is complete then.
  void Stop();

 private:
  struct Answer {
    uint8_t* into = nullptr;  // nullptr: none is expected
    size_t bytes = 0;
    bool hex_string = false;  // as `read` answers, else a number as `readb` does
  };

  Qemu(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
  void Command(std::string_view text, Answer answer);
  Status Send();
  Status Receive();
  Result<std::string_view> Line();
  static Status Take(std::string_view line, const Answer& answer);

  pid_t pid_;
  int socket_;
  std::string pending_;
  std::vector<Answer> answers_;
  std::string received_;
  size_t taken_ = 0;
  Status failed_;  // of a Send that a full queue forced
};

}  // namespace firmbench::conformance
