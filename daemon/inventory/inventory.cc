// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/inventory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/base/hash.h"
#include "daemon/base/ids.h"
#include "daemon/base/log.h"
#include "daemon/inventory/drive_details.h"
#include "daemon/inventory/evidence.h"

namespace firmbench::inventory {
namespace {

// While a drive is identified nobody stands ready to answer prompts.
class SilentObserver final : public families::Observer {
 public:
  void Progress(uint64_t, uint64_t) override {}
  Status Prompt(const families::PromptRequest&) override {
    return FailedPrecondition("PROMPT_NOT_POSSIBLE", "identification never asks for hands");
  }
  bool cancelled() const override { return false; }
};

// As the command line takes it.
std::string BayWord(std::string bay) {
  std::replace(bay.begin(), bay.end(), ' ', '-');
  return bay;
}

Problem BootCodeProblem(const families::Family& family, const DriveSnapshot& drive) {
  return {
      "BOOT_CODE_ONLY",
      fmt::format("{} answers as {}: its main firmware is gone, and it does not say which model "
                  "it is",
                  family.BootCodeOf(drive.identity), drive.identity.product),
      fmt::format("read the model from its sticker: `firmbench recover {} --model MODEL --image "
                  "FILE`; `firmbench explain recovery` has what helped others",
                  BayWord(drive.bay))};
}

// Of a drive whose registers can be reached: it may be written without ever answering.
Problem SilentProblem(const DriveSnapshot& drive) {
  return {
      "FIRMWARE_MAY_BE_GONE",
      "a drive that has power and does not answer may have lost its firmware",
      fmt::format("`firmbench explain recovery` has what helped others; with the model from its "
                  "sticker: `firmbench recover {} --model MODEL --image FILE`",
                  BayWord(drive.bay))};
}

Result<UniqueFd> LockDrive(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) {
    return FailedPrecondition(
               "DRIVE_LOCK_FAILED",
               fmt::format("the lock file of the drive cannot be opened (errno {})", errno))
        .WithRemedy("check that the lock folder exists and belongs to the daemon's user");
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return FailedPrecondition("DRIVE_IN_USE", "another firmbench daemon owns this drive")
        .WithRemedy("stop the other daemon, or work through it");
  }
  return fd;
}

Problem ToProblem(const Error& error) { return {error.reason(), error.message(), error.remedy()}; }

// Do two attached drives show the same evidence, or claim to be the same unit? Nobody could then
// say which backup belongs to which.
bool LookTheSame(const DriveSnapshot& a, const DriveSnapshot& b) {
  const auto serial = a.identity.serial();
  const auto other_serial = b.identity.serial();
  if (serial && other_serial) {
    if (*serial == *other_serial) return true;
  } else if (!a.eeprom_stable_sha256.empty() && a.eeprom_stable_sha256 == b.eeprom_stable_sha256) {
    return true;
  }
  const auto claims = [](const UnitMatch& match, const std::string& unit) {
    return match.unit_id == unit || std::find(match.candidates.begin(), match.candidates.end(),
                                              unit) != match.candidates.end();
  };
  return (!a.unit.unit_id.empty() && claims(b.unit, a.unit.unit_id)) ||
         (!b.unit.unit_id.empty() && claims(a.unit, b.unit.unit_id));
}

void SetAmbiguous(DriveSnapshot& snapshot, const std::string& other_bay) {
  UnitMatch& unit = snapshot.unit;
  unit.verdict = UnitVerdict::kAmbiguous;
  if (!unit.unit_id.empty()) unit.candidates = {unit.unit_id};
  unit.unit_id.clear();
  unit.why = fmt::format("it shows the same serial number or EEPROM as the drive in {}", other_bay);
  snapshot.problems.push_back({"UNIT_AMBIGUOUS",
                               "two drives on this bench look the same: " + unit.why,
                               "attach one of the two at a time"});
}

void FinishEtag(DriveSnapshot& snapshot) {
  std::string facts = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", snapshot.id, snapshot.generation,
      static_cast<int>(snapshot.condition), snapshot.identity.vendor, snapshot.identity.product,
      snapshot.identity.revision, static_cast<int>(snapshot.unit.verdict), snapshot.unit.unit_id,
      snapshot.eeprom_stable_sha256, snapshot.quarantine);
  for (const auto& candidate : snapshot.unit.candidates) facts += "\n" + candidate;
  if (const auto serial = snapshot.identity.serial()) facts += "\nserial " + *serial;
  snapshot.etag = Sha256Hex(AsBytes(facts)).substr(0, 16);
}

}  // namespace

