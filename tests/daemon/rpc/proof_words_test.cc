// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/proof_words.h"

#include <gtest/gtest.h>

namespace firmbench::rpc {
namespace {

storage::Dump ReadBy(int64_t reads) {
  storage::Dump dump;
  dump.id = "d";
  dump.job_id = "j1";
  dump.purpose = "backup";
  dump.agreeing_reads = reads;
  dump.created_us = 1'000'000;
  return dump;
}

std::vector<std::string> Texts(const std::vector<v1::Proof>& proofs) {
  std::vector<std::string> texts;
  for (const v1::Proof& proof : proofs) texts.push_back(proof.text());
  return texts;
}
using Words = std::vector<std::string>;

TEST(ProofWords, SayHowOftenItWasRead) {
  EXPECT_EQ(Texts(ProofsOf(ReadBy(1), {})), Words{"read once"});
  EXPECT_EQ(Texts(ProofsOf(ReadBy(3), {})), Words{"reads agree (3)"});
}

TEST(ProofWords, ClaimNothingOfReadsThatDisagree) {
  storage::Dump dump = ReadBy(1);
  dump.purpose = "disagreeing";
  const auto proofs = ProofsOf(dump, {});
  ASSERT_EQ(proofs.size(), 1U);
  EXPECT_EQ(proofs[0].kind(), v1::Proof::KIND_READS_DISAGREE);
}

TEST(ProofWords, ClaimNothingOfBytesThatSomebodyElseRead) {
  storage::Dump dump = ReadBy(0);
  EXPECT_EQ(ProofsOf(dump, {})[0].kind(), v1::Proof::KIND_FROM_FILE);
  dump = ReadBy(2);
  dump.job_id.clear();
  EXPECT_EQ(ProofsOf(dump, {})[0].kind(), v1::Proof::KIND_FROM_FILE);
}

TEST(ProofWords, PutTheStrongestLast) {
  const auto proofs = ProofsOf(ReadBy(2), {{"p2", "d", "written_back", "j9", "", 9'000'000},
                                           {"p1", "d", "recognised", "j1", "", 1'000'000}});
  EXPECT_EQ(Texts(proofs),
            (Words{"reads agree (2)", "recognised: it parses and its own checks hold",
                   "written back on this drive, and read back equal"}));
  EXPECT_EQ(proofs[0].job(), "jobs/j1");
  EXPECT_EQ(proofs[2].job(), "jobs/j9");
  EXPECT_EQ(proofs[2].proof_time().seconds(), 9);
}

TEST(ProofWords, NameTheNewestOfAKind) {
  const auto proofs = ProofsOf(ReadBy(2), {{"p1", "d", "written_back", "j5", "", 5'000'000},
                                           {"p2", "d", "written_back", "j9", "", 9'000'000},
                                           {"p3", "d", "written_back", "j7", "", 7'000'000}});
  ASSERT_EQ(proofs.size(), 2U);
  EXPECT_EQ(proofs[1].job(), "jobs/j9");
}

TEST(ProofWords, TakeNoSimulatorForADrive) {
  storage::Dump dump = ReadBy(2);
  dump.simulated = true;
  const auto proofs = ProofsOf(dump, {{"p1", "d", "written_back", "j5", "", 5'000'000}});
  ASSERT_EQ(proofs.size(), 2U);
  EXPECT_EQ(proofs[1].kind(), v1::Proof::KIND_REHEARSED);
  EXPECT_EQ(proofs[1].text(), "rehearsed on the simulator: proves only our simulator");
}

TEST(ProofWords, IgnoreWhatOnlyALaterVersionKnows) {
  EXPECT_EQ(ProofsOf(ReadBy(2), {{"p1", "d", "blessed", "j5", "", 5'000'000}}).size(), 1U);
}

}  // namespace
}  // namespace firmbench::rpc
