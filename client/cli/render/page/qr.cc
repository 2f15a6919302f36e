// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/page/qr.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

namespace firmbench::cli::render {

Result<std::string> QrSvg(const std::string& text) {
  constexpr size_t kLongest = 1000;
  constexpr int kQuiet = 4;
  struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
  };
  std::unique_ptr<QRcode, Free> code;
  if (!text.empty() && text.size() <= kLongest) {
    code.reset(QRcode_encodeData(static_cast<int>(text.size()),
                                 reinterpret_cast<const unsigned char*>(text.data()), 0,
                                 QR_ECLEVEL_M));
  }
  if (!code) {
    return InvalidArgument("QR_TEXT_TOO_LONG",
                           fmt::format("a QR code takes 1 to {} bytes here", kLongest));
  }
  // One path of horizontal runs, in module units.
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    int run = 0;
    for (int x = 0; x <= code->width; ++x) {
      const bool dark = x < code->width && (code->data[y * code->width + x] & 1) != 0;
      if (dark) {
        ++run;
      } else if (run > 0) {
        path += fmt::format("M{} {}h{}v1h-{}z", x - run + kQuiet, y + kQuiet, run, run);
        run = 0;
      }
    }
  }
  const int size = code->width + 2 * kQuiet;
  return fmt::format(
      "<svg class=\"qr\" viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\" role=\"img\" "
      "aria-label=\"QR code\"><rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/>"
      "<path d=\"{1}\"/></svg>",
      size, path);
}

}  // namespace firmbench::cli::render
