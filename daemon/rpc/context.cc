// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/rpc/convert.h"

namespace firmbench::rpc {

Result<Caller> Authorise(const Context& bench, const grpc::ServerContextBase& context,
                         std::string_view request_full_name) {
  constexpr std::string_view kBearer = "Bearer ";
  constexpr size_t kLongestToken = 200;
  const Rule* const rule = RuleOfRequest(request_full_name);
  if (rule == nullptr) {
    return Internal("RPC_WITHOUT_RULE", fmt::format("nobody may call {}", request_full_name));
  }
  if (bench.peer.refusal) return bench.peer.refusal();
  Caller caller = bench.peer;
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first != last) {
    const std::string_view text(first->second.data(), first->second.size());
    const bool one = std::next(first) == last;
    const bool formed = text.starts_with(kBearer) && text.size() < kLongestToken;
    ASSIGN_OR_RETURN(caller,
                     bench.access.OfToken(one && formed ? text.substr(kBearer.size()) : ""));
  }
  RETURN_IF_ERROR(bench.access.Check(*rule, caller));
  if (first == last) RETURN_IF_ERROR(bench.access.CheckStanding(caller));
  return caller;
}

Status CheckKept(const google::protobuf::Message& request) {
  constexpr size_t kMost = 64 << 10;
  if (request.SpaceUsedLong() <= kMost) return Ok();
  return InvalidArgument("REQUEST_TOO_LARGE", "this request is larger than any that makes sense");
}

Result<storage::Page> PageOf(int page_size, const std::string& page_token) {
  constexpr int kDefault = 100;
  constexpr int kMost = 1000;
  constexpr size_t kLongestToken = 64;
  if (page_token.size() > kLongestToken) {
    return InvalidArgument("PAGE_TOKEN_INVALID", "this page token was not given by this daemon");
  }
  return storage::Page{page_size <= 0 ? kDefault : std::min(page_size, kMost), page_token};
}

Status CheckLength(const std::string& text, size_t longest) {
  if (text.size() <= longest) return Ok();
  return InvalidArgument("FIELD_TOO_LONG", fmt::format("a field has more than {} bytes", longest));
}

Status CheckReason(const std::string& reason) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    return InvalidArgument("REASON_REQUIRED", "this needs a reason, which is kept for ever")
        .WithRemedy("say what you saw and why you answer for it");
  }
  return CheckLength(reason, kLongestText);
}

std::string NumberOfUnit(storage::Ledger& ledger, const std::string& unit_id) {
  if (unit_id.empty()) return {};
  const auto unit = ledger.GetUnit(unit_id);
  return unit ? UnitNumber(unit->number) : std::string();
}

}  // namespace firmbench::rpc
