import { createHash } from 'node:crypto';

function digest(purpose: string, secret: string): Buffer {
  return createHash('sha256').update(`${purpose}:${secret}`).digest();
}

/** What the table keeps of a link's secret. */
export function secretHash(secret: string): string {
  return digest('share', secret).toString('base64url');
}

/** A link's name, for its owner's list and for logs. */
export function shareIdOf(secret: string): string {
  return digest('share-id', secret).subarray(0, 8).toString('base64url');
}

/** What a server keeps of its own key. */
export function instanceKeyHash(key: string): string {
  return digest('instance', key).toString('base64url');
}

/** Somebody's address or name, where it serves for counting only. */
export function counterNameOf(who: string): string {
  return digest('counter', who).subarray(0, 16).toString('base64url');
}

/** Somebody's name in the table: the same for the same person, and no word about who that is. */
export function subjectOf(issuer: string, sub: string): string {
  return digest('subject', JSON.stringify([issuer, sub]))
    .subarray(0, 16)
    .toString('base64url');
}

/** A device's id, the same whenever it comes with the same key. */
export function deviceIdOf(key: string): string {
  return digest('device', key).subarray(0, 16).toString('base64url');
}

/** An upload's id: made of its owner's secret, so that a repeated `create` finds the same upload. */
export function uploadIdOf(ownSecret: string): string {
  return digest('upload', ownSecret).subarray(0, 16).toString('base64url');
}
