import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Down } from './down.ts';
import { Up } from './up.ts';
import { PROTOCOL_HISTORY, PROTOCOL_VERSION } from './version.ts';

/** The order in which these lists are written says nothing about the wire. */
const UNORDERED = new Set(['required', 'enum', 'oneOf', 'anyOf']);

/** The same text for schemas that admit the same messages, as far as their writing order goes. */
function canonical(value: unknown, key = ''): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return `[${(UNORDERED.has(key) ? items.sort() : items).join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}:${canonical(item, name)}`,
  );
  return `{${entries.sort().join(',')}}`;
}

function fingerprintOf(...schemas: readonly z.ZodType[]): string {
  const texts = schemas.map((schema) =>
    canonical(
      z.toJSONSchema(schema, {
        // Words about a field are no part of the wire: they may be bettered without a new version.
        override: ({ jsonSchema }) => {
          delete jsonSchema.description;
        },
      }),
    ),
  );
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
}

const latest = PROTOCOL_HISTORY.at(-1);

test('the schemas of the wire are those of the latest version', () => {
  const fingerprint = fingerprintOf(Up, Down);
  expect(
    latest?.fingerprint,
    `The wire has changed, so devices and servers of version ${PROTOCOL_VERSION} may no longer understand it. Add to ` +
      `PROTOCOL_HISTORY in protocol/version.ts: { version: ${PROTOCOL_VERSION + 1}, fingerprint: '${fingerprint}', ` +
      "reason: 'what changed, in one line' }. Only if the latest version was never released may its fingerprint be " +
      'replaced.',
  ).toBe(fingerprint);
});

test('a hello carries the latest version', () => {
  expect(PROTOCOL_VERSION).toBe(latest?.version);
  expect(Number.isInteger(PROTOCOL_VERSION)).toBe(true);
});

test('versions count up from 1, each with its own fingerprint and one line of reason', () => {
  expect(PROTOCOL_HISTORY.map(({ version }) => version)).toEqual(PROTOCOL_HISTORY.map((_, i) => i + 1));
  for (const { fingerprint, reason } of PROTOCOL_HISTORY) {
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(reason).toMatch(/^\S.*\S$/);
  }
  const fingerprints = PROTOCOL_HISTORY.map(({ fingerprint }) => fingerprint);
  expect(new Set(fingerprints).size).toBe(fingerprints.length);
});

test('a fingerprint tells apart what the wire tells apart, and nothing else', () => {
  const one = z.object({ a: z.int().min(0), b: z.string().optional() });
  const same = z.object({
    b: z.string().describe('a word').optional(),
    a: z.int().min(0).describe('a number'),
  });
  expect(fingerprintOf(same)).toBe(fingerprintOf(one));
  const others = [
    z.object({ a: z.int().min(1), b: z.string().optional() }),
    z.object({ a: z.number().min(0), b: z.string().optional() }),
    z.object({ a: z.int().min(0), b: z.string() }),
    z.object({ a: z.int().min(0), c: z.string().optional() }),
    z.object({ a: z.int().min(0), b: z.string().max(5).optional() }),
    z.object({ a: z.int().min(0), b: z.string().optional(), description: z.string() }),
  ];
  expect(new Set([one, ...others].map((schema) => fingerprintOf(schema))).size).toBe(others.length + 1);
  expect(fingerprintOf(z.tuple([z.int(), z.string()]))).not.toBe(
    fingerprintOf(z.tuple([z.string(), z.int()])),
  );
});
