// SPDX-License-Identifier: Apache-2.0
#include "daemon/network_side.h"

#include <cstdio>

#include "daemon/base/log.h"

namespace firmbench {

Status NetworkSide::Open() {
  Status opened = OpenWhatIsShut();
  if (opened || !rpc::pki::Authority::IsAboutTime(opened.error())) return opened;
  Say(opened.error());
  return Ok();
}

void NetworkSide::TryAgain() {
  if (open_) return;
  const Status opened = OpenWhatIsShut();
  std::fflush(stdout);
  if (!opened) Say(opened.error());
}

Status NetworkSide::OpenWhatIsShut() {
  RETURN_IF_ERROR(server_.OpenToNetwork());
  if (page_ != nullptr) {
    RETURN_IF_ERROR(page_->Start(bench_));
    log::Info("serving the page", "address", page_->address());
    std::printf("page https://%s/\n", page_->address().c_str());
  }
  if (const std::string address = server_.remote_address(); !address.empty()) {
    log::Info("listening on the network", "address", address);
    std::printf("remote %s\n", address.c_str());
  }
  open_ = true;
  return Ok();
}

void NetworkSide::Say(const Error& error) {
  if (said_ == error.reason()) return;
  said_ = error.reason();
  log::ErrorLine("the bench is not on the network, and works on this PC alone", "reason",
                 error.reason(), "text", error.message(), "remedy", error.remedy());
}

}  // namespace firmbench
