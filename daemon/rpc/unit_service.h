// SPDX-License-Identifier: Apache-2.0
#pragma once

// UnitService: the physical drives through time, and what people decide about them. Thread-safe.

#include "daemon/inventory/unit_desk.h"
#include "daemon/inventory/unit_history.h"
#include "daemon/rpc/context.h"
#include "firmbench/v1/unit_service.grpc.pb.h"

namespace firmbench::rpc {

class UnitService final : public v1::UnitService::CallbackService {
 public:
  explicit UnitService(const Context& bench)
      : bench_(bench), desk_(bench.ledger, bench.inventory) {}

  grpc::ServerUnaryReactor* ListUnits(grpc::CallbackServerContext* context,
                                      const v1::ListUnitsRequest* request,
                                      v1::ListUnitsResponse* response) override;
  grpc::ServerUnaryReactor* GetUnit(grpc::CallbackServerContext* context,
                                    const v1::GetUnitRequest* request, v1::Unit* response) override;
  grpc::ServerUnaryReactor* ListUnitEvents(grpc::CallbackServerContext* context,
                                           const v1::ListUnitEventsRequest* request,
                                           v1::ListUnitEventsResponse* response) override;
  grpc::ServerUnaryReactor* LabelUnit(grpc::CallbackServerContext* context,
                                      const v1::LabelUnitRequest* request,
                                      v1::Unit* response) override;
  grpc::ServerUnaryReactor* AddUnitNote(grpc::CallbackServerContext* context,
                                        const v1::AddUnitNoteRequest* request,
                                        v1::Unit* response) override;
  grpc::ServerUnaryReactor* MergeUnits(grpc::CallbackServerContext* context,
                                       const v1::MergeUnitsRequest* request,
                                       v1::Unit* response) override;
  grpc::ServerUnaryReactor* SplitUnit(grpc::CallbackServerContext* context,
                                      const v1::SplitUnitRequest* request,
                                      v1::Unit* response) override;
  grpc::ServerUnaryReactor* AttributeDump(grpc::CallbackServerContext* context,
                                          const v1::AttributeDumpRequest* request,
                                          v1::Unit* response) override;
  grpc::ServerUnaryReactor* ArchiveUnit(grpc::CallbackServerContext* context,
                                        const v1::ArchiveUnitRequest* request,
                                        v1::Unit* response) override;
  grpc::ServerUnaryReactor* SetCustomer(grpc::CallbackServerContext* context,
                                        const v1::SetCustomerRequest* request,
                                        v1::Unit* response) override;
  grpc::ServerUnaryReactor* EraseCustomerData(grpc::CallbackServerContext* context,
                                              const v1::EraseCustomerDataRequest* request,
                                              v1::Unit* response) override;

 private:
  // As lists have it.
  Result<v1::Unit> Show(const storage::Unit& unit) const;
  // With evidence, customer and what the dumps teach.
  Result<v1::Unit> ShowAll(const std::string& unit_id) const;
  Status AddEvidence(const std::string& unit_id, v1::Unit& to) const;
  Status AddEeprom(const std::string& unit_id, v1::Unit& to) const;
  Result<std::string> SinceLastEeprom(const std::string& unit_id, ByteView use) const;

  const Context& bench_;
  inventory::UnitDesk desk_;
};

v1::UnitEvent ToProto(const inventory::HistoryItem& item);

}  // namespace firmbench::rpc
