// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bench_book.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "client/cli/exit_code.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

constexpr std::string_view kSuffix = ".bench";
constexpr char kDefaultFile[] = "default";
constexpr size_t kLongestFile = 64 << 10;
constexpr std::string_view kPemEnd = "-----END ";

std::string ReadFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(kLongestFile, '\0');
  const ssize_t length = file.valid() ? ::read(file.get(), text.data(), text.size()) : 0;
  text.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return text;
}

Error Failed(const std::string& path) {
  return FailedPrecondition("BENCH_BOOK_FAILED",
                            fmt::format("cannot write to {} (errno {})", path, errno))
      .WithRemedy("may you write to this folder, and is there room?");
}

bool MakeFolders(const std::string& folder) {
  for (size_t slash = folder.find('/', 1); slash != std::string::npos;
       slash = folder.find('/', slash + 1)) {
    ::mkdir(folder.substr(0, slash).c_str(), 0700);
  }
  return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST;
}

// Readable by its owner only, replaced as a whole.
Status WriteFile(const std::string& folder, const std::string& name, const std::string& text) {
  const std::string path = folder + "/" + name;
  const std::string fresh = path + ".new";
  if (folder.empty() || !MakeFolders(folder)) return Failed(folder);
  ::unlink(fresh.c_str());
  const UniqueFd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.valid() && ::write(file.get(), text.data(), text.size()) == std::ssize(text) &&
      ::fsync(file.get()) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0) {
    return Ok();
  }
  return Failed(path);
}

// Cuts the next PEM block off.
std::string TakePem(std::string_view& text) {
  const size_t end = text.find(kPemEnd);
  const size_t line = end == std::string_view::npos ? end : text.find('\n', end);
  if (line == std::string_view::npos) return {};
  std::string pem(text.substr(0, line + 1));
  text.remove_prefix(line + 1);
  return pem;
}

SavedBench FromText(const std::string& name, std::string_view text) {
  SavedBench bench{.name = name};
  while (!text.empty() && !text.starts_with('-')) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, equals);
    const std::string value(line.substr(equals + 1));
    if (key == "address") bench.address = value;
    if (key == "server_name") bench.server_name = value;
    if (key == "bench") bench.bench = value;
    if (key == "principal") bench.principal = value;
    if (key == "role") bench.role = value;
    if (key == "expires_us") {
      std::from_chars(value.data(), value.data() + value.size(), bench.expires_us);
    }
  }
  bench.authority_pem = TakePem(text);
  bench.certificate_pem = TakePem(text);
  bench.key_pem = TakePem(text);
  return bench;
}

}  // namespace

std::string BenchBookFolder() {
  const char* const config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && config[0] == '/') return std::string(config) + "/firmbench/benches";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') return {};
  return std::string(home) + "/.config/firmbench/benches";
}

Status CheckBenchName(const std::string& name) {
  constexpr size_t kLongest = 32;
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  if (!name.empty() && name.size() <= kLongest && name[0] >= 'a' && name[0] <= 'z' &&
      name.find_first_not_of(kAllowed) == std::string::npos && name != "all") {
    return Ok();
  }
  return InvalidArgument(kReasonUsage, "not a name of a bench: '" + name + "'")
      .WithRemedy("a name has 1 to 32 of a-z, 0-9, '.', '_' and '-', and begins with a letter");
}

std::vector<SavedBench> BenchBook::List() const {
  std::vector<SavedBench> benches;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(folder_.c_str()), ::closedir);
  while (folder) {
    const dirent* const entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (!name.ends_with(kSuffix)) continue;
    name.resize(name.size() - kSuffix.size());
    if (auto bench = Find(name)) benches.push_back(std::move(*bench));
  }
  std::sort(benches.begin(), benches.end(),
            [](const SavedBench& a, const SavedBench& b) { return a.name < b.name; });
  return benches;
}

Result<SavedBench> BenchBook::Find(const std::string& name) const {
  RETURN_IF_ERROR(CheckBenchName(name));
  SavedBench bench = FromText(name, ReadFile(folder_ + "/" + name + std::string(kSuffix)));
  if (!bench.key_pem.empty() && !bench.address.empty()) return bench;
  return InvalidArgument(kReasonUsage, "this computer has not enrolled at a bench '" + name + "'")
      .WithRemedy(
          "`firmbench bench list` shows those it has, `firmbench bench enroll` adds one; the "
          "address of "
          "a socket is unix:PATH");
}

Status BenchBook::Save(const SavedBench& bench) const {
  RETURN_IF_ERROR(CheckBenchName(bench.name));
  return WriteFile(
      folder_, bench.name + std::string(kSuffix),
      fmt::format("address={}\nserver_name={}\nbench={}\nprincipal={}\nrole={}\nexpires_us={}\n"
                  "{}{}{}",
                  bench.address, bench.server_name, bench.bench, bench.principal, bench.role,
                  bench.expires_us, bench.authority_pem, bench.certificate_pem, bench.key_pem));
}

Status BenchBook::Remove(const std::string& name) const {
  RETURN_IF_ERROR(Find(name));
  const std::string path = folder_ + "/" + name + std::string(kSuffix);
  if (::unlink(path.c_str()) != 0) return Failed(path);
  return Default() == name ? Use("") : Ok();
}

std::string BenchBook::Default() const {
  std::string name = ReadFile(folder_ + "/" + kDefaultFile);
  name.resize(std::min(name.find('\n'), name.size()));
  return name;
}

Status BenchBook::Use(const std::string& name) const {
  if (!name.empty()) RETURN_IF_ERROR(Find(name));
  return WriteFile(folder_, kDefaultFile, name + "\n");
}

}  // namespace firmbench::cli
