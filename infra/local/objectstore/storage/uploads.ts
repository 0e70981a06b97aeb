import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../http/s3-error.ts';
import { removeDurably, syncFolder, writeFileDurably } from './durable.ts';
import type { Layout } from './layout.ts';
import { type Lock, makeLock } from './lock.ts';
import type { Manifest, UploadRecord } from './manifest.ts';
import type { Objects } from './objects.ts';
import { partFileName, type StoredPart } from './part-file.ts';
import type { ReceivedPart } from './receive-part.ts';

/** An upload that takes parts. What it holds is what is durably on disk. */
export interface OpenUpload {
  readonly record: UploadRecord;
  readonly parts: ReadonlyMap<number, StoredPart>;
}

export interface Uploads {
  create(fields: Pick<UploadRecord, 'key' | 'algorithm' | 'headers'>): Promise<UploadRecord>;
  /** Errors: NoSuchUpload, also when the upload belongs to another key. */
  find(uploadId: string, key: string): OpenUpload;
  list(): OpenUpload[];
  /** Commits received bytes as a part, in place of an earlier one. Errors: NoSuchUpload when it closed meanwhile. */
  putPart(upload: OpenUpload, partNumber: number, received: ReceivedPart): Promise<StoredPart>;
  /** Makes an object of the parts that `select` picks; `check` may refuse it for what has that key now. */
  complete(
    upload: OpenUpload,
    steps: {
      select(parts: ReadonlyMap<number, StoredPart>): readonly StoredPart[];
      check(current: Manifest | undefined): void;
    },
  ): Promise<Manifest>;
  abort(upload: OpenUpload): Promise<void>;
}

interface Entry {
  readonly record: UploadRecord;
  readonly parts: Map<number, StoredPart>;
  /** Held for every change on disk, so that no part arrives while its upload is being completed or aborted. */
  readonly lock: Lock;
  lastVersion: number;
}

export interface RecoveredUpload {
  readonly record: UploadRecord;
  readonly parts: readonly StoredPart[];
}

export function makeUploads(
  ports: {
    layout: Layout;
    objects: Objects;
    nowMs: () => number;
    onLeftover: (uploadId: string, error: unknown) => void;
  },
  recovered: readonly RecoveredUpload[],
): Uploads {
  const { layout, objects, nowMs } = ports;
  const entries = new Map<string, Entry>();
  for (const { record, parts } of recovered) {
    entries.set(record.uploadId, {
      record,
      parts: new Map(parts.map((part) => [part.partNumber, part])),
      lock: makeLock(),
      lastVersion: parts.reduce((last, part) => Math.max(last, part.version), 0),
    });
  }

  /** The entry, inside its lock and known to be open still. */
  const whileOpen = async <T>({ record }: OpenUpload, work: (entry: Entry) => Promise<T>): Promise<T> => {
    const entry = entries.get(record.uploadId);
    if (entry === undefined) throw noSuchUpload();
    return entry.lock.run(async () => {
      if (!entries.has(record.uploadId)) throw noSuchUpload();
      return work(entry);
    });
  };

  /** Removes what nobody refers to any more; what stays behind is removed at the next start. */
  const tidy = (uploadId: string, path: string): Promise<void> =>
    rm(path, { recursive: true, force: true }).catch((error: unknown) => ports.onLeftover(uploadId, error));

  return {
    async create(fields) {
      const uploadId = randomBytes(16).toString('hex');
      const record: UploadRecord = { format: 1, uploadId, ...fields, initiatedAtMs: nowMs() };
      await mkdir(layout.uploadFolder(uploadId));
      try {
        await syncFolder(layout.uploads);
        await writeFileDurably(layout.uploadRecord(uploadId), JSON.stringify(record), layout.incoming);
      } catch (error) {
        await tidy(uploadId, layout.uploadFolder(uploadId));
        throw error;
      }
      entries.set(uploadId, { record, parts: new Map(), lock: makeLock(), lastVersion: 0 });
      return record;
    },

    find(uploadId, key) {
      const entry = entries.get(uploadId);
      if (entry === undefined || entry.record.key !== key) throw noSuchUpload();
      return entry;
    },

    list: () => [...entries.values()],

    putPart: (upload, partNumber, received) =>
      whileOpen(upload, async (entry) => {
        const folder = layout.uploadFolder(entry.record.uploadId);
        const part: StoredPart = {
          partNumber,
          version: Math.max(entry.lastVersion + 1, Math.trunc(nowMs())),
          sizeBytes: received.sizeBytes,
          sha256Hex: received.sha256Hex,
        };
        await rename(received.path, join(folder, partFileName(part)));
        entry.lastVersion = part.version;
        await syncFolder(folder);
        const earlier = entry.parts.get(partNumber);
        entry.parts.set(partNumber, part);
        // Killed before this: the higher version wins at the next start.
        if (earlier !== undefined) await tidy(entry.record.uploadId, join(folder, partFileName(earlier)));
        return part;
      }),

    complete: (upload, { select, check }) =>
      whileOpen(upload, async ({ record, parts }) => {
        const { uploadId, key, algorithm, headers } = record;
        const chosen = select(parts);
        const manifest: Manifest = {
          uploadId,
          key,
          algorithm,
          headers,
          completedAtMs: nowMs(),
          parts: chosen,
        };
        //   manifest renamed          record removed
        //  ------|-------------------------|------------>
        //   open | object, record is stale | object
        // Killed in the middle, the next start finds the manifest that names this upload and finishes.
        try {
          await objects.replace(manifest, {
            check,
            seal: () => removeDurably(layout.uploadRecord(uploadId)),
          });
        } catch (error) {
          // A disk that failed after the rename: this is an object now, whose parts nobody may touch.
          if ((await objects.read(key))?.uploadId === uploadId) entries.delete(uploadId);
          throw error;
        }
        entries.delete(uploadId);
        const kept = new Set(chosen);
        for (const part of parts.values()) {
          if (!kept.has(part)) await tidy(uploadId, join(layout.uploadFolder(uploadId), partFileName(part)));
        }
        return manifest;
      }),

    abort: (upload) =>
      whileOpen(upload, async ({ record }) => {
        await removeDurably(layout.uploadRecord(record.uploadId));
        entries.delete(record.uploadId);
        await tidy(record.uploadId, layout.uploadFolder(record.uploadId));
      }),
  };
}

export function noSuchUpload(): S3Error {
  return new S3Error(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );
}