bool WroteChip(const storage::Job& job) {
  return job.kind == "chip_write" || job.kind == "chip_erase";
}

bool NeedsRecovery(const storage::Job& job) {
  if (WroteChip(job)) return false;
  const bool only_eeprom = job.outcome == "CHANGED_VERIFIED" && job.eeprom_check == "CHANGED";
  return job.state == "CLOSED" && job.write_started_us != 0 && job.drive_state != "untouched" &&
         !only_eeprom;
}

bool Concerns(const storage::Quarantine& quarantine, const DriveSnapshot& drive) {
  const std::string& id = quarantine.subject_id;
  if (id.empty()) return false;
  if (quarantine.subject_kind == "drive") return id == drive.id;
  if (quarantine.subject_kind == "unit") return id == drive.unit.unit_id;
  if (quarantine.subject_kind == "port") return id == drive.topology;
  return quarantine.subject_kind == "bridge" && id == drive.bridge;
}

Inventory::Inventory(DriveSource& source, storage::Ledger& ledger)
    : source_(source), ledger_(ledger), known_(ledger) {
  source_.Watch([this] { Rescan(); });
}

Inventory::~Inventory() {
  source_.Watch(nullptr);
  std::map<std::string, std::unique_ptr<Lane>> lanes;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    lanes.swap(lanes_);
  }
  // Joined without the lock: a lane's last task may still publish a snapshot.
}

void Inventory::OnChange(std::function<void(const std::string&)> callback) {
  changed_ = std::move(callback);
}

std::string Inventory::DriveId(const std::string& topology) const {
  return IdFromDigest(Sha256(AsBytes(ledger_.bench_id() + "\n" + topology)));
}

Lane* Inventory::LaneFor(const std::string& channel) {
  auto& lane = lanes_[channel];
  if (!lane) lane = std::make_unique<Lane>(channel);
  return lane.get();
}

void Inventory::Rescan() {
  uint64_t ticket = 0;
  {
    MutexLock lock(mutex_);
    ticket = ++rescans_begun_;
  }
  std::vector<Attachment> attachments = source_.List();
  std::vector<std::string> changed;
  {
    MutexLock lock(mutex_);
    // Who began to look later has seen more, and may have come first.
    if (stopping_ || ticket < rescan_taken_) return;
    rescan_taken_ = ticket;
    changed = TakeOver(std::move(attachments));
  }
  if (changed.empty()) return;
  identified_.NotifyAll();
  Announce(changed);
  // A drive that left, or that another took the place of, may have been somebody's twin.
  for (const Snapshot& drive : List()) {
    if (drive->unit.verdict == UnitVerdict::kAmbiguous) Reassess(drive->id);
  }
}

// Returns the drives whose snapshot changed. Identification is posted under the lock, so that no
// lane is used after the destructor took them.
std::vector<std::string> Inventory::TakeOver(std::vector<Attachment> attachments) {
  std::vector<std::string> changed;
  std::set<std::string> present;
  for (Attachment& attachment : attachments) {
    const std::string id = DriveId(attachment.topology);
    present.insert(id);
    const auto it = drives_.find(id);
    const bool known = it != drives_.end() &&
                       it->second.snapshot->condition != DriveCondition::kGone &&
                       it->second.snapshot->condition != DriveCondition::kNotAnswering &&
                       it->second.attachment.generation == attachment.generation;
    if (known) continue;
    Adopt(id, std::move(attachment));
    changed.push_back(id);
  }
  for (auto& [id, entry] : drives_) {
    if (present.count(id) != 0 || entry.snapshot->condition == DriveCondition::kGone) continue;
    auto snapshot = std::make_shared<DriveSnapshot>(*entry.snapshot);
    snapshot->condition = DriveCondition::kGone;
    FinishEtag(*snapshot);
    entry.snapshot = std::move(snapshot);
    entry.lock.Reset();
    log::Info("drive gone", "drive", id);
    changed.push_back(id);
  }
  return changed;
}

