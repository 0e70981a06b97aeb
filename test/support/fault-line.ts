import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as ws from 'ws';
import { Up } from '../../protocol/up.ts';

/** What becomes of a part on its way. */
export type Fate =
  | 'pass'
  /** The store reads it and says 503. */
  | 'slow-down'
  /** The line breaks when half of it has passed. */
  | 'cut';

/** What the store saw of one part. */
export interface PartTally {
  /** Times that it began to arrive. */
  begun: number;
  /** Times that the store said that it has it. */
  stored: number;
  slowedDown: number;
  cut: number;
}

/** A device's way to the server, on which things happen, and where all that the store sees is counted. */
export interface FaultLine {
  origin: string;
  /** By part number. */
  parts: ReadonlyMap<number, PartTally>;
  /** Parts that have left and that the store has not got. */
  unfinished(): number[];
  /** Decides for each part that is sent; everything passes until it is set. */
  fate: (part: number, attempt: number) => Fate;
  /**
   * At each opening of a WebSocket: what the page before it had on its way when its socket closed. Besides the parts that
   * the store had not got these are those that the page had not reported yet: one that dies in the moment of the store's
   * answer has not written down what it was just told.
   */
  unfinishedAtSocket: ReadonlyArray<readonly number[]>;
  cutSockets(): void;
  /** Nothing gets through, and nobody says so. */
  freeze(): void;
  thaw(): void;
  /** Another speed from now on. */
  carry(bytesPerS: number): void;
  /** All connections are cut and none can be made. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** Not in its types: what reads frames from a stream. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean }) => Writable;
};

const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

/** Lets `bytesPerS` through towards the server, over all its connections together. */
export async function makeFaultLine(serverPort: number, bytesPerS: number): Promise<FaultLine> {
  const parts = new Map<number, PartTally>();
  const connections = new Set<Socket>();
  const tunnels = new Set<Duplex>();
  const thawed: Array<() => void> = [];
  let isFrozen = false;
  const unfinishedAtSocket: number[][] = [];
  const reported = new Set<number>();
  const isReported = (part: number) => reported.has(part);
  let unreported: number[] = [];
  const begunBut = (isThrough: (part: number, tally: PartTally) => boolean) =>
    [...parts].filter(([part, tally]) => tally.begun > 0 && !isThrough(part, tally)).map(([part]) => part);
  const unfinished = () => begunBut((_, { stored }) => stored > 0);
  const noteReports = (message: Buffer) => {
    const up = Up.parse(JSON.parse(String(message)));
    if (up.type === 'sync') for (const part of up.done) reported.add(part);
  };
  let rateBps = bytesPerS;
  let freeAtMs = 0;

  const turn = (bytes: number) => {
    freeAtMs = Math.max(freeAtMs, performance.now()) + (bytes * 1_000) / rateBps;
    return freeAtMs - performance.now();
  };
  const untilThawed = async () => {
    while (isFrozen) await new Promise<void>((resolve) => thawed.push(resolve));
  };

  const tallyOf = (part: number): PartTally => {
    const tally = parts.get(part) ?? { begun: 0, stored: 0, slowedDown: 0, cut: 0 };
    parts.set(part, tally);
    return tally;
  };

  /** The body at the speed of the line. False: it was not sent to its end. */
  const carry = async (incoming: IncomingMessage, pass: (chunk: Buffer) => void): Promise<boolean> => {
    try {
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        await sleep(turn(chunk.length));
        await untilThawed();
        pass(chunk);
      }
      return incoming.complete;
    } catch {
      return false;
    }
  };

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, part: number | undefined) => {
    const { method, url: path, headers } = incoming;
    const upstream = request({ host: '127.0.0.1', port: serverPort, method, path, headers });
    upstream.on('error', () => outgoing.destroy());
    upstream.on('response', async (answer) => {
      if (part !== undefined && answer.statusCode === 200) tallyOf(part).stored += 1;
      await untilThawed();
      if (outgoing.destroyed) return answer.resume();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) upstream.destroy();
    });
    return upstream;
  };

  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://line');
    const number = incoming.method === 'PUT' ? url.searchParams.get('partNumber') : null;
    if (number === null) {
      const upstream = forward(incoming, outgoing, undefined);
      return void incoming.pipe(upstream);
    }
    const part = Number(number);
    const tally = tallyOf(part);
    const fate = line.fate(part, tally.begun + 1);
    if (fate === 'slow-down') {
      tally.begun += 1;
      tally.slowedDown += 1;
      await carry(incoming, () => {});
      outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN);
      return;
    }
    const upstream = forward(incoming, outgoing, part);
    // A server that is down sees nothing of it.
    upstream.on('socket', (socket) => {
      if (!socket.connecting) tally.begun += 1;
      else socket.once('connect', () => (tally.begun += 1));
    });
    let leftBytes =
      fate === 'cut' ? Number(incoming.headers['content-length']) / 2 : Number.POSITIVE_INFINITY;
    const isWhole = await carry(incoming, (chunk) => {
      leftBytes -= chunk.length;
      if (leftBytes > 0) return void upstream.write(chunk);
      tally.cut += 1;
      throw new Error('the line breaks here');
    });
    if (isWhole) upstream.end();
    else {
      upstream.destroy();
      incoming.destroy();
    }
  });
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, device: Duplex) => {
    const upstream = connect(serverPort, '127.0.0.1');
    // The next page may be there before the last one's socket has closed.
    unfinishedAtSocket.push(tunnels.size > 0 ? begunBut(isReported) : unreported);
    tunnels.add(device);
    const receiver = new Receiver({ isServer: true });
    receiver.on('message', noteReports);
    // A copy: it unmasks where the bytes are.
    device.on('data', (chunk: Buffer) => receiver.write(Buffer.from(chunk)));
    device.on('close', () => {
      unreported = begunBut(isReported);
    });
    const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`);
    upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    for (const [from, to] of [
      [device, upstream],
      [upstream, device],
    ] as const) {
      from.on('data', async (chunk) => {
        await untilThawed();
        to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        tunnels.delete(device);
        to.destroy();
      });
    }
  });

  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of connections) socket.destroy();
    });

  await listen(0);
  const { port } = server.address() as AddressInfo;
  const line: FaultLine = {
    origin: `http://127.0.0.1:${port}`,
    parts,
    fate: () => 'pass',
    unfinishedAtSocket,
    unfinished,
    cutSockets() {
      for (const device of tunnels) device.destroy();
    },
    freeze() {
      isFrozen = true;
    },
    thaw() {
      isFrozen = false;
      for (const call of thawed.splice(0)) call();
    },
    carry(next) {
      rateBps = next;
      freeAtMs = 0;
    },
    goOffline: stop,
    goOnline: () => listen(port),
    close: () => (server.listening ? stop() : Promise.resolve()),
  };
  return line;
}

/** Parts that the store has not got, and those (again and again) that were sent and stored more often than once. */
export function tallied(
  parts: ReadonlyMap<number, PartTally>,
  partCount: number,
): { missing: number[]; sentAgain: number[]; storedAgain: number[] } {
  const all = Array.from({ length: partCount }, (_, i) => i + 1);
  const timesOf = (part: number, what: keyof PartTally) => parts.get(part)?.[what] ?? 0;
  const again = (what: keyof PartTally) =>
    all.flatMap((part) => Array<number>(Math.max(0, timesOf(part, what) - 1)).fill(part));
  return {
    missing: all.filter((part) => timesOf(part, 'stored') === 0),
    sentAgain: again('begun'),
    storedAgain: again('stored'),
  };
}
