import { randomBytes } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { applyToStripe } from '../../functions/apply-to-stripe.ts';
import { makeBucket } from '../../functions/bucket/bucket.ts';
import { noMailer } from '../../functions/notify/no-mailer.ts';
import type { Bucket, Clock, Ports, UploadMeta } from '../../functions/ports.ts';
import { OPEN_RULES } from '../../functions/rules.ts';
import { onFrame } from '../../functions/socket/dispatch.ts';
import { makeManifests } from '../../functions/table/manifests.ts';
import { makeMembers } from '../../functions/table/members.ts';
import { makeNotices } from '../../functions/table/notices.ts';
import { makePeople } from '../../functions/table/people.ts';
import { makeQuotas } from '../../functions/table/quotas.ts';
import { makeRegister } from '../../functions/table/register.ts';
import { makeShares } from '../../functions/table/shares.ts';
import { makeStripes } from '../../functions/table/stripes.ts';
import { makeTable, type Table } from '../../functions/table/table.ts';
import { makeUploads } from '../../functions/table/uploads.ts';
import {
  BUCKET,
  CREDENTIALS,
  REGION,
  serveStore,
} from '../../infra/local/objectstore/object-store.fixture.ts';
import { allBits, bitsByStripe, NO_BITS } from '../../protocol/board/bits.ts';
import { geometryOf } from '../../protocol/board/geometry.ts';
import { makeReplica, type Replica } from '../../protocol/board/replica.ts';
import { decodeDown } from '../../protocol/codec.ts';
import type { Down } from '../../protocol/down.ts';
import { stripeFromWire } from '../../protocol/messages/board.ts';
import type { UploadState } from '../../protocol/messages/common.ts';
import type { Granted, Sync } from '../../protocol/messages/sync.ts';
import { sha256, syncOf } from './client.ts';
import { openEmbeddedTable } from './embedded-table.ts';

/** The embedded table and the embedded object store, empty. */
export interface Engines {
  table: Table;
  bucket: Bucket;
  s3: S3Client;
  close(): Promise<void>;
}

export async function openEngines(): Promise<Engines> {
  const [address, store] = await Promise.all([openEmbeddedTable(), serveStore()]);
  return {
    table: makeTable(address.tableName, address.region, address.endpoint),
    bucket: makeBucket({
      bucket: BUCKET,
      region: REGION,
      endpoint: `http://127.0.0.1:${store.port}/s3`,
      forcePathStyle: true,
      credentials: CREDENTIALS,
      publicPath: undefined,
      nowMs: Date.now,
    }),
    s3: store.client,
    async close() {
      await store.close();
      await address.close();
    },
  };
}

export interface ManualClock extends Clock {
  /** Ends the waits that are over by then. */
  advance(ms: number): void;
}

export function makeManualClock(): ManualClock {
  let now = 0;
  let waits: Array<{ atMs: number; wake: () => void }> = [];
  return {
    nowMs: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        if (ms <= 0) wake();
        else waits.push({ atMs: now + ms, wake });
      }),
    advance(ms) {
      now += ms;
      const over = waits.filter(({ atMs }) => atMs <= now);
      waits = waits.filter(({ atMs }) => atMs > now);
      for (const { wake } of over) wake();
    },
  };
}

/** The connections of every scene; both devices are there from the beginning. */
const CONNECTIONS = ['laptop', 'phone'] as const;
export type Connection = (typeof CONNECTIONS)[number];

/** One upload whose board two devices have filled, on real engines and in simulated time. */
export interface Scene {
  readonly meta: UploadMeta;
  readonly ports: Ports;
  readonly clock: ManualClock;
  /** How often somebody was asked to finish, since this was last set. */
  elections: number;
  /** How often the store made the object. */
  completions(): number;
  /** What a device was told, in order. */
  told(connection: Connection): readonly Down[];
  states(connection: Connection): UploadState['state'][];
  /** A device's copy of the board: what it had in the beginning and what it was told since. */
  replica(connection: Connection): Replica;
  /** What a device says, as the gateway hands it over; an empty sync asks how things stand. */
  sync(connection: Connection, message?: Partial<Sync>): Promise<Granted>;
  /** Into the store, past every ticket. */
  putPart(part: number, bytes: Buffer): Promise<void>;
  object(): Promise<Buffer | undefined>;
}

export interface SceneOptions {
  sizeBytes: number;
  /** Bytes of the parts that are in the manifest. */
  parts: ReadonlyMap<number, Buffer>;
  /** Parts that the store has. */
  stored: readonly number[];
  /** Parts that the board has as done. */
  done: readonly number[];
}

/** A file of one small part. */
export function smallFile(text: string): Pick<SceneOptions, 'sizeBytes' | 'parts'> {
  const bytes = Buffer.from(text);
  return { sizeBytes: bytes.length, parts: new Map([[1, bytes]]) };
}

