import { decodeUp, encode } from '../../protocol/codec.ts';
import type { ErrorMessage, ProtocolError } from '../../protocol/messages/error.ts';
import { saysStoreFull } from '../../protocol/store-full.ts';
import type { Up } from '../../protocol/up.ts';
import { dismiss } from '../broadcast.ts';
import { errorTrace } from '../observing/error-trace.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, callerOf, type MessageContext } from './context.ts';
import { create } from './create.ts';
import { abort, download } from './end.ts';
import { hello, ping } from './hello.ts';
import { join, leave } from './join.ts';
import { mailMe } from './mail.ts';
import { pause } from './pause.ts';
import { offer, prove } from './prove.ts';
import { list, revoke, share } from './share.ts';
import { adopt, listMine, open, signIn } from './sign-in.ts';
import { sync } from './sync.ts';

/**
 * One frame in, at most one frame out. Never throws: what goes wrong costs its sender an `error` and nobody else
 * anything. Who does not begin with hello is told why, then cut; there is no answer then.
 */
export async function onFrame(context: MessageContext, frame: string): Promise<string | undefined> {
  const { ports, connection } = context;
  const decoded = decodeUp(frame);
  if (!decoded.ok) {
    ports.log({ kind: 'refused', connection, refusal: decoded.error.kind });
    const error = errorMessage(decoded.re, decoded.error);
    return (await ports.members.caller(connection)) ? encode(error) : cut(context, error);
  }
  const { message } = decoded;
  const startedMs = ports.clock.nowMs();
  const upload = 'upload' in message ? message.upload : undefined;
  const entry = { type: message.type, connection, upload };
  try {
    const answer = await handle(context, message);
    const about = answer.type === 'board' ? { upload: answer.upload, device: answer.device } : { upload };
    const tookMs = ports.clock.nowMs() - startedMs;
    ports.log({ kind: 'message', ...entry, device: context.device, ...about, tookMs });
    if (context.afterwards === undefined) return encode(answer);
    await answerFirst(context, encode(answer), entry);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) {
      ports.log({ kind: 'refused', ...entry, refusal: error.error.kind });
      const refused = errorMessage(message.id, error.error, upload);
      return error.error.kind === 'hello-first' ? cut(context, refused) : encode(refused);
    }
    return encode(errorMessage(message.id, mishap(ports, entry, error), upload));
  }
}

/** What is left to do takes its time, and its sender waits for nothing but the answer: it is posted. */
async function answerFirst(
  { ports, connection, afterwards }: MessageContext,
  answer: string,
  entry: Record<string, unknown>,
): Promise<void> {
  await ports.sockets.post(connection, answer);
  try {
    await afterwards?.();
  } catch (error) {
    mishap(ports, entry, error);
  }
}

/** The connection is gone, for whatever reason. Safe to repeat. */
export async function onDisconnect(ports: Ports, connection: string): Promise<void> {
  for (const upload of await ports.members.forget(connection)) {
    const member = await ports.members.member(upload, connection);
    if (member) await dismiss(ports, member);
  }
}

async function handle(context: MessageContext, message: Up): Promise<Answer> {
  switch (message.type) {
    case 'hello':
      return hello(context, message);
    case 'create':
      return create(context, await callerOf(context), message);
    case 'join':
      return join(context, await callerOf(context), message);
    case 'leave':
      return leave(context, message);
    case 'offer':
      return offer(context, message);
    case 'prove':
      return prove(context, message);
    case 'sync':
      return sync(context, message);
    case 'abort':
      return abort(context, message);
    case 'pause':
      return pause(context, message);
    case 'download':
      return download(context, message);
    case 'share':
      return share(context, message);
    case 'revoke':
      return revoke(context, message);
    case 'list':
      return list(context, message);
    case 'sign-in':
      return signIn(context, await callerOf(context), message);
    case 'mail-me':
      return mailMe(context, await callerOf(context), message);
    case 'adopt':
      return adopt(context, await callerOf(context), message);
    case 'list-mine':
      return listMine(context, await callerOf(context), message);
    case 'open':
      return open(context, await callerOf(context), message);
    case 'ping':
      return ping(context, message);
  }
}

async function cut({ ports, connection }: MessageContext, why: ErrorMessage): Promise<undefined> {
  await ports.sockets.post(connection, encode(why));
  await ports.sockets.close(connection);
}

export function errorMessage(re: number | undefined, error: ProtocolError, upload?: string): ErrorMessage {
  return {
    type: 'error',
    ...(re === undefined ? {} : { re }),
    ...(upload === undefined ? {} : { upload }),
    error,
  };
}

/** Somebody has to make room first. */
const ROOM_BACKOFF_MS = 5_000;

/** Storage that is full or does not answer, or a fault of ours: logged with its context, told without. */
function mishap(ports: Ports, entry: Record<string, unknown>, error: unknown): ProtocolError {
  ports.log({ kind: 'mishap', ...entry, ...errorTrace(error) });
  if (isFull(error)) {
    const message =
      'The disk of the server is full. What is uploaded is kept, and it goes on by itself once somebody has made room there.';
    return { kind: 'store-full', message, minBackoffMs: ROOM_BACKOFF_MS };
  }
  const message = isFromService(error)
    ? 'The storage behind this server does not answer. What is done is kept; trying again.'
    : 'Something went wrong on the server. What is done is kept; trying again.';
  return { kind: isFromService(error) ? 'unavailable' : 'internal', message, minBackoffMs: 2_000 };
}

/** The bucket, or the table, has no room. */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return saysStoreFull($metadata?.httpStatusCode, error.name);
}

/** The SDK marks errors that came from a service (`$fault`), and connection errors have a system code. */
function isFromService(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    ('$fault' in error || 'code' in error || '$metadata' in error)
  );
}
