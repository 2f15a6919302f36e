// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/merkle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace firmbench::storage::audit {
namespace {

// The eight leaves and the roots of their first 1 to 8 that implementations of RFC 6962 publish as
// their common test vector.
constexpr const char* kLeaves[] = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kRoots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

// A tree in memory that is only ever appended to.
class Tree {
 public:
  void Add(const Hash& leaf) {
    const auto nodes = Append(size_, leaf, Reader());
    ASSERT_TRUE(nodes.has_value());
    for (const Node& node : *nodes) {
      EXPECT_TRUE(nodes_.emplace(std::pair(node.level, node.index), node.hash).second);
    }
    ++size_;
  }
  NodeReader Reader() const {
    return [this](int level, int64_t index) -> Result<Hash> {
      const auto at = nodes_.find({level, index});
      if (at == nodes_.end()) return Internal("NO_NODE", "missing");
      return at->second;
    };
  }
  int64_t size() const { return size_; }

 private:
  std::map<std::pair<int, int64_t>, Hash> nodes_;
  int64_t size_ = 0;
};

Hash NumberedLeaf(int64_t number) { return LeafHash(AsBytes("leaf " + std::to_string(number))); }

// RFC 6962 2.1, word by word, over the leaves' hashes.
Hash NaiveRoot(const std::vector<Hash>& leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves[0];
  size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(k);
  return NodeHash(NaiveRoot({leaves.begin(), middle}), NaiveRoot({middle, leaves.end()}));
}

constexpr int64_t kSizes = 130;

class MerkleTree : public testing::Test {
 protected:
  void SetUp() override {
    roots_.push_back(EmptyRoot());
    for (int64_t i = 0; i < kSizes; ++i) {
      leaves_.push_back(NumberedLeaf(i));
      tree_.Add(leaves_.back());
      roots_.push_back(NaiveRoot(leaves_));
    }
  }
  Tree tree_;
  std::vector<Hash> leaves_;
  std::vector<Hash> roots_;
};

TEST(MerkleHash, OfNothingIsSha256OfNothing) {
  EXPECT_EQ(ToHex(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(MerkleHash, GivesThePublishedRoots) {
  Tree tree;
  for (size_t i = 0; i < std::size(kLeaves); ++i) {
    tree.Add(LeafHash(FromHex(kLeaves[i]).value()));
    EXPECT_EQ(ToHex(Root(tree.size(), tree.Reader()).value()), kRoots[i]);
  }
}

// Proofs of the same tree that were published with Certificate Transparency's first implementation.
TEST(MerkleProof, EqualsThePublishedOnes) {
  Tree tree;
  for (const char* const leaf : kLeaves) tree.Add(LeafHash(FromHex(leaf).value()));
  const auto hex = [](const Result<std::vector<Hash>>& proof) {
    std::vector<std::string> texts;
    for (const Hash& hash : proof.value()) texts.push_back(ToHex(hash));
    return texts;
  };
  const std::string l1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
  const std::string n23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
  const std::string n4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
  const std::string l4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
  const std::string n45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
  const std::string n67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
  EXPECT_EQ(hex(InclusionProof(0, 8, tree.Reader())), (std::vector{l1, n23, n4567}));
  EXPECT_EQ(hex(ConsistencyProof(1, 8, tree.Reader())), (std::vector{l1, n23, n4567}));
  EXPECT_EQ(hex(ConsistencyProof(2, 5, tree.Reader())), (std::vector{n23, l4}));
  EXPECT_EQ(hex(ConsistencyProof(6, 8, tree.Reader())),
            (std::vector<std::string>{n45, n67, kRoots[3]}));
}

TEST_F(MerkleTree, RootsEqualTheDefinition) {
  for (int64_t n = 0; n <= kSizes; ++n) {
    EXPECT_EQ(Root(n, tree_.Reader()).value(), roots_[static_cast<size_t>(n)]) << n;
  }
}

TEST_F(MerkleTree, EveryLeafIsProvenInEverySize) {
  for (int64_t n = 1; n <= kSizes; ++n) {
    const Hash& root = roots_[static_cast<size_t>(n)];
    for (int64_t i = 0; i < n; ++i) {
      const auto proof = InclusionProof(i, n, tree_.Reader());
      ASSERT_TRUE(proof.has_value());
      const Hash& leaf = leaves_[static_cast<size_t>(i)];
      EXPECT_TRUE(VerifyInclusion(leaf, i, n, *proof, root)) << i << " of " << n;
      EXPECT_FALSE(VerifyInclusion(NumberedLeaf(999), i, n, *proof, root));
      if (n > 1) {
        EXPECT_FALSE(VerifyInclusion(leaf, (i + 1) % n, n, *proof, root));
      }
    }
  }
}

TEST_F(MerkleTree, EverySizeIsProvenToContinueEverySmallerOne) {
  for (int64_t n = 0; n <= kSizes; ++n) {
    for (int64_t m = 0; m <= n; ++m) {
      const Hash& old_root = roots_[static_cast<size_t>(m)];
      const Hash& new_root = roots_[static_cast<size_t>(n)];
      const auto proof = ConsistencyProof(m, n, tree_.Reader());
      ASSERT_TRUE(proof.has_value());
      EXPECT_TRUE(VerifyConsistency(m, old_root, n, new_root, *proof)) << m << " to " << n;
      if (m == 0 || m == n) continue;
      EXPECT_FALSE(VerifyConsistency(m, NumberedLeaf(999), n, new_root, *proof));
      EXPECT_FALSE(VerifyConsistency(m, old_root, n, NumberedLeaf(999), *proof));
    }
  }
}

TEST_F(MerkleTree, ProofsThatWereTamperedWithAreRefused) {
  auto proof = InclusionProof(20, 50, tree_.Reader()).value();
  const Hash& leaf = leaves_[20];
  for (Hash& hash : proof) {
    hash[7] ^= 1;
    EXPECT_FALSE(VerifyInclusion(leaf, 20, 50, proof, roots_[50]));
    hash[7] ^= 1;
  }
  proof.push_back(leaf);
  EXPECT_FALSE(VerifyInclusion(leaf, 20, 50, proof, roots_[50]));
  proof.resize(proof.size() - 2);
  EXPECT_FALSE(VerifyInclusion(leaf, 20, 50, proof, roots_[50]));

  auto consistency = ConsistencyProof(20, 50, tree_.Reader()).value();
  for (Hash& hash : consistency) {
    hash[31] ^= 0x80;
    EXPECT_FALSE(VerifyConsistency(20, roots_[20], 50, roots_[50], consistency));
    hash[31] ^= 0x80;
  }
  consistency.pop_back();
  EXPECT_FALSE(VerifyConsistency(20, roots_[20], 50, roots_[50], consistency));
}

// The hashes of a proof fit, but for a tree of another size than the claimed one.
TEST_F(MerkleTree, ProofsOfASmallerTreeDoNotProveALargerOne) {
  const auto inclusion = InclusionProof(0, 2, tree_.Reader()).value();
  EXPECT_TRUE(VerifyInclusion(leaves_[0], 0, 2, inclusion, roots_[2]));
  EXPECT_FALSE(VerifyInclusion(leaves_[0], 0, 4, inclusion, roots_[2]));
  const auto consistency = ConsistencyProof(4, 8, tree_.Reader()).value();
  EXPECT_TRUE(VerifyConsistency(4, roots_[4], 8, roots_[8], consistency));
  EXPECT_FALSE(VerifyConsistency(4, roots_[4], 16, roots_[8], consistency));
}

// However large the tree, a proof takes few hashes and few reads of stored nodes.
TEST(MerkleProof, ReadsInProportionToTheLogarithm) {
  int reads = 0;
  const NodeReader count = [&](int level, int64_t index) -> Result<Hash> {
    ++reads;
    return NumberedLeaf(level * 1'000'003 + index % 1'000'003);
  };
  constexpr int64_t kSize = (int64_t{1} << 40) - 1;
  constexpr size_t kLevels = 40;
  EXPECT_LE(InclusionProof(kSize / 3, kSize, count)->size(), kLevels);
  EXPECT_LE(ConsistencyProof(kSize / 3, kSize, count)->size(), kLevels + 1);
  EXPECT_LE(reads, 4 * static_cast<int>(kLevels));
}

TEST_F(MerkleTree, RefusesLeavesAndSizesThatAreNotThere) {
  EXPECT_EQ(InclusionProof(5, 5, tree_.Reader()).error().reason(), "TREE_RANGE");
  EXPECT_EQ(InclusionProof(-1, 5, tree_.Reader()).error().reason(), "TREE_RANGE");
  EXPECT_EQ(ConsistencyProof(6, 5, tree_.Reader()).error().reason(), "TREE_RANGE");
  EXPECT_EQ(Root(-1, tree_.Reader()).error().reason(), "TREE_RANGE");
  EXPECT_EQ(Root(kSizes + 1, tree_.Reader()).error().reason(), "NO_NODE");
  EXPECT_FALSE(VerifyInclusion(leaves_[0], 0, 0, {}, EmptyRoot()));
  EXPECT_FALSE(VerifyConsistency(3, roots_[3], 2, roots_[2], {}));
}

}  // namespace
}  // namespace firmbench::storage::audit
