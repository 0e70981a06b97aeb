import { MAX_PARTS_PER_LIST } from '../../protocol/limits.ts';
import type { PartHash } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Connection } from './connection.ts';
import type { HashOutcome } from './ports.ts';
import { syncMessage } from './sync-message.ts';

const NO_WORK = { leaseMs: 0, rateBps: 0, backlogBytes: 0 };

export type Proof =
  | { state: 'proven' }
  | { state: 'refused'; error: ProtocolError }
  | { state: 'unreadable'; reason: string }
  | { state: 'lost' };

/** Shows the server that this device has the file: the hashes of a few parts that the server picks. */
export async function prove(
  connection: Pick<Connection, 'request'>,
  upload: string,
  sizeBytes: number,
  hashOf: (part: number) => Promise<HashOutcome>,
): Promise<Proof> {
  const challenge = await connection.request({ type: 'offer', upload, sizeBytes });
  if (challenge.state !== 'answered') return challenge;
  if (challenge.message.type !== 'challenge') return { state: 'lost' };
  const hashes: PartHash[] = [];
  for (const part of challenge.message.parts) {
    const outcome = await hashOf(part);
    if (outcome.state === 'unreadable') return outcome;
    if (outcome.state === 'aborted') return { state: 'lost' };
    hashes.push({ part, sha256: outcome.sha256 });
  }
  const reply = await connection.request({ type: 'prove', upload, hashes });
  return reply.state === 'answered' ? { state: 'proven' } : reply;
}

/**
 * Shows that each of these parts, whose hashes are published, still has its bytes. Where an owner's file has been
 * written to since the upload began, a few parts picked by chance say too little: the hashes that are still to be
 * published would be those of another file, and the object a mixture of both.
 */
export async function verify(
  connection: Pick<Connection, 'request'>,
  upload: string,
  parts: readonly number[],
  hashOf: (part: number) => Promise<HashOutcome>,
): Promise<Proof> {
  for (let first = 0; first < parts.length; first += MAX_PARTS_PER_LIST) {
    const hashes: PartHash[] = [];
    for (const part of parts.slice(first, first + MAX_PARTS_PER_LIST)) {
      const outcome = await hashOf(part);
      if (outcome.state === 'unreadable') return outcome;
      if (outcome.state === 'aborted') return { state: 'lost' };
      hashes.push({ part, sha256: outcome.sha256 });
    }
    const nothing = { done: [], want: [], hedge: [], release: [], renew: [] };
    // Published a second time, a hash is compared with the first.
    const reply = await connection.request(syncMessage(upload, { ...nothing, hashes }, NO_WORK));
    if (reply.state !== 'answered') return reply;
  }
  return { state: 'proven' };
}
