// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/trace_recording.h"

#include <algorithm>
#include <utility>

namespace firmbench {
namespace {

constexpr size_t kCollectBytes = 4096;
constexpr size_t kFirstBytes = 16;

int64_t Micros(Nanos time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

void Collect(ByteView bytes, Bytes& next, Sha256Stream& stream) {
  next.insert(next.end(), bytes.begin(), bytes.end());
  if (next.size() < kCollectBytes) return;
  stream.Update(next);
  next.clear();
}

TracePayload Hashed(uint64_t bytes, const Bytes& rest, Sha256Stream& stream) {
  stream.Update(rest);
  return {bytes, ToHex(stream.Finish()), std::nullopt};
}

}  // namespace

TraceStep& TraceRecording::Step() {
  if (trace_.steps.empty()) trace_.steps.push_back({"unnamed", {}});
  return trace_.steps.back();
}

void TraceRecording::BeginStep(std::string_view name, std::set<std::string, std::less<>> polls) {
  for (auto& [key, group] : groups_) Finish(group);
  groups_.clear();
  polls_ = std::move(polls);
  trace_.steps.push_back({std::string(name), {}});
}

void TraceRecording::Fit(std::optional<TracePayload>& payload) {
  if (!payload || !payload->data) return;
  const size_t size = payload->data->size();
  if (size <= limits_.payload_bytes - std::min(kept_bytes_, limits_.payload_bytes)) {
    kept_bytes_ += size;
    return;
  }
  payload->sha256 = Sha256Hex(*payload->data);
  payload->data.reset();
}

void TraceRecording::Add(TraceBlock block, Nanos began) {
  block.at_us = Micros(began - begun_);
  if (!block.took_us) block.took_us = Micros(Now() - began);
  Fit(block.sent);
  Fit(block.returned);
  kept_bytes_ += block.script.size() + block.answers.size() * sizeof(block.answers[0]);
  if (kept_bytes_ >= limits_.payload_bytes) singles_ = limits_.blocks;
  ++singles_;
  Step().blocks.push_back(std::move(block));
}

void TraceRecording::AddTogether(std::string_view name, std::optional<Evidence> evidence,
                                 ByteView first, ByteView sent, ByteView returned) {
  auto found = groups_.find(name);
  if (found == groups_.end()) {
    TraceBlock block;
    block.command = name;
    block.evidence = evidence;
    const ByteView head = first.first(std::min(first.size(), kFirstBytes));
    block.first.assign(head.begin(), head.end());
    block.count = 0;
    block.polls = polls_.contains(name);
    found = groups_.try_emplace(std::string(name)).first;
    Step().blocks.push_back(std::move(block));
    found->second.step = trace_.steps.size() - 1;
    found->second.block = Step().blocks.size() - 1;
  }
  Group& group = found->second;
  ++trace_.steps[group.step].blocks[group.block].count;
  group.sent_bytes += sent.size();
  group.returned_bytes += returned.size();
  Collect(sent, group.sent_next, group.sent);
  Collect(returned, group.returned_next, group.returned);
}

void TraceRecording::AddReturned(std::string_view name, ByteView returned) {
  const auto found = groups_.find(name);
  if (found == groups_.end()) return;
  found->second.returned_bytes += returned.size();
  Collect(returned, found->second.returned_next, found->second.returned);
}

void TraceRecording::Finish(Group& group) {
  TraceBlock& block = trace_.steps[group.step].blocks[group.block];
  block.sent = Hashed(group.sent_bytes, group.sent_next, group.sent);
  if (group.returned_bytes == 0) return;
  block.returned = Hashed(group.returned_bytes, group.returned_next, group.returned);
}

Trace TraceRecording::Take() {
  for (auto& [key, group] : groups_) Finish(group);
  groups_.clear();
  return std::exchange(trace_, {});
}

}  // namespace firmbench
