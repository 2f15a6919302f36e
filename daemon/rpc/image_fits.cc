// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/image_fits.h"

#include <map>

#include "daemon/jobs/plan_checks.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {

std::vector<v1::ImageFit> FitsOf(const Context& bench, ByteView image) {
  std::map<const families::ModelInfo*, Status> by_model;
  std::vector<v1::ImageFit> fits;
  for (const inventory::Snapshot& drive : bench.inventory.List()) {
    if (drive->condition == inventory::DriveCondition::kGone) continue;
    v1::ImageFit fit;
    fit.set_drive(Name("drives", drive->id));
    fit.set_bay(drive->bay);
    fit.set_unit_number(NumberOfUnit(bench.ledger, drive->unit.unit_id));
    fit.set_firmware_revision(drive->identity.revision);
    if (drive->model != nullptr) fit.set_model(std::string(drive->model->model));
    if (const auto problem = jobs::CheckPresence(*drive)) {
      fit.set_reason(problem->reason);
      fit.set_text(problem->text);
      fits.push_back(std::move(fit));
      continue;
    }
    auto found = by_model.find(drive->model);
    if (found == by_model.end()) {
      found = by_model.emplace(drive->model, drive->family->CheckImage(*drive->model, image)).first;
    }
    fit.set_fits(found->second.has_value());
    if (!found->second) {
      fit.set_reason(found->second.error().reason());
      fit.set_text(found->second.error().message());
    }
    fits.push_back(std::move(fit));
  }
  return fits;
}

}  // namespace firmbench::rpc
