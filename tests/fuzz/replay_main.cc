// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without a fuzzer, as an ordinary test: on every file of its corpus, on each of
// them with some bytes changed or cut, and on random bytes. The same inputs every time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Input = std::vector<uint8_t>;
constexpr int kVariantsPerFile = 200;
constexpr int kRandomInputs = 500;
constexpr size_t kMaxRandomBytes = 4096;

std::vector<Input> ReadCorpus(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

size_t Below(std::mt19937& random, size_t limit) { return limit == 0 ? 0 : random() % limit; }

Input Changed(Input input, std::mt19937& random) {
  for (size_t changes = 1 + Below(random, 4); changes > 0 && !input.empty(); --changes) {
    const size_t at = Below(random, input.size());
    switch (Below(random, 3)) {
      case 0:
        input[at] = static_cast<uint8_t>(random());
        break;
      case 1:
        input[at] ^= static_cast<uint8_t>(1U << Below(random, 8));
        break;
      default:
        input.resize(at);
        break;
    }
  }
  return input;
}

int runs = 0;
void Run(const Input& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
  ++runs;
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937 random(20260101);
  Run({});
  if (argc > 1) {
    const std::vector<Input> corpus = ReadCorpus(argv[1]);
    if (corpus.empty()) {
      std::fprintf(stderr, "%s holds no file\n", argv[1]);
      return 1;
    }
    for (const Input& input : corpus) {
      Run(input);
      for (int i = 0; i < kVariantsPerFile; ++i) Run(Changed(input, random));
    }
  }
  for (int i = 0; i < kRandomInputs; ++i) {
    Input input(Below(random, kMaxRandomBytes));
    std::generate(input.begin(), input.end(), [&] { return static_cast<uint8_t>(random()); });
    Run(input);
  }
  std::printf("%d inputs\n", runs);
  return 0;
}
