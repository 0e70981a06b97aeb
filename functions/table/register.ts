import type { LiveUpload, Register, UploadMeta } from '../ports.ts';
import {
  ENDED_PARTITION,
  endedBefore,
  endedKey,
  type Key,
  LIVE_PARTITION,
  liveKey,
  sweepMarkKey,
  uploadPartition,
} from './keys.ts';
import type { Item, Table } from './table.ts';

/**
 * A small item for each upload in a partition of their own, written when the upload is made. The sweep reads those: 40
 * to the read unit. A Scan would read every stripe and hash of every board each time, some 500 KB for a big upload.
 *
 *     LIVE / upload ──settle──▶ ENDED / when#upload ──forget──▶ gone, and the upload's partition with it
 */
export function makeRegister(table: Table): Register {
  return {
    async live(after, limit) {
      const items = await table.some(LIVE_PARTITION, after === undefined ? {} : { after }, limit);
      return items.map(({ pk, sk, ...live }) => live as unknown as LiveUpload);
    },
    async settle(upload, forgetAtMs) {
      await table.put({ ...endedKey(forgetAtMs, upload), upload, forgetAtMs });
      await table.delete(liveKey(upload));
    },
    async due(nowMs, limit) {
      const items = await table.some(ENDED_PARTITION, { before: endedBefore(nowMs) }, limit);
      return items.map(({ upload, forgetAtMs }) => ({
        upload: String(upload),
        forgetAtMs: Number(forgetAtMs),
      }));
    },
    async forget(upload, forgetAtMs) {
      const partition = uploadPartition(upload);
      const items = await table.query(partition, '');
      for (const item of items) await table.delete(keyOf(item));
      await table.delete(endedKey(forgetAtMs, upload));
    },
    async mark() {
      const item = await table.get(sweepMarkKey);
      return item?.upload as string | undefined;
    },
    async setMark(upload) {
      await table.put({ ...sweepMarkKey, upload });
    },
  };
}

/** What the register keeps of an upload: enough to end it even if its maker died before it was there. */
export function liveOf({ upload, key, s3UploadId, createdAtMs, expiresAtMs }: UploadMeta): LiveUpload & Item {
  return { upload, key, s3UploadId, createdAtMs, expiresAtMs };
}

function keyOf({ pk, sk }: Item): Key {
  return { pk: String(pk), sk: String(sk) };
}
