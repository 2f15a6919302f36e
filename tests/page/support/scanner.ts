// SPDX-License-Identifier: Apache-2.0
// A barcode scanner: it types wherever the focus is and ends with Enter. Every key carries the time
// at which it was pressed, so that a busy computer does not make a slow typist of it.
import type { Page } from '@playwright/test';

const GAP_S = 0.005;

export async function scan(page: Page, text: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  let timestamp = Date.now() / 1000;
  const press = async (key: string, typed: string, code: number) => {
    timestamp += GAP_S;
    const common = { key, windowsVirtualKeyCode: code, timestamp };
    await devtools.send('Input.dispatchKeyEvent', { ...common, type: 'keyDown', text: typed });
    await devtools.send('Input.dispatchKeyEvent', { ...common, type: 'keyUp' });
  };
  for (const letter of text) await press(letter, letter, letter.toUpperCase().charCodeAt(0));
  await press('Enter', '\r', 13);
  await devtools.detach();
}
