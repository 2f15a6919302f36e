// SPDX-License-Identifier: Apache-2.0
// usage: usb_drive SCENARIO PORT SPEED VENDOR:PRODUCT SERIAL [hang|unplug OPCODE COUNT]
//
// Plugs the first drive of a scenario into a virtual USB port of this machine: it speaks USB mass
// storage (Bulk-Only Transport 1.0) over the kernel's vhci_hcd, so that usb-storage, sr and sg are
// the real ones. PORT counts from 0; SPEED is 3 for USB 2 (ports 0 to 7) and 5 for USB 3 (8 to 15).
// The socket is one of a pair: no network. Says "plugged"; ends with SIGTERM, which unplugs it.
// At the COUNT-th command with that operation code, in hex, the drive hangs until the kernel resets
// it, or is unplugged, which is status 3.
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/unique_fd.h"
#include "daemon/simulated_bench.h"
#include "daemon/transport/sg/sg_devices.h"

namespace firmbench {

// What befalls the drive, once.
struct Fault {
  bool unplug = false;  // else it hangs
  uint8_t opcode = 0;
  uint32_t count = 0;  // 0: never
};

namespace {

// USB/IP, Linux Documentation/usb/usbip_protocol.rst: every message begins with 48 bytes, big
// endian.
constexpr size_t kHeaderBytes = 48;
enum Message : uint32_t { kSubmit = 1, kUnlink = 2, kSubmitted = 3, kUnlinked = 4 };
constexpr int32_t kStalled = -32;    // EPIPE
constexpr int32_t kUnlinkOk = -104;  // ECONNRESET

// Bulk-Only Transport 1.0, 5.1 and 5.2; little endian.
constexpr size_t kCommandBlock = 31;
constexpr size_t kStatusBlock = 13;
constexpr uint32_t kCommandSignature = 0x43425355;
constexpr uint32_t kStatusSignature = 0x53425355;
constexpr size_t kLargestTransfer = 1 << 20;

constexpr int kUnplugged = 3;

uint32_t LoadLe32(const uint8_t* p) {
  return uint32_t{p[3]} << 24 | uint32_t{p[2]} << 16 | uint32_t{p[1]} << 8 | p[0];
}
void StoreLe32(uint8_t* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}

bool ReadAll(int fd, uint8_t* to, size_t bytes) {
  for (ssize_t more; bytes > 0; to += more, bytes -= static_cast<size_t>(more)) {
    if ((more = ::read(fd, to, bytes)) <= 0) return false;
  }
  return true;
}
bool WriteAll(int fd, ByteView from) {
  for (ssize_t more; !from.empty(); from = from.subspan(static_cast<size_t>(more))) {
    if ((more = ::write(fd, from.data(), from.size())) <= 0) return false;
  }
  return true;
}

// What the bridge says of itself.
class Descriptors {
 public:
  Descriptors(bool usb3, transport::UsbId id, std::string serial) : usb3_(usb3), id_(id) {
    strings_ = {"", "Firmbench", "Test bridge", std::move(serial)};
  }

