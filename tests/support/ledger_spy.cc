// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ledger_spy.h"

#include <memory>
#include <utility>

namespace firmbench::test {
namespace {

using storage::Transaction;

class SpyTransaction final : public Transaction {
 public:
  SpyTransaction(Transaction& real, const LedgerSpy::Gate& gate, std::vector<std::string>& done)
      : real_(real), gate_(gate), done_(done) {}

  int64_t now_us() const override { return real_.now_us(); }
  std::string NewId() override { return real_.NewId(); }
  Result<std::string> PutBlob(ByteView bytes) override { return real_.PutBlob(bytes); }
  Result<int64_t> InsertUnit(const storage::Unit& unit) override {
    RETURN_IF_ERROR(Note("unit"));
    return real_.InsertUnit(unit);
  }
  Status UpdateUnit(const storage::Unit& unit) override { return real_.UpdateUnit(unit); }
  Status InsertEvidence(const storage::UnitEvidence& evidence) override {
    return real_.InsertEvidence(evidence);
  }
  Status InsertDump(const storage::Dump& dump) override {
    RETURN_IF_ERROR(Note("dump " + dump.memory + " " + dump.purpose));
    return real_.InsertDump(dump);
  }
  Status InsertAttribution(const storage::DumpAttribution& attribution) override {
    return real_.InsertAttribution(attribution);
  }
  Status InsertEvidenceMove(const storage::EvidenceMove& move) override {
    return real_.InsertEvidenceMove(move);
  }
  Status InsertUnitEvent(const storage::UnitEvent& event) override {
    return real_.InsertUnitEvent(event);
  }
  Status InsertCustomer(const storage::Customer& customer) override {
    return real_.InsertCustomer(customer);
  }
  Status InsertDumpFile(const storage::DumpFile& file) override {
    return real_.InsertDumpFile(file);
  }
  Status InsertDumpProof(const storage::DumpProof& proof) override {
    return real_.InsertDumpProof(proof);
  }
  Status InsertArchiving(const storage::Archiving& archiving) override {
    return real_.InsertArchiving(archiving);
  }
  Status InsertImageMark(const storage::ImageMark& mark) override {
    return real_.InsertImageMark(mark);
  }
  Status InsertCopy(const storage::Copy& copy) override { return real_.InsertCopy(copy); }
  Status InsertCheckpoint(const storage::Checkpoint& checkpoint) override {
    return real_.InsertCheckpoint(checkpoint);
  }
  Status EraseCustomerData(const std::string& unit_id) override {
    return real_.EraseCustomerData(unit_id);
  }
  Status InsertImage(const storage::Image& image) override { return real_.InsertImage(image); }
  Status InsertJob(const storage::Job& job) override {
    RETURN_IF_ERROR(Note("job"));
    return real_.InsertJob(job);
  }
  Status UpdateJob(const storage::Job& job) override { return real_.UpdateJob(job); }
  Status PutStep(const storage::JobStep& step) override { return real_.PutStep(step); }
  Result<int64_t> AppendEvent(const storage::JobEvent& event) override {
    RETURN_IF_ERROR(Note("event " + event.type + (event.type == "state" ? " " + event.state : "")));
    return real_.AppendEvent(event);
  }
  Status InsertQuarantine(const storage::Quarantine& quarantine) override {
    RETURN_IF_ERROR(Note("quarantine " + quarantine.subject_kind));
    return real_.InsertQuarantine(quarantine);
  }
  Status LiftQuarantine(const std::string& id, const std::string& by,
                        const std::string& reason) override {
    return real_.LiftQuarantine(id, by, reason);
  }
  Status InsertClaim(const storage::Claim& claim) override {
    RETURN_IF_ERROR(Note("claim"));
    return real_.InsertClaim(claim);
  }
  Status UpdateClaim(const storage::Claim& claim) override { return real_.UpdateClaim(claim); }
  Status InsertCredential(const storage::Credential& credential) override {
    return real_.InsertCredential(credential);
  }
  Status UpdateCredential(const storage::Credential& credential) override {
    return real_.UpdateCredential(credential);
  }
  Status InsertApproval(const storage::Approval& approval) override {
    RETURN_IF_ERROR(Note("approval"));
    return real_.InsertApproval(approval);
  }
  Status InsertJobTrace(const storage::JobTrace& trace) override {
    RETURN_IF_ERROR(Note("trace"));
    return real_.InsertJobTrace(trace);
  }
  Status InsertSpilled(const storage::SpilledRecord& record) override {
    return real_.InsertSpilled(record);
  }
  Result<int64_t> AppendAudit(const storage::AuditFact& fact) override {
    RETURN_IF_ERROR(Note("audit " + fact.action));
    return real_.AppendAudit(fact);
  }

 private:
  Status Note(std::string what) {
    if (gate_) RETURN_IF_ERROR(gate_(what));
    done_.push_back(std::move(what));
    return Ok();
  }

  Transaction& real_;
  const LedgerSpy::Gate& gate_;
  std::vector<std::string>& done_;
};

}  // namespace

std::vector<std::string> LedgerSpy::committed() const {
  MutexLock lock(mutex_);
  return committed_;
}

void LedgerSpy::Forget() {
  MutexLock lock(mutex_);
  committed_.clear();
}

void LedgerSpy::AskBefore(Gate gate) {
  MutexLock lock(mutex_);
  gate_ = std::move(gate);
  health_ = storage::LedgerHealth();
}

void LedgerSpy::RefuseFrom(const std::string& what) {
  AskBefore([what, refusing = std::make_shared<bool>(false)](const std::string& next) -> Status {
    *refusing = *refusing || next == what;
    if (!*refusing) return Ok();
    return ResourceExhausted("LEDGER_FULL", "the disk of the ledger is full");
  });
}

Status LedgerSpy::Commit(const std::function<Status(Transaction&)>& change) {
  Gate gate;
  {
    MutexLock lock(mutex_);
    gate = gate_;
  }
  std::vector<std::string> done;
  const Status status = real_.Commit([&](Transaction& tx) -> Status {
    done.clear();
    SpyTransaction spy(tx, gate, done);
    return change(spy);
  });
  MutexLock lock(mutex_);
  if (!status) {
    const Error& error = status.error();
    if (gate && error.reason().starts_with("LEDGER_")) {
      health_ = {.writable = false,
                 .reason = error.reason(),
                 .text = error.message(),
                 .remedy = error.remedy()};
    }
    return status;
  }
  health_ = storage::LedgerHealth();
  committed_.insert(committed_.end(), done.begin(), done.end());
  return status;
}

storage::LedgerHealth LedgerSpy::Health() {
  {
    MutexLock lock(mutex_);
    if (!health_.writable) return health_;
  }
  return real_.Health();
}

Result<Bytes> LedgerSpy::ReadBlob(const std::string& sha256) {
  ASSIGN_OR_RETURN(Bytes bytes, real_.ReadBlob(sha256));
  MutexLock lock(mutex_);
  committed_.push_back("read blob");
  return bytes;
}

}  // namespace firmbench::test
