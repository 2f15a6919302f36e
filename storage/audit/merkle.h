// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Merkle tree of RFC 6962 section 2.1 over the audit entries: roots, proofs, and their checks.
// Only roots of complete subtrees are stored (2^level leaves, the first leaf's number a multiple of
// that); they never change when the tree grows. Pure functions over a reader of such nodes.

#include <cstdint>
#include <functional>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/hash.h"
#include "daemon/base/result.h"

namespace firmbench::storage::audit {

using Hash = Sha256Digest;

// SHA-256 of nothing: the root of a tree without leaves.
Hash EmptyRoot();
// SHA-256(00 || entry).
Hash LeafHash(ByteView entry);
// SHA-256(01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);

// The root of the leaves index * 2^level up to (index + 1) * 2^level - 1; level 0 is a leaf hash.
struct Node {
  int level = 0;
  int64_t index = 0;
  Hash hash{};
};

// Gives a stored node; whoever implements it reports a missing one as an error.
using NodeReader = std::function<Result<Hash>(int level, int64_t index)>;

// The nodes that become complete when `leaf` is appended to a tree of `size` leaves, lowest first;
// the first one is the leaf itself.
Result<std::vector<Node>> Append(int64_t size, const Hash& leaf, const NodeReader& read);

// The root of the first `size` leaves.
Result<Hash> Root(int64_t size, const NodeReader& read);

// Audit path of leaf `index` in the tree of `size` leaves (RFC 6962 2.1.1).
// TREE_RANGE unless 0 <= index < size.
Result<std::vector<Hash>> InclusionProof(int64_t index, int64_t size, const NodeReader& read);

// That the tree of `new_size` leaves continues the one of `old_size` (RFC 6962 2.1.2).
// TREE_RANGE unless 0 <= old_size <= new_size; empty when either is 0 or they are equal.
Result<std::vector<Hash>> ConsistencyProof(int64_t old_size, int64_t new_size,
                                           const NodeReader& read);

// True when the proof shows that `leaf` is leaf `index` of the tree with that size and root.
bool VerifyInclusion(const Hash& leaf, int64_t index, int64_t size, const std::vector<Hash>& proof,
                     const Hash& root);

// True when the proof shows that the newer tree begins with the leaves of the older one. A tree
// without leaves is the beginning of every tree.
bool VerifyConsistency(int64_t old_size, const Hash& old_root, int64_t new_size,
                       const Hash& new_root, const std::vector<Hash>& proof);

}  // namespace firmbench::storage::audit
