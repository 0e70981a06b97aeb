import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Decoded, decodeDown, decodeUp, encode, utf8Length } from './codec.ts';
import { Down } from './down.ts';
import { expectationOf } from './expectation.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import { ProtocolError } from './messages/error.ts';
import { Up } from './up.ts';

/** As much of JSON Schema as zod makes of our messages. */
interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
}

/** Values that the schema admits, its corners among them. A message added to the wire is generated unasked. */
function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(valuesOf));
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      return fc.record(Object.fromEntries(properties.map(([key, value]) => [key, valuesOf(value)])), {
        requiredKeys: schema.required ?? [],
        noNullPrototype: true,
      });
    }
    case 'array':
      if (schema.prefixItems) return fc.tuple(...schema.prefixItems.map(valuesOf));
      return fc.array(valuesOf(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 4, 4) });
    case 'integer': {
      const { minimum: min = -1e6, maximum: max = 1e6 } = schema;
      return fc.oneof(
        fc.integer({ min: Math.max(min, -1e6), max: Math.min(max, 1e15) }),
        fc.constantFrom(min, max),
      );
    }
    case 'number':
      // JSON has no -0, and adding 0 takes its sign away.
      return fc
        .double({ min: schema.minimum ?? -1e20, noNaN: true, noDefaultInfinity: true })
        .map((value) => value + 0);
    case 'string': {
      if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern));
      const { minLength = 0, maxLength = 200 } = schema;
      // A character takes one UTF-16 unit or two.
      return fc.string({ unit: 'binary', minLength, maxLength: Math.floor(Math.min(maxLength, 200) / 2) });
    }
    case 'boolean':
      return fc.boolean();
    default:
      throw new Error(`the generator knows no schema like ${JSON.stringify(schema)}`);
  }
}

function messagesOf<Message>(option: z.ZodType<Message>): fc.Arbitrary<Message> {
  return valuesOf(z.toJSONSchema(option) as JsonSchema).map((value) => value as Message);
}

function expectRefusal(decoded: Decoded<unknown>): { re?: number; error: ProtocolError } {
  if (decoded.ok) throw new Error(`expected a refusal; got ${JSON.stringify(decoded.message)}`);
  const { ok, ...refusal } = decoded;
  return refusal;
}

/** What the server would send for it, whole. */
function errorFrame(decoded: Decoded<unknown>): string {
  return encode({ type: 'error', ...expectRefusal(decoded) });
}

const UPLOAD = 'abcdefghijklmnopqrstuv';
const SYNC = {
  type: 'sync',
  id: 1,
  upload: UPLOAD,
  done: [],
  hashes: [],
  want: [],
  hedge: [],
  release: [],
  renew: [],
  leaseMs: 20_000,
  rateBps: 0,
};

test.for(Up.options.map((option) => [option.shape.type.value, option] as const))(
  'whatever is in it, %s comes out of its frame as it went in',
  ([type, option]) => {
    fc.assert(
      fc.property(messagesOf<Up>(option), (message) => {
        expect(message.type).toBe(type);
        expect(decodeUp(encode(message))).toEqual({ ok: true, message });
      }),
    );
  },
);

test.for(Down.options.map((option) => [option.shape.type.value, option] as const))(
  'whatever is in it, %s comes out of its frame as it went in, at the device',
  ([type, option]) => {
    fc.assert(
      fc.property(messagesOf<Down>(option), (message) => {
        expect(message.type).toBe(type);
        expect(decodeDown(encode(message))).toEqual({ ok: true, message });
      }),
    );
  },
);

test('a name of half a character survives, as file systems have such names', () => {
  const file = { name: '\ud83d.mp4', sizeBytes: 1, type: '' };
  const message: Up = { type: 'create', id: 1, file, secrets };
  expect(decodeUp(encode(message))).toEqual({ ok: true, message });
});

test('whatever the text, its length is that of its UTF-8', () => {
  const anyUnits = fc
    .array(fc.oneof(fc.nat({ max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe00f })))
    .map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(fc.oneof(anyUnits, fc.string({ unit: 'binary' })), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
    { numRuns: 1_000 },
  );
});

/** A ping with something unknown in it, exactly so many bytes long. */
function frameOf(sizeBytes: number, filling: string): string {
  const [head, tail] = ['{"type":"ping","id":7,"pad":"', '"}'];
  const room = sizeBytes - head.length - tail.length;
  const fillings = Math.floor(room / Buffer.byteLength(filling));
  const rest = 'x'.repeat(room - fillings * Buffer.byteLength(filling));
  const frame = head + filling.repeat(fillings) + rest + tail;
  expect(Buffer.byteLength(frame)).toBe(sizeBytes);
  return frame;
}

