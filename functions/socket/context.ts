import type { Down } from '../../protocol/down.ts';
import type { Role } from '../../protocol/messages/common.ts';
import type { LinkEnd } from '../../protocol/messages/error.ts';
import { dismiss } from '../broadcast.ts';
import type { Caller, Member, Ports, UploadMeta } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules.ts';

/** What a message's handler works with: who sent it, by which host, and the ports. */
export interface MessageContext {
  ports: Ports;
  connection: string;
  host: string;
  sourceIp: string;
  rules: Rules;
  /** The sender's number on the board, once that is known: for the log. */
  device?: number;
  /** What is left to do once the answer is out, because it takes its time. */
  afterwards?: () => Promise<void>;
}

/** A handler's answer to the sender. */
export type Answer = Down;

export async function callerOf({ ports, connection }: MessageContext): Promise<Caller> {
  const caller = await ports.members.caller(connection);
  if (caller) return caller;
  throw new Refusal('hello-first', 'A connection has to say hello before anything else.', {
    expected: 'hello',
  });
}

export async function memberOf(context: MessageContext, upload: string): Promise<Member> {
  const member = await context.ports.members.member(upload, context.connection);
  if (member?.untilMs !== undefined && member.untilMs <= context.ports.clock.nowMs()) {
    await dismiss(context.ports, member);
    throw notAdmitted('run-out');
  }
  if (member) {
    context.device = member.device;
    return member;
  }
  await callerOf(context);
  throw new Refusal('not-joined', 'This connection has not opened that upload. Join it first.', {
    expected: 'an upload that this connection has joined',
    value: upload,
  });
}

const NOT_ADMITTED: Record<LinkEnd | 'unknown', string> = {
  'taken-back': 'This link was taken back. Ask for a new one.',
  'run-out': 'This link has run out. Ask for a new one.',
  unknown: 'This link is not valid, or not any more. Ask for a new one.',
};

/** `end`: of a link whose secret the sender knows; of any other, nobody learns whether there is or was one. */
export function notAdmitted(end?: LinkEnd): Refusal {
  return new Refusal('not-admitted', NOT_ADMITTED[end ?? 'unknown'], {
    expected: 'the secret of a link that is good',
    ...(end === undefined ? {} : { value: end }),
  });
}

export function requireRole(member: Member, roles: readonly Role[], toDo: string): void {
  if (roles.includes(member.role)) return;
  throw new Refusal('not-allowed', `This link does not allow you to ${toDo}.`, {
    expected: roles.join(' or '),
    value: member.role,
  });
}

const metas = new WeakMap<Ports, Map<string, UploadMeta>>();
const MAX_METAS = 1_000;

/** META never changes, so an instance that has read it once need not read it again. */
export async function metaOf(ports: Ports, upload: string): Promise<UploadMeta> {
  const known = metas.get(ports) ?? new Map<string, UploadMeta>();
  metas.set(ports, known);
  const cached = known.get(upload);
  if (cached) return cached;
  const meta = await ports.uploads.meta(upload);
  if (!meta) throw new Error(`upload ${upload} has members but no META`);
  if (known.size >= MAX_METAS) known.clear();
  known.set(upload, meta);
  return meta;
}
