// SPDX-License-Identifier: Apache-2.0
// What this device remembers. A browser that keeps nothing is no error.
const PREFIX = 'firmbench.';

export function readSetting(name: string): string | null {
  try {
    return window.localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    window.localStorage.setItem(PREFIX + name, value);
  } catch {
    // The setting then lasts as long as the page.
  }
}
