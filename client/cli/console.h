// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where text goes: results to stdout, everything else to stderr. Used from the main thread, and
// from a watch's input thread only through Err(); one that keeps belongs to one thread.

#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace firmbench::cli {

enum class OutputFormat : unsigned char { kTable, kWide, kJson };

// What stands before the noun.
struct GlobalOptions {
  std::string bench;
  OutputFormat output = OutputFormat::kTable;
};

class Console {
 public:
  // Asks the terminal and the environment (NO_COLOR, TERM).
  Console();
  // Keeps what would be written in `kept`, in the colours of `like`; nobody sits there.
  Console(const Console& like, std::string& kept)
      : kept_(&kept), out_color_(like.out_color_), err_color_(like.err_color_) {}

  bool out_color() const { return out_color_; }
  bool err_color() const { return err_color_; }
  // A person sits there: stdin and stderr are a terminal.
  bool interactive() const { return interactive_; }
  // stderr can redraw a line.
  bool err_terminal() const { return err_terminal_; }
  // Columns of the terminal; 80 when it has none.
  unsigned width() const;

  void Out(std::string_view text);
  void Err(std::string_view text);
  // Everything written to stdout arrived: OUTPUT_FAILED for a full disk or a closed pipe.
  Status Flush();

  // One line from a person, without the line feed; false at the end of the input. Blocks.
  bool ReadLine(std::string& line);

 private:
  std::string* kept_ = nullptr;
  bool out_color_ = false;
  bool err_color_ = false;
  bool interactive_ = false;
  bool err_terminal_ = false;
  bool failed_ = false;
};

}  // namespace firmbench::cli