void Inventory::Adopt(const std::string& id, Attachment attachment) {
  Entry& entry = drives_[id];
  auto snapshot = std::make_shared<DriveSnapshot>();
  snapshot->id = id;
  snapshot->topology = attachment.topology;
  snapshot->bay = attachment.bay;
  snapshot->channel = attachment.channel;
  snapshot->connection_text = attachment.connection_text;
  snapshot->bridge = attachment.bridge;
  snapshot->connection = attachment.connection;
  snapshot->generation = attachment.generation;
  FinishEtag(*snapshot);
  entry.lane = LaneFor(attachment.channel);
  entry.attachment = std::move(attachment);
  entry.snapshot = std::move(snapshot);
  entry.eeprom.clear();
  entry.lane->Post([this, id] { Identify(id); });
}

std::vector<Snapshot> Inventory::List() const {
  std::vector<Snapshot> snapshots;
  MutexLock lock(mutex_);
  for (const auto& [id, entry] : drives_) snapshots.push_back(entry.snapshot);
  // By bay, as they stand on the bench.
  std::sort(snapshots.begin(), snapshots.end(), [](const Snapshot& a, const Snapshot& b) {
    return std::tie(a->bay, a->topology) < std::tie(b->bay, b->topology);
  });
  return snapshots;
}

Result<DriveBinding> Inventory::Bind(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto it = drives_.find(id);
  if (it == drives_.end()) {
    return NotFound("DRIVE_NOT_FOUND", fmt::format("there is no drive {} on this bench",
                                                   IsId(id) ? id : "of that name"))
        .WithRemedy("`firmbench drive list` shows the drives that are attached");
  }
  return DriveBinding{it->second.snapshot, it->second.attachment, it->second.lane};
}

Result<Snapshot> Inventory::Find(const std::string& id) const {
  ASSIGN_OR_RETURN(DriveBinding binding, Bind(id));
  return binding.snapshot;
}

void Inventory::IdentifyNow(const std::string& id) { Identify(id); }

void Inventory::Identify(const std::string& id) {
  Attachment attachment;
  DriveSnapshot snapshot;
  {
    MutexLock lock(mutex_);
    const auto it = drives_.find(id);
    if (it == drives_.end() || it->second.snapshot->condition == DriveCondition::kGone) return;
    attachment = it->second.attachment;
    snapshot = *it->second.snapshot;
    if (!attachment.lock_path.empty() && !it->second.lock.valid()) {
      auto drive_lock = LockDrive(attachment.lock_path);
      if (drive_lock) {
        it->second.lock = std::move(*drive_lock);
      } else {
        snapshot.condition = DriveCondition::kNotAnswering;
        snapshot.problems = {ToProblem(drive_lock.error())};
      }
    }
    if (attachment.lock_path.empty() || it->second.lock.valid()) {
      snapshot.condition = DriveCondition::kReady;
      snapshot.problems.clear();
    }
  }
  Bytes eeprom;
  if (snapshot.condition == DriveCondition::kReady) {
    snapshot = AskDrive(attachment, std::move(snapshot), eeprom);
  }
  std::vector<std::string> changed;
  {
    MutexLock assessing(assess_mutex_);
    MatchToLedger(snapshot, eeprom);
    changed = Publish(std::move(snapshot), std::move(eeprom));
  }
  NoteWhatIsNew(id);
  Announce(changed);
}