test.for(['x', 'é', '€', '😀', 'x😀'])(
  'a frame full of %s may have 32,768 bytes and not one more',
  (filling) => {
    expect(decodeUp(frameOf(32_768, filling))).toEqual({ ok: true, message: { type: 'ping', id: 7 } });
    expect(decodeUp(frameOf(32_769, filling))).toEqual({
      ok: false,
      error: {
        kind: 'too-long',
        message: 'This message is too long.',
        expected: 'at most 32768 bytes',
        value: '32769',
      },
    });
    expect(expectRefusal(decodeDown(frameOf(32_769, filling))).error.kind).toBe('too-long');
  },
);

test.for(['x', 'é', '€', '😀'])(
  'no frame longer than 32,768 bytes is made, and the error names its size: %s',
  (filling) => {
    const empty = utf8Length(encode({ type: 'link', re: 1, url: '', expiresAtMs: 0 }));
    const room = MAX_FRAME_BYTES - empty;
    const fillings = Math.floor(room / Buffer.byteLength(filling));
    const url = filling.repeat(fillings) + 'x'.repeat(room - fillings * Buffer.byteLength(filling));
    expect(Buffer.byteLength(encode({ type: 'link', re: 1, url, expiresAtMs: 0 }))).toBe(32_768);
    const tooLong = () => encode({ type: 'link', re: 1, url: `${url}x`, expiresAtMs: 0 });
    expect(tooLong).toThrow(RangeError);
    expect(tooLong).toThrow('at most 32768 bytes; a link of 32769 is not');
  },
);

test.for(['', '{', '{"type":"ping","id":1', 'ping', '\u0000', '{"type":"ping","id":1}}', "{'type':'ping'}"])(
  'what is not JSON is refused as such: %j',
  (frame) => {
    expect(decodeUp(frame)).toEqual({
      ok: false,
      error: { kind: 'malformed', message: 'This message is not JSON.', expected: 'JSON' },
    });
  },
);

test.for([
  ['a type of tomorrow', { type: 'merge', id: 3 }, { value: 'merge' }],
  ['a type of the other direction', { type: 'granted', id: 3 }, { value: 'granted' }],
  ['no type', { id: 3 }, {}],
  ['a number for a type', { type: 3, id: 3 }, { value: '3' }],
  ['a list for a type', { type: ['ping'], id: 3 }, { value: 'a list' }],
  ['a type in capitals', { type: 'PING', id: 3 }, { value: 'PING' }],
] as const)('%s is an unknown type', ([, message, value]) => {
  expect(decodeUp(JSON.stringify(message))).toEqual({
    ok: false,
    re: 3,
    error: {
      kind: 'unknown-type',
      message: 'This message has an unknown type.',
      expected: 'a known message type',
      ...value,
    },
  });
});

test('a device does not take what only devices send, and the other way round', () => {
  expect(expectRefusal(decodeDown('{"type":"ping","id":1}')).error.kind).toBe('unknown-type');
  expect(expectRefusal(decodeUp('{"type":"pong","re":1,"serverNowMs":1}')).error.kind).toBe('unknown-type');
});

test.for([
  [{ done: 'all' }, 'done', 'a list', 'all'],
  [{ done: [1, 'two'] }, 'done.1', 'a number', 'two'],
  [{ done: [1, 2.5] }, 'done.1', 'a whole number', '2.5'],
  [{ done: [0] }, 'done.0', 'a number from 1 up', '0'],
  [{ done: [10_001] }, 'done.0', 'a number of at most 10000', '10001'],
  [{ want: Array.from({ length: 65 }, () => 1) }, 'want', 'a list of at most 64 entries', 'a list'],
  [
    { hashes: [{ part: 1, sha256: 'short' }] },
    'hashes.0.sha256',
    'a string that matches ^[A-Za-z0-9+/]{43}=$',
    'short',
  ],
  [{ hashes: [null] }, 'hashes.0', 'an object', undefined],
  [{ upload: 17 }, 'upload', 'a string', '17'],
  [{ upload: { id: UPLOAD } }, 'upload', 'a string', 'an object'],
  [{ rateBps: -1 }, 'rateBps', 'a number from 0 up', '-1'],
  [{ rateBps: null }, 'rateBps', 'a number', 'null'],
  [{ leaseMs: undefined }, 'leaseMs', 'a number', undefined],
  [{ any: 65 }, 'any', 'a number of at most 64', '65'],
] as const)(
  'what is wrong is named with its place, what was expected, and what came: %j',
  ([change, where, expected, value]) => {
    const { re, error } = expectRefusal(decodeUp(JSON.stringify({ ...SYNC, ...change })));
    expect(re).toBe(1);
    expect(error.kind).toBe('malformed');
    expect(error.message).toBe(`Not as it should be: ${where}.`);
    expect(error.expected).toBe(expected);
    expect(error.value).toBe(value);
  },
);

