// SPDX-License-Identifier: Apache-2.0
#pragma once

// The drives of several sources as those of one; of no source, a bench without drives. Part of the
// composition root. Thread-safe, as the sources are.

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/inventory/drive_source.h"

namespace firmbench {

class SeveralSources final : public inventory::DriveSource {
 public:
  explicit SeveralSources(std::vector<std::unique_ptr<inventory::DriveSource>> sources)
      : sources_(std::move(sources)) {}

  std::vector<inventory::Attachment> List() override {
    std::vector<inventory::Attachment> all;
    for (const auto& source : sources_) {
      for (auto& attachment : source->List()) all.push_back(std::move(attachment));
    }
    return all;
  }
  void Watch(std::function<void()> changed) override {
    for (const auto& source : sources_) source->Watch(changed);
  }

 private:
  const std::vector<std::unique_ptr<inventory::DriveSource>> sources_;
};

}  // namespace firmbench
