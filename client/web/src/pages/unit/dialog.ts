// SPDX-License-Identifier: Apache-2.0
// What every dialog about a unit gets.
import type { Dump } from '$gen/firmbench/v1/dump_service_pb';
import type { Unit } from '$gen/firmbench/v1/unit_service_pb';

export interface UnitDialogProps {
  unit: Unit;
  dumps: readonly Dump[];
  onclose: () => void;
  // Says what was done.
  ondone: (what: string) => Promise<void>;
}