DriveSnapshot Inventory::AskDrive(const Attachment& attachment, DriveSnapshot snapshot,
                                  Bytes& eeprom) const {
  snapshot.family = nullptr;
  snapshot.model = nullptr;
  snapshot.details.reset();
  snapshot.abilities.clear();
  snapshot.eeprom_stable_sha256.clear();
  const auto failed = [&snapshot](const Error& error) {
    snapshot.condition = DriveCondition::kNotAnswering;
    snapshot.problems.push_back(ToProblem(error));
    if (snapshot.connection.task_file && error.reason() != "DRIVE_GONE") {
      snapshot.problems.push_back(SilentProblem(snapshot));
    }
    log::Warn("drive does not answer", "drive", snapshot.id, "reason", error.reason());
    return std::move(snapshot);
  };

  auto handles = attachment.open({});
  if (!handles) return failed(handles.error());
  if (!handles->scsi) {
    return failed(
        FailedPrecondition("NO_SCSI_PATH", "this connection cannot ask a drive its name"));
  }
  auto identity = scsi::ReadIdentity(*handles->scsi);
  if (!identity) return failed(identity.error());
  snapshot.identity = std::move(*identity);
  auto details = AskDetails(*handles->scsi, snapshot.identity,
                            {.task_file = handles->task_file.get(),
                             .second_device = attachment.second_device,
                             .sat = attachment.connection.sat,
                             .behind_bridge = !attachment.bridge.empty()});
  if (!details) return failed(details.error());

  const families::Match match = families::MatchDrive(snapshot.identity);
  if (match.family == nullptr) details->likeness = families::FindLikeness(snapshot.identity);
  snapshot.details = std::make_shared<const DriveDetails>(std::move(*details));
  if (match.family == nullptr) {
    if (const families::Family* boot = families::FindBootCode(snapshot.identity)) {
      snapshot.problems.push_back(BootCodeProblem(*boot, snapshot));
      return snapshot;
    }
    snapshot.problems.push_back(
        {"DRIVE_UNKNOWN", "no family of this version knows this drive",
         fmt::format("it is listed and never written to; make a file of what it answers and send "
                     "it to who maintains the tables: `firmbench probe {} -o drive.capsule`",
                     BayWord(snapshot.bay))});
    return snapshot;
  }
  snapshot.family = match.family;
  snapshot.model = match.model;
  snapshot.abilities = match.family->Abilities(*match.model, attachment.connection);

  const auto eeprom_ability =
      std::find_if(snapshot.abilities.begin(), snapshot.abilities.end(),
                   [](const auto& ability) { return ability.memory == Memory::kEeprom; });
  if (eeprom_ability == snapshot.abilities.end() || !eeprom_ability->read.possible) return snapshot;

  handles = attachment.open({match.family->cdb_rules(), match.family->task_file_rules()});
  if (!handles) return failed(handles.error());
  const families::DriveAccess access{handles->scsi.get(), handles->task_file.get(),
                                     attachment.clock, attachment.second_device,
                                     attachment.connection.simulated};
  SilentObserver observer;
  auto read = match.family->Open(*match.model, access)->Read(Memory::kEeprom, {}, observer);
  if (read) {
    eeprom = std::move(*read);
    snapshot.eeprom_stable_sha256 = Sha256Hex(StablePart(eeprom, snapshot.model->volatile_eeprom));
  } else {
    snapshot.problems.push_back(ToProblem(read.error()));
  }
  return snapshot;
}

void Inventory::MatchToLedger(DriveSnapshot& snapshot, ByteView eeprom) {
  snapshot.unit = {};
  if (snapshot.condition == DriveCondition::kReady && snapshot.model != nullptr) {
    Observed observed;
    for (const SerialSeen& serial : SerialsOf(snapshot.identity, snapshot.details.get())) {
      observed.serials.push_back(serial.value);
    }
    observed.eeprom.assign(eeprom.begin(), eeprom.end());
    observed.topology = snapshot.topology;
    observed.bridge = snapshot.bridge;
    auto match = MatchContent(observed, snapshot.model->volatile_eeprom);
    if (match) {
      snapshot.unit = std::move(*match);
    } else {
      snapshot.problems.push_back(ToProblem(match.error()));
    }
  }
  TakeQuarantines(snapshot);
  snapshot.claimed_by.clear();
  const auto claims = ledger_.ListClaims(snapshot.id, true);
  if (!claims || claims->empty()) return;
  snapshot.claimed_by = claims->front().principal;
  snapshot.claim_note = claims->front().note;
  snapshot.claim_expires_us = claims->front().expires_us;
}

