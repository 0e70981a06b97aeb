import { MAX_LIVE_LINKS } from '../../protocol/limits.ts';
import type { List, Revoke, Share, ShareInfo, Shares } from '../../protocol/messages/share.ts';
import { broadcast } from '../broadcast.ts';
import { cutOff } from '../cut-off.ts';
import { secretHash, shareIdOf } from '../hashing.ts';
import { isGood } from '../links.ts';
import type { Ports, Share as StoredShare } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, type MessageContext, memberOf, metaOf, requireRole } from './context.ts';

export async function share(context: MessageContext, message: Share): Promise<Answer> {
  const { ports } = context;
  const { upload, secret, role, name, lifeMs, limitBytes } = message;
  requireRole(await memberOf(context, upload), ['owner'], 'make links');
  const nowMs = ports.clock.nowMs();
  const id = shareIdOf(secret);
  const known = await ports.shares.list(upload);
  const isRepeated = known.some((one) => one.share === id);
  if (!isRepeated && known.filter((one) => isGood(one, nowMs)).length >= MAX_LIVE_LINKS) {
    throw new Refusal('too-many', `An upload has ${MAX_LIVE_LINKS} links at most. Take one back first.`, {
      expected: `at most ${MAX_LIVE_LINKS} links`,
    });
  }
  const { expiresAtMs } = await metaOf(ports, upload);
  const added = await ports.shares.add({
    upload,
    share: id,
    secretHash: secretHash(secret),
    role,
    name,
    isMakers: false,
    createdAtMs: nowMs,
    expiresAtMs: lifeMs === undefined ? expiresAtMs : Math.min(expiresAtMs, nowMs + lifeMs),
    limitBytes,
  });
  if (added === 'taken') {
    throw new Refusal('malformed', 'This secret is in use already. Make a new one for each link.', {
      expected: 'a secret that was never used before',
    });
  }
  ports.log({ kind: 'shared', upload, share: id, role });
  return tellOwners(context, upload, message.id);
}

/**
 * The link's end is written down first: from then on no sync of its devices is granted anything. Then its connections
 * are cut. Should we die in between, saying it again does the rest.
 */
export async function revoke(context: MessageContext, message: Revoke): Promise<Answer> {
  const { ports } = context;
  const { upload, share: id } = message;
  requireRole(await memberOf(context, upload), ['owner'], 'take links back');
  if (!(await ports.shares.revoke(upload, id, ports.clock.nowMs()))) {
    const isMakers = (await ports.shares.get(upload, id)) !== undefined;
    throw isMakers
      ? new Refusal(
          'link-is-makers',
          'This is the link by which the upload was made. End the upload instead.',
        )
      : new Refusal('no-such-link', 'This upload has no such link.', { value: id });
  }
  ports.log({ kind: 'revoked', upload, share: id });
  await cutOff(ports, upload, (member) => member.share === id);
  return tellOwners(context, upload, message.id);
}

export async function list(context: MessageContext, { id, upload }: List): Promise<Answer> {
  requireRole(await memberOf(context, upload), ['owner'], 'see the links');
  return answer(context.ports, upload, id);
}

async function tellOwners(
  { ports, connection }: MessageContext,
  upload: string,
  re: number,
): Promise<Shares> {
  const { re: _, ...news } = await answer(ports, upload, re);
  await broadcast(ports, upload, news, connection, (member) => member.role === 'owner');
  return { ...news, re };
}

async function answer(ports: Ports, upload: string, re: number): Promise<Shares> {
  const shares = await ports.shares.list(upload);
  const nowMs = ports.clock.nowMs();
  // What is good comes first, then what was good lately; all of it has to fit a frame.
  const order = (a: StoredShare, b: StoredShare) =>
    Number(isGood(b, nowMs)) - Number(isGood(a, nowMs)) || b.createdAtMs - a.createdAtMs;
  return { type: 'shares', re, upload, shares: shares.toSorted(order).slice(0, MAX_LISTED).map(infoOf) };
}

const MAX_LISTED = MAX_LIVE_LINKS;

function infoOf(share: StoredShare): ShareInfo {
  const { share: id, role, name, isMakers, createdAtMs, expiresAtMs, revokedAtMs, limitBytes } = share;
  return {
    share: id,
    role,
    name,
    isMakers,
    createdAtMs,
    expiresAtMs,
    ...(revokedAtMs === undefined ? {} : { revokedAtMs }),
    ...(limitBytes === undefined ? {} : { limitBytes, usedBytes: share.usedBytes }),
  };
}
