import type { Page, WebSocketRoute } from 'playwright-core';
import { STRIPE_PARTS } from '../../../protocol/board/geometry.ts';
import { stripeToWire } from '../../../protocol/messages/board.ts';

export const PARTS = 10_000;
export const CHANGES_PER_S = 200;
const MIB = 1_048_576;
const PART_BYTES = 5 * MIB;
const STRIPES = Math.ceil(PARTS / STRIPE_PARTS);
const DEVICES = 20;
/** Tickets that each device holds. */
const HELD = 8;
const UPLOAD = 'u'.repeat(22);
const LEASE_MS = 600_000;

/** A server that has a board of 10,000 tickets, and lets 20 devices carry them as fast as asked. */
export async function serveBusyBoard(page: Page): Promise<{ begin(): void; stop(): void }> {
  let socket: WebSocketRoute | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  const send = (message: unknown) => socket?.send(JSON.stringify(message));
  /** The next ticket of each device; each has its own stretch of the file. */
  const next = Array.from({ length: DEVICES }, (_, i) => Math.floor((i * PARTS) / DEVICES));
  const done = new Map<number, bigint>();
  const revs = new Map<number, number>();

  const change = (device: number) => {
    const index = next[device] ?? 0;
    next[device] = (index + 1) % PARTS;
    const s = Math.floor(index / STRIPE_PARTS);
    const place = index % STRIPE_PARTS;
    done.set(s, (done.get(s) ?? 0n) | (1n << BigInt(place)));
    revs.set(s, (revs.get(s) ?? 1) + 1);
    let held = 0n;
    for (let i = 1; i <= HELD && place + i < STRIPE_PARTS; i++) held |= 1n << BigInt(place + i);
    const known = (1n << 64n) - 1n;
    const stripe = stripeToWire({
      s,
      rev: revs.get(s) ?? 1,
      known,
      done: done.get(s) ?? 0n,
      credits: [{ device: device + 1, parts: done.get(s) ?? 0n }],
      leases: held
        ? [{ device: device + 1, parts: held & ~(done.get(s) ?? 0n), untilMs: Date.now() + LEASE_MS }]
        : [],
    });
    send({
      type: 'stripes',
      upload: UPLOAD,
      stripes: [stripe],
      by: { device: device + 1, rateBps: 5 * MIB },
    });
  };

  await page.routeWebSocket(/\/ws$/, (route) => {
    socket = route;
    route.onMessage((text) => {
      const { id, type } = JSON.parse(String(text)) as { id: number; type: string };
      if (type === 'hello') send({ type: 'welcome', re: id, serverNowMs: Date.now() });
      else if (type === 'ping') send({ type: 'pong', re: id, serverNowMs: Date.now() });
      else if (type === 'join') send(board(id));
      else send({ type: 'ok', re: id });
    });
  });
  return {
    begin() {
      let turn = 0;
      let sent = 0;
      const startMs = performance.now();
      // A timer is late now and then: what it missed it makes up for.
      timer = setInterval(() => {
        const due = ((performance.now() - startMs) * CHANGES_PER_S) / 1_000;
        for (; sent < due; sent++) {
          change(turn);
          turn = (turn + 1) % DEVICES;
        }
      }, 4);
    },
    stop: () => clearInterval(timer),
  };
}

function board(re: number) {
  return {
    type: 'board',
    re,
    upload: UPLOAD,
    role: 'watcher',
    device: DEVICES + 1,
    file: { name: 'archive.tar', sizeBytes: PARTS * PART_BYTES, type: '' },
    partBytes: PART_BYTES,
    createdAtMs: Date.now(),
    expiresAtMs: Date.now() + 86_400_000,
    state: { state: 'open' },
    proven: false,
    stripes: Array.from({ length: STRIPES }, (_, s) => ({
      s,
      rev: 1,
      known: 'f'.repeat(16),
      done: '0',
      credits: [],
      leases: [],
    })),
    devices: Array.from({ length: DEVICES + 1 }, (_, i) => ({
      number: i + 1,
      name: `Device ${i + 1}`,
      role: i === DEVICES ? 'watcher' : i === 0 ? 'owner' : 'helper',
      online: true,
    })),
  };
}
