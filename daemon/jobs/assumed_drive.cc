// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/assumed_drive.h"

#include <utility>

namespace firmbench::jobs {

bool IsSilent(const inventory::DriveSnapshot& drive) {
  return drive.condition == inventory::DriveCondition::kNotAnswering || drive.model == nullptr;
}

families::Match FindModel(std::string_view family, std::string_view model) {
  for (const families::Family* candidate : families::AllFamilies()) {
    if (!family.empty() && candidate->name() != family) continue;
    for (const families::ModelInfo& row : candidate->models()) {
      if (row.model == model) return {candidate, &row};
    }
  }
  return {};
}

namespace {

inventory::Snapshot TakeFor(const inventory::Snapshot& drive, const families::Match& match) {
  if (match.model == nullptr) return drive;
  auto assumed = std::make_shared<inventory::DriveSnapshot>(*drive);
  assumed->family = match.family;
  assumed->model = match.model;
  assumed->abilities = match.family->Abilities(*match.model, assumed->connection);
  return assumed;
}

}  // namespace

inventory::Snapshot AssumeModel(inventory::Snapshot drive, std::string_view family,
                                std::string_view model) {
  return IsSilent(*drive) ? TakeFor(drive, FindModel(family, model)) : drive;
}

inventory::Snapshot AssumeModel(inventory::Snapshot drive, const storage::Job& job) {
  const bool converted = !job.target_model.empty() && !IsSilent(*drive) &&
                         drive->family->name() == job.family &&
                         drive->model->model == job.target_model;
  return converted ? TakeFor(drive, FindModel(job.family, job.model))
                   : AssumeModel(std::move(drive), job.family, job.model);
}

}  // namespace firmbench::jobs
