// SPDX-License-Identifier: Apache-2.0
// firmbenchd: reads its command line, puts the parts together and waits for the signal to stop. The
// composition root: the only file, with its neighbours in this folder, that names concrete classes
// of all layers.
//
// The first SIGTERM or SIGINT drains: no new job is taken, jobs that have not begun to write stop
// and wait for the next start, running writes are carried through, then the process ends with 0.
// Further signals change nothing. SIGHUP reads the configuration file again.
// What starts the daemon as a service must leave it that time: SendSIGKILL=no, and TimeoutStopSec
// as long as the longest write, which the daemon also asks for itself with EXTEND_TIMEOUT_USEC.
// Nothing is asked of KillMode: the helper that holds the PC awake ignores these signals.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "daemon/base/log.h"
#include "daemon/bench_metrics.h"
#include "daemon/doctor.h"
#include "daemon/inhibitors.h"
#include "daemon/network_side.h"
#include "daemon/page.h"
#include "daemon/port_drives.h"
#include "daemon/rpc/server.h"
#include "daemon/second_copy.h"
#include "daemon/service_manager.h"
#include "daemon/settings.h"
#include "daemon/several_sources.h"
#include "daemon/sg_drives.h"
#include "daemon/simulated_bench.h"
#include "storage/checkpoint_signer.h"
#include "storage/ledger_file.h"
#include "storage/spill.h"

namespace firmbench {
namespace {

// One daemon per state folder. The lock lives as long as the descriptor, and is the process's own:
// a helper that is just being started when the daemon is killed does not keep it from the next one.
Result<UniqueFd> LockStateFolder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return FailedPrecondition(
               "STATE_DIR_FAILED",
               fmt::format("cannot make the state folder {} (errno {})", folder, errno))
        .WithRemedy("make its parent folder, or choose another with --state-dir");
  }
  const std::string path = folder + "/lock";
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.valid()) {
    return FailedPrecondition(
               "STATE_DIR_FAILED",
               fmt::format("cannot write to the state folder {} (errno {})", folder, errno))
        .WithRemedy("give it to the daemon's user, or choose another with --state-dir");
  }
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock.get(), F_SETLK, &whole) != 0) {
    return FailedPrecondition("STATE_DIR_IN_USE",
                              fmt::format("another firmbenchd works in {}", folder))
        .WithRemedy("stop it first, or choose another folder with --state-dir");
  }
  return lock;
}

// In the lock file, so that a ledger that vanishes is not silently begun anew.
Status KeepBenchId(const UniqueFd& lock, const std::string& folder, const std::string& bench_id) {
  const std::string line = bench_id + "\n";
  if (::pwrite(lock.get(), line.data(), line.size(), 0) == std::ssize(line) &&
      ::fsync(lock.get()) == 0) {
    return Ok();
  }
  return FailedPrecondition("STATE_DIR_FAILED",
                            fmt::format("cannot write to {} (errno {})", folder, errno))
      .WithRemedy("make room on its file system");
}

// Opens the ledger, and makes it only in a folder that never had one: the lock file keeps the id
// of the bench whose ledger was made.
Result<std::unique_ptr<storage::Ledger>> OpenLedger(const std::string& folder,
                                                    const UniqueFd& lock) {
  struct stat info {};
  const bool had_one = ::fstat(lock.get(), &info) != 0 || info.st_size != 0;
  auto ledger = storage::OpenLedger({.path = folder + "/ledger.db", .create = !had_one});
  if (!ledger) {
    if (ledger.error().reason() != "LEDGER_MISSING") return std::move(ledger).error();
    return FailedPrecondition("LEDGER_MISSING",
                              fmt::format("the ledger of {} is gone: it was made here and is not "
                                          "there any more",
                                          folder))
        .WithRemedy("bring ledger.db back from a copy, or choose an empty folder for a new bench");
  }
  if (!had_one) RETURN_IF_ERROR(KeepBenchId(lock, folder, (*ledger)->bench_id()));
  return ledger;
}