  std::optional<Bytes> Get(uint8_t type, uint8_t index) const {
    switch (type) {
      case 1:
        return Device();
      case 2:
        return Configuration();
      case 3:
        return String(index);
      case 15:
        if (usb3_) return BinaryObjectStore();
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  static uint8_t Low(uint16_t v) { return static_cast<uint8_t>(v); }
  static uint8_t High(uint16_t v) { return static_cast<uint8_t>(v >> 8); }

  Bytes Device() const {
    const uint8_t version = usb3_ ? 3 : 2;
    const uint8_t packet = usb3_ ? 9 : 64;
    return {18,
            1,
            0,
            version,
            0,
            0,
            0,
            packet,
            Low(id_.vendor),
            High(id_.vendor),
            Low(id_.product),
            High(id_.product),
            0,
            1,
            1,
            2,
            3,
            1};
  }
  // One interface: mass storage, MMC-5 commands (USB 2) or SCSI (USB 3), Bulk-Only; two endpoints.
  Bytes Configuration() const {
    const uint8_t subclass = usb3_ ? 6 : 2;
    const uint8_t packet = usb3_ ? 4 : 2;  // 1024 or 512, high byte
    Bytes bytes = {9, 2, 0, 0, 1, 1, 0, 0xc0, 0, 9, 4, 0, 0, 2, 8, subclass, 0x50, 0};
    for (const uint8_t endpoint : {0x81, 0x02}) {
      for (const uint8_t byte : {7, 5, int{endpoint}, 2, 0, int{packet}, 0}) {
        bytes.push_back(static_cast<uint8_t>(byte));
      }
      if (usb3_) bytes.insert(bytes.end(), {6, 0x30, 0, 0, 0, 0});
    }
    bytes[2] = static_cast<uint8_t>(bytes.size());
    return bytes;
  }
  std::optional<Bytes> String(uint8_t index) const {
    if (index == 0) return Bytes{4, 3, 9, 4};  // US English
    if (index >= strings_.size()) return std::nullopt;
    Bytes bytes = {static_cast<uint8_t>(2 + 2 * strings_[index].size()), 3};
    for (const char c : strings_[index]) {
      bytes.push_back(static_cast<uint8_t>(c));
      bytes.push_back(0);
    }
    return bytes;
  }
  static Bytes BinaryObjectStore() {
    return {5, 15, 22, 0, 2, 7, 16, 2, 0, 0, 0, 0, 10, 16, 3, 0, 14, 0, 1, 10, 255, 7};
  }

  const bool usb3_;
  const transport::UsbId id_;
  std::array<std::string, 4> strings_;
};

// The bridge's side of Bulk-Only Transport with the drive behind it.
class MassStorage {
 public:
  MassStorage(scsi::Transport& drive, simulator::Drive& wires, Fault fault)
      : drive_(drive), wires_(wires), fault_(fault) {}

  // Every command begins with fields of its own.
  void Reset() { stage_ = Stage::kCommand; }
  bool hangs() const { return stage_ == Stage::kHung; }
  bool gone() const { return gone_; }

  // False: stalled.
  bool TakeOut(ByteView data) {
    if (stage_ == Stage::kCommand) return TakeCommand(data);
    if (stage_ != Stage::kDataOut || data.size() > asked_ - out_.size()) return false;
    out_.insert(out_.end(), data.begin(), data.end());
    if (out_.size() == asked_) Run();
    return true;
  }

  // At most `most` bytes; nullopt: stalled.
  std::optional<Bytes> GiveIn(size_t most) {
    if (stage_ == Stage::kDataIn) {
      const size_t left = answer_.size() - given_;
      const size_t now = std::min(left, most);
      const Bytes piece(answer_.begin() + static_cast<std::ptrdiff_t>(given_),
                        answer_.begin() + static_cast<std::ptrdiff_t>(given_ + now));
      given_ += now;
      // The end of an answer that is shorter than what was asked for.
      if (now < most || given_ == asked_) stage_ = Stage::kStatus;
      if (piece.empty()) return std::nullopt;
      return piece;
    }
    if (stage_ != Stage::kStatus || most < kStatusBlock) return std::nullopt;
    stage_ = Stage::kCommand;
    Bytes status(kStatusBlock);
    StoreLe32(status.data(), kStatusSignature);
    StoreLe32(&status[4], tag_);
    StoreLe32(&status[8], residue_);
    status[12] = failed_ ? 1 : 0;
    return status;
  }

 private:
  enum class Stage { kCommand, kDataOut, kDataIn, kStatus, kHung };

  bool TakeCommand(ByteView block) {
    if (block.size() != kCommandBlock || LoadLe32(block.data()) != kCommandSignature) return false;
    tag_ = LoadLe32(&block[4]);
    asked_ = LoadLe32(&block[8]);
    in_ = (block[12] & 0x80) != 0;
    cdb_ = {};
    cdb_.length = std::clamp<uint8_t>(block[14], 6, 16);
    std::copy_n(block.begin() + 15, cdb_.length, cdb_.bytes.begin());
    out_.clear();
    answer_.clear();
    given_ = 0;
    if (asked_ > kLargestTransfer) return false;
    stage_ = Stage::kDataOut;
    if (in_ || asked_ == 0) Run();
    return true;
  }

  // Does it befall the drive with the command that came?
  bool Strikes() {
    if (fault_.count == 0 || cdb_.opcode() != fault_.opcode || --fault_.count > 0) return false;
    if (fault_.unplug) wires_.Unplug();
    gone_ = fault_.unplug;
    stage_ = Stage::kHung;
    return true;
  }

  void Run() {
    if (Strikes()) return;
    answer_.assign(in_ ? asked_ : 0, 0);
    scsi::Command command{.cdb = cdb_};
    if (asked_ > 0) command.direction = in_ ? scsi::Direction::kIn : scsi::Direction::kOut;
    command.data_in = answer_;
    command.data_out = out_;
    const auto completion = drive_.Execute(command);
    if (!completion) {
      stage_ = Stage::kHung;
      return;
    }
    failed_ = !completion->good();
    residue_ = static_cast<uint32_t>(completion->residual);
    answer_.resize(in_ ? completion->transferred : 0);
    stage_ = in_ && asked_ > 0 ? Stage::kDataIn : Stage::kStatus;
  }

  scsi::Transport& drive_;
  simulator::Drive& wires_;
  Fault fault_;
  Stage stage_ = Stage::kCommand;
  uint32_t tag_ = 0, residue_ = 0;
  size_t asked_ = 0, given_ = 0;
  bool in_ = false, failed_ = false, gone_ = false;
  scsi::Cdb cdb_;
  Bytes out_, answer_;
};

class Device {
 public:
  Device(UniqueFd socket, Descriptors descriptors, scsi::Transport& drive, simulator::Drive& wires,
         Fault fault)
      : socket_(std::move(socket)),
        descriptors_(std::move(descriptors)),
        storage_(drive, wires, fault) {}

  // Until the kernel hangs up, or the drive is unplugged: then true.
  bool Serve() {
    std::array<uint8_t, kHeaderBytes> header;
    while (ReadAll(socket_.get(), header.data(), header.size())) {
      const bool served = LoadBe32(header.data()) == kUnlink ? Unlink(header) : Submit(header);
      if (storage_.gone()) return true;
      if (!served) return false;
    }
    return false;
  }

 private:
  using Header = std::array<uint8_t, kHeaderBytes>;

  bool Unlink(const Header& header) {
    // What was given up is never answered; the kernel resets the port next.
    storage_.Reset();
    return Reply(header, kUnlinked, kUnlinkOk, 0, {});
  }

  bool Submit(const Header& header) {
    const bool in = LoadBe32(&header[12]) == 1;
    const uint32_t endpoint = LoadBe32(&header[16]);
    const size_t length = LoadBe32(&header[24]);
    if (length > kLargestTransfer) return false;
    Bytes data(in ? 0 : length);
    if (!ReadAll(socket_.get(), data.data(), data.size())) return false;
    if (endpoint == 0) return Control(header, length);
    if (!in) {
      return storage_.TakeOut(data)
                 ? Reply(header, kSubmitted, 0, static_cast<uint32_t>(length), {})
                 : Reply(header, kSubmitted, kStalled, 0, {});
    }
    if (storage_.hangs()) return true;
    const auto answer = storage_.GiveIn(length);
    if (!answer) return Reply(header, kSubmitted, kStalled, 0, {});
    return Reply(header, kSubmitted, 0, static_cast<uint32_t>(answer->size()), *answer);
  }

  // USB 2.0 9.4 and Bulk-Only Transport 3: setup bytes at 40.
  bool Control(const Header& header, size_t length) {
    const uint8_t type = header[40], request = header[41], value_low = header[42],
                  value_high = header[43];
    std::optional<Bytes> answer;
    if (type == 0x80 && request == 6) {
      answer = descriptors_.Get(value_high, value_low);
    } else if (type == 0xa1 && request == 0xfe) {
      answer = Bytes{0};  // GET MAX LUN
    } else if ((type & 0x80) != 0 && request == 0) {
      answer = Bytes{1, 0};  // GET STATUS: self-powered
    } else if ((type & 0x80) == 0) {
      if (request == 9 || (type == 0x21 && request == 0xff)) storage_.Reset();
      return Reply(header, kSubmitted, 0, 0, {});
    }
    if (!answer) return Reply(header, kSubmitted, kStalled, 0, {});
    answer->resize(std::min(answer->size(), length));
    return Reply(header, kSubmitted, 0, static_cast<uint32_t>(answer->size()), *answer);
  }

  bool Reply(const Header& to, Message message, int32_t status, uint32_t length, ByteView data) {
    Bytes reply(kHeaderBytes);
    StoreBe32(reply.data(), message);
    std::copy_n(to.begin() + 4, 4, reply.begin() + 4);  // the number of what is answered
    StoreBe32(&reply[20], static_cast<uint32_t>(status));
    StoreBe32(&reply[24], length);
    reply.insert(reply.end(), data.begin(), data.end());
    return WriteAll(socket_.get(), reply);
  }

  const UniqueFd socket_;
  const Descriptors descriptors_;
  MassStorage storage_;
};

int Plug(char** arguments, Fault fault) {
  auto bench = SimulatedBench::Load(arguments[1], "");
  if (!bench) {
    std::fprintf(stderr, "usb_drive: %s\n", bench.error().ToString().c_str());
    return 1;
  }
  simulator::Drive& wires = *(*bench)->bench().drives()[0];
  auto drive = wires.OpenTransport();
  const auto id = transport::ParseUsbId(arguments[4]);
  int ends[2];
  if (!drive || !id || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 1;
  UniqueFd ours(ends[0]), kernels(ends[1]);
  const std::string port = arguments[2], speed = arguments[3];
  {
    std::ofstream attach("/sys/devices/platform/vhci_hcd.0/attach");
    attach << port << ' ' << kernels.get() << " 1 " << speed << std::flush;
    if (!attach) {
      std::fprintf(stderr, "usb_drive: the kernel takes no device at port %s\n", port.c_str());
      return 1;
    }
  }
  kernels.Reset();
  std::printf("plugged\n");
  std::fflush(stdout);
  Device device(std::move(ours), Descriptors(speed == "5", *id, arguments[5]), **drive, wires,
                fault);
  return device.Serve() ? kUnplugged : 0;
}

}  // namespace
}  // namespace firmbench

int main(int argc, char** argv) {
  firmbench::Fault fault;
  if (argc == 9) {
    fault = {.unplug = std::string_view(argv[6]) == "unplug",
             .opcode = static_cast<uint8_t>(std::strtoul(argv[7], nullptr, 16)),
             .count = static_cast<uint32_t>(std::strtoul(argv[8], nullptr, 10))};
  } else if (argc != 6) {
    std::fprintf(stderr,
                 "usage: usb_drive SCENARIO PORT SPEED VENDOR:PRODUCT SERIAL "
                 "[hang|unplug OPCODE COUNT]\n");
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  return firmbench::Plug(argv, fault);
}
