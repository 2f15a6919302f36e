// SPDX-License-Identifier: Apache-2.0
// How the page is built. FIRMBENCH_WEB_OUT says where to; everything that a browser loads lies there
// afterwards, with a .gz beside each file that is worth it.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compress } from './tools/compress';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte(), compress()],
  resolve: { alias: { $gen: here('gen'), $lib: here('src') } },
  build: {
    outDir: process.env['FIRMBENCH_WEB_OUT'] ?? here('../../build/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: scripts or styles, and images are few.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
