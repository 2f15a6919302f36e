// SPDX-License-Identifier: Apache-2.0
#include "client/cli/export_format.h"

#include <gtest/gtest.h>

namespace firmbench::cli {
namespace {

const std::string& Hash() {
  static const std::string hash(64, 'a');
  return hash;
}

Manifest Sample() {
  Manifest manifest;
  manifest.bench = "benches/01jd9rd3q5e8n2x4z7w0k6m1hb";
  manifest.created = "2026-11-22T15:49:07Z";
  manifest.tool = "firmbench 0.1.0";
  manifest.rows = {{"unit", 2}, {"dump", 1}};
  manifest.files = {{"files/" + Hash() + ".bin", Hash(), 1024}, {"units.csv", Hash(), 10}};
  return manifest;
}

std::string ReasonOf(const std::string& text) {
  const auto parsed = ParseManifest(text);
  return parsed ? "" : parsed.error().reason();
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? "nothing to replace" : text.replace(at, from.size(), to);
}

TEST(ExportFormat, ManifestComesBackAsItWas) {
  const std::string text = FormatManifest(Sample());
  EXPECT_EQ(text.substr(0, 9), "{\"bench\":");
  EXPECT_EQ(FormatManifest(ParseManifest(text).value()), text);
}

TEST(ExportFormat, RefusesAManifestThatWasTouched) {
  const std::string text = FormatManifest(Sample());
  EXPECT_EQ(ReasonOf(text + "\n"), "EXPORT_ALTERED");
  EXPECT_EQ(ReasonOf(Replaced(text, "{", "{ ")), "EXPORT_ALTERED");
  EXPECT_EQ(ReasonOf(text.substr(0, 50)), "EXPORT_ALTERED");
  EXPECT_EQ(ReasonOf(Replaced(text, "1024", "\"1024\"")), "EXPORT_ALTERED");
  EXPECT_EQ(ReasonOf(Replaced(text, "export/1", "export/2")), "EXPORT_UNKNOWN");
  EXPECT_EQ(ReasonOf(""), "EXPORT_ALTERED");
}

TEST(ExportFormat, OpensNoOtherFile) {
  const std::string text = FormatManifest(Sample());
  for (const char* name : {"../units.csv", "/etc/passwd", "files/../units.csv", "other.csv", ""}) {
    EXPECT_EQ(ReasonOf(Replaced(text, "units.csv", name)), "EXPORT_ALTERED") << name;
  }
  Manifest twice = Sample();
  twice.files.push_back(twice.files.back());
  EXPECT_EQ(ReasonOf(FormatManifest(twice)), "EXPORT_ALTERED");
}

TEST(ExportFormat, SumsAreAsSha256sumWritesThem) {
  EXPECT_EQ(FormatSums(Sample(), std::string(64, 'b')),
            Hash() + "  files/" + Hash() + ".bin\n" + Hash() + "  units.csv\n" +
                std::string(64, 'b') + "  manifest.json\n");
}

TEST(ExportFormat, RecordLinesComeBack) {
  v1::Record record;
  record.set_table("customer");
  record.set_json(
      "{\"created_us\":1763826547000000,\"customer\":\",\\\"table\\\":\\\"unit\\\"}\"}");
  const std::string line = RecordLine(record);
  ASSERT_EQ(line.back(), '\n');
  const v1::Record read = ParseRecordLine(line.substr(0, line.size() - 1)).value();
  EXPECT_EQ(read.table(), "customer");
  EXPECT_EQ(read.json(), record.json());
  EXPECT_EQ(RecordText(read, "customer"), ",\"table\":\"unit\"}");
  EXPECT_EQ(RecordTime(read, "created_us"), "2025-11-22T15:49:07Z");
  EXPECT_EQ(RecordText(read, "nonesuch"), "");
  for (const char* bad : {"", "{}", "{\"row\":{},\"table\":\"unit\"", "{\"row\":{,\"table\":\"u\"}",
                          "{\"row\":,\"table\":\"u\"}", "{\"row\":3,\"table\":\"u\"}"}) {
    EXPECT_FALSE(ParseRecordLine(bad).has_value()) << bad;
  }
}

TEST(ExportFormat, NoCellIsAFormula) {
  EXPECT_EQ(CsvRow({"plain", "a \"b\", c", ""}), "\"plain\",\"a \"\"b\"\", c\",\"\"\r\n");
  EXPECT_EQ(CsvRow({"=1+1", "+1", "-1", "@x", "\tx", "\rx"}),
            "\"'=1+1\",\"'+1\",\"'-1\",\"'@x\",\"'\tx\",\"'\rx\"\r\n");
}

}  // namespace
}  // namespace firmbench::cli
