import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { makeConnection } from '../../web/engine/connection.ts';
import type { Clock, FilePort, OpenSocket, PutOutcome, Task } from '../../web/engine/ports.ts';
import type { UploadOptions } from '../../web/engine/upload.ts';
import { newSecret } from './client.ts';

/** The engine's ports on Node, so that the real engine can be run without a browser. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export function openSocketTo(origin: string): OpenSocket {
  return (events) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`);
    socket.on('open', () => events.opened());
    socket.on('message', (data) => events.frame(String(data)));
    socket.on('close', () => events.closed());
    // 'close' follows; without a listener an error would end the process.
    socket.on('error', () => {});
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      },
      close: () => socket.close(),
    };
  };
}

export function engineOptions(origin: string, name: string, key = newSecret()): UploadOptions {
  const connection = makeConnection({
    openSocket: openSocketTo(origin),
    clock: nodeClock,
    random: Math.random,
    device: { key, name },
  });
  return {
    connection,
    clock: nodeClock,
    random: Math.random,
    resolve: (url) => new URL(url, origin).href,
    atOnce: 4,
  };
}

const CHUNK_BYTES = 262_144;

/** Writes in chunks no faster than `bytesPerS`, all puts of the file together; undefined: as fast as it goes. */
function makeUplink(bytesPerS: number | undefined) {
  let freeAtMs = 0;
  return (bytes: number, then: () => void) => {
    if (bytesPerS === undefined) return then();
    freeAtMs = Math.max(freeAtMs, performance.now()) + (bytes * 1_000) / bytesPerS;
    setTimeout(then, freeAtMs - performance.now());
  };
}

/** Bytes in memory as the engine's file. `puts` counts how often each part was sent to its end. */
export function memoryFile(
  bytes: Buffer,
  bytesPerS?: number,
  name = 'a file.bin',
): FilePort & { puts: Map<number, number> } {
  const puts = new Map<number, number>();
  const uplink = makeUplink(bytesPerS);
  return {
    puts,
    name,
    sizeBytes: bytes.length,
    type: '',
    hash(range) {
      const sha256 = createHash('sha256')
        .update(bytes.subarray(range.startByte, range.endByte))
        .digest('base64');
      return { result: Promise.resolve({ state: 'hashed', sha256 }), abort() {} };
    },
    put(range, request, onSent): Task<PutOutcome> {
      const body = bytes.subarray(range.startByte, range.endByte);
      const part = Number(new URL(request.url).searchParams.get('partNumber'));
      const controller = new AbortController();
      const result = new Promise<PutOutcome>((resolve) => {
        const sent = httpRequest(
          request.url,
          {
            method: 'PUT',
            headers: { ...request.headers, 'content-length': body.length },
            signal: controller.signal,
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const status = response.statusCode ?? 0;
              const code = /<Code>(\w+)<\/Code>/.exec(Buffer.concat(chunks).toString())?.[1] ?? '';
              if (status !== 200) return resolve({ state: 'refused', status, code });
              puts.set(part, (puts.get(part) ?? 0) + 1);
              resolve({ state: 'stored' });
            });
          },
        );
        sent.on('error', () =>
          resolve(controller.signal.aborted ? { state: 'aborted' } : { state: 'failed', reason: 'network' }),
        );
        const write = (offset: number) => {
          if (offset >= body.length) return void sent.end();
          const chunk = body.subarray(offset, offset + CHUNK_BYTES);
          uplink(chunk.length, () => {
            sent.write(chunk);
            onSent(Math.min(offset + chunk.length, body.length));
            write(offset + chunk.length);
          });
        };
        write(0);
      });
      return { result, abort: () => controller.abort() };
    },
    close() {},
  };
}
