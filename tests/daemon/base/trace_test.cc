// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/trace.h"

#include <gtest/gtest.h>

#include "daemon/base/hash.h"
#include "daemon/base/trace_recording.h"

namespace firmbench {
namespace {

class HandClock final : public Clock {
 public:
  Nanos Monotonic() const override { return now_; }
  int64_t WallMicros() const override { return 0; }
  void SleepFor(Nanos duration) override { now_ += duration; }

 private:
  Nanos now_{0};
};

Bytes Data(std::string_view text) {
  const ByteView bytes = AsBytes(text);
  return {bytes.begin(), bytes.end()};
}

TraceBlock Inquiry(std::string_view answer) {
  TraceBlock block;
  block.command = "INQUIRY (12)";
  block.evidence = Evidence::kDocumented;
  block.cdb = {0x12, 1, 0x80, 0, 0x60, 0};
  block.asked_bytes = 96;
  block.returned = TracePayload{answer.size(), {}, Data(answer)};
  block.status = 0;
  return block;
}

Trace Sample() {
  Trace trace;
  trace.head = {{"model", "LTR-48246S"}, {"plan", R"({"steps":[]})"}};
  trace.steps.push_back({"check the drive", {Inquiry("..SN-4711-A.")}});
  TraceBlock script;
  script.command = "vendor mode: enter (2A/80)";
  script.script = "w3=2a w7=80 r7";
  script.answers = {0x70, 0x1234};
  script.took_us = 15;
  trace.steps.push_back({"enter", {script}});
  TraceBlock failed;
  failed.command = "write EEPROM (3B 01 E2)";
  failed.cdb = {0x3b, 1, 0xe2, 0, 0, 0, 0, 0, 1, 0};
  failed.sent = TracePayload{1, Sha256Hex(Data("x")), std::nullopt};
  failed.status = 2;
  failed.sense = SenseInfo{5, 0x24, 0, true};
  trace.steps.back().blocks.push_back(failed);
  return trace;
}

TEST(Trace, IsReadAsItWasWritten) {
  const std::string text = FormatTrace(Sample(), TracePayloads::kFull);
  const auto read = ParseTrace(text);
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(FormatTrace(*read, TracePayloads::kFull), text);
  EXPECT_EQ(read->Head("model"), "LTR-48246S");
  ASSERT_EQ(read->steps.size(), 2u);
  EXPECT_EQ(read->steps[0].blocks[0].returned->data, Data("..SN-4711-A."));
  EXPECT_EQ(read->steps[1].blocks[0].answers, (std::vector<uint16_t>{0x70, 0x1234}));
  EXPECT_TRUE(read->steps[1].blocks[1].sense->deferred);
}

TEST(Trace, ShowsPayloadsByTheirHashes) {
  const std::string text = FormatTrace(Sample(), TracePayloads::kHashed);
  EXPECT_EQ(text.find(ToHex(Data("SN-4711-A"))), std::string::npos);
  EXPECT_NE(text.find("returned: 12 sha256:" + Sha256Hex(Data("..SN-4711-A."))), std::string::npos);
}

TEST(Trace, RefusesWhatItDidNotWrite) {
  for (const char* text :
       {"", "trace: 1\n", "trace: x\n", "step: a\n", "trace: 2\ncommand: a\n",
        "trace: 2\nstep: a\ncdb: 00\n", "trace: 2\nstep: a\ncommand: b\ncdb: 0\n",
        "trace: 2\nstep: a\ncommand: b\nreturned: 3 0000\n",
        "trace: 2\nstep: a\ncommand: b\nsense: 5/2/00\n",
        "trace: 2\nstep: a\ncommand: b\ncount: 0\n", "trace: 2\nstep: a\ncommand: b\ntook: -1 us\n",
        "trace: 2\nstep: a\ncommand: b\ncdb: 00\nscript: r7\n",
        "trace: 2\nstep: a\ncommand: b\nnonsense: 1\n", "trace: 2\na:\rb: c\n",
        "trace: 2\na: b\r\r\n"}) {
    const auto read = ParseTrace(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason(), "TRACE_INVALID") << text;
  }
  EXPECT_EQ(ParseTrace("trace: 3\n").error().reason(), "TRACE_NEWER");
}

TEST(Trace, NeverBreaksItsLines) {
  Trace trace;
  trace.head = {{"note", "two\nstep: lines"}};
  trace.steps.push_back({"a\ncommand: b", {}});
  const auto read = ParseTrace(FormatTrace(trace, TracePayloads::kFull));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->Head("note"), "two step: lines");
  EXPECT_EQ(read->steps.size(), 1u);
}

TEST(Trace, MasksSerialsWhereverTheyStand) {
  Trace trace = Sample();
  trace.head.emplace_back("plan", "serial SN-4711-A here");
  trace.steps[0].blocks.push_back(Inquiry("NS4-17-1A "));  // as IDENTIFY has it
  TraceBlock hashed = Inquiry("");
  hashed.returned = TracePayload{9, Sha256Hex(Data("SN-4711-A")), std::nullopt};
  trace.steps[0].blocks.push_back(hashed);
  // The words of IDENTIFY, low byte first.
  trace.steps[1].blocks[0].answers = {0x534e, 0x2d34, 0x3731, 0x312d};
  MaskInTrace({"SN-4711-A", "abc"}, trace);
  const std::string text = FormatTrace(trace, TracePayloads::kFull);
  EXPECT_EQ(text.find("4711"), std::string::npos);
  EXPECT_EQ(text.find(Sha256Hex(Data("SN-4711-A"))), std::string::npos);
  EXPECT_EQ(trace.steps[0].blocks[0].returned->data, Data("..XXXXXXXXX."));
  EXPECT_EQ(trace.steps[0].blocks[1].returned->data, Data("XXXXXXXXA "));
  EXPECT_EQ(trace.steps[1].blocks[0].answers, (std::vector<uint16_t>(4, 0x5858)));
}

TEST(Trace, MasksASerialThatLooksMasked) {
  Trace trace = Sample();
  trace.head.emplace_back("note", "serial XXXXX here");
  MaskInTrace({"XXXX"}, trace);
  EXPECT_EQ(trace.Head("note"), "serial XXXXX here");
}

TEST(TraceRecording, KeepsTimeAndOrder) {
  HandClock clock;
  TraceRecording recording(clock, {});
  recording.BeginStep("probe");
  clock.SleepFor(std::chrono::milliseconds(3));
  const Nanos began = recording.Now();
  clock.SleepFor(std::chrono::microseconds(40));
  recording.Add(Inquiry("abc"), began);
  const Trace trace = recording.Take();
  EXPECT_EQ(trace.steps[0].blocks[0].at_us, 3000);
  EXPECT_EQ(trace.steps[0].blocks[0].took_us, 40);
  EXPECT_TRUE(trace.steps[0].blocks[0].returned->data);
}

TEST(TraceRecording, NeverGrowsBeyondItsBounds) {
  HandClock clock;
  TraceRecording recording(clock, {.payload_bytes = 10, .blocks = 3});
  recording.Add(Inquiry("1234567"), recording.Now());
  recording.Add(Inquiry("7654321"), recording.Now());
  EXPECT_TRUE(recording.HasRoom());
  recording.Add(Inquiry("abc"), recording.Now());
  EXPECT_FALSE(recording.HasRoom());
  for (int i = 0; i < 1000; ++i) {
    recording.AddTogether("INQUIRY (12)", Evidence::kDocumented, Data("a"), Data("a"), Data("bc"));
  }
  const Trace trace = recording.Take();
  ASSERT_EQ(trace.steps[0].blocks.size(), 4u);
  EXPECT_TRUE(trace.steps[0].blocks[0].returned->data);
  EXPECT_FALSE(trace.steps[0].blocks[1].returned->data);
  EXPECT_EQ(trace.steps[0].blocks[1].returned->sha256, Sha256Hex(Data("7654321")));
  EXPECT_TRUE(trace.steps[0].blocks[2].returned->data);
  EXPECT_EQ(trace.steps[0].blocks[3].count, 1000u);
  EXPECT_EQ(trace.steps[0].blocks[3].sent->sha256, Sha256Hex(Data(std::string(1000, 'a'))));
  EXPECT_EQ(trace.steps[0].blocks[3].returned->bytes, 2000u);
}

}  // namespace
}  // namespace firmbench
