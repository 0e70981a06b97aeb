import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A way to the server that carries no more than so much: what stands for a device's own line. */
export interface Uplink {
  /** The server's address as the device of this line knows it. */
  origin: string;
  /** Another speed from now on. */
  carry(bytesPerS: number): void;
  /** The line is dead: what goes on over it is cut, and nothing else gets through. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Several slices a tenth of a second, so that a browser sees a steady line and not bursts. */
const SLICE_MS = 20;

/**
 * A TCP proxy on loopback that lets `bytesPerS` through towards the server, over all its connections; `onChunk` sees
 * what passes.
 */
export async function makeUplink(
  serverPort: number,
  bytesPerS: number,
  onChunk: (chunk: Buffer) => void = () => {},
): Promise<Uplink> {
  const sockets = new Set<Socket>();
  let rateBps = bytesPerS;
  let isCut = false;
  let freeAtMs = 0;
  /** When the line is free for these bytes; they then take their time. */
  const turn = (bytes: number) => {
    freeAtMs = Math.max(freeAtMs, performance.now()) + (bytes * 1_000) / rateBps;
    return freeAtMs - performance.now();
  };
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((device) => {
    if (isCut) return void device.destroy();
    const upstream = connect(serverPort, '127.0.0.1');
    for (const [one, other] of [
      [device, upstream],
      [upstream, device],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    upstream.pipe(device);
    device.on('data', (chunk) => {
      onChunk(chunk);
      upstream.write(chunk);
      const waitMs = turn(chunk.length);
      if (waitMs < SLICE_MS) return;
      device.pause();
      setTimeout(() => device.resume(), waitMs);
    });
    device.on('end', () => upstream.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    carry(next) {
      rateBps = next;
      freeAtMs = 0;
    },
    cut() {
      isCut = true;
      cutAll();
    },
    mend() {
      isCut = false;
    },
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