Result<std::unique_ptr<inventory::DriveSource>> FindDrives(const config::Config& settings) {
  std::vector<std::unique_ptr<inventory::DriveSource>> sources;
  if (!settings.simulate.empty()) {
    ASSIGN_OR_RETURN(auto bench,
                     SimulatedBench::Load(settings.simulate, settings.state_dir + "/simulated"));
    sources.push_back(std::move(bench));
  } else {
    if (settings.sg) {
      sources.push_back(
          SgDrives::OfThisMachine(settings.vendor_bridges, settings.simulated_bridges));
    }
    if (settings.port_io) sources.push_back(PortDrives::OfThisMachine());
  }
  return std::unique_ptr<inventory::DriveSource>(
      std::make_unique<SeveralSources>(std::move(sources)));
}

// Says to the service manager and to whoever reads our output that calls are answered now.
void AnnounceReady(const std::string& listen) {
  NotifyServiceManager("READY=1\nSTATUS=");
  std::printf("ready %s\n", listen.c_str());
  std::fflush(stdout);
}

// Longer than any start or stop that still gets on: a look at a whole drive, or a write.
std::string AskForTime(std::string_view state) {
  constexpr std::chrono::microseconds kPatience = std::chrono::hours(1);
  return fmt::format("{}\nEXTEND_TIMEOUT_USEC={}", state, kPatience.count());
}

// Tells the service manager as well, so that `systemctl reload` ends when it is done.
void Reload(const Arguments& arguments, RunningSettings& running) {
  NotifyServiceManager("RELOADING=1");
  ReloadSettings(arguments, running);
  NotifyServiceManager("READY=1");
}

// Waits for the signal to stop; `reload` is called for every SIGHUP. Until then health says whether
// jobs can be taken: without a ledger that can be written there are none, while what is there can
// still be read. What the network side waits for is looked at as often.
void WaitForStop(const sigset_t& signals, storage::Ledger& ledger, rpc::Server& server,
                 NetworkSide& network, const std::function<void()>& reload) {
  constexpr timespec kLookAgain{.tv_sec = 2, .tv_nsec = 0};
  bool writable = true;
  int signal = -1;
  while ((signal = sigtimedwait(&signals, nullptr, &kLookAgain)) < 0 || signal == SIGHUP) {
    if (signal == SIGHUP) reload();
    network.TryAgain();
    const storage::LedgerHealth health = ledger.Health();
    if (health.writable == writable) continue;
    writable = health.writable;
    server.ShowJobsServing(writable);
    if (writable) {
      log::Info("the ledger can be written again");
    } else {
      log::ErrorLine("the ledger cannot be written", "reason", health.reason, "text", health.text);
    }
  }
  log::Info("stopping", "signal", signal);
  NotifyServiceManager(AskForTime("STOPPING=1\nSTATUS=finishing what is being written"));
}

// As the engine takes it.
std::string FinishWord(config::Finish finish) {
  switch (finish) {
    case config::Finish::kAsk:
      break;
    case config::Finish::kOld:
      return "old";
    case config::Finish::kNew:
      return "new";
  }
  return "";
}

// What an earlier process left is settled before the first call is answered: records that the
// ledger could not take then, and open jobs, which takes a look at their drives first.
Status SettleWhatWasLeft(storage::Ledger& ledger, const std::string& spill_folder,
                         inventory::Inventory& inventory, jobs::Engine& engine) {
  NotifyServiceManager(AskForTime("STATUS=looking at the drives"));
  ASSIGN_OR_RETURN(const int taken_in, storage::TakeInSpills(ledger, spill_folder));
  if (taken_in > 0) log::Warn("took in what an earlier write had to spill", "records", taken_in);
  inventory.Rescan();
  // A drive that hangs is left behind.
  inventory.WaitUntilIdentified(std::chrono::seconds(10));
  return engine.RecoverOpenJobs();
}

