import { createHash, randomBytes } from 'node:crypto';
import { makeBucket } from '../../functions/bucket/bucket.ts';
import type { TableMeter } from '../../functions/metering/meter.ts';
import type { Ports, Sockets, UploadMeta } from '../../functions/ports.ts';
import { allBits, partsOf } from '../../protocol/board/bits.ts';
import { type Geometry, geometryOf, MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import type { Stripe } from '../../protocol/board/stripe.ts';
import { halfWay, NOW_MS } from './half-way.ts';
import { makeMemoryTable } from './memory-table.ts';
import { makePortsOn } from './ports-on-engines.ts';

/** An upload half way, with many parts and devices, and what the functions need to serve it. */
export interface BigBoard {
  ports: Ports;
  meta: UploadMeta;
  geometry: Geometry;
  stripes: readonly Stripe[];
  /** The connection of a device; device 1 is the owner. */
  connectionOf(device: number): string;
}

export const connectionOf = (device: number): string => `connection${String(device).padStart(5, '0')}=`;
export const hashOf = (part: number): string => createHash('sha256').update(`part ${part}`).digest('base64');

/** On the table in memory, with real signatures and with sockets of the caller's. */
export async function makeBigBoard(options: {
  parts: number;
  devices: number;
  sockets: Sockets;
  meter?: TableMeter;
}): Promise<BigBoard> {
  const { parts, devices, sockets } = options;
  const ports = makePortsOn(
    {
      table: makeMemoryTable(options.meter),
      bucket: makeBucket({
        bucket: 'a-bucket',
        region: 'us-east-1',
        endpoint: undefined,
        forcePathStyle: false,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
        publicPath: undefined,
        nowMs: () => NOW_MS,
      }),
    },
    { nowMs: () => NOW_MS, log: () => {}, sockets, finisher: { start: async () => {} } },
  );
  const upload = randomBytes(16).toString('base64url');
  const sizeBytes = parts * MIN_PART_BYTES;
  const geometry = geometryOf(sizeBytes);
  const meta: UploadMeta = {
    upload,
    key: `uploads/${upload}`,
    // As long as S3 makes them.
    s3UploadId: randomBytes(96).toString('base64url'),
    sizeBytes,
    partBytes: geometry.partBytes,
    name: 'Wedding of Anna and Max, all rushes.mov',
    type: 'video/quicktime',
    createdAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 7 * 86_400_000,
  };
  await ports.uploads.create(meta, []);
  for (let device = 1; device <= devices; device++) {
    const role = device === 1 ? ('owner' as const) : ('helper' as const);
    const known = { name: `Phone of guest ${device}`, role };
    await ports.members.enrol(upload, `device-${device}`, known);
    const connection = connectionOf(device);
    await ports.members.greet({ connection, deviceId: `device-${device}`, name: known.name });
    await ports.members.admit({
      ...known,
      upload,
      connection,
      device,
      deviceId: `device-${device}`,
      proven: true,
      challenge: [],
    });
  }
  const stripes = Array.from({ length: geometry.stripes }, (_, s) => halfWay(geometry, s, devices));
  for (const stripe of stripes) {
    const hashes = partsOf(stripe.s, stripe.known).map((part) => ({ part, sha256: hashOf(part) }));
    await ports.manifests.publish(upload, stripe.s, hashes);
    await ports.stripes.save(upload, stripe);
  }
  await ports.uploads.markFull(
    upload,
    stripes.filter(({ s, done }) => done === allBits(geometry, s)).map(({ s }) => s),
  );
  return { ports, meta, geometry, stripes, connectionOf };
}
