// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/image.h"

#include <fmt/format.h>

namespace firmbench::cli::render {
namespace {

constexpr size_t kKeyColumns = 12;
constexpr size_t kShortHash = 12;

// The most important one only: a column, not a report.
std::string Flag(const v1::Image& image) {
  if (image.known_bad()) return "KNOWN_BAD";
  if (image.approved()) return "approved";
  return "not_approved";
}

std::string Judgement(const v1::Image& image) {
  if (image.known_bad()) {
    return fmt::format("known to be bad, so no job writes it: {}", image.bad_reason());
  }
  return image.approved() ? "approved" : "nobody has approved it yet";
}

std::string Origin(const v1::Image& image) {
  if (!image.dump().empty()) return "a donor's dump, " + image.dump();
  if (image.container() == "xflash") return "an XFlash updater";
  if (image.container() == "hex_text") return "the text (HEX) of MTKFLASH";
  return image.container();
}

std::string WhichDrive(const v1::ImageFit& fit) {
  std::string text = fit.bay().empty() ? fit.drive() : fit.bay();
  for (const std::string* part : {&fit.unit_number(), &fit.model(), &fit.firmware_revision()}) {
    if (!part->empty()) text += ", " + *part;
  }
  return text;
}

std::string FitsText(const v1::Image& image) {
  if (image.fits().empty()) return "";
  std::string text = "\nAttached drives:\n";
  for (const v1::ImageFit& fit : image.fits()) {
    std::string line = WhichDrive(fit) + ": ";
    line += fit.fits() ? "fits" : fmt::format("does not fit: {} ({})", fit.text(), fit.reason());
    text += "  " + Wrap(Clean(line), 4, 2) + "\n";
  }
  return text;
}

}  // namespace

Table ImageTable(const v1::ListImagesResponse& images, bool wide) {
  std::vector<std::string> headers = {"NAME", "MODEL", "FIRMWARE", "SIZE",
                                      "FLAG", "FILE",  "SHA256"};
  if (wide) {
    headers.insert(headers.end(), {"VENDOR", "PRODUCT", "FORMAT", "LAYOUT", "FROM", "ARCHIVED",
                                   "MD5", "CRC32", "CREATED"});
  }
  Table table(headers);
  for (const v1::Image& image : images.images()) {
    std::vector<std::string> cells = {image.name(),
                                      image.model(),
                                      image.firmware_revision(),
                                      BytesCell(image.size_bytes()),
                                      Flag(image),
                                      image.file_name(),
                                      wide ? image.sha256() : image.sha256().substr(0, kShortHash)};
    if (wide) {
      cells.insert(cells.end(), {image.vendor(), image.product(), image.format(), image.layout(),
                                 image.dump().empty() ? image.container() : image.dump(),
                                 image.archived() ? "yes" : "no", image.md5(), image.crc32(),
                                 Time(image.create_time())});
    }
    table.Add(std::move(cells));
  }
  return table;
}

std::string ImageDetails(const v1::Image& image) {
  Fields fields(kKeyColumns);
  fields.Add("file", image.file_name());
  fields.AddIfSet("made from", Origin(image));
  if (image.format().empty()) {
    fields.Add("format", "not recognised: it can be kept and compared, but not flashed");
  } else {
    fields.Add("format",
               image.layout().empty() ? image.format() : image.format() + ", " + image.layout());
    fields.Add("model", image.model());
    fields.Add("vendor", image.vendor());
    fields.Add("product", image.product());
    fields.Add("firmware", image.firmware_revision());
    fields.AddIfSet("built", image.build_text());
  }
  fields.Add("size", Bytes(image.size_bytes()));
  fields.Add("SHA-256", image.sha256());
  fields.Add("MD5", image.md5());
  fields.Add("CRC-32", image.crc32());
  fields.Add("added", Time(image.create_time()) +
                          (image.principal().empty() ? "" : " by " + image.principal()));
  fields.Add("judgement", Judgement(image));
  fields.AddIfSet("note", image.note());
  if (image.archived()) fields.Add("archived", "yes: lists leave it out");
  return Clean(image.name()) + "\n" + fields.text() + FitsText(image);
}

std::string ImageMarks(const v1::ListImageMarksResponse& marks) {
  if (marks.marks().empty()) return "";
  std::string text = "\nSaid about it:\n";
  for (const v1::ImageMark& mark : marks.marks()) {
    std::string line = Time(mark.create_time()) + " " + mark.principal() + ": " + mark.kind();
    if (!mark.text().empty()) line += ", " + mark.text();
    text += "  " + Wrap(Clean(line), 4, 2) + "\n";
  }
  return text;
}

}  // namespace firmbench::cli::render
