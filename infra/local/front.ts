import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PageConfig } from '../../protocol/page-config.ts';
import { type Door, refuseHost } from './door.ts';
import { STORE_PATH } from './edge.ts';
import { refuseUpgrade } from './gateway/handshake.ts';
import { makeSources } from './gateway/sources.ts';
import type { Health } from './health.ts';
import type { ObjectStore } from './objectstore/object-store.ts';
import { OIDC_PATH } from './oidc/path.ts';

export interface FrontRoutes {
  /** Undefined where the store is elsewhere. */
  objectStore: Pick<ObjectStore, 'listener' | 'continueListener'> | undefined;
  page: RequestListener;
  /** What the page asks for first. */
  config: PageConfig;
  health: () => Promise<Health>;
  lan: () => string[];
  door: Door;
  /** Undefined where people sign in elsewhere. */
  signIn?: RequestListener | undefined;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Connections of any kind that one address may have; more are hung up on. */
  connectionsAtOnce?: number;
  /** Undefined: not counted. */
  peerOf?: (socket: Socket) => string | undefined;
}

/** The one public port: page, socket and store, so that a phone needs one address. */
export function makeFront(routes: FrontRoutes): Server {
  const server = createServer((request, response) => {
    if (!routes.door.isOurs(request)) return refuseHost(response);
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (routes.objectStore && path.startsWith(`${STORE_PATH}/`))
      return routes.objectStore.listener(request, response);
    if (routes.signIn && path.startsWith(`${OIDC_PATH}/`)) return routes.signIn(request, response);
    if (path === '/healthz') return void answerHealth(routes, response);
    if (path === '/config.json') return json(response, 200, routes.config);
    if (path === '/address') return json(response, 200, { lan: routes.lan() });
    routes.page(request, response);
  });
  const peerOf = routes.peerOf ?? peerElsewhere;
  const peers = makeSources(routes.connectionsAtOnce ?? Number.POSITIVE_INFINITY);
  // Whoever says nothing, or half of a request, holds a descriptor as well as a WebSocket does.
  server.on('connection', (socket) => {
    const peer = peerOf(socket);
    if (peer === undefined) return;
    if (!peers.enter(peer)) return socket.destroy();
    socket.once('close', () => peers.leave(peer));
  });
  // A client that asks first is refused before it sends its body.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!routes.door.isOurs(request)) return refuseHost(response);
    if (routes.objectStore && (request.url ?? '').startsWith(`${STORE_PATH}/`)) {
      return routes.objectStore.continueListener(request, response);
    }
    response.writeContinue();
    server.emit('request', request, response);
  });
  // A part may take hours on a slow line; Node would cut it after five minutes. Headers still have a minute to come.
  server.requestTimeout = 0;
  // Longer than the pauses between parts, so that a device need not connect anew for each.
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (request, socket, head) => {
    if (!routes.door.isOurs(request)) return refuseUpgrade(socket, 421);
    if ((request.url ?? '').split('?', 1)[0] === '/ws') return routes.upgrade(request, socket, head);
    refuseUpgrade(socket, 404);
  });
  return server;
}

/** This machine's own connections are not counted: they may be those of a proxy, which speaks for many. */
function peerElsewhere({ remoteAddress = '' }: Socket): string | undefined {
  const address = remoteAddress.replace(/^::ffff:/, '');
  return /^(127\.|::1$)/.test(address) ? undefined : address;
}

async function answerHealth(routes: FrontRoutes, response: ServerResponse): Promise<void> {
  const health = await routes.health();
  json(response, health.ok ? 200 : 503, health);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(body));
}