// Writes that have begun are finished while their watchers still see them, and a moment longer: who
// watched a job to its end then asks what became of it.
void FinishJobs(storage::Ledger& ledger, jobs::Engine& engine, Clock& clock) {
  constexpr Nanos kLastQuestions = std::chrono::seconds(1);
  const auto open = ledger.ListJobs({.open_only = true}, {.size = 1});
  engine.Drain();
  if (open && !open->rows.empty()) clock.SleepFor(kLastQuestions);
}

// A bench that cannot sign goes on: `firmbench audit checkpoint` says why it cannot.
void SignTree(storage::CheckpointSigner& signer) {
  const auto signed_now = signer.Sign();
  if (signed_now) return;
  log::ErrorLine("the audit log is not signed", "reason", signed_now.error().reason(), "text",
                 signed_now.error().message());
}

// After every job, when it is no longer among those that run: signs, and gives back what the job
// took. Its trace alone is many small pieces, which the heap would keep for ever.
jobs::WatchHub::Subscription CleanUpAfterJobs(jobs::WatchHub& hub, const jobs::Engine& engine,
                                              inventory::Lane& lane,
                                              storage::CheckpointSigner& signer) {
  return hub.Subscribe([&](const std::string& job_id) {
    if (!job_id.empty() && engine.Live(job_id) == nullptr) {
      lane.Post([&signer] {
        SignTree(signer);
        malloc_trim(0);
      });
    }
  });
}

jobs::WatchHub::Subscription MeterJobs(jobs::WatchHub& hub, const jobs::Engine& engine,
                                       inventory::Lane& lane, JobMeter& meter) {
  return hub.Subscribe([&](const std::string& job_id) {
    if (job_id.empty() || engine.Live(job_id) != nullptr) return;
    lane.Post([&meter, job_id] {
      meter.Look(job_id).IgnoreError("a count of what the ledger cannot say is not worth more");
    });
  });
}

// nullptr when none is configured. Works from Start on.
Result<std::unique_ptr<SecondCopyKeeper>> KeepSecondCopy(const config::Config& settings,
                                                         storage::Ledger& ledger, Clock& clock,
                                                         storage::CheckpointSigner& signer) {
  if (settings.copy_folder.empty()) return std::unique_ptr<SecondCopyKeeper>();
  auto keeper = std::make_unique<SecondCopyKeeper>(
      SecondCopyOptions{.ledger = ledger,
                        .place = MakeCopyFolder({settings.copy_folder, settings.state_dir,
                                                 ledger.bench_id(), settings.copy_same_filesystem}),
                        .clock = clock,
                        .required = settings.require_copy,
                        .checkpoint = [&signer] {
                          const auto checkpoint = signer.Sign();
                          return checkpoint ? checkpoint->text : std::string();
                        }});
  RETURN_IF_ERROR(keeper->Check());
  return keeper;
}

// nullopt: somebody other than the requester approves.
std::optional<Nanos> SoloWait(const config::Config& settings) {
  if (!settings.solo) return std::nullopt;
  return settings.solo_wait;
}

