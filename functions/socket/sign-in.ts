import { encode } from '../../protocol/codec.ts';
import type { Adopt, ListMine, MyUpload, Open, SignIn } from '../../protocol/messages/sign-in.ts';
import { secretHash } from '../hashing.ts';
import { isGood } from '../links.ts';
import { inFrames, myUpload, tellPeople } from '../my-uploads.ts';
import type { Caller } from '../ports.ts';

import { type Answer, type MessageContext, notAdmitted } from './context.ts';
import { openBoard } from './join.ts';
import { mailOf } from './mail.ts';
import { personOf, subjectOf } from './person.ts';

export async function signIn(context: MessageContext, caller: Caller, message: SignIn): Promise<Answer> {
  const { ports, connection } = context;
  const person = await personOf(context, message.token);
  const { subject, untilMs } = person;
  if (caller.subject && caller.subject !== subject) await ports.people.depart(caller.subject, connection);
  await ports.members.greet({ ...caller, subject, subjectUntilMs: untilMs });
  await ports.people.arrive(subject, connection, untilMs);
  ports.log({ kind: 'signed-in', connection });
  const mail = await mailOf(context, person);
  return { type: 'signed-in', re: message.id, name: person.name, untilMs, ...(mail && { mail }) };
}

/**
 * Secrets that open nothing (any more) are passed over: the others are what was meant. So are links, even those that
 * admit an owner: they end and are taken back, and whose an upload is does not.
 */
export async function adopt({ ports }: MessageContext, caller: Caller, message: Adopt): Promise<Answer> {
  const subject = subjectOf(caller);
  for (const secret of message.secrets) {
    const share = await ports.shares.find(secretHash(secret));
    if (share?.role !== 'owner' || !share.isMakers || !isGood(share, ports.clock.nowMs())) continue;
    if (await ports.people.owns(subject, share.upload)) continue;
    await ports.people.own(subject, share.upload, share.expiresAtMs);
    await tellPeople(ports, share.upload);
  }
  return { type: 'ok', re: message.id };
}

/** The newest of them: more would be no list that anybody reads. */
const MOST_LISTED = 200;

export async function listMine(
  { ports, connection }: MessageContext,
  caller: Caller,
  message: ListMine,
): Promise<Answer> {
  const subject = subjectOf(caller);
  const uploads: MyUpload[] = [];
  for (const upload of await ports.people.uploadsOf(subject)) {
    const one = await myUpload(ports, upload);
    if (one) uploads.push(one);
    else await ports.people.disown(subject, upload);
  }
  const newest = uploads.toSorted((a, b) => b.createdAtMs - a.createdAtMs).slice(0, MOST_LISTED);
  const [first = [], ...rest] = inFrames(newest);
  for (const more of rest) await ports.sockets.post(connection, encode({ type: 'mine', uploads: more }));
  return { type: 'mine', re: message.id, uploads: first };
}

export async function open(context: MessageContext, caller: Caller, message: Open): Promise<Answer> {
  const { ports } = context;
  const { upload } = message;
  // On a new connection the sign-in may be under way just now.
  const isTheirs = await ports.people.owns(subjectOf(caller, { minBackoffMs: 1_000 }), upload);
  const meta = isTheirs ? await ports.uploads.meta(upload) : undefined;
  if (!meta) throw notAdmitted();
  return openBoard(context, caller, meta, { role: 'owner' }, { re: message.id, proven: false });
}