test.for([
  [z.string().min(2), 'a', 'a string of at least 2 characters'],
  [z.string().max(2), 'abc', 'a string of at most 2 characters'],
  [z.array(z.int()).min(1), [], 'a list of at least 1 entries'],
  [z.number().positive(), 0, 'a number above 0'],
  [z.number().lt(5), 5, 'a number below 5'],
  [z.enum(['owner', 'helper']), 'guest', '"owner" or "helper"'],
  [z.literal('open'), 'shut', '"open"'],
  [z.boolean(), 1, 'true or false'],
  [z.union([z.int(), z.boolean()]), 'x', 'a message as docs/PROTOCOL.md has it'],
] as const)(
  'whatever zod complains of, what was expected reads like a specification: %#',
  ([schema, value, expected]) => {
    const issue = z.safeParse(schema, value).error?.issues[0];
    expect(expectationOf(issue)).toBe(expected);
  },
);

test('a number that is too large for JSON to keep is refused', () => {
  const frame = JSON.stringify(SYNC).replace('"rateBps":0', '"rateBps":1e999');
  expect(expectRefusal(decodeUp(frame)).error).toMatchObject({ kind: 'malformed', value: 'Infinity' });
});

test.for(['null', '7', 'true', '[]', '[{"type":"ping","id":1}]', '"ping"'])('%s is no message', (frame) => {
  const { re, error } = expectRefusal(decodeUp(frame));
  expect(re).toBeUndefined();
  expect(error).toMatchObject({ kind: 'malformed', message: 'Not as it should be: the message.' });
  expect(error.expected).toBe('an object');
});

test('a long value is echoed by its beginning', () => {
  const { error } = expectRefusal(decodeUp(JSON.stringify({ ...SYNC, upload: 'u'.repeat(20_000) })));
  expect(error.value).toBe(`${'u'.repeat(80)}…`);
});

test('whatever else is wrong, the answer carries the id if there is one', () => {
  const anyId = fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER));
  const keys = Object.keys(SYNC).filter((key) => key !== 'id');
  fc.assert(
    fc.property(anyId, fc.constantFrom(...keys), fc.anything(), (id, key, junk) => {
      const decoded = decodeUp(JSON.stringify({ ...SYNC, id, [key]: toJson(junk) }));
      if (!decoded.ok) expect(decoded.re).toBe(id);
      else expect(decoded.message.id).toBe(id);
    }),
    { numRuns: 500 },
  );
});

function toJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch {
    return null; // a bigint, or a circle
  }
}

test.for(['"7"', '-1', '1.5', 'null', '[7]', '{"id":7}', '1e999', '9007199254740993', 'true'])(
  'an id of %s cannot be repeated by an answer, and the message is refused',
  (id) => {
    const { re, error } = expectRefusal(decodeUp(`{"type":"ping","id":${id}}`));
    expect(re).toBeUndefined();
    expect(error.message).toBe('Not as it should be: id.');
  },
);

const DEPTH = 16_000;

