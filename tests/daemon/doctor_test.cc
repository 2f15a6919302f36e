// SPDX-License-Identifier: Apache-2.0
#include "daemon/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace firmbench {
namespace {

using rpc::Check;
using rpc::Verdict;
using ::testing::HasSubstr;

// Gives locks, or says why not.
class FakePower final : public jobs::PowerGuard {
 public:
  Result<std::unique_ptr<jobs::PowerHold>> Hold(const std::string&) override {
    if (refuse) return Unavailable("POWER_NOT_HELD", "nobody answers").WithRemedy("ask polkit");
    return std::make_unique<jobs::PowerHold>();
  }
  bool refuse = false;
};

// A PC as files: one optical drive (sg1, sr0) and one disk (sg0), rules installed, nothing polled.
class Doctor : public ::testing::Test {
 protected:
  Doctor() {
    std::string folder = "/tmp/fb-doctor.XXXXXX";
    root_ = ::mkdtemp(folder.data());
    Write("/proc/self/status", "Name:\tfirmbenchd\nCapEff:\t0000000000000000\n");
    Write("/sys/class/scsi_generic/sg0/device/type", "0\n");
    Write("/sys/class/scsi_generic/sg1/device/type", "5\n");
    Write("/dev/sg1", "");
    Write("/sys/block/sr0/events_poll_msecs", "0\n");
    Write("/sys/module/block/parameters/events_dfl_poll_msecs", "2000\n");
    Write("/usr/lib/udev/rules.d/71-firmbench.rules", "# rules\n");
    options_ = {.state_dir = root_, .power = &power_, .root = root_, .clock_sync = [] {
                  return ClockSync::kYes;
                }};
    // The rights of a service, which root does not have to ask for.
    if (::geteuid() == 0) std::ignore = ::seteuid(65534);
  }
  ~Doctor() override {
    if (::getuid() == 0) std::ignore = ::seteuid(0);
    std::filesystem::remove_all(root_);
  }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::permissions(root_, std::filesystem::perms(0755));
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms(0666));
  }
  // As the machine's owner, who may also change what the service may only read.
  template <typename Change>
  void AsOwner(Change change) {
    if (::getuid() == 0) std::ignore = ::seteuid(0);
    change();
    if (::getuid() == 0) std::ignore = ::seteuid(65534);
  }

  Check Of(const std::string& subject) {
    for (Check& check : CheckMachine(options_)) {
      if (check.subject == subject) return check;
    }
    ADD_FAILURE() << "nothing looked at " << subject;
    return {};
  }
  void Expect(const std::string& subject, Verdict verdict, const std::string& reason) {
    const Check check = Of(subject);
    EXPECT_EQ(check.verdict, verdict) << check.text;
    EXPECT_EQ(check.reason, reason) << check.text;
    EXPECT_FALSE(check.text.empty());
    const bool mendable = verdict == Verdict::kBad || verdict == Verdict::kWarning;
    EXPECT_TRUE(!mendable || !check.remedy.empty());
  }

  std::string root_;
  FakePower power_;
  DoctorOptions options_;
};

TEST_F(Doctor, FindsNothingOnAPcThatIsAsItShallBe) {
  for (const Check& check : CheckMachine(options_)) {
    if (check.subject == "disk") continue;  // of the machine that runs the test
    EXPECT_EQ(check.verdict, Verdict::kGood) << check.subject << ": " << check.text;
    EXPECT_EQ(check.reason, "");
    EXPECT_EQ(check.remedy, "");
  }
}

TEST_F(Doctor, NamesTheDriveThatMayNotBeOpened) {
  AsOwner([&] { ::chmod((root_ + "/dev/sg1").c_str(), 0600); });
  if (::getuid() != 0) ::chmod((root_ + "/dev/sg1").c_str(), 0000);
  Expect("permissions", Verdict::kBad, "DRIVES_NOT_ALLOWED");
  EXPECT_THAT(Of("permissions").text, HasSubstr("/dev/sg1 (permission denied)"));
  AsOwner([&] { std::filesystem::remove(root_ + "/dev/sg1"); });
  EXPECT_THAT(Of("permissions").text, HasSubstr("/dev/sg1 (no such node)"));
}