void Inventory::TakeQuarantines(DriveSnapshot& snapshot) const {
  snapshot.quarantine.clear();
  const auto quarantines = ledger_.ListQuarantines(true);
  if (!quarantines) return;
  bool told = false;
  bool told_of_chip = false;
  for (const auto& quarantine : *quarantines) {
    if (!Concerns(quarantine, snapshot)) continue;
    snapshot.quarantine = quarantine.reason;
    if (quarantine.job_id.empty()) continue;
    const auto job = ledger_.GetJob(quarantine.job_id);
    if (job && WroteChip(*job) && !std::exchange(told_of_chip, true)) {
      snapshot.problems.insert(
          snapshot.problems.begin(),
          {std::string(kChipHalfWritten),
           fmt::format("the chip that was in the socket of the drive in {} was left half written "
                       "at {}: no firmware is written through this port",
                       snapshot.bay, FormatMinute(job->write_started_us)),
           fmt::format("write it again, as `firmbench job show jobs/{}` says; with another chip in "
                       "the socket a manager ends this: `firmbench drive lift`",
                       job->id)});
    }
    if (told || !job || !NeedsRecovery(*job)) continue;
    const std::string& root = job->recovers.empty() ? job->id : job->recovers;
    // What a person at this bench has to know before anything else.
    snapshot.problems.insert(
        snapshot.problems.begin(),
        {"RECOVERY_NEEDED",
         fmt::format("the {} write to the drive in {} was cut off at {}: it may not start until it "
                     "is brought back",
                     job->memory == "all" ? "firmware and EEPROM" : job->memory, snapshot.bay,
                     FormatMinute(job->write_started_us)),
         "firmbench job recover jobs/" + root});
    told = true;
  }
}

// Returns the other one's id when it does not say so yet.
std::string Inventory::MarkTwins(DriveSnapshot& snapshot) const {
  if (snapshot.condition != DriveCondition::kReady) return {};
  for (const auto& [id, entry] : drives_) {
    const DriveSnapshot& other = *entry.snapshot;
    if (id == snapshot.id || other.condition != DriveCondition::kReady) continue;
    if (!LookTheSame(snapshot, other)) continue;
    SetAmbiguous(snapshot, other.bay);
    return other.unit.verdict == UnitVerdict::kAmbiguous ? std::string{} : id;
  }
  return {};
}

std::vector<std::string> Inventory::Publish(DriveSnapshot snapshot, Bytes eeprom) {
  std::vector<std::string> changed;
  {
    MutexLock lock(mutex_);
    const auto it = drives_.find(snapshot.id);
    // Unplugged, or plugged anew, while we asked: that result is about a drive that is not there.
    if (it == drives_.end() || it->second.attachment.generation != snapshot.generation ||
        it->second.snapshot->condition == DriveCondition::kGone) {
      return changed;
    }
    changed.push_back(snapshot.id);
    const std::string twin = MarkTwins(snapshot);
    if (!twin.empty()) {
      // Both at once: nobody ever sees one of the two as if it were certain.
      auto& other = drives_[twin].snapshot;
      DriveSnapshot marked = *other;
      SetAmbiguous(marked, snapshot.bay);
      FinishEtag(marked);
      other = std::make_shared<DriveSnapshot>(std::move(marked));
      changed.push_back(twin);
    }
    FinishEtag(snapshot);
    it->second.snapshot = std::make_shared<DriveSnapshot>(std::move(snapshot));
    it->second.eeprom = std::move(eeprom);
  }
  identified_.NotifyAll();
  return changed;
}

void Inventory::Announce(const std::vector<std::string>& changed) {
  for (const auto& id : changed) {
    if (changed_) changed_(id);
  }
}

void Inventory::Reassess(const std::string& id) {
  std::vector<std::string> changed;
  {
    MutexLock assessing(assess_mutex_);
    DriveSnapshot snapshot;
    Bytes eeprom;
    {
      MutexLock lock(mutex_);
      const auto it = drives_.find(id);
      if (it == drives_.end()) return;
      snapshot = *it->second.snapshot;
      eeprom = it->second.eeprom;
    }
    // Only what the drive itself said stays.
    std::erase_if(snapshot.problems, [](const Problem& problem) {
      return problem.reason == "UNIT_AMBIGUOUS" || problem.reason == "RECOVERY_NEEDED" ||
             problem.reason.starts_with("LEDGER_");
    });
    MatchToLedger(snapshot, eeprom);
    changed = Publish(std::move(snapshot), std::move(eeprom));
  }
  Announce(changed);
}

bool Inventory::WaitUntilIdentified(Nanos limit) {
  const Nanos until = RealClock().Monotonic() + limit;
  MutexLock lock(mutex_);
  for (;;) {
    const bool waiting = std::any_of(drives_.begin(), drives_.end(), [](const auto& drive) {
      return drive.second.snapshot->condition == DriveCondition::kIdentifying;
    });
    if (!waiting) return true;
    const Nanos left = until - RealClock().Monotonic();
    if (left <= Nanos{0}) return false;
    identified_.WaitFor(mutex_, left);
  }
}

}  // namespace firmbench::inventory
