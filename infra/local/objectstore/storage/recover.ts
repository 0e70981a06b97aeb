import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, removeDurably, syncFolder } from './durable.ts';
import { type Layout, UPLOAD_ID } from './layout.ts';
import { type Manifest, parseManifest, UploadRecord } from './manifest.ts';
import { parsePartFileName, partFileName, type StoredPart } from './part-file.ts';
import type { RecoveredUpload } from './uploads.ts';

export interface Recovery {
  readonly openUploads: readonly RecoveredUpload[];
  readonly objectCount: number;
  /** Uploads whose completion or removal was cut short and is finished now. */
  readonly finishedCount: number;
  readonly removedCount: number;
  /** What should not exist: unreadable files, objects whose part files are missing. Nothing of it is removed. */
  readonly damaged: readonly string[];
}

/**
 * Brings the folder to a consistent state after whatever ended the last process.
 *
 * | manifest names the upload | upload.json | it is                                  |
 * | ------------------------- | ----------- | -------------------------------------- |
 * | yes                       | there       | an object; its completion is finished  |
 * | yes                       | gone        | an object                              |
 * | no                        | there       | open                                   |
 * | no                        | gone        | aborted, replaced or half created: removed |
 */
export async function recover(layout: Layout): Promise<Recovery> {
  for (const folder of [layout.incoming, layout.uploads, layout.objects])
    await mkdir(folder, { recursive: true });
  for (const name of await readdir(layout.incoming)) await rm(join(layout.incoming, name), { force: true });

  const damaged: string[] = [];
  const manifests = await readManifests(layout, damaged);
  const everyManifestRead = damaged.length === 0;
  const openUploads: RecoveredUpload[] = [];
  let finishedCount = 0;
  let removedCount = 0;

  for (const uploadId of await readdir(layout.uploads)) {
    if (!UPLOAD_ID.test(uploadId)) continue;
    const folder = layout.uploadFolder(uploadId);
    const names = await readdir(folder);
    const manifest = manifests.get(uploadId);
    if (manifest !== undefined) {
      if (await finishObject(layout, manifest, names, damaged)) finishedCount += 1;
      continue;
    }
    const record = await readRecord(layout, uploadId);
    if (record.state === 'read') {
      openUploads.push({ record: record.record, parts: await newestParts(folder, names) });
    } else if (record.state === 'unreadable') {
      damaged.push(layout.uploadRecord(uploadId));
    } else if (everyManifestRead) {
      // With an unreadable manifest about, these could be the parts of an object.
      await rm(folder, { recursive: true, force: true });
      removedCount += 1;
    }
  }
  await syncFolder(layout.uploads);
  return { openUploads, objectCount: manifests.size, finishedCount, removedCount, damaged };
}

async function readManifests(layout: Layout, damaged: string[]): Promise<Map<string, Manifest>> {
  const manifests = new Map<string, Manifest>();
  for (const name of await readdir(layout.objects)) {
    const path = join(layout.objects, name);
    try {
      const manifest = parseManifest(await readFile(path, 'utf8'));
      if (layout.manifest(manifest.key) !== path) throw new Error('the manifest lies under another key');
      manifests.set(manifest.uploadId, manifest);
    } catch {
      damaged.push(path);
    }
  }
  return manifests;
}

async function readRecord(
  layout: Layout,
  uploadId: string,
): Promise<{ state: 'read'; record: UploadRecord } | { state: 'absent' } | { state: 'unreadable' }> {
  try {
    const record = UploadRecord.parse(JSON.parse(await readFile(layout.uploadRecord(uploadId), 'utf8')));
    return record.uploadId === uploadId ? { state: 'read', record } : { state: 'unreadable' };
  } catch (error) {
    return { state: errorCode(error) === 'ENOENT' ? 'absent' : 'unreadable' };
  }
}

/** Does what is left to do after a manifest was put in place; true when there was something. */
async function finishObject(
  layout: Layout,
  manifest: Manifest,
  names: readonly string[],
  damaged: string[],
): Promise<boolean> {
  const present = new Set(names);
  const kept = new Set(manifest.parts.map(partFileName));
  if ([...kept].some((name) => !present.has(name))) damaged.push(layout.manifest(manifest.key));
  const leftovers = names.filter((name) => !kept.has(name));
  for (const name of leftovers) await removeDurably(join(layout.uploadFolder(manifest.uploadId), name));
  return leftovers.length > 0;
}

async function newestParts(folder: string, names: readonly string[]): Promise<StoredPart[]> {
  const newest = new Map<number, StoredPart>();
  for (const name of names) {
    const part = parsePartFileName(name);
    if (part === undefined) continue;
    const other = newest.get(part.partNumber);
    const [winner, loser] =
      other === undefined || other.version < part.version ? [part, other] : [other, part];
    newest.set(part.partNumber, winner);
    if (loser !== undefined) await rm(join(folder, partFileName(loser)), { force: true });
  }
  return [...newest.values()];
}
