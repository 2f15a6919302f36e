// SPDX-License-Identifier: Apache-2.0
// What every test of the page begins with: a bench, people who sign in, and two rules for a passing test:
// the console has no errors, and the page asks nobody but its bench.
import { readFileSync } from 'node:fs';
import { type BrowserContext, type BrowserContextOptions, expect, type Page, test as base } from '@playwright/test';
import { Bench } from './bench';

interface People {
  // Opens a page of its own, which the bench does not know.
  open: () => Promise<Page>;
  // Opens a page of its own for this user of the PC, signed in by a login link.
  signIn: (user?: string, groups?: string, options?: BrowserContextOptions) => Promise<Page>;
  // The same with a personal token that allows no more than this role.
  signInAs: (role: string) => Promise<Page>;
}

interface Fixtures {
  openBench: (scenario: string, config?: string) => Promise<Bench>;
  people: (bench: Bench) => People;
  // Errors of the console that this test causes on purpose.
  expectedErrors: RegExp[];
}

export const test = base.extend<Fixtures>({
  expectedErrors: async ({}, use) => {
    await use([]);
  },
  openBench: async ({}, use) => {
    const benches: Bench[] = [];
    await use(async (scenario, config) => {
      const bench = new Bench(scenario, config);
      benches.push(bench);
      await bench.start();
      return bench;
    });
    for (const bench of benches) await bench.stop();
  },
  people: async ({ browser, expectedErrors }, use) => {
    const contexts: BrowserContext[] = [];
    const errors: string[] = [];
    const strangers: string[] = [];
    const openPage = async (bench: Bench, options?: BrowserContextOptions) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
      contexts.push(context);
      context.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (!['data:', 'blob:'].includes(protocol) && origin !== bench.address) strangers.push(request.url());
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      return page;
    };
    const expectBench = (page: Page) =>
      expect(page.getByRole('heading', { name: 'Bench', level: 1 })).toBeVisible();
    const open = async (bench: Bench) => {
      const page = await openPage(bench);
      await page.goto(bench.address);
      return page;
    };
    await use((bench) => ({
      open: () => open(bench),
      signIn: async (user, groups, options) => {
        const page = await openPage(bench, options);
        await page.goto(bench.loginLink(user, groups));
        await expectBench(page);
        return page;
      },
      signInAs: async (role) => {
        const page = await open(bench);
        await page.getByLabel('Login link or token').fill(bench.firmbench(['token', 'create', '--role', role]).trim());
        await page.getByRole('button', { name: 'Sign in' }).click();
        await expectBench(page);
        return page;
      },
    }));
    for (const context of contexts) await context.close();
    expect(strangers).toEqual([]);
    expect(errors.filter((text) => !expectedErrors.some((known) => known.test(text)))).toEqual([]);
  },
});

export { expect };

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

async function seriousViolations(page: Page): Promise<string[]> {
  if (await page.evaluate('window.axe === undefined')) await page.evaluate(AXE);
  const violations = await page.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes })))`,
  ) as Violation[];
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

// axe-core finds nothing serious on what is shown, once it stands.
export async function expectAccessible(page: Page): Promise<void> {
  await expect.poll(() => seriousViolations(page), { message: `axe-core on ${page.url()}` }).toEqual([]);
}

// Long words and wide tables stay on the screen.
export async function expectNothingBesideTheEdge(page: Page): Promise<void> {
  const beside = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(beside, { message: `how much wider than the window ${page.url()} is` }).toBeLessThanOrEqual(0);
}

// The frame says who is there, and the screen below it is no longer being loaded.
export async function expectLoaded(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Who, and how it looks' })).toBeVisible();
  await expect(page.getByRole('main')).not.toBeEmpty();
  await expect(page.getByText('Loading …')).toHaveCount(0);
}

// Plans what is chosen, confirms each drive by what is on it, begins.
export async function planConfirmStart(page: Page, ...labels: string[]): Promise<void> {
  await page.getByRole('button', { name: 'Show the plan' }).click();
  for (const label of labels) {
    await page.getByLabel(/Scan or type what is on the drive/).fill(label);
    await page.getByRole('button', { name: 'This is the drive' }).click();
  }
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/\/jobs\//);
}

// Goes to "Do a job" and chooses a drive and a kind of job there, in a section that is closed at first.
export async function beginJob(page: Page, bench: Bench, bay: RegExp, kind: RegExp, section?: string): Promise<void> {
  await page.goto(`${bench.address}/do`);
  await page.getByRole('checkbox', { name: bay }).check();
  if (section !== undefined) await page.getByText(section, { exact: true }).click();
  await page.getByRole('radio', { name: kind }).check();
}

// The work of a whole flash takes its time on a busy computer.
export async function expectSuccess(page: Page): Promise<void> {
  await expect(page.getByRole('status')).toContainText('succeeded', { timeout: 120_000 });
}
