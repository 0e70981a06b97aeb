import { createHash, randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { decodeDown } from '../../protocol/codec.ts';
import type { Down } from '../../protocol/down.ts';
import type { Board } from '../../protocol/messages/board.ts';
import type { Granted, Sync } from '../../protocol/messages/sync.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';

export type Message<Type extends Down['type']> = Extract<Down, { type: Type }>;

/** A client written from docs/PROTOCOL.md alone: no engine, no replica, one message at a time. */
export interface Client {
  /** Sends any frame, well-formed or not. */
  send(frame: string): void;
  /** One message in frames of 16 KB. */
  sendInPieces(message: string): void;
  /** Sends a message with the next id and answers with what answers it. */
  ask(message: Record<string, unknown>): Promise<Down>;
  /** The same, when a certain answer is expected. Throws what came instead. */
  expect<Type extends Down['type']>(type: Type, message: Record<string, unknown>): Promise<Message<Type>>;
  /** The next message that answers nothing and satisfies this; those before it are kept for others. */
  hear<Type extends Down['type']>(
    type: Type,
    is?: (message: Message<Type>) => boolean,
  ): Promise<Message<Type>>;
  /** Resolves with the close code. */
  closed: Promise<number>;
  close(): void;
}

/** A line to a server, whatever it is made of. */
export interface Line {
  send(frame: string): void;
  sendInPieces(message: string): void;
  close(): void;
  closed: Promise<number>;
  /** Called with each frame from the server. */
  onFrame(listen: (frame: string) => void): void;
}

export async function connect(origin: string, headers: Record<string, string> = {}): Promise<Client> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, { headers });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const client = makeClient({
    send: (frame) => socket.send(frame),
    sendInPieces(message) {
      for (let from = 0; from < message.length; from += 16_384) {
        socket.send(message.slice(from, from + 16_384), { fin: from + 16_384 >= message.length });
      }
    },
    close: () => socket.close(),
    closed,
    onFrame: (listen) => void socket.on('message', (data) => listen(String(data))),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return client;
}

export function makeClient(line: Line): Client {
  const answers = new Map<number, (message: Down) => void>();
  const heard: Down[] = [];
  const listeners = new Set<() => void>();
  let lastId = 0;
  line.onFrame((frame) => {
    const decoded = decodeDown(frame);
    if (!decoded.ok) throw new Error(`the server sent what is no message: ${JSON.stringify(decoded.error)}`);
    const { message } = decoded;
    const answer = 're' in message && message.re !== undefined ? answers.get(message.re) : undefined;
    if (answer && 're' in message && message.re !== undefined) {
      answers.delete(message.re);
      answer(message);
    } else {
      heard.push(message);
      for (const listener of [...listeners]) listener();
    }
  });
  const ask = (message: Record<string, unknown>): Promise<Down> => {
    const id = ++lastId;
    const answer = new Promise<Down>((resolve) => answers.set(id, resolve));
    line.send(JSON.stringify({ id, ...message }));
    return answer;
  };
  return {
    send: line.send,
    sendInPieces: line.sendInPieces,
    ask,
    async expect(type, message) {
      const answer = await ask(message);
      if (answer.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(answer)}`);
      return answer as Message<typeof type>;
    },
    hear(type, is = () => true) {
      return new Promise((resolve) => {
        const look = () => {
          const index = heard.findIndex(
            (message) => message.type === type && is(message as Message<typeof type>),
          );
          if (index < 0) return;
          listeners.delete(look);
          resolve(heard.splice(index, 1)[0] as Message<typeof type>);
        };
        listeners.add(look);
        look();
      });
    },
    closed: line.closed,
    close: line.close,
  };
}

export const newSecret = (): string => randomBytes(16).toString('base64url');

/** A connection that has said hello. */
export async function device(origin: string, name = 'test', key = newSecret()): Promise<Client> {
  return greet(await connect(origin), name, key);
}

export async function greet(client: Client, name = 'test', key = newSecret()): Promise<Client> {
  await client.expect('welcome', { type: 'hello', version: PROTOCOL_VERSION, device: { key, name } });
  return client;
}

export interface Secrets {
  own: string;
  help: string;
  watch: string;
}

export const newSecrets = (): Secrets => ({ own: newSecret(), help: newSecret(), watch: newSecret() });

export function createUpload(
  client: Client,
  bytes: Buffer,
  secrets: Secrets,
  name = 'a file.bin',
): Promise<Board> {
  const file = { name, sizeBytes: bytes.length, type: '' };
  return client.expect('board', { type: 'create', file, secrets });
}

export function sync(client: Client, upload: string, parts: Partial<Sync> = {}): Promise<Granted> {
  return client.expect('granted', syncOf(upload, parts));
}

export function syncOf(upload: string, parts: Partial<Sync> = {}): Record<string, unknown> {
  const nothing = {
    done: [],
    hashes: [],
    want: [],
    hedge: [],
    release: [],
    renew: [],
    leaseMs: 20_000,
    rateBps: 0,
  };
  return { type: 'sync', upload, ...nothing, ...parts };
}

export function partOf(bytes: Buffer, partBytes: number, part: number): Buffer {
  return bytes.subarray((part - 1) * partBytes, part * partBytes);
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

export function hashesOf(bytes: Buffer, partBytes: number, parts: readonly number[]) {
  return parts.map((part) => ({ part, sha256: sha256(partOf(bytes, partBytes, part)) }));
}

/** PUTs the bytes of a granted ticket as a browser would. */
export async function put(origin: string, granted: Granted, part: number, body: Buffer): Promise<Response> {
  const ticket = granted.put?.tickets.find((one) => one.part === part);
  if (!granted.put || !ticket) throw new Error(`part ${part} was not granted`);
  const path = granted.put.template.replace('{part}', String(part)).replace('{signature}', ticket.signature);
  return fetch(new URL(path, origin), {
    method: 'PUT',
    headers: { 'x-amz-checksum-sha256': ticket.sha256 },
    body: new Uint8Array(body),
  });
}
