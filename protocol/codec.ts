import type { z } from 'zod';
import { Down } from './down.ts';
import { expectationOf } from './expectation.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import type { ProtocolError } from './messages/error.ts';
import { Up } from './up.ts';

/** A message, or why it is none; `re` is the id of the message if that could be read. */
export type Decoded<Message> =
  | { ok: true; message: Message }
  | { ok: false; re?: number; error: ProtocolError };

export function decodeUp(frame: string): Decoded<Up> {
  return decode(Up, frame);
}

export function decodeDown(frame: string): Decoded<Down> {
  return decode(Down, frame);
}

/** Throws RangeError for a message that would not fit a frame: that is a fault of the sender's program. */
export function encode(message: Up | Down): string {
  const frame = JSON.stringify(message);
  const sizeBytes = utf8Length(frame);
  if (sizeBytes > MAX_FRAME_BYTES) {
    throw new RangeError(
      `a frame is at most ${MAX_FRAME_BYTES} bytes; a ${message.type} of ${sizeBytes} is not`,
    );
  }
  return frame;
}

/** Bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  let sizeBytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    sizeBytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return sizeBytes;
}

function decode<Message>(schema: z.ZodType<Message>, frame: string): Decoded<Message> {
  // Three bytes a UTF-16 unit at most: the cheap test spares the exact one for all ordinary frames.
  if (frame.length * 3 > MAX_FRAME_BYTES) {
    const sizeBytes = utf8Length(frame);
    if (sizeBytes > MAX_FRAME_BYTES) return tooLong(sizeBytes);
  }
  let json: unknown;
  try {
    json = JSON.parse(frame);
  } catch {
    return refuse(undefined, 'malformed', 'This message is not JSON.', 'JSON', undefined);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const issue = parsed.error.issues[0];
  const re = readableId(json);
  if (issue?.code === 'invalid_union' && issue.path[0] === 'type') {
    return refuse(
      re,
      'unknown-type',
      'This message has an unknown type.',
      'a known message type',
      at(json, ['type']),
    );
  }
  const path = issue?.path ?? [];
  const where = path.length > 0 ? path.join('.') : 'the message';
  const mayEcho = !isSecret(path) && !isForObject(issue);
  const value = mayEcho ? at(json, path) : undefined;
  return refuse(re, 'malformed', `Not as it should be: ${where}.`, expectationOf(issue), value);
}

function tooLong(sizeBytes: number): Decoded<never> {
  const message = 'This message is too long.';
  return refuse(undefined, 'too-long', message, `at most ${MAX_FRAME_BYTES} bytes`, sizeBytes);
}

function refuse(
  re: number | undefined,
  kind: ProtocolError['kind'],
  message: string,
  expected: string,
  value: unknown,
): Decoded<never> {
  const error: ProtocolError = { kind, message, expected };
  const text = shorten(value);
  if (text !== undefined) error.value = text;
  return re === undefined ? { ok: false, error } : { ok: false, re, error };
}

const SECRET_FIELDS: ReadonlySet<PropertyKey> = new Set(['secret', 'secrets', 'key', 'token']);

/** Values are echoed to help whoever writes a client; secrets never are. */
function isSecret(path: readonly PropertyKey[]): boolean {
  return path.some((step) => SECRET_FIELDS.has(step));
}

/** What came in place of an object may be a secret that belongs inside: `device` for `device.key`, say. */
function isForObject(issue: z.core.$ZodIssue | undefined): boolean {
  return issue?.code === 'invalid_type' && issue.expected === 'object';
}

const MAX_ECHO_LENGTH = 80;

function shorten(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = String(value);
  return text.length > MAX_ECHO_LENGTH ? `${text.slice(0, MAX_ECHO_LENGTH)}…` : text;
}

function at(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    json,
  );
}

/** The id of a message that is not looked into any further. Bounded: what is longer is no message. */
export function idIn(frame: string): number | undefined {
  if (frame.length > MAX_FRAME_BYTES) return undefined;
  try {
    return readableId(JSON.parse(frame));
  } catch {
    return undefined;
  }
}

function readableId(json: unknown): number | undefined {
  const id = at(json, ['id']);
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}
