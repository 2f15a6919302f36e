// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the daemon is told at its start: the command line over a TOML file over the defaults.
// Plain values; the main thread reads them, at the start and once more for every SIGHUP.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/log.h"
#include "daemon/base/result.h"

namespace firmbench::config {

// [recovery] finish: what becomes by itself, after a restart, of a write that was cut off. Only
// where nothing stands against the plan; otherwise a person decides, whatever stands here.
enum class Finish : uint8_t {
  kAsk,  // a person decides
  kOld,  // the drive gets back what it held
  kNew,  // the write is carried to its end
};

// log_format.
enum class LogFormat : uint8_t {
  kAuto,  // what log::AutoFormat says
  kText,
  kJson,
};

struct Config {
  std::string state_dir = "/var/lib/firmbench";  // ledger.db and the lock
  std::string listen = "unix:/run/firmbench/firmbench.sock";
  std::string simulate;  // scenario file; "" for the drives of this machine
  log::Level log_level = log::Level::kInfo;
  LogFormat log_format = LogFormat::kAuto;

  bool keep_awake = true;          // [power] keep_awake
  Finish finish = Finish::kAsk;    // [recovery] finish
  std::string spill_folder;        // [jobs] spill_folder; "" for the state folder
  std::chrono::minutes claim{30};  // [jobs] claim_minutes, for claims that name no time

  std::string copy_folder;            // [copy] folder, absolute; "" for no second copy
  bool require_copy = false;          // [copy] require_copy: no write before its dumps are there
  bool copy_same_filesystem = false;  // [copy] allow_same_filesystem

  std::string group = "firmbench";              // [access] group: technicians
  std::string admin_group = "firmbench-admin";  // [access] admin_group: managers
  bool solo = false;                            // [access] second_person = "solo"
  std::chrono::minutes solo_wait{15};           // [access] solo_wait_minutes

  bool sg = true;                           // [sg] enabled: drives of the kernel's SCSI layer
  std::vector<std::string> vendor_bridges;  // [sg] vendor_bridges, lower case: "152d:2338"
  // [sg] simulated_bridges: behind these there is no hardware. Of the ids for tests only.
  std::vector<std::string> simulated_bridges;

  std::string remote_listen;     // [remote] listen, "HOST:PORT"; "" for not on the network
  bool tls12 = false;            // [remote] tls = "1.2": also the older version
  std::string authority_folder;  // [remote] authority_folder; "" for the state folder's pki

  std::string web_listen;    // [web] listen, "HOST:PORT"; "" for no page
  std::string web_page;      // [web] page, a folder; "" for the one beside the program
  bool web_metrics = false;  // [web] metrics: also for other computers

  bool port_io = false;  // [port_io] enabled: drives on IDE ports that the kernel has left
};

// One day: what the engine grants at most.
inline constexpr int64_t kMaxClaimMinutes = 24 * 60;
inline constexpr int64_t kMaxSoloWaitMinutes = 7 * 24 * 60;

// Keys: state_dir, listen, simulate, log_level, log_format ("auto", "text", "json"); keep_awake in
// [power]; finish ("ask", "old", "new") in [recovery]; spill_folder and claim_minutes (1 to
// kMaxClaimMinutes) in [jobs]; folder (an absolute path), require_copy and allow_same_filesystem in
// [copy]; group, admin_group, second_person ("required", "solo") and solo_wait_minutes (1 to
// kMaxSoloWaitMinutes) in [access]; listen, tls ("1.3", "1.2") and authority_folder in [remote];
// listen, page and metrics in [web]; enabled, vendor_bridges and simulated_bridges (USB ids) in
// [sg]; enabled in [port_io]. A key that is unknown, twice there, of another type or out of range
// is CONFIG_INVALID with file, line and column; CONFIG_UNREADABLE when there is no such file.
Result<Config> ParseConfig(std::string_view text, std::string_view file_name);
Result<Config> LoadConfig(const std::string& path);

// Whether a running daemon takes a new value of a key (SIGHUP), or only the next start does.
enum class Reload : uint8_t { kAtStart, kNow };

struct KeyInfo {
  std::string table;  // "" for none
  std::string name;
  std::string value;  // as the file would say it
  Reload reload = Reload::kAtStart;
};

// Every key there is, with its value in `config`: what the manual page and the example file are
// held against.
std::vector<KeyInfo> Keys(const Config& config);
// Those whose values in `after` are others than in `before`.
std::vector<KeyInfo> Differences(const Config& before, const Config& after);

// What a running daemon works by after a reload: `fresh` in the keys of Reload::kNow, else
// `running`.
Config Reloaded(const Config& running, const Config& fresh);

// "debug", "info", "warn", "error".
Result<log::Level> ParseLogLevel(std::string_view word);

}  // namespace firmbench::config
