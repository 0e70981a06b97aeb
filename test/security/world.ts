import { finish } from '../../functions/finish/finish.ts';
import type { Ports } from '../../functions/ports.ts';
import { makeSocketHandler } from '../../functions/socket/handler.ts';
import { connectEvent, disconnectEvent, messageEvent } from '../../infra/local/gateway/events.ts';
import { makeId } from '../../infra/local/gateway/ids.ts';
import { LIMITS, type Limits } from '../../protocol/limits.ts';
import { type Client, connect, greet, makeClient, newSecret } from '../support/client.ts';
import { openEngines } from '../support/finish-scene.ts';
import { makePortsOn } from '../support/ports-on-engines.ts';
import { serve } from '../support/running-server.ts';

/** A server to be attacked, and all that it logged. */
export interface World {
  /** Where addresses of parts are resolved against. */
  origin: string;
  log: ReadonlyArray<{ kind: string; [field: string]: unknown }>;
  /** A connection that has said nothing yet. */
  connect(): Promise<Client>;
  /** One that has said hello. */
  device(name?: string, key?: string): Promise<Client>;
  /** Lets time go by for whoever looks at the server's clock. */
  advance(ms: number): void;
  close(): Promise<void>;
}

/** Small enough for a test to go beyond them, large enough for all the others. */
export const RATIONS: Limits = {
  ...LIMITS,
  messagesPerS: 20,
  messagesAtOnce: 200,
  connectionsPerDevice: 3,
};

/** What `npm start` runs, attacked over real sockets. */
export async function localWorld(): Promise<World> {
  let aheadMs = 0;
  const server = await serve({ rations: RATIONS, nowMs: () => Date.now() + aheadMs });
  return {
    origin: server.origin,
    log: server.log,
    connect: () => connect(server.origin),
    device: async (name, key) => greet(await connect(server.origin), name, key),
    advance(ms) {
      aheadMs += ms;
    },
    close: server.close,
  connectionsPerUpload: 10,
  devicesPerUpload: 20,
  };
}

/** The Lambdas alone, called with the events of API Gateway's WebSocket API as AWS sends them. */
export async function lambdaWorld(): Promise<World> {
  const engines = await openEngines();
  const log: Array<{ kind: string; [field: string]: unknown }> = [];
  const lines = new Map<string, { deliver(frame: string): void; end(code: number): void }>();
  const underWay = new Set<Promise<unknown>>();
  let aheadMs = 0;
  const track = (work: Promise<unknown>) => {
    underWay.add(work);
    void work.catch(() => {}).then(() => underWay.delete(work));
  };
  const ports: Ports = makePortsOn(engines, {
    nowMs: () => Date.now() + aheadMs,
    log: (entry) => log.push(entry),
    sockets: {
      async post(connection, frame) {
        const line = lines.get(connection);
        line?.deliver(frame);
        return line ? 'sent' : 'gone';
      },
      async close(connection) {
        lines.get(connection)?.end(1000);
      },
      isThere: async (connection) => lines.has(connection),
    },
    finisher: { start: async (upload) => track(finish(ports, upload)) },
  });
  const handler = makeSocketHandler(ports, { limits: RATIONS, create: { by: 'anyone' } });

  const open = async (): Promise<Client> => {
    const client = {
      connectionId: makeId(),
      connectedAtMs: Date.now(),
      stage: 'prod',
      domainName: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
      sourceIp: '203.0.113.7',
      userAgent: 'test',
    };
    const { connectionId } = client;
    const headers = [['Host', client.domainName]] as const;
    const { statusCode } = await handler(connectEvent(client, { headers, query: [] }));
    if (statusCode !== 200) throw new Error(`Unexpected server response: ${statusCode}`);
    let listen: (frame: string) => void = () => {};
    let closedWith: (code: number) => void = () => {};
    const closed = new Promise<number>((resolve) => {
      closedWith = resolve;
    });
    const end = (code: number) => {
      if (!lines.delete(connectionId)) return;
      closedWith(code);
      track(handler(disconnectEvent(client, { code, reason: '' }, Date.now())));
    };
    lines.set(connectionId, { deliver: (frame) => listen(frame), end });
    const send = (frame: string) => {
      // As API Gateway does with a frame over its limit.
      if (Buffer.byteLength(frame) > 131_072) return end(1009);
      const answered = handler(messageEvent(client, frame, Date.now())).then(({ body }) => {
        if (body !== undefined && lines.has(connectionId)) listen(body);
      });
      track(answered);
    };
    return makeClient({
      send,
      sendInPieces: send,
      close: () => end(1000),
      closed,
      onFrame(to) {
        listen = to;
      },
    });
  };

  return {
    origin: 'http://localhost',
    log,
    connect: open,
    device: async (name, key = newSecret()) => greet(await open(), name, key),
    advance(ms) {
      aheadMs += ms;
    },
    async close() {
      for (const line of [...lines.values()]) line.end(1001);
      while (underWay.size > 0) await Promise.allSettled(underWay);
      await engines.close();
    },
  };
}

export const WORLDS = [
  ['npm start', localWorld],
  ['the Lambdas behind API Gateway', lambdaWorld],
] as const;
