/** A store on a random loopback port and a client that speaks to it: what every test here starts from. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { makeObjectStore, type ObjectStore } from './object-store.ts';

export const BUCKET = 'tributary';
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'local-key', secretAccessKey: 'local-secret' };

export interface ServedStore {
  readonly folder: string;
  readonly port: number;
  readonly store: ObjectStore;
  readonly server: Server;
  readonly client: S3Client;
  readonly logged: { kind: string; [field: string]: unknown }[];
  /** Stops serving and keeps the folder, as a restart would. */
  stop(): Promise<void>;
  /** Stops and removes the folder. */
  close(): Promise<void>;
}

export async function serveStore(
  options: { folder?: string; nowMs?: () => number; expectMounted?: boolean } = {},
): Promise<ServedStore> {
  const folder = options.folder ?? (await makeFolder());
  const logged: ServedStore['logged'] = [];
  const store = await makeObjectStore({
    folder,
    bucket: BUCKET,
    region: REGION,
    credentials: CREDENTIALS,
    basePath: '/s3',
    nowMs: options.nowMs ?? Date.now,
    log: (entry) => logged.push(entry),
  });
  const server = createServer(store.listener);
  if (options.expectMounted) server.on('checkContinue', store.continueListener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = makeClient(port);
  const stop = async (): Promise<void> => {
    client.destroy();
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    folder,
    port,
    store,
    server,
    client,
    logged,
    stop,
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'objectstore-'));
}

export function makeClient(port: number, credentials: typeof CREDENTIALS = CREDENTIALS): S3Client {
  return new S3Client({
    endpoint: `http://127.0.0.1:${port}/s3`,
    forcePathStyle: true,
    region: REGION,
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
}

export function sha256Base64(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The `<Code>` of an error document. */
  readonly code: string | undefined;
}

/** One plain HTTP exchange, with the request target sent exactly as given. */
export async function exchange(port: number, options: RequestOptions, body?: Uint8Array): Promise<RawAnswer> {
  const request = httpRequest({ host: '127.0.0.1', port, agent: false, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: bytes,
    code: /<Code>(.*?)<\/Code>/.exec(bytes.toString('utf8'))?.[1],
  };
}
