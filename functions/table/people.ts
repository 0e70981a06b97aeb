import type { Letterbox, People } from '../ports.ts';
import {
  JOINED_PREFIX,
  letterboxKey,
  MEMBER_PREFIX,
  OWNER_PREFIX,
  ownedKey,
  ownerKey,
  ownerPartition,
  presenceKey,
  ttlOf,
  uploadPartition,
} from './keys.ts';
import type { Table } from './table.ts';

/** Whose an upload is, from both sides, and by which connections somebody is here. */
export function makePeople(table: Table): People {
  const names = async (pk: string, prefix: string) =>
    (await table.query(pk, prefix)).map(({ sk }) => String(sk).slice(prefix.length));
  return {
    async own(subject, upload, expiresAtMs) {
      const ttlS = ttlOf(expiresAtMs);
      // From the upload first: whoever finds it in their list hears of its changes.
      await table.put({ ...ownerKey(upload, subject), ttlS });
      await table.put({ ...ownedKey(subject, upload), ttlS });
    },
    async owns(subject, upload) {
      return (await table.get(ownedKey(subject, upload))) !== undefined;
    },
    async disown(subject, upload) {
      await table.delete(ownedKey(subject, upload));
    },
    uploadsOf: (subject) => names(ownerPartition(subject), JOINED_PREFIX),
    ownersOf: (upload) => names(uploadPartition(upload), OWNER_PREFIX),
    async arrive(subject, connection, untilMs) {
      await table.put({ ...presenceKey(subject, connection), ttlS: ttlOf(untilMs) });
    },
    async depart(subject, connection) {
      await table.delete(presenceKey(subject, connection));
    },
    connectionsOf: (subject) => names(ownerPartition(subject), MEMBER_PREFIX),
    async letterbox(subject) {
      const item = await table.get(letterboxKey(subject));
      if (!item) return undefined;
      const { address, language, untilMs } = item as unknown as Letterbox;
      return { address, language, untilMs };
    },
    async setLetterbox(subject, box) {
      if (box) await table.put({ ...letterboxKey(subject), ...box, ttlS: Math.ceil(box.untilMs / 1_000) });
      else await table.delete(letterboxKey(subject));
    },
  };
}