Status Serve(const Arguments& arguments, const config::Config& settings, const sigset_t& signals) {
  RunningSettings running(settings);
  ASSIGN_OR_RETURN(const UniqueFd lock, LockStateFolder(settings.state_dir));
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::Ledger> ledger,
                   OpenLedger(settings.state_dir, lock));
  ASSIGN_OR_RETURN(const std::unique_ptr<inventory::DriveSource> source, FindDrives(settings));

  Clock& clock = RealClock();
  Inhibitors inhibitors;
  const std::string spill_folder =
      settings.spill_folder.empty() ? settings.state_dir : settings.spill_folder;
  storage::CheckpointSigner signer(*ledger, settings.state_dir, clock);
  ASSIGN_OR_RETURN(const std::unique_ptr<SecondCopyKeeper> second_copy,
                   KeepSecondCopy(settings, *ledger, clock, signer));
  jobs::WatchHub hub;
  inventory::Inventory inventory(*source, *ledger);
  inventory.OnChange([&hub](const std::string&) { hub.Notify(""); });
  jobs::Engine engine({.ledger = *ledger,
                       .inventory = inventory,
                       .hub = hub,
                       .clock = clock,
                       .power = settings.keep_awake ? &inhibitors : nullptr,
                       .finish_cut_writes = FinishWord(settings.finish),
                       .spill_folder = spill_folder,
                       .second_copy = second_copy.get(),
                       .solo_wait = SoloWait(settings)});
  RETURN_IF_ERROR(SettleWhatWasLeft(*ledger, spill_folder, inventory, engine));
  SignTree(signer);
  if (second_copy) second_copy->Start();

  JobMeter meter(*ledger);
  inventory::Lane watch("watchers");
  inventory::Lane slow("slow calls");
  const DoctorOptions doctor{.simulated = !settings.simulate.empty(),
                             .state_dir = settings.state_dir,
                             .spill_folder = settings.spill_folder,
                             .port_io = settings.port_io,
                             .power = settings.keep_awake ? &inhibitors : nullptr};
  rpc::Access access(*ledger, clock);
  RETURN_IF_ERROR(access.Load());
  ASSIGN_OR_RETURN(const std::unique_ptr<Page> page, Page::Bind(settings));
  const rpc::Context context{*ledger,
                             inventory,
                             engine,
                             watch,
                             slow,
                             clock,
                             signer,
                             access,
                             {!settings.simulate.empty(), FIRMBENCH_VERSION, clock.WallMicros(),
                              [&running] { return Nanos(running.Get().claim); },
                              settings.state_dir + "/ledger.db", page ? page->address() : ""},
                             second_copy.get(),
                             [&doctor, &page] {
                               auto checks = CheckMachine(doctor);
                               if (page) checks.push_back(page->Look());
                               return checks;
                             }};
  const auto cleaning = CleanUpAfterJobs(hub, engine, slow, signer);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<rpc::Server> server,
      rpc::Server::Start(
          {.listen = settings.listen,
           .groups = {settings.group, settings.admin_group},
           .remote = {.listen = settings.remote_listen, .tls12 = settings.tls12},
           .authority_folder = settings.authority_folder.empty() ? settings.state_dir + "/pki"
                                                                 : settings.authority_folder,
           .page = page != nullptr,
           .credential_ended =
               [&page](const std::string& id) {
                 if (page) page->End(id);
               }},
          context));
  const auto metering = page ? MeterJobs(hub, engine, slow, meter) : jobs::WatchHub::Subscription();
  const MeasuredBench measured{*ledger,
                               inventory,
                               access,
                               meter,
                               context.facts.ledger_path,
                               context.facts.simulated,
                               context.facts.started_us};
  NetworkSide network(*server, page.get(),
                      {.server = *server,
                       .access = access,
                       .clock = clock,
                       .metrics = [&measured] { return BenchMetrics(measured); },
                       .metrics_for_all = [&running] { return running.Get().web_metrics; }});
  RETURN_IF_ERROR(network.Open());
  log::Info("ready", "listen", settings.listen, "version", FIRMBENCH_VERSION);
  AnnounceReady(settings.listen);
  malloc_trim(0);  // what starting took

  WaitForStop(signals, *ledger, *server, network, [&] { Reload(arguments, running); });
  server->ShowJobsServing(false);
  FinishJobs(*ledger, engine, clock);
  SignTree(signer);
  server->Shutdown();
  if (page) page->Stop();
  return Ok();
}

// The bench whose ledger was made in this folder, as the lock file keeps it; "" for none.
std::string BenchOfFolder(const UniqueFd& lock) {
  std::string text(64, '\0');
  const ssize_t length = ::pread(lock.get(), text.data(), text.size(), 0);
  text.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return text.substr(0, text.find('\n'));
}

