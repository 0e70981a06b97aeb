import { partsOf, stripeOf } from '../../protocol/board/bits.ts';
import { CHALLENGE_PARTS } from '../../protocol/limits.ts';
import type { Offer, Prove } from '../../protocol/messages/prove.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, type MessageContext, memberOf, metaOf, requireRole } from './context.ts';

/** The server picks parts whose hashes it knows; the device has to know them too. */
export async function offer(context: MessageContext, message: Offer): Promise<Answer> {
  const { ports } = context;
  const member = await memberOf(context, message.upload);
  requireRole(member, ['owner', 'helper'], 'carry parts');
  const meta = await metaOf(ports, message.upload);
  if (message.sizeBytes !== meta.sizeBytes) {
    throw new Refusal('different-file', 'This is not the same file: its size is another.', {
      expected: `${meta.sizeBytes} bytes`,
      value: String(message.sizeBytes),
    });
  }
  // Said a second time, it is answered a second time; another choice would make the proof for the first one a wrong one.
  if (member.challenge.length > 0) return { type: 'challenge', re: message.id, parts: [...member.challenge] };
  const known = (await ports.stripes.loadAll(message.upload)).flatMap((stripe) =>
    partsOf(stripe.s, stripe.known),
  );
  if (known.length === 0 && member.role !== 'owner') {
    throw new Refusal('not-ready', 'The owner has only just begun. Trying again in a moment.', {
      minBackoffMs: 1_000,
    });
  }
  const parts = pick(known, CHALLENGE_PARTS, ports.random);
  await ports.members.admit({ ...member, proven: false, challenge: parts });
  return { type: 'challenge', re: message.id, parts };
}

export async function prove(context: MessageContext, message: Prove): Promise<Answer> {
  const { ports } = context;
  const member = await memberOf(context, message.upload);
  requireRole(member, ['owner', 'helper'], 'carry parts');
  if (member.proven) return { type: 'proven', re: message.id };
  if (member.challenge.length === 0 && member.role !== 'owner') {
    throw new Refusal('not-proven', 'Nothing was asked to be proven yet.', { expected: 'an offer first' });
  }
  const shown = new Map(message.hashes.map(({ part, sha256 }) => [part, sha256]));
  if (member.challenge.some((part) => !shown.has(part))) {
    throw new Refusal('not-proven', 'Other parts than these were asked for. Trying again in a moment.', {
      expected: `parts ${member.challenge.join(', ')}`,
    });
  }
  const manifest = await hashesOf(ports, message.upload, member.challenge);
  for (const part of member.challenge) {
    if (shown.get(part) !== manifest.get(part)) {
      throw new Refusal('different-file', `This is not the same file: part ${part} differs.`, {
        part,
        expected: `the bytes of part ${part} as the owner has them`,
        value: 'other bytes',
      });
    }
  }
  await ports.members.admit({ ...member, proven: true, challenge: [] });
  return { type: 'proven', re: message.id };
}

async function hashesOf(
  ports: Ports,
  upload: string,
  parts: readonly number[],
): Promise<Map<number, string>> {
  const stripes = new Set(parts.map((part) => stripeOf(part)));
  const loaded = await Promise.all([...stripes].map((s) => ports.manifests.load(upload, s)));
  return new Map(loaded.flatMap((hashes) => [...hashes]));
}

/** `count` different ones, or all there are. */
function pick(from: readonly number[], count: number, random: () => number): number[] {
  const left = [...from];
  const picked: number[] = [];
  while (picked.length < count && left.length > 0) {
    picked.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return picked.sort((a, b) => a - b);
}
