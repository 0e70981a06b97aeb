import { readFile, rm } from 'node:fs/promises';
import { errorCode, removeDurably, writeFileDurably } from './durable.ts';
import type { Layout } from './layout.ts';
import { makeKeyedLock } from './lock.ts';
import { type Manifest, parseManifest, serializeManifest } from './manifest.ts';

/** Finished objects: one manifest each, replaced and removed atomically, their part files kept while being read. */
export interface Objects {
  read(key: string): Promise<Manifest | undefined>;
  /** Like `read`, and keeps the part files until `release`, whatever happens to the object meanwhile. */
  hold(key: string): Promise<{ manifest: Manifest; release(): void } | undefined>;
  /**
   * Puts an object in place; this is an upload's commit point. `seal` runs after it, before anyone can replace it.
   * `check` sees what is there now and may throw to prevent it.
   */
  replace(
    manifest: Manifest,
    steps: { check(current: Manifest | undefined): void; seal(): Promise<void> },
  ): Promise<void>;
  remove(key: string): Promise<void>;
  /** Resolves when the part files of objects that were replaced or removed so far are gone. */
  settled(): Promise<void>;
}

export function makeObjects(layout: Layout, onLeftover: (uploadId: string, error: unknown) => void): Objects {
  const locks = makeKeyedLock();
  const readers = new Map<string, number>();
  const doomed = new Set<string>();
  const removals = new Set<Promise<void>>();

  const read = async (key: string): Promise<Manifest | undefined> => {
    let text: string;
    try {
      text = await readFile(layout.manifest(key), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
    return parseManifest(text);
  };

  const removeParts = (uploadId: string): void => {
    if (readers.has(uploadId)) {
      doomed.add(uploadId);
      return;
    }
    // What cannot be removed now is found unreferenced and removed at the next start.
    const removal = rm(layout.uploadFolder(uploadId), { recursive: true, force: true })
      .catch((error: unknown) => onLeftover(uploadId, error))
      .finally(() => removals.delete(removal));
    removals.add(removal);
  };

  const release = (uploadId: string): void => {
    const left = (readers.get(uploadId) ?? 0) - 1;
    if (left > 0) {
      readers.set(uploadId, left);
      return;
    }
    readers.delete(uploadId);
    if (doomed.delete(uploadId)) removeParts(uploadId);
  };

  return {
    read,
    hold: (key) =>
      locks.run(key, async () => {
        const manifest = await read(key);
        if (manifest === undefined) return undefined;
        const { uploadId } = manifest;
        readers.set(uploadId, (readers.get(uploadId) ?? 0) + 1);
        return { manifest, release: () => release(uploadId) };
      }),
    replace: (manifest, { check, seal }) =>
      locks.run(manifest.key, async () => {
        const current = await read(manifest.key);
        check(current);
        await writeFileDurably(layout.manifest(manifest.key), serializeManifest(manifest), layout.incoming);
        await seal();
        if (current !== undefined && current.uploadId !== manifest.uploadId) removeParts(current.uploadId);
      }),
    remove: (key) =>
      locks.run(key, async () => {
        const current = await read(key);
        if (current === undefined) return;
        await removeDurably(layout.manifest(key));
        removeParts(current.uploadId);
      }),
    async settled() {
      await Promise.all(removals);
    },
  };
}
