// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/page/passport.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "client/cli/render/page/byte_map.h"
#include "client/cli/render/page/history.h"
#include "client/cli/render/page/html.h"
#include "client/cli/render/page/qr.h"
#include "client/cli/render/page/style.h"
#include "client/cli/render/proof.h"
#include "client/cli/render/text.h"

namespace firmbench::cli::render {
namespace {

std::string Minute(const google::protobuf::Timestamp& time) {
  const std::string text = Time(time);
  constexpr size_t kMinute = 16;  // "2026-11-22T15:49"
  if (text.size() < kMinute) return text;
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

constexpr size_t kDay = 10;  // of "2026-11-22 15:49"

void Pair(std::string& html, std::string_view key, std::string_view value,
          std::string_view attributes = {}) {
  if (value.empty()) return;
  html += Tag("dt", key) + Tag("dd", value, attributes);
}

std::string HeadOf(const v1::UnitPassport& passport, const std::string& qr) {
  const v1::Unit& unit = passport.unit();
  std::string html = "<header><div>";
  html += Tag("div", "Unit passport", "class=\"eyebrow\"");
  html += "<h1>" + Escape(unit.number()) + " <span>" + Escape(unit.model()) + "</span></h1>";
  html += Tag("p", unit.label().empty() ? "no label was given to it" : "Label " + unit.label(),
              "class=\"sub\"");
  html += Tag("p", "As of " + Minute(passport.create_time()) + " UTC", "class=\"sub\"");
  html += "</div>" + qr + "</header>\n";
  if (passport.bench().simulated()) {
    html += Tag("p",
                "This bench is simulated: no hardware is behind this page, and all that it proves "
                "is how our simulator behaves.",
                "class=\"warn\"");
  }
  if (unit.ambiguous()) {
    html += Tag("p", "A person has yet to decide which unit this is; nothing is written to it.",
                "class=\"warn\"");
  }
  return html;
}

std::string IdentityOf(const v1::UnitPassport& passport) {
  const v1::Unit& unit = passport.unit();
  std::string html = "<section><h2>The drive</h2><div class=\"columns\"><dl>";
  Pair(html, "Model", unit.model());
  Pair(html, "Firmware", unit.firmware_revision());
  Pair(html, "Serial number", unit.has_serial() ? unit.serial() : "it reports none");
  Pair(html, "First seen", Minute(unit.create_time()) + " UTC");
  html += "</dl><dl>";
  Pair(html, "Unit", unit.name(), "class=\"mono\"");
  Pair(html, "Bench", passport.bench().name(), "class=\"mono\"");
  Pair(html, "Family", unit.family());
  Pair(html, "Note", unit.note());
  return html + "</dl></div></section>\n";
}

// Each thing that it is known by once, with when it was seen first and last.
std::string EvidenceOf(const v1::Unit& unit) {
  struct Seen {
    std::string first, last;
    int count = 0;
  };
  std::vector<std::pair<std::string, std::string>> order;
  std::map<std::pair<std::string, std::string>, Seen> seen;
  for (const v1::UnitEvidence& row : unit.evidence()) {
    const std::pair<std::string, std::string> key{row.kind(), row.value()};
    const std::string time = Minute(row.seen_time());
    Seen& entry = seen[key];
    if (entry.count++ == 0) {
      order.push_back(key);
      entry.first = entry.last = time;
    }
    entry.first = std::min(entry.first, time);
    entry.last = std::max(entry.last, time);
  }
  if (order.empty()) return {};
  std::string html =
      "<section><h2>Known by</h2><table><tr><th>Evidence</th><th>Value</th><th>Seen</th></tr>";
  for (const auto& key : order) {
    const Seen& entry = seen[key];
    const std::string first = entry.first.substr(0, kDay);
    const std::string last = entry.last.substr(0, kDay);
    html += "<tr>" + Tag("td", EvidenceWord(key.first)) + Tag("td", key.second, "class=\"mono\"") +
            Tag("td", first == last ? first : last + ", first " + first,
                first == last ? "class=\"tight\"" : "") +
            "</tr>";
  }
  return html + "</table></section>\n";
}

std::string LegendLine(std::string_view css, int64_t bytes, std::string_view words) {
  return fmt::format(
      "<li><svg viewBox=\"0 0 10 10\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg>"
      "<b>{}</b><span>{}</span></li>",
      css, bytes, words);
}

std::string SinceLast(const v1::EepromKnowledge& eeprom) {
  const std::string& text = eeprom.since_last_text();
  return text.empty() ? text : Tag("p", "Newest dump and the one before it: " + text);
}

std::string EepromOf(const v1::UnitPassport& passport) {
  const v1::EepromKnowledge& eeprom = passport.unit().eeprom();
  const std::vector<ByteUse> uses = UsesOf(eeprom);
  const std::string svg = ByteMapSvg(uses);
  const auto count = [&](ByteUse use) { return std::count(uses.begin(), uses.end(), use); };
  if (svg.empty()) return {};
  std::string html = "<section><h2>EEPROM, byte by byte</h2><div class=\"eeprom\">" + svg +
                     "<div><ul class=\"legend\">";
  html += LegendLine("use-constant", count(ByteUse::kConstant), "constant");
  html += LegendLine("use-changes", count(ByteUse::kChanges), "change with use");
  html += LegendLine("use-unknown", count(ByteUse::kNotKnown), "not known yet");
  html += "</ul>" + Tag("p",
                        fmt::format("{}: calibration and counters of this one drive; nobody can "
                                    "replace them.",
                                    Bytes(eeprom.size_bytes())),
                        "class=\"soft\"");
  html += "</div></div>" + Tag("p", eeprom.text()) + SinceLast(eeprom);
  return html + "</section>\n";
}

// Without what the page's foot explains: "reads agree (2), recognised".
std::string ProofWords(const v1::Dump& dump) {
  std::string words;
  for (const v1::Proof& proof : dump.proofs()) {
    if (proof.kind() == v1::Proof::KIND_REHEARSED) continue;
    const std::string word = proof.text().substr(0, proof.text().find_first_of(":,"));
    words += (words.empty() ? "" : ", ") + word;
  }
  return words;
}

std::string DumpsOf(const v1::UnitPassport& passport) {
  if (passport.dumps().empty()) return {};
  std::string html =
      "<section><h2>Dumps</h2><table><tr><th>Read</th><th>Memory</th><th>Firmware</th>"
      "<th>Size</th><th>SHA-256</th><th>What speaks for it</th></tr>";
  for (const v1::Dump& dump : passport.dumps()) {
    html += "<tr>" + Tag("td", Minute(dump.create_time()), "class=\"tight\"") +
            "<td class=\"tight\">" + Escape(Word(dump.memory())) + " " +
            Tag("span", PurposeWord(dump.purpose()), "class=\"soft\"") + "</td>" +
            Tag("td", dump.firmware_revision(), "class=\"tight\"") +
            Tag("td", Bytes(dump.size_bytes()), "class=\"tight\"") +
            Tag("td", dump.sha256(), "class=\"mono hash\"") + "<td class=\"proof\">" +
            Escape(ProofWords(dump));
    if (const std::string rehearsal = RehearsalText(dump); !rehearsal.empty()) {
      html += Tag("span", rehearsal, "class=\"apart\"");
    }
    if (dump.second_copy() == "pending") {
      html += Tag("span", "not yet in the second copy", "class=\"apart bad\"");
    }
    html += "</td></tr>";
  }
  return html + "</table></section>\n";
}

std::string CheckpointOf(const v1::UnitPassport& passport) {
  if (!passport.has_checkpoint() || passport.checkpoint().tree_size() == 0) return {};
  const v1::Checkpoint& checkpoint = passport.checkpoint();
  std::string html = "<section class=\"checkpoint\"><h2>Audit checkpoint</h2>";
  html += Tag("p", fmt::format("The first {} entries of the bench's audit log have this root; who "
                               "keeps it can tell later whether one of them was changed.",
                               checkpoint.tree_size()));
  html += Tag("pre", checkpoint.root_hash());
  return html + "</section>\n";
}

std::string FootOf(const v1::UnitPassport& passport) {
  return Tag(
      "footer",
      fmt::format("Made by firmbench {} from the ledger of {}. Read once: nothing to compare "
                  "with. Reads agree: several reads on different ways gave the same bytes. "
                  "Recognised: it parses and its own checks hold. Written back on this "
                  "drive: and read back equal.",
                  passport.bench().version(), passport.bench().name()));
}

}  // namespace

std::string PassportQrText(const v1::UnitPassport& passport) {
  std::string text = fmt::format("firmbench {}\n{}\n{}", passport.unit().number(),
                                 passport.unit().name(), passport.bench().name());
  if (passport.has_checkpoint() && passport.checkpoint().tree_size() > 0) {
    text += fmt::format("\ncheckpoint {} {}", passport.checkpoint().tree_size(),
                        passport.checkpoint().root_hash());
  }
  return text;
}

Result<std::string> PassportHtml(const v1::UnitPassport& passport) {
  ASSIGN_OR_RETURN(const std::string qr, QrSvg(PassportQrText(passport)));
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n";
  html += Tag("title", "Passport of " + passport.unit().number() + " " + passport.unit().model());
  html += "\n<style>" + std::string(kPassportStyle) + "</style></head><body>\n";
  html += HeadOf(passport, qr);
  html += IdentityOf(passport);
  html += "<div class=\"split\">" + EvidenceOf(passport.unit()) + EepromOf(passport) + "</div>\n";
  html += HistoryHtml(passport);
  html += DumpsOf(passport);
  html += CheckpointOf(passport);
  html += FootOf(passport);
  return html + "\n</body></html>\n";
}

}  // namespace firmbench::cli::render
