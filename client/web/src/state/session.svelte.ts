// SPDX-License-Identifier: Apache-2.0
// Who is at this device, as the bench knows. The cookie is the browser's alone; no script reads it.
import { AccessService, type GetCallerResponse } from '$gen/firmbench/v1/access_service_pb';
import { client, whenSessionEnds } from '$lib/api/transport';
import { isSignedOut, newTrouble, type Trouble, troubleOf } from '$lib/api/trouble';
import { t } from '$lib/text';

const RETRY_MS = 2000;

export type Right = 'work' | 'manage' | 'audit';
const RIGHTS: Record<string, readonly Right[]> = {
  viewer: [],
  technician: ['work', 'audit'],
  manager: ['work', 'manage', 'audit'],
  auditor: ['audit'],
};

class Session {
  state = $state<'asking' | 'in' | 'out'>('asking');
  caller = $state.raw<GetCallerResponse>();
  // Why it is still not known who is there.
  trouble = $state.raw<Trouble>();
  // It ended by itself: it was too old, or somebody revoked it.
  ended = $state(false);

  constructor() {
    whenSessionEnds(() => this.#end());
  }

  get name(): string {
    return this.caller?.principal ?? '';
  }

  // What the page offers; the bench decides anyway. 'work' is everything that makes jobs or changes
  // units, 'manage' what a manager may, 'audit' reading bytes and the log.
  can(right: Right): boolean {
    return RIGHTS[this.caller?.role ?? '']?.includes(right) ?? false;
  }

  // Asks until the bench says who we are, or that it does not know us.
  async ask(): Promise<void> {
    for (;;) {
      try {
        this.caller = await client(AccessService).getCaller({});
        this.state = 'in';
        this.ended = false;
        this.trouble = undefined;
        return;
      } catch (error) {
        if (isSignedOut(error)) {
          this.#end();
          return;
        }
        this.trouble = troubleOf(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  // With the secret of a login link or a personal token. Says what went wrong, or nothing.
  async signIn(proof: { secret: string } | { token: string }): Promise<Trouble | undefined> {
    try {
      const answer = await post('POST', JSON.stringify(proof));
      if (!answer.ok) return refusal(await answer.text());
    } catch (error) {
      return troubleOf(error);
    }
    await this.ask();
    return undefined;
  }

  async signOut(): Promise<void> {
    await post('DELETE').catch(() => undefined);
    this.#end();
    this.ended = false;
  }

  #end(): void {
    if (this.state === 'in') this.ended = true;
    this.caller = undefined;
    this.trouble = undefined;
    this.state = 'out';
  }
}

function post(method: 'POST' | 'DELETE', body?: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', 'X-Firmbench': '1' };
  return fetch('/session', { method, headers, ...(body === undefined ? {} : { body }) });
}

function refusal(text: string): Trouble {
  const trouble = newTrouble('UNEXPLAINED', t.login.refused);
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null) return trouble;
    if ('reason' in said && typeof said.reason === 'string') trouble.reason = said.reason;
    if ('message' in said && typeof said.message === 'string') trouble.text = said.message;
    if ('remedy' in said && typeof said.remedy === 'string') trouble.remedy = said.remedy;
  } catch {
    // An answer that is no JSON says no more than its status did.
  }
  return trouble;
}

export const session = new Session();
