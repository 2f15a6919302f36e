// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/image_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace firmbench::jobs {
namespace {

constexpr std::array<std::string_view, 5> kMarks = {"approved", "not_approved", "known_bad",
                                                    "not_known_bad", "note"};

}  // namespace

Result<storage::Image> MarkImage(storage::Ledger& ledger, const std::string& image_id,
                                 const std::string& kind, const std::string& text,
                                 const std::string& principal) {
  RETURN_IF_ERROR(ledger.GetImage(image_id));
  const bool archiving = kind == "archived" || kind == "not_archived";
  if (!archiving && std::find(kMarks.begin(), kMarks.end(), kind) == kMarks.end()) {
    return InvalidArgument("MARK_UNKNOWN", "an image cannot be marked so")
        .WithRemedy(
            "say approved, not_approved, known_bad, not_known_bad, note, archived or "
            "not_archived");
  }
  if (text.empty() && (kind == "known_bad" || kind == "not_known_bad")) {
    return InvalidArgument("REASON_REQUIRED", "whoever comes next has to know why")
        .WithRemedy("give a reason: --reason TEXT");
  }
  RETURN_IF_ERROR(ledger.Commit([&](storage::Transaction& tx) -> Status {
    if (archiving) {
      storage::Archiving row;
      row.id = tx.NewId();
      row.subject_kind = "image";
      row.subject_id = image_id;
      row.archived = kind == "archived";
      row.principal = principal;
      row.reason = text;
      row.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertArchiving(row));
    } else {
      storage::ImageMark row;
      row.id = tx.NewId();
      row.image_id = image_id;
      row.kind = kind;
      row.text = text;
      row.principal = principal;
      row.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertImageMark(row));
    }
    storage::AuditFact fact;
    fact.principal = principal;
    fact.action = "image.mark";
    fact.resource = "images/" + image_id;
    fact.outcome = "ok";
    fact.details = {{"kind", kind}};
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  return ledger.GetImage(image_id);
}

Status CheckKnownBad(const JobSpec& spec, const PlanInputs& inputs) {
  if (!Writes(spec.kind) || !inputs.image || !inputs.image->known_bad) return Ok();
  return FailedPrecondition("IMAGE_KNOWN_BAD", fmt::format("this image is known to be bad: {}",
                                                           inputs.image->bad_reason))
      .WithRemedy(
          "choose another image; who knows better says `firmbench image known-bad IMAGE --clear`");
}

void AddImageMarks(const PlanInputs& inputs, Plan& plan) {
  if (auto status = CheckKnownBad(plan.spec, inputs); !status) {
    const Error& error = status.error();
    plan.problems.push_back({error.reason(), error.message(), error.remedy()});
  } else if (Writes(plan.spec.kind) && inputs.image && !inputs.image->approved) {
    plan.warnings.push_back({"IMAGE_NOT_APPROVED", "nobody has approved this image yet",
                             "once it proved good, say so: `firmbench image approve IMAGE`"});
  }
}

}  // namespace firmbench::jobs
