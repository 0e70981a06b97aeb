import { isUtf8 } from 'node:buffer';
import type { WebSocket } from 'ws';
import type { After, Timer } from '../timers.ts';
import { brokenByClient, closedByClient, GOING_AWAY, NO_BINARY, NO_FIRST_MESSAGE } from './close-codes.ts';
import { type Client, type DisconnectCause, messageEvent, type SocketEvent } from './events.ts';
import type { Outcome } from './integration.ts';
import type { GatewayLimits } from './limits.ts';

export interface ConnectionPorts {
  limits: GatewayLimits;
  integrate: (event: SocketEvent) => Promise<Outcome>;
  nowMs: () => number;
  after: After;
  /** Keeps `close()` of the gateway waiting for work in the background. */
  track: (work: Promise<void>) => void;
}

export interface Connection {
  readonly client: Client;
  /** Epoch ms of the last message in either direction. */
  lastActiveAtMs(): number;
  isOpen(): boolean;
  /** Hands a message to the socket, or says why not: `gone` once closing has begun, `full` for a slow reader. */
  post(data: Buffer): 'sent' | 'gone' | 'full';
  /** Begins the closing handshake; `ended` follows within `closeHandshakeMs`. */
  close(cause: DisconnectCause): void;
  /** Resolves when the socket is gone. */
  readonly ended: Promise<DisconnectCause>;
}

type Phase = { state: 'open' } | { state: 'closing'; cause: DisconnectCause } | { state: 'ended' };

/**
 * Runs a socket whose handshake is complete: messages to the handler, answers back, and the clocks.
 *
 * Messages of one connection run concurrently, as in API Gateway. A message's slot is held until its answer has
 * been written out, so a client that sends without reading is no longer read itself.
 */
export function makeConnection(client: Client, socket: WebSocket, ports: ConnectionPorts): Connection {
  const { limits, integrate, nowMs, after, track } = ports;
  let phase: Phase = { state: 'open' };
  let lastActiveAtMs = nowMs();
  let underWay = 0;
  // What `ws` had already parsed when the last slot was taken: at most the messages of one read of the socket.
  const waiting: string[] = [];
  let handshakeTimer: Timer | undefined;

  // Only messages count as activity. Whether API Gateway counts control frames is not documented, and a client
  // that relies on them here would learn it the hard way there.
  const idleTimer = after(limits.idleMs, () => close(GOING_AWAY));
  const lifetimeTimer = after(limits.lifetimeMs, () => close(GOING_AWAY));
  const firstMessageTimer = after(limits.firstMessageMs, () => close(NO_FIRST_MESSAGE));

  function touch(): void {
    lastActiveAtMs = nowMs();
    idleTimer.refresh();
  }

  function stopClocks(): void {
    for (const timer of [idleTimer, lifetimeTimer, firstMessageTimer, handshakeTimer]) timer?.cancel();
  }

  function beginClosing(cause: DisconnectCause): void {
    phase = { state: 'closing', cause };
    stopClocks();
    waiting.length = 0;
    socket.resume(); // or the client's own close frame is never read
    handshakeTimer = after(limits.closeHandshakeMs, () => socket.terminate());
  }

  function close(cause: DisconnectCause): void {
    if (phase.state !== 'open') return;
    beginClosing(cause);
    socket.close(cause.code, cause.reason);
  }

  function pump(): void {
    while (underWay < limits.maxMessagesUnderWay) {
      const body = waiting.shift();
      if (body === undefined) break;
      underWay++;
      track(
        converse(body).finally(() => {
          underWay--;
          pump();
        }),
      );
    }
    if (underWay >= limits.maxMessagesUnderWay) socket.pause();
    else socket.resume();
  }

  async function converse(body: string): Promise<void> {
    const event = messageEvent(client, body, nowMs());
    const outcome = await integrate(event);
    const answer = outcome.state === 'answered' ? outcome.body : internalServerError(event);
    if (answer === '' || phase.state !== 'open') return;
    touch();
    // The callback's error means that the socket is gone, which its 'close' event tells as well.
    await new Promise<void>((written) => socket.send(answer, () => written()));
  }

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (phase.state !== 'open') return;
    firstMessageTimer.cancel();
    touch();
    // API Gateway can carry binary frames to a handler; the handlers here speak JSON only.
    if (isBinary) return close(NO_BINARY);
    waiting.push(data.toString('utf8'));
    pump();
  });

  socket.on('error', (error) => {
    if (phase.state === 'open') beginClosing(brokenByClient(error));
  });

  const ended = new Promise<DisconnectCause>((resolve) => {
    socket.on('close', (code, reason) => {
      stopClocks();
      const cause = phase.state === 'closing' ? phase.cause : closedByClient(code, reason.toString('utf8'));
      phase = { state: 'ended' };
      resolve(cause);
    });
  });

  const isOpen = () => phase.state === 'open' && socket.readyState === socket.OPEN;

  return {
    client,
    lastActiveAtMs: () => lastActiveAtMs,
    isOpen,
    post(data) {
      if (!isOpen()) return 'gone';
      if (socket.bufferedAmount + data.length > limits.maxBufferedBytes) return 'full';
      touch();
      socket.send(data, { binary: !isUtf8(data) }, () => {});
      return 'sent';
    },
    close,
    ended,
  };
}

function internalServerError({ requestContext: { connectionId, requestId } }: SocketEvent): string {
  return `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}
