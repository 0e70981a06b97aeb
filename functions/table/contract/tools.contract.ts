import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../../../protocol/messages/common.ts';
import type { Manifests, Members, Shares, Stripes, UploadMeta, Uploads } from '../../ports.ts';
import { makeManifests } from '../manifests.ts';
import { makeMembers } from '../members.ts';
import { makeShares } from '../shares.ts';
import { makeStripes } from '../stripes.ts';
import { makeTable, type Table } from '../table.ts';
import { makeUploads } from '../uploads.ts';

/** Declares one rule of the contract: a test whose name carries the rule's id. */
export type Rule = (id: string, sentence: string, check: () => Promise<void>) => void;

/** The four ports that share the table. */
export interface Store {
  uploads: Uploads;
  stripes: Stripes;
  manifests: Manifests;
  members: Members;
  shares: Shares;
}

export interface OpenTable {
  readonly tableName: string;
  readonly region: string;
  readonly endpoint: string;
  /** For a table that has no address; `makeTable` otherwise. */
  readonly tableAt?: (address: string) => Table;
  close(): Promise<void>;
}

export type Tools = ReturnType<typeof makeTools>;

/** Uploads of simulated time: it starts at 0. */
export const EXPIRES_AT_MS = 7 * 86_400_000;
const ROLES: readonly Role[] = ['owner', 'helper', 'watcher'];

export const newId = (): string => randomBytes(16).toString('base64url');
/** The hash of a secret, as the functions make it. */
export const newHash = (): string => randomBytes(32).toString('base64url');
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Numbers from `first`, as many as asked for. */
export const range = (count: number, first = 0): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

/** All at once, each a racer of its own. */
export function race<Outcome>(racers: number, run: (racer: number) => Promise<Outcome>): Promise<Outcome[]> {
  return Promise.all(range(racers).map(run));
}

export function storeOn(table: Table): Store {
  return {
    uploads: makeUploads(table),
    stripes: makeStripes(table),
    manifests: makeManifests(table),
    members: makeMembers(table, () => 0),
    shares: makeShares(table),
  };
}

export function metaOf(changes: Partial<UploadMeta> = {}): UploadMeta {
  const upload = changes.upload ?? newId();
  return {
    upload,
    key: `uploads/${upload}`,
    s3UploadId: newId(),
    sizeBytes: 12_345_678,
    partBytes: 5_242_880,
    name: `Übung "1".mov`,
    type: '',
    createdAtMs: 0,
    expiresAtMs: EXPIRES_AT_MS,
    ...changes,
  };
}

export const newShares = () =>
  ROLES.map((role) => ({ secretHash: newHash(), share: newId().slice(0, 11), role }));

export function makeTools({ tableName, region, endpoint, ...open }: OpenTable) {
  const tableAt = open.tableAt ?? ((address: string) => makeTable(tableName, region, address));
  const table = tableAt(endpoint);
  const store = storeOn(table);
  return {
    table,
    endpoint,
    ...store,
    /** The same table by another way. */
    storeAt: (address: string) => storeOn(tableAt(address)),
    /** A new upload, open; answers its id. */
    async open(): Promise<string> {
      const meta = metaOf();
      await store.uploads.create(meta, newShares());
      return meta.upload;
    },
  };
}
