// SPDX-License-Identifier: Apache-2.0
#include "tests/support/crash_files.h"

#include <algorithm>
#include <set>
#include <utility>

namespace firmbench::test {

bool PagedBytes::Read(int64_t at, uint8_t* out, size_t length) const {
  const auto wanted = static_cast<int64_t>(length);
  const int64_t there = std::clamp(size_ - at, int64_t{0}, wanted);
  for (int64_t done = 0; done < there;) {
    const auto& page = pages_[static_cast<size_t>((at + done) / kPage)];
    const int64_t offset = (at + done) % kPage;
    const int64_t part = std::min(kPage - offset, there - done);
    if (page) {
      std::copy_n(page->begin() + offset, part, out + done);
    } else {
      std::fill_n(out + done, part, uint8_t{0});
    }
    done += part;
  }
  std::fill(out + there, out + wanted, uint8_t{0});
  return there == wanted;
}

PagedBytes::Page& PagedBytes::Own(size_t index) {
  if (!mine_[index]) {
    pages_[index] =
        pages_[index] ? std::make_shared<Page>(*pages_[index]) : std::make_shared<Page>(Page{});
    mine_[index] = true;
  }
  return *pages_[index];
}

void PagedBytes::Write(int64_t at, ByteView bytes) {
  const auto length = static_cast<int64_t>(bytes.size());
  if (at + length > size_) Resize(at + length);
  for (int64_t done = 0; done < length;) {
    const int64_t offset = (at + done) % kPage;
    const int64_t part = std::min(kPage - offset, length - done);
    std::copy_n(bytes.begin() + done, part,
                Own(static_cast<size_t>((at + done) / kPage)).begin() + offset);
    done += part;
  }
}

void PagedBytes::Resize(int64_t size) {
  if (size < size_ && size % kPage != 0) {
    Page& last = Own(static_cast<size_t>(size / kPage));
    std::fill(last.begin() + size % kPage, last.end(), uint8_t{0});
  }
  pages_.resize(static_cast<size_t>((size + kPage - 1) / kPage));
  mine_.resize(pages_.size());
  size_ = size;
}

PagedBytes PagedBytes::Share() {
  mine_.assign(pages_.size(), false);
  return *this;
}

bool operator==(const PagedBytes& a, const PagedBytes& b) {
  if (a.size_ != b.size_) return false;
  for (size_t i = 0; i < a.pages_.size(); ++i) {
    if (a.pages_[i] == b.pages_[i]) continue;
    if (!a.pages_[i] || !b.pages_[i] || *a.pages_[i] != *b.pages_[i]) return false;
  }
  return true;
}

CrashFiles::NodePtr CrashFiles::Find(const std::string& name) const {
  const auto found = live_.find(name);
  return found == live_.end() ? nullptr : found->second;
}

CrashFiles::NodePtr CrashFiles::Create(const std::string& name) {
  return live_[name] = std::make_shared<Node>();
}

bool CrashFiles::Delete(const std::string& name, bool synced) {
  if (live_.erase(name) == 0) return false;
  if (synced) synced_.erase(name);
  return true;
}

void CrashFiles::Write(Node& node, int64_t at, ByteView bytes) {
  node.live.Write(at, bytes);
  node.unsynced.push_back({.order = order_++, .at = at, .data = Bytes(bytes.begin(), bytes.end())});
}

void CrashFiles::Truncate(Node& node, int64_t size) {
  node.live.Resize(size);
  node.unsynced.push_back({.order = order_++, .at = size, .data = {}, .truncate = true});
}

void CrashFiles::Sync(const std::string& name, const NodePtr& node) {
  node->synced = node->live.Share();
  node->unsynced.clear();
  if (Find(name) == node) synced_[name] = node;
}

int64_t CrashFiles::TotalBytes() const {
  int64_t total = 0;
  for (const auto& [name, node] : live_) total += node->live.size();
  return total;
}

PagedBytes CrashFiles::CutFile(Node& node, Loss loss, uint64_t until, std::mt19937_64& random) {
  if (loss == Loss::kProcessKilled) return node.live.Share();
  PagedBytes content = node.synced.Share();
  if (loss == Loss::kUnsynced) return content;
  for (const Node::Op& op : node.unsynced) {
    const bool torn = loss == Loss::kReordered || op.order == until;
    if (loss == Loss::kInOrder && op.order > until) break;
    if (op.truncate) {
      if (!torn || random() % 2 == 0) content.Resize(op.at);
      continue;
    }
    const ByteView data(op.data);
    for (size_t done = 0; done < data.size();) {
      const int64_t at = op.at + static_cast<int64_t>(done);
      const auto to_sector_end = static_cast<size_t>(kSectorBytes - at % kSectorBytes);
      const size_t part = std::min(to_sector_end, data.size() - done);
      if (!torn || random() % 2 == 0) content.Write(at, data.subspan(done, part));
      done += part;
    }
  }
  return content.Share();
}

FileSet CrashFiles::Cut(Loss loss, uint64_t seed) {
  std::mt19937_64 random(seed);
  uint64_t first = order_;
  std::set<std::string> names;
  for (const auto* const of : {&live_, &synced_}) {
    for (const auto& [name, node] : *of) {
      names.insert(name);
      if (!node->unsynced.empty()) first = std::min(first, node->unsynced.front().order);
    }
  }
  const uint64_t until = first + random() % (order_ - first + 1);
  auto files = std::make_shared<std::map<std::string, PagedBytes>>();
  for (const std::string& name : names) {
    const auto synced = synced_.find(name);
    NodePtr node = Find(name);
    // A name that was made or removed since the folder was synced: either may be found.
    const bool is_synced = node == (synced == synced_.end() ? nullptr : synced->second);
    if (!is_synced && loss != Loss::kProcessKilled &&
        (loss == Loss::kUnsynced || random() % 2 == 0)) {
      node = synced == synced_.end() ? nullptr : synced->second;
    }
    if (node) (*files)[name] = CutFile(*node, loss, until, random);
  }
  return files;
}

void CrashFiles::Load(const FileSet& files) {
  live_.clear();
  for (const auto& [name, content] : *files) {
    auto node = std::make_shared<Node>();
    node->live = content;
    node->synced = content;
    live_[name] = std::move(node);
  }
  synced_ = live_;
}

}  // namespace firmbench::test
