import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { type ClientOptions, WebSocket } from 'ws';
import type { After } from '../timers.ts';
import type { SocketEvent } from './events.ts';
import { type Gateway, type GatewayOptions, makeGateway } from './gateway.ts';
import type { SocketHandler } from './integration.ts';
import { API_GATEWAY_LIMITS, type GatewayLimits } from './limits.ts';

// For tests: a gateway on two loopback ports, with real clients for both of its faces.

export interface TestClient {
  socket: WebSocket;
  /** The next message that has not been taken yet. */
  next(): Promise<string>;
  closed: Promise<{ code: number; reason: string }>;
}

export interface Rig {
  gateway: Gateway;
  port: number;
  management: ApiGatewayManagementApiClient;
  entries: { kind: string; [field: string]: unknown }[];
  events: SocketEvent[];
  /** The first event that matches, past or future. */
  event(matches: (event: SocketEvent) => boolean): Promise<SocketEvent>;
  connect(path?: string, options?: ClientOptions): Promise<TestClient>;
  stop(): Promise<void>;
}

export async function startRig(options: {
  handler?: SocketHandler;
  limits?: Partial<GatewayLimits>;
  allowOrigin?: GatewayOptions['allowOrigin'];
  nowMs?: () => number;
  after?: After;
}): Promise<Rig> {
  const { handler = async () => ({ statusCode: 200 }), limits, ...more } = options;
  const events: SocketEvent[] = [];
  const entries: Rig['entries'] = [];
  const listeners = new Set<(event: SocketEvent) => void>();

  const gateway = makeGateway({
    handler(event, context) {
      events.push(event);
      for (const listener of listeners) listener(event);
      return handler(event, context);
    },
    stage: 'local',
    limits: { ...API_GATEWAY_LIMITS, ...limits },
    allowOrigin: () => true,
    nowMs: Date.now,
    log: (entry) => entries.push(entry),
    ...more,
  });
  const front = createServer();
  front.on('upgrade', gateway.upgrade);
  const back = createServer(gateway.connections);
  const [port, backPort] = await Promise.all([listen(front), listen(back)]);
  const management = new ApiGatewayManagementApiClient({
    endpoint: `http://127.0.0.1:${backPort}/local`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  const sockets = new Set<WebSocket>();

  return {
    gateway,
    port,
    management,
    entries,
    events,
    event(matches) {
      const past = events.find(matches);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const listener = (event: SocketEvent) => {
          if (!matches(event)) return;
          listeners.delete(listener);
          resolve(event);
        };
        listeners.add(listener);
      });
    },
    async connect(path = '/socket', clientOptions = {}) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, clientOptions);
      sockets.add(socket);
      const client = makeTestClient(socket);
      await once(socket, 'open');
      return client;
    },
    async stop() {
      for (const socket of sockets) socket.terminate();
      await gateway.close();
      management.destroy();
      await Promise.all([front, back].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

export const isRoute = (routeKey: string) => (event: SocketEvent) =>
  event.requestContext.routeKey === routeKey;

/** Resolves when `open()` is called: holds a handler until the test lets it go. */
export function makeGate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function makeTestClient(socket: WebSocket): TestClient {
  const arrived: string[] = [];
  const takers: ((message: string) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const taker = takers.shift();
    if (taker === undefined) arrived.push(data.toString('utf8'));
    else taker(data.toString('utf8'));
  });
  socket.on('error', () => {}); // once('open') reports it to whoever connects
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
  });
  return {
    socket,
    next() {
      const message = arrived.shift();
      return message === undefined
        ? new Promise((resolve) => takers.push(resolve))
        : Promise.resolve(message);
    },
    closed,
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
