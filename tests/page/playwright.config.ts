// SPDX-License-Identifier: Apache-2.0
// The page in Debian's Chromium against a real daemon with simulated drives.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: process.env['FIRMBENCH_PAGE_RESULTS'] ?? '../../build/page-tests',
  workers: 1,
  retries: 0,
  // For slow computers with other things to do: what works is done long before.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    ignoreHTTPSErrors: true, // the bench shows a certificate of its own authority
    viewport: { width: 800, height: 1280 },
    actionTimeout: 60_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['FIRMBENCH_CHROMIUM'] ?? '/usr/bin/chromium',
      // Chromium's own sandbox does not start as root.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
