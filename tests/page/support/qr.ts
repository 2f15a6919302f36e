// SPDX-License-Identifier: Apache-2.0
// Reads QR codes as they are drawn, by a reader that is not ours.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';

export async function readQr(drawn: Locator): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fbqr-'));
  try {
    const picture = join(folder, 'code.png');
    writeFileSync(picture, await drawn.screenshot());
    const text = execFileSync('zbarimg', ['--quiet', '--raw', '--nodbus', '-Sdisable', '-Sqrcode.enable', picture], { encoding: 'utf8' });
    return text.trimEnd();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
