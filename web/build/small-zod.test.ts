import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { stripeToWire } from '../../protocol/messages/board.ts';
import { bitsAt } from '../../test/board-arbitraries.ts';

import { z } from './small-zod.ts';

/** What may follow a schema. */
const METHODS = ['parse', 'safeParse', ...Object.keys(z.string())];

const SECRET = 's'.repeat(22);
const UPLOAD = 'u'.repeat(22);
const FILE = { name: 'film.mov', sizeBytes: 5, type: '' };
const STRIPE = stripeToWire({
  s: 3,
  rev: 7,
  known: bitsAt(1, 63),
  done: bitsAt(1),
  credits: [{ device: 1, parts: bitsAt(1) }],
  leases: [{ device: 2, parts: bitsAt(63), untilMs: 9 }],
});
const BOARD = {
  type: 'board',
  re: 1,
  upload: UPLOAD,
  role: 'helper',
  device: 2,
  file: FILE,
  partBytes: 5_242_880,
  createdAtMs: 1,
  expiresAtMs: 2,
  state: { state: 'open' },
  proven: false,
  stripes: [STRIPE],
  devices: [{ number: 1, name: 'laptop', role: 'owner', online: true }],
};

const FRAMES: unknown[] = [
  BOARD,
  { ...BOARD, role: 'king' },
  { ...BOARD, device: -1 },
  { ...BOARD, device: 1.5 },
  { ...BOARD, stripes: [{ ...STRIPE, done: 'xyz' }] },
  { ...BOARD, stripes: [{ ...STRIPE, leases: [[2, 'f']] }] },
  { ...BOARD, upload: 'short' },
  { ...BOARD, state: { state: 'finished', finishedAtMs: 5, sha256: 'x-4' }, more: 'than is known' },
  { ...BOARD, state: { state: 'finished', finishedAtMs: '5', sha256: 'x-4' } },
  { type: 'welcome', re: 1, serverNowMs: 5 },
  { type: 'welcome', serverNowMs: 5 },
  { type: 'stripes', upload: UPLOAD, stripes: [STRIPE], by: { device: 1, rateBps: -1 } },
  { type: 'stripes', upload: UPLOAD, stripes: [STRIPE] },
  { type: 'error', error: { kind: 'busy', message: 'Wait.', minBackoffMs: 500 } },
  { type: 'error', error: { kind: 'no-such-kind', message: 'Wait.' } },
  { type: 'unheard-of' },
  { type: 'join', id: 1, secret: SECRET },
  { type: 'join', id: 1, secret: 'no' },
  { type: 'create', id: 1, file: FILE, secrets: { own: SECRET, help: SECRET, watch: SECRET } },
  { type: 'create', id: 1, file: { ...FILE, name: '' }, secrets: { own: SECRET, help: SECRET } },
  [],
  'text',
  null,
];

test('the page reads every message as the server does: what is one here is one there, with the same fields', async () => {
  const full = await import('../../protocol/codec.ts');
  vi.resetModules();
  vi.doMock('zod', () => import('./small-zod.ts'));
  const small = await import('../../protocol/codec.ts');
  const message = (decoded: ReturnType<typeof full.decodeDown> | ReturnType<typeof full.decodeUp>) =>
    decoded.ok ? decoded.message : decoded.error.kind;
  let taken = 0;
  for (const frame of FRAMES.map((one) => JSON.stringify(one))) {
    expect(message(small.decodeDown(frame)), frame).toEqual(message(full.decodeDown(frame)));
    expect(message(small.decodeUp(frame)), frame).toEqual(message(full.decodeUp(frame)));
    if (small.decodeDown(frame).ok || small.decodeUp(frame).ok) taken += 1;
  }
  expect(taken).toBe(7);
});

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The names in each chain that begins with `z.`: what zod is asked for, and what follows. */
function chains(source: string): Array<{ maker: string; methods: string[] }> {
  return [...source.matchAll(/\bz\.(\w+)\(/g)].map((match) => {
    const methods: string[] = [];
    let at = match.index + match[0].length;
    for (;;) {
      // To the end of these parentheses; what is inside has chains of its own.
      for (let depth = 1; depth > 0 && at < source.length; at++) {
        if (source[at] === '(') depth += 1;
        if (source[at] === ')') depth -= 1;
      }
      const next = /^\s*\.(\w+)\(/.exec(source.slice(at));
      if (!next) return { maker: match[1] ?? '', methods };
      methods.push(next[1] ?? '');
      at += next[0].length;
    }
  });
}

test('the page asks zod for nothing that its small zod lacks', () => {
  const files = ['protocol', 'web'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(root, folder, name),
    ),
  );
  const sources = files.filter(
    (path) =>
      /\.tsx?$/.test(path) && !/\.test\.|[\\/](dist|node|node_modules|build|\.building-\d+)[\\/]/.test(path),
  );
  let found = 0;
  for (const path of sources) {
    const source = readFileSync(path, 'utf8');
    if (!/from 'zod'/.test(source)) continue;
    for (const { maker, methods } of chains(source)) {
      found += 1;
      expect(Object.keys(z), `z.${maker} in ${path}`).toContain(maker);
      for (const method of methods) expect(METHODS, `.${method} in ${path}`).toContain(method);
    }
  }
  expect(found).toBeGreaterThan(100);
});
