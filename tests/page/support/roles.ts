// SPDX-License-Identifier: Apache-2.0
// Signs in with a personal token of a role.
import type { Browser, Page } from '@playwright/test';
import type { Bench } from './bench';
import { expect } from './test';

// Words of `token create`; the token is its last line.
export function token(bench: Bench, role: string): string {
  return bench.firmbench(['token', 'create', '--role', role, '--note', `for ${role}`]).trim().split('\n').at(-1) ?? '';
}

export async function signInWith(bench: Bench, browser: Browser, text: string): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(bench.address);
  await page.getByLabel('Login link or token').fill(text);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Bench', level: 1 })).toBeVisible();
  return page;
}
