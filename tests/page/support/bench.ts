// SPDX-License-Identifier: Apache-2.0
// A real firmbenchd with a page in a folder of its own. Every test owns its processes and ends them by
// their ids; readiness is a line that the daemon prints.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const SOURCE = resolve(__dirname, '../../..');
export const PROGRAMS = process.env['FIRMBENCH_PROGRAMS'] ?? join(SOURCE, 'build/release/bin');
// What has not ended by then hangs. A paced drive that was left in vendor mode alone takes most of a minute.
const START_MS = 120_000;

export interface Row {
  [key: string]: string;
}

export class Bench {
  readonly folder = mkdtempSync('/tmp/fbp-'); // short: the path of a socket may have 107 bytes
  readonly socket = join(this.folder, 's');
  // "https://127.0.0.1:PORT"; the same port after a restart.
  address = '';
  #daemon: ChildProcess | undefined;
  readonly #clients: ChildProcess[] = [];

  constructor(
    scenario: string,
    private readonly config = '',
  ) {
    chmodSync(this.folder, 0o755);
    writeFileSync(join(this.folder, 'bench.toml'), scenario);
  }

  async start(): Promise<void> {
    const listen = this.address === '' ? '127.0.0.1:0' : new URL(this.address).host;
    const config = join(this.folder, 'firmbenchd.toml');
    writeFileSync(config, `[web]\nlisten = "${listen}"\n${this.config}`);
    const log = openSync(join(this.folder, 'log'), 'a');
    const daemon = spawn(
      join(PROGRAMS, 'firmbenchd'),
      ['--config', config, '--state-dir', join(this.folder, 'state'), '--listen', `unix:${this.socket}`,
        '--simulate', join(this.folder, 'bench.toml')],
      { stdio: ['ignore', 'pipe', log] },
    );
    this.#daemon = daemon;
    if (daemon.stdout === null) throw new Error('firmbenchd has no output');
    const timer = setTimeout(() => daemon.kill('SIGKILL'), START_MS);
    for await (const line of createInterface({ input: daemon.stdout })) {
      if (line.startsWith('page ')) this.address = line.slice('page '.length).replace(/\/$/, '');
      if (line.startsWith('ready ')) {
        clearTimeout(timer);
        return;
      }
    }
    throw new Error(`firmbenchd did not become ready:\n${this.log()}`);
  }

  // As when the power fails.
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.kill('SIGKILL');
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon === undefined || daemon.exitCode !== null) return;
    const ended = new Promise((done) => daemon.once('exit', done));
    daemon.kill(signal);
    await ended;
  }

  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8').slice(-3000);
  }

  // Changes what a simulated drive holds in its EEPROM; while the daemon is down.
  editEeprom(bay: string, edit: (bytes: Buffer) => void): void {
    const file = join(this.folder, 'state', 'simulated', `${bay.replace(' ', '_')}.eeprom`);
    const bytes = readFileSync(file);
    edit(bytes);
    writeFileSync(file, bytes);
  }

  // ----- firmbench -----

  // As `user`, who is in these groups; the daemon takes a caller by what the kernel says.
  firmbench(words: readonly string[], user = 'root', groups = 'daemon'): string {
    const program = [join(PROGRAMS, 'firmbench'), '--bench', `unix:${this.socket}`, ...words];
    const command =
      user === 'root' ? program : ['setpriv', `--reuid=${user}`, '--regid=nogroup', `--groups=${groups}`, ...program];
    const [first = '', ...more] = command;
    const env = { ...process.env, XDG_STATE_HOME: user === 'root' ? join(this.folder, 'client') : '/nonexistent' };
    return execFileSync(first, more, { encoding: 'utf8', env, timeout: START_MS, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  // A client that makes a job and watches it; ended with the bench.
  startJob(words: readonly string[]): void {
    const env = { ...process.env, XDG_STATE_HOME: join(this.folder, 'client') };
    const program = join(PROGRAMS, 'firmbench');
    this.#clients.push(spawn(program, ['--bench', `unix:${this.socket}`, ...words], { stdio: 'ignore', env }));
  }

  json(...words: string[]): Record<string, Row[]> {
    return JSON.parse(this.firmbench(['-o', 'json', ...words])) as Record<string, Row[]>;
  }

  loginLink(user = 'root', groups = 'daemon'): string {
    const link = JSON.parse(this.firmbench(['-o', 'json', 'web', 'login'], user, groups)) as { url: string };
    return link.url;
  }

  // Makes a synthetic firmware file and adds it to the library.
  addImage(model: string, revision: string): string {
    const file = join(this.folder, `${revision}.bin`);
    execFileSync(join(PROGRAMS, 'firmbench-make-image'),
      ['--model', model, '--revision', revision, '--seed', '7', '-o', file]);
    return (JSON.parse(this.firmbench(['-o', 'json', 'image', 'add', file])) as Row)['name'] ?? '';
  }
}
