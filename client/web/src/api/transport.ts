// SPDX-License-Identifier: Apache-2.0
// How the page talks to its bench: gRPC-Web to the place that it was loaded from, and nowhere else.
import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import type { DescService } from '@bufbuild/protobuf';
import { isSignedOut } from './trouble';

// Milliseconds that a call may take; calls that wait for hardware take a few seconds at most.
const CALL_TIMEOUT_MS = 30_000;

type Listener = () => void;
const onSessionEnd = new Set<Listener>();

// `listener` is called whenever a call was answered with "who are you?".
export function whenSessionEnds(listener: Listener): void {
  onSessionEnd.add(listener);
}

function noticeEnd(error: unknown): void {
  if (!isSignedOut(error)) return;
  for (const listener of onSessionEnd) listener();
}

// A page of another origin cannot set this header without being asked first, and is refused then.
const guard: Interceptor = (next) => async (request) => {
  request.header.set('X-Firmbench', '1');
  try {
    return await next(request);
  } catch (error) {
    noticeEnd(error);
    throw error;
  }
};

const transport = createGrpcWebTransport({
  baseUrl: window.location.origin,
  interceptors: [guard],
  defaultTimeoutMs: CALL_TIMEOUT_MS,
});

const clients = new Map<string, unknown>();

// The client of a service; asked for where it is used, so that a page loads only what it needs.
export function client<T extends DescService>(service: T): Client<T> {
  const known = clients.get(service.typeName) as Client<T> | undefined;
  if (known !== undefined) return known;
  const made = createClient(service, transport);
  clients.set(service.typeName, made);
  return made;
}