// Puts a copy of the ledger back, while the lock keeps every daemon away from it.
Status Restore(const config::Config& settings, const std::string& file) {
  ASSIGN_OR_RETURN(const UniqueFd lock, LockStateFolder(settings.state_dir));
  const std::string path = settings.state_dir + "/ledger.db";
  const std::string bench_id = BenchOfFolder(lock);
  ASSIGN_OR_RETURN(const storage::RestoredLedger restored,
                   storage::RestoreLedger({.file = file,
                                           .path = path,
                                           .bench_id = bench_id,
                                           .principal = fmt::format("local uid {}", ::getuid())}));
  if (bench_id.empty()) RETURN_IF_ERROR(KeepBenchId(lock, settings.state_dir, restored.bench_id));
  std::printf("restored %s: bench %s, %lld audit entries\n", path.c_str(),
              restored.bench_id.c_str(), static_cast<long long>(restored.entries));
  if (!restored.kept_as.empty()) {
    std::printf("what it replaced is kept as %s\n", restored.kept_as.c_str());
  }
  return Ok();
}

// A daemon that is idle most of its life: two arenas for all its threads, and whole firmware images
// come from the system and go back to it instead of stretching the heap.
void KeepHeapSmall() {
  constexpr int kLargeBytes = 128 * 1024;
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
  mallopt(M_TRIM_THRESHOLD, kLargeBytes);
}

// Room for every connection that the listeners take, each with a descriptor or two of its own.
void AllowOpenFiles() {
  constexpr rlim_t kEnough = 4096;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kEnough) return;
  files.rlim_cur = std::min(kEnough, files.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &files);
}

// Why the process ends: to a person, or to whatever reads the log.
void SayWhy(const Error& error) {
  if (log::CurrentFormat() != log::Format::kText) {
    log::Critical(error.message(), "reason", error.reason(), "remedy", error.remedy());
    return;
  }
  std::fprintf(stderr, "error: %s\n  reason: %s\n", error.message().c_str(),
               error.reason().c_str());
  if (!error.remedy().empty()) std::fprintf(stderr, "  what to do: %s\n", error.remedy().c_str());
}

int Run(const Arguments& arguments) {
  KeepHeapSmall();
  AllowOpenFiles();
  // Taken by sigwait on the main thread alone; blocked before the first other thread starts.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its writer, not our end

  const Status status = [&]() -> Status {
    ASSIGN_OR_RETURN(const config::Config settings, Settings(arguments));
    SetUpLog(settings);
    if (arguments.check_config) {
      std::fputs(SettingsText(arguments, settings).c_str(), stdout);
      return Ok();
    }
    if (!arguments.restore.empty()) return Restore(settings, arguments.restore);
    Status served = Serve(arguments, settings, signals);
    if (served) log::Info("stopped");
    return served;
  }();
  if (status) return 0;
  SayWhy(status.error());
  return 1;
}

}  // namespace
}  // namespace firmbench

int main(int argc, char** argv) {
  firmbench::Arguments arguments;
  CLI::App app(
      "firmbenchd: owns the optical drives of a repair bench and serves the firmbench API");
  app.add_option("--state-dir", arguments.state_dir,
                 "folder of the ledger (default /var/lib/firmbench)");
  app.add_option("--listen", arguments.listen,
                 "where to answer (default unix:/run/firmbench/firmbench.sock)");
  app.add_option("--simulate", arguments.simulate,
                 "scenario file (TOML) of a simulated bench, instead of this machine's drives");
  app.add_option("--config", arguments.config_file, "configuration file (TOML)");
  app.add_flag("--check-config", arguments.check_config,
               "looks at the configuration, says what is not as by default, and ends");
  app.add_option("--log-level", arguments.log_level, "debug, info, warn or error (default info)");
  app.add_option(
      "--restore", arguments.restore,
      "puts a copy made by `firmbench ledger backup` in the place of the ledger, and ends");
  app.set_version_flag("--version", std::string("firmbenchd ") + FIRMBENCH_VERSION);
  app.footer(
      "Example:\n  firmbenchd --state-dir /tmp/bench --listen unix:/tmp/bench/socket \\\n"
      "      --simulate deploy/examples/bench.toml");
  constexpr int kUsage = 2;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return firmbench::Run(arguments);
}
