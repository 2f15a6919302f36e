// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/certificate_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/clock.h"

namespace firmbench::rpc {
namespace {

constexpr size_t kMostNames = 10;

int64_t Micros(std::chrono::hours duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

std::string DayOf(int64_t wall_us) { return FormatRfc3339(wall_us).substr(0, 10); }

// "alice on 2027-01-02, bob on 2027-01-05 and 3 more", soonest first.
std::string NamesOf(std::vector<storage::Credential> clients) {
  std::sort(clients.begin(), clients.end(),
            [](const auto& a, const auto& b) { return a.expires_us < b.expires_us; });
  std::string text;
  for (size_t i = 0; i < std::min(clients.size(), kMostNames); ++i) {
    text += fmt::format("{}{} on {}", i == 0 ? "" : ", ", clients[i].principal,
                        DayOf(clients[i].expires_us));
  }
  if (clients.size() > kMostNames) {
    text += fmt::format(" and {} more", clients.size() - kMostNames);
  }
  return text;
}

}  // namespace

Check CheckCertificates(const pki::Authority::Standing& standing,
                        const std::vector<storage::Credential>& clients, int64_t now_us) {
  constexpr char kSubject[] = "certificates";
  std::vector<storage::Credential> ending = clients;
  std::erase_if(ending, [&](const storage::Credential& client) {
    return client.expires_us - Micros(kWarnBefore) > now_us;
  });
  const std::string of_clients =
      ending.empty() ? "" : "certificates of clients end: " + NamesOf(ending);
  const auto with_clients = [&](std::string text) {
    return of_clients.empty() ? text : text + "; " + of_clients;
  };
  // The bench makes its own anew by itself, and much earlier.
  if (standing.authority_until_us - Micros(kWarnBefore) <= now_us) {
    const std::string day = DayOf(standing.authority_until_us);
    if (!standing.is_shops) {
      return {kSubject, Verdict::kWarning, "AUTHORITY_NOT_RENEWED",
              with_clients("the bench's authority ends on " + day + " and could not be renewed"),
              "look into the log of firmbenchd: can it write to its authority's folder?"};
    }
    return {kSubject, Verdict::kWarning, "AUTHORITY_ENDS",
            with_clients("the shop's authority ends on " + day +
                         ", and with it every certificate that it signed"),
            "put a new authority.pem for the same key into the authority's folder and start "
            "firmbenchd again; with another key every client enrols again"};
  }
  const std::chrono::hours late = pki::Authority::kRenewBefore - pki::Authority::kDay;
  if (standing.server_until_us - Micros(late) <= now_us) {
    return {kSubject, Verdict::kWarning, "CERTIFICATE_NOT_RENEWED",
            with_clients("the bench's certificate ends on " + DayOf(standing.server_until_us) +
                         " and could not be renewed"),
            "look into the log of firmbenchd: can it write to its authority's folder?"};
  }
  if (!ending.empty()) {
    return {kSubject, Verdict::kWarning, "CLIENT_CERTIFICATE_ENDS", of_clients,
            "enrol them again: `firmbench bench invite` here, `firmbench bench enroll` there"};
  }
  return {kSubject, Verdict::kGood, "",
          fmt::format("no certificate ends within {} days; the authority's on {}",
                      kWarnBefore / pki::Authority::kDay, DayOf(standing.authority_until_us)),
          ""};
}

}  // namespace firmbench::rpc