test.for([
  ['lists', '['.repeat(DEPTH) + ']'.repeat(DEPTH)],
  ['objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['objects of types', `${'{"type":'.repeat(3_000)}1${'}'.repeat(3_000)}`],
  ['lists in a secret', `{"type":"join","id":1,"secret":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`],
  [
    'lists in a list of parts',
    JSON.stringify(SYNC).replace('"want":[]', `"want":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`),
  ],
  ['lists that never end', '['.repeat(32_000)],
] as const)('absurdly nested %s cost their sender an error, and nobody anything else', ([, frame]) => {
  expect(ProtocolError.safeParse(expectRefusal(decodeUp(frame)).error).success).toBe(true);
  expect(errorFrame(decodeUp(frame)).length).toBeLessThan(500);
});

test('absurd nesting where nobody looks is no harm', () => {
  const frame = `{"type":"ping","id":1,"more":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`;
  expect(decodeUp(frame)).toEqual({ ok: true, message: { type: 'ping', id: 1 } });
});

const INHERITED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

test.for(INHERITED)('%s is neither a type nor a way into the message', (key) => {
  expect(expectRefusal(decodeUp(`{"type":"${key}","id":3}`))).toMatchObject({
    re: 3,
    error: { kind: 'unknown-type', value: key },
  });
  expect(expectRefusal(decodeUp(`{"${key}":{"type":"ping","id":3}}`)).error.kind).toBe('unknown-type');
  expect(expectRefusal(decodeUp(`{"type":"ping","${key}":{"id":3}}`))).toMatchObject({
    error: { kind: 'malformed', message: 'Not as it should be: id.' },
  });

  const decoded = decodeUp(`{"type":"ping","id":3,"${key}":{"polluted":true,"type":"abort"}}`);
  if (!decoded.ok) throw new Error(decoded.error.message);
  expect(Object.getOwnPropertyNames(decoded.message).sort()).toEqual(['id', 'type']);
  expect(Object.getPrototypeOf(decoded.message)).toBe(Object.prototype);
  expect('polluted' in {}).toBe(false);
});

// Whatever of a secret came through, it would show.
const MARK = 'SECRET';
const secret = (name: string) => `${MARK}-${name}-0123456789abcdef`;
const secrets = { own: secret('own'), help: secret('help'), watch: secret('watch') };

interface Spoilable {
  [field: string]: unknown;
  type?: unknown;
}

const WITH_SECRETS: Spoilable[] = [
  { type: 'hello', id: 1, version: 1, device: { key: secret('key'), name: 'laptop' } },
  { type: 'create', id: 2, file: { name: 'a.mp4', sizeBytes: 9, type: '' }, secrets },
  { type: 'join', id: 3, secret: secret('join') },
];

/** A secret as careless programs send it. */
const spoiltSecret = fc.oneof(
  fc.constantFrom<unknown>(
    secret('plain'),
    `${MARK} with blanks and ümläuts`,
    MARK.repeat(40),
    MARK,
    [secret('listed')],
    { value: secret('wrapped') },
    { [secret('as-a-key')]: 1 },
    null,
    17,
  ),
  fc.string().map((text) => MARK + text),
);

type Spoil = (message: Spoilable) => unknown;

const someJunk = fc.jsonValue().filter((junk) => !JSON.stringify(junk).includes(MARK));

/** Everything that may go wrong with a message whose secrets are where they belong, or in place of what holds them. */
const anySpoil: fc.Arbitrary<Spoil> = fc.oneof(
  spoiltSecret.map(
    (spoilt): Spoil =>
      (message) => {
        if (message.type === 'join') return { ...message, secret: spoilt };
        if (message.type === 'hello') return { ...message, device: { name: 'laptop', key: spoilt } };
        return { ...message, secrets: { ...secrets, help: spoilt } };
      },
  ),
  spoiltSecret.map(
    (spoilt): Spoil =>
      (message) => {
        if (message.type === 'hello') return { ...message, device: spoilt };
        if (message.type === 'create') return { ...message, secrets: spoilt };
        return spoilt;
      },
  ),
  fc.tuple(fc.constantFrom('type', 'id', 'version', 'file', 'upload', 'more'), someJunk).map(
    ([key, junk]): Spoil =>
      (message) => ({ ...message, [key]: junk }),
  ),
  fc.constantFrom('type', 'id', 'version', 'file', 'device', 'secret', 'secrets').map(
    (key): Spoil =>
      (message) =>
        Object.fromEntries(Object.entries(message).filter(([name]) => name !== key)),
  ),
  fc.constantFrom('hello', 'create', 'join', 'sync', 'offer', 'Join', '').map(
    (type): Spoil =>
      (message) => ({ ...message, type }),
  ),
  fc.constant<Spoil>((message) => [message]),
);

test('whatever is wrong with a message, none of its secrets is in the error', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(
      fc.constantFrom(...WITH_SECRETS),
      fc.array(anySpoil, { minLength: 1, maxLength: 3 }),
      (message, spoils) => {
        let spoilt: unknown = message;
        for (const spoil of spoils) {
          if (typeof spoilt !== 'object' || spoilt === null || Array.isArray(spoilt)) break;
          spoilt = spoil(spoilt as Spoilable);
        }
        for (const decode of [decodeUp, decodeDown]) {
          const decoded = decode(JSON.stringify(spoilt));
          if (decoded.ok) continue;
          kinds.add(decoded.error.kind);
          expect(errorFrame(decoded)).not.toContain(MARK);
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(kinds).toEqual(new Set(['malformed', 'unknown-type']));
});

test('a frame with a secret that is cut off, spoilt or too long is refused without it', () => {
  for (const message of WITH_SECRETS) {
    const frame = JSON.stringify(message);
    for (let length = 0; length < frame.length; length++) {
      expect(errorFrame(decodeUp(frame.slice(0, length)))).not.toContain(MARK);
    }
    expect(errorFrame(decodeUp(`${frame}}`))).not.toContain(MARK);
    expect(errorFrame(decodeUp(frame + ' '.repeat(MAX_FRAME_BYTES)))).not.toContain(MARK);
  }
});

test('whatever comes, it is a message or an error that fits a frame', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (frame) => {
      const decoded = decodeUp(frame);
      expect(decoded.ok).toBe(false);
      expect(ProtocolError.safeParse(expectRefusal(decoded).error).success).toBe(true);
      expect(decodeDown(errorFrame(decoded)).ok).toBe(true);
    }),
    { numRuns: 500 },
  );
});
