// SPDX-License-Identifier: Apache-2.0
// A Vite plugin: writes a .gz beside every built file of over 1 KB, for the daemon to send.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const LEAST_BYTES = 1024;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

export function compress(): Plugin {
  let folder = '';
  return {
    name: 'firmbench-compress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const path of filesIn(folder)) {
        const bytes = readFileSync(path);
        if (bytes.length <= LEAST_BYTES) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}
