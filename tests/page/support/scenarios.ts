// SPDX-License-Identifier: Apache-2.0
// The simulated drives of the tests.

export interface DriveOptions {
  model?: string;
  bay?: string;
  serial?: string;
  revision?: string;
  // Further lines of the drive's table, such as [[drives.faults]].
  more?: string;
}

const REVISIONS: Record<string, string> = { 'LTR-48246S': 'SS0B', 'LTR-52327S': 'QS0C', 'LDW-451S': 'GSB4' };

export function drive(number: number, options: DriveOptions = {}): string {
  const model = options.model ?? 'LTR-52327S';
  return `
[[drives]]
model = "${model}"
bay = "${options.bay ?? `bay ${number}`}"
serial = "${options.serial ?? `S${1000 + number}`}"
firmware_revision = "${options.revision ?? REVISIONS[model] ?? 'SS0B'}"
firmware_seed = ${52000 + number}
eeprom_seed = ${1000 + number}
${options.more ?? ''}`;
}

// A drive that enters its update mode only while a person holds its eject button; nobody does by
// himself.
export const askingDrive = (number: number): string => drive(number, { model: 'LDW-451S' });

// Somebody at the bench who does at once whatever a job asks for.
export const HANDS = ['hold_eject', 'release_eject', 'power_cycle']
  .map((prompt) => `[[drives.operator]]\non_prompt = "${prompt}"\ndo = ["${prompt}"]\nanswer = "done"\n`)
  .join('');

// The plug is out in the middle of the first write, so that what the drive holds is half of each.
export const POWER_CUT = `
[[drives.faults]]
kind = "power_cut"
at = { write = 5000 }
back_after_ms = 2000
`;
// In again when somebody is asked to switch the drive off and on.
export const POWER_CUT_AND_HAND = `${POWER_CUT}
[[drives.operator]]
on_prompt = "power_cycle"
after_ms = 1000
do = ["power_cycle"]
answer = "done"
`;

// What the daemon is told of groups that real users of this PC are in: configuration, not scenario.
export const TWO_PEOPLE = `
[access]
group = "daemon"
admin_group = "sys"
`;

export const quick = (...drives: string[]): string => `[time]\nmode = "virtual"\n${drives.join('')}`;
export const paced = (speed: number, ...drives: string[]): string =>
  `[time]\nmode = "paced"\nspeed = ${speed.toFixed(3)}\n${drives.join('')}`;
