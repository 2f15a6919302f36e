// SPDX-License-Identifier: Apache-2.0
// Shapes of the icons, on a field of 24 by 24, drawn with a line of 2.
export const ICONS = {
  check: ['M4 12.5 9.5 18 20 6.5'],
  warning: ['M12 3 22 20H2Z', 'M12 10v4', 'M12 17v.5'],
  search: ['M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z', 'M15.5 15.5 21 21'],
  close: ['M5 5 19 19', 'M19 5 5 19'],
  user: ['M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z', 'M4 21c0-4 3.5-6 8-6s8 2 8 6'],
  // A chip with its legs: the firmware, the same in every drive of a model.
  firmware: ['M7 7h10v10H7Z', 'M10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4'],
  // A fingerprint: the EEPROM, of this one drive.
  eeprom: ['M6 19c-1-2-1.5-4-1.5-7a7.5 7.5 0 0 1 15 0c0 2 0 4-.5 6', 'M8.5 20c-.8-2.5-1-5-1-8a4.5 4.5 0 0 1 9 0c0 3-.3 5.5-1 8', 'M12 12c0 3 0 6-.5 9'],
  plug: ['M9 3v5M15 3v5', 'M6 8h12v3a6 6 0 0 1-12 0Z', 'M12 17v4'],
  hand: ['M8 12V6a1.5 1.5 0 0 1 3 0v5V4.5a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v8c0 4-2 7-6 7-3 0-4.5-1.5-6-4l-2-3.5c-.8-1.5 1-2.5 2-1.5Z'],
  clock: ['M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z', 'M12 7v5l3.5 2'],
  lock: ['M6 11h12v9H6Z', 'M8 11V8a4 4 0 0 1 8 0v3'],
  back: ['M14 5 7 12l7 7'],
  eject: ['M12 5 20 15H4Z', 'M4 19h16'],
  play: ['M7 4 20 12 7 20Z'],
  undo: ['M8 5 3 10l5 5', 'M3 10h11a6 6 0 0 1 0 12h-3'],
  flash: ['M13 2 5 14h6l-1 8 8-12h-6Z'],
  save: ['M12 3v12', 'M7 10l5 5 5-5', 'M4 20h16'],
  eye: ['M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7Z', 'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z'],
} as const;

export type IconName = keyof typeof ICONS;
