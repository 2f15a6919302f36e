// SPDX-License-Identifier: Apache-2.0
#pragma once

// What enrolment needs of TLS beyond gRPC: a key of one's own, a look at a bench before anything is
// said to it, and in words why a connection fails. Main thread; a look blocks at most ten seconds.

#include <string>

#include "client/cli/bench_book.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"

namespace firmbench::cli {

struct ClientKey {
  std::string key_pem;      // P-256
  std::string request_pem;  // PKCS #10, without a name: the bench gives it
};
// KEY_FAILED.
Result<ClientKey> MakeClientKey();

struct SeenBench {
  std::string authority_pem;
  std::string server_name;
};
// Does a TLS handshake, sends nothing over it, and takes the bench for the right one only when its
// certificate is signed by the authority whose key the code names. BENCH_UNREACHABLE,
// BENCH_NOT_THE_RIGHT_ONE (somebody sits between, or the code is another bench's), BENCH_CLOCK.
Result<SeenBench> LookAtBench(const std::string& address, const std::string& key_letters,
                              const Clock& clock);

// What a person is told, with its line feed, when this computer's certificate for the bench is good
// for less than 30 days more; "" otherwise.
std::string EndsSoon(const SavedBench& bench, const Clock& clock);

// Why calls to a saved bench fail, when something can be seen: else `error` itself.
Error WhyUnreachable(const SavedBench& bench, Error error, const Clock& clock);

}  // namespace firmbench::cli
