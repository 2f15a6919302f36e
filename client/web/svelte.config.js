// SPDX-License-Identifier: Apache-2.0
// Read by svelte-check and by Vite: components are written in TypeScript and use runes only.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
};
