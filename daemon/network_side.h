// SPDX-License-Identifier: Apache-2.0
#pragma once

// What of the bench others on the network see: the listener for clients and the page. A clock that
// is wrong keeps both from opening, and nothing else from working: it is tried again until they are
// open. Main thread.

#include <functional>
#include <string>

#include "daemon/page.h"
#include "daemon/rpc/server.h"

namespace firmbench {

class NetworkSide {
 public:
  // `page` nullptr: there is none. `bench` is as Page::Start takes it. All outlive it.
  NetworkSide(rpc::Server& server, Page* page, Page::Bench bench)
      : server_(server), page_(page), bench_(std::move(bench)) {}

  // At the start. An error of time is said in the log and is none of the start: see TryAgain. What
  // rpc::Server::OpenToNetwork and Page::Start return else.
  Status Open();
  // Opens what is not open yet. Costs nothing once all is.
  void TryAgain();

 private:
  Status OpenWhatIsShut();
  // Once for every reason.
  void Say(const Error& error);

  rpc::Server& server_;
  Page* const page_;
  const Page::Bench bench_;
  bool open_ = false;
  std::string said_;
};

}  // namespace firmbench