TEST_F(Doctor, NamesTheDriverThatIsMissing) {
  AsOwner([&] { std::filesystem::remove_all(root_ + "/sys/class/scsi_generic"); });
  Expect("permissions", Verdict::kBad, "SG_MISSING");
  AsOwner([&] { std::filesystem::remove_all(root_ + "/sys/block/sr0"); });
  Expect("permissions", Verdict::kNotChecked, "NO_DRIVES");
}

TEST_F(Doctor, LooksForRulesAndForPolling) {
  AsOwner([&] { Write("/sys/block/sr0/events_poll_msecs", "2000\n"); });
  Expect("udev", Verdict::kWarning, "KERNEL_POLLS");
  AsOwner([&] { Write("/sys/block/sr0/events_poll_msecs", "-1\n"); });
  Expect("udev", Verdict::kWarning, "KERNEL_POLLS");  // by the kernel's default
  AsOwner([&] { Write("/sys/module/block/parameters/events_dfl_poll_msecs", "0\n"); });
  Expect("udev", Verdict::kGood, "");
  AsOwner([&] { std::filesystem::remove_all(root_ + "/usr/lib/udev"); });
  Expect("udev", Verdict::kWarning, "UDEV_RULES_MISSING");
  AsOwner([&] { Write("/etc/udev/rules.d/71-firmbench.rules", "# mine\n"); });
  Expect("udev", Verdict::kGood, "");
}

TEST_F(Doctor, SaysNothingOfDrivesThatASimulatedBenchDoesNotUse) {
  AsOwner([&] { std::filesystem::remove(root_ + "/dev/sg1"); });
  options_.simulated = true;
  Expect("permissions", Verdict::kNotChecked, "SIMULATED");
  Expect("udev", Verdict::kNotChecked, "SIMULATED");
}

TEST_F(Doctor, TellsRightsThatAreTooManyFromThoseThatAreTooFew) {
  constexpr char kRawIo[] = "CapEff:\t0000000000020000\n";
  AsOwner([&] { Write("/proc/self/status", kRawIo); });
  Expect("user", Verdict::kWarning, "CAPABILITIES");
  options_.port_io = true;
  Expect("user", Verdict::kGood, "");
  AsOwner([&] { Write("/proc/self/status", "CapEff:\t0000000000000000\n"); });
  Expect("user", Verdict::kBad, "PORT_IO_NOT_ALLOWED");
}

TEST_F(Doctor, WarnsOfRoot) {
  if (::getuid() != 0) return;  // only root can try it
  std::ignore = ::seteuid(0);
  Expect("user", Verdict::kWarning, "RUNS_AS_ROOT");
}

TEST_F(Doctor, BelievesTheTimeServiceBeforeTheKernel) {
  options_.clock_sync = [] { return ClockSync::kNo; };
  Expect("clock", Verdict::kWarning, "CLOCK_NOT_SYNCHRONISED");
  options_.clock_sync = [] { return ClockSync::kUnknown; };
  Expect("clock", Verdict::kNotChecked, "CLOCK_UNKNOWN");
  AsOwner([&] { Write("/run/systemd/timesync/synchronized", ""); });
  Expect("clock", Verdict::kGood, "");
}

TEST_F(Doctor, SaysWhatTheLoginManagerSaid) {
  power_.refuse = true;
  Expect("inhibitors", Verdict::kWarning, "POWER_NOT_HELD");
  EXPECT_EQ(Of("inhibitors").remedy, "ask polkit");
  options_.power = nullptr;
  Expect("inhibitors", Verdict::kWarning, "KEEP_AWAKE_OFF");
}

TEST_F(Doctor, NamesFoldersThatAreGone) {
  options_.state_dir = root_ + "/nowhere";
  Expect("disk", Verdict::kBad, "DISK_UNREADABLE");
}

}  // namespace
}  // namespace firmbench
