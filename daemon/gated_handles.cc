// SPDX-License-Identifier: Apache-2.0
#include "daemon/gated_handles.h"

#include <utility>

#include "daemon/transport/decorators/gate.h"
#include "daemon/transport/decorators/record.h"

namespace firmbench {
namespace {

class EngineGate final : public inventory::GateControl {
 public:
  void SetLevel(inventory::GateLevel level) override {
    switch (level) {
      case inventory::GateLevel::kReadOnly:
        return gate_.SetLevel(transport::GateLevel::kReadOnly);
      case inventory::GateLevel::kChipIdentify:
        return gate_.SetLevel(transport::GateLevel::kChipIdentify);
      case inventory::GateLevel::kOpen:
        return gate_.SetLevel(transport::GateLevel::kOpen);
    }
  }
  const transport::Gate& gate() const { return gate_; }

 private:
  transport::Gate gate_;
};

}  // namespace

inventory::Handles PutBehindGate(RawHandles raw, const inventory::GateRules& rules,
                                 bool simulated) {
  auto gate = std::make_shared<EngineGate>();
  raw.scsi = transport::MakeRecorded(std::move(raw.scsi), rules.cdb, rules.recording);
  raw.task_file =
      transport::MakeRecorded(std::move(raw.task_file), rules.task_file, rules.recording);
  inventory::Handles handles;
  handles.scsi = transport::MakeGated(std::move(raw.scsi), rules.cdb, gate->gate(), simulated);
  handles.task_file =
      transport::MakeGated(std::move(raw.task_file), rules.task_file, gate->gate(), simulated);
  handles.gate = std::move(gate);
  return handles;
}

}  // namespace firmbench
