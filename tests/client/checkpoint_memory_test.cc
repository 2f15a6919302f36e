// SPDX-License-Identifier: Apache-2.0
#include "client/cli/checkpoint_memory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace firmbench::cli {
namespace {

namespace audit = storage::audit;

constexpr char kOrigin[] = "firmbench/01jd9rd3q5e8n2x4z7w0k6m1hb";

class Memory : public testing::Test {
 protected:
  Memory() {
    std::string pattern = testing::TempDir() + "firmbench-memory-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~Memory() override { std::filesystem::remove_all(folder_); }
  std::string Note(int64_t size, const char* origin = kOrigin) const {
    return audit::SignCheckpoint({.origin = origin, .size = size, .root = Sha256({})}, key_)
        .value();
  }
  std::string folder_;
  audit::SigningKey key_ = audit::SigningKey::Make().value();
};

std::string ReasonOf(const Status& status) { return status ? "OK" : status.error().reason(); }

TEST_F(Memory, GivesBackWhatWasKeptLast) {
  const CheckpointMemory memory(folder_ + "/new/firmbench", kOrigin);
  ASSERT_TRUE(memory.Load().has_value());
  EXPECT_FALSE(memory.Load().value());
  ASSERT_TRUE(memory.Keep(Note(5), key_.public_key()));
  ASSERT_TRUE(memory.Keep(Note(9), key_.public_key()));
  const auto kept = memory.Load().value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->head.size, 9);
  EXPECT_EQ(kept->key, key_.public_key());
  EXPECT_GT(kept->seen_us, 0);
  struct stat info {};
  ASSERT_EQ(stat(memory.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Memory, IsOfOneBenchEach) {
  const char* const kOther = "firmbench/01jd9rd3q5e8n2x4z7w0k6m1hc";
  ASSERT_TRUE(CheckpointMemory(folder_, kOrigin).Keep(Note(5), key_.public_key()));
  EXPECT_FALSE(CheckpointMemory(folder_, kOther).Load().value());
}

TEST_F(Memory, ThatWasChangedIsNotPassedOver) {
  const CheckpointMemory memory(folder_, kOrigin);
  ASSERT_TRUE(memory.Keep(Note(5), key_.public_key()));
  std::stringstream whole;
  whole << std::ifstream(memory.path()).rdbuf();
  const std::string text = whole.str();
  for (size_t at = 0; at < text.size(); at += 7) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 2);
    std::ofstream(memory.path(), std::ios::trunc) << changed;
    const auto loaded = memory.Load();
    // The time at which it was seen is nobody's proof.
    if (loaded) {
      EXPECT_EQ(loaded.value()->head.size, 5);
      continue;
    }
    EXPECT_EQ(loaded.error().reason(), "AUDIT_MEMORY_INVALID") << at;
  }
  std::ofstream(memory.path(), std::ios::trunc) << "";
  EXPECT_FALSE(memory.Load());
  ASSERT_TRUE(memory.Keep(Note(5, "firmbench/another"), key_.public_key()));
  EXPECT_FALSE(memory.Load());
}

TEST_F(Memory, WithoutAFolderKeepsNothing) {
  const CheckpointMemory memory("", kOrigin);
  EXPECT_TRUE(memory.Keep(Note(5), key_.public_key()));
  EXPECT_FALSE(memory.Load().value());
}

// Trees of 1 to 20 leaves, for the comparison.
class Continuation : public testing::Test {
 protected:
  static audit::Hash Leaf(int64_t i, const char* text) {
    return audit::LeafHash(AsBytes(text + std::to_string(i)));
  }
  // A tree whose leaves from `from` on are others.
  explicit Continuation(int64_t from = 100) {
    for (int64_t i = 0; i < 20; ++i) {
      const auto nodes = audit::Append(i, Leaf(i, i < from ? "a" : "b"), Reader()).value();
      for (const auto& node : nodes) nodes_[{node.level, node.index}] = node.hash;
    }
  }
  audit::NodeReader Reader() {
    return [this](int level, int64_t index) -> Result<audit::Hash> {
      return nodes_.at({level, index});
    };
  }
  audit::TreeHead Head(int64_t size) {
    return {.origin = kOrigin, .size = size, .root = audit::Root(size, Reader()).value()};
  }
  ShownTree Shown(int64_t old_size, int64_t size) {
    ShownTree shown{.head = Head(size)};
    if (old_size <= size) {
      const auto proof = audit::ConsistencyProof(old_size, size, Reader()).value();
      for (const auto& hash : proof) shown.consistency_proof.push_back(ToHex(hash));
    }
    return shown;
  }
  std::map<std::pair<int, int64_t>, audit::Hash> nodes_;
};

class Forked : public Continuation {
 public:
  Forked() : Continuation(7) {}
  void TestBody() override {}
  using Continuation::Shown;
};

TEST_F(Continuation, OfTheSameTreeHolds) {
  for (int64_t old_size = 1; old_size <= 20; ++old_size) {
    for (int64_t size = old_size; size <= 20; ++size) {
      EXPECT_EQ(ReasonOf(CheckContinues(Head(old_size), Shown(old_size, size))), "OK");
    }
  }
}

TEST_F(Continuation, OfASmallerTreeIsARollbackWithBothSizes) {
  const Status status = CheckContinues(Head(20), Shown(20, 12));
  EXPECT_EQ(ReasonOf(status), "AUDIT_ROLLED_BACK");
  EXPECT_NE(status.error().message().find("20 entries were seen of this bench, it shows 12 now"),
            std::string::npos);
}

TEST_F(Continuation, OfAnotherTreeIsAFork) {
  Forked other;
  EXPECT_EQ(ReasonOf(CheckContinues(Head(7), other.Shown(7, 20))), "OK");
  for (int64_t old_size = 8; old_size <= 20; ++old_size) {
    for (int64_t size = old_size; size <= 20; ++size) {
      EXPECT_EQ(ReasonOf(CheckContinues(Head(old_size), other.Shown(old_size, size))),
                "AUDIT_FORKED")
          << old_size << " to " << size;
    }
  }
}

TEST_F(Continuation, NeedsAProof) {
  ShownTree shown = Shown(7, 20);
  shown.consistency_proof.pop_back();
  EXPECT_EQ(ReasonOf(CheckContinues(Head(7), shown)), "AUDIT_FORKED");
  shown.consistency_proof = {"not a hash"};
  EXPECT_EQ(ReasonOf(CheckContinues(Head(7), shown)), "AUDIT_FORKED");
  shown.consistency_proof.clear();
  EXPECT_EQ(ReasonOf(CheckContinues(Head(7), shown)), "AUDIT_FORKED");
}

}  // namespace
}  // namespace firmbench::cli
