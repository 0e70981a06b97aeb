import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finish } from '../../functions/finish/finish.ts';
import { makeIdentity } from '../../functions/identity/identity.ts';
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
  /** Who says who people are, with the key that signs it. */
  issuer: TestIssuer;
  /** The origin of its own page. */
  page: string;
  /** A connection that has said nothing yet; of a page of this origin, if one is given. */
  connect(pageOrigin?: string): Promise<Client>;
  /** One that has said hello. */
  device(name?: string, key?: string): Promise<Client>;
  /** Lets time go by for whoever looks at the server's clock. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export interface TestIssuer {
  issuer: string;
  clientId: string;
  kid: string;
  key: KeyObject;
}

/** Small enough for a test to go beyond them, large enough for all the others. */
export const RATIONS: Limits = {
  ...LIMITS,
  messagesPerS: 20,
  messagesAtOnce: 200,
  connectionsPerDevice: 3,
  connectionsPerUpload: 10,
  devicesPerUpload: 20,
};

/** What `npm start` runs, attacked over real sockets. */
export async function localWorld(): Promise<World> {
  let aheadMs = 0;
  const server = await serve({ rations: RATIONS, nowMs: () => Date.now() + aheadMs });
  return {
    origin: server.origin,
    log: server.log,
    issuer: await issuerOf(server.dataFolder),
    page: server.origin,
    connect: (pageOrigin) => connect(server.origin, pageOrigin === undefined ? {} : { Origin: pageOrigin }),
    device: async (name, key) => greet(await connect(server.origin), name, key),
    advance(ms) {
      aheadMs += ms;
    },
    close: server.close,
  };
}

/** The embedded one: its key is in the data folder. */
async function issuerOf(dataFolder: string): Promise<TestIssuer> {
  const { signing } = JSON.parse(await readFile(join(dataFolder, 'sign-in-keys.json'), 'utf8')) as {
    signing: JsonWebKey & { kid: string };
  };
  const key = createPrivateKey({ key: signing, format: 'jwk' });
  return { issuer: 'http://localhost/oidc', clientId: 'tributary', kid: signing.kid, key };
}

const ISSUER: TestIssuer = {
  issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Tributary',
  clientId: 'the-page',
  kid: 'k1',
  key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey,
};

const PAGE = 'https://tributary.example';

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
  const { n = '', e = '' } = ISSUER.key.export({ format: 'jwk' });
  const jwks = {
    keys: [{ kty: 'RSA' as const, kid: ISSUER.kid, n, e, use: 'sig' as const, alg: 'RS256' as const }],
  };
  const identity = makeIdentity({ ...ISSUER, jwks });
  const handler = makeSocketHandler(ports, {
    limits: RATIONS,
    create: { by: 'anyone' },
    pageOrigin: PAGE,
    identity,
  });

  const open = async (pageOrigin?: string): Promise<Client> => {
    const client = {
      connectionId: makeId(),
      connectedAtMs: Date.now(),
      stage: 'prod',
      domainName: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
      sourceIp: '203.0.113.7',
      userAgent: 'test',
    };
    const { connectionId } = client;
    const origin = pageOrigin === undefined ? [] : [['Origin', pageOrigin] as const];
    const headers = [['Host', client.domainName] as const, ...origin];
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
    issuer: ISSUER,
    page: PAGE,
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
