// SPDX-License-Identifier: Apache-2.0
#pragma once

// The benches that this person's computer has enrolled at: where they are, by what they are known,
// and the key that lets one in. One file each, mode 0600, in a folder of the person's own. Main
// thread.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/result.h"

namespace firmbench::cli {

struct SavedBench {
  std::string name;         // as --bench takes it
  std::string address;      // HOST:PORT
  std::string server_name;  // in the bench's certificate
  std::string bench;        // "benches/ID"
  std::string principal;
  std::string role;  // what it was when it enrolled
  int64_t expires_us = 0;
  std::string authority_pem;
  std::string certificate_pem;
  std::string key_pem;
};

// $XDG_CONFIG_HOME/firmbench/benches, else ~/.config/firmbench/benches; "" when neither is known.
std::string BenchBookFolder();

// 1 to 32 of a-z, 0-9, '.', '_' and '-', the first a letter. USAGE.
Status CheckBenchName(const std::string& name);

class BenchBook {
 public:
  explicit BenchBook(std::string folder) : folder_(std::move(folder)) {}

  // By name.
  std::vector<SavedBench> List() const;
  // USAGE when there is none.
  Result<SavedBench> Find(const std::string& name) const;
  // Replaces one of the same name. BENCH_BOOK_FAILED.
  Status Save(const SavedBench& bench) const;
  Status Remove(const std::string& name) const;  // also what Find returns
  // The one that is used when none is named; "" for none. Use("") forgets it.
  std::string Default() const;
  Status Use(const std::string& name) const;

 private:
  const std::string folder_;
};

}  // namespace firmbench::cli
