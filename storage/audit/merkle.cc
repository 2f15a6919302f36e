// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/merkle.h"

#include <bit>

namespace firmbench::storage::audit {
namespace {

// The largest power of two below n; n is at least 2.
int64_t Split(int64_t n) {
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(n - 1)));
}

Error OutOfRange() {
  return InvalidArgument("TREE_RANGE", "no such leaf or size in the audit tree");
}

// MTH(D[begin:begin+count]); `begin` is a multiple of the largest power of two in `count`, as every
// range is that the RFC's recursions reach.
Result<Hash> RangeRoot(int64_t begin, int64_t count, const NodeReader& read) {
  if (count == 0) return EmptyRoot();
  if (std::has_single_bit(static_cast<uint64_t>(count))) {
    return read(std::countr_zero(static_cast<uint64_t>(count)), begin / count);
  }
  const int64_t k = Split(count);
  ASSIGN_OR_RETURN(const Hash left, RangeRoot(begin, k, read));
  ASSIGN_OR_RETURN(const Hash right, RangeRoot(begin + k, count - k, read));
  return NodeHash(left, right);
}

}  // namespace

Hash EmptyRoot() { return Sha256({}); }

Hash LeafHash(ByteView entry) {
  constexpr uint8_t kPrefix = 0;
  Sha256Stream stream;
  stream.Update({&kPrefix, 1});
  stream.Update(entry);
  return stream.Finish();
}

Hash NodeHash(const Hash& left, const Hash& right) {
  constexpr uint8_t kPrefix = 1;
  Sha256Stream stream;
  stream.Update({&kPrefix, 1});
  stream.Update(left);
  stream.Update(right);
  return stream.Finish();
}

Result<std::vector<Node>> Append(int64_t size, const Hash& leaf, const NodeReader& read) {
  if (size < 0) return OutOfRange();
  std::vector<Node> nodes{{0, size, leaf}};
  // A right child completes its parent; a left one waits for its sibling.
  while (nodes.back().index % 2 == 1) {
    const Node last = nodes.back();
    ASSIGN_OR_RETURN(const Hash left, read(last.level, last.index - 1));
    nodes.push_back({last.level + 1, last.index / 2, NodeHash(left, last.hash)});
  }
  return nodes;
}

Result<Hash> Root(int64_t size, const NodeReader& read) {
  if (size < 0) return OutOfRange();
  return RangeRoot(0, size, read);
}

Result<std::vector<Hash>> InclusionProof(int64_t index, int64_t size, const NodeReader& read) {
  if (index < 0 || index >= size) return OutOfRange();
  std::vector<Hash> from_top;
  int64_t begin = 0;
  int64_t count = size;
  while (count > 1) {
    const int64_t k = Split(count);
    const bool left = index - begin < k;
    ASSIGN_OR_RETURN(const Hash sibling,
                     left ? RangeRoot(begin + k, count - k, read) : RangeRoot(begin, k, read));
    from_top.push_back(sibling);
    begin = left ? begin : begin + k;
    count = left ? k : count - k;
  }
  return std::vector<Hash>(from_top.rbegin(), from_top.rend());
}

Result<std::vector<Hash>> ConsistencyProof(int64_t old_size, int64_t new_size,
                                           const NodeReader& read) {
  if (old_size < 0 || old_size > new_size) return OutOfRange();
  std::vector<Hash> from_top;
  if (old_size == 0 || old_size == new_size) return from_top;
  // SUBPROOF(m, D[begin:begin+count], whole): the old tree's last leaves are in this range.
  int64_t begin = 0;
  int64_t count = new_size;
  int64_t m = old_size;
  bool whole = true;
  while (m != count) {
    const int64_t k = Split(count);
    const bool left = m <= k;
    ASSIGN_OR_RETURN(const Hash other,
                     left ? RangeRoot(begin + k, count - k, read) : RangeRoot(begin, k, read));
    from_top.push_back(other);
    if (left) {
      count = k;
    } else {
      begin += k;
      count -= k;
      m -= k;
      whole = false;
    }
  }
  if (!whole) {
    ASSIGN_OR_RETURN(const Hash root, RangeRoot(begin, count, read));
    from_top.push_back(root);
  }
  return std::vector<Hash>(from_top.rbegin(), from_top.rend());
}

// RFC 9162 2.1.3.2, the same tree.
bool VerifyInclusion(const Hash& leaf, int64_t index, int64_t size, const std::vector<Hash>& proof,
                     const Hash& root) {
  if (index < 0 || index >= size) return false;
  int64_t fn = index;
  int64_t sn = size - 1;
  Hash hash = leaf;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      hash = NodeHash(p, hash);
      while (fn % 2 == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

// RFC 9162 2.1.4.2, the same tree.
bool VerifyConsistency(int64_t old_size, const Hash& old_root, int64_t new_size,
                       const Hash& new_root, const std::vector<Hash>& proof) {
  if (old_size < 0 || old_size > new_size) return false;
  if (old_size == 0) return proof.empty() && old_root == EmptyRoot();
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  std::vector<Hash> path = proof;
  if (std::has_single_bit(static_cast<uint64_t>(old_size))) path.insert(path.begin(), old_root);
  if (path.empty()) return false;
  int64_t fn = old_size - 1;
  int64_t sn = new_size - 1;
  while (fn % 2 == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash old_hash = path.front();
  Hash new_hash = path.front();
  for (size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      old_hash = NodeHash(path[i], old_hash);
      new_hash = NodeHash(path[i], new_hash);
      while (fn % 2 == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && old_hash == old_root && new_hash == new_root;
}

}  // namespace firmbench::storage::audit