export async function setScene({ table, bucket, s3 }: Engines, options: SceneOptions): Promise<Scene> {
  const { sizeBytes } = options;
  const geometry = geometryOf(sizeBytes);
  const clock = makeManualClock();
  const told = new Map<string, Down[]>(CONNECTIONS.map((connection) => [connection, []]));
  let completions = 0;
  const scene = { elections: 0 };

  const ports: Ports = {
    uploads: makeUploads(table),
    shares: makeShares(table),
    people: makePeople(table),
    quotas: makeQuotas(table, clock.nowMs),
    stripes: makeStripes(table),
    manifests: makeManifests(table),
    members: makeMembers(table, clock.nowMs),
    register: makeRegister(table),
    notices: makeNotices(table),
    mailer: noMailer,
    bucket: {
      ...bucket,
      async complete(...args) {
        const completion = await bucket.complete(...args);
        if (completion.state === 'completed') completions++;
        return completion;
      },
    },
    sockets: {
      async post(connection, frame) {
        const decoded = decodeDown(frame);
        if (!decoded.ok) throw new Error(`expected a message; got ${JSON.stringify(decoded.error)}`);
        told.get(connection)?.push(decoded.message);
        return 'sent';
      },
      async close() {},
      isThere: async () => true,
    },
    finisher: {
      async start() {
        scene.elections++;
      },
    },
    clock,
    random: () => 0,
    newToken: () => randomBytes(16).toString('base64url'),
    log: () => {},
  };

  const upload = randomBytes(16).toString('base64url');
  const key = `uploads/${upload}`;
  const meta: UploadMeta = {
    upload,
    key,
    s3UploadId: await bucket.create(key, ''),
    sizeBytes,
    partBytes: geometry.partBytes,
    name: 'a file.bin',
    type: '',
    createdAtMs: 0,
    expiresAtMs: 7 * 86_400_000,
  };
  const putPart = async (part: number, bytes: Buffer) => {
    await s3.send(
      new UploadPartCommand({
        Bucket: BUCKET,
        Key: key,
        UploadId: meta.s3UploadId,
        PartNumber: part,
        Body: bytes,
        ChecksumSHA256: sha256(bytes),
      }),
    );
  };

  await ports.uploads.create(meta, []);
  await Promise.all([
    enrol(ports, upload),
    ...options.stored.map((part) => putPart(part, options.parts.get(part) ?? Buffer.alloc(0))),
    fillBoard(ports, upload, options),
  ]);
  const snapshot = await ports.stripes.loadAll(upload);

  return Object.assign(scene, {
    meta,
    ports,
    clock,
    completions: () => completions,
    told: (connection: Connection) => told.get(connection) ?? [],
    states: (connection: Connection) =>
      (told.get(connection) ?? []).flatMap((message) =>
        message.type === 'state' ? message.state.state : [],
      ),
    replica(connection: Connection) {
      const replica = makeReplica(geometry);
      for (const stripe of snapshot) replica.merge(stripe);
      for (const message of told.get(connection) ?? []) {
        if (message.type !== 'stripes') continue;
        for (const stripe of message.stripes) replica.merge(stripeFromWire(stripe));
      }
      return replica;
    },
    async sync(connection: Connection, message: Partial<Sync> = {}) {
      const frame = JSON.stringify({ id: 1, ...syncOf(upload, message) });
      const answer = decodeDown(
        (await onFrame(
          { ports, connection, host: 'local', sourceIp: '127.0.0.1', rules: OPEN_RULES },
          frame,
        )) ?? '',
      );
      if (!answer.ok || answer.message.type !== 'granted') {
        throw new Error(`expected granted; got ${JSON.stringify(answer)}`);
      }
      return answer.message;
    },
    putPart,
    async object() {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  });
}

async function enrol(ports: Ports, upload: string): Promise<void> {
  for (const connection of CONNECTIONS) {
    const role = connection === 'laptop' ? 'owner' : 'helper';
    const device = (await ports.members.enrol(upload, connection, { name: connection, role })) as number;
    const member = {
      upload,
      connection,
      device,
      deviceId: connection,
      name: connection,
      role,
      proven: true,
      challenge: [],
    } as const;
    await ports.members.admit(member);
  }
}

/** The owner has published, and somebody has reported, what the options say. */
async function fillBoard(
  ports: Ports,
  upload: string,
  { sizeBytes, parts, done }: SceneOptions,
): Promise<void> {
  const geometry = geometryOf(sizeBytes);
  const reported = bitsByStripe(done);
  const known = bitsByStripe(parts.keys());
  await Promise.all(
    [...new Set([...reported.keys(), ...known.keys()])].map(async (s) => {
      const hashes = [...parts].filter(([part]) => bitsByStripe([part]).has(s));
      await ports.manifests.publish(
        upload,
        s,
        hashes.map(([part, bytes]) => ({ part, sha256: sha256(bytes) })),
      );
      await applyToStripe(ports, upload, s, {
        kind: 'sync',
        device: 1,
        publish: known.get(s) ?? NO_BITS,
        done: reported.get(s) ?? NO_BITS,
        release: NO_BITS,
        claim: NO_BITS,
        hedge: NO_BITS,
        leaseMs: 0,
      });
    }),
  );
  const full = [...reported].filter(([s, bits]) => bits === allBits(geometry, s)).map(([s]) => s);
  if (full.length > 0) await ports.uploads.markFull(upload, full);
}
