import { timingSafeEqual } from 'node:crypto';
import type { Role } from '../../protocol/messages/common.ts';
import type { NewShare, Share, Shares } from '../ports.ts';
import { LINK_PREFIX, linkKey, secretKey, shareSecretParts, ttlOf, uploadPartition } from './keys.ts';
import type { Item, Table } from './table.ts';

/**
 * A link is two items. The one in the upload's partition is the truth: what it admits to, until when, how much. The
 * other one is the way there from the secret:
 *
 *     secret ─sha256─▶ first half: the item's key        T#half ─▶ U#upload / L#share
 *                      second half: kept in the item, compared in constant time
 *
 * So how long a look-up takes says nothing about the half that a guess would still have to have right.
 */
export function makeShares(table: Table): Shares {
  const get = async (upload: string, share: string) => {
    const item = await table.get(linkKey(upload, share));
    return item && shareOf(item);
  };
  return {
    add: (share) => putShare(table, share),

    async find(secretHash) {
      const pointer = await table.get(secretKey(secretHash));
      if (!pointer || !isSame(String(pointer.verifier), secondHalf(secretHash))) return undefined;
      return get(String(pointer.upload), String(pointer.share));
    },

    get,

    async list(upload) {
      return (await table.query(uploadPartition(upload), LINK_PREFIX)).map(shareOf);
    },

    async revoke(upload, share, nowMs) {
      const revoked = await table.update(linkKey(upload, share), {
        // Said a second time, the first moment stays.
        update: 'SET revokedAtMs = if_not_exists(revokedAtMs, :now)',
        condition: 'attribute_exists(pk) AND isMakers = :no',
        values: { ':now': nowMs, ':no': false },
      });
      return revoked !== undefined;
    },

    async use(upload, share, bytes, limitBytes) {
      const used = await table.update(linkKey(upload, share), {
        // Should the SDK repeat this because an answer was lost, too much is counted: never too little.
        update: 'ADD usedBytes :bytes',
        condition: 'usedBytes <= :most',
        values: { ':bytes': bytes, ':most': limitBytes - bytes },
      });
      return used !== undefined;
    },

    async lied(upload, share) {
      const counted = await table.update(linkKey(upload, share), {
        update: 'ADD lies :one',
        condition: 'attribute_exists(pk)',
        values: { ':one': 1 },
      });
      return Number(counted?.lies ?? 0);
    },
  };
}

/** The truth first: whatever a secret leads to is there. */
export async function putShare(table: Table, share: NewShare): Promise<'added' | 'taken'> {
  const { secretHash, ...link } = share;
  const ttlS = ttlOf(share.expiresAtMs);
  const isFree = { expression: 'attribute_not_exists(pk)' };
  const key = linkKey(share.upload, share.share);
  if (!(await table.put({ ...key, ...link, usedBytes: 0, ttlS }, isFree))) {
    if ((await table.get(key))?.role !== share.role) return 'taken';
  }
  const pointer = { verifier: secondHalf(secretHash), upload: share.upload, share: share.share };
  if (await table.put({ ...secretKey(secretHash), ...pointer, ttlS }, isFree)) return 'added';
  const known = await table.get(secretKey(secretHash));
  return known?.upload === share.upload && known.share === share.share ? 'added' : 'taken';
}

const secondHalf = (secretHash: string) => shareSecretParts(secretHash)[1];

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function shareOf(item: Item): Share {
  return {
    upload: String(item.upload),
    share: String(item.share),
    role: item.role as Role,
    name: String(item.name),
    isMakers: item.isMakers === true,
    createdAtMs: Number(item.createdAtMs),
    expiresAtMs: Number(item.expiresAtMs),
    limitBytes: item.limitBytes as number | undefined,
    usedBytes: Number(item.usedBytes),
    revokedAtMs: item.revokedAtMs as number | undefined,
  };
}
