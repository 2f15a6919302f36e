// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/lines.h"

#include <fcntl.h>
#include <grpcpp/create_channel_posix.h>
#include <poll.h>

#include <utility>

namespace firmbench::web {
namespace {

bool IsClosed(const UniqueFd& watch) {
  pollfd polled{watch.get(), POLLRDHUP, 0};
  return ::poll(&polled, 1, 0) > 0 && polled.revents != 0;
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> Lines::To(const std::string& session,
                                                 const std::string& id) {
  const auto found = lines_.find(id);
  if (found != lines_.end() && !IsClosed(found->second.watch)) {
    found->second.used = clock_.Monotonic();
    return found->second.channel;
  }
  lines_.erase(id);
  if (lines_.size() >= kMost) {
    return ResourceExhausted("TOO_MANY_CONNECTIONS", "too many people use the page now")
        .WithRemedy("close it where nobody looks at it");
  }
  ASSIGN_OR_RETURN(Line line, door_.Connect(session));
  Open open{.used = clock_.Monotonic()};
  open.watch = UniqueFd(::fcntl(line.end.get(), F_DUPFD_CLOEXEC, 0));
  if (!open.watch.valid()) return ResourceExhausted("NO_DESCRIPTORS", "no descriptor is left");
  ::fcntl(line.end.get(), F_SETFL, ::fcntl(line.end.get(), F_GETFL) | O_NONBLOCK);
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateInsecureChannelFromFd("bench", line.end.Release());
  // Calls that run keep the lease with their channel.
  open.channel = std::shared_ptr<grpc::Channel>(
      channel.get(), [channel, lease = std::move(line.lease)](grpc::Channel*) mutable {
        channel.reset();
        lease.reset();
      });
  return lines_.emplace(id, std::move(open)).first->second.channel;
}

void Lines::Sweep() {
  const Nanos now = clock_.Monotonic();
  std::erase_if(lines_, [&](const auto& entry) {
    const Open& open = entry.second;
    return IsClosed(open.watch) || (open.channel.use_count() == 1 && now - open.used >= kIdle);
  });
}

}  // namespace firmbench::web
