// SPDX-License-Identifier: Apache-2.0
#pragma once

// A folder that looks like /sys, /proc and /dev, with the drives that a test plugs in. The layout
// and the values are those that Debian's kernel 6.1 shows for such drives.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "daemon/transport/sg/sg_devices.h"

namespace firmbench::transport {

class SysTree {
 public:
  SysTree() {
    // A thousand small files: in memory where there is such a place.
    std::string name = (::access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : testing::TempDir()) +
                       std::string("sys_tree_XXXXXX");
    root_ = ::mkdtemp(name.data());
    for (const char* folder :
         {"sys/devices", "sys/class/scsi_generic", "sys/class/block", "proc/self", "dev", "lock"}) {
      std::filesystem::create_directories(root_ / folder);
    }
    Write("proc/self/mountinfo", "22 1 254:1 / / rw - ext4 /dev/vda1 rw\n");
  }
  ~SysTree() { std::filesystem::remove_all(root_); }
  SysTree(const SysTree&) = delete;
  SysTree& operator=(const SysTree&) = delete;

  SgRoots roots() const { return {Path("sys"), Path("proc"), Path("dev")}; }
  std::string Path(const std::string& name) const { return (root_ / name).string(); }

  void Write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(root_ / name);
    std::string line;
    std::getline(file, line);
    return line;
  }

  // A SCSI device at `address` ("2:0:0:0") below `parent`, a folder of sys/devices without its
  // host. `number` is that of sg and sr; a type other than 5 has no sr. Returns its folder.
  std::string AddScsi(const std::string& parent, const std::string& address, int number,
                      const std::string& driver, const std::string& type = "5") const {
    const std::string host = "host" + address.substr(0, address.find(':'));
    const std::string target = "target" + address.substr(0, address.rfind(':'));
    const std::string on_host = "sys/devices/" + parent + "/" + host;
    const std::string device = on_host + "/" + target + "/" + address;
    const std::string sg = "sg" + std::to_string(number), sr = "sr" + std::to_string(number);
    Write(on_host + "/scsi_host/" + host + "/proc_name", driver + "\n");
    Write(device + "/type", type + "\n");
    Write(device + "/scsi_generic/" + sg + "/dev", "21:" + std::to_string(number) + "\n");
    Link(device + "/scsi_generic/" + sg, "sys/class/scsi_generic/" + sg);
    Write("dev/" + sg, "");
    if (type != "5") return device;
    const std::string block = device + "/block/" + sr;
    Write(block + "/dev", "11:" + std::to_string(number) + "\n");
    Write(block + "/events_poll_msecs", "-1\n");
    std::filesystem::create_directories(root_ / block / "holders");
    Link(device, block + "/device");
    Link(block, "sys/class/block/" + sr);
    return device;
  }

  struct Usb {
    std::string controller = "pci0000:00/0000:00:14.0";
    int bus = 1;
    std::string port = "1";
    std::string id = "152d:2338";
    std::string serial = "0123456789AB";
    std::string speed = "480";
    std::string version = " 2.00";  // of the root hub
    std::string max_sectors_kb = "120";
  };
  std::string AddUsb(const Usb& usb, int host, int number) const {
    const std::string hub = usb.controller + "/usb" + std::to_string(usb.bus);
    const std::string name = std::to_string(usb.bus) + "-" + usb.port;
    const std::string device = hub + "/" + name;
    Write("sys/devices/" + hub + "/version", usb.version + "\n");
    Write("sys/devices/" + device + "/idVendor", usb.id.substr(0, 4) + "\n");
    Write("sys/devices/" + device + "/idProduct", usb.id.substr(5) + "\n");
    Write("sys/devices/" + device + "/serial", usb.serial + "\n");
    Write("sys/devices/" + device + "/speed", usb.speed + "\n");
    Write("sys/devices/" + device + "/manufacturer", "Maker\n");
    Write("sys/devices/" + device + "/product", "Bridge\n");
    const std::string scsi = AddScsi(device + "/" + name + ":1.0", std::to_string(host) + ":0:0:0",
                                     number, "usb-storage");
    const std::string queue = scsi + "/block/sr" + std::to_string(number) + "/queue/";
    Write(queue + "max_sectors_kb", usb.max_sectors_kb + "\n");
    return scsi;
  }

  // Takes a drive away: its folder with its host, and its nodes.
  void Remove(const std::string& scsi, int number) const {
    namespace fs = std::filesystem;
    fs::remove(root_ / "sys/class/scsi_generic" / ("sg" + std::to_string(number)));
    fs::remove(root_ / "sys/class/block" / ("sr" + std::to_string(number)));
    fs::remove(root_ / "dev" / ("sg" + std::to_string(number)));
    fs::remove_all((root_ / scsi).parent_path().parent_path());
  }

  // The process has this path open; the link of /proc/PID/fd need not lead anywhere.
  void AddProcess(int pid, const std::string& program, const std::string& opened) const {
    const std::string folder = "proc/" + std::to_string(pid);
    Write(folder + "/comm", program + "\n");
    std::filesystem::create_directories(root_ / folder / "fd");
    std::filesystem::create_symlink(opened, root_ / folder / "fd/7");
  }

  void Link(const std::string& to, const std::string& name) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::filesystem::create_symlink(root_ / to, root_ / name);
  }

 private:
  std::filesystem::path root_;
};

}  // namespace firmbench::transport
