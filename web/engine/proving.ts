import type { PartHash } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Connection } from './connection.ts';
import type { HashOutcome } from './ports.ts';

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
