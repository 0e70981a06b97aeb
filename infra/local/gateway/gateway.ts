import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type VerifyClientCallbackAsync, type WebSocket, WebSocketServer } from 'ws';
import { errorTrace } from '../../../functions/observing/error-trace.ts';
import { type After, after as byTheClock } from '../timers.ts';
import { GOING_AWAY, TOO_BIG, VANISHED } from './close-codes.ts';
import { type Connection, makeConnection } from './connection.ts';
import { type Client, connectEvent, type DisconnectCause, disconnectEvent } from './events.ts';
import { makeFrameWatch } from './frame-watch.ts';
import { clientOf, handshakeOf, refusalBody, refuseUpgrade, sourceIp } from './handshake.ts';
import { makeIntegration, type Outcome, type SocketHandler } from './integration.ts';
import type { GatewayLimits } from './limits.ts';
import { makeManagement } from './management.ts';
import { makeSources } from './sources.ts';

export interface GatewayOptions {
  handler: SocketHandler;
  /** The stage in events and in the management API's path. */
  stage: string;
  limits: GatewayLimits;
  /** False answers the upgrade with 403, and the handler never hears of it. */
  allowOrigin: (request: IncomingMessage) => boolean;
  /** Connections that one source may have; beyond, its upgrades are answered with 429. */
  connectionsAtOnce?: number;
  /** The clock of the events, epoch milliseconds. */
  nowMs: () => number;
  /** What the limits in time go by. */
  after?: After;
  log: (entry: { kind: string; [field: string]: unknown }) => void;
}

export interface Gateway {
  /** The front server's 'upgrade' listener for the socket's path. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The @connections management API. Bind it to loopback only: no signature is checked. */
  connections: (request: IncomingMessage, response: ServerResponse) => void;
  /** Closes every socket with 1001, and resolves when each `$disconnect` and every message under way has been handled. */
  close(): Promise<void>;
}

/**
 * A stand-in for API Gateway's WebSocket API with one Lambda proxy integration behind `$connect`, `$default` and
 * `$disconnect`. It knows nothing of what the messages mean.
 *
 * Emulated: `$connect` before the handshake, 410 until it has been answered, frame and message limits, idle and
 * lifetime cut-offs, the integration time-out, concurrent messages, route responses, slow readers. Not emulated:
 * custom routes, authorizers, throttling, a `$disconnect` that goes missing.
 */
export function makeGateway({
  handler,
  stage,
  limits,
  allowOrigin,
  connectionsAtOnce,
  nowMs,
  after = byTheClock,
  log,
}: GatewayOptions): Gateway {
  const open = new Map<string, Connection>();
  /** Clients between the `$connect` that let them in and the end of their handshake. */
  const admitted = new WeakMap<IncomingMessage, Client>();
  /** Connections until their $disconnect has been handled, and messages until they have been answered. */
  const underWay = new Set<Promise<void>>();
  const sources = makeSources(connectionsAtOnce ?? Number.POSITIVE_INFINITY);
  let closing = false;

  const { integrationMs, maxMessageBytes, maxFrameBytes } = limits;
  const integrate = makeIntegration({ handler, integrationMs, maxMessageBytes, nowMs, after, log });
  const manage = makeManagement({ stage, maxMessageBytes, find: (id) => open.get(id) });

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    // Called once the request is known to be a well-formed handshake: the moment at which API Gateway calls $connect.
    verifyClient: ({ req }: { req: IncomingMessage }, decide: Decide) => track(admit(req, decide)),
  });

  function track(work: Promise<void>): void {
    underWay.add(work);
    const forget = () => underWay.delete(work);
    work.then(forget, forget);
  }

  function refused(status: number, by: string): void {
    log({ kind: 'gateway-refused', status, by });
  }

  async function admit(request: IncomingMessage, decide: Decide): Promise<void> {
    const client = clientOf(request, stage, nowMs());
    const status = connectStatus(
      await integrate(connectEvent(client, handshakeOf(request, client.connectedAtMs))),
    );
    if (status !== undefined) {
      refused(status, '$connect');
      return decide(false, status, refusalBody(status), { 'Content-Type': 'application/json' });
    }
    if (closing) {
      decide(false, 503, refusalBody(503), { 'Content-Type': 'application/json' });
    } else {
      admitted.set(request, client);
      decide(true); // completes the handshake, hence calls started(), before it returns
    }
    // A client that was let in has a $disconnect coming to it, even if it went away in the meantime.
    if (!open.has(client.connectionId)) await disconnected(client, closing ? GOING_AWAY : VANISHED);
  }

  function started(socket: WebSocket, client: Client, stream: Duplex): void {
    const connection = makeConnection(client, socket, {
      limits,
      integrate,
      nowMs,
      after,
      track,
    });
    open.set(client.connectionId, connection);
    log({ kind: 'gateway-connected', connectionId: client.connectionId });
    const watch = makeFrameWatch(maxFrameBytes, () => connection.close(TOO_BIG));
    // Ahead of ws's own listener, so that an oversized frame that came whole is not taken for a message first.
    stream.prependListener('data', watch);
    track(
      connection.ended.then((cause) => {
        open.delete(client.connectionId);
        return disconnected(client, cause);
      }),
    );
  }

  async function disconnected(client: Client, cause: DisconnectCause): Promise<void> {
    // The code only: the reason is whatever text the client chose.
    log({ kind: 'gateway-disconnected', connectionId: client.connectionId, code: cause.code });
    await integrate(disconnectEvent(client, cause, nowMs()));
  }

  return {
    upgrade(request, socket, head) {
      if (closing) {
        refused(503, 'closing');
        return refuseUpgrade(socket, 503);
      }
      if (!allowOrigin(request)) {
        refused(403, 'origin');
        return refuseUpgrade(socket, 403);
      }
      const source = sourceIp(request);
      if (!sources.enter(source)) {
        refused(429, 'source');
        return refuseUpgrade(socket, 429);
      }
      socket.once('close', () => sources.leave(source));
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const client = admitted.get(request);
        if (client === undefined) webSocket.terminate();
        else started(webSocket, client, socket);
      });
    },
    connections(request, response) {
      manage(request, response).catch((error) => {
        log({ kind: 'gateway-management-failed', ...errorTrace(error) });
        response.destroy();
      });
    },
    async close() {
      closing = true;
      for (const connection of open.values()) connection.close(GOING_AWAY);
      // A $connect under way can still add to the set: look again until nothing is left.
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

type Decide = Parameters<VerifyClientCallbackAsync>[1];

/** The status that refuses an upgrade, or undefined to go on. A proxy's usual 502 and 504 stand for no answer. */
function connectStatus(outcome: Outcome): number | undefined {
  if (outcome.state === 'failed') return 502;
  if (outcome.state === 'timed-out') return 504;
  const { statusCode } = outcome;
  return statusCode >= 200 && statusCode < 300 ? undefined : statusCode;
}
