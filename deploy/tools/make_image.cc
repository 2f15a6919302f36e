// SPDX-License-Identifier: Apache-2.0
// firmbench-make-image: writes a firmware file for a simulated drive, so that the quickstart and a
// test have something to flash. The content is our own and would leave a real drive dead.

#include <cstdio>
#include <fstream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/images/recognise.h"
#include "daemon/images/synthetic.h"

namespace firmbench {
namespace {

struct Options {
  images::SyntheticImage image;
  std::string output;
};

void Declare(CLI::App& app, Options& options) {
  app.add_option("--model", options.image.model, "LTR-48246S, LTR-52327S, LDW-451S, ...")
      ->required();
  app.add_option("--revision", options.image.revision,
                 "4 characters that begin with the model's letters, such as SS0C");
  app.add_option("--seed", options.image.seed,
                 "files of one seed share most of their content (default 1)");
  app.add_option("--size", options.image.size_bytes, "bytes; default: the model's usual size");
  app.add_option("--vendor", options.image.vendor, "another name than the maker's, up to 8");
  app.add_option("--product", options.image.product, "another name than the model's, up to 16");
  app.add_flag("--packed", options.image.packed, "the packed 1 MB layout (DVD burners)");
  app.add_option("-o,--output", options.output, "the file to write; replaced if it is there")
      ->required();
}

int Fail(const Error& error) {
  std::fprintf(stderr, "firmbench-make-image: %s: %s\n", error.reason().c_str(),
               error.message().c_str());
  if (!error.remedy().empty()) std::fprintf(stderr, "  %s\n", error.remedy().c_str());
  return 1;
}

Status Write(const Options& options, const Bytes& image) {
  std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(image.data()),
             static_cast<std::streamsize>(image.size()));
  file.close();
  if (!file) {
    return Unavailable("FILE_NOT_WRITTEN", "cannot write " + options.output)
        .WithRemedy("Check that the folder exists, is writable and has room.");
  }
  return Ok();
}

int Run(const Options& options) {
  const Result<Bytes> image = images::BuildSyntheticImage(options.image);
  if (!image) return Fail(image.error());
  if (const Status written = Write(options, *image); !written) return Fail(written.error());
  const images::ImageReport report = images::Recognise(*image);
  std::printf("%s: %s %s %s, %zu bytes, SHA-256 %s (for a simulated drive only)\n",
              options.output.c_str(), report.vendor.c_str(), report.product.c_str(),
              report.revision.c_str(), image->size(), report.hashes.sha256.c_str());
  return 0;
}

}  // namespace
}  // namespace firmbench

int main(int argc, char** argv) {
  CLI::App app{"Writes a firmware file for a simulated drive. Never flash it to a real one."};
  firmbench::Options options;
  firmbench::Declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has codes of its own; here 2 means a wrong command line.
    return app.exit(error) == 0 ? 0 : 2;
  }
  return firmbench::Run(options);
}
