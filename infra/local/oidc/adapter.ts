import { createHash } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Table } from '../../../functions/table/table.ts';

/**
 * What oidc-provider keeps (sessions, codes, refresh tokens), in the table. Ids are the tokens themselves, so they are
 * stored hashed. (A session is found by its uid as well, so that its id is there; it is worth nothing without the
 * signature of its cookie.)
 */
export function makeAdapter(table: Table, nowMs: () => number): new (model: string) => Adapter {
  const hashed = (text: string) => createHash('sha256').update(text).digest('base64url');
  const pointerKey = (kind: string, value: string) => ({ pk: `I#${kind}#${hashed(value)}`, sk: 'I' });
  const grantPk = (grantId: string) => `I#grant#${hashed(grantId)}`;

  return class TableAdapter implements Adapter {
    readonly #model: string;
    constructor(model: string) {
      this.#model = model;
    }
    #key(id: string) {
      return { pk: `I#${this.#model}#${hashed(id)}`, sk: 'I' };
    }
    async upsert(id: string, payload: AdapterPayload, expiresIn: number) {
      const { jti: _, ...rest } = payload;
      const untilMs = expiresIn ? nowMs() + expiresIn * 1_000 : Number.MAX_SAFE_INTEGER;
      const ttlS = Math.ceil(untilMs / 1_000);
      await table.put({ ...this.#key(id), payload: JSON.stringify(rest), untilMs, ttlS });
      if (payload.uid) await table.put({ ...pointerKey('uid', payload.uid), id, ttlS });
      if (payload.grantId) {
        await table.put({ pk: grantPk(payload.grantId), sk: this.#key(id).pk, ttlS });
      }
    }
    async find(id: string): Promise<AdapterPayload | undefined> {
      const item = await table.get(this.#key(id));
      if (!item || Number(item.untilMs) <= nowMs()) return undefined;
      const payload = JSON.parse(String(item.payload)) as AdapterPayload;
      return { ...payload, jti: id, ...(item.usedAtS ? { consumed: Number(item.usedAtS) } : {}) };
    }
    async findByUid(uid: string) {
      const pointer = await table.get(pointerKey('uid', uid));
      return pointer ? this.find(String(pointer.id)) : undefined;
    }
    async findByUserCode() {
      return undefined; // No device flow here.
    }
    async consume(id: string) {
      await table.update(this.#key(id), {
        update: 'SET usedAtS = :now',
        condition: 'attribute_exists(pk)',
        values: { ':now': Math.floor(nowMs() / 1_000) },
      });
    }
    async destroy(id: string) {
      await table.delete(this.#key(id));
    }
    async revokeByGrantId(grantId: string) {
      for (const { pk, sk } of await table.query(grantPk(grantId), 'I#')) {
        await table.delete({ pk: String(sk), sk: 'I' });
        await table.delete({ pk: String(pk), sk: String(sk) });
      }
    }
  };
}
