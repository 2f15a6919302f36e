// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/known_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace firmbench::inventory {
namespace {

// A byte tells units apart when so many of them have another value than most have: a few ruined
// EEPROMs among many must not make every byte of the model look like one unit's own.
size_t LeastDeviating(size_t units) { return std::max<size_t>(2, units / 10); }

std::set<std::string> Distinct(const std::vector<std::string>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

KnownSet::KnownSet(std::vector<KnownUnit> units) {
  for (KnownUnit& unit : units) Put(std::move(unit));
  Study();
}

std::string KnownSet::KeyOf(const std::string& model, bool simulated, size_t size_bytes) {
  return fmt::format("{}/{}/{}", model, simulated ? "simulated" : "real", size_bytes);
}

void KnownSet::Put(KnownUnit unit) {
  const auto [it, added] = places_.try_emplace(unit.unit_id, units_.size());
  const size_t place = it->second;
  if (added) {
    units_.emplace_back();
  } else {
    Forget(units_[place]);
  }
  for (const std::string& serial : Distinct(unit.serials)) ++serials_[serial];
  if (!unit.eeprom.empty()) {
    Model& model = models_[KeyOf(unit.model, unit.simulated, unit.eeprom.size())];
    model.units.push_back(place);
    model.counts.resize(unit.eeprom.size());
    for (size_t at = 0; at < unit.eeprom.size(); ++at) ++model.counts[at][unit.eeprom[at]];
    model.stale = true;
  }
  units_[place] = std::move(unit);
}

void KnownSet::Forget(const KnownUnit& unit) {
  for (const std::string& serial : Distinct(unit.serials)) {
    if (--serials_[serial] == 0) serials_.erase(serial);
  }
  if (unit.eeprom.empty()) return;
  const auto model = models_.find(KeyOf(unit.model, unit.simulated, unit.eeprom.size()));
  const auto place = places_.find(unit.unit_id);
  if (model == models_.end() || place == places_.end()) return;
  std::erase(model->second.units, place->second);
  for (size_t at = 0; at < unit.eeprom.size(); ++at) --model->second.counts[at][unit.eeprom[at]];
  model->second.stale = true;
}

void KnownSet::Remove(const std::string& unit_id) {
  const auto it = places_.find(unit_id);
  if (it == places_.end()) return;
  const size_t place = it->second;
  const size_t last = units_.size() - 1;
  Forget(units_[place]);
  places_.erase(it);
  if (place != last) {
    // The last one takes the free place.
    KnownUnit moved = std::move(units_[last]);
    places_[moved.unit_id] = place;
    if (!moved.eeprom.empty()) {
      auto& places = models_[KeyOf(moved.model, moved.simulated, moved.eeprom.size())].units;
      std::replace(places.begin(), places.end(), last, place);
    }
    units_[place] = std::move(moved);
  }
  units_.pop_back();
}

void KnownSet::StudyModel(Model& model) const {
  ModelBytes& bytes = model.bytes;
  bytes = {};
  bytes.units = model.units.size();
  if (model.units.empty()) return;
  const size_t size = model.counts.size();
  std::vector<const std::vector<Change>*> changes;
  for (const size_t place : model.units) changes.push_back(&units_[place].changes);
  bytes.use = LearnUse(changes, size);
  bytes.telling.resize(size);
  bytes.constant.resize(size);
  for (size_t at = 0; at < size; ++at) {
    const size_t most = *std::max_element(model.counts[at].begin(), model.counts[at].end());
    const size_t others = bytes.units - most;
    bytes.constant[at] = others == 0 ? 1 : 0;
    bytes.telling[at] =
        others >= LeastDeviating(bytes.units) && bytes.use.changes_with_use[at] == 0 ? 1 : 0;
  }
}

void KnownSet::Study() {
  for (auto& [key, model] : models_) {
    if (!model.stale) continue;
    StudyModel(model);
    model.stale = false;
  }
}

const KnownUnit* KnownSet::Find(const std::string& unit_id) const {
  const auto it = places_.find(unit_id);
  return it == places_.end() ? nullptr : &units_[it->second];
}

size_t KnownSet::UnitsWithSerial(const std::string& serial) const {
  const auto it = serials_.find(serial);
  return it == serials_.end() ? 0 : it->second;
}

const ModelBytes* KnownSet::BytesOf(const std::string& model, bool simulated,
                                    size_t size_bytes) const {
  const auto it = models_.find(KeyOf(model, simulated, size_bytes));
  return it == models_.end() || it->second.bytes.units == 0 ? nullptr : &it->second.bytes;
}

}  // namespace firmbench::inventory
